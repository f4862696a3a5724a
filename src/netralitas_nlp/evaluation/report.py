"""How good a model is on labelled texts."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from netralitas_nlp import __version__
from netralitas_nlp.evaluation.baselines import BASELINES, baseline_probability
from netralitas_nlp.evaluation.comparing import differences, mcnemar
from netralitas_nlp.evaluation.figures import curve, reliability, threshold_places
from netralitas_nlp.evaluation.labels import Labelling, RowError, oriented
from netralitas_nlp.evaluation.measuring import Measured, Reading, is_small, measure
from netralitas_nlp.evaluation.mistakes import confident_mistakes
from netralitas_nlp.measures.figures import FIGURES
from netralitas_nlp.measures.intervals import LEVEL, wilson
from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.model.scorer import as_texts

__all__ = ["Report", "evaluate"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_BATCH = 2048
_MOST_VALUES = 1000  # of a slice column; more is no slice but a key


class _Scorer(Protocol):
    positive: str
    thresholds: dict[str, float]

    @property
    def classes_(self) -> list[str]: ...

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]: ...


@dataclass(frozen=True)
class Report:
    """Figures of one evaluation; ``docs/evaluation.md`` describes every key.

    Attributes
    ----------
    figures : dict
        Of all texts: ``n``, ``prevalence``, ``accuracy``, ``macro_f1``, ``precision``,
        ``recall``, ``specificity``, ``f1``, ``average_precision``, ``roc_auc``, ``brier``,
        ``ece``, ``log_loss``, ``confusion`` (rows truth, columns prediction, in the order of the
        classes), ``band_share`` (texts a human should read) and ``outside_accuracy``.
    slices : dict
        Column to value to the same figures, with ``small`` where they are noise, ``intervals``,
        ``thresholds`` and ``signals``.
    intervals : dict
        Figure to ``[low, high]``.
    thresholds : list of dict
        What flagging from a threshold on gives, and would give where few texts take a side.
    signals : dict or None
        Figures of the six signals, over the truly positive rows and over all.
    baselines : dict
        Name to the figures of another model, the differences, and McNemar's test.
    reliability, curve : list
        Points of the two drawings.
    mistakes : list of dict
        The mistakes the model is surest of.
    learning_curve : list of dict
        What `learning_curve` gave, where it was asked for.
    about : dict
        What was measured and how.
    """

    figures: dict[str, Any]
    slices: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    intervals: dict[str, list[float] | None] = field(default_factory=dict)
    thresholds: list[dict[str, Any]] = field(default_factory=list)
    signals: dict[str, Any] | None = None
    baselines: dict[str, dict[str, Any]] = field(default_factory=dict)
    reliability: list[dict[str, Any]] = field(default_factory=list)
    curve: list[list[float]] = field(default_factory=list)
    mistakes: list[dict[str, Any]] = field(default_factory=list)
    learning_curve: list[dict[str, Any]] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready copy."""
        names = ("about", "figures", "intervals", "thresholds", "signals", "slices", "baselines",
                 "reliability", "curve", "mistakes", "learning_curve")  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)

    def to_frame(self) -> pd.DataFrame:
        """One row for all texts and one for each slice.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``slice`` and ``value``; each figure with its ``_low`` and ``_high``.
        """
        rows = [_row("all", "", self.figures, self.intervals)]
        for name, values in self.slices.items():
            rows += [_row(name, value, f, f["intervals"]) for value, f in values.items()]
        return pd.DataFrame(rows).set_index(["slice", "value"])

    def to_text(self) -> str:
        """The report as plain tables."""
        from netralitas_nlp.evaluation.tables import report_text

        return report_text(self)

    def write_html(
        self, path: str | os.PathLike[str], checks: Any = None, language: str = "id"
    ) -> None:
        """Write the report as one HTML page that needs no network and no script.

        Parameters
        ----------
        path : path-like
            File to write; one that stands there is replaced.
        checks : object, optional
            What `run_checks` gave (or anything with such a ``to_dict``): its pass rates and
            side-swap figures are drawn as well.
        language : {"id", "en"}, default="id"
            Of the page.

        Raises
        ------
        ValueError
            If there is no such language.
        """
        from netralitas_nlp.evaluation.page import render_page

        text = render_page(self, checks, language)
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)


def _row(
    name: str, value: str, figures: Mapping[str, Any], intervals: Mapping[str, Any]
) -> dict[str, Any]:
    row: dict[str, Any] = {"slice": name, "value": value, "n": figures["n"]}
    if "small" in figures:
        row["small"] = figures["small"]
    for figure in FIGURES:
        row[figure] = figures[figure]
        edges = intervals.get(figure)
        if edges:
            row[f"{figure}_low"], row[f"{figure}_high"] = edges
    return row


