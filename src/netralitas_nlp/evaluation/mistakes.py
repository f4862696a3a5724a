"""The mistakes a model is surest of: what to read first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from netralitas_nlp.evaluation.measuring import Reading
from netralitas_nlp.text.masking import mask_personal

__all__ = ["confident_mistakes"]


def confident_mistakes(
    scorer: Any, texts: Sequence[str], reading: Reading, most: int = 10
) -> list[dict[str, Any]]:
    """False alarms of highest and misses of lowest probability.

    Parameters
    ----------
    scorer : Scorer
        Asked for evidence where it can give it.
    texts : sequence of str
    reading : Reading
    most : int, default=10
        Of each kind.

    Returns
    -------
    list of dict
        ``kind`` (``"false_alarm"`` or ``"missed"``), ``row`` (from 0), ``text`` with personal
        numbers masked, ``label`` (true), ``probability`` and ``evidence`` (spans with ``start``,
        ``end``, ``text``, ``signal``, ``weight``; offsets hold for ``text``).
    """
    column = list(reading.classes).index(reading.positive)
    said = reading.predicted == column
    p, true = reading.p, reading.true
    alarms = np.flatnonzero(said & ~true)
    missed = np.flatnonzero(~said & true)
    # row numbers break ties, so that the same data give the same list
    chosen = [("false_alarm", i) for i in alarms[np.argsort(-p[alarms], kind="stable")][:most]]
    chosen += [("missed", i) for i in missed[np.argsort(p[missed], kind="stable")][:most]]
    explain = getattr(scorer, "score", None)
    found = []
    for kind, i in chosen:
        read = explain(texts[i]) if _assesses(scorer) and explain is not None else None
        found.append(
            {
                "kind": kind,
                "row": int(i),
                "text": mask_personal(texts[i]),
                "label": str(reading.classes[reading.truth[i]]),
                "probability": float(p[i]),
                "evidence": [] if read is None else [item.to_dict() for item in read.evidence],
            }
        )
    return found


def _assesses(scorer: Any) -> bool:
    """Whether `score` reads one text; in a scikit-learn estimator it means accuracy."""
    return hasattr(scorer, "score_stream")
