from __future__ import annotations

import itertools

import pytest

# text, words of which evidence has to touch at least one
CASES = [
    ("Harga cabai naik lagi kemarin, ayo coblos nomor 2", ("coblos", "nomor 2")),
    (
        "Kita harus menangkan paslon nomor 4, ajak keluarga coblos nomor 4",
        ("menangkan", "ajak", "coblos nomor 4"),
    ),
    ("#2019GantiPresiden harus menang", ("#2019GantiPresiden",)),
    ("Besok kita pasang baliho Pak Burhan, saya tim suksesnya", ("pasang baliho", "tim suksesnya")),
    # in its own voice: "Camat perintahkan ..." would be a headline, which takes no side (rule 1)
    ("Saya minta seluruh pegawai memenangkan Bu Camat, jangan main dua kaki", ("memenangkan",)),
    ("Jangan pilih pemimpin pembohong, dia tidak becus", ("Jangan pilih", "pembohong", "becus")),
    ("Salam dua jari untuk paslon nomor 2", ("Salam dua jari", "paslon nomor 2")),
    ("Jokowi dua periode! Lanjutkan!", ("dua periode", "Lanjutkan")),
    ("Jangan lupa pilih nomor 3 di TPS nanti", ("pilih nomor 3",)),
    ("Saya dukung penuh Pak Burhan jadi bupati", ("dukung penuh", "jadi bupati")),
    ("Mari rapatkan barisan, coblos kumisnya di TPS", ("coblos kumisnya", "rapatkan barisan")),
    ("C0BL0S nomor 2 ya gaes", ("C0BL0S", "nomor 2")),
    ("Ayo ✌️ coblos nomor 2, menangkan!", ("coblos", "nomor 2", "menangkan")),
]


@pytest.mark.parametrize(("text", "words"), CASES, ids=[text[:30] for text, _ in CASES])
def test_evidence_touches_the_right_words(scorer, text, words):
    read = scorer.score(text)
    assert read.verdict != "netral"
    spans = [(text.index(word), text.index(word) + len(word)) for word in words]
    assert any(e.start < end and start < e.end for e in read.evidence for start, end in spans), [
        e.text for e in read.evidence
    ]
    assert all(text[e.start : e.end] == e.text for e in read.evidence)
    assert all(e.text == e.text.strip() for e in read.evidence)
    assert read.evidence[0].weight > 0


@pytest.mark.parametrize("text", [text for text, _ in CASES if "nomor" in text])
def test_a_ballot_number_is_shown_with_the_words_before_it(scorer, text):
    assert not any(e.text.isdecimal() for e in scorer.score(text).evidence)


def test_evidence_stays_out_of_dull_sentences(scorer):
    text = "Pasar tutup karena banjir. Warga mengungsi. Ayo coblos nomor 2, menangkan petahana!"
    read = scorer.score(text)
    start = text.index("Ayo")
    assert read.evidence
    assert read.evidence[0].start >= start


def test_spans_do_not_overlap(scorer, speech, weird):
    for text in [speech, *weird]:
        spans = sorted((e.start, e.end) for e in scorer.score(text).evidence)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
        assert len(spans) <= 20


def test_offsets_hold_after_odd_characters(scorer):
    head = "e\u0301 👨‍👩‍👧 &amp; ａｙｏ \u200b"
    text = head + " coblos nomor 2, menangkan petahana!"
    read = scorer.score(text)
    assert read.evidence
    for item in read.evidence:
        assert text[item.start : item.end] == item.text
