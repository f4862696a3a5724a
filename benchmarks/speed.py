"""Speed and memory of netralitas_nlp beside its peers, measured in pairs within one run.

``python benchmarks/speed.py`` prints a Markdown table; ``--quick`` takes about a minute,
``--json`` prints the same figures for machines. Peers: ``pip install 'netralitas-nlp[benchmark]'``;
one that is missing is named and its rows are left out.

Machines are noisy, so nothing here is an absolute promise: both sides of a ratio run alternately,
the one that starts changes from round to round, and the median of the ratios is reported with the
smallest and the largest. Every measurement runs in child processes of one thread each; this
process stays small and only waits, because Linux starts a child's peak memory at its parent's.
Texts are the posts of ``data/posts``; nothing outside the repository is needed.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POSTS = ROOT / "data" / "posts"
SEED = 20240214
LENGTH = 145
MARKER = "<!-- the rest is written by speed.py --write -->"
N_POSTS = 20_000
ONE_TEXT = "Ayo coblos nomor 2, menangkan Bu Rina!"
THREADS = (
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS",
)  # fmt: skip
PEERS = {"profanity_check": "alt-profanity-check", "fasttext": "fasttext-wheel"}

_COLD = """
import time
begin = time.perf_counter()
{body}
print(time.perf_counter() - begin)
"""
COLD_OURS = _COLD.format(
    body=f"from netralitas_nlp import Scorer\nScorer.load().predict_proba([{ONE_TEXT!r}])"
)
COLD_FULL = _COLD.format(body=f"from netralitas_nlp import score\nscore({ONE_TEXT!r})")
COLD_PEER = _COLD.format(
    body=f"from profanity_check import predict_prob\npredict_prob([{ONE_TEXT!r}])"
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    cold: int
    rounds: int
    posts: int
    fresh: int
    job_rounds: int
    job_rows: int
    evidence_rows: int
    stem_rounds: int
    memory_rows: tuple[int, int]


FULL = Size(9, 9, N_POSTS, 3, 3, 200_000, 20_000, 7, (50_000, 1_000_000))
QUICK = Size(3, 3, 4_000, 1, 1, 20_000, 2_000, 3, (10_000, 40_000))


@dataclass
class Row:
    """One line of the table."""

    name: str
    ours: str
    against: str
    unit: str
    values: list[float]
    goal: str
    bound: float | None = None
    at_least: bool = True
    met: bool | None = field(init=False)

    def __post_init__(self) -> None:
        middle = self.median
        self.met = None
        if self.bound is not None:
            self.met = middle >= self.bound if self.at_least else middle <= self.bound

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
        }


# --- texts -------------------------------------------------------------------------------------


def read_posts(*names: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for name in names:
        with open(POSTS / f"{name}.csv", encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


def of_real_length(texts: Sequence[str], length: int = LENGTH) -> list[str]:
    """Shuffle texts, then join the short and cut the long at a space, to posts of one length."""
    order = [" ".join(text.split()) for text in texts]
    random.Random(SEED).shuffle(order)
    posts: list[str] = []
    current = ""
    for word in (word for text in order for word in text.split()):
        longer = f"{current} {word}" if current else word
        if current and len(longer) - length > length - len(current):
            posts.append(current)
            longer = word
        current = longer
    return posts


def repeated(items: Sequence[str], n: int) -> Iterator[str]:
    """Go round and round until there are `n`."""
    return (items[i % len(items)] for i in range(n))


def write_table(path: Path, posts: Sequence[str], n: int) -> None:
    """A CSV as it comes out of a crawler: posts repeat, the link at the end of each does not."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "teks"])
        for i, post in enumerate(repeated(posts, n)):
            code = f"{i * 2654435761 % 2**32:08x}"
            writer.writerow([i, f"{post} https://t.co/{code}"])


# --- the measuring side: each function runs in a child process of its own ------------------------


