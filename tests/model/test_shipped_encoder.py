"""The encoder that comes with the library: what it says, how large it is, what stands beside it."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from netralitas_nlp import Scorer

pytest.importorskip("onnxruntime", reason="NOT CHECKED: needs the extra [careful]")

# other processors and other releases of onnxruntime round otherwise
CLOSE = 0.02


@pytest.fixture(scope="module")
def folder(root):
    folder = root / "models" / "careful"
    if not (folder / "model.json").is_file():
        pytest.skip(f"NOT CHECKED: there is no encoder at {folder}")
    return folder


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["careful", "cascade"])
def test_it_says_what_was_stored(folder, root, name):
    """Also holds encoder and bundled model together: a pair that does not fit is not loaded."""
    stored = rows(root / "models" / "careful.scores.csv")
    texts = {row["id"]: row["text"] for row in rows(root / "data" / "posts" / "test.csv")}
    assert len(stored) > 50
    expected = np.array([float(row[name]) for row in stored])
    assert expected.std() > 0.3
    found = Scorer.load(name).predict_proba([texts[row["id"]] for row in stored])[:, 1]
    far = np.abs(found - expected).max()
    assert far <= CLOSE, f"{far:.3f} off; after training anew run python scripts/store_scores.py"


def test_the_cascade_saves_most_readings(folder, root):
    texts = [row["text"] for row in rows(root / "data" / "posts" / "test.csv")]
    model = Scorer.load("cascade").model
    asked = model.doubted(model.fast.log_odds(texts, labels_only=True)).mean()
    assert 0.05 < asked < 0.5


def test_it_is_small_and_stands_beside_its_card_and_licence(folder):
    files = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert sum(files.values()) < 40e6
    assert {"model.json", "network.onnx", "pieces.npz", "README.md"} <= set(files)
    licence = "".join(path.read_text("utf-8") for path in folder.glob("LICENSE*"))
    assert "MIT" in licence
    assert "Microsoft" in licence
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    assert meta["kind"] == "encoder"
    assert len(meta["training"]["fingerprint"]) == 64
    assert meta["thresholds"]["tinjau"] < 0.5 < meta["thresholds"]["partisan"]
    assert meta["cascade"]["low"] < 0.5 < meta["cascade"]["high"]


@pytest.mark.parametrize("name", ["careful", "cascade"])
def test_sides_do_not_move_it(folder, name):
    texts = [
        f"Ayo dukung {side} di TPS, coblos nomor {number}!"
        for side, number in (("Prabowo", 1), ("Jokowi", 2), ("Anies", 3), ("Ganjar", 4))
    ]
    p = Scorer.load(name).predict_proba(texts)[:, 1]
    assert np.ptp(p) < 1e-9
    assert p[0] > 0.5
