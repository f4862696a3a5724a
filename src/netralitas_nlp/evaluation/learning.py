"""What more labelled texts would bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from netralitas_nlp.evaluation.report import evaluate

__all__ = ["SHARES", "learning_curve"]

SHARES = (0.125, 0.25, 0.5, 1.0)
_SHOWN = ("macro_f1", "average_precision", "brier")


def learning_curve(
    estimator: Any,
    train_texts: Sequence[str],
    train_labels: Sequence[str],
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    shares: Sequence[float] = SHARES,
    positive: str | None = None,
    rounds: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int | None], None] | None = None,
) -> list[dict[str, Any]]:
    """Train on growing shares of some texts and measure on others.

    Parameters
    ----------
    estimator : scikit-learn estimator
        Such as `PartisanshipClassifier`; cloned for each share.
    train_texts, train_labels : sequence of str
        Each larger share holds the smaller ones; every label keeps its proportion.
    texts, labels : sequence of str
        What is measured on.
    shares : sequence of float
        Between 0 and 1.
    positive : str, optional
        Label that is looked for; the estimator's own by default.
    rounds, seed : int
        Of the bootstrap.
    progress : callable, optional
        Called with the shares done and their number.

    Returns
    -------
    list of dict
        ``share``, ``n`` (texts trained on), ``figures`` and ``intervals`` of macro-F1, average
        precision and Brier score.

    Raises
    ------
    ValueError
        If lengths differ, a share is not in (0, 1], or a share is too small to train on.
    """
    from sklearn.base import clone

    if len(train_texts) != len(train_labels) or not len(train_texts):
        raise ValueError(f"{len(train_texts)} texts and {len(train_labels)} labels to train on")
    for share in shares:
        if not 0 < share <= 1:
            raise ValueError(f"Got share {share!r} but expected more than 0 and at most 1.")
    names = np.array([str(label) for label in train_labels])
    rank = _ranks(names, seed)
    found = []
    for done, share in enumerate(sorted(shares)):
        rows = np.flatnonzero(rank <= share).tolist()
        try:
            fitted = clone(estimator).fit([train_texts[i] for i in rows], names[rows])
        except ValueError as error:
            raise ValueError(f"share {share:g} ({len(rows):,} texts): {error}") from None
        report = evaluate(fitted, texts, labels, positive=positive, rounds=rounds, seed=seed)
        found.append(
            {
                "share": float(share),
                "n": len(rows),
                "figures": {name: report.figures[name] for name in _SHOWN},
                "intervals": {name: report.intervals.get(name) for name in _SHOWN},
            }
        )
        if progress is not None:
            progress(done + 1, len(shares))
    return found


def _ranks(labels: Any, seed: int) -> Any:
    """Place of each text in a shuffled row of its label, as a share of that row in (0, 1]."""
    random = np.random.default_rng(seed)
    rank = np.zeros(len(labels))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        rank[random.permutation(rows)] = np.arange(1, len(rows) + 1) / len(rows)
    return rank
