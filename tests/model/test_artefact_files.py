"""What a reader of model files refuses; nothing in a model is ever run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from netralitas_nlp import ArtefactError, Scorer, UnknownModelError
from netralitas_nlp.model.artefact import read_artefact, write_artefact
from netralitas_nlp.model.loading import save_model

TEXTS = ["Ayo coblos nomor dua", "KPU menetapkan jadwal", ""]


@pytest.fixture
def folder(small_folder, tmp_path):
    return Path(shutil.copytree(small_folder, tmp_path / "copy"))


def refused(path, match=None):
    with pytest.raises(ArtefactError, match=match) as caught:
        Scorer.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def array_bytes(array, **options):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0), **options)
    return stream.getvalue()


def header(shape, descr="<f4", body=b"\0" * 24):
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body


def rewrite(folder, change, method=zipfile.ZIP_STORED):
    """Put other arrays into a model and make its checksum right again."""
    with np.load(folder / "weights.npz") as stored:
        parts = {name: array_bytes(stored[name]) for name in stored.files}
        arrays = {name: stored[name] for name in stored.files}
    change(parts, arrays)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(f"{name}.npy", data)
    data = stream.getvalue()
    (folder / "weights.npz").write_bytes(data)
    edit(folder, sha256={"weights.npz": hashlib.sha256(data).hexdigest()})


def edit(folder, **facts):
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(meta | facts), "utf-8")


def zipped(folder, target, prefix="", method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(target, "w", method) as archive:
        for name in ("model.json", "weights.npz"):
            archive.write(folder / name, prefix + name)
    return target


def test_a_copy_loads_and_agrees(folder, small_scorer):
    rewrite(folder, lambda parts, arrays: None)
    assert np.array_equal(
        Scorer.load(folder).predict_proba(TEXTS), small_scorer.predict_proba(TEXTS)
    )


def test_layout(small_folder):
    assert sorted(os.listdir(small_folder)) == ["model.json", "weights.npz"]
    meta = json.loads((Path(small_folder) / "model.json").read_text("utf-8"))
    assert meta["format"] == 3  # without a context reader
    assert meta["classes"] == ["netral", "partisan"]
    assert meta["name"] == "small"
    assert set(meta["thresholds"]) == {"tinjau", "partisan"}
    with np.load(Path(small_folder) / "weights.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


@pytest.mark.parametrize("place", [0, 30, 500, 5000, -30, -1])
def test_an_altered_byte(folder, place):
    data = bytearray((folder / "weights.npz").read_bytes())
    data[place] ^= 1
    (folder / "weights.npz").write_bytes(data)
    refused(folder, "altered or damaged")


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
@pytest.mark.parametrize("part", ["weights.npz", "model.json"])
def test_a_truncated_part(folder, part, share):
    data = (folder / part).read_bytes()
    (folder / part).write_bytes(data[: int(len(data) * share)])
    refused(folder)


@pytest.mark.parametrize("part", ["weights.npz", "model.json"])
def test_a_missing_part(folder, part):
    (folder / part).unlink()
    refused(folder, part)


def test_a_missing_array(folder):
    rewrite(folder, lambda parts, arrays: parts.pop("coef"))
    refused(folder, "coef")


def test_an_unexpected_array(folder):
    rewrite(folder, lambda parts, arrays: parts.update(more=array_bytes(np.zeros(3))))
    refused(folder, "more")


class _Bomb:
    def __reduce__(self):
        return os.mkdir, (_Bomb.path,)  # leaves a trace if it is ever run


def test_pickled_arrays_are_not_run(folder, tmp_path):
    _Bomb.path = str(tmp_path / "boom")
    bomb = np.array([_Bomb()], dtype=object)
    sound = (folder / "weights.npz").read_bytes()
    for name in ("coef", "words"):
        (folder / "weights.npz").write_bytes(sound)
        rewrite(folder, lambda parts, arrays, name=name: parts.update({name: array_bytes(bomb)}))
        refused(folder, name)
    (folder / "weights.npz").write_bytes(pickle.dumps(_Bomb()))
    digest = hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest()
    edit(folder, sha256={"weights.npz": digest})
    refused(folder, "damaged")
    (folder / "model.json").write_bytes(pickle.dumps(_Bomb()))
    refused(folder, "JSON")
    (tmp_path / "single").write_bytes(pickle.dumps(_Bomb()))
    refused(tmp_path / "single")
    assert not (tmp_path / "boom").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("coef", header("(10000000000, 1000000)")),
        ("coef", header("(4294967296, 4294967296, 4294967296)")),
        ("coef", header("(7,)")),
        ("coef", header("(6,)", descr="|O")),
        ("coef", header("(3,)", descr="<f8")),
        ("coef", header("(6,)", descr=">f4")),
        ("coef", header("(6,)", descr="nonsense")),
        ("coef", b""),
        ("coef", b"\x93NUMPY\x01\x00\xff\xff"),
        ("coef", b"\x93NUMPY\x03\x00"),
        ("coef", b"hello" * 20),
        ("words", header("(24,)", descr="|i1")),
    ],
)
def test_bad_array_headers(folder, name, data):
    rewrite(folder, lambda parts, arrays: parts.update({name: data}))
    refused(folder, name)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("coef", lambda a: a.astype(np.float64)),
        ("coef", lambda a: a[:-1]),
        ("coef", lambda a: a[:, :1]),
        ("coef", np.asfortranarray),
        ("coef", lambda a: a.ravel()),
        ("intercept", lambda a: a[:-1]),
        ("intercept", lambda a: a.astype(np.float32)),
        ("pairs", lambda a: a.astype(np.int32)),
        ("words", lambda a: a[: len(a) // 2]),
        ("words", lambda a: np.full_like(a, 255)),
        ("cue_masks", lambda a: a[:3]),
        ("phrase_sizes", lambda a: a[:2]),
        ("coef", lambda a: np.where(np.arange(a.size).reshape(a.shape) == 5, np.float32("nan"), a)),
        ("intercept", lambda a: a * np.inf),
        ("word_idf", lambda a: a * np.float32("nan")),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_wrong_dtype_shape_or_numbers(folder, name, change):
    rewrite(folder, lambda parts, arrays: parts.update({name: array_bytes(change(arrays[name]))}))
    refused(folder)


def test_compressed_arrays_are_refused(folder):
    rewrite(folder, lambda parts, arrays: None, zipfile.ZIP_DEFLATED)
    refused(folder, "unexpected part")


@pytest.mark.parametrize("number", [0, 4, 99, "1", None, [1], 1.5])
def test_another_format(folder, number):
    edit(folder, format=number)
    assert "which reads formats 1, 2, 3, 5" in refused(folder)


@pytest.mark.parametrize(
    "text", ["[]", "1", "null", '"a"', "", "{", "{}", "\ufeff{}", "[" * 100000]
)
def test_json_that_is_no_model(folder, text):
    (folder / "model.json").write_text(text, "utf-8")
    refused(folder)


def test_json_that_is_no_text(folder):
    (folder / "model.json").write_bytes(b"\xff\xfe\x00")
    refused(folder, "JSON")


@pytest.mark.parametrize(
    "facts",
    [
        {"classes": ["netral"]},
        {"classes": 5},
        {"positive": "lain"},
        {"heads": []},
        {"heads": None},
        {"thresholds": {}},
        {"thresholds": {"tinjau": "x", "partisan": 1}},
        {"calibration": [[1.0, 0.0]]},
        {"calibration": "x"},
        {"pooling": {"unknown": 1.0}},
        {"pooling": 3},
        {"features": {}},
        {"features": {"gram_range": [2]}},
        {"sha256": None},
        {"sha256": {}},
    ],
    ids=str,
)
def test_facts_that_do_not_fit(folder, facts):
    edit(folder, **facts)
    refused(folder)


@pytest.mark.parametrize("prefix", ["", "my-model/", "a/b/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_of_the_folder(folder, tmp_path, small_scorer, prefix, method):
    path = zipped(folder, tmp_path / "model.zip", prefix, method)
    assert np.array_equal(Scorer.load(path).predict_proba(TEXTS), small_scorer.predict_proba(TEXTS))


def test_names_in_a_zip_write_nothing(folder, tmp_path):
    (tmp_path / "inner").mkdir()
    path = tmp_path / "inner" / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("model.json", "weights.npz"):
            archive.write(folder / name, name)
        archive.writestr("../evil.txt", "evil")
        archive.writestr("/evil.txt", "evil")
        archive.writestr("../../model.txt/../evil.py", "evil")
    before = sorted(tmp_path.rglob("*"))
    Scorer.load(path)
    only = tmp_path / "inner" / "outside.zip"
    with zipfile.ZipFile(only, "w") as archive:
        archive.writestr("../evil.txt", "evil")
    refused(only, "missing")
    only.unlink()
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/evil.txt").exists()


def test_a_damaged_zip(folder, tmp_path):
    path = zipped(folder, tmp_path / "model.zip")
    data = path.read_bytes()
    for cut in (0, 10, len(data) // 2, len(data) - 5):
        path.write_bytes(data[:cut])
        refused(path)
    altered = bytearray(data)
    altered[data.index(b"NUMPY") + 500] ^= 1
    path.write_bytes(altered)
    refused(path)


def test_a_zip_without_a_part(folder, tmp_path):
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / "model.json", "model.json")
    refused(path, r"weights\.npz")


def test_no_model_there(tmp_path):
    with pytest.raises(UnknownModelError, match="nowhere"):
        Scorer.load(tmp_path / "nowhere")
    refused(tmp_path, "no model folder")


def test_an_existing_folder_is_kept(small, folder):
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(FileExistsError, match="force"):
        small.save(folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    (folder / "KARTU.md").write_text("card", "utf-8")
    small.save(folder, {"name": "other"}, force=True)
    assert (folder / "KARTU.md").read_text("utf-8") == "card"
    assert Scorer.load(folder).info["name"] == "other"
    assert sorted(p.name for p in folder.parent.iterdir() if p.name.startswith(".")) == []


def test_force_replaces_models_only_and_keeps_folders(small, folder, tmp_path):
    (folder / "gambar").mkdir()
    (folder / "gambar" / "a.txt").write_text("x", "utf-8")
    small.save(folder, force=True)
    assert (folder / "gambar" / "a.txt").exists()
    other = tmp_path / "skripsi"
    other.mkdir()
    (other / "bab1.txt").write_text("x", "utf-8")
    with pytest.raises(FileExistsError, match="no model"):
        small.save(other, force=True)
    assert [p.name for p in other.iterdir()] == ["bab1.txt"]


def test_an_interruption_between_the_renames_gives_the_old_model_back(small, folder, monkeypatch):
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    steps = iter([os.rename])

    def rename(source, target):
        if next(steps, None) is None and not source.endswith(".old"):
            raise KeyboardInterrupt
        rename_for_real(source, target)

    rename_for_real = os.rename
    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(KeyboardInterrupt):
        small.save(folder, {"name": "other"}, force=True)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in folder.parent.iterdir() if p.name.startswith(".")] == []


def test_load_and_save_keep_the_bytes(small_folder, tmp_path):
    again = save_model(tmp_path / "again", Scorer.load(small_folder))
    for name in ("model.json", "weights.npz"):
        assert (Path(again) / name).read_bytes() == (Path(small_folder) / name).read_bytes()


def test_writer_wants_every_array(tmp_path, small_folder):
    meta, arrays = read_artefact(small_folder)
    del arrays["coef"]
    with pytest.raises(ValueError, match="arrays"):
        write_artefact(tmp_path / "new", meta, arrays)
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path, folder):
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "no plain file")
    (folder / "weights.npz").unlink()
    os.mkfifo(folder / "weights.npz")
    refused(folder, "weights.npz is missing")


def test_a_part_that_may_not_be_read(folder, monkeypatch):
    def denied(*args):
        raise PermissionError(13, "Permission denied", args[0])

    monkeypatch.setattr("builtins.open", denied)
    refused(folder, "model.json cannot be read")
