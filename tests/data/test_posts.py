"""The data holds to the guide, and the checkers find planted faults."""

import importlib.util
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def script(name: str) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


check = script("check_data")
markers = script("markers")
counts = script("data_counts")

ACTS = {
    "call_to_vote": {"functionality": "call_to_vote", "label": "partisan", "topik": "politik"},
    "sport": {"functionality": "sport", "label": "netral", "topik": "umum"},
}


def post(text: str, **cells: str) -> dict[str, str]:
    row = {
        "id": check.identity(text), "repository": "netralitas_nlp", "label": "partisan",
        "topik": "politik", "sinyal": "ajakan", "ragu": "0", "era": "2024", "register": "tweet",
        "text": text, "functionality": "call_to_vote", "region": "jatim", "channel": "balasan",
        "language": "id-jv", "target": "lokal+", "writer": "w01", "split": "train",
    }  # fmt: skip
    return row | cells


def neutral(text: str, **cells: str) -> dict[str, str]:
    plain = {
        "label": "netral",
        "topik": "umum",
        "sinyal": "",
        "functionality": "sport",
        "target": "",
    }
    return post(text, **(plain | cells))


def case(text: str, **cells: str) -> dict[str, str]:
    row = {"functionality": "call_to_vote", "label": "partisan", "sinyal": "ajakan", "span": text,
           "region": "bali", "text": text, "pair": "", "id": "row2"}  # fmt: skip
    return row | cells


def shown(faults: Sequence[Any]) -> str:
    return "\n".join(map(str, faults))


def sound(faults: Sequence[Any]) -> None:
    if faults:  # the list itself is what the reader needs, not a comparison of two lists
        pytest.fail(f"{len(faults)} faults\n{shown(faults)}", pytrace=False)


# --- the data ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def posts() -> list[dict[str, str]]:
    return check.read_posts()


@pytest.fixture(scope="module")
def suite() -> list[dict[str, str]]:
    return check.read_suite()


@pytest.fixture(scope="module")
def frames() -> list[dict[str, str]]:
    return check.read_parity()


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, str]]:
    return check.read_direction()


@pytest.fixture(scope="module")
def texts(posts: Any, suite: Any, frames: Any, pairs: Any) -> Any:
    return check.items(posts, suite, frames, pairs)


def test_every_row_holds_to_the_guide(posts: Any) -> None:
    faults = check.row_faults(posts, check.read_functionalities())
    sound(faults)


def test_no_writer_stands_in_two_splits(posts: Any) -> None:
    faults = check.writer_faults(posts)
    sound(faults)


def test_no_text_is_there_twice_or_nearly(texts: Any) -> None:
    faults = check.near_duplicate_faults(texts)
    sound(faults)


def test_no_texts_differ_in_names_only(texts: Any) -> None:
    faults = check.masked_twin_faults(texts)
    sound(faults)


def test_no_template_families(posts: Any) -> None:
    faults = check.family_faults(posts)
    sound(faults)


def test_sides_are_balanced(posts: Any) -> None:
    faults = check.balance_faults(posts)
    sound(faults)


def test_sizes(posts: Any, suite: Any, frames: Any) -> None:
    faults = check.size_faults(posts, suite, frames)
    sound(faults)


def test_the_suite_holds_to_the_guide(suite: Any, frames: Any) -> None:
    faults = check.suite_faults(suite, check.read_functionalities()) + check.parity_faults(frames)
    sound(faults)


def test_direction_pairs_are_sound_and_many(pairs: Any) -> None:
    faults = check.direction_faults(pairs)
    sound(faults)
    assert len(pairs) >= 60
    kinds = Counter(pair["kind"] for pair in pairs)
    assert len(kinds) >= 6
    assert min(kinds.values()) >= 10


def test_direction_pairs_were_read_a_second_time(pairs: Any) -> None:
    readings = check.read_rows(check.DATA / "checks" / "direction_reading.csv")
    sound(check.direction_reading_faults(readings, pairs))
    other = readings[0] | {"reader_label": "netral"}
    assert len(check.direction_reading_faults([other, *readings[2:]], pairs)) == 2


