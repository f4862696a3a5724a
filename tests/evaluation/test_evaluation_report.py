from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from netralitas_nlp.evaluation import evaluate, expected_calibration_error
from netralitas_nlp.evaluation.words import WORDS


class Fixed:
    """Gives the probabilities that are written in the texts."""

    positive = "partisan"
    thresholds = {"tinjau": 0.3, "partisan": 0.7}  # noqa: RUF012
    classes_ = ["netral", "partisan"]  # noqa: RUF012

    def predict_proba(self, texts):
        p = np.array([float(text) for text in texts])
        return np.column_stack([1 - p, p])


def random_case(seed, n=200):
    random = np.random.default_rng(seed)
    p = random.uniform(0.01, 0.99, n)
    truth = random.uniform(size=n) < p * 0.7 + 0.1
    return p, truth, [repr(float(v)) for v in p], np.where(truth, "partisan", "netral").tolist()


@pytest.mark.parametrize("seed", range(5))
def test_figures_are_those_of_scikit_learn(seed):
    p, truth, texts, labels = random_case(seed)
    figures = evaluate(Fixed(), texts, labels).figures
    predicted = p > 0.5
    expected = {
        "n": len(p),
        "prevalence": truth.mean(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "macro_f1": metrics.f1_score(truth, predicted, average="macro"),
        "precision": metrics.precision_score(truth, predicted),
        "recall": metrics.recall_score(truth, predicted),
        "average_precision": metrics.average_precision_score(truth, p),
        "roc_auc": metrics.roc_auc_score(truth, p),
        "brier": metrics.brier_score_loss(truth, p),
        "log_loss": metrics.log_loss(truth, p),
        "band_share": ((p >= 0.3) & (p < 0.7)).mean(),
        "outside_accuracy": (predicted == truth)[(p < 0.3) | (p >= 0.7)].mean(),
    }
    for name, value in expected.items():
        assert figures[name] == pytest.approx(value, abs=1e-9), name
    assert figures["confusion"] == metrics.confusion_matrix(truth, predicted).tolist()


def test_calibration_error_by_hand():
    p = np.array([0.05, 0.15, 0.15, 0.95, 1.0])
    truth = np.array([False, True, False, True, True])
    by_hand = (0.05 + abs(0.30 - 1) + abs(1.95 - 2)) / 5
    assert expected_calibration_error(truth, p) == pytest.approx(by_hand)


@settings(max_examples=50)
@given(
    rows=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50),
    bins=st.integers(1, 30),
)
def test_calibration_error_is_a_share(rows, bins):
    p, truth = (np.array(column) for column in zip(*rows, strict=True))
    assert 0 <= expected_calibration_error(truth.astype(bool), p, bins) <= 1 + 1e-9


def test_slices():
    _, _, texts, labels = random_case(7)
    region = ["timur" if i % 5 else "barat" for i in range(200)]
    region[:3] = ["kecil"] * 3
    report = evaluate(Fixed(), texts, labels, slices={"wilayah": region})
    assert set(report.slices["wilayah"]) == {"timur", "barat", "kecil"}
    assert report.slices["wilayah"]["kecil"]["small"] is True
    assert report.slices["wilayah"]["timur"]["small"] is False
    rows = [i for i, value in enumerate(region) if value == "barat"]
    alone = evaluate(Fixed(), [texts[i] for i in rows], [labels[i] for i in rows]).figures
    sliced = report.slices["wilayah"]["barat"]
    assert sliced["confusion"] == alone.pop("confusion")
    assert {k: v for k, v in sliced.items() if k in alone} == pytest.approx(alone)
    assert sum(f["n"] for f in report.slices["wilayah"].values()) == 200


def test_report_forms():
    _, _, texts, labels = random_case(3)
    report = evaluate(Fixed(), texts, labels, slices={"s": ["a", "b"] * 100})
    facts = json.loads(report.to_json())
    assert facts == json.loads(json.dumps(report.to_dict()))
    assert set(facts) >= {"figures", "slices"}
    frame = report.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame.index.tolist() == [("all", ""), ("s", "a"), ("s", "b")]
    assert frame.loc[("all", ""), "n"] == 200
    text = report.to_text()
    assert "macro_f1" in text
    assert "confusion" in text


@pytest.mark.parametrize("label", ["netral", "partisan"])
def test_one_class_only_is_legal(label):
    report = evaluate(Fixed(), ["0.2", "0.9"], [label] * 2)
    assert report.figures["roc_auc"] is None
    assert report.figures["average_precision"] is None
    assert report.figures["accuracy"] == 0.5
    json.loads(report.to_json())


