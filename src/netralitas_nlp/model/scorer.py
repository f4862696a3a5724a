"""Scores texts with a model: the object that other programs hold."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.assessment import SIGNALS, Assessment, Evidence
from netralitas_nlp.model.evidence import find_evidence
from netralitas_nlp.model.protocol import TextModel

if TYPE_CHECKING:
    import pandas

    from netralitas_nlp.lexicons import Lexicon

__all__ = ["Readings", "Scorer", "as_texts", "score"]

FloatArray = npt.NDArray[np.float64]

_BATCH = 1024
_SEARCHED = 128  # texts whose evidence is searched at once
NEUTRAL, REVIEW, PARTISAN = "netral", "tinjau", "partisan"


def _missing(value: object) -> bool:
    if isinstance(value, (float, np.floating)):
        return math.isnan(value)
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _refuse_table(texts: object) -> None:
    if hasattr(texts, "columns"):  # going through a table gives the names of its columns
        raise TypeError(
            f"a {type(texts).__name__} is a table, not texts: give one column of it, such as "
            "frame['teks'], or use score_frame"
        )


def as_texts(texts: Iterable[Any]) -> tuple[list[str], list[bool]]:
    """Check a batch of texts.

    Parameters
    ----------
    texts : iterable
        Strings; None and NaN are taken as missing. One string is one text.

    Returns
    -------
    texts : list of str
        A missing text is empty.
    skipped : list of bool
        Which texts were missing.

    Raises
    ------
    TypeError
        If an item is neither text nor missing, or all of it is a table.

    Examples
    --------
    >>> as_texts(["halo", None])
    (['halo', ''], [False, True])
    """
    if isinstance(texts, str):
        texts = [texts]
    _refuse_table(texts)
    texts = list(texts)
    if set(map(type, texts)) <= {str}:
        return texts, [False] * len(texts)
    out: list[str] = []
    skipped: list[bool] = []
    for position, text in enumerate(texts):
        if isinstance(text, str):
            out.append(str(text))
            skipped.append(False)
        elif _missing(text):
            out.append("")
            skipped.append(True)
        else:
            raise TypeError(
                f"text at position {position} is {type(text).__name__}, expected str or None"
            )
    return out, skipped


class Readings(NamedTuple):
    """Columns of what a scorer says of many texts.

    Attributes
    ----------
    probability : list of float
    verdict : list of str
    signals : dict of str to list of float
    """

    probability: list[float]
    verdict: list[str]
    signals: dict[str, list[float]]


class Scorer:
    """Reads whether texts take a political side.

    Parameters
    ----------
    model : TextModel
        What turns texts into log-odds.
    thresholds : mapping of str to float
        ``"tinjau"``: from this probability on a human should read; ``"partisan"``: from here on
        the verdict is partisan.
    positive : str
        The label whose probability is the score.
    info : mapping, optional
        Where the model comes from.
    decision : sequence of float, optional
        What is added to the logarithm of each probability before `predict` takes the largest:
        where classes are of very different size, the rare ones would hardly ever be said.

    Examples
    --------
    >>> scorer = Scorer.load()
    >>> scorer.score("Ayo coblos nomor 2, menangkan Bu Rina!").verdict
    'partisan'
    >>> scorer.predict(["ASN wajib netral, dilarang mendukung calon mana pun."])
    array(['netral'], dtype='<U8')
    """

    def __init__(
        self,
        model: TextModel,
        thresholds: Mapping[str, float],
        positive: str = PARTISAN,
        info: Mapping[str, Any] | None = None,
        decision: Sequence[float] = (),
    ):
        self.model = model
        self.thresholds = dict(thresholds)
        self.positive = positive
        self.info = dict(info or {})
        self.decision = tuple(decision)

    @classmethod
    def load(
        cls,
        name: str | os.PathLike[str] = "bundled",
        lexicon: Lexicon | Mapping[str, Iterable[str]] | None = None,
    ) -> Scorer:
        """Load a model; no connection is opened and no code in the model is run.

        Parameters
        ----------
        name : str or path-like, default="bundled"
            ``"bundled"``, the fast reader; ``"careful"``, a small encoder that reads what words
            mean together, and ``"cascade"``, the fast reader with the encoder behind it for the
            texts that it doubts (both need the extra ``careful``); or the path of a model folder
            or of a zip file of one.
        lexicon : Lexicon or mapping, optional
            Terms to add to the word lists, for example ``{"figures": ["bu rina"]}``.

        Returns
        -------
        Scorer

        Raises
        ------
        UnknownModelError
            If there is no such model.
        ArtefactError
            If it is damaged, altered or of an unknown format.
        MissingExtraError
            If it needs a package that is not installed.
        """
        from netralitas_nlp.model.loading import load_model

        return load_model(name, lexicon)

    @property
    def classes_(self) -> list[str]:
        """Labels in the order of the columns of `predict_proba`."""
        return list(self.model.classes)

    @property
    def signals_(self) -> tuple[str, ...]:
        """The signals that the model reads; an `Assessment` gives the others as 0."""
        return tuple(name for name in SIGNALS if name in self.model.heads)

    @property
    def _positive_column(self) -> int:
        return self.model.classes.index(self.positive)

    def _label_probabilities(self, log_odds: FloatArray) -> FloatArray:
        if len(self.model.classes) == 2:
            second = _sigmoid(log_odds[:, 0])
            return np.column_stack([1.0 - second, second])
        logits = log_odds[:, : len(self.model.classes)]
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))

    def predict_proba(self, texts: Iterable[str | None]) -> FloatArray:
        """Probabilities of every label.

        Parameters
        ----------
        texts : list, tuple, array or Series of str
            None and NaN count as empty texts.

        Returns
        -------
        ndarray of shape (n_texts, n_classes)
            Columns follow `classes_`; rows sum to one.

        Raises
        ------
        TypeError
            If an item is no text, naming its position.
        """
        checked, _ = as_texts(texts)
        return self._label_probabilities(self.model.log_odds(checked, labels_only=True))

    def predict(self, texts: Iterable[str | None]) -> npt.NDArray[np.str_]:
        """The label of each text: the likeliest, unless the model was given a `decision`.

        Returns
        -------
        ndarray of shape (n_texts,)
        """
        said = self.decide(self.predict_proba(texts))
        return np.asarray(np.array(self.model.classes)[said])

    def decide(self, probability: FloatArray) -> npt.NDArray[np.int64]:
        """Column of the label that `predict` gives for probabilities of every label.

        Parameters
        ----------
        probability : ndarray of shape (n_texts, n_classes)

        Returns
        -------
        ndarray of shape (n_texts,)
        """
        if self.decision:
            probability = np.log(np.maximum(probability, 1e-300)) + self.decision
        return np.asarray(probability.argmax(axis=1))

    def verdict(self, probability: float) -> str:
        """Verdict for a probability of the positive label."""
        if probability >= self.thresholds["partisan"]:
            return self.positive
        return REVIEW if probability >= self.thresholds["tinjau"] else self._negative

    @property
    def _negative(self) -> str:
        if len(self.model.classes) == 2:
            return self.model.classes[1 - self._positive_column]
        return f"bukan {self.positive}"

    @property
    def _signal_columns(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.model.heads) if name in SIGNALS}

    def score(self, text: str | None) -> Assessment:
        """Read one text in full.

        Parameters
        ----------
        text : str
            Also an empty one; None and NaN count as empty.

        Returns
        -------
        Assessment
            With evidence and, for a text of several sentences, the reading of each.

        Raises
        ------
        TypeError
            If `text` is not a string.
        """
        if not isinstance(text, str):
            if not _missing(text):
                raise TypeError(
                    f"text is {type(text).__name__}, expected str; for many use predict_proba"
                )
            text = ""
        whole = self._assess([text], evidence=True)[0]
        spans = self.model.sentence_spans(text)
        if len(spans) < 2:
            return whole
        parts = self._assess([text[start:end] for start, end in spans], evidence=False)
        sentences = tuple(
            replace(part, start=start, end=end)
            for part, (start, end) in zip(parts, spans, strict=True)
        )
        return replace(whole, sentences=sentences)

    def read(self, texts: Sequence[str]) -> Readings:
        """Probability, verdict and signals of many texts as columns.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        Readings
            Without evidence: much faster than one `Assessment` for each text.
        """
        log_odds = self.model.log_odds(texts)
        probability = self._label_probabilities(log_odds)[:, self._positive_column]
        columns = self._signal_columns
        found = _with_one_shown(_sigmoid(log_odds), list(columns.values()), probability)
        nothing = [0.0] * len(texts)
        signals = {
            name: found[:, columns[name]].tolist() if name in columns else nothing
            for name in SIGNALS
        }
        verdicts = [self.verdict(p) for p in probability.tolist()]
        return Readings(probability.tolist(), verdicts, signals)

    def _assess(self, texts: Sequence[str], evidence: bool) -> list[Assessment]:
        read = self.read(texts)
        band = (self.thresholds["tinjau"], self.thresholds["partisan"])
        found = self._evidence(texts, read.verdict) if evidence else [()] * len(texts)
        out = []
        for i, text in enumerate(texts):
            signals = {name: values[i] for name, values in read.signals.items()}
            p, verdict = read.probability[i], read.verdict[i]
            out.append(
                Assessment(
                    text, 0, len(text), p, verdict, signals, found[i], (), band, self.signals_
                )
            )
        return out

    def _evidence(
        self, texts: Sequence[str], verdicts: Sequence[str]
    ) -> list[tuple[Evidence, ...]]:
        """The words behind each verdict that is not the negative one."""
        column, sign = self._positive_column, 1.0
        if len(self.model.classes) == 2:  # one column, which speaks for the second label
            column, sign = 0, 1.0 if column else -1.0
        flagged = [i for i, verdict in enumerate(verdicts) if verdict != self._negative]
        out: list[tuple[Evidence, ...]] = [()] * len(texts)
        for begin in range(0, len(flagged), _SEARCHED):
            part = flagged[begin : begin + _SEARCHED]
            found = find_evidence(
                [texts[i] for i in part], self.model, self._signal_columns, column, sign
            )
            for i, evidence in zip(part, found, strict=True):
                out[i] = evidence
        return out

    def score_stream(
        self, texts: Iterable[str | None], batch_size: int = _BATCH, *, evidence: bool = True
    ) -> Iterator[Assessment]:
        """Read texts one after the other in constant memory.

        Parameters
        ----------
        texts : iterable of str
            May be endless; None and NaN count as empty texts.
        batch_size : int, default=1024
            Texts read at once.
        evidence : bool, default=True
            Whether to look for the words behind each decision; without it is faster.

        Yields
        ------
        Assessment
            In the order of the texts, without single sentences.
        """
        if batch_size < 1:
            raise ValueError(f"Got batch_size={batch_size!r} but expected 1 or more.")
        _refuse_table(texts)
        iterator = iter([texts] if isinstance(texts, str) else texts)
        done = 0
        while batch := list(itertools.islice(iterator, batch_size)):
            try:
                checked, _ = as_texts(batch)
            except TypeError:
                for offset, text in enumerate(batch):
                    if not isinstance(text, str) and not _missing(text):
                        raise TypeError(
                            f"text at position {done + offset} is {type(text).__name__}, "
                            "expected str or None"
                        ) from None
                raise
            yield from self._assess(checked, evidence)
            done += len(batch)

    def score_frame(
        self, frame: pandas.DataFrame, text_column: str = "teks", *, evidence: bool = True
    ) -> pandas.DataFrame:
        """Score a column of a frame.

        Parameters
        ----------
        frame : pandas.DataFrame
            Left as it is.
        text_column : str, default="teks"
            Column with the texts.
        evidence : bool, default=True
            Whether to add a column with the words behind each decision.

        Returns
        -------
        pandas.DataFrame
            The frame with its index and columns plus ``prob_partisan``, ``verdict``, ``skipped``
            (the text was missing), one column for each signal and ``evidence`` (spans, personal
            numbers masked).

        Raises
        ------
        KeyError
            If there is no such column.
        TypeError
            If a cell is neither text nor missing, naming column, position and index.
        ValueError
            If a column that scoring adds is there already, or the text column is there twice.
        """
        if text_column not in frame.columns:
            names = ", ".join(map(str, frame.columns))
            raise KeyError(f"no column {text_column!r}; the frame has {names}")
        new = [f"prob_{self.positive}", "verdict", "skipped", *self._signal_columns]
        if frame.columns.tolist().count(text_column) > 1:
            raise ValueError(f"the frame has several columns {text_column!r}; rename all but one")
        clash = [name for name in [*new, *["evidence"] * evidence] if name in frame.columns]
        if clash:
            raise ValueError(
                f"the frame already has column {clash[0]!r}, which scoring adds; rename or drop it"
            )
        try:
            texts, skipped = as_texts(frame[text_column].tolist())
        except TypeError:
            for position, (label, value) in enumerate(frame[text_column].items()):
                if not isinstance(value, str) and not _missing(value):
                    raise TypeError(
                        f"column {text_column!r}, position {position} (index {label!r}): "
                        f"{type(value).__name__}, expected str or None; "
                        f"frame[{text_column!r}].astype('string') makes text of it"
                    ) from None
            raise
        numbers = {name: np.empty(len(texts)) for name in (new[0], *self._signal_columns)}
        verdicts: list[str] = []
        found: list[list[dict[str, Any]]] = []
        for start in range(0, len(texts), _BATCH):  # of a million rows only the columns are kept
            part = slice(start, start + _BATCH)
            read = self.read(texts[part])
            numbers[new[0]][part] = read.probability
            for name in self._signal_columns:
                numbers[name][part] = read.signals[name]
            verdicts += read.verdict
            if evidence:
                spans = self._evidence(texts[part], read.verdict)
                found += [[item.to_dict() for item in own] for own in spans]
        added = {new[0]: numbers.pop(new[0]), "verdict": verdicts, "skipped": skipped, **numbers}
        if evidence:
            added["evidence"] = found
        return frame.assign(**added)


def _with_one_shown(signals: FloatArray, columns: list[int], probability: FloatArray) -> FloatArray:
    """Who takes a side does so by one act at least: the likeliest is then as likely as not."""
    rows = np.flatnonzero(probability >= 0.5)
    if columns and len(rows):
        likeliest = np.array(columns)[signals[rows][:, columns].argmax(axis=1)]
        signals[rows, likeliest] = np.maximum(signals[rows, likeliest], 0.5)
    return signals


def _sigmoid(values: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-values)))


@lru_cache(maxsize=1)
def _bundled() -> Scorer:
    return Scorer.load()


def score(text: str) -> Assessment:
    """Read one text with the bundled model, loaded at the first call.

    Parameters
    ----------
    text : str

    Returns
    -------
    Assessment

    Examples
    --------
    >>> score("Ayo coblos nomor 2!").verdict
    'partisan'
    """
    return _bundled().score(text)
