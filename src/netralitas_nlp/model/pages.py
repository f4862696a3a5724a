"""What the library's HTML pages share: words in two languages, one look, templates that escape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["LANGUAGES", "LOOK", "templates", "translated"]

LANGUAGES = ("id", "en")

LOOK = """\
:root { --ink: #1b1f24; --soft: #57606a; --line: #c9d1d9; --paper: #fff; --tint: #f3f5f7; \
--blue: #1f5fa8; --sky: #b9d3ee; --warm: #9a4a00; --edge: #8b949e; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); \
font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
"""
"""Colours and letters, as CSS."""


def translated(words: Mapping[str, tuple[str, str]], language: str) -> dict[str, str]:
    """The words of a page in one language.

    Parameters
    ----------
    words : mapping of str to (str, str)
        Key to Indonesian and English.
    language : {"id", "en"}

    Returns
    -------
    dict of str to str

    Raises
    ------
    ValueError
        If there is no such language.

    Examples
    --------
    >>> translated({"title": ("Laporan evaluasi", "Evaluation report")}, "id")
    {'title': 'Laporan evaluasi'}
    """
    if language not in LANGUAGES:
        raise ValueError(f"Got language={language!r} but expected one of {', '.join(LANGUAGES)}.")
    column = LANGUAGES.index(language)
    return {key: pair[column] for key, pair in words.items()}


def templates(package: str) -> Environment:
    """The templates of a package: everything escaped, a forgotten word is an error.

    Parameters
    ----------
    package : str
        With a folder ``templates``.

    Returns
    -------
    jinja2.Environment
        Knows `LOOK` as ``look``.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,  # texts come from anywhere
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["look"] = Markup(LOOK)
    return environment