def test_the_suite_was_read_a_second_time(suite: Any) -> None:
    readings = check.read_rows(check.DATA / "checks" / "suite_reading.csv")
    sound(check.suite_reading_faults(readings, suite))
    other = readings[0] | {"id": "0" * 12}
    assert len(check.suite_reading_faults([other, *readings[1:]], suite)) == 2


def test_the_second_reading_is_whole_and_settled(posts: Any) -> None:
    path = check.DATA / "posts" / "second_reading.csv"
    if not path.exists():
        pytest.skip("no second reading yet")
    faults = check.reading_faults(check.read_rows(path), posts)
    sound(faults)


@pytest.mark.parametrize("name", ["train", "dev", "pool"])
def test_annotations_hold_to_the_guide_and_to_their_readings(name: str) -> None:
    rows = check.read_rows(check.DATA / "annotations" / f"{name}.csv")
    sound(check.annotation_faults(name, rows))


def test_the_counts_of_the_datasheet_are_those_of_the_data() -> None:
    text = counts.README.read_text(encoding="utf-8")
    renewed = markers.between_markers(text, "counts", counts.report())
    assert text == renewed, "run: python scripts/data_counts.py --write"


# --- the checkers, on planted faults ----------------------------------------------------------


def test_sound_rows_have_no_fault() -> None:
    rows = [post("Ayo coblos Bu Rina, nomor dua"), neutral("PSM menang 2-0 di kandang sendiri")]
    assert check.row_faults(rows, ACTS) == []
    assert check.near_duplicate_faults(check.items(rows)) == []
    assert check.family_faults(rows) == []


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"id": "000000000000"}, "id does not match"),
        ({"text": " "}, "empty text"),
        ({"text": "dua baris ⏎ di sini"}, "stray mark"),
        ({"label": "partisan?"}, "label 'partisan?' is not in the guide"),
        ({"label": "netral"}, "netral with signal 'ajakan'"),
        ({"label": "netral", "sinyal": ""}, "but call_to_vote is partisan"),
        ({"label": "netral", "sinyal": ""}, "netral with target"),
        ({"topik": "umum"}, "topik 'umum'"),
        ({"sinyal": ""}, "partisan without a signal"),
        ({"sinyal": "A"}, "signal 'A' is not in the guide"),
        ({"sinyal": "ajakan ajakan"}, "signal twice"),
        ({"functionality": "call_to_dance"}, "is not in functionalities.tsv"),
        ({"target": ""}, "partisan without a target"),
        ({"target": "siapa+"}, "target 'siapa+' is unknown"),
        ({"target": "anies"}, "target 'anies' is unknown"),
        ({"ragu": "2"}, "ragu '2'"),
        ({"era": "2031"}, "era '2031'"),
        ({"region": "atlantis"}, "region 'atlantis'"),
        ({"register": "fax"}, "register 'fax'"),
        ({"language": "Indonesia"}, "language 'Indonesia'"),
        ({"repository": "lain"}, "repository 'lain'"),
    ],
)
def test_row_faults_are_found(cells: dict[str, str], problem: str) -> None:
    row = post("Ayo coblos Bu Rina, nomor dua") | cells
    faults = check.row_faults([row], ACTS)
    assert problem in shown(faults)
    assert all(f"train/{row['id']}" in fault.ids for fault in faults)


def test_a_fault_shows_ids_and_the_start_of_the_text() -> None:
    row = post("Ayo coblos Bu Rina,\nnomor dua, " + "lagi " * 40 + "ya", sinyal="")
    (fault,) = check.row_faults([row], ACTS)
    assert row["id"] in str(fault)
    assert "'Ayo coblos Bu Rina, nomor dua, lagi" in str(fault)
    assert len(str(fault)) < 160


def test_a_missing_column_is_found() -> None:
    row = post("Ayo coblos Bu Rina")
    del row["writer"]
    assert "no column writer" in shown(check.row_faults([row], ACTS))


