"""Scripts that train and compare: which labels they take, which kept work they go on from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netralitas_nlp import Scorer

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return __import__


def test_compared_labels_are_the_settled_ones(script, tmp_path, monkeypatch):
    module = script("compare_defaults")
    for folder, label, more in (("real", "netral", ",text"), ("labels", "partisan", "")):
        (tmp_path / folder).mkdir()
        text = ",Ayo coblos nomor 2!" if more else ""
        (tmp_path / folder / "train.csv").write_text(f"id,label{more}\na,{label}{text}\n", "utf-8")
    monkeypatch.setattr(module, "ANNOTATIONS", tmp_path / "labels")
    rows = module.real_rows(tmp_path / "real", "train.csv")
    assert rows.to_dict("records") == [
        {"id": "a", "label": "partisan", "text": "Ayo coblos nomor 2!"}
    ]


def test_an_undefined_figure_is_a_dash(script):
    cell = script("measure")._cell
    assert [cell(value, "id") for value in (None, 0.5, 1200)] == ["–", "0,500", "1.200"]


@pytest.mark.parametrize("measured", ["behaviour", "holds", "turns", "sides"])
def test_every_figure_of_behaviour_has_an_indonesian_name(script, measured):
    module = script("measure")
    found = getattr(module, measured)(Scorer.load())
    assert module.markdown({"data/checks/suite.csv": found}, "id")


def test_a_stage_of_other_data_is_refused(script, tmp_path):
    torch = pytest.importorskip("torch", reason="NOT CHECKED: needs torch")
    module = script("train_careful")
    texts = [f"ayo coblos nomor {i}" for i in range(4)]
    start = module.tiny_start(texts)
    reader = module.PieceReader(start.pieces, start.scores.tolist())
    rows = pd.DataFrame({"id": list("abcd"), "text": texts, "label": ["netral", "partisan"] * 2,
                         "sinyal": "", "topik": "umum"})  # fmt: skip
    rows["ids"] = [module.pieces_of(reader, words) for words in module.wordings(texts)]
    keep = tmp_path / "final.labelled"

    def train(rows, epochs=1, after=""):
        net = module.Encoder(start)
        module.train(net, rows, reader, keep, epochs=epochs, seed=1, after=after)
        return net.head.weight.detach().numpy()

    first = train(rows)
    assert np.array_equal(train(rows), first)  # taken from the file
    turned = rows.assign(label=rows.label.to_numpy()[::-1])
    for other in ((turned,), (rows.iloc[:3],), (rows.assign(id=list("abce")),), (rows, 2),
                  (rows, 1, "soft")):  # fmt: skip
        with pytest.raises(SystemExit, match=r"final\.labelled: was trained on other.*delete it"):
            train(*other)
    keep.unlink()
    train(turned)
    stored = torch.load(keep, weights_only=True)
    torch.save({name: stored[name] for name in stored if name != "stage"}, keep)
    with pytest.raises(SystemExit, match="delete it"):  # kept before files said of what they are
        train(turned)


def test_a_corrected_label_moves_no_source_and_the_left_out_third_is_that_of_the_folds(script):
    module = script("train_bundled")
    rows = module.read(module.ANNOTATIONS / "train.csv")
    rows = rows.assign(origin="train", source=rows.repository)
    folds = module.folds_by_source(rows)
    turned = rows.assign(label=np.where(rows.index % 3, rows.label, "netral"))
    assert np.array_equal(module.folds_by_source(turned), folds)
    models = SCRIPTS.parent / "models"
    # else networks whose weights are averaged, or compared, would have seen other sources
    assert set(module.read(models / "careful.left_out.csv").id) == set(rows.id[folds == 0])
    assert set(module.read(models / "bundled.out_of_fold.csv").id) == set(rows.id)


def test_a_fragment_is_the_same_each_time_and_made_of_the_text(script):
    fragment, kinds = script("fragments").fragment, script("fragments").KINDS
    text = "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh"
    parts = {kind: [fragment(f"{i:012x}", text, kind) for i in range(200)] for kind in kinds}
    for kind in kinds:
        assert parts[kind] == [fragment(f"{i:012x}", text, kind) for i in range(200)]
        assert len(set(parts[kind])) > 20
    assert all(part in text and len(part.split()) in range(4, 9) for part in parts["span"])
    place = text.split().index
    for part in parts["rest"]:
        places = [place(word) for word in part.split()]
        assert places == sorted(places)
        assert len(places) < 10
    assert fragment("0", "satu dua tiga empat", "rest") == ""  # too little would be left
    assert fragment("0", " ".join(["kata"] * 41), "rest") == ""
    assert fragment("0", "satu dua tiga empat lima enam tujuh delapan", "span") == ""


def test_every_stored_fragment_of_a_written_text_can_be_made_again(script):
    module = script("train_bundled")
    stored = module.read(module.FRAGMENTS)
    assert not stored.duplicated(["id", "kind"]).any()
    assert stored[["probability", "left_out"]].astype(float).stack().between(0, 1).all()
    rows = module.read(module.ROOT / "data" / "posts" / "train.csv")
    rows = rows.assign(origin="written", source=rows.writer)
    none = pd.DataFrame({"id": [], "text": [], "repository": []})
    made = module.fragment_rows(rows, none)
    assert len(made.merge(stored, on=["id", "kind"])) == len(made)
