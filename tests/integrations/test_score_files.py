from __future__ import annotations

import csv
import datetime
import importlib.util
import io
import json
from decimal import Decimal

import pandas as pd
import pytest

from netralitas_nlp.integrations import files, tables
from netralitas_nlp.integrations.evidence_cell import read_evidence
from netralitas_nlp.integrations.files import TableError, read_rows, score_file
from netralitas_nlp.integrations.queue import queue_file
from netralitas_nlp.integrations.table_format import Format
from netralitas_nlp.integrations.tables import encoding_of
from netralitas_nlp.model import Scorer
from netralitas_nlp.text.cells import protected, unprotected

SIX = ("dukungan", "ajakan", "serangan", "atribut", "keterlibatan", "wewenang")
ADDED = ["prob_partisan", "verdict", "skipped", *SIX, "evidence"]
TEXTS = [
    "Ayo coblos nomor 2, menangkan Bu Rina!",
    "ASN dilarang mendukung calon mana pun",
    'kata "hujan", turun\nsejak pagi',
    "",
    "ąčę ☝️ 中文; a\tb | c",
]


def table(path, texts, **options):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, **options)
        writer.writerow(["id", "teks"])
        writer.writerows([[i, text] for i, text in enumerate(texts)])
    return str(path)


def read(path, delimiter=","):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def many(posts, n):
    return [f"{posts[0][i % 60]} {i}" for i in range(n)]


def check(rows, scorer, texts):
    assert [row["teks"] for row in rows] == texts
    p = scorer.predict_proba(texts)[:, 1]
    assert [float(row["prob_partisan"]) for row in rows] == pytest.approx(list(p), abs=1e-6)
    for row in rows:
        assert row["verdict"] in ("netral", "tinjau", "partisan")
        assert int(row["skipped"]) == (not row["teks"].strip())


def test_csv(tmp_path, scorer):
    source = table(tmp_path / "posts.csv", TEXTS)
    assert score_file(source, str(tmp_path / "out.csv")) == len(TEXTS)
    rows = read(tmp_path / "out.csv")
    assert list(rows[0]) == ["id", "teks", *ADDED]
    assert [row["id"] for row in rows] == list("01234")
    check(rows, scorer, TEXTS)
    read_back = scorer.score(TEXTS[0])
    assert rows[0]["evidence"].count(" | ") == len(read_back.evidence) - 1
    assert read_back.evidence[0].text in rows[0]["evidence"]
    assert rows[1]["evidence"] == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv", "posts.csv"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.tsv", {"delimiter": "\t"}),
        ("a.csv", {"delimiter": ";"}),
        ("a.csv", {"delimiter": "|"}),
        ("a.csv", {"quoting": csv.QUOTE_ALL}),
        ("A.CSV", {"lineterminator": "\n"}),
    ],
)
def test_delimited_kinds(tmp_path, scorer, name, options):
    source = table(tmp_path / name, TEXTS, **options)
    score_file(source, str(tmp_path / "out.tsv"))
    check(read(tmp_path / "out.tsv", "\t"), scorer, TEXTS)


def test_jsonl_both_ways(tmp_path, scorer):
    source = tmp_path / "a.jsonl"
    rows = [{"teks": text, "n": {"a": [i]}} for i, text in enumerate(TEXTS)]
    rows.append({"teks": None, "n": 1})
    rows.append({"n": 2})
    source.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    assert score_file(str(source), str(tmp_path / "out.jsonl")) == 7
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    out = [json.loads(line) for line in lines]
    check(out[:5], scorer, TEXTS)
    assert out[0]["n"] == {"a": [0]}
    assert [row["skipped"] for row in out] == [0, 0, 0, 1, 0, 1, 1]
    assert [row["verdict"] for row in out[5:]] == ["netral"] * 2


