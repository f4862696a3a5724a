"""A report as plain text for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from netralitas_nlp.evaluation.figures import PREVALENCES
from netralitas_nlp.measures.figures import FIGURES

if TYPE_CHECKING:
    from netralitas_nlp.evaluation.report import Report

__all__ = ["report_text"]

_OF_SLICE = ("prevalence", "macro_f1", "precision", "recall", "average_precision", "ece")


def report_text(report: Report) -> str:
    """Lay out a report as tables.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
    """
    parts = [_figures(report), _confusion(report), _thresholds(report)]
    if report.signals:
        parts.append(_signals(report.signals))
    parts += [_slices(name, values) for name, values in report.slices.items()]
    parts += [_baseline(name, values) for name, values in report.baselines.items()]
    if report.learning_curve:
        parts.append(_learning(report.learning_curve))
    return "\n\n".join(parts)


def _number(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}"


def _between(edges: Sequence[float | None] | None) -> str:
    return f"{_number(edges[0])} to {_number(edges[1])}" if edges else "-"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the first is left-aligned."""
    lines = [list(head), *map(list, rows)]
    width = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width[i]) if i == 0 else cell.rjust(width[i]) for i, cell in enumerate(line)
        ).rstrip()
        for line in lines
    )


def _figures(report: Report) -> str:
    rows = [["n", _number(report.figures["n"]), ""]]
    rows += [
        [name, _number(report.figures[name]), _between(report.intervals.get(name))]
        for name in FIGURES
    ]
    return _table(["figure", "value", "95 % interval"], rows)


def _confusion(report: Report) -> str:
    classes = report.about["classes"]
    rows = [
        [name, *map(_number, counts)]
        for name, counts in zip(classes, report.figures["confusion"], strict=True)
    ]
    return _table(["confusion: truth \\ said", *classes], rows)


def _thresholds(report: Report) -> str:
    head = ["flag from", "threshold", "flagged", "precision", "95 %", "recall", "95 %",
            *(f"prec. at {share:.0%}" for share in PREVALENCES)]  # fmt: skip
    rows = []
    for row in report.thresholds:
        between = row["intervals"]
        rows.append(
            [
                row["name"], _number(row["threshold"]), _number(row["flagged"]),
                _number(row["precision"]), _between(between.get("precision")),
                _number(row["recall"]), _between(between.get("recall")),
                *map(_number, row["expected_precision"].values()),
            ]
        )  # fmt: skip
    return _table(head, rows)


def _signals(signals: Mapping[str, Any]) -> str:
    tables = []
    for key, title in (("positive_rows", "signals, positive rows"), ("all_rows", "all rows")):
        found = signals[key]
        rows = [
            [name, *(_number(values[f]) for f in ("n", "precision", "recall", "f1")),
             _between(values["intervals"].get("f1"))]
            for name, values in found["signals"].items()
        ]  # fmt: skip
        rows.append(
            ["macro-F1", _number(found["n"]), "", "", _number(found["macro_f1"]),
             _between(found["interval"])]
        )  # fmt: skip
        tables.append(_table([title, "n", "precision", "recall", "f1", "95 % of f1"], rows))
    return "\n\n".join(tables)


def _slices(name: str, values: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for value, found in values.items():
        shown = (value or "(empty)") + (" *" if found["small"] else "")
        rows.append(
            [shown, _number(found["n"]), *(_number(found[figure]) for figure in _OF_SLICE),
             _between(found["intervals"].get("macro_f1"))]
        )  # fmt: skip
    table = _table([name, "n", *_OF_SLICE, "95 % of macro_f1"], rows)
    if any(found["small"] for found in values.values()):
        table += "\n* too few texts (under 30, or under 10 of a label): read as noise"
    return table


def _baseline(name: str, found: Mapping[str, Any]) -> str:
    rows = []
    for figure, gap in found["differences"].items():
        real = {True: "yes", False: "no", None: "-"}[gap["real"]]
        between = _between([gap["low"], gap["high"]]) if gap["low"] is not None else "-"
        rows.append(
            [figure, _number(found["figures"][figure]), f"{gap['difference']:+.3f}", between, real]
        )
    test = found["mcnemar"]
    return (
        _table([f"against {name}", name, "model less it", "95 % interval", "real"], rows)
        + f"\ntrained on: {found['trained_on']}; right alone: model {test['only_model_right']:,}, "
        f"{name} {test['only_baseline_right']:,}; McNemar p = {test['p_value']:.2g}"
    )


def _learning(points: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        [_number(point["n"]), _number(point["figures"]["macro_f1"]),
         _between(point["intervals"]["macro_f1"]), _number(point["figures"]["average_precision"])]
        for point in points
    ]  # fmt: skip
    return _table(["trained on", "macro_f1", "95 % interval", "average_precision"], rows)
