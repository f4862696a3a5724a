"""Checks the written posts, the behavioural suite and the parity frames.

    python scripts/check_data.py

Prints every fault with the ids and the start of the text, then the counts; exit status 1 when
there is a fault. The functions take plain rows, so tests can plant faults.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from netralitas_nlp.lexicons import read_table
from netralitas_nlp.model.assessment import SIGNALS

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
SPLITS = ("train", "dev", "test")
LABELS = ("netral", "partisan")
COLUMNS = (
    "id", "repository", "label", "topik", "sinyal", "ragu", "era", "register", "text",
    "functionality", "region", "channel", "language", "target", "writer",
)  # fmt: skip
CAMPS = ("jokowi", "prabowo", "anies", "ganjar", "ahok")
PARTIES = (
    "pdip", "gerindra", "pks", "golkar", "nasdem", "pkb", "demokrat", "pan", "psi", "ppp",
    "perindo", "hanura", "gelora", "buruh",
)  # fmt: skip
OTHERS = ("mega", "sby", "lokal")
CONTEST = ("prabowo", "anies", "ganjar")
REGIONS = frozenset((
    "aceh", "sumut", "sumbar", "riau", "kepri", "jambi", "sumsel", "babel", "bengkulu",
    "lampung", "banten", "jakarta", "jabar", "jateng", "diy", "jatim", "bali", "ntb", "ntt",
    "kalbar", "kalteng", "kalsel", "kaltim", "kaltara", "sulut", "gorontalo", "sulteng",
    "sulbar", "sulsel", "sultra", "maluku", "malut", "papua", "nasional",
))  # fmt: skip
REGISTERS = frozenset((
    "tweet", "youtube", "facebook", "instagram", "tiktok", "whatsapp", "sms", "forum",
    "headline", "review", "news", "press_release", "circular", "letter", "speech", "column",
    "minutes", "guide", "leaflet",
))  # fmt: skip
NEAR = 0.6  # share of the shorter text's word trigrams
FAMILY = 4
MOST_ONE_SIDED = 0.10
LEAST_OF_A_PARTY = 20
LONG = (120, 400)

Row = dict[str, str]

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"https?://\S+|[#@]?\w[\w'’-]*|[.!?:\n]")
_TITLES = frozenset((
    "pak", "bu", "bapak", "ibu", "bpk", "haji", "hajah", "mas", "mbak", "bang", "kak", "kang",
    "teh", "gus", "kiai", "kyai", "ustaz", "ustadz", "daeng", "opu", "uda", "uni", "bli",
    "mbok", "abah", "tuan", "dr", "drs", "ir", "prof", "om", "tante", "cak", "ning", "neng",
    "bung", "mama", "bunda",
))  # fmt: skip


def _start(text: str) -> str:
    return " ".join(text.split())[:60]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its kind, the texts concerned and what to know about it."""

    kind: str
    ids: tuple[str, ...]
    detail: str
    text: str = ""

    def __str__(self) -> str:
        start = f": {_start(self.text)!r}" if self.text.strip() else ""
        return f"{self.kind}: {' '.join(self.ids)}: {self.detail}{start}"


class Item(NamedTuple):
    """A text to compare with others; texts of one group may be alike."""

    place: str
    id: str
    text: str
    group: str = ""

    @property
    def name(self) -> str:
        return f"{self.place}/{self.id}"


def read_rows(path: Path) -> list[Row]:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def read_posts(folder: Path = DATA / "posts") -> list[Row]:
    """The rows of all splits, with the split as a column."""
    rows = []
    for split in SPLITS:
        rows += [{**row, "split": split} for row in read_rows(folder / f"{split}.csv")]
    return rows


def read_suite(folder: Path = DATA / "checks") -> list[Row]:
    """The cases of the suite, with the row of the table as id."""
    return [{**row, "id": f"row{n}"} for n, row in enumerate(read_rows(folder / "suite.csv"), 2)]


def read_parity(folder: Path = DATA / "checks") -> list[Row]:
    return read_rows(folder / "parity.csv")


def read_functionalities(path: Path = DATA / "functionalities.tsv") -> dict[str, Row]:
    return {row["functionality"]: row for row in read_rows(path)}