def test_a_writer_in_two_splits_is_found() -> None:
    rows = [post("Ayo coblos Bu Rina"), post("Menangkan Pak Danu", split="test")]
    (fault,) = check.writer_faults(rows)
    assert fault.ids == ("w01",)
    assert check.writer_faults([rows[0], rows[1] | {"writer": "t1"}]) == []


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        ("AYO coblos bu Rina,\n nomor dua besok pagi!!", "duplicate"),
        ("Ayo coblos Bu Rina nomor dua besok pagi, jangan lupa bawa KTP ya", "near-duplicate"),
    ],
)
@pytest.mark.parametrize("place", ["train", "test", "suite", "parity", "direction"])
def test_duplicates_are_found_everywhere(second: str, kind: str, place: str) -> None:
    first = post("Ayo coblos Bu Rina, nomor dua besok pagi")
    other = "Hujan turun sejak subuh, padi di sawah belum juga dipanen"
    if place == "suite":
        all_texts = check.items([first, post(other)], [case(second)])
    elif place == "parity":
        frame = {"frame": "pf-1", "slot": "person", "fillers": "Bu Rina;Pak Danu"}
        frame["text"] = second.replace("Bu Rina", "{person}").replace("bu Rina", "{person}")
        all_texts = check.items([first, post(other)], [], [frame])
    elif place == "direction":
        pair = {"pair": "dr-1", "base": second, "changed": "Jalan ke pasar ditutup dua hari"}
        all_texts = check.items([first, post(other)], [], [], [pair])
    else:
        all_texts = check.items([first, post(other), post(second, split=place)])
    (fault,) = check.near_duplicate_faults(all_texts)
    assert fault.kind == kind
    assert fault.ids[0] == f"train/{first['id']}"
    assert fault.ids[1].startswith(place)


def test_short_and_wordless_texts_are_compared_too() -> None:
    rows = [post("Gas 02"), post("gas 02!"), post("✌️🔥"), post("✌️🔥", split="dev"), post("☝️")]
    faults = check.near_duplicate_faults(check.items(rows))
    assert [fault.kind for fault in faults] == ["duplicate", "duplicate"]


def test_twins_of_one_pair_may_be_alike_and_others_not() -> None:
    first = case("ASN dilarang ikut memilih Bu Rina di depan umum", pair="p1")
    second = case("Ayo ikut memilih Bu Rina di depan umum", pair="p1", id="row3")
    assert check.near_duplicate_faults(check.items([], [first, second])) == []
    stranger = second | {"pair": "p2"}
    assert len(check.near_duplicate_faults(check.items([], [first, stranger]))) == 1


def test_a_big_table_is_compared_in_time() -> None:
    import random
    import time

    dice = random.Random(0)
    vocabulary = [f"kata{n}" for n in range(3000)]
    rows = [post(" ".join(dice.choices(vocabulary, k=22))) for _ in range(10_000)]
    started = time.perf_counter()
    assert check.near_duplicate_faults(check.items(rows)) == []
    assert time.perf_counter() - started < 60


def test_template_families_are_found() -> None:
    ends = ("jujur", "berani lawan tambang", "dekat nelayan", "anak petani sini")
    rows = [post(f"Beliau adalah pemimpin yang {end}") for end in ends]
    (fault,) = [f for f in check.family_faults(rows) if "masked" not in f.detail]
    assert fault.ids == tuple(f"train/{row['id']}" for row in rows)
    assert "beliau adalah pemimpin yang" in fault.detail
    assert check.family_faults(rows[:3]) == []
    assert check.family_faults([row | {"writer": f"w{n}"} for n, row in enumerate(rows)]) == []


def test_families_with_swapped_names_are_found() -> None:
    names = ("Bu Rina Lestari", "pak danu", "Haji Umar", "prabowo")
    rows = [post(f"besok kita menangkan {name} bersama, titik {n}") for n, name in enumerate(names)]
    faults = check.family_faults(rows)
    assert [len(fault.ids) for fault in faults] == [4]
    assert "masked opening" in faults[0].detail


def test_texts_that_differ_in_names_only_are_found() -> None:
    first = post("Selamat pagi dan salam hormat, Bu Rina, dari kami", writer="w01")
    second = post("selamat pagi dan salam hormat, Pak Danu, dari kami", writer="t1", split="test")
    (fault,) = check.masked_twin_faults(check.items([first, second]))
    assert fault.ids == (f"train/{first['id']}", f"test/{second['id']}")
    twins = [case(first["text"], pair="p"), case(second["text"], pair="p")]
    assert check.masked_twin_faults(check.items([], twins)) == []


