"""From an artefact to a `Scorer`, and back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.features.phrases import PhraseTable
from netralitas_nlp.features.stream import CueIndex, StreamReader
from netralitas_nlp.features.vocabulary import Vocabulary
from netralitas_nlp.lexicons import Lexicon
from netralitas_nlp.model.artefact import (
    CONTEXT,
    OLDER_CONTEXT,
    read_artefact,
    read_facts,
    write_artefact,
)
from netralitas_nlp.model.context import ContextModel, ContextWeights
from netralitas_nlp.model.errors import ArtefactError, UnknownModelError
from netralitas_nlp.model.fast import FastModel
from netralitas_nlp.model.linear import LinearModel
from netralitas_nlp.model.older_context import OlderContext, OlderWeights
from netralitas_nlp.model.pooling import Pooling
from netralitas_nlp.model.protocol import TextModel
from netralitas_nlp.model.scorer import Scorer
from netralitas_nlp.text.normalizer import Normalizer

__all__ = [
    "bundled_path",
    "fitting",
    "load_fast",
    "load_model",
    "make_scorer",
    "save_model",
    "shipped_path",
]

CAREFUL, CASCADE = "careful", "cascade"

_LONGEST_GRAM = 10
_LARGEST = 1e6


def bundled_path() -> str:
    """Folder of the bundled model: inside the package, or beside it in a checkout.

    Raises
    ------
    UnknownModelError
        If the installation is incomplete.
    """
    return shipped_path("bundled")


def shipped_path(name: str) -> str:
    """Folder of a model that comes with the library; as `bundled_path`."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    checkout = os.path.dirname(os.path.dirname(package))
    for root in (package, checkout):
        folder = os.path.join(root, "models", name)
        if os.path.isfile(os.path.join(folder, "model.json")):
            return folder
    raise UnknownModelError(f"the {name} model is missing; install netralitas-nlp again")


def load_model(
    name: str | os.PathLike[str], lexicon: Lexicon | Mapping[str, Iterable[str]] | None = None
) -> Scorer:
    """Load a model by name or path; see `Scorer.load`."""
    if name in (CAREFUL, CASCADE):
        path = shipped_path(CAREFUL)
    else:
        path = bundled_path() if name == "bundled" else os.fspath(name)
    if not os.path.exists(path):
        known = f"'bundled', '{CAREFUL}', '{CASCADE}'"
        raise UnknownModelError(
            f"no model at {path!r}; give a folder, a zip file or one of {known}"
        )
    if read_facts(path).get("kind") is not None:
        from netralitas_nlp.model.careful_loading import load_careful

        fast = load_model("bundled", lexicon)
        return load_careful(path, fast, bundled_path(), cascade=name == CASCADE)
    meta, arrays = read_artefact(path)
    with fitting(path):
        # a user's own terms mean that phrases have to be compiled anew
        index = _cue_index(arrays) if lexicon is None else None
        names = meta["features"].get("names", False) is True
        reader = StreamReader(Normalizer(lexicon), index=index, names=names)
        model = _fast_model(meta, arrays, reader)
        return make_scorer(model, meta)


def load_fast(name: str | os.PathLike[str]) -> FastModel:
    """The fast model behind a name or path, to learn on top of.

    Raises
    ------
    ValueError
        If it is of another kind.
    """
    model = load_model(name).model
    if not isinstance(model, FastModel):
        raise ValueError(f"{os.fspath(name)!r} is no fast model, and only those can be extended")
    return model


@contextmanager
def fitting(path: str) -> Iterator[None]:
    """Whatever facts and arrays of the wrong kind lead to is one error with one line."""
    try:
        yield
    except ArtefactError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError) as error:
        raise ArtefactError(
            f"{path}: the parts of the model do not fit together ({error})"
        ) from None


def make_scorer(model: TextModel, meta: Mapping[str, Any]) -> Scorer:
    """Put a model behind the thresholds that its facts name."""
    thresholds = {key: float(meta["thresholds"][key]) for key in ("tinjau", "partisan")}
    if not 0.0 <= thresholds["tinjau"] <= thresholds["partisan"] <= 1.0:
        raise ValueError(f"thresholds {thresholds} are no band between 0 and 1")
    positive = _positive(meta, model.classes)
    decision = tuple(float(value) for value in meta.get("decision", ()))
    if decision and (len(decision) != len(model.classes) or not np.isfinite(decision).all()):
        raise ValueError("the decision needs one finite number for each class")
    return Scorer(model, thresholds, positive, meta, decision)


def _positive(meta: Mapping[str, Any], classes: tuple[str, ...]) -> str:
    """The label whose probability is the score."""
    positive = str(meta["positive"])
    if positive not in classes:
        raise ValueError(f"positive label {positive!r} is none of {classes}")
    return positive


