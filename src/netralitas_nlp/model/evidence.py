"""Which words made the decision: leave each out, see how far the log-odds fall."""

from __future__ import annotations

from collections.abc import Sequence

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
        if not text[slice(*spans[i])].strip("\"'.,:;()[]-…“”‘’!?*_#~/|"):
            continue  # a lone sign is no evidence that a reader could weigh
        if groups and i - groups[-1][-1] - 1 <= _GAP and _same_line(text, spans, groups[-1][-1], i):
            groups[-1].append(i)
        else:
            groups.append([i])
    runs = _readable(text, spans, read.only_names, groups)
    runs = sorted(runs, key=lambda run: -fall[run[0] : run[1] + 1].sum())[:_MOST]
    if not runs:
        return ()
    names = list(signal_columns)
    found = []
    for (first, last), row in zip(runs, read.drops(runs), strict=True):
        start, end = spans[first][0], spans[last][1]
        signal = names[int(row[list(signal_columns.values())].argmax())] if names else ""
        weight = sign * float(row[label_column])
        found.append(Evidence(start, end, text[start:end], signal, weight))
    return tuple(sorted(found, key=lambda item: (-item.weight, item.start)))


def _same_line(text: str, spans: Sequence[tuple[int, int]], left: int, right: int) -> bool:
    return "\n" not in text[spans[left][1] : spans[right][0]]


def _readable(
    text: str,
    spans: Sequence[tuple[int, int]],
    only_names: Sequence[bool],
    groups: Sequence[Sequence[int]],
) -> list[tuple[int, int]]:
    """Runs of tokens that end after a name, and never are half a name or a bare title."""
    runs: list[tuple[int, int]] = []
    for group in groups:
        first, last = group[0], group[-1]
        while last + 1 < len(spans) and only_names[last] and only_names[last + 1]:
            last += 1
        if all(only_names[first : last + 1]):
            while first and only_names[first - 1]:
                first -= 1
            # what is said of the name usually stands before it ("menangkan Pak Hasan")
            if (
                first
                and _same_line(text, spans, first - 1, first)
                and _is_word(text, spans[first - 1])
            ):
                first -= 1
            elif (
                last + 1 < len(spans)
                and _same_line(text, spans, last, last + 1)
                and _is_word(text, spans[last + 1])
            ):
                last += 1  # nothing stands before it: "Jokowi dua periode"
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return runs


def _is_word(text: str, span: tuple[int, int]) -> bool:
    return any(map(str.isalnum, text[slice(*span)]))
