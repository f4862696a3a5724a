from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from netralitas_nlp import Scorer
from netralitas_nlp.model import SIGNALS
from netralitas_nlp.training import PartisanshipClassifier


def quick(**settings):
    return PartisanshipClassifier(folds=2, **settings)


def test_learns_the_posts(small, posts):
    texts, labels, _ = posts
    assert np.mean(small.predict(texts) == np.array(labels)) > 0.95
    assert small.classes_.tolist() == ["netral", "partisan"]
    assert is_classifier(small)
    assert small.score(texts, labels) > 0.95


def test_shapes(small, posts):
    texts = posts[0][:7]
    p = small.predict_proba(texts)
    assert p.shape == (7, 2)
    assert np.allclose(p.sum(axis=1), 1)
    assert small.decision_function(texts).shape == (7,)
    assert np.array_equal(small.decision_function(texts) > 0, p[:, 1] > 0.5)
    assert small.predict(texts[:1]).shape == (1,)
    assert small.predict_proba([]).shape == (0, 2)
    assert small.out_of_fold_.shape == (60, 2)
    assert np.allclose(small.out_of_fold_.sum(axis=1), 1)


def test_out_of_fold_is_honest(small, posts):
    texts, labels, _ = posts
    truth = np.array(labels) == "partisan"
    seen = np.abs(small.predict_proba(texts)[:, 1] - truth).mean()
    unseen = np.abs(small.out_of_fold_[:, 1] - truth).mean()
    assert seen < unseen < 0.5


@pytest.mark.parametrize("make", [list, tuple, np.array, pd.Series, iter])
def test_kinds_of_input(posts, make):
    texts, labels = posts[0][:20], posts[1][:20]
    model = quick().fit(make(texts), make(labels))
    expected = quick().fit(texts, labels).predict_proba(texts)
    assert np.array_equal(model.predict_proba(make(texts)), expected)


def test_missing_texts(posts):
    texts, labels = [*posts[0][:20], None, float("nan")], [*posts[1][:20], "netral", "netral"]
    model = quick().fit(texts, labels)
    assert np.isfinite(model.predict_proba([None, float("nan"), "", "a"])).all()


def test_other_types_name_the_position(small):
    with pytest.raises(TypeError, match="position 1"):
        small.predict_proba(["a", 3])
    with pytest.raises(TypeError, match="position 1"):
        quick().fit(["a", 3], ["x", "y"])


def test_unfitted(tmp_path):
    for call in (
        lambda m: m.predict_proba(["a"]),
        lambda m: m.decision_function(["a"]),
        lambda m: m.save(tmp_path / "m"),
    ):
        with pytest.raises(NotFittedError):
            call(PartisanshipClassifier())


def test_init_stores_and_clone_copies():
    settings = {
        "C": 3.0, "min_word": 1, "min_gram": 2, "min_pair": 3, "gram_range": (3, 4),
        "class_weight": "balanced", "positive_label": "x", "lexicon": {"figures": ["a"]},
        "folds": 4, "max_iter": 99,
    }  # fmt: skip
    model = PartisanshipClassifier(**settings)
    got = model.get_params()
    assert {name: got[name] for name in settings} == settings
    copied = clone(model).get_params()
    assert {name: copied[name] for name in settings} == settings
    assert not [name for name in vars(model) if name.endswith("_")]
    assert clone(model).set_params(C=0.5).C == 0.5
    with pytest.raises(ValueError, match="nonsense"):
        model.set_params(nonsense=1)


def test_fit_leaves_parameters_and_data_alone(posts):
    texts, labels = np.array(posts[0]), np.array(posts[1])
    before = texts.copy(), labels.copy()
    model = quick(lexicon={"figures": ["burhan"]})
    parameters = str(model.get_params())
    assert model.fit(texts, labels) is model
    assert str(model.get_params()) == parameters
    assert np.array_equal(texts, before[0])
    assert np.array_equal(labels, before[1])
    assert {"classes_", "scorer_", "out_of_fold_"} <= {n for n in vars(model) if n.endswith("_")}


