"""The context reader: exact integers, neighbours, and a place in the artefact."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.model import context, neighbours, older_context
from netralitas_nlp.model.artefact import FORMAT
from netralitas_nlp.model.context import ContextModel, ContextWeights
from netralitas_nlp.model.errors import ArtefactError
from netralitas_nlp.model.loading import save_model
from netralitas_nlp.model.neighbours import CLASS_BITS, WIDTH, product
from netralitas_nlp.model.older_context import OlderContext, OlderWeights
from netralitas_nlp.text.normalizer import Normalizer
from netralitas_nlp.training import PartisanshipClassifier
from netralitas_nlp.training.context import ContextSettings, ContextTexts, _Net

SIZE, FILTERS, HIDDEN, HEADS = 4, 6, 5, 2


def some_weights(n_words: int = 9, seed: int = 0) -> ContextWeights:
    random = np.random.default_rng(seed)

    def small(*shape: int) -> np.ndarray:
        return random.integers(-127, 128, shape)

    return ContextWeights(
        small(n_words + 1, SIZE).astype(np.int8),
        small(64, SIZE).astype(np.int8),
        small(WIDTH * SIZE, FILTERS).astype(np.int8),
        small(FILTERS).astype(np.int32) * 100,
        (random.random(FILTERS) * 4e-3).astype(np.float32),
        small(FILTERS, HIDDEN).astype(np.int8),
        small(HIDDEN).astype(np.int32),
        small(HIDDEN, HEADS).astype(np.int16),
        np.full(HEADS, 1e-5),
        np.array([0.5, -0.25]),
    )


def older_weights(seed: int = 0) -> OlderWeights:
    random = np.random.default_rng(seed)
    largest, mean = (random.integers(-99, 99, (FILTERS, HEADS)).astype(np.int16) for _ in range(2))
    scale, offset = np.full((2, HEADS), 1e-7), np.array([0.5, -0.25])
    return OlderWeights(*some_weights(seed=seed)[:4], largest, mean, scale, offset)


def read(texts: list[str]):
    stream = StreamReader(Normalizer()).read(texts)
    column = np.arange(len(stream.store.units)) % 10 - 1
    return stream, column


def answers_by_hand(weights, words, masks) -> list[list[int]]:
    """What each filter says at each word, in plain integers; in a byte with a gain."""
    vectors = []
    for word, mask in zip(words, masks, strict=True):
        vector = [int(x) for x in weights.words[word]]
        for bit in range(64):
            if int(mask) >> bit & 1:
                vector = [a + int(b) for a, b in zip(vector, weights.classes[bit], strict=True)]
        vectors.append([max(-127, min(127, x)) for x in vector])
    gain = getattr(weights, "gain", None)
    out = []
    for i in range(len(vectors)):
        row = []
        for f in range(FILTERS):
            total = 0
            for place in range(WIDTH):
                j = i + place - 1
                if not 0 <= j < len(vectors):
                    continue
                said = sum(
                    x * int(weights.filters[place * SIZE + k, f]) for k, x in enumerate(vectors[j])
                )
                said += int(weights.bias[f]) if place == 1 else 0
                if gain is not None:
                    said = max(-42, min(42, int(np.rint(np.float32(said) * gain[f]))))
                total += said
            row.append(max(total, 0))
        out.append(row)
    return out


def by_hand(weights: ContextWeights, words, masks) -> np.ndarray:
    """The formula, one word and one filter at a time."""
    answers = answers_by_hand(weights, words, masks)
    strongest = [max(a[f] for a in answers) for f in range(FILTERS)]
    inner = [
        max(0, sum(x * int(weights.hidden[f, h]) for f, x in enumerate(strongest))
            + int(weights.hidden_bias[h]))
        for h in range(HIDDEN)
    ]  # fmt: skip
    out = [sum(x * int(weights.heads[h, k]) for h, x in enumerate(inner)) for k in range(HEADS)]
    return np.array(out) * weights.scale + weights.offset


def older_by_hand(weights: OlderWeights, words, masks) -> np.ndarray:
    answers = answers_by_hand(weights, words, masks)
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


BOTH = [(ContextModel, some_weights(), by_hand), (OlderContext, older_weights(), older_by_hand)]


@pytest.mark.parametrize(("kind", "weights", "formula"), BOTH)
def test_equals_the_formula_written_out(kind, weights, formula, weird):
    texts = ["ayo coblos nomor dua!", "hujan", "", *weird]
    stream, column = read(texts)
    got = kind(weights).logits(stream, column)
    for i in range(len(texts)):
        here = np.arange(stream.bounds[i], stream.bounds[i + 1])
        here = here[stream.units[here] > 0]
        if not len(here):
            assert (got[i] == 0).all()
            continue
        expected = formula(weights, column[stream.units[here]], stream.masks[here])
        assert got[i] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("kind", "weights", "_formula"), BOTH)
def test_the_same_bits_in_every_batch(kind, weights, _formula, monkeypatch):
    for module in (context, older_context):
        monkeypatch.setattr(module, "TILE", 128)
    texts = [f"kata {i} ayo pilih nomor {i % 5} jangan lupa, kata ibu {i}" for i in range(300)]
    model = kind(weights)
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
    monkeypatch.setattr(neighbours, "_MOST_ROWS", -(10**9))  # forgets before every batch
    for text, whole in zip(texts, expected, strict=True):
        assert (model.logits(reader.read([text]), column) == whole).all()
    monkeypatch.setattr(neighbours, "_MOST_ROWS", 5)
    random = np.random.default_rng(0)
    for _ in range(50):
        stream = reader.read(texts[:20])
        bits = random.integers(0, 2**62, len(stream.masks), dtype=np.uint64)
        model.logits(stream._replace(masks=bits), column)
        tables = model._tables
        assert len(tables._index) <= 5 + len(bits)
        assert tables._used <= len(reader.store.units) + len(tables._index)


def test_fewer_heads_are_the_same_heads():
    stream, column = read(["ayo menangkan Bu Rina", "kpu buka pendaftaran"])
    model = ContextModel(some_weights())
    assert (model.logits(stream, column, slice(0, 1)) == model.logits(stream, column)[:, :1]).all()


@pytest.mark.parametrize(
    "part",
    ["classes", "filters", "gain", "hidden", "hidden_bias", "heads", "scale", "offset"],
)
def test_shapes_that_do_not_fit(part):
    weights = some_weights()
    with pytest.raises(ValueError, match="differ in shape"):
        ContextModel(weights._replace(**{part: getattr(weights, part)[:-1]}))


@pytest.mark.parametrize("part", ["classes", "filters", "largest", "mean", "scale", "offset"])
def test_older_shapes_that_do_not_fit(part):
    weights = older_weights()
    with pytest.raises(ValueError, match="differ in shape"):
        OlderContext(weights._replace(**{part: getattr(weights, part)[:-1]}))


def test_sums_that_single_precision_would_round():
    weights = some_weights()
    with pytest.raises(ValueError, match="too large to be exact"):
        ContextModel(weights._replace(hidden_bias=weights.hidden_bias + 2**24))
    many = 2**13 + 1
    with pytest.raises(ValueError, match="too large to be exact"):
        ContextModel(
            weights._replace(
                hidden=np.zeros((FILTERS, many), dtype=np.int8),
                hidden_bias=np.zeros(many, dtype=np.int32),
                heads=np.zeros((many, HEADS), dtype=np.int16),
            )
        )


def emptied(weights: ContextWeights, what: str) -> ContextWeights:
    if what == "filters":
        return weights._replace(
            filters=weights.filters[:, :0], bias=weights.bias[:0], gain=weights.gain[:0],
            hidden=weights.hidden[:0],
        )  # fmt: skip
    if what == "hidden":
        return weights._replace(
            hidden=weights.hidden[:, :0], hidden_bias=weights.hidden_bias[:0],
            heads=weights.heads[:0],
        )  # fmt: skip
    return weights._replace(
        words=weights.words[:, :0], classes=weights.classes[:, :0], filters=weights.filters[:0]
    )


@pytest.mark.parametrize("what", ["filters", "hidden", "size"])
def test_nothing_in_it_is_refused(what, small, tmp_path):
    weights = some_weights()
    with pytest.raises(ValueError, match="context reader"):
        ContextModel(emptied(weights, what))
    scorer = copy.deepcopy(small.scorer_)
    words, heads = len(scorer.model.linear.vocabulary.words) + 1, len(scorer.model.heads)
    fitting = weights._replace(
        words=np.resize(weights.words, (words, SIZE)),
        heads=np.resize(weights.heads, (HIDDEN, heads)),
        scale=np.full(heads, 1e-5),
        offset=np.zeros(heads),
    )
    scorer.model.context = ContextModel(fitting)
    save_model(tmp_path / "whole", scorer)
    Scorer.load(tmp_path / "whole")
    scorer.model.context.weights = emptied(fitting, what)
    save_model(tmp_path / what, scorer)
    with pytest.raises(ArtefactError, match="context reader"):
        Scorer.load(tmp_path / what)


@pytest.mark.parametrize("gain", [np.nan, np.inf])
def test_a_gain_that_is_no_number(gain):
    with pytest.raises(ValueError, match="finite"):
        ContextModel(some_weights()._replace(gain=np.full(FILTERS, gain, dtype=np.float32)))


@pytest.mark.parametrize("what", ["product", "_with_room", "_in_a_byte"])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_interruption_leaves_nothing_half_known(monkeypatch, what, after):
    stream, column = read([f"ayo coblos nomor dua bersama kata{i}" for i in range(9)])
    model = ContextModel(some_weights())
    expected = ContextModel(some_weights()).logits(stream, column)
    calls = iter(range(1, 99))
    works = getattr(neighbours, what)

    def interrupted(*arguments):
        if next(calls) == after:
            raise KeyboardInterrupt
        return works(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(neighbours, what, interrupted)
        with pytest.raises(KeyboardInterrupt):
            model.logits(stream, column)
    assert model._tables._used == 0
    assert (model.logits(stream, column) == expected).all()


def test_words_are_computed_in_pieces(monkeypatch):
    stream, column = read([f"ayo coblos nomor {i} bersama ibu kata{i}" for i in range(40)])
    expected = ContextModel(some_weights()).logits(stream, column)
    monkeypatch.setattr(neighbours, "TILE", 3)
    assert (ContextModel(some_weights()).logits(stream, column) == expected).all()


@pytest.mark.parametrize("columns", [1, 300, 300_000])
def test_products_in_pieces_are_the_product(columns):
    random = np.random.default_rng(0)
    right = random.integers(-9, 9, (2, columns)).astype(np.float32)
    for rows in (0, 1, 2, 9):
        left = random.integers(-9, 9, (rows, 2)).astype(np.float32)
        assert (product(left, right) == left @ right).all()


@pytest.mark.parametrize("second", [[4, 5, 2], [4, 5, 2, 4, 5, 2, 4, 5, 2]])
def test_gradients_are_those_of_the_loss(second):
    # the loss at a small step to either side of each weight; of windows said twice, one counts
    words = np.array([0, 1, 2, 3, *second])
    masks = np.where(words == 5, 4, np.where(words == 0, 1, 0)).astype(np.uint64)
    texts = ContextTexts(words, masks, np.array([0, 4, len(words)]), 6)
    settings = ContextSettings(filters=5, hidden=4, size=3, word_drop=0.0, drop=0.0)
    target, weight = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.5], [2.0, 0.3]])
    kinds = np.array([-1, 2])  # of three kinds; nobody knows that of the first text
    net = _Net(6, 2, settings, n_kinds=3)
    for name in net.weights:
        net.weights[name] = net.weights[name].astype(np.float64)
    found: dict[str, np.ndarray] = {}

    def keep(gradients, met, _rate):
        found.update(gradients)
        words = np.zeros_like(net.weights["words"])
        words[met] = gradients["words"]
        found["words"] = words

    net._move = keep
    rows = np.arange(2)
    net.step(texts, rows, target, weight, np.random.default_rng(0), 1e-3, kinds)

    def loss() -> float:
        logits = np.zeros((2, 5))
        w = net.weights
        for i in rows:
            here = slice(texts.bounds[i], texts.bounds[i + 1])
            bits = (texts.masks[here][:, None] >> CLASS_BITS) & np.uint64(1)
            vectors = w["words"][texts.words[here]] + bits @ w["classes"]
            edge = np.zeros((1, settings.size))
            padded = np.concatenate([edge, vectors, edge])
            window = np.concatenate([padded[:-2], padded[1:-1], padded[2:]], axis=1)
            strongest = np.maximum((window @ w["filters"] + w["bias"]).max(axis=0), 0.0)
            inner = np.maximum(strongest @ w["hidden"] + w["hidden_bias"], 0.0)
            logits[i] = inner @ w["heads"] + w["offset"]
        own, of_kinds = logits[:, :2], logits[1, 2:]
        known = np.log(np.exp(of_kinds).sum()) - of_kinds[kinds[1]]
        known *= settings.kind_share * weight[1, 0]
        return float((weight * (np.logaddexp(0.0, own) - target * own)).sum() + known) / len(rows)

    for name, gradient in found.items():
        value, step = net.weights[name], 1e-5
        for place in np.ndindex(value.shape):
            before = value[place]
            value[place] = before + step
            above = loss()
            value[place] = before - step
            below = loss()
            value[place] = before
            assert gradient[place] == pytest.approx((above - below) / (2 * step), abs=1e-4), name


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


def test_kinds_are_learned_beside_the_label_and_dropped(with_context, posts):
    texts, labels = posts[0] * 3, list(posts[1]) * 3
    model = PartisanshipClassifier(min_word=1, context_filters=8, folds=2)
    kinds = [f"{label} {len(text) % 3}" if len(text) % 2 else "" for text, label in
             zip(texts, labels, strict=True)]  # fmt: skip
    plain = with_context.scorer_.model.context
    taught = model.fit(texts, labels, kinds=kinds).scorer_.model.context
    assert taught.n_heads == plain.n_heads
    assert (taught.weights.words != plain.weights.words).any()
    model.fit(
        texts, labels, kinds=["", None] * (len(texts) // 2) + [float("nan")] * (len(texts) % 2)
    )  # nothing is known: as without
    assert (model.scorer_.model.context.weights.words == plain.weights.words).all()
    with pytest.raises(ValueError, match="60 texts but 1 kinds"):
        model.fit(texts[:60], labels[:60], kinds=["a"])


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


def as_format(folder, number: int) -> None:
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(meta | {"format": number}), "utf-8")


def test_models_of_older_formats_are_still_read(small, posts, tmp_path):
    folder = tmp_path / "old"
    small.save(folder)
    assert json.loads((folder / "model.json").read_text("utf-8"))["format"] == 3
    expected = small.scorer_.predict_proba(posts[0])
    for number in (1, 2, 3, FORMAT):
        as_format(folder, number)
        assert np.array_equal(Scorer.load(folder).predict_proba(posts[0]), expected)


def test_the_context_reader_of_formats_2_and_3_is_still_read(small, posts, tmp_path):
    scorer = copy.deepcopy(small.scorer_)
    words = len(scorer.model.linear.vocabulary.words) + 1
    heads = len(scorer.model.heads)
    weights = older_weights()
    scorer.model.context = OlderContext(
        weights._replace(
            words=np.resize(weights.words, (words, SIZE)),
            largest=np.resize(weights.largest, (FILTERS, heads)),
            mean=np.resize(weights.mean, (FILTERS, heads)),
            scale=np.full((2, heads), 1e-7),
            offset=np.zeros(heads),
        )
    )
    folder = save_model(tmp_path / "old", scorer)
    expected = scorer.predict_proba(posts[0])
    assert not np.array_equal(expected, small.scorer_.predict_proba(posts[0]))
    for number in (2, 3):
        as_format(tmp_path / "old", number)
        assert np.array_equal(Scorer.load(folder).predict_proba(posts[0]), expected)
    as_format(tmp_path / "old", FORMAT)
    with pytest.raises(ArtefactError, match="unexpected part 'context_largest"):
        Scorer.load(folder)


def test_format_1_holds_no_context_reader(with_context, tmp_path):
    folder = tmp_path / "old"
    with_context.save(folder)
    as_format(folder, 1)
    with pytest.raises(ArtefactError, match="unexpected part 'context"):
        Scorer.load(folder)
