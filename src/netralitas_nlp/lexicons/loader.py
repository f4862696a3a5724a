"""Reads the word lists of ``lexicons/data`` and the terms that a user adds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from netralitas_nlp.lexicons.lazily import cached_property

__all__ = ["CUE_FILES", "LEXICONS", "Lexicon", "LexiconError", "read_table", "validate"]


class LexiconError(ValueError):
    """A word list or a user's term breaks the format; the message names file, row and remedy."""


class _Schema(NamedTuple):
    columns: tuple[str, ...]
    key: tuple[str, ...]  # columns that together may occur once
    minimum: int  # a shorter file is a truncated file


_CUE = ("form", "kind", "note")

LEXICONS: dict[str, _Schema] = {
    "slang": _Schema(("form", "expansion"), ("form",), 3000),
    "stopwords": _Schema(("form",), ("form",), 200),
    "stem_overrides": _Schema(("form", "stem", "why"), ("form",), 300),
    "frequency": _Schema(("form", "count"), ("form",), 10_000),
    "parties": _Schema(("party", "alias", "ambiguous"), ("alias",), 60),
    "party_numbers": _Schema(("election", "number", "party"), ("election", "number"), 50),
    "figures": _Schema(("figure", "alias", "scope", "ambiguous"), ("alias",), 800),
    "tickets": _Schema(
        ("election", "region", "number", "ticket", "acronym", "ambiguous"),
        ("election", "region", "ticket"),
        50,
    ),
    "places": _Schema(("form", "kind", "ambiguous"), ("form",), 500),
    "names": _Schema(("form", "ambiguous"), ("form",), 1500),
    "honorifics": _Schema(("form", "kind"), ("form",), 60),
    "campaign_verbs": _Schema(_CUE, ("form",), 200),
    "campaign_symbols": _Schema(_CUE, ("form",), 120),
    "camp_labels": _Schema(_CUE, ("form",), 60),
    "praise_attack": _Schema(_CUE, ("form",), 400),
    "civic_cues": _Schema(_CUE, ("form",), 300),
    "contest_cues": _Schema(_CUE, ("form",), 200),
    "office_cues": _Schema(_CUE, ("form",), 250),
    "scope_cues": _Schema(_CUE, ("form",), 300),
    "regional_cues": _Schema(
        ("form", "language", "kind", "meaning"), ("form", "language", "kind"), 600
    ),
    "emoji_gestures": _Schema(("emoji", "name", "number"), ("emoji",), 50),
}
"""Every word list: its columns, its key and the least number of rows it must have."""

CUE_FILES = (
    "campaign_verbs",
    "campaign_symbols",
    "camp_labels",
    "praise_attack",
    "civic_cues",
    "contest_cues",
    "office_cues",
    "scope_cues",
)
"""Word lists whose rows are ``form, kind, note``: the cue classes of the features."""


# os.path, not pathlib, here and in loading: pathlib alone costs 5 ms of a cold start
_FOLDER = os.path.join(os.path.dirname(__file__), "data")


def _text(name: str) -> str:
    if name not in LEXICONS:
        raise LexiconError(f"lexicon {name!r} is not one of {', '.join(sorted(LEXICONS))}")
    with open(os.path.join(_FOLDER, f"{name}.tsv"), encoding="utf-8") as file:
        return file.read()


@cache
def read_table(name: str) -> tuple[tuple[str, ...], ...]:
    """Read the rows of one bundled word list.

    Parameters
    ----------
    name : str
        A key of `LEXICONS`.

    Returns
    -------
    tuple of tuple of str
        One tuple per row, in file order, one cell per column of the schema.

    Raises
    ------
    LexiconError
        If there is no such word list.

    Examples
    --------
    >>> rows = read_table("party_numbers")
    >>> ("pemilu-2024", "8", "pks") in rows
    True
    """
    text, start = _text(name), 0
    while text.startswith("#", start):
        start = text.index("\n", start) + 1
    head, _, body = text[start:].partition("\n")
    # one split of the whole text, then a tuple of every so many cells: `validate` counts them
    cells = iter(body.rstrip("\n").replace("\n", "\t").split("\t"))
    return tuple(zip(*[cells] * (head.count("\t") + 1), strict=True))


