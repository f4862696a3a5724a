"""Documents to named features: a sparse matrix for training, a listing for reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.cues import (
    CUE_NAMES,
    N_PAIRS,
    Sentences,
    cue_table,
    distinct_cues,
    pair_index,
    pair_names,
    sentences,
)
from netralitas_nlp.features.stream import Stream, StreamReader, distinct
from netralitas_nlp.features.vocabulary import Vocabulary

if TYPE_CHECKING:
    import scipy.sparse

__all__ = ["FeatureExtractor"]

# Weights of the cue block and of the character n-grams beside words and pairs; chosen by
# cross-validation on whole sources left out (scripts/research.py).
CUE_SCALE = 0.3
GRAM_SCALE = 1.0


class FeatureExtractor:
    """Turns texts into a sparse feature matrix with named columns.

    The blocks, in order: words, character n-grams, neighbouring words (each scaled to unit length
    by the lengths of its units), cue pairs.

    Parameters
    ----------
    reader : StreamReader
        Reads texts into units.
    vocabulary : Vocabulary, optional
        A vocabulary learned before; else call `fit`.

    Examples
    --------
    >>> from netralitas_nlp.text import Normalizer
    >>> extractor = FeatureExtractor(StreamReader(Normalizer())).fit(
    ...     ["Ayo coblos Jokowi", "Jangan coblos Prabowo", "Ayo coblos"], min_gram=3)
    >>> extractor.transform(["ayo!"]).shape[1] == len(extractor.get_feature_names_out())
    True
    >>> [name for name, value in extractor.explain("ayo coblos")][:2]
    ['word ayo', 'word coblos']
    """

    def __init__(self, reader: StreamReader, vocabulary: Vocabulary | None = None):
        self.reader = reader
        self.vocabulary = vocabulary

    def fit(self, texts: Sequence[str], **settings: Any) -> FeatureExtractor:
        """Learn the vocabulary; `settings` go to `Vocabulary.fit`."""
        self.vocabulary = Vocabulary.fit(self.reader.read(texts), **settings)
        return self

    def get_feature_names_out(self) -> npt.NDArray[np.object_]:
        """Names of the columns, in order."""
        vocabulary = self._vocabulary()
        words = list(vocabulary.words)
        first, second = np.divmod(vocabulary.pairs, max(len(words), 1))
        names = [f"word {word}" for word in words]
        names += [f"chars {gram}" for gram in vocabulary.grams]
        names += [f"pair {words[i]} {words[j]}" for i, j in zip(first, second, strict=True)]
        names += [f"cue {name}" for name in CUE_NAMES]
        names += [f"cues {name}" for name in pair_names()]
        return np.array(names, dtype=object)

    def transform(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Compute the features of texts.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        scipy.sparse.csr_matrix of shape (n_texts, n_features)
        """
        stream = self.reader.read(texts)
        return self.blocks(stream, sentences(stream))

    def blocks(self, stream: Stream, read: Sentences) -> scipy.sparse.csr_matrix:
        """Compute the features of documents, or of segments of documents, read before.

        Parameters
        ----------
        stream : Stream
        read : Sentences
            Sentences of the same stream.
        """
        import scipy.sparse as sp

        vocabulary = self._vocabulary()
        n = len(stream.bounds) - 1
        units, document, _ = distinct(stream)
        used, position = np.unique(units, return_inverse=True)
        counts = sp.csr_matrix((np.ones(len(position)), (document, position)), shape=(n, len(used)))
        word_idf, gram_idf, pair_idf = vocabulary.idf
        column = vocabulary.word_columns(stream.store)
        of_used = column[used] if len(used) else column[:0]
        known = np.flatnonzero(of_used >= 0)
        words = sp.csr_matrix(
            (word_idf[of_used[known]], (known, of_used[known])),
            shape=(len(used), len(vocabulary.words)),
        )
        rows, columns = vocabulary.gram_columns([stream.store.units[u].form for u in used])
        grams = sp.csr_matrix(
            (gram_idf[columns], (rows, columns)), shape=(len(used), len(vocabulary.grams))
        )
        in_document, pair = vocabulary.document_pairs(stream, column)
        pairs = sp.csr_matrix(
            (pair_idf[pair], (in_document, pair)), shape=(n, len(vocabulary.pairs))
        )
        pair_length = np.bincount(in_document, weights=pair_idf[pair] ** 2, minlength=n)
        blocks = [
            _scaled(counts @ words, counts @ _squares(words)),
            _scaled(counts @ grams, counts @ _squares(grams)) * GRAM_SCALE,
            _scaled(pairs, pair_length),
            _cue_block(read, n) * CUE_SCALE,
        ]
        return sp.hstack(blocks, format="csr")

    def explain(self, text: str, limit: int | None = None) -> list[tuple[str, float]]:
        """List the features of one text.

        Parameters
        ----------
        text : str
        limit : int, optional
            Only that many, the largest of each block first.

        Returns
        -------
        list of (name, value)
            In column order.
        """
        row = self.transform([text])
        names = self.get_feature_names_out()
        pairs = [
            (str(names[i]), float(v)) for i, v in sorted(zip(row.indices, row.data, strict=True))
        ]
        return pairs if limit is None else sorted(pairs, key=lambda p: -p[1])[:limit]

    def _vocabulary(self) -> Vocabulary:
        if self.vocabulary is None:
            raise ValueError("this FeatureExtractor has no vocabulary yet: call fit(texts) first")
        return self.vocabulary


def _squares(matrix: scipy.sparse.csr_matrix) -> npt.NDArray[np.float64]:
    return np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()


def _scaled(
    matrix: scipy.sparse.csr_matrix, squared_length: npt.NDArray[Any]
) -> scipy.sparse.csr_matrix:
    import scipy.sparse as sp

    return sp.diags(1.0 / np.sqrt(np.maximum(squared_length, 1e-12))) @ matrix


def _cue_block(read: Sentences, n: int) -> scipy.sparse.csr_matrix:
    """Single cues and pairs of cues of the different sentences, damped by their number."""
    import scipy.sparse as sp

    left, right = pair_index()
    document, distinct_rows = distinct_cues(read)
    parts = []
    for begin in range(0, len(distinct_rows), 2048):
        cues = cue_table(distinct_rows[begin : begin + 2048])
        pairs = cues[:, left] & cues[:, right]
        parts.append(sp.hstack([sp.csr_matrix(cues), sp.csr_matrix(pairs)]))
    width = len(CUE_NAMES) + N_PAIRS
    per_sentence = sp.vstack(parts) if parts else sp.csr_matrix((0, width))
    count = np.bincount(document, minlength=n)
    gather = sp.csr_matrix(
        (1.0 / np.sqrt(count[document]), (document, np.arange(len(document)))),
        shape=(n, len(document)),
    )
    return gather @ per_sentence.astype(np.float64)
