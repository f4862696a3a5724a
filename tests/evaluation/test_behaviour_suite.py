from __future__ import annotations

import csv
import json

import pytest

from netralitas_nlp.evaluation import read_suite, run_checks

COLUMNS = ("functionality", "label", "sinyal", "span", "region", "text", "pair")
CASES = [
    ("seruan", "partisan", "ajakan", "coblos nomor 2", "", "Ayo coblos nomor 2!", "p1"),
    ("seruan", "netral", "", "", "", "ASN dilarang mendukung calon", "p1"),
    ("seruan", "netral", "", "", "", "Ayo coblos nomor 2, menangkan petahana!", "p2"),
    ("lain", "netral", "", "", "", "hujan turun sejak pagi", "p2"),
    ("lain", "netral", "", "", "", "KPU menetapkan jadwal", ""),
]


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "suite.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *CASES])
    return path


def test_read(suite):
    cases = read_suite(suite)
    assert [tuple(case[name] for name in COLUMNS) for case in cases] == CASES
    assert read_suite(suite.parent) == cases


def test_figures(scorer, suite):
    report = run_checks(scorer, read_suite(suite))
    assert [case["passed"] for case in report.cases] == [True, True, False, True, True]
    assert report.pass_rate == pytest.approx(0.8)
    assert report.neutral_kept == pytest.approx(0.75)
    assert report.pairs_right == pytest.approx(0.5)
    assert report.evidence_hit_rate == 1.0
    facts = json.loads(json.dumps(report.to_dict()))
    assert facts["cases"] == 5
    group = facts["functionalities"]["lain"]
    assert (group["cases"], group["pass_rate"], group["high"]) == (2, 1.0, 1.0)
    assert group["low"] == pytest.approx(2 / (2 + 1.959964**2), abs=1e-6)  # Wilson by hand
    assert facts["partisan_found"] == 1.0
    assert len(report.to_frame()) == 5
    assert "seruan" in report.to_text()


def test_a_suite_that_checks_nothing_does_not_pass(scorer, tmp_path):
    path = tmp_path / "suite.csv"
    path.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no case"):
        read_suite(path)
    with pytest.raises(ValueError, match="no case"):
        run_checks(scorer, [])
    path.write_text("functionality,label\na,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column"):
        read_suite(path)
