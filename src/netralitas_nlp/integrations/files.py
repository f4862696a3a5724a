"""Scores a table file row by row: constant memory, and a run that was cut off goes on.

Scored rows go to ``OUTPUT.part`` with a checkpoint beside it after every batch; the finished
file is renamed into place. A checkpoint names how many rows of which input are safely on disk,
so a restart cuts a torn last row off and reads on from there.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import itertools
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import lru_cache
from typing import IO, Any

from netralitas_nlp.model.scorer import Scorer
from netralitas_nlp.text.masking import mask_personal

__all__ = ["TableError", "read_rows", "score_file"]

Row = dict[str, Any]

_BATCH = 2048
_READS = (".csv", ".tsv", ".jsonl", ".parquet", ".txt")
_WRITES = (".csv", ".tsv", ".jsonl")
# A spreadsheet runs cells that start like this as formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TableError(ValueError):
    """A table cannot be read or written; the message names file, row and remedy."""


def _ending(path: str, allowed: tuple[str, ...], verb: str) -> str:
    ending = os.path.splitext(path)[1].lower()
    if ending not in allowed:
        raise TableError(
            f"{path}: cannot {verb} {ending or 'no ending'!r}; use {', '.join(allowed)}"
        )
    return ending


def read_rows(path: str, text_column: str) -> tuple[list[str], Generator[Row, None, None]]:
    """Open a table for reading row by row.

    Parameters
    ----------
    path : str
        CSV, TSV, JSONL, Parquet or plain text (one text a line), by its ending.
    text_column : str
        Column that must be there; for plain text the name its lines get.

    Returns
    -------
    columns : list of str
    rows : iterator of dict

    Raises
    ------
    TableError
        If the file is missing, of an unknown kind, damaged or without that column.
    """
    ending = _ending(path, _READS, "read")
    if not os.path.isfile(path):
        raise TableError(f"{path}: no such file")
    if ending == ".parquet":
        return _parquet(path, text_column)
    if ending == ".txt":
        return [text_column], ({text_column: line} for line in _lines(path))
    if ending == ".jsonl":
        return _jsonl(path, text_column)
    return _delimited(path, text_column, "\t" if ending == ".tsv" else None)


def _lines(path: str) -> Iterator[str]:
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
        for line in file:
            yield line.rstrip("\r\n")


def _need(path: str, text_column: str, columns: list[str]) -> None:
    if text_column not in columns:
        near = difflib.get_close_matches(text_column, columns, 1)
        hint = (
            f"; did you mean --text-column {near[0]}?" if near else "; name it with --text-column"
        )
        raise TableError(f"{path}: no column {text_column!r} among {', '.join(columns)}{hint}")


def _delimited(
    path: str, text_column: str, separator: str | None
) -> tuple[list[str], Generator[Row, None, None]]:
    csv.field_size_limit(2**31 - 1)
    if separator is None:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
            header = file.readline()
        separator = max(",;\t|", key=header.count)
    file = open(path, encoding="utf-8-sig", errors="surrogateescape", newline="")  # noqa: SIM115
    reader = csv.reader(file, delimiter=separator)
    columns = next(reader, [])
    try:
        twice = [name for name in columns if columns.count(name) > 1]
        if twice:
            raise TableError(f"{path}: column {twice[0]!r} stands there twice; rename one")
        _need(path, text_column, columns)
    except TableError:
        file.close()
        raise

    def rows() -> Generator[Row, None, None]:
        with file:
            number = 1
            try:
                for cells in reader:
                    number += 1
                    if not cells:
                        continue
                    if len(cells) != len(columns):
                        raise TableError(
                            f"{path}, row {number:,}: {len(cells)} cells instead of "
                            f"{len(columns)}; mend the quotation marks or the separator"
                        )
                    yield dict(zip(columns, cells, strict=True))
            except csv.Error as error:
                raise TableError(f"{path}, row {number + 1:,}: {error}") from None

    return columns, rows()


def _jsonl(path: str, text_column: str) -> tuple[list[str], Generator[Row, None, None]]:
    def rows() -> Generator[Row, None, None]:
        for number, line in enumerate(_lines(path), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise TableError(f"{path}, row {number:,}: not valid JSON ({error})") from None
            if not isinstance(row, dict):
                raise TableError(f"{path}, row {number:,}: not a JSON object")
            yield row

    first = next(rows(), None)
    columns = list(first) if first else [text_column]
    _need(path, text_column, columns)
    return columns, rows()


def _parquet(path: str, text_column: str) -> tuple[list[str], Generator[Row, None, None]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise TableError(
            f"{path}: reading Parquet needs pyarrow; pip install 'netralitas-nlp[parquet]'"
        ) from None
    try:
        file = parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise TableError(f"{path}: not a readable Parquet file ({error})") from None
    columns = list(file.schema_arrow.names)
    _need(path, text_column, columns)
    return columns, (row for batch in file.iter_batches(_BATCH) for row in batch.to_pylist())


class _Writer:
    """Appends scored rows to a file of one kind."""

    def __init__(self, file: IO[str], ending: str, columns: list[str]):
        self._json = ending == ".jsonl"
        self._file = file
        self._columns = columns
        self._format: dict[str, Any] = {
            "delimiter": "\t" if ending == ".tsv" else ",",
            "lineterminator": "\n",
        }
        # text is always quoted: Python 3.11 leaves a lone carriage return bare otherwise
        self._csv = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, **self._format)

    def header(self) -> None:
        if not self._json:
            csv.writer(self._file, **self._format).writerow(map(_cell, self._columns))

    def rows(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._json:
                self._file.write(_writable(json.dumps(row, ensure_ascii=False, default=str)) + "\n")
            else:
                self._csv.writerow([_cell(row.get(name, "")) for name in self._columns])


def _cell(value: object) -> object:
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    return _writable("'" + value if value.startswith(_FORMULA) else value)


def _writable(text: str) -> str:
    """Replace halves of emoji, which no file can hold; bytes that were no UTF-8 stay."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


