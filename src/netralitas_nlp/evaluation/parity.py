"""Whether a score stays where it is when one side is swapped for another."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from netralitas_nlp.evaluation.checkfiles import read_check_file
from netralitas_nlp.evaluation.proportions import Reader, Step, probabilities
from netralitas_nlp.lexicons import Lexicon, read_table
from netralitas_nlp.text import Normalizer, mask_personal
from netralitas_nlp.text.document import Token

__all__ = ["ParityReport", "Swap", "read_parity", "run_parity", "run_swaps", "swap_sides"]

_COLUMNS = ("frame", "label", "slot", "fillers", "text")


def read_parity(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Read sentence frames with a slot and what may fill it.

    Parameters
    ----------
    path : path-like
        A CSV file with the columns frame, label, slot, fillers (separated by semicolons) and text
        (with the slot in braces), or a folder with ``parity.csv``.

    Returns
    -------
    list of dict

    Raises
    ------
    ValueError
        If a column or a cell is missing, a frame lacks its slot or a second filler, or there is
        no frame.
    """
    source, rows = read_check_file(path, "parity.csv", _COLUMNS, "frame")
    for row, frame in rows:
        fault = _fault(frame)
        if fault:
            raise ValueError(f"{source}, row {row:,}: {fault}")
    return [frame for _, frame in rows]


def _fillers(frame: dict[str, str]) -> list[str]:
    """Each filler once: a pair of two alike is no swap."""
    names = (filler.strip() for filler in frame["fillers"].split(";"))
    return list(dict.fromkeys(name for name in names if name))


def _fault(frame: dict[str, str]) -> str:
    if "{" + frame["slot"] + "}" in frame["text"] and len(_fillers(frame)) > 1:
        return ""
    return (
        f"frame {frame['frame']!r} needs its slot {{{frame['slot']}}} in the text and two "
        "different fillers or more"
    )


@dataclass(frozen=True)
class ParityReport:
    """How far probabilities move when only the side changes.

    Attributes
    ----------
    frames : list of dict
        ``frame``, ``label``, ``slot``, ``text`` and ``fillers`` (each with its probability);
        ``low`` and ``high`` of them, ``mean_change`` and ``largest_change`` over all pairs of
        fillers, ``pairs`` and ``label_flips`` (how many pairs get different labels).
    """

    frames: list[dict[str, Any]]

    @property
    def pairs(self) -> int:
        """Pairs of fillers compared."""
        return sum(frame["pairs"] for frame in self.frames)

    @property
    def mean_change(self) -> float:
        """Mean distance of the two probabilities over all pairs."""
        return float(sum(f["mean_change"] * f["pairs"] for f in self.frames) / self.pairs)

    @property
    def largest_change(self) -> float:
        """Largest distance of any pair."""
        return float(max(frame["largest_change"] for frame in self.frames))

    @property
    def label_flips(self) -> float:
        """Share of pairs that get different labels."""
        return float(sum(frame["label_flips"] for frame in self.frames) / self.pairs)

    def gaps(self, count: int = 10) -> list[dict[str, Any]]:
        """The frames with the largest gaps and who is at their ends.

        Parameters
        ----------
        count : int, default=10

        Returns
        -------
        list of dict
            ``frame``, ``slot``, ``text``, ``lowest`` and ``highest`` (fillers), ``low``,
            ``high``, ``largest_change``.
        """
        out = []
        for frame in sorted(self.frames, key=lambda frame: -frame["largest_change"])[:count]:
            order = sorted(frame["fillers"], key=frame["fillers"].__getitem__)
            kept = ("frame", "slot", "text", "low", "high", "largest_change")
            ends = {"lowest": order[0], "highest": order[-1]}
            out.append({name: frame[name] for name in kept} | ends)
        return out

    def to_dict(self, worst: int = 10) -> dict[str, Any]:
        """JSON-ready summary.

        Parameters
        ----------
        worst : int, default=10
            How many of the largest gaps to name.

        Returns
        -------
        dict
            ``mean_change``, ``largest_change``, ``label_flips``, ``pairs``, ``slots`` (the same
            figures for each), ``gaps`` and all ``frames``.
        """
        return {
            **self._figures(),
            "slots": {
                slot: ParityReport([f for f in self.frames if f["slot"] == slot])._figures()
                for slot in sorted({frame["slot"] for frame in self.frames})
            },
            "gaps": [{**gap, "text": mask_personal(gap["text"])} for gap in self.gaps(worst)],
            "frames": [{**frame, "text": mask_personal(frame["text"])} for frame in self.frames],
        }

    def _figures(self) -> dict[str, Any]:
        names = ("mean_change", "largest_change", "label_flips", "pairs")
        return {name: getattr(self, name) for name in names}

    def to_frame(self) -> pd.DataFrame:
        """One row for each frame and filler."""
        return pd.DataFrame(
            [
                {"frame": f["frame"], "label": f["label"], "slot": f["slot"], "filler": name,
                 "probability": p}
                for f in self.frames
                for name, p in f["fillers"].items()
            ]
        )  # fmt: skip


