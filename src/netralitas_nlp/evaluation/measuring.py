"""Figures and intervals of one or more models on the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.evaluation.figures import (
    CALIBRATION,
    PREVALENCES,
    expected_precision,
    signal_figures,
    threshold_places,
    threshold_rows,
)
from netralitas_nlp.measures.figures import FIGURES, Weighted, figures, verdicts_right
from netralitas_nlp.measures.intervals import (
    Flags,
    Measure,
    bootstrap,
    calibration_interval,
    group_codes,
    interval,
    wilson,
)
from netralitas_nlp.model.assessment import SIGNALS

__all__ = ["Measured", "Reading", "is_small", "measure"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Places = Sequence[tuple[str, float | None]]

_FEWEST = 30  # a slice with fewer rows is marked: its figures are noise
_FEWEST_OF_CLASS = 10
_WILSON = 10  # fewer hits or misses than this, and a bootstrap interval is too narrow


@dataclass(frozen=True)
class Reading:
    """What one model says of labelled rows.

    Attributes
    ----------
    truth : ndarray of int of shape (n,)
    probability : ndarray of shape (n, n_classes)
    thresholds : mapping of str to float
    classes : sequence of str
    positive : str
    said : ndarray of int of shape (n,), optional
        The label that the model says, where that is not always the likeliest.
    band : bool
        Whether the model has a review band.
    calibrated : bool
        Whether its probabilities mean anything but yes or no.
    signal_truth, signal_said : ndarray of bool of shape (n, 6), optional
    signals_read : sequence of str
        The signals that the model reads; only these are measured.
    """

    truth: IntArray
    probability: FloatArray
    thresholds: Mapping[str, float]
    classes: Sequence[str]
    positive: str
    said: IntArray | None = None
    band: bool = True
    calibrated: bool = True
    signal_truth: BoolArray | None = None
    signal_said: BoolArray | None = None
    signals_read: Sequence[str] = SIGNALS

    @property
    def true(self) -> BoolArray:
        """Which rows are truly of the positive class."""
        return np.asarray(self.truth == list(self.classes).index(self.positive))

    @property
    def p(self) -> FloatArray:
        """Probability of the positive class."""
        return self.probability[:, list(self.classes).index(self.positive)]

    @property
    def predicted(self) -> IntArray:
        """The label that the model says."""
        return self.probability.argmax(axis=1) if self.said is None else self.said

    @property
    def undefined(self) -> set[str]:
        """Figures that this kind of model has not."""
        missing = set() if self.calibrated else set(CALIBRATION)
        return missing if self.band else missing | {"band_share", "outside_accuracy"}

    def at(self, rows: BoolArray) -> Reading:
        """The same for some of the rows.

        Parameters
        ----------
        rows : ndarray of bool of shape (n,)

        Returns
        -------
        Reading
        """
        return replace(
            self,
            truth=self.truth[rows],
            probability=self.probability[rows],
            said=None if self.said is None else self.said[rows],
            signal_truth=None if self.signal_truth is None else self.signal_truth[rows],
            signal_said=None if self.signal_said is None else self.signal_said[rows],
        )


@dataclass(frozen=True)
class Measured:
    """Figures of one reading.

    Attributes
    ----------
    figures : dict
    intervals : dict
        Name of a figure to ``[low, high]``, or None where there is none.
    thresholds : list of dict
    signals : dict or None
    draws : dict
        Name of a figure to its value in each bootstrap round, for paired differences.
    """

    figures: dict[str, Any]
    intervals: dict[str, list[float] | None]
    thresholds: list[dict[str, Any]]
    signals: dict[str, Any] | None
    draws: dict[str, FloatArray]


def is_small(truth: IntArray, n_classes: int) -> bool:
    """Whether rows are too few for their figures to mean much.

    Parameters
    ----------
    truth : ndarray of int of shape (n,)
    n_classes : int

    Returns
    -------
    bool
        Fewer than 30 rows, or fewer than 10 of a class.

    Examples
    --------
    >>> is_small(np.repeat([0, 1], [50, 9]), 2)
    True
    """
    counts = np.bincount(truth, minlength=n_classes)
    return bool(len(truth) < _FEWEST or counts.min() < _FEWEST_OF_CLASS)


def measure(
    readings: Sequence[Reading],
    *,
    rounds: int,
    seed: int | Sequence[int],
    groups: Sequence[Any] | None = None,
    places: Places | None = None,
    advance: Callable[[int], None] | None = None,
) -> list[Measured]:
    """Measure models on the same rows, with the same bootstrap draws.

    Parameters
    ----------
    readings : sequence of Reading
        Of the same rows.
    rounds : int
        Bootstrap rounds; none gives no intervals. Of a single row or group there are none either.
    seed : int or sequence of int
    groups : sequence, optional
        Group of each row, drawn as a whole; a row without a name is a group of its own.
    places : sequence of (name, threshold), optional
        Thresholds to look at; by default those of `threshold_places` for each reading.
    advance : callable, optional
        Called with the number of rounds just done.

    Returns
    -------
    list of Measured
    """
    n = len(readings[0].truth)
    if (n if groups is None else len(set(group_codes(groups).tolist()))) < 2:
        rounds = 0  # one unit drawn again and again shows no doubt: worse than no interval
    measures: list[Measure] = []
    rows: list[list[dict[str, Any]]] = []
    for reading in readings:
        own = places or threshold_places(reading.true, reading.p, reading.thresholds)
        rows.append(threshold_rows(reading.true, reading.p, own))
        measures += _measures(reading, own)
    draws = bootstrap(measures, n, rounds=rounds, seed=seed, groups=groups, advance=advance)
    return [
        _measured(reading, own, draws[i * _PARTS : (i + 1) * _PARTS])
        for i, (reading, own) in enumerate(zip(readings, rows, strict=True))
    ]


_PARTS = 5  # measures of one reading


def _measures(reading: Reading, places: Places) -> list[Measure]:
    names = [name for name, _ in places]
    said = np.column_stack([reading.p >= (2.0 if at is None else at) for _, at in places])
    true = np.repeat(reading.true[:, None], len(places), axis=1)
    signal_truth, signal_said, signal_names = _signals(reading)
    # a row outside the positive class that is neither true nor said counts nowhere
    positive = reading.true[:, None]
    return [
        Weighted(
            reading.truth, reading.probability, reading.thresholds, reading.classes,
            reading.positive, reading.predicted,
        ),
        Flags(true, said, names),
        Flags(~true, ~said, names),
        Flags(signal_truth, signal_said, signal_names),
        Flags(signal_truth & positive, signal_said & positive, signal_names),
    ]  # fmt: skip


def _signals(reading: Reading) -> tuple[BoolArray, BoolArray, Sequence[str]]:
    if reading.signal_truth is None or reading.signal_said is None:
        none = np.zeros((len(reading.truth), 0), dtype=bool)
        return none, none, ()
    columns = [SIGNALS.index(name) for name in reading.signals_read]
    truth, said = reading.signal_truth[:, columns], reading.signal_said[:, columns]
    return truth, said, reading.signals_read


def _measured(
    reading: Reading, rows: list[dict[str, Any]], draws: list[dict[str, FloatArray]]
) -> Measured:
    whole, said, unsaid, all_rows, positive_rows = draws
    found = figures(
        reading.truth, reading.probability, reading.thresholds, reading.classes, reading.positive,
        reading.predicted,
    )  # fmt: skip
    found |= dict.fromkeys(reading.undefined)
    intervals: dict[str, list[float] | None] = {}
    if whole:
        shares = _shares(reading, found)
        for name in FIGURES:
            intervals[name] = _interval(found[name], whole[name], shares.get(name))
        if reading.calibrated:
            intervals["ece"] = calibration_interval(found["ece"], whole["ece"], reading.p)
    for row in rows:
        row["intervals"] = _row_intervals(row, said, unsaid) if whole else {}
    signals = None
    if reading.signal_truth is not None and reading.signal_said is not None:
        positive = reading.true
        signals = {
            "positive_rows": _signal_section(
                reading.signal_truth[positive],
                reading.signal_said[positive],
                positive_rows,
                reading.signals_read,
            ),
            "all_rows": _signal_section(
                reading.signal_truth, reading.signal_said, all_rows, reading.signals_read
            ),
        }
    return Measured(found, intervals, rows, signals, whole)


def _shares(reading: Reading, found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Hits and trials of those figures that are shares of rows."""
    confusion = np.array(found["confusion"])
    column = list(reading.classes).index(reading.positive)
    n, right, hit = int(confusion.sum()), int(np.trace(confusion)), int(confusion[column, column])
    positive, flagged = int(confusion[column].sum()), int(confusion[:, column].sum())
    outside, correct = verdicts_right(reading.true, reading.p, reading.thresholds)
    return {
        "prevalence": (positive, n),
        "accuracy": (right, n),
        "precision": (hit, flagged),
        "recall": (hit, positive),
        "specificity": (n - positive - (flagged - hit), n - positive),
        "band_share": (int((~outside).sum()), n),
        "outside_accuracy": (int(correct.sum()), int(outside.sum())),
    }


