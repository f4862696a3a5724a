"""Run the notebooks top to bottom and keep what they show.

    python scripts/run_notebooks.py              # writes the outputs into notebooks/
    python scripts/run_notebooks.py --into DIR   # leaves them as they are

Outputs are written without times, run numbers or places of this machine, so that a second run
changes only what truly changed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
_PLACE = re.compile(r"(?:/[\w.~+-]+){3,}")


def run(path: Path, timeout: int = 900) -> Any:
    """Execute one notebook in its own folder; an error in a cell is raised."""
    from nbclient import NotebookClient

    notebook = _nbformat().read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            _clean(output)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def _nbformat() -> Any:
    from importlib import import_module

    return import_module("nbformat")  # its functions have no types


def _clean(output: Any) -> None:
    """Take places of this machine and addresses of objects out."""
    if "text" in output:
        output["text"] = _PLACE.sub("...", output["text"])
    data = output.get("data", {})
    plain = data.get("text/plain")
    if plain is not None:
        plain = re.sub(r" at 0x[0-9a-f]+", "", plain)
        # an assessment shows itself; its long repr beside that would only be noise
        data["text/plain"] = plain if "text/html" not in data else plain.split("\n")[0][:60]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=NOTEBOOKS)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.environ.setdefault("PYTHONPATH", str(ROOT / "src"))
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    options.into.mkdir(parents=True, exist_ok=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if options.names and path.stem not in options.names:
            continue
        print(path.name, file=sys.stderr)
        _nbformat().write(run(path), options.into / path.name)


if __name__ == "__main__":
    main()
