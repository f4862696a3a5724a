"""Comparison models in the box: what a figure is worth beside the simplest thing that works."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.measures.intervals import group_codes

__all__ = ["BASELINES", "KEYWORDS", "baseline_probability"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BASELINES = ("majority", "keyword", "tfidf")
KEYWORDS = (
    "dukung", "coblos", "pilih", "menang", "kampanye", "paslon", "relawan", "tim sukses",
    "nomor urut", "salam dua jari", "salam satu jari", "salam tiga jari", "ganti presiden",
)  # fmt: skip
"""What the ``keyword`` baseline searches for, anywhere in a text, as keyword search does."""
_FOLDS = 5
_SHUFFLES = 10  # tried for each number of folds


def baseline_probability(
    name: str,
    texts: Sequence[str],
    truth: IntArray,
    n_classes: int,
    column: int,
    *,
    train: tuple[Sequence[str], IntArray] | None = None,
    groups: Sequence[Any] | None = None,
) -> tuple[FloatArray, str]:
    """Probabilities of a comparison model.

    Parameters
    ----------
    name : {"majority", "keyword", "tfidf"}
        The share of each label; search for `KEYWORDS`; TF-IDF of words and word pairs with
        logistic regression.
    texts : sequence of str
    truth : ndarray of int of shape (n,)
    n_classes : int
    column : int
        Place of the positive class.
    train : tuple of texts and labels, optional
        What to learn from; by default `texts` themselves: for tfidf each text is read by a model
        that has not seen it (cross-validation), for majority the shares of `truth` count.
    groups : sequence, optional
        Texts of one group are never on both sides of a fold; a text without a name is a group of
        its own.

    Returns
    -------
    probability : ndarray of shape (n, n_classes)
    trained_on : str
        ``"nothing"``, ``"other data"``, ``"the same data"`` (the shares of its labels) or
        ``"cross-validation"`` on it.

    Raises
    ------
    ValueError
        If there are too few texts, or too few groups with each label, to learn from.

    Examples
    --------
    >>> p, how = baseline_probability("keyword", ["Ayo coblos!", "hujan"], np.array([1, 0]), 2, 1)
    >>> p[:, 1], how
    (array([1., 0.]), 'nothing')
    """
    if name == "keyword":
        pattern = re.compile("|".join(map(re.escape, KEYWORDS)), re.IGNORECASE)
        hit = np.array([bool(pattern.search(text)) for text in texts], dtype=float)
        out = np.zeros((len(texts), n_classes))
        out[:, 0 if column else 1] = 1.0 - hit
        out[:, column] = hit
        return out, "nothing"
    if name == "majority":
        shares = np.bincount(truth if train is None else train[1], minlength=n_classes)
        how = "the same data" if train is None else "other data"
        return np.tile(shares / shares.sum(), (len(texts), 1)), how
    if name != "tfidf":
        raise ValueError(f"no baseline {name!r}; there are {', '.join(BASELINES)}")
    return _tfidf(texts, truth, n_classes, train, groups)


def _tfidf(
    texts: Sequence[str],
    truth: IntArray,
    n_classes: int,
    train: tuple[Sequence[str], IntArray] | None,
    groups: Sequence[Any] | None,
) -> tuple[FloatArray, str]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b|[^\w\s]"
        ),
        LogisticRegression(
            C=10.0, max_iter=1000, solver="liblinear" if n_classes == 2 else "lbfgs"
        ),
    )
    learned = truth if train is None else train[1]
    counts = np.bincount(learned, minlength=n_classes)
    if counts.min() < 2:
        raise ValueError(
            f"baseline 'tfidf' needs two texts of each label to learn from, got {counts.tolist()}; "
            "give it other data (--baseline-train)"
        )
    if train is not None:
        return np.asarray(model.fit(list(train[0]), train[1]).predict_proba(texts)), "other data"
    folds = min(_FOLDS, int(counts.min()))
    if groups is None:
        split: Any = StratifiedKFold(folds, shuffle=True, random_state=0)
    else:
        split = _splits_of_groups(truth, n_classes, groups)
    found = cross_val_predict(
        model, np.array(texts, dtype=object), truth, cv=split, method="predict_proba"
    )
    return np.asarray(found), "cross-validation"


def _splits_of_groups(
    truth: IntArray, n_classes: int, groups: Sequence[Any]
) -> list[tuple[IntArray, IntArray]]:
    """Folds of whole groups; every label is left to learn from in each."""
    from sklearn.model_selection import StratifiedGroupKFold

    code = group_codes(groups)
    spread = [len(np.unique(code[truth == k])) for k in range(n_classes)]
    remedy = "measure without --group-column or give it other data to learn from (--baseline-train)"
    if min(spread) < 2:
        raise ValueError(
            "baseline 'tfidf' needs two groups with each label, to learn from one and read the "
            f"other, got {spread}, in the order of the labels; {remedy}"
        )
    most = min(_FOLDS, int(np.bincount(truth).min()))
    for folds in range(min(_FOLDS, *spread), most + 1):
        for seed in range(_SHUFFLES):
            dealt = StratifiedGroupKFold(folds, shuffle=seed > 0, random_state=seed or None)
            splits = [
                (train, test)
                for train, test in dealt.split(np.zeros(len(truth)), truth, code)
                if len(test)
            ]
            if all(len(np.unique(truth[train])) == n_classes for train, _ in splits):
                return splits
    raise ValueError(
        "baseline 'tfidf' found no folds of whole groups that leave every label to learn from; "
        f"{spread} groups hold each label; {remedy}"
    )