def _measure(
    scorer: Reader, filled: Sequence[tuple[dict[str, Any], dict[str, str]]], step: Step | None
) -> ParityReport:
    """Score each frame with each of its fillers; `filled` holds filler to text."""
    texts = [text for _, variants in filled for text in variants.values()]
    scores = iter(probabilities(scorer, texts, step))
    frames = []
    for facts, variants in filled:
        p = {filler: float(next(scores)) for filler in variants}
        moves = [abs(a - b) for a, b in combinations(p.values(), 2)]
        flips = sum((a >= 0.5) != (b >= 0.5) for a, b in combinations(p.values(), 2))
        frames.append(
            {
                **facts, "fillers": p, "low": min(p.values()), "high": max(p.values()),
                "mean_change": sum(moves) / len(moves), "largest_change": max(moves),
                "pairs": len(moves), "label_flips": flips,
            }
        )  # fmt: skip
    return ParityReport(frames)


def run_parity(
    scorer: Reader, frames: Sequence[dict[str, str]], step: Step | None = None
) -> ParityReport:
    """Fill every frame with every filler and compare the scores.

    Parameters
    ----------
    scorer : Scorer
    frames : sequence of dict
        As `read_parity` gives them.
    step : callable, optional
        Told how many texts have just been read.

    Returns
    -------
    ParityReport

    Raises
    ------
    ValueError
        If there is no frame, or one lacks its slot or a second filler.

    Examples
    --------
    >>> from netralitas_nlp import Scorer
    >>> frame = {"frame": "f1", "label": "partisan", "slot": "person",
    ...          "fillers": "Bu Rina;Bu Sari", "text": "Ayo menangkan {person}!"}
    >>> run_parity(Scorer.load(), [frame]).label_flips
    0.0
    """
    if not frames:
        raise ValueError("no frame to check")
    filled = []
    for frame in frames:
        fault = _fault(frame)
        if fault:
            raise ValueError(fault)
        facts = {name: frame[name] for name in ("frame", "label", "slot", "text")}
        slot = "{" + frame["slot"] + "}"
        filled.append((facts, {f: frame["text"].replace(slot, f) for f in _fillers(frame)}))
    return _measure(scorer, filled, step)


# --- swapping the sides of any text -----------------------------------------------------------


class Swap(NamedTuple):
    """One text with its side swapped.

    Attributes
    ----------
    kind : str
        ``person``, ``party``, ``ticket`` or ``number``.
    old, new : str
        What was replaced, and by what.
    text : str
        The swapped text.
    """

    kind: str
    old: str
    new: str
    text: str


_MOST = 3  # counterparts tried for one text
_NATIONAL = 17  # in 2024 higher numbers belong to the local parties of Aceh
_NUMBERS = ("1", "2", "3")
_BALLOT = re.compile(
    r"\b(?:nomor|nomer|nmr|no|paslon|pasangan|capres|urut)\b\.?\s+(?:urut\s+)?(\w+)"
    r"|(?<![\w.,:/+-])(0[1-3])(?![\w:/-]|[.,]\d)",
    re.IGNORECASE,
)
_COUNTED = frozenset(
    ("satu", "dua", "tiga", "empat", "lima", "enam", "siji", "loro", "telu", "hiji", "tilu", "opat")
)
_NAME = r"[^\W\d_]+(?:['’][^\W\d_]+)?"
_TICKET = re.compile(rf"(?<![\w#@-]){_NAME}-{_NAME}(?![\w-])")
# what belongs to one camp alone: beside it nobody would believe another name
_BOUND = frozenset(("slogan", "gesture", "jingle", "ticket_word", "label", "fan"))

