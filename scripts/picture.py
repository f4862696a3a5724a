"""Takes the picture of the reading queue that both READMEs show.

    python scripts/picture.py      # docs/pictures/queue.png

Opens the queue of `examples/posts.csv` in a real Chromium, decides the first text and walks on.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from netralitas_nlp import Scorer
from netralitas_nlp.integrations.queue import queue_file

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))


def main() -> None:
    """The command line."""
    from chromium import Browser  # the tests' own

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page = folder / "antrean.html"
        queue_file(str(ROOT / "examples" / "posts.csv"), str(page), Scorer.load())
        with Browser(folder, width=1200, height=540) as browser:
            browser.open(page)
            browser.press("n", "j", "j")
            browser.ask("document.activeElement.blur()")
            browser.picture(ROOT / "docs" / "pictures" / "queue.png")


if __name__ == "__main__":
    main()
