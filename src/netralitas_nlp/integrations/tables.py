"""Tables as people have them, read row by row in constant memory."""

from __future__ import annotations

import csv
import difflib
import itertools
import json
import math
import os
import re
import shlex
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any, NamedTuple

from netralitas_nlp.text.cells import unprotected
from netralitas_nlp.text.encodings import guess_encoding, storable
from netralitas_nlp.text.masking import mask_personal

__all__ = [
    "Found",
    "Reject",
    "Row",
    "Rows",
    "TableError",
    "count_rows",
    "encoding_of",
    "ending_of",
    "open_rows",
    "read_rows",
]

Row = dict[str, Any]

_BATCH = 2048
_OPEN = "a quotation mark is opened and never closed"
_LONGEST_SHOWN = 2000
_LONGEST_CELL = 2**21  # letters; what is longer is a quotation mark that is never closed
_TOO_LONG = f"a cell is longer than {_LONGEST_CELL:,} letters"
_MOST_NAMES = 1000  # of columns in a JSONL file; rows that each name another would fill the memory
_READS = (".csv", ".tsv", ".jsonl", ".parquet", ".txt")
_LOOK = 2**20
_HALF = re.compile("[\ud800-\udfff]")
_STATED = re.compile(r'"?sep=(.)"?[;,]*\s*$', re.IGNORECASE)  # Excel's line, which it does not show


class TableError(ValueError):
    """A table cannot be read or written; the message names file, row and remedy."""


class Found(NamedTuple):
    """A row that can be read.

    Attributes
    ----------
    number : int
        As a spreadsheet shows it: the header is row 1. For JSONL and plain text the line, for
        Parquet its place, from 1.
    row : dict
    """

    number: int
    row: Row


class Reject(NamedTuple):
    """A row that cannot be read; numbered as `Found`."""

    number: int
    reason: str
    content: str


Rows = Generator["Found | Reject", None, None]


def ending_of(path: str, allowed: tuple[str, ...], verb: str) -> str:
    """Ending of a path, if it is one of those allowed.

    Raises
    ------
    TableError
        Naming those that are.
    """
    ending = os.path.splitext(path)[1].lower()
    if ending not in allowed:
        raise TableError(
            f"{path}: cannot {verb} {ending or 'no ending'!r}; use {', '.join(allowed)}"
        )
    return ending


def read_rows(
    path: str,
    text_column: str,
    leave_out: Callable[[Reject], None] | None = None,
    encoding: str | None = None,
) -> tuple[list[str], Generator[Row, None, None]]:
    """Open a table for reading row by row.

    Parameters
    ----------
    path : str
        CSV, TSV, JSONL, Parquet or plain text (one text a line), by its ending.
    text_column : str
        Column that must be there; for plain text the name its lines get.
    leave_out : callable, optional
        Called with each row that cannot be read, which is then left out; without it the first
        one is an error.
    encoding : str, optional
        Of a text file; judged by `encoding_of` where not given.

    Returns
    -------
    columns : list of str
    rows : iterator of dict

    Raises
    ------
    TableError
        If the file is missing, of an unknown kind, damaged or without that column.
    """
    columns, rows = open_rows(path, text_column, encoding)

    def good() -> Generator[Row, None, None]:
        with closing(rows):
            for found in rows:
                if not isinstance(found, Reject):
                    yield found.row
                elif leave_out is None:
                    raise TableError(f"{path}, row {found.number:,}: {found.reason}")
                else:
                    leave_out(found)

    return columns, good()


def count_rows(path: str, text_column: str) -> int:
    """Rows of a table that can be read; a pass over the file, which is quick beside scoring it.

    Parameters
    ----------
    path, text_column : str
        As for `read_rows`.

    Returns
    -------
    int

    Raises
    ------
    TableError
        As for `read_rows`.
    """
    _, rows = read_rows(path, text_column, lambda bad: None)
    return sum(1 for _ in rows)


