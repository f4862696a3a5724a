"""Scores a table file row by row: constant memory, and a run that was cut off goes on.

`tables` reads it, `workers` scores its batches, `table_format` makes bytes of them, `checkpoints`
keeps what was done through whatever may happen.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

from netralitas_nlp.integrations.checkpoints import Checkpoint, SideFile, State, run_key
from netralitas_nlp.integrations.evidence_cell import write_evidence
from netralitas_nlp.integrations.table_format import Format
from netralitas_nlp.integrations.tables import (
    Found,
    Reject,
    Row,
    Rows,
    TableError,
    ending_of,
    open_rows,
    read_rows,
)
from netralitas_nlp.integrations.workers import Batch, finished
from netralitas_nlp.model.assessment import SIGNALS, Assessment
from netralitas_nlp.model.scorer import Readings, Scorer
from netralitas_nlp.text.masking import mask_personal

__all__ = ["Reject", "TableError", "forget_run", "read_rows", "score_file"]

_BATCH = 2048
_SHARED = 256  # with evidence a row takes so long that several processes share small batches
_SAVE_AFTER = 1.0  # seconds: to wait for the disk after every batch took a seventh of a run
_MOST_SHOWN = 1000
_REJECTS = ".rejects.csv"
_WRITES = (".csv", ".tsv", ".jsonl")


class _Work:
    """What is done with a batch, in this process or in another."""

    def __init__(self, scorer: Scorer, table: Format, text_column: str, evidence: bool):
        self.scorer = scorer
        self.table = table
        self.text_column = text_column
        self.evidence = evidence

    def __call__(self, rows: list[Row]) -> bytes:
        texts = [row.get(self.text_column) for row in rows]
        return self.table.rows(rows, _scored(self.scorer, texts, self.evidence))


def _scored(scorer: Scorer, texts: list[Any], evidence: bool) -> dict[str, list[Any]]:
    """The columns that are added to one batch."""
    checked = [text if isinstance(text, str) else "" for text in texts]
    # with evidence every text is read again, so what was read then is taken
    found = list(scorer.score_stream(checked, _BATCH)) if evidence else []
    read = _columns(found) if evidence else scorer.read(checked)
    added: dict[str, list[Any]] = {
        f"prob_{scorer.positive}": [round(p, 6) for p in read.probability],
        "verdict": read.verdict,
        "skipped": [int(not text.strip()) for text in checked],
    }
    for name, values in read.signals.items():  # what a model does not read is no 0
        known = name in scorer.signals_
        added[name] = [round(value, 6) if known else None for value in values]
    if evidence:
        added["evidence"] = [write_evidence(item.evidence) for item in found]
    return added


def _columns(found: list[Assessment]) -> Readings:
    return Readings(
        [item.probability for item in found],
        [item.verdict for item in found],
        {name: [item.signals[name] for item in found] for name in SIGNALS},
    )


def _batches(rows: Iterator[Found | Reject], size: int) -> Iterator[Batch]:
    while batch := list(itertools.islice(rows, size)):
        good = [found.row for found in batch if not isinstance(found, Reject)]
        yield Batch(len(batch), good, [found for found in batch if isinstance(found, Reject)])


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
    step_of_more: bool = False,
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
        the text was missing or blank, signals (empty where the model does not read them) and
        evidence.
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
    step_of_more : bool, default=False
        Keep the note of the run when the output is whole, so that the same call knows it and does
        nothing until `forget_run`.

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
    ending = ending_of(output, _WRITES, "write")
    if os.path.isdir(output):
        raise TableError(f"{output}: is a folder; use another name")
    checkpoint = _checkpoint(output)
    if not force and not os.path.exists(checkpoint.path):
        _keep_existing(checkpoint.targets)
    for target in checkpoint.targets:
        if _same(source, target):
            raise TableError(f"{target}: would overwrite the input; use another name")
    folder = os.path.dirname(os.path.abspath(output))
    if not os.path.isdir(folder):
        raise TableError(f"{output}: there is no folder {folder}")
    scorer = Scorer.load(model)
    added = list(_scored(scorer, [""], evidence))
    columns, rows = open_rows(source, text_column)
    with closing(rows):
        clash = [name for name in added if name in columns]
        if clash:
            raise TableError(
                f"{source}: already has column {clash[0]!r}, which scoring adds; rename or "
                "remove it"
            )
        checkpoint.key = run_key(source, scorer, text_column, evidence, strict)
        before = checkpoint.read()
        done = before.rows
        if before.whole:  # an earlier run was killed between its last steps
            checkpoint.finish(before)
        else:
            if not force:
                _keep_existing(checkpoint.targets)
            work = _Work(scorer, Format(ending, columns, added), text_column, evidence)
            done = _run(source, rows, work, checkpoint, before, jobs, strict, advance)
    if not step_of_more:
        checkpoint.forget()
    return done


def forget_run(output: str) -> None:
    """End a run that was `step_of_more`.

    Parameters
    ----------
    output : str
        What `score_file` wrote.
    """
    _checkpoint(output).forget()


def _checkpoint(output: str) -> Checkpoint:
    return Checkpoint([output, output + _REJECTS])


def _same(one: str, other: str) -> bool:
    """Whether two names are of one file, also through links or on disks that know no case."""
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is not there
        return os.path.abspath(one) == os.path.abspath(other)


def _keep_existing(targets: Iterable[str]) -> None:
    for target, remedy in zip(targets, ("use another name or", "move it or"), strict=True):
        if os.path.exists(target):
            raise FileExistsError(f"{target} exists already; {remedy} --force")


def _run(
    source: str,
    rows: Rows,
    work: _Work,
    checkpoint: Checkpoint,
    state: State,
    jobs: int,
    strict: bool,
    advance: Callable[[int, int | None], None],
) -> int:
    output = checkpoint.targets[0]
    rejects = Format(".csv", ["row", "reason", "content"])
    files: list[SideFile] = []
    saved = state
    try:
        for target, size in zip(checkpoint.targets, state.sizes, strict=True):
            files.append(SideFile(target, size))
            files[-1].lock()
        main, side = files
        for file in files:
            file.begin()
        if not state.seen:
            checkpoint.write(state)  # what an older run says is over
            main.write(work.table.header())
        rest = itertools.islice(rows, state.seen, None)
        shared = work.evidence and jobs > 1
        batches = _batches(rest, min(_BATCH, _SHARED) if shared else _BATCH)
        due = time.monotonic() + _SAVE_AFTER
        try:
            with closing(finished(batches, work, jobs)) as results:
                for batch, block in results:
                    if batch.rejects and strict:
                        bad = batch.rejects[0]
                        raise TableError(f"{source}, row {bad.number:,}: {bad.reason}")
                    main.write(block)
                    if batch.rejects:
                        side.write(b"" if side.size else rejects.header())
                        side.write(rejects.rows(map(_rejected, batch.rejects)))
                    state = State(
                        state.seen + batch.seen,
                        state.rows + len(batch.rows),
                        tuple(file.size for file in files),
                    )
                    if time.monotonic() >= due:
                        saved = _save(files, checkpoint, state)
                        due = time.monotonic() + _SAVE_AFTER
                    advance(state.rows, None)
        except BaseException:  # whatever ends the run, what was scored is kept
            saved = _save(files, checkpoint, state)
            raise
        state = state._replace(sizes=tuple(file.size for file in files), whole=True)
        saved = _save(files, checkpoint, state)
        for file in files:
            file.close()  # Windows renames no file that is open
        checkpoint.finish(state)
    except OSError as error:
        raise TableError(
            f"{error.filename or output}: {error.strerror or error}; the {saved.rows:,} rows "
            "scored so far are kept, mend this and start the same command again"
        ) from None
    finally:
        for file in files:
            file.close()
    return state.rows


def _save(files: list[SideFile], checkpoint: Checkpoint, state: State) -> State:
    """Wait until the disk has the rows, then say so."""
    for file in files:
        file.sync()
    checkpoint.write(state)
    return state


def _rejected(bad: Reject) -> Row:
    """Enough of a bad row to find it, without personal numbers."""
    content = mask_personal(bad.content)[:_MOST_SHOWN]  # not the other way: a cut number is none
    return {"row": bad.number, "reason": bad.reason, "content": content}
