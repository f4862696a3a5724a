"""Which words made the decision: leave each out, see how far the log-odds fall."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.assessment import Evidence
from netralitas_nlp.model.protocol import Occluded

__all__ = ["find_evidence"]

FloatArray = npt.NDArray[np.float64]

_SHARE = 0.35  # a token counts if it carries this share of the strongest token's fall
_LEAST = 0.15  # and at least this much log-odds
_GAP = 1  # tokens without weight that a span may bridge
_MOST = 5


def find_evidence(
    text: str,
    read: Occluded,
    signal_columns: dict[str, int],
    label_column: int = 0,
    sign: float = 1.0,
) -> tuple[Evidence, ...]:
    """Merge the tokens that carry a decision into readable spans.

    Parameters
    ----------
    text : str
        The original.
    read : Occluded
        The same text, ready for leaving tokens out.
    signal_columns : dict of str to int
        Column of each signal.
    label_column : int
        Column of the decision.
    sign : float
        -1 where the column speaks for the other label.

    Returns
    -------
    tuple of Evidence
        Strongest first.
    """
    spans = read.spans
    if not spans:
        return ()
    single = read.drops([(i, i) for i in range(len(spans))], labels_only=True)
    fall = sign * single[:, label_column]
    strongest = float(fall.max())
    if strongest < _LEAST:
        return ()
    groups: list[list[int]] = []
    for i in np.flatnonzero(fall >= max(_LEAST, _SHARE * strongest)).tolist():
        if not text[slice(*spans[i])].strip("\"'.,:;()[]-…“”‘’"):
            continue  # a lone sign is no evidence that a reader could weigh
        if groups and i - groups[-1][-1] - 1 <= _GAP and _same_line(text, spans, groups[-1][-1], i):
            groups[-1].append(i)
        else:
            groups.append([i])
    groups = sorted(groups, key=lambda group: -fall[group].sum())[:_MOST]
    runs = [(group[0], group[-1]) for group in groups]
    names = list(signal_columns)
    found = []
    for (first, last), row in zip(runs, read.drops(runs), strict=True):
        start, end = spans[first][0], spans[last][1]
        signal = names[int(row[list(signal_columns.values())].argmax())] if names else ""
        weight = sign * float(row[label_column])
        found.append(Evidence(start, end, text[start:end], signal, weight))
    return tuple(sorted(found, key=lambda item: (-item.weight, item.start)))


def _same_line(text: str, spans: list[tuple[int, int]], left: int, right: int) -> bool:
    return "\n" not in text[spans[left][1] : spans[right][0]]
