"""The figures of a card against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

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
