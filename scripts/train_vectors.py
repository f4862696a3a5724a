"""Learns the word vectors beside the bundled model from unlabelled posts and written ones.

    python scripts/train_vectors.py --real ../shared/real

Positive pointwise mutual information of neighbouring words, cut down by a singular value
decomposition (Levy, Goldberg and Dagan 2015). The file holds words of at least eight posts and
numbers: no text, no handle, no number of anybody. Same files, same bytes.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.text import Normalizer

ROOT = Path(__file__).resolve().parents[1]
SIZE, REACH, FEWEST = 96, 5, 8
WORD = re.compile(r"[^\W\d_][\w'-]*")


def read(path: Path) -> list[str]:
    texts: list[str] = pd.read_csv(path, dtype=str, keep_default_na=False).text.tolist()
    return texts


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--output", type=Path, default=ROOT / "models" / "bundled" / "vectors.npz")
    options = parser.parse_args(arguments)
    pool = options.real / "pool.csv.gz"
    if not pool.exists():
        print(f"{pool}: not there; see data/README.md", file=sys.stderr)
        return 2
    texts = read(pool) + read(ROOT / "data" / "posts" / "train.csv")
    stream = StreamReader(Normalizer(), most_chunks=10**9, names=True).read(texts)
    number: dict[str, int] = {}
    keys = np.array([number.setdefault(u.key, len(number)) for u in stream.store.units])
    live = stream.units > 0
    document, word = stream.document[live], keys[stream.units[live]]
    names = list(number)
    frequency = np.bincount(
        np.unique(document * len(names) + word) % len(names), minlength=len(names)
    )
    kept = [i for i in np.argsort(names) if frequency[i] >= FEWEST and WORD.fullmatch(names[i])]
    column = np.full(len(names), -1)
    column[kept] = np.arange(len(kept))
    word, n = column[word], len(kept)
    together = sp.csr_matrix((n, n))
    for distance in range(1, REACH + 1):
        left, right = word[:-distance], word[distance:]
        ok = (document[:-distance] == document[distance:]) & (left >= 0) & (right >= 0)
        weight = np.full(int(ok.sum()), 1.0 / distance)
        together = together + sp.csr_matrix((weight, (left[ok], right[ok])), shape=(n, n))
    pairs = (together + together.T).tocoo()
    total = np.asarray(pairs.sum(axis=1)).ravel()
    context = total**0.75 / (total**0.75).sum()
    surprise = np.log(pairs.data / (total[pairs.row] * context[pairs.col]))
    more = surprise > 0
    table = sp.csr_matrix((surprise[more], (pairs.row[more], pairs.col[more])), shape=(n, n))
    with threadpool_limits(1):  # the order of additions, and so the bytes, stay the same
        left_vectors, values, _ = randomized_svd(table, SIZE, n_iter=3, random_state=0)
    vectors = left_vectors * np.sqrt(values)
    vectors /= np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    np.savez_compressed(
        options.output,
        words=np.frombuffer("\n".join(names[i] for i in kept).encode(), dtype=np.uint8),
        share=(frequency[kept] / len(texts)).astype(np.float32),
        vectors=np.rint(vectors * 127).astype(np.int8),
    )
    print(f"{options.output}: {n:,} words, {options.output.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
