"""Which rows of a table can be learned from, and what belongs to each."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.training.audit import Audit
from netralitas_nlp.training.duplicates import same_text
from netralitas_nlp.training.tables import TrainingDataError, did_you_mean

__all__ = ["OWN", "Rows", "own_task", "positive_among", "usable_rows"]

OWN = "partisan"
_STRAY_ROWS, _STRAY_SHARE = 5, 0.02
_FEW = 8  # rows: too few to say that a column holds no labels
_NO_LABEL = {"", "nan", "<na>", "#n/a", "null"}  # as tables are exported; "none" may be a label
_NUMBER = re.compile(r"\d*[.,]?\d+(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


class Rows(NamedTuple):
    """The rows that training learns from, with what belongs to each.

    Attributes
    ----------
    numbers : list of int
        As a spreadsheet numbers them.
    texts, labels : list of str
    groups : list of str or None
    signals : list of list of str or None
    weights : list of float or None
    """

    numbers: list[int]
    texts: list[str]
    labels: list[str]
    groups: list[str] | None
    signals: list[list[str]] | None
    weights: list[float] | None


def usable_rows(
    path: str | os.PathLike[str],
    frame: pd.DataFrame,
    columns: tuple[str, str],
    audit: Audit,
    signal_column: str | None,
    weight_column: str | None,
    group_column: str | None,
) -> Rows:
    """Leave out what cannot be learned from, with a finding for each row.

    Parameters
    ----------
    path : path-like
        For messages.
    frame : pandas.DataFrame
        As `read_table` gives it.
    columns : tuple of str
        Those of texts and labels.
    audit : Audit
        Gets the findings.
    signal_column, weight_column, group_column : str or None

    Returns
    -------
    Rows

    Raises
    ------
    TrainingDataError
        If nothing can be learned from the rows; the message names row and remedy.
    """
    if not len(frame):
        raise TrainingDataError(f"{path}: no row below the header")
    texts, labels = frame[columns[0]], frame[columns[1]].str.split().str.join(" ")
    labels = _one_spelling(labels, audit, texts)
    keep = pd.Series(True, index=frame.index)

    def leave_out(rows: pd.Series[bool], kind: str, detail: Callable[[str], str]) -> None:
        for number in frame.index[rows & keep]:
            audit.add(int(number), kind, detail(labels[number]), labels[number], texts[number])
        keep[rows] = False

    leave_out(~texts.str.contains(r"\w", regex=True), "empty text", lambda label: "")
    leave_out(labels.str.casefold().isin(_NO_LABEL), "no label", lambda label: "")
    weights = _weights(path, frame[weight_column]) if weight_column else None
    if weights is not None:
        leave_out(weights == 0, "weight of zero", lambda label: "")
    if not keep.any():
        raise TrainingDataError(
            f"{path}, row {int(frame.index[0]):,}: no row has both a text in {columns[0]!r} and a "
            f"label in {columns[1]!r}"
            + (f" and a weight in {weight_column!r}" if weight_column else "")
            + "; are these the right columns (--text-column, --label-column)?"
        )
    counts = labels[keep].value_counts()
    stray = [k for k, n in counts.items() if n < _STRAY_ROWS and n < _STRAY_SHARE * counts.sum()]
    stray += [k for k, n in counts.items() if n == 1 and k not in stray]
    usual = [k for k in counts.index if k not in stray]
    if len(usual) < 2:
        _too_few_classes(path, columns[1], counts, labels[keep], stray, audit)
    leave_out(
        labels.isin(stray), "stray label",
        lambda label: f"{label!r} stands in {counts[label]} row(s)" + did_you_mean(label, usual),
    )  # fmt: skip
    used = frame[keep]
    if len(set(map(same_text, used[columns[0]]))) < 2:
        raise TrainingDataError(
            f"{path}, row {int(used.index[0]):,}: every text in column {columns[0]!r} is the same; "
            "name the column with the texts (--text-column)"
        )
    audit.used = len(used)
    audit.labels = {str(k): int(n) for k, n in sorted(Counter(labels[keep]).items())}
    return Rows(
        [int(number) for number in used.index],
        used[columns[0]].tolist(),
        labels[keep].tolist(),
        used[group_column].str.strip().tolist() if group_column else None,
        _signals(path, used[signal_column]) if signal_column else None,
        weights[keep].tolist() if weights is not None else None,
    )


def _one_spelling(labels: pd.Series[str], audit: Audit, texts: pd.Series[str]) -> pd.Series[str]:
    """Labels that differ in capitals only are one; the commonest spelling stays."""
    counts = labels.value_counts()
    usual: dict[str, str] = {}
    for label in sorted(counts.index, key=lambda k: (-counts[k], k)):
        usual.setdefault(label.casefold(), label)
    same = labels.map(lambda label: usual[label.casefold()])
    for number in labels.index[labels != same]:
        detail = f"{labels[number]!r} read as {same[number]!r}"
        audit.add(int(number), "spelling of label", detail, labels[number], texts[number])
    return same


def _too_few_classes(
    path: str | os.PathLike[str],
    column: str,
    counts: pd.Series[int],
    labels: pd.Series[str],
    stray: Sequence[str],
    audit: Audit,
) -> None:
    if len(counts) == 1:
        empty = [found.row for found in audit.findings if found.kind == "no label"]
        more = f" (row {empty[0]:,} and {len(empty) - 1:,} others have none)" if empty else ""
        raise TrainingDataError(
            f"{path}: column {column!r} has one label only, {counts.index[0]!r}; training "
            f"needs two or more{more}"
        )
    if len(counts) > len(labels) / 2 and len(labels) > _FEW:
        raise TrainingDataError(
            f"{path}: column {column!r} has {len(counts):,} different labels in {len(labels):,} "
            "rows; is it the column with the labels (--label-column)?"
        )
    row = int(labels.index[labels == stray[0]][0])
    raise TrainingDataError(
        f"{path}, row {row:,}: label {stray[0]!r} stands in {counts[stray[0]]} row(s)"
        f"{did_you_mean(stray[0], [k for k in counts.index if k not in stray])}; training needs "
        "two labels of two rows or more, better of fifty"
    )


def own_task(labels: Iterable[str]) -> str | None:
    """The label of this project's own task among others, however it is written.

    There, names are replaced by their class: who is meant must say nothing.

    Parameters
    ----------
    labels : iterable of str

    Returns
    -------
    str or None

    Examples
    --------
    >>> own_task(["Netral", "Partisan"])
    'Partisan'
    """
    return next((k for k in map(str, labels) if k.casefold() == OWN), None)


def positive_among(path: str | os.PathLike[str], asked: str | None, labels: Iterable[str]) -> str:
    """The label whose probability is the score.

    Parameters
    ----------
    path : path-like
        For messages.
    asked : str or None
    labels : iterable of str

    Returns
    -------
    str
        The one asked for, else that of this project's own task, else the last.

    Raises
    ------
    TrainingDataError
        If there is no such label.
    """
    classes = sorted(set(labels))
    if asked is None:
        return own_task(classes) or classes[-1]
    for label in classes:
        if label.casefold() == " ".join(asked.split()).casefold():
            return label
    raise TrainingDataError(
        f"{path}: no label {asked!r} among {', '.join(classes)}{did_you_mean(asked, classes)} "
        "(--positive-label)"
    )


def _signals(path: str | os.PathLike[str], column: pd.Series[str]) -> list[list[str]]:
    rows = [cell.split() for cell in column]
    for number, row in zip(column.index, rows, strict=True):
        for name in row:
            if name not in SIGNALS:
                raise TrainingDataError(
                    f"{path}, row {number:,}: signal {name!r} is not one of "
                    f"{', '.join(SIGNALS)}{did_you_mean(name, SIGNALS)}"
                )
    return rows


def _weights(path: str | os.PathLike[str], column: pd.Series[str]) -> pd.Series[float]:
    """Numbers of 0 or more, with a point or, as spreadsheets here write, a comma."""
    weights: list[float] = []
    for number, cell in column.items():
        text = cell.strip()
        plain = _NUMBER.fullmatch(text) and not _THOUSANDS.fullmatch(text)
        value = float(text.replace(",", ".")) if plain else -1.0
        if not 0 <= value < 1e6:
            raise TrainingDataError(
                f"{path}, row {number:,}: weight {cell!r} is not a number of 0 or more; mend the "
                "cell or train without --weight-column"
            )
        weights.append(value)
    return pd.Series(weights, index=column.index)
