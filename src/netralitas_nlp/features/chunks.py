"""A batch of texts cut at white space and looked up without a Python object for each word."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.lookup import CodeIndex

__all__ = ["ChunkTable", "Cut", "cut"]

IntArray = npt.NDArray[np.int64]
CodeArray = npt.NDArray[np.uint64]

# what `str.isspace` says yes to; a test holds the two together
_SPACES = [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028,
           0x2029, 0x202F, 0x205F, 0x3000]  # fmt: skip
_IS_SPACE = np.zeros(0x3002, dtype=bool)  # no character behind U+3000 is white space
_IS_SPACE[_SPACES] = True
# A number of each process for itself: nobody can write two words that share a fingerprint.
_BASE = int.from_bytes(os.urandom(8), "little") | 1
_INVERSE = pow(_BASE, -1, 2**64)
_FEWEST = 4096


class _Powers:
    """Powers of the base and of its inverse, as many as the longest batch needed."""

    def __init__(self) -> None:
        self.up, self.down = _powers(_BASE, 1), _powers(_INVERSE, 1)

    def reach(self, n: int) -> tuple[CodeArray, CodeArray]:
        up, down = self.up, self.down
        if len(up) < n or len(down) < n:
            up, down = _powers(_BASE, 2 * n), _powers(_INVERSE, 2 * n)
            if n <= _MOST_KEPT:
                self.up, self.down = up, down
        return up[:n], down[:n]


_MOST_KEPT = 2**21


def _powers(base: int, n: int) -> CodeArray:
    out = np.ones(n, dtype=np.uint64)
    done = 1
    while done < n:  # by doubling: many times faster than one after the other
        more = min(done, n - done)
        factor = np.uint64(pow(base, done, 2**64))
        np.multiply(out[:more], factor, out=out[done : done + more])
        done += more
    return out


_POWERS = _Powers()


class Cut(NamedTuple):
    """Chunks of a batch, end to end.

    Attributes
    ----------
    text : str
        All texts, joined.
    starts, ends : ndarray of shape (n_chunks,)
        Place of each chunk in `text`.
    codes : ndarray of uint64 of shape (n_chunks,)
        Fingerprint of each chunk.
    counts : ndarray of shape (n_texts,)
        Chunks of each text.
    """

    text: str
    starts: IntArray
    ends: IntArray
    codes: CodeArray
    counts: IntArray


def cut(texts: Sequence[str]) -> Cut:
    """Cut texts where ``str.split`` does.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    Cut

    Examples
    --------
    >>> found = cut(["ayo  coblos", "", "ayo"])
    >>> [found.text[a:b] for a, b in zip(found.starts, found.ends)], found.counts.tolist()
    (['ayo', 'coblos', 'ayo'], [2, 0, 1])
    >>> bool(found.codes[0] == found.codes[2] != found.codes[1])
    True
    """
    text = "\n".join(["", *texts, ""])
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    space = _IS_SPACE.take(letters, mode="clip")
    edges = np.flatnonzero(space[1:] != space[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    up, down = _POWERS.reach(len(letters))
    # a polynomial of the letters modulo 2**64, as the difference of two running sums
    sums = letters.astype(np.uint64)
    sums += np.uint64(1)  # no letter counts nothing, not even NUL
    sums *= up
    np.cumsum(sums, out=sums)
    codes = (sums[ends - 1] - sums[starts - 1]) * down[starts]
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    begins = np.concatenate([[0], np.cumsum(sizes + 1)])
    counts = np.diff(np.searchsorted(starts, begins, side="right"))
    return Cut(text, starts, ends, codes, counts)


class ChunkTable:
    """Numbers of chunks by fingerprint: a large table and a small one of what came last."""

    def __init__(self) -> None:
        self._codes: list[CodeArray] = [np.empty(0, dtype=np.uint64)] * 2
        self._numbers: list[IntArray] = [np.empty(0, dtype=np.int64)] * 2
        self._tables = [CodeIndex(codes) for codes in self._codes]

    def __len__(self) -> int:
        return sum(map(len, self._codes))

    def find(self, codes: CodeArray) -> IntArray:
        """Number of each chunk, -1 where it is not there.

        Parameters
        ----------
        codes : ndarray of shape (n_chunks,)

        Returns
        -------
        ndarray of shape (n_chunks,)
        """
        out = np.full(len(codes), -1, dtype=np.int64)
        where, place = self._tables[0].find(codes)
        out[where] = self._numbers[0][place]
        if len(where) < len(codes) and len(self._codes[1]):
            rest = np.flatnonzero(out < 0)
            where, place = self._tables[1].find(codes[rest])
            out[rest[where]] = self._numbers[1][place]
        return out

    def add(self, codes: CodeArray, numbers: IntArray) -> None:
        """Remember chunks that were not there.

        Parameters
        ----------
        codes : ndarray of shape (n_new,)
            Different fingerprints.
        numbers : ndarray of shape (n_new,)
        """
        self._put(1, codes, numbers)
        if len(self._codes[1]) > max(_FEWEST, len(self._codes[0]) // 4):
            self._put(0, self._codes[1], self._numbers[1])
            self._codes[1], self._numbers[1] = self._codes[1][:0], self._numbers[1][:0]
            self._tables[1] = CodeIndex(self._codes[1])

    def _put(self, level: int, codes: CodeArray, numbers: IntArray) -> None:
        self._codes[level] = np.concatenate([self._codes[level], codes])
        self._numbers[level] = np.concatenate([self._numbers[level], numbers])
        self._tables[level] = CodeIndex(self._codes[level])
