"""Texts to one flat stream of unit numbers, with every repeated chunk looked up, not read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.chunks import ChunkTable, Cut, cut
from netralitas_nlp.features.classes import BITS
from netralitas_nlp.features.lookup import different, sorted_distinct
from netralitas_nlp.features.phrases import PhraseTable
from netralitas_nlp.features.units import CLASS_KEYS, Unit, UnitReader, cue_masks
from netralitas_nlp.text.document import Token
from netralitas_nlp.text.normalizer import Normalizer, spaced_runs

__all__ = ["CueIndex", "Stream", "StreamReader", "UnitStore", "distinct"]

IntArray = npt.NDArray[np.int64]
MaskArray = npt.NDArray[np.uint64]

_MOST_UNITS = 100_000  # each takes one to two kilobytes in the tables of a model
_MOST_LETTERS = 2**23  # of units: words have eight, but a link without its sign may have thousands
_MOST_FLAT = 2**21  # units of chunks: two each, but a long text without a space is one chunk
_LONGEST_KEPT = 64  # a longer chunk is hardly met again and would only fill the memory
# Whole chunks that are one link. Each stands in one post only, so none is remembered.
_LINK = re.compile(r"(?:https?://|pic\.twitter\.com/)[!-%'-~]+")
_CHUNK = re.compile(r"\S+")
# Most words: letters with a few signs around them, which the tokenizer would cut off.
_PLAIN = re.compile(r"([\"'(.-]{0,8})((?!(?i:www)\.)[A-Za-z]{1,40})([.,!?:;\"')-]{0,8})")
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
    bits = len(stream.store.units).bit_length()
    document, units = sorted_distinct(stream.document, stream.units, bits)
    live = np.flatnonzero(units)
    document, units = document[live], units[live]
    edges = np.cumsum(np.bincount(document, minlength=len(stream.bounds) - 1))
    return units, document, np.concatenate([[0], edges])


_Item = TypeVar("_Item", np.int64, np.uint64, np.bool_)


class _Growing(Generic[_Item]):
    """An array that grows by doubling."""

    def __init__(self, dtype: type[_Item], size: int = 1024):
        self._data: npt.NDArray[_Item] = np.zeros(size, dtype=dtype)
        self._size = 0
        self._new: list[int] = []
        self.append, self.extend = self._new.append, self._new.extend

    def __len__(self) -> int:
        return self._size + len(self._new)

    @property
    def view(self) -> npt.NDArray[_Item]:
        """The numbers as they are now; later ones are not in it."""
        if self._new:
            size = len(self)
            if size > len(self._data):
                room = np.zeros(max(size, 2 * len(self._data)), dtype=self._data.dtype)
                room[: self._size] = self._data[: self._size]
                self._data = room
            self._data[self._size : size] = self._new
            self._size = size
            self._new.clear()
        return self._data[: self._size]


class UnitStore:
    """Numbers for units and for chunks; starts anew when it has grown too large."""

    def __init__(self, phrases: PhraseTable):
        self.units: list[Unit] = []
        self.n_letters = 0
        self.index: dict[Unit, int] = {}
        self.masks = _Growing(np.uint64)
        self.words = _Growing(np.int64)
        self.speaks = _Growing(np.bool_)
        self.chunks = ChunkTable()
        self.letters: dict[str, list[int]] = {}
        self.signs: dict[str, list[int]] = {"": []}
        self.link: int | None = None
        self.apart: dict[str, IntArray] = {}
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
            self.n_letters += len(unit.key)
            self.masks.append(unit.mask)
            self.words.append(self._phrases.words.get(unit.key, 0))
            self.speaks.append(unit.speaks)
        return number

    def add_chunks(self, chunks: Sequence[Sequence[int]]) -> IntArray:
        """Return the numbers of new chunks made of these units."""
        first, lengths = len(self.chunk_start), list(map(len, chunks))
        starts = itertools.accumulate(lengths, initial=len(self.flat))
        self.chunk_start.extend(itertools.islice(starts, len(chunks)))
        self.chunk_length.extend(lengths)
        self.flat.extend(itertools.chain.from_iterable(chunks))
        return np.arange(first, first + len(chunks))

    def full(self, most_chunks: int) -> bool:
        """Whether it has grown too large to go on with."""
        return (
            len(self.chunk_start) > most_chunks
            or len(self.units) > _MOST_UNITS
            or len(self.flat) > _MOST_FLAT
            or self.n_letters > _MOST_LETTERS
        )


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

    def __getstate__(self) -> dict[str, Any]:
        # what was remembered is quickly read again, and may be many megabytes
        return {name: value for name, value in self.__dict__.items() if name != "store"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.store = UnitStore(self.phrases)

    def _read(self, chunk: str) -> list[int]:
        """Read a chunk that was not there."""
        plain = _PLAIN.fullmatch(chunk)
        if plain is None:
            return self._units(self.normalizer.tokenizer.tokens(chunk))
        before, word, behind = plain.groups()
        units = self.store.letters.get(word)
        if units is None:
            units = self.store.letters[word] = self._letters(word)
        return [*self._signs(before), *units, *self._signs(behind)] if before or behind else units

    def _letters(self, word: str) -> list[int]:
        unit = self.reader.plain(word)
        if unit is not None:
            return [self.store.add(unit)]
        return self._units([self.normalizer.tokenizer.word(0, len(word), word, word)])

    def _link(self) -> int:
        """Number of the chunk that stands for every link."""
        if self.store.link is None:
            units = self._units(self.normalizer.tokenizer.tokens("https://t.co/x"))
            self.store.link = int(self.store.add_chunks([units])[0])
        return self.store.link

    def _signs(self, text: str) -> list[int]:
        units = self.store.signs.get(text)
        if units is None:
            units = self._units(self.normalizer.tokenizer.tokens(text))
            self.store.signs[text] = units
        return units

    def _numbers(self, found: Cut) -> IntArray:
        """Chunk number of each chunk of a batch; those that are new are read."""
        store, text = self.store, found.text
        numbers = store.chunks.find(found.codes)
        new = np.flatnonzero(numbers < 0)
        if not len(new):
            return numbers
        # in the order of the text: fingerprints differ from process to process
        first, which = different(found.codes[new])
        places = new[first]
        spans = zip(found.starts[places].tolist(), found.ends[places].tolist(), strict=True)
        chunks = [text[start:end] for start, end in spans]
        read = np.empty(len(chunks), dtype=np.int64)
        link = np.array([_LINK.fullmatch(chunk) is not None for chunk in chunks])
        if link.any():
            read[link] = self._link()
        short = found.ends[places] - found.starts[places] <= _LONGEST_KEPT
        kept = np.flatnonzero(short & ~link)
        order = np.concatenate([np.flatnonzero(~short & ~link), kept])
        read[order] = store.add_chunks([self._read(chunks[i]) for i in order.tolist()])
        numbers[new] = read[which]
        store.chunks.add(found.codes[places[kept]], read[kept])
        return numbers

    def _units(self, tokens: Sequence[Token]) -> list[int]:
        return [self.store.add(unit) for token in tokens for unit in self.reader.units(token)]

    def places(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Tokens of one text in order.

        Parameters
        ----------
        text : str

        Yields
        ------
        start, end, units : int
            Offsets in the text, and how many units of its stream the token gives.
        """
        tokenizer, known = self.normalizer.tokenizer, self.store.letters
        chunks: Iterable[tuple[int, str, list[Token] | None]]
        if spaced_runs(text):
            chunks = self.normalizer.chunks(text)
        else:
            chunks = ((m.start(), m.group(), None) for m in _CHUNK.finditer(text))
        for start, chunk, tokens in chunks:
            if tokens is None and chunk in known:  # letters alone are one token
                yield start, start + len(chunk), len(known[chunk])
                continue
            for token in tokenizer.tokens(chunk) if tokens is None else tokens:
                yield start + token.start, start + token.end, len(self.reader.units(token))

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
        if self.store.full(self.most_chunks):
            self.store = UnitStore(self.phrases)
        found = cut(texts)
        codes, counts = self._joined(found, self._numbers(found))
        return self._assemble(codes, counts)

    def _joined(self, found: Cut, codes: IntArray) -> tuple[IntArray, IntArray]:
        """Read runs of letters that stand apart as words; they are rare."""
        counts = found.counts
        lone = np.flatnonzero(found.ends - found.starts == 1)
        run = lone[:-3][lone[3:] - lone[:-3] == 3]
        if not len(run):
            return codes, counts
        edges = np.concatenate([[0], np.cumsum(counts)])
        parts: list[IntArray] = []
        at = 0
        for i in np.unique(np.searchsorted(edges, run, side="right") - 1).tolist():
            starts = found.starts[edges[i] : edges[i + 1]]
            text = found.text[starts[0] : found.ends[edges[i + 1] - 1]]
            for span in spaced_runs(text):
                first, last = edges[i] + np.searchsorted(starts, starts[0] + np.array(span))
                numbers = self._apart(text[slice(*span)])
                parts += [codes[at:first], numbers]
                at = last
                counts[i] += len(numbers) - (last - first)
        return np.concatenate([*parts, codes[at:]]), counts

    def _apart(self, run: str) -> IntArray:
        """Chunk numbers of a run of letters that stand apart."""
        numbers = self.store.apart.get(run)
        if numbers is None:
            pieces = [self._units(tokens) for _, _, tokens in self.normalizer.chunks(run)]
            numbers = self.store.add_chunks(pieces)
            if len(run) <= _LONGEST_KEPT:
                self.store.apart[run] = numbers
        return numbers

    def _assemble(self, codes: IntArray, counts: IntArray) -> Stream:
        store = self.store
        lengths = store.chunk_length.view[codes]
        ends = np.concatenate([[0], np.cumsum(lengths)])
        offset = np.repeat(store.chunk_start.view[codes] - ends[:-1], lengths)
        offset += np.arange(ends[-1])
        units = store.flat.view[offset]
        bounds = ends[np.concatenate([[0], np.cumsum(counts)])]
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
                named = starts[(found & np.uint64(BITS[kind])) != 0]
                if not len(named):
                    continue
                free = ~taken[named[:, None] + np.arange(length)].any(axis=1)
                if (np.diff(named) < length).any():  # some overlap: the first one has the words
                    last = -length
                    for j, start in enumerate(named.tolist()):
                        free[j] &= start - last >= length
                        last = start if free[j] else last
                named = named[free]
                units[named] = store.add(unit)
                masks[named] = np.uint64(unit.mask)
                taken[named] = True
                for step in range(1, length):
                    units[named + step] = 0
                    masks[named + step] = np.uint64(0)
                    taken[named + step] = True
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
