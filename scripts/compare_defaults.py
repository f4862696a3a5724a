"""Compares the defaults of `PartisanshipClassifier` with TF-IDF and logistic regression.

    python scripts/compare_defaults.py [--real ../shared/real] [--rounds 2] [--tasks stance,label]

Proxy tasks of many kinds are made from the columns of the written posts (and of the real ones where
they are at hand, with the labels of data/annotations): stance, first signal, register, function,
language, topic, label; long articles (six posts end to end, four of one stance and two of any), and
a label that one row in twenty has. Training rows are drawn from train.csv; test rows are those of
test.csv and dev.csv, which neither training nor the word vectors have seen. Prints a table of
macro-F1 and exits with 1 where the defaults are below a baseline.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from train_bundled import ANNOTATIONS, ROOT, read

from netralitas_nlp.training import PartisanshipClassifier

SIZES = (500, 1000, 3000)
FEWEST = 25  # test rows of a class; fewer tell nothing


def real_rows(real: Path, name: str) -> pd.DataFrame:
    """Texts of the folder with the labels of data/annotations, which were settled later."""
    return read(ANNOTATIONS / name).merge(read(real / name)[["id", "text"]], on="id")


def stance(frame: pd.DataFrame) -> list[str]:
    signs = {"": "none", "+": "for", "-": "against"}
    return [signs.get(target[-1:], "") for target in frame.target]


def acts(frame: pd.DataFrame) -> list[str]:
    out = []
    for cell in frame.sinyal:
        names = set(cell.split())
        against, other = "serangan" in names, bool(names - {"serangan"})
        out.append(
            "" if against and other else "against" if against else "for" if other else "none"
        )
    return out


WRITTEN: dict[str, Callable[[pd.DataFrame], list[str]]] = {
    "label": lambda f: f.label.tolist(),
    "topic": lambda f: f.topik.tolist(),
    "stance": stance,
    "first signal": lambda f: [(cell.split() or ["none"])[0] for cell in f.sinyal],
    "register": lambda f: f.register.tolist(),
    "function": lambda f: f.functionality.tolist(),
    "language": lambda f: f.language.tolist(),
}
REAL: dict[str, Callable[[pd.DataFrame], list[str]]] = {
    "real label": WRITTEN["label"],
    "real topic": WRITTEN["topic"],
    "real stance": acts,
    "real register": WRITTEN["register"],
}


def articles(frame: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Long texts: each of six posts, four of its own stance and two of any."""
    random = np.random.default_rng(seed)
    text, said = frame.text.to_numpy(), np.array(stance(frame))
    rows = []
    for label in ("none", "for", "against"):
        own = np.flatnonzero(said == label)
        for _ in range(len(own) // 2):
            parts = [*random.choice(own, 4), *random.integers(0, len(frame), 2)]
            rows.append((" ".join(text[random.permutation(parts)]), label))
    return pd.DataFrame(rows, columns=["text", "y"])


def rare(frame: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """All neutral posts and so many of the others that they are one in twenty."""
    partisan = frame[frame.label == "partisan"]
    neutral = frame[frame.label == "netral"]
    few = partisan.sample(len(neutral) // 19, random_state=seed)
    both = pd.concat([neutral, few])
    return both[["text"]].assign(y=np.where(both.label == "partisan", "ada", "tidak"))


MADE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {"article stance": articles, "rare": rare}


def prepared(
    train: pd.DataFrame, test: pd.DataFrame, of: Callable[[pd.DataFrame], list[str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables with the label of a task; classes too rare to be measured are left out."""
    train, test = (f.assign(y=of(f))[["text", "y"]] for f in (train, test))
    counts = test.y.value_counts()
    kept = {label for label, n in counts.items() if n >= FEWEST and label}
    return train[train.y.isin(kept)], test[test.y.isin(kept)]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--real", type=Path, help="folder with the real train.csv and dev.csv")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--tasks", help="some of the tasks, with commas")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    posts = ROOT / "data" / "posts"
    seen = read(posts / "train.csv")
    unseen = pd.concat([read(posts / "test.csv"), read(posts / "dev.csv")], ignore_index=True)
    tasks = [(name, *prepared(seen, unseen, of)) for name, of in WRITTEN.items()]
    tasks += [(name, make(seen), make(unseen)) for name, make in MADE.items()]
    if options.real:
        known, held = (real_rows(options.real, name) for name in ("train.csv", "dev.csv"))
        tasks += [(name, *prepared(known, held, of)) for name, of in REAL.items()]
    if options.tasks:
        tasks = [task for task in tasks if task[0] in options.tasks.split(",")]
    models: dict[str, Callable[[], object]] = {
        "tfidf": lambda: make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000)
        ),
        "balanced": lambda: make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2)),
            LogisticRegression(max_iter=1000, class_weight="balanced"),
        ),
        "C=10": lambda: make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            LogisticRegression(C=10, max_iter=1000, class_weight="balanced"),
        ),
        "ours": lambda: PartisanshipClassifier(n_jobs=2),
    }
    print(
        f"{'task':16}{'classes':>8}{'rows':>7}" + "".join(f"{m:>10}" for m in models) + "    gain"
    )
    gains, below = [], 0
    for name, rows, held in tasks:
        for size in map(int, options.sizes.split(",")):
            if size >= len(rows):
                continue
            found: dict[str, list[float]] = {model: [] for model in models}
            for seed in range(options.rounds):
                part, _ = train_test_split(
                    rows, train_size=size, stratify=rows.y, random_state=seed
                )
                for model, make in models.items():
                    fitted = make().fit(part.text.tolist(), part.y.tolist())  # type: ignore[attr-defined]
                    said = fitted.predict(held.text.tolist())
                    found[model].append(100 * f1_score(held.y, said, average="macro"))
            mean = {model: float(np.mean(values)) for model, values in found.items()}
            best = max(value for model, value in mean.items() if model != "ours")
            gains.append(mean["ours"] - best)
            below += mean["ours"] < best
            print(
                f"{name:16}{held.y.nunique():8}{size:7,}"
                + "".join(f"{value:10.1f}" for value in mean.values())
                + f"{gains[-1]:+8.1f}",
                flush=True,
            )
    print(f"mean gain over the best baseline of each line: {np.mean(gains):+.1f}, below: {below}")
    return 1 if below else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
