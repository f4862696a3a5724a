"""The careful reader: a small encoder that reads what words mean together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.wording import Wording, WordReader
from netralitas_nlp.model.encoder import Encoder
from netralitas_nlp.model.fast import FastModel, wordless
from netralitas_nlp.model.fast import Occlusion as FastOcclusion
from netralitas_nlp.model.pieces import PieceReader, Window
from netralitas_nlp.model.pooling import Pooling, pool

__all__ = ["CarefulModel", "CarefulOcclusion", "Joint"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# what finds the words that the suite marks best, of all that costs a few readings
_QUARTERS = 4
_QUARTER_WEIGHT = 3.0
_BATCH = 256
_BATCH_LENGTH = 2**18  # characters: bounds the memory of a batch of long texts


class Joint(NamedTuple):
    """How what the encoder says and what the fast model says make log-odds.

    Attributes
    ----------
    slope : ndarray of shape (n_heads,)
        Of the logits of the encoder.
    fast_slope : ndarray of shape (n_heads,)
        Of the log-odds of the fast model.
    offset : ndarray of shape (n_heads,)
    """

    slope: FloatArray
    fast_slope: FloatArray
    offset: FloatArray


class CarefulModel:
    """Reads a text with an encoder, and leans on the fast model as far as that helps.

    Parameters
    ----------
    fast : FastModel
        Also answers for texts without words.
    encoder : Encoder
    pieces : PieceReader
    heads : tuple of str
        Name of each column of the log-odds; the fast model has them all.
    joint : Joint
        Fitted on texts that training did not see.
    pooling : Pooling
        For texts of several windows.
    """

    def __init__(
        self,
        fast: FastModel,
        encoder: Encoder,
        pieces: PieceReader,
        heads: tuple[str, ...],
        joint: Joint,
        pooling: Pooling,
    ):
        self.fast = fast
        self.classes = fast.classes
        self.encoder = encoder
        self.pieces = pieces
        self.heads = heads
        self.joint = joint
        self.pooling = pooling
        self.columns = [fast.heads.index(head) for head in heads]
        # what the fast model has met needs no second look
        self._words = WordReader(fast.reader)

    def log_odds(self, texts: Sequence[str], *, labels_only: bool = False) -> FloatArray:
        """Calibrated log-odds of each head for each text."""
        fast = self.fast.log_odds(texts, labels_only=labels_only)
        return self.judge(texts, fast, labels_only=labels_only)

    def judge(
        self, texts: Sequence[str], fast: FloatArray, *, labels_only: bool = False
    ) -> FloatArray:
        """Log-odds of texts that the fast model has read already.

        Parameters
        ----------
        texts : sequence of str
        fast : ndarray of shape (n_texts, n_fast_heads)
            Its log-odds, made with the same `labels_only`.
        labels_only : bool, default=False
            Only the head of the label.

        Returns
        -------
        ndarray of shape (n_texts, n_heads)
        """
        kept = slice(0, 1) if labels_only else slice(None)
        slope, fast_slope, offset = (part[kept] for part in self.joint)
        out = np.array(fast[:, self.columns[kept]])
        known: dict[bytes, FloatArray] = {}  # copies of a post come together
        for batch in _batches(texts):
            with self.fast.reading():
                stream, wordings = self._words.read(texts[batch])
                silent = wordless(stream)
            for i in np.flatnonzero(~silent).tolist():
                windows = self.pieces.windows(wordings[i])
                key = b"".join(window.ids.tobytes() for window in windows)
                logits = known.get(key)
                if logits is None:
                    logits = known[key] = self.pooled([self.encoder.run(w.ids) for w in windows])
                row = batch.start + i
                out[row] = slope * logits[kept] + fast_slope * out[row] + offset
        return out

    def pooled(self, logits: Sequence[FloatArray]) -> FloatArray:
        """Logits of a text from those of its windows."""
        owner = np.zeros(len(logits), dtype=np.int64)
        return np.asarray(pool(np.stack(logits), owner, 1, self.pooling)[0])

    def wording(self, text: str) -> Wording:
        """What the encoder is given of one text."""
        with self.fast.reading():
            return self._words.read([text])[1][0]

    def sentence_spans(self, text: str) -> list[tuple[int, int]]:
        """Offsets of the sentences of one text."""
        return self.fast.sentence_spans(text)

    def occlusion(self, text: str, column: int = 0, sign: float = 1.0) -> CarefulOcclusion:
        """Prepare one text for leaving tokens out."""
        return CarefulOcclusion(self, text, column, sign)


def _batches(texts: Sequence[str]) -> Iterator[slice]:
    begin = 0
    while begin < len(texts):
        end, length = begin, 0
        while end < len(texts) and end - begin < _BATCH and length <= _BATCH_LENGTH:
            length += len(texts[end])
            end += 1
        yield slice(begin, end)
        begin = end


class CarefulOcclusion:
    """What the tokens of one text are worth to the encoder.

    Single tokens are weighed by what leaving them out costs the fast model, and by what leaving
    out their quarter of the text costs the encoder: four readings, whatever the length. Only the
    few runs of tokens that are going to be shown are left out in earnest, one reading for each.

    Attributes
    ----------
    spans : list of (start, end)
        Tokens of the text.
    only_names : list of bool
        Which tokens only name somebody or some place.
    """

    def __init__(self, model: CarefulModel, text: str, column: int = 0, sign: float = 1.0):
        self._model = model
        self._fast: FastOcclusion = model.fast.occlusion(text, model.columns[column], sign)
        self.spans = self._fast.spans
        self.only_names = self._fast.only_names
        wording = model.wording(text)
        places = {span: i for i, span in enumerate(self.spans)}
        self._token = np.array([places[span] for span in wording.spans], dtype=np.int64)
        self._windows = model.pieces.windows(wording)
        self._logits = [model.encoder.run(window.ids) for window in self._windows]
        self._whole = model.pooled(self._logits)

    def drops(self, groups: Sequence[tuple[int, int]], *, labels_only: bool = False) -> FloatArray:
        """Fall of the log-odds for each run of tokens (first, last) that is left out.

        Parameters
        ----------
        groups : sequence of (first, last)
            Numbers of tokens in `spans`, both ends included.
        labels_only : bool, default=False
            Only the head of the label, and an estimate; else by reading again without each run.

        Returns
        -------
        ndarray of shape (n_groups, n_heads)
        """
        model = self._model
        kept = slice(0, 1) if labels_only else slice(None)
        slope, fast_slope, _ = (part[kept] for part in model.joint)
        fast = self._fast.drops(groups, labels_only=labels_only)[:, model.columns[kept]]
        if labels_only:
            return np.asarray(fast + _QUARTER_WEIGHT * slope * self._shares(groups)[:, kept])
        falls = np.stack([self._fall(first, last) for first, last in groups])
        return np.asarray(slope * falls + fast_slope * fast)

    def _shares(self, groups: Sequence[tuple[int, int]]) -> FloatArray:
        """An even share of what the quarter of the loudest window costs that a token stands in."""
        worth = np.zeros((len(self.spans) + 1, len(self._model.heads)))
        loudest = int(np.argmax([logits[0] for logits in self._logits]))
        tokens = self._token[self._windows[loudest].owner]
        if len(tokens):
            edges = np.linspace(tokens[0], tokens[-1] + 1, _QUARTERS + 1).round().astype(np.int64)
            for begin, end in itertools.pairwise(np.unique(edges).tolist()):
                worth[begin + 1 : end + 1] = self._fall(begin, end - 1) / (end - begin)
        total = np.cumsum(worth, axis=0)
        first, last = np.array(groups, dtype=np.int64).reshape(-1, 2).T
        return np.asarray(total[last + 1] - total[first])

    def _fall(self, first: int, last: int) -> FloatArray:
        """Fall of the logits without a run of tokens."""
        logits = list(self._logits)
        for i, window in enumerate(self._windows):
            token = self._token[window.owner]
            hidden = (token >= first) & (token <= last)
            if hidden.any():
                logits[i] = self._model.encoder.run(_left(window, ~hidden))
        return self._whole - self._model.pooled(logits)


def _left(window: Window, kept: npt.NDArray[np.bool_]) -> IntArray:
    return np.asarray(window.ids[np.concatenate([[True], kept, [True]])])