def identity(text: str) -> str:
    """First 12 hex digits of the SHA-256 of the text with white space collapsed."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8")).hexdigest()[:12]


def words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


# --- one row at a time ------------------------------------------------------------------------


def _signal_problems(label: str, cell: str) -> Iterator[str]:
    signals = cell.split()
    if label == "partisan" and not signals:
        yield "partisan without a signal"
    if label == "netral" and signals:
        yield f"netral with signal {cell!r}"
    if len(set(signals)) != len(signals):
        yield f"signal twice in {cell!r}"
    for name in signals:
        if name not in SIGNALS:
            yield f"signal {name!r} is not in the guide"


def _act_problems(row: Row, table: dict[str, Row], columns: Sequence[str]) -> Iterator[str]:
    act = table.get(row["functionality"])
    if act is None:
        yield f"functionality {row['functionality']!r} is not in functionalities.tsv"
        return
    for column in columns:
        if row[column] != act[column]:
            yield f"{column} {row[column]!r}, but {row['functionality']} is {act[column]}"


def _target_problems(label: str, cell: str) -> Iterator[str]:
    targets = cell.split()
    if label == "netral" and targets:
        yield f"netral with target {cell!r}"
    if label == "partisan" and not targets:
        yield "partisan without a target"
    for target in targets:
        if target[:-1] not in (*CAMPS, *PARTIES, *OTHERS) or target[-1] not in "+-":
            yield f"target {target!r} is unknown"
    if len(set(targets)) != len(targets):
        yield f"target twice in {cell!r}"


def _row_problems(row: Row, table: dict[str, Row]) -> Iterator[str]:
    missing = [column for column in COLUMNS if row.get(column) is None]
    if missing:
        yield f"no column {', '.join(missing)}"
        return
    text, label = row["text"], row["label"]
    if row["id"] != identity(text):
        yield f"id does not match the text, which has {identity(text)}"
    if not text.strip() or text != text.strip():
        yield "empty text, or space around it"
    if "⏎" in text or re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        yield "stray mark or control character in the text"
    if row["repository"] != "netralitas_nlp":
        yield f"repository {row['repository']!r}"
    if label not in LABELS:
        yield f"label {label!r} is not in the guide"
    if row["topik"] not in ("politik", "umum") or (label == "partisan" and row["topik"] == "umum"):
        yield f"topik {row['topik']!r} with label {label!r}"
    yield from _signal_problems(label, row["sinyal"])
    # a long neutral document may be about a club, a match or a shop
    fixed = ("label",) if row["functionality"] == "long_netral" else ("label", "topik")
    yield from _act_problems(row, table, fixed)
    yield from _target_problems(label, row["target"])
    for column, pattern in (
        ("ragu", r"[01]"),
        ("era", r"20(1\d|2[0-6])"),
        ("language", r"[a-z]{2,3}(-[a-z]{2,3}){0,2}"),
        ("channel", r"\S.*"),
        ("writer", r"[a-z]+\d+"),
    ):
        if not re.fullmatch(pattern, row[column]):
            yield f"{column} {row[column]!r}"
    if row["region"] not in REGIONS:
        yield f"region {row['region']!r}"
    if row["register"] not in REGISTERS:
        yield f"register {row['register']!r}"


def row_faults(rows: Iterable[Row], table: dict[str, Row]) -> list[Fault]:
    """Cells outside the guide, labels that their functionality forbids, ids without their text."""
    return [
        Fault("row", (f"{row.get('split', '?')}/{row.get('id')}",), problem, row.get("text") or "")
        for row in rows
        for problem in _row_problems(row, table)
    ]


def writer_faults(rows: Iterable[Row]) -> list[Fault]:
    """Writers whose texts stand in more than one split."""
    splits = defaultdict(set)
    for row in rows:
        splits[row["writer"]].add(row["split"])
    return [
        Fault("writer", (writer,), f"writes in {', '.join(sorted(where))}")
        for writer, where in sorted(splits.items())
        if len(where) > 1
    ]


# --- the behavioural suite --------------------------------------------------------------------


def _case_problems(case: Row, table: dict[str, Row]) -> Iterator[str]:
    label, span, text = case["label"], case["span"], case["text"]
    if not text.strip():
        yield "empty text"
    if label not in LABELS:
        yield f"label {label!r} is not in the guide"
    yield from _signal_problems(label, case["sinyal"])
    yield from _act_problems(case, table, ("label",))
    if label == "partisan" and not span:
        yield "partisan without a span"
    if label == "netral" and span:
        yield f"netral with span {span!r}"
    if span and span not in text:
        yield f"span {span!r} is not in the text"
    if case["region"] not in REGIONS:
        yield f"region {case['region']!r}"


def suite_faults(cases: Sequence[Row], table: dict[str, Row]) -> list[Fault]:
    """Cases outside the guide, spans not found, pairs that are not two opposite texts."""
    faults = [
        Fault("case", (f"suite/{case['id']}",), problem, case["text"])
        for case in cases
        for problem in _case_problems(case, table)
    ]
    pairs = defaultdict(list)
    for case in cases:
        if case["pair"]:
            pairs[case["pair"]].append(case)
    for name, twins in pairs.items():
        labels = sorted(case["label"] for case in twins)
        if labels != list(LABELS):
            ids = tuple(f"suite/{case['id']}" for case in twins)
            detail = f"pair {name} has {len(twins)} texts labelled {', '.join(labels)}"
            faults.append(Fault("pair", ids, detail, twins[0]["text"]))
    return faults


def parity_faults(frames: Sequence[Row]) -> list[Fault]:
    """Frames without their slot, with fewer than two fillers, or named twice."""
    faults = []
    counts = Counter(frame["frame"] for frame in frames)
    for frame in frames:
        fillers = [filler.strip() for filler in frame["fillers"].split(";")]
        problems = []
        if counts[frame["frame"]] > 1:
            problems.append("name used twice")
        if frame["label"] not in LABELS:
            problems.append(f"label {frame['label']!r} is not in the guide")
        if len(fillers) < 2 or len(set(fillers)) < len(fillers) or not all(fillers):
            problems.append(f"fillers {frame['fillers']!r} are not two or more different ones")
        if set(re.findall(r"\{(.*?)\}", frame["text"])) != {frame["slot"]}:
            problems.append(f"slot {frame['slot']!r} and the slots of the text differ")
        faults += [
            Fault("frame", (f"parity/{frame['frame']}",), p, frame["text"]) for p in problems
        ]
    return faults


def read_direction(folder: Path = DATA / "checks") -> list[Row]:
    return read_rows(folder / "direction.csv")


def direction_faults(pairs: Sequence[Row]) -> list[Fault]:
    """Direction pairs with an empty or unchanged text, an unknown direction, or named twice."""
    faults = []
    counts = Counter(pair["pair"] for pair in pairs)
    for pair in pairs:
        problems = []
        if counts[pair["pair"]] > 1:
            problems.append("name used twice")
        if pair["direction"] not in ("down", "up", "hold"):
            problems.append(f"direction {pair['direction']!r}")
        if not pair["kind"]:
            problems.append("no kind")
        if not pair["base"].strip() or not pair["changed"].strip():
            problems.append("empty text")
        elif pair["base"] == pair["changed"]:
            problems.append("nothing is changed")
        faults += [
            Fault("direction", (f"direction/{pair['pair']}",), p, pair["base"]) for p in problems
        ]
    return faults


def direction_reading_faults(readings: Sequence[Row], pairs: Sequence[Row]) -> list[Fault]:
    """Sides of a direction pair that a second reader did not read, or labelled otherwise."""
    asked = {"down": ("partisan", "netral"), "up": ("netral", "partisan")}
    read = {(reading["pair"], reading["side"]): reading["reader_label"] for reading in readings}
    return [
        Fault(
            "direction",
            (f"direction/{pair['pair']}",),
            f"{side} is meant as {meant}, the second reader has {read.get((pair['pair'], side))}",
            pair[side],
        )
        for pair in pairs
        for side, meant in zip(
            ("base", "changed"),
            asked.get(pair["direction"], ("partisan", "partisan")),
            strict=True,
        )
        if read.get((pair["pair"], side)) != meant
    ]


def suite_reading_faults(readings: Sequence[Row], cases: Sequence[Row]) -> list[Fault]:
    """Cases of the suite that no second reader read, and readings of no case."""
    read = Counter(reading["id"] for reading in readings)
    texts = {identity(case["text"]): case for case in cases}
    faults = [
        Fault(
            "suite",
            (f"suite/{case['id']}",),
            f"read {read[i]} times by a second reader",
            case["text"],
        )
        for i, case in texts.items()
        if read[i] != 1
    ]
    return faults + [
        Fault("suite", (i,), "a second reading of no case") for i in read if i not in texts
    ]


# --- texts beside each other ------------------------------------------------------------------


def items(
    rows: Iterable[Row],
    cases: Iterable[Row] = (),
    frames: Iterable[Row] = (),
    pairs: Iterable[Row] = (),
) -> list[Item]:
    """Every text of the data as an `Item`; frames with each of their fillers."""
    out = [Item(row["split"], row["id"], row["text"]) for row in rows]
    out += [Item("suite", case["id"], case["text"], case["pair"]) for case in cases]
    for frame in frames:
        for filler in frame["fillers"].split(";"):
            text = frame["text"].replace("{" + frame["slot"] + "}", filler.strip())
            out.append(Item("parity", f"{frame['frame']}:{filler.strip()}", text, frame["frame"]))
    for pair in pairs:
        for side in ("base", "changed"):
            out.append(Item("direction", f"{pair['pair']}:{side}", pair[side], pair["pair"]))
    return out


def _trigrams(text: str) -> frozenset[str]:
    found = words(text)
    grams = {" ".join(found[i : i + 3]) for i in range(len(found) - 2)}
    return frozenset(grams or {" ".join(found) or text.strip()})


def near_duplicate_faults(texts: Sequence[Item], share: float = NEAR) -> list[Fault]:
    """Pairs with the same words, or with `share` of the shorter one's word trigrams in common."""
    grams = [_trigrams(item.text) for item in texts]
    seen: dict[str, list[int]] = defaultdict(list)
    faults = []
    for i, item in enumerate(texts):
        common = Counter(j for gram in grams[i] for j in seen[gram])
        for j, count in common.items():
            other = texts[j]
            part = count / min(len(grams[i]), len(grams[j]))
            if part < share or (item.group and item.group == other.group):
                continue
            same = words(item.text) == words(other.text)
            kind = "duplicate" if same else "near-duplicate"
            detail = f"{part:.0%} of the shorter one's trigrams, like {_start(other.text)!r}"
            faults.append(Fault(kind, (other.name, item.name), detail, item.text))
        for gram in grams[i]:
            seen[gram].append(i)
    return faults


