"""How far figures could be off: bootstrap and Wilson intervals.

A bootstrap round is a weighting of the rows: how often each was drawn. So every figure is written
as a formula of weights, for a block of rounds at once, over rows that are sorted only once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from netralitas_nlp.measures.figures import BINS, bin_of, ratio

__all__ = [
    "LEVEL",
    "Flags",
    "Measure",
    "bootstrap",
    "calibration_interval",
    "group_codes",
    "interval",
    "wilson",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LEVEL = 0.95
_BLOCK = 2_000_000  # weights held at once, 16 MB: memory does not grow with the rounds
_CHANCE_ROUNDS = 200
_DEFINED = 0.9  # share of the rounds in which a figure must be defined to get an interval


class Measure(Protocol):
    """Figures of fixed rows as a formula of the weights of the rows."""

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Figures for weights of shape (rounds, n): name to array of shape (rounds,)."""
        ...


class Flags:
    """Precision, recall and F1 of several yes-or-no columns, for many weightings at once.

    Parameters
    ----------
    truth, said : ndarray of bool of shape (n, columns)
    names : sequence of str
        Name of each column; its figures are called ``precision NAME`` and so on, and
        ``macro_f1`` is the mean F1 of the columns that occur in `truth`.
    """

    def __init__(self, truth: BoolArray, said: BoolArray, names: Sequence[str]):
        self.names = list(names)
        self.seen = truth.any(axis=0)
        self.sums = np.concatenate([truth & said, truth, said], axis=1).astype(float)

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Figures for each row of weights.

        Parameters
        ----------
        weights : ndarray of shape (rounds, n)

        Returns
        -------
        dict
            NaN where precision or recall is undefined; F1 counts 0 there.
        """
        hit, truth, said = np.split(weights @ self.sums, 3, axis=1)
        found = {
            "precision": ratio(hit, said, np.nan),
            "recall": ratio(hit, truth, np.nan),
            "f1": ratio(2 * hit, truth + said),
        }
        out = {
            f"{figure} {name}": values[:, i]
            for figure, values in found.items()
            for i, name in enumerate(self.names)
        }
        if self.seen.any():
            out["macro_f1"] = found["f1"][:, self.seen].mean(axis=1)
        return out


def group_codes(groups: Sequence[Any]) -> IntArray:
    """Number of the group of each row.

    Parameters
    ----------
    groups : sequence
        An empty name is no group: such a row stands for itself.

    Returns
    -------
    ndarray of int of shape (n,)
        From 0, named groups first, in the order of their names.

    Examples
    --------
    >>> group_codes(["b", "", "a", "b", " "]).tolist()
    [1, 2, 0, 1, 3]
    """
    values = np.asarray(groups)
    blank = np.array([_is_blank(group) for group in groups], dtype=bool)
    code = np.empty(len(values), dtype=np.int64)
    names, code[~blank] = np.unique(values[~blank], return_inverse=True)
    code[blank] = len(names) + np.arange(blank.sum())
    return code


def _is_blank(group: Any) -> bool:
    if isinstance(group, float) and math.isnan(group):  # what pandas puts into an empty cell
        return True
    return group is None or not str(group).strip()


def bootstrap(
    measures: Sequence[Measure],
    n: int,
    *,
    rounds: int = 1000,
    seed: int | Sequence[int] = 0,
    groups: Sequence[Any] | None = None,
    advance: Callable[[int], None] | None = None,
) -> list[dict[str, FloatArray]]:
    """Figures on rows drawn with replacement.

    All measures see the same draws, so that their differences are paired.

    Parameters
    ----------
    measures : sequence of Measure
    n : int
        Number of rows.
    rounds : int, default=1000
    seed : int or sequence of int, default=0
        Same seed, same draws, whatever the size of a block.
    groups : sequence, optional
        Group of each row: whole groups are drawn (cluster bootstrap), as `group_codes` has them.
    advance : callable, optional
        Called with the number of rounds just done.

    Returns
    -------
    list of dict
        For each measure: name to array of shape (rounds,).

    Examples
    --------
    >>> mean = lambda weights: {"mean": weights @ np.array([0.0, 1.0]) / 2}
    >>> drawn, = bootstrap([mean], 2, rounds=4000)
    >>> drawn["mean"].mean().round(1)
    np.float64(0.5)
    """
    random = np.random.default_rng(seed)
    code = None if groups is None else group_codes(groups)
    units = n if code is None else int(code.max()) + 1
    block = max(1, min(rounds, _BLOCK // max(n, 1)))
    found: list[list[dict[str, FloatArray]]] = [[] for _ in measures]
    for start in range(0, rounds, block):
        size = min(block, rounds - start)
        weights = np.empty((size, units))
        for i in range(size):
            weights[i] = np.bincount(random.integers(0, units, units), minlength=units)
        if code is not None:
            weights = weights[:, code]
        for measure, out in zip(measures, found, strict=True):
            out.append(measure(weights))
        if advance is not None:
            advance(size)
    return [
        {name: np.concatenate([part[name] for part in out]) for name in out[0]} if out else {}
        for out in found
    ]


def interval(values: FloatArray) -> list[float] | None:
    """Percentile interval of bootstrap figures.

    Parameters
    ----------
    values : ndarray of shape (rounds,)
        NaN where a round has no such figure.

    Returns
    -------
    [low, high] or None
        None if fewer than nine rounds in ten have the figure.

    Examples
    --------
    >>> [round(edge, 3) for edge in interval(np.linspace(0.0, 1.0, 101))]
    [0.025, 0.975]
    """
    defined = values[~np.isnan(values)]
    if len(defined) < max(_DEFINED * len(values), 1):
        return None
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return [float(low), float(high)]


def calibration_interval(
    ece: float, draws: FloatArray, probability: FloatArray, seed: int | Sequence[int] = 0
) -> list[float] | None:
    """Interval of the calibration error, which chance can only make larger.

    A resample adds chance to chance, so the percentiles lie too high by about as much as the
    estimate itself does: they are reflected at the estimate. Where a model whose probabilities
    are exactly true would show such an error by chance, the interval begins at zero (consistency
    resampling, Bröcker and Smith 2007).

    Parameters
    ----------
    ece : float
        Of all rows.
    draws : ndarray of shape (rounds,)
        Of the bootstrap.
    probability : ndarray of shape (n,)
    seed : int or sequence of int, default=0

    Returns
    -------
    [low, high] or None
    """
    edges = interval(draws)
    if edges is None:
        return None
    low, high = 2 * ece - edges[1], 2 * ece - edges[0]
    random = np.random.default_rng(seed)
    place = bin_of(probability)
    chance = np.empty(_CHANCE_ROUNDS)
    for i in range(_CHANCE_ROUNDS):
        gap = probability - (random.random(len(probability)) < probability)
        chance[i] = np.abs(np.bincount(place, weights=gap, minlength=BINS)).sum() / len(gap)
    if ece <= np.quantile(chance, LEVEL):
        low = 0.0
    return [max(low, 0.0), min(max(high, ece), 1.0)]


def wilson(hits: int, trials: int) -> list[float] | None:
    """Interval of a share of few rows, where a bootstrap is too narrow (Wilson 1927).

    Parameters
    ----------
    hits, trials : int

    Returns
    -------
    [low, high] or None
        None if there was no trial.

    Examples
    --------
    >>> [round(edge, 3) for edge in wilson(10, 10)]
    [0.722, 1.0]
    """
    if trials == 0:
        return None
    from scipy.stats import binomtest

    found = binomtest(hits, trials).proportion_ci(LEVEL, method="wilson")
    return [float(found.low), float(found.high)]