def validate(name: str) -> list[str]:
    """Check one bundled word list against its schema.

    Parameters
    ----------
    name : str
        A key of `LEXICONS`.

    Returns
    -------
    list of str
        One message per fault, with the file and the row; empty when the list is sound.

    Examples
    --------
    >>> validate("parties")
    []
    """
    text = _text(name)
    schema = LEXICONS[name]
    faults = []
    lines = text.split("\n")
    head = [line for line in lines if line.startswith("#")]
    for note in ("title", "source", "licence"):
        if not any(line.startswith(f"# {note}:") for line in head):
            faults.append(f"{name}.tsv: no '# {note}:' line at the top")
    body = [(n, line) for n, line in enumerate(lines, 1) if not line.startswith("#")]
    if not body or tuple(body[0][1].split("\t")) != schema.columns:
        return [*faults, f"{name}.tsv: the header row must be {' '.join(schema.columns)}"]
    positions = [schema.columns.index(column) for column in schema.key]
    seen: dict[tuple[str, ...], int] = {}
    rows = 0
    for n, line in body[1:]:
        if not line:
            if n < len(lines):
                faults.append(f"{name}.tsv, row {n}: an empty line")
            continue
        rows += 1
        cells = line.split("\t")
        if len(cells) != len(schema.columns):
            faults.append(
                f"{name}.tsv, row {n}: {len(cells)} cells instead of {len(schema.columns)}"
            )
            continue
        faults += [f"{name}.tsv, row {n}: {fault}" for fault in _cell_faults(schema, cells)]
        key = tuple(cells[i] for i in positions)
        if key in seen:
            faults.append(f"{name}.tsv, row {n}: {key} stands in row {seen[key]} already")
        seen[key] = n
        if any(cell != cell.strip() for cell in cells):
            faults.append(f"{name}.tsv, row {n}: space around a cell")
    if rows < schema.minimum:
        faults.append(f"{name}.tsv: {rows} rows, at least {schema.minimum} are expected")
    return faults


def _cell_faults(schema: _Schema, cells: list[str]) -> Iterator[str]:
    row = dict(zip(schema.columns, cells, strict=True))
    for column in schema.key:
        if not row[column]:
            yield f"empty key column {column!r}"
        if column in ("form", "alias") and row[column] != row[column].lower():
            yield f"{column} {row[column]!r} is not in lower case and would never be found"
    if row.get("ambiguous", "0") not in ("0", "1"):
        yield f"ambiguous is {row['ambiguous']!r}, not 0 or 1"
    if "count" in row and not row["count"].isdigit():
        yield f"count {row['count']!r} is not a number"
    if schema.key == ("election", "number") and not row["number"].isdigit():
        yield f"number {row['number']!r} is not a number"


