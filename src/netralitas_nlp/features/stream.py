"""Texts to one flat stream of unit numbers, with every repeated chunk looked up, not read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.classes import BITS
from netralitas_nlp.features.phrases import PhraseTable
from netralitas_nlp.features.units import CLASS_KEYS, Unit, UnitReader, cue_masks
from netralitas_nlp.text.normalizer import Normalizer, spaced_runs

__all__ = ["CueIndex", "Stream", "StreamReader", "UnitStore", "distinct"]

IntArray = npt.NDArray[np.int64]
MaskArray = npt.NDArray[np.uint64]

_SILENT = Unit("", "", 0)  # the swallowed words of a name of several words
_NAME = Unit(CLASS_KEYS["name"], "", BITS["name"])
_ENTITIES = {kind: Unit(CLASS_KEYS[kind], "", BITS[kind]) for kind in ("figure", "party", "place")}


class Stream(NamedTuple):
    """A batch of documents, laid end to end.

    Attributes
    ----------
    units : ndarray of shape (n_units,)
        Numbers of the units in `store`.
    masks : ndarray of shape (n_units,)
        Cue classes of each unit in its context.
    document : ndarray of shape (n_units,)
        Number of the document of each unit.
    bounds : ndarray of shape (n_documents + 1,)
        First unit of each document.
    store : UnitStore
        What the numbers stand for.
    """

    units: IntArray
    masks: MaskArray
    document: IntArray
    bounds: IntArray
    store: UnitStore


def distinct(stream: Stream) -> tuple[IntArray, IntArray, IntArray]:
    """Each unit once for every document it stands in.

    A word said ten times is said; it does not weigh ten times.

    Parameters
    ----------
    stream : Stream

    Returns
    -------
    units, document : ndarray of shape (n_distinct,)
        Sorted by document, then by unit; swallowed words are left out.
    bounds : ndarray of shape (n_documents + 1,)
        First entry of each document.
    """
    size = len(stream.store.units)
    codes = np.sort(stream.document * size + stream.units)
    keep = np.ones(len(codes), dtype=bool)
    keep[1:] = codes[1:] != codes[:-1]
    document, units = np.divmod(codes[keep], size)
    live = units > 0
    document, units = document[live], units[live]
    return units, document, np.searchsorted(document, np.arange(len(stream.bounds)))


_Item = TypeVar("_Item", np.int64, np.uint64)


class _Growing(Generic[_Item]):
    """An integer array that grows by doubling."""

    def __init__(self, dtype: type[_Item], size: int = 1024):
        self._data: npt.NDArray[_Item] = np.zeros(size, dtype=dtype)
        self.size = 0

    def append(self, value: int) -> None:
        if self.size == len(self._data):
            self._data = np.concatenate([self._data, np.zeros_like(self._data)])
        self._data[self.size] = value
        self.size += 1

    @property
    def view(self) -> npt.NDArray[_Item]:
        return self._data[: self.size]


class UnitStore:
    """Numbers for units and for chunks; starts anew when it has grown too large."""

    def __init__(self, phrases: PhraseTable):
        self.units: list[Unit] = []
        self.index: dict[Unit, int] = {}
        self.masks = _Growing(np.uint64)
        self.words = _Growing(np.int64)
        self.chunks: dict[str, int] = {}
        self.chunk_start = _Growing(np.int64)
        self.chunk_length = _Growing(np.int64)
        self.flat = _Growing(np.int64)
        self._phrases = phrases
        self.add(_SILENT)

    def add(self, unit: Unit) -> int:
        """Return the number of a unit, giving it one at first sight."""
        number = self.index.get(unit)
        if number is None:
            number = self.index[unit] = len(self.units)
            self.units.append(unit)
            self.masks.append(unit.mask)
            self.words.append(self._phrases.words.get(unit.key, 0))
        return number

    def add_chunk(self, chunk: str | None, units: Sequence[Unit]) -> int:
        """Return the number of a chunk made of these units; None is not remembered."""
        number = self.chunk_start.size
        self.chunk_start.append(self.flat.size)
        self.chunk_length.append(len(units))
        for unit in units:
            self.flat.append(self.add(unit))
        if chunk is not None:
            self.chunks[chunk] = number
        return number


class CueIndex(NamedTuple):
    """The cue words and phrases of a lexicon, ready for look-up.

    Compiling takes longer than loading a model, so artefacts carry the result.
    """

    words: dict[str, int]
    phrases: PhraseTable

    @classmethod
    def compile(cls, normalizer: Normalizer, names: bool = False) -> CueIndex:
        """Compile the lexicon of a normalizer; `names` as for `UnitReader`."""
        words = cue_masks(normalizer.lexicon)
        reader = UnitReader(normalizer.lexicon, words, names=names)

        @cache
        def key(word: str) -> str:
            tokens = normalizer.tokenizer.tokens(word)
            units = [unit for token in tokens for unit in reader.units(token)]
            return units[0].key if units else word

        return cls(words, PhraseTable.compile(normalizer.lexicon, key))


class StreamReader:
    """Reads batches of texts into streams.

    Parameters
    ----------
    normalizer : Normalizer
        Reads a chunk that was not seen before.
    most_chunks : int, default=250_000
        Chunks remembered before the memory starts anew; bounds the memory it takes.
    index : CueIndex, optional
        The compiled cue words, where they are at hand.
    names : bool, default=False
        Keep names as they are written, see `UnitReader`.
    """

    def __init__(
        self,
        normalizer: Normalizer,
        most_chunks: int = 250_000,
        index: CueIndex | None = None,
        *,
        names: bool = False,
    ):
        self.normalizer = normalizer
        self.names = names
        self.index = CueIndex.compile(normalizer, names) if index is None else index
        self.reader = UnitReader(normalizer.lexicon, self.index.words, names=names)
        self.most_chunks = most_chunks
        self.phrases = self.index.phrases
        self.store = UnitStore(self.phrases)

    def _miss(self, chunk: str) -> int:
        tokens = self.normalizer.tokenizer.tokens(chunk)
        units = [unit for token in tokens for unit in self.reader.units(token)]
        # a very long chunk is hardly met again and would only fill the memory
        return self.store.add_chunk(chunk if len(chunk) <= 64 else None, units)

    def _apart(self, text: str) -> list[int]:
        """Chunk numbers of a text in which letters stand apart."""
        return [
            self.store.add_chunk(None, [u for token in tokens for u in self.reader.units(token)])
            for _, _, tokens in self.normalizer.chunks(text)
        ]

    def read(self, texts: Sequence[str]) -> Stream:
        """Read a batch.

        Parameters
        ----------
        texts : sequence of str
            Documents; an empty one gives no unit.

        Returns
        -------
        Stream
            Units and masks in context: phrases found, names of several words made one.
        """
        if self.store.chunk_start.size > self.most_chunks:
            self.store = UnitStore(self.phrases)
        store = self.store
        get = store.chunks.get
        codes: list[int] = []
        counts = np.empty(len(texts), dtype=np.int64)
        for i, text in enumerate(texts):
            chunks = text.split()
            # letters written apart are rare: look for them only where four chunks are so short
            if list(map(len, chunks)).count(1) >= 4 and spaced_runs(text):
                numbers = self._apart(text)
            else:
                numbers = list(map(get, chunks))  # type: ignore[arg-type]
                if None in numbers:
                    for j, number in enumerate(numbers):
                        if number is None:
                            known = get(chunks[j])
                            numbers[j] = self._miss(chunks[j]) if known is None else known
            codes += numbers
            counts[i] = len(numbers)
        return self._assemble(np.array(codes, dtype=np.int64), counts)

    def _assemble(self, codes: IntArray, counts: IntArray) -> Stream:
        store = self.store
        lengths = store.chunk_length.view[codes]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        offset = np.repeat(store.chunk_start.view[codes] - (ends - lengths), lengths)
        units = store.flat.view[offset + np.arange(total)]
        edges = np.concatenate([[0], np.cumsum(counts)])
        bounds = np.concatenate([[0], ends])[edges]
        document = np.repeat(np.arange(len(counts)), np.diff(bounds))
        masks = store.masks.view[units]
        self._phrase_pass(units, masks, document)
        return Stream(units, masks, document, bounds, store)

    def _phrase_pass(self, units: IntArray, masks: MaskArray, document: IntArray) -> None:
        """Mark phrases, join names of several words, read titles before doubtful names."""
        store = self.store
        if len(units) < 2:
            return
        taken = np.zeros(len(units), dtype=bool)
        for length, starts, found in self.phrases.find(store.words.view[units], document):
            masks[starts] |= found
            if self.names:
                continue
            for kind, unit in _ENTITIES.items():
                for start in starts[(found & np.uint64(BITS[kind])) != 0]:
                    if not taken[start : start + length].any():
                        taken[start : start + length] = True
                        units[start] = store.add(unit)
                        units[start + 1 : start + length] = 0
                        masks[start] = np.uint64(unit.mask)
                        masks[start + 1 : start + length] = np.uint64(0)
        before = masks[:-1]
        title = before & np.uint64(BITS["honorific"] | BITS["holder"] | BITS["name"])
        doubt = masks[1:] & np.uint64(BITS["maybe_name"])
        person = np.flatnonzero((title != 0) & (doubt != 0) & (document[1:] == document[:-1])) + 1
        if len(person):
            if self.names:
                masks[person] |= np.uint64(BITS["name"])
                return
            units[person] = store.add(_NAME)
            masks[person] = np.uint64(BITS["name"])
