"""The fast reader: streams, linear heads, segments, calibration; numpy and nothing else."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.classes import BITS
from netralitas_nlp.features.cues import Sentences, sentences
from netralitas_nlp.features.stream import Stream, StreamReader, UnitStore
from netralitas_nlp.model.context import ContextModel
from netralitas_nlp.model.gate import TOPIC, gated
from netralitas_nlp.model.linear import LinearModel
from netralitas_nlp.model.older_context import OlderContext
from netralitas_nlp.model.pooling import Pooling, pool
from netralitas_nlp.model.segments import fresh, only, segment

__all__ = ["EMPTY_LOG_ODDS", "FastModel", "wordless"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_BATCH = 4096
_BATCH_LENGTH = 2**20  # characters: bounds the memory of a batch of long texts
_MOST_SENTENCES = 4  # of a long text that are searched for evidence
_MOST_HIDDEN = 2**16  # units that are read at once with words left out
_NAMING = BITS["figure"] | BITS["name"] | BITS["place"] | BITS["honorific"]
EMPTY_LOG_ODDS = -5.0
"""Log-odds of the positive label for a text without a word, number or emoji: nothing was said."""


_MODELS: weakref.WeakSet[FastModel] = weakref.WeakSet()


def _after_fork() -> None:
    for model in list(_MODELS):
        model.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork)


def wordless(stream: Stream) -> npt.NDArray[np.bool_]:
    """Which documents hold nothing, or nothing but punctuation.

    Parameters
    ----------
    stream : Stream

    Returns
    -------
    ndarray of bool of shape (n_documents,)
    """
    speaks = stream.store.speaks.view
    begin, end = stream.bounds[:-1], stream.bounds[1:]
    out = np.asarray(begin == end)
    # nearly every text begins with a word; what it goes on with is then of no interest
    first = np.flatnonzero(~out)
    for i in first[~speaks[stream.units[begin[first]]]].tolist():
        out[i] = not speaks[stream.units[begin[i] : end[i]]].any()
    return out


class FastModel:
    """Reads words, cues and scopes.

    Parameters
    ----------
    reader : StreamReader
    linear : LinearModel
    classes : tuple of str
    heads : tuple of str
        Name of each column of the log-odds.
    pooling : Pooling
        For texts of several segments.
    calibration : ndarray of shape (n_heads, 2)
        Slope and offset of each head (Platt 1999), fitted on texts that training did not see.
    context : ContextModel or OlderContext, optional
        A second reader whose log-odds are added to those of the first.
    positive : int, default=1
        Place of the positive label in `classes`.
    """

    def __init__(
        self,
        reader: StreamReader,
        linear: LinearModel,
        classes: tuple[str, ...],
        heads: tuple[str, ...],
        pooling: Pooling,
        calibration: FloatArray,
        context: ContextModel | OlderContext | None = None,
        positive: int = 1,
    ):
        self.reader = reader
        self.linear = linear
        self.classes = classes
        self.heads = heads
        self.pooling = pooling
        self.calibration = calibration
        self.context = context
        self.positive = positive
        self._lock = threading.Lock()  # the reader remembers chunks; one batch at a time
        self._writing = False  # what is remembered; still so afterwards if it was interrupted
        _MODELS.add(self)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["_lock"], state["_writing"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock, self._writing = threading.Lock(), False
        _MODELS.add(self)

    def after_fork(self) -> None:
        """Start anew in a forked process: another thread may have been reading."""
        # a thread that is not here may have the lock, or be about to, which it does not say
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[StreamReader]:
        """The reader, for this thread alone.

        Ctrl-C or a lack of memory may end it between two tables that belong together, and a fork
        may copy them then; who reads next starts with none.
        """
        with self._lock:
            if self._writing:
                self.reader.__setstate__(self.reader.__getstate__())
                self.linear.__setstate__(self.linear.__getstate__())
                if self.context is not None:
                    self.context.forget()
            self._writing = True
            yield self.reader
            self._writing = False

    @property
    def n_label_heads(self) -> int:
        """Columns that the label needs: one for two classes and their topic, else one for each."""
        if len(self.classes) == 2:
            return 2 if self.heads[1:2] == (TOPIC,) else 1
        return len(self.classes)

    def log_odds(self, texts: Sequence[str], *, labels_only: bool = False) -> FloatArray:
        """Calibrated log-odds of each head for each text."""
        heads = slice(0, self.n_label_heads) if labels_only else slice(None)
        parts = []
        for batch in _batches(texts):
            with self.reading() as reader:
                stream = reader.read(batch)
                parts.append(self._stream_log_odds(stream, heads))
        if not parts:
            return np.zeros((0, len(self.calibration[heads])))
        return np.concatenate(parts)

    def _stream_log_odds(self, stream: Stream, heads: slice) -> FloatArray:
        out = self.calibrated(self.raw_log_odds(stream, heads), heads)
        self.silence(out, wordless(stream))
        return out

    def silence(self, log_odds: FloatArray, silent: npt.NDArray[np.bool_]) -> None:
        """Say of texts without a word that they are not of the positive label.

        Parameters
        ----------
        log_odds : ndarray of shape (n_texts, n_heads)
            Calibrated, label first; changed in place.
        silent : ndarray of bool of shape (n_texts,)
        """
        if len(self.classes) == 2:
            log_odds[silent] = EMPTY_LOG_ODDS
            if self.positive == 0:  # the one column of the label speaks for the other class
                log_odds[silent, 0] = -EMPTY_LOG_ODDS
            return
        others = np.delete(log_odds[silent, : len(self.classes)], self.positive, axis=1)
        log_odds[silent, self.positive] = others.max(axis=1) + EMPTY_LOG_ODDS

    def raw_log_odds(self, stream: Stream, heads: slice = slice(None)) -> FloatArray:
        """Log-odds before calibration, segments pooled."""
        parts, read, owner = segment(stream, sentences(stream), whole=self.reader.names)
        logits = self.segment_log_odds(parts, read, heads)
        new = fresh(parts, owner)
        return pool(logits[new], owner[new], len(stream.bounds) - 1, self.pooling)

    def segment_log_odds(self, parts: Stream, read: Sentences, heads: slice) -> FloatArray:
        """Log-odds of segments before pooling: what both readers say, added up."""
        out = gated(self.linear.logits(parts, read, heads), self.heads)
        if self.context is not None:
            out = out + self.context.logits(parts, self.linear.columns(parts.store), heads)
        return out

    def calibrated(self, logits: FloatArray, heads: slice = slice(None)) -> FloatArray:
        """Apply the calibration to raw log-odds."""
        slope, offset = self.calibration[heads].T
        return np.asarray(logits * slope + offset)

    def spans(self, text: str) -> tuple[list[tuple[int, int]], list[int]]:
        """Offsets of the tokens of one text and, for each unit, the number of its token."""
        spans: list[tuple[int, int]] = []
        token_of: list[int] = []
        for start, end, units in self.reader.places(text):
            token_of += [len(spans)] * units
            spans.append((start, end))
        return spans, token_of

    def sentence_spans(self, text: str) -> list[tuple[int, int]]:
        """Offsets of the sentences of one text."""
        with self.reading() as reader:
            starts = sentences(reader.read([text])).starts
        spans, token_of = self.spans(text)
        firsts = [token_of[unit] for unit in starts]
        if not firsts:
            return []
        return [
            (spans[first][0], spans[after - 1][1])
            for first, after in zip(firsts, [*firsts[1:], len(spans)], strict=True)
            if first < after
        ]

    def occlusion(self, text: str, column: int = 0, sign: float = 1.0) -> Occlusion:
        """Prepare one text for leaving tokens out."""
        return self.occlusions([text], column, sign)[0]

    def occlusions(
        self, texts: Sequence[str], column: int = 0, sign: float = 1.0
    ) -> list[Occlusion]:
        """Prepare texts for leaving tokens out.

        Parameters
        ----------
        texts : sequence of str
        column : int, default=0
            Column of the decision: in a long text the sentences that speak most for it count.
        sign : float, default=1.0
            -1 where the column speaks against the decision.

        Returns
        -------
        list of Occlusion
        """
        out: list[Occlusion] = []
        for batch in _batches(texts):
            placed = [self.spans(text) for text in batch]
            with self.reading() as reader:
                stream = reader.read(batch)
                # In a segment the words of a decisive sentence are drowned by dull ones: without
                # any one of them it reads nearly the same. So each sentence is read alone.
                parts, read, owner = segment(
                    stream, sentences(stream), whole=self.reader.names, shortest=1
                )
                several = np.bincount(owner, minlength=len(batch))[owner] > 1
                loudness = np.zeros(len(owner))
                if several.any():
                    loudness[several] = self._loudness(*only(parts, read, several), column, sign)
            naming = (stream.masks & np.uint64(_NAMING)) != 0
            edges = np.searchsorted(owner, np.arange(len(batch) + 1))
            for i, (spans, token_of) in enumerate(placed):
                own = slice(int(stream.bounds[i]), int(stream.bounds[i + 1]))
                segments = np.arange(edges[i], edges[i + 1])
                loudest = np.argsort(-loudness[segments], kind="stable")[:_MOST_SENTENCES]
                # the words of dull sentences are no evidence where others take the side alone
                clear = loudest[loudness[segments[loudest]] > 0]
                searched = segments[np.sort(clear if len(clear) else loudest)]
                out.append(
                    Occlusion(self, spans, np.array(token_of, dtype=np.int64), parts, own.start,
                              searched, naming[own])
                )  # fmt: skip
        return out

    def _loudness(self, parts: Stream, read: Sentences, column: int, sign: float) -> FloatArray:
        """How much each segment speaks for the decision; above 0 it makes it alone."""
        label = slice(0, self.n_label_heads)
        logits = self.calibrated(self.segment_log_odds(parts, read, label), label)
        if len(self.classes) == 2:
            return sign * logits[:, column]
        return np.asarray(logits[:, column] - np.delete(logits, column, axis=1).max(axis=1))

    def drops_together(
        self,
        asked: Sequence[tuple[Occlusion, Sequence[tuple[int, int]]]],
        *,
        labels_only: bool = False,
    ) -> list[FloatArray]:
        """What `Occlusion.drops` says of many texts, read at once.

        Parameters
        ----------
        asked : sequence of (Occlusion, groups)
        labels_only : bool, default=False
            Only the heads of the label.

        Returns
        -------
        list of ndarray of shape (n_groups, n_heads)
        """
        heads = slice(0, self.n_label_heads) if labels_only else slice(None)
        out = [np.zeros((len(groups), len(self.calibration[heads]))) for _, groups in asked]
        waiting: list[tuple[int, _Variants]] = []
        size = 0
        for number, (read, groups) in enumerate(asked):
            for variants in read.variants(groups):
                other = bool(waiting) and waiting[-1][1].store is not variants.store
                if other or size > _MOST_HIDDEN:
                    self._answer(waiting, heads, out)
                    size = 0
                waiting.append((number, variants))
                size += variants.units.size
        self._answer(waiting, heads, out)
        return out

    def _answer(
        self, waiting: list[tuple[int, _Variants]], heads: slice, out: list[FloatArray]
    ) -> None:
        if not waiting:
            return
        shapes = np.array([found.units.shape for _, found in waiting], dtype=np.int64)
        bounds = np.concatenate([[0], np.cumsum(np.repeat(shapes[:, 1], shapes[:, 0]))])
        stream = Stream(
            np.concatenate([found.units.ravel() for _, found in waiting]),
            np.concatenate([found.masks.ravel() for _, found in waiting]),
            np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)),
            bounds,
            waiting[0][1].store,
        )
        with self.reading():
            logits = self.segment_log_odds(stream, sentences(stream), heads)
        logits = self.calibrated(logits, heads)
        begin = 0
        for number, found in waiting:
            rows = logits[begin : begin + len(found.units)]
            out[number][found.groups] += rows[0] - rows[1:]  # a group may reach into the next
            begin += len(found.units)
        waiting.clear()


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    total = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    begin = 0
    while begin < len(texts):
        before = int(total[begin - 1]) if begin else 0
        end = int(np.searchsorted(total, before + _BATCH_LENGTH, side="right"))
        end = min(max(end, begin + 1), begin + _BATCH)
        yield texts[begin:end]
        begin = end


class Occlusion:
    """How the log-odds of one text fall when tokens are not read.

    In a long text only the sentences that speak loudest for the decision are searched, each read
    alone, so that the cost grows with the length of the text and not with its square.

    Attributes
    ----------
    spans : list of (start, end)
        Tokens of the text.
    only_names : list of bool
        Which tokens only name somebody or some place.
    """

    def __init__(
        self,
        model: FastModel,
        spans: list[tuple[int, int]],
        token_of: IntArray,
        parts: Stream,
        first: int,
        segments: IntArray,
        naming: npt.NDArray[np.bool_],
    ):
        self.spans = spans
        only_names = np.ones(len(spans), dtype=bool)
        only_names[token_of[~naming]] = False
        self.only_names: list[bool] = only_names.tolist()
        self._model = model
        self._parts = parts
        self._first = first  # unit of the batch that is the first one of this text
        bounds = parts.bounds
        self._segments = [
            (int(bounds[k]), int(bounds[k + 1])) for k in segments if bounds[k] < bounds[k + 1]
        ]
        self._token_of = token_of

    def drops(self, groups: Sequence[tuple[int, int]], *, labels_only: bool = False) -> FloatArray:
        """Leave out each group of neighbouring tokens in turn.

        Parameters
        ----------
        groups : sequence of (first, last)
            Numbers of tokens in `spans`, both ends included.
        labels_only : bool, default=False
            Only the heads of the label.

        Returns
        -------
        ndarray of shape (n_groups, n_heads)
            Log-odds of the text, if long of each sentence a group stands in, minus those without
            it, added up; 0 for a group outside the sentences that were searched.
        """
        return self._model.drops_together([(self, groups)], labels_only=labels_only)[0]

    def variants(self, groups: Sequence[tuple[int, int]]) -> Iterator[_Variants]:
        """Each segment with each group of tokens in it left out."""
        first, last = np.array(groups, dtype=np.int64).reshape(-1, 2).T
        for begin, end in self._segments:
            owner = self._token_of[begin - self._first : end - self._first]
            inside = np.flatnonzero((first <= owner[-1]) & (last >= owner[0]))
            hidden = np.zeros((len(inside) + 1, end - begin), dtype=bool)  # row 0: all is read
            hidden[1:] = (owner >= first[inside, None]) & (owner <= last[inside, None])
            units, masks = self._parts.units[begin:end], self._parts.masks[begin:end]
            # a repeated word counts once, so it is left out wherever it stands
            hidden = hidden.astype(np.float32) @ (units[:, None] == units[None, :]) > 0
            yield _Variants(
                inside,
                np.where(hidden, 0, units),
                np.where(hidden, np.uint64(0), masks),
                self._parts.store,
            )


class _Variants(NamedTuple):
    """One segment, whole and with words left out; a row for each.

    Attributes
    ----------
    groups : ndarray of shape (n_rows - 1,)
        Which group of words each row but the first lacks.
    units, masks : ndarray of shape (n_rows, n_units)
    store : UnitStore
    """

    groups: IntArray
    units: IntArray
    masks: npt.NDArray[np.uint64]
    store: UnitStore
