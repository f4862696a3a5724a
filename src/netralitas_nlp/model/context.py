"""Words in their neighbourhood: a convolution over three words at a time.

The linear heads add up what words, pairs and cues say. This reader sees each word with its two
neighbours as vectors, so that an act which was never met in these words is near one that was.
Every number is an integer in the range where floating point is exact: a probability does not
depend on the size of a batch, the number of threads or the processor.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.stream import Stream, UnitStore

__all__ = ["WIDTH", "ContextModel", "ContextWeights"]

FloatArray = npt.NDArray[np.float64]
SingleArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

WIDTH = 3
"""Words that a filter sees at once."""
FEWEST = 4
"""A text of fewer words is averaged as if it had this many: one word alone says little."""
CLASS_BITS = np.arange(64, dtype=np.uint64)
_LIMIT = 127
_EXACT = 2.0**24  # integers up to here are exact in single precision
_MOST_INPUT = 300  # 3 * 100 numbers of at most 127 * 127 stay below 2**24
_TILE = 512  # documents read at once: what a filter answers then stays near the processor
_MOST_ROWS = 20_000  # words in the company that gives them classes; each has 3 numbers a filter


class ContextWeights(NamedTuple):
    """The integers of a context reader.

    Attributes
    ----------
    words : ndarray of int8 of shape (n_words + 1, size)
        Vector of each word of the vocabulary; the last stands for every other word.
    classes : ndarray of int8 of shape (64, size)
        What each cue class adds to the vector of a word.
    filters : ndarray of int8 of shape (WIDTH * size, n_filters)
    bias : ndarray of int32 of shape (n_filters,)
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


