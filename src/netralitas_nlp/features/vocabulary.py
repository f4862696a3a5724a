"""The words, character n-grams and word pairs that a model knows, with their weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.lookup import (
    CodeIndex,
    fingerprints,
    gram_fingerprints,
    sorted_distinct,
)
from netralitas_nlp.features.stream import Stream, UnitStore
from netralitas_nlp.lexicons.lazily import cached_property

__all__ = ["Vocabulary", "character_ngrams"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_LONGEST_FORM = 40
_AT_ONCE = 8192  # documents whose n-grams are held at once


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
        known: Mapping[str, float] | None = None,
        base: Vocabulary | None = None,
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
        known : mapping of str to float, optional
            Words to take in even where the batch lacks them, with the share of texts that hold
            them elsewhere.
        base : Vocabulary, optional
            Another vocabulary to keep whole, with its frequencies and its n-gram lengths.
        """
        if base is not None:
            gram_range = base.gram_range
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

        def idf(df: npt.NDArray[Any]) -> FloatArray:
            # smooth inverse document frequency (Salton and Buckley 1988, as in scikit-learn)
            return np.asarray(np.log((1 + n) / (1 + df)) + 1.0)

        all_keys = list(key_number)
        chosen = np.flatnonzero(word_df >= min_word)
        weights = dict(
            zip((all_keys[i] for i in chosen), idf(word_df[chosen]).tolist(), strict=True)
        )
        for word, share in (known or {}).items():
            if word not in weights:
                weights[word] = float(idf(np.array(max(share * n, 1.0))))
        weights |= _weights(base.words, base.idf[0]) if base is not None else {}
        words = sorted(weights)
        place = {word: i for i, word in enumerate(words)}

        gram_number: dict[str, int] = {}
        owners: list[int] = []
        grams: list[int] = []
        for u in used:
            for gram in set(character_ngrams(units[u].form, *gram_range)):
                owners.append(int(u))
                grams.append(gram_number.setdefault(gram, len(gram_number)))
        gram_df = _spread(document, stream.units[live], owners, grams, len(units), n)
        all_grams = list(gram_number)
        picked = np.flatnonzero(gram_df >= min_gram)
        gram_weights = dict(
            zip((all_grams[i] for i in picked), idf(gram_df[picked]).tolist(), strict=True)
        )
        gram_weights |= _weights(base.grams, base.idf[1]) if base is not None else {}
        all_sorted = sorted(gram_weights)

        column = np.array([place.get(key, -1) for key in all_keys], dtype=np.int64)
        of_unit = np.where(key_of >= 0, column[key_of], -1) if len(column) else key_of
        codes, where = pair_codes(stream, of_unit, len(words))
        kinds, inverse = np.unique(codes, return_inverse=True)
        pair_df = _document_frequency(stream.document[where], inverse, len(kinds))
        kept = pair_df >= min_pair
        pairs, pair_weights = kinds[kept], idf(pair_df[kept])
        if base is not None:
            pairs, pair_weights = _joined(pairs, pair_weights, base, place)
        return cls(
            words,
            all_sorted,
            pairs,
            (
                np.array([weights[word] for word in words]),
                np.array([gram_weights[gram] for gram in all_sorted]),
                pair_weights,
            ),
            gram_range,
        )

    def word_columns(self, store: UnitStore, units: slice = slice(None)) -> IntArray:
        """Word column of each unit of a store, or of these units; -1 where unknown."""
        get = self.words.get
        return np.array([get(unit.key, -1) for unit in store.units[units]], dtype=np.int64)

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


def _weights(names: Iterable[str], idf: FloatArray) -> dict[str, float]:
    return dict(zip(names, idf.tolist(), strict=True))


def _joined(
    pairs: IntArray, weights: FloatArray, base: Vocabulary, place: Mapping[str, int]
) -> tuple[IntArray, FloatArray]:
    """Pairs of two vocabularies in the numbers of the larger one; those of `base` win."""
    to_new = np.array([place[word] for word in base.words], dtype=np.int64)
    first, second = np.divmod(base.pairs, max(len(base.words), 1))
    old = to_new[first] * len(place) + to_new[second] if len(base.pairs) else base.pairs
    fresh = ~np.isin(pairs, old)
    codes = np.concatenate([old, pairs[fresh]])
    order = np.argsort(codes)
    return codes[order], np.concatenate([base.idf[2], weights[fresh]])[order]


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
    count = np.zeros(n_features, dtype=np.int64)
    for begin in range(0, n_documents, _AT_ONCE):
        count += np.bincount((docs[begin : begin + _AT_ONCE] @ own).indices, minlength=n_features)
    return count
