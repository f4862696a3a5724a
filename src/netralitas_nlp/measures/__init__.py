"""From true labels and probabilities to figures and intervals; training and evaluation share it."""

from netralitas_nlp.measures.figures import FIGURES, Weighted, figures
from netralitas_nlp.measures.intervals import bootstrap, calibration_interval, interval, wilson

__all__ = [
    "FIGURES",
    "Weighted",
    "bootstrap",
    "calibration_interval",
    "figures",
    "interval",
    "wilson",
]
