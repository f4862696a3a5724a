"""Peak memory of everything that reads a stream, on few rows and on many: is it independent?

``python benchmarks/memory.py`` reads a million rows of each kind, each in a fresh process, and a
twentieth of them; ``--write`` puts the table into README.md. Scoring a file may take 250 MB, and a
million rows may take a tenth more than 50,000, whatever the words are: posts as a crawler gives
them, or nothing but words that no post had before, which is the most that any memory of words can
be filled with.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import page
from speed import environment, of_real_length, read_posts, write_table

MOST, MOST_TIMES = 250, 1.1
_PEAK = """
import re, sys
rows, path = int(sys.argv[1]), sys.argv[2]
{body}
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""
_FILE = """
from netralitas_nlp.cli import main
options = ["--no-evidence", "--quiet", "--force", "--jobs", "1"]
main(["score", "--input", path, "--output", path + ".scored.csv", *options], standalone_mode=False)
"""
_STREAM = """
from netralitas_nlp import Scorer
lines = (line.partition(",")[2] for line in open(path, encoding="utf-8"))
done = sum(1 for _ in Scorer.load().score_stream(lines, evidence=False)) - 1
assert done == rows, done
"""
_CHUNKS = """
import pandas
from netralitas_nlp.integrations.frames import score_chunks
done = sum(len(part) for part in score_chunks(pandas.read_csv(path, chunksize=10_000)))
assert done == rows, done
"""
WAYS = {
    "`netralitas score --input`, posts": ("posts", _FILE),
    "`netralitas score --input`, new words": ("words", _FILE),
    "`score_stream`, posts": ("posts", _STREAM),
    "`score_stream`, new words": ("words", _STREAM),
    "`score_chunks`, 10,000 rows at a time, posts": ("posts", _CHUNKS),
}
HELD = tuple(way for way in WAYS if "--input" in way)
"""Those that the limit in megabytes is for; pandas alone takes half of it."""


def new_words(n: int) -> Iterator[str]:
    """Texts of ten words, none of which comes twice."""
    return (" ".join(f"kata{10 * i + j:x}baru" for j in range(10)) for i in range(n))


def write_words(path: Path, n: int) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("id,teks\n")
        file.writelines(f"{i},{text}\n" for i, text in enumerate(new_words(n)))


def peak(body: str, rows: int, path: Path) -> float:
    """Megabytes that a fresh process came to; Linux keeps them by program, not by process."""
    child = [sys.executable, "-c", _PEAK.format(body=body), str(rows), str(path)]
    done = subprocess.run(child, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return int(done.stdout) * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    few, many = options.rows // 20, options.rows
    lines = [
        f"| what is read | {few:,} rows | {many:,} rows | times | seconds |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    print("\n".join(lines), flush=True)
    posts = of_real_length([row["text"] for row in read_posts("train", "test")])
    missed = []
    with tempfile.TemporaryDirectory() as name:
        for way, (kind, body) in WAYS.items():
            peaks = []
            for rows in (few, many):
                source = Path(name, f"{kind}{rows}.csv")
                if not source.exists():
                    if kind == "posts":
                        write_table(source, posts, rows)
                    else:
                        write_words(source, rows)
                begin = time.perf_counter()
                peaks.append(peak(body, rows, source))
                seconds = time.perf_counter() - begin
            times = peaks[1] / peaks[0]
            cells = (way, f"{peaks[0]:.0f} MB", f"{peaks[1]:.0f} MB", f"{times:.2f}")
            lines.append(f"| {' | '.join(cells)} | {seconds:.0f} |")
            print(lines[-1], flush=True)
            if times > MOST_TIMES or (way in HELD and peaks[1] > MOST):
                missed.append(way)
    goal = f"Goals: at most {MOST} MB for a file, and at most {MOST_TIMES} times the memory"
    lines += ["", f"{goal}; {'missed' if missed else 'met'}. {page.machine()}"]
    print("\n".join(lines[-2:]))
    if options.write:
        page.put("memory", f"memory.py --rows {options.rows}", lines)
    if missed:
        raise SystemExit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
