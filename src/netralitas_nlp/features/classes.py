"""The cue classes a word can belong to, one bit each."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["BITS", "CLASSES", "KIND_TO_CLASS", "mask_of"]

# class -> lexicon kinds that feed it; structural classes are set by the unit reader itself
_SOURCES: dict[str, tuple[str, ...]] = {
    "figure": (), "party": (), "ticket": ("ticket_word",), "name": (), "place": (),
    "honorific": ("honorific",), "holder": ("holder", "office"),
    "label": ("label",), "fan": ("fan",),
    "vote": ("vote",), "support": ("support",), "win": ("win",), "mobilise": ("mobilise",),
    "campaign": ("campaign",), "lead": ("lead",), "continue": ("continue",),
    "replace": ("replace",),
    "slogan": ("slogan", "jingle"), "gesture": ("gesture",), "number_phrase": ("number_phrase",),
    "attribute": ("attribute",),
    "praise": ("praise",), "attack": ("attack",), "mock": ("mock",), "hope": ("hope",),
    "congratulate": ("congratulate",),
    "neutrality": ("neutrality",), "prohibition": ("prohibition",), "sanction": ("sanction",),
    "oversight": ("oversight",), "admin": ("admin",), "turnout": ("turnout",),
    "peace": ("peace",), "poll": ("poll",), "law": ("law",), "science": ("science",),
    "organisation": ("organisation",), "entertainment": ("entertainment",), "sport": ("sport",),
    "trade": ("trade",),
    "order": ("order",), "threat": ("threat",), "gift": ("gift",), "means": ("means",),
    "negation": ("negation",), "attribution": ("attribution", "hearsay"),
    "first_person": ("first_person",), "second_person": ("second_person",),
    "imperative": ("imperative",), "obligation": ("obligation",), "question": ("question",),
    "contrast": ("contrast", "conditional"), "own_involvement": ("own_involvement",),
    "number": (), "digit_in_word": (), "hashtag": (), "quote": (), "end": (), "comma": (),
    "exclamation": (), "question_mark": (), "capitals": (), "maybe_name": (), "disguised": (),
}  # fmt: skip

CLASSES: tuple[str, ...] = tuple(_SOURCES)
"""Class names in bit order."""
BITS: dict[str, int] = {name: 1 << i for i, name in enumerate(CLASSES)}
"""Class name to its bit in a 64-bit mask."""
KIND_TO_CLASS: dict[str, str] = {kind: name for name, kinds in _SOURCES.items() for kind in kinds}
"""Lexicon kind to class name."""

if len(CLASSES) > 64:  # pragma: no cover - a programming error, caught at import
    raise AssertionError("more classes than bits in a mask")


def mask_of(kinds: Iterable[str]) -> int:
    """Combine lexicon kinds into one mask.

    Parameters
    ----------
    kinds : iterable of str
        Lexicon kinds or class names.

    Returns
    -------
    int
        The bits of their classes; kinds that feed no class add nothing.

    Examples
    --------
    >>> mask_of(["vote"]) == BITS["vote"]
    True
    """
    mask = 0
    for kind in kinds:
        name = KIND_TO_CLASS.get(kind, kind)
        mask |= BITS.get(name, 0)
    return mask
