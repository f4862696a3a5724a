from __future__ import annotations

import json
import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from netralitas_nlp.evaluation import evaluate
from netralitas_nlp.evaluation.page import render_page
from netralitas_nlp.evaluation.words import WORDS
from netralitas_nlp.model.pages import LANGUAGES

NASTY = (
    "Ayo coblos nomor 2, menangkan Bu Rina, ajak keluarga dan tetangga ke TPS! Salam dua jari, "
    "dukung terus calon kita. <script>alert(1)</script> & <img src=x> "
    "WA 0812-3456-7890"
)
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
VOID = {"meta", "br", "img", "link", "input", "hr"}


def checks():
    found = {
        "functionalities": {
            "seruan": {"cases": 24, "pass_rate": 0.96, "low": 0.8, "high": 0.99},
            "homonim_nama": {"cases": 24, "pass_rate": 0.33},
        },
        "parity": {
            "mean_change": 0.01,
            "largest_change": 0.4,
            "label_flips": 0.02,
            "frames": [
                {"frame": f"Saya suka {{partai}} {i}", "low": 0.1, "high": 0.1 + i / 50,
                 "largest_change": i / 50}
                for i in range(20)
            ],
        },
    }  # fmt: skip
    return SimpleNamespace(to_dict=lambda: found)


@pytest.fixture(scope="module")
def report(scorer, posts):
    texts = [*posts[0], NASTY, "Saya suka warna ini"]
    labels = [*posts[1], "netral", "partisan"]
    places = ["barat", "<timur>", "a" * 80] * 20 + ["", ""]
    return evaluate(
        scorer, texts, labels, slices={"wilayah & <b>kota</b>": places}, rounds=50,
        signals=[*posts[2], [], []], baseline=["keyword", "tfidf", "majority"],
    )  # fmt: skip


@pytest.fixture(scope="module")
def full(report):
    points = [
        {"share": share, "n": int(100 * share),
         "figures": {"macro_f1": 0.7, "average_precision": 0.8, "brier": 0.1},
         "intervals": {"macro_f1": [0.6, 0.8], "average_precision": None, "brier": None}}
        for share in (0.5, 1.0)
    ]  # fmt: skip
    return replace(report, learning_curve=points)


class Outline(HTMLParser):
    """Tags, attributes and text; complains about tags that do not match."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.tags, self.attributes, self.ids = [], [], [], set()
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids |= {value for name, value in attrs if name == "id"}
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_whole_and_self_contained(full, language):
    text = render_page(full, checks(), language)
    outline = Outline(text)
    assert f'<html lang="{language}">' in text
    sections = (
        "headline reliability curve thresholds confusion slices signals baselines learning checks "
        "parity mistakes limits"
    )
    assert set(sections.split()) <= outline.ids
    links = [value for name, value in outline.attributes if name == "href"]
    assert all(link[0] == "#" and link[1:] in outline.ids for link in links)
    assert not {"script", "img", "link", "iframe", "object"} & set(outline.tags)
    assert not re.search(r"https?://|url\(|@import", text)
    assert not {name for name, _ in outline.attributes if name.startswith("on") or name == "src"}
    assert "{positive}" not in text
    assert "NaN" not in text.replace("NaNo", "")


def test_text_is_escaped_masked_and_highlighted(full):
    text = render_page(full)
    assert "alert(" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "&lt;timur&gt;" in text
    assert "wilayah &amp; &lt;b&gt;kota" in text
    assert "0812" not in text
    assert "••••-••••-••••" in text
    alarm = next(item for item in full.mistakes if item["kind"] == "false_alarm")
    assert "<script>" in alarm["text"]
    mark = alarm["evidence"][0]
    assert alarm["text"][mark["start"] : mark["end"]] == mark["text"]
    shown = re.search(r"<mark>([^<]*)</mark><sup>(\w+) (\d+)–(\d+)</sup>", text)
    spans = {(e["signal"], str(e["start"]), str(e["end"])) for e in alarm["evidence"]}
    assert shown.groups()[1:] in spans


def test_page_shows_the_figures_of_the_report(full):
    text = render_page(full, language="en")
    for name in ("macro_f1", "average_precision", "brier"):
        assert f"<td>{full.figures[name]:.3f}</td>" in text
    for row in full.figures["confusion"]:
        for count in row:
            assert f">{count}<small>" in text
    for row in full.thresholds[1:]:
        if row["confusion"]:
            (tn, fp), (fn, tp) = row["confusion"]
            assert f'"right">{tn}</td><td class="wrong">{fp}</td>' in text
            assert f'"wrong">{fn}</td><td class="right">{tp}</td>' in text
    comma = f"{full.figures['brier']:.3f}".replace(".", ",")
    assert f"<td>{comma}</td>" in render_page(full, language="id")
    assert text.count('class="spot"') == sum(
        row["threshold"] is not None for row in full.thresholds
    )
    assert text.count('class="dot"') == len(full.reliability)


def test_checks_are_shown_when_given(full):
    without, with_checks = render_page(full), render_page(full, checks())
    assert "homonim nama" not in without
    # weakest first
    assert with_checks.index("homonim nama") < with_checks.index("seruan<b>")
    assert with_checks.count('class="spread"') == 15
    assert "Saya suka {partai} 19" in with_checks
    assert "Saya suka {partai} 3<" not in with_checks


def test_page_of_the_poorest_report(scorer):
    """One text, one class, no intervals, nothing asked for."""
    poor = evaluate(scorer, ["Hujan turun sejak pagi"], ["netral"], rounds=0)
    for language in LANGUAGES:
        Outline(render_page(poor, SimpleNamespace(to_dict=dict), language))


def test_small_slices_are_marked(full):
    text = render_page(full)
    marked = re.findall(r'scope="row">([^<]*) <abbr', text)
    found = full.slices["wilayah & <b>kota</b>"]
    small = [value for value, figures in found.items() if figures["small"]]
    assert "" in small
    assert len(marked) == len(small)


def test_unknown_language(full):
    with pytest.raises(ValueError, match="'jv'"):
        render_page(full, language="jv")


def test_both_languages_have_the_same_places():
    for key, (left, right) in WORDS.items():
        places = [set(re.findall(r"{(\w+)}", text)) - {"positive"} for text in (left, right)]
        assert places[0] == places[1], key
        assert left.count("|") == right.count("|"), key


def test_same_report_same_page(full, tmp_path):
    full.write_html(tmp_path / "a.html", checks())
    full.write_html(tmp_path / "b.html", checks())
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def browse(folder, *arguments):
    return subprocess.run(
        [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
            "--disable-component-update", "--allow-file-access-from-files",
            "--enable-logging=stderr", "--virtual-time-budget=3000",
            f"--user-data-dir={folder / 'profile'}", *arguments,
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def requests_of(log):
    """Addresses that the page asked for, from the browser's network log."""
    text = log.read_text("utf-8", errors="replace")
    return {
        event["params"]["url"]
        for event in json.loads(text)["events"]
        if "url" in event.get("params", {}) and "initiator" in event["params"]
        and event["params"]["initiator"] != "not an origin"
    }  # fmt: skip


