from __future__ import annotations

import csv
import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp.evaluation import read_parity, run_parity, run_swaps, swap_sides


class Sided:
    """Likes one word and not another."""

    positive = "partisan"
    classes_ = ["netral", "partisan"]  # noqa: RUF012

    def __init__(self, **scores):
        self.scores = scores

    def predict_proba(self, texts):
        p = [next((v for w, v in self.scores.items() if w in text), 0.5) for text in texts]
        return np.column_stack([1 - np.array(p), p])


FRAMES = [
    {"frame": "f1", "label": "partisan", "slot": "person", "fillers": "Rina; Sari;Dewi",
     "text": "Ayo menangkan {person}!"},
    {"frame": "f2", "label": "netral", "slot": "party", "fillers": "Padi;Jagung",
     "text": "Kantor {party} pindah, {party} lupa memberi tahu."},
]  # fmt: skip
SCORES = {"Rina": 0.9, "Sari": 0.6, "Dewi": 0.3, "Padi": 0.2, "Jagung": 0.2}


def test_parity_figures_by_hand():
    report = run_parity(Sided(**SCORES), FRAMES)
    gaps = [abs(a - b) for a, b in combinations((0.9, 0.6, 0.3), 2)] + [0.0]
    assert report.pairs == 4
    assert report.mean_change == pytest.approx(sum(gaps) / 4)
    assert report.largest_change == pytest.approx(0.6)
    assert report.label_flips == 0.5  # Dewi against the two others, of four pairs
    facts = report.to_dict(worst=1)
    assert [frame["frame"] for frame in facts["frames"]] == ["f1", "f2"]
    first = facts["frames"][0]
    assert first["fillers"] == {"Rina": 0.9, "Sari": 0.6, "Dewi": 0.3}
    assert (first["low"], first["high"]) == (0.3, 0.9)
    assert first["label_flips"] == 2
    assert facts["slots"]["party"]["mean_change"] == 0.0
    (gap,) = facts["gaps"]
    assert (gap["frame"], gap["lowest"], gap["highest"]) == ("f1", "Dewi", "Rina")
    assert len(report.to_frame()) == 5
    json.dumps(facts)


def test_read_parity(tmp_path):
    path = tmp_path / "parity.csv"
    columns = ["frame", "label", "slot", "fillers", "text"]

    def write(*rows):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)

    write(*FRAMES)
    assert read_parity(tmp_path) == FRAMES
    write(FRAMES[0], FRAMES[1] | {"fillers": "Padi;"})
    with pytest.raises(ValueError, match="row 3: frame 'f2'"):
        read_parity(path)
    write(FRAMES[0] | {"slot": "party"})
    with pytest.raises(ValueError, match="its slot"):
        read_parity(path)
    write()
    with pytest.raises(ValueError, match="no frame"):
        read_parity(path)
    path.write_text("frame,label\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column 'slot'"):
        read_parity(path)
    with pytest.raises(ValueError, match="no frame"):
        run_parity(Sided(), [])
    with pytest.raises(ValueError, match=r"frame 'f2' needs .* two different fillers"):
        run_parity(Sided(), [FRAMES[0], FRAMES[1] | {"fillers": "Padi; Padi"}])


@pytest.mark.parametrize(
    ("text", "kind", "swapped"),
    [
        ("Besok aku nyoblos Anies, titik.", "person",
         ["Besok aku nyoblos Ganjar, titik.", "Besok aku nyoblos Prabowo, titik."]),
        ("ANIES lagi, anies terus", "person",
         ["GANJAR lagi, ganjar terus", "PRABOWO lagi, prabowo terus"]),
        ("Coblos nomor 02 ya, kawan", "number",
         ["Coblos nomor 01 ya, kawan", "Coblos nomor 03 ya, kawan"]),
        ("Pilih paslon 3 dan ajak tetangga", "number",
         ["Pilih paslon 1 dan ajak tetangga", "Pilih paslon 2 dan ajak tetangga"]),
        ("Tim Luthfi-Yasin rapat di warung", "ticket", ["Tim Andika-Hendi rapat di warung"]),
    ],
)  # fmt: skip
def test_one_contestant_is_swapped(text, kind, swapped):
    found = swap_sides(text)
    assert {swap.kind for swap in found} == {kind}
    assert [swap.text for swap in found] == swapped


def test_parties_are_swapped_in_their_own_dress():
    (first, *_) = swap_sides("Saksi Gerindra datang, gerindra pulang.")
    assert first.kind == "party"
    assert first.text == "Saksi Golkar datang, golkar pulang."
    assert len(swap_sides("Saksi PKS lelah")) == 3
    assert all(swap.new.isupper() or swap.new.istitle() for swap in swap_sides("Saksi PKS lelah"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hujan turun sejak subuh",
        "Prabowo atau Anies, sama saja",
        "Prabowo Subianto tiba pukul dua",
        "Presiden Jokowi meresmikan waduk",
        "#AniesPresiden, ayo Anies!",
        "Prabowo gemoy, oke gas",
        "Gerindra dan Prabowo satu barisan",
        "Coblos nomor 2, salam dua jari",
        "Coblos nomor 2 pukul 7 pagi",
        "Coblos nomor 2 bukan nomor 3",
        "Coblos nomor dua saja",
        "Prabowo nomor 2",
        "Anies ☝️ saja",
        "Dasar cebong, Jokowi terus",
        "Banteng PDIP turun ke jalan",
    ],
)
def test_where_a_swap_would_not_be_believed_nothing_is_swapped(text):
    assert swap_sides(text) == []


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            ["Anies", "prabowo", "PKS", "nomor", "2", "02", "dan", "pilih", "pasar", "paslon",
             "Luthfi-Yasin", "Bu", "#PKS", "!", "1", "Ganjar-Mahfud"]
        ),
        max_size=8,
    )
)  # fmt: skip
def test_a_swap_goes_back(words):
    text = " ".join(words)
    for swap in swap_sides(text):
        assert swap.text != text
        assert swap.new in swap.text
        back = [s.text.casefold() for s in swap_sides(swap.text) if s.kind == swap.kind]
        if swap.kind in ("number", "ticket"):
            assert text.casefold() in back


def test_run_swaps():
    texts = ["Menangkan Anies!", "Hujan lagi", "Menangkan paslon 1"]
    labels = ["partisan", "netral", "partisan"]
    report = run_swaps(Sided(Anies=0.9, Ganjar=0.4, Prabowo=0.8), texts, labels)
    assert [frame["frame"] for frame in report.frames] == ["text-0", "text-2"]
    assert [frame["label"] for frame in report.frames] == ["partisan", "partisan"]
    assert report.frames[0]["fillers"] == {"Anies": 0.9, "Ganjar": 0.4, "Prabowo": 0.8}
    assert report.largest_change == pytest.approx(0.5)
    with pytest.raises(ValueError, match="none of 1 texts"):
        run_swaps(Sided(), ["Hujan"])
    with pytest.raises(ValueError, match="1 texts and 2 labels"):
        run_swaps(Sided(), ["Hujan"], ["netral"] * 2)
