"""The reading queue: one self-contained page for the person who decides.

The page shows texts in the order in which they need reading. It holds no column of the table but
the text and, if asked for, the date: who wrote a text is not in it, so nobody is ranked.
"""

from __future__ import annotations

import datetime
import difflib
import heapq
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from netralitas_nlp.integrations.evidence_cell import read_evidence
from netralitas_nlp.integrations.queue_page import render_queue
from netralitas_nlp.integrations.tables import Reject, TableError, open_rows, read_rows
from netralitas_nlp.model.assessment import SIGNALS, Assessment
from netralitas_nlp.model.scorer import Scorer

__all__ = ["Post", "Queue", "check_page", "queue_file", "select_posts"]

_BATCH = 2048

Advance = Callable[[int, int | None], None]
_Row = tuple[int, str, object]  # its number, its text, its date

_WEEKDAY = re.compile(  # may stand before every kind of date
    r"\s*(?:(?:senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|ahad|sen|sel|rab|kam|jum|sab|min|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thu(?:rs)?|fri|sat|sun)\b\.?,?\s*)?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([/.-])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})(?!\d)")
_NAMED = re.compile(
    r"(?P<day>\d{1,2})[\s-]+(?P<month>[a-z]+)[.,]?[\s-]+(?P<year>\d{4})(?!\d)", re.I
)
_TWITTER = re.compile(  # Wed Nov 27 10:00:00 +0000 2024
    r"(?P<month>[a-z]{3}) +(?P<day>\d{1,2}) +\d\d:\d\d:\d\d +[+-]\d{4} +(?P<year>\d{4})(?!\d)", re.I
)
_KINDS = (_YEAR_FIRST, _DAY_FIRST, _NAMED, _TWITTER)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("januari january jan", "februari february pebruari feb peb", "maret march mar",
         "april apr", "mei may", "juni june jun", "juli july jul", "agustus august agu agt ags aug",
         "september sept sep", "oktober october okt oct", "november nopember nov nop",
         "desember december des dec"), 1)
    for name in names.split()
}  # fmt: skip
_NO_DATE = {"", "none", "nan", "nat", "<na>", "null"}  # how tables write an empty cell


@dataclass(frozen=True)
class Post:
    """A text of the queue.

    Attributes
    ----------
    row : int
        The number of its row as a spreadsheet shows it, where the header is row 1; for JSONL and
        plain text the line. In `select_posts` its place, counted from 1.
    date : str
        ``YYYY-MM-DD``, or empty.
    assessment : Assessment
    """

    row: int
    date: str
    assessment: Assessment


@dataclass(frozen=True)
class Queue:
    """What the page shows.

    Attributes
    ----------
    posts : tuple of Post
        In the order of reading.
    total : int
        Rows of the table that could be read; those beyond the limit need reading least.
    scorer : Scorer
    unread_rows : tuple of int
        Rows of the table that could not be read, numbered as `Post.row`.
    undated : int
        Texts whose cell of the date column is filled but is read as no date: ``11/17/2024``,
        ``Rabu``. Where no post has a date either, the page has none and somebody should be told.
    """

    posts: tuple[Post, ...]
    total: int
    scorer: Scorer
    unread_rows: tuple[int, ...] = ()
    undated: int = 0

    @property
    def unread(self) -> int:
        """How many rows of the table could not be read."""
        return len(self.unread_rows)

    def to_html(self, language: str = "id") -> str:
        """Lay the queue out as one HTML page.

        Parameters
        ----------
        language : {"id", "en"}, default="id"

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If there is no such language.
        """
        return render_queue(self, language)


def _need(probability: float, low: float, high: float) -> tuple[int, float]:
    """Smaller is read sooner: doubt first, the deepest doubt foremost; then the likelier."""
    if low <= probability < high:
        return 0, abs(probability - (low + high) / 2)
    return (1 if probability >= high else 2), -probability


def _day(value: object) -> str:
    text = _WEEKDAY.sub("", str(value), count=1)
    for kind in _KINDS:
        if found := kind.match(text):
            month = found["month"].lower()
            number = int(month) if month.isdigit() else _MONTHS.get(month, 0)
            with suppress(ValueError):  # no such day, no such month
                return datetime.date(int(found["year"]), number, int(found["day"])).isoformat()
    return ""


