"""The reading queue: one self-contained page for the person who decides.

The page shows texts in the order in which they need reading. It holds no column of the table but
the text and, if asked for, the date: who wrote a text is not in it, so nobody is ranked.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from netralitas_nlp import __version__
from netralitas_nlp.integrations.files import TableError, read_rows
from netralitas_nlp.integrations.queue_words import words
from netralitas_nlp.model.assessment import SIGNALS, Assessment
from netralitas_nlp.model.markup import COLOURS, UNNAMED, pieces
from netralitas_nlp.model.scorer import Scorer

__all__ = ["Post", "Queue", "check_page", "queue_file", "select_posts"]

_BATCH = 2048
_LEAST = 0.05  # a signal below this probability is not shown
_FOUND = 0.5  # from here on the filter by signal finds a text
_TAKEN = set("jkuhe/?")  # keys with a meaning of their own
_ISO = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")


@dataclass(frozen=True)
class Post:
    """A text of the queue.

    Attributes
    ----------
    row : int
        Its place in the table, counted from 1.
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
        Texts in the table; those beyond the limit need reading least.
    scorer : Scorer
    """

    posts: tuple[Post, ...]
    total: int
    scorer: Scorer

    def to_html(self, language: str = "id") -> str:
        """Lay the queue out as one HTML page.

        Parameters
        ----------
        language : {"id", "en"}, default="id"

        Returns
        -------
        str
            ASCII data, one script, one style, and a content policy that lets only these two run.

        Raises
        ------
        ValueError
            If there is no such language.
        """
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from markupsafe import Markup

        own = words(language)
        environment = Environment(
            loader=PackageLoader("netralitas_nlp.integrations", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        loader = environment.loader
        assert loader is not None
        script = loader.get_source(environment, "queue.js")[0]
        style = environment.get_template("queue.css").render(colours=COLOURS)
        data = self._data(own, language)
        dates = sorted(post.date for post in self.posts if post.date)
        page = environment.get_template("queue.html.j2").render(
            language=language,
            t=own,
            # our own script and style, and JSON without a sign that HTML knows: safe as they are
            script=Markup(script),
            style=Markup(style),
            data=Markup(_json(data)),
            script_hash=_hash(script),
            style_hash=_hash(style),
            verdicts=data["verdicts"],
            signals=SIGNALS,
            dates=[dates[0], dates[-1]] if dates else None,
            about=own["about"].format(
                shown=_thousands(len(self.posts), language),
                total=_thousands(self.total, language),
                model=self.scorer.info.get("name", "?"),
                version=__version__,
            ),
            shortcuts=_shortcuts(data["keys"], own),
        )
        return page + "\n"

    def _data(self, own: Mapping[str, str], language: str) -> dict[str, Any]:
        scorer = self.scorer
        verdicts = [scorer.verdict(1.0), "tinjau", scorer.verdict(0.0)]
        names = [*SIGNALS, UNNAMED]
        place = {name: i for i, name in enumerate(names)}
        posts = [
            [
                post.row,
                post.date,
                round(post.assessment.probability, 4),
                verdicts.index(post.assessment.verdict),
                [
                    [place[name], round(value, 2)]
                    for name, value in sorted(
                        post.assessment.signals.items(), key=lambda pair: -pair[1]
                    )
                    if value >= _LEAST
                ],
                [
                    [text, place[signal]] if signal in place else [text]
                    for text, signal in pieces(post.assessment)
                ],
            ]
            for post in self.posts
        ]
        script_words = ("probability", "band", "place", "no_signals", "count", "left", "none",
                        "saved")  # fmt: skip
        labels = scorer.classes_
        return {
            "language": language,
            "labels": labels,
            "skip": own["skip"],
            "keys": _keys([*labels, own["skip"]]),
            "verdicts": verdicts,
            "signals": names,
            "band": [scorer.thresholds["tinjau"], scorer.thresholds["partisan"]],
            "least": _FOUND,
            # the names that `netralitas train` looks for, then what helps to look a text up
            "columns": ["teks", "label", "baris", "tanggal", "peluang", "putusan_mesin"],
            "download": own["download"],
            "words": {name: own[name] for name in script_words},
            "posts": posts,
            "key": hashlib.sha256(_json(posts).encode()).hexdigest()[:16],
        }


def _json(value: object) -> str:
    """ASCII JSON that can stand inside a script element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _thousands(value: int, language: str) -> str:
    return f"{value:,}".replace(",", "." if language == "id" else ",")


