"""Figures of a freshly trained model with their intervals, for its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["measured"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_ROUNDS = 500
_BINS = 10


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
    figures, of_class, confusion = _figures(
        probability, said, target, list(classes).index(positive), thresholds
    )
    random = np.random.default_rng(seed)
    order = np.argsort(parts, kind="stable")
    cuts = np.flatnonzero(np.diff(parts[order])) + 1
    members = np.split(order, cuts)
    draws: dict[str, list[float]] = {name: [] for name in figures}
    column = list(classes).index(positive)
    for _ in range(_ROUNDS if len(members) > 1 else 0):
        rows = np.concatenate([members[i] for i in random.integers(0, len(members), len(members))])
        found, _, _ = _figures(probability[rows], said[rows], target[rows], column, thresholds)
        for name, value in found.items():
            if value is not None:
                draws[name].append(value)
    intervals = {
        name: [round(float(edge), 4) for edge in np.quantile(values, [0.025, 0.975])]
        if len(values) > _ROUNDS / 2
        else None
        for name, values in draws.items()
    }
    return {
        "n": len(target),
        "figures": {k: None if v is None else round(v, 4) for k, v in figures.items()},
        "intervals": intervals,
        "classes": {
            name: {figure: round(float(v), 4) for figure, v in zip(
                ("precision", "recall", "f1"), of_class[:, k], strict=True)}
            | {"n": int(confusion[k].sum())}
            for k, name in enumerate(classes)
        },
        "confusion": confusion.tolist(),
    }  # fmt: skip


def _figures(
    probability: FloatArray,
    said: IntArray,
    target: IntArray,
    column: int,
    thresholds: Mapping[str, float],
) -> tuple[dict[str, float | None], FloatArray, IntArray]:
    n, n_classes = probability.shape
    confusion = np.bincount(target * n_classes + said, minlength=n_classes**2)
    confusion = confusion.reshape(n_classes, n_classes)
    hit = np.diag(confusion).astype(float)
    precision = hit / np.maximum(confusion.sum(axis=0), 1)
    recall = hit / np.maximum(confusion.sum(axis=1), 1)
    f1 = 2 * hit / np.maximum(confusion.sum(axis=0) + confusion.sum(axis=1), 1)
    present = (confusion.sum(axis=0) + confusion.sum(axis=1)) > 0
    p, positive = probability[:, column], target == column
    precise, area = _ranking(p, positive)
    outside = (p < thresholds["tinjau"]) | (p >= thresholds["partisan"])
    right = (p >= 0.5) == positive
    bins = np.minimum((p * _BINS).astype(int), _BINS - 1)
    gap = np.bincount(bins, p - positive, minlength=_BINS)
    true_p = probability[np.arange(n), target]
    figures: dict[str, float | None] = {
        "macro_f1": float(f1[present].mean()),
        "accuracy": float(hit.sum() / n),
        "precision": float(precision[column]),
        "recall": float(recall[column]),
        "f1": float(f1[column]),
        "average_precision": precise,
        "roc_auc": area,
        "brier": float(((p - positive) ** 2).mean()),
        "ece": float(np.abs(gap).sum() / n),
        "log_loss": float(-np.log(np.maximum(true_p, 1e-15)).mean()),
        "prevalence": float(positive.mean()),
        "band_share": float((~outside).mean()),
        "outside_accuracy": float(right[outside].mean()) if outside.any() else None,
    }
    return figures, np.stack([precision, recall, f1]), np.asarray(confusion)


def _ranking(p: FloatArray, positive: npt.NDArray[np.bool_]) -> tuple[float | None, float | None]:
    """Average precision and area under the ROC curve; scikit-learn's, without its checks.

    The bootstrap asks hundreds of times, and the checks take most of the time.
    """
    n, found = len(p), int(positive.sum())
    if found in (0, n):
        return None, None
    order = np.argsort(-p, kind="stable")
    last = np.append(np.flatnonzero(np.diff(p[order])), n - 1)  # of each run of equal scores
    hits = np.cumsum(positive[order])[last].astype(float)
    misses = last + 1 - hits
    average = float(np.diff(hits, prepend=0.0) @ (hits / (last + 1))) / found
    height = hits + np.concatenate([[0.0], hits[:-1]])
    area = float(np.diff(misses, prepend=0.0) @ height) / (2.0 * found * (n - found))
    return average, area
