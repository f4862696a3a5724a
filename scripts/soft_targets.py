"""Lets the shipped careful reader say what it thinks of the pool, for the bundled model to learn.

    python scripts/soft_targets.py --real ../shared/real

Writes `data/annotations/pool_soft.csv` (id, probability) for the posts that the bundled model's
training samples from pool.csv.gz; their texts stay where they are. Ten minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from train_bundled import ROOT, SOFT, soft_rows

from netralitas_nlp import Scorer


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    options = parser.parse_args(arguments)
    rows = soft_rows(options.real)
    if not len(rows):
        print(f"{options.real}: no pool.csv.gz there", file=sys.stderr)
        return 2
    scorer = Scorer.load("careful")
    partisan = scorer.predict_proba(rows.text.tolist())[:, scorer.classes_.index("partisan")]
    rows[["id"]].assign(probability=np.round(partisan, 4)).sort_values("id").to_csv(
        SOFT, index=False, lineterminator="\n"
    )
    print(f"{SOFT}: {len(rows):,} posts")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
