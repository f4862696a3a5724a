"""A report as one HTML page: no script, no network, readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from netralitas_nlp.evaluation.words import WORDS
from netralitas_nlp.measures.figures import FIGURES
from netralitas_nlp.model.pages import templates, translated

if TYPE_CHECKING:
    from netralitas_nlp.evaluation.report import Report

__all__ = ["render_page"]

_MOST_SLICES = 25
_MOST_FRAMES = 15
_NEAR = 0.06  # of the side of the drawing
_WINDOW = 600  # characters shown of a long text
_BEFORE = 150  # of them before the first evidence
_SMALLER_IS_BETTER = ("brier", "ece", "log_loss")
_COMPARED = ("macro_f1", "precision", "recall", "average_precision", "roc_auc", *_SMALLER_IS_BETTER)


def render_page(report: Report, checks: Any = None, language: str = "id") -> str:
    """Lay out a report as HTML.

    Parameters
    ----------
    report : Report
    checks : object, optional
        With a ``to_dict`` that gives ``functionalities`` and, if measured, ``parity``.
    language : {"id", "en"}, default="id"

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is no such language.
    """
    own = translated(WORDS, language)
    environment = templates("netralitas_nlp.evaluation")
    environment.filters["number"] = partial(_number, language=language)
    environment.filters["percent"] = partial(_percent, language=language)
    environment.filters["clip01"] = lambda value: min(max(float(value), 0.0), 1.0)
    found = checks.to_dict() if checks is not None else {}
    page = environment.get_template("report.html.j2").render(
        language=language,
        t=_Words(own, report.about["positive"]),
        about=report.about,
        figures=report.figures,
        names=FIGURES,
        intervals=report.intervals,
        headline=_headline(report),
        rare=_rare(report),
        reliability=report.reliability,
        curve=report.curve,
        thresholds=_lettered(report.thresholds),
        spots=_spots(_lettered(report.thresholds)),
        signals=report.signals,
        slices={name: _largest(values) for name, values in report.slices.items()},
        baselines={name: _verdicts(values) for name, values in report.baselines.items()},
        learning=report.learning_curve,
        functionalities=_weakest(found.get("functionalities") or {}),
        parity=_parity(found.get("parity") or {}),
        mistakes={
            kind: [_segments(item) for item in report.mistakes if item["kind"] == kind]
            for kind in ("false_alarm", "missed")
        },
    )
    return page.lstrip()


class _Words:
    """The words of the page, with the name of the positive label filled in."""

    def __init__(self, own: Mapping[str, str], positive: str):
        self._own, self._positive = own, positive

    def __call__(self, key: str, **places: Any) -> str:
        return self._own[key].format(positive=self._positive, **places)

    def name(self, key: str) -> str:
        """A word, or the key itself where there is none."""
        return self(key) if key in self._own else key


def _number(value: float | None, digits: int = 3, *, language: str) -> str:
    if value is None:
        return "–"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.{digits}f}"
    text = text.replace("-", "−")  # the sign, not the hyphen
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def _percent(value: float | None, digits: int = 0, *, language: str) -> str:
    if value is None:
        return "–"
    return _number(100.0 * value, digits, language=language) + "\N{NO-BREAK SPACE}%"


def _headline(report: Report) -> list[dict[str, Any]]:
    """What most readers want to know, each with the words that explain it."""
    shown = (
        ("precision", "say_precision"),
        ("recall", "say_recall"),
        ("band_share", "say_band"),
        ("outside_accuracy", "say_outside"),
    )
    return [
        {"value": report.figures[name], "interval": report.intervals.get(name), "say": say}
        for name, say in shown
        if report.figures[name] is not None
    ]


def _rare(report: Report) -> dict[str, Any] | None:
    for row in report.thresholds:
        if row["name"] == "partisan" and row["expected_precision"]["0.01"] is not None:
            return {"threshold": row["threshold"], "value": row["expected_precision"]["0.01"]}
    return None


def _lettered(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "letter": chr(ord("A") + i)} for i, row in enumerate(rows)]


def _spots(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Points of the curve that lie too close for a letter each share one label."""
    spots: list[dict[str, Any]] = []
    drawn = [row for row in rows if row["recall"] is not None and row["precision"] is not None]
    for row in sorted(drawn, key=lambda row: (row["recall"], row["letter"])):
        at = (row["recall"], row["precision"])
        last = spots[-1]["at"][0] if spots else (-1.0, -1.0)
        if abs(at[0] - last[0]) < _NEAR and abs(at[1] - last[1]) < _NEAR:
            spots[-1]["at"].append(at)
            spots[-1]["letters"] += " " + row["letter"]
        else:
            spots.append({"at": [at], "letters": row["letter"]})
    return spots


