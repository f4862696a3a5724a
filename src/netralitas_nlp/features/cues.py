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
    "distinct_cues",
    "pair_index",
    "pair_names",
    "sentences",
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


class Sentences(NamedTuple):
    """Sentences of a batch.

    Attributes
    ----------
    starts : ndarray of shape (n_sentences,)
        First unit of each sentence.
    document : ndarray of shape (n_sentences,)
        Number of its document.
    cues : ndarray of shape (n_sentences, n_cues)
        Which of `CUE_NAMES` it shows.
    """

    starts: IntArray
    document: IntArray
    cues: BoolArray


def _since(flag: BoolArray, index: IntArray) -> IntArray:
    """Position of the last unit up to here for which `flag` holds, -1 if there is none."""
    return np.maximum.accumulate(np.where(flag, index, -1))


def _under(stream: Stream, flag: BoolArray, reach: int, stop: IntArray) -> BoolArray:
    index = np.arange(len(stream.units))
    last = _since(flag, index)
    first = stream.bounds[:-1][stream.document]
    near = (index - last <= reach) & (index != last)
    return np.asarray((last >= first) & (last >= stop) & near)


def _quoted(stream: Stream) -> BoolArray:
    """Units between an opening and a closing quotation mark of the same document."""
    mark = (stream.masks & _QUOTE) != 0
    count = np.concatenate([[0], np.cumsum(mark)])
    before = count[:-1] - count[stream.bounds[:-1]][stream.document]
    total = (count[stream.bounds[1:]] - count[stream.bounds[:-1]])[stream.document]
    open_ = (before % 2 == 1) & ~mark
    unpaired = (total % 2 == 1) & (before == total)  # a last mark alone opens nothing
    return np.asarray(open_ & ~unpaired)


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
        return Sentences(empty, empty, np.empty((0, len(CUE_NAMES)), dtype=bool))
    index = np.arange(n)
    stop = _since((masks & _STOP) != 0, index)
    negated = _under(stream, (masks & _NEGATION) != 0, _NEGATION_REACH, stop)
    negated |= _under(stream, (masks & _PROHIBITION) != 0, _PROHIBITION_REACH, stop)
    quoted = _quoted(stream)
    end = (masks & _END) != 0
    first = np.zeros(n, dtype=bool)
    first[stream.bounds[:-1][np.diff(stream.bounds) > 0]] = True
    first[1:] |= end[:-1] & ~end[1:]
    starts = np.flatnonzero(first)

    def collect(where: BoolArray, bits: MaskArray) -> BoolArray:
        kept = np.where(where, masks, np.uint64(0))
        seen = np.bitwise_or.reduceat(kept, starts)
        return np.asarray((seen[:, None] >> bits) & np.uint64(1) != 0)

    cues = np.concatenate(
        [
            collect(~negated & ~quoted, _OWN_BITS),
            collect(negated & ~quoted, _ACT_BITS),
            collect(quoted, _VOICE_BITS),
        ],
        axis=1,
    )
    return Sentences(starts, stream.document[starts], cues)


def _signatures(n: int) -> MaskArray:
    """Fixed numbers whose sums tell sets apart (the mixer of SplitMix64, Steele et al. 2014)."""
    x = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


_SIGNATURE = _signatures(len(CUE_NAMES))


def distinct_cues(read: Sentences) -> tuple[IntArray, BoolArray]:
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
    cues : ndarray of shape (n_distinct, n_cues)
    """
    if not len(read.starts):
        return read.document, read.cues
    signature = np.where(read.cues, _SIGNATURE, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    order = np.lexsort((signature, read.document))
    document, signature = read.document[order], signature[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (document[1:] != document[:-1]) | (signature[1:] != signature[:-1])
    return document[first], read.cues[order[first]]
