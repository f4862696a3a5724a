"""Words in their neighbourhood: a convolution over three words at a time.

The linear heads add up what words, pairs and cues say. This reader sees each word with its two
neighbours as vectors, so that an act which was never met in these words is near one that was.
Every number is an integer in the range where floating point is exact: a probability does not
depend on the size of a batch, the number of threads or the processor.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.stream import Stream

__all__ = ["WIDTH", "ContextModel", "ContextWeights"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

WIDTH = 3
"""Words that a filter sees at once."""
FEWEST = 4
"""A text of fewer words is averaged as if it had this many: one word alone says little."""
CLASS_BITS = np.arange(64, dtype=np.uint64)
_LIMIT = 127
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
        live = np.flatnonzero(stream.units > 0)
        if not len(live):
            return out
        document = stream.document[live]
        answers = self._answers(column[stream.units[live]], stream.masks[live], document)
        first = np.flatnonzero(np.concatenate([[True], document[1:] != document[:-1]]))
        filled = document[first]
        count = np.diff(np.concatenate([first, [len(live)]]))
        largest = np.maximum.reduceat(answers, first, axis=0).astype(np.float64)
        total = np.add.reduceat(answers, first, axis=0, dtype=np.float64)
        scale = self.weights.scale[:, heads]
        out[filled] = (largest @ self._largest[:, heads]) * scale[0]
        mean = (total @ self._mean[:, heads]) / np.maximum(count, FEWEST)[:, None]
        out[filled] += mean * scale[1] + self.weights.offset[heads]
        return out

    def _answers(
        self, words: IntArray, masks: npt.NDArray[np.uint64], document: IntArray
    ) -> npt.NDArray[np.float32]:
        """Answer of every filter at every word."""
        kinds, kind = np.unique(masks, return_inverse=True)
        bits = ((kinds[:, None] >> CLASS_BITS) & np.uint64(1)).astype(np.float32)
        vectors = self.weights.words[words].astype(np.float32)
        vectors += (bits @ self._classes)[kind]
        np.clip(vectors, -_LIMIT, _LIMIT, out=vectors)
        # one silent row between documents, so that no filter sees two of them
        row = np.arange(len(words)) + document + 1
        padded = np.zeros((row[-1] + 2, vectors.shape[1]), dtype=np.float32)
        padded[row] = vectors
        window = np.concatenate([padded[row - 1], vectors, padded[row + 1]], axis=1)
        answers = window @ self._filters
        answers += self._bias
        return np.maximum(answers, 0.0, out=answers)
