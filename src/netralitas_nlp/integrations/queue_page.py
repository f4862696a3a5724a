"""The reading queue as one HTML page: its data, its keys, its script and style."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from netralitas_nlp import __version__
from netralitas_nlp.integrations.queue_words import WORDS
from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.model.markup import COLOURS, UNNAMED, pieces
from netralitas_nlp.model.pages import templates, translated

if TYPE_CHECKING:
    from netralitas_nlp.integrations.queue import Queue

__all__ = ["render_queue"]

_LEAST = 0.05  # a signal below this probability is not shown
_FOUND = 0.5  # from here on the filter by signal finds a text
_TAKEN = set("jkuhe/?")  # keys with a meaning of their own


def render_queue(queue: Queue, language: str = "id") -> str:
    """Lay a queue out as one HTML page.

    Parameters
    ----------
    queue : Queue
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
    from markupsafe import Markup

    own = translated(WORDS, language)
    environment = templates("netralitas_nlp.integrations")
    loader = environment.loader
    assert loader is not None
    script = loader.get_source(environment, "queue.js")[0]
    style = environment.get_template("queue.css").render(colours=COLOURS)
    data = _data(queue, own, language)
    dates = sorted(post.date for post in queue.posts if post.date)
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
        signals=queue.scorer.signals_,
        dates=[dates[0], dates[-1]] if dates else None,
        about=own["about"].format(
            shown=_thousands(len(queue.posts), language),
            total=_thousands(queue.total, language),
            model=queue.scorer.info.get("name", "?"),
            version=__version__,
        ),
        shortcuts=_shortcuts(data["keys"], own),
    )
    return page + "\n"


def _data(queue: Queue, own: Mapping[str, str], language: str) -> dict[str, Any]:
    scorer = queue.scorer
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
        for post in queue.posts
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
        "words": {name: own[name] for name in script_words}
        | ({} if scorer.signals_ else {"no_signals": own["signals_unread"]}),
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
    """A key for each label: its first letter or digit, or a free digit where that is taken.

    A label for which no key is left stands under blanks: it has a button and no key press.
    """
    labels = list(labels)
    own: dict[str, str] = {}
    for label in labels:
        first, second = label[:1].lower(), label[1:2]
        # pressing 1 must never mean "0"; "10" is no 1
        named = first.isalpha() or (first.isdigit() and not second.isdigit())
        if named and first.isascii() and first not in _TAKEN | set(own.values()):
            own[label] = first
    free = iter([digit for digit in "123456789" if digit not in own.values()])
    return {
        own.get(label) or next(free, " " * (place + 2)): label for place, label in enumerate(labels)
    }


def _shortcuts(keys: Mapping[str, str], own: Mapping[str, str]) -> list[tuple[str, str]]:
    fixed = ("j ↓", "k ↑", "/", "u", "h", "e", "Esc")
    named = [
        (key, own["key_label"].format(label=label)) for key, label in keys.items() if key.strip()
    ]
    return [*named, *((key, own[f"key_{key[0]}"]) for key in fixed)]
