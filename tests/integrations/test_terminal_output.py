from __future__ import annotations

import dataclasses
import io
import re
import sys
import time

import pytest
from rich.console import Console

from netralitas_nlp.integrations.progress import progress_bar
from netralitas_nlp.integrations.terminal import render


def shown(scorer, text):
    console = Console(file=io.StringIO(), width=200, highlight=False)
    render(scorer.score(text), scorer.thresholds, console)
    return console.file.getvalue()


def test_evidence_is_marked_without_colour(scorer):
    text = "Ayo coblos nomor 2, menangkan petahana!"
    out = shown(scorer, text)
    read = scorer.score(text)
    assert read.verdict in out
    assert f"{read.probability:.3f}" in out
    for item in read.evidence:
        assert f"[{item.text}]({item.signal})" in out
    for name in read.signals:
        assert name in out


def test_markup_in_a_text_is_shown_as_it_is(scorer):
    assert "[bold]hujan[/bold] [/]" in shown(scorer, "[bold]hujan[/bold] [/]")


def test_personal_numbers_are_masked(scorer):
    out = shown(scorer, "Ayo coblos nomor 2, hubungi 081234567890 atau siti@contoh.id")
    assert "081234567890" not in out
    assert "siti@contoh.id" not in out


def test_a_doubtful_text_asks_for_a_reader(scorer):
    console = Console(file=io.StringIO(), width=200)
    read = scorer.score("hujan")
    object.__setattr__(read, "verdict", "tinjau")
    render(read, scorer.thresholds, console)
    assert "human" in console.file.getvalue()


@pytest.mark.parametrize(("probability", "colour"), [(0.01, "32"), (0.99, "31")])
def test_colours_do_not_hang_on_the_names_of_labels(scorer, probability, colour):
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="standard")
    read = dataclasses.replace(scorer.score("hujan"), verdict="negatif", probability=probability)
    render(read, scorer.thresholds, console)
    assert f"\x1b[1;{colour}m negatif" in console.file.getvalue()


def test_progress_is_silent_where_nobody_watches(capsys):
    with progress_bar("scoring") as advance:
        advance(1, None)
    with progress_bar("scoring", quiet=True) as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")


def test_long_work_shows_the_time_left(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "100")
    with progress_bar("scoring", count=lambda: 40) as advance:
        advance(10, None)  # work that does not know how much there is
        time.sleep(0.2)
        advance(20, None)
        time.sleep(0.2)
    said = sys.stderr.getvalue()
    assert "20/40" in said
    assert re.search(r"m0:00:\d\d\x1b", said)


def test_rows_are_counted_only_where_somebody_watches(capsys):
    with progress_bar("scoring", count=lambda: pytest.fail("counted")) as advance:
        advance(1, None)


def test_no_reading_is_certain(scorer):
    out = shown(scorer, "Ayo coblos nomor 2, menangkan Bu Rina, pilih nomor 2!")
    signals = out.splitlines()[2]
    assert "1.00" not in signals
    assert "0.00" not in signals
    assert ">0.99" in signals
