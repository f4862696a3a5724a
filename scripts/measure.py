"""Prints the figures of the bundled model, each with the data it was measured on.

    python scripts/measure.py [--real ../shared/real] [--leave-out] [--json] [--write]

Without `--real` data only what the repository holds is measured, and the rest is named as not
measured. `--leave-out` trains anew with whole repositories left out (minutes): once on the
labelled texts alone, and once with soft targets, which are a little optimistic because the
teacher that gave them had seen the labels of the repositories left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score
from train_bundled import ROOT, fit, read, soft_rows, training_rows

from netralitas_nlp import Scorer
from netralitas_nlp.evaluation import evaluate, read_parity, run_checks, run_parity

FOLDS = 6
SHOWN = ("n", "macro_f1", "average_precision", "precision", "recall", "ece", "brier",
         "band_share", "outside_accuracy")  # fmt: skip


def leave_out(real: Path, *, soft: bool) -> float:
    """Macro-F1 on train.csv when whole repositories are left out."""
    rows = training_rows(real)
    is_real = rows.origin == "train"  # the natural mix; the pool was labelled where it is hard
    names = sorted(rows.source[is_real].unique())
    np.random.RandomState(0).shuffle(names)
    pool = soft_rows(real) if soft else None
    probability = np.zeros(len(rows))
    for fold in range(FOLDS):
        held = set(names[fold::FOLDS])
        left = rows.source.isin(held)
        test = left & is_real
        part = pool[~pool.repository.isin(held)] if pool is not None else None
        model = fit(rows[~left], part, signals=False)
        probability[test] = model.predict_proba(rows.text[test].tolist())[:, 1]
        print(f"  fold {fold + 1} of {FOLDS} done", file=sys.stderr)
    truth = rows.label[is_real] == "partisan"
    return float(f1_score(truth, probability[is_real] >= 0.5, average="macro"))


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
    parser.add_argument("--leave-out", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    options = parser.parse_args(arguments)
    scorer = Scorer.load(options.model)
    found: dict[str, Any] = {
        "data/posts/test.csv": figures(scorer, read(ROOT / "data" / "posts" / "test.csv")),
        "data/checks/suite.csv": behaviour(scorer),
        "data/checks/suite.csv, changed spelling": holds(scorer),
        "data/checks/direction.csv": turns(scorer),
        "data/checks/parity.csv": sides(scorer),
    }
    if (options.real / "dev.csv").exists():
        found["real dev.csv"] = figures(scorer, read(options.real / "dev.csv"))
        if options.leave_out:
            found["real train.csv, whole repositories left out"] = {
                "macro_f1 labelled texts only": leave_out(options.real, soft=False),
                "macro_f1 with soft targets": leave_out(options.real, soft=True),
            }
    else:
        print(f"NOT MEASURED: the real posts ({options.real} is not there)", file=sys.stderr)
    if options.write:
        readme = ROOT / "README.md"
        head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- figures -->\n")
        tail = rest.partition("<!-- /figures -->")[2]
        body = f"<!-- figures -->\n{markdown(found)}<!-- /figures -->"
        readme.write_text(head + body + tail, encoding="utf-8")
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
