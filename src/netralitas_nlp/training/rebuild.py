"""Labels without texts, and local copies of the public repositories, to a training table."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from netralitas_nlp.training.from_csv import TrainingDataError, read_labelled

__all__ = ["RebuildError", "Recovered", "published_text", "rebuild", "text_id"]

_ANNOTATION = ("id", "repository", "label", "topik", "sinyal", "ragu", "era", "register")
_LONGEST = 900
_SEPARATORS = ",;\t|"
_SHEETS = (".xlsx", ".xlsm")
_BROKEN = object()


class RebuildError(TrainingDataError):
    """The annotated texts cannot be put together; the message names the place and the remedy."""


class Recovered(NamedTuple):
    """What one repository gave.

    Attributes
    ----------
    repository : str
        ``owner/name``.
    found, wanted : int
        Annotated texts that were found, and all of them.
    notes : tuple of str
        Why texts may be missing: files that were not there or could not be read.
    """

    repository: str
    found: int
    wanted: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        line = f"{self.repository}: {self.found:,} of {self.wanted:,} texts found"
        return f"{line} ({'; '.join(self.notes)})" if self.notes else line


def published_text(text: str) -> str:
    r"""The form of a text that was labelled: white space collapsed, 900 characters at most.

    Parameters
    ----------
    text : str
        A text as it stands in a source.

    Returns
    -------
    str

    Examples
    --------
    >>> published_text("  Ayo  ke TPS,\njangan golput ")
    'Ayo ke TPS, jangan golput'
    """
    return " ".join(text.split())[:_LONGEST]


def text_id(text: str) -> str:
    r"""The id of an annotated text: the first 12 hex digits of the SHA-256 of its labelled form.

    Parameters
    ----------
    text : str
        A text as it stands in a source.

    Returns
    -------
    str

    Examples
    --------
    >>> text_id("Ayo ke TPS") == text_id(" Ayo  ke\nTPS ")
    True
    """
    labelled = published_text(text).encode("utf-8", "surrogatepass")
    return hashlib.sha256(labelled).hexdigest()[:12]


def rebuild(
    annotations: str | os.PathLike[str],
    sources: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    force: bool = False,
    report: Callable[[str], None] | None = None,
) -> list[Recovered]:
    """Find the annotated texts in copies of their sources and write labels and texts.

    Parameters
    ----------
    annotations : path-like
        CSV with the columns id, repository, label, topik, sinyal, ragu, era, register.
    sources : path-like
        CSV with the columns repository and files, the files separated by ``" | "``.
    folder : path-like
        Holds the copies, as ``folder/owner/name`` or ``folder/name``.
    output : path-like
        CSV to write: the columns of `annotations` and ``text``, one row per text found.
    force : bool, default=False
        Replace an output that stands there.
    report : callable, optional
        Called with one line of text for each repository.

    Returns
    -------
    list of Recovered
        One per repository that has annotated texts, in the order of `sources`.

    Raises
    ------
    RebuildError
        If the folder is missing or none of the texts was found; nothing is written then.
    TrainingDataError
        If `annotations` or `sources` cannot be read.
    FileExistsError
        If `output` exists and `force` is false.

    Notes
    -----
    A text is known by its hash alone, so every cell of every listed file is tried, whatever its
    column is called. A listed path that is no file stands for the files whose path starts with it.
    """
    say = report or _silent
    root = Path(folder)
    if not root.is_dir():
        raise RebuildError(f"{root}: no such folder; it should hold copies of the repositories")
    if Path(output).exists() and not force:
        raise FileExistsError(f"{output} exists already; use another name or force (--force)")
    frame = read_labelled(annotations, _ANNOTATION, ("id", "repository"))
    listed = read_labelled(sources, ("repository", "files"), ("repository",))
    wanted = {name: set(ids) for name, ids in frame.groupby("repository")["id"]}
    files = dict(zip(listed["repository"], listed["files"], strict=True))
    texts: dict[tuple[str, str], str] = {}
    outcome: list[Recovered] = []
    unsaid: list[str] = []
    for name in [*(n for n in files if n in wanted), *(n for n in wanted if n not in files)]:
        found, notes = _search(root, name, files.get(name, ""), wanted[name])
        texts.update({(name, ident): text for ident, text in found.items()})
        outcome.append(Recovered(name, len(found), len(wanted[name]), tuple(notes)))
        unsaid.append(str(outcome[-1]))
        if texts:  # a run that finds nothing ends in one line, so lines wait for the first text
            for line in unsaid:
                say(line)
            unsaid.clear()
    if not texts:
        raise RebuildError(
            f"{root}: none of the {len(frame):,} annotated texts found in "
            f"{len(wanted)} repositories; expected folders such as {root / next(iter(files), '')}"
        )
    keys = list(zip(frame["repository"], frame["id"], strict=True))
    joined = frame[list(_ANNOTATION)].assign(text=[texts.get(key) for key in keys])
    _write(joined[joined["text"].notna()], Path(output))
    say(f"{output}: {joined['text'].notna().sum():,} of {len(frame):,} rows")
    return outcome


def _silent(_line: str) -> None:
    pass


def _write(frame: pd.DataFrame, output: Path) -> None:
    part = output.with_name(output.name + ".part")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        frame.to_csv(part, index=False, encoding="utf-8", lineterminator="\n", errors="replace")
        part.replace(output)
    except OSError as error:
        raise RebuildError(f"{output}: {error.strerror or error}") from None


def _search(
    root: Path, name: str, listed: str, wanted: set[str]
) -> tuple[dict[str, str], list[str]]:
    """The wanted texts of one repository by id, and notes on what went wrong."""
    if not listed:
        return {}, ["no files are listed for it"]
    base = next((b for b in (root / name, root / Path(name).name) if b.is_dir()), None)
    if base is None:
        return {}, [f"no folder {root / name}"]
    found: dict[str, str] = {}
    missing: list[str] = []
    notes: list[str] = []
    for entry in filter(None, (part.strip() for part in listed.split(" | "))):
        paths = _paths(base / entry)
        if not paths:
            missing.append(entry)
        for path in paths:
            fault = _collect(path, wanted, found)
            if fault:
                notes.append(f"{path.relative_to(base)}: {fault}")
            if len(found) == len(wanted):
                return found, []
    if missing:
        more = f" and {len(missing) - 1} more of its files" if len(missing) > 1 else ""
        notes.append(f"no file {missing[0]}{more}")
    return found, notes


def _collect(path: Path, wanted: set[str], found: dict[str, str]) -> str:
    """Add the wanted texts of one file to `found`; the fault that ended the reading, if any."""
    try:
        for text in _texts(path):
            ident = text_id(text)
            if ident in wanted:
                found.setdefault(ident, published_text(text))
                if len(found) == len(wanted):
                    break
    except OSError as error:
        return error.strerror or str(error)
    except RebuildError as error:
        return str(error)
    return ""


def _paths(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    # a long list of files was cut in sources.csv, so its last path may be a beginning only
    if not path.parent.is_dir():
        return []
    return sorted(p for p in path.parent.iterdir() if p.name.startswith(path.name) and p.is_file())


def _texts(path: Path) -> Iterator[str]:
    ending = path.suffix.lower()
    if ending in _SHEETS:
        yield from _sheet_cells(path)
        return
    for content in _decoded(path.read_bytes()):
        if ending in (".json", ".jsonl", ".ndjson"):
            yield from _json_strings(content)
        else:
            yield from _cells(content)


def _decoded(raw: bytes) -> Iterator[str]:
    """The content in each encoding it may have been read in when the ids were made."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield raw.decode("utf-16", "replace")
        return
    try:
        yield raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        for encoding in ("latin-1", "cp1252", "utf-8-sig"):
            yield raw.decode(encoding, "replace")


