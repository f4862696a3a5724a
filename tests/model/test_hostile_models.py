"""More of what a model file may try; `test_artefact_files` holds the rest."""

from __future__ import annotations

import json
import shutil
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from netralitas_nlp import ArtefactError, Scorer


@pytest.fixture
def folder(small_folder, tmp_path):
    return Path(shutil.copytree(small_folder, tmp_path / "copy"))


def facts_of(folder, **changes):
    facts = json.loads((folder / "model.json").read_text("utf-8")) | changes
    (folder / "model.json").write_text(json.dumps(facts), encoding="utf-8")


def test_a_zip_bomb_is_not_opened(folder, tmp_path):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "model.json", "model.json")
        archive.writestr("weights.npz", b"\0" * (100 * 2**20))
    assert bomb.stat().st_size < 2**20
    tracemalloc.start()
    try:
        with pytest.raises(ArtefactError, match="packed suspiciously tight"):
            Scorer.load(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_part_that_stands_there_twice(folder):
    import hashlib

    path = folder / "weights.npz"
    with zipfile.ZipFile(path) as archive:
        name = archive.namelist()[0]
        data = archive.read(name)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, data)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    facts_of(folder, sha256={"weights.npz": digest})
    with pytest.raises(ArtefactError, match="twice"):
        Scorer.load(folder)


@pytest.mark.parametrize("number", [1e300, 1e10, float("nan"), float("inf")])
def test_absurd_numbers(folder, number):
    import hashlib
    import io

    path = folder / "weights.npz"
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["intercept"] = np.full_like(arrays["intercept"], number)
    out = io.BytesIO()
    np.savez(out, **arrays)
    path.write_bytes(out.getvalue())
    facts_of(folder, sha256={"weights.npz": hashlib.sha256(out.getvalue()).hexdigest()})
    with pytest.raises(ArtefactError, match="not finite or absurdly large"):
        Scorer.load(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"calibration": [[10**400, 0.0]]},
        {"calibration": [[1e300, 0.0]] * 8},
        {"thresholds": {"tinjau": float("nan"), "partisan": 0.9}},
        {"thresholds": {"tinjau": 10**400, "partisan": 0.9}},
        {"pooling": {"maximum": 1e300, "mean": 0, "number": 0, "offset": 0}},
        {"pooling": []},
        {"features": None},
        {"features": {"gram_range": [2, 10**6]}},
        {"features": {"gram_range": ["2", "5"]}},
        {"heads": 3},
        {"classes": ["satu"]},
        {"positive": "tidak ada"},
    ],
)
def test_absurd_facts(folder, changes):
    facts_of(folder, **changes)
    with pytest.raises(ArtefactError) as caught:
        Scorer.load(folder)
    assert "\n" not in str(caught.value)
