"""Model and labelled data to a report; behavioural checks."""

from netralitas_nlp.evaluation.checks import CheckReport, read_suite, run_checks
from netralitas_nlp.evaluation.figures import expected_calibration_error
from netralitas_nlp.evaluation.learning import learning_curve
from netralitas_nlp.evaluation.report import Report, evaluate

__all__ = [
    "CheckReport",
    "Report",
    "evaluate",
    "expected_calibration_error",
    "learning_curve",
    "read_suite",
    "run_checks",
]
