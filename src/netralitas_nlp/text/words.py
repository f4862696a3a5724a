"""Reads disguised, stretched and informal words without losing what was written."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Container
from typing import NamedTuple

from netralitas_nlp.lexicons import Lexicon
from netralitas_nlp.lexicons.lazily import cached_property
from netralitas_nlp.text.roots import root_words

__all__ = ["WordForms", "WordReader"]


class WordForms(NamedTuple):
    """The readings of one folded word, see `Token` for each."""

    squeezed: str
    leet: str | None = None
    digits: str = ""
    expansion: tuple[str, ...] = ()


_STRETCH = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLE = re.compile(r"([^\W\d_])\1")
_TAIL = re.compile(r"([^\W\d_]{2,})(\d{1,2})((?:nya|an|in|ku|mu|kah|lah)?)\Z")
_DIGIT_RUN = re.compile(r"\d+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")
# Letters that digits and symbols stand for in Indonesian disguises, likeliest first.
_LEET = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "tj",
    "8": "b", "9": "g", "@": "a", "$": "s", "!": "i", "|": "il", "*": "aiueo",
}  # fmt: skip
_LONGEST_WORD = 40  # beyond this nothing is a disguised word, and the cost stays linear
_MOST_READINGS = 64
_AGENCIES = frozenset({"bkn", "g", "nda"})  # in capitals these are names, not negations
_UNKNOWN_PIECE = 15.0
_GLUED = 6.0
_BEFORE_NUMBER = frozenset(
    [
        "no",
        "nomor",
        "nomer",
        "nmr",
        "paslon",
        "capres",
        "cawapres",
        "cabup",
        "cagub",
        "cawalkot",
        "caleg",
        "urut",
        "coblos",
        "pilih",
    ]
)


class _AnyOf:
    """Several word lists as one; putting them together would take longer than reading a text."""

    def __init__(self, *lists: Container[str]):
        self._lists = lists

    def __contains__(self, word: object) -> bool:
        for words in self._lists:  # noqa: SIM110 - a generator would take twice as long
            if word in words:
                return True
        return False


class WordReader:
    """Word-level reading against everything the lexicon knows.

    Parameters
    ----------
    lexicon : Lexicon
        Word lists to read with.

    Examples
    --------
    >>> reader = WordReader(Lexicon())
    >>> reader.read("c0bl0s")
    WordForms(squeezed='c0bl0s', leet='coblos', digits='00', expansion=())
    >>> reader.read("menaaaang").squeezed
    'menang'
    >>> reader.split_hashtag("2019gantipresiden")
    ('2019', 'ganti', 'presiden')
    """

    def __init__(self, lexicon: Lexicon):
        self._lexicon = lexicon

    @cached_property
    def known(self) -> Container[str]:
        """Every word that some list knows."""
        lexicon = self._lexicon
        return _AnyOf(
            lexicon.frequency, root_words(), lexicon.entities, lexicon.slang, lexicon.cues
        )

    @cached_property
    def _settled(self) -> Container[str]:
        """Words whose doubled letters are their spelling."""
        lexicon = self._lexicon
        names = {word for phrase in lexicon.phrases for word in phrase.split()}
        return _AnyOf(
            root_words(), lexicon.entities, lexicon.ambiguous_entities, lexicon.slang, names
        )

    @cached_property
    def _total(self) -> int:
        return sum(self._lexicon.frequency.values())

    def _cost(self, word: str) -> float:
        """Negative log probability of a word, for choosing between readings."""
        lexicon = self._lexicon
        if len(word) == 1 and word != "2":
            return math.inf
        count = lexicon.frequency.get(word, 0)
        if word in lexicon.entities:
            count = max(count, 200)
        elif not count:
            if word not in self.known:
                return math.inf
            count = 4
        return math.log(self._total / count)

    def _best(self, candidates: list[str]) -> str | None:
        known = [word for word in candidates if word in self.known]
        return min(known, key=self._cost) if known else None

    def read(self, folded: str) -> WordForms:
        """Read one casefolded word."""
        if len(folded) > _LONGEST_WORD:
            return WordForms(folded)
        word = folded.replace("'", "").replace("\u2019", "") or folded
        if word.isalpha():
            squeezed = self.squeeze(word)
            return WordForms(squeezed, expansion=self._expand(squeezed))
        digits = "".join(_DIGIT_RUN.findall(word))
        tail = _TAIL.match(word)
        if tail:
            base = self.squeeze(tail[1])
            if base in self.known:
                squeezed = base + tail[3]
                expansion = self._expand(squeezed)
                # "orang2" is a plural; any other number behind a word may be a ballot number
                if digits != "2" or base in _BEFORE_NUMBER or base in self._lexicon.entities:
                    expansion = (*(expansion or (squeezed,)), digits)
                return WordForms(squeezed, digits=digits, expansion=expansion)
        leet = self.decode(self._squeeze_letters(word))
        if leet is None:
            return WordForms(self._squeeze_letters(word), digits=digits)
        expansion = self._expand(leet)
        return WordForms(word, leet=leet, digits=digits, expansion=expansion)

    @staticmethod
    def _squeeze_letters(word: str) -> str:
        return _STRETCH.sub(r"\1", word)

    def squeeze(self, word: str) -> str:
        """Undo emphatic elongation: three letters in a row, or a doubled one no word has."""
        if _STRETCH.search(word):
            if len(word) < 4 and word in self._settled:
                return word  # PPP is a party
            single, double = _STRETCH.sub(r"\1", word), _STRETCH.sub(r"\1\1", word)
            return self._best([single, double]) or self.squeeze(single)
        if _DOUBLE.search(word) and word not in self._settled:
            single = _DOUBLE.sub(r"\1", word)
            count = self._lexicon.frequency.get
            if len(single) > 2 and single in self.known and count(single, 0) >= count(word, 0):
                return single
        return word

    def decode(self, word: str) -> str | None:
        """Read the letters that digits and symbols stand for, or None if nothing sensible."""
        if "!" in word and len(word) < 5:
            return None  # "A!B" is two words and a cry
        slots = [_LEET.get(c, c) for c in word]
        letters = sum(c.isalpha() for c in word)
        if (
            letters == len(word)
            or letters < len(word) / 3
            or math.prod(len(slot) for slot in slots) > _MOST_READINGS
        ):
            return None
        readings = ["".join(choice) for choice in itertools.product(*slots)]
        readings = [self.squeeze(reading) for reading in readings if reading.isalpha()]
        best = self._best([reading for reading in readings if len(reading) >= 3])
        if best or not readings:
            return best
        # an unknown word with a digit between letters ("M3nangkan") still hides a letter
        inside = word[1:-1]
        if (
            letters >= 3
            and word[0].isalpha()
            and len(_DIGIT_RUN.findall(inside)) >= 1
            and not word[-1].isdigit()
            and word.isalnum()
            and max(map(len, _DIGIT_RUN.findall(inside))) == 1
        ):
            return readings[0]
        return None

    def is_negation(self, form: str) -> bool:
        """Whether a form denies or forbids, whatever capitals it is written in."""
        kinds = self._lexicon.cues.get(form, frozenset())
        return bool(kinds & {"negation", "prohibition"}) and form not in _AGENCIES

    def _expand(self, word: str) -> tuple[str, ...]:
        if word in self._lexicon.entities:
            return ()
        expansion = self._lexicon.slang.get(word)
        return tuple(expansion.split()) if expansion else ()

    def split_hashtag(self, body: str) -> tuple[str, ...]:
        """Split the body of a hashtag or a handle into words.

        Parameters
        ----------
        body : str
            The hashtag without its sign, in the case it was written in.

        Returns
        -------
        tuple of str
            Casefolded words; the whole body as one word where no split is sensible.
        """
        parts: list[str] = []
        if len(body) > 2 * _LONGEST_WORD:
            return (body.casefold(),)
        whole = body.casefold()
        if whole in self._lexicon.entities:
            return (whole,)
        disguised = self.decode(whole) if any(c.isalpha() for c in whole) else None
        if disguised and disguised in self.known:
            return (disguised,)
        for piece in _CAMEL.findall(body):
            parts.extend(self._segment(piece.casefold()))
        return tuple(self._mend(parts)) or (whole,)

    def _mend(self, parts: list[str]) -> list[str]:
        """Rejoin what a capital or a digit inside a word tore apart (M3nang, GanJar)."""
        out: list[str] = []
        i = 0
        while i < len(parts):
            for j in (i + 3, i + 2):
                joined = "".join(parts[i:j])
                torn = j <= len(parts) and any(
                    len(p) == 1 or p not in self.known for p in parts[i:j]
                )
                if torn and joined.isalpha() and joined in self.known:
                    out.append(joined)
                    i = j
                    break
                leet = self.decode(joined) if torn and not joined.isalpha() else None
                if leet and leet in self.known and joined[0].isalpha():
                    out.append(leet)
                    i = j
                    break
            else:
                out.append(parts[i])
                i += 1
        return out

    def _piece_cost(self, piece: str) -> float:
        cost = self._cost(piece)
        if len(piece) > 8 and piece not in self._settled:
            cost += _GLUED  # hashtags written without their sign are in the counts
        return cost

    def _segment(self, piece: str) -> list[str]:
        """Cheapest split of a lower-case run into known words (Viterbi)."""
        if len(piece) < 5 or len(piece) > _LONGEST_WORD or not piece.isalpha():
            return [piece]
        limit = min(self._piece_cost(piece), _UNKNOWN_PIECE * (1 + len(piece) / 6))
        best = [0.0] + [math.inf] * len(piece)
        back = [0] * (len(piece) + 1)
        for end in range(1, len(piece) + 1):
            for start in range(max(0, end - 18), end):
                if best[start] >= limit:
                    continue  # no split that begins like this could be the cheapest
                cost = best[start] + self._piece_cost(piece[start:end])
                if end - start == 2:
                    cost += 3.0  # two-letter words are mostly accidents of a split
                if cost < best[end]:
                    best[end], back[end] = cost, start
        if best[-1] >= limit:
            return [piece]
        words: list[str] = []
        end = len(piece)
        while end:
            words.append(piece[back[end] : end])
            end = back[end]
        return words[::-1]
