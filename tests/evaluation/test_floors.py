from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from netralitas_nlp.cli import main
from netralitas_nlp.evaluation import FloorError, Floors, figures_of, run_checks
from netralitas_nlp.evaluation.floors import MARGINS, Figure

SUITE = [
    ("functionality", "label", "sinyal", "span", "region", "text", "pair"),
    ("seruan", "partisan", "ajakan", "coblos nomor 2", "", "Ayo coblos nomor 2, kawan-kawan!",
     "p1"),
    ("seruan", "partisan", "ajakan", "menangkan Bu Rina", "", "Mari menangkan Bu Rina, coblos!",
     ""),
    ("imbauan", "netral", "", "", "", "ASN dilarang mendukung calon mana pun, jaga netralitas",
     "p1"),
    ("sehari-hari", "netral", "", "", "", "Hujan turun sejak pagi, sekolah anak saya libur", ""),
]  # fmt: skip
DIRECTION = [
    ("pair", "kind", "direction", "base", "changed"),
    ("d1", "prohibition", "down", "Ayo coblos nomor 2!", "ASN dilarang mengajak coblos nomor 2."),
]
PARITY = [
    ("frame", "label", "slot", "fillers", "text"),
    ("f1", "partisan", "number", "1;2;3", "Ayo coblos nomor {number}!"),
]


def table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "checks"
    place.mkdir()
    table(place / "suite.csv", SUITE)
    table(place / "direction.csv", DIRECTION)
    table(place / "parity.csv", PARITY)
    return place


@pytest.fixture
def report(scorer, folder):
    return run_checks(scorer, folder)


@pytest.fixture
def check(folder):
    def run(*args, code=0):
        command = ["check", "--suite", str(folder), *args]
        result = CliRunner().invoke(main, command)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def edit(folder, **floors):
    path = folder / "floors.json"
    facts = json.loads(path.read_text("utf-8"))
    for name, value in floors.items():
        facts["floors"][name.replace("__", ".")] = value
    path.write_text(json.dumps(facts), encoding="utf-8")


def stored(folder):
    return json.loads((folder / "floors.json").read_text("utf-8"))


def test_every_figure_gets_a_floor_below_what_was_measured(report):
    figures = figures_of(report)
    floors = Floors().raised(report)
    assert set(floors.floors) == set(figures)
    assert {name.split(".")[0] for name in figures} == {
        "suite", "invariance", "direction", "parity",
    }  # fmt: skip
    for name, figure in figures.items():
        if figure.ceiling:
            assert figure.value < floors.floors[name]
        else:
            assert floors.floors[name] < figure.value or floors.floors[name] == 0.0
    assert floors.broken(report) == []
    assert set(floors.data) == {"suite.csv", "direction.csv", "parity.csv"}


@given(value=st.floats(0, 1), cases=st.integers(1, 5000), ceiling=st.booleans())
def test_the_margin_is_the_stated_one(value, cases, ceiling):
    floor = Figure(value, cases, ceiling).floor(MARGINS)
    if ceiling:
        assert value + 0.005 - 1e-9 <= floor <= value + 0.0052
    else:
        margin = max(0.01, 2 / cases)
        assert floor == max(0.0, floor)
        assert max(0, value - margin) - 1.1e-4 <= floor <= max(0, value - margin) + 1e-9


def test_each_broken_floor_is_named(report):
    floors = Floors().raised(report)
    cases = [{**case, "passed": False} for case in report.cases]
    frames = [{**frame, "mean_change": 0.3} for frame in report.parity.frames]
    worse = replace(report, cases=cases, parity=replace(report.parity, frames=frames))
    strict = {"suite.pass_rate": 0.9, "suite.neutral_kept": 0.0, "parity.mean_change": 0.1}
    assert replace(floors, floors=strict).broken(worse) == [
        "parity.mean_change is 0.3000, above its ceiling 0.1000",
        "suite.pass_rate is 0.0000, below its floor 0.9000",
    ]
    assert replace(floors, floors=strict).broken(report) == []


def test_a_floor_that_names_no_measured_figure_fails(report):
    floors = Floors().raised(report)
    for name in ("suite.functionalities.hilang", "invariance.tipo", "suit.pass_rate"):
        more = replace(floors, floors={**floors.floors, name: 0.1})
        assert more.broken(report) == [f"floor {name} names no measured figure"]
        with pytest.raises(FloorError, match="names no measured figure"):
            more.raised(report)
        assert name not in more.lowered_for(report, "renamed").floors


