"""Repair gives the text a reader sees, and every character knows where it came from."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp.text.repair import repair

ANY_CHARACTER = st.characters()  # lone surrogates and unassigned code points too


def _chunk(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("chunk", "seen"),
    [
        ("ｃｏｂｌｏｓ", "coblos"),
        ("ＰＤＩＰ！", "PDIP!"),
        ("０２", "02"),
        ("𝗖𝗼𝗯𝗹𝗼𝘀", "Coblos"),
        ("𝓐𝓷𝓲𝓮𝓼", "Anies"),
        ("сoblоs", "coblos"),  # Cyrillic es and o
        ("Рrаbоwо", "Prabowo"),
        ("Αnies", "Anies"),  # Greek capital alpha
        ("co\u0301blos", "coblos"),
        ("c\u0336o\u0336blos", "coblos"),
        ("co\u200bb\u00adlos\ufeff", "coblos"),
        ("\u202ecoblos\u202c", "coblos"),
        ("D&amp;J", "D&J"),
        ("&lt;b&gt;", "<b>"),
        ("caf&eacute;", "cafe"),
        ("&#99;oblos", "coblos"),
        ("&#x43;oblos", "Coblos"),
        ("juaraâ€™nya", "juara’nya"),
        ("cafÃ©", "cafe"),
        ("â\x9dŒ", "❌"),
        ("ðŸ‘\x8d", "👍"),
        ("①", "1"),
        ("№", "No"),
    ],
)
def test_repair_gives_what_a_reader_sees(chunk, seen):
    assert repair(chunk).text == seen


@pytest.mark.parametrize(
    "chunk",
    [
        "coblos",
        "AT&T",
        "R&B;",
        "a&unknown;b",
        "&",
        "&;",
        "&#;",
        "😂",
        "👨‍👩‍👧‍👦",
        "2️⃣",
        "привет",  # a Cyrillic word with letters that pass for no Latin one
        "漢字",
        "Â",
        "ð",
    ],
)
def test_repair_leaves_sound_text_alone(chunk):
    plain = "".join(c for c in unicodedata.normalize("NFKD", chunk) if not unicodedata.combining(c))
    assert repair(chunk).text in (chunk, plain)


@pytest.mark.parametrize(
    ("chunk", "spans"),
    [
        ("D&amp;J", [(0, 1), (1, 6), (6, 7)]),
        ("e\u0301a", [(0, 2), (2, 3)]),
        ("a\u200bb", [(0, 2), (2, 3)]),
        ("aÃ©b", [(0, 1), (1, 3), (3, 4)]),
        ("ﬁx", [(0, 1), (0, 1), (1, 2)]),
    ],
)
def test_repair_maps_each_character_to_its_span(chunk, spans):
    fixed = repair(chunk)
    assert list(zip(fixed.starts, fixed.ends, strict=True)) == spans


@given(st.text(ANY_CHARACTER).map(_chunk))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_spans_lie_inside_the_chunk_and_never_step_back(chunk):
    fixed = repair(chunk)
    assert len(fixed.text) == len(fixed.starts) == len(fixed.ends)
    assert all(0 <= s < e <= len(chunk) for s, e in zip(fixed.starts, fixed.ends, strict=True))
    assert fixed.starts == sorted(fixed.starts)
    assert not any(c.isspace() for c in fixed.text)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_ascii_without_entities_is_untouched(chunk):
    chunk = chunk.replace("&", "")
    assert repair(chunk).text == chunk


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_full_width_reads_as_plain(chunk):
    chunk = chunk.replace("&", "")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in chunk)
    assert repair(wide).text == chunk
