"""Posts per second of the Spark integration on this machine, and what a billion posts would cost.

    python benchmarks/spark.py            # prints
    python benchmarks/spark.py --write    # also puts the table into docs/spark.md

Needs `pip install '.[spark]'` and a Java runtime.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from recombined import recombined

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "spark.md"
START, END = "<!-- spark -->", "<!-- /spark -->"
BILLION = 1_000_000_000
POSTS = 160_000  # a round then takes seconds, beside which starting a Spark job is little
PRICE = 0.05  # US dollars for a core and hour: an assumption, put your own in


def measure(cores: int, texts: list[str], evidence: bool, rounds: int) -> float:
    """Posts per second, median of the rounds; no text is read twice, so no cache knows it."""
    from pyspark.sql import SparkSession

    from netralitas_nlp.integrations.spark import score_frame

    session: Any = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    size = len(texts) // (rounds + 1)
    speeds = []
    for i in range(rounds + 1):
        rows = [(text,) for text in texts[i * size : (i + 1) * size]]
        frame = session.createDataFrame(rows, "teks string").repartition(cores).cache()
        frame.count()
        begin = time.perf_counter()
        score_frame(frame, evidence=evidence).write.format("noop").mode("overwrite").save()
        speeds.append(size / (time.perf_counter() - begin))
    session.stop()
    return statistics.median(speeds[1:])  # the first round loads the model


def table(texts: list[str], rounds: int) -> str:
    """The figures as Markdown."""
    letters = statistics.fmean(map(len, texts))
    lines = [
        "| what | cores | posts per second | core-hours for a billion posts | "
        f"at {PRICE:.2f} USD a core-hour |",
        "|---|---:|---:|---:|---:|",
    ]
    for cores, evidence, share in ((1, False, 1), (2, False, 1), (2, True, 16)):
        speed = measure(cores, texts[::share], evidence, rounds)
        hours = BILLION / speed * cores / 3600
        what = "with evidence" if evidence else "scores only"
        lines.append(
            f"| {what} | {cores} | {speed:,.0f} | {hours:,.0f} | {hours * PRICE:,.2f} USD |"
        )
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    version = ".".join(map(str, sys.version_info[:3]))
    lines.append("")
    lines.append(
        f"Measured by `python benchmarks/spark.py` on {len(texts):,} posts of {letters:.0f} "
        "characters on average (halves of the posts in `data/posts`, put together anew; every "
        "sixteenth for evidence), each read once, warm workers, median of "
        f"{rounds} rounds, Python {version}, a machine with {os.cpu_count()} cores and a load "
        f"average of {load}."
    )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found = table(recombined(POSTS), options.rounds)
    print(found)
    if options.write:
        page = PAGE.read_text("utf-8")
        before, rest = page.split(START)
        after = rest.split(END)[1]
        PAGE.write_text(f"{before}{START}\n{found}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
