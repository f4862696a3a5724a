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
import re
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

from netralitas_nlp import __version__
from netralitas_nlp.integrations.evidence_cell import write_evidence
from netralitas_nlp.model.scorer import Scorer
from netralitas_nlp.text.masking import mask_personal

__all__ = ["Reject", "TableError", "count_rows", "read_rows", "score_file"]

Row = dict[str, Any]

_BATCH = 2048
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_MOST_SHOWN = 1000
_REJECTS = ".rejects.csv"
_READS = (".csv", ".tsv", ".jsonl", ".parquet", ".txt")
_WRITES = (".csv", ".tsv", ".jsonl")
# A spreadsheet runs cells that start like this as formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TableError(ValueError):
    """A table cannot be read or written; the message names file, row and remedy."""


class Reject(NamedTuple):
    """A row that cannot be read."""

    number: int
    reason: str
    content: str


Rows = Generator["Row | Reject", None, None]


def _ending(path: str, allowed: tuple[str, ...], verb: str) -> str:
    ending = os.path.splitext(path)[1].lower()
    if ending not in allowed:
        raise TableError(
            f"{path}: cannot {verb} {ending or 'no ending'!r}; use {', '.join(allowed)}"
        )
    return ending


def read_rows(
    path: str, text_column: str, leave_out: Callable[[Reject], None] | None = None
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

    Returns
    -------
    columns : list of str
    rows : iterator of dict

    Raises
    ------
    TableError
        If the file is missing, of an unknown kind, damaged or without that column.
    """
    columns, rows = _open(path, text_column)

    def good() -> Generator[Row, None, None]:
        with closing(rows):
            for row in rows:
                if not isinstance(row, Reject):
                    yield row
                elif leave_out is None:
                    raise TableError(f"{path}, row {row.number:,}: {row.reason}")
                else:
                    leave_out(row)

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


def _open(path: str, text_column: str) -> tuple[list[str], Rows]:
    """Open a table; a row that cannot be read comes as a `Reject`."""
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
    if not columns:
        raise TableError(f"{path}: the file is empty; it needs a first line with column names")
    if text_column not in columns:
        near = difflib.get_close_matches(text_column, columns, 1)
        hint = (
            f"; did you mean --text-column {near[0]}?" if near else "; name it with --text-column"
        )
        raise TableError(f"{path}: no column {text_column!r} among {', '.join(columns)}{hint}")


def _delimited(path: str, text_column: str, separator: str | None) -> tuple[list[str], Rows]:
    csv.field_size_limit(2**31 - 1)
    if separator is None:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
            header = file.readline()
        separator = max(",;\t|", key=header.count)
    options: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
    with open(path, **options) as file:
        columns = next(csv.reader(file, delimiter=separator), [])
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise TableError(f"{path}: column {twice[0]!r} stands there twice; rename one")
    _need(path, text_column, columns)

    def rows() -> Rows:
        with open(path, **options) as file:
            reader = csv.reader(file, delimiter=separator)
            next(reader)
            for number in itertools.count(2):
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Reject(number, str(error), "")
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
                yield dict(zip(columns, cells, strict=True))

    return columns, rows()


def _jsonl(path: str, text_column: str) -> tuple[list[str], Rows]:
    def rows() -> Rows:
        for number, line in enumerate(_lines(path), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield Reject(number, f"not valid JSON ({error})", line)
                continue
            if isinstance(row, dict):
                yield row
            else:
                yield Reject(number, "not a JSON object", line)

    with closing(rows()) as search:
        first = next((row for row in search if not isinstance(row, Reject)), None)
    columns = list(first) if first else [text_column]
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
    except (pyarrow.ArrowException, OSError) as error:
        raise TableError(f"{path}: not a readable Parquet file ({error})") from None
    _need(path, text_column, columns)

    def rows() -> Rows:
        try:
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(_BATCH):
                    yield from batch.to_pylist()
        except (pyarrow.ArrowException, OSError) as error:
            raise TableError(f"{path}: damaged Parquet file ({error})") from None

    return columns, rows()


class _Format:
    """Rows of one kind of file as bytes."""

    def __init__(self, ending: str, columns: list[str]):
        self._json = ending == ".jsonl"
        self._columns = columns
        self._options: dict[str, Any] = {
            "delimiter": "\t" if ending == ".tsv" else ",",
            "lineterminator": "\n",
        }

    def header(self) -> bytes:
        out = io.StringIO(newline="")
        if not self._json:
            csv.writer(out, **self._options).writerow(map(_cell, self._columns))
        return _encoded(out.getvalue())

    def rows(self, rows: Iterable[Row]) -> bytes:
        out = io.StringIO(newline="")
        if self._json:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        else:
            # text is always quoted: Python 3.11 leaves a lone carriage return bare otherwise
            writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, **self._options)
            names = self._columns
            writer.writerows([_cell(row.get(name, "")) for name in names] for row in rows)
        return _encoded(out.getvalue())


def _encoded(text: str) -> bytes:
    return _writable(text).encode("utf-8", "surrogateescape")


def _cell(value: object) -> object:
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    return "'" + value if value.startswith(_FORMULA) else value


def _writable(text: str) -> str:
    """Replace halves of emoji, which no file can hold; bytes that were no UTF-8 stay."""
    return _HALVES.sub("\ufffd", text)


class _Work:
    """What is done with a batch, in this process or in another."""

    def __init__(self, scorer: Scorer, table: _Format, text_column: str, evidence: bool):
        self.scorer = scorer
        self.table = table
        self.text_column = text_column
        self.evidence = evidence

    def __call__(self, rows: list[Row]) -> bytes:
        texts = [row.get(self.text_column) for row in rows]
        new = _scored(self.scorer, texts, self.evidence)
        return self.table.rows({**row, **more} for row, more in zip(rows, new, strict=True))


def _scored(scorer: Scorer, texts: list[Any], evidence: bool) -> list[Row]:
    """The added cells of one batch."""
    checked = [text if isinstance(text, str) else "" for text in texts]
    read = scorer.read(checked)
    added: dict[str, Iterable[Any]] = {
        f"prob_{scorer.positive}": [round(p, 6) for p in read.probability],
        "verdict": read.verdict,
        "skipped": [int(not text.strip()) for text in checked],
    }
    for name, values in read.signals.items():
        added[name] = [round(value, 6) for value in values]
    if evidence:
        found = scorer.score_stream(checked, _BATCH)
        added["evidence"] = [write_evidence(item.evidence) for item in found]
    return [dict(zip(added, cells, strict=True)) for cells in zip(*added.values(), strict=True)]


class _Batch(NamedTuple):
    """Rows that were read, and those among them that could not be."""

    seen: int
    rows: list[Row]
    rejects: list[Reject]


def _batches(rows: Iterator[Row | Reject]) -> Iterator[_Batch]:
    while batch := list(itertools.islice(rows, _BATCH)):
        good = [row for row in batch if not isinstance(row, Reject)]
        yield _Batch(len(batch), good, [row for row in batch if isinstance(row, Reject)])


_work: _Work | None = None  # of a worker process


def _begin(work: _Work, parent: int) -> None:
    """Start of a worker: Ctrl-C is the parent's business, and no worker outlives it."""
    global _work  # noqa: PLW0603
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _do(rows: list[Row]) -> bytes:
    assert _work is not None
    return _work(rows)


def _results(
    batches: Iterator[_Batch], work: _Work, jobs: int
) -> Generator[tuple[_Batch, bytes], None, None]:
    """Finished batches in their order."""
    if jobs == 1:
        for batch in batches:
            yield batch, work(batch.rows)
        return
    import multiprocessing
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # a forked worker has the model already, and what the scorer remembers
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context(method),
        initializer=_begin,
        initargs=(work, os.getpid()),
    )
    waiting: deque[tuple[_Batch, Future[bytes]]] = deque()
    try:
        for batch in batches:
            with warnings.catch_warnings():  # Python warns of threads; the workers use none of them
                warnings.simplefilter("ignore", DeprecationWarning)
                waiting.append((batch, pool.submit(_do, batch.rows)))
            if len(waiting) > 2 * jobs:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    except BrokenProcessPool:
        raise TableError(
            "a worker process was killed; what was scored is kept, start the same command again, "
            "with fewer --jobs if memory ran out"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _fingerprint(path: str, scorer: Scorer, *settings: object) -> str:
    status = os.stat(path)
    facts = (
        __version__,
        os.path.abspath(path),
        status.st_size,
        status.st_mtime_ns,
        json.dumps(scorer.info, sort_keys=True, default=str),
        *settings,
    )
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()


class _SideFile:
    """A file that grows beside its target and is renamed when it is whole."""

    def __init__(self, target: str, size: int):
        self.target, self.path = target, target + ".part"
        self._size = size
        # opened without cutting: another run may be writing it
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)

    def lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # pragma: no cover - not on Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise TableError(f"{self.path}: another run is writing it; wait for its end") from None

    def begin(self) -> None:
        """Cut off what no checkpoint vouches for."""
        os.ftruncate(self._file, self._size)
        os.lseek(self._file, self._size, os.SEEK_SET)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        self._size += len(data)

    @property
    def size(self) -> int:
        return self._size

    def sync(self) -> None:
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)

    def finish(self) -> None:
        """Put it in its place."""
        os.replace(self.path, self.target)


