"""Lets the careful reader say what it thinks of texts, for the bundled model to learn.

    python scripts/soft_targets.py --real ../shared/real --left-out build/careful/left_out

Writes `data/annotations/pool_soft.csv` (id, probability, left_out) for the posts that the bundled
model's training samples from pool.csv.gz, and `fragments_soft.csv` (id, kind, probability,
left_out) for parts of those and of the labelled texts (`fragments.py`); the texts stay where they
are. `left_out` is what the encoder of the folder `--left-out` says, which `train_careful.py` leaves
there: it has not seen the sources of the first third, so neither does the model of the fold that
leaves them out. Twenty minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from train_bundled import FRAGMENTS, ROOT, SOFT, fragment_rows, soft_rows, training_rows

from netralitas_nlp import Scorer


def said(scorer: Scorer, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    partisan = scorer.predict_proba(texts)[:, scorer.classes_.index("partisan")]
    return np.asarray(np.round(partisan, 3))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--left-out", type=Path, default=ROOT / "build" / "careful" / "left_out")
    options = parser.parse_args(arguments)
    whole = soft_rows(options.real)
    if not len(whole):
        print(f"{options.real}: no pool.csv.gz there", file=sys.stderr)
        return 2
    if not options.left_out.exists():
        print(f"{options.left_out}: no encoder there; see --left-out", file=sys.stderr)
        return 2
    parts = fragment_rows(training_rows(options.real), whole)
    readers = {"probability": Scorer.load("careful"), "left_out": Scorer.load(options.left_out)}
    for path, rows, keys in ((SOFT, whole, ["id"]), (FRAGMENTS, parts, ["id", "kind"])):
        texts = rows.text.tolist()
        found = pd.DataFrame({name: said(scorer, texts) for name, scorer in readers.items()})
        table = pd.concat([rows[keys].reset_index(drop=True), found], axis=1).sort_values(keys)
        table.to_csv(path, index=False, lineterminator="\n")
        print(f"{path}: {len(table):,} texts")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
