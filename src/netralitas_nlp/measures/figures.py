"""Every figure of a classifier as a formula of the weights of the rows.

All rows counted once give the figures; rows counted as often as a bootstrap drew them give a round
of it. A property test holds the formulas to scikit-learn's, with and without weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BINS", "FIGURES", "Weighted", "bin_of", "figures", "ratio", "verdicts_right"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FIGURES = (
    "prevalence", "accuracy", "macro_f1", "precision", "recall", "specificity", "f1",
    "average_precision", "roc_auc", "brier", "ece", "log_loss", "band_share", "outside_accuracy",
)  # fmt: skip
"""Figures that have an interval, in the order in which they are shown."""
BINS = 10


def bin_of(probability: FloatArray, bins: int = BINS) -> IntArray:
    """Bin of each probability.

    Parameters
    ----------
    probability : ndarray of shape (n,)
    bins : int, default=10

    Returns
    -------
    ndarray of int of shape (n,)

    Examples
    --------
    >>> bin_of(np.array([0.0, 0.1, 1.0]))
    array([0, 1, 9])
    """
    return np.minimum((probability * bins).astype(np.int64), bins - 1)


def ratio(top: FloatArray, bottom: FloatArray, empty: float = 0.0) -> FloatArray:
    """One array by another, `empty` where there is nothing to divide by.

    Parameters
    ----------
    top, bottom : ndarray
    empty : float, default=0.0

    Returns
    -------
    ndarray

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    out = np.full(np.broadcast(top, bottom).shape, empty)
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def verdicts_right(
    true: BoolArray, probability: FloatArray, thresholds: Mapping[str, float]
) -> tuple[BoolArray, BoolArray]:
    """Which texts get a verdict and not a review, and which of the verdicts are right.

    Parameters
    ----------
    true : ndarray of bool of shape (n,)
        Which rows are of the positive class.
    probability : ndarray of shape (n,)
        Of the positive class.
    thresholds : mapping of str to float
        Edges of the review band.

    Returns
    -------
    outside, right : ndarray of bool of shape (n,)

    Examples
    --------
    >>> verdicts_right(np.array([False, True, False]), np.array([0.2, 0.5, 0.9]),
    ...                {"tinjau": 0.3, "partisan": 0.7})
    (array([ True, False,  True]), array([ True, False, False]))
    """
    said = probability >= thresholds["partisan"]
    outside = said | (probability < thresholds["tinjau"])
    return outside, outside & (said == true)


