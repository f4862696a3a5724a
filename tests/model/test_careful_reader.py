"""The careful reader and the cascade: what they share with the fast one, and what they add."""

from __future__ import annotations

import itertools
import math
import multiprocessing
import pickle
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from netralitas_nlp import Scorer
from netralitas_nlp.features.stream import StreamReader
from netralitas_nlp.features.wording import SIDES, Wording, WordReader, word_text
from netralitas_nlp.model import SIGNALS
from netralitas_nlp.model.encoder import Encoder
from netralitas_nlp.model.errors import MissingExtraError
from netralitas_nlp.model.fast import EMPTY_LOG_ODDS
from netralitas_nlp.model.pieces import BEGIN, END, FIRST, UNKNOWN, WINDOW, PieceReader
from netralitas_nlp.text import Normalizer

pytest.importorskip("onnxruntime", reason="NOT CHECKED: needs the extra [careful]")

import tiny_encoder

TEXT = "Ayo coblos nomor 2, menangkan Bu Rina! Hujan turun sejak pagi."
WORDLESS = ["", " ", "\n", "!!!", "…", "\u200b", "@akun_siapa", "https://contoh.id", "?!"]


@pytest.fixture(scope="module")
def careful(tiny_folder):
    return Scorer.load(tiny_folder)


@pytest.fixture(scope="module")
def cascade(tiny_folder):
    return tiny_encoder.cascade(tiny_folder)


@pytest.fixture(scope="module")
def many(posts, weird, speech):
    return [*posts[0], *weird, speech, *posts[0][:5]]


@pytest.fixture
def runs(monkeypatch):
    """Lengths of what the encoder is given, one for each reading."""
    seen = []
    run = Encoder.run

    def counted(self, ids):
        seen.append(len(ids))
        return run(self, ids)

    monkeypatch.setattr(Encoder, "run", counted)
    return seen


# --- what decides ------------------------------------------------------------------------------


def test_log_odds_are_the_sum_that_the_facts_name(tmp_path, scorer):
    calibration = [[0.1 * i, 0.2 * i, 0.3 * i] for i in range(1, 9)]
    folder = tiny_encoder.write(tmp_path / "sum", calibration=calibration)
    made = Scorer.load(folder).model
    [window] = made.pieces.windows(made.wording(TEXT))
    logits = made.encoder.run(window.ids)
    fast = scorer.model.log_odds([TEXT])[0]
    slope, fast_slope, offset = np.array(calibration).T
    expected = slope * logits + fast_slope * fast + offset
    assert np.allclose(made.log_odds([TEXT])[0], expected, atol=1e-9)
    assert made.heads == scorer.model.heads


def test_a_careful_reader_that_leans_on_nothing_but_the_fast_one(tmp_path, scorer, many):
    folder = tiny_encoder.write(tmp_path / "fast", calibration=[[0.0, 1.0, 0.0]] * 8)
    made = Scorer.load(folder).model
    assert np.allclose(made.log_odds(many), scorer.model.log_odds(many), atol=1e-12)


def test_heads_in_another_order_find_the_columns_of_the_fast_model(tmp_path, scorer):
    heads = ["partisan", "politik", *reversed(SIGNALS)]
    calibration = [[0.0, 1.0, 0.0]] * 8
    folder = tiny_encoder.write(tmp_path / "order", heads=heads, calibration=calibration)
    signals = Scorer.load(folder).score(TEXT).signals
    assert dict(signals) == pytest.approx(dict(scorer.score(TEXT).signals))


@pytest.mark.parametrize("text", WORDLESS)
def test_a_text_without_words_is_what_the_fast_model_says(careful, cascade, scorer, runs, text):
    expected = scorer.predict_proba([text]).tobytes()
    assert careful.predict_proba([text]).tobytes() == expected
    assert cascade.predict_proba([text]).tobytes() == expected
    assert careful.score(text).verdict == "netral"
    assert not runs
    assert careful.model.log_odds([text])[0, 0] == EMPTY_LOG_ODDS