def open_rows(path: str, text_column: str, encoding: str | None = None) -> tuple[list[str], Rows]:
    """Open a table; every row comes with its number, one that cannot be read as a `Reject`."""
    ending = ending_of(path, _READS, "read")
    if os.path.isdir(path):
        raise TableError(f"{path}: is a folder; name a file in it")
    if not os.path.isfile(path):
        raise TableError(f"{path}: no such file")
    if ending == ".parquet":
        return _parquet(path, text_column)
    with open(path, "rb") as file:
        head = file.read(8)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(f"{path}: is written in UTF-16; save it as CSV UTF-8")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        raise TableError(f"{path}: is a workbook or a packed file, no table; save it as CSV UTF-8")
    encoding = encoding or encoding_of(path)
    if ending == ".txt":
        lines = enumerate(_lines(path, encoding), 1)
        return [text_column], (Found(number, {text_column: line}) for number, line in lines)
    if ending == ".jsonl":
        return _jsonl(path, text_column, encoding)
    return _delimited(path, text_column, "\t" if ending == ".tsv" else None, encoding)


def encoding_of(path: str) -> str:
    """Tell UTF-8 from Windows-1252 in a text file; see `guess_encoding`.

    Parameters
    ----------
    path : str

    Returns
    -------
    str
    """
    with open(path, "rb") as file:
        return guess_encoding(iter(lambda: file.read(_LOOK), b""))


def _opening(encoding: str) -> dict[str, Any]:
    """How to open it; bytes that are not of its encoding come back in the output as they are."""
    return {"encoding": encoding, "errors": "surrogateescape"}


def _lines(path: str, encoding: str) -> Iterator[str]:
    with open(path, newline="\n", **_opening(encoding)) as file:
        for line in file:
            yield line.rstrip("\r\n")


def _need(path: str, text_column: str, columns: list[str]) -> None:
    if not columns:
        raise TableError(f"{path}: the file is empty; it needs a first line with column names")
    if text_column not in columns:
        near = difflib.get_close_matches(text_column, columns, 1)
        hint = (
            f"; did you mean --text-column {shlex.quote(near[0])}?"
            if near
            else "; name it with --text-column"
        )
        raise TableError(f"{path}: no column {text_column!r} among {', '.join(columns)}{hint}")


def _distinct(columns: list[str]) -> list[str]:
    """A name of its own for each column: some have none, or one that stood there before."""
    out: list[str] = []
    for place, written in enumerate(columns, 1):
        name = found = written or f"column {place}"
        numbers = itertools.count(1)
        while found in out:
            found = f"{name}.{next(numbers)}"
        out.append(found)
    return out


class _Lines:
    """Lines of a file; those behind a quotation mark that is never closed can be read again."""

    def __init__(self, file: Iterator[str]):
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self.torn = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._file, None)
        if line is None:
            self.torn = bool(self._row)  # a row that is whole asks for no more
            raise StopIteration
        self._row.append(line)
        return line

    @property
    def several(self) -> bool:
        """Whether the row has gone on to a second line."""
        return len(self._row) > 1

    def begin(self) -> None:
        """Begin a row."""
        self._row.clear()
        self.torn = False

    def back(self) -> str:
        """Give back all but the first line of the row, which is returned."""
        first, *rest = self._row
        self._again.extendleft(reversed(rest))
        return first