def evaluate(
    scorer: _Scorer,
    texts: Sequence[str],
    labels: Sequence[str],
    slices: Mapping[str, Sequence[str]] | None = None,
    *,
    baseline: Any = None,
    baseline_train: tuple[Sequence[str], Sequence[str]] | None = None,
    signals: Sequence[Sequence[str]] | None = None,
    groups: Sequence[Any] | None = None,
    positive: str | None = None,
    rounds: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int | None], None] | None = None,
) -> Report:
    """Measure a model.

    Parameters
    ----------
    scorer : Scorer or fitted PartisanshipClassifier
    texts : sequence of str
    labels : sequence of str
        Each one of ``scorer.classes_``, or two names of your own, see `positive`.
    slices : mapping of str to sequence, optional
        Column name to the value of each text: figures for each value.
    baseline : str, Scorer, or mapping of str to these, optional
        What to compare with: ``"majority"``, ``"keyword"``, ``"tfidf"``, another model, or
        several under names of your own. A list of names will do as well.
    baseline_train : tuple of texts and labels, optional
        What ``"tfidf"`` and ``"majority"`` learn from; by default `texts` themselves: the first by
        cross-validation, the second the shares of their labels.
    signals : sequence of sequences of str, optional
        Signal names of each text; gives figures for each signal that the model reads.
    groups : sequence, optional
        Source or writer of each text: the bootstrap draws whole groups. A text without one is a
        group of its own.
    positive : str, optional
        The label that is looked for; the model's own by default. For a model of two classes it
        may be a name that only the data use (``"1"``): it then stands for the model's own
        positive label, and the one other label of the data for the other.
    rounds : int, default=1000
        Bootstrap rounds; 0 gives no intervals.
    seed : int, default=0
        Same data and seed, same report.
    progress : callable, optional
        Called with steps done and steps in all.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        If there is no text, lengths differ, or a label is none of the classes.

    Examples
    --------
    >>> from netralitas_nlp import Scorer
    >>> texts = ["Ayo coblos nomor 2, menangkan Bu Rina!", "ASN wajib netral"]
    >>> report = evaluate(Scorer.load(), texts, ["partisan", "netral"], rounds=0)
    >>> report.figures["accuracy"]
    1.0
    """
    scorer = getattr(scorer, "scorer_", scorer)
    if not len(texts) or len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels to evaluate on")
    if rounds < 0:
        raise ValueError(f"Got rounds={rounds!r} but expected 0 or more.")
    named: dict[str, Sequence[Any] | None] = {"signals": signals, "groups": groups} | {
        f"slice {name!r}": values for name, values in (slices or {}).items()
    }
    for name, given in named.items():
        if given is not None and len(given) != len(texts):
            raise ValueError(f"{len(texts)} texts and {len(given)} values of {name}")
    labelling = Labelling.of(scorer.classes_, scorer.positive, labels, positive)
    truth = labelling.codes(labels)
    checked, _ = as_texts(texts)
    cuts = {name: _cut(name, values) for name, values in (slices or {}).items()}
    others = _named(baseline)
    steps = _Steps(progress, len(texts) * (2 + len(others) + (signals is not None) + len(cuts)))

    reading = _read(scorer, checked, truth, labelling, steps, signals)
    readings = {
        name: _other(name, model, checked, truth, labelling, steps, baseline_train, groups)
        for name, model in others.items()
    }
    per_round = len(texts) / max(rounds, 1)
    whole, *compared = measure(
        [reading, *(r for r, _ in readings.values())], rounds=rounds, seed=seed, groups=groups,
        advance=lambda done: steps.add(done * per_round),
    )  # fmt: skip
    places = threshold_places(reading.true, reading.p, reading.thresholds)
    sliced: dict[str, dict[str, dict[str, Any]]] = {}
    for name, column in cuts.items():
        sliced[name] = {}
        for value in sorted(set(column)):
            rows = column == value
            # the draws of a slice do not depend on which other slices were asked for
            own = [seed, zlib.crc32(f"{name}={value}".encode("utf-8", "surrogatepass"))]
            part = measure(
                [reading.at(rows)], rounds=rounds, seed=own, places=places,
                groups=None if groups is None else np.asarray(groups)[rows].tolist(),
            )[0]  # fmt: skip
            steps.add(float(rows.sum()))
            sliced[name][value] = {
                **part.figures,
                "small": is_small(truth[rows], len(labelling.names)),
                "intervals": part.intervals,
                "thresholds": part.thresholds,
                "signals": part.signals,
            }
    steps.end()
    right = reading.predicted == truth
    return Report(
        whole.figures,
        sliced,
        whole.intervals,
        whole.thresholds,
        whole.signals,
        {
            name: _compared(whole, found, right, other, how)
            for (name, (other, how)), found in zip(readings.items(), compared, strict=True)
        },
        [
            {**row, "interval": wilson(round(row["observed"] * row["n"]), int(row["n"]))}
            for row in reliability(reading.true, reading.p)
        ],
        curve(reading.true, reading.p),
        confident_mistakes(scorer, checked, reading),
        about={
            "version": __version__,
            "model": str(getattr(scorer, "info", {}).get("name", type(scorer).__name__)),
            "classes": list(labelling.names),
            "positive": labelling.positive,
            "band": {name: float(value) for name, value in reading.thresholds.items()},
            "rounds": rounds,
            "seed": seed,
            "level": LEVEL,
            "grouped": groups is not None,
        },
    )