def _cells(content: str) -> Iterator[str]:
    """Cells under every separator of the header, with and without quoting, then whole lines."""
    csv.field_size_limit(2**31 - 1)
    content = content.replace("\0", "")
    header = content.split("\n", 1)[0]
    separators = sorted(filter(header.count, _SEPARATORS), key=header.count, reverse=True)
    for separator in separators or [","]:  # one column: only the quoting matters
        yield from _delimited(content, separator, csv.QUOTE_MINIMAL)
        yield from _delimited(content, separator, csv.QUOTE_NONE)
    yield from content.splitlines()


def _delimited(content: str, separator: str, quoting: Literal[0, 3]) -> Iterator[str]:
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=separator, quoting=quoting)
    with suppress(csv.Error):  # the other readings of the file are still to come
        for row in rows:
            yield from row


def _json_strings(content: str) -> Iterator[str]:
    whole = _parsed(content)
    if whole is not _BROKEN:
        yield from _strings(whole)
        return
    unreadable = 0
    for line in filter(str.strip, content.splitlines()):
        value = _parsed(line)
        unreadable += value is _BROKEN
        yield from _strings(value)
    if unreadable:
        raise RebuildError(f"{unreadable:,} lines are not JSON")


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return _BROKEN


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _sheet_cells(path: Path) -> Iterator[str]:
    if find_spec("openpyxl") is None:
        raise RebuildError("reading it needs openpyxl; pip install openpyxl")
    try:
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object, engine="openpyxl")
    except Exception as error:  # openpyxl lets errors of zipfile, XML and its own parsers through
        raise RebuildError(f"not a readable workbook ({error})") from None
    for sheet in sheets.values():
        for row in sheet.itertuples(index=False):
            yield from (cell for cell in row if isinstance(cell, str))
