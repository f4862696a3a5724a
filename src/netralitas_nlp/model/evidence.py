"""Which words made the decision: leave each out, see how far the log-odds fall."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.assessment import Evidence
from netralitas_nlp.model.protocol import Occluded, TextModel

__all__ = ["find_evidence"]

FloatArray = npt.NDArray[np.float64]

_SHARE = 0.35  # a token counts if it carries this share of the strongest token's fall
_LEAST = 0.15  # and at least this much log-odds
_GAP = 1  # tokens without weight that a span may bridge
_MOST = 5
_BEFORE_NUMBER = 2  # "coblos nomor 4"


Groups = Sequence[tuple[int, int]]


def find_evidence(
    texts: Sequence[str],
    model: TextModel,
    signal_columns: dict[str, int],
    label_column: int = 0,
    sign: float = 1.0,
) -> list[tuple[Evidence, ...]]:
    """Merge the tokens that carry a decision into readable spans.

    Parameters
    ----------
    texts : sequence of str
        The originals. They are searched in step: a model that reads many texts at once
        (`occlusions`, `drops_together`) takes a fraction of the time.
    model : TextModel
        What decided.
    signal_columns : dict of str to int
        Column of each signal.
    label_column : int
        Column of the decision.
    sign : float
        -1 where the column speaks for the other label.

    Returns
    -------
    list of tuple of Evidence
        For each text, strongest first.
    """
    found: list[tuple[Evidence, ...]] = [()] * len(texts)
    several = getattr(model, "occlusions", None)
    said = (label_column, sign)
    reads = several(texts, *said) if several else [model.occlusion(text, *said) for text in texts]
    searches = [
        _search(text, read, signal_columns, label_column, sign)
        for text, read in zip(texts, reads, strict=True)
    ]
    together = getattr(model, "drops_together", _one_by_one)
    answers: list[FloatArray | None] = [None] * len(texts)
    open_ = list(range(len(texts)))
    for labels_only in (True, False):
        asked: list[tuple[int, Groups]] = []
        for i in open_:
            try:
                # a search that was not begun takes None
                asked.append((i, searches[i].send(answers[i])))
            except StopIteration as done:
                found[i] = done.value
        open_ = [i for i, _ in asked]
        drops = together([(reads[i], groups) for i, groups in asked], labels_only=labels_only)
        for i, drop in zip(open_, drops, strict=True):
            answers[i] = drop
    for i in open_:
        try:
            searches[i].send(answers[i])
        except StopIteration as done:
            found[i] = done.value
    return found


def _one_by_one(asked: Sequence[tuple[Occluded, Groups]], *, labels_only: bool) -> list[FloatArray]:
    return [read.drops(groups, labels_only=labels_only) for read, groups in asked]


def _search(
    text: str, read: Occluded, signal_columns: dict[str, int], label_column: int, sign: float
) -> Generator[Groups, FloatArray | None, tuple[Evidence, ...]]:
    """Ask for the fall of single tokens, then for that of the spans they make."""
    spans = read.spans
    if not spans:
        return ()
    single = yield [(i, i) for i in range(len(spans))]
    assert single is not None
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
    drops = yield runs
    assert drops is not None
    names = list(signal_columns)
    found = []
    for (first, last), row in zip(runs, drops, strict=True):
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
    """Runs of tokens that end after a name, and never are half a name, a bare title or number."""
    runs: list[tuple[int, int]] = []
    for group in groups:
        first, last = group[0], group[-1]
        while last + 1 < len(spans) and only_names[last] and only_names[last + 1]:
            last += 1
        if all(only_names[first : last + 1]):
            while first and only_names[first - 1]:
                first -= 1
            # what is said of the name usually stands before it ("menangkan Pak Hasan")
            if _is_neighbour(text, spans, first, first - 1):
                first -= 1
            elif _is_neighbour(text, spans, last, last + 1):
                last += 1  # nothing stands before it: "Jokowi dua periode"
        if text[spans[first][0] : spans[last][1]].isdecimal():
            for _ in range(_BEFORE_NUMBER):
                first -= _is_neighbour(text, spans, first, first - 1)
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return runs


def _is_neighbour(text: str, spans: Sequence[tuple[int, int]], here: int, other: int) -> bool:
    """Whether the token beside this one is a word on the same line."""
    if not 0 <= other < len(spans) or not any(map(str.isalnum, text[slice(*spans[other])])):
        return False
    return _same_line(text, spans, min(here, other), max(here, other))
