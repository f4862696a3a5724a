from __future__ import annotations

import csv
import gc
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

from netralitas_nlp import __version__
from netralitas_nlp.cli import main

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
PARTISAN = "Ayo coblos nomor 2, menangkan Bu Rina!"


@pytest.fixture
def files_left_open():
    """`score_file` leaves its source open when it refuses to start; keep that from later tests."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def cli(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*args, code=0, **options):
        result = CliRunner().invoke(main, [str(arg) for arg in args], **options)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def bad(cli, *args):
    """One clear line on stderr, exit status 2, nothing on stdout."""
    result = cli(*args, code=2)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert result.stderr.startswith("netralitas: ")
    return result.stderr


@pytest.fixture
def posts_csv(tmp_path, posts):
    path = tmp_path / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "teks"])
        writer.writerows(enumerate(posts[0]))
    return path


def test_score_text(cli, scorer):
    out = cli("score", PARTISAN).output
    assert "partisan" in out
    assert "coblos" in out
    assert f"{scorer.score(PARTISAN).probability:.3f}" in out


def test_score_json(cli, scorer):
    facts = json.loads(cli("score", PARTISAN, "--format", "json").stdout)
    assert facts == scorer.score(PARTISAN).to_dict()


@pytest.mark.parametrize("text", ["", " ", "!!!", "- -", "☝️"])
def test_score_odd_text(cli, text):
    facts = json.loads(cli("score", "--format", "json", "--", text).stdout)
    assert facts["verdict"] == "netral"
    assert "netral" in cli("score", "--", text).stdout


def test_score_masks(cli):
    text = "coblos nomor 2, hubungi 081234567890"
    for form in ("text", "json"):
        assert "081234567890" not in cli("score", text, "--format", form).output
        assert "081234567890" not in cli("score", "--format", form, input=text + "\n").output


def test_score_stdin(cli, scorer):
    texts = [PARTISAN, "", "hujan turun", "c0bl0s\tnomor"]
    result = cli("score", input="\n".join(texts) + "\n")
    lines = result.stdout.splitlines()
    assert len(lines) == 4
    p = scorer.predict_proba(texts)[:, 1]
    for line, value in zip(lines, p, strict=True):
        number, verdict, _ = line.split("\t", 2)
        assert float(number) == pytest.approx(value, abs=5e-4)
        assert verdict == scorer.verdict(value)
    rows = cli("score", "--format", "json", input="\r\n".join(texts)).stdout.splitlines()
    assert [json.loads(row)["text"] for row in rows] == texts
    assert cli("score", input="").stdout == ""


def test_a_dash_is_standard_input(cli, tmp_path):
    assert cli("score", "-", input="hujan\n").stdout == cli("score", input="hujan\n").stdout
    for arguments in (("-", "--output", "o.csv"), ("-", "--queue", "q.html"), ("--input", "-")):
        assert "standard input" in bad(cli, "score", *arguments)


def test_quiet_is_quiet_about_encodings(cli, tmp_path):
    (tmp_path / "a.csv").write_bytes("teks\n\u201chujan\u201d\n".encode("cp1252"))
    assert cli("score", "a.csv", "--output", "o.csv", "--quiet").stderr == ""
    assert "Windows-1252" in cli("score", "a.csv", "--output", "p.csv").stderr


def test_quiet_says_what_could_not_be_read_and_nothing_else(cli, tmp_path):
    assert "Say nothing but what could not be read." in cli("score", "--help").stdout
    (tmp_path / "a.csv").write_text("teks,tanggal\nhujan,11/27/2024\nbanjir,\nrusak\n")
    to = ("--output", "o.csv", "--queue", "q.html", "--date-column", "tanggal", "--quiet")
    said = cli("score", "a.csv", *to).stderr.splitlines()
    assert len(said) == 2
    assert "o.csv.rejects.csv: rows that could not be read" in said[0]
    assert "no date in column 'tanggal' could be read" in said[1]


def test_a_file_without_one_readable_row_is_bad_input(cli, tmp_path):
    source, output = tmp_path / "t.csv", tmp_path / "o.csv"
    source.write_text("teks,id\nhujan,1,2\nhujan,3,4\n", "utf-8")
    said = bad(cli, "score", "--input", source, "--output", output, "--quiet")
    assert f"{source}: no row of it could be read; {output}.rejects.csv says why" in said
    assert output.read_text("utf-8").count("\n") == 1
    assert (tmp_path / "o.csv.rejects.csv").read_text("utf-8").count("\n") == 3


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_score_file(cli, tmp_path, posts_csv, ending, scorer, posts):
    result = cli("score", "--input", posts_csv, "--output", f"out.{ending}", "--no-evidence")
    assert "60 rows" in result.stderr
    assert result.stdout == ""
    text = (tmp_path / f"out.{ending}").read_text("utf-8")
    if ending == "jsonl":
        rows = [json.loads(line) for line in text.splitlines()]
    else:
        rows = list(csv.DictReader(text.splitlines(), delimiter="\t" if ending == "tsv" else ","))
    p = scorer.predict_proba(posts[0])[:, 1]
    assert [float(row["prob_partisan"]) for row in rows] == pytest.approx(list(p), abs=1e-6)
    assert [int(row["id"]) for row in rows] == list(range(60))
    again = cli("score", "--input", posts_csv, "--output", f"out.{ending}", code=2)
    assert "--force" in again.stderr
    cli("score", "--input", posts_csv, "--output", f"out.{ending}", "--force", "--quiet")


def test_score_two_jobs(cli, tmp_path, posts_csv):
    for jobs in (1, 2):
        cli("score", "--input", posts_csv, "--output", f"{jobs}.csv", "--jobs", jobs, "--quiet")
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_bad_usage(cli, posts_csv):
    for args in (
        ("score", "a", "--input", "b.csv"),
        ("score", "--input", posts_csv),
        ("score", "a", "--format", "xml"),
        ("score", "--input", posts_csv, "--output", "o.csv", "--jobs", "0"),
        ("train", posts_csv),
        ("normalize",),
    ):
        assert "Traceback" not in cli(*args, code=2).output


def test_near_match(cli):
    assert "score" in cli("scoer", "x", code=2).stderr
    assert "mean" in cli("normalise", "x", code=2).stderr


@pytest.mark.usefixtures("files_left_open")
def test_bad_files(cli, tmp_path, posts_csv):
    assert "none.csv" in bad(cli, "score", "--input", "none.csv", "--output", "o.csv")
    assert "--text-column teks" in bad(
        cli, "score", "--input", posts_csv, "--text-column", "tekss", "--output", "o.csv"
    )
    assert ".xlsx" in bad(cli, "score", "--input", posts_csv, "--output", "o.xlsx")
    bad(cli, "score", "--input", posts_csv, "--output", "none/o.csv")
    torn = tmp_path / "torn.csv"
    torn.write_bytes(posts_csv.read_bytes() + b"60,a,b\n")
    assert "row 62" in bad(cli, "score", "--strict", "--input", torn, "--output", "o.csv")
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"teks": "a"}\n{"teks": 1\n', encoding="utf-8")
    assert "row 2" in bad(cli, "score", "--strict", "--input", lines, "--output", "o.csv")


@pytest.mark.usefixtures("files_left_open")
def test_broken_models(cli, tmp_path, small_folder, posts_csv, labelled):
    assert "nowhere" in bad(cli, "score", "a", "--model", "nowhere")
    broken = Path(shutil.copytree(small_folder, tmp_path / "broken"))
    data = bytearray((broken / "weights.npz").read_bytes())
    data[1000] ^= 1
    (broken / "weights.npz").write_bytes(data)
    (tmp_path / "l.csv").write_text(labelled, encoding="utf-8")
    (tmp_path / "no.zip").write_bytes(b"PK nothing")
    for model in (broken, tmp_path / "no.zip", tmp_path):
        for args in (
            ("score", "a"),
            ("info",),
            ("evaluate", "l.csv"),
            ("score", "--input", posts_csv, "--output", "o.csv"),
        ):
            assert str(model) in bad(cli, *args, "--model", model)


def test_train_score_evaluate(cli, tmp_path, labelled):
    (tmp_path / "l.csv").write_text(labelled, encoding="utf-8")
    out = cli("train", "l.csv", "--signal-column", "sinyal", "--output", "m").output
    assert "60 rows" in out
    assert "--force" in bad(cli, "train", "l.csv", "--output", "m")
    facts = json.loads(cli("score", PARTISAN, "--model", "m", "--format", "json").stdout)
    assert facts["probability"] > 0.5
    assert len(facts["signals"]) == 6
    report = json.loads(
        cli("evaluate", "l.csv", "--model", "m", "--slice", "wilayah", "--format", "json").stdout
    )
    assert report["figures"]["n"] == 60
    assert report["figures"]["macro_f1"] > 0.95
    assert set(report["slices"]["wilayah"]) == {"timur", "barat"}
    assert "macro_f1" in cli("evaluate", "l.csv", "--model", "m").stdout
    info = json.loads(cli("info", "--model", "m", "--format", "json").stdout)
    assert info["training"]["rows"] == 60
    cli("train", "l.csv", "--output", "m", "--force")


def test_train_other_names(cli, tmp_path):
    rows = ["isi;kelas"] + ["ayo coblos dua;pro", "hujan turun;kontra"] * 4
    (tmp_path / "l.csv").write_text("\n".join(rows), encoding="utf-8")
    cli("train", "l.csv", "--text-column", "isi", "--label-column", "kelas",
        "--positive-label", "pro", "--output", "m")  # fmt: skip
    facts = json.loads(cli("score", "ayo coblos dua", "--model", "m", "--format", "json").stdout)
    assert facts["probability"] > 0.5


def test_bad_tables(cli, tmp_path, labelled):
    assert "none.csv" in bad(cli, "train", "none.csv", "--output", "m")
    assert "none.csv" in bad(cli, "evaluate", "none.csv")
    (tmp_path / "l.csv").write_text(labelled, encoding="utf-8")
    assert "did you mean 'teks'" in bad(cli, "evaluate", "l.csv", "--text-column", "tekss")
    assert "wilayah" in bad(cli, "evaluate", "l.csv", "--slice", "wilaya")
    (tmp_path / "x.csv").write_text("teks,label\na,netral\nb,netrall\n", encoding="utf-8")
    error = bad(cli, "evaluate", "x.csv")
    assert "row 3" in error
    assert "netral, partisan" in error
    (tmp_path / "y.csv").write_text("teks,label\na,netral\nb,\n", encoding="utf-8")
    result = cli("train", "y.csv", "--output", "m", code=2)
    assert "row 3" in result.stderr


def test_normalize(cli):
    assert cli("normalize", "Gaskeuuun c0bl0s no 2 !!").stdout == "gaskeun coblos nomor 2 !!\n"
    facts = json.loads(cli("normalize", "c0bl0s R1DO 081234567890", "--format", "json").stdout)
    assert [token["norm"] for token in facts["tokens"]][:2] == ["coblos", "rido"]
    assert all(facts["text"][t["start"] : t["end"]] == t["raw"] for t in facts["tokens"])
    assert "081234567890" not in json.dumps(facts)


def test_info(cli, scorer):
    facts = json.loads(cli("info", "--format", "json").stdout)
    assert facts["version"] == __version__
    assert facts["classes"] == ["netral", "partisan"]
    assert facts["thresholds"] == scorer.thresholds
    text = cli("info").stdout
    assert __version__ in text
    assert "partisan" in text


@pytest.mark.parametrize("verb", ["score", "train", "evaluate", "normalize", "info"])
def test_help(cli, verb):
    assert verb in cli("--help").stdout
    assert cli(verb, "--help").stdout
    assert __version__ in cli("--version").stdout


def test_a_real_process(python):
    done = python(None, "netralitas_nlp.cli", "score", "--format", "json",
                  stdin=PARTISAN + "\nhujan\n")  # fmt: skip
    assert done.returncode == 0, done.stderr
    reads = [json.loads(line) for line in done.stdout.splitlines()]
    assert reads[0]["verdict"] == "partisan"
    assert reads[1]["verdict"] == "netral"
    assert done.stderr == ""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_pipes_are_utf_8_whatever_the_locale(python, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = python(None, "netralitas_nlp.cli", "score", "--format", "json", stdin="ayo 😀 é\n")
    assert json.loads(done.stdout)["text"] == "ayo 😀 é"


def test_a_real_process_that_fails(python, tmp_path):
    (tmp_path / "model.json").write_text("{", encoding="utf-8")
    done = python(None, "netralitas_nlp.cli", "score", "a", "--model", str(tmp_path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_help_lists_commands_in_the_order_of_use(cli):
    out = cli("--help").stdout
    names = ["score", "train", "evaluate", "check", "normalize", "info", "completion", "data"]
    places = [out.index(f"\n  {name}  ") for name in names]
    assert places == sorted(places)
    assert "..." not in out.partition("Commands:")[2]  # no sentence is cut
    assert 'netralitas score "Ayo coblos nomor 2!"' in out


@pytest.mark.parametrize("command", [[c] for c in sorted(main.commands)] + [["data", "rebuild"]])
def test_every_option_says_what_it_is_for(cli, command):
    import click

    out = cli(*command, "--help").stdout
    found = main
    for name in command:
        found = found.commands[name]
    for option in found.params:
        if isinstance(option, click.Option):
            assert option.help, f"{command} {option.name}"
    assert max(map(len, out.splitlines())) <= 80


def test_inputs_that_are_no_table_are_called_what_they_are(cli, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for arguments in (
        ("score", "folder.csv"),
        ("score", "folder.csv", "--output", "o.csv"),
        ("score", "--input", "folder.csv", "--queue", "q.html"),
        ("train", "folder.csv", "--output", "m"),
        ("evaluate", "folder.csv"),
    ):
        assert "folder.csv: is a folder; name a file in it" in bad(cli, *arguments)
    (tmp_path / "q.html").mkdir()
    (tmp_path / "a.csv").write_text("teks\nhujan\n")
    for arguments in (("--output", "folder.csv"), ("--queue", "q.html")):
        said = bad(cli, "score", "a.csv", *arguments, "--force")
        assert f"{arguments[1]}: is a folder; use another name" in said
    assert len(list(tmp_path.iterdir())) == 3  # and nothing was scored
    (tmp_path / "late.csv").write_text("\n\nteks\nhujan\n")
    assert "row 1 is empty; begin" in bad(cli, "score", "late.csv", "--output", "o.csv")
    (tmp_path / "twice.csv").write_text("teks,label,teks\na,netral,b\n")
    for name in ("teks", "label"):
        said = bad(cli, "evaluate", "twice.csv", "--label-column", name)
        assert "two columns are called 'teks'" in said
    (tmp_path / "other.csv").write_text("isi,skor\nhujan,1\n")
    assert "no column 'teks' among isi, skor; name another" in bad(cli, "evaluate", "other.csv")


def test_the_name_of_a_file_is_not_scored_as_a_text(cli, posts_csv):
    assert "posts.csv is a file; say what to write with --output or --queue" in bad(
        cli, "score", "posts.csv"
    )
    assert "nowhere.csv: no such file" in bad(cli, "score", "nowhere.csv")
    assert cli("score", "lihat posts.csv").exit_code == 0  # a text like any other
    assert "nowhere.csv" in cli("score", input="nowhere.csv\n").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("skore", "x"), "Did you mean 'score'?"),
        (("data", "rebild"), "Did you mean 'rebuild'?"),
        (("score", "x", "--formt", "json"), "--format"),
        (("train", "a.csv", "--otput", "m"), "--output"),
    ],
)
def test_the_near_match_is_suggested(cli, arguments, said):
    told = cli(*arguments, code=2).stderr
    assert "Did you mean" in told or "Possible options" in told  # as older releases of click say
    assert said in told


def test_missing_and_empty_files_have_one_clear_line(cli, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    for arguments in (
        ("score", "--input", "{}", "--output", "o.csv"),
        ("score", "--input", "{}", "--queue", "q.html"),
        ("train", "{}", "--output", "m"),
        ("evaluate", "{}"),
        ("check", "--suite", "{}"),
    ):
        missing = bad(cli, *(word.format("nowhere.csv") for word in arguments))
        assert "nowhere.csv: no such file" in missing.lower()
        assert "Errno" not in missing
        bad(cli, *(word.format("empty.csv") for word in arguments))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.csv"]


def test_file_runs_speak_json_too(cli, tmp_path, posts_csv):
    said = cli("score", posts_csv, "--output", "o.csv", "--queue", "q.html", "--quiet",
               "--no-evidence", "--format", "json")  # fmt: skip
    assert said.stderr == ""
    assert json.loads(said.stdout) == {
        "input": str(posts_csv), "output": "o.csv", "rows": 60, "rejects": None,
        "queue": "q.html", "texts": 60, "in_queue": 60, "unread": 0, "unread_rows": [],
    }  # fmt: skip


def test_training_speaks_json_too(cli, tmp_path, labelled):
    (tmp_path / "a.csv").write_text(labelled, "utf-8")
    said = cli("train", "a.csv", "--output", "m", "--format", "json", "--quiet", "--jobs", "1")
    facts = json.loads(said.stdout)
    assert facts == json.loads((tmp_path / "m" / "evaluation.json").read_text("utf-8"))
    assert facts["training"]["rows"] == 60


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["score"], ["score", "hujan"], ["normalize", "hujan"]])
def test_standard_output_on_a_full_disk(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "netralitas_nlp.cli", *arguments], input="hujan\n", stdout=full,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "netralitas: no space left on device\n")


@pytest.mark.parametrize("encoding", ["utf-8:strict", "latin-1:strict", "ascii:strict"])
@pytest.mark.parametrize("more", [[], ["--format", "json"]])
def test_what_a_terminal_cannot_show_ends_nothing(encoding, more):
    texts = [b"ayo \xff coblos \xf0\x9f\x98\x82", b"hujan"]
    env = os.environ | {"PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "netralitas_nlp.cli", "score", *more]
    done = subprocess.run(
        command, input=b"\n".join(texts), env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    alone = subprocess.run([*command, texts[0]], env=env, capture_output=True, check=False)
    assert alone.returncode == 0, alone.stderr


def test_closed_standard_input(python):
    code = (
        "import os, subprocess, sys\n"
        "command = [sys.executable, '-m', 'netralitas_nlp.cli', 'score']\n"
        "done = subprocess.run(command, preexec_fn=lambda: os.close(0), capture_output=True)\n"
        "print(done.returncode, done.stderr.decode().splitlines()[-1])"
    )
    said = "2 Error: give TEXT, --input FILE, or texts on standard input"
    assert python(code).stdout.strip() == said


def test_a_column_name_of_two_lines_is_told_in_one(cli, tmp_path):
    (tmp_path / "a.csv").write_text('"satu\ndua",x\n1,2\n', encoding="utf-8")
    assert "satu dua" in bad(cli, "score", "--input", tmp_path / "a.csv", "--output", "o.csv")


def test_ctrl_c_while_the_command_is_loaded(python):
    code = (
        "import builtins, sys\n"
        "before = builtins.__import__\n"
        "def interrupted(name, *more):\n"
        "    if name == 'click': raise KeyboardInterrupt\n"
        "    return before(name, *more)\n"
        "builtins.__import__ = interrupted\n"
        "from netralitas_nlp.__main__ import main\n"
        "main()"
    )
    done = python(code)
    assert (done.returncode, done.stderr) == (2, "netralitas: stopped\n")


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_page_on_a_full_disk(python, tmp_path, posts_csv):
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "from netralitas_nlp.cli import main\n"
        "main(sys.argv[1:])"
    )
    page = str(tmp_path / "page.html")
    done = python(code, "score", "--input", str(posts_csv), "--queue", page)
    assert (done.returncode, done.stderr) == (2, f"netralitas: {page}: file too large\n")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("page")]
