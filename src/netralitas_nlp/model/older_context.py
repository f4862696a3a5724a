"""The context reader of formats 2 and 3: no hidden layer, and the mean of what filters answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.stream import Stream
from netralitas_nlp.model.neighbours import EXACT, LIMIT, TILE, FilterTables, Layout, places

__all__ = ["OlderContext", "OlderWeights"]

FloatArray = npt.NDArray[np.float64]
SingleArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

FEWEST = 4
"""A text of fewer words is averaged as if it had this many: one word alone says little."""


class OlderWeights(NamedTuple):
    """The integers of a context reader of formats 2 and 3.

    Attributes
    ----------
    words, classes, filters, bias : ndarray
        As in `FilterTables`.
    largest, mean : ndarray of int16 of shape (n_filters, n_heads)
        Weight of the strongest and of the average answer of each filter.
    scale : ndarray of float64 of shape (2, n_heads)
        From integers to log-odds, for `largest` and `mean`.
    offset : ndarray of float64 of shape (n_heads,)
    """

    words: npt.NDArray[np.int8]
    classes: npt.NDArray[np.int8]
    filters: npt.NDArray[np.int8]
    bias: npt.NDArray[np.int32]
    largest: npt.NDArray[np.int16]
    mean: npt.NDArray[np.int16]
    scale: FloatArray
    offset: FloatArray


class OlderContext:
    """Reads words with their neighbours as models of formats 2 and 3 did.

    Parameters
    ----------
    weights : OlderWeights

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    def __init__(self, weights: OlderWeights):
        self.weights = weights
        self._tables = FilterTables(*weights[:4])
        n_filters, heads = weights.largest.shape
        if (
            n_filters != len(weights.bias)
            or weights.mean.shape != (n_filters, heads)
            or weights.scale.shape != (2, heads)
            or weights.offset.shape != (heads,)
        ):
            raise ValueError("the parts of the context reader differ in shape")
        bias = np.abs(weights.bias.astype(np.float64))
        strongest = np.abs(weights.filters.astype(np.float64)).sum(axis=0) * LIMIT + bias
        # as many answers can be added up before single precision would have to round
        self._exact = max(int(EXACT // max(float(strongest.max(initial=1.0)), 1.0)), 1)

    @property
    def n_heads(self) -> int:
        """Number of logits per document."""
        return int(self.weights.scale.shape[1])

    def forget(self) -> None:
        """Drop what is remembered of words."""
        self._tables.forget()

    def logits(self, stream: Stream, column: IntArray, heads: slice = slice(None)) -> FloatArray:
        """Score a batch, as `ContextModel.logits` does."""
        out = np.zeros((len(stream.bounds) - 1, len(self.weights.scale[0, heads])))
        live = np.flatnonzero(stream.units)
        if not len(live):
            return out
        order, start, length = Layout.of(stream, live)
        rows = self._tables.rows(stream, live, column)
        largest, mean = (
            part[:, heads].astype(np.float64) for part in (self.weights.largest, self.weights.mean)
        )
        scale, offset = self.weights.scale[:, heads], self.weights.offset[heads]
        for begin in range(0, len(order), TILE):
            tile = slice(begin, begin + TILE)
            strongest, total = self._pooled(rows, start[tile], length[tile])
            answer = (strongest.astype(np.float64) @ largest) * scale[0]
            average = (total @ mean) / np.maximum(length[tile], FEWEST)[:, None]
            out[order[tile]] = answer + (average * scale[1] + offset)
        return out

    def _pooled(
        self, rows: IntArray, start: IntArray, length: IntArray
    ) -> tuple[SingleArray, FloatArray]:
        """Strongest and summed answer of every filter; documents come longest first."""
        before, here, after = self._tables.parts
        shape = (len(start), here.shape[1])
        strongest, partial = np.zeros((2, *shape), dtype=np.float32)
        total = np.zeros(shape)
        for place, (m, following) in places(length):
            at = start[:m] + place
            found = here[rows[at]]
            if place:
                found += before[rows[at - 1]]
            found[:following] += after[rows[at[:following] + 1]]
            np.maximum(found, 0.0, out=found)
            np.maximum(strongest[:m], found, out=strongest[:m])
            partial[:m] += found
            if (place + 1) % self._exact == 0:
                total[:m] += partial[:m]
                partial[:m] = 0.0
        total += partial
        return strongest, total
