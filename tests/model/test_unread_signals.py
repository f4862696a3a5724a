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


def test_frames_have_no_column_for_it(plain):
    scored = plain.score_frame(pd.DataFrame({"teks": [TEXT]}))
    assert not set(SIGNALS) & set(scored.columns)
    assert "tidak membaca sinyal" in show([plain.score(TEXT)])._repr_html_()
