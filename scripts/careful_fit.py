"""From a trained encoder to the artefact of the careful reader: vocabulary, calibration, bands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from train_bundled import DOUBTFUL, ROOT, read

from netralitas_nlp import Scorer, __version__
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.features.wording import Wording, WordReader
from netralitas_nlp.model.careful_artefact import fingerprint, write_encoder
from netralitas_nlp.model.encoder import Encoder
from netralitas_nlp.model.loading import bundled_path
from netralitas_nlp.model.pieces import FIRST, PieceReader
from netralitas_nlp.model.pooling import Pooling, pool
from netralitas_nlp.text import Normalizer
from netralitas_nlp.training.calibration import fit_pooling, review_band
from netralitas_nlp.training.network import build_network

__all__ = [
    "Start", "fit", "held_readings", "left_out_path", "left_out_reading", "pieces_of",
    "word_lists", "wordings", "write_careful", "write_left_out", "write_teacher",
]  # fmt: skip

FloatArray = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[np.float32]]
ACCURACY_LOST = 0.005  # by the cascade, at most, against the careful reader alone


class Start(NamedTuple):
    """Vocabulary and weights that training starts from."""

    pieces: list[str]
    scores: npt.NDArray[np.float32]
    weights: Arrays


class Reading(NamedTuple):
    """Log-odds of texts by the encoder and by the fast model, and what is true of them."""

    own: FloatArray
    fast: FloatArray
    truth: FloatArray
    weight: FloatArray


def wordings(texts: Sequence[str]) -> list[Wording]:
    return WordReader(StreamReader(Normalizer())).read(texts)[1]


def pieces_of(reader: PieceReader, found: Wording) -> list[int]:
    """Numbers of the pieces of a whole text, with begin and end."""
    return [0, *(number for word in found.words for number in reader.word(word)), 1]


def word_lists() -> set[str]:
    """Words that any text may hold, whether or not the training texts do."""
    normalizer = Normalizer()
    lexicon = normalizer.lexicon
    lists: Iterable[Iterable[str]] = (lexicon.entities, lexicon.cues, lexicon.slang)
    words = {word for form in set().union(*map(set, lists)) for word in form.split()}
    return words | {word.capitalize() for word in words} | {word.upper() for word in words}


def cut(start: Start, weights: Arrays, used: set[int]) -> tuple[Start, Arrays]:
    """Drop the pieces that no Indonesian text asked for; single letters and signs stay."""
    reader = PieceReader(start.pieces, start.scores.tolist())
    used = used | {number for word in word_lists() for number in reader.word(word)}
    letters = {FIRST + i for i, piece in enumerate(start.pieces) if len(piece.strip("▁")) <= 1}
    # of 14,000 single signs most are Chinese; Latin script, punctuation and emoji are not
    letters = {i for i in letters if not "\u2e80" <= start.pieces[i - FIRST][-1] <= "\ud7ff"}
    kept = [i for i in sorted(used | letters) if i >= FIRST]
    rows = [*range(FIRST), *kept]
    small = Start(
        [start.pieces[i - FIRST] for i in kept],
        start.scores[[i - FIRST for i in kept]],
        start.weights,
    )
    return small, weights | {"word": weights["word"][rows]}


def read_all(encoder: Encoder, reader: PieceReader, found: Sequence[Wording]) -> list[FloatArray]:
    """Logits of the windows of each text."""
    return [
        np.stack([encoder.run(window.ids) for window in reader.windows(wording)])
        for wording in found
    ]


def pooled(windows: Sequence[FloatArray], pooling: Pooling) -> FloatArray:
    owner = np.repeat(np.arange(len(windows)), [len(w) for w in windows])
    return pool(np.concatenate(windows), owner, len(windows), pooling)


def joint(readings: Sequence[Reading], head: int, *, alone: bool = False) -> list[float]:
    """Slopes and offset of one head; each set of texts counts the same.

    `alone`: without the fast model.
    """
    features = np.concatenate(
        [np.column_stack([r.own[:, head], r.fast[:, head]]) for r in readings]
    )
    truth = np.concatenate([r.truth[:, head] for r in readings])
    weight = np.concatenate([r.weight / r.weight.sum() * 1000 for r in readings])
    for columns in ([0],) if alone else ([0, 1], [0]):
        model = LogisticRegression(C=1e4).fit(features[:, columns], truth, weight)
        slopes = model.coef_[0].tolist()
        if min(slopes) >= 0:
            break
    fitted = [slopes[0], slopes[1] if len(slopes) > 1 else 0.0, float(model.intercept_[0])]
    return [round(value, 6) for value in fitted]  # further digits hang on the machine


def apply(reading: Reading, fitted: Sequence[float], head: int = 0) -> FloatArray:
    slope, fast_slope, offset = fitted
    logit = slope * reading.own[:, head] + fast_slope * reading.fast[:, head] + offset
    return np.asarray(1 / (1 + np.exp(-logit)))


def band(
    readings: Sequence[Reading], names: Sequence[str], fitted: Sequence[float]
) -> dict[str, float]:
    """Narrowest band of the fast model's doubt that keeps the accuracy of the careful one.

    It reaches equally far to both sides, in log-odds: twice as far on the partisan side asks for a
    third more texts until it keeps the same accuracy. Its width is chosen by the loss on average
    over the sets: judged by the worst of some hundred posts it would follow single posts.
    """
    sets = [
        (r.fast[:, 0], apply(r, fitted) >= 0.5, r.truth[:, 0] > 0.5, r.weight / r.weight.sum())
        for r in readings
    ]

    def within(fast: FloatArray, edge: float) -> npt.NDArray[np.bool_]:
        return np.abs(fast) <= edge

    def lost(edge: float) -> list[float]:
        """Share of right verdicts that the cascade lacks on each set."""
        shares = []
        for fast, careful, truth, weight in sets:
            cascade = np.where(within(fast, edge), careful, fast > 0)
            shares.append(float(weight @ ((careful == truth).astype(float) - (cascade == truth))))
        return shares

    edges = np.arange(0.0, 4.0, 0.1).tolist()
    fits = [float(np.mean(lost(edge))) <= ACCURACY_LOST for edge in edges]
    if not fits[-1]:
        raise SystemExit(f"no band up to {edges[-1]} in log-odds loses less than {ACCURACY_LOST}")
    # every wider band is as good: a narrow one that fits by luck does not count
    edge = edges[len(fits) - fits[::-1].index(False)] if False in fits else edges[0]
    for (fast, *_), name, loss in zip(sets, names, lost(edge), strict=True):
        asked = np.mean(within(fast, edge))
        print(f"cascade asks for {asked:.1%} of the texts and loses {loss:.2%}: {name}")
    low, high = (float(1 / (1 + np.exp(-e))) for e in (-edge, edge))
    return {"low": round(low, 4), "high": round(high, 4)}


def truth_of(rows: pd.DataFrame, heads: Sequence[str]) -> FloatArray:
    partisan = rows.label == "partisan"
    signals = [rows.sinyal.str.split().map(lambda own, s=s: s in own) for s in heads[2:]]
    return np.column_stack([partisan, (rows.topik != "umum") | partisan, *signals]).astype(float)


def held_readings(
    encoder: Encoder, reader: PieceReader, heads: Sequence[str], held: pd.DataFrame
) -> tuple[Pooling, list[Reading]]:
    """How windows of long texts are added up, and what is said of each held set."""
    fast = Scorer.load().model
    columns = [fast.heads.index(head) for head in heads]
    windows = read_all(encoder, reader, wordings(held.text.tolist()))
    truth = truth_of(held, heads)
    weight = np.where(held.ragu == "1", DOUBTFUL, 1.0)
    owner = np.repeat(np.arange(len(windows)), [len(w) for w in windows])
    pooling = fit_pooling(np.concatenate(windows), owner, truth[:, 0].astype(np.int64), weight)
    own, other = pooled(windows, pooling), fast.log_odds(held.text.tolist())[:, columns]
    return pooling, [
        Reading(own[place], other[place], truth[place], weight[place])
        for place in ((held.set == name).to_numpy() for name in held.set.unique())
    ]


def left_out_reading(rows: pd.DataFrame, own: FloatArray, heads: Sequence[str]) -> Reading:
    """What both models say of the label of posts whose source they had not seen."""
    stored = read(ROOT / "models" / "bundled.out_of_fold.csv").set_index("id").probability
    p = np.clip(stored.astype(float).loc[rows.id].to_numpy(), 1e-4, 1 - 1e-4)
    weight = np.where(rows.ragu == "1", DOUBTFUL, 1.0)
    return Reading(own[:, None], np.log(p / (1 - p))[:, None], truth_of(rows, heads), weight)


def fit(
    heads: Sequence[str], sets: Sequence[str], held: Sequence[Reading], unseen: Reading | None
) -> dict[str, Any]:
    """Calibration, review bands and the cascade's band, as `model.json` has them."""
    fitted_on = [*held, *([unseen] if unseen is not None else [])]
    names = [*sets, *(["left out"] if unseen is not None else [])]
    calibration = [joint(fitted_on, 0), *(joint(held, head) for head in range(1, len(heads)))]
    label = calibration[0]
    judged = fitted_on[-1]
    said, doubt = apply(judged, label), band(fitted_on, names, label)
    fast_said = 1 / (1 + np.exp(-judged.fast[:, 0]))
    asked = (doubt["low"] <= fast_said) & (fast_said <= doubt["high"])
    partisan = judged.truth[:, 0] > 0.5
    return {
        "thresholds": review_band(said, partisan, judged.weight),
        "calibration": calibration,
        "fast": {"sha256": fingerprint(bundled_path())},
        "cascade": {
            **doubt,
            "thresholds": review_band(np.where(asked, said, fast_said), partisan, judged.weight),
        },
    }