def test_a_slice_without_a_label_says_nothing_of_finding_it(tmp_path):
    texts, labels = ["0.2", "0.3", "0.9", "0.8"], ["netral", "netral", "partisan", "netral"]
    report = evaluate(Fixed(), texts, labels, {"s": ["tanpa", "tanpa", "x", "x"]}, rounds=20)
    found = report.slices["s"]["tanpa"]
    assert found["precision"] is found["recall"] is found["intervals"]["recall"] is None
    assert (found["specificity"], found["f1"]) == (1.0, 0.0)
    (row,) = (line for line in report.to_text().splitlines() if line.startswith("tanpa *"))
    assert row.split()[3:7] == ["0.000", "0.500", "-", "-"]
    assert np.isnan(report.to_frame().loc[("s", "tanpa"), "recall"])
    report.write_html(tmp_path / "r.html")
    assert f'data-label="{WORDS["recall"][0]}">–</td>' in (tmp_path / "r.html").read_text("utf-8")
    no_partisan = evaluate(Fixed(), texts[:2], labels[:2], rounds=0)
    no_partisan.write_html(tmp_path / "r.html", language="en")
    assert "undefined" in (tmp_path / "r.html").read_text("utf-8")


def test_bad_input():
    with pytest.raises(ValueError, match="0 texts"):
        evaluate(Fixed(), [], [])
    with pytest.raises(ValueError, match="2 texts and 1 labels"):
        evaluate(Fixed(), ["0.1", "0.2"], ["netral"])
    with pytest.raises(ValueError, match=r"row 3.*'netrall'.*partisan"):
        evaluate(Fixed(), ["0.1", "0.2"], ["netral", "netrall"])


def test_estimator_and_scorer_give_one_report(small, small_scorer, posts):
    left, right = (evaluate(m, posts[0], posts[1]).figures for m in (small, small_scorer))
    assert left.pop("confusion") == right.pop("confusion")
    assert left == pytest.approx(right, abs=1e-6)
    assert left["macro_f1"] > 0.95


def test_intervals_hold_the_figures():
    _, _, texts, labels = random_case(5)
    report = evaluate(Fixed(), texts, labels, slices={"s": ["a", "b"] * 100}, rounds=200)
    sections = [(report.figures, report.intervals)]
    sections += [(found, found["intervals"]) for found in report.slices["s"].values()]
    for found, intervals in sections:
        for name, (low, high) in intervals.items():
            assert low <= found[name] <= high, name
    row = report.to_frame().loc[("all", "")]
    assert [row["macro_f1_low"], row["macro_f1_high"]] == report.intervals["macro_f1"]


def test_same_seed_same_report():
    _, _, texts, labels = random_case(6)
    slices = {"s": ["a", "b"] * 100}
    one = evaluate(Fixed(), texts, labels, slices, rounds=50, baseline="majority")
    again = evaluate(Fixed(), texts, labels, slices, rounds=50, baseline="majority")
    other = evaluate(Fixed(), texts, labels, slices, rounds=50, seed=1)
    assert one.to_json() == again.to_json()
    assert other.intervals != one.intervals
    assert other.figures == one.figures
    more = evaluate(Fixed(), texts, labels, slices | {"t": ["x"] * 200}, rounds=50)
    assert more.slices["s"] == one.slices["s"]