@lru_cache(maxsize=1)
def _figure_names() -> tuple[frozenset[str], frozenset[str]]:
    """Sure names of national figures, and every single-word name of a figure or a party."""
    figures = [(alias, scope, doubt) for _, alias, scope, doubt in read_table("figures")]
    national = {alias for alias, scope, doubt in figures if scope == "nasional" and doubt == "0"}
    single = {alias for alias, _, doubt in figures if doubt == "0" and " " not in alias}
    single |= {a for _, a, doubt in read_table("parties") if doubt == "0" and " " not in a}
    return frozenset(national), frozenset(single)


def skeleton(text: str) -> tuple[str, ...]:
    """The words of a text with names, titles, numbers, tags and links masked as ``_``."""
    shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    out: list[str] = []
    first, named = True, False
    for token in _TOKEN.findall(text):
        if token in ".!?:\n":
            first, named = True, False
            continue
        word = token.casefold()
        proper = token[0].isupper() and not first and not shouted
        code = token[0] in "#@" or token.startswith("http") or any(map(str.isdigit, token))
        if named or proper or code or word in _TITLES or word in _figure_names()[1]:
            if not out or out[-1] != "_":
                out.append("_")
        else:
            out.append(word)
        first, named = False, word in _TITLES
    return tuple(out)


