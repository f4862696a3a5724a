"""Characters that would steer the reader's screen instead of being read."""

from __future__ import annotations

import re

__all__ = ["make_visible"]

# Control characters (a terminal obeys them), marks that turn the direction of the text around them
# (a post can make the page beside it read backwards), and halves of emoji (no file holds them).
_STEERING = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def make_visible(text: str) -> str:
    r"""Replace characters that steer a terminal or a page by U+FFFD.

    The result has the length of the original, so offsets into one hold for the other. Line breaks
    and tabs stay.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str

    Examples
    --------
    >>> make_visible("coblos\x1b[2J nomor\u202e 2")
    'coblos�[2J nomor� 2'
    """
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)
