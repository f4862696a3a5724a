"""Folds that keep groups and near-duplicates on one side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.training.duplicates import components

__all__ = ["kept_together", "stratified_folds"]

IntArray = npt.NDArray[np.int64]

_ORDERS = 20  # tried for each number of folds where the first one fails


def kept_together(clusters: IntArray, groups: Sequence[Any] | None) -> IntArray:
    """Join clusters of alike texts and groups: what shares either is one part.

    Parameters
    ----------
    clusters : ndarray of shape (n,)
    groups : sequence, optional
        An empty name is no group.

    Returns
    -------
    ndarray of shape (n,)

    Examples
    --------
    >>> kept_together(np.array([0, 0, 1, 2]), ["a", "b", "b", ""]).tolist()
    [0, 0, 0, 1]
    """
    n = len(clusters)
    first: dict[Any, int] = {}
    edges = []
    for i, cluster in enumerate(clusters.tolist()):
        edges.append((i, first.setdefault(("cluster", cluster), i)))
        if groups is not None and str(groups[i]).strip():
            edges.append((i, first.setdefault(("group", groups[i]), i)))
    return components(n, np.array(edges, dtype=np.int64).reshape(-1, 2))


def stratified_folds(
    target: IntArray, parts: IntArray, folds: int, seed: int = 0
) -> list[tuple[IntArray, IntArray]]:
    """Deal parts to folds so that each fold has nearly the same mix of classes.

    Parameters
    ----------
    target : ndarray of int of shape (n,)
        Class of each row.
    parts : ndarray of int of shape (n,)
        Rows of one part are in one fold.
    folds : int
        Most folds; fewer where a class has fewer parts, more only where no fewer were found that
        leave every class something to learn from.
    seed : int, default=0

    Returns
    -------
    list of (train, test)
        Every class stands in every train side.

    Raises
    ------
    ValueError
        If a class stands in one part only, naming the class by its number.

    Examples
    --------
    >>> splits = stratified_folds(np.array([0, 1, 0, 1]), np.array([0, 1, 2, 3]), 2)
    >>> [sorted(np.array([0, 1, 0, 1])[test].tolist()) for _, test in splits]
    [[0, 1], [0, 1]]
    """
    n_classes, n_parts = int(target.max()) + 1, int(parts.max()) + 1
    counts = np.zeros((n_parts, n_classes))
    np.add.at(counts, (parts, target), 1)
    spread = (counts > 0).sum(axis=0)
    folds = min(folds, int(spread.min()))
    if folds < 2:
        raise ValueError(str(int(spread.argmin())))
    random = np.random.default_rng(seed)
    # large parts first: the small ones even out what they leave; rare classes before common ones
    rarest = np.where(counts > 0, counts.sum(axis=0), np.inf).min(axis=1)
    size = counts.sum(axis=1)
    order = random.permutation(n_parts)
    fold_of = _dealt(counts, order[np.lexsort((rarest[order], -size[order]))], folds)
    # a class that lies in one fold has no training rows there: deal the classes of few parts first,
    # then to more folds; with a fold for each part every class is on both sides
    fewest = np.where(counts > 0, spread, np.inf).min(axis=1)
    while fold_of is None:
        for _ in range(_ORDERS):
            order = random.permutation(n_parts)
            fold_of = _dealt(counts, order[np.argsort(fewest[order], kind="stable")], folds)
            if fold_of is not None:
                break
        folds += 1
    fold_of_row = fold_of[parts]
    splits = [
        (np.flatnonzero(fold_of_row != k), np.flatnonzero(fold_of_row == k))
        for k in range(int(fold_of.max()) + 1)
    ]
    return [split for split in splits if len(split[1])]


def _dealt(
    counts: npt.NDArray[np.float64], order: npt.NDArray[np.int64], folds: int
) -> IntArray | None:
    """Fold of each part, dealt in `order`; None if a class lies in one fold only."""
    total = np.maximum(counts.sum(axis=0), 1)
    filled = np.zeros((folds, counts.shape[1]))
    fold_of = np.zeros(len(counts), dtype=np.int64)
    for part in order:
        main = counts[part] / total
        fold = int(np.lexsort((filled.sum(axis=1), filled @ main))[0])
        fold_of[part] = fold
        filled[fold] += main
    return fold_of if ((filled > 0).sum(axis=0) > 1).all() else None
