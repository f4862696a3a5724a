"""As many distinct posts as a measurement wants, of natural words and length."""

from __future__ import annotations

import csv
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def recombined(count: int) -> list[str]:
    """The first half of one post of ``data/posts`` with the second half of another."""
    heads, tails = [], []
    for name in ("train", "dev", "test"):
        with open(ROOT / "data" / "posts" / f"{name}.csv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                words = row["text"].split()
                heads.append(" ".join(words[: len(words) // 2]))
                tails.append(" ".join(words[len(words) // 2 :]))
    draw = random.Random(0)
    found: dict[str, None] = {}
    while len(found) < count:
        draw.shuffle(tails)
        found.update((f"{head} {tail}", None) for head, tail in zip(heads, tails, strict=True))
    texts = list(found)
    draw.shuffle(texts)
    return texts[:count]
