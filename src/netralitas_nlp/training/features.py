"""The feature matrix of a table, read once for the audit and for the search of settings."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from netralitas_nlp.features.cues import sentences
from netralitas_nlp.features.extractor import FeatureExtractor
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.features.vocabulary import Vocabulary
from netralitas_nlp.text.normalizer import Normalizer
from netralitas_nlp.training.vectors import Directions, linear_base, word_vectors

__all__ = ["Choice", "Features", "choose_settings", "cross_probabilities", "held_out_f1"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Splits = Sequence[tuple[IntArray, IntArray]]
Advance = Callable[[int, int | None], None]

STRENGTHS = (0.5, 1.5, 5.0)
VECTORS = (0.0, 0.7, 1.2)
_DEFAULT = (1.5, 0.7)
_WORTH = 0.004  # of macro-F1: less is noise, and the default stays


class Choice(NamedTuple):
    """What the search of settings found.

    Attributes
    ----------
    settings : dict
        For `PartisanshipClassifier`.
    tried : list of dict
        Every candidate with its macro-F1 on held-out folds.
    """

    settings: dict[str, Any]
    tried: list[dict[str, float]]


class Features:
    """Reads texts into the matrix that `PartisanshipClassifier` learns from.

    Parameters
    ----------
    texts : sequence of str
    names : bool
    extend : str or path-like, optional
    lexicon : mapping, optional
        All as for the classifier.
    """

    def __init__(
        self,
        texts: Sequence[str],
        *,
        names: bool,
        extend: str | os.PathLike[str] | None = None,
        lexicon: Mapping[str, Iterable[str]] | None = None,
    ):
        base = linear_base(extend, names)
        reader = StreamReader(Normalizer(lexicon), most_chunks=10**9, names=names)
        stream = reader.read(texts)
        self.vocabulary = Vocabulary.fit(
            stream, known=word_vectors().share, base=base.vocabulary if base else None
        )
        self._base = base
        self._plain = FeatureExtractor(reader, self.vocabulary).blocks(stream, sentences(stream))

    def rows(self, rows: IntArray) -> Features:
        """The same features of some of the texts.

        Parameters
        ----------
        rows : ndarray of int

        Returns
        -------
        Features
        """
        part = copy.copy(self)
        part._plain = self._plain[rows]
        return part

    def matrix(self, vectors: float) -> sp.csr_matrix:
        """The matrix with word vectors of a given weight.

        Parameters
        ----------
        vectors : float

        Returns
        -------
        csr_matrix of shape (n_texts, n_features)
        """
        width = self._plain.shape[1]
        return Directions(self.vocabulary, width, vectors, self._base).extend(self._plain)


def _fold(
    matrix: sp.csr_matrix,
    target: IntArray,
    weight: FloatArray,
    split: tuple[IntArray, IntArray],
    C: float,
    class_weight: str | None,
) -> FloatArray:
    train, test = split
    model = LogisticRegression(C=C, class_weight=class_weight, max_iter=200, tol=1e-3)
    with threadpool_limits(1):
        model.fit(matrix[train], target[train], weight[train])
    return np.asarray(model.predict_proba(matrix[test]))


def cross_probabilities(
    features: Features, target: IntArray, weight: FloatArray, splits: Splits, jobs: int | None
) -> FloatArray:
    """Probabilities of every label from a plain model that has not seen the text.

    Parameters
    ----------
    features : Features
    target : ndarray of int of shape (n,)
    weight : ndarray of shape (n,)
    splits : sequence of (train, test)
    jobs : int, optional

    Returns
    -------
    ndarray of shape (n, n_classes)
    """
    C, vectors = _DEFAULT
    matrix = features.matrix(vectors)
    found = Parallel(jobs)(
        delayed(_fold)(matrix, target, weight, split, C, None) for split in splits
    )
    out = np.zeros((len(target), int(target.max()) + 1))
    for (_, test), probability in zip(splits, found, strict=True):
        out[test] = probability
    return out


def held_out_f1(
    features: Features,
    target: IntArray,
    weight: FloatArray,
    splits: Splits,
    settings: Mapping[str, float],
    jobs: int | None = None,
) -> float:
    """Macro-F1 of one choice of settings on texts that its models have not seen.

    Parameters
    ----------
    features : Features
    target : ndarray of int of shape (n,)
    weight : ndarray of shape (n,)
    splits : sequence of (train, test)
    settings : mapping
        ``C`` and ``vectors``; the defaults where missing.
    jobs : int, optional

    Returns
    -------
    float
    """
    C, vectors = settings.get("C", _DEFAULT[0]), settings.get("vectors", _DEFAULT[1])
    matrix = features.matrix(vectors)
    found = Parallel(jobs)(
        delayed(_fold)(matrix, target, weight, split, C, "balanced") for split in splits
    )
    said = np.zeros(len(target), dtype=np.int64)
    for (_, test), probability in zip(splits, found, strict=True):
        said[test] = probability.argmax(axis=1)
    return float(f1_score(target, said, average="macro", sample_weight=weight))


def choose_settings(
    features: Features,
    target: IntArray,
    weight: FloatArray,
    splits: Splits,
    *,
    jobs: int | None = None,
    advance: Advance = lambda done, total: None,
) -> Choice:
    """Choose the strength of the penalty and the weight of the word vectors.

    Parameters
    ----------
    features : Features
    target : ndarray of int of shape (n,)
    weight : ndarray of shape (n,)
    splits : sequence of (train, test)
    jobs : int, optional
        Processes.
    advance : callable
        Called with fits done and fits in all.

    Returns
    -------
    Choice
        The default unless another candidate is clearly better.
    """
    grid = [(C, vectors) for vectors in VECTORS for C in STRENGTHS]
    total, done = len(grid) * len(splits), 0
    tried = []
    advance(0, total)
    for vectors in VECTORS:
        matrix = features.matrix(vectors)
        work = [(C, split) for C in STRENGTHS for split in splits]
        running = Parallel(jobs, return_as="generator")(
            delayed(_fold)(matrix, target, weight, split, C, "balanced") for C, split in work
        )
        said = {C: np.zeros(len(target), dtype=np.int64) for C in STRENGTHS}
        for (C, (_, test)), probability in zip(work, running, strict=True):
            said[C][test] = probability.argmax(axis=1)
            done += 1
            advance(done, total)
        for C in STRENGTHS:
            quality = f1_score(target, said[C], average="macro", sample_weight=weight)
            tried.append({"C": C, "vectors": vectors, "macro_f1": round(float(quality), 4)})
    plain = next(t for t in tried if (t["C"], t["vectors"]) == _DEFAULT)
    best = max(tried, key=lambda t: t["macro_f1"])
    if best["macro_f1"] < plain["macro_f1"] + _WORTH:
        best = plain
    return Choice({"C": best["C"], "vectors": best["vectors"]}, tried)
