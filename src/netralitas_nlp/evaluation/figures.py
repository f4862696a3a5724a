"""Thresholds, curves and signals of a model beside its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics

from netralitas_nlp.measures.figures import BINS, FIGURES, bin_of, figures
from netralitas_nlp.model.assessment import SIGNALS

__all__ = [
    "BINS",
    "CALIBRATION",
    "CHOSEN_PRECISION",
    "FIGURES",
    "PREVALENCES",
    "bin_of",
    "curve",
    "expected_calibration_error",
    "expected_precision",
    "figures",
    "reliability",
    "signal_figures",
    "threshold_places",
    "threshold_rows",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

CALIBRATION = ("brier", "ece", "log_loss")
"""Figures that speak of stated probabilities; a model that only says yes or no has none."""
CHOSEN_PRECISION = (0.8, 0.9, 0.95)
PREVALENCES = (0.01, 0.05, 0.10)
_MOST_POINTS = 200  # of a drawn curve; more cannot be seen


def expected_calibration_error(
    truth: BoolArray, probability: FloatArray, bins: int = BINS
) -> float:
    """Mean distance between stated and observed frequency over bins of equal width.

    Parameters
    ----------
    truth : ndarray of bool of shape (n,)
    probability : ndarray of shape (n,)
    bins : int, default=10

    Returns
    -------
    float
        Between 0 and 1 (Naeini, Cooper and Hauskrecht 2015).

    Examples
    --------
    >>> round(expected_calibration_error(np.array([True, False]), np.array([0.9, 0.1])), 2)
    0.1
    """
    rows = reliability(truth, probability, bins)
    gap = sum(row["n"] * abs(row["stated"] - row["observed"]) for row in rows)
    return float(gap / max(len(truth), 1))


def reliability(
    truth: BoolArray, probability: FloatArray, bins: int = BINS
) -> list[dict[str, float]]:
    """Stated and observed frequency in bins of equal width; empty bins are left out.

    Parameters
    ----------
    truth : ndarray of bool of shape (n,)
    probability : ndarray of shape (n,)
    bins : int, default=10

    Returns
    -------
    list of dict
        ``low`` and ``high`` (edges), ``n``, ``stated`` (mean probability) and ``observed``.

    Examples
    --------
    >>> reliability(np.array([True, False]), np.array([0.75, 0.75]), bins=2)
    [{'low': 0.5, 'high': 1.0, 'n': 2, 'stated': 0.75, 'observed': 0.5}]
    """
    place = bin_of(probability, bins)
    count = np.bincount(place, minlength=bins)
    stated = np.bincount(place, weights=probability, minlength=bins)
    observed = np.bincount(place, weights=truth.astype(float), minlength=bins)
    return [
        {
            "low": i / bins,
            "high": (i + 1) / bins,
            "n": int(count[i]),
            "stated": float(stated[i] / count[i]),
            "observed": float(observed[i] / count[i]),
        }
        for i in np.flatnonzero(count).tolist()
    ]


def threshold_places(
    truth: BoolArray, probability: FloatArray, thresholds: Mapping[str, float]
) -> list[tuple[str, float | None]]:
    """The thresholds worth a look.

    Parameters
    ----------
    truth : ndarray of bool of shape (n,)
    probability : ndarray of shape (n,)
    thresholds : mapping of str to float
        Edges of the review band.

    Returns
    -------
    list of (name, threshold)
        The even chance, the edges of the review band, and for each of `CHOSEN_PRECISION` the
        lowest that reaches it on these rows; None if none does.

    Examples
    --------
    >>> threshold_places(np.array([False, True, True]), np.array([0.2, 0.4, 0.9]),
    ...                  {"tinjau": 0.3, "partisan": 0.7})[2:4]
    [('partisan', 0.7), ('precision_0.80', 0.4)]
    """
    places: list[tuple[str, float | None]] = [
        ("even", 0.5),
        ("tinjau", float(thresholds["tinjau"])),
        ("partisan", float(thresholds["partisan"])),
    ]
    for least in CHOSEN_PRECISION:
        places.append((f"precision_{least:.2f}", _lowest(truth, probability, least)))
    return places


def threshold_rows(
    truth: BoolArray, probability: FloatArray, places: Sequence[tuple[str, float | None]]
) -> list[dict[str, Any]]:
    """What flagging every text from a threshold on would give.

    Parameters
    ----------
    truth : ndarray of bool of shape (n,)
    probability : ndarray of shape (n,)
    places : sequence of (name, threshold)
        As `threshold_places` gives them.

    Returns
    -------
    list of dict
        ``name``, ``threshold``, ``flagged`` (share of the rows), ``precision``, ``recall``,
        ``specificity``, ``f1``, ``confusion`` (``[[tn, fp], [fn, tp]]``) and
        ``expected_precision`` by prevalence; None where undefined.

    Examples
    --------
    >>> row, = threshold_rows(np.array([False, True, True]), np.array([0.2, 0.4, 0.9]),
    ...                       [("partisan", 0.7)])
    >>> row["precision"], row["recall"], row["confusion"]
    (1.0, 0.5, [[1, 0], [1, 1]])
    """
    return [_at(name, threshold, truth, probability) for name, threshold in places]


def _lowest(truth: BoolArray, probability: FloatArray, precision: float) -> float | None:
    """The lowest threshold, and so the highest recall, with at least this precision."""
    if not truth.any():
        return None
    found, _, at = metrics.precision_recall_curve(truth, probability)
    enough = np.flatnonzero(found[:-1] >= precision)  # the last point flags nothing
    return float(at[enough[0]]) if len(enough) else None


def _at(
    name: str, threshold: float | None, truth: BoolArray, probability: FloatArray
) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name, "threshold": threshold}
    if threshold is None:
        empty = ("flagged", "precision", "recall", "specificity", "f1", "confusion")
        return row | dict.fromkeys(empty) | {"expected_precision": _expected(None, None)}
    said = probability >= threshold
    (tn, fp), (fn, tp) = metrics.confusion_matrix(truth, said, labels=[False, True]).tolist()
    recall, specificity = _share(tp, tp + fn), _share(tn, tn + fp)
    return row | {
        "flagged": _share(tp + fp, len(truth)),
        "precision": _share(tp, tp + fp),
        "recall": recall,
        "specificity": specificity,
        "f1": _share(2 * tp, 2 * tp + fp + fn),
        "confusion": [[tn, fp], [fn, tp]],
        "expected_precision": _expected(recall, specificity),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _expected(recall: float | None, specificity: float | None) -> dict[str, float | None]:
    return {
        f"{share:.2f}": None
        if recall is None or specificity is None
        else expected_precision(recall, specificity, share)
        for share in PREVALENCES
    }


def expected_precision(recall: float, specificity: float, prevalence: float) -> float | None:
    """Share of flagged texts that take a side where this share of all texts does (Bayes).

    Parameters
    ----------
    recall, specificity : float
    prevalence : float

    Returns
    -------
    float or None
        None where nothing is flagged.

    Examples
    --------
    >>> round(expected_precision(0.9, 0.95, 0.01), 3)
    0.154
    """
    right = recall * prevalence
    flagged = right + (1.0 - specificity) * (1.0 - prevalence)
    return float(right / flagged) if flagged > 0 else None


def curve(truth: BoolArray, probability: FloatArray) -> list[list[float]]:
    """The precision-recall curve, thinned to what can be drawn.

    Parameters
    ----------
    truth : ndarray of bool of shape (n,)
    probability : ndarray of shape (n,)

    Returns
    -------
    list of [recall, precision, threshold]
        From high recall to low; empty if there is only one class.

    Examples
    --------
    >>> curve(np.array([False, True]), np.array([0.2, 0.9]))
    [[1.0, 0.5, 0.2], [1.0, 1.0, 0.9]]
    """
    if truth.all() or not truth.any():
        return []
    precision, recall, at = metrics.precision_recall_curve(truth, probability)
    keep = np.unique(np.linspace(0, len(at) - 1, min(len(at), _MOST_POINTS)).astype(int))
    return [[float(recall[i]), float(precision[i]), float(at[i])] for i in keep]


def signal_figures(
    truth: BoolArray, said: BoolArray, read: Sequence[str] = SIGNALS
) -> dict[str, Any]:
    """Figures of the six signals on one set of rows.

    Parameters
    ----------
    truth, said : ndarray of bool of shape (n, 6)
        Columns in the order of `SIGNALS`.
    read : sequence of str
        Signals that the model reads.

    Returns
    -------
    dict
        ``n`` (rows), ``macro_f1`` over those signals read that occur in `truth` (None if none
        does) and ``signals``: name to ``n`` (rows that have it), ``precision`` and ``recall``
        (None where undefined) and ``f1`` (0 there). All three are None where it is not read.
    """
    named: dict[str, dict[str, Any]] = {}
    for i, name in enumerate(SIGNALS):
        hit = int((truth[:, i] & said[:, i]).sum())
        n, flagged = int(truth[:, i].sum()), int(said[:, i].sum())
        named[name] = {
            "n": n,
            "precision": _share(hit, flagged),
            "recall": _share(hit, n),
            "f1": _share(2 * hit, n + flagged) or 0.0,
        }
        if name not in read:  # what a model does not read, it does not miss
            named[name] |= dict.fromkeys(("precision", "recall", "f1"))
    seen = [named[name]["f1"] for name in read if named[name]["n"]]
    return {
        "n": len(truth),
        "macro_f1": float(np.mean(seen)) if seen else None,
        "signals": named,
    }
