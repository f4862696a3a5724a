"""More of what a model file may try; `test_artefact_files` holds the rest."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import time
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


def with_arrays(folder, data):
    """Replace the arrays of a model and make its checksum right again."""
    (folder / "weights.npz").write_bytes(data)
    facts_of(folder, sha256={"weights.npz": hashlib.sha256(data).hexdigest()})
    return folder


def repacked(folder, change, method=zipfile.ZIP_STORED):
    """The arrays with the files of the archive changed."""
    with zipfile.ZipFile(folder / "weights.npz") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def header(shape, descr="<f4"):
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def absurd_shape(folder):
    change = {"coef.npy": header((2**40, 2**20)) + b"\0" * 64}
    return with_arrays(folder, repacked(folder, lambda parts: parts.update(change)))


def endless_header(folder):
    change = {"coef.npy": b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535}
    return with_arrays(folder, repacked(folder, lambda parts: parts.update(change)))


def packed_arrays(folder):
    change = {"coef.npy": header((2**24, 8)) + b"\0" * 2**27}
    data = repacked(folder, lambda parts: parts.update(change), zipfile.ZIP_DEFLATED)
    assert len(data) < 2**20
    return with_arrays(folder, data)


def a_size_that_lies(folder):
    """The table of contents says more than there is."""
    data = bytearray((folder / "weights.npz").read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 20 : entry + 28] = (2**31).to_bytes(4, "little") * 2
    return with_arrays(folder, bytes(data))


def a_size_that_lies_in_a_zip(folder):
    path = folder.parent / "model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.npz", b"\0" * 2**26)
        archive.write(folder / "model.json", "model.json")
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    return path


def facts_like_a_forest(folder):
    (folder / "model.json").write_text("[" + "[]," * 400_000 + "1]", "utf-8")
    return folder


def many_names(folder):
    return with_arrays(
        folder, repacked(folder, lambda parts: parts.update({f"{i}.npy": b"" for i in range(9999)}))
    )


@pytest.mark.parametrize(
    "make",
    [absurd_shape, endless_header, packed_arrays, a_size_that_lies, a_size_that_lies_in_a_zip,
     facts_like_a_forest, many_names],
    ids=lambda make: make.__name__,
)  # fmt: skip
def test_refused_at_once_and_without_room(folder, make):
    path = make(folder)
    begin = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(ArtefactError) as caught:
            Scorer.load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "\n" not in str(caught.value)
    assert peak < 16 * 2**20, f"{peak:,} bytes"
    assert time.process_time() - begin < 5