Spans = list[tuple[int, int]]


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon()


@lru_cache(maxsize=1)
def _normalizer() -> Normalizer:
    return Normalizer()


@lru_cache(maxsize=1)
def _people() -> dict[str, tuple[str, ...]]:
    """Candidates for president to those they stood against, by the name that everybody uses."""
    races: dict[str, list[str]] = {}
    for election, _, _, ticket, *_ in read_table("tickets"):
        if election.startswith("pilpres"):
            races.setdefault(election, []).append(ticket.split("-")[0])
    out: dict[str, set[str]] = {}
    for race in races.values():
        for name in race:
            out.setdefault(name, set()).update(other for other in race if other != name)
    return {name: tuple(sorted(others)) for name, others in out.items()}


@lru_cache(maxsize=1)
def _parties() -> dict[str, tuple[str, ...]]:
    """Parties of every election in the table, if their code is no ordinary word, to the others."""
    races: dict[str, set[str]] = {}
    for election, number, party in read_table("party_numbers"):
        if election != "pemilu-2024" or int(number) <= _NATIONAL:
            races.setdefault(election, set()).add(party)
    plain = {a for party, a, doubtful in read_table("parties") if a == party and doubtful == "0"}
    codes = sorted(set.intersection(plain, *races.values()))
    return {code: (*codes[i + 1 :], *codes[:i]) for i, code in enumerate(codes)}


@lru_cache(maxsize=1)
def _tickets() -> dict[str, tuple[str, ...]]:
    """Tickets to the others of the same election."""
    races: dict[tuple[str, str], list[str]] = {}
    for election, region, _, ticket, *_ in read_table("tickets"):
        races.setdefault((election, region), []).append(ticket)
    return {
        ticket: tuple(other for other in race if other != ticket)
        for race in races.values()
        for ticket in race
        if ticket.count("-") == 1
    }


@lru_cache(maxsize=1)
def _party_words() -> frozenset[str]:
    """Every one-word alias of a party, ordinary words such as its animal included."""
    return frozenset(alias for _, alias, _ in read_table("parties") if " " not in alias)


def swap_sides(text: str) -> list[Swap]:
    """Replace the one contestant that a text names by others.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Swap
        At most three; empty unless the text names one contestant only, in one way only: a
        candidate for president by name, a party by its code, a ticket by both names, or a ballot
        number from 1 to 3 after a word such as *nomor*. A text with an office before the name, a
        slogan, a gesture, a camp's nickname, or a name inside a hashtag stays as it is, for there
        a swap would tell an untrue or unbelievable story.

    Examples
    --------
    >>> [swap.text for swap in swap_sides("Semoga paslon 2 unggul di sini.")]
    ['Semoga paslon 1 unggul di sini.', 'Semoga paslon 3 unggul di sini.']
    >>> swap_sides("Gerindra atau PKS, sama saja.")
    []
    """
    sides = _tickets_in(text)
    rest = text
    for spans in sides.values():
        for start, end in spans:
            rest = _blank(rest, start, end)
    tokens = _normalizer().document(rest).tokens
    sides = {**sides, **_numbers_in(rest), **_names_in(tokens)}
    if len(sides) != 1 or _is_bound(tokens):
        return []
    (((kind, old), spans),) = sides.items()
    numbers = {number: tuple(n for n in _NUMBERS if n != number) for number in _NUMBERS}
    tables = {"ticket": _tickets(), "person": _people(), "party": _parties(), "number": numbers}
    first = text[spans[0][0] : spans[0][1]]
    return [
        Swap(kind, first, _written(new, first), _replaced(text, spans, new))
        for new in tables.get(kind, {}).get(old, ())[:_MOST]
    ]


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _written(word: str, model: str) -> str:
    """`word` in the dress of `model`: leading zero, lower case, capitals of a party's code."""
    if word.isdigit():
        return word.zfill(len(model))
    if model.islower():
        return word
    if word in _parties():
        return word.upper() if len(word) <= 4 else word.capitalize()
    return word.upper() if model.isupper() else word.title().replace("'M", "'m")


