"""Every word list is sound, the validator sees what is not, and users add their own terms."""

import re

import pytest

from netralitas_nlp.lexicons import (
    CUE_FILES,
    LEXICONS,
    Lexicon,
    LexiconError,
    loader,
    read_table,
    validate,
)
from netralitas_nlp.text.roots import root_words

NEGATIONS = {
    "tidak", "tak", "bukan", "jangan", "belum", "tanpa", "tiada", "takkan", "bukanlah", "tidaklah",
    "dilarang", "larangan", "gak", "ga", "gk", "g", "nggak", "ngga", "enggak", "engga", "kagak",
    "ndak", "tdk", "bkn", "jgn", "blm", "ogah", "anti", "menolak", "tolak", "kecuali", "selain",
}  # fmt: skip
DENY = {"tidak", "bukan", "bukannya", "jangan", "belum", "tanpa", "tak", "dilarang", "tidaklah"}


@pytest.mark.parametrize("name", sorted(LEXICONS))
def test_every_list_is_sound(name):
    assert validate(name) == []


@pytest.mark.parametrize("name", sorted(LEXICONS))
def test_every_list_has_its_rows(name):
    rows = read_table(name)
    assert len(rows) >= LEXICONS[name].minimum > 0
    assert {len(row) for row in rows} == {len(LEXICONS[name].columns)}
    lines = [line for line in loader._text(name).splitlines() if not line.startswith("#")]
    assert [tuple(line.split("\t")) for line in lines[1:]] == list(rows)


@pytest.mark.parametrize("name", sorted(LEXICONS))
def test_forms_are_lower_case_and_printable(name):
    column = next(
        i
        for i, c in enumerate(LEXICONS[name].columns)
        if c in ("form", "alias", "emoji", "election", "acronym")
    )
    for row in read_table(name):
        assert row[column] == row[column].casefold()
        assert "  " not in row[column]


def test_minimum_sizes():
    assert len(read_table("slang")) >= 3000
    assert LEXICONS["slang"].minimum >= 3000


def test_cue_files_are_cue_lists():
    for name in CUE_FILES:
        assert LEXICONS[name].columns == ("form", "kind", "note")


def test_an_unknown_list_is_named():
    with pytest.raises(LexiconError, match="slank"):
        read_table("slank")


# --- what the lists hold ----------------------------------------------------------------------


def test_stop_words_keep_negation():
    stopwords = {form for (form,) in read_table("stopwords")}
    assert not stopwords & NEGATIONS
    assert not stopwords & {"memihak", "pihak", "dukung", "mendukung", "pilih", "harus", "wajib"}
    assert not stopwords & {"saya", "kami", "kita", "aku"}
    assert {"yang", "dan", "di"} <= stopwords


def test_slang_never_turns_negation_into_something_else():
    slang, cues = Lexicon().slang, Lexicon().cues
    negation = {form for form, kinds in cues.items() if kinds & {"negation", "prohibition"}}
    lost = {
        form: expansion
        for form, expansion in slang.items()
        if form in negation | NEGATIONS and not set(expansion.split()) & (negation | DENY)
    }
    assert lost == {"jangan2": "jangan-jangan"}  # "perhaps": the doubled word denies nothing


def test_slang_never_turns_a_dictionary_word_into_negation():
    turned = {
        form
        for form, expansion in Lexicon().slang.items()
        if form in root_words() and set(expansion.split()) & DENY
    }
    assert turned <= {"belon", "enggak", "gusah", "kagak", "ogah", "tak"}


@pytest.mark.parametrize("prefix", ["gak", "tdk", "jgn", "blm", "nggak"])
def test_slang_glued_to_a_negation_stays_negated(prefix):
    denies = re.compile("tidak|bukan|jangan|belum|tanpa")
    for form, expansion in Lexicon().slang.items():
        if form.startswith(prefix):
            assert denies.match(expansion), form


def test_slang_expands_in_one_step_and_leaves_numbers_and_parties_alone():
    slang = Lexicon().slang
    parties = {alias for _, alias, ambiguous in read_table("parties") if ambiguous == "0"}
    assert not [f for f in slang if f.isdigit()]
    assert not [f for f, e in slang.items() if e in slang and slang[e] != e]
    assert not [f for f, e in slang.items() if not e]
    assert not parties & slang.keys()


