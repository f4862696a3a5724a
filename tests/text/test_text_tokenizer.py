"""Tokens know their exact place in the original, whatever is in it."""

import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp.text import Document, Normalizer

NORMALIZER = Normalizer()


def tokens(text):
    return NORMALIZER.document(text).tokens


def raws(text):
    return [token.raw for token in tokens(text)]


def _stands_for_one(char: str) -> bool:
    """Whether a character does not stand for several (½, ⑴, ﬁ)."""
    plain = unicodedata.normalize("NFKD", char)
    return sum(unicodedata.category(c) not in ("Mn", "Me", "Cf", "Zs") for c in plain) <= 1


CP1252 = {chr(byte): byte for byte in range(0x80, 0x100)}
for _byte in range(0x80, 0x100):
    _char = bytes([_byte]).decode("cp1252", "ignore")
    if _char:
        CP1252[_char] = _byte
MISREAD = {byte: char for char, byte in CP1252.items()}


def _mojibake(text: str) -> str:
    """UTF-8 bytes misread as cp1252."""
    return "".join(MISREAD.get(byte, chr(byte)) for byte in text.encode())


def _unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cf", "Mn", "Me", "Cc")


def _unseen_mojibake(piece: str) -> bool:
    """Whether misread text is, read rightly, a joiner or a mark that stands alone."""
    try:
        return all(map(_unseen, bytes(CP1252[c] for c in piece).decode()))
    except (KeyError, UnicodeDecodeError):
        return False


ANY_TEXT = st.text(st.characters())
SIMPLE_TEXT = st.text(st.characters().filter(_stands_for_one))
_WORDS = ["coblos", "Prabowo", "tidak", "02", "R1DO", "Bant3ng", "gaskeuuun", "PDIP!", "no.", "2DM"]
PIECES = st.one_of(
    st.sampled_from(_WORDS),
    st.sampled_from(_WORDS).map(lambda w: "".join(chr(ord(c) + 0xFEE0) for c in w)),
    st.sampled_from(_WORDS).map(lambda w: w.translate(str.maketrans("aeopcx", "аеорсх"))),
    st.sampled_from(_WORDS).map(" ".join),
    st.sampled_from(_WORDS).map(".".join),
    st.sampled_from(_WORDS).map("\u0301".join),
    st.sampled_from(_WORDS).map("\u200b".join),
    st.sampled_from(["’", "é", "“", "😂", "—", "👍"]).map(_mojibake),
    st.sampled_from(["&amp;", "&lt;3", "&nbsp;", "&quot;", "&#39;", "&#x1F44D;", "&", "&x;"]),
    st.sampled_from(["👨‍👩‍👧‍👦", "🇮🇩", "👍🏽", "☝️", "✌🏿", "2️⃣", "3⃣", "❤️", "🏴‍☠️", "🇮", "🏽"]),
    st.sampled_from(["\u200d", "\ufe0f", "\u20e3", "\u200b", "\u0301", "\u202e", "\ufeff", "\x00"]),
    st.sampled_from(["\ud83d", "\udc4d", "\udfff"]),
    st.sampled_from(["#AMINAjaDulu", "#2019gantipresiden", "#", "@prabowo", "@", "a@b.go.id"]),
    st.sampled_from(["https://t.co/aB1?x=&amp;y", "www.kpu.go.id", "08123456789", "Rp50.000"]),
    st.sampled_from([" ", "\n", "\t", "\u00a0", "\u2003", "\u3000", ",", "...", "!!", "_"]),
    SIMPLE_TEXT,
)
WILD_TEXT = st.lists(PIECES, max_size=12).map("".join)


@given(ANY_TEXT | WILD_TEXT)
@settings(max_examples=600, deadline=None, derandomize=True)
def test_offsets_are_exact_for_any_string(text):
    document = NORMALIZER.document(text)
    assert document.text == text
    for token in document.tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.raw == text[token.start : token.end]


