"""Trains the context reader: stochastic gradients by hand, a few minutes on one core."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from netralitas_nlp.features.stream import Stream
from netralitas_nlp.model.context import ContextModel, ContextWeights
from netralitas_nlp.model.neighbours import CLASS_BITS, LIMIT, WIDTH

__all__ = ["ContextSettings", "ContextTexts", "fit_context"]

FloatArray = npt.NDArray[np.float64]
SingleArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

_WARM_UP = 0.1  # share of the steps in which the rate rises
_DECAY = 1e-3
_BETA = (0.9, 0.999)
_SAMPLE = 50_000  # words that say how large the numbers are which have to fit
_MOSTLY = 0.9999  # share of what words say to a filter that is not cut off


class ContextSettings(NamedTuple):
    """Size and schedule of a context reader.

    Attributes
    ----------
    filters, hidden : int
        Number of filters, and of units in the layer behind them; 1 or more.
    size : int
        Length of a word vector.
    epochs, batch : int
    rate : float
        Largest learning rate.
    word_drop, drop : float
        Share of words hidden, and of filter answers silenced, at each step.
    weight : float
        What the answers count beside those of the linear heads; put into the fitted weights.
    kind_share : float
        What telling kinds of texts apart counts beside the label, where kinds are known.
    seed : int
    """

    filters: int = 384
    hidden: int = 96
    size: int = 48
    epochs: int = 6
    batch: int = 64
    rate: float = 2e-3
    word_drop: float = 0.15
    drop: float = 0.3
    weight: float = 1.0
    kind_share: float = 0.2
    seed: int = 0


class ContextTexts(NamedTuple):
    """Documents as the context reader sees them: without swallowed words.

    Attributes
    ----------
    words : ndarray of shape (n_units,)
        Word of the vocabulary, `n_words` for every other.
    masks : ndarray of uint64 of shape (n_units,)
    bounds : ndarray of shape (n_documents + 1,)
    n_words : int
    """

    words: IntArray
    masks: npt.NDArray[np.uint64]
    bounds: IntArray
    n_words: int

    @classmethod
    def of(cls, stream: Stream, column: IntArray, n_words: int) -> ContextTexts:
        """Read them from a stream; `column` gives the word of each unit of the store, or -1."""
        live = stream.units > 0
        words = column[stream.units[live]]
        bounds = np.concatenate([[0], np.cumsum(live)])[stream.bounds]
        return cls(np.where(words < 0, n_words, words), stream.masks[live], bounds, n_words)


def fit_context(
    texts: ContextTexts,
    target: FloatArray,
    weight: FloatArray,
    settings: ContextSettings,
    n_multiclass: int = 0,
    kinds: IntArray | None = None,
) -> ContextModel:
    """Fit a context reader.

    Parameters
    ----------
    texts : ContextTexts
        Documents, or segments of documents.
    target : ndarray of shape (n_documents, n_heads)
        What each head should answer, between 0 and 1.
    weight : ndarray of shape (n_documents, n_heads)
        What each answer counts; a document whose weights are all 0 is not read.
    settings : ContextSettings
    n_multiclass : int, default=0
        The first heads that are classes of which one is true.
    kinds : ndarray of int of shape (n_documents,), optional
        A finer class of each document, -1 where nobody knows: heads of their own learn it beside
        the others (Caruana 1997), weighted as the first, and are dropped at the end.

    Returns
    -------
    ContextModel
        Rounded to the integers that it is saved with.
    """
    rows = np.flatnonzero((weight > 0).any(axis=1) & (np.diff(texts.bounds) > 0))
    # one thread: the order of additions, and so the bytes of the model, stay the same
    with threadpool_limits(1):
        n_kinds = 0 if kinds is None else int(kinds.max(initial=-1)) + 1
        kinds = kinds if n_kinds else None
        net = _Net(texts.n_words, target.shape[1], settings, n_multiclass, n_kinds)
        random = np.random.default_rng(settings.seed)
        steps = settings.epochs * -(-len(rows) // settings.batch)
        for step in range(steps):
            place = step % -(-len(rows) // settings.batch) * settings.batch
            if place == 0:
                order = random.permutation(rows)
            net.step(texts, order[place : place + settings.batch], target, weight, random,
                     _rate(step / max(steps, 1), settings.rate), kinds)  # fmt: skip
        return ContextModel(net.rounded(texts))


def _rate(done: float, largest: float) -> float:
    """Learning rate: a linear rise, then half a cosine down to zero."""
    if done < _WARM_UP:
        return largest * (0.04 + 0.96 * done / _WARM_UP)
    return largest * 0.5 * (1.0 + float(np.cos(np.pi * (done - _WARM_UP) / (1.0 - _WARM_UP))))


class _Net:
    """Weights in floating point with their gradients and their Adam state."""

    def __init__(
        self,
        n_words: int,
        n_heads: int,
        settings: ContextSettings,
        n_multiclass: int = 0,
        n_kinds: int = 0,
    ):
        random = np.random.default_rng(settings.seed + 1)
        size, filters, hidden = settings.size, settings.filters, settings.hidden

        def uniform(*shape: int) -> SingleArray:
            edge = 1.0 / np.sqrt(shape[0])
            return random.uniform(-edge, edge, shape).astype(np.float32)

        self.settings, self.n_multiclass = settings, n_multiclass
        self.n_heads = n_heads
        self.weights: dict[str, SingleArray] = {
            "words": random.normal(0, 0.1, (n_words + 1, size)).astype(np.float32),
            "classes": random.normal(0, 0.1, (64, size)).astype(np.float32),
            "filters": uniform(WIDTH * size, filters),
            "bias": np.zeros(filters, dtype=np.float32),
            "hidden": uniform(filters, hidden),
            "hidden_bias": np.zeros(hidden, dtype=np.float32),
            "heads": uniform(hidden, n_heads + n_kinds),
            "offset": np.zeros(n_heads + n_kinds, dtype=np.float32),
        }
        self._moments = {
            name: (np.zeros_like(value), np.zeros_like(value))
            for name, value in self.weights.items()
        }
        self._steps = 0

    def step(
        self,
        texts: ContextTexts,
        rows: IntArray,
        target: FloatArray,
        weight: FloatArray,
        random: np.random.Generator,
        rate: float,
        kinds: IntArray | None = None,
    ) -> None:
        """Read one batch and move against its gradient."""
        w, settings = self.weights, self.settings
        begin, count = texts.bounds[rows], texts.bounds[rows + 1] - texts.bounds[rows]
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        total = int(count.sum())
        where = np.repeat(begin - first, count) + np.arange(total)
        words, document = texts.words[where], np.repeat(np.arange(len(rows)), count)
        bits = ((texts.masks[where][:, None] >> CLASS_BITS) & np.uint64(1)).astype(np.float32)

        seen = (random.random(total) >= settings.word_drop).astype(np.float32)[:, None]
        vectors = (w["words"][words] + bits @ w["classes"]) * seen
        row = np.arange(total) + document + 1
        padded = np.zeros((row[-1] + 2, settings.size), dtype=np.float32)
        padded[row] = vectors
        window = np.concatenate([padded[row - 1], vectors, padded[row + 1]], axis=1)
        answers = window @ w["filters"] + w["bias"]
        largest = np.maximum.reduceat(answers, first, axis=0)
        live = random.random(largest.shape, dtype=np.float32) >= settings.drop
        keep = np.where(live & (largest > 0), np.float32(1.0 / (1.0 - settings.drop)), 0.0)
        kept = (largest * keep).astype(np.float32)
        inner = np.maximum(kept @ w["hidden"] + w["hidden_bias"], 0.0)
        logits = inner @ w["heads"] + w["offset"]

        n = self.n_heads
        error = np.zeros_like(logits)
        error[:, :n] = self._error(logits[:, :n], target[rows].astype(np.float32)) * weight[rows]
        if kinds is not None:
            known = np.flatnonzero(kinds[rows] >= 0)
            of_kinds = _softmax(logits[known, n:])
            of_kinds[np.arange(len(known)), kinds[rows[known]]] -= 1.0
            error[known, n:] = settings.kind_share * weight[rows[known], :1] * of_kinds
        error /= len(rows)
        towards_inner = (error @ w["heads"].T) * (inner > 0)
        back = ((towards_inner @ w["hidden"].T) * keep).astype(np.float32)
        tops = answers == largest[document]
        # a window said twice is one answer: both together move as far as one would
        back /= np.add.reduceat(tops, first, axis=0, dtype=np.float32)
        flow = np.where(tops, back[document], np.float32(0.0))
        through = flow @ w["filters"].T
        size = settings.size
        padded[:] = 0.0
        padded[row] = through[:, size : 2 * size]
        padded[row - 1] += through[:, :size]  # rows of one batch are all different
        padded[row + 1] += through[:, 2 * size :]
        towards = padded[row] * seen
        met, place = np.unique(words, return_inverse=True)
        owner = sp.csr_matrix(
            (np.ones(total, dtype=np.float32), (place, np.arange(total))),
            shape=(len(met), total),
        )
        self._move(
            {
                "words": owner @ towards,
                "classes": bits.T @ towards,
                "filters": window.T @ flow,
                "bias": flow.sum(axis=0),
                "hidden": kept.T @ towards_inner,
                "hidden_bias": towards_inner.sum(axis=0),
                "heads": inner.T @ error,
                "offset": error.sum(axis=0),
            },
            met,
            rate,
        )

    def _error(self, logits: SingleArray, target: SingleArray) -> SingleArray:
        """Derivative of the logistic loss by the log-odds."""
        out = 1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))) - target
        k = self.n_multiclass
        if k:
            out[:, :k] = _softmax(logits[:, :k]) - target[:, :k]
        return np.asarray(out, dtype=np.float32)

    def _move(self, gradients: dict[str, SingleArray], met: IntArray, rate: float) -> None:
        """One step of AdamW (Loshchilov and Hutter 2019); of words, only those met."""
        self._steps += 1
        one, two = (1.0 - beta**self._steps for beta in _BETA)
        for name, gradient in gradients.items():
            rows = met if name == "words" else slice(None)
            mean, square, value = (a[rows] for a in (*self._moments[name], self.weights[name]))
            mean += (1.0 - _BETA[0]) * (gradient - mean)
            square += (1.0 - _BETA[1]) * (gradient * gradient - square)
            if name != "words":
                value *= 1.0 - rate * _DECAY
            value -= (rate / one) * mean / (np.sqrt(square / two) + 1e-8)
            if name == "words":  # those were copies
                self._moments[name][0][rows], self._moments[name][1][rows] = mean, square
                self.weights[name][rows] = value

    def rounded(self, texts: ContextTexts) -> ContextWeights:
        """The weights as integers."""
        w = self.weights
        random = np.random.default_rng(self.settings.seed)
        n = len(texts.words)
        sample = np.sort(random.choice(n, min(n, _SAMPLE), replace=False))
        bits = ((texts.masks[sample][:, None] >> CLASS_BITS) & np.uint64(1)).astype(np.float32)

        def vectors(words: SingleArray, classes: SingleArray) -> SingleArray:
            return np.asarray(words[texts.words[sample]] + bits @ classes)

        unit = float(np.quantile(np.abs(vectors(w["words"], w["classes"])), 0.9995)) / LIMIT
        words, classes = (
            _whole(w[name] / unit, LIMIT).astype(np.float32) for name in ("words", "classes")
        )
        # each filter has a scale of its own, which the layer behind it takes up again
        scale = _scale(w["filters"], LIMIT)
        filters = _whole(w["filters"] / scale, LIMIT).astype(np.float32)
        bias = _whole(w["bias"] / (scale * unit), 2**22).astype(np.float32)
        seen = np.clip(vectors(words, classes), -LIMIT, LIMIT)
        strongest = np.ones(len(bias), dtype=np.float32)
        for i, part in enumerate(np.split(filters, WIDTH)):
            said = np.abs(seen @ part + (bias if i == WIDTH // 2 else np.float32(0.0)))
            np.maximum(strongest, np.quantile(said, _MOSTLY, axis=0), out=strongest)
        gain = (np.float32(LIMIT // WIDTH) / strongest).astype(np.float32)

        behind = w["hidden"].astype(np.float64) * (scale * unit / gain)[:, None]
        scale = _scale(behind, LIMIT)
        out = w["heads"][:, : self.n_heads].astype(np.float64) * scale[:, None]
        heads = _scale(out, 2**15 - 1)
        return ContextWeights(
            words.astype(np.int8),
            classes.astype(np.int8),
            filters.astype(np.int8),
            bias.astype(np.int32),
            gain,
            _whole(behind / scale, LIMIT).astype(np.int8),
            _whole(w["hidden_bias"] / scale, 2**22).astype(np.int32),
            _whole(out / heads, 2**15 - 1).astype(np.int16),
            heads * self.settings.weight,
            w["offset"][: self.n_heads].astype(np.float64) * self.settings.weight,
        )


def _softmax(logits: SingleArray) -> SingleArray:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


def _whole(values: npt.NDArray[np.floating], most: int) -> IntArray:
    return np.asarray(np.rint(np.clip(values, -most, most)), dtype=np.int64)


def _scale(values: npt.NDArray[np.floating], most: int) -> FloatArray:
    """Of each column: what one step of a whole number is worth."""
    return np.asarray(np.maximum(np.abs(values).max(axis=0), 1e-30), dtype=np.float64) / most