def test_skeleton_masks_names_titles_numbers_and_tags() -> None:
    text = "Coblos Pak Danu Wijaya nomor 2 ya #DanuMenang @danu, kata anies. Besok ke TPS"
    assert check.skeleton(text) == (
        "coblos", "_", "nomor", "_", "ya", "_", "kata", "_", "besok", "ke", "_",
    )  # fmt: skip
    assert check.skeleton("MENANGKAN DESA KITA") == ("menangkan", "desa", "kita")


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"span": "Bu Rini"}, "span 'Bu Rini' is not in the text"),
        ({"span": ""}, "partisan without a span"),
        ({"sinyal": ""}, "partisan without a signal"),
        ({"sinyal": "D"}, "signal 'D' is not in the guide"),
        ({"label": "netral", "sinyal": "", "span": "Rina"}, "netral with span"),
        ({"label": "netral", "sinyal": "", "span": ""}, "but call_to_vote is partisan"),
        ({"functionality": "x"}, "is not in functionalities.tsv"),
        ({"region": ""}, "region ''"),
    ],
)
def test_case_faults_are_found(cells: dict[str, str], problem: str) -> None:
    good = case("Ayo coblos Bu Rina")
    assert check.suite_faults([good], ACTS) == []
    assert problem in shown(check.suite_faults([good | cells], ACTS))


def test_pairs_are_two_opposite_texts() -> None:
    ayo = case("Ayo coblos Bu Rina", pair="p1")
    bola = case("PSM menang", pair="p1", label="netral", sinyal="", span="", functionality="sport")
    assert check.suite_faults([ayo, bola], ACTS) == []
    for wrong in ([ayo], [ayo, ayo], [bola, bola], [ayo, bola, bola]):
        (fault,) = check.suite_faults(wrong, ACTS)
        assert fault.kind == "pair"
        assert "pair p1" in fault.detail


def test_parity_faults_are_found() -> None:
    good = {"frame": "f1", "label": "netral", "slot": "person", "fillers": "Rina;Danu",
            "text": "{person} tiba pukul dua"}  # fmt: skip
    assert check.parity_faults([good]) == []
    assert "slots of the text differ" in shown(check.parity_faults([good | {"slot": "party"}]))
    assert "two or more" in shown(check.parity_faults([good | {"fillers": "Rina"}]))
    assert "two or more" in shown(check.parity_faults([good | {"fillers": "Rina;Rina"}]))
    assert "is not in the guide" in shown(check.parity_faults([good | {"label": "p"}]))
    assert "name used twice" in shown(check.parity_faults([good, good]))


def test_direction_faults_are_found() -> None:
    good = {"pair": "dr-1", "kind": "denial", "direction": "down", "base": "Ayo pilih Rina",
            "changed": "Bukan saya yang menulis ayo pilih Rina"}  # fmt: skip
    assert check.direction_faults([good]) == []
    assert "direction 'turun'" in shown(check.direction_faults([good | {"direction": "turun"}]))
    assert "nothing is changed" in shown(check.direction_faults([good | {"changed": good["base"]}]))
    assert "empty text" in shown(check.direction_faults([good | {"base": " "}]))
    assert "no kind" in shown(check.direction_faults([good | {"kind": ""}]))
    assert "name used twice" in shown(check.direction_faults([good, good]))


def sided(target: str, n: int, **cells: str) -> list[dict[str, str]]:
    return [post(f"{target} {i}", target=target, **cells) for i in range(n)]


def test_one_sided_camps_and_parties_are_found() -> None:
    fair = sided("jokowi+", 11, era="2019") + sided("jokowi-", 9, era="2019")
    assert check.balance_faults(fair) == []
    faults = check.balance_faults(sided("jokowi+", 12, era="2019") + fair[11:])
    assert [fault.ids for fault in faults] == [("jokowi",)]
    assert "12 for, 9 against" in faults[0].detail
    assert check.balance_faults(sided("pks-", 19)) == []
    assert [f.ids for f in check.balance_faults(sided("pks-", 20))] == [("pks",)]
    assert check.balance_faults(sided("lokal+", 50)) == []


