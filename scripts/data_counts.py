"""Prints the tables of the datasheet as Markdown.

python scripts/data_counts.py            # print
python scripts/data_counts.py --write    # put them between the markers of data/README.md
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from check_data import (
    CAMPS,
    CONTEST,
    DATA,
    OTHERS,
    PARTIES,
    SPLITS,
    Row,
    identity,
    is_long,
    is_regional,
    names_national_figure,
    one_sidedness,
    read_direction,
    read_functionalities,
    read_parity,
    read_posts,
    read_rows,
    read_suite,
    sides,
)
from markers import write_between

README = DATA / "README.md"
LENGTHS = ((1, 5), (6, 10), (11, 25), (26, 70), (71, 119), (120, 400))

Cell = str | int


def table(head: Sequence[str], body: Iterable[Sequence[Cell]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for row in body:
        cells = (f"{cell:,}" if isinstance(cell, int) else cell for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def partisan(rows: Iterable[Row]) -> int:
    return sum(row["label"] == "partisan" for row in rows)


def by_split(rows: Sequence[Row]) -> str:
    body: list[list[Cell]] = []
    for split in (*SPLITS, "all"):
        part = [row for row in rows if split in (row["split"], "all")]
        politics = [row for row in part if row["topik"] == "politik"]
        body.append(
            [
                split, len(part), partisan(part), len(politics) - partisan(part),
                len(part) - len(politics), share(partisan(part), len(part)),
                sum(row["ragu"] == "1" for row in part), sum(map(is_long, part)),
                share(sum(map(is_regional, part)), len(part)),
                share(sum(not names_national_figure(row) for row in politics), len(politics)),
            ]
        )  # fmt: skip
    return table(
        ["split", "texts", "partisan", "netral, politik", "netral, umum", "share partisan", "ragu",
         "120-400 words", "regional or mixed", "political texts without a national figure"],
        body,
    )  # fmt: skip


def by_value(
    rows: Sequence[Row],
    name: str,
    values: Callable[[Row], Iterable[str]],
    order: Sequence[str] = (),
) -> str:
    """One line per value, the largest first or in the given order, with a column per split."""
    counts = Counter((value, row["split"]) for row in rows for value in values(row))
    sided = Counter(v for row in rows if row["label"] == "partisan" for v in values(row))
    total = Counter[str]()
    for (value, _), count in counts.items():
        total[value] += count
    ordered = order or [value for value, _ in sorted(total.items(), key=lambda i: (-i[1], i[0]))]
    return table(
        [name, *SPLITS, "all", "partisan"],
        [
            [value, *(counts[value, split] for split in SPLITS), total[value], sided[value]]
            for value in ordered
        ],
    )


def column(name: str) -> Callable[[Row], Iterable[str]]:
    return lambda row: [row[name]]


def length(row: Row) -> Iterable[str]:
    n = len(row["text"].split())
    return [next((f"{a}-{b}" for a, b in LENGTHS if a <= n <= b), "over 400")]


def balance(rows: Sequence[Row]) -> str:
    """For and against, by contest; a text about two camps counts for both."""
    early = [row for row in rows if row["era"] < "2022"]
    late = [row for row in rows if row["era"] >= "2022"]
    groups: list[tuple[str, Sequence[Row], Sequence[str]]] = [
        ("presidency 2014 and 2019", early, ("jokowi", "prabowo")),
        ("presidency 2024", late, CONTEST),
        ("all years", rows, (*CAMPS, *OTHERS)),
        ("parties, all years", rows, PARTIES),
    ]
    body: list[list[Cell]] = []
    for name, part, codes in groups:
        counted = sides(part)
        total = sum(sum(counted.get(code, (0, 0))) for code in codes)
        for code in codes:
            pro, contra = counted.get(code, (0, 0))
            part_share, uneven = share(pro + contra, total), f"{one_sidedness(pro, contra):.1%}"
            body.append([name, code, pro, contra, pro + contra, part_share, uneven])
    head = ["contest", "camp", "for", "against", "both", "share of the contest", "one-sided by"]
    return table(head, body)


def annotated() -> str:
    """The labels of real posts, which are published without their texts."""
    body: list[list[Cell]] = []
    pool = read_rows(DATA / "annotations" / "pool.csv")
    splits = {
        **{split: read_rows(DATA / "annotations" / f"{split}.csv") for split in ("train", "dev")},
        **{
            f"pool, round {k}": [row for row in pool if row["round"] == k]
            for k in sorted({row["round"] for row in pool})
        },
    }
    for split, rows in splits.items():
        names = {row["repository"] for row in rows}
        doubtful = sum(row["ragu"] == "1" for row in rows)
        politics = sum(row["topik"] == "politik" for row in rows)
        twice = [row["first"] == row["second"] for row in rows if row.get("second")]
        settled: list[Cell] = ["-", "-"]  # no readings on file
        if twice:
            settled = [len(twice) - sum(twice), sum(row["label"] != row["first"] for row in rows)]
        body.append([split, len(rows), partisan(rows), politics, doubtful, len(names),
                     share(sum(twice), len(twice)), *settled])  # fmt: skip
    head = ["split", "texts", "partisan", "politik", "ragu", "repositories", "two readings agree",
            "settled by a third", "label not that of the first reading"]  # fmt: skip
    return table(head, body)


def checked(
    cases: Sequence[Row], frames: Sequence[Row], changes: Sequence[Row], readings: Sequence[Row]
) -> str:
    labels = {identity(case["text"]): case["label"] for case in cases}
    same = sum(labels[r["id"]] == r["reader_label"] for r in readings)
    pairs = {case["pair"] for case in cases if case["pair"]}
    acts = Counter(case["functionality"] for case in cases)
    slots = Counter(frame["slot"] for frame in frames)
    kinds = Counter(change["kind"] for change in changes)
    body: list[Sequence[Cell]] = [
        ("cases", len(cases)),
        ("partisan cases", partisan(cases)),
        ("functionalities", len(acts)),
        ("least cases of a functionality", min(acts.values(), default=0)),
        ("minimal pairs", len(pairs)),
        ("cases read by a second reader who did not see the label", len(readings)),
        ("of them with the same label", same),
        ("of them called doubtful", sum(r["ragu"] == "1" for r in readings)),
        ("parity frames", len(frames)),
        ("partisan frames", partisan(frames)),
        *((f"frames with a {slot}", count) for slot, count in slots.most_common()),
        ("direction pairs", len(changes)),
        *((f"direction pairs, {kind.replace('_', ' ')}", count) for kind, count in kinds.items()),
    ]
    return table(["behavioural checks", "count"], body)


def agreement(readings: Sequence[Row], rows: Sequence[Row]) -> str:
    """How often the second reader, who did not see the label, gave the same one."""
    from sklearn.metrics import cohen_kappa_score

    splits = {row["id"]: row["split"] for row in rows}
    body: list[list[Cell]] = []
    for split in (*SPLITS, "all"):
        part = [r for r in readings if split in (splits.get(r["id"]), "all")]
        if not part:
            continue
        writer = [r["writer_label"] for r in part]
        reader = [r["reader_label"] for r in part]
        same = sum(a == b for a, b in zip(writer, reader, strict=True))
        # one label on both sides leaves nothing to agree on beyond chance
        kappa = cohen_kappa_score(writer, reader) if len({*writer, *reader}) > 1 else None
        kept = sum(
            r["writer_label"] != r["reader_label"] and r["settled_label"] == r["writer_label"]
            for r in part
        )
        body.append(
            [split, len(part), same, share(same, len(part)),
             "-" if kappa is None else f"{kappa:.3f}", len(part) - same, kept]
        )  # fmt: skip
    return table(
        [
            "split",
            "read twice",
            "same label",
            "agreement",
            "kappa",
            "settled",
            "of them as written",
        ],
        body,
    )


def report(folder: Path = DATA / "posts") -> str:
    rows = read_posts(folder)
    order = [
        name for name in read_functionalities() if any(r["functionality"] == name for r in rows)
    ]
    second = folder / "second_reading.csv"
    parts = {
        "Texts by split": by_split(rows),
        "Signals (a text may have several)": by_value(
            rows, "sinyal", lambda r: r["sinyal"].split()
        ),
        "Camps praised and attacked": balance(rows),
        "Functionalities": by_value(rows, "functionality", column("functionality"), order),
        "Length in words": by_value(rows, "words", length, [f"{a}-{b}" for a, b in LENGTHS]),
        "Regions": by_value(rows, "region", column("region")),
        "Languages": by_value(rows, "language", column("language")),
        "Registers": by_value(rows, "register", column("register")),
        "Years": by_value(rows, "era", column("era"), sorted({row["era"] for row in rows})),
        "Writers": by_value(rows, "writer", column("writer"), sorted({r["writer"] for r in rows})),
        "Second reading": agreement(read_rows(second), rows)
        if second.exists()
        else "Not done yet: there is no `posts/second_reading.csv`.",
        "Behavioural suite": checked(
            read_suite(),
            read_parity(),
            read_direction(),
            read_rows(DATA / "checks" / "suite_reading.csv"),
        ),
        "Labels of real posts": annotated(),
    }
    return "\n\n".join(f"### {title}\n\n{body}" for title, body in parts.items())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Prints the tables of the datasheet as Markdown.")
    parser.add_argument("--write", action="store_true", help="put them into data/README.md")
    counts = report()
    if not parser.parse_args(arguments).write:
        print(counts)
        return 0
    write_between(README, "counts", counts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
