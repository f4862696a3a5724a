from __future__ import annotations

import csv
import json
from dataclasses import replace

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


class _Unsure:
    """A scorer with another band: what it says stays, who is asked changes."""

    def __init__(self, scorer, low, high):
        self.scorer, self.positive = scorer, scorer.positive
        self.low, self.high = low, high

    def score_stream(self, texts, **options):
        for read in self.scorer.score_stream(texts, **options):
            sure = "partisan" if read.probability >= self.high else "netral"
            asked = self.low <= read.probability < self.high
            yield replace(read, verdict="tinjau" if asked else sure)


def test_a_mistake_inside_the_band_accuses_nobody(scorer, suite):
    cases = read_suite(suite)
    sure = run_checks(_Unsure(scorer, 0.5, 0.5), cases, ["suite"])
    assert sure.neutral_accused == pytest.approx(0.25)
    assert sure.partisan_cleared == 0.0
    asking = run_checks(_Unsure(scorer, 0.5, 1.1), cases, ["suite"])
    assert (asking.neutral_accused, asking.neutral_kept) == (0.0, sure.neutral_kept)
    timid = run_checks(_Unsure(scorer, 1.1, 1.1), cases, ["suite"]).to_dict()
    assert timid["partisan_cleared"] == 1.0
    assert timid["neutral_accused"] == 0.0


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


def test_a_label_that_nobody_knows_is_not_taken_for_partisan(tmp_path):
    path = tmp_path / "suite.csv"
    path.write_text(",".join(COLUMNS) + "\nsport,netrl,,,,halo,\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"suite.csv, row 2: label 'netrl' .*mean 'netral'"):
        read_suite(path)


def test_twins_that_flip_wrongly_and_worst_cases(scorer, suite):
    report = run_checks(scorer, suite, kinds=["suite"])
    (pair,) = report.wrong_pairs
    assert (pair["pair"], pair["outcome"]) == ("p2", "same label")
    facts = report.to_dict(worst=1)
    assert facts["pairs"] == {"pairs": 2, "same_label": 1, "reversed": 0}
    (worst,) = facts["worst"]
    assert worst["text"] == "Ayo coblos nomor 2, menangkan petahana!"
    assert worst["probability"] > 0.5
    assert (facts["low"], facts["high"]) == pytest.approx((0.3755, 0.9638), abs=1e-3)


def test_reversed_twins_are_told_from_twins_with_one_label(scorer):
    def twins(first, second):
        cases = [dict(zip(COLUMNS, CASES[i], strict=True)) for i in (0, 1)]
        return [{**cases[0], "label": first, "span": ""}, {**cases[1], "label": second}]

    (pair,) = run_checks(scorer, twins("netral", "partisan"), ["suite"]).wrong_pairs
    assert pair["outcome"] == "reversed"
    (pair,) = run_checks(scorer, twins("netral", "netral"), ["suite"]).wrong_pairs
    assert pair["outcome"] == "same label"
    assert run_checks(scorer, twins("partisan", "netral"), ["suite"]).wrong_pairs == []


def test_personal_numbers_are_masked(scorer):
    text = "Cek TPS di 081234567890, gunakan hak pilih Anda"
    case = dict(zip(COLUMNS, ("a", "partisan", "", "", "", text, ""), strict=True))
    report = run_checks(scorer, [case])
    assert report.pass_rate == 0.0
    assert "081234567890" not in json.dumps(report.to_dict())
    assert "081234567890" not in report.to_text()


def test_a_case_with_an_absent_cell_or_span_is_refused(scorer):
    case = dict(zip(COLUMNS, CASES[0], strict=True))
    with pytest.raises(ValueError, match="position 1 has no 'text'"):
        run_checks(scorer, [case, {**case, "text": None}])
    with pytest.raises(ValueError, match="position 1: span 'coblos 3' does not stand"):
        run_checks(scorer, [case, {**case, "span": "coblos 3"}])


def test_evidence_hits_in_partisan_cases_only(scorer):
    """A neutral case with a span that is wrongly read as partisan has no evidence to hit."""
    case = dict(zip(COLUMNS, CASES[0], strict=True)) | {"label": "netral"}
    report = run_checks(scorer, [case], ["suite"])
    assert not report.cases[0]["passed"]
    assert report.cases[0]["evidence_hit"] is None
    assert report.to_dict()["evidence_hit_rate"] is None


def test_progress_ends_at_the_total(scorer, suite):
    seen = []
    run_checks(scorer, suite.parent, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert len({total for _, total in seen}) == 1
    assert seen[-1][0] == seen[-1][1]


def test_kinds_are_checked(scorer, suite):
    with pytest.raises(ValueError, match="'parita' is not one of suite"):
        run_checks(scorer, suite, kinds=["parita"])
    with pytest.raises(ValueError, match=r"parity\.csv"):
        run_checks(scorer, suite.parent, kinds=["parity"])
    with pytest.raises(ValueError, match="a list of cases holds no"):
        run_checks(scorer, read_suite(suite), kinds=["direction"])


def test_a_fitted_estimator_is_read_like_its_scorer(small, small_scorer, suite):
    left, right = (run_checks(m, suite, ["suite"]).to_dict() for m in (small, small_scorer))
    assert left["functionalities"] == right["functionalities"]
