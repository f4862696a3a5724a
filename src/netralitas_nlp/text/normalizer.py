"""From a raw string to a `Document`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from netralitas_nlp.lexicons import Lexicon
from netralitas_nlp.text.document import Document, Token
from netralitas_nlp.text.stemmer import Stemmer
from netralitas_nlp.text.tokenizer import Tokenizer

__all__ = ["Normalizer", "spaced_runs"]

_CHUNK = re.compile(r"\S+")
# Four or more single characters with white space between them ("c o b l o s").
_SPACED = re.compile(r"(?<!\S)\w(?:\s{1,3}\w){3,}(?!\S)")
_LONGEST_RUN = 60
_NUMBER_WORDS = frozenset({"no", "nmr", "nomer"})


def spaced_runs(text: str) -> list[tuple[int, int]]:
    """Find runs of letters written apart.

    Examples
    --------
    >>> spaced_runs("ayo c o b l o s 2")
    [(4, 17)]
    """
    return [match.span() for match in _SPACED.finditer(text)]


class Normalizer:
    """Reads Indonesian text as people type it.

    Normalisation annotates; it never replaces the original. Negation, names, parties and ballot
    numbers are never changed or dropped.

    Parameters
    ----------
    lexicon : Lexicon or mapping, optional
        Word lists to use, or terms to add to the bundled ones (see `Lexicon`).

    Examples
    --------
    >>> Normalizer().normalize("Gaskeuuun c0bl0s no 2 !!")
    'gaskeun coblos nomor 2 !!'
    >>> [(t.raw, t.leet, t.digits) for t in Normalizer().document("R1DO menang").tokens]
    [('R1DO', 'rido', '1'), ('menang', None, '')]
    """

    def __init__(self, lexicon: Lexicon | Mapping[str, Iterable[str]] | None = None):
        self.lexicon = lexicon if isinstance(lexicon, Lexicon) else Lexicon(lexicon)
        self.stemmer = Stemmer(self.lexicon.stem_overrides)
        self.tokenizer = Tokenizer(self.lexicon, self.stemmer)

    def document(self, text: str) -> Document:
        """Tokenise and annotate one text.

        Parameters
        ----------
        text : str
            Any string, also an empty one.

        Returns
        -------
        Document
            ``document.text[token.start:token.end] == token.raw`` for every token.

        Raises
        ------
        TypeError
            If `text` is not a string.
        """
        if not isinstance(text, str):
            raise TypeError(f"text must be str, not {type(text).__name__}")
        tokens: list[Token] = []
        for start, _, relative in self.chunks(text):
            tokens.extend(token.moved(start) for token in relative)
        for i, (token, following) in enumerate(itertools.pairwise(tokens)):
            dotted = following.raw == "." and i + 2 < len(tokens)
            number = tokens[i + 2] if dotted else following
            if token.folded in _NUMBER_WORDS and number.kind == "number":
                tokens[i] = replace(token, expansion=("nomor",))
        return Document(text, tuple(tokens))

    def chunks(self, text: str) -> Iterator[tuple[int, str, list[Token]]]:
        """Yield each white-space-free chunk with its start and its tokens.

        A run of letters written apart is one chunk if the letters make a word.
        """
        position = 0
        for begin, stop in [*spaced_runs(text), (len(text), len(text))]:
            for match in _CHUNK.finditer(text, position, begin):
                yield match.start(), match.group(), self.tokenizer.tokens(match.group())
            position = begin
            if begin < stop:
                run = text[begin:stop]
                yield from self._run(begin, run)
                position = stop

    def _run(self, begin: int, run: str) -> Iterator[tuple[int, str, list[Token]]]:
        """Read one run of single characters: longest word first, the rest as they stand."""
        places = [match.start() for match in re.finditer(r"\w", run)]
        if len(places) > _LONGEST_RUN:  # nobody spells so much apart; keep the cost linear
            for place in places:
                yield begin + place, run[place], self.tokenizer.tokens(run[place])
            return
        i = 0
        while i < len(places):
            for j in range(min(len(places), i + 20), i + 3, -1):
                letters = "".join(run[p] for p in places[i:j]).casefold()
                forms = self.tokenizer.join(letters) if sum(map(str.isalpha, letters)) > 2 else None
                known = forms is not None and forms.leet in self.tokenizer.reader.known
                if forms and known:
                    start, end = places[i], places[j - 1] + 1
                    raw = run[start:end]
                    token = Token(
                        0, len(raw), raw, "word", letters, *forms, joined=True,
                        _stemmer=self.stemmer,
                    )  # fmt: skip
                    yield begin + start, raw, [token]
                    i = j
                    break
            else:
                char = run[places[i]]
                yield begin + places[i], char, self.tokenizer.tokens(char)
                i += 1

    def normalize(self, text: str) -> str:
        """Write one text in standard spelling.

        Parameters
        ----------
        text : str
            Any string.

        Returns
        -------
        str
            Normal forms joined by one space.
        """
        return self.document(text).normalized
