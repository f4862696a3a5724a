"""From the numbers of a trained encoder to the whole numbers of its network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.network import HEAD_SIZE, read_network, write_network

__all__ = ["build_network", "layers_of", "trained_weights"]

SingleArray = npt.NDArray[np.float32]

# Seven bits: two products of an unsigned and a signed byte must fit into sixteen bits, which is
# how processors without instructions for neural networks add them up.
_LARGEST_WEIGHT = 63
_LARGEST_EMBEDDING = 127


def layers_of(weights: Mapping[str, npt.NDArray[Any]]) -> int:
    """Number of layers that named arrays hold.

    Parameters
    ----------
    weights : mapping of str to ndarray
        As for `build_network`.

    Returns
    -------
    int

    Examples
    --------
    >>> layers_of({"layer.0.up.weight": np.zeros((4, 2)), "layer.1.up.weight": np.zeros((4, 2))})
    2
    """
    return len({name.split(".")[1] for name in weights if name.startswith("layer.")})


def build_network(weights: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Round a trained encoder to weights of one byte and write it as an ONNX model.

    Parameters
    ----------
    weights : mapping of str to ndarray
        ``word`` (pieces, size), ``position`` (places, size), ``norm.weight``, ``norm.bias``, for
        each layer ``layer.N.`` the parts ``qkv``, ``out``, ``up``, ``down`` (``.weight`` outputs
        x inputs, ``.bias``) and ``out_norm``, ``down_norm``, then ``head.weight``, ``head.bias``.
        `size` is a multiple of 32, the width of one attention head.

    Returns
    -------
    bytes
        As `netralitas_nlp.model.network.write_network` makes them. Rows of ``word`` have eight
        bits and a scale of their own, the outputs of the matrices seven bits and a scale each;
        positions, norms, offsets and the head stay as they are.

    Raises
    ------
    ValueError
        If an array is missing, has another shape than the rest asks for, or is not finite.
    """
    take = _Taker(weights)
    word = take("word", None, None)
    size = word.shape[1]
    if size % HEAD_SIZE:
        raise ValueError(f"word has rows of {size} numbers, expected a multiple of {HEAD_SIZE}")
    whole, scale = _rounded(word, _LARGEST_EMBEDDING)
    arrays: dict[str, npt.NDArray[Any]] = {"word": whole, "word.scale": scale[:, None]}
    arrays["position"] = take("position", None, size)
    norms = ["norm"]
    for i in range(layers_of(weights)):
        inner = len(take(f"layer.{i}.up.weight", None, size))
        for name, n_out, n_in in (
            (f"layer.{i}.qkv", 3 * size, size),
            (f"layer.{i}.out", size, size),
            (f"layer.{i}.up", inner, size),
            (f"layer.{i}.down", size, inner),
        ):
            weight, bias = take(f"{name}.weight", n_out, n_in), take(f"{name}.bias", n_out)
            if name.endswith("qkv"):  # the scale of the scores goes into what asks
                factor = np.ones(n_out, dtype=np.float32)
                factor[:size] = HEAD_SIZE**-0.5
                weight, bias = weight * factor[:, None], bias * factor
            whole, arrays[f"{name}.scale"] = _rounded(weight, _LARGEST_WEIGHT)
            arrays[f"{name}.weight"] = np.ascontiguousarray(whole.T)
            arrays[f"{name}.bias"] = bias
        norms += [f"layer.{i}.out_norm", f"layer.{i}.down_norm"]
    for name in norms:
        for part in ("weight", "bias"):
            arrays[f"{name}.{part}"] = take(f"{name}.{part}", size)
    head = take("head.weight", None, size)
    arrays["head"] = np.ascontiguousarray(head.T)
    arrays["head.bias"] = take("head.bias", len(head))
    return write_network(arrays)


def trained_weights(network: bytes) -> dict[str, SingleArray]:
    """Undo `build_network`, up to its rounding: weights from which training can go on.

    Parameters
    ----------
    network : bytes
        As `build_network` makes it.

    Returns
    -------
    dict of str to ndarray
        Named and shaped as `build_network` takes them.

    Raises
    ------
    NetworkError
        If the network is not one that this library wrote.
    """
    arrays = read_network(network)
    out: dict[str, SingleArray] = {"word": arrays["word"] * arrays["word.scale"]}
    for name, array in arrays.items():
        scale = arrays.get(name.replace(".weight", ".scale"))
        if name.endswith(".weight") and scale is not None:
            out[name] = np.array(array.T * scale[:, None], dtype=np.float32)
        elif name != "word" and not name.endswith(".scale"):
            out[name] = np.array(array, dtype=np.float32)
    for name in [name for name in out if ".qkv." in name]:
        out[name][: len(out[name]) // 3] *= HEAD_SIZE**0.5
    out["head.weight"] = np.ascontiguousarray(out.pop("head").T)
    return out


class _Taker:
    """Hands out arrays of the right shape, or says which one is wrong."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]):
        self._weights = weights

    def __call__(self, name: str, *shape: int | None) -> SingleArray:
        if name not in self._weights:
            raise ValueError(f"weights lack {name!r}")
        array = np.asarray(self._weights[name], dtype="<f4")
        if array.ndim != len(shape) or any(
            wanted not in (None, length) for wanted, length in zip(shape, array.shape, strict=True)
        ):
            wish = " x ".join("any" if length is None else str(length) for length in shape)
            raise ValueError(f"{name!r} has shape {array.shape}, expected {wish}")
        if not array.size or not np.isfinite(array).all():
            raise ValueError(f"{name!r} is empty or holds numbers that are not finite")
        return array


def _rounded(rows: SingleArray, largest: int) -> tuple[npt.NDArray[np.int8], SingleArray]:
    """Whole numbers and the scale of each row."""
    scale = (np.abs(rows).max(axis=1) / largest).astype("<f4")
    scale[scale == 0] = 1.0
    whole = np.clip(np.rint(rows / scale[:, None]), -largest, largest)
    return whole.astype(np.int8), scale
