"""An assessment as readable, coloured text."""

from __future__ import annotations

from collections.abc import Mapping

from rich.columns import Columns
from rich.console import Console
from rich.text import Text

from netralitas_nlp.model.assessment import Assessment
from netralitas_nlp.model.markup import pieces

__all__ = ["render"]

# readable on dark and on light paper: yellow letters are not, black on yellow is
_CALM, _UNSURE, _LOUD = "bold green", "bold black on yellow", "bold red"
_EVIDENCE = "bold underline"
_WIDTH = 40


def render(
    assessment: Assessment, thresholds: Mapping[str, float], console: Console | None = None
) -> None:
    """Print an assessment: verdict, probability bar, text with evidence, signals.

    Evidence is in square brackets with its signal, so that colour is not its only mark.

    Parameters
    ----------
    assessment : Assessment
    thresholds : mapping of str to float
        Edges of the review band, drawn into the bar.
    console : rich.console.Console, optional
        Where to print; standard output by default.
    """
    console = console or Console(highlight=False)
    # by the probability: labels of other models have other names
    style = _LOUD if assessment.probability >= thresholds["partisan"] else _CALM
    if assessment.verdict == "tinjau":
        style = _UNSURE
    bar = Text()
    filled = round(assessment.probability * _WIDTH)
    low = round(thresholds["tinjau"] * _WIDTH)
    high = round(thresholds["partisan"] * _WIDTH)
    for i in range(_WIDTH):
        bar.append("█" if i < filled else ("▒" if low <= i < high else "·"))
    console.print(
        Text.assemble((f" {assessment.verdict} ", style), f" {assessment.probability:.3f}  ", bar)
    )
    text = Text()
    for piece, signal in pieces(assessment):
        if signal:
            text.append(f"[{piece}]", _EVIDENCE)
            text.append(f"({signal})", "dim")
        else:
            text.append(piece)
    console.print(text)
    strong = sorted(assessment.signals.items(), key=lambda pair: -pair[1])
    read = [(name, value) for name, value in strong if name in assessment.signals_read]
    chips = [Text(f"{name} {_likely(value)}", no_wrap=True) for name, value in read]
    console.print(Columns(chips, padding=(0, 2)) if chips else "This model reads no signals.")
    if assessment.verdict == "tinjau":
        console.print("A human should read this text: the model is unsure.")


def _likely(value: float) -> str:
    """Never "0.00" or "1.00": no reading is certain."""
    return "<0.01" if value < 0.005 else ">0.99" if value > 0.995 else f"{value:.2f}"
