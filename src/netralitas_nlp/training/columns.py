"""Which columns of a table hold the texts and the labels."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import pandas as pd

from netralitas_nlp.training.tables import (
    TrainingDataError,
    clipped,
    did_you_mean,
    missing_column,
    refuse_doubled,
)

__all__ = ["guess_columns"]

_TEXT_NAMES = ("teks", "text", "tweet", "full_text", "tweet_text", "kalimat", "sentence", "konten",
               "content", "isi", "komentar", "comment", "review", "ulasan", "post", "unggahan",
               "caption", "artikel", "article", "berita")  # fmt: skip
_LABEL_NAMES = ("label", "labels", "kelas", "class", "sentimen", "sentiment", "kategori",
                "category", "target", "stance", "polarity", "anotasi", "sikap")  # fmt: skip
_USUAL = {*_TEXT_NAMES, *_LABEL_NAMES}
_MOST_CLASSES = 20


def guess_columns(
    path: str | os.PathLike[str],
    frame: pd.DataFrame,
    text_column: str | None,
    label_column: str | None,
    others: Iterable[str] = (),
) -> tuple[str, str]:
    """Find the columns with texts and labels, if there is no doubt.

    Texts are known by the name of their column or by their many words, labels by the name alone:
    a day or a district takes few values too, and a model of districts would look like any other.

    Parameters
    ----------
    path : path-like
        For messages.
    frame : pandas.DataFrame
    text_column, label_column : str, optional
        Taken as they are where given.
    others : iterable of str
        Columns that are neither.

    Returns
    -------
    text_column, label_column : str

    Raises
    ------
    TrainingDataError
        If a column is missing or several would do.
    """
    others = list(others)
    for column in (text_column, label_column, *others):
        if column is not None and column not in frame.columns:
            raise TrainingDataError(missing_column(path, frame, column) + _headless(frame, "; "))
    asked = {*others, text_column, label_column}
    for column in map(str, frame.columns):
        if column in asked or column.casefold() in _USUAL:
            refuse_doubled(path, frame, column)
    names = [name for name in frame.columns if name not in others]
    if label_column is None:
        free = [name for name in names if name != text_column]
        label_column = _one(path, frame, "label", free, _LABEL_NAMES)
    if text_column is None:
        free = [name for name in names if name != label_column]
        text_column = _one(
            path, frame, "text", free, _TEXT_NAMES, [n for n in free if _wordy(frame[n])]
        )
    if text_column == label_column:
        raise TrainingDataError(
            f"{path}: column {text_column!r} cannot hold both the texts and the labels; name "
            "another (--text-column, --label-column)"
        )
    refuse_doubled(path, frame, text_column)
    refuse_doubled(path, frame, label_column)
    return text_column, label_column


def _one(
    path: str | os.PathLike[str],
    frame: pd.DataFrame,
    what: str,
    names: Sequence[str],
    usual: Sequence[str],
    by_content: Sequence[str] = (),
) -> str:
    if names and (first := [name for name in names if name == usual[0]]):
        return first[0]
    by_name = [name for name in names if name.casefold().strip() in usual]
    for found in (by_name, by_content):
        if len(found) == 1:
            return found[0]
        if found:
            break
    option = f"--{what}-column"
    if not found:
        few = [name for name in names if _few_values(frame[name])] if what == "label" else []
        remedy = f"; name it ({option})"
        if few:
            remedy = f"; if {' or '.join(map(repr, few))} holds the labels, name it ({option})"
        raise TrainingDataError(
            f"{path}: no column {usual[0]!r} among {', '.join(map(clipped, names))}, nor another "
            f"that looks like the {what}s{did_you_mean(usual[0], names)}"
            + (_headless(frame, "; ") or remedy)
        )
    raise TrainingDataError(
        f"{path}: columns {', '.join(map(repr, found))} could all hold the {what}s; name one "
        f"({option})"
    )


def _headless(frame: pd.DataFrame, before: str = "") -> str:
    """What to say of a table whose first row is data: a name that also stands below it."""
    for name in map(str, frame.columns):
        if (frame[name].str.strip().str.casefold() == name.casefold()).sum() > 1:
            return (
                f"{before}row 1 seems to hold data ({clipped(name)!r}) and not the names of the "
                "columns; begin the file with a header such as teks,label"
            )
    return ""


def _few_values(column: pd.Series[str]) -> bool:
    values = column[column.str.strip() != ""].str.strip().value_counts()
    return 2 <= len(values) <= _MOST_CLASSES and bool((values > 1).all())


def _wordy(column: pd.Series[str]) -> bool:
    words = column.str.count(r"\s+\S")
    return bool(words.mean() >= 2) and column.nunique() > len(column) / 2
