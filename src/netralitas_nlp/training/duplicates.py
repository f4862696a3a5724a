"""Texts that say the same, found by hashed shingles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

__all__ = ["components", "near_duplicates", "same_text"]

IntArray = npt.NDArray[np.int64]
HashArray = npt.NDArray[np.uint64]

_NOISE = re.compile(r"https?://\S+|www\.\S+|@\w+|\brt\b|[^\w\s]+", re.IGNORECASE)
_HASHES, _BANDS = 64, 16
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MOST_IN_BUCKET = 50  # of one bucket, each is compared with the first few only


def same_text(text: str) -> str:
    """Key that two texts share when they differ in case, signs, links or handles only.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> same_text("RT @ani: Hujan, lagi!!  https://contoh.id/x")
    'hujan lagi'
    """
    return " ".join(_NOISE.sub(" ", text.casefold()).split())


def near_duplicates(texts: Sequence[str], alike: float = 0.7, seed: int = 0) -> IntArray:
    """Put texts that are nearly the same into one cluster.

    Two texts are alike when their word pairs overlap (Jaccard) by `alike` or more; candidates come
    from MinHash (Broder 1997), so the work grows with the number of texts and not its square.

    Parameters
    ----------
    texts : sequence of str
    alike : float, default=0.7
    seed : int, default=0

    Returns
    -------
    ndarray of int of shape (n_texts,)
        Number of the cluster of each text; an empty text is alone.

    Examples
    --------
    >>> near_duplicates(["hujan deras di pasar pagi ini", "Hujan deras di pasar pagi ini!!",
    ...                  "harga cabai naik lagi"]).tolist()
    [0, 0, 1]
    """
    keys = [same_text(text) for text in texts]
    first: dict[str, int] = {}
    same = np.array([first.setdefault(key, i) if key else i for i, key in enumerate(keys)])
    distinct = np.array([i for i in first.values() if keys[i]], dtype=np.int64)
    edges = [np.column_stack([np.arange(len(texts)), same])]
    found = _alike([keys[i] for i in distinct], alike, seed)
    if len(found):
        edges.append(distinct[found])
    return components(len(texts), np.concatenate(edges))


def components(n: int, edges: npt.NDArray[np.integer]) -> IntArray:
    """Number the connected parts of a graph.

    Parameters
    ----------
    n : int
        Nodes.
    edges : ndarray of shape (n_edges, 2)

    Returns
    -------
    ndarray of shape (n,)
        In the order of the first node of each part.
    """
    graph = csr_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    _, inverse = np.unique(part, return_inverse=True)
    begin = np.full(inverse.max(initial=-1) + 1, n)
    np.minimum.at(begin, inverse, np.arange(n))
    rank = np.argsort(np.argsort(begin))
    return np.asarray(rank[inverse], dtype=np.int64)


def _shingles(keys: Sequence[str]) -> tuple[HashArray, IntArray]:
    """Hashes of the pairs of neighbouring words, text after text, and where each text begins."""
    # a hash of its own for each word: that of Python changes from run to run
    number: dict[str, int] = {}
    words = [[number.setdefault(word, len(number)) for word in key.split()] for key in keys]
    of_word = np.frombuffer(
        b"".join(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                 for word in number), dtype="<u8",
    )  # fmt: skip
    size = np.array([len(row) for row in words], dtype=np.int64)
    flat = of_word[np.fromiter(chain.from_iterable(words), dtype=np.int64, count=int(size.sum()))]
    starts = np.concatenate([[0], np.cumsum(size)])
    keep = np.ones(len(flat), dtype=bool)
    keep[starts[1:] - 1] = size < 2  # the last word begins no pair, unless it is the only one
    pairs = flat * _ODD + np.roll(flat, -1)
    pairs[starts[:-1][size == 1]] = flat[starts[:-1][size == 1]]
    edges = np.concatenate([[0], np.cumsum(np.maximum(size - 1, 1))])
    return _mixed(pairs[keep]), edges


def _mixed(values: HashArray) -> HashArray:
    """Spread values over all bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _alike(keys: Sequence[str], alike: float, seed: int) -> IntArray:
    """Pairs of texts that overlap enough."""
    if len(keys) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    shingles, edges = _shingles(keys)
    random = np.random.default_rng(seed)
    rows = _HASHES // _BANDS
    found = np.zeros(0, dtype=np.uint64)
    for _ in range(_BANDS):
        bucket = np.zeros(len(keys), dtype=np.uint64)
        for _ in range(rows):
            own = random.integers(0, 1 << 63, dtype=np.uint64)
            least = np.minimum.reduceat(_mixed(shingles ^ own), edges[:-1])
            bucket = _mixed(bucket * _ODD + least)
        found = np.union1d(found, _candidates(bucket))
    pairs = np.column_stack([found >> np.uint64(32), found & np.uint64(0xFFFFFFFF)])
    sets: dict[int, frozenset[int]] = {}

    def of(i: int) -> frozenset[int]:
        if i not in sets:
            sets[i] = frozenset(shingles[edges[i] : edges[i + 1]].tolist())
        return sets[i]

    kept = [
        (i, j)
        for i, j in pairs.astype(np.int64).tolist()
        if len(of(i) & of(j)) >= alike * len(of(i) | of(j))
    ]
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def _candidates(bucket: HashArray) -> HashArray:
    """Codes ``first << 32 | second`` of pairs in one bucket: neighbours, and all with the first."""
    order = np.argsort(bucket, kind="stable").astype(np.uint64)
    sorted_ = bucket[order]
    place = np.arange(len(bucket))
    begin = np.flatnonzero(np.append(True, sorted_[1:] != sorted_[:-1]))
    start = np.repeat(begin, np.diff(np.append(begin, len(bucket))))
    rank = place - start
    codes = []
    for step in (1, 2, 3):
        second = place[(rank >= step) & (rank < _MOST_IN_BUCKET)]
        codes.append(order[second - step] << np.uint64(32) | order[second])
    late = place[rank >= _MOST_IN_BUCKET]
    codes.append(order[start[late]] << np.uint64(32) | order[late])
    return np.concatenate(codes)
