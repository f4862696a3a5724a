"""The short form of `benchmarks/fuzz.py`, and promises about cost, memory and sameness."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.features import stream


@pytest.fixture(scope="module")
def fuzz(root):
    sys.path.insert(0, str(root / "benchmarks"))
    try:
        import fuzz
    finally:
        sys.path.pop(0)
    return fuzz


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fuzz(fuzz, seed):
    assert fuzz.fuzz(2000, seed, 20) == 100


@pytest.mark.parametrize("kind", ["careful", "cascade"])
def test_fuzz_of_the_careful_readers(fuzz, tiny_folder, kind):
    import tiny_encoder

    made = Scorer.load(tiny_folder) if kind == "careful" else tiny_encoder.cascade(tiny_folder)
    assert fuzz.fuzz(600, 4, 10, made) == 60


def test_the_fuzzer_can_fail(fuzz, monkeypatch):
    scorer = Scorer.load()
    monkeypatch.setattr(fuzz, "texts", lambda seed, words: iter(["coblos"] * 10))
    monkeypatch.setattr(Scorer, "predict_proba", lambda self, texts: np.full((len(texts), 2), 0.7))
    with pytest.raises(AssertionError):
        fuzz.fuzz(10, 0, 1, scorer)


@pytest.mark.parametrize(
    "text", ["a\ud83db", "\ude00", "#\ud800x", "\udfff\ud800", "coblos\udc00!"]
)
def test_halves_of_emoji(scorer, text):
    read = scorer.score(text)
    assert np.isfinite(read.probability)
    for token in scorer.model.reader.normalizer.document(text).tokens:
        assert text[token.start : token.end] == token.raw


_PROBE = """
import sys
from netralitas_nlp import Scorer
texts = [line.rstrip("\\n") for line in open(sys.argv[1], encoding="utf-8")]
size = int(sys.argv[2])
scorer = Scorer.load()
out = b"".join(
    scorer.predict_proba(texts[i : i + size]).tobytes() for i in range(0, len(texts), size)
)
import hashlib
spans = [[(e.start, e.end, e.weight) for e in scorer.score(t).evidence] for t in texts[:20]]
print(hashlib.sha256(out).hexdigest(), hashlib.sha256(repr(spans).encode()).hexdigest())
"""


def test_same_bytes_in_every_process(python, posts, tmp_path):
    path = tmp_path / "posts.txt"
    rng = np.random.default_rng(0)
    lines = [" ".join(rng.choice(posts[0], 3)) for _ in range(300)]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = set()
    for seed, size, threads in (("0", "300", "1"), ("7", "1", "2"), ("99", "37", "4")):
        done = python(
            _PROBE, str(path), size, PYTHONHASHSEED=seed, OPENBLAS_NUM_THREADS=threads,
            OMP_NUM_THREADS=threads,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1


def test_order_and_company_do_not_change_a_byte(scorer, posts, weird):
    texts = [*posts[0], *weird]
    p = scorer.predict_proba(texts)
    assert scorer.predict_proba(texts[::-1])[::-1].tobytes() == p.tobytes()
    for i, text in enumerate(texts):
        assert scorer.predict_proba([text]).tobytes() == p[i : i + 1].tobytes()
    fresh = Scorer.load().predict_proba(texts[::-1])[::-1]
    assert fresh.tobytes() == p.tobytes()


def test_a_stream_of_new_words_fills_no_memory():
    scorer = Scorer.load()
    reader = scorer.model.reader
    reader.most_chunks = 3000
    largest = 0
    for begin in range(0, 40_000, 1000):
        scorer.predict_proba([f"katabaru{i:x}zq" for i in range(begin, begin + 1000)])
        largest = max(largest, len(reader.store.chunks), len(reader.store.units))
    assert largest <= 4001
    assert len(scorer.model.linear._tables.column) <= 8192


@pytest.mark.parametrize(
    "piece",
    ["a", "a ", "ab.", "a.b-", "coblos ", "#", "@a", "&amp;", "&", "1.", "0812", "!", '" ', "a b ",
     "é", "\u0301", "\u200b", "Ã©", "👨\u200d", "a-a-", "(", "tidak ", "Prabowo Subianto ", "x\n"],
)  # fmt: skip
def test_cost_grows_with_length_and_not_with_its_square(scorer, piece):
    cost(scorer, piece, 1000)
    few, many = cost(scorer, piece, 4_000), cost(scorer, piece, 32_000)
    assert many < 0.05 + 24 * few, f"{few:.3f} s, then {many:.3f} s for 8 times the text"


@pytest.mark.parametrize(
    "piece", ["a", " ", "7", "https://a.id/x", "https://a.id/x ", "coblos ", "ayo coblos dua. "]
)
def test_a_megabyte(scorer, piece):
    """The pieces that take moments; `benchmarks/lengths.py` has many more."""
    few, many = cost(scorer, piece, 125_000), cost(scorer, piece, 1_000_000)
    assert many < 0.1 + 16 * few, f"{few:.3f} s, then {many:.3f} s for 8 times the text"


def cost(scorer, piece, n):
    text = (piece * (n // len(piece) + 1))[:n]
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        scorer.predict_proba([text])
        best = min(best, time.process_time() - begin)
    return best


@pytest.mark.parametrize("text", ["#٠⓹", "nomor ²", "#menang⓹", "٠⓹", "#½2", "①②", "²³%"])
def test_digits_that_are_no_numbers(scorer, text):
    assert np.isfinite(scorer.score(text).probability)


@pytest.mark.parametrize(
    "make",
    [
        lambda i: f"{i:x}" + "kata" * 2_000,  # one word, never met again
        lambda i: f"{i:x}." + "a,b!" * 2_000,  # one chunk of many units
        lambda i: f"#{i:x}" + "Kata" * 2_000,
        lambda i: " ".join("abcd" * 2_000) + f" {i}",  # letters that stand apart
    ],
    ids=["words", "signs", "hashtags", "apart"],
)
def test_long_new_words_fill_no_memory(monkeypatch, make):
    monkeypatch.setattr(stream, "_MOST_LETTERS", 2**15)
    monkeypatch.setattr(stream, "_MOST_FLAT", 2**14)
    scorer = Scorer.load()
    reader = scorer.model.reader
    for i in range(12):
        p = scorer.predict_proba([make(i)])
        assert reader.store.n_letters <= 2**15 + 10_000
        assert len(reader.store.flat) <= 2**14 + 10_000
    assert p.tobytes() == Scorer.load().predict_proba([make(11)]).tobytes()
