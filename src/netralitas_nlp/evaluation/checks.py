"""Behavioural checks in the manner of HateCheck (Röttger et al. 2021)."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from netralitas_nlp.model import Scorer

__all__ = ["CheckReport", "read_suite", "run_checks"]

_COLUMNS = ("functionality", "label", "sinyal", "span", "region", "text", "pair")


def read_suite(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Read a suite: one CSV file, or a folder with ``suite.csv``.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of dict
        One case each, with the columns functionality, label, sinyal, span, region, text, pair.

    Raises
    ------
    ValueError
        If a column is missing or there is no case: a suite that checks nothing must not pass.
    """
    source = os.fspath(path)
    if os.path.isdir(source):
        source = os.path.join(source, "suite.csv")
    with open(source, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(
                f"{source}: no column {missing[0]!r}; a suite has {', '.join(_COLUMNS)}"
            )
        cases = list(reader)
    if not cases:
        raise ValueError(f"{source}: no case in the suite")
    return cases


@dataclass(frozen=True)
class CheckReport:
    """Outcome of a suite.

    Attributes
    ----------
    cases : list of dict
        The cases with ``probability``, ``passed`` and, for partisan ones, ``evidence_hit``.
    """

    cases: list[dict[str, Any]]

    @property
    def pass_rate(self) -> float:
        """Share of cases on the right side of 0.5."""
        return float(sum(case["passed"] for case in self.cases) / len(self.cases))

    @property
    def neutral_kept(self) -> float:
        """Share of neutral cases that stay neutral."""
        neutral = [case["passed"] for case in self.cases if case["label"] == "netral"]
        return float(sum(neutral) / max(len(neutral), 1))

    @property
    def pairs_right(self) -> float:
        """Share of minimal twins of which both are right."""
        pairs: dict[str, list[bool]] = defaultdict(list)
        for case in self.cases:
            if case["pair"]:
                pairs[case["pair"]].append(case["passed"])
        return sum(all(both) for both in pairs.values()) / max(len(pairs), 1)

    @property
    def evidence_hit_rate(self) -> float:
        """Share of partisan cases read as partisan whose evidence touches the marked span."""
        hits = [c["evidence_hit"] for c in self.cases if c["evidence_hit"] is not None]
        return float(sum(hits) / max(len(hits), 1))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready summary: overall figures and the pass rate of each functionality."""
        groups: dict[str, list[bool]] = defaultdict(list)
        for case in self.cases:
            groups[case["functionality"]].append(case["passed"])
        return {
            "cases": len(self.cases),
            "pass_rate": self.pass_rate,
            "neutral_kept": self.neutral_kept,
            "pairs_right": self.pairs_right,
            "evidence_hit_rate": self.evidence_hit_rate,
            "functionalities": {
                name: {"cases": len(passed), "pass_rate": sum(passed) / len(passed)}
                for name, passed in sorted(groups.items())
            },
        }

    def to_frame(self) -> pd.DataFrame:
        """The cases with their outcome, as a frame."""
        return pd.DataFrame(self.cases)

    def to_text(self) -> str:
        """The summary as a plain table."""
        facts = self.to_dict()
        lines = [f"{name:20} {facts[name]:.3f}" for name in
                 ("pass_rate", "neutral_kept", "pairs_right", "evidence_hit_rate")]  # fmt: skip
        lines.append(f"{'cases':20} {facts['cases']}")
        for name, group in sorted(
            facts["functionalities"].items(), key=lambda item: item[1]["pass_rate"]
        ):
            lines.append(f"{name:24} {group['cases']:4d} {group['pass_rate']:.3f}")
        return "\n".join(lines)


def run_checks(scorer: Scorer, suite: Sequence[dict[str, str]]) -> CheckReport:
    """Run a suite.

    Parameters
    ----------
    scorer : Scorer
    suite : sequence of dict
        Cases as `read_suite` gives them.

    Returns
    -------
    CheckReport

    Raises
    ------
    ValueError
        If there is no case.
    """
    if not suite:
        raise ValueError("no case to check")
    out: list[dict[str, Any]] = []
    assessments = scorer.score_stream([case["text"] for case in suite])
    for case, read in zip(suite, assessments, strict=True):
        partisan = read.probability >= 0.5
        passed = partisan == (case["label"] == scorer.positive)
        hit = None
        if case["span"] and partisan:
            start = case["text"].find(case["span"])
            end = start + len(case["span"])
            hit = any(item.start < end and start < item.end for item in read.evidence)
        out.append({**case, "probability": read.probability, "passed": passed, "evidence_hit": hit})
    return CheckReport(out)
