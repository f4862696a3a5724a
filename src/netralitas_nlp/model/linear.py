"""The fast reader: per-unit contributions looked up, cues as one quadratic form per sentence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.cues import CUE_NAMES, N_PAIRS, Sentences, distinct_cues, pair_index
from netralitas_nlp.features.extractor import CUE_SCALE, GRAM_SCALE
from netralitas_nlp.features.stream import Stream, UnitStore, distinct
from netralitas_nlp.features.vocabulary import Vocabulary

__all__ = ["LinearModel"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class _Tables(NamedTuple):
    """What each unit of one store adds: columns of words, of n-grams, and squared lengths."""

    words: FloatArray
    grams: FloatArray
    lengths: FloatArray
    column: IntArray


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
        word, gram, pair, cue, cue_pair = np.split(coef, np.cumsum(sizes)[:-1])
        pair_idf = vocabulary.idf[2]
        self._word, self._gram = word, gram
        self._pair = pair * pair_idf[:, None]
        self._pair_length = pair_idf**2
        self._cue = cue.astype(np.float64) * CUE_SCALE
        left, right = pair_index()
        quadratic = np.zeros((coef.shape[1], len(CUE_NAMES), len(CUE_NAMES)))
        quadratic[:, left, right] = cue_pair.T * CUE_SCALE
        self._quadratic = quadratic
        self._store: UnitStore | None = None
        self._tables = self._empty_tables()

    @property
    def n_heads(self) -> int:
        """Number of logits per document."""
        return int(self.coef.shape[1])

    def _empty_tables(self) -> _Tables:
        zero = np.zeros((0, self.n_heads))
        return _Tables(zero, zero, np.zeros((0, 2)), np.zeros(0, dtype=np.int64))

    def _lookup(self, store: UnitStore) -> _Tables:
        """Tables for every unit of the store, extended by the units that are new."""
        if store is not self._store:
            self._store, self._tables = store, self._empty_tables()
        old = self._tables
        done, total = len(old.column), len(store.units)
        if total == done:
            return old
        vocabulary = self.vocabulary
        column = vocabulary.word_columns(store, done)
        words = np.zeros((total - done, self.n_heads))
        grams = np.zeros((total - done, self.n_heads))
        lengths = np.zeros((total - done, 2))
        known = column >= 0
        word_idf, gram_idf, _ = vocabulary.idf
        words[known] = self._word[column[known]] * word_idf[column[known], None]
        lengths[known, 0] = word_idf[column[known]] ** 2
        found = [vocabulary.gram_columns(unit) for unit in store.units[done:total]]
        counts = np.array([len(columns) for columns in found], dtype=np.int64)
        owned = np.flatnonzero(counts)
        if len(owned):
            flat = np.concatenate([np.array(found[i], dtype=np.int64) for i in owned])
            starts = np.concatenate([[0], np.cumsum(counts[owned])[:-1]])
            weighted = self._gram[flat] * gram_idf[flat, None]
            grams[owned] = np.add.reduceat(weighted, starts, axis=0) * GRAM_SCALE
            # an n-gram that stands twice in a word has twice its length
            codes = np.sort(np.repeat(owned, counts[owned]) * len(gram_idf) + flat)
            first = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
            times = np.diff(np.concatenate([first, [len(codes)]]))
            unit, gram = np.divmod(codes[first], len(gram_idf))
            squares = (gram_idf[gram] * times) ** 2
            lengths[:, 1] = np.bincount(unit, weights=squares, minlength=total - done)
        self._tables = _Tables(
            *(
                np.concatenate(both)
                for both in zip(old, (words, grams, lengths, column), strict=True)
            )
        )
        return self._tables

    def columns(self, store: UnitStore) -> IntArray:
        """Word column of each unit of a store, -1 where the vocabulary lacks it."""
        return self._lookup(store).column

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
        tables = self._lookup(stream.store)
        n = len(stream.bounds) - 1
        units, _, bounds = distinct(stream)
        out = np.tile(self.intercept[heads], (n, 1))
        if not len(stream.units):
            return out
        lengths = _sum(tables.lengths[units], bounds)
        scale = 1.0 / np.sqrt(np.maximum(lengths, 1e-12))
        out += _sum(tables.words[:, heads][units], bounds) * scale[:, :1]
        out += _sum(tables.grams[:, heads][units], bounds) * scale[:, 1:]

        document, pair = self.vocabulary.document_pairs(stream, tables.column)
        length = np.bincount(document, weights=self._pair_length[pair], minlength=n)
        scale = 1.0 / np.sqrt(np.maximum(length, 1e-12))
        weights = self._pair[:, heads][pair]
        for head in range(out.shape[1]):
            total = np.bincount(document, weights=weights[:, head], minlength=n)
            out[:, head] += total * scale

        if len(read.starts):
            document, distinct_rows = distinct_cues(read)
            cues = distinct_rows.astype(np.float64)
            count = np.bincount(document, minlength=n)
            damp = 1.0 / np.sqrt(np.maximum(count, 1))
            single = cues @ self._cue[:, heads]
            for head, quadratic in enumerate(self._quadratic[heads]):
                value = single[:, head] + np.einsum("ij,ij->i", cues @ quadratic, cues)
                out[:, head] += np.bincount(document, weights=value, minlength=n) * damp
        return out


def _sum(values: FloatArray, bounds: IntArray) -> FloatArray:
    """Sum rows document by document; an empty document sums to nothing."""
    out = np.zeros((len(bounds) - 1, values.shape[1]))
    filled = np.flatnonzero(np.diff(bounds) > 0)
    if len(filled):
        out[filled] = np.add.reduceat(values, bounds[filled], axis=0)
    return out
