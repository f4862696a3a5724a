"""Words to the pieces that an encoder knows (unigram language model, Kudo 2018), and to windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.wording import SIDES, Wording

__all__ = ["BEGIN", "END", "FIRST", "UNKNOWN", "WINDOW", "PieceReader", "Window"]

IntArray = npt.NDArray[np.int64]

BEGIN, END, UNKNOWN = 0, 1, 2
FIRST = 3 + len(SIDES)
"""Number of the first piece; before it stand begin, end, unknown and the words for sides."""
WINDOW = 96
"""Numbers that are read at once, begin and end among them."""
_ROOM = WINDOW - 2
_WORD_START = "\u2581"
_PENALTY = 10.0  # an unknown letter is so much less likely than the rarest piece
_MOST_WORDS = 200_000
_ENDS = frozenset(".!?…;")


class Window(NamedTuple):
    """A stretch of a text that is read at once.

    Attributes
    ----------
    ids : ndarray of int64 of shape (n,)
        Begin, pieces, end.
    owner : ndarray of int64 of shape (n - 2,)
        Number of the word of each piece.
    """

    ids: IntArray
    owner: IntArray


class PieceReader:
    """Cuts words into the likeliest pieces.

    A word is cut for itself, whatever stands beside it, so words that come again are looked up.

    Parameters
    ----------
    pieces : sequence of str
        U+2581 stands for the beginning of a word.
    scores : sequence of float
        Logarithm of the probability of each piece.

    Examples
    --------
    >>> reader = PieceReader(["▁co", "blos", "▁", "c", "o", "b"], [-3, -4, -5, -6, -6, -6])
    >>> [number - FIRST for number in reader.word("coblos")]
    [0, 1]
    >>> reader.word("<tokoh>"), reader.word("x")[-1] == UNKNOWN
    ((3,), True)
    """

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]):
        if len(pieces) != len(scores) or not pieces:
            raise ValueError(f"{len(pieces)} pieces and {len(scores)} scores")
        if not all(pieces) or len(set(pieces)) != len(pieces):
            raise ValueError("a piece is empty or stands there twice")
        self._table = {piece: (FIRST + i, scores[i]) for i, piece in enumerate(pieces)}
        self._longest = max(map(len, pieces))
        self._unknown = min(scores) - _PENALTY
        self._words: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        """Numbers that are in use: those of pieces and those before them."""
        return FIRST + len(self._table)

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_words": {}}

    def word(self, word: str) -> tuple[int, ...]:
        """Numbers of the pieces of one word."""
        found = self._words.get(word)
        if found is None:
            if word in SIDES:
                found = (3 + SIDES.index(word),)
            else:
                found = self._likeliest(_WORD_START + word)
            if len(self._words) >= _MOST_WORDS:
                self._words.clear()
            self._words[word] = found
        return found

    def _likeliest(self, word: str) -> tuple[int, ...]:
        """Cut one word (Viterbi 1967); an unknown letter is a piece of its own."""
        n = len(word)
        best = [0.0] + [-math.inf] * n
        number, begin = [UNKNOWN] * (n + 1), [0] * (n + 1)
        find = self._table.get
        for i in range(n):
            so_far = best[i]
            for j in range(i + 1, min(n, i + self._longest) + 1):
                known = find(word[i:j])
                if known is not None and so_far + known[1] > best[j]:
                    best[j], number[j], begin[j] = so_far + known[1], known[0], i
            if so_far + self._unknown > best[i + 1]:
                best[i + 1] = so_far + self._unknown
                number[i + 1], begin[i + 1] = UNKNOWN, i
        out = []
        while n:
            out.append(number[n])
            n = begin[n]
        return tuple(out[::-1])

    def windows(self, wording: Wording) -> list[Window]:
        """Cut one text into windows, at the ends of sentences where that is possible.

        Parameters
        ----------
        wording : Wording

        Returns
        -------
        list of Window
            One for a text that fits; windows of a longer one are about equally long.
        """
        words = [self.word(word) for word in wording.words]
        sizes = [len(word) for word in words]
        if sum(sizes) <= _ROOM:
            return [_window(words, sizes, 0, len(words))]
        total = np.concatenate([[0], np.cumsum(sizes)])
        out = []
        begin = 0
        while begin < len(words):
            end = _cut(wording.words, total, begin)
            out.append(_window(words, sizes, begin, end))
            begin = end
        return out


def _window(words: list[tuple[int, ...]], sizes: list[int], begin: int, end: int) -> Window:
    ids = [BEGIN]
    for word in words[begin:end]:
        ids += word
    ids.append(END)
    owner = np.repeat(np.arange(begin, end), sizes[begin:end])
    return Window(np.array(ids, dtype=np.int64), owner)


def _cut(words: Sequence[str], total: IntArray, begin: int) -> int:
    """First word of the next window: near an even share of what is left."""
    rest = int(total[-1] - total[begin])
    share = rest / -(-rest // _ROOM)
    most = int(np.searchsorted(total, total[begin] + _ROOM, side="right")) - 1
    if most >= len(words):
        return len(words)
    aim = int(np.searchsorted(total, total[begin] + share, side="right")) - 1
    least = int(np.searchsorted(total, total[begin] + share / 2))
    ends = [i for i in range(max(least, begin + 1), most + 1) if set(words[i - 1]) <= _ENDS]
    return min(ends, key=lambda i: (abs(i - aim), i)) if ends else max(aim, begin + 1)
