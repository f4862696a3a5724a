"""Reads a labelled table as people export it."""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from netralitas_nlp.text.cells import unprotected
from netralitas_nlp.text.encodings import guess_encoding

__all__ = [
    "DOUBLED",
    "Table",
    "TrainingDataError",
    "clipped",
    "did_you_mean",
    "missing_column",
    "read_labelled",
    "read_table",
    "refuse_doubled",
]

_SEPARATORS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_LOOK = 200  # records that the separator is judged by
_NOT_TEXT = ((b"PK\x03\x04", "it is an Excel workbook or a zip file"),
             (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook"),
             (b"\x1f\x8b", "it is packed with gzip"),
             (b"PAR1", "it is Parquet"),
             (b'{"', "it is JSON"))  # fmt: skip
_STATED = re.compile(r'\ufeff?"?sep=(.)"?[;,]*(?:\r\n|\r|\n)', re.IGNORECASE)
_LONGEST = 40
DOUBLED = " #"
"""Between a name that stands in the header twice and the number of its column."""


class TrainingDataError(ValueError):
    """A labelled table cannot be learned from; the message names file, row and remedy."""


def clipped(name: str) -> str:
    """A name for a message: not longer than a name should be.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> clipped("harga cabai di pasar pagi ini naik lagi, ibu-ibu mengeluh")
    'harga cabai di pasar pagi ini naik lagi,...'
    """
    return name if len(name) <= _LONGEST else name[:_LONGEST].rstrip() + "..."


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
    if source.is_dir():
        raise TrainingDataError(f"{source}: is a folder; name a file in it")
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise TrainingDataError(f"{source}: {error.strerror or error}") from None
    for mark, kind in _NOT_TEXT:
        if raw.startswith(mark):
            raise TrainingDataError(f"{source}: not a readable table ({kind}); save it as CSV")
    text, used = _decoded(source, raw, encoding)
    if not text.strip("\ufeff\0 \t\r\n"):
        raise TrainingDataError(f"{source}: not a readable table (the file is empty)")
    stated = _STATED.match(text)  # Excel says the separator in a line that it does not show
    if stated:
        text = text[stated.end() :]
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    chosen = separator or (stated[1] if stated else _separator(source, text))
    try:
        records = [
            (number, list(map(unprotected, cells)))
            for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""),
                                                      delimiter=chosen), 1)
            if any(cell.strip() for cell in cells)
        ]  # fmt: skip
    except (csv.Error, TypeError) as error:
        raise TrainingDataError(f"{source}: not a readable table ({error})") from None
    if not records:
        raise TrainingDataError(f"{source}: no row below the header")
    header = _header(records[0][1])
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


def _header(cells: list[str]) -> list[str]:
    """Names of the columns; one without a name, or with that of another, gets a number."""
    names = [name.strip() for name in cells]
    while names and not names[-1]:
        names.pop()
    out: list[str] = []
    for place, name in enumerate(names, 1):
        new = name or f"column {place}"
        while new in out:
            new = f"{new}{DOUBLED}{place}"
        out.append(new)
    return out


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
            encodings = [*wide, guess_encoding([raw]).removesuffix("-sig")]
    else:
        encodings = [encoding]
    for name in encodings:
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            text = raw.decode(name, "replace")
            whole = any("\x7f" < letter != "\ufffd" for letter in text)
            if encoding is None and name.startswith("utf-8") and whole:
                return text, name  # only some letters of it are torn
            continue
        except LookupError:
            raise TrainingDataError(f"{source}: no encoding is called {name!r}") from None
    raise TrainingDataError(
        f"{source}: not readable as {' or '.join(encodings)}; save it as UTF-8, or name its "
        "encoding (train --encoding)"
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
        if width > 1 and sum(bool(name.strip()) for name in rows[0]) > 1:
            same = sum(len(row) == width for row in rows[1:]) / max(len(rows) - 1, 1)
            found[separator] = (round(same, 2), width)
    if not found:
        first = next(iter(text.strip().splitlines()))
        raise TrainingDataError(
            f"{source}, row 1: not a readable table: {clipped(first)!r} does not name two columns "
            "with comma, semicolon, tab or bar between them; begin the file with a header such as "
            "teks,label"
        )
    best = max(found.values())
    chosen = [separator for separator, value in found.items() if value == best]
    if len(chosen) > 1:
        raise TrainingDataError(
            f"{source}: {' and '.join(map(repr, chosen))} could both be the separator; name it "
            "(--separator)"
        )
    return chosen[0]


def missing_column(path: str | os.PathLike[str], frame: pd.DataFrame, column: str) -> str:
    """The message about a column that is not there.

    Parameters
    ----------
    path : path-like
    frame : pandas.DataFrame
    column : str

    Returns
    -------
    str
    """
    names = list(map(str, frame.columns))
    return f"{path}: no column {column!r} among {', '.join(map(clipped, names))}" + (
        did_you_mean(column, names) or "; name another or rename one"
    )


def refuse_doubled(path: str | os.PathLike[str], frame: pd.DataFrame, column: str) -> None:
    """Refuse a column whose name stands in the header twice: nobody knows which one is meant.

    Parameters
    ----------
    path : path-like
    frame : pandas.DataFrame
    column : str

    Raises
    ------
    TrainingDataError
    """
    if any(str(name).rpartition(DOUBLED)[0] == column for name in frame.columns):
        raise TrainingDataError(
            f"{path}: two columns are called {column!r}; give each a name of its own"
        )


def did_you_mean(name: str, among: Iterable[str]) -> str:
    """The end of a message: the name that is nearly the one asked for, if there is one.

    Parameters
    ----------
    name : str
    among : iterable of str

    Returns
    -------
    str

    Examples
    --------
    >>> did_you_mean("tekss", ["label", "teks"])
    "; did you mean 'teks'?"
    """
    near = difflib.get_close_matches(name, list(among), 1)
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
        All cells as text, empty cells as empty text; the index is the number of the row as a
        spreadsheet shows it.

    Raises
    ------
    TrainingDataError
        If the file is missing, unreadable, or lacks a column or a cell.
    """
    frame = read_table(path).frame
    for column in columns:
        if column not in frame.columns:
            raise TrainingDataError(missing_column(path, frame, column))
        refuse_doubled(path, frame, column)
    for column in required:
        empty = frame.index[frame[column].str.strip() == ""]
        if len(empty):
            raise TrainingDataError(
                f"{path}, row {int(empty[0]):,}: column {column!r} is empty; "
                "fill it or delete the row"
            )
    return frame