class Weighted:
    """Every figure of one model, for many weightings of the rows at once.

    Parameters
    ----------
    truth : ndarray of int of shape (n,)
    probability : ndarray of shape (n, n_classes)
    thresholds : mapping of str to float
    classes : sequence of str
    positive : str
    said : ndarray of int of shape (n,), optional
        As for `figures`.

    Examples
    --------
    >>> p = np.array([0.1, 0.4, 0.8])
    >>> measure = Weighted(np.array([0, 1, 1]), np.column_stack([1 - p, p]),
    ...                    {"tinjau": 0.3, "partisan": 0.7}, ["netral", "partisan"], "partisan")
    >>> measure(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 3.0]]))["accuracy"].round(2)
    array([0.67, 1.  ])
    """

    def __init__(
        self,
        truth: IntArray,
        probability: FloatArray,
        thresholds: Mapping[str, float],
        classes: Sequence[str],
        positive: str,
        said: IntArray | None = None,
    ):
        self.k = k = len(classes)
        self.column = column = list(classes).index(positive)
        rows = np.arange(len(truth))
        p = probability[:, column]
        true = truth == column
        predicted = probability.argmax(axis=1) if said is None else said
        tiny = np.finfo(np.float64).eps  # scikit-learn's clipping
        # what is a sum over rows: one matrix product gives it for all rounds
        sums = np.zeros((len(truth), k * k + BINS + 4))
        sums[rows, truth * k + predicted] = 1.0
        sums[rows, k * k + bin_of(p)] = p - true
        sums[:, -4] = (p - true) ** 2
        sums[:, -3] = -np.log(np.clip(probability[rows, truth], tiny, 1.0 - tiny))
        sums[:, -2], sums[:, -1] = verdicts_right(true, p, thresholds)
        self.sums = sums
        # what depends on the order of the rows: cumulative sums, read at the end of each tie
        self.order = np.argsort(-p, kind="stable")
        ranked = p[self.order]
        self.ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
        self.true = true[self.order].astype(float)

    def confusion(self, weights: FloatArray) -> FloatArray:
        """Weight of each true class (rows) that is said to be each class (columns).

        Parameters
        ----------
        weights : ndarray of shape (rounds, n)

        Returns
        -------
        ndarray of shape (rounds, n_classes, n_classes)
        """
        k = self.k
        return np.asarray((weights @ self.sums[:, : k * k]).reshape(-1, k, k))

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Figures for each row of weights.

        Parameters
        ----------
        weights : ndarray of shape (rounds, n)

        Returns
        -------
        dict
            Each of `FIGURES` as array of shape (rounds,); NaN where undefined. Only F1 is never
            undefined: of a label that is neither there nor said it counts 0, as in scikit-learn.
        """
        k, column = self.k, self.column
        sums = weights @ self.sums
        total = weights.sum(axis=1)
        confusion = sums[:, : k * k].reshape(-1, k, k)
        diagonal = np.einsum("rii->ri", confusion)
        truth, said = confusion.sum(axis=2), confusion.sum(axis=1)
        f1 = ratio(2 * diagonal, truth + said)
        positive, flagged, hit = truth[:, column], said[:, column], diagonal[:, column]
        negative = total - positive
        ap, auc = self._ranking(weights)
        return {
            "prevalence": positive / total,
            "accuracy": diagonal.sum(axis=1) / total,
            "macro_f1": f1.mean(axis=1),
            "precision": ratio(hit, flagged, np.nan),
            "recall": ratio(hit, positive, np.nan),
            "specificity": ratio(negative - (flagged - hit), negative, np.nan),
            "f1": f1[:, column],
            "average_precision": ap,
            "roc_auc": auc,
            "brier": sums[:, -4] / total,
            "ece": np.abs(sums[:, k * k : k * k + BINS]).sum(axis=1) / total,
            "log_loss": sums[:, -3] / total,
            "band_share": 1.0 - sums[:, -2] / total,
            "outside_accuracy": ratio(sums[:, -1], sums[:, -2], np.nan),
        }

    def _ranking(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Average precision and area under the ROC curve."""
        ranked = weights[:, self.order]
        flagged = np.cumsum(ranked, axis=1)[:, self.ends]
        ranked *= self.true
        hit = np.cumsum(ranked, axis=1)[:, self.ends]
        positive = hit[:, -1]
        negative = flagged[:, -1] - positive
        gain = np.diff(hit, axis=1, prepend=0.0)
        ap = (gain * ratio(hit, flagged)).sum(axis=1)
        false = flagged - hit
        # trapezes: what a tie gains counts half
        area = (np.diff(false, axis=1, prepend=0.0) * (hit - gain / 2)).sum(axis=1)
        both = np.where((positive > 0) & (negative > 0), positive, np.nan)
        return ap / both, area / (both * np.where(negative > 0, negative, np.nan))


def figures(
    truth: IntArray,
    probability: FloatArray,
    thresholds: Mapping[str, float],
    classes: Sequence[str],
    positive: str,
    said: IntArray | None = None,
) -> dict[str, Any]:
    """Figures of one model on labelled rows.

    Parameters
    ----------
    truth : ndarray of int of shape (n,)
        Place of each true label in `classes`.
    probability : ndarray of shape (n, n_classes)
    thresholds : mapping of str to float
        Edges of the review band, ``"tinjau"`` and ``"partisan"``.
    classes : sequence of str
    positive : str
        The class that precision, recall, ranking and calibration speak of.
    said : ndarray of int of shape (n,), optional
        Place of the label that the model says, where that is not always the likeliest.

    Returns
    -------
    dict
        ``n``, each of `FIGURES`, and ``confusion`` (rows truth, columns prediction, in the order
        of the classes). None where a figure is undefined, such as precision where nothing is
        flagged; ``f1`` and ``macro_f1`` count 0 there.

    Examples
    --------
    >>> p = np.array([0.1, 0.4, 0.8, 0.9])
    >>> found = figures(np.array([0, 1, 1, 1]), np.column_stack([1 - p, p]),
    ...                 {"tinjau": 0.3, "partisan": 0.7}, ["netral", "partisan"], "partisan")
    >>> found["accuracy"], found["recall"].__round__(2), found["confusion"], found["band_share"]
    (0.75, 0.67, [[1, 0], [1, 2]], 0.25)
    """
    measure = Weighted(truth, probability, thresholds, classes, positive, said)
    once = np.ones((1, len(truth)))
    found: dict[str, Any] = {
        name: None if np.isnan(values[0]) else float(values[0])
        for name, values in measure(once).items()
    }
    confusion = measure.confusion(once)[0].round().astype(np.int64)
    return {"n": len(truth)} | found | {"confusion": confusion.tolist()}