def test_fitting_again_forgets(posts):
    texts, labels, _ = posts
    model = quick().fit(texts[:20], labels[:20])
    model.fit(texts, labels)
    assert np.array_equal(
        model.predict_proba(texts), quick().fit(texts, labels).predict_proba(texts)
    )


def test_pipeline(posts):
    texts, labels, _ = posts
    lower = FunctionTransformer(lambda rows: [row.lower() for row in rows])
    pipeline = Pipeline([("lower", lower), ("model", quick())])
    assert pipeline.fit(texts, labels).score(texts, labels) > 0.9
    assert pipeline.predict_proba(texts[:3]).shape == (3, 2)


def test_grid_search(posts):
    texts, labels, _ = posts
    search = GridSearchCV(quick(), {"C": [0.1, 2.0]}, cv=2, scoring="f1_macro")
    search.fit(np.array(texts), np.array(labels))
    assert search.best_params_["C"] in (0.1, 2.0)
    assert search.predict(texts[:2]).tolist() == labels[:2]


def test_grid_search_in_a_pipeline_with_weights(posts):
    texts, labels, _ = posts
    lower = FunctionTransformer(lambda rows: [row.lower() for row in rows])
    search = GridSearchCV(
        Pipeline([("lower", lower), ("model", quick(vectors=0.0))]),
        {"model__C": [0.1, 2.0], "model__vectors": [0.0, 0.7]}, cv=2,
    )  # fmt: skip
    twins = "sapi sapi sapi"
    texts, labels = [*texts, twins, twins], [*labels, "partisan", "netral"]
    p = []
    for odd in (30.0, 0.1):
        weight = np.ones(len(texts))
        weight[-2] = odd
        search.fit(texts, labels, model__sample_weight=weight)
        assert len(search.cv_results_["params"]) == 4
        p.append(search.predict_proba([twins.upper()])[0, 1])
    assert p[0] > p[1] + 0.1


def test_pickle_and_a_clone_of_a_fitted_model(small, posts, weird):
    """Pickle is for joblib and searches; what is kept on disk is the artefact."""
    rows = [*posts[0], *weird]
    again = pickle.loads(pickle.dumps(small))
    assert np.array_equal(again.predict_proba(rows), small.predict_proba(rows))
    assert again.scorer_.predict(rows).tolist() == small.scorer_.predict(rows).tolist()
    copied = clone(small)
    assert not hasattr(copied, "scorer_")
    assert repr(copied.get_params()) == repr(small.get_params())


def test_cross_validation(posts):
    texts, labels, _ = posts
    scores = cross_val_score(quick(), texts, labels, cv=3, scoring="roc_auc")
    assert scores.mean() > 0.7
    p = cross_val_predict(quick(), texts, labels, cv=2, method="predict_proba")
    assert p.shape == (60, 2)


def test_sample_weight_has_an_effect(posts):
    texts, labels, _ = posts
    texts, labels = [*texts, "sapi sapi sapi", "sapi sapi sapi"], [*labels, "partisan", "netral"]
    base = np.ones(len(texts))
    up, down = base.copy(), base.copy()
    up[-2], up[-1] = 30, 0.1
    down[-2], down[-1] = 0.1, 30
    p = [
        quick().fit(texts, labels, sample_weight=w).predict_proba(["sapi sapi sapi"])[0, 1]
        for w in (up, base, down)
    ]
    assert p[0] > p[1] > p[2]
    plain = quick().fit(texts, labels).predict_proba(["sapi sapi sapi"])[0, 1]
    assert p[1] == pytest.approx(plain, abs=1e-12)


def test_class_weight_has_an_effect(posts):
    texts, labels, _ = posts
    heavy = quick(class_weight={0: 1, 1: 20}).fit(texts, labels)
    plain = quick().fit(texts, labels)
    assert heavy.intercept_[0] > plain.intercept_[0]


