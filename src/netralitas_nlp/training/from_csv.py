"""A labelled table to a model folder."""

from __future__ import annotations

import csv
import difflib
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.training.classifier import PartisanshipClassifier

__all__ = ["TrainingDataError", "read_labelled", "train_from_csv"]

_ENCODINGS = ("utf-8-sig", "cp1252")
_SEPARATORS = ",;\t|"


class TrainingDataError(ValueError):
    """A labelled table cannot be learned from; the message names file, row and remedy."""


def read_labelled(
    path: str | os.PathLike[str], columns: Iterable[str], required: Iterable[str] = ()
) -> pd.DataFrame:
    """Read a labelled CSV or TSV whose separator and encoding are guessed.

    Parameters
    ----------
    path : path-like
        The table, with a header row.
    columns : iterable of str
        Columns that must be there.
    required : iterable of str
        Columns whose cells may not be empty.

    Returns
    -------
    pandas.DataFrame
        All cells as text, empty cells as empty text.

    Raises
    ------
    TrainingDataError
        If the file is missing, unreadable, or lacks a column or a cell.
    """
    source = Path(path)
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise TrainingDataError(f"{source}: {error.strerror or error}") from None
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TrainingDataError(f"{source}: neither UTF-8 nor Windows-1252; save it as UTF-8")
    header = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=header.count)
    try:
        frame = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, engine="python",
            quoting=csv.QUOTE_MINIMAL,
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise TrainingDataError(f"{source}: not a readable table ({error})") from None
    for column in columns:
        if column not in frame.columns:
            near = difflib.get_close_matches(column, list(map(str, frame.columns)), 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            names = ", ".join(map(str, frame.columns))
            raise TrainingDataError(f"{source}: no column {column!r} among {names}{hint}")
    for column in required:
        empty = frame.index[frame[column].str.strip() == ""]
        if len(empty):
            raise TrainingDataError(
                f"{source}, row {int(empty[0]) + 2:,}: column {column!r} is empty; "
                "fill it or delete the row"
            )
    return frame


def train_from_csv(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    text_column: str = "teks",
    label_column: str = "label",
    positive_label: str = "partisan",
    signal_column: str | None = None,
    weight_column: str | None = None,
    group_column: str | None = None,
    force: bool = False,
    report: Callable[[str], None] | None = None,
    **settings: Any,
) -> PartisanshipClassifier:
    """Train a model from a labelled table and write it.

    Parameters
    ----------
    path : path-like
        CSV or TSV with a header; separator and encoding are guessed.
    output : path-like
        Folder of the model.
    text_column, label_column : str
        Columns with texts and labels.
    positive_label : str, default="partisan"
        Label whose probability is the score.
    signal_column : str, optional
        Column with signal names, separated by spaces.
    weight_column : str, optional
        Column with the weight of each row.
    group_column : str, optional
        Rows of one group are never on both sides of a fold.
    force : bool, default=False
        Replace a model that stands there.
    report : callable, optional
        Called with one line of text for each step.
    **settings
        Go to `PartisanshipClassifier`.

    Returns
    -------
    PartisanshipClassifier
        The fitted estimator; its model is in `output`.

    Raises
    ------
    TrainingDataError
        If the table cannot be learned from.
    FileExistsError
        If `output` exists and `force` is false.
    """
    say = report or (lambda line: None)
    if Path(output).exists() and not force:
        raise FileExistsError(f"{output} exists already; use another name or force (--force)")
    optional = [c for c in (signal_column, weight_column, group_column) if c]
    frame = read_labelled(path, [text_column, label_column, *optional], [label_column])
    labels = frame[label_column].str.strip()
    counts = labels.value_counts()
    say(f"{path}: {len(frame):,} rows, " + ", ".join(f"{k} {v:,}" for k, v in counts.items()))
    if not len(frame):
        raise TrainingDataError(f"{path}: no row below the header")
    rare = counts[counts < 2]
    if len(rare):
        row = int(labels.index[labels == rare.index[0]][0]) + 2
        near = difflib.get_close_matches(
            rare.index[0], [k for k in counts.index if counts[k] > 1], 1
        )
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise TrainingDataError(
            f"{path}, row {row:,}: label {rare.index[0]!r} stands there only; every label needs "
            f"two rows or more{hint}"
        )
    if len(counts) < 2:
        raise TrainingDataError(
            f"{path}: column {label_column!r} has one label only, {counts.index[0]!r}; training "
            "needs two or more"
        )
    signals = _signals(path, frame[signal_column]) if signal_column else None
    weights = _weights(path, frame[weight_column]) if weight_column else None
    groups = frame[group_column].tolist() if group_column else None
    model = PartisanshipClassifier(positive_label=positive_label, **settings)
    model.fit(frame[text_column].tolist(), labels.tolist(), weights, signals=signals, groups=groups)
    folder = model.save(
        output, {"training": {"rows": len(frame), "labels": counts.to_dict()}}, force=force
    )
    say(f"model written to {folder}")
    return model


def _signals(path: str | os.PathLike[str], column: pd.Series[str]) -> list[list[str]]:
    rows = [cell.split() for cell in column]
    for number, row in enumerate(rows, 2):
        for name in row:
            if name not in SIGNALS:
                near = difflib.get_close_matches(name, SIGNALS, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise TrainingDataError(
                    f"{path}, row {number:,}: signal {name!r} is not one of "
                    f"{', '.join(SIGNALS)}{hint}"
                )
    return rows


def _weights(path: str | os.PathLike[str], column: pd.Series[str]) -> list[float]:
    weights = []
    for number, cell in enumerate(column, 2):
        try:
            value = float(cell)
        except ValueError:
            value = -1.0
        if not 0 <= value < 1e6:
            raise TrainingDataError(
                f"{path}, row {number:,}: weight {cell!r} is not a number of 0 or more"
            )
        weights.append(value)
    return weights
