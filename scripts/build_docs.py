"""Write the generated page of the documentation and build the site.

    python scripts/build_docs.py                  # docs/signals.md
    python scripts/build_docs.py --site build/site

The site needs `pip install '.[docs]'` and no network.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from netralitas_nlp.integrations.signals import signals_markdown

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path)
    options = parser.parse_args()
    (ROOT / "docs" / "signals.md").write_text(signals_markdown(), "utf-8")
    if options.site is not None:
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir"]
        subprocess.run([*command, str(options.site.resolve())], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
