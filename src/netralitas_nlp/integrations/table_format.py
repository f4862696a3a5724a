"""Scored rows as the bytes of a file that people open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from netralitas_nlp.integrations.tables import Row
from netralitas_nlp.text.cells import protected
from netralitas_nlp.text.encodings import storable

__all__ = ["Format"]


class Format:
    """Rows of one kind of file as bytes.

    Parameters
    ----------
    ending : str
        ``".csv"``, ``".tsv"`` or ``".jsonl"``.
    columns : sequence of str
        Columns of the source; those that scoring adds come behind them.
    added : sequence of str
    """

    def __init__(self, ending: str, columns: Sequence[str], added: Sequence[str] = ()):
        self._json = ending == ".jsonl"
        self._columns = tuple(columns)
        self._added = tuple(added)
        self._options: dict[str, Any] = {
            "delimiter": "\t" if ending == ".tsv" else ",",
            "lineterminator": "\n",
        }

    def header(self) -> bytes:
        """The first line, where the kind of file has one."""
        out = io.StringIO(newline="")
        if not self._json:
            names = map(_cell, (*self._columns, *self._added))
            csv.writer(out, **self._options).writerow(names)
        return _encoded(out.getvalue())

    def rows(self, rows: Iterable[Row], added: Mapping[str, Sequence[Any]] | None = None) -> bytes:
        """Rows with the columns that scoring adds, if there are any.

        Parameters
        ----------
        rows : iterable of dict
        added : mapping of str to sequence, optional
            One value for each row.
        """
        out = io.StringIO(newline="")
        rows = list(rows)
        more = [(added or {})[name] for name in self._added]
        if self._json:
            values = zip(*more, strict=True) if more else [()] * len(rows)
            for row, new in zip(rows, values, strict=True):
                whole = {**row, **dict(zip(self._added, new, strict=True))}
                out.write(json.dumps(whole, ensure_ascii=False, default=str) + "\n")
        else:
            cells = [[row.get(name, "") for row in rows] for name in self._columns]
            cells += map(list, more)
            written = [text for values in cells if (text := _written(values)) is not None]
            if len(written) == len(cells):
                lines = map(self._options["delimiter"].join, zip(*written, strict=True))
                return _encoded("".join([f"{line}\n" for line in lines]))
            # text is always quoted: Python 3.11 leaves a lone carriage return bare otherwise
            writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, **self._options)
            writer.writerows(zip(*(map(_cell, values) for values in cells), strict=True))
        return _encoded(out.getvalue())


def _written(values: Sequence[Any]) -> list[str] | None:
    """What `csv` writes of a column of one kind, text, numbers or nothing, in half the time."""
    kinds = set(map(type, values))
    if kinds == {type(None)}:
        return [""] * len(values)
    if kinds <= {str}:
        return ['"' + protected(value).replace('"', '""') + '"' for value in values]
    return list(map(repr, values)) if kinds <= {int, float} else None


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):  # as it stood in JSONL, so that it can be read again
        return json.dumps(value, ensure_ascii=False, default=str)
    return protected(value) if isinstance(value, str) else value


def _encoded(text: str) -> bytes:
    """Halves of emoji are replaced; bytes that were no UTF-8 stay."""
    return storable(text).encode("utf-8", "surrogateescape")
