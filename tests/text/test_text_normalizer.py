"""Standard spelling never touches negation, names, parties and ballot numbers."""

import re
import time

import pytest

from netralitas_nlp import Normalizer as PublicNormalizer
from netralitas_nlp.lexicons import Lexicon, read_table
from netralitas_nlp.text import Normalizer

NORMALIZER = Normalizer()
normalize = NORMALIZER.normalize
NEGATIONS = {"tidak", "bukan", "jangan", "belum", "tanpa"}


def test_the_contract_of_the_design():
    assert PublicNormalizer is Normalizer
    assert Normalizer().normalize("Gaskeuuun c0bl0s no 2 !!") == "gaskeun coblos nomor 2 !!"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Ayo coblos nomor 2!", "ayo coblos nomor 2 !"),
        ("tdk mendukung", "tidak mendukung"),
        ("No.2", "nomor . 2"),
        ("no. 02", "nomor . 02"),
        ("nmr 3", "nomor 3"),
        ("yg penting netral", "yang penting netral"),
        ("SIAP MENANGKAN", "siap menangkan"),
    ],
)
def test_standard_spelling(text, expected):
    assert normalize(text) == expected


def test_no_without_a_number_is_not_a_number():
    assert normalize("no comment") == "no comment"


@pytest.mark.parametrize(
    "word",
    [
        "tidak", "bukan", "jangan", "belum", "tanpa", "dilarang", "larangan", "memihak", "netral",
        "menolak", "anti", "bukanlah", "tidaklah", "janganlah", "tiada",
    ],
)  # fmt: skip
@pytest.mark.parametrize("style", [str.lower, str.upper, str.title])
def test_denying_words_are_never_changed(word, style):
    assert normalize(style(word)) == word


@pytest.mark.parametrize(
    ("word", "spelt_out"), [("takkan", "tidak akan"), ("golput", "golongan putih")]
)
def test_denying_words_may_be_spelt_out(word, spelt_out):
    assert normalize(word) == spelt_out


@pytest.mark.parametrize(
    ("form", "standard"),
    [
        ("tdk", "tidak"), ("gak", "tidak"), ("ga", "tidak"), ("gk", "tidak"), ("nggak", "tidak"),
        ("ngga", "tidak"), ("enggak", "tidak"), ("engga", "tidak"), ("kagak", "tidak"),
        ("ndak", "tidak"), ("tak", "tidak"), ("bukn", "bukan"), ("bkn", "bukan"),
        ("jgn", "jangan"), ("jngn", "jangan"), ("blm", "belum"), ("belom", "belum"),
        ("tidaaak", "tidak"), ("gaaak", "tidak"), ("t1dak", "tidak"), ("tid4k", "tidak"),
        ("TDK", "tidak"), ("GAK", "tidak"), ("t i d a k", "tidak"),
        ("ｔｉｄａｋ", "tidak"), ("tіdаk", "tidak"), ("ti\u200bdak", "tidak"),
    ],
)  # fmt: skip
def test_informal_negation_stays_negation(form, standard):
    assert normalize(form) == standard
    assert normalize(f"saya {form} mendukung") == f"saya {standard} mendukung"


def test_every_single_word_negation_of_indonesian_stays_one():
    cues = Lexicon().cues
    forms = [
        form
        for form, kind, _ in read_table("scope_cues")
        if kind in ("negation", "prohibition") and form.isalpha()
    ]
    assert len(forms) > 100
    lost = [
        (form, normalize(form))
        for form in forms
        if not any(
            {"negation", "prohibition"} & cues.get(word, frozenset())
            for word in normalize(form).split()
        )
    ]
    assert not lost


@pytest.mark.parametrize(
    "text", ["tidak mendukung", "jangan pilih", "belum memihak", "bukan kampanye", "tanpa tekanan"]
)
def test_negated_phrases_are_kept(text):
    assert normalize(text) == text
    assert normalize(f"Kami {text.upper()}!") == f"kami {text} !"


@pytest.mark.parametrize(
    "number", ["01", "02", "03", "1", "2", "3", "4", "08", "24", "2024", "0 2", "1.234", "62,5%"]
)
@pytest.mark.parametrize("frame", ["{}", "nomor {}", "pilih {} ya", "paslon {}!"])
def test_ballot_numbers_are_never_changed(number, frame):
    words = normalize(frame.format(number)).replace("!", "").split()
    assert [w for w in words if w[0].isdigit()] == number.split()
    assert words[0] != "rozy"


@pytest.mark.parametrize("text", ["nomor 02", "paslon 02!", "(02)", "02.", "02,", "no:02", "#02"])
def test_ballot_numbers_survive_punctuation(text):
    assert "02" in re.findall(r"\d+", normalize(text))


PARTIES = [
    "PKB", "Gerindra", "PDIP", "Golkar", "NasDem", "Buruh", "Gelora", "PKS", "PKN", "Hanura",
    "Garuda", "PAN", "PBB", "Demokrat", "PSI", "Perindo", "Berkarya", "PKPI",
]  # fmt: skip
FIGURES = [
    "Anies", "Muhaimin", "Prabowo", "Gibran", "Ganjar", "Mahfud", "Jokowi", "Ahok", "Djarot",
    "Sandiaga", "Ridwan", "Khofifah", "Emil", "Risma", "Megawati", "Puan", "Pramono", "Rano",
    "Dharma", "Bobby", "Edy", "Koster", "Mahyeldi", "Kaesang", "Luhut", "Surya", "AHY", "SBY",
    "Zulhas", "Airlangga", "Andika", "Dedi", "Syaikhu", "Yusril", "Hary", "Grace",
]  # fmt: skip