def _is_undated(value: object) -> bool:
    return not _day(value) and str(value).strip().casefold() not in _NO_DATE


def select_posts(
    rows: Iterable[tuple[str, object]],
    scorer: Scorer,
    *,
    limit: int = 10_000,
    advance: Advance = lambda done, total: None,
) -> Queue:
    """Choose the texts that need reading most, in the order of reading.

    First the texts in the review band, the least certain foremost; then those that read as
    taking a side, then the others, the likelier first. Empty texts are left out.

    Parameters
    ----------
    rows : iterable of (str, object)
        Texts and their dates; read once, in constant memory.
    scorer : Scorer
    limit : int, default=10_000
        Texts in the queue.
    advance : callable, optional
        Called with texts done and texts in all: first while all texts are scored (in all: None,
        nobody has counted them), then while the words behind the chosen ones are looked for.

    Returns
    -------
    Queue

    Raises
    ------
    ValueError
        If `limit` is below 1.

    Examples
    --------
    >>> rows = [("Hujan turun sejak pagi.", ""), ("Ayo coblos nomor 2!", "17/11/2024")]
    >>> [(post.row, post.date) for post in select_posts(rows, Scorer.load()).posts]
    [(2, '2024-11-17'), (1, '')]
    """
    _check_limit(limit)
    numbered = ((i, text, day) for i, (text, day) in enumerate(rows, 1))
    return _select(numbered, scorer, limit, advance)


def _select(rows: Iterable[_Row], scorer: Scorer, limit: int, advance: Advance) -> Queue:
    band = _band(scorer)
    column = scorer.classes_.index(scorer.positive)
    total = undated = 0

    def ranked() -> Iterator[tuple[tuple[int, float], _Row]]:
        nonlocal total, undated
        left = iter(rows)
        while batch := list(islice(left, _BATCH)):
            total += len(batch)
            filled = [row for row in batch if row[1].strip()]
            undated += sum(_is_undated(day) for _, _, day in filled)
            read = scorer.predict_proba([text for _, text, _ in filled])[:, column].tolist()
            for probability, row in zip(read, filled, strict=True):
                yield _need(probability, *band), row
            advance(total, None)

    chosen = heapq.nsmallest(limit, ranked(), key=lambda item: (item[0], item[1][0]))
    posts = []
    read = scorer.score_stream((text for _, (_, text, _) in chosen), batch_size=64)
    for (_, (number, _, day)), assessment in zip(chosen, read, strict=True):
        posts.append(Post(number, _day(day), assessment))
        if len(posts) % 64 == 0 or len(posts) == len(chosen):
            advance(len(posts), len(chosen))
    return Queue(tuple(posts), total, scorer, undated=undated)


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise ValueError(f"Got limit={limit!r} but expected 1 or more.")


def _band(scorer: Scorer) -> tuple[float, float]:
    return scorer.thresholds["tinjau"], scorer.thresholds["partisan"]


def _select_scored(
    rows: Iterable[_Row],
    scored: Iterable[Mapping[str, Any]],
    scorer: Scorer,
    limit: int,
    advance: Advance,
) -> Queue:
    """As `_select`, from the figures of a file that is scored already."""
    band = _band(scorer)
    column = f"prob_{scorer.positive}"
    total = undated = 0

    def ranked() -> Iterator[tuple[tuple[int, float], _Row, dict[str, Any]]]:
        nonlocal total, undated
        for row, cells in zip(rows, scored, strict=True):
            total += 1
            if row[1].strip():
                undated += _is_undated(row[2])
                own = {name: cells[name] for name in (column, "verdict", *SIGNALS)}
                own["evidence"] = cells.get("evidence")
                yield _need(float(cells[column]), *band), row, own

    chosen = heapq.nsmallest(limit, ranked(), key=lambda item: (item[0], item[1][0]))
    posts = []
    for done, (_, (number, text, day), cells) in enumerate(chosen, 1):
        signals = {name: float(cells[name] or 0) for name in SIGNALS}
        verdict, cell = cells["verdict"], cells["evidence"]
        if cell is None:  # scored without evidence, which is looked for now
            found = next(scorer.score_stream([text])).evidence
            advance(done, len(chosen))
        else:
            found = read_evidence(cell, text)
        probability = float(cells[column])
        read = Assessment(
            text, 0, len(text), probability, verdict, signals, found, (), band, scorer.signals_
        )
        posts.append(Post(number, _day(day), read))
    return Queue(tuple(posts), total, scorer, undated=undated)


