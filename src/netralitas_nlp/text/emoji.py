"""Finds emoji sequences and names them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["EMOJI", "emoji_key", "emoji_name"]

_BASE = (
    "[\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
    "\u2600-\u27bf\u2190-\u21ff\u2300-\u23ff\u2b00-\u2bff\u3030\u303d\u3297\u3299\u25a0-\u25ff]"
)
_MODIFIER = "[\U0001f3fb-\U0001f3ff]"
_UNIT = f"{_BASE}\ufe0f?{_MODIFIER}?\ufe0f?"
EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    f"|{_UNIT}(?:\u200d{_UNIT}){{0,6}}"
    f"|{_MODIFIER}|[\U0001f1e6-\U0001f1ff]"
)
"""Regular expression source for one emoji: flag, keycap, or base with modifiers and joiners."""


def emoji_key(raw: str) -> str:
    """Drop skin tones and presentation selectors, so that variants share a name.

    Examples
    --------
    >>> emoji_key("✌🏽") == "✌"
    True
    """
    bare = "".join(c for c in raw if c != "\ufe0f" and not "\U0001f3fb" <= c <= "\U0001f3ff")
    return bare or raw


def emoji_name(key: str) -> str:
    """Name an emoji that has no entry in the gesture list, after its first code point.

    Examples
    --------
    >>> emoji_name("😂")
    'face_with_tears_of_joy'
    """
    return _name(key[0])


@lru_cache(maxsize=4096)
def _name(char: str) -> str:
    return unicodedata.name(char, "emoji").casefold().replace(" ", "_").replace("-", "_")
