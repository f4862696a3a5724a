"""Stores what the shipped careful reader and the cascade say of some written posts.

    python scripts/store_scores.py

Writes models/careful.scores.csv, which the tests hold every installation to: run it after the
encoder or the bundled model was trained anew.
"""

from __future__ import annotations

import sys

import pandas as pd
from train_bundled import ROOT, read

from netralitas_nlp import Scorer

STORED = ROOT / "models" / "careful.scores.csv"
EVERY = 20  # of the rows of data/posts/test.csv


def main() -> int:
    rows = read(ROOT / "data" / "posts" / "test.csv").iloc[::EVERY]
    found = pd.DataFrame({"id": rows.id})
    for name in ("careful", "cascade"):
        found[name] = Scorer.load(name).predict_proba(rows.text)[:, 1].round(5)
    found.to_csv(STORED, index=False, lineterminator="\n")
    print(f"{STORED}: {len(found)} posts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