def test_a_contest_that_dwells_on_one_camp_is_found() -> None:
    def contest(*sizes: int) -> list[dict[str, str]]:
        camps = zip(("prabowo", "anies", "ganjar"), sizes, strict=True)
        return [row for camp, n in camps for s in "+-" for row in sided(camp + s, n)]

    assert check.balance_faults(contest(10, 12, 14)) == []
    assert {f.ids[0] for f in check.balance_faults(contest(10, 10, 20))} == {"ganjar"}
    assert check.balance_faults([row | {"era": "2019"} for row in contest(10, 10, 20)]) == []


def test_too_little_data_is_found() -> None:
    faults = check.size_faults([post("Ayo coblos Bu Rina", language="id")], [], [])
    assert {fault.ids[0] for fault in faults} >= {
        "texts in train", "texts in dev", "texts in test", "documents of 120 to 400 words",
        "share regional or mixed", "functionalities of 24 cases in the suite", "parity frames",
    }  # fmt: skip


def test_national_figures_are_recognised() -> None:
    assert check.names_national_figure(post("kata Jusuf Kalla begitu"))
    assert check.names_national_figure(post("yang gemoy itu", target="prabowo+"))
    assert not check.names_national_figure(post("Ayo coblos Bu Rina"))


def test_reading_faults_are_found() -> None:
    rows = [post("Ayo coblos Bu Rina"), post("Menangkan Pak Danu", split="test", writer="t1")]
    good = [
        {"id": row["id"], "writer_label": "partisan", "reader_label": "netral",
         "settled_label": "partisan"}
        for row in rows
    ]  # fmt: skip
    assert check.reading_faults(good, rows) == []
    assert "never read a second time" in shown(check.reading_faults(good[:1], rows))
    assert "a tenth is due" in shown(check.reading_faults(good[1:], rows))
    wrong = [good[0] | {"settled_label": "netral"}, good[1] | {"reader_label": "n"}]
    assert "settled as 'netral'" in shown(check.reading_faults(wrong, rows))
    assert "reader_label 'n'" in shown(check.reading_faults(wrong, rows))
    stray = {"id": "ffffffffffff"} | {k: "netral" for k in good[0] if k != "id"}
    assert "no text has this id" in shown(check.reading_faults([*good, stray], rows))


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"label": "netral"}, "netral with signal"),
        ({"sinyal": ""}, "partisan without a signal"),
        ({"label": "partai"}, "label 'partai' is not one of"),
        ({"topik": "umum"}, "partisan on 'umum'"),
        ({"first": "netral", "second": "netral"}, "both readers said netral"),
        ({"second": "netral"}, "two readers differ"),
    ],
)
def test_annotation_faults_are_found(cells: dict[str, str], problem: str) -> None:
    row = {"id": "1", "label": "partisan", "topik": "politik", "sinyal": "ajakan", "ragu": "0",
           "first": "partisan", "second": "partisan"}  # fmt: skip
    assert not check.annotation_faults("train", [row])
    assert problem in shown(check.annotation_faults("train", [row | cells]))
    assert "2 times" in shown(check.annotation_faults("train", [row, row]))


def test_agreement_is_measured() -> None:
    rows = [post(f"Ayo coblos {n}", split="dev" if n < 4 else "test") for n in range(8)]
    readings = [
        {"id": row["id"], "writer_label": "partisan" if n % 2 else "netral",
         "reader_label": "partisan" if n % 2 or n == 4 else "netral", "settled_label": "netral"}
        for n, row in enumerate(rows)
    ]  # fmt: skip
    lines = counts.agreement(readings, rows).splitlines()
    assert lines[2] == "| dev | 4 | 4 | 100.0% | 1.000 | 0 | 0 |"
    assert lines[3] == "| test | 4 | 3 | 75.0% | 0.500 | 1 | 1 |"
    assert lines[4] == "| all | 8 | 7 | 87.5% | 0.750 | 1 | 1 |"


def test_counts_go_between_the_markers() -> None:
    start, end = "<!-- counts -->", "<!-- /counts -->"
    text = f"a\n{start}\nold\n{end}\nb\n"
    once = markers.between_markers(text, "counts", "new")
    assert once == f"a\n{start}\n\nnew\n\n{end}\nb\n"
    assert markers.between_markers(once, "counts", "new") == once
    for bad in ("a", text + text, f"{end}{start}"):
        with pytest.raises(ValueError, match="page needs one"):
            markers.between_markers(bad, "counts", "new")
