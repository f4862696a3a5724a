from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from netralitas_nlp.evaluation.figures import (
    FIGURES,
    PREVALENCES,
    curve,
    expected_precision,
    figures,
    reliability,
    signal_figures,
    threshold_places,
    threshold_rows,
)
from netralitas_nlp.measures.figures import Weighted
from netralitas_nlp.measures.intervals import Flags
from netralitas_nlp.model.assessment import SIGNALS

BAND = {"tinjau": 0.3, "partisan": 0.7}


@st.composite
def cases(draw, most=60):
    """Truth, probabilities with many ties, what is said, weights with zeros; two to four classes.

    What is said is the likeliest label or, as of a model that favours rare ones, another.
    """
    k = draw(st.integers(2, 4))
    n = draw(st.integers(1, most))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    probability = random.dirichlet(np.full(k, draw(st.sampled_from([0.2, 1.0, 5.0]))), n)
    if draw(st.booleans()):
        probability = np.round(probability, 1)
        probability[:, 0] = 1.0 - probability[:, 1:].sum(axis=1)
        probability = np.clip(probability, 0, 1)
        probability /= probability.sum(axis=1, keepdims=True)
    truth = random.integers(0, draw(st.integers(1, k)), n)
    weights = random.integers(0, 4, (3, n)).astype(float)
    said = draw(st.sampled_from([None, random.integers(0, k, n)]))
    return truth, probability, said, weights, k, draw(st.integers(0, k - 1))


def by_scikit_learn(truth, probability, predicted, k, column, weight=None):
    """Every figure straight from scikit-learn, or from its definition."""
    p = probability[:, column]
    true = truth == column
    predicted = probability.argmax(axis=1) if predicted is None else predicted
    said = predicted == column
    w = np.ones(len(truth)) if weight is None else weight
    both = w[true].sum() > 0 and w[~true].sum() > 0
    outside = (p < BAND["tinjau"]) | (p >= BAND["partisan"])
    bins = np.minimum((p * 10).astype(int), 9)
    options = {"sample_weight": weight, "zero_division": 0}
    right = (p >= BAND["partisan"]) == true  # of the verdict, which is not always what is said
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "prevalence": np.average(true, weights=w),
            "accuracy": metrics.accuracy_score(truth, predicted, sample_weight=weight),
            "macro_f1": metrics.f1_score(
                truth, predicted, labels=range(k), average="macro", **options
            ),
            "precision": metrics.precision_score(true, said, **options) if w[said].sum() else None,
            "recall": metrics.recall_score(true, said, **options) if w[true].sum() else None,
            "specificity": metrics.recall_score(true, said, pos_label=False, **options)
            if w[~true].sum()
            else None,
            "f1": metrics.f1_score(true, said, **options),
            "average_precision": metrics.average_precision_score(true, p, sample_weight=weight)
            if both
            else None,
            "roc_auc": metrics.roc_auc_score(true, p, sample_weight=weight) if both else None,
            "brier": metrics.brier_score_loss(true, p, sample_weight=weight, pos_label=True),
            "ece": sum(
                abs(np.sum((w * (p - true))[bins == b])) for b in range(10)
            ) / w.sum(),
            "log_loss": metrics.log_loss(
                truth, probability, labels=range(k), sample_weight=weight
            ),
            "band_share": np.average(~outside, weights=w),
            "outside_accuracy": np.average(right[outside], weights=w[outside])
            if w[outside].sum()
            else None,
        }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_every_figure_is_that_of_scikit_learn(case):
    truth, probability, said, _, k, column = case
    classes = [f"c{i}" for i in range(k)]
    found = figures(truth, probability, BAND, classes, classes[column], said)
    expected = by_scikit_learn(truth, probability, said, k, column)
    assert set(expected) == set(FIGURES)
    for name, value in expected.items():
        if value is None:
            assert found[name] is None, name
        else:
            assert found[name] == pytest.approx(value, abs=1e-9), name
    assert found["n"] == len(truth)
    predicted = probability.argmax(axis=1) if said is None else said
    matrix = metrics.confusion_matrix(truth, predicted, labels=range(k))
    assert found["confusion"] == matrix.tolist()


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_weighted_formulas_are_those_of_scikit_learn(case):
    truth, probability, said, weights, k, column = case
    weights = weights[weights.sum(axis=1) > 0]
    if not len(weights):
        weights = np.ones((1, len(truth)))
    classes = [f"c{i}" for i in range(k)]
    found = Weighted(truth, probability, BAND, classes, classes[column], said)(weights)
    assert set(found) == set(FIGURES)
    for i, weight in enumerate(weights):
        for name, value in by_scikit_learn(truth, probability, said, k, column, weight).items():
            if value is None:
                assert np.isnan(found[name][i]), name
            else:
                assert found[name][i] == pytest.approx(value, abs=1e-9), name


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 40))
def test_weighted_flags_are_those_of_scikit_learn(seed, n):
    random = np.random.default_rng(seed)
    truth, said = random.uniform(size=(2, n, 3)) < 0.4
    weights = random.integers(1, 4, (2, n)).astype(float)
    found = Flags(truth, said, "abc")(weights)
    for i, weight in enumerate(weights):
        for j, name in enumerate("abc"):
            values = metrics.precision_recall_fscore_support(
                truth[:, j], said[:, j], average="binary", zero_division=np.nan,
                sample_weight=weight,
            )  # fmt: skip
            values = (*values[:2], np.nan_to_num(values[2]))
            for figure, value in zip(("precision", "recall", "f1"), values, strict=True):
                assert found[f"{figure} {name}"][i] == pytest.approx(value, nan_ok=True)


