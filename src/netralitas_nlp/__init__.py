"""Does an Indonesian text take a political side?

The public names are loaded when they are first used, so that ``import netralitas_nlp`` costs
nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netralitas_nlp.lexicons import Lexicon, LexiconError
    from netralitas_nlp.model import (
        ArtefactError,
        Assessment,
        Evidence,
        MissingExtraError,
        Scorer,
        UnknownModelError,
        score,
    )
    from netralitas_nlp.text import Document, Normalizer, Token, mask_personal

__version__ = "0.1.0"

__all__ = [
    "ArtefactError",
    "Assessment",
    "Document",
    "Evidence",
    "Lexicon",
    "LexiconError",
    "MissingExtraError",
    "Normalizer",
    "Scorer",
    "Token",
    "UnknownModelError",
    "__version__",
    "mask_personal",
    "score",
]

_HOME = {
    **dict.fromkeys(("Lexicon", "LexiconError"), "netralitas_nlp.lexicons"),
    **dict.fromkeys(("Document", "Normalizer", "Token", "mask_personal"), "netralitas_nlp.text"),
    **dict.fromkeys(
        (
            "ArtefactError",
            "Assessment",
            "Evidence",
            "MissingExtraError",
            "Scorer",
            "UnknownModelError",
            "score",
        ),
        "netralitas_nlp.model",
    ),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'netralitas_nlp' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
