"""Assessments in a notebook and as text: whole, escaped, masked, never by colour alone."""

from __future__ import annotations

import copy
import pickle
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from chromium import CHROMIUM, Browser
from hypothesis import given, settings
from hypothesis import strategies as st

from netralitas_nlp import Assessment, Evidence
from netralitas_nlp.integrations import Readings, show
from netralitas_nlp.integrations.display import assessment_text
from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.model.markup import COLOURS, assessment_html, pieces
from netralitas_nlp.text import make_visible, mask_personal

HOSTILE = (
    '</div></mark><script>alert(1)</script><img src=x onerror="alert(2)">'
    "<svg/onload=alert(3)>&lt;b&gt; \" ' javascript:alert(4) \u202egnakaleb \x1b[2J\r\x00"
    " coblos nomor 2, WA 0812-3456-7890"
)
TAGS = {"div", "b", "span", "mark", "sup", "i", "p"}
ATTRIBUTES = {"style", "role", "aria-label", "title", "lang", "dir"}


class Parts(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.names, self.styles, self.said, self.open = set(), set(), [], "", []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.styles += [value for name, value in attrs if name == "style"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said += data


def reading(text, evidence=(), probability=0.5, verdict="tinjau", signals=None):
    named = dict.fromkeys(SIGNALS, 0.0) | (signals or {})
    return Assessment(
        text, 0, len(text), probability, verdict, named, tuple(evidence), (), (0.25, 0.75)
    )


@pytest.mark.parametrize("cut", [(0, 0), (0, 6), (3, 40), (0, len(HOSTILE))])
def test_hostile_text_stays_text(cut):
    start, end = cut
    marks = [Evidence(start, end, HOSTILE[start:end], "<b onclick=x>", 1.0)] if end else []
    html = assessment_html(reading(HOSTILE, marks, verdict='"><script>', signals={"<i>": 0.9}))
    parts = Parts(html)
    assert parts.tags <= TAGS
    assert parts.names <= ATTRIBUTES
    assert "0812" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "<script>alert(1)" in parts.said
    if end:
        assert "<b onclick=x>" in parts.said


@settings(max_examples=150, deadline=None)
@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
def test_any_text_survives(text, spans):
    marks = [
        Evidence(min(a, b), max(a, b), text[min(a, b) : max(a, b)], "ajakan", 1.0) for a, b in spans
    ]
    item = reading(text, marks)
    assert "".join(piece for piece, _ in pieces(item)) == make_visible(mask_personal(text))
    parts = Parts(assessment_html(item))
    assert parts.tags <= TAGS
    assessment_html(item).encode("utf-8")


def test_evidence_of_a_model_without_signals_is_named_too():
    html = assessment_html(reading("Ayo coblos!", [Evidence(4, 10, "coblos", "", 1.0)]))
    assert re.search(r">coblos</mark><sup[^>]*> bukti</sup>", html)


def test_what_is_shown(scorer):
    item = replace(scorer.score("Ayo coblos nomor 2, menangkan Bu Rina!"), probability=0.91)
    html = item._repr_html_()
    said = unescape(re.sub(r"<[^>]*>", "", html))
    assert item.verdict in said
    assert "peluang 0,91;" in said
    for value, words in ((1.0, "peluang > 0,99;"), (0.0, "peluang < 0,01;")):  # never certain
        sure = replace(item, probability=value)._repr_html_()
        assert words in unescape(re.sub(r"<[^>]*>", "", sure))
    low, high = (
        f"{scorer.thresholds[name]:.2f}".replace(".", ",") for name in ("tinjau", "partisan")
    )
    assert f"pita tinjau {low} sampai {high}" in said
    for found in item.evidence:  # the name of the signal stands beside the colour
        assert f">{found.text}</mark><sup" in html
        assert found.signal in said
    strongest = max(item.signals, key=item.signals.get)
    assert f"{strongest} <b>" in html
    width = re.search(r"left:0;width:([\d.]+)%", html).group(1)
    assert float(width) == pytest.approx(100 * item.probability, abs=0.06)
    assert "perlu dibaca manusia" not in said
    assert "perlu dibaca manusia" in reading("a")._repr_html_()


def test_colours_can_be_read_on():
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert set(COLOURS) == set(SIGNALS)
    assert len(set(COLOURS.values())) == len(SIGNALS)
    for colour in COLOURS.values():
        assert (light(colour) + 0.05) / (light("#1b1f24") + 0.05) > 7  # WCAG AAA


def test_band_travels(scorer):
    item = scorer.score("Ayo coblos nomor 2! Hujan turun.")
    band = (scorer.thresholds["tinjau"], scorer.thresholds["partisan"])
    assert item.band == band
    assert [part.band for part in item.sentences] == [band] * len(item.sentences)
    assert copy.copy(item) == item
    assert pickle.loads(pickle.dumps(item)) == item
    assert "band" not in item.to_dict()


def test_batches(scorer, posts):
    batch = show(scorer.score_stream(posts[0]), most=5)
    assert len(batch) == 60
    assert batch[3].text == posts[0][3]
    assert len(batch[2:9]) == 7
    html = batch._repr_html_()
    assert Parts(html).tags <= TAGS
    assert html.count('role="img"') == 5
    assert "60 teks" in html
    assert "dan 55 teks lagi" in html
    text = str(batch)
    assert "[" in text
    assert text.count("partisan 0") + text.count("partisan 1") >= 1
    assert repr(batch).startswith("<Readings: 60 teks")
    assert "lagi" not in show(scorer.score("halo"))._repr_html_()
    assert len(show([])) == 0
    assert "0 teks" in show([])._repr_html_()


def test_bad_batches(scorer):
    with pytest.raises(TypeError, match="position 1 is str"):
        show([scorer.score("a"), "b"])
    with pytest.raises(ValueError, match="most=0"):
        Readings([], most=0)


def test_text_form():
    item = reading(HOSTILE, [Evidence(0, 6, HOSTILE[:6], "ajakan", 1.0)])
    text = assessment_text(item)
    assert text.startswith("tinjau 0.50\n[</div>](ajakan)")
    assert "\x1b" not in text
    assert "0812" not in text


def test_terminal_is_not_steered(capsys):
    from rich.console import Console

    from netralitas_nlp.integrations.terminal import render

    render(reading(HOSTILE), {"tinjau": 0.25, "partisan": 0.75}, Console(width=200))
    out = capsys.readouterr().out
    assert "\x1b[2J" not in out
    assert "\u202e" not in out
    assert "<script>" in out


@pytest.mark.parametrize("width", [360, 1000])
def test_in_a_browser(scorer, tmp_path, width):
    if CHROMIUM is None:
        pytest.skip("NOT CHECKED in a browser: no chromium here (apt-get install chromium)")
    texts = ["Ayo coblos nomor 2, menangkan Bu Rina!", HOSTILE, "a" * 3000, "", "Hujan turun."]
    page = tmp_path / "show.html"
    html = show(scorer.score_stream(texts))._repr_html_()
    page.write_text(f'<meta charset="utf-8"><body>{html}</body>', "utf-8")
    with Browser(tmp_path, width, 900) as browser:
        browser.open(page)
        assert browser.ask("document.querySelectorAll('[role=img]').length") == 5
        assert browser.ask("document.querySelectorAll('script, img, svg').length") == 0
        assert browser.ask("document.documentElement.scrollWidth") == width
        assert browser.console == []
        assert browser.requests == [page.as_uri()]
        inside = (
            "[...document.querySelectorAll('[role=img]')].every(bar => [...bar.children].every("
            "part => part.getBoundingClientRect().right <= bar.getBoundingClientRect().right + 1))"
        )
        assert browser.ask(inside)