def test_any_row_of_a_jsonl_file_may_name_a_column(tmp_path, scorer):
    source = tmp_path / "a.jsonl"
    source.write_text('{"teks": "satu"}\n{"id": 7, "teks": "dua"}\n', "utf-8")
    assert score_file(str(source), str(tmp_path / "out.csv")) == 2
    rows = read(tmp_path / "out.csv")
    assert [row["id"] for row in rows] == ["", "7"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"teks": "dua", "verdict": "milik saya"}', "already has column 'verdict'"),
        (json.dumps(dict.fromkeys(map(str, range(1001)))), "more than 1,000 different names"),
    ],
)
def test_a_later_row_of_a_jsonl_file_loses_no_column(tmp_path, scorer, row, message):
    source = tmp_path / "a.jsonl"
    source.write_text('{"teks": "satu"}\n' + row + "\n", "utf-8")
    with pytest.raises(TableError, match=message):
        score_file(str(source), str(tmp_path / "out.jsonl"))


def test_plain_text(tmp_path, scorer):
    source = tmp_path / "a.txt"
    source.write_bytes('\ufeffAyo coblos nomor 2\r\n\nhujan, "pagi"\n'.encode())
    assert score_file(str(source), str(tmp_path / "out.csv"), text_column="isi") == 3
    assert [row["isi"] for row in read(tmp_path / "out.csv")] == [
        "Ayo coblos nomor 2", "", 'hujan, "pagi"',
    ]  # fmt: skip


def test_parquet(tmp_path, scorer):
    if importlib.util.find_spec("pyarrow") is None:
        reason = "pyarrow is not installed: Parquet is NOT checked"
        print(reason)
        pytest.skip(reason)
    import pyarrow
    from pyarrow import parquet

    source = str(tmp_path / "a.parquet")
    parquet.write_table(pyarrow.table({"id": [1, 2, 3], "teks": [TEXTS[0], None, "hujan"]}), source)
    assert score_file(source, str(tmp_path / "out.csv")) == 3
    rows = read(tmp_path / "out.csv")
    assert [row["skipped"] for row in rows] == ["0", "1", "0"]
    assert [row["teks"] for row in rows] == [TEXTS[0], "", "hujan"]
    with pytest.raises(TableError, match="did you mean --text-column teks"):
        read_rows(source, "tekss")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(TableError, match="not a readable Parquet"):
        read_rows(str(tmp_path / "b.parquet"), "teks")


def test_a_parquet_cell_that_python_cannot_hold_is_one_error(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parts = [None, *map(pyarrow.py_buffer, (bytes([0, 0, 0, 0, 1, 0, 0, 0]), b"\xff"))]
    broken = pyarrow.Array.from_buffers(pyarrow.string(), 1, parts)
    late = pyarrow.array([2**49], pyarrow.timestamp("ms"))  # long after the year 9999
    for name, column in (("teks", broken), ("waktu", late)):
        path = str(tmp_path / f"{name}.parquet")
        parquet.write_table(pyarrow.table({"teks": ["hujan"]} | {name: column}), path)
        _, rows = read_rows(path, "teks")
        with pytest.raises(TableError, match="damaged Parquet"):
            list(rows)


def test_parquet_without_pyarrow(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"")
    with pytest.raises(TableError, match="pip install"):
        read_rows(str(tmp_path / "a.parquet"), "teks")


def test_invalid_utf8_survives(tmp_path):
    source = tmp_path / "a.csv"
    source.write_bytes(b"teks\nhalo \xff coblos\n")
    score_file(str(source), str(tmp_path / "out.csv"))
    assert b"halo \xff coblos" in (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "jsonl"])
def test_a_file_of_windows_is_read_as_such(tmp_path, ending):
    said = "“Ayo” coblos – kata si René"
    body = {"txt": said, "jsonl": json.dumps({"teks": said}, ensure_ascii=False)}
    source = tmp_path / f"a.{ending}"
    source.write_bytes((body.get(ending) or f"teks\n{said}").encode("cp1252") + b"\n")
    score_file(str(source), str(tmp_path / "out.csv"))
    assert read(tmp_path / "out.csv")[0]["teks"] == said


@pytest.mark.parametrize(
    "content",
    [
        "teks\nbagus 😂 sekali 😂\npotong ".encode() + "😂".encode()[:3] + b"\n",
        b"\xef\xbb\xbfteks\npotong " + "😂".encode()[:3] + b"\n",
        b"teks\npotong " + "😂".encode()[:3] + b"\n",
        b"teks\n" + b"a" * (2**20 - 6) + "“".encode(),  # a piece that is read ends inside it
        b"teks\nhalo \xff\n",
    ],
)
def test_torn_letters_do_not_make_a_file_one_of_windows(tmp_path, content):
    source = tmp_path / "a.csv"
    source.write_bytes(content)
    assert encoding_of(str(source)) == "utf-8-sig"
    assert read_rows(str(source), "teks")[0] == ["teks"]


