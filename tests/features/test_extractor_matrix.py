from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp.features import FeatureExtractor
from netralitas_nlp.features.stream import StreamReader, distinct
from netralitas_nlp.text import Normalizer


@pytest.fixture(scope="module")
def extractor(posts):
    return FeatureExtractor(StreamReader(Normalizer())).fit(posts[0])


def test_names_fit_the_matrix(extractor, weird):
    names = extractor.get_feature_names_out()
    matrix = extractor.transform(weird)
    assert matrix.shape == (len(weird), len(names))
    assert len(set(names)) == len(names)
    assert np.isfinite(matrix.data).all()


@pytest.mark.parametrize("text", ["", "   ", "!?"])
def test_little_text_is_legal(extractor, text):
    assert extractor.transform([text]).shape == (1, len(extractor.get_feature_names_out()))


def test_no_text_at_all(extractor):
    assert extractor.transform([]).shape == (0, len(extractor.get_feature_names_out()))


def test_explain_is_the_row(extractor):
    text = "Ayo coblos nomor dua, ajak tetangga"
    row = extractor.transform([text]).toarray()[0]
    listed = dict(extractor.explain(text))
    names = extractor.get_feature_names_out()
    assert {names[i] for i in np.flatnonzero(row)} <= set(listed)
    assert all(np.isclose(row[list(names).index(name)], value) for name, value in listed.items())
    top = extractor.explain(text, limit=3)
    assert len(top) == 3
    assert top[0][1] == max(listed.values())


def test_unfitted_extractor_says_so():
    with pytest.raises(ValueError, match="fit"):
        FeatureExtractor(StreamReader(Normalizer())).transform(["a"])


def test_a_repeated_word_is_said_once(extractor):
    few, many = (extractor.transform(["coblos " * n]).toarray() for n in (3, 100))
    assert np.allclose(few, many)


def test_a_row_does_not_depend_on_its_neighbours(extractor, weird):
    together = extractor.transform(weird).toarray()
    for i, text in enumerate(weird):
        assert np.allclose(extractor.transform([text]).toarray()[0], together[i]), text


def test_same_columns_from_another_order_of_reading(posts):
    first = FeatureExtractor(StreamReader(Normalizer())).fit(posts[0])
    second = FeatureExtractor(StreamReader(Normalizer())).fit(posts[0][::-1])
    assert (first.get_feature_names_out() == second.get_feature_names_out()).all()


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(max_size=40), max_size=6))
def test_streams_are_laid_end_to_end(texts):
    stream = _READER.read(texts)
    assert len(stream.bounds) == len(texts) + 1
    assert stream.bounds[-1] == len(stream.units) == len(stream.masks) == len(stream.document)
    assert (np.diff(stream.bounds) >= 0).all()
    units, document, bounds = distinct(stream)
    assert len(units) == len(document) == bounds[-1]
    assert (units > 0).all()


_READER = StreamReader(Normalizer())
