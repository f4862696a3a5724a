from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from netralitas_nlp.evaluation import evaluate, expected_calibration_error


class Fixed:
    """Gives the probabilities that are written in the texts."""

    positive = "partisan"
    thresholds = {"tinjau": 0.3, "partisan": 0.7}  # noqa: RUF012
    classes_ = ["netral", "partisan"]  # noqa: RUF012

    def predict_proba(self, texts):
        p = np.array([float(text) for text in texts])
        return np.column_stack([1 - p, p])


def random_case(seed, n=200):
    random = np.random.default_rng(seed)
    p = random.uniform(0.01, 0.99, n)
    truth = random.uniform(size=n) < p * 0.7 + 0.1
    return p, truth, [repr(float(v)) for v in p], np.where(truth, "partisan", "netral").tolist()


@pytest.mark.parametrize("seed", range(5))
def test_figures_are_those_of_scikit_learn(seed):
    p, truth, texts, labels = random_case(seed)
    figures = evaluate(Fixed(), texts, labels).figures
    predicted = p > 0.5
    expected = {
        "n": len(p),
        "prevalence": truth.mean(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "macro_f1": metrics.f1_score(truth, predicted, average="macro"),
        "precision": metrics.precision_score(truth, predicted),
        "recall": metrics.recall_score(truth, predicted),
        "average_precision": metrics.average_precision_score(truth, p),
        "roc_auc": metrics.roc_auc_score(truth, p),
        "brier": metrics.brier_score_loss(truth, p),
        "log_loss": metrics.log_loss(truth, p),
        "band_share": ((p >= 0.3) & (p < 0.7)).mean(),
        "outside_accuracy": (predicted == truth)[(p < 0.3) | (p >= 0.7)].mean(),
    }
    for name, value in expected.items():
        assert figures[name] == pytest.approx(value, abs=1e-9), name
    assert figures["confusion"] == metrics.confusion_matrix(truth, predicted).tolist()


def test_calibration_error_by_hand():
    p = np.array([0.05, 0.15, 0.15, 0.95, 1.0])
    truth = np.array([False, True, False, True, True])
    by_hand = (0.05 + abs(0.30 - 1) + abs(1.95 - 2)) / 5
    assert expected_calibration_error(truth, p) == pytest.approx(by_hand)


@settings(max_examples=50)
@given(
    rows=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50),
    bins=st.integers(1, 30),
)
def test_calibration_error_is_a_share(rows, bins):
    p, truth = (np.array(column) for column in zip(*rows, strict=True))
    assert 0 <= expected_calibration_error(truth.astype(bool), p, bins) <= 1 + 1e-9


def test_slices():
    _, _, texts, labels = random_case(7)
    region = ["timur" if i % 5 else "barat" for i in range(200)]
    region[:3] = ["kecil"] * 3
    report = evaluate(Fixed(), texts, labels, slices={"wilayah": region})
    assert set(report.slices["wilayah"]) == {"timur", "barat", "kecil"}
    assert report.slices["wilayah"]["kecil"]["small"] is True
    assert report.slices["wilayah"]["timur"]["small"] is False
    rows = [i for i, value in enumerate(region) if value == "barat"]
    alone = evaluate(Fixed(), [texts[i] for i in rows], [labels[i] for i in rows]).figures
    sliced = report.slices["wilayah"]["barat"]
    assert sliced["confusion"] == alone.pop("confusion")
    assert {k: v for k, v in sliced.items() if k in alone} == pytest.approx(alone)
    assert sum(f["n"] for f in report.slices["wilayah"].values()) == 200


def test_report_forms():
    _, _, texts, labels = random_case(3)
    report = evaluate(Fixed(), texts, labels, slices={"s": ["a", "b"] * 100})
    facts = json.loads(report.to_json())
    assert facts == json.loads(json.dumps(report.to_dict()))
    assert set(facts) >= {"figures", "slices"}
    frame = report.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame.index.tolist() == [("all", ""), ("s", "a"), ("s", "b")]
    assert frame.loc[("all", ""), "n"] == 200
    text = report.to_text()
    assert "macro_f1" in text
    assert "confusion" in text


@pytest.mark.parametrize("label", ["netral", "partisan"])
def test_one_class_only_is_legal(label):
    report = evaluate(Fixed(), ["0.2", "0.9"], [label] * 2)
    assert report.figures["roc_auc"] is None
    assert report.figures["average_precision"] is None
    assert report.figures["accuracy"] == 0.5
    json.loads(report.to_json())


def test_bad_input():
    with pytest.raises(ValueError, match="0 texts"):
        evaluate(Fixed(), [], [])
    with pytest.raises(ValueError, match="2 texts and 1 labels"):
        evaluate(Fixed(), ["0.1", "0.2"], ["netral"])
    with pytest.raises(ValueError, match=r"row 3.*'netrall'.*partisan"):
        evaluate(Fixed(), ["0.1", "0.2"], ["netral", "netrall"])


def test_estimator_and_scorer_give_one_report(small, small_scorer, posts):
    left, right = (evaluate(m, posts[0], posts[1]).figures for m in (small, small_scorer))
    assert left.pop("confusion") == right.pop("confusion")
    assert left == pytest.approx(right, abs=1e-6)
    assert left["macro_f1"] > 0.95
