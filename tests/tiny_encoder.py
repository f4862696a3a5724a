"""A careful reader that was never trained: the form of the real one, small and at once there."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import numpy as np

from netralitas_nlp import Scorer
from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.model.careful_artefact import fingerprint, write_encoder
from netralitas_nlp.model.careful_loading import load_careful
from netralitas_nlp.model.gate import TOPIC
from netralitas_nlp.model.loading import bundled_path
from netralitas_nlp.model.pieces import FIRST, WINDOW
from netralitas_nlp.training.network import build_network

Weights = dict[str, Any]

SIZE, INNER = 64, 96
HEADS = ("partisan", TOPIC, *SIGNALS)
PIECES = [
    "▁", *string.ascii_letters, *string.digits, *".,!?'-#@:()é",
    "▁ayo", "▁coblos", "▁nomor", "▁dua", "▁dukung", "▁menang", "▁pilih", "▁pak", "▁calon", "▁tidak",
    "▁dan", "▁di", "▁yang", "▁kita", "▁hari", "▁pasar", "▁hujan", "▁turun", "▁warga", "▁bupati",
    *("▁" + letter for letter in string.ascii_lowercase),
    "kan", "an", "nya", "di", "me", "ng",
]  # fmt: skip
SCORES = np.array([-3 - 0.01 * i for i in range(len(PIECES))], dtype=np.float32)


def random_weights(
    seed: int = 0, layers: int = 2, pieces: int = FIRST + len(PIECES), places: int = WINDOW
) -> Weights:
    """What `build_network` takes, drawn by chance."""
    draw = np.random.default_rng(seed)

    def matrix(*shape: int) -> Any:
        return draw.normal(0, 0.15, shape).astype(np.float32)

    weights = {
        "word": matrix(pieces, SIZE), "position": matrix(places, SIZE),
        "norm.weight": 1 + matrix(SIZE), "norm.bias": matrix(SIZE),
        "head.weight": matrix(len(HEADS), SIZE), "head.bias": matrix(len(HEADS)),
    }  # fmt: skip
    shapes = {
        "qkv": (3 * SIZE, SIZE), "out": (SIZE, SIZE), "up": (INNER, SIZE), "down": (SIZE, INNER),
    }  # fmt: skip
    for layer in range(layers):
        for name, shape in shapes.items():
            weights[f"layer.{layer}.{name}.weight"] = matrix(*shape)
            weights[f"layer.{layer}.{name}.bias"] = matrix(shape[0])
        for name in ("out_norm", "down_norm"):
            weights[f"layer.{layer}.{name}.weight"] = 1 + matrix(SIZE)
            weights[f"layer.{layer}.{name}.bias"] = matrix(SIZE)
    return weights


def facts(slope: float = 0.2) -> dict[str, Any]:
    """A ``model.json`` that leans on the fast model, so that verdicts make sense."""
    return {
        "name": "tiny",
        "version": "0",
        "classes": ["netral", "partisan"],
        "positive": "partisan",
        "heads": list(HEADS),
        "thresholds": {"tinjau": 0.25, "partisan": 0.75},
        "calibration": [[slope, 1.0, 0.0]] * len(HEADS),
        "pooling": {"maximum": 0.3, "mean": 0.7, "number": 0.1, "offset": 0.2},
        "fast": {"sha256": fingerprint(bundled_path())},
        "cascade": {"low": 0.1, "high": 0.9},
        "training": {"fingerprint": "none"},
    }


def write(path: Path, **changes: Any) -> str:
    """Write an encoder folder with a small network of chance."""
    network = build_network(random_weights())
    return write_encoder(path, facts() | changes, network, PIECES, SCORES)


def cascade(folder: str) -> Scorer:
    """The cascade of an encoder folder that is not the shipped one."""
    return load_careful(folder, Scorer.load(), bundled_path(), cascade=True)
