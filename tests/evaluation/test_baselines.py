from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from netralitas_nlp.evaluation import evaluate, learning_curve
from netralitas_nlp.evaluation.baselines import BASELINES, KEYWORDS, baseline_probability
from netralitas_nlp.training import PartisanshipClassifier


@pytest.fixture
def truth(posts):
    return np.array([label == "partisan" for label in posts[1]]).astype(int)


def test_keyword_is_a_search(posts, truth):
    p, _ = baseline_probability("keyword", posts[0], truth, 2, 1)
    hits = [any(word in text.lower() for word in KEYWORDS) for text in posts[0]]
    assert p[:, 1].tolist() == [float(hit) for hit in hits]
    assert (p.sum(axis=1) == 1).all()
    turned, _ = baseline_probability("keyword", posts[0], 1 - truth, 2, 0)
    assert turned[:, 0].tolist() == p[:, 1].tolist()


def test_majority_says_the_commonest_label():
    p, how = baseline_probability("majority", ["a"] * 4, np.array([0, 0, 0, 1]), 2, 1)
    assert p.tolist() == [[0.75, 0.25]] * 4
    assert how == "the same data"
    p, how = baseline_probability(
        "majority", ["a"], np.array([0]), 2, 1, train=(["b", "c", "d"], np.array([1, 1, 0]))
    )
    assert p[0].argmax() == 1
    assert how == "other data"


def test_tfidf_learns_but_never_from_the_text_it_reads():
    texts = [f"kata {'coblos' if i % 2 else 'hujan'} {i}" for i in range(40)]
    labels = np.arange(40) % 2
    p, how = baseline_probability("tfidf", texts, labels, 2, 1)
    assert how == "cross-validation"
    assert metrics.accuracy_score(labels, p.argmax(axis=1)) == 1.0
    # labels that no text explains: a model that had seen its texts would be right on them
    random = np.random.default_rng(0).integers(0, 2, 200)
    p, _ = baseline_probability("tfidf", [f"kata{i}" for i in range(200)], random, 2, 1)
    assert metrics.accuracy_score(random, p.argmax(axis=1)) < 0.65


def test_tfidf_keeps_groups_together():
    """Each group has one word and one label: known only to who has seen the group."""
    groups = np.repeat(np.arange(40), 5)
    labels = np.random.default_rng(1).integers(0, 2, 40)[groups]
    texts = [f"sumber{group}" for group in groups]
    alone, _ = baseline_probability("tfidf", texts, labels, 2, 1)
    kept, _ = baseline_probability("tfidf", texts, labels, 2, 1, groups=groups.tolist())
    assert (alone.argmax(axis=1) == labels).mean() > 0.95
    assert (kept.argmax(axis=1) == labels).mean() < 0.7


def test_tfidf_takes_texts_without_a_group_for_themselves():
    labels = np.arange(40) % 2
    texts = [f"kata {'coblos' if i % 2 else 'hujan'} {i}" for i in range(40)]
    for groups in ([""] * 40, ["a"] * 3 + [""] * 37):
        p, _ = baseline_probability("tfidf", texts, labels, 2, 1, groups=groups)
        assert metrics.accuracy_score(labels, p.argmax(axis=1)) == 1.0


@pytest.mark.parametrize("n_classes", [2, 3])
def test_groups_that_follow_the_labels(n_classes):
    labels = np.arange(60) % n_classes
    texts = [f"kata{label} {i}" for i, label in enumerate(labels)]
    with pytest.raises(ValueError, match=r"two groups with each label.*--group-column"):
        baseline_probability("tfidf", texts, labels, n_classes, 1, groups=labels.tolist())
    # two groups of each label are enough, however large the others are
    groups = [f"{label} {i < 30}" for i, label in enumerate(labels)]
    p, _ = baseline_probability("tfidf", texts, labels, n_classes, 1, groups=groups)
    assert (p.argmax(axis=1) == labels).all()


def test_groups_of_which_no_two_folds_will_do():
    labels = np.array([0, 1, 1, 2, 2, 0] * 10)
    texts = [f"kata{label} {i}" for i, label in enumerate(labels)]
    groups = ["xxyyzz"[i % 6] for i in range(60)]
    p, _ = baseline_probability("tfidf", texts, labels, 3, 1, groups=groups)
    assert (p.argmax(axis=1) == labels).all()


def test_groups_that_leave_no_folds():
    labels, groups = np.array([0, 1, 1, 2, 2, 0]), list("xxyyzz")
    with pytest.raises(ValueError, match=r"no folds of whole groups.*--baseline-train"):
        baseline_probability("tfidf", list("abcdef"), labels, 3, 1, groups=groups)


def test_tfidf_on_other_data(posts, truth):
    train = (["ayo coblos nomor dua", "hujan sejak pagi"] * 3, np.array([1, 0] * 3))
    p, how = baseline_probability("tfidf", posts[0], truth, 2, 1, train=train)
    assert how == "other data"
    assert metrics.roc_auc_score(truth, p[:, 1]) > 0.7


