"""Whole numbers found among many others, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = [
    "CodeIndex",
    "different",
    "fingerprints",
    "gram_fingerprints",
    "sorted_distinct",
]

IntArray = npt.NDArray[np.int64]
CodeArray = npt.NDArray[np.uint64]

# 2**64 divided by the golden ratio (Knuth 1973), and odd numbers of SplitMix64 for later levels
_FACTORS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_LETTER = np.uint64(0xD6E8FEB86659FD93)


class CodeIndex:
    """A hash table in levels: what finds its place taken goes to the next, smaller table.

    Parameters
    ----------
    codes : ndarray of shape (n_codes,)
        Different whole numbers; of equal ones one is found.

    Examples
    --------
    >>> where, place = CodeIndex(np.array([7, 3, 11])).find(np.array([11, 5, 7, 7]))
    >>> sorted(zip(where.tolist(), place.tolist()))
    [(0, 2), (2, 0), (3, 0)]
    """

    def __init__(self, codes: npt.NDArray[np.int64] | CodeArray):
        self._codes = codes.view(np.uint64)
        self._levels: list[tuple[npt.NDArray[np.int32], np.uint64, np.uint64]] = []
        left = np.arange(len(codes), dtype=np.int64)
        while len(left):
            bits = max(len(left).bit_length() + 2, 4)
            factor = np.uint64(_FACTORS[len(self._levels) % 3] + 2 * len(self._levels))
            shift = np.uint64(64 - bits)
            slots = _slots(self._codes[left], factor, shift)
            table = np.full(2**bits, -1, dtype=np.int32)
            table[slots] = left
            self._levels.append((table, factor, shift))
            left = left[self._codes[table[slots]] != self._codes[left]]

    def find(self, codes: npt.NDArray[np.int64] | CodeArray) -> tuple[IntArray, IntArray]:
        """Look codes up.

        Parameters
        ----------
        codes : ndarray

        Returns
        -------
        where, place : ndarray of shape (n_found,)
            Positions in `codes` of those that are there, in no order, and their numbers.
        """
        wanted = codes.view(np.uint64)
        rest = np.arange(len(wanted))
        found: list[tuple[IntArray, IntArray]] = []
        for table, factor, shift in self._levels:
            place = table[_slots(wanted[rest], factor, shift)]
            # an empty place says that the code is in no later table either
            some = np.flatnonzero(place >= 0)
            place, rest = place[some], rest[some]
            same = self._codes[place] == wanted[rest]
            found.append((rest[same], place[same]))
            rest = rest[~same]
        if not found:
            return rest[:0], rest[:0]
        where, places = zip(*found, strict=True)
        return np.concatenate(where), np.concatenate(places).astype(np.int64)


def _slots(codes: CodeArray, factor: np.uint64, shift: np.uint64) -> IntArray:
    return ((codes * factor) >> shift).astype(np.int64)


def _letters(text: str) -> CodeArray:
    data = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(data, dtype="<u4").astype(np.uint64) + np.uint64(1)


def fingerprints(grams: Sequence[str], longest: int) -> CodeArray:
    """Fingerprint of each of many short strings.

    Sixty-four bits: among a million n-grams two share one with a chance of 1 in 30 million.

    Parameters
    ----------
    grams : sequence of str
    longest : int
        Longer strings get a fingerprint of their beginning.
    """
    letters = _letters("".join(grams))
    size = np.fromiter(map(len, grams), np.int64, len(grams))
    start = np.cumsum(size) - size
    out = np.zeros(len(grams), dtype=np.uint64)
    for n in range(longest):
        longer = np.flatnonzero(size > n)
        out[longer] = out[longer] * _LETTER + letters[start[longer] + n]
    return out


def gram_fingerprints(
    words: Sequence[str], shortest: int, longest: int
) -> tuple[IntArray, CodeArray]:
    """Fingerprints of all overlapping n-grams of words.

    Parameters
    ----------
    words : sequence of str
    shortest, longest : int
        Length of the n-grams.

    Returns
    -------
    word, fingerprint : ndarray of shape (n_grams,)
        For every word in the same order: by length, then by place.
    """
    letters = _letters("".join(words))
    size = np.fromiter(map(len, words), np.int64, len(words))
    owner = np.repeat(np.arange(len(words)), size)
    left = np.repeat(np.cumsum(size), size) - np.arange(len(letters))
    place = np.arange(len(letters))
    code = np.zeros(len(letters), dtype=np.uint64)
    owners, codes = [owner[:0]], [code[:0]]
    for n in range(1, longest + 1):
        fits = left[place] >= n
        place, code = place[fits], code[fits]
        code = code * _LETTER + letters[place + (n - 1)]
        if n >= shortest:
            owners.append(owner[place])
            codes.append(code)
    return np.concatenate(owners), np.concatenate(codes)


def different(codes: CodeArray) -> tuple[IntArray, IntArray]:
    """Tell codes apart, in the order in which they come first.

    Parameters
    ----------
    codes : ndarray of shape (n,)

    Returns
    -------
    first : ndarray of shape (n_different,)
        Place of each where it stands first.
    which : ndarray of shape (n,)
        For each code its number in `first`.

    Examples
    --------
    >>> first, which = different(np.array([7, 3, 7, 5], dtype=np.uint64))
    >>> first.tolist(), which.tolist()
    ([0, 1, 3], [0, 1, 0, 2])
    """
    order = np.argsort(codes)  # several times faster than a sort that keeps equal ones in place
    ordered = codes[order]
    fresh = np.ones(len(codes), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    edges = np.flatnonzero(fresh)
    first = np.minimum.reduceat(order, edges) if len(codes) else edges
    by_place = np.argsort(first)
    number = np.empty(len(first), dtype=np.int64)
    number[by_place] = np.arange(len(first))
    which = np.empty(len(codes), dtype=np.int64)
    which[order] = np.repeat(number, np.diff(np.append(edges, len(codes))))
    return first[by_place], which


def sorted_distinct(first: IntArray, second: IntArray, bits: int) -> tuple[IntArray, IntArray]:
    """Sort pairs of numbers and drop repeats.

    Parameters
    ----------
    first, second : ndarray of shape (n,)
        Not negative.
    bits : int
        Bits that a number of `second` takes.
    """
    codes = (first << bits) | second
    if len(first) and int(first.max()).bit_length() + bits <= 32:
        codes = codes.astype(np.uint32)  # half the width is sorted in half the time
    codes.sort()
    keep = np.ones(len(codes), dtype=bool)
    np.not_equal(codes[1:], codes[:-1], out=keep[1:])
    codes = codes.take(np.flatnonzero(keep)).astype(np.int64)
    return codes >> bits, codes & ((1 << bits) - 1)
