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

__all__ = ["Start", "pieces_of", "word_lists", "wordings", "write_careful"]

FloatArray = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[np.float32]]
PARTISAN_SIDE = 2.0  # how much further the cascade's band reaches on that side
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


def joint(readings: Sequence[Reading], head: int) -> list[float]:
    """Slopes and offset of one head; each set of texts counts the same."""
    features = np.concatenate(
        [np.column_stack([r.own[:, head], r.fast[:, head]]) for r in readings]
    )
    truth = np.concatenate([r.truth[:, head] for r in readings])
    weight = np.concatenate([r.weight / r.weight.sum() * 1000 for r in readings])
    for columns in ([0, 1], [0]):
        model = LogisticRegression(C=1e4).fit(features[:, columns], truth, weight)
        slopes = model.coef_[0].tolist()
        if min(slopes) >= 0:
            break
    return [slopes[0], slopes[1] if len(slopes) > 1 else 0.0, float(model.intercept_[0])]


def apply(reading: Reading, fitted: Sequence[float], head: int = 0) -> FloatArray:
    slope, fast_slope, offset = fitted
    logit = slope * reading.own[:, head] + fast_slope * reading.fast[:, head] + offset
    return np.asarray(1 / (1 + np.exp(-logit)))


def band(
    readings: Sequence[Reading], names: Sequence[str], fitted: Sequence[float]
) -> dict[str, float]:
    """Narrowest band of the fast model's doubt that keeps the accuracy of the careful one.

    It reaches twice as far on the partisan side, in log-odds, because a false accusation costs more
    than a post overlooked. Its width is chosen by the loss on average over the sets: two edges,
    judged by the worst of sets of some hundred posts, follow single posts.
    """
    sets = [
        (r.fast[:, 0], apply(r, fitted) >= 0.5, r.truth[:, 0] > 0.5, r.weight / r.weight.sum())
        for r in readings
    ]

    def within(fast: FloatArray, edge: float) -> npt.NDArray[np.bool_]:
        return (-edge <= fast) & (fast <= PARTISAN_SIDE * edge)

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
    low, high = (float(1 / (1 + np.exp(-e))) for e in (-edge, PARTISAN_SIDE * edge))
    return {"low": round(low, 4), "high": round(high, 4)}


def truth_of(rows: pd.DataFrame, heads: Sequence[str]) -> FloatArray:
    partisan = rows.label == "partisan"
    signals = [rows.sinyal.str.split().map(lambda own, s=s: s in own) for s in heads[2:]]
    return np.column_stack([partisan, (rows.topik != "umum") | partisan, *signals]).astype(float)


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
    fast = Scorer.load().model
    columns = [fast.heads.index(head) for head in heads]
    small, weights = cut(start, final, used)
    reader = PieceReader(small.pieces, small.scores.tolist())
    network = build_network(weights)
    windows = read_all(Encoder(network), reader, wordings(held.text.tolist()))
    truth = truth_of(held, heads)
    weight = np.where(held.ragu == "1", DOUBTFUL, 1.0)
    owner = np.repeat(np.arange(len(windows)), [len(w) for w in windows])
    pooling = fit_pooling(np.concatenate(windows), owner, truth[:, 0].astype(np.int64), weight)
    own, other = pooled(windows, pooling), fast.log_odds(held.text.tolist())[:, columns]
    readings = [
        Reading(own[place], other[place], truth[place], weight[place])
        for place in ((held.set == name).to_numpy() for name in held.set.unique())
    ]
    fitted_on = list(readings)
    names = [*held.set.unique(), *(["left out"] if unseen is not None else [])]
    if unseen is not None:
        rows, without = unseen
        stored = read(ROOT / "models" / "bundled.out_of_fold.csv").set_index("id").probability
        p = np.clip(stored.astype(float).loc[rows.id].to_numpy(), 1e-4, 1 - 1e-4)
        encoder = Encoder(build_network(cut(start, without, used)[1]))
        own = pooled(read_all(encoder, reader, wordings(rows.text.tolist())), pooling)
        left_out = Reading(
            own,
            np.log(p / (1 - p))[:, None],
            truth_of(rows, heads),
            np.where(rows.ragu == "1", DOUBTFUL, 1.0),
        )
        fitted_on.append(left_out)
    calibration = [joint(fitted_on, 0), *(joint(readings, head) for head in range(1, len(heads)))]
    label = calibration[0]
    judged = fitted_on[-1]
    said, doubt = apply(judged, label), band(fitted_on, names, label)
    fast_said = 1 / (1 + np.exp(-judged.fast[:, 0]))
    asked = (doubt["low"] <= fast_said) & (fast_said <= doubt["high"])
    partisan = judged.truth[:, 0] > 0.5
    meta = {
        "name": "careful",
        "version": __version__,
        "classes": ["netral", "partisan"],
        "positive": "partisan",
        "heads": list(heads),
        "thresholds": review_band(said, partisan, judged.weight),
        "calibration": calibration,
        "pooling": {k: float(v) for k, v in pooling._asdict().items()},
        "fast": {"sha256": fingerprint(bundled_path())},
        "cascade": {
            **doubt,
            "thresholds": review_band(np.where(asked, said, fast_said), partisan, judged.weight),
        },
        "training": info,
    }
    if unseen is not None:
        beside = output.parent / f"{output.name}.left_out.csv"
        found = unseen[0][["id"]].assign(probability=np.round(apply(judged, label), 4))
        found.to_csv(beside, index=False, lineterminator="\n")
    folder = write_encoder(output, meta, network, small.pieces, small.scores, force=True)
    size = sum(f.stat().st_size for f in Path(folder).glob("*") if f.suffix != ".md")
    print(f"{folder}: {size / 1e6:.1f} MB, {len(small.pieces):,} pieces, label head {label}")
