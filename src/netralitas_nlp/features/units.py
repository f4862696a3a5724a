"""Tokens to feature units: what a word contributes, with names replaced by their class."""

from __future__ import annotations

import re
from typing import NamedTuple

from netralitas_nlp.features.classes import BITS, mask_of
from netralitas_nlp.lexicons import Lexicon
from netralitas_nlp.lexicons.lazily import cached_property
from netralitas_nlp.text.document import Token

__all__ = ["CLASS_KEYS", "Unit", "UnitReader", "cue_masks"]

CLASS_KEYS = {
    "figure": "<tokoh>", "party": "<partai>", "ticket": "<paslon>", "place": "<daerah>",
    "name": "<nama>", "label": "<kubu>", "fan": "<kubu>",
}  # fmt: skip
"""Entity class to the key that stands for every one of its members."""

_LONGEST_PLAIN = 40
_DOUBLED = re.compile(r"(.)\1")
_BALLOT_WORDS = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5}
_MOST_PARTS = 12


class Unit(NamedTuple):
    """What one token (or one word of a hashtag) hands to the features.

    Attributes
    ----------
    key : str
        The word in standard spelling, or its class in angle brackets.
    form : str
        The word as people spell it, for character n-grams; empty for classes and signs.
    mask : int
        Cue classes as bits of `BITS`.
    """

    key: str
    form: str
    mask: int

    @property
    def speaks(self) -> bool:
        """Whether it is more than punctuation: a word, a number, an emoji, or a class of them."""
        return bool(self.form) or any(map(str.isalnum, self.key))


def cue_masks(lexicon: Lexicon) -> dict[str, int]:
    """Single cue words of a lexicon and the classes each belongs to, as masks."""
    masks = {form: mask_of(kinds) for form, kinds in lexicon.cues.items() if " " not in form}
    for form, kind in lexicon.honorifics.items():
        if " " not in form:
            masks[form] = masks.get(form, 0) | mask_of([kind])
    return masks


