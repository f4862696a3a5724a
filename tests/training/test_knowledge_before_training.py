"""Word vectors, weights of another model, names that stay, honest probabilities of rare classes."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from netralitas_nlp import Scorer
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.features.vocabulary import Vocabulary
from netralitas_nlp.text import Normalizer
from netralitas_nlp.training import PartisanshipClassifier
from netralitas_nlp.training.calibration import fit_decision, fit_softmax
from netralitas_nlp.training.vectors import Directions, word_vectors

FOOD = ("nasi", "mie", "ikan", "sayur", "tempe", "tahu", "sambal", "telur")
ROAD = ("jalan", "jembatan", "aspal", "truk", "motor", "angkot", "kereta", "bus")


def kitchen_and_road(words=4):
    texts = [f"{a} dan {b}" for group in (FOOD, ROAD) for a in group[:words] for b in group[:words]]
    labels = ["dapur"] * (words * words) + ["lalu lintas"] * (words * words)
    return texts, labels


def test_vectors_read_words_that_training_lacks():
    texts, labels = kitchen_and_road()
    unseen = [f"{a} {b}" for group in (FOOD, ROAD) for a in group[4:] for b in group[4:] if a != b]
    truth = np.repeat(["dapur", "lalu lintas"], 12)
    share = [
        np.mean(
            PartisanshipClassifier(folds=2, vectors=v).fit(texts, labels).predict(unseen) == truth
        )
        for v in (0.0, 0.7)
    ]
    assert share[1] > share[0]
    assert share[1] >= 0.75


def test_folded_vectors_need_no_other_artefact(tmp_path):
    texts, labels = kitchen_and_road()
    model = PartisanshipClassifier(folds=2).fit(texts, labels)
    scorer = Scorer.load(model.save(tmp_path / "m"))
    rows = [*texts, "telur di angkot", "", "Jokowi naik bus nomor 2 @akun https://contoh.id"]
    assert np.allclose(scorer.predict_proba(rows), model.predict_proba(rows), rtol=0, atol=1e-6)


def test_folding_is_exact():
    reader = StreamReader(Normalizer(), names=True)
    vocabulary = Vocabulary.fit(reader.read([*FOOD, *ROAD] * 3), known=word_vectors().share)
    width = len(vocabulary.words) + 7
    directions = Directions(vocabulary, width, 0.7)
    random = np.random.default_rng(0)
    matrix = sp.csr_matrix(sp.random(30, width, 0.01, random_state=0))
    extended = directions.extend(matrix)
    coef = random.normal(size=(extended.shape[1], 3))
    assert extended.shape[1] > width
    assert np.allclose(extended @ coef, matrix @ directions.fold(coef), atol=1e-5)


def test_a_base_vocabulary_stays_whole():
    reader = StreamReader(Normalizer())
    base = Vocabulary.fit(reader.read(["nasi goreng enak sekali"] * 4 + ["ikan bakar"] * 3))
    both = Vocabulary.fit(reader.read(["ikan bakar pedas"] * 4), base=base)
    assert set(base.words) | {"pedas"} == set(both.words)
    assert set(base.grams) < set(both.grams)
    assert both.idf[0][both.words["ikan"]] == base.idf[0][base.words["ikan"]]
    names = list(both.words)
    pairs = {(names[c // len(names)], names[c % len(names)]) for c in both.pairs}
    assert {("nasi", "goreng"), ("ikan", "bakar"), ("bakar", "pedas")} <= pairs
    assert (np.diff(both.pairs) > 0).all()
    place = np.flatnonzero(both.pairs == both.words["ikan"] * len(names) + both.words["bakar"])[0]
    old = list(base.words)
    before = np.flatnonzero(base.pairs == old.index("ikan") * len(old) + old.index("bakar"))[0]
    assert both.idf[2][place] == base.idf[2][before]


def test_names_stay_where_the_task_is_another(tmp_path):
    texts = [f"{who} {what}" for who in ("jokowi", "prabowo", "@akun_satu", "@akun_dua")
             for what in ("datang pagi ini", "makan siang", "pulang", "bicara lama")]  # fmt: skip
    labels = ["kiri" if "jokowi" in t or "satu" in t else "kanan" for t in texts]
    model = PartisanshipClassifier(folds=2).fit(texts, labels)
    assert model.score(texts, labels) == 1.0
    scorer = Scorer.load(model.save(tmp_path / "m"))
    assert scorer.predict(texts).tolist() == labels
    assert np.allclose(scorer.predict_proba(texts), model.predict_proba(texts), atol=1e-6)
    own = ["partisan" if label == "kiri" else "netral" for label in labels]
    blind = PartisanshipClassifier(folds=2).fit(texts, own)
    a, b = blind.predict_proba(["jokowi pulang", "prabowo pulang"])[:, 1]
    assert a == pytest.approx(b, abs=1e-12)  # this project's own task is blind to names
    with pytest.raises(ValueError, match="names"):
        PartisanshipClassifier(extend="bundled", names=True).fit(texts, own)
    onward = PartisanshipClassifier(folds=2, extend=tmp_path / "m").fit(texts, labels)
    assert onward.scorer_.model.reader.names  # as the model that it extends
    assert onward.score(texts, labels) == 1.0


def test_a_users_lexicon_and_names_survive_loading(tmp_path):
    texts, labels = kitchen_and_road()
    model = PartisanshipClassifier(folds=2).fit(texts, labels)
    folder = model.save(tmp_path / "m")
    plain, own = Scorer.load(folder), Scorer.load(folder, {"figures": ["budi"]})
    rows = ["budi makan nasi", "bus"]
    assert plain.model.reader.names
    assert own.model.reader.names
    assert own.predict(rows).tolist() == plain.predict(rows).tolist()


def test_softmax_calibration_is_honest():
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, 3)) * 2
    true = logits * 0.4 + np.array([0.0, 1.0, -1.0])
    p = np.exp(true) / np.exp(true).sum(axis=1, keepdims=True)
    target = np.array([random.choice(3, p=row) for row in p])
    found = fit_softmax(logits, target, np.ones(4000))
    assert found[:, 0] == pytest.approx(0.4, abs=0.05)
    assert found[1, 1] - found[2, 1] == pytest.approx(2.0, abs=0.25)
    assert np.array_equal(fit_softmax(logits, np.zeros(4000, int), np.ones(4000))[:, 0], [1, 1, 1])


def test_decision_helps_rare_classes_and_is_silent_without_need():
    random = np.random.default_rng(1)
    target = (random.random(3000) < 0.08).astype(int)
    score = random.normal(size=3000) + 1.6 * target
    log_odds = 1.6 * score - 1.28 + np.log(0.08 / 0.92)
    p = 1 / (1 + np.exp(-log_odds))
    probability = np.column_stack([1 - p, p])
    decision = fit_decision(probability, target, np.ones(3000))
    said = (np.log(probability) + decision).argmax(axis=1)
    plain = f1_score(target, probability.argmax(axis=1), average="macro")
    assert f1_score(target, said, average="macro") > plain + 0.03
    even = np.tile([[0.9, 0.1], [0.1, 0.9]], (50, 1))
    assert fit_decision(even, np.tile([0, 1], 50), np.ones(100)) == ()


def test_metadata_routing(posts):
    texts, labels = np.array(posts[0]), np.array(posts[1])
    groups = np.arange(60) // 2 % 6
    weight = np.where(labels == "partisan", 3.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        model = PartisanshipClassifier(folds=2, vectors=0.0)
        model.set_fit_request(sample_weight=True, groups=True).set_score_request(sample_weight=True)
        found = cross_validate(
            model, texts, labels, cv=2, params={"sample_weight": weight, "groups": groups},
            return_estimator=True,
        )  # fmt: skip
        plain = cross_validate(
            PartisanshipClassifier(folds=2, vectors=0.0), texts, labels, cv=2,
            return_estimator=True,
        )  # fmt: skip
        for with_weight, without in zip(found["estimator"], plain["estimator"], strict=True):
            assert not np.allclose(with_weight.out_of_fold_, without.out_of_fold_)
        scores = cross_val_score(
            model, texts, labels, cv=2, params={"sample_weight": weight, "groups": groups}
        )
        assert scores.tolist() == found["test_score"].tolist()
        with pytest.raises(ValueError, match="sample_weight"):  # not requested, so not passed on
            cross_validate(
                PartisanshipClassifier(folds=2, vectors=0.0), texts, labels, cv=2,
                params={"sample_weight": weight}, error_score="raise",
            )  # fmt: skip
        piped = Pipeline([("same", FunctionTransformer()), ("model", model)])
        inside = cross_validate(
            piped, texts, labels, cv=2, params={"sample_weight": weight, "groups": groups},
            return_estimator=True,
        )["estimator"]  # fmt: skip
        for one, other in zip(inside, found["estimator"], strict=True):
            assert np.array_equal(one["model"].out_of_fold_, other.out_of_fold_)
        search = GridSearchCV(model, {"C": [0.5, 2.0]}, cv=2)
        search.fit(texts, labels, sample_weight=weight, groups=groups)
        assert search.best_params_["C"] in (0.5, 2.0)


def test_splits_of_ones_own(posts):
    texts, labels, _ = posts
    splits = [
        (np.arange(0, 60, 2), np.arange(1, 60, 2)),
        (np.arange(1, 60, 2), np.arange(0, 60, 2)),
    ]
    model = PartisanshipClassifier(vectors=0.0).fit(texts, labels, splits=splits)
    other = PartisanshipClassifier(vectors=0.0, folds=2).fit(texts, labels)
    assert np.array_equal(model.coef_, other.coef_)
    assert not np.allclose(model.out_of_fold_, other.out_of_fold_)
