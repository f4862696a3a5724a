"""Whether the difference between two models is real."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.evaluation.measuring import Measured
from netralitas_nlp.measures.figures import FIGURES
from netralitas_nlp.measures.intervals import interval

__all__ = ["differences", "mcnemar"]

BoolArray = npt.NDArray[np.bool_]


def differences(model: Measured, other: Measured) -> dict[str, dict[str, Any]]:
    """Differences of all figures, model less other, on the same bootstrap draws.

    Parameters
    ----------
    model, other : Measured
        From one call of `measure`.

    Returns
    -------
    dict
        Figure to ``difference``, ``low`` and ``high`` (95 % interval, None without bootstrap)
        and ``real``: whether the interval leaves out zero. Figures that one of both has not are
        left out.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in FIGURES:
        left, right = model.figures[name], other.figures[name]
        if name == "prevalence" or left is None or right is None:
            continue
        edges = interval(model.draws[name] - other.draws[name]) if model.draws else None
        low, high = edges or (None, None)
        found[name] = {
            "difference": left - right,
            "low": low,
            "high": high,
            "real": None if low is None or high is None else bool(low > 0 or high < 0),
        }
    return found


def mcnemar(right: BoolArray, other_right: BoolArray) -> dict[str, Any]:
    """Exact test of McNemar: do two models get different texts right by chance?

    Parameters
    ----------
    right, other_right : ndarray of bool of shape (n,)
        Which rows each model has right.

    Returns
    -------
    dict
        ``only_model_right``, ``only_baseline_right`` and ``p_value`` (two-sided binomial).

    Examples
    --------
    >>> mcnemar(np.array([True] * 6 + [False]), np.array([False] * 6 + [False]))["p_value"]
    0.03125
    """
    from scipy.stats import binomtest

    only, other = int((right & ~other_right).sum()), int((other_right & ~right).sum())
    p = float(binomtest(only, only + other).pvalue) if only + other else 1.0
    return {"only_model_right": only, "only_baseline_right": other, "p_value": p}