def test_a_check_that_matched_no_case_fails(scorer, report, folder):
    table(folder / "suite.csv", [SUITE[0], ("angka", "netral", "", "", "", "2 2 2", "")])
    empty = run_checks(scorer, folder)
    broken = Floors().raised(report).broken(empty)
    assert "invariance.slang matched no case" in broken
    assert "suite.partisan_found matched no case" in broken
    assert Floors.unmatched(empty) == []
    with pytest.raises(FloorError, match="matched no case"):
        Floors().raised(empty)
    with pytest.raises(FloorError, match="matched no case"):
        Floors().raised(report).lowered_for(empty, "why not")


def test_floors_of_kinds_that_did_not_run_wait(scorer, report, folder):
    floors = Floors().raised(report)
    part = run_checks(scorer, folder, kinds=["direction"])
    assert floors.broken(part) == []
    only = replace(floors, floors={"suite.pass_rate": 0.1})
    assert only.broken(part) == ["no floor for direction"]


def test_other_data_is_noticed(scorer, report, folder):
    floors = Floors().raised(report)
    text = (folder / "suite.csv").read_bytes()
    (folder / "suite.csv").write_bytes(text.replace(b"\r\n", b"\n"))
    assert floors.broken(run_checks(scorer, folder)) == []  # line ends are no change
    table(folder / "suite.csv", SUITE[:-1])
    other = run_checks(scorer, folder)
    assert any("suite.csv is not the file" in line for line in floors.broken(other))
    part = run_checks(scorer, folder, kinds=["invariance"])
    with pytest.raises(FloorError, match="without --kind"):
        floors.raised(part)


def test_raising_never_lowers(report):
    floors = Floors().raised(report)
    low = dict.fromkeys(floors.floors, 0.0) | {
        name: 1.0 for name in floors.floors if name.startswith("parity.")
    }  # fmt: skip
    assert replace(floors, floors=low).raised(report).floors == floors.floors
    value = figures_of(report)["suite.pass_rate"].value
    high = {**floors.floors, "suite.pass_rate": value}
    assert replace(floors, floors=high).raised(report).floors["suite.pass_rate"] == value
    worse = replace(report, cases=[{**case, "passed": False} for case in report.cases])
    with pytest.raises(FloorError, match=r"suite\.pass_rate is 0\.0000"):
        floors.raised(worse)


def test_lowering_needs_a_reason_and_keeps_it(report):
    floors = Floors().raised(report)
    worse = replace(report, cases=[{**case, "passed": False} for case in report.cases])
    with pytest.raises(FloorError, match="reason"):
        floors.lowered_for(worse, "  ")
    lower = floors.lowered_for(worse, "smaller model")
    assert lower.broken(worse) == []
    assert lower.floors["direction.pass_rate"] == floors.floors["direction.pass_rate"]
    (entry,) = lower.lowered
    assert entry["because"] == "smaller model"
    assert entry["floors"]["suite.pass_rate"] == [floors.floors["suite.pass_rate"], 0.0]
    assert floors.lowered_for(report, "for fun") == floors


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no JSON"),
        ("[]", "format 1"),
        ('{"format": 2, "floors": {"a": 1}}', "format 1"),
        ('{"format": 1, "floors": {}}', "checks nothing"),
        ('{"format": 1, "floors": {"suite.pass_rate": "0.8"}}', "'0.8'"),
        ('{"format": 1, "floors": {"suite.pass_rate": true}}', "True"),
        ('{"format": 1, "floors": {"suite.pass_rate": 80}}', "from 0 to 1"),
    ],
)
def test_bad_files(tmp_path, content, message):
    path = tmp_path / "floors.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FloorError, match=message):
        Floors.read(path)


def test_written_floors_are_read_back(report, tmp_path):
    floors = Floors().raised(report)
    floors.write(tmp_path / "floors.json")
    assert Floors.read(tmp_path / "floors.json") == floors


# --- the command --------------------------------------------------------------------------------


def test_command_life_of_floors(check, folder):
    assert "SUITE" in check().stdout
    assert "written" in check("--raise-floors").stderr
    first = stored(folder)
    assert "nothing to change" in check("--raise-floors").stderr
    facts = json.loads(check("--format", "json").stdout)
    assert facts["broken"] == []
    assert {"functionalities", "invariance", "direction", "parity"} <= set(facts)

    edit(folder, suite__pass_rate=1.0, suite__functionalities__imbauan=1.0)
    check()  # a floor that is just held
    edit(folder, parity__mean_change=0.0, direction__mati=0.5)
    result = check("--format", "json", code=1)
    assert "floor direction.mati names no measured figure" in json.loads(result.stdout)["broken"]
    assert "floor direction.mati names no measured figure" in result.stderr
    before = stored(folder)
    assert "left as it was" in check("--raise-floors", code=1).stderr
    assert stored(folder) == before
    check("--no-floors")
    check("--lower-floors", "--because", "the pair was withdrawn")
    after = stored(folder)
    assert "direction.mati" not in after["floors"]
    assert after["lowered"][0]["because"] == "the pair was withdrawn"
    assert after["floors"]["suite.pass_rate"] == 1.0
    assert set(first["floors"]) == set(after["floors"])
    check()


