"""Every example of the documentation is run; the site builds without a network."""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
)
NOT_OURS = (
    "pip install",
    "python3 -m venv",
    "python scripts/",
    "python benchmarks/",
    "python -m venv",
)


def blocks(page, language):
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def commands(page):
    for block in [*blocks(page, "sh"), *blocks(page, "console")]:
        for line in block.replace("\\\n", " ").splitlines():
            command = line.removeprefix("$ ").partition("  #")[0].strip()
            if command.startswith("netralitas "):
                yield command
            else:
                known = not command or any(name in command for name in NOT_OURS)
                assert known, f"{page}: {line} is neither run nor known"


def test_there_is_something_to_run():
    assert len(PAGES) >= 8
    assert sum(len(blocks(page, "python")) for page in PAGES) >= 8
    assert sum(len(list(commands(page))) for page in PAGES) >= 20


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def sandbox(tmp_path, monkeypatch, posts):
    """A folder with the files that the examples speak of."""
    monkeypatch.chdir(tmp_path)
    texts, labels, signals = posts
    rows = [
        [text, label, " ".join(names), "barat" if i % 3 else "timur", f"2024-11-{1 + i % 28:02}"]
        for i, (text, label, names) in enumerate(zip(texts, labels, signals, strict=True))
    ]
    header = ["teks", "label", "sinyal", "wilayah", "tanggal"]
    for name in ("labelled", "held_out", "berlabel", "uji", "keputusan"):
        write(tmp_path / f"{name}.csv", header, rows)
    for name in ("posts", "unggahan"):
        write(tmp_path / f"{name}.csv", ["teks", "tanggal"], [[r[0], r[4]] for r in rows])
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    checks = tmp_path / "data" / "checks"
    checks.mkdir(parents=True)
    for path in (ROOT / "data" / "checks").glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            head, *body = csv.reader(file)
        # runs of eight from all over the file: both labels, twins together
        kept = [row for i, row in enumerate(body) if path.stem == "parity" or i % 160 < 8]
        write(checks / path.name, head, kept)
    shutil.copy(checks / "suite.csv", tmp_path / "my-suite.csv")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_python_examples_run(page, sandbox, posts, scorer, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    import pandas as pd

    texts, labels, _ = posts
    given = {
        "texts": texts, "labels": labels, "train_texts": texts, "train_labels": labels,
        "regions": ["barat", "timur"] * 30, "lines": texts[:5],
        "frame": pd.DataFrame({"teks": texts[:4]}), "__name__": "__main__",
    }  # fmt: skip
    for code in blocks(page, "python"):
        if code.startswith("# spark"):
            continue  # needs a session: tests/integrations/test_spark.py runs it
        exec(compile(code, page, "exec"), given)


@pytest.mark.parametrize("page", PAGES)
def test_commands_run(page, sandbox, small_folder):
    from netralitas_nlp.cli import main

    shutil.copytree(small_folder, sandbox / "my-model")
    shutil.copytree(small_folder, sandbox / "model-saya")
    for line in commands(page):
        words, _, standard = line.partition(" < ")
        arguments = shlex.split(words)[1:]
        if arguments[0] == "train":
            arguments.append("--force")  # the model that the page trains stands there already
        if "--output" in arguments and arguments[0] == "score":
            arguments.append("--force")
        given = (sandbox / standard).read_text("utf-8") if standard else None
        result = CliRunner().invoke(main, arguments, input=given, catch_exceptions=False)
        # the small model of the sandbox may break a floor; everything else must work
        assert result.exit_code == 0, f"{page}: {line}\n{result.output}"


def test_the_readmes_name_the_same_commands():
    """What the Indonesian page promises, the English one promises too."""
    verbs = [{line.split()[1] for line in commands(page)} for page in ("README.md", "README.id.md")]
    assert verbs[1] <= verbs[0]


def test_both_readmes_give_the_same_figures():
    def figures(page, thousands, point):
        table = re.search(r"<!-- figures -->(.*)<!-- /figures -->", page, re.S).group(1)
        found = re.findall(r"(?<![\w.])\d[\d.,]*(?=[ ;|\n])", table)
        return [float(n.replace(thousands, "").replace(point, ".")) for n in found]

    english = figures((ROOT / "README.md").read_text("utf-8"), ",", ".")
    indonesian = figures((ROOT / "README.id.md").read_text("utf-8"), ".", ",")
    assert len(english) > 50
    assert english == indonesian


@pytest.mark.parametrize("page", ["README.md", "README.id.md"])
def test_the_readmes_are_short_where_they_promise_it(page):
    python = blocks(page, "python")[0]
    assert len([line for line in python.splitlines() if line.strip()]) <= 10 + 1  # and the import
    retrain = next(b for b in blocks(page, "sh") if "netralitas train" in b)
    assert len(retrain.splitlines()) <= 5
    text = (ROOT / page).read_text("utf-8")
    assert "docs/pictures/queue.png" in text
    assert "python scripts/measure.py" in text
    assert (ROOT / "docs/pictures/queue.png").stat().st_size > 20_000


def test_links_lead_somewhere():
    for page in PAGES:
        text = re.sub(r"```.*?```", "", (ROOT / page).read_text("utf-8"), flags=re.S)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if not target.startswith("http"):
                assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def test_the_site_builds_without_a_network(tmp_path):
    pytest.importorskip("mkdocs", reason="NOT BUILT: no mkdocs here (pip install '.[docs]')")
    pytest.importorskip("mkdocstrings", reason="NOT BUILT: no mkdocstrings here")
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(
        "import sys\n"
        "def hook(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'):\n"
        "        raise RuntimeError(f'asked the network: {args}')\n"
        "sys.addaudithook(hook)\n"
    )
    site = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": f"{guard}{os.pathsep}{ROOT / 'src'}",
             "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    pages = {path.name: path.read_text("utf-8") for path in site.glob("*.html")}
    assert {f"{Path(page).stem}.html" for page in PAGES if page.startswith("docs")} <= set(pages)
    for name in ("score_stream", "evidence", "train_from_csv", "write_html", "queue_file"):
        assert name in pages["api.html"]
    for name, page in pages.items():
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="([^"]+)"', page)
        loaded += re.findall(
            r'<link[^>]*rel="(?:stylesheet|preconnect|icon)"[^>]*href="([^"]+)"', page
        )
        assert not [url for url in loaded if url.startswith(("http", "//"))], name
