from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from netralitas_nlp.evaluation.comparing import differences, mcnemar
from netralitas_nlp.evaluation.measuring import Reading, is_small, measure
from netralitas_nlp.measures import (
    FIGURES,
    Weighted,
    bootstrap,
    figures,
    interval,
    intervals,
    wilson,
)
from netralitas_nlp.measures.intervals import group_codes

BAND = {"tinjau": 0.3, "partisan": 0.7}
CLASSES = ["netral", "partisan"]


def population(random, n, sharpness=2.0):
    """Texts whose true chance is known, and a model that is somewhat too sure of itself."""
    logit = random.normal(-0.3, 1.5, n)
    truth = (random.uniform(size=n) < 1 / (1 + np.exp(-logit))).astype(int)
    p = 1 / (1 + np.exp(-(sharpness * logit + random.normal(0, 0.5, n))))
    return Reading(truth, np.column_stack([1 - p, p]), BAND, CLASSES, "partisan")


def test_intervals_cover_as_they_should():
    """95 % intervals of samples hold the population's figure in about 95 % of the samples."""
    random = np.random.default_rng(0)
    world = population(random, 400_000)
    true = figures(world.truth, world.probability, BAND, CLASSES, "partisan")
    repeats, covered = 200, dict.fromkeys(FIGURES, 0)
    for repeat in range(repeats):
        (found,) = measure([population(random, 400)], rounds=300, seed=repeat)
        for name in FIGURES:
            low, high = found.intervals[name]
            covered[name] += low <= true[name] <= high
    shares = {name: count / repeats for name, count in covered.items()}
    # three standard errors of a share of 95 % in 200 are 4.6 points, and percentile intervals of
    # few rows are known to be a point or two too narrow
    for name, share in shares.items():
        assert 0.885 <= share <= 0.995, (name, share)
    assert 0.92 <= np.mean(list(shares.values())) <= 0.975, shares


def test_a_calibration_error_of_chance_is_not_called_real():
    """Probabilities that are exactly true: the interval holds zero."""
    random = np.random.default_rng(8)
    held = 0
    for repeat in range(40):
        p = random.uniform(size=300)
        truth = (random.uniform(size=300) < p).astype(int)
        reading = Reading(truth, np.column_stack([1 - p, p]), BAND, CLASSES, "partisan")
        (found,) = measure([reading], rounds=100, seed=repeat)
        low, high = found.intervals["ece"]
        held += low == 0.0
        assert low <= found.figures["ece"] <= high
    assert held >= 34
    wrong = np.clip(p + 0.3, 0, 1)
    reading = Reading(truth, np.column_stack([1 - wrong, wrong]), BAND, CLASSES, "partisan")
    (found,) = measure([reading], rounds=100, seed=0)
    assert found.intervals["ece"][0] > 0.1


def test_differences_cover_as_they_should():
    """Two models as good as each other differ 'really' in about 5 % of the samples."""
    random = np.random.default_rng(1)
    repeats, real = 150, 0
    for repeat in range(repeats):
        n = 200
        logit = random.normal(0, 1.5, n)
        truth = (random.uniform(size=n) < 1 / (1 + np.exp(-logit))).astype(int)
        pair = []
        for _ in range(2):
            p = 1 / (1 + np.exp(-(logit + random.normal(0, 1.0, n))))
            pair.append(Reading(truth, np.column_stack([1 - p, p]), BAND, CLASSES, "partisan"))
        found = differences(*measure(pair, rounds=150, seed=repeat))
        real += found["macro_f1"]["real"]
    assert 0.01 <= real / repeats <= 0.10


def test_a_real_difference_is_found():
    random = np.random.default_rng(2)
    good = population(random, 500)
    noise = np.clip(good.p + random.normal(0, 0.5, 500), 0.01, 0.99)
    worse = Reading(good.truth, np.column_stack([1 - noise, noise]), BAND, CLASSES, "partisan")
    found = differences(*measure([good, worse], rounds=300, seed=0))
    assert found["average_precision"]["real"]
    assert found["average_precision"]["low"] > 0
    same = differences(*measure([good, good], rounds=100, seed=0))
    assert not any(gap["real"] for gap in same.values())
    assert {gap["difference"] for gap in same.values()} == {0.0}


def test_pairs_make_differences_sharper_than_single_intervals():
    random = np.random.default_rng(3)
    one = population(random, 400)
    p = np.clip(one.p + random.normal(0, 0.02, 400), 0, 1)
    other = Reading(one.truth, np.column_stack([1 - p, p]), BAND, CLASSES, "partisan")
    left, right = measure([one, other], rounds=300, seed=0)
    gap = differences(left, right)["average_precision"]
    low, high = left.intervals["average_precision"]
    assert gap["high"] - gap["low"] < (high - low) / 3


@pytest.mark.parametrize(("only", "other"), [(6, 0), (10, 3), (0, 0), (40, 41)])
def test_mcnemar_is_the_binomial_test(only, other):
    right = np.repeat([True, False, True, False], [only, other, 7, 5])
    other_right = np.repeat([False, True, True, False], [only, other, 7, 5])
    found = mcnemar(right, other_right)
    assert (found["only_model_right"], found["only_baseline_right"]) == (only, other)
    tail = stats.binom.cdf(min(only, other), only + other, 0.5) * 2
    assert found["p_value"] == pytest.approx(min(tail, 1.0))


