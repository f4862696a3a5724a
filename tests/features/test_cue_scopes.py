from __future__ import annotations

import pytest

from netralitas_nlp.features import FeatureExtractor
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.text import Normalizer


@pytest.fixture(scope="module")
def extractor(posts):
    return FeatureExtractor(StreamReader(Normalizer())).fit(posts[0])


def cues(extractor, text):
    return {
        name.removeprefix("cue ") for name, _ in extractor.explain(text) if name.startswith("cue ")
    }


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("Ayo coblos nomor 2", {"vote"}, {"not vote", "quoted vote"}),
        ("Saya tidak mendukung calon itu", {"not support", "negation"}, {"support"}),
        ("Kami bukan pendukung, kami tidak akan memilih siapa-siapa", {"negation"}, set()),
        ("ASN dilarang mendukung calon", {"not support", "prohibition"}, {"support"}),
        ("Pegawai dilarang ikut kampanye partai", {"not campaign", "prohibition"}, {"campaign"}),
        ('Ia berkata "ayo coblos nomor dua" lalu pergi', {"quoted vote", "quote"}, {"vote"}),
        ('Spanduk itu bertuliskan "dukung Jokowi"', {"quoted support", "quoted figure"}, set()),
        ("“Menangkan kami” begitu bunyi baliho", {"quoted win"}, {"win"}),
        ('Ayo coblos nomor 2" kata dia', {"vote"}, {"quoted vote"}),
        ("Tidak hujan. Ayo coblos nomor dua", {"vote"}, {"not vote"}),
        ("Tidak ikut, tetapi saya mendukung dia", {"support"}, {"not support"}),
        ("Kita harus menangkan Bu Rina", {"win", "obligation"}, {"not win"}),
    ],
)
def test_scope(extractor, text, present, absent):
    found = cues(extractor, text)
    assert present <= found
    assert not absent & found


def test_scope_does_not_leak_into_the_next_text(extractor):
    alone = extractor.transform(["coblos nomor dua"]).toarray()
    after = extractor.transform(["jangan pernah tidak", "coblos nomor dua"]).toarray()
    assert (alone[0] == after[1]).all()


def test_names_stand_for_their_class(extractor):
    rows = extractor.transform([f"dukung {name}" for name in ("Jokowi", "Prabowo", "Ganjar")])
    assert (rows[0] != rows[1]).nnz == 0
    assert (rows[0] != rows[2]).nnz == 0
    names = " ".join(extractor.get_feature_names_out())
    assert "word <tokoh>" in {n for n, _ in extractor.explain("dukung Jokowi")} or (
        "jokowi" not in names
    )


def test_pairs_of_cues_have_names(extractor):
    names = [name for name, _ in extractor.explain("Ayo coblos nomor dua")]
    assert any(name.startswith("cues ") and "vote" in name for name in names)
