"""Words are read beside what was written: disguises, stretches, slang, hashtags."""

import pytest

from netralitas_nlp.lexicons import Lexicon, read_table
from netralitas_nlp.text import Normalizer
from netralitas_nlp.text.words import WordReader

NORMALIZER = Normalizer()
READER = WordReader(Lexicon())


def one(text):
    (token,) = NORMALIZER.document(text).tokens
    return token


@pytest.mark.parametrize(
    ("raw", "word", "digits"),
    [
        ("R1DO", "rido", "1"),
        ("Bant3ng", "banteng", "3"),
        ("BANT3NG", "banteng", "3"),
        ("c0bl0s", "coblos", "00"),
        ("M3nang", "menang", "3"),
        ("Am1n", "amin", "1"),
        ("B3rsama", "bersama", "3"),
        ("4NIES", "anies", "4"),
        ("Pr4bowo", "prabowo", "4"),
        ("g1bran", "gibran", "1"),
        ("p1l1h", "pilih", "11"),
        ("m4nt4p", "mantap", "44"),
        ("t1dak", "tidak", "1"),
        ("j4ngan", "jangan", "4"),
    ],
)
def test_a_digit_in_a_word_stays_beside_the_decoded_word(raw, word, digits):
    token = one(raw)
    assert (token.raw, token.leet, token.digits) == (raw, word, digits)
    assert token.folded == raw.casefold()
    assert token.norm == word


@pytest.mark.parametrize(
    ("raw", "digits"),
    [("Jokowi01", "01"), ("paslon02", "02"), ("coblos2", "2"), ("PDIP3", "3"), ("nomor2", "2")],
)
def test_a_number_glued_to_a_word_is_kept(raw, digits):
    assert one(raw).digits == digits


@pytest.mark.parametrize("raw", ["hati2", "anak2nya", "teman2"])
def test_the_two_of_reduplication_is_kept_too(raw):
    token = one(raw)
    assert token.digits == "2"
    assert token.norm == raw.replace("2", "")


@pytest.mark.parametrize(
    "raw", ["A1", "C1", "F1", "D4", "KTP3", "covid19", "G20", "4G", "2periode"]
)
def test_codes_are_not_read_as_words(raw):
    assert one(raw).leet is None


@pytest.mark.parametrize(
    ("raw", "word"), [("t*dak", "tidak"), ("c*blos", "coblos"), ("c*o*b*l*o*s", "coblos")]
)
def test_starred_words(raw, word):
    assert one(raw).norm == word


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("gaskeuuun", "gaskeun"),
        ("menaaaang", "menang"),
        ("COBLOOOOS", "coblos"),
        ("tidaaak", "tidak"),
        ("jangaaaan", "jangan"),
        ("Prabowoooo", "prabowo"),
        ("Aniesss", "anies"),
        ("sssiiiaaappp", "siap"),
    ],
)
def test_stretched_words(raw, word):
    token = one(raw)
    assert token.norm == word
    assert token.folded == raw.casefold()


@pytest.mark.parametrize(
    "word", ["maaf", "saat", "mundur", "menggugat", "anggota", "mass", "puu", "manfaat", "keempat"]
)
def test_true_double_letters_stay(word):
    assert READER.squeeze(word) in (word, word.rstrip(word[-1]) + word[-1])
    if len(word) > 4:
        assert READER.squeeze(word) == word


@pytest.mark.parametrize(
    ("raw", "expansion"),
    [
        ("yg", ("yang",)),
        ("dgn", ("dengan",)),
        ("tdk", ("tidak",)),
        ("gak", ("tidak",)),
        ("jgn", ("jangan",)),
        ("blm", ("belum",)),
        ("gabisa", ("tidak", "bisa")),
        ("Gk", ("tidak",)),
    ],
)
def test_slang_is_expanded_beside_the_original(raw, expansion):
    token = one(raw)
    assert token.expansion == expansion
    assert token.folded == raw.casefold()
    assert token.norm == " ".join(expansion)


def test_a_disguised_slang_word_is_decoded_and_expanded():
    token = one("g4k")
    assert (token.leet, token.digits, token.expansion) == ("gak", "4", ("tidak",))


