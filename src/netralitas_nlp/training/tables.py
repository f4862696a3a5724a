"""Reads a labelled table as people export it, and says what it took."""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

__all__ = ["Table", "TrainingDataError", "guess_columns", "read_labelled", "read_table"]

_SEPARATORS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_LOOK = 200  # records that the separator is judged by
_TEXT_NAMES = ("teks", "text", "tweet", "full_text", "tweet_text", "kalimat", "sentence", "konten",
               "content", "isi", "komentar", "comment", "review", "ulasan", "post", "unggahan",
               "caption", "artikel", "article", "berita")  # fmt: skip
_LABEL_NAMES = ("label", "labels", "kelas", "class", "sentimen", "sentiment", "kategori",
                "category", "target", "stance", "polarity", "anotasi")  # fmt: skip
_MOST_CLASSES = 20


class TrainingDataError(ValueError):
    """A labelled table cannot be learned from; the message names file, row and remedy."""


class Table(NamedTuple):
    """A table as it was read.

    Attributes
    ----------
    frame : pandas.DataFrame
        All cells as text; the index is the number of the row as a spreadsheet shows it.
    encoding, separator : str
        What was given or guessed.
    """

    frame: pd.DataFrame
    encoding: str
    separator: str


def read_table(
    path: str | os.PathLike[str], *, separator: str | None = None, encoding: str | None = None
) -> Table:
    r"""Read a CSV or TSV file.

    Parameters
    ----------
    path : path-like
        With a header row. Line ends of any system and line ends inside quotation marks are read.
    separator : str, optional
        Guessed from comma, semicolon, tab and bar where not given.
    encoding : str, optional
        Guessed from UTF-8, UTF-16 and Windows-1252 where not given.

    Returns
    -------
    Table

    Raises
    ------
    TrainingDataError
        If the file is missing, unreadable or no table, or its separator is in doubt.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_bytes("\ufeffteks;label\r\n\"satu;\ndua\";x\r\n".encode())
    ...     table = read_table(file)
    >>> table.separator, table.encoding, table.frame["teks"].tolist()
    (';', 'utf-8-sig', ['satu;\ndua'])
    """
    source = Path(path)
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise TrainingDataError(f"{source}: {error.strerror or error}") from None
    if not raw.strip():
        raise TrainingDataError(f"{source}: not a readable table (the file is empty)")
    text, used = _decoded(source, raw, encoding)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    chosen = _separator(source, text) if separator is None else separator
    try:
        records = [
            (number, cells)
            for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""),
                                                      delimiter=chosen), 1)
            if any(cell.strip() for cell in cells)
        ]  # fmt: skip
    except (csv.Error, TypeError) as error:
        raise TrainingDataError(f"{source}: not a readable table ({error})") from None
    header = [name.strip() for name in records[0][1]]
    while header and not header[-1]:
        header.pop()
    doubled = [name for i, name in enumerate(header) if name in header[:i]]
    if doubled:
        raise TrainingDataError(
            f"{source}: two columns are called {doubled[0]!r}; give each a name of its own"
        )
    rows = []
    for number, cells in records[1:]:
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(header):
            raise TrainingDataError(
                f"{source}, row {number:,}: {len(cells)} cells where the header has {len(header)}; "
                "put texts that hold the separator or a quotation mark into quotation marks"
            )
        rows.append(cells + [""] * (len(header) - len(cells)))
    index = [number for number, _ in records[1:]]
    return Table(pd.DataFrame(rows, columns=header, index=index, dtype=str), used, chosen)


def _decoded(source: Path, raw: bytes, encoding: str | None) -> tuple[str, str]:
    if encoding is None:
        for mark, name in _BOMS:
            if raw.startswith(mark):
                encodings = [name]
                break
        else:
            # UTF-16 without a mark: every other byte of Latin letters is zero
            zeros = [raw[k:4000:2].count(0) for k in (0, 1)]
            wide = ["utf-16-be"] if zeros[0] > 400 > zeros[1] else []
            wide += ["utf-16-le"] if zeros[1] > 400 > zeros[0] else []
            encodings = [*wide, "utf-8", "cp1252"]
    else:
        encodings = [encoding]
    for name in encodings:
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise TrainingDataError(f"{source}: no encoding is called {name!r}") from None
    raise TrainingDataError(
        f"{source}: not readable as {' or '.join(encodings)}; save it as UTF-8, or name its "
        "encoding (--encoding)"
    )


