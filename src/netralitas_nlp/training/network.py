"""A trained encoder as an ONNX network of whole numbers.

The network reads one text at a time. Nothing is padded, so nothing is masked, and what one text
is worth cannot depend on the texts beside it. It holds standard operators only; onnxruntime
joins them into its own faster ones when it loads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["build_network", "layers_of"]

SingleArray = npt.NDArray[np.float32]

_HEAD_SIZE = 32  # numbers that one attention head compares
_EPSILON = 1e-12
# Seven bits: two products of an unsigned and a signed byte must fit into sixteen bits, which is
# how processors without instructions for neural networks add them up.
_LARGEST_WEIGHT = 63
_LARGEST_EMBEDDING = 127
_OPSET, _IR = 20, 9  # Gelu is an operator of its own since 20


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
    """Write an encoder as an ONNX model with weights of one byte.

    A post-norm transformer as in BERT (Devlin et al. 2019): words plus positions, normalised,
    then in each layer attention and two dense steps with the exact GELU between them, each added
    to its input and normalised. The mean over all positions goes through one linear head.

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
        Input ``ids`` (n,); outputs ``logits`` (1, heads) and ``parts`` (n, heads): what each
        piece adds to the logits, which are the sum of the parts and ``head.bias``. The same
        arrays give the same bytes.

    Raises
    ------
    ValueError
        If an array is missing, has another shape than the rest asks for, or is not finite.
    ModuleNotFoundError
        Without the package `onnx`.
    """
    return _Network(weights).model()


class _Network:
    """Collects nodes and constants."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]):
        from onnx import TensorProto, helper, numpy_helper  # only training writes networks

        self._helper, self._numpy, self._kinds = helper, numpy_helper, TensorProto
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}
        self._size = int(self._array("word").shape[1])
        if self._size % _HEAD_SIZE:
            raise ValueError(f"word has rows of {self._size} numbers, expected a multiple of 32")

    def model(self) -> bytes:
        helper, size = self._helper, self._size
        head = self._array("head.weight", None, size)
        heads = len(head)
        x = self._embedded()
        for layer in range(layers_of(self._weights)):
            x = self._layer(f"layer.{layer}", x)
        count = self._node("Cast", [self._node("Shape", ["ids"])], to=self._kinds.FLOAT)
        shares = self._node("MatMul", [x, self._constant("head", head.T)])
        self._node("Div", [shares, count], name="parts")
        first = self._constant("first_axis", np.array([0], dtype=np.int64))
        total = self._node("ReduceSum", ["parts", first], keepdims=1)
        bias = self._constant("head.bias", self._array("head.bias", heads))
        self._node("Add", [total, bias], name="logits")
        single = self._kinds.FLOAT
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info("ids", self._kinds.INT64, ["n"])],
            [
                helper.make_tensor_value_info("logits", single, [1, heads]),
                helper.make_tensor_value_info("parts", single, ["n", heads]),
            ],
            list(self._constants.values()),
        )
        opset = [helper.make_opsetid("", _OPSET)]
        model = helper.make_model(
            graph, opset_imports=opset, ir_version=_IR, producer_name="netralitas_nlp"
        )
        return bytes(model.SerializeToString(deterministic=True))

    def _embedded(self) -> str:
        size, single = self._size, self._kinds.FLOAT
        whole, scale = _rounded(self._array("word"), _LARGEST_EMBEDDING)
        rows = self._node("Gather", [self._constant("word", whole), "ids"])
        scales = self._node("Gather", [self._constant("word.scale", scale[:, None]), "ids"])
        words = self._node("Mul", [self._node("Cast", [rows], to=single), scales])
        place = self._constant("position", self._array("position", None, size))
        begin = self._constant("first_place", np.array([0], dtype=np.int64))
        places = self._node("Slice", [place, begin, self._node("Shape", ["ids"])])
        return self._norm("norm", self._node("Add", [words, places]))

    def _layer(self, name: str, x: str) -> str:
        size = self._size
        inner = len(self._array(f"{name}.up.weight"))
        weight = self._array(f"{name}.qkv.weight", 3 * size, size).copy()
        bias = self._array(f"{name}.qkv.bias", 3 * size).copy()
        # the scale of the scores, folded into what asks
        weight[:size] *= np.float32(_HEAD_SIZE**-0.5)
        bias[:size] *= np.float32(_HEAD_SIZE**-0.5)
        joint = self._dense(f"{name}.qkv", self._quantised(x), weight, bias)
        asked = self._heads(self._split(joint))
        # queries, keys, values; keys lie down for the product
        q, k, v = (
            self._node("Transpose", [part], perm=perm)
            for part, perm in zip(asked, ([1, 0, 2], [1, 2, 0], [1, 0, 2]), strict=True)
        )
        scores = self._node("Softmax", [self._node("MatMul", [q, k])], axis=-1)
        read = self._node("Transpose", [self._node("MatMul", [scores, v])], perm=[1, 0, 2])
        flat = self._constant("flat", np.array([-1, size], dtype=np.int64))
        read = self._node("Reshape", [read, flat])
        out = self._named(f"{name}.out", read, size, size)
        x = self._norm(f"{name}.out_norm", self._node("Add", [x, out]))
        up = self._node("Gelu", [self._named(f"{name}.up", x, inner, size)])
        down = self._named(f"{name}.down", up, size, inner)
        return self._norm(f"{name}.down_norm", self._node("Add", [x, down]))

    def _split(self, joint: str) -> list[str]:
        names = [f"v{len(self._nodes)}_{i}" for i in range(3)]
        node = self._helper.make_node("Split", [joint], names, axis=1, num_outputs=3)
        self._nodes.append(node)
        return names

    def _heads(self, parts: list[str]) -> list[str]:
        shape = np.array([-1, self._size // _HEAD_SIZE, _HEAD_SIZE], dtype=np.int64)
        by_head = self._constant("by_head", shape)
        return [self._node("Reshape", [part, by_head]) for part in parts]

    def _named(self, name: str, x: str, n_outputs: int, n_inputs: int) -> str:
        weight = self._array(f"{name}.weight", n_outputs, n_inputs)
        bias = self._array(f"{name}.bias", n_outputs)
        return self._dense(name, self._quantised(x), weight, bias)

    def _quantised(self, x: str) -> list[str]:
        names = [f"v{len(self._nodes)}_{i}" for i in range(3)]
        self._nodes.append(self._helper.make_node("DynamicQuantizeLinear", [x], names))
        return names

    def _dense(self, name: str, x: list[str], weight: SingleArray, bias: SingleArray) -> str:
        values, scale, zero = x
        whole, scales = _rounded(weight, _LARGEST_WEIGHT)
        matrix = self._constant(f"{name}.weight", np.ascontiguousarray(whole.T))
        product = self._node("MatMulInteger", [values, matrix, zero])
        real = self._node("Cast", [product], to=self._kinds.FLOAT)
        factor = self._node("Mul", [scale, self._constant(f"{name}.scale", scales)])
        scaled = self._node("Mul", [real, factor])
        return self._node("Add", [scaled, self._constant(f"{name}.bias", bias)])

    def _norm(self, name: str, x: str) -> str:
        parts = [
            self._constant(f"{name}.{part}", self._array(f"{name}.{part}", self._size))
            for part in ("weight", "bias")
        ]
        return self._node("LayerNormalization", [x, *parts], axis=-1, epsilon=_EPSILON)

    def _node(self, kind: str, inputs: list[str], name: str | None = None, **options: Any) -> str:
        name = name or f"v{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(kind, inputs, [name], **options))
        return name

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        """The name of a constant; one of the same name is the same."""
        if name not in self._constants:
            array = np.ascontiguousarray(values)
            self._constants[name] = self._numpy.from_array(array, name)
        return name

    def _array(self, name: str, *shape: int | None) -> SingleArray:
        if name not in self._weights:
            raise ValueError(f"weights lack {name!r}")
        array = np.asarray(self._weights[name], dtype=np.float32)
        dimensions = len(shape) or 2
        if array.ndim != dimensions or any(
            wanted not in (None, length) for wanted, length in zip(shape, array.shape, strict=False)
        ):
            wish = shape or ("any", "any")
            raise ValueError(f"{name!r} has shape {array.shape}, expected {wish}")
        if not array.size or not np.isfinite(array).all():
            raise ValueError(f"{name!r} is empty or holds numbers that are not finite")
        return array


def _rounded(rows: SingleArray, largest: int) -> tuple[npt.NDArray[np.int8], SingleArray]:
    """Whole numbers and the scale of each row."""
    scale = (np.abs(rows).max(axis=1) / largest).astype(np.float32)
    scale[scale == 0] = 1.0
    whole = np.clip(np.rint(rows / scale[:, None]), -largest, largest)
    return whole.astype(np.int8), scale
