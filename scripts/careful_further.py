"""Trains the shipped careful reader further, on the data of today, and writes the mean of its ends.

    python scripts/careful_further.py --real ../shared/real --work build/further

Where `train_careful.py` takes five hours from the start, this goes on from the weights in
models/careful: for each of `--seeds` a last stage of `--epochs` over everything (half an hour an
epoch on one core), each kept in `--work`, so that a run that was cut off goes on. What the network
that left sources out says (models/careful.left_out.csv) stays that of the last whole run.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path

import careful_refit
import numpy as np
import torch
from careful_fit import Arrays, Start, pieces_of, wordings
from train_bundled import ROOT, fingerprint, training_files, training_rows
from train_careful import HEADS, Encoder, train

from netralitas_nlp.model.artefact import read_facts
from netralitas_nlp.model.careful_artefact import read_encoder, write_encoder
from netralitas_nlp.model.pieces import PieceReader
from netralitas_nlp.training.network import build_network, trained_weights

CAREFUL = ROOT / "models" / "careful"


def shipped() -> Start:
    """Vocabulary and weights of the shipped encoder."""
    read_encoder(CAREFUL)  # refuses what is damaged
    with np.load(CAREFUL / "pieces.npz", allow_pickle=False) as stored:
        ends = stored["offsets"].tolist()
        blob, scores = stored["pieces"].tobytes(), stored["scores"]
    pieces = [blob[a:b].decode("utf-8") for a, b in itertools.pairwise(ends)]
    return Start(pieces, scores, trained_weights((CAREFUL / "network.onnx").read_bytes()))


def write_mean(start: Start, ends: Sequence[Arrays], real: Path, labelled: int) -> None:
    """Put the mean of some networks into the shipped folder and fit what stands behind it."""
    mean = {name: np.mean([end[name] for end in ends], axis=0) for name in ends[0]}
    meta = {k: v for k, v in read_facts(CAREFUL).items() if k not in ("kind", "format", "sha256")}
    meta["training"] |= {"labelled": labelled, "fingerprint": fingerprint(*training_files(real))}
    write_encoder(
        CAREFUL, meta, build_network(mean), start.pieces, np.asarray(start.scores), force=True
    )
    careful_refit.main(["--real", str(real)])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "further")
    parser.add_argument("--seeds", type=int, nargs="+", default=[8, 9])
    parser.add_argument("--epochs", type=int, default=1)
    options = parser.parse_args(arguments)
    if not (options.real / "train.csv").exists():
        print(f"{options.real}: no train.csv there; see data/README.md", file=sys.stderr)
        return 2
    options.work.mkdir(parents=True, exist_ok=True)
    torch.use_deterministic_algorithms(True)
    start = shipped()
    if (heads := len(start.weights["head.bias"])) != len(HEADS):
        print(f"{CAREFUL}: {heads} heads, expected {len(HEADS)}", file=sys.stderr)
        return 2
    reader = PieceReader(start.pieces, start.scores.tolist())
    rows = training_rows(options.real)
    rows["ids"] = [pieces_of(reader, words) for words in wordings(rows.text.tolist())]
    before = read_facts(CAREFUL)["sha256"]["network.onnx"]
    ends = []
    for seed in options.seeds:
        net, keep = Encoder(start), options.work / f"further{seed}"
        train(net, rows, reader, keep, epochs=options.epochs, seed=seed, name_acts=True,
              after=before)  # fmt: skip
        ends.append(net.arrays())
    write_mean(start, ends, options.real, len(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