def _delimited(
    path: str, text_column: str, separator: str | None, encoding: str
) -> tuple[list[str], Rows]:
    csv.field_size_limit(_LONGEST_CELL)
    options = _opening(encoding) | {"newline": ""}
    with open(path, **options) as file:
        header = file.readline()
        stated = _STATED.match(header)
        if stated:
            header = file.readline()
    above = int(stated is not None)  # lines above the header
    if stated or separator is None:
        separator = stated[1] if stated else max(",;\t|", key=header.count)
    try:
        with open(path, **options) as file:
            reader = csv.reader(itertools.islice(file, above, None), delimiter=separator)
            columns = list(map(unprotected, next(reader, [])))
    except csv.Error as error:
        raise TableError(f"{path}: the first line cannot be read ({error})") from None
    if columns.count(text_column) > 1:
        raise TableError(f"{path}: column {text_column!r} stands there twice; rename one")
    if not columns and header:
        raise TableError(f"{path}: row 1 is empty; begin the file with the names of the columns")
    _need(path, text_column, columns)
    columns = _distinct(columns)

    def rows() -> Rows:
        with open(path, **options) as file:
            lines = _Lines(itertools.islice(file, above, None))
            reader = csv.reader(lines, delimiter=separator)
            next(reader)
            for number in itertools.count(2):  # Excel does not count the line above the header
                lines.begin()
                long = False
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "limit" not in str(error):
                        yield Reject(number, str(error), "")
                        continue
                    lines.torn, long = True, not lines.several
                if lines.torn:
                    reason = _TOO_LONG if long else _OPEN
                    yield Reject(number, reason, mask_personal(lines.back()[:_LONGEST_SHOWN]))
                    continue
                if not cells:
                    continue
                if len(cells) != len(columns):
                    reason = (
                        f"{len(cells)} cells instead of {len(columns)}; mend the quotation marks "
                        "or the separator"
                    )
                    yield Reject(number, reason, separator.join(map(mask_personal, cells)))
                    continue
                yield Found(number, dict(zip(columns, map(unprotected, cells), strict=True)))

    return columns, rows()


def _checked(number: int, row: Row, text_column: str) -> Found | Reject:
    """What is neither text nor missing must not pass for a text without a word."""
    value = row.get(text_column)
    if isinstance(value, str):  # what is read is what can be written, so offsets hold in both
        return Found(number, row | {text_column: storable(value)})
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Found(number, row)
    reason = f"{text_column} is {type(value).__name__}, not text; write it as text"
    return Reject(number, reason, mask_personal(str(value)))


def _whole(row: Any, line: str) -> Any:
    """A row of JSON without halves of emoji, in any cell.

    Half of them look like the bytes of a file that is no UTF-8, which are kept: where its line has
    none, there is none in the row.
    """
    if "\\u" not in line or _HALF.search(line):
        return row
    text = json.dumps(row, ensure_ascii=False)
    return json.loads(_HALF.sub("\ufffd", text)) if _HALF.search(text) else row


def _jsonl(path: str, text_column: str, encoding: str) -> tuple[list[str], Rows]:
    def rows() -> Rows:
        for number, line in enumerate(_lines(path, encoding), 1):
            if not line.strip():
                continue
            try:
                row = _whole(json.loads(line), line)
            except (ValueError, RecursionError) as error:
                yield Reject(number, f"not valid JSON ({error})", line)
                continue
            if isinstance(row, dict):
                yield _checked(number, row, text_column)
            else:
                yield Reject(number, "not a JSON object", line)

    # any row may name a column, so all of them are looked through before the first is scored
    names: dict[str, None] = {}
    with closing(rows()) as search:
        for found in search:
            if not isinstance(found, Reject):
                names.update(dict.fromkeys(found.row))
            if len(names) > _MOST_NAMES:
                raise TableError(
                    f"{path}: more than {_MOST_NAMES:,} different names of columns; keep what "
                    "changes from row to row in the value of one column"
                )
    columns = list(names) or [text_column]
    _need(path, text_column, columns)
    return columns, rows()


def _parquet(path: str, text_column: str) -> tuple[list[str], Rows]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise TableError(
            f"{path}: reading Parquet needs pyarrow; pip install 'netralitas-nlp[parquet]'"
        ) from None
    try:
        columns = list(parquet.read_schema(path).names)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise TableError(f"{path}: not a readable Parquet file ({error})") from None
    _need(path, text_column, columns)

    def rows() -> Rows:
        try:
            with parquet.ParquetFile(path) as file:
                batches = file.iter_batches(_BATCH)
                found = itertools.chain.from_iterable(batch.to_pylist() for batch in batches)
                for number, row in enumerate(found, 1):
                    yield _checked(number, row, text_column)
        # a string that is no UTF-8, a date that Python has not
        except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
            raise TableError(f"{path}: damaged Parquet file ({error})") from None

    return columns, rows()