def _fast_model(
    meta: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]], reader: StreamReader
) -> FastModel:
    shortest, longest = meta["features"]["gram_range"]
    if not 1 <= shortest <= longest <= _LONGEST_GRAM:
        raise ValueError(f"n-grams of {shortest} to {longest} characters")
    vocabulary = Vocabulary(
        _unpack(arrays["words"]),
        _unpack(arrays["grams"]),
        arrays["pairs"],
        (
            arrays["word_idf"].astype(np.float64),
            arrays["gram_idf"].astype(np.float64),
            arrays["pair_idf"].astype(np.float64),
        ),
        (int(shortest), int(longest)),
    )
    heads = tuple(str(head) for head in meta["heads"])
    classes = tuple(str(label) for label in meta["classes"])
    calibration = np.array(meta["calibration"], dtype=np.float64)
    linear = LinearModel(vocabulary, arrays["coef"], arrays["intercept"])
    pooling = Pooling(*(float(meta["pooling"][name]) for name in Pooling._fields))
    labels = 1 if len(classes) == 2 else len(classes)
    sizes = [len(vocabulary.words), len(vocabulary.grams), len(vocabulary.pairs)]
    if (
        linear.n_heads != len(heads)
        or calibration.shape != (len(heads), 2)
        or not len(classes) >= 2
        or labels > len(heads)
        or [len(block) for block in vocabulary.idf] != sizes
    ):
        raise ValueError("heads, classes, calibration or vocabulary differ in length")
    if not (np.abs([*calibration.ravel(), *pooling]) <= _LARGEST).all():
        raise ValueError("calibration and pooling must be finite numbers of a sensible size")
    context = _context(arrays)
    if context is not None and (
        context.n_heads != len(heads) or len(context.weights.words) != len(vocabulary.words) + 1
    ):
        raise ValueError("the context reader has other heads or words than the rest")
    positive = classes.index(_positive(meta, classes))
    return FastModel(reader, linear, classes, heads, pooling, calibration, context, positive)


def _context(arrays: Mapping[str, npt.NDArray[Any]]) -> ContextModel | OlderContext | None:
    def parts(names: tuple[str, ...]) -> list[npt.NDArray[Any]]:
        return [arrays[f"context_{name}"] for name in names]

    if CONTEXT.keys() <= arrays.keys():
        return ContextModel(ContextWeights(*parts(ContextWeights._fields)))
    if OLDER_CONTEXT.keys() <= arrays.keys():
        return OlderContext(OlderWeights(*parts(OlderWeights._fields)))
    return None


def _cue_index(arrays: Mapping[str, npt.NDArray[Any]]) -> CueIndex:
    names, masks = _unpack(arrays["cue_words"]), arrays["cue_masks"].tolist()
    cuts = np.cumsum(arrays["phrase_sizes"])[:-1]
    total = int(arrays["phrase_sizes"].sum())
    if (
        len(names) != len(masks)
        or len(arrays["phrase_sizes"]) != 3
        or len(arrays["phrase_codes"]) != total
        or len(arrays["phrase_masks"]) != total
    ):
        raise ValueError("cue words and masks differ in length")
    phrases = PhraseTable.restore(
        _unpack(arrays["phrase_words"]),
        np.split(arrays["phrase_codes"], cuts),
        np.split(arrays["phrase_masks"], cuts),
    )
    return CueIndex(dict(zip(names, masks, strict=True)), phrases)


def save_model(path: str | os.PathLike[str], scorer: Scorer, *, force: bool = False) -> str:
    """Write the model of a scorer as an artefact.

    Parameters
    ----------
    path : path-like
        Folder to make.
    scorer : Scorer
        With a `FastModel`.
    force : bool, default=False
        Replace a model that stands there.

    Returns
    -------
    str
        The folder.
    """
    model = scorer.model
    if not isinstance(model, FastModel):
        raise TypeError(f"a {type(model).__name__} has no artefact of this format")
    vocabulary = model.linear.vocabulary
    word_idf, gram_idf, pair_idf = vocabulary.idf
    phrases = model.reader.index.phrases
    arrays: dict[str, npt.NDArray[Any]] = {
        "words": _pack(vocabulary.words),
        "grams": _pack(vocabulary.grams),
        "pairs": vocabulary.pairs,
        "word_idf": word_idf,
        "gram_idf": gram_idf,
        "pair_idf": pair_idf,
        "coef": model.linear.coef,
        "intercept": model.linear.intercept,
        "cue_words": _pack(model.reader.index.words),
        "cue_masks": np.array(list(model.reader.index.words.values()), dtype=np.uint64),
        "phrase_words": _pack(phrases.words),
        "phrase_codes": np.concatenate(phrases.codes),
        "phrase_masks": np.concatenate(phrases.masks),
        "phrase_sizes": np.array([len(codes) for codes in phrases.codes]),
    }
    if model.context is not None:
        for name, values in model.context.weights._asdict().items():
            arrays[f"context_{name}"] = values
    meta = dict(scorer.info) | {
        "classes": list(model.classes),
        "positive": scorer.positive,
        "heads": list(model.heads),
        "thresholds": scorer.thresholds,
        "calibration": model.calibration.tolist(),
        "pooling": model.pooling._asdict(),
        "features": {"gram_range": list(vocabulary.gram_range)},
    }
    if model.reader.names:
        meta["features"]["names"] = True
    meta.pop("decision", None)
    if scorer.decision:
        meta["decision"] = list(scorer.decision)
    return write_artefact(path, meta, arrays, force=force)


def _pack(names: Iterable[str]) -> npt.NDArray[np.uint8]:
    data = "\n".join(names).encode("utf-8", "surrogatepass")
    return np.frombuffer(data, dtype=np.uint8)


def _unpack(data: npt.NDArray[np.uint8]) -> list[str]:
    text = data.tobytes().decode("utf-8", "surrogatepass")
    return text.split("\n") if text else []
