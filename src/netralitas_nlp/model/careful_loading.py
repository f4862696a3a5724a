"""From an encoder folder to a `Scorer`: the careful reader alone, or the cascade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from netralitas_nlp.model.careful import CarefulModel, Joint
from netralitas_nlp.model.careful_artefact import EncoderParts, fingerprint, read_encoder
from netralitas_nlp.model.cascade import CascadeModel
from netralitas_nlp.model.encoder import need_runtime
from netralitas_nlp.model.errors import ArtefactError
from netralitas_nlp.model.fast import FastModel
from netralitas_nlp.model.loading import fitting, make_scorer
from netralitas_nlp.model.pooling import Pooling
from netralitas_nlp.model.scorer import Scorer

__all__ = ["load_careful"]

_LARGEST = 1e6


def load_careful(path: str, fast: Scorer, fast_path: str, *, cascade: bool) -> Scorer:
    """Load an encoder.

    Parameters
    ----------
    path : str
        Folder or zip file.
    fast : Scorer
        The bundled model, with the user's own terms if there are any.
    fast_path : str
        Its folder.
    cascade : bool
        Ask the encoder only where the fast model doubts.

    Returns
    -------
    Scorer

    Raises
    ------
    MissingExtraError
        Without onnxruntime.
    ArtefactError
        If the folder is damaged, altered, or was fitted with another bundled model.
    """
    need_runtime()
    parts = read_encoder(path)
    meta = parts.meta
    with fitting(path):
        if meta["fast"]["sha256"] != fingerprint(fast_path):
            raise ArtefactError(
                f"{path}: was fitted with another bundled model than the one that is installed; "
                "use the release that it belongs to"
            )
        assert isinstance(fast.model, FastModel)
        model = _careful(parts, fast.model)
        if str(meta["positive"]) != model.classes[1]:
            raise ValueError(f"positive label {meta['positive']!r} is not {model.classes[1]!r}")
        if not cascade:
            return make_scorer(model, meta)
        low, high = _band(meta)
        own = {"thresholds": meta["cascade"].get("thresholds", meta["thresholds"])}
        return make_scorer(CascadeModel(model, low, high), {**meta, **own, "name": "cascade"})


def _careful(parts: EncoderParts, fast: FastModel) -> CarefulModel:
    meta = parts.meta
    heads = tuple(str(head) for head in meta["heads"])
    if tuple(meta["classes"]) != fast.classes or heads[:1] != fast.heads[:1]:
        raise ValueError(f"classes {meta['classes']} and heads {heads} are not the fast model's")
    unknown = [head for head in heads if head not in fast.heads]
    if unknown or len(set(heads)) != len(heads) or len(heads) != parts.encoder.sizes.heads:
        raise ValueError(f"heads {heads} are unknown, doubled or not those of the network")
    calibration = np.array(meta["calibration"], dtype=np.float64)
    if calibration.shape != (len(heads), 3):
        raise ValueError(f"calibration of shape {calibration.shape}")
    pooling = Pooling(*(float(meta["pooling"][name]) for name in Pooling._fields))
    if not (np.abs([*calibration.ravel(), *pooling]) <= _LARGEST).all():
        raise ValueError("calibration and pooling must be finite numbers of a sensible size")
    return CarefulModel(fast, parts.encoder, parts.pieces, heads, Joint(*calibration.T), pooling)


def _band(meta: Mapping[str, Any]) -> tuple[float, float]:
    low, high = (float(meta["cascade"][edge]) for edge in ("low", "high"))
    if not 0.0 <= low <= high <= 1.0:
        raise ValueError(f"cascade from {low} to {high} is no band between 0 and 1")
    return low, high
