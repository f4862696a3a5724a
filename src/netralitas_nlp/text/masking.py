"""Masks numbers and addresses that point at a person."""

from __future__ import annotations

import re

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
    return _PERSONAL.sub(lambda match: _VISIBLE.sub("•", match.group()), text)
