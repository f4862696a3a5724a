"""The seam between what reads texts and what explains and reports the reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Occluded", "TextModel"]

FloatArray = npt.NDArray[np.float64]


class Occluded(Protocol):
    """One text and what its tokens are worth."""

    spans: list[tuple[int, int]]
    """Offsets of the tokens."""
    only_names: list[bool]
    """Which tokens only name somebody or some place."""

    def drops(self, groups: Sequence[tuple[int, int]], *, labels_only: bool = False) -> FloatArray:
        """Fall of the log-odds for each run of tokens (first, last) that is left out."""
        ...


class TextModel(Protocol):
    """Anything that turns a batch of texts into log-odds, fast or careful."""

    classes: tuple[str, ...]
    """Two or more labels."""
    heads: tuple[str, ...]
    """What each column of the log-odds speaks for: the label (one column for two classes, else
    one for each), then the signals."""

    def log_odds(self, texts: Sequence[str], *, labels_only: bool = False) -> FloatArray:
        """Calibrated log-odds, one row per text and one column per head."""
        ...

    def occlusion(self, text: str, column: int = 0, sign: float = 1.0) -> Occluded:
        """One text, ready for leaving tokens out.

        Of a long text only what speaks most for the decision may be searched: for `column` of the
        log-odds, or against it where `sign` is -1.
        """
        ...

    def sentence_spans(self, text: str) -> list[tuple[int, int]]:
        """Offsets of the sentences of one text."""
        ...
