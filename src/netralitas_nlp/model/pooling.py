"""From the segments of a long text to the text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Pooling", "pool", "summaries"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Pooling(NamedTuple):
    """How much the strongest segment, their mean and their number count for a long text.

    A text of one segment is its segment whatever these numbers are.
    """

    maximum: float = 0.5
    mean: float = 0.5
    number: float = 0.0
    offset: float = 0.0


def summaries(
    logits: FloatArray, owner: IntArray, n: int
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Largest and mean logit and number of segments of each document.

    Parameters
    ----------
    logits : ndarray of shape (n_segments, n_heads)
    owner : ndarray of shape (n_segments,)
        Document of each segment, in order.
    n : int
        Number of documents.
    """
    count = np.bincount(owner, minlength=n)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    largest = np.maximum.reduceat(logits, first, axis=0)
    mean = np.add.reduceat(logits, first, axis=0) / count[:, None]
    return largest, mean, count


def pool(logits: FloatArray, owner: IntArray, n: int, pooling: Pooling) -> FloatArray:
    """Combine segment logits into document logits.

    Parameters
    ----------
    logits : ndarray of shape (n_segments, n_heads)
    owner : ndarray of shape (n_segments,)
    n : int
    pooling : Pooling

    Returns
    -------
    ndarray of shape (n, n_heads)
    """
    if len(owner) == n:
        return logits
    largest, mean, count = summaries(logits, owner, n)
    combined = (
        pooling.maximum * largest
        + pooling.mean * mean
        + pooling.number * np.log(count)[:, None]
        + pooling.offset
    )
    return np.where(count[:, None] > 1, combined, largest)
