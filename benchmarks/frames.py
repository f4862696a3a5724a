"""Time and peak memory of scoring a large pandas frame, whole and in chunks.

python benchmarks/frames.py            # prints
python benchmarks/frames.py --write    # also puts the table into docs/scoring.md
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from recombined import recombined

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "scoring.md"
START, END = "<!-- frames -->", "<!-- /frames -->"
WAYS = {
    "`score_frame`, the whole table": """
frame = pandas.read_csv(path)
rows = len(Scorer.load().score_frame(frame, evidence=False))
""",
    "`score_chunks`, 50,000 rows at a time": """
chunks = pandas.read_csv(path, chunksize=50_000)
rows = sum(len(part) for part in score_chunks(chunks))
""",
}
CHILD = """
import json, resource, sys, time
import pandas
from netralitas_nlp import Scorer
from netralitas_nlp.integrations.frames import score_chunks
path = sys.argv[1]
begin = time.perf_counter()
{body}
took = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([rows, took, peak]))
"""


def measure(body: str, path: Path) -> tuple[int, float, float]:
    """Rows, seconds and peak megabytes of a fresh process."""
    child = [sys.executable, "-c", CHILD.format(body=body), str(path)]
    rows, took, peak = json.loads(subprocess.run(child, check=True, capture_output=True).stdout)
    return rows, took, peak


def table(sizes: list[int]) -> str:
    """The figures as Markdown."""
    texts = recombined(max(sizes))
    lines = [
        "| way | rows | seconds | rows per second | peak memory |",
        "|---|---:|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.csv"
            with open(path, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([["teks"], *([text] for text in texts[:size])])
            for way, body in WAYS.items():
                rows, took, peak = measure(body, path)
                speed = rows / took
                lines.append(f"| {way} | {rows:,} | {took:.1f} | {speed:,.0f} | {peak:,.0f} MB |")
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    lines += [
        "",
        "Printed by `python benchmarks/frames.py`: reading a CSV and scoring it without evidence, "
        "one process for each line, peak memory with Python, pandas and the model. Texts are "
        f"halves of the posts in `data/posts`, put together anew; a machine with {os.cpu_count()} "
        f"cores and a load average of {load}.",
    ]
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    options = parser.parse_args()
    found = table(options.rows)
    print(found)
    if options.write:
        page = PAGE.read_text("utf-8")
        before, rest = page.split(START)
        PAGE.write_text(f"{before}{START}\n{found}\n{END}{rest.split(END)[1]}", "utf-8")


if __name__ == "__main__":
    main()
