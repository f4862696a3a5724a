from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from netralitas_nlp.evaluation import (
    read_direction,
    run_direction,
    run_invariance,
)
from netralitas_nlp.evaluation.perturb import KINDS
from netralitas_nlp.evaluation.proportions import share, wilson


class By:
    """Gives the probability that a function finds in the text."""

    positive = "partisan"
    classes_ = ["netral", "partisan"]  # noqa: RUF012

    def __init__(self, find):
        self.find = find

    def predict_proba(self, texts):
        p = np.array([self.find(text) for text in texts], dtype=float)
        return np.column_stack([1 - p, p])


TEXTS = ["Kemarin kami ke pasar, lalu pulang.", "Sudah lama nelayan menunggu musyawarah desa."]


def test_a_model_that_looks_at_capitals_is_caught():
    report = run_invariance(By(lambda text: 0.9 if text.isupper() else 0.2), TEXTS)
    facts = report.to_dict()
    assert set(facts["kinds"]) == set(KINDS)
    assert facts["kinds"]["upper"]["pass_rate"] == 0.0
    assert facts["kinds"]["upper"]["mean_change"] == pytest.approx(0.7)
    assert facts["kinds"]["lower"]["pass_rate"] == 1.0
    assert facts["kinds"]["lower"]["largest_change"] == 0.0
    assert facts["pass_rate"] == pytest.approx(1 - 2 / facts["cases"])
    assert {case["kind"] for case in facts["worst"]} == {"upper"}
    assert len(report.to_frame()) == facts["cases"]
    json.dumps(facts)


def test_a_model_that_does_not_look_holds_everywhere():
    facts = run_invariance(By(lambda text: 0.7), TEXTS).to_dict()
    assert facts["pass_rate"] == 1.0
    assert facts["mean_change"] == 0.0
    assert facts["worst"] == []


def test_kinds_that_change_nothing_matched_no_case():
    facts = run_invariance(By(lambda text: 0.7), ["2 2 2"], kinds=["slang", "url"]).to_dict()
    assert facts["kinds"]["slang"] == {
        "cases": 0, "pass_rate": None, "low": None, "high": None, "mean_change": None,
        "largest_change": None,
    }  # fmt: skip
    assert facts["kinds"]["url"]["cases"] == 1


def test_invariance_seed_and_progress():
    def changed(seed):
        report = run_invariance(By(lambda text: 0.7), TEXTS, ["typo"], seed)
        return [case["changed"] for case in report.cases]

    assert changed(1) == changed(1)
    assert len({tuple(changed(seed)) for seed in range(10)}) > 3
    seen = []
    report = run_invariance(By(lambda text: 0.7), TEXTS, step=seen.append)
    assert sum(seen) == len(TEXTS) + len(report.cases)


def test_invariance_bad_input():
    with pytest.raises(ValueError, match="0 texts"):
        run_invariance(By(len), [])
    with pytest.raises(ValueError, match="'typos'"):
        run_invariance(By(len), TEXTS, kinds=["typos"])


def pair(direction, before, after, kind="negation"):
    return {"pair": "1", "kind": kind, "direction": direction, "base": str(before),
            "changed": str(after)}  # fmt: skip


@pytest.mark.parametrize(
    ("direction", "before", "after", "passed", "right"),
    [
        ("down", 0.9, 0.1, True, True),
        ("down", 0.9, 0.6, True, False),
        ("down", 0.9, 0.86, False, False),
        ("down", 0.6, 0.9, False, False),
        ("down", 0.4, 0.1, True, False),
        ("up", 0.2, 0.8, True, True),
        ("up", 0.2, 0.1, False, False),
        ("hold", 0.9, 0.55, True, True),
        ("hold", 0.9, 0.4, False, False),
        ("hold", 0.3, 0.8, True, False),
    ],
)
def test_direction_rules(direction, before, after, passed, right):
    (case,) = run_direction(By(float), [pair(direction, before, after)]).cases
    assert (case["passed"], case["both_right"]) == (passed, right)


def test_direction_figures():
    pairs = [
        pair("down", 0.9, 0.1), pair("down", 0.8, 0.85), pair("down", 0.8, 0.95, "denial"),
        pair("hold", 0.9, 0.9),
    ]  # fmt: skip
    report = run_direction(By(float), pairs)
    facts = report.to_dict()
    assert facts["cases"] == 4
    assert facts["pass_rate"] == 0.5
    assert facts["both_right"] == 0.5
    assert facts["mean_change"] == pytest.approx((-0.8 + 0.05 + 0.15 + 0) / 4)
    assert facts["kinds"]["denial"]["pass_rate"] == 0.0
    assert facts["directions"]["hold"]["pass_rate"] == 1.0
    assert [case["after"] for case in facts["worst"]] == [0.95, 0.85]
    assert len(report.to_frame()) == 4
    json.dumps(facts)


def test_read_direction(tmp_path):
    path = tmp_path / "direction.csv"
    columns = ["pair", "kind", "direction", "base", "changed"]

    def write(*rows):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    write(columns, ["1", "negation", "down", "a", "b"])
    assert read_direction(tmp_path) == read_direction(path)
    assert read_direction(path)[0]["changed"] == "b"
    write(columns, ["1", "negation", "down", "a", "b"], ["2", "negation", "turun", "a", "b"])
    with pytest.raises(ValueError, match="row 3: direction 'turun'"):
        read_direction(path)
    write(columns)
    with pytest.raises(ValueError, match="no pair"):
        read_direction(path)
    write(columns[:-1], ["1", "negation", "down", "a"])
    with pytest.raises(ValueError, match="no column 'changed'"):
        read_direction(path)
    with pytest.raises(ValueError, match="no pair"):
        run_direction(By(float), [])


@pytest.mark.parametrize(("passed", "cases"), [(0, 5), (5, 5), (20, 24), (1, 1), (820, 1000)])
def test_wilson_is_the_formula(passed, cases):
    z, p = 1.959963984540054, passed / cases
    middle = (p + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z / (1 + z * z / cases) * np.sqrt(p * (1 - p) / cases + z * z / (4 * cases**2))
    assert wilson(passed, cases) == pytest.approx((middle - half, middle + half), abs=1e-9)
    facts = share([True] * passed + [False] * (cases - passed))
    assert (facts["low"], facts["high"]) == wilson(passed, cases)


@pytest.mark.parametrize(("passed", "cases"), [(0, 0), (2, 1), (-1, 3)])
def test_wilson_bad_input(passed, cases):
    with pytest.raises(ValueError, match="no share"):
        wilson(passed, cases)
