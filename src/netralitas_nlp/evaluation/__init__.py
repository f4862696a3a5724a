"""Model and labelled data to a report; behavioural checks."""

from netralitas_nlp.evaluation.checks import CheckReport, read_suite, run_checks
from netralitas_nlp.evaluation.direction import DirectionReport, read_direction, run_direction
from netralitas_nlp.evaluation.figures import expected_calibration_error
from netralitas_nlp.evaluation.floors import FloorError, Floors, figures_of
from netralitas_nlp.evaluation.invariance import InvarianceReport, run_invariance
from netralitas_nlp.evaluation.learning import learning_curve
from netralitas_nlp.evaluation.parity import (
    ParityReport,
    Swap,
    read_parity,
    run_parity,
    run_swaps,
    swap_sides,
)
from netralitas_nlp.evaluation.perturb import perturb
from netralitas_nlp.evaluation.report import Report, evaluate

__all__ = [
    "CheckReport",
    "DirectionReport",
    "FloorError",
    "Floors",
    "InvarianceReport",
    "ParityReport",
    "Report",
    "Swap",
    "evaluate",
    "expected_calibration_error",
    "figures_of",
    "learning_curve",
    "perturb",
    "read_direction",
    "read_parity",
    "read_suite",
    "run_checks",
    "run_direction",
    "run_invariance",
    "run_parity",
    "run_swaps",
    "swap_sides",
]
