"""One fold of a training run: every head on the same texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from netralitas_nlp.model.context import ContextModel
from netralitas_nlp.training.context import ContextSettings, ContextTexts, fit_context

__all__ = ["Task"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_TOPIC_SHARE, _SIGNAL_SHARE = 0.3, 0.05
"""What the topic and each signal count beside the label when the context reader learns."""

_FEW_SEGMENTS = 2
"""Of a text whose kind every segment is taken to show."""


class Task:
    """The regressions of one training run, so that a fold is one call.

    Parameters
    ----------
    matrix : csr_matrix of shape (n_segments, n_features)
        Segments of the labelled texts, then those of the soft ones.
    owner : ndarray of int of shape (n_segments,)
        Text of each segment.
    n : int
        Labelled texts.
    targets : ndarray of shape (n, n_heads)
    weight : ndarray of shape (n,)
    soft_weight : float
        What each soft text counts.
    n_multiclass : int
        The first heads that are classes of which one is true; 0 for two classes.
    topic : bool
        Whether the second head is the topic.
    C : float
    class_weight : dict, "balanced" or None
    max_iter : int
    """

    def __init__(
        self,
        matrix: sp.csr_matrix,
        owner: IntArray,
        n: int,
        targets: FloatArray,
        weight: FloatArray,
        soft_weight: float,
        n_multiclass: int,
        topic: bool,
        C: float,
        class_weight: Any,
        max_iter: int,
    ):
        self.matrix, self.owner, self.n = matrix, owner, n
        self.targets, self.weight = targets, weight
        self.soft_weight = soft_weight
        self.n_multiclass = n_multiclass
        self.topic = topic
        self.settings = {"C": C, "class_weight": class_weight, "max_iter": max_iter, "tol": 1e-5}
        self._extra = np.zeros(0, dtype=np.int64)
        self._taught = np.zeros(0)  # of each soft text
        self.context: ContextSettings | None = None
        self.texts: ContextTexts | None = None
        self.kinds: IntArray | None = None

    def fit(
        self, documents: IntArray, soft: npt.NDArray[np.bool_], taught: FloatArray
    ) -> tuple[FloatArray, FloatArray, ContextModel | None]:
        """Fit every head on these documents and on the soft texts that are marked.

        Parameters
        ----------
        documents : ndarray of int
            Labelled texts to learn from.
        soft : ndarray of bool of shape (n_soft,)
        taught : ndarray of shape (n_soft,)
            What a slower model says of each soft text.

        Returns
        -------
        coef : ndarray of shape (n_features, n_heads)
        intercept : ndarray of shape (n_heads,)
        context : ContextModel or None
        """
        # one thread: the vectors are too short for more, and the sums come out the same everywhere
        with threadpool_limits(1):
            return self._fit(documents, soft, taught)

    def _fit(
        self, documents: IntArray, soft: npt.NDArray[np.bool_], taught: FloatArray
    ) -> tuple[FloatArray, FloatArray, ContextModel | None]:
        beside = np.flatnonzero(self.owner >= self.n)
        self._extra = beside[soft[self.owner[beside] - self.n]]
        self._taught = taught
        hard = np.flatnonzero(np.isin(self.owner, documents))
        of = self.owner[hard]
        size = np.bincount(of, minlength=self.n)[of]
        # the segments of a long text share its weight, damped: it says more than a short one
        weight = self.weight[of] / np.sqrt(size)
        coefs: list[FloatArray] = []
        intercepts: list[float] = []
        start = self.n_multiclass
        if start:
            classes = self.targets[of, :start].argmax(axis=1)
            model = LogisticRegression(**self.settings).fit(self.matrix[hard], classes, weight)
            coefs += list(model.coef_)
            intercepts += list(model.intercept_)
        on_topic = np.ones(len(hard), dtype=bool)
        soft_topic = np.ones(len(self._extra))
        fitted: dict[int, tuple[FloatArray, float]] = {}
        silent = np.zeros(0, dtype=np.int64)
        if self.topic:
            fitted[1] = self._regress(hard, self.targets[of, 1], weight)
            on_topic = self.targets[of, 1] == 1
            extra = self.matrix[self._extra]
            soft_topic = 1.0 / (1.0 + np.exp(-(extra @ fitted[1][0] + fitted[1][1])))
        for head in range(start, self.targets.shape[1]):
            target = self.targets[of, head]
            if head == 0:
                rows, y, w = hard[on_topic], target[on_topic], weight[on_topic]
                keep = self._speaking_segments(rows, of[on_topic], y, size[on_topic], w)
                silent = rows[~keep]
                fitted[0] = self._regress(rows[keep], y[keep], w[keep], soft_topic)
            elif head not in fitted:
                fitted[head] = self._regress(hard, target, weight)
            coefs.append(fitted[head][0])
            intercepts.append(fitted[head][1])
        context = self._fit_context(hard, weight, silent) if self.context else None
        return np.column_stack(coefs), np.array(intercepts), context

    def _fit_context(self, hard: IntArray, weight: FloatArray, silent: IntArray) -> ContextModel:
        """Fit the context reader on the same documents, soft texts and weights."""
        assert self.texts is not None
        assert self.context is not None
        n_heads = self.targets.shape[1]
        target, counts = np.zeros((2, len(self.owner), n_heads))
        target[hard] = self.targets[self.owner[hard]]
        share = np.full(n_heads, _SIGNAL_SHARE)
        share[: max(self.n_multiclass, 1)] = 1.0
        if self.topic:
            share[1] = _TOPIC_SHARE
        counts[hard] = weight[:, None] * share
        counts[silent, 0] = 0.0  # segments of a long text that say nothing
        target[self._extra, 0] = self._taught[self.owner[self._extra] - self.n]
        counts[self._extra, 0] = self.soft_weight
        kinds = None
        if self.kinds is not None:
            # what kind of text it is need not show in every segment of a long one
            kinds = np.full(len(self.owner), -1, dtype=np.int64)
            short = hard[np.bincount(self.owner)[self.owner[hard]] <= _FEW_SEGMENTS]
            kinds[short] = self.kinds[self.owner[short]]
        return fit_context(self.texts, target, counts, self.context, self.n_multiclass, kinds)

    def _speaking_segments(
        self,
        hard: IntArray,
        of: IntArray,
        target: FloatArray,
        size: IntArray,
        weight: FloatArray,
    ) -> npt.NDArray[np.bool_]:
        """Leave out those segments of a long partisan text that say nothing partisan.

        A first model trained on short texts and on long neutral ones says which; the loudest
        segment of a text always stays.
        """
        unsure = (size > 1) & (target == 1)
        if not unsure.any():
            return np.ones(len(hard), dtype=bool)
        sure = ~unsure
        coef, intercept = self._regress(hard[sure], target[sure], weight[sure])
        logit = np.asarray(self.matrix[hard] @ coef + intercept)
        loudest = np.full(self.n, -np.inf)
        np.maximum.at(loudest, of, logit)
        return np.asarray(sure | (logit > 0) | (logit == loudest[of]))

    def _regress(
        self,
        rows: IntArray,
        target: FloatArray,
        weight: FloatArray,
        soft_topic: FloatArray | None = None,
    ) -> tuple[FloatArray, float]:
        X, y, w = self.matrix[rows], target, weight
        if soft_topic is not None and len(self._extra):
            extra = self._extra
            # given that a text is on the topic with probability t, the teacher's p is q = p / t
            p = np.minimum(self._taught[self.owner[extra] - self.n], soft_topic)
            X = sp.vstack([X, self.matrix[extra], self.matrix[extra]], format="csr")
            y = np.concatenate([y, np.ones(len(extra)), np.zeros(len(extra))])
            # logistic loss with a soft target is two weighted rows
            w = np.concatenate([w, self.soft_weight * p, self.soft_weight * (soft_topic - p)])
        if len(np.unique(y)) < 2:
            return np.zeros(X.shape[1]), -10.0 if y[0] == 0 else 10.0
        model = LogisticRegression(**self.settings).fit(X, y, w)
        return model.coef_[0], float(model.intercept_[0])