def test_labels_alone_are_the_same(careful, cascade, many):
    for scorer in (careful, cascade):
        whole = scorer.model.log_odds(many)
        assert whole.shape == (len(many), 8)
        alone = scorer.model.log_odds(many, labels_only=True)
        assert alone[:, 0].tobytes() == whole[:, 0].copy().tobytes()
        assert scorer.model.log_odds([]).shape == (0, 8)


def test_the_same_sides_and_numbers(careful):
    texts = [f"Ayo coblos {name} nomor {n}" for n in (1, 3) for name in ("Jokowi", "Prabowo")]
    assert len({row.tobytes() for row in careful.model.log_odds(texts)}) == 1


# --- company, threads, processes ---------------------------------------------------------------


def test_order_and_company_do_not_change_a_byte(careful, cascade, many):
    for scorer in (careful, cascade):
        p = scorer.predict_proba(many)
        assert scorer.predict_proba(many[::-1])[::-1].tobytes() == p.tobytes()
        alone = [scorer.predict_proba([text]) for text in many]
        assert np.concatenate(alone).tobytes() == p.tobytes()
        stream = scorer.score_stream(many, batch_size=7, evidence=False)
        assert [read.probability for read in stream] == p[:, 1].tolist()


def test_a_post_that_comes_again_is_read_once(careful, runs):
    p = careful.predict_proba(["Ayo coblos nomor 2", "AYO coblos no 2", "Ayo  coblos nomor 3"] * 5)
    assert len(runs) == 2  # capitals are read, white space and ballot numbers are not
    assert len({row.tobytes() for row in p}) == 2


def test_threads_share_one_reader(tiny_folder, careful, many):
    shared = Scorer.load(tiny_folder)
    p = careful.predict_proba(many)
    spans = [careful.score(text).evidence for text in many[:20]]

    def work(number):
        order = np.random.default_rng(number).permutation(len(many))
        got = np.empty_like(p)
        got[order] = shared.predict_proba([many[i] for i in order])
        return got.tobytes(), [shared.score(text).evidence for text in many[:20]]

    with ThreadPoolExecutor(4) as pool:
        for got, found in pool.map(work, range(4)):
            assert got == p.tobytes()
            assert found == spans


def test_after_pickling(careful, cascade, many):
    for scorer in (careful, cascade):
        p = scorer.predict_proba(many)
        again = pickle.loads(pickle.dumps(scorer))
        assert again.model is not scorer.model
        assert again.predict_proba(many).tobytes() == p.tobytes()
        assert again.score(TEXT) == scorer.score(TEXT)
    encoder = pickle.loads(pickle.dumps(careful)).model.encoder
    assert encoder._session is None


def _child(scorer, texts, queue):
    queue.put(scorer.predict_proba(texts).tobytes())


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_in_another_process(careful, many, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"NOT CHECKED: this system cannot {method}")
    p = careful.predict_proba(many).tobytes()  # so the parent has a session
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of threads
        child = context.Process(target=_child, args=(careful, many, queue))
        child.start()
    try:
        assert queue.get(timeout=100) == p
    finally:
        child.join(20)
    assert child.exitcode == 0


def test_a_file_in_two_processes(tiny_folder, many, tmp_path):
    from netralitas_nlp.integrations.files import score_file

    source = tmp_path / "posts.jsonl"
    import json

    lines = [json.dumps({"teks": text}) for text in many * 25]
    source.write_text("\n".join(lines), encoding="utf-8")
    written = []
    for jobs in (1, 2):
        target = tmp_path / f"scored{jobs}.csv"
        rows = score_file(str(source), str(target), model=tiny_folder, jobs=jobs, evidence=False)
        assert rows == len(lines) > 2048
        written.append(target.read_bytes())
    assert written[0] == written[1]


# --- the cascade -------------------------------------------------------------------------------


