"""Floors under the bundled model's figures; those on real posts run where the posts are."""

import csv
import time
from pathlib import Path

import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.evaluation import (
    Floors,
    evaluate,
    figures_of,
    read_suite,
    run_checks,
    run_swaps,
)

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ROOT / "data" / "checks"
REAL = ROOT.parent / "shared" / "real" / "dev.csv"


@pytest.fixture(scope="module")
def scorer():
    return Scorer.load()


def rows(path):
    csv.field_size_limit(2**31 - 1)
    with open(path, encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert found, f"{path} holds no row: a gate that checks nothing has not passed"
    return found


def test_real_posts_stay_above_the_floor(scorer):
    if not REAL.exists():
        pytest.skip(f"NOT MEASURED: real posts are not at {REAL}")
    posts = rows(REAL)
    figures = evaluate(scorer, [r["text"] for r in posts], [r["label"] for r in posts]).figures
    assert figures["n"] > 600
    assert figures["macro_f1"] >= 0.86
    assert figures["average_precision"] >= 0.92


def test_written_posts_of_other_writers_stay_above_the_floor(scorer):
    posts = rows(ROOT / "data" / "posts" / "test.csv")
    figures = evaluate(scorer, [r["text"] for r in posts], [r["label"] for r in posts]).figures
    assert figures["n"] > 1300
    assert figures["macro_f1"] >= 0.86


def test_behaviour_holds_the_floors(scorer):
    start = time.process_time()
    report = run_checks(scorer, CHECKS)
    seconds = time.process_time() - start
    floors = Floors.read(CHECKS / "floors.json")
    assert len(report.cases) > 1200
    assert len(report.invariance.cases) > 20_000
    assert len(report.direction.cases) >= 60
    assert len(report.parity.frames) >= 120
    assert floors.broken(report) == []
    assert set(floors.floors) == set(figures_of(report)), "every figure has a floor"
    assert set(floors.data) == {"suite.csv", "direction.csv", "parity.csv"}
    assert seconds < 60


def test_swapped_suite_cases_stay_where_they_are(scorer):
    cases = read_suite(CHECKS)
    report = run_swaps(scorer, [c["text"] for c in cases], [c["label"] for c in cases])
    assert len(report.frames) > 100
    assert report.mean_change <= 0.005
    assert report.label_flips <= 0.005
