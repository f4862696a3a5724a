"""Speed and memory of the fast reader, the careful one and the cascade, one core each.

``python benchmarks/careful.py`` prints a Markdown table, ``--quick`` takes about a minute,
``--write`` puts the table into README.md. Posts are those of ``data/posts``, brought to the length
of real ones; ``--posts FILE.csv`` takes others (``--text-column``), as they are. No post is read
twice by one reader, so nothing is known when it is measured but the words. Every measurement runs
in a process of its own; speed is given in seconds of the processor, because the machine is shared.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import page
import speed

MODELS = ("bundled", "careful", "cascade")
GOALS = {"posts/s": 150, "MB": 300, "on disk": 40}


def load(name: str, encoder: str | None) -> Any:
    """A reader by name; the careful ones from another folder than the shipped one if asked."""
    from netralitas_nlp import Scorer
    from netralitas_nlp.model.careful_loading import load_careful
    from netralitas_nlp.model.loading import bundled_path

    if encoder is None or name == "bundled":
        return Scorer.load(name)
    return load_careful(encoder, Scorer.load(), bundled_path(), cascade=name == "cascade")


def part_speed(config: Mapping[str, Any]) -> Any:
    """Posts a second in each round, on posts that are new in each."""
    posts = Path(config["posts"]).read_text(encoding="utf-8").split("\0")
    begin = time.perf_counter()
    scorer = load(config["model"], config["encoder"])
    scorer.predict_proba([speed.ONE_TEXT])
    loaded = time.perf_counter() - begin
    n = config["n"]
    scorer.predict_proba(posts[:n])  # meets the common words
    rates = []
    for start in range(n, len(posts) - n + 1, n):
        begin = time.process_time()
        scorer.predict_proba(posts[start : start + n])
        rates.append(n / (time.process_time() - begin))
    model = scorer.model
    asked = None
    if config["model"] == "cascade":
        p = model.fast.log_odds(posts, labels_only=True)
        asked = float(model.doubted(p).mean())
    return {"rates": rates, "loaded": loaded, "asked": asked}


def part_evidence(config: Mapping[str, Any]) -> Any:
    """Milliseconds that evidence adds to a post that reads as partisan or doubtful."""
    posts = Path(config["posts"]).read_text(encoding="utf-8").split("\0")[: config["n"]]
    scorer = load(config["model"], config["encoder"])
    flagged = [
        read.text for read in scorer.score_stream(posts, evidence=False) if read.verdict != "netral"
    ]
    begin = time.process_time()
    list(scorer.score_stream(flagged, evidence=False))
    middle = time.process_time()
    list(scorer.score_stream(flagged))
    end = time.process_time()
    return 1000 * ((end - middle) - (middle - begin)) / max(len(flagged), 1)


def part_memory(config: Mapping[str, Any]) -> Any:
    """Peak memory of a process that scores the posts, in bytes."""
    posts = Path(config["posts"]).read_text(encoding="utf-8").split("\0")
    scorer = load(config["model"], config["encoder"])
    for _ in scorer.score_stream(posts, evidence=False):
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


PARTS = {"speed": part_speed, "evidence": part_evidence, "memory": part_memory}


def child(part: str, **config: Any) -> Any:
    _, printed = speed.run([__file__, "--part", part, "--config", json.dumps(config)])
    return json.loads(printed.splitlines()[-1])


def on_disk(name: str, encoder: str | None) -> float:
    from netralitas_nlp.model.loading import shipped_path

    folder = encoder if encoder and name != "bundled" else shipped_path(
        "bundled" if name == "bundled" else "careful"
    )  # fmt: skip
    return sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6


def measure(posts: Sequence[str], n: int, encoder: str | None) -> list[str]:
    lines = [
        "| reader | posts/s, median (min-max) | of the careful one | evidence, ms | asked | "
        "load and first text | peak memory | on disk |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts"
        path.write_text("\0".join(posts), encoding="utf-8")
        common = {"posts": str(path), "encoder": encoder, "n": n}
        found = {name: child("speed", model=name, **common) for name in MODELS}
        base = statistics.median(found["careful"]["rates"])
        for name in MODELS:
            speed.say(f"{name} (load average {speed.load_average()})")
            rates = found[name]["rates"]
            middle = statistics.median(rates)
            asked = found[name]["asked"]
            evidence = child("evidence", model=name, **common)
            peak = child("memory", model=name, **common) / 1e6
            cells = [
                name,
                f"{middle:,.0f} ({min(rates):,.0f}-{max(rates):,.0f})",
                f"{middle / base:.1f}",
                f"{evidence:.1f}",
                "" if asked is None else f"{asked:.1%}",
                f"{found[name]['loaded']:.2f} s",
                f"{peak:,.0f} MB",
                f"{on_disk(name, encoder):.1f} MB",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    goals = ", ".join(f"{value} {name}" for name, value in GOALS.items())
    facts = {**speed.facts(), "onnxruntime": speed.installed("onnxruntime")}
    kept = ("python", "machine", "netralitas-nlp", "numpy", "onnxruntime", "cores")
    return [
        *lines,
        "",
        f"{len(posts):,} distinct posts of {statistics.mean(map(len, posts)):.0f} characters, "
        f"{n} in each round, one core. Goals for the careful reader: {goals}. Load average "
        f"{speed.load_average()}. " + ", ".join(f"{key} {facts[key]}" for key in kept),
    ]


def read_posts(path: str | None, column: str) -> list[str]:
    if path is None:
        texts = [row["text"] for row in speed.read_posts("train", "test")]
        return speed.of_real_length(texts)
    csv.field_size_limit(2**31 - 1)
    with open(path, encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row[column] for row in csv.DictReader(file)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer posts")
    parser.add_argument("--posts", metavar="FILE", help="CSV with other posts, such as real ones")
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--encoder", metavar="FOLDER", help="instead of models/careful")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--config", type=json.loads, default={}, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part](options.config)))
        return
    if find_spec("onnxruntime") is None:
        parser.error("the careful reader needs onnxruntime: pip install 'netralitas-nlp[careful]'")
    n, rounds = (100, 3) if options.quick else (300, 7)
    posts = read_posts(options.posts, options.text_column)[: n * (rounds + 1)]
    n = min(n, len(posts) // (rounds + 1))
    lines = measure(posts, n, options.encoder)
    if options.write:
        page.put("careful", "careful.py" + " --quick" * options.quick, lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