def test_the_cascade_asks_only_where_the_fast_model_doubts(careful, cascade, scorer, many, runs):
    fast = scorer.predict_proba(many)[:, 1]
    doubted = (fast >= 0.1) & (fast <= 0.9)
    assert 5 < doubted.sum() < len(many) - 5
    p = cascade.predict_proba(many)[:, 1]
    asked = [text for text, doubt in zip(many, doubted, strict=True) if doubt]
    assert len(runs) <= sum(math.ceil(len(text) / 40) for text in asked)
    assert p[~doubted].tobytes() == fast[~doubted].tobytes()
    assert p[doubted].tobytes() == careful.predict_proba(many)[doubted, 1].copy().tobytes()
    assert (p[doubted] != fast[doubted]).any()


def test_the_edges_of_the_band(tmp_path, scorer, runs):
    p = float(scorer.predict_proba([TEXT])[0, 1])
    near = 1e-9  # what taking logarithms may round
    bands = ((0, 1, 1), (0.5, p + near, 1), (p - near, 1, 1), (0, p - near, 0), (p + near, 1, 0))
    for number, (low, high, asked) in enumerate(bands):
        runs.clear()
        band = {"low": low, "high": high}
        folder = tiny_encoder.write(tmp_path / str(number), cascade=band)
        tiny_encoder.cascade(folder).predict_proba([TEXT])
        assert len(runs) == asked, band


def test_the_cascade_shows_the_evidence_of_the_reader_that_judged(cascade, careful, scorer, many):
    checked = set()
    for text in many:
        fast = float(scorer.predict_proba([text])[0, 1])
        doubted = 0.1 <= fast <= 0.9
        read = cascade.score(text)
        judge = careful if doubted else scorer
        if read.evidence:
            checked.add(doubted)
            assert read.evidence == judge.score(text).evidence
    assert checked == {True, False}


def test_the_cascade_has_a_name_and_thresholds_of_its_own(cascade, careful, scorer, tmp_path):
    assert cascade.info["name"] == "cascade"
    assert cascade.info["name"] != careful.info["name"]
    # an older folder names those of the careful reader only
    assert cascade.thresholds == careful.thresholds == {"tinjau": 0.25, "partisan": 0.75}
    assert cascade.thresholds != scorer.thresholds
    own = {"tinjau": 0.3, "partisan": 0.7}
    changes = {"cascade": {"low": 0.1, "high": 0.9, "thresholds": own}}
    folder = tiny_encoder.write(tmp_path / "own", **changes)
    assert tiny_encoder.cascade(folder).thresholds == own
    assert Scorer.load(folder).thresholds == careful.thresholds


# --- words, pieces, windows --------------------------------------------------------------------


def test_words_do_not_depend_on_what_was_read_before(many):
    reader = WordReader(StreamReader(Normalizer()), most_chunks=30)
    texts = [*many, "Pak Prabowo Subianto", "p r a b o w o menang", "Bapak", "Bapak Prabowo"] * 2
    expected = [word_text(StreamReader(reader.reader.normalizer), text) for text in texts]
    for size in (1, 9, 500):
        found = []
        for i in range(0, len(texts), size):
            found += reader.read(texts[i : i + size])[1]
        assert found == expected


def test_spans_of_words_are_tokens_of_the_original(careful, many):
    for text in many:
        wording = careful.model.wording(text)
        tokens = {(t.start, t.end) for t in Normalizer().document(text).tokens}
        assert set(wording.spans) <= tokens
        assert wording.spans == sorted(wording.spans)
        assert all(word and not set(word) & set(" \n\t") for word in wording.words)


@pytest.mark.parametrize(
    "text",
    [
        "AYO PILIH Pak Badu, jangan lupa TPS BUKA JAM TUJUH",
        "aYo PiLiH Pak bADu, jaNGan LuPa tPs BuKa jAm tuJUh",
        "PILIH JOKOWI",
        "MENANGKAN PDIP DAN PSI",
        "GASKEUUUN COBLOS NO 2 PKS!",
        "#PilihJokowi MANTAP SEKALI",
    ],
)
def test_capitals_of_a_shouted_or_jumbled_text_are_not_read(text):
    reader = StreamReader(Normalizer())
    wording = word_text(reader, text)
    assert wording.words == word_text(reader, text.lower()).words
    assert wording.spans == word_text(reader, text.lower()).spans


