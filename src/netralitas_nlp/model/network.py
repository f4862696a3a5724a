"""The network of the careful reader as an ONNX file, written and read back byte for byte.

The network reads one text at a time. Nothing is padded, so nothing is masked, and what a text is
worth cannot depend on the texts beside it. Weights are whole numbers of one byte; what flows
between them is rounded anew for each text. The file holds standard operators only; onnxruntime
joins them into faster ones of its own when it loads them.

A file from elsewhere is not trusted to be such a network: its arrays are taken out, the network
is written anew from them, and the file is loaded only if it is the same to the last byte. So no
other operator, no data outside the file and no array of an unforeseen shape gets any further.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.wire import WireError, block, fields, number, real

__all__ = ["HEAD_SIZE", "NetworkError", "Sizes", "read_network", "sizes_of", "write_network"]

Arrays = Mapping[str, npt.NDArray[Any]]

HEAD_SIZE = 32
"""Numbers that one attention head compares."""
_EPSILON = 1e-12
_OPSET, _IR = 20, 9  # Gelu is an operator of its own since 20
_KINDS = {"<f4": 1, "|i1": 3, "<i8": 7}  # of the elements of a tensor
_DTYPES = {number: name for name, number in _KINDS.items()}
_INT64, _SINGLE = 7, 1
_MOST = {"size": 1024, "inner": 4096, "layers": 48, "heads": 64, "pieces": 500_000, "places": 4096}
_LARGEST = 1e9
_AXIS, _FLAT, _BY_HEAD = "first", "flat", "by_head"  # constants that are no weights


class NetworkError(ValueError):
    """Arrays or bytes that are no network of this form."""


class Sizes(NamedTuple):
    """How large a network is."""

    pieces: int
    places: int
    size: int
    inner: int
    layers: int
    heads: int

    def arrays(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Type and shape of every array, by name, in the order of the file.

        Matrices are inputs x outputs, and ``.scale`` holds what one step of each output, or of
        each row of ``word``, is worth.
        """
        size, inner = self.size, self.inner
        out: dict[str, tuple[str, tuple[int, ...]]] = {
            "word": ("|i1", (self.pieces, size)),
            "word.scale": ("<f4", (self.pieces, 1)),
            "position": ("<f4", (self.places, size)),
            **_norm("norm", size),
        }
        for i in range(self.layers):
            out |= {
                **_dense(f"layer.{i}.qkv", size, 3 * size),
                **_dense(f"layer.{i}.out", size, size),
                **_norm(f"layer.{i}.out_norm", size),
                **_dense(f"layer.{i}.up", size, inner),
                **_dense(f"layer.{i}.down", inner, size),
                **_norm(f"layer.{i}.down_norm", size),
            }
        return out | {"head": ("<f4", (size, self.heads)), "head.bias": ("<f4", (self.heads,))}


