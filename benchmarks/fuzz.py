"""Hostile texts by the million: nothing raises, offsets are exact, probabilities are finite.

``python benchmarks/fuzz.py`` reads a million texts that are built from everything which breaks
readers of text: halves of emoji, marks without letters, unseen signs, torn entities and mojibake,
letters written apart, look-alikes, digits of other scripts, pieces of the project's own posts cut
anywhere. ``--inputs`` says how many, ``--seed`` which. ``--guided`` lets atheris look for texts
that reach new code instead (``pip install atheris``), with the tokens of every text checked.
``--write`` puts what was found into README.md.

Every text is scored in a batch. Every `--full`-th is also scored alone, which must give the same
bytes, with evidence, sentences, tokens and JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import page

from netralitas_nlp import Scorer
from netralitas_nlp.text import Normalizer, mask_personal

POSTS = Path(__file__).resolve().parent.parent / "data" / "posts" / "train.csv"
_ODD = (
    # halves of emoji, unseen signs, marks, white space of all kinds
    "\ud83d", "\udc00", "\udfff", "\u200b", "\u200d", "\ufe0f", "\u20e3", "\u0301", "\u034f",
    "\u202e", "\ufeff", "\x00", "\x1c", "\x85", "\u2028", "\u3000", "\u00a0", "\n", "\t", "  ",
    # letters that fold to several, look-alikes, digits of other scripts
    "\u00bd", "\ufdfa", "\ufb03", "\u0130", "\u00df", "\u0131", "\u017f", "\uff21", "\U0001d41a",
    "\u0430", "\u03bf", "\u0660", "\u0e52", "\u00b2", "\u2460",
    # emoji sequences, mojibake, entities
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1ee\U0001f1e9", "\u270c\U0001f3fd",
    "1\ufe0f\u20e3", "#\ufe0f\u20e3", "\u00c3\u00a9", "\u00e2\u20ac\u0153", "&amp;", "&#0;",
    "&#xD83D;", "&#1114112;", "&",
    # what begins a token
    "@", "#", "#2", "http://", "t.co/", "0812", "+62", "Rp", "2DM", "c0bl0s", "...", "''", '"',
    "\u201c", "!", "?", "-", "_", "*", "~", "|", ".", ",",
)  # fmt: skip
_BATCH = 2000
_BETWEEN = "\x03"  # parts the texts of one input of the guided run
_TOGETHER = 48


def pieces() -> list[str]:
    """Words of the project's own posts."""
    with open(POSTS, encoding="utf-8", newline="") as file:
        return sorted({word for row in csv.DictReader(file) for word in row["text"].split()})


def texts(seed: int, words: list[str]) -> Iterator[str]:
    """Endless hostile texts."""
    draw = random.Random(seed)

    def anything() -> str:
        code = draw.choice((draw.randrange(0x110000), draw.randrange(0x3000), draw.randrange(128)))
        return chr(code)

    def word() -> str:
        return draw.choice(words)

    def torn() -> str:
        chosen = word()
        cut = draw.randrange(len(chosen) + 1)
        return chosen[:cut] + draw.choice(_ODD) + chosen[cut:]

    def odd() -> str:
        return draw.choice(_ODD)

    def repeated() -> str:
        return draw.choice((anything, odd, word))() * draw.choice((2, 3, 5, 40))

    def apart() -> str:
        return draw.choice((" ", ".", "-", "  ", "\u200b")).join(word())

    makers: tuple[Callable[[], str], ...] = (anything, word, word, torn, odd, odd, repeated, apart)
    while True:
        joint = draw.choice(("", " ", " ", "\n"))
        yield joint.join(draw.choice(makers)() for _ in range(draw.randrange(12)))


def check_one(text: str, scorer: Scorer, normalizer: Normalizer, expected: bytes | None) -> None:
    """Everything that must hold for one text."""
    read = scorer.score(text)
    if expected is not None:
        alone = scorer.predict_proba([text])
        assert alone.tobytes() == expected, "alone and in a batch differ"
    for part in (read, *read.sentences):
        assert 0.0 <= part.probability <= 1.0
        assert all(0.0 <= value <= 1.0 for value in part.signals.values())
        assert text[part.start : part.end] == part.text
    for item in read.evidence:
        assert text[item.start : item.end] == item.text
        assert math.isfinite(item.weight)
    end = 0
    for token in normalizer.document(text).tokens:
        assert end <= token.start < token.end
        assert text[token.start : token.end] == token.raw
        end = token.end
        assert isinstance(token.norm + token.stem, str)
    assert len(mask_personal(text)) == len(text)
    json.dumps(read.to_dict())