def test_more_than_two_classes():
    texts = [f"{word} {i}" for i in range(20) for word in ("satu", "dua", "tiga")]
    labels = np.array([0, 1, 2] * 20)
    p, _ = baseline_probability("tfidf", texts, labels, 3, 2)
    assert p.shape == (60, 3)
    assert (p.argmax(axis=1) == labels).all()


def test_too_little_to_learn_from():
    with pytest.raises(ValueError, match="two texts of each label"):
        baseline_probability("tfidf", ["a", "b", "c"], np.array([0, 0, 1]), 2, 1)
    with pytest.raises(ValueError, match="'tfidff'"):
        baseline_probability("tfidff", ["a"], np.array([0]), 2, 1)


def test_in_a_report(scorer, posts):
    report = evaluate(scorer, posts[0], posts[1], baseline=list(BASELINES), rounds=50)
    assert list(report.baselines) == list(BASELINES)
    keyword = report.baselines["keyword"]
    # yes or no is no probability: nothing is said about its calibration
    assert keyword["figures"]["ece"] is None
    assert "log_loss" not in keyword["differences"]
    assert keyword["figures"]["band_share"] is None
    for name, gap in keyword["differences"].items():
        expected = report.figures[name] - keyword["figures"][name]
        assert gap["difference"] == pytest.approx(expected)
        assert gap["low"] <= gap["high"]
    assert report.baselines["majority"]["figures"]["roc_auc"] == 0.5
    assert report.baselines["majority"]["figures"]["ece"] == pytest.approx(0)


def test_another_model_and_itself(scorer, small, small_scorer, posts):
    models = {"kecil": small, "sendiri": scorer}
    report = evaluate(scorer, posts[0], posts[1], baseline=models, rounds=50)
    alone = evaluate(small_scorer, posts[0], posts[1], rounds=50)
    found = report.baselines["kecil"]["figures"]
    assert found["macro_f1"] == alone.figures["macro_f1"]
    assert found["average_precision"] == pytest.approx(alone.figures["average_precision"])
    same = report.baselines["sendiri"]
    assert same["mcnemar"] == {"only_model_right": 0, "only_baseline_right": 0, "p_value": 1.0}
    assert {gap["difference"] for gap in same["differences"].values()} == {0.0}


def test_bad_baselines(scorer, posts):
    with pytest.raises(ValueError, match="no baseline 'tfidff'"):
        evaluate(scorer, posts[0], posts[1], baseline="tfidff")
    with pytest.raises(ValueError, match="2 texts and 1 labels for the baseline"):
        evaluate(
            scorer, posts[0], posts[1], baseline="tfidf", baseline_train=(["a", "b"], ["netral"])
        )
    with pytest.raises(ValueError, match="baseline_train, row 3: label 'netrall'"):
        evaluate(
            scorer, posts[0], posts[1], baseline="tfidf",
            baseline_train=(["a", "b"], ["netral", "netrall"]),
        )  # fmt: skip


def test_learning_curve(posts):
    texts, labels = posts[0] * 2, posts[1] * 2
    seen = []
    points = learning_curve(
        PartisanshipClassifier(), texts, labels, posts[0], posts[1], shares=(1.0, 0.3), rounds=20,
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert [point["share"] for point in points] == [0.3, 1.0]
    assert [point["n"] for point in points] == [36, 120]
    assert seen == [(1, 2), (2, 2)]
    # all posts seen in training: better than with a third of them
    assert points[1]["figures"]["macro_f1"] > points[0]["figures"]["macro_f1"]
    low, high = points[0]["intervals"]["macro_f1"]
    assert low < points[0]["figures"]["macro_f1"] < high


def test_shares_of_a_learning_curve_are_nested_and_even():
    from netralitas_nlp.evaluation.learning import _ranks

    labels = np.array(["a"] * 80 + ["b"] * 20)
    rank = _ranks(labels, 0)
    for share, expected in ((0.25, (20, 5)), (0.5, (40, 10)), (1.0, (80, 20))):
        rows = rank <= share
        assert ((labels == "a")[rows].sum(), (labels == "b")[rows].sum()) == expected
    assert (_ranks(labels, 1) != rank).any()


def test_bad_learning_curve(posts):
    small = PartisanshipClassifier()
    with pytest.raises(ValueError, match=r"share 1\.5"):
        learning_curve(small, posts[0], posts[1], posts[0], posts[1], shares=(1.5,))
    with pytest.raises(ValueError, match=r"share 0\.02"):
        learning_curve(small, posts[0], posts[1], posts[0], posts[1], shares=(0.02,))
    with pytest.raises(ValueError, match="1 texts and 0 labels"):
        learning_curve(small, ["a"], [], posts[0], posts[1])
