"""The folder of a trained model: put together beside its place, moved there in one step."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netralitas_nlp.model.artefact import check_output, put_in_place
from netralitas_nlp.training.card import model_card

if TYPE_CHECKING:
    from netralitas_nlp.training.classifier import PartisanshipClassifier
    from netralitas_nlp.training.tables import Table

__all__ = ["reproduction", "write_folder"]


def write_folder(
    model: PartisanshipClassifier,
    output: str | os.PathLike[str],
    about: dict[str, Any],
    force: bool,
) -> str:
    """Put the folder together beside its place and move it there in one step.

    Parameters
    ----------
    model : PartisanshipClassifier
        Fitted.
    output : path-like
    about : dict
        What card and ``evaluation.json`` say.
    force : bool
        Whether a model that stands there is replaced.

    Returns
    -------
    str
        The folder.
    """
    target = os.path.abspath(output)
    parent, name = os.path.split(target)
    os.makedirs(parent, exist_ok=True)
    scratch = tempfile.mkdtemp(prefix=f".{name}-", dir=parent)
    try:
        made = Path(scratch) / "model"
        training = about["training"]
        model.save(made, {"name": about["name"], "training": training})
        text = json.dumps(about, ensure_ascii=False, indent=2, allow_nan=False)
        (made / "evaluation.json").write_text(text + "\n", encoding="utf-8")
        (made / "README.md").write_text(model_card(about), encoding="utf-8")
        check_output(output, force)  # somebody may have put something there meanwhile
        put_in_place(str(made), target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def reproduction(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    table: Table,
    columns: tuple[str, str],
    positive: str,
    seed: int,
    optional: dict[str, Any],
) -> str:
    """The line that trains the same model; folders of this machine stay out of it.

    Parameters
    ----------
    path, output : path-like
    table : Table
    columns : tuple of str
    positive : str
    seed : int
    optional : dict
        Option to its value, None where it was not given.

    Returns
    -------
    str
    """

    def short(name: Any) -> str:
        return shlex.quote(os.path.basename(os.path.normpath(os.fspath(name))))

    words = ["netralitas train", short(path), "--text-column", shlex.quote(columns[0]),
             "--label-column", shlex.quote(columns[1]), "--positive-label", shlex.quote(positive),
             "--separator", "'" + table.separator.replace("\t", "\\t") + "'",
             "--encoding", table.encoding]  # fmt: skip
    for option, value in optional.items():
        if value is not None:
            words += [f"--{option}", short(value)]
    return " ".join([*words, "--seed", str(seed), "--output", short(output)])