@pytest.mark.parametrize("name", PARTIES + FIGURES)
@pytest.mark.parametrize("style", [str, str.lower, str.upper])
def test_parties_and_figures_are_never_changed(name, style):
    written, plain = style(name), name.casefold()
    assert normalize(written) == plain
    assert normalize(f"{written}!") == f"{plain} !"
    assert normalize(f"tidak mendukung {written}, ya") == f"tidak mendukung {plain} , ya"


def _plain_single_words(table, column, ambiguous):
    """Unambiguous aliases of one word; not those that record a stretch, a code or a handle."""
    return sorted(
        row[column]
        for row in read_table(table)
        if row[ambiguous] == "0"
        and row[column].isalpha()
        and not re.search(r"(.)\1\1", row[column])
    )


@pytest.mark.parametrize(
    ("table", "column", "ambiguous", "least"),
    [("figures", 1, 3, 300), ("names", 0, 1, 4000), ("places", 0, 2, 700), ("tickets", 4, 5, 10)],
)
def test_no_name_of_the_lists_is_changed(table, column, ambiguous, least):
    forms = _plain_single_words(table, column, ambiguous)
    assert len(forms) >= least
    changed = {
        form: got
        for form in forms
        for style in (str.lower, str.title, str.upper)
        if (got := normalize(style(form))) != form
    }
    assert not changed


@pytest.mark.parametrize(
    "text",
    [
        "Prabowo-Gibran", "Anies-Muhaimin", "Ganjar-Mahfud", "Ridwan Kamil", "Dedi Mulyadi",
        "Joko Widodo", "Sandiaga Uno", "Kota Bekasi", "Sulawesi Selatan", "Partai Buruh",
    ],
)  # fmt: skip
def test_names_of_several_words_are_kept(text):
    assert normalize(text).replace(" - ", "-") == text.casefold()


@pytest.mark.parametrize("text", ["Adearmando61", "PDIP2", "Jokowi01"])
def test_a_name_with_a_number_keeps_both(text):
    (token,) = NORMALIZER.document(text).tokens
    assert token.norm.replace(" ", "") == text.casefold()
    assert token.norm.endswith(token.digits)


def test_words_of_a_user_are_names_too():
    plain = Normalizer()
    own = Normalizer({"figures": ["Hrs Wrrga"], "slang": {"mksd": "maksud"}})
    assert plain.normalize("hrs") == "harus"
    assert own.normalize("hrs wrrga mksd") == "hrs wrrga maksud"


def test_a_lexicon_object_serves_as_well():
    lexicon = Lexicon({"slang": {"gaspol02": "maju terus"}})
    assert Normalizer(lexicon).lexicon is lexicon
    assert Normalizer(lexicon).normalize("Jokowi") == "jokowi"


def test_normalising_twice_changes_no_negation_or_number():
    text = "Gk usah plh 02, jgn dukung Anies yg no 1!!"
    once = normalize(text)
    assert normalize(once) == once
    assert [w for w in once.split() if w in NEGATIONS] == ["tidak", "jangan"]


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param("a" * MEGABYTE, MEGABYTE, id="a"),
        pytest.param("a " * (MEGABYTE // 2), MEGABYTE, id="a-space"),
        pytest.param(".a" * (MEGABYTE // 2), MEGABYTE, id="dot-a"),
        pytest.param("#" + "a" * MEGABYTE, MEGABYTE, id="one-hashtag"),
        pytest.param("a1" * (MEGABYTE // 2), MEGABYTE, id="letter-digit"),
        pytest.param("é" * MEGABYTE, MEGABYTE, id="accents"),
        pytest.param("\u0301" * MEGABYTE, MEGABYTE, id="marks"),
        pytest.param("&" * 200_000, 200_000, id="ampersands"),
        pytest.param("&amp;" * 60_000, 300_000, id="entities"),
        pytest.param("#a" * 100_000, 200_000, id="hashtags"),
        pytest.param("@$!" * 66_000, 198_000, id="symbols"),
        pytest.param("a b " * 25_000, 100_000, id="single-letters"),
        pytest.param("c o b l o s " * 10_000, 120_000, id="spaced-words"),
        pytest.param("👍" * 100_000, 100_000, id="emoji"),
    ],
)
def test_a_long_string_takes_seconds(text, size):
    assert len(text) >= size
    begin = time.process_time()
    Normalizer().normalize(text)
    # quadratic cost would take hours; a busy machine may take a few times the usual seconds
    assert time.process_time() - begin < 60


@pytest.mark.parametrize(
    "unit", ["a ", "&", ".a", "#a", "@$!", "a!", "a|", "ab-", "a'", "q z ", "k 4 ", "Ã©", "0812-"]
)
def test_time_grows_with_the_length_only(unit):
    def seconds(n):
        text = (unit * n)[:n]
        best = float("inf")
        for _ in range(2):
            begin = time.process_time()
            Normalizer(NORMALIZER.lexicon).normalize(text)
            best = min(best, time.process_time() - begin)
        return best

    seconds(100)
    assert seconds(8_000) < 10 * seconds(2_000) + 0.1