def _norm(name: str, size: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {f"{name}.weight": ("<f4", (size,)), f"{name}.bias": ("<f4", (size,))}


def _dense(name: str, n_in: int, n_out: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {
        f"{name}.weight": ("|i1", (n_in, n_out)),
        f"{name}.scale": ("<f4", (n_out,)),
        f"{name}.bias": ("<f4", (n_out,)),
    }


def sizes_of(arrays: Arrays) -> Sizes:
    """Read how large a network is from its arrays, and check all of them.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        As `Sizes.arrays` lists them.

    Returns
    -------
    Sizes

    Raises
    ------
    NetworkError
        If an array is missing, unknown, of another type or shape, or not finite.
    """
    for name in ("word", "position", "head"):
        if name not in arrays or arrays[name].ndim != 2:
            raise NetworkError(f"array {name!r} is missing or no table")
    pieces, size = arrays["word"].shape
    layers = len({name.split(".")[1] for name in arrays if name.startswith("layer.")})
    up = arrays.get("layer.0.up.bias")
    inner = len(up) if up is not None and up.ndim == 1 else 1
    found = Sizes(pieces, len(arrays["position"]), size, inner, layers, arrays["head"].shape[1])
    for name, value in found._asdict().items():
        if not (name == "layers" or value) or value > _MOST[name]:
            raise NetworkError(f"a network with {name} {value:,}; at most {_MOST[name]:,}")
    if size % HEAD_SIZE:
        raise NetworkError(f"{size} numbers for each piece; expected a multiple of {HEAD_SIZE}")
    expected = found.arrays()
    if set(expected) != set(arrays):
        odd = sorted(set(expected) ^ set(arrays))[0]
        raise NetworkError(f"array {odd!r} is missing or unexpected")
    for name, (dtype, shape) in expected.items():
        array = arrays[name]
        if array.dtype.str != dtype or array.shape != shape:
            raise NetworkError(
                f"array {name!r} is {array.dtype.str} of shape {array.shape}, expected {dtype} "
                f"of shape {shape}"
            )
        # a comparison with NaN is false, too
        if dtype == "<f4" and not (np.abs(array) <= _LARGEST).all():
            raise NetworkError(f"array {name!r} holds numbers not finite or absurdly large")
    return found


def write_network(arrays: Arrays) -> bytes:
    """Write a network as an ONNX model; the same arrays give the same bytes.

    A post-norm transformer as in BERT (Devlin et al. 2019): pieces plus positions, normalised,
    then in each layer attention and two dense steps with the exact GELU between them, each added
    to its input and normalised. The mean over the text goes through one linear head.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        As `Sizes.arrays` lists them. What asks in the attention (the first third of ``qkv``)
        holds the scale of the scores already.

    Returns
    -------
    bytes
        Input ``ids`` (n,), output ``logits`` (1, heads).

    Raises
    ------
    NetworkError
        As `sizes_of`.
    """
    return _Writer(arrays).model()


def read_network(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Read the arrays of a network that `write_network` wrote.

    Parameters
    ----------
    data : bytes
        Of any origin.

    Returns
    -------
    dict of str to ndarray
        Views of `data`.

    Raises
    ------
    NetworkError
        If the file differs in any byte from what `write_network` makes of its arrays.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    try:
        for tensor in _blocks(_blocks([memoryview(data)], 7), 5):
            name, array = _array(tensor)
            if name in arrays:
                raise NetworkError(f"array {name!r} stands there twice")
            if name not in (_AXIS, _FLAT, _BY_HEAD):
                arrays[name] = array
    except (WireError, UnicodeDecodeError) as error:
        raise NetworkError(f"no network ({error})") from None
    if write_network(arrays) != data:
        raise NetworkError("the network has parts that no network of this library has")
    return arrays


def _blocks(messages: Any, wanted: int) -> Any:
    for message in messages:
        for field, value in fields(message):
            if field == wanted:
                if isinstance(value, int):
                    raise WireError(f"field {field} is a number")
                yield value


def _array(message: memoryview) -> tuple[str, npt.NDArray[Any]]:
    shape: list[int] = []
    dtype, name, raw = "", "", memoryview(b"")
    for field, value in fields(message):
        if field == 1 and isinstance(value, int):
            shape.append(value)
        elif field == 2 and isinstance(value, int):
            dtype = _DTYPES.get(value, "")
        elif field == 8 and not isinstance(value, int):
            name = bytes(value).decode("ascii")
        elif field == 9 and not isinstance(value, int):
            raw = value
        else:
            raise NetworkError(f"an array with unknown field {field}")
    if len(shape) > 2 or not dtype or math.prod(shape) * np.dtype(dtype).itemsize != len(raw):
        raise NetworkError(f"array {name!r} of shape {shape} has {len(raw):,} bytes")
    return name, np.frombuffer(raw, dtype=dtype).reshape(shape)


class _Writer:
    """Collects nodes, then writes them with the arrays."""

    def __init__(self, arrays: Arrays):
        self._sizes = sizes_of(arrays)
        self._arrays = arrays
        self._nodes: list[bytes] = []

    def model(self) -> bytes:
        self._nodes.clear()
        sizes = self._sizes
        x = self._embedded()
        for layer in range(sizes.layers):
            x = self._layer(f"layer.{layer}", x)
        mean = self._node("ReduceMean", [x, _AXIS], [("keepdims", 1)])
        self._node("Add", [self._node("MatMul", [mean, "head"]), "head.bias"], outputs=["logits"])
        constants = {
            _AXIS: [0],
            _FLAT: [-1, sizes.size],
            _BY_HEAD: [-1, sizes.size // HEAD_SIZE, HEAD_SIZE],
        }
        arrays = {name: np.array(values, dtype="<i8") for name, values in constants.items()}
        arrays |= {name: self._arrays[name] for name in sizes.arrays()}
        graph = [
            *(block(1, node) for node in self._nodes),
            block(2, b"encoder"),
            *(_tensor(name, array) for name, array in arrays.items()),
            block(11, _value("ids", _INT64, ["n"])),
            block(12, _value("logits", _SINGLE, [1, sizes.heads])),
        ]
        opset = block(8, block(1, b""), number(2, _OPSET))
        return b"".join([number(1, _IR), block(2, b"netralitas_nlp"), block(7, *graph), opset])

    def _embedded(self) -> str:
        rows = self._node("Cast", [self._node("Gather", ["word", "ids"])], [("to", _SINGLE)])
        words = self._node("Mul", [rows, self._node("Gather", ["word.scale", "ids"])])
        places = self._node("Slice", ["position", _AXIS, self._node("Shape", ["ids"])])
        return self._norm("norm", self._node("Add", [words, places]))

    def _layer(self, name: str, x: str) -> str:
        joint = self._dense(f"{name}.qkv", x)
        names = [f"{joint}.{part}" for part in "qkv"]
        self._node("Split", [joint], [("axis", 1), ("num_outputs", 3)], names)
        # keys lie down for the product
        q, k, v = (
            self._node("Transpose", [self._node("Reshape", [part, _BY_HEAD])], [("perm", perm)])
            for part, perm in zip(names, ([1, 0, 2], [1, 2, 0], [1, 0, 2]), strict=True)
        )
        scores = self._node("Softmax", [self._node("MatMul", [q, k])], [("axis", -1)])
        read = self._node("Transpose", [self._node("MatMul", [scores, v])], [("perm", [1, 0, 2])])
        out = self._dense(f"{name}.out", self._node("Reshape", [read, _FLAT]))
        x = self._norm(f"{name}.out_norm", self._node("Add", [x, out]))
        up = self._node("Gelu", [self._dense(f"{name}.up", x)])
        down = self._dense(f"{name}.down", up)
        return self._norm(f"{name}.down_norm", self._node("Add", [x, down]))

    def _dense(self, name: str, x: str) -> str:
        parts = [f"{name}.{part}" for part in ("whole", "step", "zero")]
        whole, step, zero = parts
        self._node("DynamicQuantizeLinear", [x], outputs=parts)
        product = self._node("MatMulInteger", [whole, f"{name}.weight", zero])
        single = self._node("Cast", [product], [("to", _SINGLE)])
        scaled = self._node("Mul", [single, self._node("Mul", [step, f"{name}.scale"])])
        return self._node("Add", [scaled, f"{name}.bias"])

    def _norm(self, name: str, x: str) -> str:
        options = [("axis", -1), ("epsilon", _EPSILON)]
        return self._node("LayerNormalization", [x, f"{name}.weight", f"{name}.bias"], options)

    def _node(
        self,
        kind: str,
        inputs: list[str],
        options: list[tuple[str, Any]] | None = None,
        outputs: list[str] | None = None,
    ) -> str:
        outputs = outputs or [f"v{len(self._nodes)}"]
        self._nodes.append(
            b"".join(
                [
                    *(block(1, name.encode()) for name in inputs),
                    *(block(2, name.encode()) for name in outputs),
                    block(4, kind.encode()),
                    *(block(5, _option(name, value)) for name, value in options or ()),
                ]
            )
        )
        return outputs[0]


def _option(name: str, value: Any) -> bytes:
    head = block(1, name.encode())
    if isinstance(value, float):
        return head + real(2, value) + number(20, 1)
    if isinstance(value, int):
        return head + number(3, value) + number(20, 2)
    return b"".join([head, *(number(8, item) for item in value), number(20, 7)])


def _tensor(name: str, array: npt.NDArray[Any]) -> bytes:
    shape = [number(1, length) for length in array.shape]
    kind = number(2, _KINDS[array.dtype.str])
    return block(5, *shape, kind, block(8, name.encode()), block(9, array.tobytes()))


def _value(name: str, kind: int, shape: list[int | str]) -> bytes:
    dimensions = [
        block(1, number(1, length) if isinstance(length, int) else block(2, length.encode()))
        for length in shape
    ]
    tensor = block(1, number(1, kind), block(2, *dimensions))
    return block(1, name.encode()) + block(2, tensor)