def test_letters_of_windows_are_found_far_behind(tmp_path):
    source = tmp_path / "a.csv"
    source.write_bytes(b"teks\n" + b"hujan turun\n" * 200_000 + b"si Ren\xe9\n")
    assert encoding_of(str(source)) == "cp1252"


def test_torn_letters_in_evidence_do_not_part_page_and_file(tmp_path):
    source, page = tmp_path / "a.csv", tmp_path / "a.html"
    source.write_bytes(b"teks\nAyo menangkan\xe9 \xff coblos nomor 2 dukung\xe9\n")
    score_file(str(source), str(tmp_path / "out.csv"))
    queue_file(str(source), str(page), Scorer.load(), scored=str(tmp_path / "out.csv"))
    assert page.exists()


@pytest.mark.parametrize("value", [5, ["Ayo"], {"a": 1}, True])
def test_a_cell_that_is_no_text_is_no_empty_text(tmp_path, value):
    source = tmp_path / "a.jsonl"
    source.write_text(
        json.dumps({"teks": value}) + '\n{"teks": "hujan"}\n{"teks": null}\n', "utf-8"
    )
    assert score_file(str(source), str(tmp_path / "out.csv")) == 2
    assert f"teks is {type(value).__name__}, not text" in (
        tmp_path / "out.csv.rejects.csv"
    ).read_text("utf-8")


