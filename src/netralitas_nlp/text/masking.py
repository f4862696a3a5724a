"""Masks numbers and addresses that point at a person."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["mask_personal"]

# NIK has 16 digits, NIP 18 (often written in groups), telephone numbers start with 0 or +62.
_PERSONAL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|(?<!\d)\d{8}[ .-]?\d{6}[ .-]?\d[ .-]?\d{3}(?!\d)"
    r"|(?<!\d)\d{16}(?!\d)|(?<!\d)(?!19|20)\d{4}(?:[ .-]\d{4}){3}(?!\d)"
    r"|(?<!\d)\d{6}[ .-]\d{6}[ .-]\d{4}(?!\d)"
    r"|(?<![\d.,])(?<!Rp)(?<!Rp )(?<!rp)(?<!rp )(?:\+?62[ .-]?|0)8(?:[ .-]?\d){7,11}(?!\d)"
    r"|(?<![\d.,])\(?0[2-79]\d{1,2}\)?[ .-]?\d{3,4}[ .-]?\d{3,4}(?!\d)"
)
_VISIBLE = re.compile(r"[^\W_]")
# Signs that nobody sees and that tear a number apart for a machine.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_SPACE = re.compile(r"[^\S\n]")


def mask_personal(text: str) -> str:
    """Cover NIK, NIP, telephone numbers and e-mail addresses.

    The masked text has the length of the original, so offsets into one hold for the other.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text with each letter and digit of a personal number or address replaced by ``•``.

    Examples
    --------
    >>> mask_personal("WA 0812-3456-7890, NIP 19800101 200501 1 001, nomor 2")
    'WA ••••-••••-••••, NIP •••••••• •••••• • •••, nomor 2'
    """
    if text.isascii():
        return _PERSONAL.sub(_covered, text)
    # read as a person does: no unseen signs, digits of any script, one kind of space and dash
    seen = [i for i, char in enumerate(text) if not _UNSEEN.match(char)]
    plain = "".join([_plain(text[i]) for i in seen])
    out = list(text)
    for match in _PERSONAL.finditer(plain):
        for place in range(*match.span()):
            out[seen[place]] = _VISIBLE.sub("•", text[seen[place]])
    return "".join(out)


def _covered(match: re.Match[str]) -> str:
    return _VISIBLE.sub("•", match.group())


def _plain(char: str) -> str:
    if char.isascii() or char.isalpha():
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if char in "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d":
        return "-"
    return {"\uff0b": "+", "\uff0e": "."}.get(char, _SPACE.sub(" ", char))
