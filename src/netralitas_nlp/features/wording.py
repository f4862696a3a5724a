"""A text as the careful reader gets it: words in standard spelling, sides without their names."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.features.units import CLASS_KEYS
from netralitas_nlp.text.document import Token

__all__ = ["SIDES", "Wording", "word_text"]

SIDES = tuple(dict.fromkeys(CLASS_KEYS[kind] for kind in ("figure", "party", "ticket", "label")))
"""Words that stand for every politician, party, ticket and camp: a score must not know which."""
_NUMBERS = {"<nomor>": "2", "<nomor0>": "02", "<angka>": "dua"}  # one ballot number for all
_OF_A_NAME = ("", CLASS_KEYS["name"])  # what may follow and belong to the name of a side
_LINK, _HANDLE = "http", "@"
_LONGEST = 40  # letters of one word that are read


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
    ['gaskeun', 'coblos', '<tokoh>', 'nomor', '2', '!', '#', 'pilih', '<partai>']
    """
    stream = reader.read([text])
    keys = [stream.store.units[number].key for number in stream.units.tolist()]
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    unit = 0
    side = False  # the last word that was heard stands for a side, and may be one of several
    for start, _, tokens in reader.normalizer.chunks(text):
        for token in tokens:
            count = len(reader.reader.units(token))
            read = keys[unit : unit + count]
            unit += count
            if side and count and all(key in _OF_A_NAME for key in read):
                continue
            for word in _words(token, read):
                side = word in SIDES
                words.append(word)
                spans.append((start + token.start, start + token.end))
    return Wording(words, spans)


def _words(token: Token, keys: list[str]) -> list[str]:
    kind = token.kind
    if kind == "url":
        return [_LINK]
    if kind == "mention":
        return [key for key in keys if key in SIDES] or [_HANDLE]
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


def _masked(key: str, word: str) -> str:
    return key if key in SIDES else _NUMBERS.get(key, word)


def _clean(word: str) -> str:
    """One short word without white space or half characters."""
    kept = word.encode("utf-8", "replace").decode() if not word.isascii() else word
    return "".join(unicodedata.normalize("NFKC", kept).split())[:_LONGEST] or "?"
