"""Texts that say the same, found by hashed shingles."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

__all__ = ["components", "near_duplicates", "same_text"]

IntArray = npt.NDArray[np.int64]

_NOISE = re.compile(r"https?://\S+|www\.\S+|@\w+|\brt\b|[^\w\s]+", re.IGNORECASE)
_HASHES, _BANDS = 64, 16
_PRIME = np.uint64((1 << 61) - 1)
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
    shingles = [_shingles(keys[i]) for i in distinct]
    edges = [np.column_stack([np.arange(len(texts)), same])]
    found = _alike(shingles, alike, seed)
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


def _shingles(key: str) -> frozenset[int]:
    words = key.split()
    pairs = [" ".join(words[i : i + 2]) for i in range(max(len(words) - 1, 1))]
    # a hash of its own: that of Python changes from run to run
    return frozenset(int.from_bytes(_digest(pair), "little") for pair in pairs)


def _digest(text: str) -> bytes:
    from hashlib import blake2b

    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=7).digest()


def _alike(shingles: Sequence[frozenset[int]], alike: float, seed: int) -> IntArray:
    """Pairs of sets that overlap enough."""
    random = np.random.default_rng(seed)
    low = np.uint64((1 << 32) - 1)
    a = random.integers(1, 1 << 31, _HASHES, dtype=np.uint64) | np.uint64(1)
    b = random.integers(0, 1 << 61, _HASHES, dtype=np.uint64)
    signatures = np.zeros((len(shingles), _HASHES), dtype=np.uint64)
    for i, group in enumerate(shingles):
        values = np.fromiter(group, dtype=np.uint64, count=len(group))
        mixed = (values[:, None] & low) * a + (values[:, None] >> np.uint64(24)) + b
        signatures[i] = (mixed % _PRIME).min(axis=0)
    rows = _HASHES // _BANDS
    pairs: set[tuple[int, int]] = set()
    for band in range(_BANDS):
        part = np.ascontiguousarray(signatures[:, band * rows : (band + 1) * rows])
        buckets: dict[bytes, list[int]] = {}
        for i, row in enumerate(part):
            buckets.setdefault(row.tobytes(), []).append(i)
        for members in buckets.values():
            for k, j in enumerate(members[1:_MOST_IN_BUCKET], 1):
                pairs.update((i, j) for i in members[max(0, k - 3) : k])
            pairs.update((members[0], j) for j in members[_MOST_IN_BUCKET:])
    kept = [
        (i, j)
        for i, j in sorted(pairs)
        if len(shingles[i] & shingles[j]) >= alike * len(shingles[i] | shingles[j])
    ]
    return np.array(kept, dtype=np.int64).reshape(-1, 2)
