"""What ``--extend`` brings on a source that the extended model has not seen.

    python scripts/compare_extend.py --real ../shared/real [--sources 3]

Of the largest real sources each is left out in turn: a model of the bundled kind (its linear heads
and training rows, without the unlabelled pool and the context reader) learns from everything else,
and small tables are drawn from the source. Prints macro-F1 on the rest of the source of that model
as it is, of a model of the small table alone, and of one that extends the former, over the sources.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from train_bundled import fit, training_rows

from netralitas_nlp.training import PartisanshipClassifier

SIZES = (50, 200, 500)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--real", type=Path, required=True, help="folder with the real train.csv")
    parser.add_argument("--sources", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    rows = training_rows(options.real)
    real = rows[rows.origin == "train"]
    largest = real.source.value_counts().index[: options.sources]
    found: dict[tuple[int, str], list[float]] = {}
    for source in largest:
        own = real[real.source == source]
        base = fit(rows[rows.source != source], signals=False, context_filters=0)
        with tempfile.TemporaryDirectory() as folder:
            base.save(folder + "/base")
            for seed in range(options.rounds):
                for size in SIZES:
                    part, rest = train_test_split(
                        own, train_size=size, stratify=own.label, random_state=seed
                    )
                    for name, model in {
                        "as it is": base,
                        "table alone": PartisanshipClassifier(n_jobs=2),
                        "extended": PartisanshipClassifier(n_jobs=2, extend=folder + "/base"),
                    }.items():
                        if model is not base:
                            model.fit(part.text.tolist(), part.label.tolist())
                        said = model.predict(rest.text.tolist())
                        score = 100 * f1_score(rest.label, said, average="macro")
                        found.setdefault((size, name), []).append(score)
    print(f"{'rows':>6}{'as it is':>12}{'table alone':>14}{'extended':>12}")
    for size in SIZES:
        mean = [np.mean(found[size, name]) for name in ("as it is", "table alone", "extended")]
        print(f"{size:6}{mean[0]:12.1f}{mean[1]:14.1f}{mean[2]:12.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
