"""Encoders on disk: facts as JSON, the network as ONNX, its pieces as plain arrays.

The rules of `netralitas_nlp.model.artefact` hold here too. This is format 4. An encoder leans on
the bundled model, so it names the one that it was fitted with, and is read beside no other.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.artefact import read_arrays, read_facts, read_part, write_parts
from netralitas_nlp.model.encoder import Encoder
from netralitas_nlp.model.errors import ArtefactError
from netralitas_nlp.model.network import NetworkError
from netralitas_nlp.model.pieces import WINDOW, PieceReader

__all__ = ["FORMAT", "KIND", "EncoderParts", "fingerprint", "read_encoder", "write_encoder"]

FORMAT = 4
"""Number of the format that `write_encoder` writes."""
KIND = "encoder"
"""What ``kind`` in ``model.json`` says."""

_NETWORK, _PIECES = "network.onnx", "pieces.npz"
_DTYPES = {"pieces": "|u1", "offsets": "<u4", "scores": "<f4"}
_MOST_NETWORK, _MOST_PIECES = 128 * 2**20, 16 * 2**20


class EncoderParts(NamedTuple):
    """What an encoder folder holds.

    Attributes
    ----------
    meta : dict
        The content of ``model.json``.
    encoder : Encoder
    pieces : PieceReader
    """

    meta: dict[str, Any]
    encoder: Encoder
    pieces: PieceReader


def fingerprint(folder: str | os.PathLike[str]) -> str:
    """Checksum of ``model.json`` of a model folder, which holds those of its other parts."""
    with open(os.path.join(folder, "model.json"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def write_encoder(
    path: str | os.PathLike[str],
    meta: Mapping[str, Any],
    network: bytes,
    pieces: Sequence[str],
    scores: npt.NDArray[np.float32],
    *,
    force: bool = False,
) -> str:
    """Write an encoder folder; the same numbers give the same bytes.

    Parameters
    ----------
    path : path-like
        Folder to make.
    meta : mapping
        ``classes``, ``positive``, ``heads``, ``thresholds``, ``calibration`` (slope, slope of the
        fast log-odds and offset for each head), ``pooling``, ``fast`` (the `fingerprint` of the
        bundled model it was fitted with), ``cascade`` (``low``, ``high`` and, unless they are those
        of the careful reader, ``thresholds``), ``name``, ``training``; kind, format number and
        checksums are added.
    network : bytes
        As `netralitas_nlp.training.network.build_network` makes it.
    pieces : sequence of str
        In the order of their numbers, without those for begin, end, unknown and sides.
    scores : ndarray of float32 of shape (n_pieces,)
    force : bool, default=False
        Replace a model that stands there; other files beside it, its card, stay.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    FileExistsError
        If the folder exists and `force` is false.
    ValueError
        If network and pieces do not fit each other.
    """
    _fitting(Encoder(network), PieceReader(pieces, scores.tolist()))
    encoded = [piece.encode("utf-8") for piece in pieces]
    arrays = {
        "pieces": np.frombuffer(b"".join(encoded), dtype="|u1"),
        "offsets": np.cumsum([0, *map(len, encoded)]).astype("<u4"),
        "scores": scores.astype("<f4"),
    }
    buffer = io.BytesIO()
    np.savez(buffer, **{name: arrays[name] for name in sorted(arrays)})  # type: ignore[arg-type]
    facts = {**meta, "kind": KIND, "format": FORMAT}
    return write_parts(path, facts, {_NETWORK: network, _PIECES: buffer.getvalue()}, force=force)


def read_encoder(path: str | os.PathLike[str]) -> EncoderParts:
    """Read an encoder folder, or a zip file of it, and check it before anything is used.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    EncoderParts

    Raises
    ------
    ArtefactError
        If a part is missing, damaged, altered, too large, of an unknown format, or if the network
        is not of the form that this library writes.
    """
    source = os.fspath(path)
    meta = read_facts(source)
    if meta.get("kind") != KIND or meta.get("format") != FORMAT:
        raise ArtefactError(
            f"{source}: kind {meta.get('kind')!r} of format {meta.get('format')!r} is not readable "
            f"by this version, which reads encoders of format {FORMAT}; upgrade netralitas-nlp"
        )
    data = read_part(source, meta, _PIECES, _MOST_PIECES)
    arrays = read_arrays(source, _PIECES, data, _DTYPES)
    network = read_part(source, meta, _NETWORK, _MOST_NETWORK)
    try:
        pieces = _pieces(arrays)
        encoder = Encoder(network)
        _fitting(encoder, pieces)
    except (NetworkError, KeyError, ValueError) as error:
        raise ArtefactError(f"{source}: network or pieces cannot be used ({error})") from None
    return EncoderParts(meta, encoder, pieces)


def _pieces(arrays: Mapping[str, npt.NDArray[Any]]) -> PieceReader:
    blob, offsets = arrays["pieces"].tobytes(), arrays["offsets"].astype(np.int64)
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(blob):
        raise ValueError("offsets of the pieces do not span them")
    if (np.diff(offsets) < 1).any():
        raise ValueError("offsets of the pieces do not rise")
    names = [blob[a:b].decode("utf-8") for a, b in itertools.pairwise(offsets.tolist())]
    return PieceReader(names, arrays["scores"].tolist())


def _fitting(encoder: Encoder, pieces: PieceReader) -> None:
    if encoder.sizes.pieces != len(pieces) or encoder.sizes.places < WINDOW:
        raise ValueError(
            f"a network of {encoder.sizes.pieces:,} pieces and {encoder.sizes.places} places does "
            f"not fit {len(pieces):,} pieces and windows of {WINDOW}"
        )
