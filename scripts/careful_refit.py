"""Fits the careful reader to a new bundled model: calibration and bands, not the encoder.

    python scripts/careful_refit.py --real ../shared/real

The careful reader adds its log-odds to those of the bundled model, so it is read beside the one
that it was fitted with and no other. What its encoder says of posts of sources left out stands in
models/careful.left_out.csv. A minute on one core.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from careful_fit import fit, held_readings, left_out_path, left_out_reading, write_left_out
from train_bundled import ANNOTATIONS, ROOT, held_rows, read

from netralitas_nlp.model.careful_artefact import read_encoder

CAREFUL = ROOT / "models" / "careful"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    options = parser.parse_args(arguments)
    if not (options.real / "dev.csv").exists():
        print(f"{options.real}: no dev.csv there; see data/README.md", file=sys.stderr)
        return 2
    parts = read_encoder(CAREFUL)
    heads = parts.meta["heads"]
    held = held_rows(options.real)
    pooling, readings = held_readings(parts.encoder, parts.pieces, heads, held)
    left = read(left_out_path(CAREFUL))
    rows = left[["id"]].merge(read(ANNOTATIONS / "train.csv"), on="id", validate="1:1")
    unseen = left_out_reading(rows, left.encoder.to_numpy(np.float64), heads)
    fitted = fit(heads, held.set.unique(), readings, unseen)
    meta = parts.meta | fitted | {"pooling": {k: float(v) for k, v in pooling._asdict().items()}}
    write_left_out(left_out_path(CAREFUL), rows, unseen, fitted["calibration"][0])
    text = json.dumps(meta, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (CAREFUL / "model.json").write_text(text, encoding="utf-8")
    print(f"{CAREFUL}: {fitted['calibration'][0]}, asked within {fitted['cascade']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
