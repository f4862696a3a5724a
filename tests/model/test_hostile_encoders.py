"""What a reader of encoder folders refuses, and that no session is made of what it refuses."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from netralitas_nlp import ArtefactError, Scorer, UnknownModelError
from netralitas_nlp.model import careful_artefact, encoder
from netralitas_nlp.model.network import NetworkError, Sizes, read_network, write_network
from netralitas_nlp.model.wire import WireError, block, fields, number

pytest.importorskip("onnxruntime", reason="NOT CHECKED: needs the extra [careful]")

PARTS = ("network.onnx", "pieces.npz")
TEXTS = ["Ayo coblos nomor dua", "KPU menetapkan jadwal", ""]


@pytest.fixture
def folder(tiny_folder, tmp_path):
    return Path(shutil.copytree(tiny_folder, tmp_path / "copy"))


@pytest.fixture
def no_session(monkeypatch):
    def refuse(data):
        raise AssertionError("onnxruntime was given a network that should have been refused")

    monkeypatch.setattr(encoder, "_session", refuse)


def edit(folder, **changes):
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(meta | changes), "utf-8")


def put(folder, part, data):
    """Replace a part and make its checksum right again."""
    (folder / part).write_bytes(data)
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    edit(folder, sha256=meta["sha256"] | {part: hashlib.sha256(data).hexdigest()})


def refused(path, match=None):
    with pytest.raises(ArtefactError, match=match) as caught:
        Scorer.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def arrays_of(folder):
    with np.load(folder / "pieces.npz") as stored:
        return {name: stored[name] for name in stored.files}


def put_pieces(folder, **changes):
    stream = io.BytesIO()
    np.savez(stream, **(arrays_of(folder) | changes))
    put(folder, "pieces.npz", stream.getvalue())


def test_a_copy_loads_and_agrees(folder, tiny_folder):
    p = Scorer.load(folder).predict_proba(TEXTS)
    assert np.array_equal(p, Scorer.load(tiny_folder).predict_proba(TEXTS))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("place", [0, 60, 700, -30, -1])
def test_an_altered_byte(folder, no_session, part, place):
    data = bytearray((folder / part).read_bytes())
    data[place] ^= 1
    (folder / part).write_bytes(data)
    refused(folder, "altered or damaged")


@pytest.mark.parametrize("part", [*PARTS, "model.json"])
@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_a_truncated_part(folder, no_session, part, share):
    data = (folder / part).read_bytes()
    (folder / part).write_bytes(data[: int(len(data) * share)])
    refused(folder)


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part(folder, no_session, part):
    (folder / part).unlink()
    refused(folder, part)


@pytest.mark.parametrize(
    ("part", "most"), [("network.onnx", "_MOST_NETWORK"), ("pieces.npz", "_MOST_PIECES")]
)
def test_a_part_that_is_too_large(folder, no_session, monkeypatch, part, most):
    monkeypatch.setattr(careful_artefact, most, 100)
    refused(folder, f"{part} is larger than 100 bytes")


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 3}, {"format": 5}, {"format": "4"}, {"format": None}, {"kind": "other"},
        {"kind": 4}, {"kind": []}, {"sha256": None}, {"sha256": {}},
        {"classes": ["netral"]}, {"classes": ["partisan", "netral"]}, {"classes": None},
        {"positive": "netral"}, {"positive": None},
        {"heads": []}, {"heads": None}, {"heads": ["partisan"] * 8}, {"heads": ["lain"] * 8},
        {"heads": ["politik", "partisan", "dukungan", "ajakan", "serangan", "atribut",
                   "keterlibatan", "wewenang"]},
        {"calibration": None}, {"calibration": [[1.0, 0.0]] * 8}, {"calibration": [["x"] * 3] * 8},
        {"calibration": [[float("nan"), 0.0, 0.0]] * 8}, {"calibration": [[1e300, 0.0, 0.0]] * 8},
        {"calibration": [[10**400, 0.0, 0.0]] * 8},
        {"pooling": None}, {"pooling": {"maximum": 1.0}},
        {"pooling": {"maximum": float("inf"), "mean": 0, "number": 0, "offset": 0}},
        {"thresholds": {}}, {"thresholds": {"tinjau": 0.9, "partisan": 0.1}},
        {"fast": None}, {"fast": {}},
    ],
    ids=str,
)  # fmt: skip
def test_facts_that_do_not_fit(folder, no_session, changes):
    edit(folder, **changes)
    refused(folder)


@pytest.mark.parametrize(
    "band", [None, {}, {"low": 0.5}, {"low": 0.9, "high": 0.1}, {"low": -1, "high": 2},
             {"low": float("nan"), "high": 0.5}, {"low": "x", "high": 1}],
)  # fmt: skip
def test_a_cascade_without_a_band(folder, no_session, band):
    import tiny_encoder

    edit(folder, cascade=band)
    Scorer.load(folder)  # the careful reader alone needs none
    with pytest.raises(ArtefactError, match="do not fit together"):
        tiny_encoder.cascade(str(folder))


def test_an_encoder_of_another_bundled_model(folder, no_session):
    edit(folder, fast={"sha256": "0" * 64})
    refused(folder, "another bundled model")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("offsets", lambda a: a[:-1]),
        ("offsets", lambda a: a[1:]),
        ("offsets", lambda a: a[::-1].copy()),
        ("offsets", lambda a: np.where(np.arange(len(a)) == 5, a[4], a).astype(a.dtype)),
        ("offsets", lambda a: a[:0]),
        ("offsets", lambda a: a.astype("<i8")),
        ("pieces", lambda a: np.full_like(a, 255)),
        ("pieces", lambda a: np.full_like(a, 97)),
        ("pieces", lambda a: a[:-1]),
        ("pieces", lambda a: a.reshape(1, -1)),
        ("scores", lambda a: a[:-1]),
        ("scores", lambda a: a * np.float32("nan")),
        ("scores", lambda a: a * np.float32(1e20)),
        ("scores", lambda a: a.astype("<f8")),
        ("scores", lambda a: a.astype(object)),
    ],
)
def test_pieces_that_do_not_fit(folder, no_session, name, change):
    put_pieces(folder, **{name: change(arrays_of(folder)[name])})
    refused(folder)


def test_pieces_with_another_array_or_without_one(folder, no_session):
    put_pieces(folder, more=np.zeros(3))
    refused(folder, "unexpected part")
    stream = io.BytesIO()
    np.savez(stream, pieces=np.zeros(3, dtype="|u1"))
    put(folder, "pieces.npz", stream.getvalue())
    refused(folder, "offsets")


def test_more_pieces_than_the_network_knows(folder, no_session):
    arrays = arrays_of(folder)
    put_pieces(
        folder,
        pieces=np.append(arrays["pieces"], np.frombuffer(b"zzz", dtype="|u1")),
        offsets=np.append(arrays["offsets"], arrays["offsets"][-1] + 3).astype("<u4"),
        scores=np.append(arrays["scores"], np.float32(-9)).astype("<f4"),
    )
    refused(folder, "does not fit")


# --- the network itself ------------------------------------------------------------------------


def foreign(change):
    """The network after a change by the means of the onnx package."""
    onnx = pytest.importorskip("onnx", reason="NOT CHECKED: needs the extra [test]")

    def apply(data):
        model = onnx.load_from_string(data)
        change(onnx, model)
        return model.SerializeToString()

    return apply


def _operator(onnx, model):
    next(node for node in model.graph.node if node.op_type == "Gelu").op_type = "Erf"


def _domain(onnx, model):
    model.graph.node[0].domain = "com.example"


def _outside(onnx, model):
    tensor = model.graph.initializer[-1]
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../etc/passwd"
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.ClearField("raw_data")


def _outside_beside_the_data(onnx, model):
    entry = model.graph.initializer[-1].external_data.add()
    entry.key, entry.value = "location", "/dev/zero"


def _more_nodes(onnx, model):
    ones = onnx.numpy_helper.from_array(np.ones((4000, 1), dtype=np.float32), "ones")
    model.graph.initializer.append(ones)
    model.graph.node.append(onnx.helper.make_node("MatMul", ["ones", "ones"], ["huge"]))


def _nodes_alone(onnx, model):
    model.graph.node.append(onnx.helper.make_node("Identity", ["ids"], ["again"]))


def _output(onnx, model):
    kind = onnx.TensorProto.FLOAT
    model.graph.output.append(onnx.helper.make_tensor_value_info("v0", kind, None))


def _attribute(onnx, model):
    node = next(node for node in model.graph.node if node.op_type == "LayerNormalization")
    next(item for item in node.attribute if item.name == "epsilon").f = 0.5


def _subgraph(onnx, model):
    node = onnx.helper.make_node("If", ["ids"], ["x"], then_branch=model.graph)
    model.graph.node.append(node)


def _function(onnx, model):
    model.functions.append(
        onnx.helper.make_function("a", "F", ["x"], ["y"], [], [onnx.helper.make_opsetid("", 20)])
    )


def _opset(onnx, model):
    model.opset_import[0].version = 13


def _notes(onnx, model):
    model.doc_string = "harmless, and still not ours"


def _sparse(onnx, model):
    model.graph.sparse_initializer.add()


def _not_finite(onnx, model):
    tensor = next(item for item in model.graph.initializer if item.name == "head.bias")
    tensor.raw_data = np.full(8, np.nan, dtype="<f4").tobytes()


def _shape(onnx, model):
    tensor = next(item for item in model.graph.initializer if item.name == "word")
    tensor.dims[0] = 2**40


def _order(onnx, model):
    first = model.graph.initializer.pop(0)
    model.graph.initializer.append(first)


@pytest.mark.parametrize(
    "change",
    [_operator, _domain, _outside, _outside_beside_the_data, _more_nodes, _nodes_alone, _output,
     _attribute, _subgraph, _function, _opset, _notes, _sparse, _not_finite, _shape, _order],
    ids=lambda change: change.__name__.strip("_"),
)  # fmt: skip
def test_any_other_network_is_refused(folder, no_session, change):
    data = (folder / "network.onnx").read_bytes()
    changed = foreign(change)(data)
    assert changed != data
    put(folder, "network.onnx", changed)
    refused(folder, "cannot be used")


def test_onnx_writes_the_same_bytes(folder):
    """Ours is the plain form of the format, so a foreign writer alone changes nothing."""
    data = (folder / "network.onnx").read_bytes()
    assert foreign(lambda onnx, model: None)(data) == data


@pytest.mark.parametrize("data", [b"", b"\0", b"\x3a\x05", b"not a network", b"\xff" * 100,
                                  block(7, block(5, number(1, 2**62), number(2, 1)))])  # fmt: skip
def test_bytes_that_are_no_network(folder, no_session, data):
    put(folder, "network.onnx", data)
    refused(folder, "cannot be used")


def test_no_flipped_bit_of_the_form_gets_through(folder):
    """Everything but the numbers of the arrays: nodes, names, shapes, types."""
    data = (folder / "network.onnx").read_bytes()
    arrays = read_network(data)
    held = {data.index(array.tobytes()): array.nbytes for array in arrays.values()}
    form = np.ones(len(data), dtype=bool)
    for begin, size in held.items():
        form[begin : begin + size] = False
    places = np.flatnonzero(form)
    assert len(places) > 3000
    for place in np.random.default_rng(0).choice(places, 300, replace=False).tolist():
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        with pytest.raises(NetworkError):
            read_network(bytes(changed))


def test_arrays_come_back_as_they_were_written(folder):
    data = (folder / "network.onnx").read_bytes()
    arrays = read_network(data)
    assert write_network(arrays) == data
    assert write_network(dict(reversed(arrays.items()))) == data


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("word", None),
        ("word", np.zeros((5, 64), dtype=np.int16)),
        ("word", np.zeros((0, 64), dtype=np.int8)),
        ("word", np.zeros((5, 70), dtype=np.int8)),
        ("head", np.zeros((64, 65), dtype=np.float32)),
        ("head", np.zeros(64, dtype=np.float32)),
        ("layer.1.up.weight", np.zeros((64, 97), dtype=np.int8)),
        ("layer.7.up.weight", np.zeros((64, 96), dtype=np.int8)),
        ("norm.bias", np.full(64, np.inf, dtype=np.float32)),
        ("more", np.zeros(3, dtype=np.float32)),
    ],
)
def test_arrays_that_make_no_network(folder, name, array):
    arrays = read_network((folder / "network.onnx").read_bytes()) | {name: array}
    with pytest.raises(NetworkError):
        write_network({name: array for name, array in arrays.items() if array is not None})


def test_absurd_sizes_are_refused_before_anything_is_made():
    sizes = Sizes(10, 96, 32, 32, 49, 8)
    arrays = {name: np.zeros(shape, dtype) for name, (dtype, shape) in sizes.arrays().items()}
    with pytest.raises(NetworkError, match="layers 49"):
        write_network(arrays)


@pytest.mark.parametrize("data", [b"\x08", b"\x08" + b"\xff" * 11, b"\x12\x7f", b"\x0b\x01"])
def test_broken_messages(data):
    with pytest.raises(WireError):
        list(fields(memoryview(data)))


# --- zip files ---------------------------------------------------------------------------------


def zipped(folder, target, prefix=""):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("model.json", *PARTS):
            archive.write(folder / name, prefix + name)
    return target


@pytest.mark.parametrize("prefix", ["", "careful/", "../../"])
def test_a_zip_of_the_folder(folder, tmp_path, tiny_folder, prefix):
    before = sorted(tmp_path.rglob("*"))
    path = zipped(folder, tmp_path / "model.zip", prefix)
    p = Scorer.load(path).predict_proba(TEXTS)
    assert np.array_equal(p, Scorer.load(tiny_folder).predict_proba(TEXTS))
    assert sorted(tmp_path.rglob("*")) == sorted([*before, path])  # nothing is unpacked


def test_a_zip_bomb(folder, tmp_path, no_session):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "model.json", "model.json")
        archive.write(folder / "pieces.npz", "pieces.npz")
        archive.writestr("network.onnx", b"\0" * (100 * 2**20))
    refused(bomb, "packed suspiciously tight")


# --- writing -----------------------------------------------------------------------------------


def test_writing_again_gives_the_same_bytes(folder, tmp_path):
    import tiny_encoder

    tiny_encoder.write(tmp_path / "again")
    for part in ("model.json", *PARTS):
        assert (tmp_path / "again" / part).read_bytes() == (folder / part).read_bytes()


def test_a_card_stays_and_nothing_is_replaced_unasked(folder):
    import tiny_encoder

    (folder / "README.md").write_text("card", "utf-8")
    with pytest.raises(FileExistsError, match="force"):
        tiny_encoder.write(folder)
    parts = careful_artefact.read_encoder(folder)
    network = (folder / "network.onnx").read_bytes()
    facts = parts.meta | {"name": "other"}
    with pytest.raises(ValueError, match="does not fit"):
        careful_artefact.write_encoder(
            folder, facts, network, ["▁"], np.zeros(1, dtype=np.float32), force=True
        )
    careful_artefact.write_encoder(
        folder, facts, network, tiny_encoder.PIECES, tiny_encoder.SCORES, force=True
    )
    assert (folder / "README.md").read_text("utf-8") == "card"
    assert Scorer.load(folder).info["name"] == "other"


def test_a_careful_model_that_is_not_there(monkeypatch, tmp_path):
    from netralitas_nlp.model import loading

    monkeypatch.setattr(loading.os.path, "isfile", lambda path: "careful" not in str(path))
    for name in ("careful", "cascade"):
        with pytest.raises(UnknownModelError, match="the careful model is missing") as caught:
            Scorer.load(name)
        assert "\n" not in str(caught.value)
