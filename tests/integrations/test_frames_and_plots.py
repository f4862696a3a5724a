"""pandas: index, columns, missing values, a stream of chunks; pictures that say what they are."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from netralitas_nlp.integrations.frames import score_chunks
from netralitas_nlp.integrations.plots import (
    plot_precision_recall,
    plot_reliability,
    plot_signals,
)
from netralitas_nlp.model.assessment import SIGNALS


def test_index_columns_and_missing_values_survive(scorer):
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["x", "y"])
    frame = pd.DataFrame(
        {"teks": ["Ayo coblos nomor 2!", None, np.nan], "n": pd.array([1, None, 3], "Int64")},
        index=index,
    )
    before = frame.copy()
    out = frame.netralitas.score()
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_index_equal(out.index, index)
    pd.testing.assert_frame_equal(out[["teks", "n"]], before)
    assert out["skipped"].tolist() == [False, True, True]
    assert out["prob_partisan"].notna().all()
    assert set(SIGNALS) <= set(out.columns)


def test_accessor_shows_the_first_only(scorer, posts):
    frame = pd.DataFrame({"isi": [*posts[0], 5]})  # the 5 would raise if it were read
    shown = frame.netralitas.show("isi", most=3)
    assert [item.text for item in shown] == posts[0][:3]


def test_chunks_are_scored_one_at_a_time(scorer):
    asked = []

    def chunks():
        for i in range(1000):
            asked.append(i)
            yield pd.DataFrame({"teks": ["Ayo coblos nomor 2!"]}, index=[i])

    stream = score_chunks(chunks(), scorer=scorer)
    first = next(stream)
    assert asked == [0]
    assert first.index.tolist() == [0]
    next(stream)
    assert asked == [0, 1]


def test_chunks_equal_the_whole(scorer, posts):
    frame = pd.DataFrame({"teks": posts[0]})
    parts = pd.concat(score_chunks((frame.iloc[i : i + 7] for i in range(0, 60, 7)), scorer=scorer))
    whole = scorer.score_frame(frame, evidence=False)
    pd.testing.assert_frame_equal(parts, whole)


def report():
    return SimpleNamespace(
        reliability=[{"n": 5, "stated": 0.1, "observed": 0.2}, {"n": 9, "stated": 0.9,
                                                               "observed": 0.8}],
        curve=[[1.0, 0.5, 0.0], [0.5, 0.9, 0.7]],
        figures={"prevalence": 0.4},
        thresholds=[{"name": "partisan", "recall": 0.5, "precision": 0.9, "threshold": 0.7},
                    {"name": "even", "recall": None, "precision": None, "threshold": 0.5}],
    )  # fmt: skip


@pytest.fixture
def pyplot(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    yield pyplot
    pyplot.close("all")


def test_pictures_show_the_report(pyplot):
    axes = plot_reliability(report())
    assert axes.lines[1].get_xydata().tolist() == [[0.1, 0.2], [0.9, 0.8]]
    assert axes.get_xlabel()
    axes = plot_precision_recall(report())
    assert axes.lines[0].get_xydata().tolist() == [[1.0, 0.5], [0.5, 0.9]]
    assert any("partisan ≥ 0.70" in text.get_text() for text in axes.texts)
    given = pyplot.subplots()[1]
    assert plot_reliability(report(), given) is given


def test_signals_over_time_are_shares(pyplot):
    frame = pd.DataFrame({"tanggal": ["2024-11-01", "2024-11-02", "2024-12-01", "kapan"]})
    for name in SIGNALS:
        frame[name] = [0.9, 0.1, 0.6, 0.9] if name == "ajakan" else 0.0
    axes = plot_signals(frame, freq="M")
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["ajakan"].get_ydata().tolist() == [50.0, 100.0]
    assert lines["serangan"].get_ydata().tolist() == [0.0, 0.0]
    styles = {(line.get_linestyle(), line.get_marker()) for line in axes.lines}
    assert len(styles) == len(SIGNALS)  # readable without colour
    with pytest.raises(KeyError, match="no column 'hari'"):
        plot_signals(frame, date_column="hari")
    with pytest.raises(KeyError, match="score it first"):
        plot_signals(frame[["tanggal"]])


def test_a_missing_matplotlib_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"netralitas-nlp\[plots\]"):
        plot_reliability(report())


def test_importing_draws_nothing():
    code = (
        "import sys, netralitas_nlp.integrations, netralitas_nlp.integrations.plots,"
        " netralitas_nlp.integrations.spark, netralitas_nlp.integrations.queue\n"
        "print([m for m in ('matplotlib', 'pandas', 'pyspark', 'jinja2', 'rich') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
