"""The figures of a card against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from netralitas_nlp.evaluation.measuring import Reading, measure
from netralitas_nlp.training.card import _classes
from netralitas_nlp.training.measures import measured

CLASSES = ["a", "b", "c"]
BAND = {"tinjau": 0.3, "partisan": 0.7}


def drawn(n=300, seed=0):
    random = np.random.default_rng(seed)
    target = random.choice(3, n, p=[0.5, 0.3, 0.2])
    logits = np.round(random.normal(size=(n, 3)) + 1.5 * np.eye(3)[target], 1)  # with ties
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return p, p.argmax(axis=1), target


def test_figures():
    p, said, target = drawn()
    found = measured(p, said, target, CLASSES, "b", BAND, np.arange(len(target)))
    figures, is_b = found["figures"], target == 1
    expected = {
        "macro_f1": metrics.f1_score(target, said, average="macro"),
        "accuracy": metrics.accuracy_score(target, said),
        "precision": metrics.precision_score(is_b, said == 1),
        "recall": metrics.recall_score(is_b, said == 1),
        "average_precision": metrics.average_precision_score(is_b, p[:, 1]),
        "roc_auc": metrics.roc_auc_score(is_b, p[:, 1]),
        "brier": metrics.brier_score_loss(is_b, p[:, 1]),
        "log_loss": metrics.log_loss(target, p),
    }
    for name, value in expected.items():
        assert figures[name] == pytest.approx(value, abs=1e-4), name
        low, high = found["intervals"][name]
        assert low <= figures[name] <= high
        assert 0 < high - low < 0.3
    assert found["confusion"] == metrics.confusion_matrix(target, said).tolist()
    assert found["classes"]["c"]["n"] == int((target == 2).sum())
    assert 0 < figures["band_share"] < 1


def test_undefined_is_not_0():
    target = np.zeros(12, dtype=np.int64)
    p = np.tile([0.9, 0.05, 0.05], (12, 1))
    found = measured(p, p.argmax(axis=1), target, CLASSES, "b", BAND, np.arange(12))
    undefined = {"precision": None, "recall": None, "f1": 0.0, "n": 0}
    assert found["classes"]["c"] == undefined
    assert found["figures"]["precision"] is found["figures"]["recall"] is None  # the same of "b"
    assert "| `c` | 0 | – | – | 0.000 |" in _classes(found["classes"])


def test_copies_make_no_interval_narrower():
    p, said, target = drawn(100)
    one = measured(p, said, target, CLASSES, "b", BAND, np.arange(100))
    four = measured(*(np.tile(x, (4, 1) if x.ndim == 2 else 4) for x in (p, said, target)),
                    CLASSES, "b", BAND, np.tile(np.arange(100), 4))  # fmt: skip
    assert one["figures"] == four["figures"]
    wide = [np.diff(found["intervals"]["macro_f1"])[0] for found in (one, four)]
    assert wide[1] == pytest.approx(wide[0], abs=0.02)


def test_a_single_part_has_no_interval():
    p, said, target = drawn(50)
    found = measured(p, said, target, CLASSES, "b", BAND, np.zeros(50, dtype=np.int64))
    assert found["intervals"]["macro_f1"] is None


def test_all_right_is_not_surely_all():
    target = np.arange(12) % 2
    p = np.where(target[:, None] == [0, 1], 0.9, 0.1)
    found = measured(p, target, target, ["a", "b"], "b", BAND, np.arange(12))
    assert found["figures"]["accuracy"] == 1.0
    # n / (n + 1.96 ** 2) for 12 and for 6 rows
    assert found["intervals"]["accuracy"] == [0.7575, 1.0]
    for name in ("precision", "recall", "specificity"):
        assert found["intervals"][name] == [0.6097, 1.0]
    # the rule of `netralitas evaluate`, to the last digit
    reading = Reading(target, p, BAND, ["a", "b"], "b", said=target)
    shares = ("prevalence", "accuracy", "recall", "band_share", "outside_accuracy")
    (expected,) = measure([reading], rounds=50, seed=0)
    for name in shares:
        assert found["intervals"][name] == pytest.approx(expected.intervals[name], abs=1e-4), name
    # a copy of each row adds nothing
    twice = [np.tile(x, (2, 1) if x.ndim == 2 else 2) for x in (p, target, target)]
    copied = measured(*twice, ["a", "b"], "b", BAND, np.tile(np.arange(12), 2))
    for name in shares[1:]:
        assert copied["intervals"][name] == found["intervals"][name], name


def test_a_share_of_no_row_has_no_interval():
    target = np.arange(12) % 2
    p = np.full((12, 2), 0.5)
    found = measured(p, 0 * target, target, ["a", "b"], "b", BAND, np.arange(12))
    assert found["intervals"]["precision"] is None
    assert found["intervals"]["outside_accuracy"] is None