def rounds(contestants: Mapping[str, Callable[[], object]], n: int) -> list[dict[str, float]]:
    """Seconds of each contestant in each round; the first starter changes from round to round."""
    names = list(contestants)
    out = []
    for i in range(n):
        turn = i % len(names)
        seconds = {}
        for name in names[turn:] + names[:turn]:
            begin = time.perf_counter()
            contestants[name]()
            seconds[name] = time.perf_counter() - begin
        out.append(seconds)
    return out


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _fasttext(folder: Path) -> Callable[[list[str]], object]:
    """Train fastText on the project's own posts and return its batch prediction.

    The wheel of 2020 breaks with numpy 2 when one string is predicted (``np.array(copy=False)``);
    a list of strings takes another way, through ``model.f.multilinePredict``, which makes no such
    array. Where even that fails, the underlying ``model.f.predict`` is called text by text.
    """
    import fasttext

    fasttext.FastText.eprint = lambda *_: None  # its notice about load_model
    source = folder / "fasttext.txt"
    with open(source, "w", encoding="utf-8") as file:
        for row in read_posts("train"):
            file.write(f"__label__{row['label']} {' '.join(row['text'].split())}\n")
    model = fasttext.train_supervised(
        str(source), wordNgrams=2, minn=2, maxn=5, dim=16, bucket=200_000, epoch=5, thread=1,
        seed=SEED, verbose=0,
    )  # fmt: skip

    def one_by_one(texts: list[str]) -> object:
        return [model.f.predict(text + "\n", 1, 0.0, "strict") for text in texts]

    def batch(texts: list[str]) -> object:
        return model.predict(texts)

    try:
        batch([ONE_TEXT])
    except ValueError:
        return one_by_one
    return batch


def part_throughput(config: Mapping[str, Any]) -> Any:
    """Warm throughput; everybody gets the same list of texts in one call."""
    from netralitas_nlp import Scorer

    texts, unseen = _lines(config["posts"]), _lines(config["unseen"])
    scorer = Scorer.load()
    readers: dict[str, Callable[[list[str]], object]] = {"ours": scorer.predict_proba}
    if "profanity_check" in config["peers"]:
        from profanity_check import predict_prob

        readers["profanity_check"] = predict_prob
    if "fasttext" in config["peers"]:
        readers["fasttext"] = _fasttext(Path(config["folder"]))

    def measure(posts: list[str], n: int) -> list[dict[str, float]]:
        calls = {name: partial(read, posts) for name, read in readers.items()}
        for call in calls.values():
            call()  # warm
        return rounds(calls, n)

    return {
        "all": measure(texts, config["rounds"]),
        "unseen": measure(unseen, config["rounds"]),
        "n": [len(texts), len(unseen)],
    }


def part_first(config: Mapping[str, Any]) -> Any:
    """First and warm pass of a fresh process over the same posts: a pair within one process."""
    from netralitas_nlp import Scorer

    texts = _lines(config["posts"])[: config["n"]]
    scorer = Scorer.load()
    scorer.predict_proba([ONE_TEXT])  # word lists are loaded at the first text: that is cold start

    def measure() -> float:
        begin = time.perf_counter()
        scorer.predict_proba(texts)
        return time.perf_counter() - begin

    return {"first": measure(), "warm": min(measure() for _ in range(3))}


