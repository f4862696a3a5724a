"""Honest probabilities and a review band, from predictions on texts that training did not see."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from netralitas_nlp.model.pooling import Pooling, summaries

__all__ = ["fit_decision", "fit_platt", "fit_pooling", "fit_softmax", "review_band"]

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


def fit_softmax(logits: FloatArray, target: IntArray, weight: FloatArray) -> FloatArray:
    """One slope and an offset for each class that make several log-odds honest.

    Parameters
    ----------
    logits : ndarray of shape (n, n_classes)
        On held-out texts.
    target : ndarray of int of shape (n,)
    weight : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n_classes, 2)
        Slope and offset; identity where a class is missing.
    """
    n_classes = logits.shape[1]
    identity = np.column_stack([np.ones(n_classes), np.zeros(n_classes)])
    if len(np.unique(target[weight > 0])) < n_classes:
        return identity
    share = weight / weight.sum()
    truth = np.eye(n_classes)[target]

    def loss(x: FloatArray) -> tuple[float, FloatArray]:
        scores = logits * np.exp(x[0]) + x[1:]
        top = scores.max(axis=1, keepdims=True)
        odds = np.exp(scores - top)
        total = odds.sum(axis=1, keepdims=True)
        likely = np.log(total) + top - (scores * truth).sum(axis=1, keepdims=True)
        error = (odds / total - truth) * share[:, None]
        slope = float((error * logits).sum() * np.exp(x[0])) + 2e-3 * x[0]
        gradient = np.concatenate([[slope], error.sum(axis=0) + 2e-3 * x[1:]])
        return float(share @ likely[:, 0] + 1e-3 * (x @ x)), gradient

    found = minimize(loss, np.zeros(n_classes + 1), jac=True, method="L-BFGS-B").x
    return np.column_stack([np.full(n_classes, np.exp(found[0])), found[1:]])


def fit_decision(
    probability: FloatArray, target: IntArray, weight: FloatArray
) -> tuple[float, ...]:
    """How far rare classes are favoured when one label must be said.

    Honest probabilities seldom put a rare class first. What is added to their logarithm is a share
    of the logarithm of how rare a class is; the share is the one with the best macro-F1 on
    held-out texts, one number and so hard to overfit.

    Parameters
    ----------
    probability : ndarray of shape (n, n_classes)
        Calibrated, on held-out texts.
    target : ndarray of int of shape (n,)
    weight : ndarray of shape (n,)

    Returns
    -------
    tuple of float
        One number for each class; empty where the likeliest label does as well.
    """
    shares = np.bincount(target, weight, minlength=probability.shape[1])
    if not (shares > 0).all():
        return ()
    rarity = -np.log(shares / shares.sum())
    rarity -= rarity.min()
    logs = np.log(np.maximum(probability, 1e-300))

    def quality(part: float) -> float:
        said = (logs + part * rarity).argmax(axis=1)
        return float(f1_score(target, said, average="macro", sample_weight=weight))

    plain, best, chosen = quality(0.0), 0.0, 0.0
    for part in (0.25, 0.5, 0.75, 1.0):
        gain = quality(part) - plain
        if gain > max(best, 0.002):
            best, chosen = gain, part
    return tuple(np.round(chosen * rarity, 6).tolist()) if chosen else ()


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
