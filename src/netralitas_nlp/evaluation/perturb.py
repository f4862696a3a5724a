"""Small changes of spelling and dress that leave a reader's judgement as it was.

Each kind is one function from a text and a random generator to a changed text. None of them
touches what carries the meaning: negations and prohibitions, digits and number words (they may be
ballot numbers), names of people, parties, tickets and places, hashtags, addresses and handles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from random import Random

from netralitas_nlp.lexicons import Lexicon
from netralitas_nlp.text import Normalizer
from netralitas_nlp.text.document import Token
from netralitas_nlp.text.roots import root_words
from netralitas_nlp.text.words import WordReader

__all__ = ["KINDS", "perturb"]

_NUMBER_WORDS = frozenset(
    ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
     "sepuluh", "sebelas", "belas", "puluh", "pertama", "kedua", "ketiga", "keempat", "kelima",
     "siji", "loro", "telu", "papat", "hiji", "tilu", "opat", "esa", "telunjuk", "jempol")
)  # fmt: skip
_SHORTEST = 5  # a shorter word with a wrong letter is often another word
_ONE_IN = 6  # words of a text for one that is changed
_SHORT_FORM = 4  # letters of a form that capitals would turn into an acronym
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    letter: row[max(i - 1, 0) : i] + row[i + 1 : i + 2]
    for row in _KEYBOARD
    for i, letter in enumerate(row)
}
# 1, 2 and 3 are left out: inside a word they may be read as a ballot number ("R1DO", "M3nang")
_LEET = {"a": "4", "o": "0", "s": "5"}
_COMMON = 20  # a spelling in fewer posts than this would puzzle a reader
_EMOJI = "🌿☕🌧📷🎈🧵📎🕰🍵🪴🚲🌥"  # none of them a gesture, a party's sign or a mood
_HANDLES = ("@contoh_akun", "@akun_contoh_saja", "@ini_akun_contoh")
_PATH_LETTERS = "bcdfghjkmnpqrtvwxyz"
_VOWEL = re.compile(r"[aiueo]")
_PAUSE = re.compile(r"(?<=[^\W\d_][,.!?;])[ ]+(?=[^\W\d_])")
_GAP = re.compile(r"(?<=[^\W\d_])[ ](?=[^\W\d_])")
_COMMA = re.compile(r"(?<=[^\W\d_]),(?=\s)")


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon()


@lru_cache(maxsize=1)
def _turning() -> frozenset[str]:
    """Words that negate or forbid."""
    cues = _lexicon().cues
    found = [form for form, kinds in cues.items() if kinds & {"negation", "prohibition"}]
    return frozenset(form for form in found if " " not in form)


@lru_cache(maxsize=1)
def _protected() -> frozenset[str]:
    """Words whose spelling no change may touch."""
    lexicon = _lexicon()
    people = [phrase for phrase, kind in lexicon.phrases.items() if kind in ("figure", "party")]
    names = {word for phrase in people for word in phrase.split()}
    names.update(lexicon.entities, lexicon.ambiguous_entities)
    return _turning() | _NUMBER_WORDS | names


@lru_cache(maxsize=1)
def _words() -> WordReader:
    return WordReader(_lexicon())


@lru_cache(maxsize=1)
def _spellings() -> dict[str, tuple[str, ...]]:
    """Standard word to its usual chat spellings: the slang list read backwards."""
    lexicon = _lexicon()
    out: dict[str, list[str]] = {}
    for form, expansion in lexicon.slang.items():
        usual = lexicon.frequency.get(form, 0) >= _COMMON and form.isalpha()
        taken = form in root_words() or form in _protected()
        if usual and not taken and " " not in expansion and expansion not in _protected():
            out.setdefault(expansion, []).append(form)
    return {
        word: tuple(sorted(forms, key=lambda form: (-lexicon.frequency[form], form))[:3])
        for word, forms in out.items()
    }


@lru_cache(maxsize=64)
def _tokens(text: str) -> tuple[Token, ...]:
    return _normalizer().document(text).tokens


@lru_cache(maxsize=1)
def _normalizer() -> Normalizer:
    return Normalizer()


def _free(text: str, shortest: int = _SHORTEST) -> list[Token]:
    """Words whose spelling may change."""
    return [
        token
        for token in _tokens(text)
        if token.kind == "word"
        and token.raw.isalpha()
        and token.raw.isascii()
        and len(token.raw) >= shortest
        and not (token.raw.isupper() and len(token.raw) <= _SHORT_FORM)  # an acronym
        and not (token.start and token.raw.istitle())  # a name that no list knows
        and not {token.folded, token.squeezed, *token.norm.split()} & _protected()
    ]


def _replace(text: str, changes: dict[Token, str]) -> str:
    out, position = [], 0
    for token in sorted(changes, key=lambda token: token.start):
        out += [text[position : token.start], changes[token]]
        position = token.end
    return "".join(out) + text[position:]


def _some(tokens: list[Token], random: Random) -> list[Token]:
    """One word in six, at least one."""
    return random.sample(tokens, min(len(tokens), max(1, len(tokens) // _ONE_IN)))


def _like(word: str, model: str) -> str:
    """`word` in the case of `model`."""
    if model.isupper():
        return word.upper()
    return word.capitalize() if model[0].isupper() else word


def _slip(word: str, random: Random) -> str:
    """One wrong keystroke behind the first letter."""
    place = random.randrange(1, len(word) - 1)
    kind = random.choice(("swap", "drop", "double", "neighbour"))
    if kind == "swap":
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "drop":
        return word[:place] + word[place + 1 :]
    if kind == "double":
        return word[:place] + word[place] + word[place:]
    near = random.choice(_NEIGHBOURS[word[place].lower()])
    return word[:place] + (near.upper() if word[place].isupper() else near) + word[place + 1 :]


def _typo(text: str, random: Random) -> str:
    changes = {}
    for token in _some(_free(text), random):
        for _ in range(8):  # "kalah" must not become "kala": a typo is no other word
            wrong = _slip(token.raw, random)
            if wrong != token.raw and wrong.casefold() not in _words().known:
                changes[token] = wrong
                break
    return _replace(text, changes)


def _keeps_case(token: Token) -> bool:
    """Whether other letters make another word: PAN and pan, BERANI and berani, BKN and bkn."""
    kind = _lexicon().ambiguous_entities.get(token.folded)
    short = len(token.raw) <= _SHORT_FORM
    return (
        not token.raw.isalpha()
        or kind in ("party", "ticket")
        or (short and token.folded in _turning() and not _VOWEL.search(token.folded))
        or (short and token.raw.isupper() and len(token.raw) > 1)
    )


def _recase(text: str, change: Callable[[str], str]) -> str:
    words = [token for token in _tokens(text) if token.kind == "word" and not _keeps_case(token)]
    return _replace(text, {token: change(token.raw) for token in words})


def _lower(text: str, random: Random) -> str:  # noqa: ARG001
    return _recase(text, str.lower)


def _upper(text: str, random: Random) -> str:  # noqa: ARG001
    return _recase(text, str.upper)


def _title(text: str, random: Random) -> str:  # noqa: ARG001
    return _recase(text, str.capitalize)


def _random_case(text: str, random: Random) -> str:
    return _recase(
        text, lambda word: "".join(random.choice((c.lower(), c.upper())) for c in word)
    )  # fmt: skip


def _elongation(text: str, random: Random) -> str:
    changes = {}
    for token in _some(_free(text, shortest=4), random):
        vowels = list(_VOWEL.finditer(token.raw.lower()))
        if vowels:
            at = vowels[-1].start()
            changes[token] = token.raw[:at] + token.raw[at] * random.randint(3, 5) + (
                token.raw[at + 1 :]
            )  # fmt: skip
    return _replace(text, changes)


def _slang(text: str, random: Random) -> str:
    known = [token for token in _free(text, shortest=2) if token.folded in _spellings()]
    chosen = random.sample(known, (len(known) + 1) // 2)
    return _replace(
        text, {t: _like(random.choice(_spellings()[t.folded]), t.raw) for t in chosen}
    )  # fmt: skip


def _leet(text: str, random: Random) -> str:
    changes = {}
    for token in _some(_free(text), random):
        places = [i for i, c in enumerate(token.raw.lower()) if c in _LEET and i > 0]
        if places:
            letters = list(token.raw)
            for i in random.sample(places, min(2, len(places))):
                letters[i] = _LEET[letters[i].lower()]
            changes[token] = "".join(letters)
    return _replace(text, changes)


def _emoji(text: str, random: Random) -> str:
    return f"{text} {random.choice(_EMOJI)}" if text.strip() else text


def _url(text: str, random: Random) -> str:
    path = "".join(random.choice(_PATH_LETTERS) for _ in range(8))
    return f"{text} https://contoh.example/{path}" if text.strip() else text


def _mention(text: str, random: Random) -> str:
    return f"{random.choice(_HANDLES)} {text}" if text.strip() else text


def _whitespace(text: str, random: Random) -> str:
    wide = _GAP.sub(lambda gap: gap.group() * random.choice((1, 1, 2, 3)), text)
    return f"  {wide} " if text.strip() else text


def _punctuation(text: str, random: Random) -> str:
    loose = _COMMA.sub(lambda comma: random.choice((" ,", ",,", ",")), text)
    if loose.endswith(".") and not loose.endswith(".."):
        return random.choice((loose[:-1], loose + ".."))
    return loose + random.choice((".", " .", "..")) if loose[-1:].isalpha() else loose


def _newlines(text: str, random: Random) -> str:
    broken = _PAUSE.sub(lambda pause: random.choice(("\n", "\n\n", pause.group())), text)
    if broken == text:
        gaps = list(_GAP.finditer(text))
        if gaps:
            gap = random.choice(gaps)
            broken = text[: gap.start()] + "\n" + text[gap.end() :]
    return broken


KINDS: dict[str, Callable[[str, Random], str]] = {
    "typo": _typo,
    "lower": _lower,
    "upper": _upper,
    "title": _title,
    "random_case": _random_case,
    "elongation": _elongation,
    "slang": _slang,
    "leet": _leet,
    "emoji": _emoji,
    "url": _url,
    "mention": _mention,
    "whitespace": _whitespace,
    "punctuation": _punctuation,
    "newlines": _newlines,
}
"""Every kind of change and the function that makes it."""


def perturb(text: str, kind: str, seed: int = 0) -> str:
    """Change a text in a way that leaves its meaning.

    Parameters
    ----------
    text : str
    kind : str
        A key of `KINDS`.
    seed : int, default=0
        Same text, kind and seed give the same change.

    Returns
    -------
    str
        The changed text; the text itself where this kind finds nothing that it may change.

    Raises
    ------
    ValueError
        If there is no such kind.

    Examples
    --------
    >>> perturb("Saya tidak memihak calon nomor 2.", "upper")
    'SAYA TIDAK MEMIHAK CALON NOMOR 2.'
    >>> perturb("Besok kita kumpul di pasar", "leet") != "Besok kita kumpul di pasar"
    True
    """
    if kind not in KINDS:
        raise ValueError(f"perturbation {kind!r} is not one of {', '.join(KINDS)}")
    return KINDS[kind](text, Random(f"{seed}:{kind}:{text}"))
