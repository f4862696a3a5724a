"""An assessment as a piece of HTML for notebooks: styles inline, no script, everything escaped.

Plain strings on purpose: `Assessment._repr_html_` uses it, and scoring imports nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from netralitas_nlp.text.masking import mask_personal
from netralitas_nlp.text.visible import make_visible

if TYPE_CHECKING:
    from netralitas_nlp.model.assessment import Assessment

__all__ = ["COLOURS", "UNNAMED", "assessment_html", "pieces"]

UNNAMED = "bukti"
"""What evidence is called where the model knows no signals."""

COLOURS: Mapping[str, str] = {
    "dukungan": "#cfe8cf",
    "ajakan": "#ffe3a3",
    "serangan": "#f9cfc9",
    "atribut": "#d3e1f8",
    "keterlibatan": "#e6d6f2",
    "wewenang": "#dcdcc4",
}
"""A tint for each signal, all with dark text readable on them; never the only mark."""

_OTHER = "#e4e7ea"
_BOX = (
    "font:14px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;"
    "color:#1b1f24;background:#fff;border:1px solid #c9d1d9;border-radius:6px;"
    "padding:10px 14px;margin:6px 0;max-width:52rem;text-align:left"
)
_TEXT = (
    "white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;margin:8px 0;"
    "border-left:4px solid #c9d1d9;padding-left:10px;max-height:24em;overflow:auto"
)
_MARK = "color:#1b1f24;padding:1px 3px;border-radius:3px;text-decoration:underline 2px"
_NAME = "font-size:11px;font-weight:600;color:#1b1f24"
_SHOWN = 0.05  # a signal below this probability says nothing


def pieces(assessment: Assessment) -> list[tuple[str, str]]:
    """Cut a text at its evidence.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    list of (str, str)
        Pieces that make up the text, personal numbers masked and steering characters replaced,
        each with its signal (`UNNAMED` where the model knows none), or with ``""`` where it is no
        evidence.

    Examples
    --------
    >>> from netralitas_nlp.model.assessment import Assessment, Evidence
    >>> found = Evidence(4, 10, "coblos", "ajakan", 1.0)
    >>> pieces(Assessment("Ayo coblos!", 0, 11, 0.9, "partisan", {}, (found,)))
    [('Ayo ', ''), ('coblos', 'ajakan'), ('!', '')]
    """
    text = make_visible(mask_personal(assessment.text))
    cut: list[tuple[str, str]] = []
    position = 0
    for item in sorted(assessment.evidence, key=lambda found: found.start):
        if item.start < position or item.end > len(text):
            continue  # overlaps the one before
        cut.append((text[position : item.start], ""))
        cut.append((text[item.start : item.end], item.signal or UNNAMED))
        position = item.end
    cut.append((text[position:], ""))
    return [(piece, signal) for piece, signal in cut if piece]


def assessment_html(assessment: Assessment) -> str:
    """Lay an assessment out as HTML.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    str
        One ``div``: verdict, probability bar with the review band, the text with its evidence
        named, and the signals.

    Examples
    --------
    >>> from netralitas_nlp.model.assessment import Assessment
    >>> print(assessment_html(Assessment("<b>", 0, 3, 0.1, "netral", {})))
    <div...&lt;b&gt;...</div>
    """
    return (
        f'<div lang="id" style="{_BOX}">{_head(assessment)}'
        f'<div dir="auto" style="{_TEXT}">{_marked(assessment)}</div>'
        f"{_signals(assessment)}{_advice(assessment)}</div>"
    )


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _likelihood(value: float) -> str:
    """Never "0,00" or "1,00": no reading is certain."""
    return "&lt; 0,01" if value < 0.005 else "&gt; 0,99" if value > 0.995 else _number(value)


def _head(assessment: Assessment) -> str:
    verdict = escape(assessment.verdict)
    value = min(max(assessment.probability, 0.0), 1.0)
    label = f"peluang {_likelihood(value)}"
    band = ""
    if assessment.band is not None:
        low, high = assessment.band
        label += f"; pita tinjau {_number(low)} sampai {_number(high)}"
        band = (
            f'<span style="position:absolute;top:0;bottom:0;left:{100 * low:.1f}%;'
            f"width:{100 * (high - low):.1f}%;border:1px dashed #57606a;border-width:0 1px;"
            "background:repeating-linear-gradient(135deg,#c9d1d9 0 2px,transparent 2px 6px)"
            '"></span>'
        )
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center">'
        f'<b style="font-size:16px">{verdict}</b>'
        f'<span role="img" aria-label="{label}" title="{label}" style="position:relative;'
        "display:inline-block;width:16rem;max-width:60%;height:14px;background:#eef1f4;"
        f'border:1px solid #8b949e;border-radius:3px;overflow:hidden">{band}'
        f'<span style="position:absolute;top:3px;bottom:3px;left:0;width:{100 * value:.1f}%;'
        'background:#1f5fa8"></span></span>'
        f'<span style="font-variant-numeric:tabular-nums">{label}</span></div>'
    )


def _marked(assessment: Assessment) -> str:
    out = []
    for text, signal in pieces(assessment):
        if not signal:
            out.append(escape(text))
            continue
        colour = COLOURS.get(signal, _OTHER)
        out.append(
            f'<mark style="{_MARK};background:{colour}">{escape(text)}</mark>'
            f'<sup style="{_NAME}"> {escape(signal)}</sup>'
        )
    return "".join(out) or "<i>(teks kosong)</i>"


def _signals(assessment: Assessment) -> str:
    strong = sorted(assessment.signals.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [(name, value) for name, value in strong if value >= _SHOWN]
    if not shown:
        read = (
            "tidak ada sinyal yang tampak"
            if assessment.signals_read
            else "model ini tidak membaca sinyal"
        )
        return f'<div style="font-size:13px">{read}</div>'
    chips = "".join(
        f'<span style="background:{COLOURS.get(name, _OTHER)};color:#1b1f24;border-radius:3px;'
        f'padding:1px 7px;font-size:13px">{escape(name)} <b>{_likelihood(value)}</b></span>'
        for name, value in shown
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:6px">{chips}</div>'


def _advice(assessment: Assessment) -> str:
    if assessment.verdict != "tinjau":
        return ""
    return (
        '<div style="font-size:13px;margin-top:6px">Model ragu: teks ini perlu dibaca manusia.'
        "</div>"
    )
