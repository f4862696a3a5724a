"""What words say to the filters of a context reader, kept for when they are met again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.stream import Stream, UnitStore

__all__ = [
    "CLASS_BITS",
    "EXACT",
    "LIMIT",
    "TILE",
    "WIDTH",
    "FilterTables",
    "Layout",
    "places",
    "product",
]

IntArray = npt.NDArray[np.int64]
MaskArray = npt.NDArray[np.uint64]
SingleArray = npt.NDArray[np.float32]
_Real = TypeVar("_Real", np.float32, np.float64)

WIDTH = 3
"""Words that a filter sees at once."""
CLASS_BITS = np.arange(64, dtype=np.uint64)
LIMIT = 127
EXACT = 2.0**24
"""Integers up to here are exact in single precision."""
TILE = 512
"""Documents, or words, read at once: what a filter answers then stays near the processor."""
_ALONE = 2**18  # multiplications; for more OpenBLAS asks other threads and waits for them
_MOST_INPUT = 300  # 3 * 100 numbers of at most 127 * 127 stay below 2**24
_MOST_ROWS = 20_000  # words with classes that only a text gives; each has 3 numbers a filter


def product(left: npt.NDArray[_Real], right: npt.NDArray[_Real]) -> npt.NDArray[_Real]:
    """Matrix product, some rows at a time.

    The products of a batch are so small that to share them among threads takes longer than they
    do, and a process that scores is asked to keep to one core.

    Parameters
    ----------
    left : ndarray of shape (n, k)
    right : ndarray of shape (k, m)

    Returns
    -------
    ndarray of shape (n, m)

    Examples
    --------
    >>> product(np.ones((3, 2)), np.array([[1.0], [2.0]])).tolist()
    [[3.0], [3.0], [3.0]]
    """
    rows = max(_ALONE // max(right.size, 1) // 2 * 2, 1)  # an even number is faster
    whole = len(left) // rows * rows
    out = np.empty((len(left), right.shape[1]), dtype=left.dtype)
    stacked = left[:whole].reshape(-1, rows, left.shape[1])
    np.matmul(stacked, right, out=out[:whole].reshape(-1, rows, right.shape[1]))
    np.matmul(left[whole:], right, out=out[whole:])
    return out


class Layout(NamedTuple):
    """Documents of a stream by their number of words, the longest first.

    The words at one place of all documents are then rows without a gap.

    Attributes
    ----------
    order : ndarray of shape (n_documents,)
        Number of each document that holds a word.
    start, length : ndarray of shape (n_documents,)
        Its first word among those that are not swallowed, and how many it has.
    """

    order: IntArray
    start: IntArray
    length: IntArray

    @classmethod
    def of(cls, stream: Stream, live: IntArray) -> Layout:
        """Lay out a stream whose units `live` are not swallowed."""
        length = np.bincount(stream.document[live], minlength=len(stream.bounds) - 1)
        order = np.argsort(-length, kind="stable")
        order = order[: np.count_nonzero(length)]
        return cls(order, (np.cumsum(length) - length)[order], length[order])


def places(length: IntArray) -> Iterator[tuple[int, tuple[int, int]]]:
    """Walk over the words of documents that come longest first, one place of all at a time.

    Parameters
    ----------
    length : ndarray of shape (n_documents,)
        Falling; 1 or more.

    Yields
    ------
    place : int
    reaching : (int, int)
        How many documents have a word here, and how many have one behind it.

    Examples
    --------
    >>> list(places(np.array([3, 1])))
    [(0, (2, 1)), (1, (1, 1)), (2, (1, 0))]
    """
    reaching = len(length) - np.searchsorted(length[::-1], np.arange(1, int(length[0]) + 2))
    return enumerate(itertools.pairwise(reaching.tolist()))


class FilterTables:
    """What each word says to the filters: as the word before, as the one here, as the one after.

    Parameters
    ----------
    words : ndarray of int8 of shape (n_words + 1, size)
        Vector of each word; the last stands for every other word.
    classes : ndarray of int8 of shape (64, size)
        What each cue class adds to the vector of a word.
    filters : ndarray of int8 of shape (WIDTH * size, n_filters)
    bias : ndarray of int32 of shape (n_filters,)
    gain : ndarray of float32 of shape (n_filters,), optional
        Rounds what a word says to numbers of one byte: WIDTH of them add up to no more than that.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, or one of them is empty or too large.

    Attributes
    ----------
    parts : list of WIDTH ndarrays of shape (capacity, n_filters)
    """

    def __init__(
        self,
        words: npt.NDArray[np.int8],
        classes: npt.NDArray[np.int8],
        filters: npt.NDArray[np.int8],
        bias: npt.NDArray[np.int32],
        gain: npt.NDArray[np.float32] | None = None,
    ):
        size, n_filters = words.shape[1], len(bias)
        if (
            classes.shape != (64, size)
            or filters.shape != (WIDTH * size, n_filters)
            or len(words) < 1
            or (gain is not None and gain.shape != bias.shape)
        ):
            raise ValueError("the parts of the context reader differ in shape")
        if not (size and n_filters) or WIDTH * size > _MOST_INPUT:
            raise ValueError(f"a context reader has no {n_filters} filters over vectors of {size}")
        if gain is not None and not np.isfinite(gain).all():
            raise ValueError("the gain of the context reader must be finite")
        self._words = words
        self._classes = classes.astype(np.float32)
        self._filters = np.split(filters.astype(np.float32), WIDTH)
        self._bias = bias.astype(np.float32)
        self._gain = gain
        self.forget()

    def forget(self) -> None:
        """Start anew, without any word."""
        self._store: UnitStore | None = None
        self._index: dict[tuple[int, int], int] = {}
        self._row = np.zeros(0, dtype=np.int64)
        self._used = 0
        kind = np.float32 if self._gain is None else np.int8
        self.parts = [np.zeros((1024, len(self._bias)), dtype=kind) for _ in range(WIDTH)]

    def __getstate__(self) -> dict[str, Any]:
        left_out = ("_store", "_index", "_row", "_used", "parts")
        return {name: value for name, value in self.__dict__.items() if name not in left_out}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.forget()

    def rows(self, stream: Stream, live: IntArray, column: IntArray) -> IntArray:
        """Row of every word in the tables.

        Parameters
        ----------
        stream : Stream
        live : ndarray
            Units that are not swallowed.
        column : ndarray
            Word column of each unit of the store, -1 where unknown.

        Returns
        -------
        ndarray of shape (n_live,)
        """
        store = stream.store
        known = store.masks.view
        if store is not self._store or len(self._index) > _MOST_ROWS:
            self.forget()
            self._store = store
        read = len(self._row)
        if read < len(known):
            new = self._alone(column[read : len(known)], known[read:])
            self._row = np.concatenate([self._row, new])
        units, masks = stream.units[live], stream.masks[live]
        rows = self._row[units]
        # what phrases and titles say of a word is not known before its text is
        other = np.flatnonzero(masks != known[units])
        rows[other] = self._in_company(column[units[other]], masks[other])
        return rows

    def _alone(self, words: IntArray, masks: MaskArray) -> IntArray:
        """Rows of new units: one for each, but words that are not known share theirs by class."""
        rows = np.empty(len(words), dtype=np.int64)
        known = np.flatnonzero(words >= 0)
        rows[known] = self._compute(words[known], masks[known])
        unknown = np.flatnonzero(words < 0)
        rows[unknown] = self._in_company(words[unknown], masks[unknown])
        return rows

    def _in_company(self, words: IntArray, masks: MaskArray) -> IntArray:
        """Rows of words with classes; both may have been met together before."""
        pairs = list(zip(words.tolist(), masks.tolist(), strict=True))
        fresh = list(dict.fromkeys(pair for pair in pairs if pair not in self._index))
        if fresh:
            rows = self._compute(
                np.array([word for word, _ in fresh], dtype=np.int64),
                np.array([mask for _, mask in fresh], dtype=np.uint64),
            )
            self._index.update(zip(fresh, rows.tolist(), strict=True))
        return np.array([self._index[pair] for pair in pairs], dtype=np.int64)

    def _compute(self, words: IntArray, masks: MaskArray) -> IntArray:
        """Rows of words that have none."""
        first, end = self._used, self._used + len(words)
        self.parts = [_with_room(part, first, end) for part in self.parts]
        kinds, kind = np.unique(masks, return_inverse=True)
        of_kinds = ((kinds[:, None] >> CLASS_BITS) & np.uint64(1)).astype(np.float32)
        of_kinds = of_kinds @ self._classes
        for begin in range(0, len(words), TILE):
            tile = slice(begin, begin + TILE)
            vectors = self._words[words[tile]].astype(np.float32)
            vectors += of_kinds[kind[tile]]
            np.clip(vectors, -LIMIT, LIMIT, out=vectors)
            rows = slice(first + begin, first + begin + len(vectors))
            for i, filters in enumerate(self._filters):
                answers = product(vectors, filters)
                if i == WIDTH // 2:
                    answers += self._bias
                self.parts[i][rows] = (
                    answers if self._gain is None else _in_a_byte(answers, self._gain)
                )
        self._used = end  # not before: who was interrupted leaves nothing behind
        return np.arange(first, end)


def _with_room(part: npt.NDArray[Any], used: int, wanted: int) -> npt.NDArray[Any]:
    if wanted <= len(part):
        return part
    room = np.zeros((2 * wanted, part.shape[1]), dtype=part.dtype)
    room[:used] = part[:used]  # what is not written to takes no memory
    return room


def _in_a_byte(answers: SingleArray, gain: SingleArray) -> SingleArray:
    answers *= gain
    np.rint(answers, out=answers)
    most = LIMIT // WIDTH
    return np.clip(answers, -most, most, out=answers)