@pytest.mark.parametrize(
    "text",
    [
        "Pak Badu, KPU dan PPS di TPS kami",
        "Kami di RT",
        "rapat KPPSnya di iPhone WhatsApp Bu RT",
        "",
        "2 !",
    ],
)
def test_capitals_of_names_and_acronyms_are_read(text):
    words = word_text(StreamReader(Normalizer()), text).words
    assert "".join(words) == "".join(text.split())


@pytest.mark.parametrize("name", ["PDIP", "Gerindra", "PKS", "golkar"])
def test_the_name_of_a_side_makes_no_text_louder(name):
    reader = StreamReader(Normalizer())
    assert word_text(reader, f"Ayo {name} RT").words == ["Ayo", "<partai>", "RT"]


def brute_force(pieces, scores, word):
    """The best of all ways to cut a word."""
    table = dict(zip(pieces, scores, strict=True))
    unknown = min(scores) - 10

    def best(rest):
        if not rest:
            return 0.0, ()
        options = [
            (table[rest[:n]] + best(rest[n:])[0], (rest[:n], *best(rest[n:])[1]))
            for n in range(1, len(rest) + 1)
            if rest[:n] in table
        ]
        options.append((unknown + best(rest[1:])[0], (None, *best(rest[1:])[1])))
        return max(options, key=lambda option: option[0])

    return best("▁" + word)


def test_words_are_cut_into_the_likeliest_pieces():
    draw = np.random.default_rng(0)
    pieces = ["▁", "▁a", "▁ab", "a", "b", "c", "ab", "bc", "abc", "cab", "ca", "ba"]
    scores = [-5.1, -3.2, -6.3, -4.4, -4.5, -4.6, -6.1, -6.2, -8.9, -9.3, -7.7, -6.6]
    reader = PieceReader(pieces, scores)
    for _ in range(300):
        word = "".join(draw.choice(list("abcx"), draw.integers(1, 9)))
        value, cut = brute_force(pieces, scores, word)
        found = reader.word(word)
        assert found == tuple(UNKNOWN if p is None else FIRST + pieces.index(p) for p in cut)
        assert math.isfinite(value)
    for i, side in enumerate(SIDES):
        assert reader.word(side) == (3 + i,)
    assert len(reader) == FIRST + len(pieces)


@pytest.mark.parametrize(
    ("pieces", "scores"),
    [([], []), (["a"], [-1, -2]), (["a", "a"], [-1, -2]), (["", "b"], [-1, -2])],
)
def test_pieces_that_make_no_reader(pieces, scores):
    with pytest.raises(ValueError, match="piece"):
        PieceReader(pieces, scores)


def test_windows_hold_every_word_once_and_end_with_sentences(careful):
    pieces = careful.model.pieces
    draw = np.random.default_rng(1)
    for n in (1, 5, 60, 95, 150, 400, 3000):
        words = draw.choice(["hujan", "turun", "sejak", "pagi", ".", "zzzzz", "!"], n).tolist()
        windows = pieces.windows(Wording(words, [(i, i + 1) for i in range(n)]))
        assert all(3 <= len(window.ids) <= WINDOW for window in windows)
        assert all(window.ids[0] == BEGIN and window.ids[-1] == END for window in windows)
        owners = [list(dict.fromkeys(window.owner.tolist())) for window in windows]
        assert list(itertools.chain(*owners)) == list(range(n))
        inner = [number for window in windows for number in window.ids[1:-1].tolist()]
        assert inner == [number for word in words for number in pieces.word(word)]
        assert all(words[owner[-1]] in ".!" for owner in owners[:-1])
        sizes = [len(window.ids) for window in windows]
        assert max(sizes) <= 3 * min(sizes)


