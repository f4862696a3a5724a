"""Prints every figure of the bundled model's card, with its data and its 95 % interval.

    python scripts/card.py [--real ../shared/real] [--write]

`--write` puts the tables between the markers of models/bundled/README.md and draws
reliability.svg beside it. Figures of sources never seen come from models/bundled.out_of_fold.csv:
the probabilities that training gave each post of train.csv while its source was left out, joined
with the published labels, so they need no text. Figures of the real dev.csv need its texts; the
rest is measured on what the repository holds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from markers import write_between
from train_bundled import ROOT, fingerprint, read

from netralitas_nlp import Scorer
from netralitas_nlp.evaluation import Report, evaluate, run_checks

CARD = ROOT / "models" / "bundled" / "README.md"
OUT_OF_FOLD = ROOT / "models" / "bundled.out_of_fold.csv"
COLUMNS = ("accuracy", "macro_f1", "average_precision", "precision", "recall", "ece")
FEWEST = 30  # smaller slices are noise and left out of the card


class Stored:
    """Probabilities that were computed before, behind the face of a scorer."""

    def __init__(self, scorer: Scorer, probability: Mapping[str, float]):
        self.positive, self.thresholds = scorer.positive, scorer.thresholds
        self.classes_ = scorer.classes_
        self._probability = probability

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        p = np.array([self._probability[text] for text in texts])
        return np.column_stack([1.0 - p, p])


def unseen_sources(
    scorer: Scorer, slices: Sequence[str] = (), rounds: int = 1000, *, first: bool = False
) -> Report:
    """Posts of train.csv, each read by a model that had never seen its source.

    `first`: only those whose source the teacher of that model had not seen either.
    """
    expected = scorer.info.get("training", {}).get("out_of_fold")
    if fingerprint(OUT_OF_FOLD) != expected:
        raise SystemExit(f"{OUT_OF_FOLD.name} belongs to another model; train again")
    stored = read(OUT_OF_FOLD).merge(read(ROOT / "data" / "annotations" / "train.csv"), on="id")
    if first:
        stored = stored[stored.third == "1"]
    probability = dict(zip(stored.id, stored.probability.astype(float), strict=True))
    return evaluate(
        Stored(scorer, probability), stored.id.tolist(), stored.label.tolist(),
        slices={name: stored[name].tolist() for name in slices}, rounds=rounds,
    )  # fmt: skip


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def with_interval(value: float | None, edges: Sequence[float] | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" + (f" ({edges[0]:.3f} to {edges[1]:.3f})" if edges else "")


def figures_row(name: str, found: Mapping[str, Any], intervals: Mapping[str, Any]) -> list[str]:
    one_label = found["prevalence"] in (0.0, 1.0)  # then most figures say nothing
    cells = [
        "-" if one_label and key != "accuracy" else with_interval(found[key], intervals.get(key))
        for key in COLUMNS
    ]
    return [name, f"{found['n']:,}", *cells]


def overall(reports: Mapping[str, Report]) -> str:
    rows = [figures_row(name, r.figures, r.intervals) for name, r in reports.items()]
    return table(["data", "texts", *(c.replace("_", " ") for c in COLUMNS)], rows)


def sliced(report: Report) -> str:
    parts = []
    for name, values in report.slices.items():
        rows = [
            figures_row(value or "not noted", found, found["intervals"])
            for value, found in values.items()
            if found["n"] >= FEWEST
        ]
        parts.append(table([name, "texts", *(c.replace("_", " ") for c in COLUMNS)], rows))
    return "\n\n".join(parts)


def band(reports: Mapping[str, Report]) -> str:
    rows = [
        [
            name,
            with_interval(r.figures["band_share"], r.intervals.get("band_share")),
            with_interval(r.figures["outside_accuracy"], r.intervals.get("outside_accuracy")),
        ]
        for name, r in reports.items()
    ]
    return table(["data", "texts in the band (`tinjau`)", "right outside it"], rows)


def thresholds(report: Report) -> str:
    rows = []
    for row in report.thresholds:
        expected = row["expected_precision"]
        rows.append(
            [
                f"{row['name'].replace('_', ' ')} ({row['threshold']:.3f})",
                *(with_interval(row[key], None) for key in ("precision", "recall")),
                *(with_interval(expected[share], None) for share in ("0.01", "0.05", "0.10")),
            ]
        )
    head = ["flag from", "precision here", "recall", "precision at 1 %", "at 5 %", "at 10 %"]
    return table(head, [row for row in rows if row])


def signals(reports: Mapping[str, Report]) -> str:
    names: list[str] = []
    for report in reports.values():
        names += [n for n in (report.signals or {})["all_rows"]["signals"] if n not in names]
    rows = []
    for name, report in reports.items():
        found = (report.signals or {})["all_rows"]
        cells = [
            f"{found['signals'][n]['f1']:.2f} ({found['signals'][n]['n']})"
            if found["signals"].get(n, {}).get("f1") is not None
            else "-"
            for n in names
        ]
        rows.append([name, with_interval(found["macro_f1"], found["interval"]), *cells])
    return table(["data", "macro-F1", *(f"{n}: F1 (texts)" for n in names)], rows)


def functionalities(found: Mapping[str, Any]) -> str:
    weakest_first = sorted(
        found["functionalities"].items(), key=lambda item: (item[1]["pass_rate"], item[0])
    )
    rows = [
        [
            name,
            str(group["cases"]),
            with_interval(group["pass_rate"], [group["low"], group["high"]]),
        ]
        for name, group in weakest_first
    ]
    return table(["functionality", "cases", "passed"], rows)


def parity(found: Mapping[str, Any]) -> str:
    rows = [
        [slot, f"{f['mean_change']:.4f}", f"{f['largest_change']:.3f}", f"{f['label_flips']:.2%}"]
        for slot, f in {"all frames": found, **found["slots"]}.items()
    ]
    return table(["swapped", "mean change", "largest change", "label flips"], rows)


def draw(reports: Mapping[str, Report]) -> str:
    """A reliability diagram as SVG: stated against observed frequency, one mark for each data."""
    marks: tuple[Callable[[float, float], str], ...] = (
        lambda x, y: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#1b4965"/>',
        lambda x, y: (
            f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="none" '
            'stroke="#b5442e" stroke-width="2"/>'
        ),
        lambda x, y: f'<path d="M{x - 6:.1f} {y + 5:.1f}h12l-6 -11z" fill="#6a7f1f"/>',
    )
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 400" role="img" '
        'font-family="sans-serif" font-size="13"><title>Reliability diagram</title>',
        '<rect width="420" height="400" fill="white"/>',
        '<path d="M50 350V30M50 350H370" stroke="#333" fill="none"/>',
        '<path d="M50 350L370 30" stroke="#999" stroke-dasharray="5 4"/>',
    ]
    for tick in (0, 0.5, 1):
        out.append(f'<text x="{50 + 320 * tick}" y="368" text-anchor="middle">{tick}</text>')
        out.append(f'<text x="42" y="{354 - 320 * tick}" text-anchor="end">{tick}</text>')
    out.append('<text x="210" y="390" text-anchor="middle">stated probability</text>')
    out.append(
        '<text x="14" y="190" text-anchor="middle" transform="rotate(-90 14 190)">'
        "observed share</text>"
    )
    for k, (name, report) in enumerate(reports.items()):
        out.append(marks[k](66, 44 + 20 * k) + f'<text x="78" y="{48 + 20 * k}">{name}</text>')
        for place in report.reliability:
            if place["n"] >= FEWEST:
                out.append(marks[k](50 + 320 * place["stated"], 350 - 320 * place["observed"]))
    return "\n".join([*out, "</svg>"]) + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--write", action="store_true", help="write them into the card")
    options = parser.parse_args(arguments)
    scorer = Scorer.load()

    def posts(path: Path, slices: Sequence[str]) -> Report:
        frame: pd.DataFrame = read(path)
        return evaluate(
            scorer, frame.text.tolist(), frame.label.tolist(),
            slices={name: frame[name].tolist() for name in slices},
            signals=[cell.split() for cell in frame.sinyal],
        )  # fmt: skip

    reports = {
        "sources never seen": unseen_sources(scorer, first=True),
        "each third left out": unseen_sources(scorer, ("repository", "register", "era")),
    }
    if (options.real / "dev.csv").exists():
        reports["known sources"] = posts(options.real / "dev.csv", ("repository", "register"))
    elif options.write:
        print(f"{options.real}: no dev.csv there, so the card cannot be written", file=sys.stderr)
        return 2
    else:
        print(f"NOT MEASURED: known sources ({options.real} is not there)", file=sys.stderr)
    reports["written posts"] = posts(
        ROOT / "data" / "posts" / "test.csv", ("register", "region", "language", "functionality")
    )
    checks = run_checks(scorer, ROOT / "data" / "checks", kinds=["suite", "parity"]).to_dict()
    labelled = {name: report for name, report in reports.items() if report.signals}
    sections = [
        ("Overall, at threshold 0.5", overall(reports)),
        ("Review band", band(reports)),
        ("What to expect where few texts take a side", "\n\n".join(
            f"Measured on {name}:\n\n{thresholds(report)}" for name, report in reports.items())),
        ("Signals, at 0.5, over all texts", signals(labelled)),
        ("Side swaps (data/checks/parity.csv)", parity(checks["parity"])),
        ("Behavioural suite (data/checks/suite.csv), weakest first", functionalities(checks)),
        *((f"Slices: {name}", sliced(report)) for name, report in reports.items()),
    ]  # fmt: skip
    text = "\n\n".join(f"### {title}\n\n{body}" for title, body in sections)
    print(text)
    if options.write:
        write_between(CARD, "figures", text)
        del reports["each third left out"]
        (CARD.parent / "reliability.svg").write_text(draw(reports), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
