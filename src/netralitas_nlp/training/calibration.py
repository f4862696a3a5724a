"""Honest probabilities and a review band, from predictions on texts that training did not see."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from netralitas_nlp.model.pooling import Pooling, summaries

__all__ = ["fit_platt", "fit_pooling", "review_band"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_FEWEST_LONG = 20
_ACCURACY_OUTSIDE = 0.97
_MOST_IN_BAND = 0.25


def fit_platt(logits: FloatArray, target: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Slope and offset that make log-odds honest (Platt 1999).

    Parameters
    ----------
    logits : ndarray of shape (n,)
        Log-odds on held-out texts.
    target : ndarray of shape (n,)
        1 where the head is true.
    weight : ndarray of shape (n,)

    Returns
    -------
    slope, offset : float
        Identity where one side is missing.
    """
    if len(np.unique(target)) < 2:
        return 1.0, 0.0
    model = LogisticRegression(C=1e4).fit(logits[:, None], target, weight)
    slope = float(model.coef_[0, 0])
    return (slope, float(model.intercept_[0])) if slope > 0 else (1.0, 0.0)


def fit_pooling(
    logits: FloatArray, owner: IntArray, target: IntArray, weight: FloatArray
) -> Pooling:
    """Learn how segments make a long text, on held-out log-odds of their segments.

    Parameters
    ----------
    logits : ndarray of shape (n_segments, n_heads)
    owner : ndarray of shape (n_segments,)
    target : ndarray of shape (n_texts,)
    weight : ndarray of shape (n_texts,)

    Returns
    -------
    Pooling
        The mean of maximum and mean where there are too few long texts to learn from.
    """
    largest, mean, count = summaries(logits, owner, len(target))
    long = (count > 1) & (weight > 0)
    y = target[long]
    if long.sum() < _FEWEST_LONG or len(np.unique(y)) < 2:
        return Pooling()
    X = np.column_stack([largest[long, 0], mean[long, 0], np.log(count[long])])
    model = LogisticRegression(C=1.0).fit(X, y)
    maximum, average, number = map(float, model.coef_[0])
    return Pooling(max(maximum, 0.0), max(average, 0.0), number, float(model.intercept_[0]))


def review_band(
    probability: FloatArray,
    positive: npt.NDArray[np.bool_],
    weight: FloatArray,
    accuracy: float = _ACCURACY_OUTSIDE,
    most: float = _MOST_IN_BAND,
) -> dict[str, float]:
    """Smallest band of doubt outside which the verdicts are right often enough.

    Parameters
    ----------
    probability : ndarray of shape (n,)
        Held-out probabilities of the positive label.
    positive : ndarray of bool of shape (n,)
        Truth.
    weight : ndarray of shape (n,)
        What each text counts.
    accuracy : float
        Share of verdicts outside the band that must be right.
    most : float
        Largest share of texts in the band; it wins over `accuracy`.

    Returns
    -------
    dict
        ``"tinjau"`` and ``"partisan"``: lower and upper edge of the band.
    """
    counted = np.flatnonzero(weight > 0)
    order = counted[np.argsort(np.abs(probability[counted] - 0.5), kind="stable")]
    p, truth, w = probability[order], positive[order], weight[order]
    wrong = np.where((p >= 0.5) != truth, w, 0.0)
    outside = np.cumsum(w[::-1])[::-1]
    enough = np.cumsum(wrong[::-1])[::-1] / outside <= 1.0 - accuracy
    limit = int(np.searchsorted(np.cumsum(w), most * w.sum()))
    start = int(np.argmax(enough)) if enough.any() else limit
    start = min(start, limit, len(p) - 1)
    width = float(np.abs(p[start] - 0.5))
    return {"tinjau": round(0.5 - width, 4), "partisan": round(0.5 + width, 4)}