def write_left_out(path: Path, rows: pd.DataFrame, unseen: Reading, label: Sequence[float]) -> None:
    """Keep what was said of the posts left out, so that calibration can be fitted again."""
    found = rows[["id"]].assign(
        encoder=np.round(unseen.own[:, 0], 3), probability=np.round(apply(unseen, label), 4)
    )
    found.to_csv(path, index=False, lineterminator="\n")


def left_out_path(folder: Path) -> Path:
    """The table that stands beside an encoder."""
    return folder.parent / f"{folder.name}.left_out.csv"


def write_teacher(
    output: Path,
    start: Start,
    heads: Sequence[str],
    weights: Arrays,
    used: set[int],
    held: pd.DataFrame,
) -> None:
    """Write an encoder that answers without the bundled model, which has seen every source."""
    small, weights = cut(start, weights, used)
    reader, network = PieceReader(small.pieces, small.scores.tolist()), build_network(weights)
    pooling, readings = held_readings(Encoder(network), reader, heads, held)
    meta = {
        "name": output.name,
        "version": __version__,
        "classes": ["netral", "partisan"],
        "positive": "partisan",
        "heads": list(heads),
        "thresholds": {"tinjau": 0.5, "partisan": 0.5},
        "calibration": [joint(readings, head, alone=True) for head in range(len(heads))],
        "pooling": {k: float(v) for k, v in pooling._asdict().items()},
        "fast": {"sha256": fingerprint(bundled_path())},
        "cascade": {"low": 0.0, "high": 1.0},
        "training": {},
    }
    write_encoder(output, meta, network, small.pieces, small.scores, force=True)


