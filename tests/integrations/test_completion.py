"""Shell completion: what the shells get, and what they are told when they ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from netralitas_nlp.cli import main


def ask(words, number):
    """What bash is told for the word at a place."""
    done = subprocess.run(
        [sys.executable, "-c", "from netralitas_nlp.cli import main; main(prog_name='netralitas')"],
        env={**os.environ, "_NETRALITAS_COMPLETE": "bash_complete", "COMP_WORDS": words,
             "COMP_CWORD": str(number)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_commands_options_and_choices():
    assert ask("netralitas ev", 1) == ["evaluate"]
    assert "--queue" in ask("netralitas score --qu", 2)
    assert ask("netralitas info --format js", 3) == ["json"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script(shell):
    result = CliRunner().invoke(main, ["completion", shell], catch_exceptions=False)
    assert result.exit_code == 0
    assert "_NETRALITAS_COMPLETE" in result.stdout
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=result.stdout, text=True, capture_output=True,
                              check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_unknown_shell_and_near_option():
    assert CliRunner().invoke(main, ["completion", "csh"]).exit_code == 2
    result = CliRunner().invoke(main, ["score", "a", "--quite"])
    assert result.exit_code == 2
    assert "--quiet" in result.output