def _replaced(text: str, spans: Spans, new: str) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + _written(new, text[start:end]) + text[end:]
    return text


def _tickets_in(text: str) -> dict[tuple[str, str], Spans]:
    found: dict[tuple[str, str], Spans] = {}
    for match in _TICKET.finditer(text):
        name = match.group().casefold().replace("’", "'")
        if name in _tickets():
            found.setdefault(("ticket", name), []).append(match.span())
    return found


def _numbers_in(text: str) -> dict[tuple[str, str], Spans]:
    found: dict[tuple[str, str], Spans] = {}
    rest = text
    for match in _BALLOT.finditer(text):
        group = 1 if match.group(1) else 2
        number = match.group(group).casefold()
        if number.isdigit() or number in _COUNTED:
            found.setdefault(("number", number.lstrip("0")), []).append(match.span(group))
            rest = _blank(rest, *match.span(group))
    if found and any(c.isdigit() for c in rest):
        found["other number", ""] = []  # "coblos nomor 2, pilih 02": two ways to say one thing
    return found


def _names_in(tokens: Sequence[Token]) -> dict[tuple[str, str], Spans]:
    lexicon = _lexicon()
    found: dict[tuple[str, str], Spans] = {}
    for i, token in enumerate(tokens):
        for word in {token.folded, token.squeezed, *token.norm.split(), *token.parts}:
            kind = lexicon.entities.get(word)
            if kind not in ("figure", "ticket", "party") and word not in _party_words():
                continue
            before = tokens[i - 1].folded if i else ""
            plain = token.kind == "word" and word == token.folded
            if plain and word in _people() and lexicon.honorifics.get(before) != "office":
                key = ("person", word)
            elif plain and word in _parties():
                key = ("party", word)
            else:
                key = ("other name", word)
            found.setdefault(key, []).append((token.start, token.end))
    return found


def _is_bound(tokens: Sequence[Token]) -> bool:
    """Whether something here belongs to one camp alone."""
    lexicon = _lexicon()
    words = [token.folded for token in tokens]
    for length in range(1, 5):
        for start in range(len(words) - length + 1):
            span = " ".join(words[start : start + length])
            if lexicon.cues.get(span, frozenset()) & _BOUND:
                return True
            if lexicon.phrases.get(span) in ("figure", "party"):
                return True
    return any(token.kind == "emoji" and token.name in _numbered_gestures() for token in tokens)


@lru_cache(maxsize=1)
def _numbered_gestures() -> frozenset[str]:
    return frozenset(name for name, number in _lexicon().gestures.values() if number)


def run_swaps(
    scorer: Reader,
    texts: Sequence[str],
    labels: Sequence[str] | None = None,
    step: Step | None = None,
) -> ParityReport:
    """Swap the sides of arbitrary texts and compare the scores.

    Parameters
    ----------
    scorer : Scorer
    texts : sequence of str
    labels : sequence of str, optional
        Shown beside the texts; a swap must not change them.
    step : callable, optional
        Told how many texts have just been read.

    Returns
    -------
    ParityReport
        One frame for each text that can be swapped, named after its position.

    Raises
    ------
    ValueError
        If lengths differ or no text can be swapped.

    Examples
    --------
    >>> from netralitas_nlp import Scorer
    >>> report = run_swaps(Scorer.load(), ["Semoga paslon 2 menang.", "Hujan lagi."])
    >>> [(frame["frame"], sorted(frame["fillers"])) for frame in report.frames]
    [('text-0', ['1', '2', '3'])]
    """
    if labels is not None and len(labels) != len(texts):
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels to swap")
    filled = []
    for number, text in enumerate(texts):
        swaps = swap_sides(text)
        if swaps:
            facts = {
                "frame": f"text-{number}", "label": labels[number] if labels is not None else "",
                "slot": swaps[0].kind, "text": text,
            }  # fmt: skip
            filled.append((facts, {swaps[0].old: text} | {swap.new: swap.text for swap in swaps}))
    if not filled:
        raise ValueError(f"none of {len(texts)} texts names a contestant that can be swapped")
    return _measure(scorer, filled, step)
