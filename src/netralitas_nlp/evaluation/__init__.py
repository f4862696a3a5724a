"""Model and labelled data to a report; behavioural checks."""

from netralitas_nlp.evaluation.checks import CheckReport, read_suite, run_checks
from netralitas_nlp.evaluation.report import Report, evaluate, expected_calibration_error

__all__ = [
    "CheckReport",
    "Report",
    "evaluate",
    "expected_calibration_error",
    "read_suite",
    "run_checks",
]
