"""What is known of words before training: vectors of their company, weights of another model.

A vector block added to a linear model is again a linear model of words: the weight of a word is its
own plus that of the company it keeps. So both kinds of knowledge are used in training and then
folded into the weights, and a model that had them is read like any other.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netralitas_nlp.features.vocabulary import Vocabulary
from netralitas_nlp.model.linear import LinearModel
from netralitas_nlp.model.loading import bundled_path, load_fast

__all__ = ["Directions", "WordVectors", "linear_base", "word_vectors"]

FloatArray = npt.NDArray[np.float64]

_FILE = "vectors.npz"


class WordVectors(NamedTuple):
    """Vectors of frequent words (`scripts/train_vectors.py`).

    Attributes
    ----------
    share : dict of str to float
        Word to the share of the posts that held it, in the order of `vectors`.
    vectors : ndarray of float32 of shape (n_words, size)
        Of unit length.
    """

    share: dict[str, float]
    vectors: npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """Read the vectors that come with the bundled model.

    Returns
    -------
    WordVectors
        Without a word where the file is missing.

    Examples
    --------
    >>> found = word_vectors()
    >>> words = list(found.share)
    >>> nearest = found.vectors @ found.vectors[words.index("nasi")]
    >>> "makan" in [words[i] for i in np.argsort(-nearest)[:20]]
    True
    """
    path = os.path.join(bundled_path(), _FILE)
    if not os.path.isfile(path):
        return WordVectors({}, np.zeros((0, 1), dtype=np.float32))
    with np.load(path, allow_pickle=False) as file:
        words = file["words"].tobytes().decode("utf-8").split("\n")
        share = file["share"].astype(float).tolist()
        vectors = file["vectors"].astype(np.float32)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return WordVectors(dict(zip(words, share, strict=True)), vectors / np.maximum(length, 1e-9))


class Directions:
    """Columns that are added to a feature matrix and later folded into its weights.

    Parameters
    ----------
    vocabulary : Vocabulary
        Of the matrix.
    n_features : int
        Columns of the matrix.
    scale : float
        Weight of the word vectors beside the words; 0 for none.
    base : LinearModel, optional
        A model whose heads become columns; its vocabulary is part of `vocabulary`.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        n_features: int,
        scale: float,
        base: LinearModel | None = None,
    ):
        self.n_features = n_features
        self._n_words = len(vocabulary.words)
        found = word_vectors() if scale else WordVectors({}, np.zeros((0, 0), dtype=np.float32))
        self._words = np.zeros((self._n_words, found.vectors.shape[1]), dtype=np.float32)
        for i, word in enumerate(found.share):
            column = vocabulary.words.get(word)
            if column is not None:
                self._words[column] = found.vectors[i] * scale
        self._heads = np.zeros((n_features, 0))
        if base is not None:
            self._heads = _placed(base, vocabulary, n_features)

    def extend(self, matrix: sp.csr_matrix) -> sp.csr_matrix:
        """Add the columns to a matrix.

        Parameters
        ----------
        matrix : csr_matrix of shape (n, n_features)

        Returns
        -------
        csr_matrix of shape (n, n_features + n_directions)
        """
        added = [matrix]
        if self._words.shape[1]:
            added.append(sp.csr_matrix(matrix[:, : self._n_words] @ self._words))
        if self._heads.shape[1]:
            said = np.asarray(matrix @ self._heads)
            spread = np.maximum(said.std(axis=0), 1e-9)
            self._heads = self._heads / spread  # so that each head weighs like a unit column
            added.append(sp.csr_matrix(said / spread))
        return sp.hstack(added, format="csr") if len(added) > 1 else matrix

    def fold(self, coef: FloatArray) -> FloatArray:
        """Turn weights of the extended matrix into weights of the matrix itself.

        Parameters
        ----------
        coef : ndarray of shape (n_features + n_directions, n_heads)

        Returns
        -------
        ndarray of shape (n_features, n_heads)
        """
        out = coef[: self.n_features].copy()
        size = self._words.shape[1]
        out[: self._n_words] += self._words @ coef[self.n_features : self.n_features + size]
        out += self._heads @ coef[self.n_features + size :]
        return out


def linear_base(extend: str | os.PathLike[str] | None, names: bool) -> LinearModel | None:
    """The linear heads of a model to learn on top of.

    Parameters
    ----------
    extend : str or path-like, optional
        ``"bundled"`` or a model folder.
    names : bool
        Whether the new model reads names as they are written.

    Returns
    -------
    LinearModel or None

    Raises
    ------
    ValueError
        If that model reads names in the other way.
    """
    if extend is None:
        return None
    model = load_fast(extend)
    if model.reader.names != names:
        raise ValueError(
            f"Got extend={os.fspath(extend)!r} and names={names!r}, but that model was trained "
            f"with names={model.reader.names!r}."
        )
    return model.linear


def _placed(base: LinearModel, vocabulary: Vocabulary, n_features: int) -> FloatArray:
    """Weights of a model in the columns of a larger vocabulary."""
    old = base.vocabulary
    words = np.array([vocabulary.words[word] for word in old.words], dtype=np.int64)
    place = {gram: i for i, gram in enumerate(vocabulary.grams)}
    grams = np.array([place[gram] for gram in old.grams], dtype=np.int64)
    first, second = np.divmod(old.pairs, max(len(words), 1))
    codes = words[first] * len(vocabulary.words) + words[second]
    sizes = [len(vocabulary.words), len(vocabulary.grams), len(vocabulary.pairs)]
    pairs = np.searchsorted(vocabulary.pairs, codes)
    cues = np.arange(sum(sizes), n_features)
    where = np.concatenate([words, grams + sizes[0], pairs + sum(sizes[:2]), cues])
    out = np.zeros((n_features, base.n_heads))
    out[where] = base.coef
    return out