def _interval(
    value: float | None, draws: FloatArray, share: tuple[int, int] | None
) -> list[float] | None:
    if value is None:
        return None
    if share is not None and min(share[0], share[1] - share[0]) < _WILSON:
        return wilson(*share)
    return interval(draws)


def _row_intervals(
    row: dict[str, Any], said: dict[str, FloatArray], unsaid: dict[str, FloatArray]
) -> dict[str, Any]:
    name = row["name"]
    if row["threshold"] is None:
        return {}
    (tn, fp), (fn, tp) = row["confusion"]
    out: dict[str, Any] = {
        "precision": _interval(row["precision"], said[f"precision {name}"], (tp, tp + fp)),
        "recall": _interval(row["recall"], said[f"recall {name}"], (tp, tp + fn)),
        "specificity": _interval(row["specificity"], unsaid[f"recall {name}"], (tn, tn + fp)),
        "f1": _interval(row["f1"], said[f"f1 {name}"], None),
    }
    recall, specificity = out["recall"], out["specificity"]
    out["expected_precision"] = {
        # worst with worst, best with best: a little wide, and honest where false alarms are few
        f"{share:.2f}": None
        if recall is None or specificity is None
        else [
            expected_precision(recall[0], specificity[0], share),
            expected_precision(recall[1], specificity[1], share),
        ]
        for share in PREVALENCES
    }
    return out


def _signal_section(
    truth: BoolArray, said: BoolArray, draws: dict[str, FloatArray], read: Sequence[str]
) -> dict[str, Any]:
    found = signal_figures(truth, said, read)
    drawn = draws.get("macro_f1")
    found["interval"] = None if drawn is None else interval(drawn)
    for i, (name, values) in enumerate(found["signals"].items()):
        hit = int((truth[:, i] & said[:, i]).sum())
        trials = {"precision": int(said[:, i].sum()), "recall": values["n"]}
        values["intervals"] = {
            figure: _interval(
                values[figure],
                draws[f"{figure} {name}"],
                (hit, trials[figure]) if figure in trials else None,
            )
            for figure in ("precision", "recall", "f1")
            if draws and name in read
        }
    return found
