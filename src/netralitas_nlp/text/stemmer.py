"""Sastrawi's stemming algorithm over a set and a cache, with reviewed overrides.

The algorithm is Nazief and Adriani's with confix stripping (Asian 2007, "Effective Techniques for
Indonesian Text Retrieval") and Sastrawi's own rules. Every prefix rule cuts some letters and may
put one or two back, so the rules are a table; only those of a word's first letter are tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from netralitas_nlp.text.roots import root_words

__all__ = ["Stemmer"]

_V = "[aiueo]"
_C = "[bcdfghjklmnpqrstvwxyz]"
_C_NOT_R = "[bcdfghjklmnpqstvwxyz]"


# Alternatives of one disambiguation rule: condition, letters cut, letters put back. As in
# Sastrawi, the first alternative that gives a root wins, else the last one's outcome.
_Rule = tuple[tuple[str, int, str], ...]
_CompiledRule = tuple[tuple[re.Pattern[str], int, str], ...]


def _rule(*alternatives: tuple[str, int, str]) -> _Rule:
    return alternatives


_PREFIX_RULES: dict[str, list[_Rule]] = {
    "b": [
        _rule((f"ber{_V}", 3, ""), (f"ber{_V}", 3, "r")),
        _rule((f"ber{_C}[a-z](?!er)", 3, "")),
        _rule((f"ber{_C_NOT_R}[a-z]er{_V}", 3, "")),
        _rule((r"belajar\Z", 3, "")),
        _rule((f"be{_C_NOT_R}er{_C}", 2, "")),
    ],
    "t": [
        _rule((f"ter{_V}", 3, ""), (f"ter{_V}", 3, "r")),
        _rule((f"ter{_C_NOT_R}er{_V}", 3, "")),
        _rule((f"ter{_C_NOT_R}(?!er)", 3, "")),
        _rule((f"te{_C_NOT_R}er{_C}", 2, "")),
        _rule((f"ter[bcdfghjkpqstvxz]er{_C}", 3, "")),
    ],
    "m": [
        _rule((f"me[lrwy]{_V}", 2, "")),
        _rule(("mem[bfv]", 3, "")),
        _rule(("mempe", 3, "")),
        _rule((f"mem{_V}", 3, "m"), (f"mem{_V}", 3, "p")),
        _rule(("men[cdjstz]", 3, "")),
        _rule((f"men{_V}", 3, "n"), (f"men{_V}", 3, "t")),
        _rule(("meng[ghqk]", 4, "")),
        _rule((f"meng{_V}", 4, ""), (f"meng{_V}", 4, "k"), ("menge", 5, ""),
              (f"meng{_V}", 4, "ng")),
        _rule((f"meny{_V}", 4, "ny"), (f"meny{_V}", 4, "s")),
        _rule(("memp[abcdfghijklmopqrstuvwxyz]", 3, "")),
    ],
    "p": [
        _rule((f"pe[wy]{_V}", 2, "")),
        _rule((f"per{_V}", 3, ""), (f"per{_V}", 2, "")),
        _rule((f"per{_C}[a-z](?!er)", 3, "")),
        _rule((f"per{_C_NOT_R}[a-z]er{_V}", 3, "")),
        _rule(("pem[bfv]", 3, "")),
        _rule((f"pem{_V}", 3, "m"), (f"pem{_V}", 3, "p")),
        _rule(("pen[cdjz]", 3, "")),
        _rule((f"pen{_V}", 3, "n"), (f"pen{_V}", 3, "t")),
        _rule((f"peng{_C}", 4, "")),
        _rule((f"peng{_V}", 4, ""), (f"peng{_V}", 4, "k"), ("penge", 5, "")),
        _rule((f"peny{_V}", 4, "ny"), (f"peny{_V}", 4, "s")),
        _rule((r"pelajar\Z", 3, "")),
        _rule((rf"(?!pelajar\Z)pel{_V}", 2, "")),
        _rule((f"pe{_C}(?!er)", 2, "")),
        _rule((f"pe[bcdfghjkpqstvxz]er{_C}", 2, "")),
    ],
}  # fmt: skip
# Infixes -er-, -el-, -em-, -in- after the first consonant: the consonant is put back.
_INFIX_RULES = {
    letter: [_rule((f"{letter}{infix}{_V}", 3, letter)) for infix in ("er", "el", "em", "in")]
    for letter in "bcdfghjklmnpqrstvwxyz"
}
_PRONOUN_RULES = [_rule(("ku", 2, "")), _rule(("kau", 3, ""))]


@lru_cache(maxsize=32)
def _rules(letter: str) -> tuple[_CompiledRule, ...]:
    """Rules for words with this first letter, compiled at first use."""
    rules = _PREFIX_RULES.get(letter, []) + _INFIX_RULES.get(letter, [])
    if letter == "k":
        rules = rules + _PRONOUN_RULES
    return tuple(
        tuple((re.compile(pattern), cut, add) for pattern, cut, add in rule) for rule in rules
    )


_LONGEST = 60
_PARTICLE = ("lah", "kah", "tah", "pun")
_POSSESSIVE = ("ku", "mu", "nya")
_DERIVATIONAL = ("isasi", "isme", "kan", "is", "an", "i")
_PREFIX_FIRST = re.compile(r"be.*(?:lah|an)\Z|(?:me|di|pe|ter).*i\Z")
_PLURAL_SUFFIX = re.compile(r"(.*)-(?:ku|mu|nya|lah|kah|tah|pun)\Z")
_NOT_WORD = re.compile(r"[^a-z0-9 -]")


class _Removal(NamedTuple):
    subject: str
    result: str
    is_prefix: bool


class _Attempt:
    """One word on its way to its root; the steps and their order are Sastrawi's."""

    __slots__ = ("removals", "roots", "short", "word")

    def __init__(self, word: str, roots: frozenset[str]):
        self.word = word
        self.roots = roots
        self.removals: list[_Removal] = []
        self.short = len(word) <= 3

    def run(self) -> str:
        original = self.word
        if original in self.roots:
            return original
        self._strip(original)
        return self.word if self.word in self.roots else original

    def _strip(self, original: str) -> None:
        roots = self.roots
        if _PREFIX_FIRST.match(original):
            self._prefixes()
            if self.word in roots:
                return
            self._suffixes()
            if self.word in roots:
                return
            self.word = original
            self.removals = []
        self._suffixes()
        if self.word in roots:
            return
        self._prefixes()
        if self.word in roots:
            return
        self._restore_suffixes()

    def _remove(self, result: str, is_prefix: bool) -> None:
        self.removals.append(_Removal(self.word, result, is_prefix))
        self.word = result

    def _suffixes(self) -> None:
        for endings, hyphen in ((_PARTICLE, True), (_POSSESSIVE, True), (_DERIVATIONAL, False)):
            for ending in endings:
                if self.word.endswith(ending):
                    cut = self.word[: -len(ending)]
                    self._remove(cut.rstrip("-") if hyphen else cut, False)
                    break
            if self.short or self.word in self.roots:
                return

    def _prefixes(self) -> None:
        for _ in range(3):
            self._prefix()
            if self.word in self.roots:
                return

    def _prefix(self) -> None:
        word = self.word
        if word.startswith(("di", "ke", "se")):
            self._remove(word[2:], True)
            return
        if self.short or word in self.roots:
            return
        for rule in _rules(word[:1]):
            result = None
            for pattern, cut, add in rule:
                result = add + word[cut:] if pattern.match(word) else None
                if result in self.roots:
                    break
            if result:
                self._remove(result, True)
                return

    def _restore_suffixes(self) -> None:
        """Put suffixes back one by one and try the prefixes again (ECS)."""
        if self.removals:
            self.word = self.removals[0].subject
        # Sastrawi deletes from the list it walks, so of two neighbouring prefixes one stays
        for removal in self.removals:
            if removal.is_prefix:
                self.removals.remove(removal)
        word = self.word
        for removal in reversed(self.removals):
            if removal.is_prefix:
                continue
            if removal.subject == removal.result + "kan":
                self.word = removal.result + "k"
                self._prefixes()
                if self.word in self.roots:
                    return
                self.word = removal.result + "kan"
            else:
                self.word = removal.subject
            self._prefixes()
            if self.word in self.roots:
                return
            self.word = word


