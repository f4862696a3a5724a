"""Prints the figures of the bundled model, each with the data it was measured on.

    python scripts/measure.py [--real ../shared/real] [--json] [--write]

Without `--real` data only what the repository holds is measured, and the rest is named as not
measured. Figures of sources left out come from the folds of the training itself. Neither the model
of the first third nor the encoder that taught it had seen those sources. Those of all three thirds
are optimistic: the teacher of the other two had seen labels of every source.
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
from netralitas_nlp.evaluation.words import WORDS
from netralitas_nlp.model.pages import LANGUAGES

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
    names = ("pass_rate", "neutral_kept", "partisan_found", "neutral_accused", "partisan_cleared",
             "pairs_right", "evidence_hit_rate")  # fmt: skip
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


# what README.id.md says for names that the words of the HTML report do not have
INDONESIAN = {
    "measured on": "diukur pada",
    "figures": "angka",
    "real train.csv, first third of the sources left out": (
        "unggahan nyata, `train.csv`, sepertiga pertama sumber disisihkan"
    ),
    "real train.csv, each third left out (optimistic)": (
        "unggahan nyata, `train.csv`, tiap sepertiga disisihkan "
        "(dua dari tiga gurunya mengenal sumber ini)"
    ),
    "real dev.csv": "unggahan nyata, `dev.csv`",
    "data/posts/test.csv": "`data/posts/test.csv`",
    "data/checks/suite.csv": "`data/checks/suite.csv`",
    "data/checks/suite.csv, changed spelling": "`data/checks/suite.csv`, ejaan diubah",
    "data/checks/direction.csv": "`data/checks/direction.csv`",
    "data/checks/parity.csv": "`data/checks/parity.csv`",
    "cases": "kasus",
    "pass rate": "lulus",
    "neutral kept": "netral tetap netral",
    "partisan found": "partisan ditemukan",
    "neutral accused": "netral dituduh",
    "partisan cleared": "partisan dilepas",
    "pairs right": "pasangan yang keduanya benar",
    "evidence hit rate": "bukti mengenai sasaran",
    "changed texts": "teks yang diubah",
    "labels that hold": "label bertahan",
    "pairs": "pasangan",
    "moved the right way": "bergeser ke arah yang benar",
    "both texts right": "kedua teks benar",
    "frames": "kalimat",
    "mean change": "perubahan rata-rata",
    "largest change": "perubahan terbesar",
    "label flips": "label berbalik",
}


def _cell(value: float | None, language: str) -> str:
    if value is None:  # undefined, as precision where nothing is said
        return "–"
    shown = f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
    return shown.translate(str.maketrans(",.", ".,")) if language == "id" else shown


def _name(key: str, language: str) -> str:
    name = key.replace("_", " ")
    if name.startswith("labels that hold, "):
        return name.partition(", ")[2]  # the change, as the code calls it
    return INDONESIAN[name] if language == "id" else name


def markdown(found: dict[str, Any], language: str = "en") -> str:
    """The figures as two Markdown tables: how often it is right, and how it behaves."""
    place = LANGUAGES.index(language)
    measured = {name: values for name, values in found.items() if "macro_f1" in values}
    heads = ["n", *(WORDS[key][place].partition(" (")[0] for key in SHOWN[1:])]
    on = _name("measured on", language)
    lines = [f"| {on} | {' | '.join(heads)} |", "|---" + "|---:" * len(heads) + "|"]
    for name, values in measured.items():
        cells = " | ".join(_cell(values[key], language) for key in SHOWN)
        lines.append(f"| {_name(name, language)} | {cells} |")
    lines += ["", f"| {on} | {_name('figures', language)} |", "|---|---|"]
    for name, values in found.items():
        if name not in measured:
            told = [f"{_name(key, language)} {_cell(value, language)}"
                    for key, value in values.items()]  # fmt: skip
            lines.append(f"| {_name(name, language)} | {'; '.join(told)} |")
    return "\n".join(lines) + "\n"


def write(found: dict[str, Any]) -> None:
    """Put the tables into both READMEs."""
    for language, name in (("en", "README.md"), ("id", "README.id.md")):
        write_between(ROOT / name, "figures", markdown(found, language))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="write the tables into both READMEs")
    options = parser.parse_args(arguments)
    scorer = Scorer.load(options.model)
    found: dict[str, Any] = {}
    if options.model == "bundled":
        for name, first in (("first third of the sources left out", True),
                            ("each third left out (optimistic)", False)):  # fmt: skip
            report = unseen_sources(scorer, rounds=0, first=first)
            found[f"real train.csv, {name}"] = {key: report.figures[key] for key in SHOWN}
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
        write(found)
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
