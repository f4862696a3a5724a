from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from netralitas_nlp.cli import main
from netralitas_nlp.evaluation import checkfiles, read_direction, read_parity, read_suite
from netralitas_nlp.evaluation.checkfiles import shipped_checks

SUITE = "functionality,label,sinyal,span,region,text,pair\n"
RIGHT = "biasa,netral,,,,Hujan turun sejak pagi,\n"
PARITY = "frame,label,slot,fillers,text\n"
FRAME = "f1,partisan,person,Bu Rina;Bu Sari,Ayo menangkan {person}!\n"


@pytest.fixture
def file(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "s.csv"
        path.write_bytes(content.encode(encoding))
        return path

    return write


def refused(*arguments):
    """The one line of a check that ends with exit status 2."""
    result = CliRunner().invoke(main, ["check", *map(str, arguments)])
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    (line,) = result.stderr.strip().splitlines()
    return line


def test_the_suite_of_the_library_is_the_default(monkeypatch, tmp_path):
    line = ["check", "--kind", "parity", "--no-floors", "--quiet", "--format", "json"]
    result = CliRunner().invoke(main, line)
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["parity"]["frames"]) == len(read_parity(shipped_checks()))
    monkeypatch.setattr(checkfiles, "__file__", str(tmp_path / "a" / "b" / "checkfiles.py"))
    assert "name one with --suite" in refused()


def test_a_torn_row_is_no_right_case(file):
    path = file(SUITE + "short,netral\n")
    line = refused("--suite", path, "--kind", "suite", "--no-floors")
    assert f"{path}, row 2: 2 cells where the header has 7" in line


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (SUITE + RIGHT + "biasa,netral,,,,Hujan, angin,\n", "row 3: 8 cells"),
        (SUITE + "\n,,,,,,\n" + RIGHT + "biasa,netral\n", "row 5: 2 cells"),
        (SUITE + '"dua\nbaris",netral,,,,Hujan,\nbiasa,netral\n', "row 3: 2 cells"),
        (SUITE + "\nbiasa,netrl,,,,Hujan,\n", "row 3: label 'netrl'"),
        ("\n", "no column 'functionality'; the file is empty"),
    ],
)
def test_the_row_of_a_fault_is_that_of_a_spreadsheet(file, content, place):
    with pytest.raises(ValueError, match=rf"s\.csv.*{place}"):
        read_suite(file(content))


def test_a_long_cell_is_read(file):
    (case,) = read_suite(file(SUITE + RIGHT.replace("Hujan", "Hujan" * 40_000)))
    assert len(case["text"]) > 200_000


def test_what_excel_calls_csv_utf_8_is_read(file):
    assert read_suite(file(SUITE + RIGHT, "utf-8-sig"))[0]["functionality"] == "biasa"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_another_encoding_is_named_with_its_place(file, mark):
    path = file(SUITE)
    path.write_bytes((mark + SUITE + RIGHT).encode() + "café,netral,,,,“Hujan”,\n".encode("cp1252"))
    line = refused("--suite", path)
    assert line == f"netralitas: {path}, row 3: byte 0xe9 is not UTF-8; save the file as UTF-8"


def test_two_fillers_alike_are_one(file):
    line = FRAME.replace("Sari", "Rina")
    with pytest.raises(ValueError, match=r"s\.csv, row 3: frame 'f1' .* two different fillers"):
        read_parity(file(PARITY + FRAME + line))


def test_a_torn_frame_or_pair_is_named(file):
    with pytest.raises(ValueError, match="row 2: 3 cells where the header has 5"):
        read_parity(file(PARITY + "f1,partisan,person\n"))
    with pytest.raises(ValueError, match="row 2: 3 cells where the header has 5"):
        read_direction(file("pair,kind,direction,base,changed\nd1,negation,down\n"))


def test_a_span_that_is_not_in_its_text_is_refused(file):
    path = file(SUITE + RIGHT + "seruan,partisan,ajakan,coblos 2,,Ayo coblos nomor 2!,\n")
    line = refused("--suite", path)
    assert f"{path}, row 3: span 'coblos 2' does not stand in the text" in line
