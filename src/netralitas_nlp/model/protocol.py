"""The seam between what reads texts and what explains and reports the reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["TextModel"]

FloatArray = npt.NDArray[np.float64]


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

    def without(self, text: str) -> tuple[list[tuple[int, int]], FloatArray, FloatArray]:
        """Token spans, the fall of the log-odds when each is not read, and the log-odds."""
        ...

    def sentence_spans(self, text: str) -> list[tuple[int, int]]:
        """Offsets of the sentences of one text."""
        ...