def test_bytes_in_parquet_are_no_empty_text(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"teks": [b"Ayo coblos nomor 2", b"hujan"]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert score_file(str(tmp_path / "a.parquet"), str(tmp_path / "out.csv")) == 0


def test_the_input_is_never_removed_as_rejects_of_another(tmp_path):
    source = table(tmp_path / "out.csv.rejects.csv", ["hujan"])
    with pytest.raises(TableError, match="would overwrite the input"):
        score_file(source, str(tmp_path / "out.csv"), force=True)
    assert (tmp_path / "out.csv.rejects.csv").exists()


def test_a_number_that_the_cut_goes_through_is_masked(tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text('{"teks": "hujan"}\n{"teks": ' + "x" * 980 + " 3201011234567890\n", "utf-8")
    score_file(str(source), str(tmp_path / "out.csv"))
    assert "3201" not in (tmp_path / "out.csv.rejects.csv").read_text("utf-8")


def test_columns_without_a_name_get_one(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("no;;;teks;\n1;x;y;hujan;\n", "utf-8")
    score_file(str(source), str(tmp_path / "out.csv"))
    row = read(tmp_path / "out.csv")[0]
    assert (row["column 2"], row["column 3"], row["teks"]) == ("x", "y", "hujan")


def test_columns_of_one_name_are_told_apart_but_not_the_texts(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("suka,teks,suka,suka.1\n1,hujan,2,3\n", "utf-8")
    score_file(str(source), str(tmp_path / "out.csv"))
    row = read(tmp_path / "out.csv")[0]
    assert (row["suka"], row["suka.1"], row["suka.1.1"], row["teks"]) == ("1", "2", "3", "hujan")
    source.write_text("teks,suka,teks\nhujan,2,banjir\n", "utf-8")
    with pytest.raises(TableError, match="column 'teks' stands there twice; rename one"):
        read_rows(str(source), "teks")


def test_what_is_no_table_and_no_folder_is_said(tmp_path):
    source = tmp_path / "a.csv"
    source.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(TableError, match="save it as CSV"):
        score_file(str(source), str(tmp_path / "out.csv"))
    with pytest.raises(TableError, match="there is no folder"):
        score_file(table(source, TEXTS), str(tmp_path / "no" / "out.csv"))
    source.write_text("Isi Unggahan,b\n", "utf-8")
    with pytest.raises(TableError, match="did you mean --text-column 'Isi Unggahan'"):
        read_rows(str(source), "isi unggahan")


def test_the_line_of_excel_that_names_the_separator(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("sep=;\r\nid;teks\r\n1;satu\r\n2;dua;x\r\n3;tiga, empat\r\n", "utf-8")
    score_file(str(source), str(tmp_path / "out.csv"))
    assert [row["teks"] for row in read(tmp_path / "out.csv")] == ["satu", "tiga, empat"]
    assert (tmp_path / "out.csv.rejects.csv").read_text("utf-8").splitlines()[1].startswith("3,")


def test_personal_numbers_are_masked_in_evidence(tmp_path):
    source = table(tmp_path / "a.csv", ["Ayo coblos nomor 2 hub 081234567890 menangkan petahana!"])
    score_file(source, str(tmp_path / "out.csv"))
    assert "081234567890" not in read(tmp_path / "out.csv")[0]["evidence"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_formula_cells_are_neutralised(tmp_path, start, ending):
    text = start + "HYPERLINK(1)"
    source = tmp_path / "a.jsonl"
    rows = [{"=nama": text, "teks": text}]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    out = tmp_path / f"out.{ending}"
    score_file(str(source), str(out))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t" if ending == "tsv" else ","))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'" + text in cells
    assert "'=nama" in cells


@pytest.mark.parametrize("text", ["@budi ayo coblos nomor 2!", "'=ayo coblos nomor 2!"])
def test_our_own_output_is_read_as_it_was(tmp_path, text):
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps({"teks": text, "@akun": "-1"}), encoding="utf-8")
    score_file(str(source), str(tmp_path / "out.csv"))
    first = read(tmp_path / "out.csv")[0]
    assert first["teks"] == "'" + text
    again = tmp_path / "again.csv"
    with again.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["teks", "'@akun"], [first["teks"], first["'@akun"]]])
    _, rows = read_rows(str(again), "teks")
    assert list(rows) == [{"teks": text, "@akun": "-1"}]
    score_file(str(again), str(tmp_path / "again.out.csv"))
    assert read(tmp_path / "again.out.csv")[0] == first  # score, offsets of evidence, apostrophe


def test_every_sign_is_protected_and_every_cell_read_again_as_it_was():
    for text in [*map(chr, range(0x10000)), "", "''=", "'a", "a="]:
        run = text.lstrip("'")[:1] in {*"=+-@\t\r\n＝＋－＠"}
        assert protected(text) == "'" * run + text
        assert unprotected(protected(text)) == text


def test_nan_in_jsonl_is_an_empty_cell_and_a_list_stays_json(tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text(
        '{"teks": NaN, "n": [NaN, {"é": Infinity}]}\n{"teks": "hujan", "n": -Infinity}\n'
        '{"teks": "hujan", "n": NaN}\n',
        "utf-8",
    )
    score_file(str(source), str(tmp_path / "out.csv"))
    assert [(row["teks"], row["n"]) for row in read(tmp_path / "out.csv")] == [
        ("", '[null, {"é": "Infinity"}]'), ("hujan", "-inf"), ("hujan", ""),
    ]  # fmt: skip
    rows = jsonl(source, tmp_path / "out.jsonl")
    assert [(row["teks"], row["n"], row["skipped"]) for row in rows] == [
        (None, [None, {"é": "Infinity"}], 1), ("hujan", "-Infinity", 0), ("hujan", None, 0),
    ]  # fmt: skip


def jsonl(source, out):
    """Rows that are JSON to every reader, not to Python's only."""
    score_file(str(source), str(out))
    lines = out.read_text("utf-8").splitlines()
    return [json.loads(line, parse_constant=pytest.fail) for line in lines]


def test_nan_in_parquet_is_an_empty_cell(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="no pyarrow: NaN is NOT checked")
    import pyarrow

    source = tmp_path / "a.parquet"
    nan = float("nan")
    columns = {"teks": ["hujan", "banjir"], "n": [nan, 1.5], "l": [[nan, 2.0], [3.0]]}
    parquet.write_table(pyarrow.table(columns), source)
    rows = jsonl(source, tmp_path / "out.jsonl")
    assert [(row["n"], row["l"]) for row in rows] == [(None, [None, 2.0]), (1.5, [3.0])]
    score_file(str(source), str(tmp_path / "out.csv"))
    assert [(row["n"], row["l"]) for row in read(tmp_path / "out.csv")] == [
        ("", "[null, 2.0]"), ("1.5", "[3.0]"),
    ]  # fmt: skip
    parquet.write_table(pyarrow.table({"teks": [nan, nan]}), source)
    score_file(str(source), str(tmp_path / "out.csv"), force=True)
    assert [(row["teks"], row["skipped"]) for row in read(tmp_path / "out.csv")] == [("", "1")] * 2


def test_no_evidence(tmp_path):
    source = table(tmp_path / "a.csv", TEXTS)
    score_file(source, str(tmp_path / "out.csv"), evidence=False)
    assert list(read(tmp_path / "out.csv")[0]) == ["id", "teks", *ADDED[:-1]]


class CutError(Exception):
    pass


def cut_after(batches):
    calls = []

    def advance(done, total):
        calls.append(done)
        if len(calls) == batches:
            raise CutError

    return advance


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_resume_after_a_cut(tmp_path, posts, monkeypatch, ending):
    monkeypatch.setattr(files, "_BATCH", 50)
    source = table(tmp_path / "posts.csv", [*many(posts, 130), "dua\nbaris", "=1+1"])
    whole, out = tmp_path / f"whole.{ending}", tmp_path / f"out.{ending}"
    assert score_file(source, str(whole), evidence=False) == 132
    with pytest.raises(CutError):
        score_file(source, str(out), evidence=False, advance=cut_after(2))
    assert not out.exists()
    part = tmp_path / f"out.{ending}.part"
    with part.open("ab") as file:
        file.write(b'99,"baris yang ter')  # a torn row behind the checkpoint
    seen = []
    done = score_file(source, str(out), evidence=False, advance=lambda d, total: seen.append(d))
    assert done == 132
    assert seen == [132]  # two of three batches were not read again
    assert out.read_bytes() == whole.read_bytes()
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize(("after", "saved"), [(0.0, [0, 20, 40, 60, 60]), (3600.0, [0, 60])])
def test_the_disk_is_waited_for_now_and_then(tmp_path, posts, monkeypatch, after, saved):
    monkeypatch.setattr(files, "_BATCH", 20)
    monkeypatch.setattr(files, "_SAVE_AFTER", after)
    write, rows = files.Checkpoint.write, []
    monkeypatch.setattr(
        files.Checkpoint, "write", lambda self, state: (rows.append(state.rows), write(self, state))
    )
    source = table(tmp_path / "posts.csv", many(posts, 60))
    score_file(source, str(tmp_path / "out.csv"), evidence=False)
    assert rows == saved


@pytest.mark.parametrize("values", [
    ["", "a", 'say "no"', "x,y", "\t", "=1", "\r", "a\nb", "\ud83d", "ą"],
    [0, -3, 1.5, 1e-05, 0.123457, float("inf")],
    [True, "=1", 2, [1], Decimal("1.50"), datetime.date(2024, 11, 27), 'say "no"'],
])  # fmt: skip
@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_columns_are_written_as_csv_writes_them(values, ending):
    rows = [{"a": value, "b": "hujan"} for value in values]
    out = io.StringIO(newline="")
    options = {"delimiter": "\t" if ending == ".tsv" else ",", "lineterminator": "\n"}
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, **options)
    kept = [protected(value) if isinstance(value, str) else value for value in values]
    writer.writerows([value, "hujan", number] for number, value in enumerate(kept))
    expected = out.getvalue().replace("\ud83d", "\ufffd").encode()
    added = {"c": list(range(len(rows)))}
    assert Format(ending, ["a", "b"], ["c"]).rows(rows, added) == expected


@pytest.mark.parametrize("half", ["\\ud83d", "\\udcaa"])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_halves_of_emoji_in_jsonl_leave_the_output_utf8(tmp_path, half, ending):
    source = tmp_path / "a.jsonl"
    text = "Ayo coblos nomor 2, menangkan Bu Rina!"
    source.write_text(
        f'{{"teks": "{half} {text}", "n": ["{half}"], "{half}": "\\ud83d\\ude00"}}\n', "ascii"
    )
    out = tmp_path / f"out.{ending}"
    score_file(str(source), str(out))
    written = out.read_text("utf-8")
    assert written.count("\ufffd") == 3
    assert "\U0001f600" in written
    [row] = map(json.loads, [written]) if ending == "jsonl" else read(out)
    expected = [item.text for item in Scorer.load().score(f"\ufffd {text}").evidence]
    assert expected
    assert [item.text for item in read_evidence(row["evidence"], row["teks"])] == expected


def test_a_cell_is_written_the_same_in_every_batch():
    rows = [{"a": None, "b": "x"}, {"a": "", "b": None}, {"b": 2.5}]
    one_by_one = b"".join(Format(".csv", ["a", "b"]).rows([row]) for row in rows)
    assert Format(".csv", ["a", "b"]).rows(rows) == one_by_one == b',"x"\n"",\n,2.5\n'


def test_any_number_of_jobs_writes_the_same_bytes(tmp_path):
    source = tmp_path / "a.jsonl"
    rows = [{"teks": f"hujan {i}", "k": None if i < 256 else "x"} for i in range(600)]
    source.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    for jobs in (1, 2):
        score_file(str(source), str(tmp_path / f"{jobs}.csv"), jobs=jobs)
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


@pytest.mark.parametrize("change", ["source", "options", "checkpoint", "short"])
def test_a_checkpoint_of_another_run_is_not_used(tmp_path, posts, monkeypatch, change):
    monkeypatch.setattr(files, "_BATCH", 20)
    source, out = table(tmp_path / "posts.csv", many(posts, 60)), tmp_path / "out.csv"
    with pytest.raises(CutError):
        score_file(source, str(out), evidence=False, advance=cut_after(2))
    options = {"evidence": False}
    if change == "source":
        table(tmp_path / "posts.csv", many(posts, 61)[1:])
    elif change == "options":
        options = {"evidence": True}
    elif change == "checkpoint":
        (tmp_path / "out.csv.part.json").write_text("{torn", encoding="utf-8")
    else:
        part = tmp_path / "out.csv.part"
        part.write_bytes(part.read_bytes()[:100])
    assert score_file(source, str(out), **options) == 60
    whole = tmp_path / "whole.csv"
    score_file(source, str(whole), **options)
    assert out.read_bytes() == whole.read_bytes()


def test_a_bad_row_keeps_what_was_scored(tmp_path, posts, monkeypatch):
    monkeypatch.setattr(files, "_BATCH", 10)
    source = tmp_path / "posts.csv"
    table(source, many(posts, 25))
    good = source.read_bytes()
    source.write_bytes(good + b"25,x,one cell too many\n")
    with pytest.raises(TableError, match="row 27: 3 cells instead of 2"):
        score_file(str(source), str(tmp_path / "out.csv"), strict=True)
    assert not (tmp_path / "out.csv").exists()
    assert json.loads((tmp_path / "out.csv.part.json").read_text())["rows"] == 20


def test_two_jobs_give_the_same_bytes(tmp_path, posts, monkeypatch):
    monkeypatch.setattr(files, "_BATCH", 40)
    source = table(tmp_path / "posts.csv", many(posts, 150))
    for jobs in (1, 2):
        assert score_file(source, str(tmp_path / f"{jobs}.csv"), jobs=jobs) == 150
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_rows_come_lazily(tmp_path, posts, monkeypatch):
    monkeypatch.setattr(files, "_BATCH", 10)
    source = tmp_path / "posts.csv"
    table(source, many(posts, 100))
    seen = []
    with pytest.raises(CutError):
        score_file(
            str(source), str(tmp_path / "out.csv"), evidence=False,
            advance=lambda d, t: (seen.append((d, t)), cut_after(1)(d, t)),
        )  # fmt: skip
    assert seen == [(10, None)]


def test_another_model(tmp_path, small_folder, small_scorer):
    source = table(tmp_path / "a.csv", TEXTS)
    score_file(source, str(tmp_path / "out.csv"), model=small_folder)
    check(read(tmp_path / "out.csv"), small_scorer, TEXTS)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "isi\nx\n", "no column 'teks' among isi"),
        ("a.csv", "tekss,id\nx,1\n", "did you mean --text-column tekss"),
        ("a.csv", "", "the file is empty"),
        ("a.csv", "id,teks\n1\n", "row 2: 1 cells instead of 2"),
        ("a.csv", 'id,teks\n1,a\n2,b,"c\n', "row 3"),
        ("a.csv", "teks,verdict\na,b\n", "already has column 'verdict'"),
        ("a.jsonl", '{"teks": "a"}\n{"teks": \n', "row 2: not valid JSON"),
        ("a.jsonl", '{"teks": "a"}\n["b"]\n', "row 2: not a JSON object"),
        ("a.jsonl", '{"isi": "a"}\n', "no column 'teks'"),
        ("a.xlsx", "x", "cannot read '.xlsx'"),
        ("a", "x", "no ending"),
    ],
)
def test_bad_sources(tmp_path, name, content, message):
    source = tmp_path / name
    source.write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match=message) as caught:
        score_file(str(source), str(tmp_path / "out.csv"), strict=True)
    assert str(source) in str(caught.value)
    assert not (tmp_path / "out.csv").exists()