@given(SIMPLE_TEXT | WILD_TEXT)
@settings(max_examples=600, deadline=None, derandomize=True)
def test_tokens_are_ordered_and_do_not_overlap(text):
    found = tokens(text)
    for before, after in itertools.pairwise(found):
        assert before.end <= after.start


@given(ANY_TEXT | WILD_TEXT)
@settings(max_examples=600, deadline=None, derandomize=True)
def test_tokens_cover_all_that_is_seen(text):
    covered = {i for token in tokens(text) for i in range(token.start, token.end)}
    text = text.replace("&nbsp;", " " * 6)
    left = "".join(" " if i in covered or _unseen(c) else c for i, c in enumerate(text))
    pieces = "".join(" " if i in covered or c.isspace() else c for i, c in enumerate(text)).split()
    assert not left.strip() or all(map(_unseen_mojibake, pieces))


@given(ANY_TEXT | WILD_TEXT)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_string_breaks_an_annotation(text):
    document = NORMALIZER.document(text)
    assert document.normalized == " ".join(token.norm for token in document.tokens)
    assert NORMALIZER.normalize(text) == document.normalized
    for token in document.tokens:
        assert token.norm.strip()
        assert isinstance(token.stem, str)
        assert token.kind in {
            "word", "number", "hashtag", "mention", "url", "email", "phone", "emoji", "punct",
        }  # fmt: skip


def test_every_code_point_has_exact_offsets_inside_a_word():
    wrong = []
    for code in range(0, 0x110000, 29):
        text = f"a{chr(code)}b"
        wrong += [t for t in tokens(text) if not t.raw or t.raw != text[t.start : t.end]]
    assert not wrong


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000", "!!!", "...", "\u200b", "\u200d"])
def test_empty_and_symbol_only_text_is_legal(text):
    document = NORMALIZER.document(text)
    assert isinstance(document, Document)
    assert all(token.kind == "punct" for token in document.tokens)


@pytest.mark.parametrize("value", [None, 3, 2.5, b"coblos", ["coblos"], float("nan")])
def test_anything_but_text_is_refused_by_name(value):
    with pytest.raises(TypeError, match=type(value).__name__):
        NORMALIZER.document(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ayo coblos nomor 2!", ["Ayo", "coblos", "nomor", "2", "!"]),
        ("PDIP!", ["PDIP", "!"]),
        ("menang!!!", ["menang", "!!!"]),
        ("lho...kok?", ["lho", "...", "kok", "?"]),
        ("buku-buku", ["buku-buku"]),
        ("Prabowo-Gibran", ["Prabowo", "-", "Gibran"]),
        ("Anies-Muhaimin", ["Anies", "-", "Muhaimin"]),
        ("(KPU)", ["(", "KPU", ")"]),
        ("02,03", ["02,03"]),
        ("02prabowo", ["02", "prabowo"]),
        ("suara 1.234.567,5", ["suara", "1.234.567,5"]),
        ("Rp50.000 62,5%", ["Rp50.000", "62,5%"]),
        ("UU 7/2017", ["UU", "7/2017"]),
        ("D&amp;J", ["D", "&amp;", "J"]),
        # a host without a scheme is one token; a forgotten space behind a full stop makes none
        ("(lihat kpu.go.id).", ["(", "lihat", "kpu.go.id", ")", "."]),
        ("cek:kpu.go.id", ["cek", ":", "kpu.go.id"]),
        ("netral.ayo", ["netral", ".", "ayo"]),
        ("kumpul.di rumah", ["kumpul", ".", "di", "rumah"]),
        ("banyak.org datang", ["banyak", ".", "org", "datang"]),
        ("kami.idola", ["kami", ".", "idola"]),
        ("kpu.go.idaman", ["kpu", ".", "go", ".", "idaman"]),
        ("Jum'at", ["Jum'at"]),
        ("👍👍🏽", ["👍", "👍🏽"]),
        ("🇮🇩🇮🇩", ["🇮🇩", "🇮🇩"]),
        ("👨‍👩‍👧‍👦ok", ["👨‍👩‍👧‍👦", "ok"]),
        ("1️⃣2️⃣", ["1️⃣", "2️⃣"]),
        ("menang👍", ["menang", "👍"]),
        ("#a#b", ["#a", "#b"]),
    ],
)
def test_token_bounds(text, expected):
    assert raws(text) == expected


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("coblos", "word"),
        ("R1DO", "word"),
        ("2DM", "word"),  # a ticket, not a number with a unit
        ("02", "number"),
        ("10rb", "number"),
        ("20.000", "number"),
        ("62,5%", "number"),
        ("#AMINAjaDulu", "hashtag"),
        ("@prabowo", "mention"),
        ("https://t.co/aB1?x=1&y=2#z", "url"),
        ("http://kpu.go.id", "url"),
        ("www.kpu.go.id/02", "url"),
        ("kpu.go.id", "url"),
        ("infopemilu.kpu.go.id:8080/a?b=1#c", "url"),
        ("DETIK.com/02", "url"),
        ("cnn-indonesia.com", "url"),
        ("bit.ly/x", "url"),
        ("S.id/abc", "url"),
        ("budi.santoso@kemenag.go.id", "email"),
        ("081234567890", "phone"),
        ("+6281234567890", "phone"),
        ("😂", "emoji"),
        ("👨‍👩‍👧‍👦", "emoji"),
        ("🇮🇩", "emoji"),
        ("2️⃣", "emoji"),
        ("!!", "punct"),
    ],
)
def test_kinds_of_tokens(raw, kind):
    (token,) = tokens(raw)
    assert (token.raw, token.kind) == (raw, kind)