def family_faults(rows: Iterable[Row], size: int = FAMILY) -> list[Fault]:
    """`size` or more texts of one writer with one opening, as written or with names masked."""
    openings: dict[tuple[str, str, tuple[str, ...]], list[Row]] = defaultdict(list)
    for row in rows:
        plain = words(row["text"])
        if len(plain) >= 4:
            openings[row["writer"], "opening", tuple(plain[:4])].append(row)
        masked = skeleton(row["text"])[:5]
        if "_" in masked and len(masked) - masked.count("_") >= 3:
            openings[row["writer"], "masked opening", masked].append(row)
    return [
        Fault(
            "family",
            tuple(f"{row['split']}/{row['id']}" for row in alike),
            f"writer {writer}, {kind} {' '.join(opening)!r}",
            alike[0]["text"],
        )
        for (writer, kind, opening), alike in openings.items()
        if len(alike) >= size
    ]


def masked_twin_faults(texts: Iterable[Item]) -> list[Fault]:
    """Texts that differ in names, titles, numbers and tags only, by whomever."""
    groups: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in texts:
        masked = skeleton(item.text)
        if "_" in masked and len(masked) - masked.count("_") >= 4:
            groups[masked].append(item)
    faults = []
    for masked, alike in groups.items():
        if len(alike) > 1 and (not alike[0].group or len({item.group for item in alike}) > 1):
            ids = tuple(item.name for item in alike)
            faults.append(Fault("masked twin", ids, " ".join(masked)[:80], alike[0].text))
    return faults