def test_outputs_are_not_overwritten(tmp_path):
    source = table(tmp_path / "a.csv", TEXTS)
    out = tmp_path / "out.csv"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="--force"):
        score_file(source, str(out))
    assert out.read_text("utf-8") == "mine"
    score_file(source, str(out), force=True)
    assert len(read(out)) == len(TEXTS)
    with pytest.raises(TableError, match="overwrite the input"):
        score_file(source, source, force=True)
    with pytest.raises(TableError, match="no such file"):
        score_file(str(tmp_path / "none.csv"), str(tmp_path / "b.csv"))
    with pytest.raises(TableError, match="cannot write"):
        score_file(source, str(tmp_path / "b.parquet"))


def test_a_table_without_rows(tmp_path):
    source = table(tmp_path / "a.csv", [])
    assert score_file(source, str(tmp_path / "out.csv")) == 0
    assert (tmp_path / "out.csv").read_text("utf-8").strip() == ",".join(["id", "teks", *ADDED])


def test_a_quotation_mark_that_is_never_closed(tmp_path):
    """Only its own row is lost, although a reader of CSV takes the rest for one cell."""
    source = tmp_path / "a.csv"
    source.write_text('id,teks\n1,hujan\n2,"ayo\n3,coblos\n4,dua\n', encoding="utf-8")
    assert score_file(str(source), str(tmp_path / "out.csv")) == 3
    assert [row["id"] for row in read(tmp_path / "out.csv")] == ["1", "3", "4"]
    [bad] = read(tmp_path / "out.csv.rejects.csv")
    assert bad["reason"] == "a quotation mark is opened and never closed"
    assert (bad["row"], bad["content"]) == ("3", '2,"ayo\n')


