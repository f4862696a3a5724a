"""Labels and copies of sources to a training table: on tiny files that the test makes."""

import csv
import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from netralitas_nlp.cli import main
from netralitas_nlp.training import rebuild as module
from netralitas_nlp.training.from_csv import TrainingDataError
from netralitas_nlp.training.rebuild import RebuildError, published_text, rebuild, text_id

COLUMNS = ["id", "repository", "label", "topik", "sinyal", "ragu", "era", "register"]
TEXTS = {
    "budi/pasar": ["Ayo coblos Bu Rina,\n nomor dua!", "Pasar  Rabu tutup jam lima"],
    "sari/pilkada": [
        "Pak Danu paling pantas; titik.",
        'Kata Mak: "jangan lupa TPS"',
        "Hujan lagi €",
    ],
}


def write(path: Path, rows: list[list[str]], **form: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    encoding = form.pop("encoding", "utf-8")
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, **form).writerows(rows)


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    folder = tmp_path / "annotations"
    rows = [
        [text_id(text), name, "partisan", "politik", "ajakan dukungan", "0", "2024", "tweet"]
        for name, texts in TEXTS.items()
        for text in texts
    ]
    write(folder / "train.csv", [COLUMNS, *rows])
    write(folder / "dev.csv", [COLUMNS, *rows[:1]])
    sources = [["budi/pasar", "a/isi.csv | b.jsonl"], ["sari/pilkada", "data.tsv"]]
    write(folder / "sources.csv", [["repository", "files"], *sources])
    return folder


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    first, second = TEXTS["budi/pasar"]
    write(
        folder / "budi/pasar/a/isi.csv", [["no", "komentar"], ["1", first], ["2", "tidak dicari"]]
    )
    lines = [json.dumps({"id": 7, "isi": {"teks": [second]}}), json.dumps(["x", None, 3])]
    (folder / "budi/pasar/b.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = [[text, "netral"] for text in TEXTS["sari/pilkada"]]
    write(
        folder / "pilkada/data.tsv", [["teks", "kelas"], *rows], delimiter="\t", encoding="cp1252"
    )
    return folder


def run(*arguments: object) -> tuple[int, list[str], list[str]]:
    result = CliRunner().invoke(main, ["data", "rebuild", *map(str, arguments)])
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


def test_joins_labels_and_texts_in_the_order_of_the_annotations(
    annotations: Path, copies: Path, tmp_path: Path
) -> None:
    output = tmp_path / "new" / "train.csv"
    lines: list[str] = []
    outcome = rebuild(
        annotations / "train.csv", annotations / "sources.csv", copies, output, report=lines.append
    )
    frame = pd.read_csv(output, dtype=str, keep_default_na=False)
    assert list(frame.columns) == [*COLUMNS, "text"]
    assert frame.text.tolist() == [published_text(t) for texts in TEXTS.values() for t in texts]
    assert frame.id.tolist() == [text_id(text) for text in frame.text]
    assert set(frame.sinyal) == {"ajakan dukungan"}
    assert [(r.repository, r.found, r.wanted) for r in outcome] == [
        ("budi/pasar", 2, 2),
        ("sari/pilkada", 3, 3),
    ]
    assert lines == [
        "budi/pasar: 2 of 2 texts found",
        "sari/pilkada: 3 of 3 texts found",
        f"{output}: 5 of 5 rows",
    ]


def test_the_id_is_the_hash_of_the_collapsed_text_cut_at_900_characters() -> None:
    plain = hashlib.sha256(b"Ayo ke TPS").hexdigest()[:12]
    assert text_id("  Ayo\tke \n TPS ") == plain
    long = "suara " * 200
    assert published_text(long) == ("suara " * 150)
    assert text_id(long) == hashlib.sha256(("suara " * 150).encode()).hexdigest()[:12]


def test_the_annotations_of_the_repository_hold_no_text() -> None:
    folder = Path(__file__).parents[2] / "data" / "annotations"
    names = set()
    readings = ["first", "second"]
    for split, more in {"train": readings, "dev": [], "pool": ["round", *readings]}.items():
        frame = pd.read_csv(folder / f"{split}.csv", dtype=str, keep_default_na=False)
        assert list(frame.columns) == COLUMNS + more
        assert frame.id.is_unique
        assert frame.id.str.fullmatch("[0-9a-f]{12}").all()
        assert ((frame.sinyal != "") == (frame.label == "partisan")).all()
        names |= set(frame.repository)
    sources = pd.read_csv(folder / "sources.csv", dtype=str, keep_default_na=False)
    assert names == set(sources.repository)
    assert (sources.files != "").all()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("satu.csv", b'teks\n"Ayo coblos Bu Rina,\n nomor dua!"\n'),
        ("satu.csv", b"\xef\xbb\xbfteks;kelas\r\nAyo coblos Bu Rina, nomor dua!;1\r\n"),
        ("satu.csv", b'teks,kelas\nx,"belum ditutup\nAyo coblos Bu Rina, nomor dua!'),
        ("satu.txt", b"Selamat pagi\nAyo coblos Bu Rina, nomor dua!\n"),
        ("satu.txt", "Selamat pagi\nAyo coblos Bu Rina, nomor dua!\n".encode("utf-16")),
        ("satu.json", b'{"isi": ["x", {"teks": "Ayo coblos\\nBu Rina, nomor dua!"}]}'),
        ("satu.json", b'{"teks": "Ayo coblos Bu Rina, nomor dua!"}\n{"rusak\n'),
        ("satu.csv.old", b"teks\tkelas\nAyo coblos Bu Rina, nomor dua!\t1\n"),
    ],
)
def test_reads_every_kind_of_file(
    name: str, content: bytes, annotations: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copies" / "pasar"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    sources = tmp_path / "sources.csv"
    write(sources, [["repository", "files"], ["budi/pasar", name]])
    output = tmp_path / "out.csv"
    outcome = rebuild(annotations / "dev.csv", sources, tmp_path / "copies", output)
    assert [(r.found, r.wanted) for r in outcome] == [(1, 1)]
    assert pd.read_csv(output).text.tolist() == ["Ayo coblos Bu Rina, nomor dua!"]


def test_a_path_that_was_cut_off_stands_for_the_files_that_start_with_it(
    annotations: Path, tmp_path: Path
) -> None:
    write(tmp_path / "copies/pasar/a/isi_2024.csv", [["teks"], [TEXTS["budi/pasar"][0]]])
    sources = tmp_path / "sources.csv"
    write(sources, [["repository", "files"], ["budi/pasar", "b.csv | a/is"]])
    outcome = rebuild(annotations / "dev.csv", sources, tmp_path / "copies", tmp_path / "out.csv")
    assert outcome[0].found == 1


def test_says_in_one_line_what_is_missing(annotations: Path, copies: Path, tmp_path: Path) -> None:
    (copies / "budi/pasar/b.jsonl").unlink()
    (copies / "pilkada/data.tsv").rename(copies / "lain.tsv")
    code, out, err = run(
        "--from", copies, "--output", tmp_path / "o.csv", "--annotations", annotations
    )
    assert (code, err) == (0, [])
    assert out == [
        "budi/pasar: 1 of 2 texts found (no file b.jsonl)",
        "sari/pilkada: 0 of 3 texts found (no file data.tsv)",
        f"{tmp_path / 'o.csv'}: 1 of 5 rows",
    ]


def test_a_repository_that_is_not_listed_or_not_copied_is_named(
    annotations: Path, copies: Path, tmp_path: Path
) -> None:
    write(annotations / "sources.csv", [["repository", "files"], ["budi/pasar", "a/isi.csv"]])
    outcome = rebuild(
        annotations / "train.csv", annotations / "sources.csv", copies, tmp_path / "o.csv"
    )
    assert str(outcome[1]) == "sari/pilkada: 0 of 3 texts found (no files are listed for it)"
    write(
        annotations / "sources.csv",
        [["repository", "files"], ["sari/pilkada", "data.tsv"], ["budi/pasar", "a/isi.csv"]],
    )
    (copies / "pilkada").rename(copies / "lain")
    outcome = rebuild(
        annotations / "train.csv", annotations / "sources.csv", copies, tmp_path / "p.csv"
    )
    assert "no folder" in str(outcome[0])
    assert outcome[1].found == 1


def test_a_workbook_needs_openpyxl(
    annotations: Path, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copies / "budi/pasar/buku.xlsx").write_bytes(b"PK not a workbook")
    write(
        annotations / "sources.csv",
        [["repository", "files"], ["budi/pasar", "buku.xlsx | a/isi.csv"]],
    )
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    outcome = rebuild(
        annotations / "train.csv", annotations / "sources.csv", copies, tmp_path / "o.csv"
    )
    assert outcome[0].notes == ("buku.xlsx: reading it needs openpyxl; pip install openpyxl",)


def test_reads_the_text_cells_of_every_sheet(annotations: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["no", 1])
    book.create_sheet("lain").append([2, TEXTS["budi/pasar"][0]])
    (tmp_path / "copies/pasar").mkdir(parents=True)
    book.save(tmp_path / "copies/pasar/isi.xlsx")
    sources = tmp_path / "sources.csv"
    write(sources, [["repository", "files"], ["budi/pasar", "isi.xlsx"]])
    outcome = rebuild(annotations / "dev.csv", sources, tmp_path / "copies", tmp_path / "o.csv")
    assert outcome[0].found == 1


def test_a_broken_workbook_is_a_note(annotations: Path, copies: Path, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    (copies / "budi/pasar/buku.xlsx").write_bytes(b"PK not a workbook")
    write(
        annotations / "sources.csv",
        [["repository", "files"], ["budi/pasar", "buku.xlsx | a/isi.csv"]],
    )
    outcome = rebuild(
        annotations / "train.csv", annotations / "sources.csv", copies, tmp_path / "o.csv"
    )
    assert outcome[0].found == 1
    assert "not a readable workbook" in outcome[0].notes[0]


def test_the_command_ends_with_2_and_one_line(
    annotations: Path, copies: Path, tmp_path: Path
) -> None:
    output = tmp_path / "o.csv"
    (tmp_path / "empty").mkdir()
    for folder, words in (("nowhere", "no such folder"), ("empty", "none of the 5 annotated")):
        code, out, err = run(
            "--from", tmp_path / folder, "--output", output, "--annotations", annotations
        )
        assert (code, out, len(err)) == (2, [], 1)
        assert words in err[0]
        assert not output.exists()
    code, out, err = run("--from", copies, "--output", output, "--annotations", tmp_path / "none")
    assert (code, out, len(err)) == (2, [], 1)
    output.write_text("mine")
    code, out, err = run("--from", copies, "--output", output, "--annotations", annotations)
    assert (code, out, len(err)) == (2, [], 1)
    assert "--force" in err[0]
    assert output.read_text() == "mine"


def test_the_command_takes_the_other_split_and_replaces_on_demand(
    annotations: Path, copies: Path, tmp_path: Path
) -> None:
    output = tmp_path / "dev.csv"
    output.write_text("old")
    code, out, _ = run(
        "--from", copies, "--output", output, "--annotations", annotations,
        "--split", "dev", "--force",
    )  # fmt: skip
    assert code == 0
    assert out[-1] == f"{output}: 1 of 1 rows"
    assert len(pd.read_csv(output)) == 1
    assert not list(tmp_path.glob("*.part"))


def test_annotations_without_a_column_are_refused(
    annotations: Path, copies: Path, tmp_path: Path
) -> None:
    write(tmp_path / "bad.csv", [["id", "label"], ["0", "netral"]])
    with pytest.raises(TrainingDataError, match="no column 'repository'"):
        rebuild(tmp_path / "bad.csv", annotations / "sources.csv", copies, tmp_path / "o.csv")
    assert issubclass(RebuildError, TrainingDataError)
