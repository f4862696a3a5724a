from __future__ import annotations

import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.model.fast import FastModel

_SHARED = Path(__file__).resolve().parents[3] / "shared" / "seeds"
SEEDS = sorted(_SHARED.glob("*.txt"))


def test_the_seeds_are_there():
    if not SEEDS:
        reason = f"no seed articles at {_SHARED}: neutrality of long articles is NOT checked"
        print(reason)
        pytest.skip(reason)
    assert len(SEEDS) == 5


@pytest.mark.parametrize("path", SEEDS, ids=[path.stem for path in SEEDS])
def test_neutrality_articles_are_neutral(scorer, path):
    read = scorer.score(path.read_text(encoding="utf-8"))
    assert len(read.text.split()) > 250
    assert read.probability < 0.3
    assert read.verdict == "netral"


def test_a_campaign_speech_is_partisan(scorer, speech):
    assert len(speech.split()) >= 250
    read = scorer.score(speech)
    assert read.verdict == "partisan"
    assert len(read.sentences) > 10
    assert read.evidence
    flat = scorer.predict_proba([" ".join(speech.split())])[0, 1]
    assert flat == pytest.approx(read.probability, abs=0.05)


_OFFICE = (
    "Sehubungan dengan apel gabungan pada hari Senin, seluruh pegawai agar hadir pukul 07.00.",
    "Pakaian yang dikenakan adalah seragam dinas harian lengkap dengan atribut.",
    "Laporan kegiatan triwulan ketiga agar diserahkan paling lambat tanggal 15 bulan ini.",
    "Bagi pegawai yang mengajukan cuti harap melapor kepada kepala bidang masing-masing.",
    "Pengisian presensi dilakukan melalui aplikasi yang telah disediakan bagian kepegawaian.",
    "Pemeliharaan gedung sekolah akan dimulai pada pekan kedua.",
    "Dana operasional sekolah agar dikelola sesuai dengan petunjuk teknis yang berlaku.",
    "Rapat koordinasi kepala sekolah dilaksanakan di aula dinas pada hari Kamis.",
    "Kebersihan lingkungan kantor menjadi tanggung jawab kita bersama.",
    "Peminjaman kendaraan dinas dicatat dalam buku yang tersedia di bagian umum.",
    "Demikian surat edaran ini disampaikan untuk dilaksanakan dengan penuh tanggung jawab.",
)
_ORDER = (
    "Kami instruksikan seluruh staf beserta keluarga untuk mencoblos pasangan calon nomor 2, Pak "
    "Rahmat, karena beliau sudah terbukti membantu dinas kita, siapa yang membangkang dimutasi."
)


@pytest.mark.parametrize("place", [0, 3, 9, 15, 22])
def test_evidence_is_in_the_one_sentence_of_a_circular_that_takes_a_side(scorer, place):
    sentences = [*_OFFICE, *_OFFICE[4:], *_OFFICE[:4]]
    sentences.insert(place, _ORDER)
    text = " ".join(sentences)
    read = scorer.score(text)
    loudest = max(read.sentences, key=lambda sentence: sentence.probability)
    assert (read.verdict, loudest.text) == ("tinjau", _ORDER)
    assert read.evidence
    for found in read.evidence:
        assert text[found.start : found.end] == found.text
        assert loudest.start <= found.start < found.end <= loudest.end, found.text
    # asked for the other label, the words of the order are no evidence
    other = Scorer(scorer.model, {"tinjau": 0.25, "partisan": 0.75}, "netral").score(text)
    assert other.evidence
    assert not any(loudest.start <= found.start < loudest.end for found in other.evidence)


def test_words_on_both_sides_of_a_sentence_end_count_on_both_sides(scorer):
    text = " ".join([*_OFFICE, "Ayo coblos nomor 2! Pilih nomor 2, jangan lupa!", *_OFFICE])
    [read] = scorer.model.occlusions([text])
    begin, border, end = (text.index(word) for word in ("coblos", "Pilih", ", jangan"))
    inside = [i for i, (start, _) in enumerate(read.spans) if begin <= start < end]
    later = next(i for i in inside if read.spans[i][0] == border)
    left, right, both = read.drops(
        [(inside[0], later - 1), (later, inside[-1]), (inside[0], inside[-1])]
    )
    assert min(left[0], right[0]) > 0.1
    assert both == pytest.approx(left + right)


def test_beside_a_long_text_short_ones_are_not_read_once_more(scorer, posts, monkeypatch):
    long = " ".join([*_OFFICE, _ORDER, *_OFFICE])
    batch = [posts[0][0], "", long, *posts[0][1:9], long, ""]
    model = scorer.model
    read, found = type(model).segment_log_odds, []

    def watched(self, parts, *rest):
        found.append((parts, read(self, parts, *rest)))
        return found[-1][1]

    monkeypatch.setattr(type(model), "segment_log_odds", watched)
    together = model.occlusions(batch)
    model.occlusions([long, long])
    (parts, logits), (alone, expected) = found  # nothing is read but the two long ones
    assert parts.units.tolist() == alone.units.tolist()
    assert parts.bounds.tolist() == alone.bounds.tolist()
    assert logits == pytest.approx(expected)
    groups = [(i, i) for i in range(len(together[2].spans))]
    assert together[2].drops(groups) == pytest.approx(model.occlusion(long).drops(groups))


def test_of_several_labels_a_sentence_takes_one_that_beats_every_other():
    logits = np.array([[2.0, 3.0, -1.0], [-1.0, -2.0, -3.0]])
    model = SimpleNamespace(
        classes=("a", "b", "c"), n_label_heads=3, calibrated=lambda logits, heads: logits,
        segment_log_odds=lambda parts, read, heads: logits,
    )  # fmt: skip
    assert FastModel._loudness(model, None, None, 0, 1.0).tolist() == [-1.0, 1.0]


@pytest.mark.parametrize(
    "word", ["coblos", "menang", "dukung", "pilih", "jokowi", "nomor 2", "ganti presiden", "ayo"]
)
def test_a_word_said_often_is_no_sum(scorer, word):
    few = max(scorer.predict_proba([f"{word} " * n for n in range(1, 6)])[:, 1])
    many = scorer.predict_proba([f"{word} " * n for n in (50, 100, 119, 200, 400)])[:, 1]
    # a little room: the context reader sees a word among its own kind
    assert max(many) <= few + 0.12


def test_pages_of_the_same_add_nothing(scorer, posts):
    page = " ".join(text + "." for text in posts[0][:40])
    one, many = scorer.predict_proba([page, " ".join([page] * 30)])[:, 1]
    assert many == pytest.approx(one, abs=0.1)


@pytest.mark.parametrize("sentence", ["Hujan turun sejak pagi.", "KPU menetapkan jadwal."])
def test_a_dull_sentence_said_often_stays_dull(scorer, sentence):
    p = scorer.predict_proba([" ".join([sentence] * n) for n in (1, 5, 50, 200)])[:, 1]
    assert max(p) < 0.5


def test_a_long_text_without_sentence_ends(scorer, long_text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = scorer.score(long_text.replace(".", "").replace(",", ""))
    assert 0 <= read.probability <= 1


def test_empty_texts_among_long_ones(scorer, long_text):
    batch = ["", long_text, "", "", "hujan", long_text, ""]
    p = scorer.predict_proba(batch)[:, 1]
    assert p[1] == pytest.approx(p[5], abs=1e-12)
    assert p[0] == p[2] == p[3] == p[6] < 0.1
    assert p[4] == pytest.approx(scorer.predict_proba(["hujan"])[0, 1], abs=1e-12)
