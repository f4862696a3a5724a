from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.metrics import confusion_matrix

from netralitas_nlp import Scorer
from netralitas_nlp.cli import main
from netralitas_nlp.evaluation import evaluate
from netralitas_nlp.measures import FIGURES
from netralitas_nlp.training import PartisanshipClassifier


@pytest.fixture
def run(monkeypatch, tmp_path, labelled):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "l.csv").write_text(labelled, encoding="utf-8")

    def call(*arguments, code=0):
        result = CliRunner().invoke(main, ["evaluate", *map(str, arguments)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        if code == 2:
            assert result.stdout == ""
            assert "Traceback" not in result.stderr
        return result

    return call


def error(run, *arguments):
    """One clear line, exit status 2."""
    lines = run(*arguments, code=2).stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("netralitas: ")
    return lines[0]


def test_json_is_the_report(run, scorer, posts):
    out = run(
        "l.csv", "--slice", "wilayah", "--slice", "label", "--signal-column", "sinyal",
        "--baseline", "keyword", "--baseline", "tfidf", "--rounds", 40, "--seed", 3,
        "--format", "json", "--quiet",
    ).stdout  # fmt: skip
    facts = json.loads(out)
    texts, labels, names = posts
    region = ["timur" if i % 3 else "barat" for i in range(60)]
    report = evaluate(
        scorer, texts, labels, {"wilayah": region, "label": labels}, signals=names, rounds=40,
        seed=3, baseline=["keyword", "tfidf"],
    )  # fmt: skip
    assert facts == json.loads(report.to_json())


@pytest.mark.parametrize("turned", [False, True])
def test_the_label_that_counts_is_the_one_that_the_model_says(run, tmp_path, posts, turned):
    """A model that favours a rare class is measured by what `Scorer.predict` gives."""
    texts, labels, _ = posts
    model = PartisanshipClassifier(folds=2).fit(texts, labels)
    model.scorer_.decision = (30.0, 0.0) if turned else (0.0, 30.0)
    scorer = Scorer.load(model.save(tmp_path / "m"))
    held = ["Hujan sejak pagi.", "Ayo coblos nomor dua!", "Terima kasih Pak Bupati", "Jadwal KPU"]
    likeliest = np.array(scorer.classes_)[scorer.predict_proba(held).argmax(axis=1)]
    said = scorer.predict(held).tolist()
    assert said != likeliest.tolist()
    truth = ["netral", "partisan", "netral", "netral"]
    (tmp_path / "held.csv").write_text(
        "teks,label\n" + "".join(f"{a},{b}\n" for a, b in zip(held, truth, strict=True))
    )
    for positive in ([], ["--positive-label", "netral"]):
        facts = json.loads(
            run("held.csv", "--model", "m", "--rounds", 0, "--format", "json", *positive).stdout
        )
        matrix = confusion_matrix(truth, said, labels=["netral", "partisan"]).tolist()
        assert facts["figures"]["confusion"] == matrix
        wrong = {row["row"] for row in facts["mistakes"]}
        assert wrong == {i for i in range(4) if said[i] != truth[i]}


@pytest.mark.parametrize("form", ["table", "text"])
def test_table(run, form):
    out = run(
        "l.csv", "--slice", "wilayah", "--signal-column", "sinyal", "--baseline", "majority",
        "--rounds", 20, "--format", form,
    ).stdout  # fmt: skip
    for name in FIGURES:
        assert f"\n{name} " in out
    for words in ("95 % interval", "prec. at 1%", "timur", "wewenang", "McNemar", "confusion"):
        assert words in out
    assert run("l.csv", "--rounds", 0).stdout.splitlines()[1].split() == ["n", "60"]


def test_report_page(run, tmp_path):
    result = run("l.csv", "--rounds", 20, "--report", "r.html", "--language", "en")
    assert "r.html: report written" in result.stderr
    assert "<h1>Evaluation report</h1>" in (tmp_path / "r.html").read_text("utf-8")
    quiet = run("l.csv", "--rounds", 20, "--report", "r.html", "--quiet")
    assert quiet.stderr == ""
    assert "<h1>Laporan evaluasi</h1>" in (tmp_path / "r.html").read_text("utf-8")


def test_suite_is_shown_in_the_page(run, tmp_path):
    (tmp_path / "suite.csv").write_text(
        "functionality,label,sinyal,span,region,text,pair\n"
        "seruan_biasa,partisan,ajakan,coblos,,Ayo coblos nomor 2!,\n",
        encoding="utf-8",
    )
    run("l.csv", "--rounds", 0, "--report", "r.html", "--suite", "suite.csv")
    assert "seruan biasa" in (tmp_path / "r.html").read_text("utf-8")
    assert "--report" in run("l.csv", "--suite", "suite.csv", code=2).stderr
    assert "no.csv" in error(run, "l.csv", "--report", "r.html", "--suite", "no.csv")


def test_positive_label(run, tmp_path, labelled):
    renamed = labelled.replace(",partisan,", ",1,").replace(",netral,", ",0,")
    (tmp_path / "n.csv").write_text(renamed, encoding="utf-8")
    usual = json.loads(run("l.csv", "--rounds", 0, "--format", "json").stdout)
    found = json.loads(
        run("n.csv", "--positive-label", "1", "--rounds", 0, "--format", "json").stdout
    )
    assert found["figures"] == usual["figures"]
    assert "'1' is not one of netral, partisan" in error(run, "n.csv")
    assert "'ya'" in error(run, "n.csv", "--positive-label", "ya")


def test_another_model_as_baseline(run, small_folder):
    out = run(
        "l.csv", "--rounds", 20, "--baseline", small_folder, "--model", "bundled",
        "--format", "json",
    ).stdout  # fmt: skip
    found = json.loads(out)["baselines"]
    assert list(found) == ["small"]
    assert found["small"]["trained_on"] == "its own data"
    assert "no-model" in error(run, "l.csv", "--baseline", "no-model")


def test_baseline_train_and_learning_curve(run, tmp_path, labelled):
    (tmp_path / "t.csv").write_text(labelled, encoding="utf-8")
    out = run(
        "l.csv", "--rounds", 20, "--baseline", "tfidf", "--baseline-train", "t.csv",
        "--learning-curve", "t.csv", "--format", "json",
    ).stdout  # fmt: skip
    facts = json.loads(out)
    assert facts["baselines"]["tfidf"]["trained_on"] == "other data"
    assert [point["n"] for point in facts["learning_curve"]] == [6, 14, 30, 60]
    assert "none.csv" in error(run, "l.csv", "--learning-curve", "none.csv")
    assert "none.csv" in error(run, "l.csv", "--baseline-train", "none.csv")
    (tmp_path / "one.csv").write_text("teks,label\na,netral\nb,netral\n", encoding="utf-8")
    assert "one.csv" in error(run, "l.csv", "--learning-curve", "one.csv")
    assert "--baseline-train" in error(
        run, "l.csv", "--baseline", "tfidf", "--baseline-train", "one.csv"
    )


def test_a_bad_cell_is_named_with_its_file_and_the_row_of_a_spreadsheet(run, tmp_path):
    (tmp_path / "bad.csv").write_text(
        "teks,label,sinyal\n\n\nhujan turun,netral,\nayo,salah,\n", encoding="utf-8"
    )
    assert "bad.csv, row 5: label 'salah'" in error(run, "bad.csv")
    line = error(run, "l.csv", "--baseline", "tfidf", "--baseline-train", "bad.csv")
    assert "bad.csv, row 5: label 'salah'" in line
    assert "l.csv" not in line
    (tmp_path / "s.csv").write_text(
        "teks,label,sinyal\nhujan turun,netral,\n\n\nayo,partisan,ajakn\n", encoding="utf-8"
    )
    assert "s.csv, row 5: signal 'ajakn'" in error(run, "s.csv", "--signal-column", "sinyal")


def test_groups(run):
    plain, grouped = (
        json.loads(run("l.csv", "--rounds", 50, "--format", "json", *more).stdout)
        for more in ((), ("--group-column", "wilayah"))
    )
    assert grouped["about"]["grouped"]
    assert grouped["figures"] == plain["figures"]
    assert grouped["intervals"]["brier"] != plain["intervals"]["brier"]


def test_bad_input_is_refused_before_the_long_work(run, tmp_path):
    assert "no folder" in error(run, "l.csv", "--report", "no/r.html")
    assert "is a folder" in error(run, "l.csv", "--report", tmp_path)
    assert "is read by this command" in error(run, "l.csv", "--report", "l.csv")
    assert "end its name in .html" in error(run, "l.csv", "--report", "penting.csv")
    assert "sinyall" in error(run, "l.csv", "--signal-column", "sinyall")
    assert "signal 'barat'" in error(run, "l.csv", "--signal-column", "wilayah")
    assert "1" in run("l.csv", "--rounds", "-1", code=2).stderr
    (tmp_path / "empty.csv").write_text("teks,label\n", encoding="utf-8")
    assert "0 texts" in error(run, "empty.csv")


def test_scoring_and_import_stay_light(python):
    done = python(
        "import sys, netralitas_nlp, netralitas_nlp.cli\n"
        "netralitas_nlp.score('Ayo coblos nomor 2!')\n"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'jinja2') if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stderr
