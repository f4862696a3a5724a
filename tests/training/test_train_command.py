"""What a data scientist with a spreadsheet export meets, from a clean table to a broken one."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from click.testing import CliRunner

from netralitas_nlp import Scorer
from netralitas_nlp.cli import main
from netralitas_nlp.training import PartisanshipClassifier, TrainingDataError, train_from_csv
from netralitas_nlp.training.columns import guess_columns
from netralitas_nlp.training.measures import measured
from netralitas_nlp.training.tables import read_table

PLACES = ("warung", "hotel", "kantor pos", "puskesmas", "bengkel", "perpustakaan", "terminal",
          "kolam renang", "toko buku", "salon", "bank", "klinik gigi")  # fmt: skip
SAID = {
    "senang": ("pelayanannya ramah", "tempatnya bersih dan nyaman", "harganya murah sekali",
               "petugasnya cekatan", "saya pasti kembali lagi"),
    "kecewa": ("antreannya lama sekali", "petugasnya judes", "kotor dan bau",
               "harganya kemahalan", "saya kapok ke sana"),
    "biasa": ("buka pukul delapan pagi", "letaknya di samping pasar", "parkirnya di belakang",
              "tutup hari Minggu", "pindah ke jalan sebelah"),
}  # fmt: skip


def reviews():
    random = np.random.default_rng(0)
    rows = []
    for label, phrases in SAID.items():
        for i in range(40):
            first, second = random.choice(phrases, 2, replace=False)
            near = ", ".join(random.choice(PLACES, 4))
            rows.append(
                (f"{PLACES[i % 12]} {i // 12 + 1} itu {first}, {second} (dekat {near})", label)
            )
    return [rows[i] for i in random.permutation(len(rows))]


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*args, code=0):
        result = CliRunner().invoke(main, ["train", *map(str, args), "--jobs", "1"])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return call


def messy():
    """Semicolons, byte order mark, Windows line ends, line ends inside cells, stray labels."""
    rows = [["no", "Isi Ulasan", "Sentimen", ""]]
    for i, (text, label) in enumerate(reviews()):
        cell = f'{text};\r\nkata "teman"' if i % 9 == 0 else text
        rows.append([i, cell, {0: label.upper(), 1: f" {label} "}.get(i % 40, label), ""])
    other = "kecewa" if rows[2][2].strip() != "kecewa" else "senang"
    rows += [[200, "", "senang", ""], [201, "belum ditandai sama sekali", "", ""],
             [202, "satu baris yang salah ketik", "sennang", ""], ["", "", "", ""],
             [203, rows[2][1], other, ""]]  # fmt: skip
    out = []
    for row in rows:
        cells = ['"' + str(c).replace('"', '""') + '"' if set(str(c)) & set(';"\n') else str(c)
                 for c in row]  # fmt: skip
        out.append(";".join(cells))
    return "\r\n".join(out) + "\r\n"


def test_a_messy_table_gives_a_model(run, tmp_path):
    (tmp_path / "ulasan.csv").write_bytes(("\ufeff" + messy()).encode())
    result = run("ulasan.csv", "--text-column", "Isi Ulasan", "--output", "model",
                 "--audit", "temuan.csv")  # fmt: skip
    assert "utf-8-sig" in result.output
    assert "';'" in result.output
    assert "'Sentimen'" in result.output  # guessed
    findings = list(csv.DictReader((tmp_path / "temuan.csv").read_text("utf-8").splitlines()))
    kinds = {(row["kind"], int(row["row"])) for row in findings}
    assert ("empty text", 122) in kinds
    assert ("no label", 123) in kinds
    assert ("stray label", 124) in kinds
    assert ("same text, two labels", 126) in kinds
    assert any(kind == "spelling of label" for kind, _ in kinds)
    scorer = Scorer.load(tmp_path / "model")
    assert scorer.classes_ == ["biasa", "kecewa", "senang"]
    said = scorer.predict(["kasirnya ramah dan cekatan, murah", "judes, kotor, saya kapok"])
    assert said.tolist() == ["senang", "kecewa"]
    card = (tmp_path / "model" / "README.md").read_text("utf-8")
    figures = json.loads((tmp_path / "model" / "evaluation.json").read_text("utf-8"))
    assert figures["audit"]["rows"] == 124
    assert figures["n"] == figures["audit"]["used"] == 121
    low, high = figures["intervals"]["macro_f1"]
    assert low <= figures["figures"]["macro_f1"] <= high
    assert f"{figures['figures']['macro_f1']:.3f} ({low:.3f} to {high:.3f})" in card
    assert figures["command"] in card
    assert str(tmp_path) not in card + json.dumps(figures)


def test_the_line_in_the_card_makes_the_same_model(run, tmp_path):
    import shlex

    (tmp_path / "ulasan.csv").write_bytes(("\ufeff" + messy()).encode())
    run("ulasan.csv", "--text-column", "Isi Ulasan", "--output", "m", "--seed", "3")
    before = {name: (tmp_path / "m" / name).read_bytes() for name in os.listdir(tmp_path / "m")}
    line = shlex.split(json.loads(before["evaluation.json"])["command"])
    assert line[:2] == ["netralitas", "train"]
    run(*line[2:], "--force")
    after = {name: (tmp_path / "m" / name).read_bytes() for name in os.listdir(tmp_path / "m")}
    assert before == after


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_guesses(tmp_path, encoding, separator):
    rows = [f'"kafé{i}, enak; sekali|ya"{separator}{"ab"[i % 2]}' for i in range(60)]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join([f"text{separator}kelas", *rows]).encode(encoding))
    table = read_table(path)
    assert table.separator == separator
    assert table.frame["text"].iloc[1] == "kafé1, enak; sekali|ya"
    assert guess_columns(path, table.frame, None, None) == ("text", "kelas")


@pytest.mark.parametrize("begin", ["sep=;\r\n", '"sep=;"\r\n', "\ufeffSEP=;\n", "sep=;\r"])
def test_the_line_in_which_excel_says_the_separator(tmp_path, begin):
    path = tmp_path / "a.csv"
    path.write_bytes((begin + "teks;label\na, b;x\nc, d;y\n").encode())
    table = read_table(path)
    assert table.separator == ";"
    assert table.frame["teks"].tolist() == ["a, b", "c, d"]
    assert table.frame.index.tolist() == [2, 3]  # Excel does not show that line


def test_columns_that_nobody_asks_for_may_be_nameless_or_doubled(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",teks,label,catatan,catatan,,\n0,a b,x,p,q,,\n1,c d,y,p,q,,\n", "utf-8")
    frame = read_table(path).frame
    assert guess_columns(path, frame, None, None) == ("teks", "label")
    assert frame["teks"].tolist() == ["a b", "c d"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n \n", "empty"),
        (b"teks,label\n", "no row below the header"),
        (b"PK\x03\x04\x14\x00", "Excel workbook.*save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1", "Excel workbook.*save it as CSV"),
        (b"teks,label\n\x81\x8d,x\n", "save it as UTF-8"),
    ],
)
def test_files_that_are_no_table(run, tmp_path, content, message):
    (tmp_path / "a.csv").write_bytes(content)
    found = run("a.csv", "--output", "m", code=2).stderr.strip()
    assert re.search(rf"^netralitas: a\.csv.*{message}", found), found
    assert os.listdir(tmp_path) == ["a.csv"]


def test_weights_with_a_comma_and_of_zero(tmp_path):
    rows = [(*row, "1,5" if i % 2 else "0,50") for i, row in enumerate(reviews())]
    rows[3] = (*rows[3][:2], "0")
    path = table_of(tmp_path / "a.csv", rows, ("teks", "label", "bobot"))
    train_from_csv(path, tmp_path / "m", weight_column="bobot", C=1.5)
    found = json.loads((tmp_path / "m" / "evaluation.json").read_text("utf-8"))
    assert found["audit"]["found"]["weight of zero"] == 1
    assert found["n"] == len(rows) - 1
    for cell in ("1,000", "satu", "-1", "inf", ""):
        rows[3] = (*rows[3][:2], cell)
        path = table_of(tmp_path / "b.csv", rows, ("teks", "label", "bobot"))
        with pytest.raises(TrainingDataError, match="row 5: weight"):
            train_from_csv(path, tmp_path / "n", weight_column="bobot")
    rows = [(text, label, str(int(label == "biasa"))) for text, label, _ in rows]
    path = table_of(tmp_path / "c.csv", rows, ("teks", "label", "bobot"))
    with pytest.raises(TrainingDataError, match="one label only, 'biasa'"):
        train_from_csv(path, tmp_path / "n", weight_column="bobot")


def test_missing_values_as_tables_are_exported_are_no_label(tmp_path):
    rows = [*reviews(), *((f"belum ditandai {i}", "NaN") for i in range(9))]
    train_from_csv(table_of(tmp_path / "a.csv", rows), tmp_path / "m", C=1.5)
    found = json.loads((tmp_path / "m" / "evaluation.json").read_text("utf-8"))
    assert found["audit"]["found"]["no label"] == 9
    assert sorted(found["audit"]["labels"]) == ["biasa", "kecewa", "senang"]


def test_one_column_cannot_be_both(run, tmp_path):
    table_of(tmp_path / "a.csv", reviews())
    args = ("--text-column", "label", "--label-column", "label", "--output", "m")
    assert "both the texts and the labels" in run("a.csv", *args, code=2).stderr


def test_rows_have_the_numbers_of_a_spreadsheet(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('teks,label\n"a\nb",x\n\n,,,\nc,y\n', encoding="utf-8")
    assert read_table(path).frame.index.tolist() == [2, 5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b;c\n1,2;3\n", "could both be the separator"),
        ("teks,label\na,x\nb,y,z\n", "row 3: 3 cells where the header has 2"),
        ("teks,teks\na,x\n", "two columns are called 'teks'"),
        ("hanya satu kolom\na\n", "row 1.*header"),
        ("Data pelabelan 2024;;\nteks;label;\na b;x;\n", "row 1.*'Data pelabelan"),
        ("teks,label,label\na,x,y\nb,y,x\n", "two columns are called 'label'"),
        ("hujan deras,x\npanas sekali,y\nmendung,x\nangin,x\n", "row 1 seems to hold data"),
        (
            "kota\tx\nhujan deras sekali\tx\npanas sekali pagi\ty\nangin ribut\tx\nb\ty\n",
            "row 1 seems to hold data",
        ),
        ("text,tweet,label\na b,c d,x\n", "'text', 'tweet' could all hold the texts"),
        ("teks,kelas,stance\nx,1,1\ny,2,2\n", "'kelas', 'stance' could all hold the labels"),
        (
            "teks,tanggal\nx,2024-11-01\ny,2024-11-02\nz,2024-11-01\nw,2024-11-02\n",
            "no column 'label'.*; if 'tanggal' holds the labels, name it .--label-column",
        ),
        (
            "teks,hari,kabupaten\nx,1,Bantul\ny,2,Sleman\nz,1,Bantul\nw,2,Sleman\n",
            "if 'hari' or 'kabupaten' holds the labels, name it .--label-column",
        ),
        ("teks,id\nx,1\ny,2\n", "looks like the labels; name it .--label-column"),
    ],
)
def test_what_is_in_doubt_is_asked(tmp_path, content, message):
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")

    def guess():
        guess_columns(path, read_table(path).frame, None, None)

    with pytest.raises(TrainingDataError, match=message):
        guess()


def test_one_clear_line_and_no_folder(run, tmp_path):
    (tmp_path / "a.csv").write_text("teks,label\na,x\nb,x\n", encoding="utf-8")
    for args in (
        ("a.csv", "--output", "m"),
        ("none.csv", "--output", "m"),
        ("a.csv", "--output", "m", "--text-column", "tek"),
        ("a.csv", "--output", "m", "--encoding", "nonsense"),
        ("a.csv", "--output", "m", "--audit", "a.csv"),
    ):
        result = run(*args, code=2)
        assert len(result.stderr.strip().splitlines()) == 1, result.stderr
        assert result.stderr.startswith("netralitas: ")
    assert sorted(os.listdir(tmp_path)) == ["a.csv"]


def table_of(path, rows, header=("teks", "label")):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_test_file_and_leaks(tmp_path):
    rows = reviews()
    train = table_of(tmp_path / "train.csv", rows[:100])
    held = table_of(tmp_path / "test.csv", [*rows[100:], rows[0], ("apa saja", "lain")])
    lines = []
    train_from_csv(train, tmp_path / "m", test=held, report=lines.append, C=1.5)
    figures = json.loads((tmp_path / "m" / "evaluation.json").read_text("utf-8"))
    assert figures["audit"]["found"]["also in the test file"] == 1
    assert figures["test"]["n"] == 20
    assert figures["test"]["figures"]["macro_f1"] > 0.6
    assert "20 of 22 rows" in "\n".join(lines)
    with pytest.raises(TrainingDataError, match="no row is left to test on"):
        train_from_csv(train, tmp_path / "n", test=train, C=1.5)


def test_the_test_file_is_drawn_in_groups_and_copies(tmp_path, monkeypatch):
    rows = [(*row, f"akun{i % 10}") for i, row in enumerate(reviews())]
    header = ("teks", "label", "akun")
    train = table_of(tmp_path / "train.csv", rows[:90], header)
    drawn = []

    def seen(*args):
        drawn.append(len(set(args[6].tolist())))
        return measured(*args)

    monkeypatch.setattr("netralitas_nlp.training.from_csv.measured", seen)
    copies = [(text + "!!", label, f"lain{i}") for i, (text, label, _) in enumerate(rows[90:])]
    held = table_of(tmp_path / "test.csv", [*rows[90:], *copies], header)
    train_from_csv(train, tmp_path / "m", test=held, C=1.5)
    train_from_csv(train, tmp_path / "n", test=held, C=1.5, group_column="akun")
    bare = table_of(tmp_path / "bare.csv", [row[:2] for row in rows[90:]], header[:2])
    lines = []
    train_from_csv(train, tmp_path / "o", test=bare, C=1.5, group_column="akun",
                   report=lines.append)  # fmt: skip
    assert drawn[1::2] == [30, 10, 30]  # after the folds of each
    assert "bare.csv: no column 'akun'" in "\n".join(lines)


def test_figures_do_not_gain_from_copies(tmp_path):
    """Labels at random, each text four times: a split that parted copies would look brilliant."""
    random = np.random.default_rng(0)
    rows = []
    for i in range(50):
        text = " ".join(random.choice(PLACES, 6)) + f" {i} kode{i} tanda{i}"
        rows += [(text + end, "ab"[i % 2]) for end in ("", "!", " ...", "?!")]
    train_from_csv(table_of(tmp_path / "a.csv", rows), tmp_path / "m", C=1.5)
    found = json.loads((tmp_path / "m" / "evaluation.json").read_text("utf-8"))
    assert found["figures"]["accuracy"] < 0.7
    leaked = PartisanshipClassifier().fit([r[0] for r in rows], [r[1] for r in rows])
    truth = np.array([r[1] for r in rows])
    assert (leaked.classes_[leaked.out_of_fold_.argmax(axis=1)] == truth).mean() > 0.9


def test_groups_reach_the_folds(tmp_path):
    rows = [(*row, f"akun{i % 3}") for i, row in enumerate(reviews())]
    path = table_of(tmp_path / "a.csv", rows, ("teks", "label", "akun"))
    train_from_csv(path, tmp_path / "m", group_column="akun", C=1.5)
    found = json.loads((tmp_path / "m" / "evaluation.json").read_text("utf-8"))
    assert found["training"]["parts"] == 3
    assert found["training"]["folds"] == 3


def test_extend_bundled(tmp_path, posts):
    rows = list(zip(posts[0], posts[1], strict=True))
    path = table_of(tmp_path / "a.csv", rows[::4] + rows[1::4])
    lines = []
    model = train_from_csv(path, tmp_path / "m", extend="bundled", C=1.5, report=lines.append)
    about = json.loads((tmp_path / "m" / "evaluation.json").read_text("utf-8"))
    pair = about["training"]["extended"]
    said = f"{pair['with']:.3f} on top of bundled, {pair['without']:.3f} without it"
    assert any(said in line for line in lines)
    assert f"{pair['without']:.3f} without it" in (tmp_path / "m" / "README.md").read_text("utf-8")
    held = rows[2::4] + rows[3::4]
    alone = train_from_csv(path, tmp_path / "n", C=1.5)
    texts, truth = [r[0] for r in held], np.array([r[1] for r in held])

    def loss(m):
        p = m.predict_proba(texts)[np.arange(len(truth)), (truth == "partisan").astype(int)]
        return -np.log(p).mean()

    assert loss(model) < loss(alone)
    loaded = Scorer.load(tmp_path / "m")
    assert np.allclose(loaded.predict_proba(texts), model.predict_proba(texts), atol=1e-6)
    assert set(Scorer.load().model.linear.vocabulary.words) <= set(
        loaded.model.linear.vocabulary.words
    )


def test_extending_a_model_of_another_task_is_advised_against(tmp_path):
    lines = []
    rows = [(text, label) for text, label in reviews() if label != "biasa"]
    path = table_of(tmp_path / "a.csv", rows)
    train_from_csv(path, tmp_path / "m", C=1.5, report=lines.append)
    assert not any("--extend" in line for line in lines)
    train_from_csv(path, tmp_path / "n", extend="bundled", C=1.5, report=lines.append)
    pair = json.loads((tmp_path / "n" / "evaluation.json").read_text())["training"]["extended"]
    advised = any(line.endswith("train without --extend") for line in lines)
    assert advised == (pair["without"] > pair["with"])


def test_an_existing_folder_needs_force_and_must_be_a_model(run, tmp_path):
    table_of(tmp_path / "a.csv", reviews())
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "penting.txt").write_text("jangan hilang")
    assert "--force" in run("a.csv", "--output", "m", code=2).stderr
    assert "no model" in run("a.csv", "--output", "m", "--force", code=2).stderr
    assert os.listdir(tmp_path / "m") == ["penting.txt"]


def test_a_replaced_model_keeps_files_beside_it(tmp_path):
    path = table_of(tmp_path / "a.csv", reviews())
    train_from_csv(path, tmp_path / "m", C=1.5)
    (tmp_path / "m" / "catatan.txt").write_text("x")
    train_from_csv(path, tmp_path / "m", C=0.1, force=True)
    assert json.loads((tmp_path / "m" / "model.json").read_text())["training"]["C"] == 0.1
    assert (tmp_path / "m" / "catatan.txt").exists()
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "m"]


@pytest.mark.parametrize("moment", ["fit", "save", "card"])
def test_an_error_on_the_way_leaves_the_old_model(tmp_path, monkeypatch, moment):
    path = table_of(tmp_path / "a.csv", reviews())
    train_from_csv(path, tmp_path / "m", C=1.5)
    before = (tmp_path / "m" / "model.json").read_bytes()

    def broken(*args, **kwargs):
        raise KeyboardInterrupt

    if moment == "card":
        monkeypatch.setattr("netralitas_nlp.training.folder.model_card", broken)
    else:
        monkeypatch.setattr(PartisanshipClassifier, moment, broken)
    for target in ("m", "neu"):
        with pytest.raises(KeyboardInterrupt):
            train_from_csv(path, tmp_path / target, C=0.1, force=True)
    assert (tmp_path / "m" / "model.json").read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "m"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupted_from_the_keyboard(tmp_path):
    table_of(tmp_path / "a.csv", reviews())
    with subprocess.Popen(
        [sys.executable, "-c", "from netralitas_nlp.cli import main; main()", "train",
         "a.csv", "--output", "m", "--jobs", "1"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("auditing"):
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    assert "nothing was written" in err
    assert os.listdir(tmp_path) == ["a.csv"]