def _resume(checkpoint: str, key: str, parts: Iterable[str]) -> tuple[int, int, list[int]]:
    """Rows seen, rows written and bytes of each file that an earlier run left safely on disk."""
    try:
        with open(checkpoint, encoding="utf-8") as file:
            state = json.load(file)
        sizes = [int(size) for size in state["bytes"]]
        there = [os.path.getsize(part) for part in parts]
        enough = all(a >= b >= 0 for a, b in zip(there, sizes, strict=True))
        if state["key"] == key and enough:
            return int(state["seen"]), int(state["rows"]), sizes
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, 0, [0, 0]


def score_file(
    source: str,
    output: str,
    *,
    model: str = "bundled",
    text_column: str = "teks",
    jobs: int = 1,
    evidence: bool = True,
    force: bool = False,
    strict: bool = False,
    advance: Callable[[int, int | None], None] = lambda done, total: None,
) -> int:
    """Score a table file.

    The rows go to ``OUTPUT.part``, which is renamed when it is whole. A run that was cut off, by
    whatever it was, goes on where it stopped when it is started again.

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
    strict : bool, default=False
        Stop at a row that cannot be read; else such rows go to ``OUTPUT.rejects.csv`` with their
        numbers and reasons.
    advance : callable, optional
        Called with rows done and rows in all (None where unknown).

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    TableError
        If the source cannot be read or the output not be written; what was scored before is kept.
    FileExistsError
        If the output exists and `force` is false.
    """
    ending = _ending(output, _WRITES, "write")
    if os.path.exists(output) and not force:
        raise FileExistsError(f"{output} exists already; use another name or --force")
    if os.path.exists(output + _REJECTS) and not force:
        raise FileExistsError(f"{output + _REJECTS} exists already; move it or --force")
    if os.path.abspath(source) == os.path.abspath(output):
        raise TableError(f"{output}: would overwrite the input; use another name")
    scorer = Scorer.load(model)
    added = list(_scored(scorer, [""], evidence)[0])
    columns, rows = _open(source, text_column)
    with closing(rows):
        clash = [name for name in added if name in columns]
        if clash:
            raise TableError(
                f"{source}: already has column {clash[0]!r}, which scoring adds; rename or "
                "remove it"
            )
        work = _Work(scorer, _Format(ending, [*columns, *added]), text_column, evidence)
        key = _fingerprint(source, scorer, text_column, evidence, strict)
        return _run(source, output, rows, work, key, jobs, strict, advance)


