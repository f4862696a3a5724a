"""The page on the checks: its Python runs, its tables name what is there."""

from __future__ import annotations

import re

import pytest

from netralitas_nlp.evaluation import run_checks
from netralitas_nlp.evaluation.perturb import KINDS


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "checks.md").read_text("utf-8")


def test_the_code_runs(page, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", page, re.S)
    exec(compile(code, "docs/checks.md", "exec"), {})
    assert "SUITE: 2 cases" in capsys.readouterr().out


def test_every_key_is_described(page, scorer, root):
    facts = run_checks(scorer, root / "data" / "checks").to_dict()
    keys = set(facts)
    for name in ("invariance", "direction", "parity"):
        keys |= set(facts[name])
    keys |= set(facts["parity"]["frames"][0]) | set(facts["pairs"]) | set(facts["worst"][0])
    named = set(re.findall(r"`(\w+)`", page.partition("## JSON keys")[2]))
    assert keys <= named, keys - named
    assert set(KINDS) <= set(re.findall(r"`(\w+)`", page))