@lru_cache(maxsize=1)
def _scorer(model: str) -> Scorer:
    return Scorer.load(model)


def _scored(model: str, texts: list[Any], evidence: bool) -> list[Row]:
    """The added cells of one batch; a worker process loads the model once."""
    scorer = _scorer(model)
    checked = [text if isinstance(text, str) else "" for text in texts]
    out = []
    for text, item in zip(texts, scorer.score_stream(checked, evidence=evidence), strict=True):
        added: Row = {
            f"prob_{scorer.positive}": round(item.probability, 6),
            "verdict": item.verdict,
            "skipped": int(not isinstance(text, str) or not text.strip()),
        }
        added.update({name: round(value, 6) for name, value in item.signals.items()})
        if evidence:
            spans = [
                f"{e.start}-{e.end} {e.signal}: {mask_personal(e.text)}" for e in item.evidence
            ]
            added["evidence"] = " | ".join(" ".join(span.split()) for span in spans)
        out.append(added)
    return out


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(itertools.islice(rows, _BATCH)):
        yield batch


def _results(
    batches: Iterator[list[Row]], model: str, text_column: str, jobs: int, evidence: bool
) -> Iterator[tuple[list[Row], list[Row]]]:
    if jobs == 1:
        for batch in batches:
            yield batch, _scored(model, [row.get(text_column) for row in batch], evidence)
        return
    from joblib import Parallel, delayed

    kept, sent = itertools.tee(batches)
    parallel = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch=2 * jobs, batch_size=1)
    work = (
        delayed(_scored)(model, [row.get(text_column) for row in batch], evidence) for batch in sent
    )
    yield from zip(kept, parallel(work), strict=True)


def _fingerprint(path: str, model: str, text_column: str, evidence: bool) -> str:
    status = os.stat(path)
    facts = (
        os.path.abspath(path),
        status.st_size,
        status.st_mtime_ns,
        model,
        text_column,
        evidence,
    )
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()


def _resume(checkpoint: str, part: str, key: str) -> tuple[int, int]:
    """Rows and bytes that an earlier run left safely on disk."""
    try:
        with open(checkpoint, encoding="utf-8") as file:
            state = json.load(file)
        rows, size = int(state["rows"]), int(state["bytes"])
        if state["key"] == key and os.path.getsize(part) >= size:
            return rows, size
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, 0


def score_file(
    source: str,
    output: str,
    *,
    model: str = "bundled",
    text_column: str = "teks",
    jobs: int = 1,
    evidence: bool = True,
    force: bool = False,
    advance: Callable[[int, int | None], None] = lambda done, total: None,
) -> int:
    """Score a table file.

    Parameters
    ----------
    source : str
        CSV, TSV, JSONL, Parquet or plain text, by its ending.
    output : str
        CSV, TSV or JSONL to write: the columns of the source, then probability, verdict, whether
        the text was missing, signals and evidence.
    model : str, default="bundled"
        As for `Scorer.load`.
    text_column : str, default="teks"
        Column with the texts.
    jobs : int, default=1
        Processes.
    evidence : bool, default=True
        Whether to look for the words behind each decision.
    force : bool, default=False
        Replace an output that stands there.
    advance : callable, optional
        Called with rows done and rows in all (None where unknown).

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    TableError
        If the source cannot be read; what was scored before is kept.
    FileExistsError
        If the output exists and `force` is false.
    """
    ending = _ending(output, _WRITES, "write")
    if os.path.exists(output) and not force:
        raise FileExistsError(f"{output} exists already; use another name or --force")
    if os.path.abspath(source) == os.path.abspath(output):
        raise TableError(f"{output}: would overwrite the input; use another name")
    columns, rows = read_rows(source, text_column)
    added = list(_scored(model, [""], evidence)[0])
    clash = [name for name in added if name in columns]
    if clash:
        raise TableError(
            f"{source}: already has column {clash[0]!r}, which scoring adds; rename or remove it"
        )
    part, checkpoint = output + ".part", output + ".part.json"
    key = _fingerprint(source, model, text_column, evidence)
    done, size = _resume(checkpoint, part, key)
    with open(part, "r+b" if size else "wb") as raw:
        raw.truncate(size)
        raw.seek(size)
        with io.TextIOWrapper(
            raw, encoding="utf-8", errors="surrogateescape", newline="", write_through=True
        ) as file:
            writer = _Writer(file, ending, [*columns, *added])
            if not size:
                writer.header()
            rest = itertools.islice(rows, done, None)
            for batch, new in _results(_batches(rest), model, text_column, jobs, evidence):
                writer.rows({**row, **more} for row, more in zip(batch, new, strict=True))
                file.flush()
                os.fsync(raw.fileno())
                done += len(batch)
                _save(checkpoint, {"key": key, "rows": done, "bytes": raw.tell()})
                advance(done, None)
    os.replace(part, output)
    if os.path.exists(checkpoint):
        os.remove(checkpoint)
    return done


def _save(path: str, state: Row) -> None:
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(path + ".new", path)
