"""Spark with a real local session; says aloud when it could not be tried."""

from __future__ import annotations

import re
import shutil
import sys
import warnings

import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.model.assessment import SIGNALS

NASTY = 'Ayo coblos nomor 2, menangkan Bu Rina!\n<script> "kutip" \U0001f525 WA 0812-3456-7890'


def test_a_missing_pyspark_says_what_to_install(monkeypatch):
    from netralitas_nlp.integrations.spark import score_frame

    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ImportError, match=r"netralitas-nlp\[spark\]"):
        score_frame(None)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    if shutil.which("java") is None:
        pytest.skip("NOT CHECKED with Spark: no java here (apt-get install default-jre-headless)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pyspark's own modules
            from pyspark.sql import SparkSession
    except ImportError:
        pytest.skip("NOT CHECKED with Spark: no pyspark here (pip install '.[spark]')")
    folder = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.warehouse.dir", str(folder))
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "20")
        .getOrCreate()
    )
    yield session
    session.stop()


pytestmark = pytest.mark.filterwarnings("ignore")  # pyspark's own, of pandas and of sockets


def test_scores_are_those_of_the_library(spark, scorer, posts):
    from netralitas_nlp.integrations.spark import score_frame

    texts = [*posts[0], None, "", NASTY]
    rows = [(i, text, f"wilayah {i % 3}") for i, text in enumerate(texts)]
    frame = spark.createDataFrame(rows, "no int, isi string, wilayah string").repartition(4)
    out = score_frame(frame, text_column="isi")
    assert out.columns[:3] == ["no", "isi", "wilayah"]
    found = {row["no"]: row for row in out.collect()}
    assert len(found) == len(texts)
    for i, item in enumerate(scorer.score_stream(texts, evidence=False)):
        row = found[i]
        assert row["isi"] == texts[i]
        assert row["wilayah"] == f"wilayah {i % 3}"
        assert row["prob_partisan"] == pytest.approx(item.probability, abs=1e-9)
        assert row["verdict"] == item.verdict
        assert row["skipped"] == (texts[i] is None)
        for signal in SIGNALS:
            assert row[signal] == pytest.approx(item.signals[signal], abs=1e-9)


def test_evidence_has_offsets_and_no_personal_numbers(spark, scorer):
    from netralitas_nlp.integrations.spark import score_frame

    frame = spark.createDataFrame([(NASTY,), ("Hujan turun.",)], "teks string")
    first, second = score_frame(frame, evidence=True).collect()
    expected = [item.to_dict() for item in next(scorer.score_stream([NASTY])).evidence]
    assert [span.asDict() for span in first["evidence"]] == expected
    assert expected
    assert second["evidence"] == []
    assert "0812" not in str(first["evidence"])


def test_the_model_is_loaded_once_in_each_worker(spark, small_folder, tmp_path):
    """Every load of a model leaves a line with the number of the process that did it."""
    from netralitas_nlp.integrations import spark as module

    log = tmp_path / "loads.txt"

    def note(batches):
        import os

        from netralitas_nlp.integrations import spark as there
        from netralitas_nlp.model.scorer import Scorer as Real

        if not hasattr(Real, "_watched"):
            load = Real.load

            def watched(name="bundled", lexicon=None):
                with open(log, "a", encoding="utf-8") as file:
                    file.write(f"{os.getpid()} {name}\n")
                return load(name, lexicon)

            Real.load = staticmethod(watched)
            Real._watched = True
        for batch in batches:
            for text in batch["teks"]:
                there._scorer(small_folder).score(text)
            yield batch

    rows = [(f"Ayo coblos nomor {i}",) for i in range(200)]
    frame = spark.createDataFrame(rows, "teks string").repartition(8)
    frame.mapInPandas(note, "teks string").collect()
    loads = [line.split()[0] for line in log.read_text("utf-8").splitlines()]
    assert 1 <= len(loads) <= 8
    assert len(loads) == len(set(loads)), "a worker loaded the model twice"
    out = module.score_frame(frame, model=small_folder)
    assert out.count() == 200
    row = out.first()
    assert row["prob_partisan"] == Scorer.load(small_folder).score(row["teks"]).probability


def test_bad_frames(spark):
    from netralitas_nlp.integrations.spark import score_frame
    from netralitas_nlp.model.errors import UnknownModelError

    frame = spark.createDataFrame([("a", 1, "b")], "teks string, no int, verdict string")
    with pytest.raises(ValueError, match="'tekss'; the frame has teks, no, verdict"):
        score_frame(frame, "tekss")
    with pytest.raises(ValueError, match="'no' is of type int"):
        score_frame(frame, "no")
    with pytest.raises(ValueError, match="already has column 'verdict'"):
        score_frame(frame)
    with pytest.raises(UnknownModelError):
        score_frame(frame, model="nowhere")


def test_the_documented_example_runs(spark, root, capsys):
    page = (root / "docs" / "spark.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(# spark\n.*?)```", page, re.S)
    exec(compile(code, "docs/spark.md", "exec"), {"spark": spark})
    assert "partisan" in capsys.readouterr().out
