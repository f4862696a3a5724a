"""Figures of a freshly trained model with their intervals, for its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.measures.figures import FIGURES, Weighted, figures
from netralitas_nlp.measures.intervals import bootstrap, calibration_interval, interval

__all__ = ["measured"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_ROUNDS = 500


def measured(
    probability: FloatArray,
    said: IntArray,
    target: IntArray,
    classes: Sequence[str],
    positive: str,
    thresholds: Mapping[str, float],
    parts: IntArray,
    seed: int = 0,
) -> dict[str, Any]:
    """Figures and bootstrap intervals, under the names that ``netralitas evaluate`` uses.

    Parameters
    ----------
    probability : ndarray of shape (n, n_classes)
        On texts that the model has not seen.
    said, target : ndarray of int of shape (n,)
        Predicted and true class.
    classes : sequence of str
    positive : str
        Class whose probability is the score.
    thresholds : mapping of str to float
        Edges of the review band.
    parts : ndarray of int of shape (n,)
        The bootstrap draws whole parts: groups and near-duplicates are no independent rows.
    seed : int, default=0

    Returns
    -------
    dict
        ``figures``, ``intervals`` (95 %), ``classes`` (precision, recall and F1 of each) and
        ``confusion`` (rows truth).
    """
    column = list(classes).index(positive)
    found = figures(target, probability, thresholds, classes, positive, said)
    several = len(np.unique(parts)) > 1
    measure = Weighted(target, probability, thresholds, classes, positive, said)
    draws = bootstrap([measure], len(target), rounds=_ROUNDS, seed=seed, groups=parts.tolist())[0]
    intervals = {name: interval(draws[name]) if several else None for name in FIGURES}
    if several and intervals["ece"]:
        intervals["ece"] = calibration_interval(found["ece"], draws["ece"], probability[:, column])
    confusion = np.array(found.pop("confusion"))
    hit, real, called = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    of_class = {
        "precision": hit / np.maximum(called, 1),
        "recall": hit / np.maximum(real, 1),
        "f1": 2 * hit / np.maximum(called + real, 1),
    }
    return {
        "n": found.pop("n"),
        "figures": {k: None if v is None else round(v, 4) for k, v in found.items()},
        "intervals": {
            k: None if edges is None else [round(edge, 4) for edge in edges]
            for k, edges in intervals.items()
        },
        "classes": {
            name: {k: round(float(v[i]), 4) for k, v in of_class.items()} | {"n": int(real[i])}
            for i, name in enumerate(classes)
        },
        "confusion": confusion.tolist(),
    }
