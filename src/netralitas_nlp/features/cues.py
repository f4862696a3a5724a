"""Cue features: which acts a sentence performs, in whose voice, under which negation.

A sentence is reduced to one set of classes in the writer's own voice, one under negation or
prohibition and one inside quotation marks. The features are the members of these sets and their
pairs, so that "support beside first person" is one feature and "support under negation" another.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.classes import BITS, CLASSES
from netralitas_nlp.features.stream import Stream

__all__ = [
    "CUE_NAMES",
    "N_PAIRS",
    "Sentences",
    "cue_columns",
    "cue_table",
    "distinct_cues",
    "pair_index",
    "pair_names",
    "sentences",
    "signatures",
]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
MaskArray = npt.NDArray[np.uint64]

_NEGATION_REACH = 4
_PROHIBITION_REACH = 8

_NOT_A_CUE = frozenset({"end", "comma", "maybe_name"})
_ACTS = (
    "vote", "support", "win", "mobilise", "campaign", "lead", "continue", "replace", "slogan",
    "praise", "attack", "gesture", "number_phrase", "figure", "party", "ticket", "name",
)  # fmt: skip
_VOICES = (
    *_ACTS, "hope", "imperative", "first_person", "obligation", "holder", "order", "threat",
    "gift", "label",
)  # fmt: skip
_OWN = tuple(name for name in CLASSES if name not in _NOT_A_CUE)
CUE_NAMES: tuple[str, ...] = (
    *_OWN, *(f"not {name}" for name in _ACTS), *(f"quoted {name}" for name in _VOICES)
)  # fmt: skip
"""Names of the cue columns: own voice, under negation, inside quotation marks."""


def pair_index() -> tuple[IntArray, IntArray]:
    """Columns of `CUE_NAMES` that make up each pair, in the order of `pair_names`.

    Returns
    -------
    tuple of two ndarray of shape (n_pairs,)
    """
    rows, columns = np.triu_indices(len(CUE_NAMES), 1)
    return rows.astype(np.int64), columns.astype(np.int64)


@lru_cache(maxsize=1)
def pair_names() -> tuple[str, ...]:
    """Names of the pair columns, in the order of `pair_index`."""
    return tuple(f"{CUE_NAMES[i]} + {CUE_NAMES[j]}" for i, j in zip(*pair_index(), strict=True))


N_PAIRS = len(CUE_NAMES) * (len(CUE_NAMES) - 1) // 2
"""Number of pair columns."""

_BIT_OF = {name: i for i, name in enumerate(CLASSES)}
_OWN_BITS = np.array([_BIT_OF[name] for name in _OWN], dtype=np.uint64)
_ACT_BITS = np.array([_BIT_OF[name] for name in _ACTS], dtype=np.uint64)
_VOICE_BITS = np.array([_BIT_OF[name] for name in _VOICES], dtype=np.uint64)


def _mask(*names: str) -> np.uint64:
    return np.uint64(sum(BITS[name] for name in names))


_NEGATION = _mask("negation")
_PROHIBITION = _mask("prohibition")
_STOP = _mask("end", "contrast", "quote")
_END = _mask("end")
_QUOTE = _mask("quote")


_LAYERS = np.array(
    [
        np.bitwise_or.reduce(np.uint64(1) << bits, initial=np.uint64(0))
        for bits in (_OWN_BITS, _ACT_BITS, _VOICE_BITS)
    ],
    dtype=np.uint64,
)
_COLUMN_BIT = np.concatenate([_OWN_BITS, _ACT_BITS + np.uint64(64), _VOICE_BITS + np.uint64(128)])
_COLUMN_BIT = _COLUMN_BIT.astype(np.int64)
_BIT_COLUMN = np.full(192, -1, dtype=np.int64)
_BIT_COLUMN[_COLUMN_BIT] = np.arange(len(CUE_NAMES))


class Sentences(NamedTuple):
    """Sentences of a batch.

    Attributes
    ----------
    starts : ndarray of shape (n_sentences,)
        First unit of each sentence.
    document : ndarray of shape (n_sentences,)
        Number of its document.
    sets : ndarray of uint64 of shape (n_sentences, 3)
        Cue classes in the writer's own voice, under negation, inside quotation marks.
    """

    starts: IntArray
    document: IntArray
    sets: MaskArray


def cue_columns(sets: MaskArray) -> tuple[IntArray, IntArray]:
    """Cues of sets as rows and columns of a table.

    Parameters
    ----------
    sets : ndarray of shape (n, 3)
        As in `Sentences`.

    Returns
    -------
    row, column : ndarray
        Sorted by row; `column` counts in `CUE_NAMES`.
    """
    little = sets.astype("<u8", copy=False).view(np.uint8)
    bits = np.unpackbits(little, axis=1, bitorder="little").view(bool)
    place = np.flatnonzero(bits)
    row = place // 192
    return row, _BIT_COLUMN[place - row * 192]


def cue_table(sets: MaskArray) -> BoolArray:
    """Cues of sets as a table with one column for each of `CUE_NAMES`."""
    table = np.zeros((len(sets), len(CUE_NAMES)), dtype=bool)
    table[cue_columns(sets)] = True
    return table


def _reach(stream: Stream, flag: np.uint64, reach: int, stops: IntArray, hit: BoolArray) -> None:
    """Mark the units behind each flagged one, up to the next of its kind or the next stop."""
    at = np.flatnonzero(stream.masks & flag)
    if not len(at):
        return
    until = stream.bounds[stream.document[at] + 1]
    until[:-1] = np.minimum(until[:-1], at[1:])
    # a flagged unit may be a stop itself and still speak for what follows
    following = np.searchsorted(stops, at, side="right")
    until = np.minimum(until, np.append(stops, len(stream.units))[following])
    for step in range(1, reach + 1):
        place = at + step
        hit[place[place < until]] = True


def _quoted(stream: Stream, marks: IntArray) -> BoolArray:
    """Units between an opening and a closing quotation mark of the same document."""
    document = stream.document[marks]
    first = np.flatnonzero(np.concatenate([[True], document[1:] != document[:-1]]))
    number = np.arange(len(marks)) - np.repeat(first, np.diff(np.append(first, len(marks))))
    # a last mark alone opens nothing
    opens = np.flatnonzero((number[:-1] % 2 == 0) & (document[1:] == document[:-1]))
    change = np.zeros(len(stream.units) + 1, dtype=np.int8)
    change[marks[opens] + 1] += 1
    change[marks[opens + 1]] -= 1
    return np.cumsum(change[:-1], dtype=np.int8).view(bool)


def _or_into(sets: MaskArray, masks: MaskArray, units: IntArray, sentence: IntArray) -> None:
    if len(units):
        first = np.flatnonzero(np.concatenate([[True], sentence[1:] != sentence[:-1]]))
        sets[sentence[first]] = np.bitwise_or.reduceat(masks[units], first)


def sentences(stream: Stream) -> Sentences:
    """Cut a batch into sentences and read their cues.

    Parameters
    ----------
    stream : Stream
        A batch of documents.

    Returns
    -------
    Sentences
    """
    masks, n = stream.masks, len(stream.units)
    if n == 0:
        empty = np.empty(0, dtype=np.int64)
        return Sentences(empty, empty, np.empty((0, 3), dtype=np.uint64))
    signs = np.flatnonzero(masks & _STOP)
    kinds = masks[signs]
    negated = np.zeros(n, dtype=bool)
    _reach(stream, _NEGATION, _NEGATION_REACH, signs, negated)
    _reach(stream, _PROHIBITION, _PROHIBITION_REACH, signs, negated)
    ends = signs[(kinds & _END) != 0]
    first = np.zeros(n + 1, dtype=bool)
    first[ends + 1] = True
    first[ends] = False
    first[stream.bounds[:-1]] = True  # an empty document has the first unit of the next
    starts = np.flatnonzero(first[:n])

    marks = signs[(kinds & _QUOTE) != 0]
    quoted = _quoted(stream, marks) if len(marks) else np.zeros(n, dtype=bool)
    special = np.flatnonzero(negated | quoted)
    own = masks.copy()
    own[special] = 0
    sets = np.zeros((len(starts), 3), dtype=np.uint64)
    sets[:, 0] = np.bitwise_or.reduceat(own, starts)
    if len(special):
        sentence = np.searchsorted(starts, special, side="right") - 1
        inside = quoted[special]
        _or_into(sets[:, 1], masks, special[~inside], sentence[~inside])
        _or_into(sets[:, 2], masks, special[inside], sentence[inside])
    sets &= _LAYERS
    return Sentences(starts, stream.document[starts], sets)


_MIX = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


def signatures(sets: MaskArray) -> MaskArray:
    """Fixed numbers that tell sets apart (the mixer of SplitMix64, Steele et al. 2014).

    Parameters
    ----------
    sets : ndarray of shape (n, 3)

    Returns
    -------
    ndarray of shape (n,)
    """
    x = np.zeros(len(sets), dtype=np.uint64)
    for layer, factor in enumerate(_MIX):
        x ^= sets[:, layer]
        x *= factor
        x ^= x >> np.uint64(29 + layer)
        x *= _MIX[1]
        x ^= x >> np.uint64(32)
    return x


def distinct_cues(read: Sentences) -> tuple[IntArray, MaskArray]:
    """Each set of cues once for every document.

    A sentence that is repeated, or one more of the same kind, adds nothing: a document's score is
    no sum that grows with its length.

    Parameters
    ----------
    read : Sentences

    Returns
    -------
    document : ndarray of shape (n_distinct,)
        In order.
    sets : ndarray of uint64 of shape (n_distinct, 3)
    """
    if not len(read.starts):
        return read.document, read.sets
    # 2**40 numbers tell the few sentences of one document apart
    key = (read.document << 40) | (signatures(read.sets) >> np.uint64(24)).astype(np.int64)
    order = np.argsort(key)
    key = key[order]
    first = np.ones(len(order), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    chosen = order[first]
    return read.document[chosen], read.sets[chosen]