def part_halves(config: Mapping[str, Any]) -> Any:
    """Seconds of one process for all posts and of two for a half each; everybody is warm."""
    from netralitas_nlp import Scorer

    texts = _lines(config["posts"])
    scorer = Scorer.load()
    scorer.predict_proba(texts)  # warm; what it remembers is forked with it

    def read(posts: list[str]) -> None:
        for _ in range(config["times"]):  # a fork should not count
            scorer.predict_proba(posts)

    def two() -> None:
        processes = [
            multiprocessing.get_context("fork").Process(target=read, args=(half,))
            for half in (texts[::2], texts[1::2])
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            assert process.exitcode == 0

    return rounds({"one": lambda: read(texts), "two": two}, config["rounds"])


def part_stemmer(config: Mapping[str, Any]) -> Any:
    """Seconds for 40 words that neither side has met; new words and new caches each round."""
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    from netralitas_nlp.lexicons import Lexicon
    from netralitas_nlp.text import Stemmer

    found = re.findall(r"[a-z]{4,}", Path(config["posts"]).read_text(encoding="utf-8").lower())
    words = sorted(set(found))
    random.Random(SEED).shuffle(words)
    overrides = Lexicon().stem_overrides
    Stemmer(overrides)("menangkan")  # loads the root words; Sastrawi loads them in create_stemmer
    out = []
    for i in range(config["rounds"]):
        sample = words[40 * i : 40 * i + 40]
        theirs = StemmerFactory().create_stemmer()
        ours = [Stemmer(overrides) for _ in range(25)]  # 40 words alone are over too soon to time
        begin = time.perf_counter()
        for stemmer in ours:
            for word in sample:
                stemmer(word)
        middle = time.perf_counter()
        for word in sample:
            theirs.stem(word)
        end = time.perf_counter()
        out.append({"ours": (middle - begin) / len(ours), "Sastrawi": end - middle})
    return out


def part_memory(config: Mapping[str, Any]) -> Any:
    """Peak memory of ``netralitas score --input`` in this process, in bytes."""
    import resource

    from netralitas_nlp.cli import main as netralitas

    netralitas(config["arguments"], standalone_mode=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def part_spin(config: Mapping[str, Any]) -> Any:
    """A plain loop: what the cores of this machine give to somebody who shares nothing."""
    total = 0
    for i in range(config["n"]):
        total += i & 7
    return total


def part_model(_: Mapping[str, Any]) -> Any:
    """Bytes of the bundled model that scoring reads, and of its whole folder."""
    from netralitas_nlp.model.loading import bundled_path

    folder = Path(bundled_path())
    read = sum((folder / name).stat().st_size for name in ("model.json", "weights.npz"))
    return read, sum(path.stat().st_size for path in folder.iterdir())


PARTS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "throughput": part_throughput,
    "first": part_first,
    "halves": part_halves,
    "stemmer": part_stemmer,
    "memory": part_memory,
    "model": part_model,
    "spin": part_spin,
}


# --- the waiting side ----------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """One thread for everybody, and compiled modules kept as in any installation."""
    env = dict(os.environ) | dict.fromkeys(THREADS, "1") | {"PYTHONHASHSEED": "0"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


def run(arguments: Sequence[str]) -> tuple[float, str]:
    """Wall seconds of a child from start to end, and what it printed."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment(), capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"a measured process failed: {done.stderr.strip()[-2000:]}")
    return seconds, done.stdout


def child(part: str, **config: Any) -> Any:
    _, printed = run([__file__, "--part", part, "--config", json.dumps(config)])
    return json.loads(printed.splitlines()[-1])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def load_average() -> str:
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def _seconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.3f} s"


def _rate(n: int, values: Sequence[float]) -> str:
    return f"{n / statistics.median(values):,.0f}/s"


def cold_start(size: Size) -> list[Row]:
    programs = {"ours": COLD_OURS, "full": COLD_FULL, "peer": COLD_PEER}
    for program in programs.values():
        run(["-c", program])  # modules compiled, files in the page cache
    whole: dict[str, list[float]] = {name: [] for name in programs}
    inside: dict[str, list[float]] = {name: [] for name in programs}
    names = list(programs)
    for i in range(size.cold):
        for name in names[i % 3 :] + names[: i % 3]:
            seconds, printed = run(["-c", programs[name]])
            whole[name].append(seconds)
            inside[name].append(float(printed))

    def row(title: str, ours: str, times: dict[str, list[float]], goal: float | None) -> Row:
        ratios = [a / b for a, b in zip(times[ours], times["peer"], strict=True)]
        return Row(
            f"cold start: {title}", _seconds(times[ours]),
            f"alt-profanity-check {_seconds(times['peer'])}", "of its time", ratios,
            f"at most {goal}" if goal else "", goal, at_least=False,
        )  # fmt: skip

    return [
        row("fresh process, import, load, `predict_proba` of one text", "ours", whole, 0.12),
        row("the same without starting Python", "ours", inside, None),
        row("fresh process, import, load, `score` with evidence", "full", whole, None),
    ]


def throughput(size: Size, folder: Path, peers: Sequence[str]) -> list[Row]:
    found = child(
        "throughput", posts=str(folder / "posts.txt"), unseen=str(folder / "unseen.txt"),
        folder=str(folder), peers=list(peers), rounds=size.rounds,
    )  # fmt: skip
    out = []

    def add(title: str, peer: str, key: str, goal: float | None) -> None:
        n = found["n"][0 if key == "all" else 1]
        ours = [seconds["ours"] for seconds in found[key]]
        theirs = [seconds[peer] for seconds in found[key]]
        label = {"profanity_check": "alt-profanity-check", "fasttext": "fastText"}[peer]
        out.append(
            Row(
                f"throughput: {title}",
                _rate(n, ours),
                f"{label} {_rate(n, theirs)}",
                "times its posts per second",
                [b / a for a, b in zip(ours, theirs, strict=True)],
                f"at least {goal:g}" if goal else "",
                goal,
            )
        )

    if "profanity_check" in peers:
        add(f"`predict_proba`, warm, {found['n'][0]:,} posts", "profanity_check", "all", 1.5)
    if "fasttext" in peers:
        add(f"`predict_proba`, warm, {found['n'][0]:,} posts", "fasttext", "all", 4)
        # fastText keeps the n-grams of the words it was trained on ready; new posts cost it more
        add(f"the same, {found['n'][1]:,} posts fastText did not see", "fasttext", "unseen", None)
    return out


def first_pass(size: Size, folder: Path) -> list[Row]:
    out = []
    small = size.posts // 10
    for n, goal in ((size.posts, 0.5), (small, None)):
        pairs = [child("first", posts=str(folder / "posts.txt"), n=n) for _ in range(size.fresh)]
        first, warm = ([pair[key] for pair in pairs] for key in ("first", "warm"))
        out.append(
            Row(
                f"throughput: first pass of a fresh process, {n:,} posts",
                _rate(n, first),
                f"warm {_rate(n, warm)}",
                "of the warm speed",
                [b / a for a, b in zip(first, warm, strict=True)],
                f"at least {goal:g}" if goal else "",
                goal,
            )
        )
    return out


def _score(source: Path, output: Path, *more: str) -> list[str]:
    return [
        "score", "--input", str(source), "--text-column", "teks", "--output", str(output),
        "--force", "--quiet", *more,
    ]  # fmt: skip


def free_cores(size: Size) -> Row:
    """How much faster two processes are here and now when nothing but cores limits them."""
    one: list[float] = []
    two: list[float] = []
    for _ in range(size.job_rounds + 1):
        n = 40_000_000
        begin = time.perf_counter()
        child("spin", n=n)
        middle = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda half: child("spin", n=half), (n // 2, n // 2)))
        two.append(time.perf_counter() - middle)
        one.append(middle - begin)
    return Row(
        "two processes: control, a plain loop cut in halves (what the machine has free)",
        _seconds(two), f"one process {_seconds(one)}", "times as fast",
        [a / b for a, b in zip(one, two, strict=True)], "",
    )  # fmt: skip


def two_processes(size: Size, folder: Path, posts: Sequence[str]) -> list[Row]:
    control = free_cores(size)
    pairs = child("halves", posts=str(folder / "posts.txt"), times=10, rounds=size.rounds)
    ones, twos = ([pair[key] for pair in pairs] for key in ("one", "two"))
    warm = Row(
        f"two processes: `predict_proba` of halves, warm, ten times {size.posts:,} posts",
        _seconds(twos), f"one process {_seconds(ones)}", "times as fast",
        [a / b for a, b in zip(ones, twos, strict=True)], "at least 1.8", 1.8,
    )  # fmt: skip
    out = [control, warm]
    plans = (
        ("--no-evidence", size.job_rows, "without evidence"),
        ("--evidence", size.evidence_rows, "with evidence"),
    )
    for option, n, title in plans:
        source = folder / "jobs.csv"
        write_table(source, posts, n)
        one: list[float] = []
        two: list[float] = []
        for i in range(size.job_rounds):
            for jobs in (1, 2) if i % 2 == 0 else (2, 1):
                arguments = _score(source, folder / "jobs-out.csv", option, "--jobs", str(jobs))
                seconds, _ = run(["-m", "netralitas_nlp", *arguments])
                (one if jobs == 1 else two).append(seconds)
        goal = 1.8 if option == "--no-evidence" else None
        out.append(
            Row(
                f"two processes: `netralitas score --jobs 2`, {n:,} rows, {title}",
                _seconds(two),
                f"one process {_seconds(one)}",
                "times as fast",
                [a / b for a, b in zip(one, two, strict=True)],
                f"at least {goal}" if goal else "",
                goal,
            )
        )
    if control.median < 1.8:  # no program could reach the goal here and now
        for row in out[1:]:
            if not row.met:
                row.met, row.goal = None, row.goal and f"{row.goal} (not judged: control below it)"
    return out


def stemming(size: Size, folder: Path) -> list[Row]:
    pairs = child("stemmer", posts=str(folder / "posts.txt"), rounds=size.stem_rounds)
    ours, theirs = ([pair[key] for pair in pairs] for key in ("ours", "Sastrawi"))
    return [
        Row(
            "stemmer: 40 uncached words of the posts",
            _rate(40, ours),
            f"Sastrawi {_rate(40, theirs)}",
            "times its words per second",
            [b / a for a, b in zip(ours, theirs, strict=True)],
            "at least 1,000",
            1000,
        )
    ]


def memory(size: Size, folder: Path, posts: Sequence[str]) -> list[Row]:
    peaks = []
    for n in size.memory_rows:
        source = folder / "memory.csv"
        write_table(source, posts, n)
        arguments = _score(source, folder / "memory-out.csv", "--no-evidence")
        peaks.append(child("memory", arguments=arguments) / 1e6)
        source.unlink()
    few, many = size.memory_rows
    model, whole = (size / 1e6 for size in child("model"))
    return [
        Row(
            f"peak memory: `netralitas score --no-evidence`, {many:,} rows", f"{peaks[1]:,.0f} MB",
            "", "MB", [peaks[1]], "at most 250 MB", 250, at_least=False,
        ),
        Row(
            f"peak memory: {many:,} rows against {few:,}", f"{peaks[1]:,.0f} MB",
            f"{few:,} rows {peaks[0]:,.0f} MB", "times the memory", [peaks[1] / peaks[0]],
            "constant (at most 1.1)", 1.1, at_least=False,
        ),
        Row(
            "model: what scoring reads", f"{model:.2f} MB",
            f"with its card and the word vectors for training {whole:.2f} MB", "MB", [model],
            "at most 8 MB", 8, at_least=False,
        ),
    ]  # fmt: skip


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def facts() -> dict[str, str]:
    packages = ("netralitas-nlp", "numpy", "alt-profanity-check", "fasttext-wheel", "Sastrawi")
    out = {"python": platform.python_version(), "machine": platform.machine()}
    out |= {name: installed(name) for name in packages}
    affinity = getattr(os, "sched_getaffinity", None)
    out["cores"] = str(len(affinity(0)) if affinity else os.cpu_count())
    return out


def measure(size: Size) -> dict[str, Any]:
    notes = []
    peers = []
    for module, package in PEERS.items():
        if find_spec(module) is None:
            notes.append(
                f"{package} is not installed, its rows are left out; "
                "pip install 'netralitas-nlp[benchmark]'"
            )
            say(notes[-1])
        else:
            peers.append(module)
    before = load_average()
    posts = of_real_length([row["text"] for row in read_posts("train", "test")])
    unseen = of_real_length([row["text"] for row in read_posts("test")])
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = "\n".join(repeated(posts, size.posts))
        (folder / "posts.txt").write_text(texts, encoding="utf-8")
        (folder / "unseen.txt").write_text("\n".join(unseen), encoding="utf-8")
        del texts
        steps: list[tuple[str, Callable[[], list[Row]]]] = [
            ("throughput", lambda: throughput(size, folder, peers)),
            ("first pass", lambda: first_pass(size, folder)),
            ("two processes", lambda: two_processes(size, folder, posts)),
            ("stemmer", lambda: stemming(size, folder)),
            ("memory", lambda: memory(size, folder, posts)),
        ]
        if "profanity_check" in peers:
            steps.insert(0, ("cold start", lambda: cold_start(size)))
        for title, step in steps:
            say(f"{title} (load average {load_average()})")
            rows += step()
    return {
        "facts": facts(),
        "posts": {"distinct": len(posts), "mean_length": statistics.mean(map(len, posts))},
        "load_average": {"before": before, "after": load_average()},
        "notes": notes,
        "rows": [row.to_dict() for row in rows],
    }


def table(report: Mapping[str, Any]) -> str:
    """The report as Markdown."""
    lines = [
        "| measure | netralitas_nlp | against | ratio, median (min-max) | goal | met |",
        "| --- | ---: | ---: | --- | --- | --- |",
    ]
    for row in report["rows"]:
        middle, low, high = (_number(row[key]) for key in ("median", "min", "max"))
        ratio = f"{middle} ({low}-{high}) {row['unit']}" if len(row["values"]) > 1 else (
            f"{middle} {row['unit']}"
        )  # fmt: skip
        met = {True: "yes", False: "no", None: ""}[row["met"]]
        cells = [row["name"], row["ours"], row["against"], ratio, row["goal"], met]
        lines.append(f"| {' | '.join(cells)} |")
    posts, loads = report["posts"], report["load_average"]
    lines += [
        "",
        f"{posts['distinct']:,} distinct posts of {posts['mean_length']:.0f} characters on "
        f"average, one thread in every process. Load average {loads['before']} before, "
        f"{loads['after']} after. " + ", ".join(f"{k} {v}" for k, v in report["facts"].items()),
    ]
    lines += [f"**{note}**" for note in report["notes"]]
    return "\n".join(lines)


def write(text: str, option: str) -> None:
    """Put the table below the marker in this folder's README."""
    readme = Path(__file__).with_name("README.md")
    head, marker, _ = readme.read_text(encoding="utf-8").partition(MARKER)
    if not marker:
        raise SystemExit(f"{readme} has no line {MARKER!r}")
    command = f"python benchmarks/speed.py {option}".strip()
    readme.write_text(f"{head}{marker}\n\nPrinted by `{command}`.\n\n{text}\n", encoding="utf-8")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and rows")
    parser.add_argument("--json", action="store_true", help="print JSON instead of Markdown")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--config", type=json.loads, default={}, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if find_spec("netralitas_nlp") is None:
        parser.error("netralitas_nlp is not installed here; run: pip install -e '.[benchmark]'")
    if options.part:
        print(json.dumps(PARTS[options.part](options.config)))
        return
    report = measure(QUICK if options.quick else FULL)
    if options.write:
        write(table(report), "--quick" if options.quick else "")
    print(json.dumps(report, indent=2, ensure_ascii=False) if options.json else table(report))


if __name__ == "__main__":
    main()
