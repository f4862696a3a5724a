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
        self._filters = weights.filters.astype(np.float32)
        self._bias = weights.bias.astype(np.float32)
        self._largest = weights.largest.astype(np.float64)
        self._mean = weights.mean.astype(np.float64)
        strongest = np.abs(self._filters).sum(axis=0) * _LIMIT + np.abs(self._bias)
        # as many answers can be added up before single precision would have to round
        self._exact = max(int(_EXACT // max(float(strongest.max(initial=1.0)), 1.0)), 1)
        self._store: UnitStore | None = None
        self._vectors = np.zeros((0, size), dtype=np.float32)
        self._read = 0

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_store": None, "_vectors": self._vectors[:0], "_read": 0}

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
        vectors = self._vectors_of(stream, live, column)
        largest, total = self._pooled(vectors, start, length)
        scale = self.weights.scale[:, heads]
        answer = (largest.astype(np.float64) @ self._largest[:, heads]) * scale[0]
        mean = (total @ self._mean[:, heads]) / np.maximum(length, FEWEST)[:, None]
        out[order] = answer + (mean * scale[1] + self.weights.offset[heads])
        return out

    def _pooled(
        self, vectors: SingleArray, start: IntArray, length: IntArray
    ) -> tuple[SingleArray, FloatArray]:
        """Strongest and summed answer of every filter; documents come longest first."""
        n, size = len(start), vectors.shape[1]
        shape = (n, len(self._bias))
        largest = np.zeros(shape, dtype=np.float32)
        partial = np.zeros(shape, dtype=np.float32)
        total = np.zeros(shape)
        window = np.zeros((n, WIDTH * size), dtype=np.float32)
        before, here, after = (window[:, i * size : (i + 1) * size] for i in range(WIDTH))
        here[:] = vectors[start]
        reaching = n - np.searchsorted(length[::-1], np.arange(1, int(length[0]) + 2))
        for place, (m, following) in enumerate(itertools.pairwise(reaching.tolist())):
            after[:following] = vectors[start[:following] + place + 1]
            after[following:m] = 0.0
            answers = window[:m] @ self._filters
            answers += self._bias
            # the strongest starts at 0, so only the sum needs the negative answers gone
            np.maximum(largest[:m], answers, out=largest[:m])
            np.maximum(answers, 0.0, out=answers)
            partial[:m] += answers
            if (place + 1) % self._exact == 0:
                total[:m] += partial[:m]
                partial[:m] = 0.0
            before[:following] = here[:following]
            here[:following] = after[:following]
        total += partial
        return largest, total

    def _vectors_of(self, stream: Stream, live: IntArray, column: IntArray) -> SingleArray:
        """Vector of every word that is not swallowed."""
        store = stream.store
        if store is not self._store:
            self._store, self._read = store, 0
        known = store.masks.view
        if len(known) > len(self._vectors):
            more = np.zeros((2 * len(known), self._vectors.shape[1]), dtype=np.float32)
            self._vectors = np.concatenate([self._vectors, more])
        if self._read < len(known):
            new = slice(self._read, len(known))
            self._vectors[new] = self._sum(column[new], known[new])
            self._read = len(known)
        units, masks = stream.units[live], stream.masks[live]
        vectors = self._vectors[units]
        # what phrases and titles say of a word is not known before its text is
        other = np.flatnonzero(masks != known[units])
        vectors[other] = self._sum(column[units[other]], masks[other])
        return vectors

    def _sum(self, words: IntArray, masks: npt.NDArray[np.uint64]) -> SingleArray:
        kinds, kind = np.unique(masks, return_inverse=True)
        bits = ((kinds[:, None] >> CLASS_BITS) & np.uint64(1)).astype(np.float32)
        vectors = self.weights.words[words].astype(np.float32)
        vectors += (bits @ self._classes)[kind]
        return np.clip(vectors, -_LIMIT, _LIMIT, out=vectors)
