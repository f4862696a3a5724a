"""How good a model is on labelled texts."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn import metrics

__all__ = ["Report", "evaluate", "expected_calibration_error"]

_FEWEST = 30  # a smaller slice is marked: its figures are noise


class _Scorer(Protocol):
    positive: str
    thresholds: dict[str, float]

    @property
    def classes_(self) -> list[str]: ...

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]: ...


def expected_calibration_error(
    truth: npt.NDArray[np.bool_], probability: npt.NDArray[np.float64], bins: int = 10
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
    place = np.minimum((probability * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    stated = np.bincount(place, weights=probability, minlength=bins)
    observed = np.bincount(place, weights=truth.astype(float), minlength=bins)
    return float(np.abs(stated - observed).sum() / max(count.sum(), 1))


@dataclass(frozen=True)
class Report:
    """Figures of one evaluation.

    Attributes
    ----------
    figures : dict
        Of all texts: ``n``, ``prevalence``, ``accuracy``, ``macro_f1``, ``precision``,
        ``recall``, ``average_precision``, ``roc_auc``, ``brier``, ``ece``, ``log_loss``,
        ``confusion`` (rows truth, columns prediction, in the order of the classes),
        ``band_share`` (texts a human should read) and ``outside_accuracy``.
    slices : dict
        Column to value to the same figures, with ``small`` where they are noise.
    """

    figures: dict[str, Any]
    slices: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready copy."""
        return {"figures": self.figures, "slices": self.slices}

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_frame(self) -> pd.DataFrame:
        """One row for all texts and one for each slice.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``slice`` and ``value``.
        """
        rows = [{"slice": "all", "value": "", **self.figures}]
        for name, values in self.slices.items():
            rows += [{"slice": name, "value": value, **f} for value, f in values.items()]
        return pd.DataFrame(rows).drop(columns="confusion").set_index(["slice", "value"])

    def to_text(self) -> str:
        """The report as a plain table."""
        columns = ["n", "prevalence", "accuracy", "macro_f1", "precision", "recall",
                   "average_precision", "brier", "ece", "band_share",
                   "outside_accuracy"]  # fmt: skip
        frame = self.to_frame().reindex(columns=columns)
        lines = [frame.to_string(float_format=lambda value: f"{value:.3f}", na_rep="-")]
        lines.append(f"confusion (rows truth, columns prediction): {self.figures['confusion']}")
        return "\n".join(lines)


def evaluate(
    scorer: _Scorer,
    texts: Sequence[str],
    labels: Sequence[str],
    slices: Mapping[str, Sequence[str]] | None = None,
) -> Report:
    """Measure a model.

    Parameters
    ----------
    scorer : Scorer or fitted PartisanshipClassifier
    texts : sequence of str
    labels : sequence of str
        Each one of ``scorer.classes_``.
    slices : mapping of str to sequence, optional
        Column name to the value of each text: figures for each value.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        If there is no text, lengths differ, or a label is none of the classes.
    """
    scorer = getattr(scorer, "scorer_", scorer)
    classes = scorer.classes_
    if not len(texts) or len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels to evaluate on")
    for row, label in enumerate(labels, 2):
        if label not in classes:
            raise ValueError(f"row {row:,}: label {label!r} is not one of {', '.join(classes)}")
    probability = scorer.predict_proba(list(texts))
    truth = np.array([classes.index(label) for label in labels])
    figures = _figures(scorer, probability, truth)
    sliced: dict[str, dict[str, dict[str, Any]]] = {}
    for name, values in (slices or {}).items():
        column = np.array([str(value) for value in values])
        sliced[name] = {}
        for value in sorted(set(column)):
            rows = column == value
            sliced[name][value] = _figures(scorer, probability[rows], truth[rows])
            sliced[name][value]["small"] = bool(rows.sum() < _FEWEST)
    return Report(figures, sliced)


def _figures(
    scorer: _Scorer, probability: npt.NDArray[np.float64], truth: npt.NDArray[np.int64]
) -> dict[str, Any]:
    classes = scorer.classes_
    column = classes.index(scorer.positive)
    p = probability[:, column]
    positive = truth == column
    predicted = probability.argmax(axis=1)
    numbers = list(range(len(classes)))
    both = positive.any() and not positive.all()
    low, high = scorer.thresholds["tinjau"], scorer.thresholds["partisan"]
    outside = (p < low) | (p >= high)
    right = predicted == truth
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one-class slices have undefined figures: None below
        return {
            "n": len(truth),
            "prevalence": float(positive.mean()),
            "accuracy": float(right.mean()),
            "macro_f1": float(
                metrics.f1_score(truth, predicted, labels=numbers, average="macro", zero_division=0)
            ),
            "precision": float(
                metrics.precision_score(positive, predicted == column, zero_division=0)
            ),
            "recall": float(metrics.recall_score(positive, predicted == column, zero_division=0)),
            "average_precision": float(metrics.average_precision_score(positive, p))
            if both
            else None,
            "roc_auc": float(metrics.roc_auc_score(positive, p)) if both else None,
            "brier": float(np.mean((p - positive) ** 2)),
            "ece": expected_calibration_error(positive, p),
            "log_loss": float(metrics.log_loss(truth, probability, labels=numbers)),
            "confusion": metrics.confusion_matrix(truth, predicted, labels=numbers).tolist(),
            "band_share": float(1.0 - outside.mean()),
            "outside_accuracy": float(right[outside].mean()) if outside.any() else None,
        }