# --- the whole --------------------------------------------------------------------------------


def sides(rows: Iterable[Row]) -> dict[str, tuple[int, int]]:
    """Camp or party to the number of texts for and against it."""
    counts = Counter(target for row in rows for target in row["target"].split())
    codes = (*CAMPS, *PARTIES, *OTHERS)
    return {
        c: (counts[c + "+"], counts[c + "-"]) for c in codes if counts[c + "+"] + counts[c + "-"]
    }


def one_sidedness(pro: int, contra: int) -> float:
    return abs(pro - contra) / max(pro + contra, 1)


def contest_rows(rows: Iterable[Row]) -> list[Row]:
    """Texts that take a side about a camp of the presidential contest of 2024."""
    return [
        row
        for row in rows
        if row["era"] >= "2022" and any(t[:-1] in CONTEST for t in row["target"].split())
    ]


def contest_shares(rows: Iterable[Row]) -> dict[str, float]:
    """Share of each camp among the mentions of the three camps of 2024."""
    counts = Counter(
        camp for row in contest_rows(rows) for camp in {t[:-1] for t in row["target"].split()}
    )
    total = sum(counts[camp] for camp in CONTEST)
    return {camp: counts[camp] / max(total, 1) for camp in CONTEST}


def balance_faults(rows: Sequence[Row]) -> list[Fault]:
    """Camps and parties praised and attacked unequally, and contests that dwell on one camp."""
    faults = []
    for code, (pro, contra) in sides(rows).items():
        rated = code in CAMPS or (code in PARTIES and pro + contra >= LEAST_OF_A_PARTY)
        if rated and one_sidedness(pro, contra) > MOST_ONE_SIDED:
            detail = f"{pro} for, {contra} against: {one_sidedness(pro, contra):.1%} one-sided"
            faults.append(Fault("balance", (code,), f"{detail}, at most {MOST_ONE_SIDED:.0%}"))
    if contest_rows(rows):
        for camp, share in contest_shares(rows).items():
            if abs(share - 1 / 3) > 0.10:
                detail = (
                    f"{share:.1%} of the mentions of the camps of 2024, a third within 10 points"
                )
                faults.append(Fault("balance", (camp,), detail))
    return faults


def names_national_figure(row: Row) -> bool:
    """Whether the text or its target names a figure of national politics."""
    codes = (*CAMPS, "mega", "sby")
    if any(target[:-1] in codes for target in row["target"].split()):
        return True
    found = words(row["text"])
    national = _figure_names()[0]
    return any(
        " ".join(found[i : i + n]) in national
        for n in (1, 2, 3, 4)
        for i in range(len(found) - n + 1)
    )


def is_long(row: Row) -> bool:
    return LONG[0] <= len(row["text"].split()) <= LONG[1]


def is_regional(row: Row) -> bool:
    return row["language"] != "id"


def sizes(
    rows: Sequence[Row], cases: Sequence[Row], frames: Sequence[Row]
) -> list[tuple[str, float, float, float]]:
    """What is bounded: its name, its value, the least and the most it may be."""
    many = float("inf")
    splits = Counter(row["split"] for row in rows)
    long = [row for row in rows if is_long(row)]
    politics = [row for row in rows if row["topik"] == "politik"]
    acts = Counter(case["functionality"] for case in cases)

    def share(part: Iterable[bool], of: Sequence[Row]) -> float:
        return round(sum(part) / max(len(of), 1), 4)

    return [
        ("texts in train", splits["train"], 7000, many),
        ("texts in dev", splits["dev"], 700, many),
        ("texts in test", splits["test"], 1300, many),
        ("share partisan", share((r["label"] == "partisan" for r in rows), rows), 0.45, 0.55),
        ("documents of 120 to 400 words", len(long), 250, many),
        (
            "share partisan of them",
            share((r["label"] == "partisan" for r in long), long),
            0.35,
            0.45,
        ),
        ("share regional or mixed", share(map(is_regional, rows), rows), 0.15, 1),
        (
            "share of political texts without a national figure",
            share((not names_national_figure(r) for r in politics), politics),
            round(1 / 3, 4),
            1,
        ),
        ("functionalities of 24 cases in the suite", sum(n >= 24 for n in acts.values()), 50, many),
        ("least cases of a functionality", min(acts.values(), default=0), 24, many),
        ("parity frames", len(frames), 120, many),
    ]


