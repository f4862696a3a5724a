"""Whether a label holds when only spelling and dress of a text change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from netralitas_nlp.evaluation.perturb import KINDS, perturb
from netralitas_nlp.evaluation.proportions import Reader, Step, probabilities, share
from netralitas_nlp.text import mask_personal

__all__ = ["InvarianceReport", "run_invariance"]


@dataclass(frozen=True)
class InvarianceReport:
    """What small changes did to the scores of some texts.

    Attributes
    ----------
    cases : list of dict
        One for each text that a kind could change: ``kind``, ``text``, ``changed``, ``before``
        and ``after`` (probabilities), ``passed`` (the label held).
    kinds : tuple of str
        The kinds that were tried, those too that changed nothing.
    """

    cases: list[dict[str, Any]]
    kinds: tuple[str, ...]

    def worst(self, count: int = 10) -> list[dict[str, Any]]:
        """The labels that did not hold, largest change first.

        Parameters
        ----------
        count : int, default=10

        Returns
        -------
        list of dict
        """
        flips = [case for case in self.cases if not case["passed"]]
        return sorted(flips, key=lambda case: -abs(case["after"] - case["before"]))[:count]

    def to_dict(self, worst: int = 10) -> dict[str, Any]:
        """JSON-ready summary.

        Parameters
        ----------
        worst : int, default=10
            How many of the worst cases to give, personal numbers masked.

        Returns
        -------
        dict
            ``cases``, ``pass_rate`` (labels that held), ``low``, ``high``, ``mean_change`` and
            ``largest_change`` of the probability; the same for each of ``kinds``; ``worst``.
        """
        groups: dict[str, list[dict[str, Any]]] = {kind: [] for kind in self.kinds}
        for case in self.cases:
            groups[case["kind"]].append(case)
        return {
            **_figures(self.cases),
            "kinds": {kind: _figures(cases) for kind, cases in groups.items()},
            "worst": [
                {**case, "text": mask_personal(case["text"]),
                 "changed": mask_personal(case["changed"])}
                for case in self.worst(worst)
            ],
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """The cases as a frame."""
        return pd.DataFrame(self.cases)


def _figures(cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    moves = [abs(case["after"] - case["before"]) for case in cases]
    return {
        **share([case["passed"] for case in cases]),
        "mean_change": sum(moves) / len(moves) if moves else None,
        "largest_change": max(moves) if moves else None,
    }


def run_invariance(
    scorer: Reader,
    texts: Iterable[str],
    kinds: Iterable[str] | None = None,
    seed: int = 0,
    step: Step | None = None,
) -> InvarianceReport:
    """Change texts in small ways and see whether their labels hold.

    Parameters
    ----------
    scorer : Scorer
    texts : iterable of str
        Any texts; no labels are needed, the label of the unchanged text is what must hold.
    kinds : iterable of str, optional
        Keys of `netralitas_nlp.evaluation.perturb.KINDS`; default all.
    seed : int, default=0
        Decides which words change and how.
    step : callable, optional
        Told how many texts have just been read.

    Returns
    -------
    InvarianceReport

    Raises
    ------
    ValueError
        If there is no text or a kind is unknown.

    Examples
    --------
    >>> from netralitas_nlp import Scorer
    >>> report = run_invariance(Scorer.load(), ["Ayo coblos nomor 2, menangkan Bu Rina!"])
    >>> report.to_dict()["kinds"]["lower"]["cases"]
    1
    """
    chosen = tuple(KINDS if kinds is None else kinds)
    originals = list(texts)
    if not originals or not chosen:
        raise ValueError(f"{len(originals)} texts and {len(chosen)} kinds of change to try")
    pairs = []
    for number, text in enumerate(originals):  # text by text: its tokens are cut only once
        for kind in chosen:
            changed = perturb(text, kind, seed)
            if changed != text:
                pairs.append((kind, number, changed))
    before = probabilities(scorer, originals, step)
    after = probabilities(scorer, [changed for _, _, changed in pairs], step)
    cases = [
        {
            "kind": kind, "text": originals[number], "changed": changed,
            "before": float(before[number]), "after": float(p),
            "passed": bool((before[number] >= 0.5) == (p >= 0.5)),
        }
        for (kind, number, changed), p in zip(pairs, after, strict=True)
    ]  # fmt: skip
    return InvarianceReport(cases, chosen)
