"""Trains the bundled model from the labelled real posts and the project's own data.

    python scripts/train_bundled.py --real ../shared/real

`--real` is a folder with train.csv and dev.csv (id, repository, label, topik, sinyal, ragu, era,
register, text), which `netralitas data rebuild` makes from the public sources, with pool.csv (the
same, `--split pool`) or, for soft targets too, pool.csv.gz (id, repository, teacher, text). Of
train.csv and the pool only the texts are read there: their labels are those of data/annotations.
Same files and seed, same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from fragments import KINDS, fragment

from netralitas_nlp.training import PartisanshipClassifier
from netralitas_nlp.training.splits import stratified_folds

ROOT = Path(__file__).resolve().parents[1]
ANNOTATIONS = ROOT / "data" / "annotations"
SOFT = ANNOTATIONS / "pool_soft.csv"
FRAGMENTS = ANNOTATIONS / "fragments_soft.csv"
ROUNDS = ("1", "2", "3", "4")  # of labelling posts of the pool
DOUBTFUL = 0.5  # weight of a text that a second reader could label otherwise
MOST_SOFT = 60_000
SETTINGS: dict[str, Any] = {
    "C": 4.0,
    "class_weight": None,
    "names": False,
    "vectors": 0.0,
    "min_word": 3,
    "min_gram": 12,
    "min_pair": 12,
    "folds": 3,
    "context_filters": 384,
    "context_weight": 0.7,  # chosen on the two dev sets among 0.4, 0.7, 1, 1.5
    "n_jobs": 2,
}
SOFT_WEIGHT = 0.5
# what out-of-fold predictions of each kind count for calibration beside the two dev sets, which
# count 1 each; the pool was labelled where models were unsure, so its mix is that of no collection.
# Of train.csv only the first third of the sources counts, which the teacher of its fold had not
# seen either
CALIBRATION = {"train": 1.0, "written": 0.05, "pool": 0.0}


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def training_rows(real: Path, *, posts: bool = True) -> pd.DataFrame:
    """Real and written training texts, with a source that folds keep together."""
    places = {"train": ("train.csv",), "pool": ("pool.csv.gz", "pool.csv")}
    frames = []
    for origin, names in places.items():
        for name in [name for name in names if (real / name).exists()][:1]:
            labels, texts = read(ANNOTATIONS / f"{origin}.csv"), read(real / name)[["id", "text"]]
            frames.append(labels.merge(texts, on="id").assign(origin=origin))
    frames = [frame.assign(source=frame.repository) for frame in frames]
    written = ROOT / "data" / "posts" / "train.csv"
    if posts and written.exists():
        frames.append(
            read(written).assign(source=lambda f: "written " + f.writer, origin="written")
        )
    return pd.concat(frames, ignore_index=True)


def held_rows(real: Path) -> pd.DataFrame:
    """Real and written texts that training does not see: they choose and calibrate."""
    files = {"real": real / "dev.csv", "written": ROOT / "data" / "posts" / "dev.csv"}
    frames = [read(path).assign(set=name) for name, path in files.items() if path.exists()]
    return pd.concat(frames, ignore_index=True)


def soft_rows(real: Path, rounds: Sequence[str] = ROUNDS) -> pd.DataFrame:
    """A fixed sample of what `rounds` left unlabelled of the pool, with the teacher's word."""
    path = real / "pool.csv.gz"
    if not path.exists():
        return pd.DataFrame({"id": [], "text": [], "teacher": [], "repository": []})
    pool, labels = read(path), read(ANNOTATIONS / "pool.csv")
    pool = pool[~pool.id.isin(labels.id[labels["round"].isin(rounds)])]
    keep = np.random.RandomState(0).permutation(len(pool))[:MOST_SOFT]
    return pool.iloc[np.sort(keep)].reset_index(drop=True)


def fragment_rows(rows: pd.DataFrame, soft: pd.DataFrame) -> pd.DataFrame:
    """Parts of labelled and of soft texts, one of each kind, with the source of their text."""
    texts = pd.concat([rows, soft.assign(source=soft.repository)]).drop_duplicates("id")
    parts = pd.concat([texts.assign(kind=kind) for kind in KINDS])
    keys = parts[["id", "text", "kind"]].itertuples(index=False)
    parts["text"] = [fragment(*key) for key in keys]
    return parts.loc[parts.text != "", ["id", "kind", "source", "text"]].reset_index(drop=True)


def taught(rows: pd.DataFrame, soft: pd.DataFrame) -> pd.DataFrame:
    """Soft texts and parts of texts with what the careful reader said of them.

    `left_out` is what an encoder said that had not seen the first third of the sources.
    """
    whole = soft.rename(columns={"repository": "source"}).merge(read(SOFT), on="id")
    parts = fragment_rows(rows, soft)
    parts = parts.merge(read(FRAGMENTS), on=["id", "kind"])
    columns = ["id", "kind", "source", "text", "probability", "left_out"]
    return pd.concat([whole.assign(kind="")[columns], parts[columns]], ignore_index=True)