def test_stronger_penalty_means_smaller_weights(posts):
    texts, labels, _ = posts
    small, large = (quick(C=c).fit(texts, labels).coef_ for c in (0.01, 10.0))
    assert np.abs(small).sum() < np.abs(large).sum()


def test_three_classes(posts, tmp_path, weird):
    texts, labels, _ = posts
    labels = [
        label if label == "partisan" or i % 4 == 1 else "umum" for i, label in enumerate(labels)
    ]
    model = quick().fit(texts, labels)
    assert model.classes_.tolist() == ["netral", "partisan", "umum"]
    assert model.decision_function(texts).shape == (60, 3)
    p = model.predict_proba(texts)
    assert p.shape == (60, 3)
    assert np.allclose(p.sum(axis=1), 1)
    scorer = Scorer.load(model.save(tmp_path / "three"))
    assert scorer.classes_ == ["netral", "partisan", "umum"]
    everything = [*texts, *weird]
    assert np.allclose(
        scorer.predict_proba(everything), model.predict_proba(everything), rtol=0, atol=1e-6
    )
    read = scorer.score(texts[0])
    assert read.probability == pytest.approx(p[0, 1], abs=1e-6)
    assert read.verdict in ("partisan", "tinjau", "bukan partisan")
    assert scorer.score("").probability < 0.01


@pytest.mark.parametrize("flip", [False, True])
def test_positive_label(posts, tmp_path, flip):
    texts, labels, _ = posts
    names = {"partisan": "a_pro" if flip else "z_pro", "netral": "kontra"}
    labels = [names[label] for label in labels]
    model = quick(positive_label=names["partisan"]).fit(texts, labels)
    scorer = Scorer.load(model.save(tmp_path / "m"))
    read = scorer.score("Ayo coblos nomor dua, ajak tetangga")
    assert read.probability > 0.5
    column = scorer.classes_.index(names["partisan"])
    assert read.probability == scorer.predict_proba([read.text])[0, column]
    assert read.evidence
    assert read.evidence[0].weight > 0
    silent = ["", None, "!!!"]  # who says nothing takes no side
    assert (scorer.predict_proba(silent)[:, column] < 0.01).all()
    assert np.allclose(model.predict_proba(silent), scorer.predict_proba(silent))


def test_signal_heads(small, posts, tmp_path):
    texts, _, signals = posts
    heads = small.scorer_.model.heads
    assert heads[-6:] == SIGNALS
    for name in SIGNALS:
        p = np.array([r.signals[name] for r in small.scorer_.score_stream(texts, evidence=False)])
        truth = np.array([name in row for row in signals])
        assert p[truth].mean() > p[~truth].mean(), name
    only = quick().fit(*posts[:2], signals=[row[:1] if "ajakan" in row else [] for row in signals])
    assert "ajakan" in only.scorer_.model.heads
    assert np.allclose(
        only.predict_proba(texts), quick().fit(*posts[:2]).predict_proba(texts), atol=1e-9
    )
    with pytest.raises(ValueError, match="ajakann"):
        quick().fit(*posts[:2], signals=[["ajakann"]] * 60)


def test_groups(posts):
    texts, labels, _ = posts
    groups = [i // 2 % 4 for i in range(60)]
    grouped = quick().fit(texts, labels, groups=groups)
    plain = quick().fit(texts, labels)
    assert np.array_equal(grouped.coef_, plain.coef_)
    assert not np.allclose(grouped.out_of_fold_, plain.out_of_fold_)


def test_groups_are_never_on_both_sides(posts):
    """A word that betrays the label inside one group only must not help out of fold."""
    _, labels, _ = posts
    groups = [i // 10 for i in range(60)]
    marked = [
        f"kode{'x' if y == 'partisan' else 'y'}{g} hari ini"
        for y, g in zip(labels, groups, strict=True)
    ]
    truth = np.array(labels) == "partisan"
    leaked = PartisanshipClassifier(folds=3).fit(marked, labels)
    kept = PartisanshipClassifier(folds=3).fit(marked, labels, groups=groups)
    error = [np.abs(m.out_of_fold_[:, 1] - truth).mean() for m in (leaked, kept)]
    assert error[0] < error[1]


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        (["a", "b", "c"], ["x", "x", "x"], "two classes"),
        ([], [], "two classes"),
        (["a", "b", "c"], ["x", "x", "y"], "'y'"),
        (["a", "b"], ["x"], "2 texts but 1 labels"),
    ],
)
def test_too_little_to_learn_from(texts, labels, message):
    with pytest.raises(ValueError, match=message):
        PartisanshipClassifier().fit(texts, labels)


