"""A model that was trained without signals says so: its 0 is no reading."""

from __future__ import annotations

import csv
import json
import pickle

import pandas as pd
import pytest
from click.testing import CliRunner

from netralitas_nlp.cli import main
from netralitas_nlp.evaluation import evaluate
from netralitas_nlp.integrations.display import show
from netralitas_nlp.integrations.queue import select_posts
from netralitas_nlp.model import Scorer
from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.training import PartisanshipClassifier

TEXT = "Ayo coblos nomor dua, menangkan Bu Rina"


@pytest.fixture(scope="module")
def folder(posts, tmp_path_factory):
    model = PartisanshipClassifier(folds=3).fit(posts[0], posts[1])
    return model.save(tmp_path_factory.mktemp("models") / "plain", {"name": "plain"})


@pytest.fixture(scope="module")
def plain(folder):
    return Scorer.load(folder)


def run(*arguments):
    result = CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_an_assessment_says_what_its_model_reads(plain, scorer):
    read = plain.score(TEXT)
    assert plain.signals_ == read.signals_read == ()
    assert read.signals == dict.fromkeys(SIGNALS, 0.0)  # the contract: six names, numbers
    assert read.to_dict()["signals_read"] == []
    assert pickle.loads(pickle.dumps(read)).signals_read == ()
    assert "tidak membaca sinyal" in read._repr_html_()
    whole = scorer.score(TEXT)
    assert scorer.signals_ == whole.signals_read == SIGNALS
    assert "signals_read" not in whole.to_dict()


def test_commands_say_it_too(folder):
    assert "This model reads no signals." in run("score", TEXT, "--model", folder)
    assert "0.01" not in run("score", TEXT, "--model", folder)
    assert "signals     none" in run("info", "--model", folder)
    assert json.loads(run("info", "--model", folder, "--format", "json"))["signals"] == []
    assert json.loads(run("info", "--format", "json"))["signals"] == list(SIGNALS)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_files_leave_it_open(folder, tmp_path, ending):
    source, out = tmp_path / "a.csv", tmp_path / f"out.{ending}"
    source.write_text(f'teks\n"{TEXT}"\nHujan turun.\n', "utf-8")
    run("score", source, "--output", out, "--queue", tmp_path / "q.html", "--model", folder)
    with out.open(encoding="utf-8", newline="") as file:
        if ending == "jsonl":
            rows = list(map(json.loads, file))
        else:
            rows = list(csv.DictReader(file, delimiter="\t" if ending == "tsv" else ","))
    assert len(rows) == 2
    assert all(row[name] in (None, "") for row in rows for name in SIGNALS)
    assert "tidak membaca sinyal" in (tmp_path / "q.html").read_text("utf-8")


def test_they_are_not_measured(plain, posts):
    with pytest.raises(ValueError, match="gives no signals to measure; leave signals out"):
        evaluate(plain, posts[0], posts[1], signals=posts[2], rounds=0)


@pytest.fixture(scope="module")
def one(posts, tmp_path_factory):
    """A model that reads one signal."""
    own = [[name for name in row if name == "dukungan"] for row in posts[2]]
    model = PartisanshipClassifier(folds=3).fit(posts[0], posts[1], signals=own)
    return Scorer.load(model.save(tmp_path_factory.mktemp("models") / "one", {"name": "one"}))


@pytest.mark.parametrize("rounds", [0, 20])
def test_only_signals_that_are_read_are_measured(one, posts, rounds):
    assert one.signals_ == ("dukungan",)
    half = ["a" if i % 2 else "b" for i in range(len(posts[0]))]
    report = evaluate(one, posts[0], posts[1], {"half": half}, signals=posts[2], rounds=rounds)
    whole = report.signals["all_rows"]
    own, other = whole["signals"]["dukungan"], whole["signals"]["ajakan"]
    assert whole["macro_f1"] == own["f1"] > 0
    assert bool(own["intervals"]) == (rounds > 0)
    assert other["n"] > 0
    assert [other[name] for name in ("precision", "recall", "f1")] == [None] * 3
    assert not other["intervals"]
    assert report.slices["half"]["a"]["signals"]["all_rows"]["signals"]["ajakan"]["f1"] is None
    row = next(line for line in report.to_text().splitlines() if line.startswith("ajakan"))
    assert row.split()[2:] == ["-"] * 4


def test_the_report_and_the_queue_leave_them_open(one, plain, posts, tmp_path):
    report = evaluate(one, posts[0], posts[1], signals=posts[2], rounds=20)
    report.write_html(tmp_path / "report.html")
    assert "ajakan" in (tmp_path / "report.html").read_text("utf-8")
    page = select_posts([(text, "") for text in posts[0]], one).to_html()
    assert "<option>dukungan</option>" in page
    assert "<option>ajakan</option>" not in page
    assert "machine hidden" not in page
    assert "machine hidden" in select_posts([(TEXT, "")], plain).to_html()  # no filter at all


def test_frames_have_no_column_for_it(plain):
    scored = plain.score_frame(pd.DataFrame({"teks": [TEXT]}))
    assert not set(SIGNALS) & set(scored.columns)
    assert "tidak membaca sinyal" in show([plain.score(TEXT)])._repr_html_()
