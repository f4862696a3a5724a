"""Prints the figures of the bundled model, each with the data it was measured on.

    python scripts/measure.py [--real ../shared/real] [--json] [--write]

Without `--real` data only what the repository holds is measured, and the rest is named as not
measured. Figures of sources left out come from the folds of the training itself, a third of the
sources at a time, soft targets of those sources left out as well; they are a little optimistic
because the teacher that gave the other soft targets had seen labels of every source.
`scripts/card.py` gives the same with intervals and slices.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from card import unseen_sources
from markers import write_between
from train_bundled import ROOT, read

from netralitas_nlp import Scorer
from netralitas_nlp.evaluation import evaluate, read_parity, run_checks, run_parity

SHOWN = ("n", "macro_f1", "average_precision", "precision", "recall", "ece", "brier",
         "band_share", "outside_accuracy")  # fmt: skip


def sides(scorer: Scorer) -> dict[str, float]:
    """How far probabilities move when one side is swapped for another."""
    report = run_parity(scorer, read_parity(ROOT / "data" / "checks"))
    return {
        "frames": len(report.frames),
        "mean_change": report.mean_change,
        "largest_change": report.largest_change,
        "label_flips": report.label_flips,
    }


def behaviour(scorer: Scorer) -> dict[str, float]:
    """Whether texts get the label that their functionality asks for."""
    report = run_checks(scorer, ROOT / "data" / "checks", kinds=["suite"])
    names = ("pass_rate", "neutral_kept", "partisan_found", "pairs_right", "evidence_hit_rate")
    return {"cases": len(report.cases), **{name: getattr(report, name) for name in names}}


def holds(scorer: Scorer) -> dict[str, float]:
    """Whether labels hold when only spelling and dress change."""
    facts = run_checks(scorer, ROOT / "data" / "checks", kinds=["invariance"]).to_dict()
    found = facts["invariance"]
    return {
        "changed texts": found["cases"],
        "labels that hold": found["pass_rate"],
        **{f"labels that hold, {kind}": group["pass_rate"] for kind, group in
           found["kinds"].items()},
    }  # fmt: skip


def turns(scorer: Scorer) -> dict[str, float]:
    """Whether negation, prohibition and quotation move scores the right way."""
    facts = run_checks(scorer, ROOT / "data" / "checks", kinds=["direction"]).to_dict()
    found = facts["direction"]
    return {
        "pairs": found["cases"],
        "moved the right way": found["pass_rate"],
        "both texts right": found["both_right"],
    }


def figures(scorer: Scorer, frame: pd.DataFrame) -> dict[str, Any]:
    report = evaluate(scorer, frame.text.tolist(), frame.label.tolist())
    return {name: report.figures[name] for name in SHOWN}


def markdown(found: dict[str, Any]) -> str:
    """The figures as one Markdown table."""
    lines = ["| measured on | figure | value |", "|---|---|---:|"]
    for name, values in found.items():
        for key, value in values.items():
            shown = f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
            lines.append(f"| {name} | {key.replace('_', ' ')} | {shown} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    options = parser.parse_args(arguments)
    scorer = Scorer.load(options.model)
    found: dict[str, Any] = {}
    if options.model == "bundled":
        report = unseen_sources(scorer, rounds=0)
        found["real train.csv, sources left out"] = {name: report.figures[name] for name in SHOWN}
    found |= {
        "data/posts/test.csv": figures(scorer, read(ROOT / "data" / "posts" / "test.csv")),
        "data/checks/suite.csv": behaviour(scorer),
        "data/checks/suite.csv, changed spelling": holds(scorer),
        "data/checks/direction.csv": turns(scorer),
        "data/checks/parity.csv": sides(scorer),
    }
    if (options.real / "dev.csv").exists():
        found["real dev.csv"] = figures(scorer, read(options.real / "dev.csv"))
    else:
        print(f"NOT MEASURED: the real posts ({options.real} is not there)", file=sys.stderr)
    if options.write:
        write_between(ROOT / "README.md", "figures", markdown(found))
    if options.json:
        print(json.dumps(found, indent=2))
        return 0
    for name, values in found.items():
        print(name)
        for key, value in values.items():
            print(f"  {key:30} {value:.4f}" if isinstance(value, float) else f"  {key:30} {value}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
