"""Puts what a benchmark found into README.md, between markers of its own."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))
from markers import write_between

__all__ = ["machine", "put"]


def machine() -> str:
    """The machine in a sentence: whoever reads seconds must know what else was running."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    version, cores = platform.python_version(), os.cpu_count()
    return f"Python {version}, {cores} cores, shared: load average {load}."


def put(marker: str, command: str, lines: Sequence[str]) -> None:
    """Renew the part of README.md between the markers of that name.

    Parameters
    ----------
    marker : str
    command : str
        What printed the lines, behind ``python benchmarks/``.
    lines : sequence of str
    """
    head = f"Printed by `python benchmarks/{command.strip()}`.\n\n"
    write_between(Path(__file__).with_name("README.md"), marker, head + "\n".join(lines))