def test_lengths_that_differ(posts):
    texts, labels, _ = posts
    with pytest.raises(ValueError, match="weights"):
        quick().fit(texts, labels, sample_weight=[1.0])
    with pytest.raises(ValueError, match="soft"):
        quick().fit(texts, labels, soft_texts=["a"], soft_targets=[])


def test_soft_targets_teach(posts):
    texts, labels, _ = posts
    soft = ["klepon manis sekali"] * 10
    p = [
        quick().fit(texts, labels, soft_texts=soft, soft_targets=[q] * 10, soft_weight=3.0)
        .predict_proba(["klepon manis sekali"])[0, 1]
        for q in (0.05, 0.95)
    ]  # fmt: skip
    assert p[0] < p[1]


def test_each_fold_may_have_a_teacher_of_its_own(posts):
    texts, labels, _ = posts
    half = np.arange(len(texts)) % 2
    splits = [(np.flatnonzero(half != k), np.flatnonzero(half == k)) for k in (0, 1)]
    soft = ["klepon manis sekali"] * 10

    def fitted(targets):
        return quick().fit(
            [*texts, *soft[:1]], [*labels, labels[0]], soft_texts=soft, soft_targets=targets,
            soft_weight=3.0, splits=[(train, np.append(test, len(texts))) if k else (train, test)
                                     for k, (train, test) in enumerate(splits)],
        )  # fmt: skip

    low, high = np.full(10, 0.05), np.full(10, 0.95)
    same = fitted(high)
    assert np.array_equal(fitted(np.column_stack([high] * 3)).out_of_fold_, same.out_of_fold_)
    other = fitted(np.column_stack([high, low, high]))
    assert np.array_equal(other.coef_, same.coef_)  # the last column teaches the model
    assert other.out_of_fold_[-1, 1] < same.out_of_fold_[-1, 1]
    with pytest.raises(ValueError, match=r"\(10, 2\); expected one column for each of 2 splits"):
        fitted(np.column_stack([high, low]))


def test_parts_of_texts_do_not_say_how_common_a_word_is(posts):
    texts, labels, _ = posts
    soft = ["klepon manis sekali"] * 5

    def words(**settings):
        found = quick(min_word=3).fit(texts, labels, soft_texts=soft, soft_targets=[0.1] * 5,
                                      **settings)  # fmt: skip
        return found.scorer_.model.linear.vocabulary.words

    assert "klepon" in words()
    assert "klepon" in words(soft_parts=[True, False, False, False, True])
    assert "klepon" not in words(soft_parts=[True, True, True, False, False])
    with pytest.raises(ValueError, match="5 soft texts but 1 soft parts"):
        words(soft_parts=[True])


def test_user_lexicon(posts):
    texts, labels, _ = posts
    own = quick(lexicon={"figures": ["burhan", "rina"]}).fit(texts, labels)
    plain = quick().fit(texts, labels)
    assert not np.allclose(own.predict_proba(texts), plain.predict_proba(texts))
    twins = own.predict_proba(["dukung Burhan ya", "dukung Jokowi ya"])
    assert twins[0, 1] == pytest.approx(twins[1, 1], abs=1e-12)


def test_thresholds_are_a_band(small):
    low, high = small.scorer_.thresholds["tinjau"], small.scorer_.thresholds["partisan"]
    assert 0 <= low <= 0.5 <= high <= 1
    assert low + high == pytest.approx(1.0)