def test_bootstrap_of_a_mean_is_the_standard_error():
    random = np.random.default_rng(4)
    values = random.normal(size=400)
    (drawn,) = bootstrap([lambda w: {"mean": w @ values / w.sum(axis=1)}], 400, rounds=4000)
    assert drawn["mean"].std() == pytest.approx(values.std() / 20, rel=0.05)


def test_draws_do_not_depend_on_the_block(monkeypatch):
    reading = population(np.random.default_rng(5), 100)
    arguments = reading.truth, reading.probability, BAND, CLASSES, "partisan"
    (whole,) = bootstrap([Weighted(*arguments)], 100, rounds=50, seed=7)
    monkeypatch.setattr(intervals, "_BLOCK", 700)
    (parts,) = bootstrap([Weighted(*arguments)], 100, rounds=50, seed=7)
    for name in FIGURES:
        np.testing.assert_allclose(whole[name], parts[name], atol=1e-12)
    (again,) = bootstrap([Weighted(*arguments)], 100, rounds=50, seed=8)
    assert (again["brier"] != whole["brier"]).any()


def test_blocks_bound_the_memory():
    sizes = []
    bootstrap([lambda w: sizes.append(w.size) or {"x": w[:, 0]}], 50_000, rounds=100)
    assert max(sizes) <= 2_000_000
    assert sum(sizes) == 50_000 * 100


def test_many_rows_stay_within_their_time():
    """A tenth of the rounds in a tenth of two minutes of processor time."""
    reading = population(np.random.default_rng(10), 50_000)
    third = np.arange(50_000) % 3
    start = time.process_time()
    measure([reading, reading], rounds=100, seed=0)
    for part in range(3):
        measure([reading.at(third == part)], rounds=100, seed=0)
    assert time.process_time() - start < 12


def test_an_empty_name_is_no_group():
    groups = ["b", "", "a", "b", " ", None, float("nan")]
    assert group_codes(["b", float("nan"), "a"]).tolist() == [1, 2, 0]
    assert group_codes(groups).tolist() == [1, 2, 0, 1, 3, 4, 5]
    assert group_codes(np.array([7, 3, 7])).tolist() == [1, 0, 1]

    def drawn(names):
        return bootstrap([lambda weights: {"w": weights[:, 0]}], 4, rounds=50, groups=names)[0]["w"]

    assert (drawn(["", "", "", ""]) == drawn(["a", "b", "c", "d"])).all()
    assert (drawn(["", "", "", ""]) != drawn(["x", "x", "x", "x"])).any()


def test_groups_are_drawn_as_a_whole():
    """Copies of a text are no new evidence: with groups the interval stays as wide."""
    single = population(np.random.default_rng(6), 100)
    copies = Reading(
        np.repeat(single.truth, 9), np.repeat(single.probability, 9, axis=0), BAND, CLASSES,
        "partisan",
    )  # fmt: skip
    groups = np.repeat(np.arange(100), 9).tolist()

    def width(found):
        low, high = found[0].intervals["brier"]
        return high - low

    alone = width(measure([single], rounds=500, seed=0))
    assert width(measure([copies], rounds=500, seed=0, groups=groups)) == pytest.approx(alone)
    assert width(measure([copies], rounds=500, seed=0)) < alone / 2


def test_wilson_for_few():
    (found,) = measure(
        [
            Reading(
                np.repeat([0, 1], 10),
                np.repeat([[0.9, 0.1], [0.1, 0.9]], 10, axis=0),
                BAND,
                CLASSES,
                "partisan",
            )
        ],
        rounds=50,
        seed=0,
    )
    assert found.figures["recall"] == 1.0
    # a bootstrap of ten hits in ten would say "surely 1.0"
    assert found.intervals["recall"] == wilson(10, 10) == pytest.approx([0.7225, 1.0], abs=1e-4)
    row = found.thresholds[0]
    low, high = row["intervals"]["expected_precision"]["0.01"]
    assert row["expected_precision"]["0.01"] == 1.0
    assert low < 0.05
    assert high == 1.0
    assert wilson(0, 0) is None


def test_interval_of_a_figure_that_is_often_undefined():
    values = np.array([0.5] * 80 + [np.nan] * 20)
    assert interval(values) is None
    assert interval(np.array([])) is None
    assert interval(values[:85]) == [0.5, 0.5]


def test_small():
    assert is_small(np.repeat([0, 1], [10, 19]), 2)
    assert not is_small(np.repeat([0, 1], [10, 20]), 2)
    assert is_small(np.repeat([0], 500), 2)


def test_no_rounds_no_intervals():
    (found,) = measure([population(np.random.default_rng(0), 50)], rounds=0, seed=0)
    assert found.intervals == {}
    assert found.thresholds[0]["intervals"] == {}
    assert differences(found, found)["brier"]["real"] is None
