"""Unicode repair of one chunk of text, with the way back to the original.

Every repaired character knows which span of the original it stands for, so nothing that is
found in the repaired text is ever lost in a text that nobody wrote.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["Repaired", "repair"]

# Cyrillic, Greek and other letters that pass for Latin ones. Source: Unicode Technical Standard
# 39 "confusables", the single-letter rows that are seen in disguised Indonesian words.
_LOOKALIKES = str.maketrans(
    "аАеЕоОрРсСхХуУіІјЈѕЅкКмМтТвВнНԁɡɑαΑεΕοΟρΡιΙκΚνΝτΤυΥχΧβΒηΗμΜℓɩıⅼԛԝһ",
    "aAeEoOpPcCxXyYiIjJsSkKmMtTbBhHdgaaAeEoOpPiIkKvNtTuYxXbBnHuMliilqwh",
)
_LOOKALIKE_SET = frozenset(map(chr, _LOOKALIKES))
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
# Characters that stay as they are because the emoji reader needs them.
_KEEP = frozenset("\u200d\ufe0f\u20e3")


def _cp1252() -> dict[str, int]:
    table = {}
    for byte in range(0x80, 0x100):
        try:
            table[bytes([byte]).decode("cp1252")] = byte
        except UnicodeDecodeError:
            table[chr(byte)] = byte
    return table


_BYTES = _cp1252()
# A UTF-8 lead byte read as cp1252, then one to three continuation bytes read the same way.
_CONTINUATION = "".join(re.escape(c) for c, b in _BYTES.items() if b < 0xC0)
_MOJIBAKE = re.compile(
    f"[\u00c2-\u00df][{_CONTINUATION}]|[\u00e0-\u00ef][{_CONTINUATION}]{{2}}"
    f"|[\u00f0-\u00f4][{_CONTINUATION}]{{3}}"
)


class Repaired:
    """A repaired chunk: its text and, for each character, the original span it came from."""

    __slots__ = ("ends", "starts", "text")

    def __init__(self, text: str, starts: list[int], ends: list[int]):
        self.text = text
        self.starts = starts
        self.ends = ends


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    """One character to its plain form: compatibility letters, no marks, no format characters."""
    if char in _KEEP:
        return char
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cc"):
        return ""
    plain = unicodedata.normalize("NFKD", char)
    if plain == char:
        return char
    kept = "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Zs"))
    return kept or char


def _unescape(entity: str) -> str:
    import html  # its table of entities costs 2 ms, and most texts have none

    return html.unescape(entity)


def repair(chunk: str) -> Repaired:
    """Repair one chunk.

    HTML entities, UTF-8 read as cp1252 (mojibake), full-width and mathematical letters, combining
    marks, zero-width characters and look-alike letters become the plain text a reader sees.

    Parameters
    ----------
    chunk : str
        A piece of the original without white space.

    Returns
    -------
    Repaired
        ``text`` with ``starts[i]:ends[i]`` the span of the original for each character.

    Examples
    --------
    >>> fixed = repair("D&amp;Ｊ")
    >>> fixed.text, [(s, e) for s, e in zip(fixed.starts, fixed.ends)]
    ('D&J', [(0, 1), (1, 6), (6, 7)])
    """
    pieces: list[tuple[str, int, int]] = []
    position = 0
    ascii_only = chunk.isascii()
    while position < len(chunk):
        match = _ENTITY.match(chunk, position) if chunk[position] == "&" else None
        if match:
            pieces.append((_unescape(match.group()), position, match.end()))
            position = match.end()
            continue
        if not ascii_only:
            match = _MOJIBAKE.match(chunk, position)
            if match:
                raw = bytes(_BYTES[c] for c in match.group())
                try:
                    pieces.append((raw.decode("utf-8"), position, match.end()))
                    position = match.end()
                    continue
                except UnicodeDecodeError:
                    pass
        pieces.append((chunk[position], position, position + 1))
        position += 1
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for text, start, end in pieces:
        for char in text:
            plain = char if char.isascii() else _fold(char)
            if not plain and ends:
                ends[-1] = max(ends[-1], end)  # a dropped mark belongs to the letter before it
            for c in plain:
                if not c.isspace():
                    out.append(c)
                    starts.append(start)
                    ends.append(end)
    clean = "".join(out)
    if not clean.isascii():
        letters = [c for c in clean if c.isalpha()]
        if any(c in _LOOKALIKE_SET for c in letters) and all(
            c.isascii() or c in _LOOKALIKE_SET for c in letters
        ):
            clean = clean.translate(_LOOKALIKES)
    return Repaired(clean, starts, ends)
