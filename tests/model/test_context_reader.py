"""The context reader: exact integers, neighbours, and a place in the artefact."""

from __future__ import annotations

import json

import numpy as np
import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.model import context
from netralitas_nlp.model.artefact import FORMAT
from netralitas_nlp.model.context import WIDTH, ContextModel, ContextWeights
from netralitas_nlp.model.errors import ArtefactError
from netralitas_nlp.text.normalizer import Normalizer
from netralitas_nlp.training import PartisanshipClassifier

SIZE, FILTERS, HEADS = 4, 6, 2


def some_weights(n_words: int = 9, seed: int = 0) -> ContextWeights:
    random = np.random.default_rng(seed)

    def small(*shape: int) -> np.ndarray:
        return random.integers(-127, 128, shape)

    return ContextWeights(
        small(n_words + 1, SIZE).astype(np.int8),
        small(64, SIZE).astype(np.int8),
        small(WIDTH * SIZE, FILTERS).astype(np.int8),
        small(FILTERS).astype(np.int32) * 100,
        small(FILTERS, HEADS).astype(np.int16),
        small(FILTERS, HEADS).astype(np.int16),
        np.full((2, HEADS), 1e-7),
        np.array([0.5, -0.25]),
    )


def read(texts: list[str]):
    stream = StreamReader(Normalizer()).read(texts)
    column = np.arange(len(stream.store.units)) % 10 - 1
    return stream, column


def by_hand(weights: ContextWeights, words, masks) -> np.ndarray:
    """The formula, one word and one filter at a time, in Python's own integers."""
    vectors = []
    for word, mask in zip(words, masks, strict=True):
        vector = [int(x) for x in weights.words[word]]
        for bit in range(64):
            if int(mask) >> bit & 1:
                vector = [a + int(b) for a, b in zip(vector, weights.classes[bit], strict=True)]
        vectors.append([max(-127, min(127, x)) for x in vector])
    padded = [[0] * SIZE, *vectors, [0] * SIZE]
    answers = []
    for i in range(len(vectors)):
        window = padded[i] + padded[i + 1] + padded[i + 2]
        answers.append(
            [
                max(0, sum(x * int(weights.filters[k, f]) for k, x in enumerate(window))
                    + int(weights.bias[f]))
                for f in range(FILTERS)
            ]
        )  # fmt: skip
    out = []
    for head in range(HEADS):
        largest = sum(
            max(a[f] for a in answers) * int(weights.largest[f, head]) for f in range(FILTERS)
        )
        total = sum(sum(a[f] for a in answers) * int(weights.mean[f, head]) for f in range(FILTERS))
        out.append(
            largest * weights.scale[0, head]
            + total / max(len(answers), 4) * weights.scale[1, head]
            + weights.offset[head]
        )
    return np.array(out)


def test_equals_the_formula_written_out(weird):
    weights = some_weights()
    texts = ["ayo coblos nomor dua!", "hujan", "", *weird]
    stream, column = read(texts)
    got = ContextModel(weights).logits(stream, column)
    for i in range(len(texts)):
        here = np.arange(stream.bounds[i], stream.bounds[i + 1])
        here = here[stream.units[here] > 0]
        if not len(here):
            assert (got[i] == 0).all()
            continue
        expected = by_hand(weights, column[stream.units[here]], stream.masks[here])
        assert got[i] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_the_same_bits_in_every_batch():
    texts = [f"kata {i} ayo pilih nomor {i % 5} jangan lupa, kata ibu {i}" for i in range(300)]
    model = ContextModel(some_weights())
    stream, column = read(texts)
    whole = model.logits(stream, column)
    reader = StreamReader(Normalizer())
    reader.read(texts)  # the same numbers for the same words
    for size in (1, 7, 64):
        for begin in range(0, len(texts), size):
            part = reader.read(texts[begin : begin + size])
            assert (model.logits(part, column) == whole[begin : begin + size]).all()


