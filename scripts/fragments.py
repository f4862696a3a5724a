"""Fragments of training texts: what the bundled model hears the careful reader say of parts.

A post shows a small model only that its label goes with all of its words. What the careful reader
says of a few words of it, or of the post without some of them, shows which words make the label
(Tang et al. 2019, *Distilling task-specific knowledge from BERT into simple neural networks*).
"""

from __future__ import annotations

import numpy as np

__all__ = ["KINDS", "fragment"]

KINDS = ("span", "rest")
_FEWEST, _MOST = 4, 14  # words of a span
_LEFT_OUT = 0.2  # share of the words that a rest lacks
_LONGEST = 40  # words of a text whose rest is read


def fragment(number: str, text: str, kind: str) -> str:
    """A part of a text, the same one each time; empty where the text is too short or too long.

    `number` is the id of the text, `kind` one of `KINDS`: neighbouring words, or all but a fifth.

    >>> fragment("5d0d4511412c", "ayo kita semua datang ke lapangan sore ini ya kawan", "span")
    'kita semua datang ke lapangan sore ini'
    >>> fragment("5d0d4511412c", "ayo kita semua datang", "span")
    ''
    """
    words = text.split()
    rng = np.random.default_rng([int(number, 16), KINDS.index(kind)])
    if kind == "span":
        if len(words) < 2 * _FEWEST + 1:
            return ""
        size = int(rng.integers(_FEWEST, min(_MOST, len(words) - 2) + 1))
        begin = int(rng.integers(len(words) - size + 1))
        return " ".join(words[begin : begin + size])
    if not _FEWEST < len(words) <= _LONGEST:
        return ""
    kept = rng.random(len(words)) >= _LEFT_OUT
    kept[rng.integers(len(words))] = False
    return " ".join(word for word, keep in zip(words, kept, strict=True) if keep)
