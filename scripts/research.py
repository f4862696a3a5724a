"""Prints what each part of the model is worth: macro-F1 with parts left out.

    python scripts/research.py [--real ../shared/real] [--write]

Two figures a row: on train.csv with whole repositories left out (six folds), and on dev.csv.
Rows with soft targets are a little optimistic in the first: the reader that gave them had seen
the labels of the repositories left out. `--write` puts the table into models/README.md, where the
one of the first release stands; scripts/ablate.py does the same for the model as it is now.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from joblib import Parallel, delayed
from markers import write_between
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_union
from train_bundled import (
    DOUBTFUL,
    ROOT,
    SETTINGS,
    SOFT_WEIGHT,
    read,
    soft_rows,
    taught,
    training_rows,
)

from netralitas_nlp.features.extractor import FeatureExtractor
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.model.gate import TOPIC, gated
from netralitas_nlp.text.normalizer import Normalizer

FOLDS = 6
BLOCKS = ("word", "chars", "pair", "cue", "cues")
FloatArray = npt.NDArray[np.float64]


class Data:
    """Every text once: real training posts, real dev posts, written posts, soft texts."""

    def __init__(self, real: Path):
        train = training_rows(real)
        dev = read(real / "dev.csv").assign(source="dev")
        soft = (
            taught(train, soft_rows(real)).query("kind == ''").assign(label="", topik="", ragu="0")
        )
        self.rows = pd.concat([train, dev, soft], ignore_index=True)
        self.n_hard = len(train) + len(dev)
        self.written = (self.rows.origin == "written").to_numpy()
        self.train = (self.rows.origin == "train").to_numpy()
        self.dev = (self.rows.source == "dev").to_numpy()
        self.soft = np.arange(len(self.rows)) >= self.n_hard
        self.y = (self.rows.label == "partisan").to_numpy()
        self.topic = (self.rows.topik != "umum").to_numpy() | self.y
        self.weight = np.where(self.rows.ragu == "1", DOUBTFUL, 1.0)
        self.teacher = pd.to_numeric(self.rows.probability, errors="coerce").fillna(0.0).to_numpy()


def regress(X: sp.csr_matrix, y: Any, weight: FloatArray) -> LogisticRegression:
    return LogisticRegression(C=SETTINGS["C"], max_iter=400, tol=1e-5).fit(X, y, weight)


def predict(
    data: Data, X: sp.csr_matrix, held: npt.NDArray[np.bool_], posts: bool, soft: bool, gate: bool
) -> FloatArray:
    """Probabilities of the held-out texts from a model trained on the others."""
    hard = ~held & ~data.soft & ~data.dev & (posts | ~data.written)
    extra = ~held & data.soft if soft else np.zeros(len(held), dtype=bool)
    on_topic, share = hard, np.ones(int(extra.sum()))
    topic = None
    if gate:
        topic = regress(X[hard], data.topic[hard], data.weight[hard])
        on_topic = hard & data.topic
        if soft:
            share = topic.predict_proba(X[extra])[:, 1]
    p = np.minimum(data.teacher[extra], share)
    side = regress(
        sp.vstack([X[on_topic], X[extra], X[extra]], format="csr"),
        np.concatenate([data.y[on_topic], np.ones(len(p)), np.zeros(len(p))]),
        np.concatenate([data.weight[on_topic], SOFT_WEIGHT * p, SOFT_WEIGHT * (share - p)]),
    )
    logits = side.decision_function(X[held])[:, None]
    if topic is not None:
        logits = np.column_stack([logits, topic.decision_function(X[held])])
        logits = gated(logits, ("partisan", TOPIC))
    return np.asarray(logits[:, 0])


def score(data: Data, X: sp.csr_matrix, **how: bool) -> tuple[float, float]:
    real = data.train
    names = sorted(data.rows.source[real].unique())
    np.random.RandomState(0).shuffle(names)
    folds = [data.rows.source.isin(names[k::FOLDS]).to_numpy() for k in range(FOLDS)]
    work = [*folds, data.dev]
    found = Parallel(2)(delayed(predict)(data, X, held, **how) for held in work)
    logit = np.zeros(len(data.rows))
    for held, values in zip(work, found, strict=True):
        logit[held] = values
    return tuple(  # type: ignore[return-value]
        float(f1_score(data.y[part], logit[part] >= 0, average="macro"))
        for part in (real, data.dev)
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    if not (options.real / "dev.csv").exists():
        print(f"NOT MEASURED: the real posts ({options.real} is not there)", file=sys.stderr)
        return 2
    data = Data(options.real)
    texts = data.rows.text.tolist()
    extractor = FeatureExtractor(StreamReader(Normalizer(), most_chunks=10**9))
    minima = {name: SETTINGS[name] for name in ("min_word", "min_gram", "min_pair")}
    X = extractor.fit(texts, **minima).transform(texts)
    names = [str(name).split(" ", 1)[0] for name in extractor.get_feature_names_out()]
    of_block = {block: np.array([name == block for name in names]) for block in BLOCKS}

    def without(*blocks: str) -> sp.csr_matrix:
        keep = ~np.any([of_block[block] for block in blocks], axis=0)
        return X[:, np.flatnonzero(keep)]

    tfidf = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=4, sublinear_tf=True),
    )
    plain = tfidf.fit(texts[: data.n_hard]).transform(texts).tocsr()
    nothing = {"posts": False, "soft": False, "gate": False}
    written = nothing | {"posts": True}
    full = {"posts": True, "soft": True, "gate": True}
    steps = [
        ("TF-IDF words 1-2 and characters 2-5, names visible; real posts only", plain, nothing),
        ("our features; real posts only", X, nothing),
        ("+ written posts", X, written),
        ("the same without cues", without("cue", "cues"), written),
        ("the same without character n-grams", without("chars"), written),
        ("the same without word pairs", without("pair"), written),
        ("+ topic gate", X, written | {"gate": True}),
        ("+ soft targets, no gate", X, written | {"soft": True}),
        ("+ soft targets and topic gate: the bundled model", X, full),
    ]
    lines = ["| step | sources left out | dev |", "|---|---:|---:|"]
    for name, matrix, how in steps:
        left_out, dev = score(data, matrix, **how)
        lines.append(f"| {name} | {left_out:.3f} | {dev:.3f} |")
        print(lines[-1], flush=True)
    if options.write:
        write_between(ROOT / "models" / "README.md", "steps", "\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
