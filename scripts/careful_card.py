"""Prints the figures of the three readers side by side: fast, careful and cascade.

    python scripts/careful_card.py [--real ../shared/real] [--write]

`--write` puts the table between the markers of models/careful/README.md, docs/careful.md and both
READMEs. Figures of sources never seen are those of the third of train.csv's sources that one run
of training left out (models/careful.left_out.csv), for all three readers on the same posts.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from card import Stored, table, with_interval
from markers import write_between
from train_bundled import ROOT, read

from netralitas_nlp import Scorer
from netralitas_nlp.evaluation import Report, evaluate, run_checks

READERS = ("bundled", "careful", "cascade")
LEFT_OUT = ROOT / "models" / "careful.left_out.csv"
PAGES = ("models/careful/README.md", "docs/careful.md", "README.md")
INDONESIAN = {
    "| data | reader |": "| data | pembaca |",
    "average precision": "presisi rata-rata",
    "in the band": "dalam pita tinjau",
    "right outside": "benar di luar pita",
    "sources never seen (a third of them)": "sumber yang belum pernah dilihat (sepertiganya)",
    "known sources (real dev.csv)": "sumber yang dikenal (dev.csv nyata)",
    "written posts (posts/test.csv)": "teks tulisan (posts/test.csv)",
    "| reader |": "| pembaca |",
    "suite passed": "suite lulus",
    "netral kept": "netral tetap netral",
    "netral accused": "netral dituduh",
    "| weakest |": "| terlemah |",
    "under 0.80": "di bawah 0.80",
    "| evidence |": "| bukti tepat |",
    "side swaps: mean change": "tukar pihak: perubahan rata-rata",
    "| flips |": "| label berbalik |",
}
"""What README.id.md says for the words of the tables."""


def left_out(scorer: Scorer, reader: str) -> Report:
    """Posts of sources that neither network nor fast model had seen."""
    labels = read(ROOT / "data" / "annotations" / "train.csv")
    stored = read(LEFT_OUT).rename(columns={"probability": "careful"})
    fast = read(ROOT / "models" / "bundled.out_of_fold.csv").rename(
        columns={"probability": "bundled"}
    )
    frame = stored.merge(fast, on="id").merge(labels, on="id")
    p = frame[["careful", "bundled"]].astype(float)
    band = Scorer.load("careful").info["cascade"]
    doubted = p.bundled.between(band["low"], band["high"])
    p["cascade"] = np.where(doubted, p.careful, p.bundled)
    known = dict(zip(frame.id, p[reader], strict=True))
    return evaluate(Stored(scorer, known), frame.id.tolist(), frame.label.tolist())


def posts(scorer: Scorer, frame: pd.DataFrame) -> Report:
    signals = [cell.split() for cell in frame.sinyal]
    return evaluate(scorer, frame.text.tolist(), frame.label.tolist(), signals=signals)


def figures(report: Report) -> list[str]:
    return [
        with_interval(report.figures[key], report.intervals.get(key))
        for key in ("macro_f1", "average_precision", "ece", "band_share", "outside_accuracy")
    ]


def behaviour(scorer: Scorer) -> list[str]:
    found = run_checks(scorer, ROOT / "data" / "checks", kinds=["suite", "parity"]).to_dict()
    rates = {name: group["pass_rate"] for name, group in found["functionalities"].items()}
    weakest = min(rates, key=lambda name: (rates[name], name))
    parity = found["parity"]
    return [
        f"{found['pass_rate']:.3f}",
        f"{found['neutral_kept']:.3f}",
        f"{found['neutral_accused']:.3f}",
        f"{rates[weakest]:.2f} ({weakest})",
        f"{sum(rate < 0.8 for rate in rates.values())} of {len(rates)}",
        f"{found['evidence_hit_rate']:.3f}",
        f"{parity['mean_change']:.4f}",
        f"{parity['label_flips']:.2%}",
    ]


def in_indonesian(text: str) -> str:
    """The tables with Indonesian words and commas.

    >>> in_indonesian("| reader | under 0.80 |\\n| careful | 5 of 72, 0.9 (0.8 to 1.0) |")
    '| pembaca | di bawah 0,80 |\\n| careful | 5 dari 72, 0,9 (0,8 sampai 1,0) |'
    """
    for english, own in INDONESIAN.items():
        text = text.replace(english, own)
    for english, own in ((".", ","), (" to ", " sampai "), (" of ", " dari ")):
        text = re.sub(rf"(?<=\d){re.escape(english)}(?=\d)", own, text)
    return text


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--write", action="store_true", help="write them into the pages")
    options = parser.parse_args(arguments)
    sets: dict[str, Any] = {}
    if (options.real / "dev.csv").exists():
        sets["known sources (real dev.csv)"] = read(options.real / "dev.csv")
    elif options.write:
        print(f"{options.real}: no dev.csv there, so nothing can be written", file=sys.stderr)
        return 2
    else:
        print(f"NOT MEASURED: known sources ({options.real} is not there)", file=sys.stderr)
    sets["written posts (posts/test.csv)"] = read(ROOT / "data" / "posts" / "test.csv")
    scorers = {reader: Scorer.load(reader) for reader in READERS}
    rows = [
        ["sources never seen (a third of them)", reader, *figures(left_out(scorer, reader))]
        for reader, scorer in scorers.items()
    ]
    for name, frame in sets.items():
        rows += [[name, r, *figures(posts(scorer, frame))] for r, scorer in scorers.items()]
    first = table(
        ["data", "reader", "macro-F1", "average precision", "ECE", "in the band", "right outside"],
        rows,
    )
    second = table(
        [
            "reader", "suite passed", "netral kept", "netral accused", "weakest", "under 0.80",
            "evidence", "side swaps: mean change", "flips",
        ],
        [[reader, *behaviour(scorer)] for reader, scorer in scorers.items()],
    )  # fmt: skip
    text = f"{first}\n\n{second}"
    print(text)
    if options.write:
        for page in PAGES:
            write_between(ROOT / page, "readers", text)
        write_between(ROOT / "README.id.md", "readers", in_indonesian(text))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
