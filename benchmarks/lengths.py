"""Does the cost of a text grow with its length, up to a megabyte, whatever it is made of?

``python benchmarks/lengths.py`` repeats each of many pieces to 125,000 and to a million characters
and times `predict_proba` of both: eight times the text may take at most twelve times as long, which
no cost that grows with the square (64 times) could pass. ``--write`` puts the slowest and the
steepest pieces into README.md. The short form, to 32,000 characters for every piece and to a
million for the quick ones, is ``tests/model/test_hostile_texts.py``.
"""

from __future__ import annotations

import argparse
import time
from typing import NamedTuple

import page

from netralitas_nlp import Scorer

PIECES = (
    "a", "7", " ", "\n", "coblos ", "ayo coblos nomor dua besok. ", "a b ", "tidak ", '"a ',
    "Prabowo Subianto ", "1.", "0812", "a.", "a-", "a-b.", "a.b.c.d ", "kpu.go.id",
    "https://a.id/x", "https://a.id/x ", "@", "@a", "@akun_siapa ", "a@", "a@b.c ", "#", "#a",
    "c0bl0s ", "a*", "&amp;", "&", "([{\"'", "!", "\u0301", "\u200b", "\u00c3\u00a9", "\U0001f602",
    "\U0001f468\u200d",
)  # fmt: skip
FEW, MANY = 125_000, 1_000_000
_MOST = 12
_SHOWN = 4
HEAD = ("| piece | 125,000 characters | 1,000,000 | times |", "| --- | ---: | ---: | ---: |")


class Cost(NamedTuple):
    """Seconds of one piece, repeated to both lengths."""

    piece: str
    few: float
    many: float

    @property
    def times(self) -> float:
        return self.many / max(self.few, 0.005)  # what takes less is lost in the rest

    def line(self) -> str:
        shown = ascii(self.piece).replace("|", "\\|")
        return f"| `{shown}` | {self.few:.3f} s | {self.many:.3f} s | {self.times:.1f} |"


def seconds(scorer: Scorer, text: str) -> float:
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        scorer.predict_proba([text])
        best = min(best, time.process_time() - begin)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="put the figures into README.md")
    options = parser.parse_args()
    scorer = Scorer.load()
    scorer.predict_proba(["ayo"])
    print("\n".join(HEAD))
    found = []
    for piece in PIECES:
        few, many = (seconds(scorer, (piece * (n // len(piece) + 1))[:n]) for n in (FEW, MANY))
        found.append(Cost(piece, few, many))
        print(found[-1].line(), flush=True)
    worst = max(cost.times for cost in found)
    said = ["", f"{len(PIECES)} pieces; at most {worst:.1f} times as long for 8 times the text, "
            f"seconds of the processor. {page.machine()}"]  # fmt: skip
    print("\n".join(said))
    if worst > _MOST:
        raise SystemExit(f"more than {_MOST} times")
    if options.write:
        slowest = sorted(found, key=lambda cost: -cost.many)[:_SHOWN]
        steepest = sorted(found, key=lambda cost: -cost.times)[:_SHOWN]
        lines = [cost.line() for cost in dict.fromkeys([*slowest, *steepest])]
        page.put("lengths", "lengths.py", [*HEAD, *lines, *said])


if __name__ == "__main__":
    main()
