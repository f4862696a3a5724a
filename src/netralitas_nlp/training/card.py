"""The card of a trained model: what it learned from, how good it is, how to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netralitas_nlp.training.audit import KINDS

__all__ = ["model_card"]

_EXPLAINED = {
    "macro_f1": "mean F1 of the labels, as `predict` says them",
    "accuracy": "share of labels right",
    "precision": "of the texts called positive, the share that is",
    "recall": "of the positive texts, the share that is called so",
    "average_precision": "area under precision and recall of the positive label",
    "brier": "mean squared error of the probability of the positive label",
    "ece": "mean distance of stated from observed probability",
    "band_share": "share of texts that a human should read",
    "outside_accuracy": "share right among the others",
}


def model_card(about: Mapping[str, Any]) -> str:
    """Write the card as Markdown.

    Parameters
    ----------
    about : mapping
        What ``evaluation.json`` holds.

    Returns
    -------
    str
    """
    training, audit = about["training"], about["audit"]
    parts = [
        f"# Model card: {about['name']}",
        f"Trained with netralitas_nlp {about['version']} on {audit['used']:,} labelled texts. "
        f"Gives the probability of each of the labels {', '.join(map(_code, audit['labels']))}; "
        f"the score is that of {_code(about['positive'])}.",
        "A score is a reason to read a text, never a finding about a person. Not for automatic "
        "sanctions or for screening named people.",
        "## Data",
        _table(["label", "rows"], [[_code(k), f"{v:,}"] for k, v in audit["labels"].items()]),
        "What the audit found:",
        _table(
            ["finding", "rows", "what was done"],
            [["rows in the file", f"{audit['rows']:,}", ""]]
            + [[k, f"{n:,}", KINDS[k] if n else ""] for k, n in audit["found"].items()],
        ),
        "## Figures",
        f"Measured on {training['folds']} folds whose texts the model had not seen; "
        "near-duplicates and groups were never on both sides. In brackets the 95 % interval of a "
        "bootstrap, or Wilson's where hits or misses are few.",
        *([f"**Warning.** {about['warning']}."] if about["warning"] else []),
        _figures(about["figures"], about["intervals"]),
        _classes(about["classes"]),
    ]
    if about.get("test"):
        test = about["test"]
        parts += [
            f"On the {test['n']:,} rows of the test file {_code(test['file'])}:",
            _figures(test["figures"], test["intervals"]),
            _classes(test["classes"]),
        ]
    low, high = about["thresholds"]["tinjau"], about["thresholds"]["partisan"]
    parts += [
        "## Thresholds",
        f"From {high:.3f} on the verdict is {_code(about['positive'])}; from {low:.3f} to "
        f"{high:.3f} it is `tinjau`: a human should read. Probabilities are calibrated to the mix "
        "of labels in the training table; where the mix is another, they are not.",
    ]
    if about["decision"]:
        parts.append(
            "`predict` favours rare labels for a better macro-F1, so it may say a label that is "
            "not the likeliest: " + ", ".join(
                f"{_code(k)} {v:+.2f}" for k, v in about["decision"].items()) + " on the logarithm."
        )  # fmt: skip
    parts += [
        "## Settings",
        "Chosen by cross-validation among:",
        _table(
            ["C", "word vectors", "macro-F1"],
            [[f"{t['C']:g}", f"{t['vectors']:g}", f"{t['macro_f1']:.3f}"]
             + (["chosen"] if t == training["chosen"] else []) for t in training["tried"]],
        ),
        *(
            [f"Learned on top of {_code(training['extend'])}: macro-F1 "
             f"{training['extended']['with']:.3f} in that choice, "
             f"{training['extended']['without']:.3f} without it."] if training["extended"] else []
        ),
        "Names are " + ("read as they are written." if training["names"] else
                        "replaced by their class: who is meant says nothing."),
        "## Reproduce",
        f"```sh\n{about['command']}\n```",
        f"sha256 of the table: `{training['sha256']}`. Same table, seed and version give the same "
        "bytes of `model.json` and `weights.npz`.",
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _code(text: str) -> str:
    return f"`{' '.join(str(text).split())}`".replace("|", "\\|")


def _table(head: list[str], rows: list[list[str]]) -> str:
    marked = any(len(row) > len(head) for row in rows)
    head = [*head, ""] if marked else head
    lines = [head, ["---"] * len(head), *(row + [""] * (len(head) - len(row)) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figures(figures: Mapping[str, Any], intervals: Mapping[str, Any]) -> str:
    rows = []
    for name, explained in _EXPLAINED.items():
        value, between = figures.get(name), intervals.get(name)
        if value is not None:
            shown = f" ({between[0]:.3f} to {between[1]:.3f})" if between else ""
            rows.append([name, f"{value:.3f}{shown}", explained])
    return _table(["figure", "value", "what it is"], rows)


def _classes(classes: Mapping[str, Any]) -> str:
    return _table(
        ["label", "rows", "precision", "recall", "F1"],
        [[_code(name), f"{f['n']:,}",
          *("–" if f[k] is None else f"{f[k]:.3f}" for k in ("precision", "recall", "f1"))]
         for name, f in classes.items()],
    )  # fmt: skip
