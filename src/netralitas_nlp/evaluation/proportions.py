"""Shares with their uncertainty, and probabilities read in steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Reader", "Step", "probabilities", "share", "wilson"]

Step = Callable[[int], None]
"""Told how many texts have just been read."""

_BATCH = 512


class Reader(Protocol):
    """What the checks ask of a model: `Scorer` is one, others may be."""

    positive: str

    @property
    def classes_(self) -> list[str]:
        """Labels in the order of the columns of `predict_proba`."""

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Probabilities of every label."""


@lru_cache(maxsize=4096)
def wilson(passed: int, cases: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    Parameters
    ----------
    passed : int
        Cases that passed.
    cases : int
        All cases, at least one.

    Returns
    -------
    tuple of float
        Lower and upper end (Wilson 1927), as scipy computes them.

    Raises
    ------
    ValueError
        If there is no case, or more passed than there are.

    Examples
    --------
    >>> low, high = wilson(20, 24)
    >>> round(low, 3), round(high, 3)
    (0.641, 0.933)
    """
    if not 0 <= passed <= cases or cases < 1:
        raise ValueError(f"{passed} of {cases} cases is no share")
    from scipy.stats import binomtest

    interval = binomtest(passed, cases).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def share(passed: Sequence[bool]) -> dict[str, Any]:
    """Pass rate of some cases.

    Parameters
    ----------
    passed : sequence of bool

    Returns
    -------
    dict
        ``cases``, ``pass_rate`` and the ends ``low`` and ``high`` of its 95 % interval; the
        latter three are None where there is no case, which is no success.

    Examples
    --------
    >>> share([True, True, False, True])["pass_rate"]
    0.75
    >>> share([])["pass_rate"] is None
    True
    """
    if not passed:
        return {"cases": 0, "pass_rate": None, "low": None, "high": None}
    low, high = wilson(int(sum(passed)), len(passed))
    rate = float(sum(passed) / len(passed))
    return {"cases": len(passed), "pass_rate": rate, "low": low, "high": high}


def probabilities(
    scorer: Reader, texts: Sequence[str], step: Step | None = None
) -> npt.NDArray[np.float64]:
    """Probability of the positive label, read in batches so that progress can be shown.

    Parameters
    ----------
    scorer : Reader
    texts : sequence of str
    step : callable, optional
        Called with the size of each batch that is done.

    Returns
    -------
    ndarray of shape (n_texts,)
    """
    column = scorer.classes_.index(scorer.positive)
    out = np.zeros(len(texts))
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        out[start : start + len(batch)] = scorer.predict_proba(batch)[:, column]
        if step:
            step(len(batch))
    return out