class Lexicon:
    """The bundled word lists plus a user's own terms.

    Parameters
    ----------
    extra : mapping of str to iterable, optional
        Terms to add, by kind: ``"figures"``, ``"parties"``, ``"tickets"``, ``"places"`` and
        ``"names"`` take words or multi-word names; ``"slang"`` takes a mapping of form to
        expansion; any cue class (``"support"``, ``"vote"``, ``"slogan"``, ...) takes forms.

    Raises
    ------
    LexiconError
        If a kind is unknown or a term is not a non-empty string.

    Examples
    --------
    >>> lexicon = Lexicon({"figures": ["daeng rawallangi"], "slang": {"mksd": "maksud"}})
    >>> lexicon.entities["rawallangi"], lexicon.slang["mksd"]
    ('figure', 'maksud')
    """

    ENTITY_KINDS = ("figures", "parties", "tickets", "places", "names")

    def __init__(self, extra: Mapping[str, Iterable[str] | Mapping[str, str]] | None = None):
        self.extra: dict[str, tuple[tuple[str, str], ...]] = {}
        kinds = {kind for kind, _ in self._bundled_cues} if extra else set()
        if extra is not None and not isinstance(extra, Mapping):
            raise LexiconError(f"lexicon terms must be a mapping of kinds, got {extra!r}")
        for kind, terms in (extra or {}).items():
            if kind != "slang" and kind not in self.ENTITY_KINDS and kind not in kinds:
                known = ", ".join(("slang", *self.ENTITY_KINDS, *sorted(kinds)))
                raise LexiconError(f"lexicon kind {kind!r} is not one of {known}")
            slang = kind == "slang"
            if slang is not isinstance(terms, Mapping) or not isinstance(terms, Iterable):
                wanted = "a mapping of form to expansion" if slang else "a list of terms"
                raise LexiconError(f"lexicon terms of {kind!r} must be {wanted}, got {terms!r}")
            if isinstance(terms, str):
                raise LexiconError(f"lexicon terms of {kind!r} must be a list: [{terms!r}]")
            pairs = list(terms.items()) if isinstance(terms, Mapping) else [(t, "") for t in terms]
            for form, expansion in pairs:
                if not isinstance(form, str) or not form.strip() or not isinstance(expansion, str):
                    raise LexiconError(f"lexicon term {form!r} of {kind!r} must be non-empty text")
                if slang and (" " in form.strip() or not expansion.strip()):
                    raise LexiconError(f"slang term {form!r} must be one word with an expansion")
            self.extra[kind] = tuple(
                (form.strip().casefold(), expansion.strip().casefold()) for form, expansion in pairs
            )

    @cached_property
    def _bundled_cues(self) -> tuple[tuple[str, str], ...]:
        return _cues()

    @cached_property
    def slang(self) -> dict[str, str]:
        """Informal form to its standard expansion (one or more words)."""
        bundled = {row[0]: row[1] for row in read_table("slang")}
        return bundled | dict(self.extra.get("slang", ()))

    @cached_property
    def cues(self) -> dict[str, frozenset[str]]:
        """Form (one to four words) to the cue classes it belongs to."""
        alone = {kind: frozenset([kind]) for kind, _ in self._bundled_cues}
        table: dict[str, frozenset[str]] = {}
        own = [
            (kind, form)
            for kind, pairs in self.extra.items()
            if kind != "slang" and kind not in self.ENTITY_KINDS
            for form, _ in pairs
        ]
        for kind, form in (*self._bundled_cues, *own):
            kinds = table.get(form)
            table[form] = alone[kind] if kinds is None else kinds | alone[kind]
        return table

    @cached_property
    def entities(self) -> dict[str, str]:
        """Single word to ``figure``, ``party``, ``ticket``, ``place`` or ``name``."""
        return self._entities[0]

    @cached_property
    def ambiguous_entities(self) -> dict[str, str]:
        """Like `entities`, for words that are ordinary words too: context must decide."""
        return self._entities[1]

    @cached_property
    def _entities(self) -> tuple[dict[str, str], dict[str, str]]:
        sure: dict[str, str] = {}
        doubtful: dict[str, str] = {}

        def add(form: str, kind: str, ambiguous: bool) -> None:
            target = doubtful if ambiguous else sure
            target.setdefault(form, kind)

        for kind, pairs in self.extra.items():
            if kind in self.ENTITY_KINDS:
                name = {"parties": "party"}.get(kind, kind.removesuffix("s"))
                for form, _ in pairs:
                    for word in form.split():
                        sure[word] = name
        for _, alias, ambiguous in read_table("parties"):
            if " " not in alias:
                add(alias, "party", ambiguous == "1")
        for *_, acronym, ambiguous in read_table("tickets"):
            if acronym and " " not in acronym:
                add(acronym, "ticket", ambiguous == "1")
        names = {form: ambiguous == "1" for form, ambiguous in read_table("names")}
        places = {form: ambiguous == "1" for form, _, ambiguous in read_table("places")}
        for _, alias, _, ambiguous in read_table("figures"):
            if " " not in alias:
                add(alias, "figure", ambiguous == "1")
        for form, doubt in places.items():
            if " " not in form:
                add(form, "place", doubt)
        for form, doubt in names.items():
            add(form, "name", doubt)
        for form in sure:
            doubtful.pop(form, None)
        return sure, doubtful

    @cached_property
    def phrases(self) -> dict[str, str]:
        """Entities of two to four words, to their class."""
        table: dict[str, str] = {}
        for _, alias, _ in read_table("parties"):
            table.setdefault(alias, "party")
        for _, alias, _, _ in read_table("figures"):
            table.setdefault(alias, "figure")
        for form, _, _ in read_table("places"):
            table.setdefault(form, "place")
        return {form: kind for form, kind in table.items() if 2 <= len(form.split()) <= 4}

    @cached_property
    def honorifics(self) -> dict[str, str]:
        """Word before a person's name to ``honorific`` or ``office``."""
        return {row[0]: row[1] for row in read_table("honorifics")}

    @cached_property
    def gestures(self) -> dict[str, tuple[str, str]]:
        """Gesture emoji to its name and the ballot number it may show."""
        return {emoji: (name, number) for emoji, name, number in read_table("emoji_gestures")}

    @cached_property
    def frequency(self) -> dict[str, int]:
        """How often a word stands in public Indonesian posts; for splitting hashtags."""
        return {form: int(count) for form, count in read_table("frequency")}

    @cached_property
    def stem_overrides(self) -> dict[str, str]:
        """Reviewed stems where the algorithm's own stem is wrong."""
        return {row[0]: row[1] for row in read_table("stem_overrides")}


@lru_cache(maxsize=1)
def _cues() -> tuple[tuple[str, str], ...]:
    pairs = [(kind, form) for name in CUE_FILES for form, kind, _ in read_table(name)]
    pairs += [
        (kind, form) for form, _, kind, _ in read_table("regional_cues") if kind != "function"
    ]
    return tuple(pairs)
