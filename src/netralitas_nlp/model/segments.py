"""Long texts are read in segments, so that a probability is no sum that grows with length."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.cues import Sentences
from netralitas_nlp.features.stream import Stream

__all__ = ["LONG", "fresh", "only", "segment"]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

LONG = 120
"""Units from which on a document is read in segments."""
_SEGMENT = 40  # fewest units of a segment: about the length of a post
_LONGEST = 160  # a text without sentence ends is cut here


def segment(
    stream: Stream, read: Sentences, *, whole: bool = False, shortest: int = _SEGMENT
) -> tuple[Stream, Sentences, IntArray]:
    """Cut the long documents of a batch into segments of whole sentences.

    Negation and quotation were resolved on the whole document before, so a segment inside a
    quoted speech knows that it is quoted.

    Parameters
    ----------
    stream : Stream
    read : Sentences
        Sentences of `stream`.
    whole : bool, default=False
        Cut nothing.
    shortest : int
        Fewest units of a segment; 1 makes a segment of every sentence.

    Returns
    -------
    stream, read : Stream, Sentences
        The same units and sentences with segments in the place of documents.
    owner : ndarray of shape (n_segments,)
        Document of each segment.
    """
    lengths = np.diff(stream.bounds)
    long = np.flatnonzero(lengths > LONG)
    if whole or not len(long):
        return stream, read, np.arange(len(lengths))
    cuts: list[int] = []
    for d in long:
        begin, end = int(stream.bounds[d]), int(stream.bounds[d + 1])
        first, last = np.searchsorted(read.starts, [begin, end])
        start = begin
        for place in read.starts[first + 1 : last]:
            while place - start > _LONGEST:
                start += _LONGEST
                cuts.append(start)
            if place - start >= shortest and end - place >= shortest:
                cuts.append(int(place))
                start = int(place)
        while end - start > _LONGEST:
            start += _LONGEST
            cuts.append(start)
    bounds = np.unique(np.concatenate([stream.bounds, cuts])).astype(np.int64)
    # empty documents share their bound with a neighbour: keep one bound for each of them
    empty = stream.bounds[:-1][lengths == 0]
    bounds = np.sort(np.concatenate([bounds, empty]))
    owner = np.searchsorted(stream.bounds, bounds[:-1], side="right") - 1
    owner = _owners(stream.bounds, bounds, owner)
    document = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    # a sentence that a hard cut divides counts where it begins
    at = document[read.starts] if len(document) else read.document
    return (
        stream._replace(document=document, bounds=bounds),
        read._replace(document=at),
        owner,
    )


def fresh(parts: Stream, owner: IntArray) -> BoolArray:
    """Which segments hold other words than every earlier segment of their text.

    What is said over and over is said once: a text does not grow more partisan by repeating
    itself for pages.

    Parameters
    ----------
    parts : Stream
        Segments.
    owner : ndarray of shape (n_segments,)
        Document of each segment.

    Returns
    -------
    ndarray of bool of shape (n_segments,)
    """
    out = np.ones(len(owner), dtype=bool)
    seen: set[tuple[int, bytes]] = set()
    several = (owner[1:] == owner[:-1]).nonzero()[0]
    if not len(several):  # and numpy's sets load its masked arrays, a twentieth of a cold start
        return out
    for k in np.union1d(several, several + 1).tolist():
        words = np.unique(parts.units[parts.bounds[k] : parts.bounds[k + 1]])
        said = (int(owner[k]), words.tobytes())
        out[k] = said not in seen
        seen.add(said)
    return out


def only(parts: Stream, read: Sentences, kept: BoolArray) -> tuple[Stream, Sentences]:
    """Some of the segments, as if there were no others.

    Parameters
    ----------
    parts : Stream
        Segments.
    read : Sentences
        Sentences of `parts`.
    kept : ndarray of bool of shape (n_segments,)

    Returns
    -------
    tuple of Stream and Sentences
    """
    units = np.flatnonzero(kept[parts.document])
    said = kept[read.document]
    number = np.cumsum(kept) - 1
    bounds = np.concatenate([[0], np.cumsum(np.diff(parts.bounds)[kept])])
    document = number[parts.document[units]]
    return (
        Stream(parts.units[units], parts.masks[units], document, bounds, parts.store),
        Sentences(
            np.searchsorted(units, read.starts[said]),
            number[read.document[said]],
            read.sets[said],
        ),
    )


def _owners(outer: IntArray, bounds: IntArray, guess: IntArray) -> IntArray:
    """Give segments without units to the empty documents, in order."""
    sizes = np.diff(bounds)
    owner = guess.copy()
    owner[sizes == 0] = np.flatnonzero(np.diff(outer) == 0)
    return owner
