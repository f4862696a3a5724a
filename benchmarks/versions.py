"""Lowest and newest dependencies on every Python of this machine, and models that cross over.

``python benchmarks/versions.py`` makes an environment for each Python of 3.10 to 3.13 that it finds
(with the newest dependencies, and on the oldest Python also with the lowest that ``pyproject.toml``
allows), runs the tests of scoring in each, trains a small model in each and scores with it in every
other: the same probabilities, and not a word on stderr. ``--short`` takes only the lowest
dependencies and the Python it runs under; ``--write`` puts the table into README.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import page

ROOT = Path(__file__).resolve().parent.parent
TESTS = (
    "tests/features",
    "tests/model/test_scorer_contract.py",
    "tests/model/test_long_texts.py",
    "tests/integrations/test_score_files.py",
    "tests/training/test_agreement.py",
)
_EXTRA = ("pytest>=8.0", "hypothesis>=6.90", "pyarrow>=14", "openpyxl>=3.1")

_TRAIN = """
import sys
from netralitas_nlp.training import PartisanshipClassifier
texts = ["ayo coblos nomor dua", "menangkan bu rina", "dukung pak burhan", "pilih nomor tiga",
         "kpu menetapkan jadwal", "hujan turun sejak pagi", "asn wajib netral", "harga cabai naik"]
labels = ["partisan"] * 4 + ["netral"] * 4
PartisanshipClassifier(folds=2).fit(texts * 3, labels * 3).save(sys.argv[1])
"""
_SCORE = """
import sys, warnings
warnings.simplefilter("error")
from netralitas_nlp import Scorer
p = Scorer.load(sys.argv[1]).predict_proba(["ayo dukung bu rina", "hujan", ""])
print(p.round(12).tolist())
"""


def dependencies() -> list[str]:
    """Requirements of the library, as they stand in ``pyproject.toml``."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("\ndependencies = [", 1)[1].split("]", 1)[0]
    return re.findall(r'"([^"]+)"', block)


def lowest(requirement: str) -> str:
    """The lowest release a requirement allows, with its bug fixes."""
    name, _, number = requirement.partition(">=")
    return f"{name}=={number}.*" if number.count(".") == 1 else f"{name}=={number}"


def pythons() -> dict[str, str]:
    """Version to interpreter, of those this machine has."""
    found = {}
    for minor in range(10, 14):
        name = f"3.{minor}"
        places = [shutil.which(f"python{name}") or ""]
        places += map(str, sorted(Path.home().glob(f".pyenv/versions/{name}.*/bin/python")))
        for place in filter(None, places):
            done = subprocess.run([place, "-c", "import venv, ensurepip"], check=False,
                                  capture_output=True)  # fmt: skip
            if done.returncode == 0:
                found[name] = place
                break
    return found


_SHOWN = ("numpy", "pandas", "scikit-learn")
_NUMBERS = f"""
from importlib.metadata import version
print(*map(version, {_SHOWN!r}), sep=" | ")
"""


def table(rows: Sequence[Sequence[str]], seconds: float) -> list[str]:
    """Environments and what was tried in each, as Markdown."""
    names = ("dependencies", *_SHOWN, "tests", "its model in all", "seconds")
    return [
        f"| {' | '.join(names)} |",
        f"|{' --- |' * len(names)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"{seconds:,.0f} s in all. {page.machine()}",
    ]


def run(python: Path, *arguments: str) -> str:
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([str(python), *arguments], cwd=ROOT, env=env, check=False,
                          capture_output=True, text=True)  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{python}: {arguments[:2]} failed\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--short", action="store_true", help="lowest dependencies and this Python")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    found = pythons()
    if not found:
        parser.error("no Python of 3.10 to 3.13 found here")
    oldest = min(found, key=lambda name: int(name.split(".")[1]))
    here = f"3.{sys.version_info.minor}"
    plans = {
        f"lowest on {oldest}": (
            found[oldest],
            [*map(lowest, dependencies()), *map(lowest, _EXTRA)],
        ),
    }
    for name, place in found.items():
        if not options.short or name == here:
            plans[f"newest on {name}"] = (place, [*dependencies(), *_EXTRA])
    start = time.perf_counter()
    rows: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        ready = {}
        for number, (title, (place, wanted)) in enumerate(plans.items()):
            home = Path(folder) / str(number)
            subprocess.run([place, "-m", "venv", str(home)], check=True)
            python, begin = home / "bin" / "python", time.perf_counter()
            run(python, "-m", "pip", "install", "-q", *wanted)
            tests = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)
            passed = re.search(r"(\d+ passed)", tests)
            run(python, "-c", _TRAIN, str(home / "model"))
            ready[title] = (python, home / "model")
            numbers = run(python, "-c", _NUMBERS).strip()
            taken = f"{time.perf_counter() - begin:.0f}"
            rows[title] = [title, numbers, passed[1] if passed else "none", "", taken]
            print(f"{title}: {rows[title][2]} ({numbers}), {taken} s", flush=True)
        for maker, (_, model) in ready.items():
            answers = {run(python, "-W", "error", "-c", _SCORE, str(model))
                       for python, _ in ready.values()}  # fmt: skip
            if len(answers) != 1:
                raise SystemExit(f"the model of {maker} reads differently: {answers}")
            rows[maker][3] = f"same in {len(ready)}"
            print(f"the model of {maker} gives the same probabilities in all {len(ready)}")
    lines = table(list(rows.values()), time.perf_counter() - start)
    print("\n".join(lines))
    if options.write:
        page.put("versions", "versions.py" + " --short" * options.short, lines)


if __name__ == "__main__":
    main()
