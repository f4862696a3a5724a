"""The fast reader, with the careful one behind it for the texts that it doubts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.careful import CarefulModel
from netralitas_nlp.model.protocol import Occluded

__all__ = ["CascadeModel"]

FloatArray = npt.NDArray[np.float64]


class CascadeModel:
    """Asks the careful reader where the probability of the fast one lies in a band.

    Parameters
    ----------
    careful : CarefulModel
        Knows the fast one.
    low, high : float
        Edges of the band, both of them in it.
    """

    def __init__(self, careful: CarefulModel, low: float, high: float):
        self.careful = careful
        self.low, self.high = low, high
        self.fast = careful.fast
        self.heads = careful.heads
        self.classes = careful.classes
        self._columns = [self.fast.heads.index(head) for head in self.heads]
        self._edges = _log_odds(low), _log_odds(high)

    def doubted(self, fast: FloatArray) -> npt.NDArray[np.bool_]:
        """Which texts the careful reader is asked about, from the log-odds of the fast one."""
        low, high = self._edges
        return np.asarray((fast[:, 0] >= low) & (fast[:, 0] <= high))

    def log_odds(self, texts: Sequence[str], *, labels_only: bool = False) -> FloatArray:
        """Calibrated log-odds: the careful ones where the fast model doubts, else its own."""
        fast = self.fast.log_odds(texts, labels_only=labels_only)
        kept = slice(0, 1) if labels_only else slice(None)
        out = np.array(fast[:, self._columns[kept]])
        doubted = np.flatnonzero(self.doubted(fast))
        if len(doubted):
            asked = [texts[i] for i in doubted.tolist()]
            out[doubted] = self.careful.judge(asked, fast[doubted], labels_only=labels_only)
        return out

    def occlusion(self, text: str, column: int = 0, sign: float = 1.0) -> Occluded:
        """One text, ready for leaving tokens out, as the model that judged it read it."""
        doubted = self.doubted(self.fast.log_odds([text], labels_only=True))[0]
        reader = self.careful if doubted else self.fast
        return reader.occlusion(text, column, sign)

    def sentence_spans(self, text: str) -> list[tuple[int, int]]:
        """Offsets of the sentences of one text."""
        return self.fast.sentence_spans(text)


def _log_odds(probability: float) -> float:
    if probability in (0.0, 1.0):
        return math.inf if probability else -math.inf
    return math.log(probability / (1.0 - probability))