def test_command_names_what_is_broken(check, folder, scorer):
    check("--raise-floors")
    edit(folder, suite__pass_rate=0.8, suite__functionalities__seruan=0.6)
    # one label turned round: a mistake of the suite, and it breaks floors
    table(folder / "suite.csv", [*SUITE[:2], (*SUITE[2][:1], "netral", "", "", *SUITE[2][4:]),
                                 *SUITE[3:]])  # fmt: skip
    result = check(code=1)
    assert "suite.pass_rate is 0.7500, below its floor 0.8000" in result.stderr
    assert "suite.functionalities.seruan is 0.5000, below its floor 0.6000" in result.stderr
    assert "suite.csv is not the file" in result.stderr
    assert "most confident mistakes" in result.stdout


def test_command_floors_elsewhere(check, folder, tmp_path):
    path = tmp_path / "other.json"
    check("--floors", str(path), "--raise-floors")
    assert not (folder / "floors.json").exists()
    check("--floors", str(path))
    assert "other" in check("--floors", str(tmp_path / "other-none.json"), code=2).stderr


def test_command_kinds(check, folder):
    facts = json.loads(check("--kind", "parity", "--kind", "direction", "--format", "json").stdout)
    assert set(facts) == {"parity", "direction", "broken"}
    (folder / "parity.csv").unlink()
    assert set(json.loads(check("--format", "json").stdout)) >= {"invariance", "direction"}
    assert "parity.csv" in check("--kind", "parity", code=2).stderr
    assert "Invalid value" in check("--kind", "parita", code=2).stderr


@pytest.mark.parametrize(
    "args",
    [
        ("--lower-floors",),
        ("--because", "x"),
        ("--raise-floors", "--lower-floors", "--because", "x"),
        ("--no-floors", "--raise-floors"),
        ("--no-floors", "--floors", "a.json"),
        ("--lower-floors", "--because", " "),
    ],
)
def test_command_bad_usage(check, folder, args):
    if "--lower-floors" in args:
        check("--raise-floors")
        edit(folder, suite__pass_rate=1.0, parity__mean_change=0.0, suite__gone=0.1)
    code = 1 if args[-1] == " " else 2
    before = (folder / "floors.json").read_bytes() if (folder / "floors.json").exists() else None
    assert "Traceback" not in check(*args, code=code).output
    after = (folder / "floors.json").read_bytes() if (folder / "floors.json").exists() else None
    assert before == after


def test_command_bad_suites(check, folder):
    (folder / "suite.csv").write_text(",".join(SUITE[0]) + "\n", encoding="utf-8")
    assert "no case" in check(code=2).stderr
    for name in ("suite", "direction", "parity"):
        (folder / f"{name}.csv").unlink()
    assert "no check to run" in check(code=2).stderr


def test_without_floors_a_suite_of_ones_own_needs_no_twins_and_no_slang(check, folder):
    table(folder / "suite.csv", [SUITE[0], ("angka", "netral", "", "", "", "2 2 2", "")])
    facts = json.loads(check("--format", "json").stdout)
    assert facts["neutral_kept"] == 1.0
    assert facts["partisan_found"] is facts["pairs_right"] is facts["evidence_hit_rate"] is None
    assert "no case" in check().output


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"margins": [1]}, r"margins are \[1\]"),
        ({"margins": {"share": "0.01"}}, "margin share is '0.01'"),
        ({"margins": {"cases": -1}}, "margin cases is -1"),
        ({"data": [1]}, r"data is \[1\]"),
        ({"data": {"suite.csv": 1}}, "data is {'suite.csv': 1}"),
        ({"lowered": {}}, "lowered is {}"),
        ({"lowered": [1]}, r"lowered is \[1\]"),
    ],
)
def test_every_part_of_a_file_of_floors_is_of_its_kind(tmp_path, facts, said):
    path = tmp_path / "floors.json"
    whole = {"format": 1, "floors": {"suite.pass_rate": 0.5}}
    path.write_text(json.dumps(whole), encoding="utf-8")
    assert Floors.read(path).margins == MARGINS
    path.write_text(json.dumps(whole | facts), encoding="utf-8")
    with pytest.raises(FloorError, match=rf"floors\.json: {said}"):
        Floors.read(path)
