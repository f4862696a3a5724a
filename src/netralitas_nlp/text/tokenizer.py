"""Cuts one white-space-free chunk into tokens; pure, so that callers can cache by chunk."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from netralitas_nlp.lexicons import Lexicon
from netralitas_nlp.text.document import Token
from netralitas_nlp.text.emoji import EMOJI, emoji_key, emoji_name
from netralitas_nlp.text.repair import repair
from netralitas_nlp.text.words import WordForms, WordReader

__all__ = ["Tokenizer"]

# A host without a scheme: endings that no Indonesian word looks like ("netral.ayo" is a missing
# space, "itu.org" may be one), or the name of a shortener. Counts are bounded: the cost is linear.
_LABEL = r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}"
_HOST = rf"""
    (?<![\w@-])(?i:
        (?:{_LABEL}\.){{1,5}}
        (?:(?:co|go|or|ac|sch|web|my|desa|mil|net|biz|ponpes)\.id|id|com|co|net|org(?=/))
      | (?:bit|cutt|ow)\.ly|s\.id|t\.me|wa\.me|fb\.me|youtu\.be|goo\.gl|is\.gd|linktr\.ee|rb\.gy
    )(?![\w@-]|\.\w)(?:[/?:\#]\S*)?
"""
_TOKEN = re.compile(
    rf"""
    (?P<url>(?:https?:/{{1,2}}|www\.|t\.co/|pic\.twitter\.com/)\S+|{_HOST})
  | (?P<email>[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,4}})
  | (?P<mention>@\w+)
  | (?P<hashtag>\#\w+)
  | (?P<emoji>{EMOJI})
  | (?P<phone>(?:\+?62|0)8(?:\d{{7,11}}|\d{{1,3}}[-.]\d{{3,4}}[-.]\d{{3,5}})(?!\w))
  | (?P<spaced>[^\W_](?P<sep>[.\-_*·•~])[^\W_](?:(?P=sep)[^\W_]){{2,24}}(?!\w))
  | (?P<disguised>[^\W\d_]+[*@$!|][^\W_]+(?:[*$|][^\W_]+)?)
  | (?P<number>(?:[Rr][Pp]\.?)?\d+(?:[.,:/]\d+)*(?!\ufe0f?\u20e3)
      (?:%|[^\W\d_]{{1,3}}(?!\w)|(?!\w)|(?<=\d\d)(?=[^\W\d_]{{3}})))
  | (?P<word>[^\W\d_]{{2,}}-[^\W\d_]{{2,}}(?![^\W_])
      |(?:(?![0-9]\ufe0f?\u20e3)[^\W_])+(?:['’][^\W_]+)?)
  | (?P<punct>\.+|!+|\?+|…+|-+|[^\w\s]|_+)
    """,
    re.VERBOSE,
)
_LONGEST_ACRONYM = 4
_INNER_DIGIT = re.compile(r"(?<=[^\W\d_])\d(?=[^\W\d_])")
_SEPARATORS = re.compile(r"[^\w]|_")


class Tokenizer:
    """Turns chunks into tokens.

    Parameters
    ----------
    lexicon : Lexicon
        Word lists to read words with.
    stemmer : callable
        Word to stem; tokens carry it and call it only when a stem is asked for.
    """

    def __init__(self, lexicon: Lexicon, stemmer: Callable[[str], str]):
        self.reader = WordReader(lexicon)
        self._lexicon = lexicon
        self._stemmer = stemmer

    def tokens(self, chunk: str) -> list[Token]:
        """Cut one chunk.

        Parameters
        ----------
        chunk : str
            A piece of the original without white space.

        Returns
        -------
        list of Token
            With offsets relative to the chunk.
        """
        if chunk.isascii() and "&" not in chunk:
            if chunk.isalpha():
                return [self.word(0, len(chunk), chunk, chunk)]
            clean, starts, ends = chunk, range(len(chunk)), range(1, len(chunk) + 1)
        else:
            fixed = repair(chunk)
            clean, starts, ends = fixed.text, fixed.starts, fixed.ends  # type: ignore[assignment]
        out: list[Token] = []
        position = 0
        while position < len(clean):
            match = _TOKEN.match(clean, position)
            if match is None:  # a lone joiner or selector: it belongs to no token
                position += 1
                continue
            token, position = self._token(match, chunk, clean, starts, ends)
            if out and token.start < out[-1].end:
                # a character that stands for several ("½") belongs to one token
                start, end = out[-1].start, max(out[-1].end, token.end)
                out[-1] = replace(out[-1], end=end, raw=chunk[start:end])
                continue
            out.append(token)
        return out

    def _token(
        self, match: re.Match[str], chunk: str, clean: str, starts: range, ends: range
    ) -> tuple[Token, int]:
        kind = str(match.lastgroup)
        begin, stop = match.span()
        if kind in ("spaced", "disguised"):
            text = match.group()
            if kind == "spaced":
                joined = self.join(_SEPARATORS.sub("", text).casefold())
            else:
                leet = self.reader.decode(text.casefold())
                joined = WordForms(text.casefold(), leet=leet) if leet else None
            if joined:
                start, end = starts[begin], ends[stop - 1]
                return (
                    Token(
                        start, end, chunk[start:end], "word", text.casefold(), *joined,
                        joined=kind == "spaced", _stemmer=self._stemmer,
                    ),
                    stop,
                )  # fmt: skip
            kind = "word"
            stop = begin + 1
            while stop < len(clean) and clean[stop].isalnum():
                stop += 1
        elif kind == "word" and "-" in match.group():
            written, _, _ = match.group().partition("-")
            first, _, second = match.group().casefold().partition("-")
            if not (second.startswith(first) or first.startswith(second)):
                stop = begin + len(written)  # folding may lengthen a word ("ß")
        start, end = starts[begin], ends[stop - 1]
        raw = chunk[start:end]
        text = clean[begin:stop]
        if kind == "word":
            return self.word(start, end, raw, text), stop
        folded = text.casefold()
        if kind == "number" and not folded[-1].isdigit() and folded in self._lexicon.entities:
            kind = "word"  # 2DM is a ticket, 10rb is a number
        parts: tuple[str, ...] = ()
        name = None
        digits = ""
        if kind in ("hashtag", "mention"):
            parts = self.reader.split_hashtag(text[1:])
            digits = "".join(_INNER_DIGIT.findall(text))
        elif kind == "emoji":
            key = emoji_key(text)
            gesture = self._lexicon.gestures.get(key)
            name = gesture[0] if gesture else emoji_name(key)
        token = Token(start, end, raw, kind, folded, folded, digits=digits, parts=parts, name=name)
        return token, stop

    def word(self, start: int, end: int, raw: str, text: str) -> Token:
        """Make one word token."""
        folded = text.casefold()
        forms = self.reader.read(folded)
        acronym = text.isupper() and text.isascii() and len(text) <= _LONGEST_ACRONYM
        # BKN is an agency, not "bukan"; GAK and JGN keep their reading in capitals
        if acronym and forms.expansion and not self.reader.is_negation(folded):
            forms = forms._replace(expansion=())
        return Token(start, end, raw, "word", folded, *forms, _stemmer=self._stemmer)

    def join(self, letters: str) -> WordForms | None:
        """Read letters that stood apart, or None if they are no word."""
        plain = letters if letters.isalpha() else self.reader.decode(letters)
        if not plain or len(plain) < 3:
            return None
        squeezed = self.reader.squeeze(plain)
        if squeezed not in self.reader.known and len(plain) < 5:
            return None
        forms = self.reader.read(squeezed)
        digits = "".join(c for c in letters if c.isdigit())
        return WordForms(letters, leet=squeezed, digits=digits, expansion=forms.expansion)