class Stemmer:
    """Stems Indonesian words.

    Parameters
    ----------
    overrides : mapping of str to str, optional
        Reviewed stems that replace the algorithm's own.
    cache_size : int, default=100_000
        Words remembered before the cache starts anew.

    Notes
    -----
    Identical to Sastrawi 1.0.1 on every word that has no override.

    Examples
    --------
    >>> stemmer = Stemmer({"relawan": "relawan"})
    >>> stemmer("memenangkan"), stemmer("relawan"), stemmer("buku-bukunya")
    ('menang', 'relawan', 'buku')
    """

    def __init__(self, overrides: Mapping[str, str] | None = None, cache_size: int = 100_000):
        self._overrides = dict(overrides or {})
        self._cache: dict[str, str] = {}
        self._cache_size = cache_size

    def __call__(self, word: str) -> str:
        """Stem one word.

        Parameters
        ----------
        word : str
            A word without white space, in any case.

        Returns
        -------
        str
            Its stem in lower case, or the word itself where no root is found.
        """
        if len(word) > _LONGEST:  # no word at all, and as a memory it would have no bounds
            return self._overrides.get(word.lower(), word.lower())
        stem = self._cache.get(word)
        if stem is None:
            stem = self._stem(word.lower())
            if len(self._cache) >= self._cache_size:
                self._cache.clear()
            self._cache[word] = stem
        return stem

    def _stem(self, word: str) -> str:
        override = self._overrides.get(word)
        if override is not None:
            return override
        pieces = " ".join(_NOT_WORD.sub(" ", word).split()).split(" ")
        return " ".join(
            self._plural(p) if "-" in p else _Attempt(p, root_words()).run() for p in pieces
        )

    def _plural(self, word: str) -> str:
        match = _PLURAL_SUFFIX.match(word)
        if match and "-" not in match[1]:
            return _Attempt(word, root_words()).run()
        first, _, second = word.rpartition("-")
        if "-" + second in ("-ku", "-mu", "-nya", "-lah", "-kah", "-tah", "-pun") and "-" in first:
            first, _, middle = first.rpartition("-")
            second = f"{middle}-{second}"
        one, two = _Attempt(first, root_words()).run(), _Attempt(second, root_words()).run()
        if two == second and second not in root_words():
            two = _Attempt("me" + second, root_words()).run()
        return one if one == two else word
