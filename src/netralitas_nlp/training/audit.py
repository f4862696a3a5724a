"""What is wrong with a labelled table, said before anything is learned from it."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.lexicons import read_table
from netralitas_nlp.text.cells import protected
from netralitas_nlp.text.masking import mask_personal
from netralitas_nlp.training.duplicates import same_text

__all__ = [
    "KINDS",
    "Audit",
    "Finding",
    "audit_rows",
    "excerpt",
    "is_indonesian",
    "suspicious_labels",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

KINDS = {
    "empty text": "left out",
    "no label": "left out",
    "weight of zero": "left out",
    "stray label": "left out",
    "spelling of label": "read as the usual one",
    "duplicate": "kept on one side of every split",
    "near-duplicate": "kept on one side of every split",
    "same text, two labels": "kept; read them and decide",
    "small class": "kept; more rows would help",
    "suspicious label": "kept; read them first",
    "not Indonesian": "kept; the word lists are Indonesian",
    "leak between groups": "the groups are joined",
    "also in the test file": "left out of the test",
}
"""Every kind of finding and what is done about it."""

SMALL_CLASS = 30
_SURE = 0.8
_FEWEST_WORDS = 6
_KNOWN_SHARE = 0.4
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMON_ENGLISH = (
    "the and you is of to in for that this with are was it on have my not be at but we they your "
    "from all so what just will who if as an or his her he she do can me our their has been "
    "would there when about more up out get one how some by no like think people know"
)
_ENGLISH = frozenset(_COMMON_ENGLISH.split())


class Finding(NamedTuple):
    """One thing that a person may want to look at.

    Attributes
    ----------
    row : int
        As a spreadsheet numbers it.
    kind : str
        One of `KINDS`.
    detail, label : str
        Personal numbers masked: a group or a label may be one.
    text : str
        The beginning, personal numbers masked.
    """

    row: int
    kind: str
    detail: str
    label: str = ""
    text: str = ""


def excerpt(text: str) -> str:
    r"""The beginning of a text on one line, personal numbers masked.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> excerpt("halo\ndunia")
    'halo dunia'
    """
    return " ".join(mask_personal(text).split())[:80]


@dataclass
class Audit:
    """The findings of one table.

    Attributes
    ----------
    rows, used : int
        Rows in the file, and those that training learns from.
    labels : dict of str to int
        Rows of each label that is used.
    findings : list of Finding
    """

    rows: int
    used: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, row: int, kind: str, detail: str, label: str, text: str) -> None:
        """Add a finding with its personal numbers masked.

        Parameters
        ----------
        row : int
        kind, detail, label, text : str
            As for `Finding`; of the text its beginning is kept.
        """
        masked = mask_personal(detail), mask_personal(label)
        self.findings.append(Finding(row, kind, *masked, excerpt(text)))

    def counts(self) -> dict[str, int]:
        """Number of findings of each kind, in the order of `KINDS`."""
        found = Counter(finding.kind for finding in self.findings)
        return {kind: found[kind] for kind in KINDS}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready counts."""
        return {
            "rows": self.rows, "used": self.used, "labels": self.labels, "found": self.counts(),
        }  # fmt: skip

    def to_text(self) -> str:
        """The short table."""
        first = {
            kind: next((f.row for f in self.findings if f.kind == kind), None) for kind in KINDS
        }
        lines = [("rows", f"{self.rows:,}", ""), ("used for training", f"{self.used:,}", "")]
        for kind, count in self.counts().items():
            note = f"first in row {first[kind]:,}; {KINDS[kind]}" if count else ""
            lines.append((kind, f"{count:,}", note))
        wide = max(len(name) for name, _, _ in lines)
        return "\n".join(f"{name.ljust(wide)}  {n:>7}  {note}".rstrip() for name, n, note in lines)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write one line for each finding, with the number of its row.

        Parameters
        ----------
        path : path-like
            CSV file; one that stands there is replaced.
        """
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(Finding._fields)
            for found in sorted(self.findings):
                writer.writerow([protected(str(cell)) for cell in found])


@lru_cache(maxsize=1)
def _indonesian() -> tuple[frozenset[str], frozenset[str]]:
    """Words of the lists, and those that carry grammar."""
    function = {row[0] for row in read_table("stopwords")}
    words = {row[0] for name in ("slang", "frequency") for row in read_table(name)}
    return frozenset((function | words) - _ENGLISH), frozenset(function - _ENGLISH)


def is_indonesian(text: str) -> bool:
    """Whether enough words of a text are in the word lists; a short text is given the doubt.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_indonesian("Harga cabai naik lagi di pasar pagi ini, ibu-ibu mengeluh")
    True
    >>> is_indonesian("The price of chili went up again at the market this morning")
    False
    """
    words = _WORD.findall(same_text(text))
    if len(words) < _FEWEST_WORDS:
        return True
    known, function = _indonesian()
    # posts in Indonesian hold many English words, so the lists know some: grammar decides
    english = sum(word in _ENGLISH for word in words)
    if english > 0.25 * len(words) and english > sum(word in function for word in words):
        return False
    return sum(word in known for word in words) >= _KNOWN_SHARE * len(words)


def suspicious_labels(probability: FloatArray, target: IntArray) -> list[tuple[int, int]]:
    """Rows whose label a model that has not seen them is sure to be another.

    Confident learning (Northcutt, Jiang and Chuang 2021): a label is suspicious when another one
    is at least as likely as it is, on average, for the rows that carry it. Here it must also be
    likelier than 0.8, so that a person reads few rows and most of them with profit.

    Parameters
    ----------
    probability : ndarray of shape (n, n_classes)
        Out of fold.
    target : ndarray of int of shape (n,)

    Returns
    -------
    list of (row, other class)
        The surest first.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.85, 0.15], [0.1, 0.9], [0.95, 0.05]])
    >>> suspicious_labels(p, np.array([0, 0, 1, 1]))
    [(3, 0)]
    """
    n_classes = probability.shape[1]
    usual = np.array([probability[target == k, k].mean() for k in range(n_classes)])
    other = probability.argmax(axis=1)
    sure = probability[np.arange(len(target)), other]
    rows = np.flatnonzero((other != target) & (sure >= np.maximum(usual[other], _SURE)))
    rows = rows[np.argsort(-sure[rows], kind="stable")]
    return [(int(row), int(other[row])) for row in rows]


def audit_rows(
    audit: Audit,
    numbers: Sequence[int],
    texts: Sequence[str],
    labels: Sequence[str],
    clusters: IntArray,
    groups: Sequence[str] | None,
) -> None:
    """Add what is found without a model: copies, contradictions, language, groups, small classes.

    Parameters
    ----------
    audit : Audit
        Gets the findings.
    numbers : sequence of int
        Row of each text.
    texts, labels : sequence of str
    clusters : ndarray of shape (n,)
        From `near_duplicates`.
    groups : sequence of str, optional
    """
    add = _adder(audit, numbers, texts, labels)
    keys = [same_text(text) for text in texts]
    first_of: dict[str, int] = {}
    members: dict[int, list[int]] = {}
    for i, cluster in enumerate(clusters.tolist()):
        members.setdefault(cluster, []).append(i)
    for cluster in members.values():
        said = {labels[i] for i in cluster}
        whose = {groups[i] for i in cluster if groups[i].strip()} if groups is not None else set()
        for place, i in enumerate(cluster):
            if keys[i] and keys[i] in first_of:
                add(i, "duplicate", f"of row {numbers[first_of[keys[i]]]}")
            elif place:
                add(i, "near-duplicate", f"of row {numbers[cluster[0]]}")
            first_of.setdefault(keys[i], i)
            if len(said) > 1:
                others = ", ".join(
                    f"row {numbers[j]} says {labels[j]}" for j in cluster if labels[j] != labels[i]
                )
                add(i, "same text, two labels", _cut(others))
            if len(whose) > 1:
                add(i, "leak between groups", f"stands in {_cut(', '.join(sorted(whose)))}")
    for i, text in enumerate(texts):
        if not is_indonesian(text):
            add(i, "not Indonesian", "few of its words are in the word lists")
    for label, count in Counter(labels).items():
        if count < SMALL_CLASS:
            add(labels.index(label), "small class", f"{label!r} has {count} rows")


def _adder(
    audit: Audit, numbers: Sequence[int], texts: Sequence[str], labels: Sequence[str]
) -> Callable[[int, str, str], None]:
    def add(i: int, kind: str, detail: str) -> None:
        audit.add(numbers[i], kind, detail, labels[i], texts[i])

    return add


def _cut(detail: str) -> str:
    return mask_personal(detail)[:200]  # half a number would no longer be known as one