def _largest(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    ranked = sorted(values.items(), key=lambda item: (item[1]["small"], -item[1]["n"]))
    return {"rows": ranked[:_MOST_SLICES], "more": max(len(ranked) - _MOST_SLICES, 0)}


def _verdicts(found: Mapping[str, Any]) -> dict[str, Any]:
    rows = []
    for name in _COMPARED:
        gap = found["differences"].get(name)
        if gap is None:
            continue
        verdict = "unclear"
        if gap["real"]:
            verdict = "better" if (gap["low"] > 0) != (name in _SMALLER_IS_BETTER) else "worse"
        rows.append({"name": name, "other": found["figures"][name], **gap, "verdict": verdict})
    return {"rows": rows, "mcnemar": found["mcnemar"], "trained_on": found["trained_on"]}


def _weakest(functionalities: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return sorted(
        ({"name": name, "low": None, "high": None, **f} for name, f in functionalities.items()),
        key=lambda item: (item["pass_rate"], item["name"]),
    )


def _parity(found: Mapping[str, Any]) -> dict[str, Any] | None:
    frames = [frame for frame in found.get("frames") or [] if isinstance(frame, Mapping)]
    if not frames:
        return None
    ranked = sorted(frames, key=lambda frame: -frame["largest_change"])
    facts = {name: found.get(name) for name in ("mean_change", "largest_change", "label_flips")}
    shown = [{**frame, "label": _frame_label(frame)} for frame in ranked[:_MOST_FRAMES]]
    return {**facts, "frames": shown, "n": len(frames)}


def _frame_label(frame: Mapping[str, Any]) -> str:
    """The sentence of a frame with the fillers that stand at the two ends, else its name."""
    fillers, text = frame.get("fillers"), frame.get("text")
    if not isinstance(fillers, Mapping) or not fillers or not isinstance(text, str):
        return str(frame["frame"])
    low, high = (pick(fillers, key=fillers.__getitem__) for pick in (min, max))
    return text.replace("{" + str(frame.get("slot")) + "}", f"[{low} … {high}]")


def _segments(mistake: Mapping[str, Any]) -> dict[str, Any]:
    """Cut a text into plain and highlighted pieces, a window of it if it is long."""
    text = mistake["text"]
    marks = sorted(mistake["evidence"], key=lambda item: item["start"])
    start, end = 0, len(text)
    if len(text) > _WINDOW:
        start = max(marks[0]["start"] - _BEFORE, 0) if marks else 0
        end = min(start + _WINDOW, len(text))
    pieces: list[dict[str, Any]] = []
    position = start
    for mark in marks:
        if mark["start"] < position or mark["end"] > end:
            continue  # overlaps the one before, or lies outside the window
        pieces.append({"text": text[position : mark["start"]], "mark": None})
        pieces.append({"text": text[mark["start"] : mark["end"]], "mark": mark})
        position = mark["end"]
    pieces.append({"text": text[position:end], "mark": None})
    return {**mistake, "pieces": pieces, "before": start > 0, "after": end < len(text)}
