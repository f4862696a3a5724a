"""Whether negation, prohibition, quotation and reporting move a score the right way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from netralitas_nlp.evaluation.checkfiles import read_check_file
from netralitas_nlp.evaluation.proportions import Reader, Step, probabilities, share
from netralitas_nlp.text import mask_personal

__all__ = ["DirectionReport", "read_direction", "run_direction"]

_COLUMNS = ("pair", "kind", "direction", "base", "changed")
# which side of 0.5 the base and the changed text belong on
_SIDES = {"down": (True, False), "up": (False, True), "hold": (True, True)}
LEAST_MOVE = 0.05  # a smaller step is no answer to a "tidak"


def read_direction(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Read pairs of a text and its change.

    Parameters
    ----------
    path : path-like
        A CSV file with the columns pair, kind, direction, base, changed, or a folder with
        ``direction.csv``. ``direction`` is ``down`` (partisan to netral), ``up`` (netral to
        partisan) or ``hold`` (both partisan).

    Returns
    -------
    list of dict

    Raises
    ------
    ValueError
        If a column or a cell is missing, a direction is unknown, or there is no pair.
    """
    source, rows = read_check_file(path, "direction.csv", _COLUMNS, "pair")
    for row, pair in rows:
        if pair["direction"] not in _SIDES:
            raise ValueError(
                f"{source}, row {row:,}: direction {pair['direction']!r} is not one of "
                f"{', '.join(_SIDES)}"
            )
    return [pair for _, pair in rows]


@dataclass(frozen=True)
class DirectionReport:
    """What the changes did to the scores.

    Attributes
    ----------
    cases : list of dict
        The pairs with ``before`` and ``after`` (probabilities), ``passed`` (moved the right way)
        and ``both_right`` (both texts on their side of 0.5).
    """

    cases: list[dict[str, Any]]

    def worst(self, count: int = 10) -> list[dict[str, Any]]:
        """The pairs that did not move as they must, most confident mistake first.

        Parameters
        ----------
        count : int, default=10

        Returns
        -------
        list of dict
        """
        wrong = [case for case in self.cases if not case["passed"]]
        return sorted(wrong, key=lambda case: -_distance(case))[:count]

    def to_dict(self, worst: int = 10) -> dict[str, Any]:
        """JSON-ready summary.

        Parameters
        ----------
        worst : int, default=10
            How many of the worst pairs to give.

        Returns
        -------
        dict
            ``cases``, ``pass_rate``, ``low``, ``high``, ``both_right`` and ``mean_change``
            (signed, of the probability); the same for each of ``kinds`` and ``directions``;
            ``worst``.
        """
        kinds = sorted({case["kind"] for case in self.cases})
        directions = [name for name in _SIDES if any(c["direction"] == name for c in self.cases)]
        return {
            **_figures(self.cases),
            "kinds": {k: _figures([c for c in self.cases if c["kind"] == k]) for k in kinds},
            "directions": {
                d: _figures([c for c in self.cases if c["direction"] == d]) for d in directions
            },
            "worst": [
                {**case, "base": mask_personal(case["base"]),
                 "changed": mask_personal(case["changed"])}
                for case in self.worst(worst)
            ],
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """The pairs as a frame."""
        return pd.DataFrame(self.cases)


def _distance(case: dict[str, Any]) -> float:
    """How far the changed text is from its side."""
    partisan = _SIDES[case["direction"]][1]
    return float(1.0 - case["after"] if partisan else case["after"])


def _figures(cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        **share([case["passed"] for case in cases]),
        "both_right": sum(case["both_right"] for case in cases) / len(cases),
        "mean_change": sum(case["after"] - case["before"] for case in cases) / len(cases),
    }


def _passed(direction: str, before: float, after: float) -> bool:
    if direction == "hold":
        return after >= 0.5
    return (before - after if direction == "down" else after - before) >= LEAST_MOVE


def run_direction(
    scorer: Reader, pairs: Sequence[dict[str, str]], step: Step | None = None
) -> DirectionReport:
    """See whether scores move the way that the change of the text demands.

    A pair passes when the probability moves by at least 0.05 the right way, and with ``hold``
    when the changed text still reads as partisan.

    Parameters
    ----------
    scorer : Scorer
    pairs : sequence of dict
        As `read_direction` gives them.
    step : callable, optional
        Told how many texts have just been read.

    Returns
    -------
    DirectionReport

    Raises
    ------
    ValueError
        If there is no pair.

    Examples
    --------
    >>> from netralitas_nlp import Scorer
    >>> pair = {"pair": "1", "kind": "prohibition", "direction": "down",
    ...         "base": "Ayo coblos nomor 2!", "changed": "ASN dilarang mengajak coblos nomor 2."}
    >>> run_direction(Scorer.load(), [pair]).to_dict()["pass_rate"]
    1.0
    """
    if not pairs:
        raise ValueError("no pair to check")
    texts = [pair[side] for pair in pairs for side in ("base", "changed")]
    p = probabilities(scorer, texts, step)
    cases = []
    for i, pair in enumerate(pairs):
        before, after = float(p[2 * i]), float(p[2 * i + 1])
        base, changed = _SIDES[pair["direction"]]
        cases.append(
            {
                **pair, "before": before, "after": after,
                "passed": _passed(pair["direction"], before, after),
                "both_right": (before >= 0.5) == base and (after >= 0.5) == changed,
            }
        )  # fmt: skip
    return DirectionReport(cases)
