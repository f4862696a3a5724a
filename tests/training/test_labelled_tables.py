from __future__ import annotations

import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.training import TrainingDataError, train_from_csv
from netralitas_nlp.training.from_csv import read_labelled


def write(path, content, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    return path


def small_table(separator=","):
    rows = [f"ayo coblos nomor dua{i}{separator}partisan" for i in range(4)]
    rows += [f"hujan turun sejak pagi{i}{separator}netral" for i in range(4)]
    return "\n".join([f"teks{separator}label", *rows]) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path, separator):
    frame = read_labelled(write(tmp_path / "a.csv", small_table(separator)), ["teks", "label"])
    assert frame.shape == (8, 2)
    assert frame["label"].iloc[0] == "partisan"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(tmp_path, encoding):
    table = write(tmp_path / "a.csv", "teks,label\ncafé “x”,netral\n", encoding)
    assert read_labelled(table, ["teks", "label"])["teks"].iloc[0] == "café “x”"


def test_cells_stay_text(tmp_path):
    table = write(tmp_path / "a.csv", 'teks,label\n007,netral\nNA,netral\n,netral\n"a\nb",x\n')
    assert read_labelled(table, ["teks"])["teks"].tolist() == ["007", "NA", "", "a\nb"]


def test_the_apostrophe_of_a_spreadsheet_is_no_text(tmp_path):
    content = "'@teks,label\n'=ayo,'-1\n''=ayo,1\n'halo',1\n"
    frame = read_labelled(write(tmp_path / "a.csv", content), ["@teks", "label"])
    assert frame["@teks"].tolist() == ["=ayo", "'=ayo", "'halo'"]
    assert frame["label"].tolist() == ["-1", "1", "1"]


def test_train_and_load(tmp_path, labelled):
    lines = []
    table = write(tmp_path / "posts.csv", labelled)
    model = train_from_csv(
        table, tmp_path / "m", signal_column="sinyal", group_column="wilayah", report=lines.append
    )
    scorer = Scorer.load(tmp_path / "m")
    assert scorer.predict(["Ayo coblos nomor dua"]).tolist() == ["partisan"]
    assert scorer.info["training"]["rows"] == 60
    assert scorer.info["training"]["labels"] == {"netral": 30, "partisan": 30}
    assert model.classes_.tolist() == ["netral", "partisan"]
    assert any("60" in line for line in lines)


def test_weights_count(tmp_path):
    rows = small_table().splitlines()
    table = "\n".join(
        [
            rows[0] + ",bobot",
            *(r + ",1" for r in rows[1:]),
            "sapi sapi,partisan,50",
            "sapi sapi,netral,0.1",
        ]
    )
    model = train_from_csv(
        write(tmp_path / "a.csv", table), tmp_path / "m", weight_column="bobot", folds=2
    )
    assert model.predict(["sapi sapi"]).tolist() == ["partisan"]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("tekss,label\na,b\n", {}, "did you mean 'tekss'"),
        ("teks,labell\na,b\n", {}, "did you mean 'labell'"),
        ("teks,label\n\n,netral\n!!,x\n", {}, r"row 3.*right columns"),
        ("teks,label\n" + "".join(f"kata {i},netral\n" for i in range(5)) + "c,partisn\n", {},
         r"row 7.*'partisn' stands in 1"),
        ("teks,label\na b,x\na b,x\na b,y\na b,y\n", {}, "row 2.*every text"),
        (small_table(), {"positive_label": "partisn"}, "did you mean 'partisan'"),
        ("teks,label,w\n" + "a b,x,1\nc d,x,1\ne f,y,2\ng h,y,2\n" * 2, {"group_column": "w"},
         "all rows of label"),
        ("teks,label\na,netral\nb,netral\n", {}, "one label only"),
        (small_table(), {"signal_column": "sinyal"}, "no column 'sinyal'"),
        ("teks,label,w\na,x,1\nb,x,-1\nc,y,1\nd,y,1\n", {"weight_column": "w"}, "row 3.*weight"),
        ("teks,label,w\na,x,1\nb,x,nan\nc,y,1\nd,y,1\n", {"weight_column": "w"}, "row 3.*weight"),
        ("teks,label,s\na,x,ajakn\nb,x,\nc,y,\nd,y,\n", {"signal_column": "s"},
         "row 2.*did you mean 'ajakan'"),
        ("", {}, "not a readable table"),
        ('{"teks": "a", "label": "x"}\n', {}, "it is JSON.*save it as CSV"),
        ("teks,label\na,b,c,d\n\"", {}, "a.csv"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_learned_from(tmp_path, content, options, message):
    table = write(tmp_path / "a.csv", content)
    with pytest.raises(TrainingDataError, match=message) as caught:
        train_from_csv(table, tmp_path / "m", **options)
    assert "a.csv" in str(caught.value)
    assert not (tmp_path / "m").exists()


def test_no_such_table(tmp_path):
    with pytest.raises(TrainingDataError, match=r"nofile\.csv"):
        train_from_csv(tmp_path / "nofile.csv", tmp_path / "m")


def test_an_existing_model_is_kept(tmp_path):
    table = write(tmp_path / "a.csv", small_table())
    (tmp_path / "m").mkdir()
    with pytest.raises(FileExistsError, match="force"):
        train_from_csv(table, tmp_path / "m")
    assert list((tmp_path / "m").iterdir()) == []
