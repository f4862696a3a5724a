from __future__ import annotations

import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp.features.chunks import _SPACES, ChunkTable, cut
from netralitas_nlp.features.lookup import (
    CodeIndex,
    different,
    fingerprints,
    gram_fingerprints,
)
from netralitas_nlp.features.stream import _LINK, _PLAIN, StreamReader
from netralitas_nlp.features.vocabulary import character_ngrams
from netralitas_nlp.text import Normalizer

# hypothesis leaves out halves of surrogate pairs unless they are asked for
READER = StreamReader(Normalizer())
ANY = st.text(st.characters(exclude_categories=()), max_size=30)


def test_white_space_is_what_python_splits_at():
    assert [code for code in range(sys.maxunicode + 1) if chr(code).isspace()] == _SPACES


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(ANY, max_size=6))
def test_chunks_are_those_of_split(texts):
    found = cut(texts)
    chunks = [found.text[a:b] for a, b in zip(found.starts, found.ends, strict=True)]
    assert chunks == [chunk for text in texts for chunk in text.split()]
    assert found.counts.tolist() == [len(text.split()) for text in texts]
    for i, code in enumerate(found.codes.tolist()):
        assert [chunk == chunks[i] for chunk in chunks] == [c == code for c in found.codes.tolist()]


def test_links_are_read_and_not_remembered():
    plain, tokens = StreamReader(Normalizer()), Normalizer().tokenizer.tokens
    for names, expected in (
        (False, ["ayo", "coblos", "!"]),
        (True, ["ayo", "<tautan>", "coblos", "!"]),
    ):
        reader = StreamReader(plain.normalizer, names=names)
        sizes = []
        for i in range(5):
            stream = reader.read([f"ayo https://t.co/{i} coblos !", f"http://a.id/{i},"])
            kept = stream.units[stream.document == 0]
            assert [stream.store.units[unit].key for unit in kept] == expected
            sizes.append((len(reader.store.chunks), len(reader.store.chunk_start)))
        assert len(set(sizes)) == 1
    rng = np.random.default_rng(0)
    for _ in range(2000):
        chunk = "https://" + "".join(map(chr, rng.integers(33, 127, rng.integers(1, 9))))
        if _LINK.fullmatch(chunk):
            assert [token.kind for token in tokens(chunk)] == ["url"]


@settings(max_examples=300, deadline=None)
@given(chunk=st.from_regex(_PLAIN, fullmatch=True))
def test_letters_and_signs_read_apart_are_what_the_tokenizer_cuts(chunk):
    reader = READER
    units = [
        unit for t in reader.normalizer.tokenizer.tokens(chunk) for unit in reader.reader.units(t)
    ]
    assert [reader.store.units[number] for number in reader._read(chunk)] == units


def test_nul_is_a_letter_like_any_other():
    codes = cut(["a a\x00 \x00a \x00 \x00\x00 a\x00\x00"]).codes
    assert len(set(codes.tolist())) == len(codes) == 6


def test_powers_grow_with_the_text():
    short, long = cut(["coblos"]).codes, cut(["hujan " * 30_000 + "coblos"]).codes
    assert short[0] == long[-1]
    assert len(set(long.tolist())) == 2


@settings(max_examples=200, deadline=None)
@given(
    codes=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=200, unique=True),
    asked=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50),
)
def test_what_is_there_is_found_and_nothing_else(codes, asked):
    asked = [*asked, *codes[::3]]
    index = CodeIndex(np.array(codes, dtype=np.int64))
    where, place = index.find(np.array(asked, dtype=np.int64))
    found = dict(zip(where.tolist(), place.tolist(), strict=True))
    assert found == {i: codes.index(code) for i, code in enumerate(asked) if code in codes}


@settings(max_examples=100, deadline=None)
@given(codes=st.lists(st.integers(0, 40), max_size=80))
def test_different_codes_come_in_the_order_of_the_text(codes):
    first, which = different(np.array(codes, dtype=np.uint64))
    assert [codes[i] for i in first] == list(dict.fromkeys(codes))
    assert [codes[first[number]] for number in which] == codes


def test_equal_codes_end_too():
    where, place = CodeIndex(np.array([5, 5, 5, 7])).find(np.array([5, 7, 6]))
    assert sorted(where.tolist()) == [0, 1]
    assert set(place.tolist()) <= {0, 1, 2, 3}


def test_a_table_that_grows_forgets_nothing():
    table, rng = ChunkTable(), np.random.default_rng(0)
    codes = np.unique(rng.integers(0, 2**63, 60_000, dtype=np.uint64))
    for begin in range(0, len(codes), 700):
        part = codes[begin : begin + 700]
        assert (table.find(part) == -1).all()
        table.add(part, np.arange(begin, begin + len(part)))
        assert (table.find(codes[: begin + len(part) : 11]) >= 0).all()
    assert (table.find(codes) == np.arange(len(codes))).all()
    assert len(table) == len(codes)


@settings(max_examples=200, deadline=None)
@given(words=st.lists(ANY, max_size=8))
def test_ngrams_by_fingerprint_are_those_by_string(words):
    grams = sorted({gram for word in words for gram in character_ngrams(word, 2, 5)})
    codes = fingerprints(grams, 5)
    assert len(set(codes.tolist())) == len(grams)
    marked = [f"<{word[:40]}>" if word else "" for word in words]
    owner, code = gram_fingerprints(marked, 2, 5)
    _, place = CodeIndex(codes).find(code)
    assert len(place) == len(code)
    for i, word in enumerate(words):
        mine = sorted(character_ngrams(word, 2, 5))
        _, place = CodeIndex(codes).find(code[owner == i])
        assert sorted(grams[p] for p in place.tolist()) == mine