def _separator(source: Path, text: str) -> str:
    """The separator that makes the most even table; it must be the only one."""
    found: dict[str, tuple[float, int]] = {}
    for separator in _SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            rows = []
            for cells in reader:
                if any(cells):
                    rows.append(cells)
                if len(rows) > _LOOK:
                    break
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        if width > 1 and all(name.strip() for name in rows[0][:2]):
            same = sum(len(row) == width for row in rows[1:]) / max(len(rows) - 1, 1)
            found[separator] = (round(same, 2), width)
    if not found:
        raise TrainingDataError(
            f"{source}: not a readable table (its header has no comma, semicolon, tab or bar); "
            "it needs a header row with a column of texts and a column of labels"
        )
    best = max(found.values())
    chosen = [separator for separator, value in found.items() if value == best]
    if len(chosen) > 1:
        raise TrainingDataError(
            f"{source}: {' and '.join(map(repr, chosen))} could both be the separator; name it "
            "(--separator)"
        )
    return chosen[0]


def guess_columns(
    path: str | os.PathLike[str],
    frame: pd.DataFrame,
    text_column: str | None,
    label_column: str | None,
    others: Iterable[str] = (),
) -> tuple[str, str]:
    """Find the columns with texts and labels, if there is no doubt.

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
        if column is not None:
            _must_have(path, frame, column)
    names = [name for name in frame.columns if name not in others]
    if label_column is None:
        free = [name for name in names if name != text_column]
        label_column = _one(
            path, "label", free, _LABEL_NAMES, [n for n in free if _few_values(frame[n])]
        )
    if text_column is None:
        free = [name for name in names if name != label_column]
        text_column = _one(path, "text", free, _TEXT_NAMES, [n for n in free if _wordy(frame[n])])
    return text_column, label_column


def _one(
    path: str | os.PathLike[str],
    what: str,
    names: Sequence[str],
    usual: Sequence[str],
    by_content: Sequence[str],
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
        raise TrainingDataError(
            f"{path}: no column {usual[0]!r} among {', '.join(names)}, nor another that looks like "
            f"the {what}s{_hint(usual[0], names)}; name it ({option})"
        )
    raise TrainingDataError(
        f"{path}: columns {', '.join(map(repr, found))} could all hold the {what}s; name one "
        f"({option})"
    )


def _few_values(column: pd.Series[str]) -> bool:
    values = column[column.str.strip() != ""].str.strip().value_counts()
    return 2 <= len(values) <= _MOST_CLASSES and bool((values > 1).all())


def _wordy(column: pd.Series[str]) -> bool:
    words = column.str.count(r"\s+\S")
    return bool(words.mean() >= 2) and column.nunique() > len(column) / 2


def _must_have(path: str | os.PathLike[str], frame: pd.DataFrame, column: str) -> None:
    if column in frame.columns:
        return
    names = list(map(str, frame.columns))
    hint = _hint(column, names)
    raise TrainingDataError(f"{path}: no column {column!r} among {', '.join(names)}{hint}")


def _hint(name: str, among: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, among, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def read_labelled(
    path: str | os.PathLike[str], columns: Iterable[str], required: Iterable[str] = ()
) -> pd.DataFrame:
    """Read a labelled table strictly: every required cell must be filled.

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
    frame = read_table(path).frame
    for column in columns:
        _must_have(path, frame, column)
    for column in required:
        empty = frame.index[frame[column].str.strip() == ""]
        if len(empty):
            raise TrainingDataError(
                f"{path}, row {int(empty[0]):,}: column {column!r} is empty; "
                "fill it or delete the row"
            )
    return frame.reset_index(drop=True)
