"""The outcome of checks as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["check_text"]

_BAR = 20
_LONGEST = 150


def check_text(facts: dict[str, Any]) -> str:
    """Write the summary of a `CheckReport` as plain tables.

    Parameters
    ----------
    facts : dict
        As `CheckReport.to_dict` gives it.

    Returns
    -------
    str
    """
    parts = []
    if "functionalities" in facts:
        parts.append(list(_suite(facts)))
    for name, writer in (("invariance", _invariance), ("direction", _direction),
                         ("parity", _parity)):  # fmt: skip
        if name in facts:
            parts.append(list(writer(facts[name])))
    return "\n\n".join("\n".join(lines) for lines in parts)


def _suite(facts: dict[str, Any]) -> Iterator[str]:
    yield f"SUITE: {facts['cases']:,} cases, shares with their 95 % interval"
    yield f"  {'pass_rate':22}{_interval(facts)}"
    for name in ("neutral_kept", "partisan_found", "neutral_accused", "partisan_cleared",
                 "pairs_right", "evidence_hit_rate"):  # fmt: skip
        value = facts[name]
        yield f"  {name:22}{'no case' if value is None else format(value, '.3f')}"
    pairs = facts["pairs"]
    if pairs["pairs"]:
        yield (
            f"  of {pairs['pairs']} twins {pairs['same_label']} get the same label, "
            f"{pairs['reversed']} are the wrong way round"
        )
    yield ""
    yield f"  {'functionality':22}cases  pass_rate"
    groups = facts["functionalities"].items()
    for name, group in sorted(groups, key=lambda item: (item[1]["pass_rate"], item[0])):
        yield f"  {name:22}{group['cases']:5}  {_interval(group)}  {_bar(group['pass_rate'])}"
    if facts["worst"]:
        yield ""
        yield "  most confident mistakes"
        for case in facts["worst"]:
            yield f"  {case['probability']:.3f} but {case['label']} ({case['functionality']})"
            yield f"        {_line(case['text'])}"
    if facts["wrong_pairs"]:
        yield ""
        yield "  twins that flip wrongly"
        for pair in facts["wrong_pairs"]:
            yield f"  {pair['pair']}: {pair['outcome']}"
            for case in pair["cases"]:
                yield f"  {case['probability']:.3f} {case['label']:9}{_line(case['text'])}"


def _invariance(facts: dict[str, Any]) -> Iterator[str]:
    yield f"INVARIANCE: {facts['cases']:,} changed texts, share of labels that hold"
    yield f"  {'all':22}{_interval(facts)}"
    yield ""
    yield f"  {'change':22}cases  pass_rate               mean change"
    for name, group in facts["kinds"].items():
        if not group["cases"]:
            yield f"  {name:22}{0:5}  no text to change"
            continue
        yield f"  {name:22}{group['cases']:5}  {_interval(group)}  {group['mean_change']:.3f}"
    for case in facts["worst"]:
        yield f"  {case['before']:.3f} -> {case['after']:.3f} {case['kind']}"
        yield f"        {_line(case['text'])}"
        yield f"     -> {_line(case['changed'])}"


def _direction(facts: dict[str, Any]) -> Iterator[str]:
    yield f"DIRECTION: {facts['cases']} pairs, share that moves the right way"
    yield f"  {'all':22}{_interval(facts)}"
    yield ""
    yield f"  {'kind':22}cases  pass_rate               both right  mean change"
    for name, group in [*facts["kinds"].items(), *facts["directions"].items()]:
        yield (
            f"  {name:22}{group['cases']:5}  {_interval(group)}  {group['both_right']:10.3f}"
            f"  {group['mean_change']:+.3f}"
        )
    for case in facts["worst"]:
        must = "stay partisan" if case["direction"] == "hold" else f"go {case['direction']}"
        yield f"  {case['before']:.3f} -> {case['after']:.3f} must {must} ({case['kind']})"
        yield f"        {_line(case['base'])}"
        yield f"     -> {_line(case['changed'])}"


def _parity(facts: dict[str, Any]) -> Iterator[str]:
    yield f"PARITY: {len(facts['frames'])} frames, {facts['pairs']} pairs of fillers"
    for name in ("mean_change", "largest_change", "label_flips"):
        yield f"  {name:22}{facts[name]:.3f}"
    yield ""
    yield f"  {'slot':22}pairs  mean change  largest  label flips"
    for name, group in facts["slots"].items():
        yield (
            f"  {name:22}{group['pairs']:5}  {group['mean_change']:11.3f}"
            f"  {group['largest_change']:7.3f}  {group['label_flips']:11.3f}"
        )
    if facts["gaps"]:
        yield ""
        yield "  largest gaps"
    for gap in facts["gaps"]:
        yield (
            f"  {gap['frame']}: {gap['low']:.3f} {gap['lowest']} ... "
            f"{gap['high']:.3f} {gap['highest']}"
        )
        yield f"        {_line(gap['text'])}"


def _interval(group: dict[str, Any]) -> str:
    if not group["cases"]:
        return "no case"
    return f"{group['pass_rate']:.3f} ({group['low']:.3f} - {group['high']:.3f})"


def _bar(rate: float) -> str:
    return ("#" * round(rate * _BAR)).ljust(_BAR, ".")


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 3] + "..."