def test_progress_rises_to_the_end():
    _, _, texts, labels = random_case(7)
    seen = []
    evaluate(
        Fixed(), texts, labels, {"s": ["a", "b"] * 100}, rounds=50, baseline="majority",
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert seen == sorted(seen)
    assert len({total for _, total in seen}) == 1
    assert seen[-1][0] == seen[-1][1]


def test_other_names_of_the_labels():
    _, truth, texts, labels = random_case(8)
    usual = evaluate(Fixed(), texts, labels, rounds=0)
    renamed = evaluate(Fixed(), texts, truth.astype(int), positive="1", rounds=0)
    assert renamed.figures == usual.figures
    assert renamed.about["classes"] == ["0", "1"]
    with pytest.raises(ValueError, match=r"'ya'.*netral, partisan.*\(0, 1\)"):
        evaluate(Fixed(), texts, truth.astype(int), positive="ya")
    with pytest.raises(ValueError, match=r"row 4.*'parttisan'.*did you mean 'partisan'"):
        evaluate(Fixed(), texts[:3], ["netral", "partisan", "parttisan"])


def test_the_other_label_may_be_looked_for():
    p, truth, texts, labels = random_case(9)
    turned = evaluate(Fixed(), texts, labels, positive="netral", rounds=0)
    assert turned.figures["recall"] == pytest.approx(metrics.recall_score(~truth, p <= 0.5))
    assert turned.figures["average_precision"] == pytest.approx(
        metrics.average_precision_score(~truth, 1 - p)
    )
    usual = evaluate(Fixed(), texts, labels, rounds=0)
    assert turned.figures["band_share"] == pytest.approx(usual.figures["band_share"])
    assert turned.about["band"] == pytest.approx({"tinjau": 0.3, "partisan": 0.7})


def test_classes_in_another_order():
    class Turned(Fixed):
        classes_ = ["partisan", "netral"]  # noqa: RUF012

        def predict_proba(self, texts):
            return super().predict_proba(texts)[:, ::-1]

    _, _, texts, labels = random_case(10)
    usual = evaluate(Fixed(), texts, labels, baseline={"turned": Turned()}, rounds=0)
    turned = evaluate(Turned(), texts, labels, rounds=0)
    assert turned.figures["average_precision"] == usual.figures["average_precision"]
    assert usual.baselines["turned"]["figures"] == usual.figures


def test_signals(scorer, posts):
    texts, labels, names = posts
    report = evaluate(scorer, texts, labels, signals=names, rounds=50)
    read = [scorer.score(text).signals for text in texts]
    for section, rows in (
        ("positive_rows", [i for i, label in enumerate(labels) if label == "partisan"]),
        ("all_rows", range(len(texts))),
    ):
        found = report.signals[section]
        assert found["n"] == len(rows)
        for name, values in found["signals"].items():
            truth = [name in names[i] for i in rows]
            said = [read[i][name] >= 0.5 for i in rows]
            assert values["f1"] == pytest.approx(metrics.f1_score(truth, said, zero_division=0))
            assert values["n"] == sum(truth)
        assert found["macro_f1"] == pytest.approx(
            np.mean([values["f1"] for values in found["signals"].values()])
        )
        low, high = found["interval"]
        assert low <= found["macro_f1"] <= high
    as_text = evaluate(scorer, texts, labels, signals=[" ".join(row) for row in names], rounds=50)
    assert as_text.signals == report.signals
    with pytest.raises(ValueError, match="row 3: signal 'ajakn'"):
        evaluate(scorer, texts[:2], labels[:2], signals=[[], ["ajakn"]])
    with pytest.raises(ValueError, match="Fixed gives no signals"):
        evaluate(Fixed(), ["0.5"], ["netral"], signals=[[]])


def test_most_confident_mistakes():
    p = np.linspace(0.02, 0.98, 49)
    labels = ["partisan" if value < 0.5 else "netral" for value in p]
    report = evaluate(Fixed(), [repr(float(value)) for value in p], labels, rounds=0)
    alarms = [m for m in report.mistakes if m["kind"] == "false_alarm"]
    missed = [m for m in report.mistakes if m["kind"] == "missed"]
    assert [m["probability"] for m in alarms] == pytest.approx(sorted(p, reverse=True)[:10])
    assert [m["row"] for m in missed] == list(range(10))
    assert {m["label"] for m in missed} == {"partisan"}
    right = ["partisan" if value > 0.5 else "netral" for value in p]
    assert evaluate(Fixed(), [repr(float(v)) for v in p], right, rounds=0).mistakes == []


def test_mistakes_hide_personal_numbers(scorer):
    text = "Ayo coblos nomor 2, menangkan Bu Rina! WA 0812-3456-7890"
    report = evaluate(scorer, [text], ["netral"], rounds=0)
    (mistake,) = report.mistakes
    assert "0812" not in report.to_json()
    for item in mistake["evidence"]:
        assert mistake["text"][item["start"] : item["end"]] == item["text"]


def test_bad_arguments():
    _, _, texts, labels = random_case(11)
    with pytest.raises(ValueError, match="slice 'id' has 1,200 values"):
        evaluate(Fixed(), texts * 6, labels * 6, {"id": list(map(str, range(1200)))})
    with pytest.raises(ValueError, match="200 texts and 3 values of slice 's'"):
        evaluate(Fixed(), texts, labels, {"s": ["a"] * 3})
    with pytest.raises(ValueError, match="200 texts and 1 values of groups"):
        evaluate(Fixed(), texts, labels, groups=["a"])
    with pytest.raises(ValueError, match="rounds=-1"):
        evaluate(Fixed(), texts, labels, rounds=-1)


def test_documented_keys():
    """docs/evaluation.md names every key of the JSON, and the JSON has every key it names."""
    import re
    from pathlib import Path

    _, _, texts, labels = random_case(12)
    report = evaluate(Fixed(), texts, labels, {"s": ["a", "b"] * 100}, rounds=20, baseline="tfidf")
    page = (Path(__file__).resolve().parents[2] / "docs" / "evaluation.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", page))
    facts = report.to_dict()
    assert set(facts) <= named
    assert set(facts["figures"]) <= named
    assert set(facts["about"]) <= named
    assert set(facts["thresholds"][0]) <= named
    assert set(facts["baselines"]["tfidf"]) <= named
    assert set(facts["baselines"]["tfidf"]["mcnemar"]) <= named
    assert set(facts["slices"]["s"]["a"]) <= named
    assert set(facts["mistakes"][0]) <= named
    assert set(facts["reliability"][0]) <= named
    top = page[page.index("## JSON") :]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", top, flags=re.M)) == set(facts)