def _keys(labels: Iterable[str]) -> dict[str, str]:
    """A key for each label: its first letter, or a digit where that is taken."""
    keys: dict[str, str] = {}
    digits = iter("123456789")
    for label in labels:
        letter = label[:1].lower()
        free = letter.isalpha() and letter.isascii() and letter not in _TAKEN | set(keys)
        key = letter if free else next(digits, "")
        if key:
            keys[key] = label
    return keys


def _shortcuts(keys: Mapping[str, str], own: Mapping[str, str]) -> list[tuple[str, str]]:
    fixed = ("j ↓", "k ↑", "/", "u", "h", "e", "Esc")
    named = [(key, own["key_label"].format(label=label)) for key, label in keys.items()]
    return [*named, *((key, own[f"key_{key[0]}"]) for key in fixed)]


def _need(probability: float, low: float, high: float) -> tuple[int, float]:
    """Smaller is read sooner: doubt first, the deepest doubt foremost; then the likelier."""
    if low <= probability < high:
        return 0, abs(probability - (low + high) / 2)
    return (1 if probability >= high else 2), -probability


def _day(value: object) -> str:
    text = str(value) if value is not None else ""
    if found := _ISO.match(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.match(text):
        day, month, year = map(int, found.groups())
    else:
        return ""
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def select_posts(
    rows: Iterable[tuple[str, object]],
    scorer: Scorer,
    *,
    limit: int = 10_000,
    advance: Callable[[int, int | None], None] = lambda done, total: None,
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
    if limit < 1:
        raise ValueError(f"Got limit={limit!r} but expected 1 or more.")
    low, high = scorer.thresholds["tinjau"], scorer.thresholds["partisan"]
    column = scorer.classes_.index(scorer.positive)
    total = 0

    def ranked() -> Iterator[tuple[tuple[int, float], int, str, object]]:
        nonlocal total
        numbered = enumerate(rows, 1)
        while batch := list(islice(numbered, _BATCH)):
            total = batch[-1][0]
            filled = [(i, text, day) for i, (text, day) in batch if text.strip()]
            read = scorer.predict_proba([text for _, text, _ in filled])[:, column].tolist()
            for probability, (i, text, day) in zip(read, filled, strict=True):
                yield _need(probability, low, high), i, text, day
            advance(total, None)

    chosen = heapq.nsmallest(limit, ranked(), key=lambda item: item[:2])
    posts = []
    read = scorer.score_stream((text for _, _, text, _ in chosen), batch_size=64)
    for (_, i, _, day), assessment in zip(chosen, read, strict=True):
        posts.append(Post(i, _day(day), assessment))
        if len(posts) % 64 == 0 or len(posts) == len(chosen):
            advance(len(posts), len(chosen))
    return Queue(tuple(posts), total, scorer)


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
    advance: Callable[[int, int | None], None] = lambda done, total: None,
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
        Column with dates, ``2024-11-17`` or ``17/11/2024``.
    limit : int, default=10_000
        Texts in the queue; those that need reading least are left out.
    language : {"id", "en"}, default="id"
        Of the page.
    force : bool, default=False
        Replace a page that stands there.
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
    check_page(source, output, force)
    columns, rows = read_rows(source, text_column)
    if date_column is not None and date_column not in columns:
        import difflib

        next(rows, None)
        rows.close()  # a reader that has begun lets go of its file
        near = difflib.get_close_matches(date_column, columns, 1)
        hint = f"; did you mean --date-column {near[0]}?" if near else ""
        raise TableError(f"{source}: no column {date_column!r} among {', '.join(columns)}{hint}")

    def pairs() -> Iterator[tuple[str, object]]:
        for row in rows:
            text = row.get(text_column)
            yield (text if isinstance(text, str) else ""), row.get(date_column or "", "")

    queue = select_posts(pairs(), scorer, limit=limit, advance=advance)
    page = queue.to_html(language)
    with open(output + ".part", "w", encoding="utf-8") as file:
        file.write(page)
    os.replace(output + ".part", output)
    return queue


def check_page(source: str, output: str, force: bool) -> None:
    """Refuse before the long work, not after it.

    Parameters
    ----------
    source, output : str
    force : bool

    Raises
    ------
    FileExistsError, TableError
    """
    if os.path.splitext(output)[1].lower() not in (".html", ".htm"):
        raise TableError(f"{output}: the queue is a page; end its name in .html")
    if os.path.exists(source) and os.path.exists(output) and os.path.samefile(source, output):
        raise TableError(f"{output}: would overwrite the input; use another name")
    if os.path.exists(output) and not force:
        raise FileExistsError(f"{output} exists already; use another name or --force")
    folder = os.path.dirname(os.path.abspath(output))
    if not os.path.isdir(folder):
        raise TableError(f"{output}: there is no folder {folder}")
