"""The fast reader: streams, linear heads, segments, calibration; numpy and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.cues import sentences
from netralitas_nlp.features.stream import Stream, StreamReader
from netralitas_nlp.model.linear import LinearModel
from netralitas_nlp.model.pooling import Pooling, pool
from netralitas_nlp.model.segments import segment

__all__ = ["EMPTY_LOG_ODDS", "FastModel"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_BATCH = 1024
_MOST_SEGMENTS = 4
EMPTY_LOG_ODDS = -5.0
"""Log-odds of a text without a single token: nothing was said, so nothing was taken."""


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
    """

    def __init__(
        self,
        reader: StreamReader,
        linear: LinearModel,
        classes: tuple[str, ...],
        heads: tuple[str, ...],
        pooling: Pooling,
        calibration: FloatArray,
    ):
        self.reader = reader
        self.linear = linear
        self.classes = classes
        self.heads = heads
        self.pooling = pooling
        self.calibration = calibration
        self._lock = threading.Lock()  # the reader remembers chunks; one batch at a time

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["_lock"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    @property
    def n_label_heads(self) -> int:
        """Columns that speak for the label: one for two classes, else one for each."""
        return 1 if len(self.classes) == 2 else len(self.classes)

    def log_odds(self, texts: Sequence[str], *, labels_only: bool = False) -> FloatArray:
        """Calibrated log-odds of each head for each text."""
        heads = slice(0, self.n_label_heads) if labels_only else slice(None)
        parts = []
        for begin in range(0, len(texts), _BATCH):
            with self._lock:
                stream = self.reader.read(texts[begin : begin + _BATCH])
                parts.append(self._stream_log_odds(stream, heads))
        if not parts:
            return np.zeros((0, len(self.calibration[heads])))
        return np.concatenate(parts)

    def _stream_log_odds(self, stream: Stream, heads: slice) -> FloatArray:
        out = self.calibrated(self.raw_log_odds(stream, heads), heads)
        if len(self.classes) == 2:
            out[np.diff(stream.bounds) == 0] = EMPTY_LOG_ODDS
        return out

    def raw_log_odds(self, stream: Stream, heads: slice = slice(None)) -> FloatArray:
        """Log-odds before calibration, segments pooled."""
        parts, read, owner = segment(stream, sentences(stream))
        logits = self.linear.logits(parts, read, heads)
        return pool(logits, owner, len(stream.bounds) - 1, self.pooling)

    def calibrated(self, logits: FloatArray, heads: slice = slice(None)) -> FloatArray:
        """Apply the calibration to raw log-odds."""
        slope, offset = self.calibration[heads].T
        return logits * slope + offset

    def spans(self, text: str) -> tuple[list[tuple[int, int]], list[int]]:
        """Offsets of the tokens of one text and, for each unit, the number of its token."""
        spans: list[tuple[int, int]] = []
        token_of: list[int] = []
        for start, _, tokens in self.reader.normalizer.chunks(text):
            for token in tokens:
                token_of += [len(spans)] * len(self.reader.reader.units(token))
                spans.append((start + token.start, start + token.end))
        return spans, token_of

    def sentence_spans(self, text: str) -> list[tuple[int, int]]:
        """Offsets of the sentences of one text."""
        with self._lock:
            starts = sentences(self.reader.read([text])).starts
        spans, token_of = self.spans(text)
        firsts = [token_of[unit] for unit in starts]
        if not firsts:
            return []
        return [
            (spans[first][0], spans[after - 1][1])
            for first, after in zip(firsts, [*firsts[1:], len(spans)], strict=True)
            if first < after
        ]

    def without(self, text: str) -> tuple[list[tuple[int, int]], FloatArray, FloatArray]:
        """How the log-odds change when one token after the other is not read.

        In a long text only the segments that speak loudest are searched, so that the cost grows
        with the length of the text and not with its square.

        Parameters
        ----------
        text : str

        Returns
        -------
        spans : list of (start, end)
            Tokens of the text.
        drop : ndarray of shape (n_tokens, n_heads)
            Log-odds of the segment minus those without the token; 0 outside the segments read.
        whole : ndarray of shape (n_heads,)
            Log-odds of the text.
        """
        everything = slice(None)
        spans, token_of = self.spans(text)
        owner = np.array(token_of, dtype=np.int64)
        drop = np.zeros((len(spans), len(self.heads)))
        with self._lock:
            stream = self.reader.read([text])
            whole = self._stream_log_odds(stream, everything)[0]
            parts, read, _ = segment(stream, sentences(stream))
            alone = self.calibrated(self.linear.logits(parts, read))
            for number in np.argsort(-alone[:, 0], kind="stable")[:_MOST_SEGMENTS]:
                begin, end = parts.bounds[number], parts.bounds[number + 1]
                if begin < end:
                    self._occlude(parts, begin, end, owner, alone[number], drop)
        return spans, drop, whole

    def _occlude(
        self, parts: Stream, begin: int, end: int, owner: IntArray, alone: FloatArray,
        drop: FloatArray,
    ) -> None:  # fmt: skip
        units, masks, owner = parts.units[begin:end], parts.masks[begin:end], owner[begin:end]
        tokens = owner[np.concatenate([[True], owner[1:] != owner[:-1]])]
        width = end - begin
        hidden = tokens[:, None] == owner[None, :]
        variants = Stream(
            np.where(hidden, 0, units[None, :]).ravel(),
            np.where(hidden, np.uint64(0), masks[None, :]).ravel(),
            np.repeat(np.arange(len(tokens)), width),
            np.arange(len(tokens) + 1) * width,
            parts.store,
        )
        logits = self.calibrated(self.linear.logits(variants, sentences(variants)))
        drop[tokens] = alone - logits
