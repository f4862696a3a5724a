"""Figures of a freshly trained model with their intervals, for its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.measures.figures import FIGURES, Weighted, figures, verdicts_right
from netralitas_nlp.measures.intervals import bootstrap, calibration_interval, interval, wilson

__all__ = ["measured"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_ROUNDS = 500
_WILSON = 10  # fewer hits or misses than this, and a bootstrap interval is too narrow


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
    """Figures and their intervals, under the names that ``netralitas evaluate`` uses.

    Intervals are those of a bootstrap; of a share with under ten hits or misses, Wilson's: all
    rows right is not surely all.

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
        ``figures``, ``intervals`` (95 %; none where all rows are one part), ``classes`` (precision,
        recall and F1 of each; None where undefined) and ``confusion`` (rows truth).
    """
    column = list(classes).index(positive)
    found = figures(target, probability, thresholds, classes, positive, said)
    several = len(np.unique(parts)) > 1
    measure = Weighted(target, probability, thresholds, classes, positive, said)
    draws = bootstrap([measure], len(target), rounds=_ROUNDS, seed=seed, groups=parts.tolist())[0]
    shares = _shares(probability[:, column], said, target, thresholds, column)
    intervals = {
        name: _interval(draws[name], shares.get(name), parts) if several else None
        for name in FIGURES
    }
    if several and intervals["ece"]:
        intervals["ece"] = calibration_interval(found["ece"], draws["ece"], probability[:, column])
    confusion = np.array(found.pop("confusion"))
    hit, real, called = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    of_class = {  # undefined, not 0: the precision of a label that is never said; see figures
        "precision": [_ratio(h, n) for h, n in zip(hit, called, strict=True)],
        "recall": [_ratio(h, n) for h, n in zip(hit, real, strict=True)],
        "f1": [_ratio(2 * h, max(n, 1)) for h, n in zip(hit, called + real, strict=True)],
    }
    return {
        "n": found.pop("n"),
        "figures": {k: None if v is None else round(v, 4) for k, v in found.items()},
        "intervals": {
            k: None if edges is None else [round(edge, 4) for edge in edges]
            for k, edges in intervals.items()
        },
        "classes": {
            name: {k: v[i] for k, v in of_class.items()} | {"n": int(real[i])}
            for i, name in enumerate(classes)
        },
        "confusion": confusion.tolist(),
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _shares(
    probability: FloatArray,
    said: IntArray,
    target: IntArray,
    thresholds: Mapping[str, float],
    column: int,
) -> dict[str, tuple[BoolArray, BoolArray]]:
    """Hits and trials of those figures that are shares of rows."""
    true, flagged, every = target == column, said == column, np.ones(len(target), dtype=bool)
    outside, right = verdicts_right(true, probability, thresholds)
    return {
        "prevalence": (true, every),
        "accuracy": (said == target, every),
        "precision": (true & flagged, flagged),
        "recall": (true & flagged, true),
        "specificity": (~true & ~flagged, ~true),
        "band_share": (~outside, every),
        "outside_accuracy": (right, outside),
    }


def _interval(
    draws: FloatArray, share: tuple[BoolArray, BoolArray] | None, parts: IntArray
) -> list[float] | None:
    if share is None:
        return interval(draws)
    hits, trials = int(share[0].sum()), int(share[1].sum())
    if min(hits, trials - hits) >= _WILSON:
        return interval(draws)
    independent = len(np.unique(parts[share[1]]))  # copies are no trials of their own
    return wilson(round(hits * independent / max(trials, 1)), independent)
