"""Scored rows as the bytes of a file that people open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from numbers import Number
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
        self._separator = "\t" if ending == ".tsv" else ","

    def header(self) -> bytes:
        """The first line, where the kind of file has one."""
        if self._json:
            return b""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self._separator, lineterminator="\n")
        writer.writerow(map(protected, (*self._columns, *self._added)))
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
                out.write(_json(whole) + "\n")
        else:
            columns = [[row.get(name) for row in rows] for name in self._columns] + more
            lines = zip(*(map(_cell, values) for values in columns), strict=True)
            out.writelines(self._separator.join(line) + "\n" for line in lines)
        return _encoded(out.getvalue())


def _cell(value: object) -> str:
    """A cell, for itself alone: which other rows are written at the same time says nothing."""
    if value is None:
        return ""
    if not isinstance(value, str):
        if isinstance(value, (float, int, Number)):  # the last is slow to ask
            text = str(value)
            return "" if text == "nan" else text  # what pandas writes for an empty cell
        if isinstance(value, (dict, list)):  # as it stood in JSONL, so that it can be read again
            value = _json(value)
    # text is always quoted, so that a lone carriage return ends no row
    return '"' + protected(str(value)).replace('"', '""') + '"'


def _json(value: object) -> str:
    """JSON, which knows neither NaN nor infinity: nothing, and the word for it."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:
        text = json.dumps(value, ensure_ascii=False, default=str)
        value = json.loads(text, parse_constant=lambda name: None if name == "NaN" else name)
        return json.dumps(value, ensure_ascii=False)


def _encoded(text: str) -> bytes:
    """Halves of emoji are replaced; bytes that were no UTF-8 stay."""
    return storable(text).encode("utf-8", "surrogateescape")
