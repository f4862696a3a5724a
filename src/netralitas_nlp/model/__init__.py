"""Features to probabilities: `Scorer`, `Assessment`, `Evidence`, artefacts."""

from netralitas_nlp.model.assessment import SIGNALS, Assessment, Evidence
from netralitas_nlp.model.errors import ArtefactError, MissingExtraError, UnknownModelError
from netralitas_nlp.model.scorer import Scorer, score

__all__ = [
    "SIGNALS",
    "ArtefactError",
    "Assessment",
    "Evidence",
    "MissingExtraError",
    "Scorer",
    "UnknownModelError",
    "score",
]