class UnitReader:
    """Reads units from tokens.

    Parameters
    ----------
    lexicon : Lexicon
        Entities and cue words.
    cues : dict of str to int, optional
        The result of `cue_masks`, where it is at hand.
    names : bool, default=False
        Keep names, numbers and handles as they are written; their class stays in the mask. For
        tasks in which who is meant may count.

    Examples
    --------
    >>> from netralitas_nlp.text import Normalizer
    >>> normalizer = Normalizer()
    >>> reader = UnitReader(normalizer.lexicon)
    >>> tokens = normalizer.document("Coblos Jokowi no 2!").tokens
    >>> [u.key for token in tokens for u in reader.units(token)]
    ['coblos', '<tokoh>', 'nomor', '<nomor>', '!']
    >>> [u.key for token in tokens for u in UnitReader(normalizer.lexicon, names=True).units(token)]
    ['coblos', 'jokowi', 'nomor', '2', '!']
    """

    def __init__(
        self, lexicon: Lexicon, cues: dict[str, int] | None = None, *, names: bool = False
    ):
        self._lexicon = lexicon
        self.cues = cue_masks(lexicon) if cues is None else cues
        self.names = names

    def units(self, token: Token) -> list[Unit]:
        """Read one token.

        Parameters
        ----------
        token : Token
            Any token of a document.

        Returns
        -------
        list of Unit
            A hashtag gives its sign and then its words; a link, an address, a telephone number
            and the handle of somebody unknown give nothing.
        """
        kind = token.kind
        if kind == "word":
            return self._word(token)
        if kind == "punct":
            return [_sign(token.folded)]
        if kind == "number":
            return [self._number(token.folded)]
        if kind == "emoji":
            gesture = token.name in self._gesture_names
            mask = BITS["gesture"] if gesture else 0
            return [Unit("<gestur>" if gesture else f":{token.name}:", "", mask)]
        if kind == "hashtag":
            sign = BITS["hashtag"] | (BITS["digit_in_word"] if token.digits else 0)
            units = [Unit("#", "", sign)]
            for part in token.parts[:_MOST_PARTS]:
                units.append(self._number(part) if part.isdigit() else self._plain(part, True))
            return units
        if kind == "mention":
            return self._mention(token)
        # where a text leads says nothing about the side that it takes
        return [Unit("<tautan>" if kind == "url" else "<kontak>", "", 0)] if self.names else []

    def plain(self, word: str) -> Unit | None:
        """Read an ordinary word without making a token.

        Parameters
        ----------
        word : str
            Letters of ASCII.

        Returns
        -------
        Unit or None
            What `units` gives for its token; None for a word that needs a closer look.
        """
        folded, upper = word.lower(), len(word) > 2 and word.isupper()
        if len(word) == 1 or len(word) > _LONGEST_PLAIN or _DOUBLED.search(folded):
            return None
        extra = BITS["capitals"] if upper else 0
        if folded not in self._listed:
            return Unit(folded, folded, extra)
        if folded in self._lexicon.slang and folded not in self._lexicon.entities:
            return None
        return self._plain(folded, upper, extra)

    @cached_property
    def _listed(self) -> frozenset[str]:
        """Words that a list says something of; every other one is just itself."""
        lexicon = self._lexicon
        return frozenset(_BALLOT_WORDS).union(
            lexicon.slang, lexicon.entities, lexicon.ambiguous_entities, self.cues
        )

    @cached_property
    def _gesture_names(self) -> frozenset[str]:
        return frozenset(name for name, number in self._lexicon.gestures.values() if number)

    def _word(self, token: Token) -> list[Unit]:
        upper = len(token.raw) > 2 and token.raw.isupper()
        extra = BITS["capitals"] if upper else 0
        if token.joined or (token.leet and token.leet != token.squeezed):
            extra |= BITS["disguised"]
        if token.leet and token.digits:
            extra |= BITS["digit_in_word"]
        base = token.leet or token.squeezed
        marked = upper or bool(token.digits)
        if not token.expansion:
            units = [self._plain(base, marked, extra)]
        else:
            first, *rest = token.expansion
            unit = self._plain(first, marked and first == base, extra)
            form = base if unit.form else ""
            units = [Unit(unit.key, form, unit.mask | self.cues.get(base, 0))]
            units += [
                self._number(word) if word.isdigit() else self._plain(word, False) for word in rest
            ]
        return units

    def _plain(self, word: str, marked: bool, extra: int = 0) -> Unit:
        """One word: entity class, ballot number or the word itself."""
        mask = extra | self.cues.get(word, 0)
        entity = self._lexicon.entities.get(word)
        if entity is None and marked:
            doubtful = self._lexicon.ambiguous_entities.get(word)
            entity = doubtful if doubtful in ("ticket", "party", "figure") else None
        if self.names:
            if entity is not None:
                return Unit(word, word, mask & ~BITS["capitals"] | BITS[entity])
            if self._lexicon.ambiguous_entities.get(word) in ("figure", "name"):
                mask |= BITS["maybe_name"]
            return Unit(word, word, mask)
        if entity is None:
            if word in _BALLOT_WORDS:
                return Unit("<angka>", "", mask)
            if mask & (BITS["label"] | BITS["fan"]):
                return Unit("<kubu>", "", mask)
            if self._lexicon.ambiguous_entities.get(word) in ("figure", "name"):
                mask |= BITS["maybe_name"]
            return Unit(word, word, mask)
        # PDIP is written in capitals and Golkar is not: that says nothing about a text
        return Unit(CLASS_KEYS[entity], "", mask & ~BITS["capitals"] | BITS[entity])

    def _mention(self, token: Token) -> list[Unit]:
        """Politicians and parties; who else is spoken to says nothing."""
        handle = token.folded[1:].replace("_", "")
        if self.names:
            entity = self._lexicon.entities.get(handle)
            mask = BITS[entity] if entity in ("figure", "party") else 0
            return [Unit(token.folded, handle, mask)]
        for candidate in (token.folded[1:], handle, *token.parts):
            entity = self._lexicon.entities.get(candidate)
            if entity in ("figure", "party"):
                return [Unit(CLASS_KEYS[entity], "", BITS[entity])]
        return []

    def _number(self, text: str) -> Unit:
        unit = _number(text)
        return Unit(text, "", unit.mask) if self.names else unit


def _number(text: str) -> Unit:
    digits = text.strip(".,:/%")
    if digits.isdecimal() and len(digits) <= 2 and 1 <= int(digits) <= 24:
        key = "<nomor0>" if digits[0] == "0" else "<nomor>"
        return Unit(key, "", BITS["number"])
    if digits.isdecimal() and len(digits) == 4 and digits[:2] in ("19", "20"):
        return Unit("<tahun>", "", 0)
    return Unit("<persen>" if text.endswith("%") else "<bilangan>", "", 0)


_QUOTES = frozenset('"“”„«»‘❝❞')
_ENDS = frozenset(".!?…;")


def _sign(text: str) -> Unit:
    char = text[0]
    mask = 0
    if char in _QUOTES:
        return Unit('"', "", BITS["quote"])
    if char in _ENDS:
        mask = BITS["end"]
        if char == "!":
            mask |= BITS["exclamation"]
        elif char == "?":
            mask |= BITS["question_mark"]
        elif len(text) > 1 or char == "…":
            return Unit("...", "", mask)
        return Unit(char, "", mask)
    if char in ",:-–—()/|":
        mask = BITS["comma"]
    return Unit(char, "", mask)