PARTIES_2024 = [
    "pkb", "gerindra", "pdip", "golkar", "nasdem", "buruh", "gelora", "pks", "pkn", "hanura",
    "garuda", "pan", "pbb", "demokrat", "psi", "perindo", "ppp",
]  # fmt: skip


def test_ballot_numbers_of_parties_2024():
    numbers = {n: p for election, n, p in read_table("party_numbers") if election == "pemilu-2024"}
    assert [numbers[str(i)] for i in range(1, 18)] == PARTIES_2024
    assert numbers["24"] == "ummat"
    assert sorted(map(int, numbers)) == list(range(1, 25))
    assert {party for party, _, _ in read_table("parties")} >= set(numbers.values())


@pytest.mark.parametrize("election", ["pemilu-2014", "pemilu-2019", "pemilu-2024"])
def test_ballot_numbers_have_no_gap(election):
    numbers = [int(n) for e, n, _ in read_table("party_numbers") if e == election]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("election", "region", "number", "ticket"),
    [
        ("pilpres-2014", "nasional", "2", "jokowi-jk"),
        ("pilpres-2019", "nasional", "1", "jokowi-ma'ruf"),
        ("pilpres-2019", "nasional", "2", "prabowo-sandi"),
        ("pilpres-2024", "nasional", "1", "anies-muhaimin"),
        ("pilpres-2024", "nasional", "2", "prabowo-gibran"),
        ("pilpres-2024", "nasional", "3", "ganjar-mahfud"),
        ("pilgub-2017", "jakarta", "1", "agus-sylvi"),
        ("pilgub-2017", "jakarta", "2", "ahok-djarot"),
        ("pilgub-2017", "jakarta", "3", "anies-sandi"),
        ("pilgub-2024", "jakarta", "1", "ridwan kamil-suswono"),
        ("pilgub-2024", "jakarta", "2", "dharma-kun"),
        ("pilgub-2024", "jakarta", "3", "pramono-rano"),
        ("pilgub-2024", "jabar", "1", "acep-gitalis"),
        ("pilgub-2024", "jabar", "2", "jeje-ronal"),
        ("pilgub-2024", "jabar", "3", "syaikhu-ilham"),
        ("pilgub-2024", "jabar", "4", "dedi-erwan"),
        ("pilgub-2024", "jatim", "1", "luluk-lukman"),
        ("pilgub-2024", "jatim", "2", "khofifah-emil"),
        ("pilgub-2024", "jatim", "3", "risma-gus hans"),
        ("pilgub-2024", "bali", "2", "koster-giri"),
        ("pilgub-2024", "sumut", "1", "bobby-surya"),
        ("pilgub-2024", "sumut", "2", "edy-hasan"),
        ("pilgub-2020", "sumbar", "1", "mulyadi-ali mukhni"),
        ("pilgub-2020", "sumbar", "4", "mahyeldi-audy"),
        ("pilgub-2024", "sumbar", "1", "mahyeldi-vasko"),
    ],
)
def test_ballot_numbers_of_tickets(election, region, number, ticket):
    assert (election, region, number, ticket) in {row[:4] for row in read_table("tickets")}


@pytest.mark.parametrize(
    ("region", "number", "acronym"),
    [
        ("jabar", "1", "rindu"),
        ("jabar", "2", "hasanah"),
        ("jabar", "3", "asyik"),
        ("jabar", "4", "2dm"),
    ],
)
def test_acronyms_of_tickets(region, number, acronym):
    rows = {row[1:3]: row[4] for row in read_table("tickets") if row[0] == "pilgub-2018"}
    assert rows[region, number] == acronym


def test_ticket_names_that_are_ordinary_words_need_context():
    lexicon = Lexicon()
    for word in ("rindu", "asyik", "hasanah", "amin"):
        assert word not in lexicon.entities
        assert word in lexicon.ambiguous_entities
    assert lexicon.entities["2dm"] == "ticket"


