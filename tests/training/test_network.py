"""The ONNX network says what the same arithmetic in plain numpy says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="needs the extra [dev]")
onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra [careful]")

from tiny_encoder import HEADS, SIZE, Weights, random_weights  # noqa: E402

from netralitas_nlp.training.network import (  # noqa: E402
    build_network,
    layers_of,
    trained_weights,
)

PIECES, PLACES = 50, 40


def forward(weights: Weights, ids: Any) -> Any:
    """Logits in double precision, nothing rounded."""
    w = {name: array.astype(np.float64) for name, array in weights.items()}

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * w[f"{name}.weight"] + w[f"{name}.bias"]

    def dense(x: Any, name: str) -> Any:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    erf = np.vectorize(math.erf)
    n = len(ids)
    x = norm(w["word"][ids] + w["position"][:n], "norm")
    for layer in range(layers_of(weights)):
        at = f"layer.{layer}"
        q, k, v = dense(x, f"{at}.qkv").reshape(n, 3, SIZE // 32, 32).transpose(1, 2, 0, 3)
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(32)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        read = (scores @ v).transpose(1, 0, 2).reshape(n, SIZE)
        x = norm(x + dense(read, f"{at}.out"), f"{at}.out_norm")
        up = dense(x, f"{at}.up")
        up = up * 0.5 * (1 + erf(up / math.sqrt(2)))
        x = norm(x + dense(up, f"{at}.down"), f"{at}.down_norm")
    return x.mean(axis=0) @ w["head.weight"].T + w["head.bias"]


def session(data: bytes, threads: int = 1) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def weights() -> Weights:
    return random_weights(pieces=PIECES, places=PLACES)


@pytest.fixture(scope="module")
def texts() -> list[Any]:
    draw = np.random.default_rng(1)
    return [draw.integers(0, PIECES, n) for n in (1, 2, 3, 7, 16, 25, 39, 40)]


def test_the_network_agrees_with_plain_arithmetic(weights: Weights, texts: list[Any]) -> None:
    run = session(build_network(weights)).run
    logits = np.stack([forward(weights, ids) for ids in texts])
    said = np.concatenate([run(["logits"], {"ids": ids})[0] for ids in texts])
    assert said.shape == logits.shape == (len(texts), len(HEADS))
    # what rounding to seven bits leaves of the differences between texts
    spread = logits.std(axis=0)
    assert (spread > 0.05).all()
    assert np.abs(said - logits).mean() < 0.05 * spread.mean()
    assert np.corrcoef(said.ravel(), logits.ravel())[0, 1] > 0.999


def test_the_same_weights_give_the_same_bytes(weights: Weights) -> None:
    data = build_network(weights)
    shuffled = dict(sorted(weights.items(), reverse=True))
    assert build_network(shuffled) == data
    changed = weights | {"head.bias": weights["head.bias"] + 1}
    assert build_network(changed) != data


def test_threads_change_nothing(weights: Weights, texts: list[Any]) -> None:
    data = build_network(weights)
    one, two = session(data), session(data, threads=2)
    for ids in texts:
        for a, b in zip(one.run(None, {"ids": ids}), two.run(None, {"ids": ids}), strict=True):
            assert a.tobytes() == b.tobytes()


def test_weights_stay_in_seven_bits(weights: Weights) -> None:
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(build_network(weights))
    arrays = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
    whole = {name for name, array in arrays.items() if array.dtype == np.int8}
    assert len(whole) == 1 + 4 * layers_of(weights)
    for name in whole - {"word"}:
        assert -64 <= arrays[name].min() < -50
        assert 50 < arrays[name].max() <= 63
    assert {node.domain for node in model.graph.node} == {""}  # standard operators alone
    onnx.checker.check_model(model, full_check=True)


def test_a_dead_output_is_no_division_by_zero(weights: Weights, texts: list[Any]) -> None:
    dead = weights | {"layer.0.up.weight": np.zeros_like(weights["layer.0.up.weight"])}
    run = session(build_network(dead)).run
    logits = run(["logits"], {"ids": texts[-1]})[0]
    np.testing.assert_allclose(logits[0], forward(dead, texts[-1]), atol=0.1)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("word", lambda a: a[:, :-1], "multiple of 32"),
        ("position", lambda a: a[:, :-32], "'position' has shape"),
        ("head.bias", lambda a: a[:-1], "'head.bias' has shape"),
        ("layer.1.qkv.weight", lambda a: a.T, r"'layer.1.qkv.weight' has shape"),
        ("layer.0.up.bias", lambda a: a * np.nan, "not finite"),
        ("layer.1.down_norm.bias", None, "weights lack 'layer.1.down_norm.bias'"),
    ],
)
def test_weights_that_do_not_fit_are_refused_by_name(
    weights: Weights, name: str, change: Any, message: str
) -> None:
    wrong = dict(weights)
    if change is None:
        del wrong[name]
    else:
        wrong[name] = change(wrong[name])
    with pytest.raises(ValueError, match=message):
        build_network(wrong)


def test_training_can_go_on_from_a_network(weights):
    again = trained_weights(build_network(weights))
    assert again.keys() == weights.keys()
    for name, array in weights.items():
        matrix = name == "word" or ("layer." in name and array.ndim == 2)
        largest = np.abs(array).max(axis=1, keepdims=True) if matrix else 0.0
        steps = 127 if name == "word" else 63
        far = np.abs(again[name] - array) > largest / steps * 0.51 + 1e-6
        assert not far.any(), name
    assert build_network(trained_weights(build_network(again))) == build_network(again)
