"""The contracts of the design, one by one, on every reader."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import json
import math
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp import Assessment, Evidence, Scorer, score
from netralitas_nlp.model import SIGNALS

PARTISAN = "Ayo coblos nomor 2, menangkan Bu Rina!"
NEUTRAL = "ASN wajib netral, dilarang mendukung calon mana pun."
SIX = ("dukungan", "ajakan", "serangan", "atribut", "keterlibatan", "wewenang")


@pytest.fixture(scope="module")
def scorer(reader):
    return reader


@pytest.fixture(scope="module")
def fast():
    return Scorer.load()


def check_assessment(read, text):
    assert isinstance(read, Assessment)
    assert read.text == text
    assert (read.start, read.end) == (0, len(text))
    assert type(read.probability) is float
    assert 0.0 <= read.probability <= 1.0
    assert read.verdict in ("netral", "tinjau", "partisan")
    assert tuple(read.signals) == SIX
    assert all(type(v) is float and 0 <= v <= 1 for v in read.signals.values())
    assert isinstance(read.evidence, tuple)
    for item in read.evidence:
        assert isinstance(item, Evidence)
        assert 0 <= item.start < item.end <= len(text)
        assert item.text == text[item.start : item.end]
        assert item.signal in SIX
        assert math.isfinite(item.weight)
    assert [e.weight for e in read.evidence] == sorted(e.weight for e in read.evidence)[::-1]
    assert isinstance(read.sentences, tuple)
    before = 0
    for part in read.sentences:
        assert before <= part.start < part.end <= len(text)
        before = part.end
        assert part.text == text[part.start : part.end]
        assert 0.0 <= part.probability <= 1.0
        assert tuple(part.signals) == SIX
        assert part.verdict in ("netral", "tinjau", "partisan")


def test_signals_are_the_six_of_the_guide():
    assert SIGNALS == SIX


@pytest.mark.parametrize(
    "where",
    [
        "https://contoh.id/a", "081234567890", "0812-3456-7890", "+62812.345.6789",
        "panitia@contoh.id", "@akun_siapa",
    ],
)  # fmt: skip
def test_where_a_text_leads_says_nothing(scorer, where):
    texts = [PARTISAN, NEUTRAL]
    plain = scorer.predict_proba(texts)
    assert np.array_equal(scorer.predict_proba([f"{text} {where}" for text in texts]), plain)
    assert np.array_equal(scorer.predict_proba([f"{where} {text}" for text in texts]), plain)


def test_classes_and_columns(scorer):
    assert scorer.classes_ == ["netral", "partisan"]
    p = scorer.predict_proba([PARTISAN, NEUTRAL])
    assert p[0, 1] > 0.5 > p[1, 1]
    assert list(scorer.predict([PARTISAN, NEUTRAL])) == ["partisan", "netral"]


@pytest.mark.parametrize("text", [PARTISAN, NEUTRAL])
def test_score_shorthand(fast, text):
    assert score(text) == fast.score(text)


def test_every_field(scorer, weird):
    for text in [PARTISAN, NEUTRAL, *weird]:
        check_assessment(scorer.score(text), text)


@settings(max_examples=80, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(
                [
                    "ayo",
                    "coblos",
                    "no",
                    "2",
                    ".",
                    "!",
                    '"',
                    "“",
                    "jangan",
                    "tidak",
                    "Jokowi",
                    "Bu",
                    "Rina",
                    "menang",
                    "c",
                    "o",
                    "b",
                    "l",
                    "o",
                    "s",
                    "#GantiPresiden",
                    "✌️",
                    "&amp;",
                    "@akun",
                    "\n",
                    "0812-3456-7890",
                    "c0bl0s",
                ]
            ),
            max_size=40,
        ).map(" ".join),
    )
)
def test_any_text_is_read(text):
    scorer = _bundled()
    read = scorer.score(text)
    check_assessment(read, text)
    json.dumps(read.to_dict())
    assert read.probability == pytest.approx(scorer.predict_proba([text])[0, 1], abs=1e-12)


_KEPT: list[Scorer] = []


def _bundled() -> Scorer:
    if not _KEPT:
        _KEPT.append(Scorer.load())
    return _KEPT[0]


@pytest.mark.parametrize("name", ["probability", "verdict", "signals", "evidence", "text"])
def test_assessments_are_immutable(scorer, name):
    read = scorer.score(PARTISAN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(read, name, None)


def test_parts_are_immutable(scorer):
    read = scorer.score(PARTISAN)
    with pytest.raises(TypeError):
        read.signals["ajakan"] = 1.0
    assert read.evidence
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.evidence[0].start = 5


def test_assessments_survive_pickle_and_copy(scorer):
    read = scorer.score(PARTISAN + " Hujan turun.")
    assert pickle.loads(pickle.dumps(read)) == read
    assert copy.deepcopy(read) == read


def test_verdict_follows_the_thresholds(scorer):
    low, high = scorer.thresholds["tinjau"], scorer.thresholds["partisan"]
    assert 0 < low <= 0.5 <= high < 1
    assert scorer.verdict(low - 1e-9) == "netral"
    assert scorer.verdict((low + high) / 2) in ("tinjau", "partisan")
    assert scorer.verdict(high) == "partisan"
    for read in scorer.score_stream([PARTISAN, NEUTRAL, "Relawan siap kawal suara"]):
        assert read.verdict == scorer.verdict(read.probability)


def test_neutral_text_has_no_evidence(scorer):
    read = scorer.score(NEUTRAL)
    assert read.verdict == "netral"
    assert read.evidence == ()


def test_sentences_only_for_two_or_more(scorer):
    assert scorer.score("Ayo coblos nomor 2!").sentences == ()
    parts = scorer.score("Hujan turun sejak pagi. Ayo coblos nomor 2! Pasar ramai.").sentences
    assert [p.text for p in parts] == [
        "Hujan turun sejak pagi.",
        "Ayo coblos nomor 2!",
        "Pasar ramai.",
    ]
    assert max(parts, key=lambda p: p.probability).text == "Ayo coblos nomor 2!"


def test_to_dict_is_json_ready(scorer):
    facts = json.loads(json.dumps(scorer.score(PARTISAN + " Hujan turun.").to_dict()))
    assert set(facts) == {
        "text", "start", "end", "probability", "verdict", "signals", "evidence", "sentences",
    }  # fmt: skip
    assert set(facts["evidence"][0]) == {"start", "end", "text", "signal", "weight"}
    assert len(facts["sentences"]) == 2


def test_to_dict_is_masked(scorer):
    secrets = ("081234567890", "3201234567890123", "siti@contoh.id", "198001012005011001")
    text = (
        "Ayo coblos nomor 2, hubungi 081234567890. NIK 3201234567890123 siti@contoh.id. "
        "Menangkan NIP 198001012005011001!"
    )
    read = scorer.score(text)
    said = json.dumps(read.to_dict(), ensure_ascii=False)
    for secret in secrets:
        assert secret not in said
    assert read.text == text
    frame = scorer.score_frame(pd.DataFrame({"teks": [text]}))
    for secret in secrets:
        assert secret not in str(frame["evidence"][0])
    for item, listed in zip(read.evidence, read.to_dict()["evidence"], strict=True):
        assert len(item.text) == len(listed["text"])


@pytest.mark.parametrize(
    "make",
    [list, tuple, np.array, lambda x: np.array(x, dtype=object), pd.Series, iter,
     lambda x: pd.Series(x, index=[7, 7, 9]), lambda x: pd.Series(x, dtype="category")],
)  # fmt: skip
def test_kinds_of_batches(scorer, make):
    texts = [PARTISAN, NEUTRAL, "hujan"]
    expected = scorer.predict_proba(texts)
    got = scorer.predict_proba(make(texts))
    assert isinstance(got, np.ndarray)
    assert got.dtype == np.float64
    assert np.array_equal(got, expected)
    assert np.array_equal(scorer.predict(make(texts)), scorer.predict(texts))


def test_shape_and_sums(scorer, weird):
    p = scorer.predict_proba(weird)
    assert p.shape == (len(weird), 2)
    assert np.isfinite(p).all()
    assert np.allclose(p.sum(axis=1), 1.0)
    assert ((p >= 0) & (p <= 1)).all()


def test_one_item_and_no_item_keep_the_shape(scorer):
    assert scorer.predict_proba(["a"]).shape == (1, 2)
    assert scorer.predict(["a"]).shape == (1,)
    assert scorer.predict_proba([]).shape == (0, 2)
    assert scorer.predict([]).shape == (0,)


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT], ids=repr)
def test_missing_texts_are_neutral(scorer, missing):
    p = scorer.predict_proba(["a", missing, PARTISAN])
    assert np.isfinite(p).all()
    assert p[1, 1] < 0.1
    assert scorer.predict([missing])[0] == "netral"
    [read] = scorer.score_stream([missing])
    assert read.verdict == "netral"


@pytest.mark.parametrize("text", ["", " ", "\n", "!!!", "…", "★☆", "\u200b"])
def test_text_without_words_is_neutral(scorer, text):
    read = scorer.score(text)
    assert read.verdict == "netral"
    assert read.probability < 0.3


def test_punctuation_alone_says_nothing(scorer):
    signs = [
        "@@@",
        "***",
        "~~~",
        "____",
        "%%%",
        "+++ ===",
        "• • •",
        "^_^",
        "# #",
        "$$$",
        "<>",
        "。",
    ]
    p = scorer.predict_proba(["", "!?!", *signs, "coblos ***", "*** 2", "*** 😂"])[:, 1]
    assert set(p[: len(signs) + 2]) == {p[0]}
    assert p[0] not in p[len(signs) + 2 :]
    assert p[0] < 0.01


@pytest.mark.parametrize("bad", [5, 1.5, b"teks", ["teks"], {"a": 1}, True, np.int64(3)], ids=repr)
def test_other_types_name_the_position(scorer, bad):
    texts = ["a", "b", bad]
    with pytest.raises(TypeError, match="position 2"):
        scorer.predict_proba(texts)
    with pytest.raises(TypeError, match="position 2"):
        scorer.predict(texts)
    with pytest.raises(TypeError, match="position 2"):
        list(scorer.score_stream(texts, batch_size=2))
    with pytest.raises(TypeError, match="position 2"):
        scorer.score_frame(pd.DataFrame({"teks": pd.Series(texts, dtype=object)}))
    with pytest.raises(TypeError, match=type(bad).__name__):
        scorer.score(bad)


def test_frame_keeps_index_and_columns(scorer):
    frame = pd.DataFrame(
        {"id": [3, 1, 2, 9], "teks": [PARTISAN, None, float("nan"), ""], "lain": list("abcd")},
        index=["x", "x", "y", "z"],
    )
    before = frame.copy(deep=True)
    out = scorer.score_frame(frame)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(out[list(frame.columns)], before)
    assert list(out.columns) == [
        "id", "teks", "lain", "prob_partisan", "verdict", "skipped", *SIX, "evidence",
    ]  # fmt: skip
    assert out["skipped"].tolist() == [False, True, True, False]
    assert out["verdict"].tolist()[1:] == ["netral"] * 3
    assert out["prob_partisan"].notna().all()
    p = scorer.predict_proba(frame["teks"])[:, 1]
    assert np.array_equal(out["prob_partisan"].to_numpy(), p)
    first = out["evidence"].iloc[0]
    assert first
    assert all(PARTISAN[e["start"] : e["end"]] == e["text"] for e in first)
    assert "evidence" not in scorer.score_frame(frame, evidence=False)


def test_frame_with_another_column_name(scorer):
    frame = pd.DataFrame({"isi": [PARTISAN]})
    assert scorer.score_frame(frame, text_column="isi")["verdict"].tolist() == ["partisan"]
    with pytest.raises(KeyError, match="teks"):
        scorer.score_frame(frame)


def test_frame_without_rows(scorer):
    out = scorer.score_frame(pd.DataFrame({"teks": []}))
    assert len(out) == 0
    assert "prob_partisan" in out


def test_a_cell_that_is_no_text_is_named_as_the_frame_names_it(scorer):
    frame = pd.DataFrame({"teks": ["hujan", None, 7]}, index=["a", "b", "c"])
    with pytest.raises(TypeError, match=r"column 'teks', position 2 \(index 'c'\): int,"):
        scorer.score_frame(frame)
    assert len(scorer.score_frame(frame.assign(teks=frame.teks.astype("string")))) == 3


def test_stream_is_lazy_on_an_endless_source(scorer):
    taken = 0

    def endless():
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield f"Ayo coblos nomor {number}"

    stream = scorer.score_stream(endless(), batch_size=8, evidence=False)
    assert taken == 0
    first = list(itertools.islice(stream, 20))
    assert [r.text for r in first] == [f"Ayo coblos nomor {n}" for n in range(20)]
    assert taken <= 24


def test_stream_agrees_with_the_batch(scorer, weird):
    reads = list(scorer.score_stream(weird, batch_size=5))
    assert [r.text for r in reads] == weird
    p = scorer.predict_proba(weird)[:, 1]
    assert np.allclose([r.probability for r in reads], p, atol=1e-12)
    for read in reads:
        single = scorer.score(read.text)
        assert read.evidence == single.evidence
        assert read.verdict == single.verdict


def test_a_table_is_not_texts(fast):
    frame = pd.DataFrame({"teks": [PARTISAN, NEUTRAL]})
    for read in (fast.predict_proba, fast.predict):
        with pytest.raises(TypeError, match=r"one column of it, such as frame\['teks'\]"):
            read(frame)
    assert len(fast.predict_proba(frame["teks"])) == 2


def test_stream_names_the_position_over_batches(scorer):
    stream = scorer.score_stream(["a"] * 9 + [3], batch_size=4, evidence=False)
    with pytest.raises(TypeError, match="position 9"):
        list(stream)


@pytest.mark.parametrize(
    "template", ["Ayo coblos nomor {}!", "Pilih paslon {}", "salam nomor {} ya"]
)
def test_ballot_numbers_are_equal(scorer, template):
    p = scorer.predict_proba([template.format(n) for n in range(1, 6)])[:, 1]
    assert np.ptp(p) < 1e-9


@pytest.mark.parametrize(
    "template",
    [
        "Ayo coblos {} di TPS!",
        "Dukung {} jadi presiden",
        "Saya kecewa dengan {}",
        "{} hadir di sana",
    ],
)
def test_sides_are_equal(scorer, template):
    names = ("Jokowi", "Prabowo", "Ganjar", "Anies", "Megawati")
    p = scorer.predict_proba([template.format(name) for name in names])[:, 1]
    assert np.ptp(p) < 1e-9


def test_user_lexicon_changes_a_result(fast):
    text = "Ayo coblos Zulwaka Pratanda, salam gempita"
    own = Scorer.load(lexicon={"figures": ["zulwaka pratanda"], "slogan": ["salam gempita"]})
    assert own.score(text).probability != fast.score(text).probability
    known = Scorer.load(lexicon={"figures": ["zulwaka"]})
    twins = ["Ayo coblos Zulwaka", "Ayo coblos Jokowi"]
    p = known.predict_proba(twins)[:, 1]
    assert p[0] == pytest.approx(p[1], abs=1e-12)
    q = fast.predict_proba(twins)[:, 1]
    assert q[0] != pytest.approx(q[1], abs=1e-6)


def test_user_lexicon_leaves_other_texts_alone(fast):
    own = Scorer.load(lexicon={"figures": ["zulwaka"], "slang": {"mksd": "maksud"}})
    texts = [PARTISAN, NEUTRAL, "hujan turun"]
    assert np.allclose(own.predict_proba(texts), fast.predict_proba(texts), atol=1e-12)


def test_unknown_lexicon_kind_is_refused():
    with pytest.raises(ValueError, match="tokohh"):
        Scorer.load(lexicon={"tokohh": ["x"]})


def test_a_partisan_text_shows_a_signal(small_scorer, posts):
    # the guide: partisan texts have one or more signals
    for read in small_scorer.score_stream(posts[0], evidence=False):
        if read.probability >= 0.5:
            assert max(read.signals.values()) >= 0.5


def test_a_table_is_no_stream_of_texts(scorer):
    frame = pd.DataFrame({"teks": ["hujan"], "label": ["netral"]})
    with pytest.raises(TypeError, match="score_frame"):
        next(scorer.score_stream(frame))
    with pytest.raises(ValueError, match="several columns 'teks'"):
        scorer.score_frame(frame.set_axis(["teks", "teks"], axis=1))
