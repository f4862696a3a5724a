"""Behavioural checks in the manner of HateCheck (Röttger et al. 2021) and CheckList."""

from __future__ import annotations

import difflib
import hashlib
import math
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from netralitas_nlp.evaluation.checkfiles import read_check_file
from netralitas_nlp.evaluation.direction import DirectionReport, read_direction, run_direction
from netralitas_nlp.evaluation.invariance import InvarianceReport, run_invariance
from netralitas_nlp.evaluation.parity import ParityReport, read_parity, run_parity
from netralitas_nlp.evaluation.perturb import KINDS as PERTURBATIONS
from netralitas_nlp.evaluation.proportions import share
from netralitas_nlp.model.scorer import REVIEW
from netralitas_nlp.text import mask_personal

if TYPE_CHECKING:
    from netralitas_nlp.model import Scorer

__all__ = ["KINDS", "CheckReport", "read_suite", "run_checks"]

_COLUMNS = ("functionality", "label", "sinyal", "span", "region", "text", "pair")
_NEUTRAL, _PARTISAN = _LABELS = ("netral", "partisan")
_FILES = {
    "suite": "suite.csv",
    "invariance": "suite.csv",
    "direction": "direction.csv",
    "parity": "parity.csv",
}
KINDS = tuple(_FILES)
"""The kinds of check, in the order in which they run."""


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
        If a column or a cell is missing, a label unknown, a span not in its text, or there is no
        case: a suite that checks nothing must not pass.
    """
    source, rows = read_check_file(path, _FILES["suite"], _COLUMNS, "case")
    for row, case in rows:
        if case["label"] not in _LABELS:
            near = difflib.get_close_matches(case["label"], _LABELS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"{source}, row {row:,}: label {case['label']!r} is not one of "
                f"{', '.join(_LABELS)}{hint}"
            )
        _check_span(case, f"{source}, row {row:,}")
    return [case for _, case in rows]


def _check_span(case: dict[str, str], place: str) -> None:
    if case["span"] not in case["text"]:
        raise ValueError(
            f"{place}: span {case['span']!r} does not stand in the text; copy it letter by letter, "
            "or leave it empty"
        )


@dataclass(frozen=True)
class CheckReport:
    """Outcome of the checks.

    Attributes
    ----------
    cases : list of dict
        The cases of the suite with ``probability``, ``passed``, ``verdict`` and, for partisan ones
        that were read as partisan, ``evidence_hit``; empty where the suite did not run.
    invariance : InvarianceReport or None
    direction : DirectionReport or None
    parity : ParityReport or None
    sources : dict
        File name to SHA-256 of what was read, where the checks came from files.
    """

    cases: list[dict[str, Any]]
    invariance: InvarianceReport | None = None
    direction: DirectionReport | None = None
    parity: ParityReport | None = None
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def pass_rate(self) -> float:
        """Share of cases on the right side of 0.5; like every share of no case NaN."""
        return _rate([case["passed"] for case in self.cases])

    @property
    def neutral_kept(self) -> float:
        """Share of neutral cases that stay neutral."""
        return _rate([case["passed"] for case in self.cases if case["label"] == _NEUTRAL])

    @property
    def partisan_found(self) -> float:
        """Share of partisan cases that are found."""
        return _rate([case["passed"] for case in self.cases if case["label"] != _NEUTRAL])

    @property
    def neutral_accused(self) -> float:
        """Share of neutral cases that are called partisan outright, without asking a human."""
        return self._verdicts(_NEUTRAL, _PARTISAN)

    @property
    def partisan_cleared(self) -> float:
        """Share of partisan cases that are called neutral outright, without asking a human."""
        return self._verdicts(_PARTISAN, _NEUTRAL)

    def _verdicts(self, label: str, verdict: str) -> float:
        return _rate([case["verdict"] == verdict for case in self.cases if case["label"] == label])

    @property
    def pairs_right(self) -> float:
        """Share of minimal twins of which both are right."""
        return _rate([all(c["passed"] for c in twins) for twins in self._pairs().values()])

    @property
    def evidence_hit_rate(self) -> float:
        """Share of partisan cases read as partisan whose evidence touches the marked span."""
        return _rate([c["evidence_hit"] for c in self.cases if c["evidence_hit"] is not None])

    def _pairs(self) -> dict[str, list[dict[str, Any]]]:
        pairs: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for case in self.cases:
            if case["pair"]:
                pairs[case["pair"]].append(case)
        return pairs

    @property
    def wrong_pairs(self) -> list[dict[str, Any]]:
        """Twins that flip wrongly, most confident mistake first.

        Each has ``pair``, ``outcome`` (``same label``: the model cannot tell them apart;
        ``reversed``: it has both the wrong way round) and ``cases``.
        """
        out = []
        for name, twins in self._pairs().items():
            wrong = [case for case in twins if not case["passed"]]
            if wrong:
                outcome = "reversed" if len(wrong) == len(twins) else "same label"
                out.append({"pair": name, "outcome": outcome, "cases": twins})
        return sorted(out, key=lambda pair: -max(_mistake(case) for case in pair["cases"]))

    def worst(self, count: int = 10) -> list[dict[str, Any]]:
        """The most confident mistakes of the suite.

        Parameters
        ----------
        count : int, default=10

        Returns
        -------
        list of dict
        """
        wrong = [case for case in self.cases if not case["passed"]]
        return sorted(wrong, key=lambda case: -_mistake(case))[:count]

    def to_dict(self, worst: int = 10) -> dict[str, Any]:
        """JSON-ready summary of what was run.

        Parameters
        ----------
        worst : int, default=10
            How many of the worst cases to give for each kind of check, personal numbers masked.

        Returns
        -------
        dict
            Of the suite: ``cases``, ``pass_rate`` with ``low`` and ``high``, ``neutral_kept``,
            ``partisan_found``, ``neutral_accused``, ``partisan_cleared``, ``pairs_right``,
            ``evidence_hit_rate``, ``functionalities`` (name to ``cases``, ``pass_rate``, ``low``,
            ``high``), ``pairs``, ``wrong_pairs``, ``worst``; then ``invariance``, ``direction`` and
            ``parity``. What did not run has no key.
        """
        out: dict[str, Any] = self._suite(worst) if self.cases else {}
        if self.invariance:
            out["invariance"] = self.invariance.to_dict(worst)
        if self.direction:
            out["direction"] = self.direction.to_dict(worst)
        if self.parity:
            out["parity"] = self.parity.to_dict(worst)
        return out

    def _suite(self, worst: int) -> dict[str, Any]:
        groups: dict[str, list[bool]] = defaultdict(list)
        for case in self.cases:
            groups[case["functionality"]].append(case["passed"])
        wrong = self.wrong_pairs
        return {
            **share([case["passed"] for case in self.cases]),
            "neutral_kept": _known(self.neutral_kept),
            "partisan_found": _known(self.partisan_found),
            "neutral_accused": _known(self.neutral_accused),
            "partisan_cleared": _known(self.partisan_cleared),
            "pairs_right": _known(self.pairs_right),
            "evidence_hit_rate": _known(self.evidence_hit_rate),
            "functionalities": {name: share(passed) for name, passed in sorted(groups.items())},
            "pairs": {
                "pairs": len(self._pairs()),
                "same_label": sum(pair["outcome"] == "same label" for pair in wrong),
                "reversed": sum(pair["outcome"] == "reversed" for pair in wrong),
            },
            "wrong_pairs": [
                {**pair, "cases": [_short(case) for case in pair["cases"]]}
                for pair in wrong[:worst]
            ],
            "worst": [_short(case) for case in self.worst(worst)],
        }

    def to_frame(self) -> pd.DataFrame:
        """The cases of the suite with their outcome, as a frame."""
        return pd.DataFrame(self.cases)

    def to_text(self, worst: int = 5) -> str:
        """The summary as plain tables.

        Parameters
        ----------
        worst : int, default=5
            How many of the worst cases to show for each kind of check.

        Returns
        -------
        str
        """
        from netralitas_nlp.evaluation.checktext import check_text

        return check_text(self.to_dict(worst))


def _rate(passed: Sequence[bool]) -> float:
    return sum(passed) / len(passed) if passed else math.nan


def _known(rate: float) -> float | None:
    return None if math.isnan(rate) else rate


def _mistake(case: dict[str, Any]) -> float:
    """How far a case is on the wrong side of 0.5; negative where it is right."""
    p = float(case["probability"])
    return p - 0.5 if case["label"] == _NEUTRAL else 0.5 - p


def _short(case: dict[str, Any]) -> dict[str, Any]:
    kept = ("functionality", "label", "probability")
    return {name: case[name] for name in kept} | {"text": mask_personal(case["text"])}


def run_checks(
    scorer: Scorer,
    suite: Sequence[dict[str, str]] | str | os.PathLike[str],
    kinds: Iterable[str] | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> CheckReport:
    """Run behavioural checks.

    Parameters
    ----------
    scorer : Scorer or fitted PartisanshipClassifier
    suite : sequence of dict, or path-like
        Cases as `read_suite` gives them, a CSV file of them, or a folder that may also hold
        ``direction.csv`` and ``parity.csv``.
    kinds : iterable of str, optional
        Some of ``suite`` (pass rate of each functionality), ``invariance`` (the cases in other
        spelling and dress), ``direction`` and ``parity``; default all that `suite` holds.
    seed : int, default=0
        Decides how the texts are changed for ``invariance``.
    progress : callable, optional
        Called with the number of texts read and the number to read.

    Returns
    -------
    CheckReport

    Raises
    ------
    ValueError
        If there is no case, a case lacks a column or its span is not in its text, a kind is
        unknown, or the file of a kind is missing.

    Examples
    --------
    >>> from netralitas_nlp import Scorer
    >>> case = {"functionality": "call_to_vote", "label": "partisan", "sinyal": "ajakan",
    ...         "span": "coblos nomor 2", "region": "", "pair": "", "text": "Ayo coblos nomor 2!"}
    >>> report = run_checks(Scorer.load(), [case], kinds=["suite"])
    >>> report.pass_rate, report.evidence_hit_rate
    (1.0, 1.0)
    """
    scorer = getattr(scorer, "scorer_", scorer)
    chosen, sources = _choose(suite, kinds)
    cases: Sequence[dict[str, str]] = []
    if "suite" in chosen or "invariance" in chosen:
        cases = read_suite(suite) if isinstance(suite, (str, os.PathLike)) else suite
        if not cases:
            raise ValueError("no case to check")
        for place, case in enumerate(cases):
            missing = [column for column in _COLUMNS if case.get(column) is None]
            if missing:
                raise ValueError(f"case at position {place} has no {missing[0]!r}; every case has "
                                 f"{', '.join(_COLUMNS)}")  # fmt: skip
            _check_span(case, f"case at position {place}")
    pairs = read_direction(sources["direction"]) if "direction" in chosen else []
    frames = read_parity(sources["parity"]) if "parity" in chosen else []
    total = (
        len(cases) * (("suite" in chosen) + ("invariance" in chosen) * (1 + len(PERTURBATIONS)))
        + 2 * len(pairs)
        + sum(len(frame["fillers"].split(";")) for frame in frames)
    )
    done = 0

    def step(texts: int) -> None:
        nonlocal done
        done = min(done + texts, total)
        if progress:
            progress(done, total)

    report = CheckReport(
        _run_suite(scorer, cases, step) if "suite" in chosen else [],
        run_invariance(scorer, [case["text"] for case in cases], seed=seed, step=step)
        if "invariance" in chosen
        else None,
        run_direction(scorer, pairs, step) if pairs else None,
        run_parity(scorer, frames, step) if frames else None,
        {os.path.basename(path): _fingerprint(path) for path in sources.values()},
    )
    if progress:
        progress(total, total)  # kinds of change that find nothing in a text read fewer
    return report


def _choose(
    suite: Sequence[dict[str, str]] | str | os.PathLike[str], kinds: Iterable[str] | None
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The kinds to run and the file of each."""
    wanted = None if kinds is None else tuple(kinds)
    for kind in wanted or ():
        if kind not in KINDS:
            raise ValueError(f"check {kind!r} is not one of {', '.join(KINDS)}")
    files: dict[str, str] = {}
    place = "a list of cases"
    there: tuple[str, ...] = ("suite", "invariance")
    if isinstance(suite, (str, os.PathLike)):
        place = os.fspath(suite)
        if os.path.isdir(place):
            files = {kind: os.path.join(place, name) for kind, name in _FILES.items()}
            there = tuple(kind for kind, path in files.items() if os.path.exists(path))
        else:
            files = dict.fromkeys(there, place)
    chosen = there if wanted is None else tuple(kind for kind in KINDS if kind in wanted)
    for kind in chosen:
        if kind not in there:
            raise ValueError(f"{place} holds no {_FILES[kind]}, which check {kind!r} needs")
    if not chosen:
        names = ", ".join(dict.fromkeys(_FILES.values()))
        raise ValueError(f"{place}: no check to run; a suite's folder holds {names}")
    return chosen, {kind: files[kind] for kind in chosen if kind in files}


def _fingerprint(path: str) -> str:
    """SHA-256 of a text file, the same whichever line ends a checkout wrote."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()


def _run_suite(
    scorer: Scorer, suite: Sequence[dict[str, str]], step: Callable[[int], None]
) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    assessments = scorer.score_stream([case["text"] for case in suite], batch_size=256)
    for case, read in zip(suite, assessments, strict=True):
        partisan = read.probability >= 0.5
        passed = partisan == (case["label"] != _NEUTRAL)
        hit = None
        if case["span"] and partisan and passed:
            start = case["text"].find(case["span"])
            end = start + len(case["span"])
            hit = any(item.start < end and start < item.end for item in read.evidence)
        verdict = {scorer.positive: _PARTISAN, REVIEW: REVIEW}.get(read.verdict, _NEUTRAL)
        found = {"probability": read.probability, "passed": passed, "verdict": verdict}
        out.append({**case, **found, "evidence_hit": hit})
        step(1)
    return out
