"""The explanation of the signals: whole, in both languages, sourced, and no judgement."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from netralitas_nlp.cli import main
from netralitas_nlp.integrations.signals import (
    CAVEATS,
    EXPLAINED,
    PROVISIONS,
    signals_dict,
    signals_markdown,
    signals_text,
)
from netralitas_nlp.model.assessment import SIGNALS


def run(*arguments):
    result = CliRunner().invoke(main, ["info", "--signals", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_all_six_in_order():
    assert tuple(EXPLAINED) == SIGNALS
    assert set(PROVISIONS) == {key for item in EXPLAINED.values() for key in item.provisions}


def test_it_never_passes_judgement():
    """The names of source addresses are not ours; every other word is."""
    for text in (signals_text(), re.sub(r"https?://\S+", "", signals_markdown())):
        assert not re.search(
            r"melanggar|terbukti|pelanggar|bersalah|violat|guilty|proven", text, re.I
        )


@pytest.mark.parametrize("signal", SIGNALS)
def test_examples_read_as_they_say(scorer, signal):
    item = EXPLAINED[signal]
    for text, english in item.examples:
        found = scorer.score(text)
        assert found.verdict != "netral", text
        assert found.signals[signal] >= 0.3, (text, found.signals)
        assert english
    assert scorer.score(item.contrast[0]).verdict != "partisan", item.contrast[0]


def test_provisions_have_places_and_sources():
    laws = " ".join(provision.norm for provision in PROVISIONS.values())
    for name in ("SKB Nomor 2 Tahun 2022", "PP 94/2021 Pasal 5 huruf n", "UU 7/2017", "UU 10/2016"):
        assert name in laws
    for provision in PROVISIONS.values():
        assert provision.sources
        assert all(re.fullmatch(r"https?://\S+", url) for url in provision.sources)
        assert provision.indonesian != provision.english


def test_command(root):
    text = run()
    for name in SIGNALS:
        assert name.upper() in text
    for pair in CAVEATS:
        assert all(words in text for words in pair)
    assert json.loads(run("--format", "json")) == json.loads(json.dumps(signals_dict()))


def test_the_page_is_what_the_command_says(root):
    page = (root / "docs" / "signals.md").read_text("utf-8")
    assert page == signals_markdown(), "run python scripts/build_docs.py"
