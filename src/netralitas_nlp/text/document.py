"""What normalisation returns: tokens that know their place in the original."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Document", "Token"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token with exact offsets into the original and its annotations.

    Attributes
    ----------
    start, end : int
        ``raw == document.text[start:end]``.
    raw : str
        The token as written.
    kind : str
        ``word``, ``number``, ``hashtag``, ``mention``, ``url``, ``email``, ``phone``, ``emoji`` or
        ``punct``.
    folded : str
        Repaired and casefolded.
    squeezed : str
        `folded` without emphatic elongation ("gaskeuuun" to "gaskeun").
    leet : str or None
        The word that digits or symbols stand in for ("c0bl0s" to "coblos"), else None.
    digits : str
        The digits held inside a word: they may be a ballot number ("R1DO" holds "1").
    expansion : tuple of str
        Standard words for a slang form, or a word and the number glued to it; else empty.
    parts : tuple of str
        Words of a hashtag or of a handle, empty for other tokens.
    name : str or None
        Name of an emoji or keycap.
    joined : bool
        True if the token was written with its letters spaced or dotted out.
    """

    start: int
    end: int
    raw: str
    kind: str
    folded: str
    squeezed: str
    leet: str | None = None
    digits: str = ""
    expansion: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    name: str | None = None
    joined: bool = False
    _stemmer: Callable[[str], str] | None = field(default=None, repr=False, compare=False)

    def moved(self, by: int) -> Token:
        """Shift the offsets.

        Parameters
        ----------
        by : int
            Characters to add to `start` and `end`.

        Returns
        -------
        Token
            The same token otherwise.
        """
        return Token(
            self.start + by, self.end + by, self.raw, self.kind, self.folded, self.squeezed,
            self.leet, self.digits, self.expansion, self.parts, self.name, self.joined,
            self._stemmer,
        )  # fmt: skip

    @property
    def norm(self) -> str:
        """The token in standard spelling; several words for an abbreviation or a hashtag."""
        if self.kind == "hashtag":
            return "#" + "".join(self.parts)
        if self.expansion:
            return " ".join(self.expansion)
        if self.name:
            return self.name
        return self.leet or self.squeezed

    @property
    def stem(self) -> str:
        """The stem of `norm`, word by word; tokens that are no words are their own stem."""
        if self._stemmer is None or self.kind != "word":
            return self.norm
        return " ".join(self._stemmer(word) for word in self.norm.split())


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its tokens, in order and without overlap.

    Attributes
    ----------
    text : str
        The original, untouched.
    tokens : tuple of Token
        All that is not white space.
    """

    text: str
    tokens: tuple[Token, ...]

    @property
    def normalized(self) -> str:
        """The text in standard spelling, tokens joined by one space."""
        return " ".join(token.norm for token in self.tokens)
