"""Prints what each part of the bundled model's data and readers is worth, by leaving it out.

    python scripts/ablate.py [--real ../shared/real] [--write]

Every row is one training as `train_bundled.py` does it (without the heads of the signals, which
the label does not depend on). Columns: average precision and macro-F1 at 0.5 on the first third of
the sources of train.csv, left out, on the real dev.csv, on data/posts/dev.csv and test.csv, and the
share of the behavioural suite that passes. `--write` puts the table into models/README.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from markers import write_between
from sklearn.metrics import average_precision_score, f1_score
from train_bundled import (
    ROOT,
    fit,
    folds_by_source,
    held_rows,
    read,
    soft_rows,
    taught,
    training_rows,
)

VARIANTS: dict[str, dict[str, Any]] = {
    "all of it: the bundled model": {},
    "without parts of texts as soft targets": {"soft": "whole"},
    "without soft targets": {"soft": "none"},
    "without the context reader": {"context_filters": 0},
    "without telling the acts of written texts apart": {"acts": False},
    "without the later writers (v01 and after)": {
        "leave": lambda rows: rows.source.str.startswith("written v")
    },
    "without the labels of pool.csv": {"leave": lambda rows: rows.origin == "pool"},
    "without written posts": {"leave": lambda rows: rows.origin == "written"},
}


def row(truth: npt.NDArray[np.bool_], p: npt.NDArray[np.float64]) -> list[str]:
    f1 = f1_score(truth, p >= 0.5, average="macro")
    return [f"{average_precision_score(truth, p):.3f}", f"{f1:.3f}"]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    if not (options.real / "dev.csv").exists():
        print(f"NOT MEASURED: the real posts ({options.real} is not there)", file=sys.stderr)
        return 2
    rows = training_rows(options.real)
    soft = taught(rows, soft_rows(options.real))
    held = held_rows(options.real)
    sets: list[pd.DataFrame] = [
        read(options.real / "dev.csv"),
        *(read(ROOT / "data" / "posts" / f"{name}.csv") for name in ("dev", "test")),
        read(ROOT / "data" / "checks" / "suite.csv"),
    ]
    lines = [
        "| variant | first third left out: AP | F1 | dev.csv: AP | F1 | posts/dev: AP | F1 | "
        "posts/test: AP | F1 | suite passed |",
        "|---" + "|---:" * 9 + "|",
    ]
    for name, how in VARIANTS.items():
        settings = dict(how)
        leave, which = settings.pop("leave", None), settings.pop("soft", "all")
        part = rows[~leave(rows)] if leave else rows
        left = soft[~soft.source.isin(set(rows.source) - set(part.source))] if leave else soft
        taught_by = {"all": left, "whole": left[left.kind == ""], "none": None}[which]
        model = fit(part, taught_by, held, signals=False, thirds=1, **settings)
        k = model.classes_.tolist().index("partisan")
        real = (part.origin == "train").to_numpy() & (folds_by_source(part) == 0)
        cells = row((part.label == "partisan").to_numpy()[real], model.out_of_fold_[real, k])
        for number, frame in enumerate(sets, 1):
            truth = (frame.label == "partisan").to_numpy()
            p = model.scorer_.predict_proba(frame.text.tolist())[:, k]
            if number == len(sets):
                cells.append(f"{np.mean((p >= 0.5) == truth):.3f}")
            else:
                cells += row(truth, p)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print("\n".join(lines if len(lines) == 3 else lines[-1:]), flush=True)
        if options.write:  # after each row: an hour is long
            write_between(ROOT / "models" / "README.md", "ablation", "\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
