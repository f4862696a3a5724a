"""The fast reader: per-unit contributions looked up, cues as one quadratic form per sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.cues import (
    CUE_NAMES,
    N_PAIRS,
    Sentences,
    cue_columns,
    distinct_cues,
    pair_index,
    signatures,
)
from netralitas_nlp.features.extractor import CUE_SCALE, GRAM_SCALE
from netralitas_nlp.features.stream import Stream, UnitStore, distinct
from netralitas_nlp.features.vocabulary import Vocabulary

__all__ = ["LinearModel"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


_GRID = 2.0**36
"""Every weight is a multiple of 1 / _GRID: sums of a text are exact, so their order is free."""
_CUE_SETS = 2**16
_AT_ONCE = 2048  # units looked up together: their n-grams stay near the processor


def _on_grid(values: npt.NDArray[np.floating]) -> FloatArray:
    return np.rint(np.asarray(values, dtype=np.float64) * _GRID) / _GRID


class _Tables:
    """What each unit of one store adds, one contiguous row for each number.

    Attributes
    ----------
    words, grams : ndarray of shape (n_heads, capacity)
    lengths : ndarray of shape (2, capacity)
        Squared lengths of both blocks.
    column : ndarray of shape (capacity,)
        Word column, -1 where the vocabulary lacks it.
    size : int
        Units whose columns and lengths are in already.
    sizes : list of int
        The same for the weights of each head: who asks for the label alone needs few of them.
    """

    def __init__(self, heads: int):
        self.words = np.zeros((heads, 1024))
        self.grams = np.zeros((heads, 1024))
        self.lengths = np.zeros((2, 1024))
        self.column = np.full(1024, -1, dtype=np.int64)
        self.size = 0
        self.sizes = [0] * heads

    def reserve(self, size: int) -> None:
        """Make room by doubling."""
        old = len(self.column)
        if size > old:
            for name in ("words", "grams", "lengths", "column"):
                value = getattr(self, name)
                room = np.zeros((*value.shape[:-1], max(size, 2 * old)), dtype=value.dtype)
                room[..., :old] = value
                setattr(self, name, room)


class _CueValues:
    """What sets of cues are worth: a table that remembers the last one of each slot."""

    def __init__(self, heads: int):
        self.signature = np.zeros(_CUE_SETS, dtype=np.uint64)
        self.values = np.zeros((_CUE_SETS, heads))


class LinearModel:
    """Linear heads over the blocks of `FeatureExtractor`.

    Parameters
    ----------
    vocabulary : Vocabulary
    coef : ndarray of shape (n_features, n_heads)
        Weights in the column order of `FeatureExtractor`.
    intercept : ndarray of shape (n_heads,)

    Raises
    ------
    ValueError
        If the weights do not fit the vocabulary.
    """

    def __init__(
        self, vocabulary: Vocabulary, coef: npt.NDArray[np.floating], intercept: FloatArray
    ):
        sizes = [
            len(vocabulary.words),
            len(vocabulary.grams),
            len(vocabulary.pairs),
            len(CUE_NAMES),
            N_PAIRS,
        ]
        if coef.ndim != 2 or coef.shape[0] != sum(sizes) or intercept.shape != coef.shape[1:]:
            raise ValueError(
                f"weights of shape {coef.shape} do not fit a vocabulary of {sum(sizes)} features"
            )
        self.vocabulary = vocabulary
        self.coef = coef
        self.intercept = intercept
        self._edges = np.cumsum(sizes)
        self._pair_length = np.rint(vocabulary.idf[2] ** 2 * _GRID) / _GRID
        left, right = pair_index()
        n_cues = len(CUE_NAMES)
        self._cue = _on_grid(
            self.coef[self._edges[2] : self._edges[3]].astype(np.float64) * CUE_SCALE
        )
        self._cue_pair = np.zeros((n_cues * n_cues, coef.shape[1]))
        cue_pair = _on_grid(self.coef[self._edges[3] :] * CUE_SCALE)
        self._cue_pair[left * n_cues + right] = cue_pair
        self._cue_pair[right * n_cues + left] = cue_pair
        self._pairs: dict[int, FloatArray] = {}
        self._forget()

    def _forget(self) -> None:
        self._store: UnitStore | None = None
        self._tables = _Tables(self.n_heads)
        self._cue_values = _CueValues(self.n_heads)

    def __getstate__(self) -> dict[str, Any]:
        left_out = ("_store", "_tables", "_cue_values", "_pairs")
        return {name: value for name, value in self.__dict__.items() if name not in left_out}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._pairs = {}
        self._forget()

    @property
    def n_heads(self) -> int:
        """Number of logits per document."""
        return int(self.coef.shape[1])

    def _lookup(self, store: UnitStore, heads: slice) -> _Tables:
        """Tables for every unit of the store, extended by what these heads lack."""
        if store is not self._store:
            self._store, self._tables = store, _Tables(self.n_heads)
        tables, total = self._tables, len(store.units)
        wanted = range(self.n_heads)[heads]
        done = min([tables.size, *(tables.sizes[head] for head in wanted)])
        if total == done:
            return tables
        tables.reserve(total)
        for begin in range(done, total, _AT_ONCE):
            self._extend(tables, store, slice(begin, min(begin + _AT_ONCE, total)), heads)
        return tables

    def _extend(self, tables: _Tables, store: UnitStore, units: slice, heads: slice) -> None:
        """Look these units of a store up and put what they add into the tables."""
        begin, end, vocabulary = units.start, units.stop, self.vocabulary
        word_idf, gram_idf, _ = vocabulary.idf
        column = tables.column[units] = vocabulary.word_columns(store, units)
        known = np.flatnonzero(column >= 0)
        column = column[known]
        tables.lengths[0, begin + known] = _on_grid(word_idf[column] ** 2)
        unit, gram = vocabulary.gram_columns([unit.form for unit in store.units[units]])
        word_weights = self.coef[column, heads].T * word_idf[column]
        gram_weights = self.coef[self._edges[0] + gram, heads].T * gram_idf[gram]
        wanted = range(self.n_heads)[heads]
        for head, of_words, of_grams in zip(wanted, word_weights, gram_weights, strict=True):
            tables.words[head, begin + known] = _on_grid(of_words)
            sums = np.bincount(unit, weights=of_grams, minlength=end - begin) * GRAM_SCALE
            tables.grams[head, units] = _on_grid(sums)
            tables.sizes[head] = end
        if len(unit):
            # an n-gram that stands twice in a word has twice its length
            codes = np.sort(unit * len(gram_idf) + gram)
            first = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
            times = np.diff(np.concatenate([first, [len(codes)]]))
            unit, gram = np.divmod(codes[first], len(gram_idf))
            squares = (gram_idf[gram] * times) ** 2
            tables.lengths[1, units] = _on_grid(
                np.bincount(unit, weights=squares, minlength=end - begin).astype(np.float64)
            )
        tables.size = end

    def _pair_weights(self, head: int) -> FloatArray:
        weights = self._pairs.get(head)
        if weights is None:
            begin, end = self._edges[1:3]
            weights = _on_grid(self.coef[begin:end, head] * self.vocabulary.idf[2])
            self._pairs[head] = weights
        return weights

    def _worth(self, sets: npt.NDArray[np.uint64]) -> FloatArray:
        """What each set of cues adds to each head."""
        kept = self._cue_values
        signature = signatures(sets)
        slot = (signature & np.uint64(_CUE_SETS - 1)).astype(np.int64)
        unknown = np.flatnonzero(kept.signature[slot] != signature)
        out = kept.values[slot]
        if len(unknown):
            new = self._worth_anew(sets[unknown])
            out[unknown] = new
            kept.values[slot[unknown]] = new
            kept.signature[slot[unknown]] = signature[unknown]
        return out

    def _worth_anew(self, sets: npt.NDArray[np.uint64]) -> FloatArray:
        row, cue = cue_columns(sets)
        out = np.zeros((len(sets), self.n_heads))
        if not len(row):
            return out
        first = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
        out[row[first]] = np.add.reduceat(self._cue[cue], first, axis=0)
        # each cue with all that follow it in its set
        last = np.repeat(np.append(first[1:], len(row)), np.diff(np.append(first, len(row))))
        number = last - np.arange(len(row)) - 1
        left = np.repeat(np.arange(len(row)), number)
        if len(left):
            right = np.arange(len(left)) - np.repeat(np.cumsum(number) - number, number) + left + 1
            pair, row = cue[left] * len(CUE_NAMES) + cue[right], row[left]
            first = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
            out[row[first]] += np.add.reduceat(self._cue_pair[pair], first, axis=0)
        return out

    def columns(self, store: UnitStore) -> IntArray:
        """Word column of each unit of a store, -1 where the vocabulary lacks it."""
        return self._lookup(store, slice(0)).column[: len(store.units)]

    def logits(self, stream: Stream, read: Sentences, heads: slice = slice(None)) -> FloatArray:
        """Score a batch.

        Parameters
        ----------
        stream : Stream
            Documents (or segments of documents).
        read : Sentences
            Sentences of the same stream.
        heads : slice
            Which heads to compute; fewer cost less.

        Returns
        -------
        ndarray of shape (n_documents, n_heads)
        """
        tables = self._lookup(stream.store, heads)
        n = len(stream.bounds) - 1
        out = np.empty((n, len(self.intercept[heads])))
        out[:] = self.intercept[heads]
        if not len(stream.units):
            return out
        units, _, bounds = distinct(stream)
        units = np.append(units, 0)
        document, pair = self.vocabulary.document_pairs(stream, tables.column)
        scale = [_scale(_sum(row.take(units), bounds)) for row in tables.lengths]
        lengths = np.bincount(document, weights=self._pair_length[pair], minlength=n)
        scale.append(_scale(lengths.astype(np.float64)))
        in_document, sets = distinct_cues(read)
        worth = self._worth(sets)
        damp = 1.0 / np.sqrt(np.maximum(np.bincount(in_document, minlength=n), 1))
        for i, head in enumerate(range(self.n_heads)[heads]):
            out[:, i] += _sum(tables.words[head].take(units), bounds) * scale[0]
            out[:, i] += _sum(tables.grams[head].take(units), bounds) * scale[1]
            weights = self._pair_weights(head).take(pair)
            out[:, i] += np.bincount(document, weights=weights, minlength=n) * scale[2]
            out[:, i] += np.bincount(in_document, weights=worth[:, head], minlength=n) * damp
        return out


def _scale(squared_length: FloatArray) -> FloatArray:
    return np.asarray(1.0 / np.sqrt(np.maximum(squared_length, 1e-12)))


def _sum(values: FloatArray, bounds: IntArray) -> FloatArray:
    """Sum document by document; an empty document sums to nothing.

    There is one value more than the bounds say, for an empty document at the end.
    """
    begin, end = bounds[:-1], bounds[1:]
    sums = np.add.reduceat(values, begin)
    sums[begin == end] = 0.0
    return np.asarray(sums)
