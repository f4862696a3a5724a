"""The scorer and the estimator reach the same numbers by two independent paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def test_on_training_posts(small, small_scorer, posts):
    left, right = small.predict_proba(posts[0]), small_scorer.predict_proba(posts[0])
    assert np.allclose(left, right, rtol=0, atol=1e-6)
    assert np.array_equal(small.predict(posts[0]), small_scorer.predict(posts[0]))


def test_on_weird_texts(small, small_scorer, weird):
    left, right = small.predict_proba(weird), small_scorer.predict_proba(weird)
    for text, a, b in zip(weird, left, right, strict=True):
        assert np.allclose(a, b, rtol=0, atol=1e-6), text
    assert np.allclose(left.sum(axis=1), 1)


def test_on_long_texts(small, small_scorer, long_text, speech):
    texts = [long_text, speech, "", long_text + " " + speech, speech.replace(".", " ")]
    assert len(long_text.split()) == 400
    assert np.allclose(
        small.predict_proba(texts), small_scorer.predict_proba(texts), rtol=0, atol=1e-6
    )


def test_before_and_after_saving(small, small_scorer, weird):
    assert np.allclose(
        small.scorer_.predict_proba(weird), small_scorer.predict_proba(weird), rtol=0, atol=1e-12
    )
    assert small.scorer_.thresholds == small_scorer.thresholds


@pytest.fixture(scope="module")
def pair(small, small_scorer):
    _PAIR[:] = [small, small_scorer]


_PAIR: list = []
_WORDS = st.sampled_from(
    [
        "ayo",
        "coblos",
        "nomor",
        "dua",
        "2",
        "Bu",
        "Rina",
        "jangan",
        "tidak",
        "menang",
        ".",
        "!",
        "?",
        '"',
        "c",
        "o",
        "b",
        "l",
        "o",
        "s",
        "✌️",
        "KPU",
        "netral",
        "#MenangkanBurhan",
        "dilarang",
        "mendukung",
        "calon",
        "hujan",
        "Jokowi",
        "c0bl0s",
        "&amp;",
        "\u200b",
    ]
)


@pytest.mark.usefixtures("pair")
@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(
        st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=200).map(" ".join)), max_size=4
    )
)
def test_on_any_texts(texts):
    small, scorer = _PAIR
    assert np.allclose(small.predict_proba(texts), scorer.predict_proba(texts), rtol=0, atol=1e-6)