def test_windows_of_a_text_without_sentence_ends(careful):
    words = ["hujan"] * 500
    windows = careful.model.pieces.windows(Wording(words, [(i, i + 1) for i in range(500)]))
    sizes = [len(window.ids) for window in windows]
    assert max(sizes) - min(sizes[:-1]) <= 3
    assert len(windows) == math.ceil(500 / (WINDOW - 2))


def test_the_longest_word_fits_into_a_window(careful):
    text = "ẞ" * 5000 + " " + "q" * 300 + " 👨‍👩‍👧‍👦" * 50
    windows = careful.model.pieces.windows(careful.model.wording(text))
    assert max(len(window.ids) for window in windows) <= WINDOW


# --- long and odd texts ------------------------------------------------------------------------


def test_a_long_text_is_pooled_from_its_windows(careful, speech):
    model = careful.model
    windows = model.pieces.windows(model.wording(speech))
    assert len(windows) > 3
    logits = np.stack([model.encoder.run(window.ids) for window in windows])
    p = model.pooling
    pooled = p.maximum * logits.max(axis=0) + p.mean * logits.mean(axis=0)
    pooled += p.number * math.log(len(windows)) + p.offset
    expected = 0.2 * pooled + model.fast.log_odds([speech])[0]
    assert np.allclose(model.log_odds([speech])[0], expected, atol=1e-9)


@pytest.mark.parametrize(
    "text", ["a\ud83db", "\ude00", "#\ud800x", "\udfff\ud800", "coblos\udc00!"]
)
def test_halves_of_emoji(careful, text):
    read = careful.score(text)
    assert math.isfinite(read.probability)
    assert all(item.text == text[item.start : item.end] for item in read.evidence)


