"""The scikit-learn estimator that becomes a `Scorer`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.utils.validation import check_is_fitted

from netralitas_nlp.features.cues import sentences
from netralitas_nlp.features.extractor import FeatureExtractor
from netralitas_nlp.features.stream import CueIndex, Stream, StreamReader
from netralitas_nlp.features.vocabulary import Vocabulary
from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.model.context import ContextModel
from netralitas_nlp.model.fast import FastModel, wordless
from netralitas_nlp.model.gate import TOPIC, gated
from netralitas_nlp.model.linear import LinearModel
from netralitas_nlp.model.loading import load_fast, save_model
from netralitas_nlp.model.older_context import OlderContext
from netralitas_nlp.model.pooling import Pooling, pool
from netralitas_nlp.model.scorer import Scorer, as_texts
from netralitas_nlp.model.segments import fresh, segment
from netralitas_nlp.text.normalizer import Normalizer
from netralitas_nlp.training.calibration import (
    fit_decision,
    fit_platt,
    fit_pooling,
    fit_softmax,
    review_band,
)
from netralitas_nlp.training.context import ContextSettings, ContextTexts
from netralitas_nlp.training.rows import own_task
from netralitas_nlp.training.task import Task
from netralitas_nlp.training.vectors import Directions, linear_base, word_vectors

__all__ = ["PartisanshipClassifier", "keeps_names"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class PartisanshipClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Linear classifier over named n-gram and cue features, with calibration and a review band.

    Parameters
    ----------
    C : float, default=1.5
        Inverse strength of the L2 penalty.
    min_word, min_gram, min_pair : int
        Fewest texts that must hold a word, a character n-gram, a pair of neighbours.
    gram_range : tuple of int, default=(2, 5)
        Shortest and longest character n-gram.
    class_weight : dict, "balanced" or None, default="balanced"
        As in scikit-learn. Probabilities are calibrated either way; with "balanced", `predict`
        favours rare classes as far as that is better on held-out folds.
    positive_label : str, default="partisan"
        The label whose probability is the score; the last class if it is none of them.
    lexicon : mapping, optional
        Terms to add to the word lists, see `Lexicon`.
    names : bool, optional
        Whether names, numbers and handles are read as they are written, and long texts whole; by
        default not for this project's own task (``partisan`` among the labels), where who is meant
        must say nothing, and with `extend` as that model does.
    vectors : float, default=0.7
        Weight of the word vectors of the bundled model beside the words; 0 for none.
    extend : str or path-like, optional
        Learn on top of a model: ``"bundled"`` or a folder. Its vocabulary is kept, and what its
        heads say counts as far as it helps.
    context_filters : int, default=0
        Filters of the context reader that is added to the linear heads; 0 for none.
    context_weight : float, default=0.7
        What its log-odds count beside those of the linear heads.
    seed : int, default=0
        Of the context reader.
    folds : int, default=5
        Folds of the cross-validation that calibration, pooling and review band are fitted on.
    max_iter : int, default=400
        Most steps of the solver.
    n_jobs : int, optional
        Processes for the folds, as in joblib; the result is the same.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    scorer_ : Scorer
        The fitted model as it will be saved; agrees with `predict_proba` to 1e-6.
    out_of_fold_ : ndarray of shape (n_texts, n_classes)
        Calibrated probabilities of the training texts from models that did not see them.

    Examples
    --------
    >>> texts = ["ayo coblos nomor dua", "menangkan bu rina", "kpu menetapkan jadwal",
    ...          "hujan sejak pagi"] * 5
    >>> labels = ["partisan", "partisan", "netral", "netral"] * 5
    >>> model = PartisanshipClassifier().fit(texts, labels)
    >>> model.predict(["ayo coblos bu rina"])
    array(['partisan'], dtype='<U8')
    """

    def __init__(
        self,
        C: float = 1.5,
        *,
        min_word: int = 2,
        min_gram: int = 4,
        min_pair: int = 2,
        gram_range: tuple[int, int] = (2, 5),
        class_weight: dict[str, float] | str | None = "balanced",
        positive_label: str = "partisan",
        lexicon: Mapping[str, Iterable[str]] | None = None,
        names: bool | None = None,
        vectors: float = 0.7,
        extend: str | os.PathLike[str] | None = None,
        context_filters: int = 0,
        context_weight: float = 0.7,
        seed: int = 0,
        folds: int = 5,
        max_iter: int = 400,
        n_jobs: int | None = None,
    ):
        self.C = C
        self.min_word = min_word
        self.min_gram = min_gram
        self.min_pair = min_pair
        self.gram_range = gram_range
        self.class_weight = class_weight
        self.positive_label = positive_label
        self.lexicon = lexicon
        self.names = names
        self.vectors = vectors
        self.extend = extend
        self.context_filters = context_filters
        self.context_weight = context_weight
        self.seed = seed
        self.folds = folds
        self.max_iter = max_iter
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags

    def fit(
        self,
        X: Iterable[str],
        y: Iterable[Any],
        sample_weight: Sequence[float] | None = None,
        *,
        signals: Sequence[Iterable[str]] | None = None,
        topics: Sequence[bool] | None = None,
        kinds: Sequence[str | None] | None = None,
        groups: Sequence[Any] | None = None,
        soft_texts: Sequence[str] = (),
        soft_targets: Sequence[float] | FloatArray = (),
        soft_weight: float = 0.5,
        soft_groups: Sequence[Any] | None = None,
        soft_parts: Sequence[bool] | None = None,
        calibration_weight: Sequence[float] | None = None,
        held_texts: Sequence[str] = (),
        held_labels: Sequence[Any] = (),
        held_weight: float | Sequence[float] = 1.0,
        splits: Sequence[tuple[IntArray, IntArray]] | None = None,
    ) -> PartisanshipClassifier:
        """Fit the model.

        Parameters
        ----------
        X : iterable of str
            Texts.
        y : iterable
            Labels, two or more different ones.
        sample_weight : sequence of float, optional
            Weight of each text.
        signals : sequence of iterables of str, optional
            Signal names of each text; trains one head for each signal that occurs.
        topics : sequence of bool, optional
            Whether each text is on the topic at all (two classes only): trains a second head, and
            the label is learned from the texts on the topic.
        kinds : sequence of str, optional
            A finer class of each text, empty or missing where nobody knows. A context reader
            (`context_filters`) learns to tell them apart as well, which helps it with the label;
            the model says nothing of them.
        groups : sequence, optional
            Texts of one group (a source, an account) are never on both sides of a fold.
        soft_texts : sequence of str, optional
            Unlabelled texts to learn from (two classes only).
        soft_targets : sequence of float, or ndarray of shape (n_soft, n_splits + 1)
            Probability of the second class for each of them, given by a slower model. Of several
            columns each fold learns its own, from a slower model that had not seen its test texts
            either; the last column is that of the model itself.
        soft_weight : float, default=0.5
            Weight of each of them.
        soft_groups : sequence, optional
            Group of each of them: a fold that leaves a group out leaves these out as well.
        soft_parts : sequence of bool, optional
            Which of them are parts of other texts: they do not say how common a word is.
        calibration_weight : sequence of float, optional
            What each text of `X` counts, as an out-of-fold prediction, for calibration of the
            label, pooling and review band; its training weight where not given. 0 for texts that
            were chosen because they are hard.
        held_texts, held_labels : sequences, optional
            Texts that training does not see, for calibration of the label as well. The review band
            is for texts of groups never seen, the harder case.
        held_weight : float or sequence of float, default=1.0
            What each of them counts.
        splits : sequence of (train, test), optional
            Folds to use in the place of those made from `groups`; every text is in one test.

        Returns
        -------
        PartisanshipClassifier
            Itself.

        Raises
        ------
        ValueError
            If there are fewer than two classes or lengths differ.
        """
        texts, _ = as_texts(X)
        labels = np.asarray(list(y))
        if len(labels) != len(texts):
            raise ValueError(f"{len(texts)} texts but {len(labels)} labels")
        self.classes_, target = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"training needs two classes or more, got {self.classes_.tolist()}")
        weight = self._weights(target, sample_weight)
        if groups is not None and len(groups) != len(texts):
            raise ValueError(f"{len(texts)} texts but {len(groups)} groups")
        if self.folds < 2:
            raise ValueError(f"Got folds={self.folds!r} but expected 2 or more.")
        counted = weight if calibration_weight is None else np.asarray(calibration_weight, float)
        if len(counted) != len(texts) or not (counted > 0).any():
            raise ValueError("calibration needs one weight for each text, not all of them zero")
        if soft_groups is not None and (groups is None or len(soft_groups) != len(soft_texts)):
            raise ValueError("groups of soft texts need groups, and one for each soft text")
        held = self._held(held_texts, held_labels)
        beside = np.broadcast_to(np.asarray(held_weight, float), held.shape)
        binary = len(self.classes_) == 2
        if len(soft_texts) != len(soft_targets) or (len(soft_texts) and not binary):
            raise ValueError("soft targets need two classes and one probability for each text")
        if soft_parts is not None and len(soft_parts) != len(soft_texts):
            raise ValueError(f"{len(soft_texts)} soft texts but {len(soft_parts)} soft parts")
        if topics is not None and (not binary or len(topics) != len(texts)):
            raise ValueError("topics need two classes and one value for each text")
        if kinds is not None and len(kinds) != len(texts):
            raise ValueError(f"{len(texts)} texts but {len(kinds)} kinds")

        names = self._names()
        base = linear_base(self.extend, names)
        normalizer = Normalizer(self.lexicon)
        index = CueIndex.compile(normalizer, names) if names else CueIndex.compile(normalizer)
        self._reader = StreamReader(normalizer, 10**9, index, names=names)
        stream = self._reader.read([*texts, *soft_texts])
        parts_of_others = soft_parts if soft_parts is not None else [False] * len(soft_texts)
        whole = [text for text, part in zip(soft_texts, parts_of_others, strict=True) if not part]
        vocabulary = Vocabulary.fit(
            self._reader.read([*texts, *whole]) if len(whole) < len(soft_texts) else stream,
            min_word=self.min_word,
            min_gram=self.min_gram,
            min_pair=self.min_pair,
            gram_range=self.gram_range,
            known=word_vectors().share if self.vectors else None,
            base=base.vocabulary if base is not None else None,
        )
        for block in vocabulary.idf:  # the artefact keeps single precision; so does the estimator
            block[:] = block.astype(np.float32)
        self._extractor = FeatureExtractor(self._reader, vocabulary)
        parts, read, owner = segment(stream, sentences(stream), whole=names)
        matrix = self._extractor.blocks(parts, read)
        directions = Directions(vocabulary, matrix.shape[1], self.vectors, base)
        matrix = directions.extend(matrix)
        n = len(texts)
        heads = self._heads(signals, topics is not None)
        targets = self._targets(target, signals, topics, heads)
        column = vocabulary.word_columns(stream.store)
        task = Task(
            matrix, owner, n, targets, weight, soft_weight,
            0 if binary else len(self.classes_), topics is not None, self.C, self.class_weight,
            self.max_iter,
        )  # fmt: skip
        if self.context_filters:
            task.context = ContextSettings(
                filters=self.context_filters, weight=self.context_weight, seed=self.seed
            )
            task.texts = ContextTexts.of(parts, column, len(vocabulary.words))
            if kinds is not None:
                named = [kind if isinstance(kind, str) else "" for kind in kinds]
                known = {kind: i for i, kind in enumerate(sorted(set(named) - {""}))}
                task.kinds = np.array([known.get(kind, -1) for kind in named], dtype=np.int64)

        fold_logits = np.zeros((int((owner < n).sum()), len(heads)))
        splits = self._split(target, groups) if splits is None else list(splits)
        soft = np.ones((len(splits) + 1, len(soft_texts)), dtype=bool)
        taught = self._taught(soft_targets, len(splits) + 1)
        if groups is not None and soft_groups is not None:
            for k, (_, test) in enumerate(splits):
                left = {groups[i] for i in test}
                soft[k] = [group not in left for group in soft_groups]
        work = [train for train, _ in splits] + [np.arange(n)]
        fits = Parallel(self.n_jobs)(
            delayed(task.fit)(*each) for each in zip(work, soft, taught, strict=True)
        )
        for (_, test), (coef, intercept, context) in zip(splits, fits, strict=False):
            rows = np.flatnonzero(np.isin(owner, test))
            fold_logits[rows] = gated(matrix[rows] @ coef + intercept, heads)
            if context is not None:
                fold_logits[rows] += _in_batches(context, parts, column, len(fold_logits))[rows]
        labelled = np.flatnonzero(fresh(parts, owner)[: len(fold_logits)])
        fold_logits, first = fold_logits[labelled], owner[labelled]
        pooling = fit_pooling(fold_logits, first, target, counted) if binary else Pooling()
        pooled = pool(fold_logits, first, n, pooling)
        calibration = np.tile([1.0, 0.0], (len(heads), 1))
        coef, intercept, context = fits[-1]
        self.coef_ = directions.fold(coef).astype(np.float32).astype(np.float64)
        self.intercept_ = intercept
        classes = tuple(map(str, self.classes_))
        positive = self.positive_label if self.positive_label in classes else classes[-1]
        k = classes.index(positive)
        model = FastModel(
            StreamReader(normalizer, index=index, names=names),
            LinearModel(vocabulary, self.coef_.astype(np.float32), intercept),
            classes,
            heads,
            pooling,
            calibration,
            context,
            k,
        )
        self.scorer_ = Scorer(model, {"tinjau": 0.5, "partisan": 0.5}, positive)
        unseen = [model.raw_log_odds(model.reader.read([text])) for text in held_texts]
        for head in range(len(heads)):
            if binary or head >= len(self.classes_):
                logit, truth = pooled[:, head], targets[:, head]
                counts = counted if head == 0 else weight
                if head == 0 and unseen:
                    logit = np.concatenate([logit, np.concatenate(unseen)[:, 0]])
                    truth = np.concatenate([truth, held == 1])
                    counts = np.concatenate([counts, beside])
                calibration[head] = fit_platt(logit, truth, counts)
        if not binary:
            calibration[: len(self.classes_)] = fit_softmax(
                pooled[:, : len(self.classes_)], target, counted
            )
        self.out_of_fold_ = self._probabilities(model.calibrated(pooled))
        if self.class_weight == "balanced":
            self.scorer_.decision = fit_decision(self.out_of_fold_, target, counted)
        self.scorer_.thresholds = review_band(self.out_of_fold_[:, k], target == k, counted)
        return self

    def _weights(self, target: IntArray, given: Sequence[float] | None) -> FloatArray:
        weight = np.ones(len(target)) if given is None else np.asarray(given, float)
        if len(weight) != len(target):
            raise ValueError(f"{len(target)} texts but {len(weight)} weights")
        if not (np.isfinite(weight).all() and (weight >= 0).all()):
            raise ValueError("weights must be numbers of 0 or more")
        empty = np.flatnonzero(np.bincount(target, weight) == 0)
        if len(empty):
            raise ValueError(
                f"class {str(self.classes_[empty[0]])!r} has texts of weight zero only"
            )
        return weight

    @staticmethod
    def _taught(targets: Sequence[float] | FloatArray, fits: int) -> FloatArray:
        """What each fit learns of the soft texts, one row a fit."""
        given = np.asarray(targets, float)
        if given.ndim < 2:
            return np.broadcast_to(given, (fits, len(given)))
        if given.shape[1:] != (fits,):
            raise ValueError(
                f"soft targets of shape {given.shape}; expected one column for each of "
                f"{fits - 1} splits and one for the model"
            )
        return np.ascontiguousarray(given.T)

    def _names(self) -> bool:
        return keeps_names(self.classes_, self.extend) if self.names is None else self.names

    def _held(self, texts: Sequence[str], labels: Sequence[Any]) -> IntArray:
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} held texts but {len(labels)} labels")
        place = {label: k for k, label in enumerate(self.classes_.tolist())}
        for label in labels:
            if label not in place:
                raise ValueError(f"held label {label!r} is not among {', '.join(map(str, place))}")
        return np.array([place[label] for label in labels], dtype=np.int64)

    def _heads(self, signals: Sequence[Iterable[str]] | None, topic: bool) -> tuple[str, ...]:
        labels = tuple(map(str, self.classes_))
        if len(labels) == 2:
            labels = (labels[1], TOPIC) if topic else labels[1:]
        seen = {name for row in signals or () for name in row}
        unknown = seen - set(SIGNALS)
        if unknown:
            raise ValueError(f"signals {sorted(unknown)} are not among {', '.join(SIGNALS)}")
        return labels + tuple(name for name in SIGNALS if name in seen)

    def _targets(
        self,
        target: IntArray,
        signals: Sequence[Iterable[str]] | None,
        topics: Sequence[bool] | None,
        heads: tuple[str, ...],
    ) -> FloatArray:
        if len(self.classes_) == 2:
            columns = [target == 1]
            if topics is not None:
                # what takes a side is political, whatever the table says
                columns.append(np.asarray(topics, dtype=bool) | columns[0])
        else:
            columns = [target == k for k in range(len(self.classes_))]
        for name in heads[len(columns) :]:
            columns.append(np.array([name in row for row in signals or ()]))
        return np.column_stack(columns).astype(float)

    def _split(
        self, target: IntArray, groups: Sequence[Any] | None
    ) -> list[tuple[IntArray, IntArray]]:
        rows = np.zeros((len(target), 1))
        if groups is not None:
            n_groups = len(set(groups))
            if n_groups < 2:
                raise ValueError("groups need two different values or more")
            splits = list(GroupKFold(min(self.folds, n_groups)).split(rows, target, groups))
            for train, _ in splits:
                missing = set(range(len(self.classes_))) - set(target[train].tolist())
                if missing:
                    label = str(self.classes_[missing.pop()])
                    raise ValueError(
                        f"class {label!r} stands in one fold of groups only; merge groups or "
                        "train without them"
                    )
            return splits
        least = int(np.bincount(target).min())
        folds = min(self.folds, least)
        if folds < 2:
            raise ValueError(
                f"class {str(self.classes_[np.bincount(target).argmin()])!r} has {least} text; "
                "every class needs two or more"
            )
        return list(StratifiedKFold(folds, shuffle=True, random_state=0).split(rows, target))

    def _probabilities(self, log_odds: FloatArray) -> FloatArray:
        return self.scorer_._label_probabilities(log_odds)

    def decision_function(self, X: Iterable[str]) -> FloatArray:
        """Calibrated log-odds.

        Parameters
        ----------
        X : iterable of str

        Returns
        -------
        ndarray of shape (n_texts,) for two classes, else (n_texts, n_classes)
        """
        check_is_fitted(self, "scorer_")
        log_odds = self._log_odds(X)
        return log_odds[:, 0] if len(self.classes_) == 2 else log_odds[:, : len(self.classes_)]

    def _log_odds(self, X: Iterable[str]) -> FloatArray:
        """The scorer's numbers by way of the sparse matrix: an independent second path."""
        check_is_fitted(self, "scorer_")
        texts, _ = as_texts(X)
        stream = self._reader.read(texts)
        parts, read, owner = segment(stream, sentences(stream), whole=self._reader.names)
        logits = np.asarray(self._extractor.blocks(parts, read) @ self.coef_ + self.intercept_)
        model = self.scorer_.model
        assert isinstance(model, FastModel)
        logits = gated(logits, model.heads)
        if model.context is not None:
            column = model.linear.vocabulary.word_columns(stream.store)
            logits += _in_batches(model.context, parts, column, len(logits))
        new = fresh(parts, owner)
        out = model.calibrated(pool(logits[new], owner[new], len(texts), model.pooling))
        model.silence(out, wordless(stream))
        return out

    def predict_proba(self, X: Iterable[str]) -> FloatArray:
        """Calibrated probabilities; columns follow `classes_`.

        Parameters
        ----------
        X : iterable of str

        Returns
        -------
        ndarray of shape (n_texts, n_classes)
        """
        return self._probabilities(self._log_odds(X))

    def predict(self, X: Iterable[str]) -> npt.NDArray[Any]:
        """The likelier label of each text.

        Parameters
        ----------
        X : iterable of str

        Returns
        -------
        ndarray of shape (n_texts,)
        """
        check_is_fitted(self, "scorer_")
        return np.asarray(self.classes_[self.scorer_.decide(self.predict_proba(X))])

    def save(
        self,
        path: str | os.PathLike[str],
        info: Mapping[str, Any] | None = None,
        *,
        force: bool = False,
    ) -> str:
        """Write the model as an artefact that `Scorer.load` reads.

        Parameters
        ----------
        path : path-like
            Folder to make.
        info : mapping, optional
            JSON-ready facts to keep with the model.
        force : bool, default=False
            Replace a model that stands there.

        Returns
        -------
        str
            The folder.
        """
        check_is_fitted(self, "scorer_")
        self.scorer_.info = dict(info or {})
        return save_model(path, self.scorer_, force=force)


def keeps_names(labels: Iterable[str], extend: str | os.PathLike[str] | None) -> bool:
    """Whether names are read as they are written, where nobody has said.

    Parameters
    ----------
    labels : iterable of str
    extend : str or path-like, optional

    Returns
    -------
    bool
        Not for this project's own task; on top of a model, as that model does.

    Examples
    --------
    >>> keeps_names(["netral", "partisan"], None), keeps_names(["negatif", "positif"], None)
    (False, True)
    """
    if extend is not None:
        return load_fast(extend).reader.names
    return own_task(labels) is None


def _in_batches(
    context: ContextModel | OlderContext,
    parts: Stream,
    column: IntArray,
    most: int,
    size: int = 2048,
) -> FloatArray:
    """Log-odds of the first documents of a stream, in bounded memory."""
    out = np.zeros((most, context.n_heads))
    for begin in range(0, most, size):
        end = min(begin + size, most)
        a, b = int(parts.bounds[begin]), int(parts.bounds[end])
        batch = Stream(
            parts.units[a:b],
            parts.masks[a:b],
            parts.document[a:b] - begin,
            parts.bounds[begin : end + 1] - a,
            parts.store,
        )
        out[begin:end] = context.logits(batch, column)
    return out
