"""Words in their neighbourhood: a convolution over three words at a time, and a layer behind it.

The linear heads add up what words, pairs and cues say. This reader sees each word with its two
neighbours as vectors, so that an act which was never met in these words is near one that was, and
weighs what its filters found against each other. Every number is an integer in the range where
floating point is exact: a probability does not depend on the size of a batch, the number of
threads or the processor.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.stream import Stream
from netralitas_nlp.model.neighbours import (
    EXACT,
    LIMIT,
    TILE,
    FilterTables,
    Layout,
    places,
    product,
)

__all__ = ["ContextModel", "ContextWeights"]

FloatArray = npt.NDArray[np.float64]
SingleArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

_MOST_HIDDEN = 2**13  # as many products of 24 and 15 bits are exact in double precision


class ContextWeights(NamedTuple):
    """The integers of a context reader.

    Attributes
    ----------
    words, classes, filters, bias, gain : ndarray
        As in `FilterTables`.
    hidden : ndarray of int8 of shape (n_filters, n_hidden)
        From the strongest answer of each filter to the units of the hidden layer.
    hidden_bias : ndarray of int32 of shape (n_hidden,)
    heads : ndarray of int16 of shape (n_hidden, n_heads)
    scale, offset : ndarray of float64 of shape (n_heads,)
        From integers to log-odds.
    """

    words: npt.NDArray[np.int8]
    classes: npt.NDArray[np.int8]
    filters: npt.NDArray[np.int8]
    bias: npt.NDArray[np.int32]
    gain: npt.NDArray[np.float32]
    hidden: npt.NDArray[np.int8]
    hidden_bias: npt.NDArray[np.int32]
    heads: npt.NDArray[np.int16]
    scale: FloatArray
    offset: FloatArray


class ContextModel:
    """Reads words with their neighbours.

    Parameters
    ----------
    weights : ContextWeights

    Raises
    ------
    ValueError
        If the shapes do not fit each other, or a sum could leave the exact integers.
    """

    def __init__(self, weights: ContextWeights):
        self.weights = weights
        self._tables = FilterTables(*weights[:5])
        n_hidden, heads = weights.heads.shape
        n_filters = len(weights.bias)
        if (
            weights.hidden.shape != (n_filters, n_hidden)
            or weights.hidden_bias.shape != (n_hidden,)
            or weights.scale.shape != (heads,)
            or weights.offset.shape != (heads,)
            or not (n_hidden and heads)
        ):
            raise ValueError("the parts of the context reader differ in shape")
        highest = np.abs(weights.hidden.astype(np.float64)).sum(axis=0) * LIMIT
        highest += np.abs(weights.hidden_bias.astype(np.float64))
        if highest.max() >= EXACT or n_hidden > _MOST_HIDDEN:
            raise ValueError("the sums of the context reader could be too large to be exact")
        self._hidden = weights.hidden.astype(np.float32)
        self._hidden_bias = weights.hidden_bias.astype(np.float32)
        self._heads = weights.heads.astype(np.float64)

    @property
    def n_heads(self) -> int:
        """Number of logits per document."""
        return len(self.weights.scale)

    def forget(self) -> None:
        """Drop what is remembered of words."""
        self._tables.forget()

    def logits(self, stream: Stream, column: IntArray, heads: slice = slice(None)) -> FloatArray:
        """Score a batch.

        Parameters
        ----------
        stream : Stream
            Documents (or segments of documents).
        column : ndarray
            Word column of each unit of the store, -1 where unknown.
        heads : slice
            Which heads to compute.

        Returns
        -------
        ndarray of shape (n_documents, n_heads)
            0 for a document without words.
        """
        scale, offset = self.weights.scale[heads], self.weights.offset[heads]
        out = np.zeros((len(stream.bounds) - 1, len(scale)))
        live = np.flatnonzero(stream.units)
        if not len(live):
            return out
        order, start, length = Layout.of(stream, live)
        rows = self._tables.rows(stream, live, column)
        weights = self._heads[:, heads]
        for begin in range(0, len(order), TILE):
            tile = slice(begin, begin + TILE)
            strongest = self._strongest(rows, start[tile], length[tile])
            inner = product(strongest.astype(np.float32), self._hidden)
            inner += self._hidden_bias
            np.maximum(inner, 0.0, out=inner)
            out[order[tile]] = product(inner.astype(np.float64), weights) * scale + offset
        return out

    def _strongest(self, rows: IntArray, start: IntArray, length: IntArray) -> npt.NDArray[np.int8]:
        """Strongest answer of every filter, or 0; documents come longest first."""
        before, here, after = self._tables.parts
        n = len(start)
        strongest, answers, part = np.zeros((3, n, here.shape[1]), dtype=here.dtype)
        last, row = rows[:0], rows[start]
        for place, (m, following) in places(length):
            found, other = answers[:m], part[:m]
            here.take(row, axis=0, out=found, mode="clip")
            if place:
                found += before.take(last, axis=0, out=other, mode="clip")
            last, row = row[:following], rows[start[:following] + (place + 1)]
            found[:following] += after.take(row, axis=0, out=other[:following], mode="clip")
            np.maximum(strongest[:m], found, out=strongest[:m])
        return strongest
