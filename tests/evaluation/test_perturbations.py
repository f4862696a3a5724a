from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp.evaluation import perturb
from netralitas_nlp.evaluation.perturb import _EMOJI, KINDS, _spellings
from netralitas_nlp.lexicons import Lexicon
from netralitas_nlp.text import Normalizer
from netralitas_nlp.text.emoji import emoji_key
from netralitas_nlp.text.words import WordReader

LEXICON = Lexicon()
NORMALIZER = Normalizer()
CASING = {"lower", "upper", "title", "random_case"}
RESPELLING = {"typo", "elongation", "slang", "leet"}
PLAIN = ("warung", "kemarin", "rumah", "nelayan", "musyawarah", "sekarang", "pilihan", "dukungan",
         "sekolah", "jalanan", "keluarga", "sudah", "untuk", "memilih")  # fmt: skip
# what a reader would misread: none of it may change, whatever else does
KEPT = ("tidak", "jangan", "dilarang", "bukan", "nggak", "2", "02", "14.30", "dua", "ketiga",
        "#PilihRina2", "https://contoh.example/Berita-2", "@akun_Rina", "Prabowo", "Ganjar", "PDIP",
        "PAN", "BERANI", "Makassar", "R1DO", "0812-3456-7890", "✌️")  # fmt: skip
texts = st.lists(st.sampled_from(PLAIN + KEPT), min_size=1, max_size=14).map(" ".join)
seeds = st.integers(0, 5)


def parts(text):
    return [part.strip(".,!?;") for part in text.split()]


@settings(max_examples=60, deadline=None)
@given(text=texts, seed=seeds, kind=st.sampled_from(sorted(KINDS)))
def test_what_carries_the_meaning_survives(text, seed, kind):
    changed = parts(perturb(text, kind, seed))
    for part in text.split():
        if part not in KEPT:
            continue
        if kind in CASING and part.isalpha() and part not in ("PAN", "BERANI"):
            assert part.casefold() in [c.casefold() for c in changed], kind
        else:
            assert text.split().count(part) == changed.count(part), kind


@settings(max_examples=60, deadline=None)
@given(text=texts, seed=seeds)
def test_kinds_change_what_they_say_and_nothing_else(text, seed):
    words = text.split()
    for kind in CASING:
        assert perturb(text, kind, seed).casefold() == text.casefold()
    for kind in RESPELLING:
        changed = perturb(text, kind, seed).split()
        assert len(changed) == len(words), kind
        for old, new in zip(words, changed, strict=True):
            if old != new:
                assert old in PLAIN, kind
    for kind in ("whitespace", "newlines"):
        assert perturb(text, kind, seed).split() == words, kind
    assert re.sub(r"[^\w]", "", perturb(text, "punctuation", seed)) == re.sub(r"[^\w]", "", text)
    for kind in ("emoji", "url"):
        assert re.fullmatch(re.escape(text) + r" \S+", perturb(text, kind, seed)), kind
    assert re.fullmatch(r"@\w+ " + re.escape(text), perturb(text, "mention", seed))
    for kind in KINDS:
        assert perturb(text, kind, seed) == perturb(text, kind, seed)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60), kind=st.sampled_from(sorted(KINDS)))
def test_any_text_is_legal(text, kind):
    assert isinstance(perturb(text, kind), str)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("text", ["", "   ", "!!!", "😂"])
def test_nothing_to_change(kind, text):
    if not text.strip():
        assert perturb(text, kind) == text
    else:
        perturb(text, kind)


@pytest.mark.parametrize("seed", range(40))
def test_a_typo_is_one_slip_and_no_other_word(seed):
    known = WordReader(LEXICON).known
    slips = 0
    for word in ("kampanye", "sekolah", "kemarin", "tetangga", "musyawarah"):
        wrong = perturb(word, "typo", seed)
        if wrong == word:
            continue
        slips += 1
        assert wrong[0] == word[0]
        assert wrong not in known
        assert abs(len(wrong) - len(word)) <= 1
        assert set(wrong) <= set(string.ascii_lowercase)
        if sorted(wrong) != sorted(word) and len(wrong) == len(word):
            assert sum(a != b for a, b in zip(wrong, word, strict=True)) == 1
    assert slips >= 4


def test_all_slips_occur():
    seen = {perturb("kampanye", "typo", seed) for seed in range(200)}
    assert {len(wrong) for wrong in seen} == {7, 8, 9}
    assert any(sorted(wrong) == sorted("kampanye") for wrong in seen)
    assert any(sorted(wrong) != sorted("kampanye") and len(wrong) == 8 for wrong in seen)


def test_slang_is_read_back_as_the_same_word():
    assert len(_spellings()) > 200
    for word, forms in _spellings().items():
        for form in forms:
            (token,) = NORMALIZER.document(form).tokens
            assert token.norm == word


def test_elongation_and_leet_stay_readable():
    for word in PLAIN:
        for seed in range(5):
            (long,) = NORMALIZER.document(perturb(word, "elongation", seed)).tokens
            assert long.raw != word
            assert re.sub(r"(.)\1+", r"\1", long.raw) == re.sub(r"(.)\1+", r"\1", word)
            assert not set(perturb(word, "leet", seed)) & set("123")


def test_added_emoji_are_no_gestures():
    assert len(set(_EMOJI)) > 8
    assert not {emoji_key(emoji) for emoji in _EMOJI} & set(LEXICON.gestures)


def test_names_that_no_list_knows_keep_their_spelling():
    text = "Kemarin Zulvakar Tembelang datang ke sekolah, bertanya soal jalanan"
    for kind in RESPELLING:
        for seed in range(20):
            assert "Zulvakar Tembelang" in perturb(text, kind, seed)


def test_case_that_makes_another_word_stays():
    assert perturb("pasangan BERANI dan kader PAN", "lower") == "pasangan BERANI dan kader PAN"
    assert perturb("panci dan pan, bkn wajan", "upper") == "PANCI DAN pan, bkn WAJAN"


def test_bad_kind():
    with pytest.raises(ValueError, match=r"'typos' is not one of typo, lower"):
        perturb("a", "typos")