def folds_by_source(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Fold of each row: that of its source.

    The sources of train.csv are dealt by themselves, so that their folds, and with them the figures
    of sources left out, do not change when texts of other origins are added; the first reading
    deals them, so that a corrected label moves no source either.
    """
    real = rows[rows.origin == "train"]
    names = sorted(real.source.unique())
    parts = real.source.map(names.index).to_numpy()
    label = (real["first"] == "partisan").to_numpy().astype(np.int64)
    fold: dict[str, int] = {}
    for number, (_, test) in enumerate(stratified_folds(label, parts, SETTINGS["folds"], 0)):
        fold |= dict.fromkeys(real.source.iloc[test], number)
    others = sorted(set(rows.source) - set(fold))
    fold |= {source: i % SETTINGS["folds"] for i, source in enumerate(others)}
    return np.asarray(rows.source.map(fold), dtype=np.int64)


def fit(
    rows: pd.DataFrame,
    soft: pd.DataFrame | None = None,
    held: pd.DataFrame | None = None,
    *,
    signals: bool = True,
    acts: bool = True,
    thirds: int = SETTINGS["folds"],
    **settings: Any,
) -> PartisanshipClassifier:
    """One training run, as the bundled model's and as every fold's.

    `thirds`: how many thirds of the sources are left out in turn; of the rest nothing is said out
    of fold, and it does not count for calibration.
    """
    extra: dict[str, Any] = {}
    if soft is not None and len(soft):
        extra = {
            "soft_texts": soft.text.tolist(),
            # the first fold leaves out what that encoder had not seen; the others have no such
            "soft_targets": np.column_stack([soft.left_out, *[soft.probability] * thirds]).astype(
                float
            ),
            "soft_weight": SOFT_WEIGHT,
            "soft_groups": soft.source.tolist(),
            "soft_parts": (soft.kind != "").tolist(),
        }
    fold = folds_by_source(rows)
    doubt = np.where(rows.ragu == "1", DOUBTFUL, 1.0)
    taught_all = (rows.origin == "train") & (fold > 0)
    counted = np.where(taught_all | (fold >= thirds), 0.0, doubt)
    for origin, share in CALIBRATION.items():
        rows_of = rows.origin == origin
        counted[rows_of] *= share / max(counted[rows_of].sum(), 1.0)
    if held is not None and len(held):
        extra |= {
            "held_texts": held.text.tolist(),
            "held_labels": held.label.tolist(),
            "held_weight": (len(rows) / held.groupby("set").id.transform("size")).tolist(),
        }
    splits = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(thirds)]
    return PartisanshipClassifier(**(SETTINGS | settings)).fit(
        rows.text.tolist(),
        rows.label.tolist(),
        doubt.tolist(),
        signals=[cell.split() for cell in rows.sinyal] if signals else None,
        topics=(rows.topik != "umum").tolist(),
        kinds=rows.functionality.fillna("").tolist() if acts and "functionality" in rows else None,
        groups=rows.source.tolist(),
        splits=splits,
        calibration_weight=(counted * len(rows)).tolist(),
        **extra,
    )


def fingerprint(*paths: Path) -> str:
    """One hash over the training files."""
    digest = hashlib.sha256()
    for path in paths:
        if path.exists():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def training_files(real: Path) -> list[Path]:
    """What both models are trained and calibrated on."""
    posts = ROOT / "data" / "posts"
    return [
        ANNOTATIONS / "train.csv",
        ANNOTATIONS / "pool.csv",
        real / "train.csv",
        real / "dev.csv",
        posts / "dev.csv",
        real / "pool.csv.gz",
        posts / "train.csv",
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--output", type=Path, default=ROOT / "models" / "bundled")
    parser.add_argument("--no-posts", action="store_true", help="leave the written posts out")
    options = parser.parse_args(arguments)
    if not (options.real / "train.csv").exists():
        print(f"{options.real}: no train.csv there; see data/README.md", file=sys.stderr)
        return 2
    options.output.parent.mkdir(parents=True, exist_ok=True)
    rows = training_rows(options.real, posts=not options.no_posts)
    soft = taught(rows, soft_rows(options.real))
    held = held_rows(options.real)
    print(f"{len(rows):,} labelled texts, {len(soft):,} with soft targets, {len(held):,} held")
    model = fit(rows, soft, held)
    column = model.classes_.tolist().index("partisan")
    real = (rows.origin == "train").to_numpy()
    beside = options.output.parent / f"{options.output.name}.out_of_fold.csv"
    rows[real][["id"]].assign(
        third=folds_by_source(rows)[real] + 1,
        probability=np.round(model.out_of_fold_[real, column], 4),
    ).to_csv(beside, index=False, lineterminator="\n")
    info = {
        "name": "bundled",
        "training": {
            "labelled": len(rows),
            "soft": len(soft),
            "fingerprint": fingerprint(*training_files(options.real), SOFT, FRAGMENTS),
            "settings": SETTINGS,
            "out_of_fold": fingerprint(beside),
        },
    }
    folder = Path(model.save(options.output, info, force=True))
    size = sum(f.stat().st_size for f in folder.glob("*") if f.suffix in (".json", ".npz"))
    print(f"{folder}: {size / 1e6:.1f} MB, thresholds {model.scorer_.thresholds}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
