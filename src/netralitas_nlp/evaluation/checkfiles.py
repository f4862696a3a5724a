"""The files that behavioural checks are read from."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Sequence

__all__ = ["read_check_file", "shipped_checks"]


def shipped_checks() -> str:
    """Folder of the suite that comes with the library.

    Returns
    -------
    str
        Inside the package, or ``data/checks`` of a checkout.

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    checkout = os.path.dirname(os.path.dirname(package))
    for folder in (os.path.join(package, "checks"), os.path.join(checkout, "data", "checks")):
        if os.path.isfile(os.path.join(folder, "suite.csv")):
            return folder
    raise FileNotFoundError("the suite of the library is missing; name one with --suite")


def read_check_file(
    path: str | os.PathLike[str], name: str, columns: Sequence[str], what: str
) -> tuple[str, list[tuple[int, dict[str, str]]]]:
    """Read the rows of one check.

    Parameters
    ----------
    path : path-like
        A CSV file, or a folder that holds it.
    name : str
        The file to take from a folder.
    columns : sequence of str
        Columns that must be there.
    what : str
        What one row is called in messages.

    Returns
    -------
    source : str
        The file that was read.
    rows : list of (int, dict)
        Each with its number as a spreadsheet shows it; empty rows are left out.

    Raises
    ------
    ValueError
        If the file is no UTF-8 or no CSV, a column or a cell is missing, a cell is one too many,
        or there is no row: a check of nothing must not pass.
    """
    source = os.fspath(path)
    if os.path.isdir(source):
        source = os.path.join(source, name)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    reader = csv.reader(io.StringIO(_text(source), newline=""))
    header: list[str] = []
    rows = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = cells
                missing = [column for column in columns if column not in header]
                if missing:
                    raise ValueError(
                        f"{source}: no column {missing[0]!r}; every {what} has {', '.join(columns)}"
                    )
                continue
            # not even an empty one too many: a comma in the text may have pushed it there
            if len(cells) != len(header):
                raise ValueError(
                    f"{source}, row {number:,}: {len(cells)} cells where the header has "
                    f"{len(header)}; give every cell, and put texts that hold a comma or a "
                    "quotation mark into quotation marks"
                )
            rows.append((number, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        raise ValueError(f"{source}, row {number + 1:,}: not a readable table ({error})") from None
    if not header:
        raise ValueError(f"{source}: no column {columns[0]!r}; the file is empty")
    if not rows:
        raise ValueError(f"{source}: no {what} to check")
    return source, rows


def _text(source: str) -> str:
    with open(source, "rb") as file:
        raw = file.read()
    try:
        return raw.decode("utf-8-sig")  # Excel writes a mark before its UTF-8
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8") + "x"
        row = sum(1 for _ in csv.reader(io.StringIO(before, newline="")))
        raise ValueError(
            f"{source}, row {row:,}: byte 0x{error.object[error.start]:02x} is not UTF-8; save the "
            "file as UTF-8"
        ) from None
