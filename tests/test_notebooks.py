"""The notebooks run top to bottom, and what is shipped is what they show."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def shipped(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def outputs(cells):
    return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.fixture(scope="module")
def runner():
    for name in ("nbformat", "nbclient", "ipykernel", "matplotlib"):
        pytest.importorskip(name, reason=f"NOT RUN: no {name} here (pip install '.[notebooks]')")
    spec = importlib.util.spec_from_file_location(
        "run_notebooks", ROOT / "scripts/run_notebooks.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_three_are_there():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_shipped_with_output(path):
    cells = shipped(path)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    found = outputs(cells)
    assert not [o for o in found if o["output_type"] == "error" or o.get("name") == "stderr"]
    text = path.read_text("utf-8")
    assert not re.search(r"/(?:work|home|root|tmp|Users)/", text)
    assert "<script" not in text
    assert sum(len(cell.get("outputs", [])) > 0 for cell in code) >= len(code) - 1
    titles = [line for cell in cells if cell["cell_type"] == "markdown"
              for line in cell["source"] if line.startswith("#")]  # fmt: skip
    assert len(titles) >= 5


def test_shipped_with_pictures():
    found = [o for path in NOTEBOOKS for o in outputs(shipped(path))]
    kinds = {kind for output in found for kind in output.get("data", {})}
    assert {"image/png", "text/html"} <= kinds


@pytest.mark.filterwarnings("ignore")  # those of the kernel's own packages
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_top_to_bottom(path, runner, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    made = runner.run(path)  # an error in a cell is raised
    kinds = [
        [sorted(o.get("data", {"stream": 0})) for o in cell.get("outputs", [])]
        for cell in made.cells
    ]
    expected = [
        [sorted(o.get("data", {"stream": 0})) for o in cell.get("outputs", [])]
        for cell in shipped(path)
    ]
    assert kinds == expected, "run python scripts/run_notebooks.py"
