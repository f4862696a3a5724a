"""Floors under the bundled model's figures; those on real posts run where the posts are."""

import csv
from pathlib import Path

import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.evaluation import evaluate, read_suite, run_checks

ROOT = Path(__file__).resolve().parents[2]
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


def test_behavioural_suite_stays_above_the_floor(scorer):
    report = run_checks(scorer, read_suite(ROOT / "data" / "checks"))
    assert len(report.cases) > 1200
    assert report.pass_rate >= 0.80
    assert report.neutral_kept >= 0.74
    assert report.evidence_hit_rate >= 0.85