def write_careful(
    output: Path,
    start: Start,
    heads: Sequence[str],
    final: Arrays,
    used: set[int],
    held: pd.DataFrame,
    unseen: tuple[pd.DataFrame, Arrays] | None,
    info: dict[str, Any],
) -> None:
    """Fit what training left open on texts that it did not see, and write the folder.

    `held` are the two dev sets; `unseen` are posts of sources left out, with the network that was
    trained without them.
    """
    small, weights = cut(start, final, used)
    reader = PieceReader(small.pieces, small.scores.tolist())
    network = build_network(weights)
    pooling, readings = held_readings(Encoder(network), reader, heads, held)
    judged = None
    if unseen is not None:
        rows, without = unseen
        encoder = Encoder(build_network(cut(start, without, used)[1]))
        own = pooled(read_all(encoder, reader, wordings(rows.text.tolist())), pooling)
        judged = left_out_reading(rows, own[:, 0], heads)
    meta = {
        "name": "careful",
        "version": __version__,
        "classes": ["netral", "partisan"],
        "positive": "partisan",
        "heads": list(heads),
        "pooling": {k: float(v) for k, v in pooling._asdict().items()},
        "training": info,
        **fit(heads, held.set.unique(), readings, judged),
    }
    if unseen is not None and judged is not None:
        write_left_out(left_out_path(output), unseen[0], judged, meta["calibration"][0])
    folder = write_encoder(output, meta, network, small.pieces, small.scores, force=True)
    size = sum(f.stat().st_size for f in Path(folder).glob("*") if f.suffix != ".md")
    print(f"{folder}: {size / 1e6:.1f} MB, {len(small.pieces):,} pieces, {meta['calibration'][0]}")
