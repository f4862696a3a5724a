"""Several assessments in a notebook, or as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from netralitas_nlp.model.assessment import Assessment
from netralitas_nlp.model.markup import assessment_html, pieces

__all__ = ["Readings", "assessment_text", "show"]

_MOST = 20


class Readings(Sequence[Assessment]):
    """Assessments that show themselves: HTML in a notebook, plain text in a terminal.

    Parameters
    ----------
    assessments : iterable of Assessment
        Read once, kept in order.
    most : int, default=20
        How many are shown; the rest is counted.

    Raises
    ------
    TypeError
        If an item is no assessment, naming its position.
    ValueError
        If `most` is below 1.
    """

    def __init__(self, assessments: Iterable[Assessment], most: int = _MOST):
        if most < 1:
            raise ValueError(f"Got most={most!r} but expected 1 or more.")
        self._items = tuple(assessments)
        self._most = most
        for position, item in enumerate(self._items):
            if not isinstance(item, Assessment):
                raise TypeError(
                    f"item at position {position} is {type(item).__name__}, expected Assessment; "
                    "score the texts first"
                )

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Assessment: ...
    @overload
    def __getitem__(self, index: slice) -> Readings: ...
    def __getitem__(self, index: int | slice) -> Assessment | Readings:
        """One assessment, or those of a slice."""
        if isinstance(index, slice):
            return Readings(self._items[index], self._most)
        return self._items[index]

    def __iter__(self) -> Iterator[Assessment]:
        return iter(self._items)

    def _summary(self) -> str:
        counts: dict[str, int] = {}
        for item in self._items:
            counts[item.verdict] = counts.get(item.verdict, 0) + 1
        parts = [f"{counts[name]:,} {name}".replace(",", ".") for name in sorted(counts)]
        return f"{len(self._items):,} teks".replace(",", ".") + "".join(f" · {p}" for p in parts)

    def _rest(self) -> str:
        more = len(self._items) - self._most
        return f"… dan {more:,} teks lagi".replace(",", ".") if more > 0 else ""

    def _repr_html_(self) -> str:
        from html import escape

        shown = "".join(map(assessment_html, self._items[: self._most]))
        rest = f"<p>{self._rest()}</p>" if self._rest() else ""
        return f'<div lang="id"><p>{escape(self._summary())}</p>{shown}{rest}</div>'

    def __str__(self) -> str:
        lines = [self._summary(), *map(assessment_text, self._items[: self._most])]
        return "\n\n".join(filter(None, (*lines, self._rest())))

    def __repr__(self) -> str:
        return f"<Readings: {self._summary()}>"


def assessment_text(assessment: Assessment) -> str:
    """An assessment as plain text, evidence in brackets with its signal.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    str
        Two lines or more; personal numbers masked.

    Examples
    --------
    >>> from netralitas_nlp.model.assessment import Assessment, Evidence
    >>> found = Evidence(4, 10, "coblos", "ajakan", 1.0)
    >>> print(assessment_text(Assessment("Ayo coblos!", 0, 11, 0.9, "partisan", {}, (found,))))
    partisan 0.90
    Ayo [coblos](ajakan)!
    """
    text = "".join(
        f"[{piece}]({signal})" if signal else piece for piece, signal in pieces(assessment)
    )
    return f"{assessment.verdict} {assessment.probability:.2f}\n{text}"


def show(assessments: Iterable[Assessment] | Assessment, most: int = _MOST) -> Readings:
    """Show assessments: HTML in a notebook, text in a terminal.

    Parameters
    ----------
    assessments : Assessment or iterable of Assessment
        For example what `Scorer.score_stream` gives.
    most : int, default=20
        How many are shown.

    Returns
    -------
    Readings

    Examples
    --------
    >>> from netralitas_nlp import Scorer
    >>> texts = ["Ayo coblos nomor 2, menangkan Bu Rina!", "Hujan turun sejak pagi."]
    >>> show(Scorer.load().score_stream(texts))
    <Readings: 2 teks · 1 netral · 1 partisan>
    """
    return Readings([assessments] if isinstance(assessments, Assessment) else assessments, most)
