"""Which words made the decision: leave each out, see how far the log-odds fall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.assessment import Evidence

__all__ = ["spans_of_evidence"]

FloatArray = npt.NDArray[np.float64]

_SHARE = 0.35  # a token counts if it carries this share of the strongest token's fall
_LEAST = 0.15  # and at least this much log-odds
_GAP = 1  # tokens without weight that a span may bridge
_MOST = 5


def spans_of_evidence(
    text: str,
    spans: Sequence[tuple[int, int]],
    drop: FloatArray,
    signal_columns: dict[str, int],
    label_column: int = 0,
) -> tuple[Evidence, ...]:
    """Merge the tokens that carry a decision into readable spans.

    Parameters
    ----------
    text : str
        The original.
    spans : sequence of (start, end)
        Tokens of the text.
    drop : ndarray of shape (n_tokens, n_heads)
        Fall of the log-odds when a token is not read.
    signal_columns : dict of str to int
        Column of each signal.
    label_column : int
        Column of the decision.

    Returns
    -------
    tuple of Evidence
        Strongest first.
    """
    if not len(spans):
        return ()
    fall = drop[:, label_column]
    strongest = float(fall.max())
    if strongest < _LEAST:
        return ()
    carries = fall >= max(_LEAST, _SHARE * strongest)
    groups: list[list[int]] = []
    for i in np.flatnonzero(carries):
        near = groups and i - groups[-1][-1] - 1 <= _GAP and "\n" not in text[
            spans[groups[-1][-1]][1] : spans[i][0]
        ]
        if near:
            groups[-1].append(int(i))
        else:
            groups.append([int(i)])
    found = []
    for group in groups:
        start, end = spans[group[0]][0], spans[group[-1]][1]
        weight = float(fall[group].sum())
        signal = ""
        if signal_columns:
            signal = max(signal_columns, key=lambda name: drop[group, signal_columns[name]].sum())
        found.append(Evidence(start, end, text[start:end], signal, weight))
    return tuple(sorted(found, key=lambda item: (-item.weight, item.start))[:_MOST])
