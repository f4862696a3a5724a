"""The words, character n-grams and word pairs that a model knows, with their weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.lookup import (
    CodeIndex,
    fingerprints,
    gram_fingerprints,
    sorted_distinct,
)
from netralitas_nlp.features.stream import Stream, UnitStore

__all__ = ["Vocabulary", "character_ngrams"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_LONGEST_FORM = 40


def character_ngrams(form: str, shortest: int, longest: int) -> list[str]:
    """Cut a word with its edges marked into overlapping n-grams.

    Examples
    --------
    >>> character_ngrams("aku", 3, 4)
    ['<ak', 'aku', 'ku>', '<aku', 'aku>']
    """
    if not form:
        return []
    word = f"<{form[:_LONGEST_FORM]}>"
    return [word[i : i + n] for n in range(shortest, longest + 1) for i in range(len(word) - n + 1)]


class Vocabulary:
    """Feature numbers and inverse document frequencies.

    Parameters
    ----------
    words, grams : sequence of str
        Unit keys and character n-grams, in column order.
    pairs : ndarray of shape (n_pairs,)
        Sorted codes ``first * len(words) + second`` of neighbouring words.
    idf : tuple of three ndarray
        Inverse document frequency of each word, n-gram and pair.
    gram_range : tuple of int
        Shortest and longest character n-gram.
    """

    def __init__(
        self,
        words: Sequence[str],
        grams: Sequence[str],
        pairs: IntArray,
        idf: tuple[FloatArray, FloatArray, FloatArray],
        gram_range: tuple[int, int],
    ):
        self.words = dict(zip(words, range(len(words)), strict=True))
        self.grams = tuple(grams)
        self.pairs = pairs
        self.idf = idf
        self.gram_range = gram_range

    @classmethod
    def fit(
        cls,
        stream: Stream,
        *,
        min_word: int = 2,
        min_gram: int = 4,
        min_pair: int = 2,
        gram_range: tuple[int, int] = (2, 5),
    ) -> Vocabulary:
        """Learn a vocabulary from a batch that holds the whole training set.

        Parameters
        ----------
        stream : Stream
            Training documents.
        min_word, min_gram, min_pair : int
            Fewest documents that must hold a feature.
        gram_range : tuple of int
            Shortest and longest character n-gram.
        """
        n = len(stream.bounds) - 1
        units = stream.store.units
        used = np.unique(stream.units[stream.units > 0])
        key_number: dict[str, int] = {}
        key_of = np.full(len(units), -1, dtype=np.int64)
        for u in used:
            key_of[u] = key_number.setdefault(units[u].key, len(key_number))
        live = stream.units > 0
        document, keys = stream.document[live], key_of[stream.units[live]]
        word_df = _document_frequency(document, keys, len(key_number))
        all_keys = np.array(list(key_number), dtype=object)
        chosen = np.flatnonzero(word_df >= min_word)
        chosen = chosen[np.argsort(all_keys[chosen].astype(str), kind="stable")]
        words = all_keys[chosen].tolist()

        gram_number: dict[str, int] = {}
        owners: list[int] = []
        grams: list[int] = []
        for u in used:
            for gram in set(character_ngrams(units[u].form, *gram_range)):
                owners.append(int(u))
                grams.append(gram_number.setdefault(gram, len(gram_number)))
        gram_df = _spread(document, stream.units[live], owners, grams, len(units), n)
        all_grams = np.array(list(gram_number), dtype=object)
        picked = np.flatnonzero(gram_df >= min_gram)
        picked = picked[np.argsort(all_grams[picked].astype(str), kind="stable")]

        column = np.full(len(key_number), -1, dtype=np.int64)
        column[chosen] = np.arange(len(chosen))
        codes, where = pair_codes(stream, np.where(key_of >= 0, column[key_of], -1), len(words))
        kinds, inverse = np.unique(codes, return_inverse=True)
        pair_df = _document_frequency(stream.document[where], inverse, len(kinds))
        kept = pair_df >= min_pair

        def idf(df: IntArray) -> FloatArray:
            # smooth inverse document frequency (Salton and Buckley 1988, as in scikit-learn)
            return np.log((1 + n) / (1 + df)) + 1.0

        return cls(
            words,
            all_grams[picked].tolist(),
            kinds[kept],
            (idf(word_df[chosen]), idf(gram_df[picked]), idf(pair_df[kept])),
            gram_range,
        )

    def word_columns(self, store: UnitStore, start: int = 0) -> IntArray:
        """Word column of each unit of a store from number `start` on, -1 where unknown."""
        get = self.words.get
        return np.array([get(unit.key, -1) for unit in store.units[start:]], dtype=np.int64)

    @cached_property
    def _gram_index(self) -> CodeIndex:
        return CodeIndex(fingerprints(self.grams, self.gram_range[1]))

    @cached_property
    def _pair_index(self) -> CodeIndex:
        return CodeIndex(self.pairs)

    def gram_columns(self, forms: Sequence[str]) -> tuple[IntArray, IntArray]:
        """Columns of the character n-grams of words, with repeats.

        Parameters
        ----------
        forms : sequence of str
            As in `Unit`; an empty one has no n-grams.

        Returns
        -------
        word, column : ndarray of shape (n_found,)
            In the order of `character_ngrams` for each word.
        """
        words = [f"<{form[:_LONGEST_FORM]}>" if form else "" for form in forms]
        owner, code = gram_fingerprints(words, *self.gram_range)
        where, column = self._gram_index.find(code)
        found = np.full(len(code), -1, dtype=np.int64)
        found[where] = column
        known = np.flatnonzero(found >= 0)
        return owner[known], found[known]

    def document_pairs(self, stream: Stream, column: IntArray) -> tuple[IntArray, IntArray]:
        """Known pairs of neighbouring words, each once for every document.

        Parameters
        ----------
        stream : Stream
        column : ndarray
            Word column of each unit of the store, as `word_columns` gives it.

        Returns
        -------
        document, pair : ndarray of shape (n_found,)
            Sorted by document, then by pair.
        """
        codes, where = pair_codes(stream, column, len(self.words))
        size = len(self.pairs)
        if not size or not len(codes):
            empty = np.empty(0, dtype=np.int64)
            return empty, empty
        hit, place = self._pair_index.find(codes)
        return sorted_distinct(stream.document[where[hit]], place, size.bit_length())


def pair_codes(stream: Stream, column: IntArray, n_words: int) -> tuple[IntArray, IntArray]:
    """Codes of neighbouring words, and where the second one stands.

    Parameters
    ----------
    stream : Stream
    column : ndarray
        Word column of each unit of the store, -1 where unknown.
    n_words : int
        Number of words in the vocabulary.
    """
    if len(stream.units) < 2:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty
    live = np.flatnonzero(stream.units)  # swallowed words do not part neighbours
    words, document = column[stream.units[live]], stream.document[live]
    known = words >= 0
    ok = np.flatnonzero(known[:-1] & known[1:] & (document[:-1] == document[1:]))
    return words[ok] * n_words + words[ok + 1], live[ok + 1]


def _document_frequency(document: IntArray, feature: IntArray, size: int) -> IntArray:
    seen = np.unique(document * max(size, 1) + feature)
    return np.bincount(seen % max(size, 1), minlength=size)


def _spread(
    document: IntArray,
    units: IntArray,
    owners: list[int],
    features: list[int],
    n_units: int,
    n_documents: int,
) -> IntArray:
    """Document frequency of features that units own, through two sparse matrices."""
    import scipy.sparse as sp

    n_features = max(features, default=-1) + 1
    ones = np.ones
    docs = sp.csr_matrix((ones(len(units)), (document, units)), shape=(n_documents, n_units))
    own = sp.csr_matrix((ones(len(owners)), (owners, features)), shape=(n_units, n_features))
    return np.bincount((docs @ own).indices, minlength=n_features)
