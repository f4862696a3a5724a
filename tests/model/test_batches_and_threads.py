from __future__ import annotations

import os
import pickle
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.features.units import Unit
from netralitas_nlp.model import linear, neighbours


def same(left, right):
    """Equal but for the last bits: sums run in the order in which words were first met."""
    assert left.probability == pytest.approx(right.probability, abs=1e-12)
    assert left.verdict == right.verdict
    assert dict(left.signals) == pytest.approx(dict(right.signals), abs=1e-12)
    spans = [[(e.start, e.end, e.text, e.signal) for e in read.evidence] for read in (left, right)]
    assert sorted(spans[0]) == sorted(spans[1])
    assert len(left.sentences) == len(right.sentences)


@pytest.fixture(scope="module")
def many(posts, weird):
    return [f"{text} {i}" if i % 3 else text for i in range(5) for text in posts[0]] + weird


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batch_sizes(scorer, many, size):
    expected = scorer.predict_proba(many)[:, 1]
    got = [r.probability for r in scorer.score_stream(many, batch_size=size, evidence=False)]
    assert np.allclose(got, expected, rtol=0, atol=1e-12)
    parts = [scorer.predict_proba(many[i : i + size])[:, 1] for i in range(0, len(many), size)]
    assert np.allclose(np.concatenate(parts), expected, rtol=0, atol=1e-12)


def test_order_does_not_matter(scorer, many):
    p = scorer.predict_proba(many)
    assert np.allclose(scorer.predict_proba(many[::-1])[::-1], p, rtol=0, atol=1e-12)


@pytest.mark.parametrize("most", [0, 5, 60])
def test_after_the_memory_starts_anew(scorer, many, most):
    fresh = Scorer.load()
    fresh.model.reader.most_chunks = most
    expected = scorer.predict_proba(many)
    stores = set()
    for begin in range(0, len(many), 10):
        got = fresh.predict_proba(many[begin : begin + 10])
        assert np.allclose(got, expected[begin : begin + 10], rtol=0, atol=1e-12)
        stores.add(id(fresh.model.reader.store))
    for text in many[:20]:
        same(fresh.score(text), scorer.score(text))
    assert fresh.model.reader.store.chunks.__len__() < 2000


def test_eight_threads_share_one_scorer(many):
    alone, shared = Scorer.load(), Scorer.load()
    shared.model.reader.most_chunks = 50  # the memory starts anew while others read
    texts = many[:64]
    expected = [alone.score(text) for text in texts]
    p = alone.predict_proba(texts)

    def work(number):
        order = np.random.default_rng(number).permutation(len(texts))
        for i in order:
            same(shared.score(texts[i]), expected[i])
        return shared.predict_proba(texts)

    with ThreadPoolExecutor(8) as pool:
        for got in pool.map(work, range(8)):
            assert np.allclose(got, p, rtol=0, atol=1e-12)


def test_after_pickling(scorer, many):
    again = pickle.loads(pickle.dumps(scorer))
    assert np.array_equal(again.predict_proba(many), scorer.predict_proba(many))
    same(again.score(many[0]), scorer.score(many[0]))
    assert again.thresholds == scorer.thresholds


def test_new_words_are_looked_up_in_pieces(scorer, many, monkeypatch):
    monkeypatch.setattr(linear, "_AT_ONCE", 7)
    assert np.array_equal(Scorer.load().predict_proba(many), scorer.predict_proba(many))


@pytest.mark.parametrize("where", ["a unit", "its weights", "a larger table", "its filters"])
def test_an_interruption_changes_no_later_answer(scorer, many, monkeypatch, where):
    """Ctrl-C in a notebook, in the middle of what belongs together."""
    mine, calls = Scorer.load(), iter(range(10_000))
    mine.predict_proba(["ayo"])
    texts = [*many, *(" ".join(f"kata{i}x{j}" for j in range(50)) for i in range(60))]

    def stop() -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt

    def before(call):
        def interrupted(*arguments):
            stop()
            return call(*arguments)

        return interrupted

    with monkeypatch.context() as patch:
        if where == "a unit":  # asked for when half of it is written
            patch.setattr(Unit, "speaks", property(before(Unit.speaks.fget)))
        elif where == "its weights":
            patch.setattr(linear, "_on_grid", before(linear._on_grid))
        elif where == "a larger table":
            patch.setattr(linear._Tables, "__setattr__", before(object.__setattr__), raising=False)
        else:
            patch.setattr(neighbours, "product", before(neighbours.product))
        with pytest.raises(KeyboardInterrupt):
            mine.predict_proba(texts)
    assert np.array_equal(mine.predict_proba(texts), scorer.predict_proba(texts))
    same(mine.score(many[0]), scorer.score(many[0]))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks as POSIX does")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # of forks beside threads
def test_forked_while_another_thread_reads(many):
    scorer = Scorer.load()
    expected = scorer.predict_proba(many).tobytes()
    with scorer.model.reading():  # as a thread holds it in mid-batch
        child = os.fork()
        if not child:
            signal.alarm(60)  # ends a child that waits for a thread which it does not have
            os._exit(scorer.predict_proba(many).tobytes() != expected)
    assert os.waitpid(child, 0)[1] == 0
    assert scorer.predict_proba(many).tobytes() == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks as POSIX does")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_forked_while_threads_wait_for_each_other(scorer):
    """A thread may have been given the lock and not have noticed yet."""
    shared = Scorer.load()
    expected = scorer.predict_proba(["ayo coblos"]).tobytes()
    over = threading.Event()

    def work():
        while not over.is_set():
            shared.predict_proba(["hujan"])

    ended = []
    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(work)
        for _ in range(8):
            child = os.fork()
            if not child:
                signal.alarm(60)
                os._exit(shared.predict_proba(["ayo coblos"]).tobytes() != expected)
            ended.append(os.waitpid(child, 0)[1])
        over.set()
    assert ended == [0] * 8