def random_case(seed, n=400):
    random = np.random.default_rng(seed)
    p = random.uniform(0.01, 0.99, n)
    return random.uniform(size=n) < p * 0.6 + 0.1, p


@pytest.mark.parametrize("seed", range(5))
def test_threshold_rows_are_those_of_scikit_learn(seed):
    true, p = random_case(seed)
    rows = threshold_rows(true, p, threshold_places(true, p, BAND))
    assert [row["name"] for row in rows] == [
        "even", "tinjau", "partisan", "precision_0.80", "precision_0.90", "precision_0.95",
    ]  # fmt: skip
    assert [row["threshold"] for row in rows[:3]] == [0.5, 0.3, 0.7]
    for row in rows:
        if row["threshold"] is None:
            continue
        said = p >= row["threshold"]
        assert row["precision"] == pytest.approx(metrics.precision_score(true, said))
        assert row["recall"] == pytest.approx(metrics.recall_score(true, said))
        assert row["specificity"] == pytest.approx(metrics.recall_score(~true, ~said))
        assert row["f1"] == pytest.approx(metrics.f1_score(true, said))
        assert row["flagged"] == pytest.approx(said.mean())
        assert row["confusion"] == metrics.confusion_matrix(true, said).tolist()


def test_chosen_precision_has_the_highest_recall():
    true, p = random_case(1)
    for name, threshold in threshold_places(true, p, BAND)[3:]:
        least = float(name.split("_")[1])
        reach = [t for t in p if true[p >= t].mean() >= least]
        assert threshold == (min(reach) if reach else None)


def test_a_precision_out_of_reach_has_an_empty_row():
    true, p = np.array([True, False, False]), np.array([0.2, 0.5, 0.9])
    row = threshold_rows(true, p, threshold_places(true, p, BAND))[-1]
    assert row["threshold"] is None
    assert row["precision"] is None
    assert row["expected_precision"] == {"0.01": None, "0.05": None, "0.10": None}


@pytest.mark.parametrize("prevalence", PREVALENCES)
def test_expected_precision_is_that_of_data_with_this_prevalence(prevalence):
    random = np.random.default_rng(0)
    true = random.uniform(size=400_000) < prevalence
    said = random.uniform(size=400_000) < np.where(true, 0.8, 0.1)
    measured = metrics.precision_score(true, said)
    assert expected_precision(0.8, 0.9, prevalence) == pytest.approx(measured, abs=0.02)
    assert expected_precision(0.0, 1.0, prevalence) is None


def test_reliability_rows_add_up():
    true, p = random_case(4)
    rows = reliability(true, p)
    assert sum(row["n"] for row in rows) == len(p)
    assert sum(row["n"] * row["observed"] for row in rows) == pytest.approx(true.sum())
    assert all(row["low"] <= row["stated"] <= row["high"] for row in rows)


def test_curve_is_thinned_and_true():
    true, p = random_case(2, 5000)
    points = curve(true, p)
    assert 150 <= len(points) <= 200
    for recall, precision, at in points[::20]:
        assert precision == pytest.approx(true[p >= at].mean())
        assert recall == pytest.approx((true & (p >= at)).sum() / true.sum())
    assert curve(np.array([True]), np.array([0.4])) == []


def test_signal_figures():
    random = np.random.default_rng(3)
    truth, said = random.uniform(size=(2, 200, 6)) < 0.3
    truth[:, 5] = False
    found = signal_figures(truth, said)
    assert list(found["signals"]) == list(SIGNALS)
    assert found["macro_f1"] == pytest.approx(
        metrics.f1_score(truth[:, :5], said[:, :5], average="macro")
    )
    assert found["signals"]["wewenang"] == {"n": 0, "precision": 0.0, "recall": None, "f1": 0.0}
    for i, name in enumerate(SIGNALS[:5]):
        values = metrics.precision_recall_fscore_support(truth[:, i], said[:, i], average="binary")
        shown = [found["signals"][name][figure] for figure in ("precision", "recall", "f1")]
        assert shown == pytest.approx(values[:3])
    for n in (0, 3):
        none = np.zeros((n, 6), dtype=bool)
        assert signal_figures(none, none)["macro_f1"] is None
        assert signal_figures(none, none)["signals"]["ajakan"]["precision"] is None