def test_three_classes(tmp_path):
    class Three:
        positive = "serang"
        thresholds = {"tinjau": 0.3, "partisan": 0.6}  # noqa: RUF012
        classes_ = ["dukung", "netral", "serang"]  # noqa: RUF012

        def predict_proba(self, texts):
            return np.array([[float(part) for part in text.split()] for text in texts])

    random = np.random.default_rng(0)
    probability = random.dirichlet(np.ones(3), 150)
    truth = np.array([random.choice(3, p=row) for row in probability])
    texts = [" ".join(map(repr, map(float, row))) for row in probability]
    labels = [Three.classes_[i] for i in truth]
    slices = {"s": ["a", "b"] * 75}
    report = evaluate(Three(), texts, labels, slices, baseline=["tfidf", "keyword"], rounds=50)
    predicted = probability.argmax(axis=1)
    assert report.figures["macro_f1"] == pytest.approx(
        metrics.f1_score(truth, predicted, average="macro")
    )
    assert report.figures["roc_auc"] == pytest.approx(
        metrics.roc_auc_score(truth == 2, probability[:, 2])
    )
    assert np.shape(report.figures["confusion"]) == (3, 3)
    report.write_html(tmp_path / "r.html")
    assert "dukung" in report.to_text()
    assert ">dukung</th>" in (tmp_path / "r.html").read_text("utf-8")
    with pytest.raises(ValueError, match="review band of the model speaks of 'serang'"):
        evaluate(Three(), texts, labels, positive="dukung")
    with pytest.raises(ValueError, match="baseline 'fixed': the model has classes"):
        evaluate(Three(), texts, labels, baseline={"fixed": Fixed()})


def test_frames_and_arrays_are_welcome():
    _, truth, texts, labels = random_case(13)
    frame = pd.DataFrame({"teks": texts, "label": labels, "s": ["a", "b"] * 100}).iloc[::-1]
    one = evaluate(Fixed(), frame.teks, frame.label, {"s": frame.s}, groups=frame.s, rounds=20)
    two = evaluate(
        Fixed(), texts[::-1], np.array(labels[::-1]), {"s": ["b", "a"] * 100},
        groups=["b", "a"] * 100, rounds=20,
    )  # fmt: skip
    assert one.to_json() == two.to_json()
    assert evaluate(Fixed(), texts, truth.astype(int), positive=1, rounds=0).figures["n"] == 200


def test_a_row_without_a_group_stands_for_itself():
    _, _, texts, labels = random_case(15)
    blank = evaluate(Fixed(), texts, labels, groups=[""] * 200, rounds=50)
    alone = evaluate(Fixed(), texts, labels, groups=[f"{i:03}" for i in range(200)], rounds=50)
    assert blank.intervals == alone.intervals != {}


def test_a_single_row_has_no_intervals():
    report = evaluate(Fixed(), ["0.2", "0.9", "0.8"], ["netral", "partisan", "partisan"],
                      {"s": ["a", "b", "b"]}, rounds=20)  # fmt: skip
    assert report.slices["s"]["a"]["intervals"] == {}
    assert report.slices["s"]["b"]["intervals"]["brier"] is not None
    assert evaluate(Fixed(), ["0.2"], ["netral"], rounds=20).intervals == {}


def test_a_single_group_has_no_intervals():
    _, _, texts, labels = random_case(14)
    column = ["a", "b"] * 100
    report = evaluate(Fixed(), texts, labels, {"s": column}, groups=column, rounds=20)
    assert report.intervals["brier"] is not None
    assert report.slices["s"]["a"]["intervals"] == {}
    assert "brier_low" in report.to_frame()
