"""What a reader gets: a probability, a verdict, signals and the words behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from netralitas_nlp.text.masking import mask_personal

__all__ = ["SIGNALS", "Assessment", "Evidence"]

SIGNALS = ("dukungan", "ajakan", "serangan", "atribut", "keterlibatan", "wewenang")
"""The six kinds of partisan act of the annotation guide, in the order of the model's heads."""


class _Frozen(dict[str, float]):
    """A dictionary that does not change, so that an assessment can be shared and hashed."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the signals of an Assessment do not change")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return _Frozen, (dict(self),)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of the original that moved the decision.

    Attributes
    ----------
    start, end : int
        Offsets into the original text.
    text : str
        ``original[start:end]``.
    signal : str
        The signal that the span speaks for most.
    weight : float
        How far the log-odds fall when the span is not read.
    """

    start: int
    end: int
    text: str
    signal: str
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready copy; personal numbers are masked."""
        return {
            "start": self.start,
            "end": self.end,
            "text": mask_personal(self.text),
            "signal": self.signal,
            "weight": round(self.weight, 6),
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """The reading of one text, or of one sentence of it.

    Attributes
    ----------
    text : str
        The original.
    start, end : int
        Its offsets in the text it is a part of.
    probability : float
        Calibrated probability that the text takes a side.
    verdict : str
        ``netral``, ``partisan``, or ``tinjau``: a human should read it.
    signals : mapping of str to float
        Probability of each of `SIGNALS`; 0, which says nothing, where `signals_read` lacks it.
    evidence : tuple of Evidence
        Spans behind the decision, strongest first; empty for a text that reads as neutral.
    sentences : tuple of Assessment
        Readings of the single sentences, for texts of two or more.
    band : (float, float) or None
        Edges of the review band of the model that read the text.
    signals_read : tuple of str
        The signals that the model reads: those it was trained with. Without ``--signal-column``
        these are none.
    """

    text: str
    start: int
    end: int
    probability: float
    verdict: str
    signals: Mapping[str, float]
    evidence: tuple[Evidence, ...] = ()
    sentences: tuple[Assessment, ...] = field(default=())
    band: tuple[float, float] | None = field(default=None, repr=False)
    signals_read: tuple[str, ...] = field(default=SIGNALS, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signals", _Frozen(self.signals))

    def __reduce__(self) -> tuple[Any, ...]:
        return Assessment, (
            self.text, self.start, self.end, self.probability, self.verdict, dict(self.signals),
            self.evidence, self.sentences, self.band, self.signals_read,
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready copy; personal numbers are masked.

        Returns
        -------
        dict
            Keys ``text``, ``start``, ``end``, ``probability``, ``verdict``, ``signals``,
            ``evidence`` and ``sentences``; ``signals_read`` too, where the model does not read all
            six signals.
        """
        partly = {} if self.signals_read == SIGNALS else {"signals_read": list(self.signals_read)}
        return {
            "text": mask_personal(self.text),
            "start": self.start,
            "end": self.end,
            "probability": round(self.probability, 6),
            "verdict": self.verdict,
            "signals": {name: round(value, 6) for name, value in self.signals.items()},
            **partly,
            "evidence": [item.to_dict() for item in self.evidence],
            "sentences": [sentence.to_dict() for sentence in self.sentences],
        }

    def _repr_html_(self) -> str:
        from netralitas_nlp.model.markup import assessment_html

        return assessment_html(self)