def _run(
    source: str,
    output: str,
    rows: Rows,
    work: _Work,
    key: str,
    jobs: int,
    strict: bool,
    advance: Callable[[int, int | None], None],
) -> int:
    checkpoint = output + ".part.json"
    targets = [output, output + _REJECTS]
    seen, done, sizes = _resume(checkpoint, key, [target + ".part" for target in targets])
    rejects = _Format(".csv", ["row", "reason", "content"])
    files: list[_SideFile] = []
    try:
        for target, size in zip(targets, sizes, strict=True):
            files.append(_SideFile(target, size))
            files[-1].lock()
        main, side = files
        for file in files:
            file.begin()
        if not seen:
            _save(checkpoint, {"key": ""})  # of no run: what an older one says is over
            main.write(work.table.header())
        rest = itertools.islice(rows, seen, None)
        with closing(_results(_batches(rest), work, jobs)) as results:
            for batch, block in results:
                if batch.rejects and strict:
                    bad = batch.rejects[0]
                    raise TableError(f"{source}, row {bad.number:,}: {bad.reason}")
                main.write(block)
                main.sync()
                if batch.rejects:
                    side.write(b"" if side.size else rejects.header())
                    side.write(rejects.rows(map(_rejected, batch.rejects)))
                    side.sync()
                seen, done = seen + batch.seen, done + len(batch.rows)
                sizes = [file.size for file in files]
                _save(checkpoint, {"key": key, "seen": seen, "rows": done, "bytes": sizes})
                advance(done, None)
        if side.size:
            side.finish()
        else:
            os.remove(side.path)
            if os.path.exists(side.target):  # of an earlier output, which is replaced
                os.remove(side.target)
        main.finish()
        os.remove(checkpoint)
    except OSError as error:
        raise TableError(
            f"{error.filename or output}: {error.strerror or error}; the {done:,} rows scored so "
            "far are kept, mend this and start the same command again"
        ) from None
    finally:
        for file in files:
            file.close()
    return done


def _rejected(bad: Reject) -> Row:
    """Enough of a bad row to find it, without personal numbers."""
    content = mask_personal(bad.content[:_MOST_SHOWN])
    return {"row": bad.number, "reason": bad.reason, "content": content}


def _save(path: str, state: Row) -> None:
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
