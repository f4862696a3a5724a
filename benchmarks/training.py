"""Time and memory of ``netralitas train`` on tables of a given size.

``python benchmarks/training.py --quick`` trains on 3,000 rows (a minute); without it also on
100,000 rows, with two labels, with three and with a group column (half an hour). Prints a Markdown
table and exits with 1 where a limit is missed: two minutes for 3,000 rows, thirty for 100,000, and
`MOST_MEMORY` for both.

The rows are recombined from the sentences of ``data/posts``: each new row is made of two or more
sentences of posts with the same label, and some words are misspelt, so that rows are no copies and
the vocabulary keeps growing with them. Nothing outside the repository is needed. Time is wall
clock of the whole command in a fresh process; memory is the largest sum over that process and its
workers of what each holds for itself (proportional set size), read every half second. The seconds
of the processors tell how much of the wall clock other programs on the machine took.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
MINUTE = 60.0
LIMITS = {3_000: 2 * MINUTE, 100_000: 30 * MINUTE}
MOST_MEMORY = 4096  # MB, workers and all
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MISSPELT = 0.03
_PLACES = "".join(chr(c) for c in range(97, 123))


class Task(NamedTuple):
    """One table to train on."""

    rows: int
    column: str = "label"
    labels: int = 2
    groups: int = 0

    @property
    def name(self) -> str:
        end = f", {self.groups:,} groups" if self.groups else ""
        return f"{self.rows:,} rows, {self.labels} labels{end}"


QUICK = (Task(3_000), Task(3_000, "register", 3))
LONG = (Task(100_000), Task(100_000, "register", 3), Task(100_000, groups=2_000))


def sentences(column: str, labels: int) -> dict[str, list[str]]:
    """Sentences of the written posts by label; the most frequent labels."""
    found: dict[str, list[str]] = defaultdict(list)
    with (ROOT / "data" / "posts" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row[column]] += [s for s in _SENTENCE.split(row["text"]) if len(s.split()) > 3]
    usual = sorted(found, key=lambda k: -len(found[k]))[:labels]
    return {label: found[label] for label in usual}


def misspelt(text: str, random: np.random.Generator) -> str:
    """Some words lose, double or change a letter."""
    words = text.split(" ")
    for i in np.flatnonzero(random.random(len(words)) < _MISSPELT):
        word = words[i]
        if len(word) > 3:
            k = int(random.integers(1, len(word)))
            letter = _PLACES[random.integers(26)]
            words[i] = word[:k] + ("", word[k - 1], letter)[random.integers(3)] + word[k:]
    return " ".join(words)


def write_table(path: Path, task: Task, seed: int = 0) -> int:
    """Write a table; returns its characters."""
    random = np.random.default_rng(seed)
    of = sentences(task.column, task.labels)
    names = list(of)
    size = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["teks", "label", "akun"])
        for _ in range(task.rows):
            label = names[random.integers(len(names))]
            least = random.gamma(2.0, 55.0)
            parts: list[str] = []
            while len(parts) < 2 or sum(map(len, parts)) <= least:
                parts.append(of[label][random.integers(len(of[label]))])
            text = misspelt(" ".join(parts), random)
            size += len(text)
            group = f"akun{random.integers(task.groups)}" if task.groups else ""
            writer.writerow([text, label, group])
    return size


def held_by(process: int) -> int:
    """Bytes that a process and its children hold."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children[parent].append(int(entry.name))
    total, todo = 0, [process]
    while todo:
        one = todo.pop()
        todo += children[one]
        try:
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.M)
        except OSError:
            continue
        total += int(found[1]) * 1024 if found else 0
    return total


def train(task: Task, jobs: int, folder: Path) -> dict[str, Any]:
    """Run the command in a fresh process and watch it."""
    table, output = folder / "table.csv", folder / "model"
    size = write_table(table, task)
    command = [
        sys.executable, "-c", "from netralitas_nlp.cli import main; main()", "train", str(table),
        "--text-column", "teks", "--label-column", "label", "--output", str(output),
        "--jobs", str(jobs), "--force",
    ]  # fmt: skip
    command += ["--group-column", "akun"] if task.groups else []
    stages: list[tuple[float, str]] = []
    begin, before = time.perf_counter(), os.times()
    most = 0
    log = folder / "log.txt"
    with (
        log.open("w") as file,
        subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        ) as process,
    ):  # fmt: skip
        said = 0
        while process.poll() is None:
            most = max(most, held_by(process.pid))
            lines = log.read_text().splitlines()
            stages += [(time.perf_counter() - begin, line) for line in lines[said:]]
            said = len(lines)
            time.sleep(0.5)
    taken = time.perf_counter() - begin
    after = os.times()
    if process.returncode:
        raise SystemExit(log.read_text())

    def at(start: str) -> float:
        return next(t for t, line in stages if line.startswith(start))

    about = json.loads((output / "evaluation.json").read_text("utf-8"))
    return {
        "task": task.name,
        "characters": size // task.rows,
        "read": at("auditing"),
        "audit": at("rows ") - at("auditing"),
        "choose": at("training with") - at("rows "),
        "train": taken - at("training with"),
        "total": taken,
        "cpu": after.children_user
        + after.children_system
        - before.children_user
        - before.children_system,
        "limit": LIMITS[task.rows],
        "memory": most / 2**20,
        "macro_f1": about["figures"]["macro_f1"],
        "model": sum(f.stat().st_size for f in output.iterdir()) / 2**20,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3,000 rows only")
    parser.add_argument("--only", type=int, metavar="N", help="the N-th table of all only")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    tasks: tuple[Task, ...] = QUICK if options.quick else QUICK + LONG
    if options.only is not None:
        tasks = ((QUICK + LONG)[options.only],)
    print("| table | characters a row | audit | settings | training | all | of the processors | "
          "limit | peak memory | macro-F1 |")  # fmt: skip
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    missed = 0
    for task in tasks:
        with tempfile.TemporaryDirectory() as folder:
            found = train(task, options.jobs, Path(folder))
        missed += found["total"] > found["limit"] or found["memory"] > MOST_MEMORY
        print(f"| {found['task']} | {found['characters']} | {found['audit']:.0f} s | "
              f"{found['choose']:.0f} s | {found['train']:.0f} s | {found['total']:.0f} s | "
              f"{found['cpu']:.0f} s | {found['limit']:.0f} s | {found['memory']:,.0f} MB | "
              f"{found['macro_f1']:.3f} |", flush=True)  # fmt: skip
    print(f"\n{options.jobs} jobs, {os.cpu_count()} cores; at most {MOST_MEMORY:,} MB; "
          + ("a limit was missed" if missed else "every limit was held"))  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
