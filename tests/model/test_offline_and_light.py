from __future__ import annotations

import socket

import pytest

from netralitas_nlp import Scorer

_HEAVY = ("sklearn", "scipy", "pandas", "matplotlib", "rich", "joblib", "click")
_SCORE = """
import sys
from netralitas_nlp import Scorer, score, Normalizer
scorer = Scorer.load()
read = scorer.score("Ayo coblos nomor 2! Hujan turun.")
read.to_dict()
list(scorer.score_stream(["a", None]))
scorer.predict(["a"])
Normalizer().normalize("c0bl0s")
"""


def test_scoring_is_light(python):
    done = python(_SCORE + f"print([m for m in {_HEAVY!r} if m in sys.modules])")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_import_alone_loads_nothing(python):
    done = python(
        "import sys, netralitas_nlp\n"
        "print([m for m in sys.modules if m == 'numpy' or m.startswith('netralitas_nlp.')])"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_no_socket_is_opened(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert Scorer.load().score("Ayo coblos nomor 2, https://contoh.id").verdict == "partisan"


def test_with_the_network_blocked(python):
    guard = """
import sys
def hook(event, args):
    if event.startswith(("socket.", "urllib.", "http.", "subprocess.", "ftplib.")):
        raise RuntimeError(event)
sys.addaudithook(hook)
"""
    done = python(guard + _SCORE + "print(read.verdict)")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("partisan", "tinjau")


def test_public_names():
    import netralitas_nlp

    assert {"Scorer", "score", "Normalizer", "Assessment", "Evidence"} <= set(
        netralitas_nlp.__all__
    )
    for name in netralitas_nlp.__all__:
        assert getattr(netralitas_nlp, name) is not None
    assert set(dir(netralitas_nlp)) >= set(netralitas_nlp.__all__)
    with pytest.raises(AttributeError, match="Scorrer"):
        netralitas_nlp.Scorrer  # noqa: B018
