"""Finds cue phrases and names of two to four words in a flat stream of units."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.classes import BITS, mask_of
from netralitas_nlp.lexicons import Lexicon

__all__ = ["PhraseTable"]

LONGEST = 4
_BEGINNINGS = 2**17
_SPREAD = 40503  # odd, near 2**16 divided by the golden ratio
IntArray = npt.NDArray[np.int64]
MaskArray = npt.NDArray[np.uint64]


class PhraseTable:
    """Phrases as sorted integer codes, so that a whole batch is matched at once.

    Parameters
    ----------
    phrases : iterable of (tuple of str, int)
        Unit keys of two to four words, and the mask the phrase stands for.
    """

    def __init__(self, phrases: Iterable[tuple[tuple[str, ...], int]]):
        table: dict[tuple[str, ...], int] = {}
        for keys, mask in phrases:
            table[keys] = table.get(keys, 0) | mask
        names = sorted({word for keys in table for word in keys})
        words = {word: i for i, word in enumerate(names, 1)}
        codes: list[list[int]] = [[], [], []]
        masks: list[list[int]] = [[], [], []]
        for code, length, mask in sorted(
            (_code([words[key] for key in keys], len(words) + 1), len(keys), mask)
            for keys, mask in table.items()
        ):
            codes[length - 2].append(code)
            masks[length - 2].append(mask)
        self._set(
            names,
            [np.array(row, dtype=np.int64) for row in codes],
            [np.array(row, dtype=np.uint64) for row in masks],
        )

    def _set(self, names: list[str], codes: list[IntArray], masks: list[MaskArray]) -> None:
        self.words = {word: i for i, word in enumerate(names, 1)}
        self.codes, self.masks = codes, masks
        self._base = len(names) + 1
        # most neighbours begin no phrase, and one look into a small table says so
        self._begins = np.zeros(_BEGINNINGS, dtype=bool)
        for extra, row in enumerate(codes):
            first = row // self._base**extra
            self._begins[_slot(first // self._base, first % self._base)] = True

    @classmethod
    def restore(
        cls, names: list[str], codes: list[IntArray], masks: list[MaskArray]
    ) -> PhraseTable:
        """Make a table again from its parts: ``list(words)``, ``codes`` and ``masks``."""
        table = cls.__new__(cls)
        table._set(names, codes, masks)
        return table

    @classmethod
    def compile(cls, lexicon: Lexicon, key: Callable[[str], str]) -> PhraseTable:
        """Build the table from the multi-word forms of a lexicon.

        Parameters
        ----------
        lexicon : Lexicon
            Cue phrases and entities of several words.
        key : callable
            Word to unit key, so that phrases are matched in the spelling of the stream.
        """
        phrases = [
            (tuple(map(key, form.split())), mask_of(kinds))
            for form, kinds in lexicon.cues.items()
            if 2 <= len(form.split()) <= LONGEST
        ]
        phrases += [
            (tuple(map(key, form.split())), BITS[kind]) for form, kind in lexicon.phrases.items()
        ]
        return cls(phrases)

    def find(self, words: IntArray, document: IntArray) -> list[tuple[int, IntArray, MaskArray]]:
        """Match every phrase of the table.

        Parameters
        ----------
        words : ndarray of shape (n_units,)
            Phrase-word number of each unit, 0 for a word of no phrase.
        document : ndarray of shape (n_units,)
            Number of the document each unit belongs to.

        Returns
        -------
        list of (length, starts, masks)
            Longest phrases first.
        """
        found: list[tuple[int, IntArray, MaskArray]] = []
        starts = np.flatnonzero(self._begins[_slot(words[:-1], words[1:])])
        code = words[starts]
        starts, code = starts[code != 0], code[code != 0]
        alive: dict[int, tuple[IntArray, IntArray]] = {}
        for length in range(2, LONGEST + 1):
            last = starts + length - 1
            keep = last < len(words)
            starts, last, code = starts[keep], last[keep], code[keep]
            keep = (words[last] != 0) & (document[last] == document[starts])
            starts, last, code = starts[keep], last[keep], code[keep]
            code = code * self._base + words[last]
            alive[length] = (starts, code)
        for length in range(LONGEST, 1, -1):
            starts, code = alive[length]
            codes = self.codes[length - 2]
            if not len(codes) or not len(starts):
                continue
            place = np.searchsorted(codes, code)
            place[place == len(codes)] = 0
            hit = codes[place] == code
            if hit.any():
                found.append((length, starts[hit], self.masks[length - 2][place[hit]]))
        return found


def _slot(first: IntArray, second: IntArray) -> IntArray:
    return (first * _SPREAD ^ second) & (_BEGINNINGS - 1)


def _code(numbers: list[int], base: int) -> int:
    code = 0
    for number in numbers:
        code = code * base + number
    return code