def test_one_number_for_one_ticket():
    seen = {}
    for election, region, number, ticket, *_ in read_table("tickets"):
        if number and not election.startswith("pilwalkot"):
            assert seen.setdefault((election, region, number), ticket) == ticket


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("prabowo", "figure"),
        ("anies", "figure"),
        ("gibran", "figure"),
        ("pdip", "party"),
        ("gerindra", "party"),
        ("pks", "party"),
        ("bekasi", "place"),
        ("makassar", "place"),
    ],
)
def test_entities_have_their_class(word, kind):
    assert Lexicon().entities[word] == kind


def test_an_entity_is_sure_or_doubtful_not_both():
    lexicon = Lexicon()
    assert not lexicon.entities.keys() & lexicon.ambiguous_entities.keys()
    assert set(lexicon.entities.values()) == {"figure", "party", "ticket", "place", "name"}


def test_phrases_are_two_to_four_words():
    phrases = Lexicon().phrases
    assert phrases["joko widodo"] == "figure"
    assert all(2 <= len(form.split()) <= 4 for form in phrases)


def test_regional_languages_are_there():
    languages = {language for _, language, _, _ in read_table("regional_cues")}
    assert {
        "jv", "su", "bew", "min", "ban", "bug", "mak", "bbc", "mad", "bjn", "ace", "mdo",
    } <= languages  # fmt: skip


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("tidak", "negation"),
        ("bukan", "negation"),
        ("belum", "negation"),
        ("jangan", "prohibition"),
        ("dilarang", "prohibition"),
        ("coblos", "vote"),
        ("dukung", "support"),
        ("netral", "neutrality"),
        ("golput", "turnout"),
        ("saya", "first_person"),
    ],
)
def test_cue_words_have_their_class(form, kind):
    assert kind in Lexicon().cues[form]


def test_keycaps_and_gestures_show_numbers():
    gestures = Lexicon().gestures
    for digit in "123456789":
        assert gestures[f"{digit}\u20e3"] == (f"keycap_{digit}", digit)
    assert gestures["☝"][1] == "1"
    assert gestures["✌"][1] == "2"
    assert not [emoji for emoji in gestures if "\ufe0f" in emoji]
    assert all(number == "" or number.isdigit() for _, number in gestures.values())


def test_frequencies_are_counts():
    frequency = Lexicon().frequency
    assert min(frequency.values()) > 0
    assert frequency["yang"] > frequency["coblos"]


# --- the validator ----------------------------------------------------------------------------

HEAD = "# title: t\n# source: s\n# licence: l\n"


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """Put a file in place of a bundled list and check it."""
    monkeypatch.setattr(loader, "_FOLDER", str(tmp_path))

    def put(name, text):
        (tmp_path / f"{name}.tsv").write_text(text, encoding="utf-8")
        return validate(name)

    return put


def _stopwords(*lines, head=HEAD, rows=250):
    return (
        head + "form\n" + "".join(f"{line}\n" for line in [*lines, *(f"k{i}" for i in range(rows))])
    )


def _parties(*lines, rows=80):
    filler = [f"p{i}\ta{i}\t0" for i in range(rows)]
    return HEAD + "party\talias\tambiguous\n" + "".join(f"{line}\n" for line in [*lines, *filler])


def test_a_sound_file_has_no_fault(plant):
    assert plant("stopwords", _stopwords()) == []
    assert plant("parties", _parties()) == []