def queue_file(
    source: str,
    output: str,
    scorer: Scorer,
    *,
    text_column: str = "teks",
    date_column: str | None = None,
    limit: int = 10_000,
    language: str = "id",
    force: bool = False,
    strict: bool = False,
    scored: str | None = None,
    advance: Advance = lambda done, total: None,
) -> Queue:
    """Write the reading queue of a table as an HTML page.

    Parameters
    ----------
    source : str
        CSV, TSV, JSONL, Parquet or plain text, by its ending.
    output : str
        Page to write.
    scorer : Scorer
    text_column : str, default="teks"
    date_column : str, optional
        Column with dates, ``2024-11-17``, ``2024/11/17``, ``17/11/2024`` or ``17 November 2024``
        (Indonesian or English, also shortened), the name of the day before it or not, or as Twitter
        writes it (``Wed Nov 27 10:00:00 +0000 2024``); ``11/27/2024`` is not read.
    limit : int, default=10_000
        Texts in the queue; those that need reading least are left out.
    language : {"id", "en"}, default="id"
        Of the page.
    force : bool, default=False
        Replace a page that stands there.
    strict : bool, default=False
        Stop at a row that cannot be read; else such rows are left out and counted.
    scored : str, optional
        What `score_file` wrote about this table: its figures are taken and no text is read twice.
    advance : callable, optional
        As for `select_posts`.

    Returns
    -------
    Queue

    Raises
    ------
    TableError
        If the table cannot be read or lacks a column.
    FileExistsError
        If the page exists and `force` is false.
    """
    _check_limit(limit)
    check_page(source, output, force, text_column, date_column)
    unread: list[int] = []
    _, rows = open_rows(source, text_column)
    with closing(rows):

        def numbered() -> Iterator[_Row]:
            for found in rows:
                if isinstance(found, Reject):
                    if strict:
                        raise TableError(f"{source}, row {found.number:,}: {found.reason}")
                    unread.append(found.number)
                    continue
                text = found.row.get(text_column)
                day = found.row.get(date_column) if date_column else ""
                yield found.number, (text if isinstance(text, str) else ""), day

        if scored is None:
            queue = _select(numbered(), scorer, limit, advance)
        else:
            _, cells = read_rows(scored, text_column, encoding="utf-8-sig")  # as we write it
            with closing(cells):
                try:
                    queue = _select_scored(numbered(), cells, scorer, limit, advance)
                except (ValueError, KeyError) as error:
                    raise TableError(
                        f"{scored}: is not what this model says of {source} ({error}); score it "
                        "again with --force"
                    ) from None
    page, part = queue.to_html(language), output + ".part"
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(page)
        os.replace(part, output)
    except OSError:  # half a page is of no use
        with suppress(OSError):
            os.remove(part)
        raise
    return replace(queue, unread_rows=tuple(unread))


def check_page(
    source: str,
    output: str,
    force: bool,
    text_column: str = "teks",
    date_column: str | None = None,
) -> None:
    """Refuse before the long work, not after it.

    Parameters
    ----------
    source, output : str
    force : bool
    text_column : str, default="teks"
    date_column : str, optional
        Looked for in the source.

    Raises
    ------
    FileExistsError, TableError
    """
    if os.path.splitext(output)[1].lower() not in (".html", ".htm"):
        raise TableError(f"{output}: the queue is a page; end its name in .html")
    if os.path.exists(source) and os.path.exists(output) and os.path.samefile(source, output):
        raise TableError(f"{output}: would overwrite the input; use another name")
    if os.path.isdir(output):
        raise TableError(f"{output}: is a folder; use another name")
    if os.path.exists(output) and not force:
        raise FileExistsError(f"{output} exists already; use another name or --force")
    folder = os.path.dirname(os.path.abspath(output))
    if not os.path.isdir(folder):
        raise TableError(f"{output}: there is no folder {folder}")
    if date_column is not None:
        columns, rows = open_rows(source, text_column)
        rows.close()
        if date_column not in columns:
            near = difflib.get_close_matches(date_column, columns, 1)
            remedy = f"did you mean --date-column {near[0]}?" if near else "leave --date-column out"
            raise TableError(
                f"{source}: no column {date_column!r} among {', '.join(columns)}; {remedy}"
            )