@pytest.mark.parametrize("raw", ["HRS", "GK", "PGN", "BPK", "KPU", "ASN", "TK", "DPR"])
def test_short_capitals_are_names_not_slang(raw):
    if one(raw).expansion:
        assert READER.is_negation(one(raw).expansion[0])
    else:
        assert one(raw).norm == raw.casefold()


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("#AMINAjaDulu", ("amin", "aja", "dulu")),
        ("#AsyikM3nang", ("asyik", "menang")),
        ("#KandangBant3ng", ("kandang", "banteng")),
        ("#T3tapJokowi2019", ("tetap", "jokowi", "2019")),
        ("#RakyatB3rsamaJKW", ("rakyat", "bersama", "jkw")),
        ("#Viv4Jokowi", ("viva", "jokowi")),
        ("#Prabowo2", ("prabowo", "2")),
        ("#nomor1", ("nomor", "1")),
        ("#02", ("02",)),
        ("#PilihPrabowoGibran", ("pilih", "prabowo", "gibran")),
        ("#coblosnomordua", ("coblos", "nomor", "dua")),
        ("#jokowi", ("jokowi",)),
        ("#Prabowo", ("prabowo",)),
        ("#TIDAKMemilih", ("tidak", "memilih")),
    ],
)
def test_hashtags_are_split_into_words(tag, parts):
    token = one(tag)
    assert (token.kind, token.raw, token.parts) == ("hashtag", tag, parts)


def test_a_hashtag_with_a_year_keeps_it_whole():
    token = one("#2019gantipresiden")
    assert token.parts[0] == "2019"
    assert "".join(token.parts) == "2019gantipresiden"
    assert token.norm == "#2019gantipresiden"


@pytest.mark.parametrize(
    "tag", ["#AMINAjaDulu", "#PilihPrabowoGibran", "#02", "#xyzzyqwv", "#Ａｎｉｅｓ"]
)
def test_a_hashtag_loses_no_letter(tag):
    token = one(tag)
    assert "".join(token.parts) == token.folded.lstrip("#")


@pytest.mark.parametrize(
    ("text", "raw", "word"),
    [
        ("ayo c o b l o s 2", "c o b l o s", "coblos"),
        ("ayo C O B L O S ya", "C O B L O S", "coblos"),
        ("c.o.b.l.o.s", "c.o.b.l.o.s", "coblos"),
        ("c-o-b-l-o-s", "c-o-b-l-o-s", "coblos"),
        ("P.R.A.B.O.W.O", "P.R.A.B.O.W.O", "prabowo"),
        ("P.D.I.P", "P.D.I.P", "pdip"),
        ("t i d a k pilih", "t i d a k", "tidak"),
        ("j a n g a n", "j a n g a n", "jangan"),
        ("c  o  b  l  o  s", "c  o  b  l  o  s", "coblos"),
        ("p r a b o w o", "p r a b o w o", "prabowo"),
    ],
)
def test_spaced_out_words_are_joined(text, raw, word):
    (token,) = [t for t in NORMALIZER.document(text).tokens if t.joined]
    assert token.raw == raw == text[token.start : token.end]
    assert token.norm == word


@pytest.mark.parametrize("text", ["c o b l o s 0 2", "p i l i h 2", "c o b l o s 1"])
def test_a_number_after_a_spaced_out_word_stays_a_number(text):
    first, *rest = NORMALIZER.document(text).tokens
    assert first.joined
    assert [t.raw for t in rest] == text.split()[len(first.raw.split()) :]
    assert all(t.kind == "number" for t in rest)


@pytest.mark.parametrize("text", ["1 2 3 4", "0 1 0 2", "a b c d", "x y"])
def test_lists_of_single_characters_are_not_words(text):
    found = NORMALIZER.document(text).tokens
    assert [t.raw for t in found] == text.split()
    assert not any(t.joined for t in found)


@pytest.mark.parametrize("word", ["a" * 41, "ha" * 500, "c0" * 200, "x1" * 50])
def test_endless_words_are_left_alone(word):
    assert one(word).norm == word


def test_reading_is_the_same_for_any_order_of_calls():
    words = [row[0] for row in read_table("slang")[:200]]
    fresh = WordReader(Lexicon())
    assert {w: READER.read(w) for w in words} == {w: fresh.read(w) for w in reversed(words)}