@pytest.mark.parametrize(
    "piece",
    ["Ayo coblos nomor 2! ", "\x00", "a", "#menang", "kata lain. ", "(", "😀", "c o b l o s "],
)
def test_a_megabyte_costs_readings_in_proportion(careful, runs, piece):
    def cost(size):
        runs.clear()
        text = (piece * (size // len(piece) + 1))[:size]
        p = careful.predict_proba([text])
        assert np.isfinite(p).all()
        return len(runs)

    small, large = cost(4_000), cost(40_000)
    assert large <= 11 * small + 2


def test_a_megabyte_is_read(careful):
    text = "Hujan turun sejak pagi. Ayo coblos nomor 2!\n" * (2**20 // 44)
    wording = careful.model.wording(text)
    assert all(text[start:end].strip() for start, end in wording.spans[::97])
    windows = careful.model.pieces.windows(wording)
    assert sum(len(window.owner) for window in windows) > 100_000
    assert np.isfinite(careful.predict_proba([text])).all()


# --- evidence ----------------------------------------------------------------------------------


def test_evidence_costs_a_few_readings_and_only_when_asked_for(careful, runs):
    careful.predict_proba([TEXT])
    assert len(runs) == 1
    runs.clear()
    list(careful.score_stream([TEXT], evidence=False))
    assert len(runs) == 1
    runs.clear()
    [read] = careful.score_stream([TEXT])
    assert read.evidence
    # the score, the same again, four quarters of it, and what is shown
    assert len(runs) == 1 + 1 + 4 + len(read.evidence)


def test_weights_of_evidence_are_what_reading_again_says(careful):
    model = careful.model
    [read] = careful.score_stream([TEXT])
    assert read.evidence
    occlusion = model.occlusion(TEXT)
    wording = model.wording(TEXT)
    for item in read.evidence:
        inside = [
            i for i, (a, b) in enumerate(occlusion.spans) if a >= item.start and b <= item.end
        ]
        left = [i for i, (a, b) in enumerate(wording.spans) if b <= item.start or a >= item.end]
        without = Wording([wording.words[i] for i in left], [wording.spans[i] for i in left])
        [window], [whole] = model.pieces.windows(without), model.pieces.windows(wording)
        fall = model.encoder.run(whole.ids)[0] - model.encoder.run(window.ids)[0]
        [fast] = model.fast.occlusion(TEXT).drops([(inside[0], inside[-1])])
        assert item.weight == pytest.approx(0.2 * fall + fast[0])
        assert item.text == TEXT[item.start : item.end]


def test_estimates_add_up_to_the_quarters(careful):
    occlusion = careful.model.occlusion(TEXT)
    n = len(occlusion.spans)
    edges = [0, *(round(n * i / 4) for i in (1, 2, 3)), n]
    quarters = [(a, b - 1) for a, b in itertools.pairwise(edges)]
    shares = occlusion._shares(quarters)
    assert np.allclose(shares, [occlusion._fall(*quarter) for quarter in quarters])
    single = occlusion._shares([(i, i) for i in range(n)])
    assert np.allclose(single.sum(axis=0), shares.sum(axis=0))
    fast = occlusion._fast.drops([(3, 5)], labels_only=True)[:, :1]
    estimate = occlusion.drops([(3, 5)], labels_only=True)
    assert np.allclose(estimate, fast + 3 * 0.2 * occlusion._shares([(3, 5)])[:, :1])


def test_evidence_of_a_long_text_reads_one_window_for_each_span(careful, speech, runs):
    n = len(careful.model.pieces.windows(careful.model.wording(speech)))
    assert n > 3
    [read] = careful.score_stream([speech])
    assert read.evidence
    # a span or a quarter may lie across the edge of two windows
    assert 2 * n + 4 <= len(runs) <= 2 * n + 4 + 2 * len(read.evidence)


# --- light, offline, without the extra ---------------------------------------------------------

_GUARD = """
import sys
def hook(event, args):
    if event.startswith(("socket.", "urllib.", "http.", "subprocess.", "ftplib.")):
        raise RuntimeError(event)
sys.addaudithook(hook)
"""


def test_offline(python, tiny_folder):
    done = python(
        f"{_GUARD}\nfrom netralitas_nlp import Scorer\n"
        f"read = Scorer.load({tiny_folder!r}).score({TEXT!r})\n"
        "print(read.verdict, 'onnxruntime' in sys.modules)"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["partisan", "True"]
    assert done.stderr == ""


def test_the_fast_reader_knows_nothing_of_it(python):
    done = python(
        "import sys\nfrom netralitas_nlp import Scorer, score\n"
        f"score({TEXT!r}); Scorer.load().predict(['a'])\n"
        "print([m for m in sys.modules if 'onnx' in m or 'careful' in m or 'tokenizers' in m])"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_loading_starts_no_session(python, tiny_folder):
    done = python(
        f"import sys\nfrom netralitas_nlp import Scorer\nScorer.load({tiny_folder!r})\n"
        "print('onnxruntime' in sys.modules, [m for m in ('pandas', 'sklearn', 'scipy') "
        "if m in sys.modules])"
    )
    assert done.stdout.strip() == "False []", done.stderr


def test_without_the_extra(monkeypatch, tiny_folder):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'netralitas-nlp\[careful\]'"):
        Scorer.load(tiny_folder)
    assert Scorer.load().score(TEXT).verdict == "partisan"


@pytest.mark.parametrize(
    "arguments", [["score", TEXT], ["info"], ["check", "--suite", "suite.csv"],
                  ["evaluate", "posts.csv"]],
)  # fmt: skip
def test_without_the_extra_at_the_command_line(monkeypatch, tiny_folder, tmp_path, arguments):
    from click.testing import CliRunner

    from netralitas_nlp.cli import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "posts.csv").write_text("teks,label\nayo,partisan\nhujan,netral\n", "utf-8")
    (tmp_path / "suite.csv").write_text("", "utf-8")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    done = CliRunner().invoke(main, [*arguments, "--model", tiny_folder])
    assert done.exit_code == 2
    assert done.stderr == (
        "netralitas: the careful reader needs onnxruntime: pip install 'netralitas-nlp[careful]'\n"
    )


def test_a_user_lexicon_reaches_the_careful_reader(tiny_folder):
    own = Scorer.load(tiny_folder, lexicon={"figures": ["zulwaka"]})
    assert own.model.wording("Ayo coblos Zulwaka").words[-1] == "<tokoh>"
    twins = ["Ayo coblos Zulwaka", "Ayo coblos Jokowi"]
    p = own.predict_proba(twins)[:, 1]
    assert p[0] == p[1]
    assert len(set(Scorer.load(tiny_folder).predict_proba(twins)[:, 1])) == 2


def test_only_a_fast_model_can_be_extended(tiny_folder, labelled, tmp_path):
    from click.testing import CliRunner

    from netralitas_nlp.cli import main
    from netralitas_nlp.training import PartisanshipClassifier

    (tmp_path / "labelled.csv").write_text(labelled, "utf-8")
    arguments = ["train", str(tmp_path / "labelled.csv"), "--output", str(tmp_path / "new")]
    done = CliRunner().invoke(main, [*arguments, "--extend", tiny_folder, "--quiet"])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "is no fast model, and only those can be extended" in done.stderr
    assert not (tmp_path / "new").exists()
    with pytest.raises(ValueError, match="no fast model"):
        PartisanshipClassifier(extend=tiny_folder).fit(
            ["ayo", "hujan"] * 9, ["partisan", "netral"] * 9
        )


def test_a_careful_reader_is_not_saved_as_a_fast_one(careful, tmp_path):
    from netralitas_nlp.model.loading import save_model

    with pytest.raises(TypeError, match="CarefulModel has no artefact of this format"):
        save_model(tmp_path / "new", careful)


def test_at_the_command_line(tiny_folder, careful, posts, tmp_path, monkeypatch):
    import csv
    import json

    from click.testing import CliRunner

    from netralitas_nlp.cli import main

    def run(*arguments):
        done = CliRunner().invoke(
            main, [*arguments, "--model", tiny_folder], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    monkeypatch.chdir(tmp_path)
    read = json.loads(run("score", TEXT, "--format", "json"))
    assert read == json.loads(json.dumps(careful.score(TEXT).to_dict()))
    facts = json.loads(run("info", "--format", "json"))
    assert facts["model"] == "tiny"
    assert facts["kind"] == "encoder"
    assert facts["format"] == 4
    with open("posts.csv", "w", encoding="utf-8", newline="") as file:
        rows = [*zip(posts[0], posts[1], strict=True)]
        csv.writer(file).writerows([("teks", "label"), *rows])
    run("score", "--input", "posts.csv", "--output", "scored.csv", "--quiet", "--jobs", "2")
    with open("scored.csv", encoding="utf-8", newline="") as file:
        scored = [*csv.DictReader(file)]
    for row, expected in zip(scored, careful.score_stream(posts[0]), strict=True):
        assert float(row["prob_partisan"]) == round(expected.probability, 6)
        assert row["verdict"] == expected.verdict
        assert row["evidence"].count(" | ") == max(len(expected.evidence) - 1, 0)
    report = json.loads(
        run("evaluate", "posts.csv", "--rounds", "0", "--format", "json", "--quiet")
    )
    assert report["figures"]["n"] == 60


def test_names_are_known_at_the_command_line(monkeypatch):
    from click.testing import CliRunner

    from netralitas_nlp.cli import main
    from netralitas_nlp.model import loading

    shown = CliRunner().invoke(main, ["score", "--help"]).stdout
    assert "careful, cascade" in shown
    monkeypatch.setattr(loading.os.path, "isfile", lambda path: "careful" not in str(path))
    for name in ("careful", "cascade"):
        done = CliRunner().invoke(main, ["score", TEXT, "--model", name])
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
        assert "the careful model is missing" in done.stderr
