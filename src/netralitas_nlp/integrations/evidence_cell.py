"""Evidence in one cell of a scored file, and back again."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from netralitas_nlp.model.assessment import Evidence
from netralitas_nlp.text.masking import mask_personal

__all__ = ["read_evidence", "write_evidence"]

_BETWEEN = " | "
_PLACE = re.compile(r"(\d{1,9})-(\d{1,9}) (\w*) ?: ?")


def write_evidence(found: Iterable[Evidence]) -> str:
    """Evidence as one line, strongest first; personal numbers masked.

    Parameters
    ----------
    found : iterable of Evidence

    Returns
    -------
    str

    Examples
    --------
    >>> write_evidence([Evidence(4, 10, "coblos", "ajakan", 1.0)])
    '4-10 ajakan: coblos'
    """
    return _BETWEEN.join(map(_written, found))


def _written(item: Evidence) -> str:
    line = f"{item.start}-{item.end} {item.signal}: {mask_personal(item.text)}"
    return " ".join(line.split())


def read_evidence(cell: str, text: str) -> tuple[Evidence, ...]:
    """What `write_evidence` wrote about a text.

    Each span must stand in the text as the cell says, so that no post can pass its own words off
    as evidence.

    Parameters
    ----------
    cell : str
    text : str
        The original.

    Returns
    -------
    tuple of Evidence
        The weights are not in a cell: they are NaN.

    Raises
    ------
    ValueError
        If the cell does not belong to the text.

    Examples
    --------
    >>> [(e.start, e.signal) for e in read_evidence("4-10 ajakan: coblos", "Ayo coblos!")]
    [(4, 'ajakan')]
    """
    found: list[Evidence] = []
    at = 0
    while at < len(cell):
        place = _PLACE.match(cell, at)
        if place is not None:
            start, end = int(place[1]), int(place[2])
            item = Evidence(start, end, text[start:end], place[3], math.nan)
            written = _written(item)
            after = at + len(written)
            if cell.startswith(written, at) and cell[after : after + 3] in ("", _BETWEEN):
                found.append(item)
                at = after + len(_BETWEEN)
                continue
        raise ValueError(f"evidence {cell[at : at + 40]!r} does not belong to the text of its row")
    return tuple(found)