def fuzz(inputs: int, seed: int, full: int, scorer: Scorer | None = None) -> int:
    """Read that many texts; raises at the first that breaks a promise.

    Returns
    -------
    int
        Texts that were read in full.
    """
    scorer = scorer or Scorer.load()
    normalizer = Normalizer()
    source = texts(seed, pieces())
    done = looked = 0
    begin = time.perf_counter()
    while done < inputs:
        batch = [next(source) for _ in range(min(_BATCH, inputs - done))]
        text = ""
        try:
            p = scorer.predict_proba(batch)
            assert np.isfinite(p).all()
            assert ((p >= 0) & (p <= 1)).all()
            assert np.allclose(p.sum(axis=1), 1.0)
            for i in range(done % full, len(batch), full):
                text = batch[i]
                check_one(text, scorer, normalizer, p[i : i + 1].tobytes())
                looked += 1
        except Exception:
            where = f"{text!r}" if text else f"texts {done:,} to {done + len(batch):,}"
            print(f"seed {seed}: {where}", file=sys.stderr)
            raise
        done += len(batch)
        if done % 100_000 == 0:
            seconds = time.perf_counter() - begin
            print(f"{done:,} texts, {looked:,} in full, {seconds:.0f} s", file=sys.stderr)
    return looked


def decoded(data: bytes) -> list[str]:
    """The texts that an input of the guided run stands for: many in one, halves of emoji too."""
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    return text.split(_BETWEEN)[:_TOGETHER]


def report(facts: dict[str, str], seconds: float) -> list[str]:
    """What a run did, as Markdown; one that found a fault never comes here."""
    facts |= {"exceptions and broken promises": "0", "seconds": f"{seconds:,.0f}"}
    return [
        f"| {' | '.join(facts)} |",
        f"|{' ---: |' * len(facts)}",
        f"| {' | '.join(facts.values())} |",
        "",
        page.machine(),
    ]


def guided(inputs: int, seed: int, full: int, finish: Callable[[list[str]], None]) -> None:
    """Let atheris look for texts that reach new code; it never returns."""
    import atheris

    with atheris.instrument_imports(include=["netralitas_nlp"]):
        for name in [name for name in sys.modules if name.startswith("netralitas_nlp")]:
            del sys.modules[name]
        from netralitas_nlp import Scorer as Instrumented
        from netralitas_nlp.text import Normalizer as InstrumentedNormalizer

        scorer, normalizer = Instrumented.load(), InstrumentedNormalizer()
        scorer.score("Ayo coblos nomor 2! #MenangkanBurhan c0bl0s @akun 😂")
    done = looked = runs = 0
    start = time.perf_counter()

    def one(data: bytes) -> None:
        nonlocal done, looked, runs
        runs += 1
        batch = decoded(data)
        p = scorer.predict_proba(batch)
        assert np.isfinite(p).all()
        assert ((p >= 0) & (p <= 1)).all()
        for text in batch:
            end = 0
            for token in normalizer.document(text).tokens:
                assert end <= token.start < token.end
                assert text[token.start : token.end] == token.raw
                end = token.end
        for i in range(-done % full, len(batch), full):
            check_one(batch[i], scorer, normalizer, p[i : i + 1].tobytes())
            looked += 1
        done += len(batch)
        if done >= inputs:
            facts = {
                "inputs of the fuzzer": f"{runs:,}",
                "texts in them": f"{done:,}",
                "read in full": f"{looked:,}",
            }
            finish(report(facts, time.perf_counter() - start))
            os._exit(0)

    with tempfile.TemporaryDirectory() as folder:
        source = texts(seed, pieces())
        for number in range(64):
            begin = _BETWEEN.join(next(source) for _ in range(_TOGETHER))
            Path(folder, str(number)).write_bytes(begin.encode("utf-8", "surrogatepass"))
        options = [
            f"-seed={seed}",
            "-max_len=4096",
            "-len_control=0",
            f"-artifact_prefix={folder}/",
        ]
        atheris.Setup([sys.argv[0], *options, folder], one)
        atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20240214)
    parser.add_argument("--full", type=int, default=50, help="score every n-th in full")
    parser.add_argument("--guided", action="store_true", help="guided by coverage, with atheris")
    parser.add_argument("--write", action="store_true", help="put the figures into README.md")
    options = parser.parse_args()

    def finish(lines: list[str]) -> None:
        print("\n".join(lines), flush=True)
        if options.write:
            kind = " --guided" * options.guided
            command = f"fuzz.py{kind} --inputs {options.inputs} --seed {options.seed}"
            page.put("fuzz-guided" if kind else "fuzz", command, lines)

    if options.guided:
        if find_spec("atheris") is None:
            parser.error("atheris is not installed here; pip install atheris")
        guided(options.inputs, options.seed, options.full, finish)
        return
    begin = time.perf_counter()
    looked = fuzz(options.inputs, options.seed, options.full)
    facts = {"texts": f"{options.inputs:,}", "read in full": f"{looked:,}"}
    finish(report(facts, time.perf_counter() - begin))


if __name__ == "__main__":
    main()