def size_faults(rows: Sequence[Row], cases: Sequence[Row], frames: Sequence[Row]) -> list[Fault]:
    """Everything of which there is too little or too much."""
    return [
        Fault("size", (name,), f"{value:g}, expected {least:g} to {most:g}")
        for name, value, least, most in sizes(rows, cases, frames)
        if not least <= value <= most
    ]


def reading_faults(readings: Sequence[Row], rows: Sequence[Row]) -> list[Fault]:
    """A second reading that misses texts, or whose settled labels are not those of the posts."""
    posts = {row["id"]: row for row in rows}
    read = {reading["id"] for reading in readings}
    faults = []
    for reading in readings:
        row = posts.get(reading["id"])
        where = f"second_reading/{reading['id']}"
        if row is None:
            faults.append(Fault("reading", (where,), "no text has this id"))
            continue
        faults += [
            Fault("reading", (where,), f"{column} {reading[column]!r}", row["text"])
            for column in ("writer_label", "reader_label", "settled_label")
            if reading[column] not in LABELS
        ]
        if reading["settled_label"] != row["label"]:
            detail = f"settled as {reading['settled_label']!r}, but the post has {row['label']!r}"
            faults.append(Fault("reading", (where,), detail, row["text"]))
    faults += [
        Fault("reading", (f"{row['split']}/{row['id']}",), "never read a second time", row["text"])
        for row in rows
        if row["split"] != "train" and row["id"] not in read
    ]
    train = [row["id"] for row in rows if row["split"] == "train"]
    if 10 * len(read.intersection(train)) < len(train):
        detail = f"{len(read.intersection(train))} of {len(train)} texts read, a tenth is due"
        faults.append(Fault("reading", ("train",), detail))
    return faults


def _annotation_problems(row: Row) -> Iterator[str]:
    if row["label"] not in LABELS:
        yield f"label {row['label']!r} is not one of {', '.join(LABELS)}"
    yield from _signal_problems(row["label"], row["sinyal"])
    if row["label"] == "partisan" and row["topik"] != "politik":
        yield f"partisan on {row['topik']!r}"
    if "first" not in row:
        return
    readings = {row["first"], row["second"]}
    if len(readings) == 1 and row["label"] not in readings:
        yield f"label {row['label']}, but both readers said {row['first']}"
    if len(readings) > 1 and row["ragu"] != "1":
        yield "two readers differ, and it is not ragu"


def annotation_faults(name: str, rows: Sequence[Row]) -> list[Fault]:
    """Labels of real posts that the guide or their readings forbid, or that stand twice."""
    faults = [
        Fault("annotation", (f"{name}/{row['id']}",), problem)
        for row in rows
        for problem in _annotation_problems(row)
    ]
    times = Counter(row["id"] for row in rows)
    return faults + [
        Fault("annotation", (f"{name}/{i}",), f"stands there {n} times")
        for i, n in times.items()
        if n > 1
    ]


def all_faults() -> list[Fault]:
    """Every fault of the data in the repository."""
    rows, cases, frames = read_posts(), read_suite(), read_parity()
    table = read_functionalities()
    pairs = read_direction()
    texts = items(rows, cases, frames, pairs)
    faults = row_faults(rows, table) + writer_faults(rows) + suite_faults(cases, table)
    faults += (
        parity_faults(frames)
        + direction_faults(pairs)
        + direction_reading_faults(read_rows(DATA / "checks" / "direction_reading.csv"), pairs)
        + suite_reading_faults(read_rows(DATA / "checks" / "suite_reading.csv"), cases)
        + near_duplicate_faults(texts)
        + family_faults(rows)
    )
    faults += masked_twin_faults(texts) + balance_faults(rows)
    faults += size_faults(rows, cases, frames)
    for name in ("train", "dev", "pool"):
        faults += annotation_faults(name, read_rows(DATA / "annotations" / f"{name}.csv"))
    second = DATA / "posts" / "second_reading.csv"
    return faults + (reading_faults(read_rows(second), rows) if second.exists() else [])


def main() -> int:
    faults = all_faults()
    for fault in faults:
        print(fault)
    rows, cases, frames = read_posts(), read_suite(), read_parity()
    for name, value, least, most in sizes(rows, cases, frames):
        print(
            f"{value:10g}  {name} (at least {least:g}{'' if most > 1e9 else f', at most {most:g}'})"
        )
    kinds = Counter(fault.kind for fault in faults)
    print(f"{len(faults)} faults" + "".join(f", {kind} {n}" for kind, n in sorted(kinds.items())))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