@pytest.mark.parametrize("text", ["https://t.co/aB1", "www.kpu.go.id", "@prabowo_02", "a@b.go.id"])
def test_addresses_survive_normalisation(text):
    assert NORMALIZER.normalize(text) == text.casefold()


@pytest.mark.parametrize(
    ("raw", "name"),
    [(f"{d}️⃣", f"keycap_{d}") for d in "0123456789"]
    + [(f"{d}⃣", f"keycap_{d}") for d in "0123456789"]
    + [("☝", "jari_satu"), ("☝️", "jari_satu"), ("☝🏽", "jari_satu"), ("✌", "jari_dua")]
    + [("✌️", "jari_dua"), ("✌🏿", "jari_dua"), ("👍", "jempol"), ("👍🏻", "jempol")]
    + [("🖐🏼", "lima_jari"), ("🤟", "tiga_jari_metal"), ("😂", "face_with_tears_of_joy")],
)
def test_keycaps_and_gestures_are_named(raw, name):
    (token,) = tokens(raw)
    assert (token.raw, token.name, token.norm) == (raw, name, name)


def test_emoji_between_words_keep_their_place():
    text = "ayo ✌🏽 coblos2\u202f☝️!"
    for token in tokens(text):
        assert token.raw == text[token.start : token.end]
    assert [t.name for t in tokens(text) if t.kind == "emoji"] == ["jari_dua", "jari_satu"]


@pytest.mark.parametrize(
    ("text", "raw", "norm"),
    [
        ("cafÃ© itu", "cafÃ©", "cafe"),
        ("ayo\u200bcoblos", "ayo\u200bcoblos", "ayocoblos"),
        ("co\u0301blos", "co\u0301blos", "coblos"),
        ("ｃｏｂｌｏｓ", "ｃｏｂｌｏｓ", "coblos"),
        ("сoblоs", "сoblоs", "coblos"),
        ("c&#111;blos", "c&#111;blos", "coblos"),
    ],
)
def test_repaired_words_keep_what_was_written(text, raw, norm):
    token = tokens(text)[0]
    assert (token.start, token.raw, token.norm) == (0, raw, norm)


def test_tokens_cannot_be_changed():
    (token,) = tokens("coblos")
    with pytest.raises(AttributeError):
        token.raw = "pilih"


def test_letters_that_lengthen_when_folded_keep_their_place():
    for text in ("ßß-ab", "aßß-xyz", "ŉŉ-ab", "ßßß-ßa!"):
        for token in Normalizer().document(text).tokens:
            assert text[token.start : token.end] == token.raw