def test_what_is_remembered_is_bounded_and_changes_no_bit(monkeypatch):
    texts = [f"pak kata{i} ayo pilih bu nama{i}" for i in range(200)]
    model, fresh = ContextModel(some_weights()), ContextModel(some_weights())
    reader = StreamReader(Normalizer())
    column = np.arange(5000) % 10 - 1
    expected = [fresh.logits(reader.read([text]), column) for text in texts]
    monkeypatch.setattr(context, "_MOST_ROWS", -(10**9))  # forgets before every batch
    for text, whole in zip(texts, expected, strict=True):
        assert (model.logits(reader.read([text]), column) == whole).all()
    monkeypatch.setattr(context, "_MOST_ROWS", 5)
    random = np.random.default_rng(0)
    for _ in range(50):
        stream = reader.read(texts[:20])
        bits = random.integers(0, 2**62, len(stream.masks), dtype=np.uint64)
        model.logits(stream._replace(masks=bits), column)
        assert len(model._index) <= len(reader.store.units) + 5 + len(bits)


def test_fewer_heads_are_the_same_heads():
    stream, column = read(["ayo menangkan Bu Rina", "kpu buka pendaftaran"])
    model = ContextModel(some_weights())
    assert (model.logits(stream, column, slice(0, 1)) == model.logits(stream, column)[:, :1]).all()


@pytest.mark.parametrize("part", ["classes", "filters", "largest", "mean", "scale", "offset"])
def test_shapes_that_do_not_fit(part):
    weights = some_weights()
    with pytest.raises(ValueError, match="differ in shape"):
        ContextModel(weights._replace(**{part: getattr(weights, part)[:-1]}))


@pytest.fixture(scope="module")
def with_context(posts):
    texts, labels = posts[0] * 3, list(posts[1]) * 3
    return PartisanshipClassifier(min_word=1, context_filters=8, folds=2).fit(texts, labels)


def test_saved_and_loaded(with_context, posts, tmp_path):
    folder = with_context.save(tmp_path / "model")
    loaded = Scorer.load(folder)
    assert loaded.model.context is not None
    expected = with_context.scorer_.predict_proba(posts[0])
    assert np.array_equal(loaded.predict_proba(posts[0]), expected)
    assert np.allclose(with_context.predict_proba(posts[0]), expected, rtol=0, atol=1e-6)
    again = with_context.save(tmp_path / "again")
    parts = [(tmp_path / name / "weights.npz").read_bytes() for name in ("model", "again")]
    assert folder != again
    assert parts[0] == parts[1]


def test_training_again_gives_the_same_bytes(with_context, posts, tmp_path):
    texts, labels = posts[0] * 3, list(posts[1]) * 3
    other = PartisanshipClassifier(min_word=1, context_filters=8, folds=2).fit(texts, labels)
    other.save(tmp_path / "other")
    with_context.save(tmp_path / "first")
    first, second = ((tmp_path / name / "weights.npz").read_bytes() for name in ("first", "other"))
    assert first == second


def test_it_learns_an_act_from_neighbours():
    # the same words on both sides: only the order tells them apart, and pairs are left out
    swap = [("kami pilih mereka", "netral"), ("mereka pilih kami", "partisan")] * 60
    texts = [f"{text} {'hari ini' if i % 3 else ''}" for i, (text, _) in enumerate(swap)]
    labels = [label for _, label in swap]
    plain = PartisanshipClassifier(min_word=1, min_pair=10**6, folds=2)
    both = PartisanshipClassifier(
        min_word=1, min_pair=10**6, folds=2, context_filters=16, context_weight=1.0
    )
    right = [(model.fit(texts, labels).predict(texts) == labels).mean() for model in (plain, both)]
    assert right[1] == 1.0 > right[0]


def test_models_of_older_formats_are_still_read(small, posts, tmp_path):
    folder = tmp_path / "old"
    small.save(folder)
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    assert meta["format"] == FORMAT
    expected = small.scorer_.predict_proba(posts[0])
    for number in range(1, FORMAT):
        (folder / "model.json").write_text(json.dumps(meta | {"format": number}), "utf-8")
        assert np.array_equal(Scorer.load(folder).predict_proba(posts[0]), expected)


def test_format_1_holds_no_context_reader(with_context, tmp_path):
    folder = tmp_path / "old"
    with_context.save(folder)
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(meta | {"format": 1}), "utf-8")
    with pytest.raises(ArtefactError, match="unexpected part 'context"):
        Scorer.load(folder)
