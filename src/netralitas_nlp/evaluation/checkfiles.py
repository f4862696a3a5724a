"""The files that behavioural checks are read from."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence

__all__ = ["read_check_file"]


def read_check_file(
    path: str | os.PathLike[str], name: str, columns: Sequence[str], what: str
) -> tuple[str, list[dict[str, str]]]:
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
    rows : list of dict

    Raises
    ------
    ValueError
        If a column is missing, or there is no row: a check of nothing must not pass.
    """
    source = os.fspath(path)
    if os.path.isdir(source):
        source = os.path.join(source, name)
    with open(source, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(
                f"{source}: no column {missing[0]!r}; every {what} has {', '.join(columns)}"
            )
        rows = list(reader)
    if not rows:
        raise ValueError(f"{source}: no {what} to check")
    return source, rows
