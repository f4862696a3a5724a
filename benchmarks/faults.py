"""Runs of ``netralitas score --input`` that are killed, starved and interrupted, for real.

``python benchmarks/faults.py`` writes a table of ``--rows`` posts, scores it once undisturbed and
then again and again: killed with ``kill -9`` at random moments until a run gets through, with one
and with two processes; interrupted as by Ctrl-C; on a disk that is full; into a pipe whose reader
goes away. Each time the finished file must have the bytes of the undisturbed run, and whoever
stops early must say so in one line. ``--write`` puts the table into README.md. The short form is
``tests/integrations/test_faults.py``.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import page
from speed import of_real_length, read_posts, write_table

COMMAND = [sys.executable, "-m", "netralitas_nlp", "score"]
_FEWEST = 10
FAULTS = {signal.SIGKILL: "`kill -9`", signal.SIGINT: "Ctrl-C"}
_LIMITED = (
    "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
    "from netralitas_nlp.cli import main\nmain(sys.argv[1:])"
)


def arguments(source: Path, output: Path, jobs: int) -> list[str]:
    return ["--input", str(source), "--output", str(output), "--no-evidence", "--quiet",
            "--jobs", str(jobs)]  # fmt: skip


def start(source: Path, output: Path, jobs: int) -> subprocess.Popen[str]:
    command = [*COMMAND, *arguments(source, output, jobs)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def same(output: Path, expected: bytes, what: str) -> None:
    assert output.read_bytes() == expected, f"{what}: the file differs from an undisturbed run"
    left = [path.name for path in output.parent.iterdir() if path.name.startswith(output.name)]
    assert left == [output.name], f"{what}: {left} are left over"


def stopped(
    source: Path, output: Path, jobs: int, expected: bytes, number: signal.Signals,
    longest: float, draw: random.Random,
) -> int:  # fmt: skip
    """Stop runs at random moments until one gets through; how many were stopped."""
    stops = 0
    while True:
        process = start(source, output, jobs)
        longest *= 1.02  # a machine that has become busy gets on all the same
        try:
            _, errors = process.communicate(timeout=draw.uniform(0.05, longest))
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            _, errors = process.communicate()
            early = process.returncode == -number or errors.endswith("\nKeyboardInterrupt\n")
            if number == signal.SIGKILL or early:
                stops += 1  # or Python itself was still starting, and says it in its own way
            elif process.returncode != 0:
                lines = errors.strip().splitlines()
                assert process.returncode == 2, (process.returncode, errors)
                assert len(lines) == 1, errors
                stops += 1
        if output.exists() and not Path(f"{output}.part.json").exists():
            same(output, expected, f"{number.name}, {jobs} processes")
            if stops >= _FEWEST:
                return stops
            os.remove(output)  # it got through too soon: once more
        assert stops < 10_000


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Callable[[], None] | None]:
    """A disk of that many bytes and a way to enlarge it; None where nobody may mount one."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(options, check=False, capture_output=True).returncode:
        yield None
        return

    def enlarge() -> None:
        subprocess.run(["mount", "-o", f"remount,size={size * 20}", str(folder)], check=True)

    try:
        yield enlarge
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def full_disk(folder: Path, source: Path, expected: bytes, jobs: int) -> str:
    disk = folder / f"disk{jobs}"
    with small_disk(disk, len(expected) // 2) as enlarge:
        output = disk / "scored.csv"
        if enlarge is None:
            code = _LIMITED.format(limit=len(expected) // 2)
            command = [sys.executable, "-c", code, "score", *arguments(source, output, jobs)]
        else:
            command = [*COMMAND, *arguments(source, output, jobs)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert not output.exists()
        kept = Path(f"{output}.part").stat().st_size
        assert kept > len(expected) // 4, "hardly anything was kept"
        if enlarge is not None:
            enlarge()
        process = start(source, output, jobs)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        same(output, expected, "full disk")
        print(done.stderr.strip().replace(str(disk), "DISK"), flush=True)
        return "full tmpfs" if enlarge else "limit on the size of files"


def closed_pipe(folder: Path) -> None:
    lines = folder / "lines.txt"
    lines.write_text("Ayo coblos nomor dua\n" * 50_000, encoding="utf-8")
    with lines.open() as file:
        process = subprocess.Popen(
            COMMAND, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1


HEAD = ("| fault | processes | stopped | the finished file |", "| --- | ---: | ---: | --- |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20240214)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    posts = of_real_length([row["text"] for row in read_posts("train", "test")])
    lines = list(HEAD)
    print("\n".join(lines), flush=True)

    def row(*cells: object) -> None:
        lines.append(f"| {' | '.join(map(str, cells))} |")
        print(lines[-1], flush=True)

    start_time = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, calm = folder / "posts.csv", folder / "calm.csv"
        write_table(source, posts, options.rows)
        begin = time.perf_counter()
        process = start(source, calm, 1)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        seconds = time.perf_counter() - begin
        expected = calm.read_bytes()
        assert expected.count(b"\n") == options.rows + 1
        row("none", 1, "", f"{options.rows:,} rows, {len(expected) / 1e6:,.0f} MB")
        for number, what in FAULTS.items():
            for jobs in (1, 2):
                output = folder / f"scored-{number}-{jobs}.csv"
                stops = stopped(source, output, jobs, expected, number, seconds / 6, draw)
                row(what, jobs, f"{stops} times, at random moments", "same bytes")
                os.remove(output)
        for jobs in (1, 2):
            row(full_disk(folder, source, expected, jobs), jobs, "once, one line", "same bytes")
        closed_pipe(folder)
        row("pipe whose reader goes away", 1, "status 1, not a word", "")
    taken = time.perf_counter() - start_time
    said = ["", f"{seconds:,.0f} s undisturbed, {taken:,.0f} s in all. {page.machine()}"]
    print("\n".join(said))
    if options.write:
        command = f"faults.py --rows {options.rows} --seed {options.seed}"
        page.put("faults", command, [*lines, *said])


if __name__ == "__main__":
    main()