def _compared(
    whole: Measured, found: Measured, right: BoolArray, other: Reading, how: str
) -> dict[str, Any]:
    other_right = other.predicted == other.truth
    return {
        "trained_on": how,
        "figures": found.figures,
        "intervals": found.intervals,
        "differences": differences(whole, found),
        "mcnemar": mcnemar(right, other_right),
    }


class _Steps:
    """Counts rows read and resampled, for a progress bar."""

    def __init__(self, progress: Callable[[int, int | None], None] | None, total: int):
        self.progress, self.total, self.done = progress, total, 0.0

    def add(self, rows: float) -> None:
        self.done += rows
        if self.progress is not None:
            self.progress(min(round(self.done), self.total), self.total)

    def end(self) -> None:
        self.add(self.total - self.done)


def _cut(name: str, values: Sequence[str]) -> npt.NDArray[np.str_]:
    column = np.array([str(value) for value in values])
    found = len(set(column))
    if found > _MOST_VALUES:
        raise ValueError(
            f"slice {name!r} has {found:,} values, more than {_MOST_VALUES}; group them first"
        )
    return column


def _named(baseline: Any) -> dict[str, Any]:
    if baseline is None:
        return {}
    if isinstance(baseline, Mapping):
        return dict(baseline)
    items = list(baseline) if isinstance(baseline, (list, tuple)) else [baseline]
    out: dict[str, Any] = {}
    for item in items:
        name = item if isinstance(item, str) else "baseline"
        if name in out:
            raise ValueError(f"two baselines are called {name!r}; give a dict with your own names")
        if isinstance(item, str) and item not in BASELINES:
            raise ValueError(
                f"no baseline {item!r}; there are {', '.join(BASELINES)}, or give a Scorer"
            )
        out[name] = item
    return out


def _probabilities(scorer: _Scorer, texts: Sequence[str], steps: _Steps) -> FloatArray:
    parts = []
    for start in range(0, len(texts), _BATCH):
        batch = list(texts[start : start + _BATCH])
        parts.append(scorer.predict_proba(batch))
        steps.add(len(batch))
    return np.concatenate(parts)


def _read(
    scorer: _Scorer,
    texts: Sequence[str],
    truth: IntArray,
    labelling: Labelling,
    steps: _Steps,
    signals: Sequence[Sequence[str]] | None = None,
) -> Reading:
    order, thresholds = oriented(scorer, labelling)
    probability = _probabilities(scorer, texts, steps)
    decide = getattr(scorer, "decide", None)
    reading = Reading(
        truth, probability[:, order], thresholds, labelling.names, labelling.positive,
        said=None if decide is None else np.argsort(order)[decide(probability)],
    )  # fmt: skip
    if signals is None:
        return reading
    stream = getattr(scorer, "score_stream", None)
    known = getattr(scorer, "signals_", SIGNALS)
    if stream is None or not known:
        raise ValueError(
            f"{type(scorer).__name__} gives no signals to measure; leave signals out "
            "(--signal-column)"
        )
    said = np.zeros((len(texts), len(SIGNALS)), dtype=bool)
    for i, read in enumerate(stream(texts, evidence=False)):
        said[i] = [read.signals[name] >= 0.5 for name in SIGNALS]
        if (i + 1) % _BATCH == 0:
            steps.add(_BATCH)
    return replace(
        reading, signal_truth=_signal_truth(signals), signal_said=said, signals_read=known
    )


def _signal_truth(signals: Sequence[Sequence[str]]) -> BoolArray:
    truth = np.zeros((len(signals), len(SIGNALS)), dtype=bool)
    for i, names in enumerate(signals):
        for name in names.split() if isinstance(names, str) else names:
            if name not in SIGNALS:
                raise RowError(i, f"signal {name!r} is not one of {', '.join(SIGNALS)}")
            truth[i, SIGNALS.index(name)] = True
    return truth


def _other(
    name: str,
    model: Any,
    texts: Sequence[str],
    truth: IntArray,
    labelling: Labelling,
    steps: _Steps,
    train: tuple[Sequence[str], Sequence[str]] | None,
    groups: Sequence[Any] | None,
) -> tuple[Reading, str]:
    """What a baseline says, and what it learned from."""
    if not isinstance(model, str):
        model = getattr(model, "scorer_", model)
        try:
            return _read(model, texts, truth, labelling, steps), "its own data"
        except ValueError as error:
            raise ValueError(f"baseline {name!r}: {error}") from None
    learned = None
    if train is not None:
        if len(train[0]) != len(train[1]) or not len(train[0]):
            raise ValueError(f"{len(train[0])} texts and {len(train[1])} labels for the baseline")
        try:
            learned = (as_texts(train[0])[0], labelling.codes(train[1]))
        except RowError as error:
            raise RowError(error.position, error.problem, of_baseline=True) from None
    probability, how = baseline_probability(
        model, texts, truth, len(labelling.names), labelling.column, train=learned, groups=groups
    )
    steps.add(len(texts))
    even = {"tinjau": 0.5, "partisan": 0.5}
    reading = Reading(
        truth, probability, even, labelling.names, labelling.positive, band=False,
        calibrated=model != "keyword",
    )  # fmt: skip
    return reading, how
