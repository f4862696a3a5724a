"""Floors under the figures of the checks: they go up freely, and down only with a reason."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from netralitas_nlp.evaluation.checks import KINDS, CheckReport

__all__ = ["Figure", "FloorError", "Floors", "figures_of"]

_FORMAT = 1
_DIGITS = 4
MARGINS = {"share": 0.01, "cases": 2.0, "parity": 0.005}
"""How far below what was measured a floor is set: of a pass rate ``share``, or ``cases`` cases
where that is more; of a parity figure ``parity``."""


class FloorError(ValueError):
    """A file of floors that cannot be read, or a change that must not be made."""


class Figure(NamedTuple):
    """One figure that can have a floor.

    Attributes
    ----------
    value : float or None
        None where no case was matched.
    cases : int
        What it was measured on.
    ceiling : bool
        True if less is better: then the floor is a ceiling.
    """

    value: float | None
    cases: int
    ceiling: bool = False

    def margin(self, margins: Mapping[str, float]) -> float:
        """Distance of a floor from this figure.

        Parameters
        ----------
        margins : mapping of str to float
            As `MARGINS`.

        Returns
        -------
        float
        """
        if self.ceiling:
            return margins["parity"]
        return max(margins["share"], margins["cases"] / max(self.cases, 1))

    def floor(self, margins: Mapping[str, float]) -> float:
        """The floor for what was measured.

        Parameters
        ----------
        margins : mapping of str to float
            As `MARGINS`.

        Returns
        -------
        float
            Rounded away from the figure to four digits.
        """
        scale = 10.0**_DIGITS
        value = self.value or 0.0
        if self.ceiling:
            return math.ceil(round((value + self.margin(margins)) * scale, 6)) / scale
        return max(0.0, math.floor(round((value - self.margin(margins)) * scale, 6)) / scale)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def figures_of(report: CheckReport) -> dict[str, Figure]:
    """Every figure of a report that can have a floor.

    Parameters
    ----------
    report : CheckReport

    Returns
    -------
    dict of str to Figure
        Names begin with the kind of check: ``suite.pass_rate``,
        ``suite.functionalities.call_to_vote``, ``invariance.typo``, ``direction.negation``,
        ``parity.label_flips``.
    """
    facts = report.to_dict(worst=0)
    out: dict[str, Figure] = {}
    if report.cases:
        neutral = sum(case["label"] == "netral" for case in report.cases)
        hits = sum(case["evidence_hit"] is not None for case in report.cases)
        counted = {
            "pass_rate": len(report.cases),
            "neutral_kept": neutral,
            "partisan_found": len(report.cases) - neutral,
            "pairs_right": facts["pairs"]["pairs"],
            "evidence_hit_rate": hits,
        }
        for name, cases in counted.items():
            out[f"suite.{name}"] = Figure(facts[name], cases)
        for name, group in facts["functionalities"].items():
            out[f"suite.functionalities.{name}"] = Figure(group["pass_rate"], group["cases"])
    for check in ("invariance", "direction"):
        if check in facts:
            found = facts[check]
            for name in ("pass_rate", "both_right"):
                if name in found:
                    out[f"{check}.{name}"] = Figure(found[name], found["cases"])
            for name, group in found["kinds"].items():
                out[f"{check}.{name}"] = Figure(group["pass_rate"], group["cases"])
    if report.parity:
        for name in ("mean_change", "largest_change", "label_flips"):
            out[f"parity.{name}"] = Figure(facts["parity"][name], report.parity.pairs, True)
    return out


@dataclass(frozen=True)
class Floors:
    """Floors and what they were measured on.

    Attributes
    ----------
    floors : dict of str to float
        Least value of each figure; of a parity figure the most.
    data : dict of str to str
        File name to SHA-256 of the data they were measured on.
    margins : dict of str to float
        As `MARGINS`.
    lowered : list of dict
        Every lowering: ``because`` and ``floors`` (name to old and new value).
    """

    floors: dict[str, float] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    margins: dict[str, float] = field(default_factory=lambda: dict(MARGINS))
    lowered: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Floors:
        """Read a file of floors.

        Parameters
        ----------
        path : path-like

        Returns
        -------
        Floors

        Raises
        ------
        FloorError
            If it is no such file.
        OSError
            If it cannot be opened.
        """
        name = os.fspath(path)
        with open(name, encoding="utf-8") as file:
            try:
                facts = json.load(file)
            except ValueError as error:
                raise FloorError(f"{name}: no JSON: {error}") from None
        if not isinstance(facts, dict) or facts.get("format") != _FORMAT:
            raise FloorError(f"{name}: no file of floors of format {_FORMAT}")
        floors = facts.get("floors")
        if not isinstance(floors, dict) or not floors:
            raise FloorError(f"{name}: no floor in it; a gate that checks nothing has not passed")
        for figure, value in floors.items():
            if not _is_number(value) or not 0 <= value <= 1:
                raise FloorError(f"{name}: floor {figure} is {value!r}, not a number from 0 to 1")
        margins, data = facts.get("margins", {}), facts.get("data", {})
        lowered = facts.get("lowered", [])
        if not isinstance(margins, dict):
            raise FloorError(f"{name}: margins are {margins!r}; give a number each to "
                             f"{', '.join(MARGINS)}, or leave them out")  # fmt: skip
        for margin, value in margins.items():
            if not _is_number(value) or not 0 <= value < math.inf:
                raise FloorError(f"{name}: margin {margin} is {value!r}, not a number from 0 on")
        if not isinstance(data, dict) or not all(isinstance(v, str) for v in data.values()):
            raise FloorError(f"{name}: data is {data!r}, not the SHA-256 of each file by its name; "
                             "leave it out, and --raise-floors writes it")  # fmt: skip
        if not isinstance(lowered, list) or not all(isinstance(v, dict) for v in lowered):
            raise FloorError(f"{name}: lowered is {lowered!r}, not a list of lowerings, each with "
                             "because and floors; leave it out if there was none")  # fmt: skip
        return cls(floors, data, MARGINS | margins, lowered)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the file.

        Parameters
        ----------
        path : path-like
        """
        facts = {
            "format": _FORMAT,
            "margins": self.margins,
            "data": dict(sorted(self.data.items())),
            "floors": dict(sorted(self.floors.items())),
            "lowered": self.lowered,
        }
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")

    def broken(self, report: CheckReport) -> list[str]:
        """Name what does not hold.

        Parameters
        ----------
        report : CheckReport

        Returns
        -------
        list of str
            One sentence for each floor that is broken, for each that names no measured figure,
            for each figure that matched no case, and for each file that is not the one the floors
            were measured on. Floors of kinds of check that did not run are left out.
        """
        return [*self._other_data(report), *self._under(report).values()]

    @staticmethod
    def unmatched(report: CheckReport) -> list[str]:
        """Name the checks that matched no case at all; they fail without floors, too.

        A suite of one's own without twins, or without a word that slang could replace, has not
        failed; where a floor is held or set every figure needs a case.

        Parameters
        ----------
        report : CheckReport

        Returns
        -------
        list of str
        """
        found = figures_of(report).items()
        return [f"{name} matched no case" for name, f in found
                if name.endswith(".pass_rate") and not f.cases]  # fmt: skip

    def _other_data(self, report: CheckReport) -> Iterator[str]:
        for name, found in report.sources.items():
            if self.data.get(name, found) != found:
                yield (
                    f"{name} is not the file that the floors were measured on; if they hold, "
                    "--raise-floors takes the new one"
                )

    def _whole_data(self, report: CheckReport) -> None:
        """Refuse new data while some floors were not measured on it."""
        ran = {name.split(".")[0] for name in figures_of(report)}
        idle = sorted({name.split(".")[0] for name in self.floors} - ran)
        if idle and any(self._other_data(report)):
            raise FloorError(
                f"the data changed and {', '.join(idle)} did not run; change floors without --kind"
            )

    def _under(self, report: CheckReport) -> dict[str, str]:
        measured = figures_of(report)
        ran = {name.split(".")[0] for name in measured}
        out = {
            name: f"{name} matched no case"
            for name, figure in measured.items()
            if not figure.cases or figure.value is None
        }
        compared = 0
        for name, floor in sorted(self.floors.items()):
            kind = name.split(".")[0]
            if kind in KINDS and kind not in ran:
                continue
            if name not in measured:
                out[name] = f"floor {name} names no measured figure"
                continue
            value, _, ceiling = measured[name]
            compared += 1
            if value is None:
                continue
            if value > floor if ceiling else value < floor:
                side = "above its ceiling" if ceiling else "below its floor"
                out[name] = f"{name} is {value:.4f}, {side} {floor:.4f}"
        if not compared:
            out["nothing"] = f"no floor for {', '.join(sorted(ran)) or 'any check that ran'}"
        return out

    def raised(self, report: CheckReport) -> Floors:
        """Raise floors to what was measured less the margin; none goes down.

        Parameters
        ----------
        report : CheckReport

        Returns
        -------
        Floors

        Raises
        ------
        FloorError
            If a floor is broken: that is not raising.
        """
        if self.floors:
            self._whole_data(report)
            under = self._under(report)
            under.pop("nothing", None)
            if under:
                raise FloorError("; ".join(under.values()))
        floors = dict(self.floors)
        for name, figure in figures_of(report).items():
            if not figure.cases:
                raise FloorError(f"{name} matched no case")
            new = figure.floor(self.margins)
            better = min if figure.ceiling else max
            floors[name] = better(floors.get(name, new), new)
        return replace(self, floors=floors, data={**self.data, **report.sources})

    def lowered_for(self, report: CheckReport, because: str) -> Floors:
        """Lower the floors that are broken, and drop those that name no figure.

        Parameters
        ----------
        report : CheckReport
        because : str
            The reason, which is kept in the file.

        Returns
        -------
        Floors
            The same floors where none is broken.

        Raises
        ------
        FloorError
            If there is no reason, or a check matched no case.
        """
        if not because.strip():
            raise FloorError("floors are lowered for a reason, and none was given")
        measured = figures_of(report)
        floors, changes = dict(self.floors), {}
        for name, problem in self._under(report).items():
            if name in measured and not measured[name].cases:
                raise FloorError(problem)
            if name not in floors:
                continue
            old = floors.pop(name)
            if name in measured:
                floors[name] = measured[name].floor(self.margins)
            changes[name] = [old, floors.get(name)]
        if not changes:
            return self
        self._whole_data(report)
        entry = {"because": because.strip(), "floors": changes}
        data = {**self.data, **report.sources}
        return replace(self, floors=floors, data=data, lowered=[*self.lowered, entry])