class ContextModel:
    """Reads words with their neighbours.

    Parameters
    ----------
    weights : ContextWeights

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    def __init__(self, weights: ContextWeights):
        size, n_filters = weights.words.shape[1], len(weights.bias)
        heads = weights.scale.shape[1]
        if (
            weights.classes.shape != (64, size)
            or weights.filters.shape != (WIDTH * size, n_filters)
            or weights.largest.shape != (n_filters, heads)
            or weights.mean.shape != (n_filters, heads)
            or weights.scale.shape != (2, heads)
            or weights.offset.shape != (heads,)
            or WIDTH * size > _MOST_INPUT
            or len(weights.words) < 1
        ):
            raise ValueError("the parts of the context reader differ in shape")
        self.weights = weights
        self._classes = weights.classes.astype(np.float32)
        filters = weights.filters.astype(np.float32)
        self._filters = np.split(filters, WIDTH)
        self._bias = weights.bias.astype(np.float32)
        self._largest = weights.largest.astype(np.float64)
        self._mean = weights.mean.astype(np.float64)
        strongest = np.abs(filters).sum(axis=0) * _LIMIT + np.abs(self._bias)
        # as many answers can be added up before single precision would have to round
        self._exact = max(int(_EXACT // max(float(strongest.max(initial=1.0)), 1.0)), 1)
        self._forget()

    def _forget(self) -> None:
        self._store: UnitStore | None = None
        self._index: dict[tuple[int, int], int] = {}
        self._row = np.zeros(0, dtype=np.int64)
        # what a word says to the filters: as the word before, as the one here, as the one after
        self._parts = [np.zeros((1024, len(self._bias)), dtype=np.float32) for _ in range(WIDTH)]

    def __getstate__(self) -> dict[str, Any]:
        left_out = ("_store", "_index", "_row", "_parts")
        return {name: value for name, value in self.__dict__.items() if name not in left_out}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget()

    @property
    def n_heads(self) -> int:
        """Number of logits per document."""
        return int(self.weights.scale.shape[1])

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
        out = np.zeros((len(stream.bounds) - 1, len(self.weights.scale[0, heads])))
        live = np.flatnonzero(stream.units)
        if not len(live):
            return out
        document = stream.document[live]
        length = np.bincount(document, minlength=len(out))
        # longest first: the words at one place of all documents are then rows without a gap
        order = np.argsort(-length, kind="stable")
        order = order[: np.count_nonzero(length)]
        length, start = length[order], (np.cumsum(length) - length)[order]
        rows = self._rows_of(stream, live, column)
        weights = self._largest[:, heads], self._mean[:, heads]
        scale, offset = self.weights.scale[:, heads], self.weights.offset[heads]
        for begin in range(0, len(order), _TILE):
            tile = slice(begin, begin + _TILE)
            largest, total = self._pooled(rows, start[tile], length[tile])
            answer = (largest.astype(np.float64) @ weights[0]) * scale[0]
            mean = (total @ weights[1]) / np.maximum(length[tile], FEWEST)[:, None]
            out[order[tile]] = answer + (mean * scale[1] + offset)
        return out

    def _pooled(
        self, rows: IntArray, start: IntArray, length: IntArray
    ) -> tuple[SingleArray, FloatArray]:
        """Strongest and summed answer of every filter; documents come longest first."""
        shape = (len(start), len(self._bias))
        largest, answers, part, partial, nothing = np.zeros((5, *shape), dtype=np.float32)
        total = np.zeros(shape)
        n = len(start)
        before, here, after = self._parts
        reaching = n - np.searchsorted(length[::-1], np.arange(1, int(length[0]) + 2))
        last, row = rows[:0], rows[start]
        for place, (m, following) in enumerate(itertools.pairwise(reaching.tolist())):
            found, other = answers[:m], part[:m]
            here.take(row, axis=0, out=found, mode="clip")
            if place:
                found += before.take(last, axis=0, out=other, mode="clip")
            last, row = row[:following], rows[start[:following] + (place + 1)]
            found[:following] += after.take(row, axis=0, out=other[:following], mode="clip")
            # numpy compares two arrays several times faster than an array and a number
            np.maximum(found, nothing[:m], out=found)
            np.maximum(largest[:m], found, out=largest[:m])
            partial[:m] += found
            if (place + 1) % self._exact == 0:
                total[:m] += partial[:m]
                partial[:m] = 0.0
        total += partial
        return largest, total

    def _rows_of(self, stream: Stream, live: IntArray, column: IntArray) -> IntArray:
        """Row of every word that is not swallowed in the tables of what words say."""
        store = stream.store
        known = store.masks.view
        if store is not self._store or len(self._index) > len(known) + _MOST_ROWS:
            self._forget()
            self._store = store
        read = len(self._row)
        if read < len(known):
            new = self._numbered(column[read : len(known)], known[read:])
            self._row = np.concatenate([self._row, new])
        units, masks = stream.units[live], stream.masks[live]
        rows = self._row[units]
        # what phrases and titles say of a word is not known before its text is
        other = np.flatnonzero(masks != known[units])
        rows[other] = self._numbered(column[units[other]], masks[other])
        return rows

    def _numbered(self, words: IntArray, masks: npt.NDArray[np.uint64]) -> IntArray:
        """Rows of words with their classes; those that are new are computed."""
        index, before = self._index, len(self._index)
        pairs = list(zip(words.tolist(), masks.tolist(), strict=True))
        rows = [index.setdefault(pair, len(index)) for pair in pairs]
        if len(index) > before:
            fresh = list(itertools.islice(index, before, None))
            self._compute(
                before,
                np.array([word for word, _ in fresh], dtype=np.int64),
                np.array([mask for _, mask in fresh], dtype=np.uint64),
            )
        return np.array(rows, dtype=np.int64)

    def _compute(self, begin: int, words: IntArray, masks: npt.NDArray[np.uint64]) -> None:
        kinds, kind = np.unique(masks, return_inverse=True)
        bits = ((kinds[:, None] >> CLASS_BITS) & np.uint64(1)).astype(np.float32)
        vectors = self.weights.words[words].astype(np.float32)
        vectors += (bits @ self._classes)[kind]
        np.clip(vectors, -_LIMIT, _LIMIT, out=vectors)
        end = begin + len(words)
        for i, filters in enumerate(self._filters):
            if end > len(self._parts[i]):
                room = np.zeros((2 * end, len(self._bias)), dtype=np.float32)
                room[:begin] = self._parts[i][:begin]  # what is not written to takes no memory
                self._parts[i] = room
            self._parts[i][begin:end] = vectors @ filters
        self._parts[WIDTH // 2][begin:end] += self._bias
