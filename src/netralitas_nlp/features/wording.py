"""A text as the careful reader gets it: words in standard spelling, sides without their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netralitas_nlp.features.stream import Stream, StreamReader
from netralitas_nlp.features.units import CLASS_KEYS
from netralitas_nlp.text.document import Token
from netralitas_nlp.text.normalizer import spaced_runs

__all__ = ["SIDES", "WordReader", "Wording", "word_text"]

SIDES = tuple(dict.fromkeys(CLASS_KEYS[kind] for kind in ("figure", "party", "ticket", "label")))
"""Words that stand for every politician, party, ticket and camp: a score must not know which."""
_NUMBERS = {"<nomor>": "2", "<nomor0>": "02", "<angka>": "dua"}  # one ballot number for all
_OF_A_NAME = ("", CLASS_KEYS["name"])  # what may follow and belong to the name of a side
_SILENT = ("url", "email", "phone")
_LONGEST = 40  # letters of one word that are read, and of a chunk that is remembered
_CHUNK = re.compile(r"\S+")
_SHOUTED = 0.6  # share of capitals from which a text is shouted
_JUMBLED = 0.1  # share of letters that are a capital behind a small one; by chance it is a fifth
_UP = re.compile(r"[a-z][A-Z]")
_SINGLE = ("word", "number", "punct")  # kinds whose one unit is one word


class Wording(NamedTuple):
    """What is left of a text for an encoder to read.

    Attributes
    ----------
    words : list of str
        In the order of the text; none is empty or holds white space.
    spans : list of (start, end)
        Offsets of the token that each word comes from; the words of one hashtag share theirs.
    """

    words: list[str]
    spans: list[tuple[int, int]]


def word_text(reader: StreamReader, text: str) -> Wording:
    """Read one text into words.

    Parameters
    ----------
    reader : StreamReader
        Made with ``names=False``.
    text : str

    Returns
    -------
    Wording

    Examples
    --------
    >>> from netralitas_nlp.text import Normalizer
    >>> reader = StreamReader(Normalizer())
    >>> word_text(reader, "Gaskeuun c0bl0s Jokowi no 3! #PilihPKS").words
    ['gaskeun', 'coblos', '<tokoh>', 'no', '2', '!', '#', 'pilih', '<partai>']
    """
    return WordReader(reader).read([text])[1][0]


class _Piece(NamedTuple):
    """One token of a chunk, ready for the keys that its neighbours give it."""

    start: int
    end: int
    n_units: int
    word: str | None  # of a token of one word; the rest is read anew each time
    token: Token


class WordReader:
    """Reads batches of texts into words.

    Parameters
    ----------
    reader : StreamReader
        Made with ``names=False``; nobody else may read with it at the same time.
    most_chunks : int, default=100_000
        Chunks remembered before the memory starts anew.
    """

    def __init__(self, reader: StreamReader, most_chunks: int = 100_000):
        self.reader = reader
        self.most_chunks = most_chunks
        self._chunks: dict[str, tuple[_Piece, ...]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_chunks": {}}

    def read(self, texts: Sequence[str]) -> tuple[Stream, list[Wording]]:
        """Read a batch.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        stream : Stream
            The same texts as units.
        wordings : list of Wording
            In the order of the texts.
        """
        if len(self._chunks) > self.most_chunks:
            self._chunks.clear()
        stream = self.reader.read(texts)
        units = stream.store.units
        numbers, bounds = stream.units.tolist(), stream.bounds.tolist()
        wordings = []
        for text, begin, end in zip(texts, bounds, bounds[1:], strict=False):
            keys = [units[number].key for number in numbers[begin:end]]
            wordings.append(self._wording(text, keys))
        return stream, wordings

    def _wording(self, text: str, keys: list[str]) -> Wording:
        words: list[str] = []
        spans: list[tuple[int, int]] = []
        unit = 0
        side = False  # the last word that was heard stands for a side, and may be one of several
        for start, pieces in self._pieces(text):
            for first, last, count, single, token in pieces:
                if single is not None:
                    key = keys[unit]
                    unit += 1
                    if side and key in _OF_A_NAME:
                        continue
                    side = key in SIDES
                    words.append(key if side else _NUMBERS.get(key, single))
                    spans.append((start + first, start + last))
                    continue
                read = keys[unit : unit + count]
                unit += count
                if side and count and all(key in _OF_A_NAME for key in read):
                    continue
                for word in _words(token, read):
                    side = word in SIDES
                    words.append(word)
                    spans.append((start + first, start + last))
        return Wording(_calm(text, words, spans), spans)

    def _pieces(self, text: str) -> Iterator[tuple[int, tuple[_Piece, ...]]]:
        if spaced_runs(text):
            for start, _, tokens in self.reader.normalizer.chunks(text):
                yield start, self._read(tokens)
            return
        chunks, tokens_of = self._chunks, self.reader.normalizer.tokenizer.tokens
        for match in _CHUNK.finditer(text):
            chunk = match.group()
            pieces = chunks.get(chunk)
            if pieces is None:
                pieces = self._read(tokens_of(chunk))
                if len(chunk) <= _LONGEST:
                    chunks[chunk] = pieces
            yield match.start(), pieces

    def _read(self, tokens: Sequence[Token]) -> tuple[_Piece, ...]:
        pieces = []
        for token in tokens:
            count = len(self.reader.reader.units(token))
            single = count == 1 and token.kind in _SINGLE
            word = _clean(_spelt(token)) if single else None
            pieces.append(_Piece(token.start, token.end, count, word, token))
        return tuple(pieces)


def _words(token: Token, keys: list[str]) -> list[str]:
    kind = token.kind
    if kind in _SILENT:
        return []
    if kind == "mention":
        return [key for key in keys if key in SIDES]
    if kind == "hashtag":
        pairs = zip(keys[1:], token.parts, strict=False)
        return ["#", *(_masked(key, _clean(part)) for key, part in pairs)]
    if kind == "emoji":
        gesture = token.name.split("_") if token.name and keys == ["<gestur>"] else []
        return [_clean(token.raw), *gesture]
    if len(keys) == 1 or kind != "word":
        return [_masked(keys[0] if keys else "", _clean(_spelt(token)))]
    # an abbreviation, or a word and the number glued to it
    return [_masked(key, _clean(word)) for key, word in zip(keys, token.expansion, strict=False)]


def _spelt(token: Token) -> str:
    """The standard spelling where it differs, else the token as it was written, capitals too."""
    if token.kind != "word":
        return token.raw
    if token.joined or token.squeezed != token.folded or token.norm != token.squeezed:
        return token.norm
    return token.raw


def _calm(text: str, words: list[str], spans: list[tuple[int, int]]) -> list[str]:
    """Small letters for a text whose capitals say nothing: "PILIH NO 2", "pILiH nO 2".

    As the text was written counts, without sides, whose names must not matter, and hashtags, which
    are written in many ways.
    """
    written = " ".join(
        text[start:end]
        for word, (start, end) in zip(words, spans, strict=True)
        if word not in SIDES and text[start] != "#"
    )
    capitals = sum(map(str.isupper, written))
    letters = capitals + sum(map(str.islower, written))
    if capitals <= _SHOUTED * letters and len(_UP.findall(written)) <= _JUMBLED * letters:
        return words
    return [word.lower() for word in words]


def _masked(key: str, word: str) -> str:
    return key if key in SIDES else _NUMBERS.get(key, word)


def _clean(word: str) -> str:
    """One short word without white space or half characters."""
    kept = word.encode("utf-8", "replace").decode() if not word.isascii() else word
    return "".join(unicodedata.normalize("NFKC", kept).split())[:_LONGEST] or "?"
