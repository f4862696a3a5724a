"""Which encoding a file is written in, where nobody says so."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterable

__all__ = ["WINDOWS", "guess_encoding", "storable"]

WINDOWS = "cp1252"
"""What spreadsheets on Windows save as plain CSV."""

_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_TORN = re.compile("[\udc80-\udcff]+")
_CUT_OFF = re.compile("[\udcc2-\udcf4][\udc80-\udcbf]")  # begins as a letter of UTF-8 does
# bytes that stand for nothing in Windows-1252, or for letters that no Indonesian text has
_NOT_WINDOWS = re.compile("[\udc81\udc8d\udc8f\udc90\udc9d\udcfe\udcff]")
_CLEARLY = 10  # a file has torn letters of both kinds where others' posts were pasted together
_ENOUGH = 100


def guess_encoding(chunks: Iterable[bytes]) -> str:
    r"""Tell UTF-8, even with some torn letters, from Windows-1252.

    Parameters
    ----------
    chunks : iterable of bytes
        The file, piece by piece; read no further than is needed.

    Returns
    -------
    str
        ``"utf-8-sig"`` or ``"cp1252"``; the latter only where letters beyond ASCII make no UTF-8.

    Examples
    --------
    >>> guess_encoding(["\u201cayo\u201d".encode("cp1252")])
    'cp1252'
    >>> guess_encoding(["\u201cayo\u201d".encode(), b" torn \xe9"])
    'utf-8-sig'
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    whole = torn = cut_off = 0
    first = True
    for chunk in itertools.chain(chunks, [b""]):
        text = decoder.decode(chunk, final=not chunk)
        if _NOT_WINDOWS.search(text) or (first and text.startswith("\ufeff")):
            break
        first = False
        runs = _TORN.findall(text)
        torn += len(runs)
        cut_off += sum(_CUT_OFF.match(run) is not None for run in runs)
        whole += len(chunk) - len(text)  # bytes that whole letters have beyond their first
        if whole > _ENOUGH and whole > torn:
            break
    else:
        if torn - cut_off > _CLEARLY * (max(whole, 0) + cut_off):
            return WINDOWS
    return "utf-8-sig"


def storable(text: str) -> str:
    r"""Replace halves of emoji, which JSON can name and no file can hold.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Of the same length; bytes that were no UTF-8 (``surrogateescape``) stay.

    Examples
    --------
    >>> storable("ayo \ud83d") == "ayo \ufffd"
    True
    """
    return _HALVES.sub("\ufffd", text)