def test_the_rest_of_a_large_file_is_not_one_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_LONGEST_CELL", 1000)
    source = tmp_path / "a.csv"
    lines = [f"{i},hujan di desa" for i in range(500)]
    lines[7] = '7,"hujan'
    lines[400] = f"400,{'a' * 2000}"
    source.write_text("\n".join(["id,teks", *lines]), encoding="utf-8")
    assert score_file(str(source), str(tmp_path / "out.csv"), evidence=False) == 498
    found = [int(row["id"]) for row in read(tmp_path / "out.csv")]
    assert found == [i for i in range(500) if i not in (7, 400)]
    reasons = [row["reason"] for row in read(tmp_path / "out.csv.rejects.csv")]
    assert reasons[0] == "a quotation mark is opened and never closed"
    assert reasons[1].startswith("a cell is longer than")
    assert len(reasons) == 2


def test_a_first_line_that_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_LONGEST_CELL", 1000)
    source = tmp_path / "a.csv"
    source.write_text('"id,teks\n' + "1,hujan\n" * 500, encoding="utf-8")
    with pytest.raises(TableError, match="the first line cannot be read"):
        score_file(str(source), str(tmp_path / "out.csv"))


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "txt"])
def test_utf_16_is_named(tmp_path, ending):
    source = tmp_path / f"a.{ending}"
    source.write_bytes("id,teks\n1,hujan\n".encode("utf-16"))
    with pytest.raises(TableError, match="is written in UTF-16"):
        score_file(str(source), str(tmp_path / "out.csv"))