@pytest.mark.parametrize("note", ["title", "source", "licence"])
def test_a_missing_note_is_found(plant, note):
    head = "".join(line + "\n" for line in HEAD.splitlines() if note not in line)
    (fault,) = plant("stopwords", _stopwords(head=head))
    assert f"# {note}:" in fault
    assert "stopwords.tsv" in fault


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("", "header"),
        (HEAD, "header"),
        (HEAD + "word\nada\n", "header"),
        (_stopwords("ada", "ada"), "row 4|already"),
        (_stopwords(" ada"), "space"),
        (_stopwords("ada "), "space"),
        (_stopwords("ada\tdia"), "2 cells instead of 1"),
        (_stopwords(rows=10), "10 rows"),
    ],
)
def test_planted_faults_are_found(plant, text, about):
    faults = plant("stopwords", text)
    assert any(re.search(about, fault) for fault in faults)
    assert all("stopwords.tsv" in fault for fault in faults)


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("pkb\tpkb", "2 cells"),
        ("pkb\tpkb\t0\tx", "4 cells"),
        ("pkb\t\t0", "empty key"),
        ("pkb\tpkb\tx", "ambiguous"),
        ("pkb\tpkb\t2", "ambiguous"),
        ("pkb\ta7\t0", "already"),
    ],
)
def test_faults_of_a_row_name_the_row(plant, line, about):
    faults = plant("parties", _parties("abc\tabc\t0", line))
    assert len(faults) == 1
    assert about in faults[0]
    assert "parties.tsv, row " in faults[0]
    if about != "already":
        assert "row 6:" in faults[0]


def test_all_faults_are_told_at_once(plant):
    assert len(plant("parties", _parties("a\tb", " c\td\t0", "e\tf\t7"))) == 3


# --- terms of a user --------------------------------------------------------------------------


def test_terms_of_a_user_are_added():
    lexicon = Lexicon(
        {
            "figures": ["Daeng Rawallangi"],
            "parties": ["Partai Xyzzy"],
            "tickets": ["ZZTOP"],
            "places": ["Antahberantah"],
            "names": ["Wkwkwati"],
            "slang": {"mksd": "maksud", "gkdkg": "tidak mendukung"},
            "slogan": ["gas terus 99"],
            "support": ["jempolin"],
        }
    )
    assert lexicon.entities["rawallangi"] == "figure"
    assert lexicon.entities["xyzzy"] == "party"
    assert lexicon.entities["zztop"] == "ticket"
    assert lexicon.entities["antahberantah"] == "place"
    assert lexicon.entities["wkwkwati"] == "name"
    assert lexicon.slang["mksd"] == "maksud"
    assert lexicon.slang["yg"] == "yang"
    assert "slogan" in lexicon.cues["gas terus 99"]
    assert "support" in lexicon.cues["jempolin"]
    assert lexicon.entities["prabowo"] == "figure"


def test_terms_of_a_user_win_over_bundled_ones():
    assert Lexicon({"slang": {"yg": "ya gitu"}}).slang["yg"] == "ya gitu"
    assert Lexicon({"names": ["amin"]}).entities["amin"] == "name"


def test_terms_of_a_user_do_not_leak_into_other_lexicons():
    Lexicon({"figures": ["qwertyman"], "slang": {"zxq": "apa"}, "vote": ["zxqvote"]})
    plain = Lexicon()
    assert "qwertyman" not in plain.entities
    assert "zxq" not in plain.slang
    assert "zxqvote" not in plain.cues


def test_any_iterable_of_terms_will_do():
    for terms in (["budix"], ("budix",), {"budix"}, iter(["budix"]), (t for t in ["budix"])):
        assert Lexicon({"figures": terms}).entities["budix"] == "figure"


@pytest.mark.parametrize("extra", [None, {}, {"figures": []}])
def test_no_terms_is_the_bundled_lexicon(extra):
    assert Lexicon(extra).entities == Lexicon().entities


@pytest.mark.parametrize("kind", ["figure", "Figures", "foo", "", "stopwords", "function"])
def test_an_unknown_kind_is_refused_by_name(kind):
    with pytest.raises(LexiconError, match="is not one of") as caught:
        Lexicon({kind: ["x"]})
    assert repr(kind) in str(caught.value)
    assert "figures" in str(caught.value)


@pytest.mark.parametrize(
    "extra",
    [
        {"figures": [""]},
        {"figures": ["  "]},
        {"figures": [3]},
        {"figures": [None]},
        {"support": ["ok", ""]},
        {"slang": {"": "x"}},
        {"slang": {"x": 3}},
        {"slang": {3: "x"}},
        {"slang": {"x": None}},
    ],
)
def test_bad_terms_are_refused(extra):
    with pytest.raises(LexiconError, match="must be non-empty text"):
        Lexicon(extra)


def test_the_error_is_a_value_error():
    assert issubclass(LexiconError, ValueError)