@pytest.fixture
def browser(tmp_path):
    if CHROMIUM is None:
        pytest.skip("NOT CHECKED in a browser: no chromium here (apt-get install chromium)")
    return tmp_path


def test_a_browser_opens_it_without_a_word(full, browser):
    page, log = browser / "report.html", browser / "net.json"
    full.write_html(page, checks())
    done = browse(browser, f"--log-net-log={log}", "--dump-dom", page.as_uri())
    assert "Laporan evaluasi" in done.stdout
    assert done.stdout.count('class="dot"') == len(full.reliability)
    assert "CONSOLE" not in done.stderr
    assert requests_of(log) == set()


def test_the_browser_test_would_notice(browser):
    """A page that does ask for something, and speaks, is caught by the test above."""
    page, log = browser / "bad.html", browser / "net.json"
    page.write_text(
        '<img src="http://127.0.0.1:9/x.png"><script>console.log("hai")</script>', "utf-8"
    )
    done = browse(browser, f"--log-net-log={log}", "--dump-dom", page.as_uri())
    assert "CONSOLE" in done.stderr
    assert requests_of(log) == {"http://127.0.0.1:9/x.png"}


def pixels(path):
    """Width, height and the number of different bytes of a PNG."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    place, packed = 8, b""
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += 12 + length
    return *size, len(set(zlib.decompress(packed)))


def test_a_screenshot_shows_it_whole(full, browser):
    page, shot = browser / "report.html", browser / "shot.png"
    full.write_html(page, checks())
    browse(browser, "--window-size=1000,6000", f"--screenshot={shot}", page.as_uri())
    width, height, colours = pixels(shot)
    assert (width, height) == (1000, 6000)
    assert colours > 100
    blank, empty = browser / "blank.html", browser / "blank.png"
    blank.write_text("<p></p>", "utf-8")
    browse(browser, "--window-size=1000,6000", f"--screenshot={empty}", blank.as_uri())
    assert pixels(empty)[2] < 20


@pytest.mark.parametrize("width", [360, 390, 1000])
def test_nothing_sticks_out_to_the_side(full, browser, width):
    page, frame = browser / "report.html", browser / "frame.html"
    full.write_html(page, checks())
    frame.write_text(
        f'<iframe id="f" src="report.html" style="width:{width}px;height:900px;border:0"></iframe>'
        "<script>onload = () => { const d = document.getElementById('f').contentDocument;"
        " document.title = 'wide ' + d.documentElement.scrollWidth + ' '"
        " + [...d.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        "; }</script>",
        "utf-8",
    )
    done = browse(browser, "--dump-dom", frame.as_uri())
    assert f"<title>wide {width} 0</title>" in done.stdout


def test_it_prints(full, browser):
    page, paper = browser / "report.html", browser / "report.pdf"
    full.write_html(page, checks())
    browse(browser, f"--print-to-pdf={paper}", page.as_uri())
    assert paper.read_bytes().startswith(b"%PDF")
    assert paper.stat().st_size > 20_000
