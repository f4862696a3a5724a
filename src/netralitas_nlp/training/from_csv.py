"""A labelled table to a model folder: read, audit, choose settings, train, measure, write."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netralitas_nlp import __version__
from netralitas_nlp.model.artefact import check_output
from netralitas_nlp.training.audit import Audit, audit_rows, suspicious_labels
from netralitas_nlp.training.classifier import PartisanshipClassifier, keeps_names
from netralitas_nlp.training.columns import guess_columns
from netralitas_nlp.training.duplicates import near_duplicates, same_text
from netralitas_nlp.training.features import (
    Features,
    choose_settings,
    cross_probabilities,
    held_out_f1,
)
from netralitas_nlp.training.folder import reproduction, write_folder
from netralitas_nlp.training.measures import measured
from netralitas_nlp.training.rows import Rows, positive_among, usable_rows
from netralitas_nlp.training.splits import kept_together, stratified_folds
from netralitas_nlp.training.tables import Table, TrainingDataError, read_labelled, read_table
from netralitas_nlp.training.workers import start_workers

__all__ = ["TrainingDataError", "read_labelled", "train_from_csv"]

IntArray = npt.NDArray[np.int64]
Advance = Callable[[int, int | None], None]

_FOLDS, _FOLDS_TO_CHOOSE = 5, 3
_MOST_TO_CHOOSE = 8000  # rows by which settings are chosen; more changes the choice hardly
_MANY = 20_000  # rows from which on fewer folds say as much
_FOLDS_OF_MANY = 3


def train_from_csv(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    positive_label: str | None = None,
    signal_column: str | None = None,
    weight_column: str | None = None,
    group_column: str | None = None,
    test: str | os.PathLike[str] | None = None,
    extend: str | os.PathLike[str] | None = None,
    audit: str | os.PathLike[str] | None = None,
    separator: str | None = None,
    encoding: str | None = None,
    seed: int = 0,
    jobs: int | None = None,
    force: bool = False,
    report: Callable[[str], None] | None = None,
    progress: Advance | None = None,
    **settings: Any,
) -> PartisanshipClassifier:
    """Train a model from a labelled table and write it.

    Parameters
    ----------
    path : path-like
        CSV or TSV with a header; separator and encoding are guessed.
    output : path-like
        Folder of the model: ``model.json``, ``weights.npz``, a card (``README.md``) and its
        figures (``evaluation.json``).
    text_column, label_column : str, optional
        Columns with texts and labels; guessed where there is no doubt.
    positive_label : str, optional
        Label whose probability is the score; ``"partisan"`` if it is there, else the last.
    signal_column : str, optional
        Column with signal names, separated by spaces.
    weight_column : str, optional
        Column with the weight of each row.
    group_column : str, optional
        Rows of one group (an account, a source) are never on both sides of a fold.
    test : path-like, optional
        Another table of the same columns, measured and never learned from.
    extend : str or path-like, optional
        ``"bundled"`` or a model folder: learn on top of its vocabulary and weights.
    audit : path-like, optional
        CSV file to write with one line for each finding and the number of its row.
    separator, encoding : str, optional
        Where the guess is wrong.
    seed : int, default=0
        Of the folds and the bootstrap. Same table and seed, same model.
    jobs : int, optional
        Processes; the result is the same.
    force : bool, default=False
        Replace a model that stands there.
    report : callable, optional
        Called with lines of text: what was taken, what was found, what came out.
    progress : callable, optional
        Called with steps done and steps in all while settings are chosen.
    **settings
        Go to `PartisanshipClassifier`; ``C`` or ``vectors`` among them are not searched for.

    Returns
    -------
    PartisanshipClassifier
        The fitted estimator; its model is in `output`.

    Raises
    ------
    TrainingDataError
        If the table cannot be learned from; the message names row and remedy.
    FileExistsError
        If `output` exists and `force` is false, or it holds something else than a model.
    """
    say = report or (lambda line: None)
    check_output(output, force)
    table = read_table(path, separator=separator, encoding=encoding)
    others = [c for c in (signal_column, weight_column, group_column) if c]
    columns = guess_columns(path, table.frame, text_column, label_column, others)
    say(
        f"{path}: read as {table.encoding}, separator {table.separator!r}, texts in "
        f"{columns[0]!r}, labels in {columns[1]!r}"
    )
    found = Audit(rows=len(table.frame))
    rows = usable_rows(
        path, table.frame, columns, found, signal_column, weight_column, group_column
    )
    positive = positive_among(path, positive_label, rows.labels)
    classes, target = np.unique(np.array(rows.labels), return_inverse=True)
    weight = np.ones(len(target)) if rows.weights is None else np.array(rows.weights)
    say(f"score: probability of {positive!r} among {', '.join(map(str, classes))}")

    say(f"auditing {found.used:,} rows")
    clusters = near_duplicates(rows.texts, seed=seed)
    parts = kept_together(clusters, rows.groups)
    folds = _FOLDS if len(target) <= _MANY else _FOLDS_OF_MANY
    warning = None
    try:
        splits = _splits(path, target, parts, classes, seed, group_column, folds)
    except TrainingDataError as error:
        # a toy table of a few texts repeated can still be learned, but not measured
        parts = kept_together(np.arange(len(target)), rows.groups)
        splits = _splits(path, target, parts, classes, seed, group_column, folds)
        warning = f"{error}; the figures below are those of copies and worth nothing"
        say(f"warning: {warning}")
    audit_rows(found, rows.numbers, rows.texts, rows.labels, clusters, rows.groups)
    names = settings.get("names")
    names = keeps_names(classes, extend) if names is None else names
    features = Features(rows.texts, names=names, extend=extend, lexicon=settings.get("lexicon"))
    start_workers(jobs)
    unseen = cross_probabilities(features, target, weight, splits, jobs)
    for i, other in suspicious_labels(unseen, target):
        detail = f"looks like {classes[other]} ({unseen[i, other]:.2f})"
        found.add(rows.numbers[i], "suspicious label", detail, rows.labels[i], rows.texts[i])
    held = _test_rows(
        test, columns, classes.tolist(), separator, encoding, group_column, rows, found, say
    )
    say(found.to_text())
    if audit is not None:
        found.write(audit)
        say(f"{audit}: {len(found.findings):,} findings written")

    tried: list[dict[str, float]] = []
    sample = _sample(target, parts, seed)
    few = _splits(
        path, target[sample], parts[sample], classes, seed, group_column, _FOLDS_TO_CHOOSE
    )
    part = features.rows(sample)
    if not {"C", "vectors"} & set(settings):
        chosen = choose_settings(
            part, target[sample], weight[sample], few,
            jobs=jobs, advance=progress or (lambda done, total: None),
        )  # fmt: skip
        tried = chosen.tried
        settings = chosen.settings | settings
    extended = None
    if extend is not None:
        alone = Features(
            [rows.texts[i] for i in sample], names=keeps_names(classes, None),
            lexicon=settings.get("lexicon"),
        )  # fmt: skip
        extended = {
            name: round(held_out_f1(f, target[sample], weight[sample], few, settings, jobs), 4)
            for name, f in (("with", part), ("without", alone))
        }
        say(
            f"macro-F1 while choosing: {extended['with']:.3f} on top of {os.fspath(extend)}, "
            f"{extended['without']:.3f} without it"
            + ("; train without --extend" if extended["without"] > extended["with"] else "")
        )
        del alone
    del part
    del features
    say(
        f"training with C {settings.get('C', 1.5):g}, word vectors {settings.get('vectors', 0.7):g}"
    )
    own: dict[str, Any] = {
        "positive_label": positive, "names": names, "extend": extend, "seed": seed, "n_jobs": jobs,
    }  # fmt: skip
    model = PartisanshipClassifier(**(own | settings))
    model.fit(rows.texts, rows.labels, rows.weights, signals=rows.signals, splits=splits)
    about = _about(model, path, output, found, rows, parts, splits, tried, seed, table)
    about["warning"] = warning
    about["training"]["extended"] = extended
    about["command"] = reproduction(
        path, output, table, columns, positive, seed,
        {"signal-column": signal_column, "weight-column": weight_column,
         "group-column": group_column, "test": test, "extend": extend},
    )  # fmt: skip
    if held is not None:
        about["test"] = {"file": os.path.basename(os.fspath(held.file))} | _measure(
            model, model.predict_proba(held.texts), held.labels, held.parts, seed,
        )  # fmt: skip
    folder = write_folder(model, output, about, force)
    figure = about["figures"]["macro_f1"]
    low, high = about["intervals"]["macro_f1"] or (figure, figure)
    say(f"macro-F1 on folds not seen: {figure:.3f} ({low:.3f} to {high:.3f})")
    if held is not None:
        say(f"macro-F1 on {about['test']['file']}: {about['test']['figures']['macro_f1']:.3f}")
    say(f"model written to {folder}")
    return model


def _splits(
    path: str | os.PathLike[str],
    target: IntArray,
    parts: IntArray,
    classes: npt.NDArray[Any],
    seed: int,
    group_column: str | None,
    folds: int,
) -> list[tuple[IntArray, IntArray]]:
    _, parts = np.unique(parts, return_inverse=True)
    try:
        return stratified_folds(target, parts, folds, seed)
    except ValueError as error:
        label = str(classes[int(str(error))])
        where = f"one group of column {group_column!r}, or" if group_column else "one text and"
        raise TrainingDataError(
            f"{path}: all rows of label {label!r} stand in {where} near-copies of it, so none can "
            "be held out; add other texts of that label"
            + (" or train without groups" if group_column else "")
        ) from None


def _sample(target: IntArray, parts: IntArray, seed: int) -> IntArray:
    """Rows to choose settings by: all, or whole parts drawn until there are enough."""
    if len(target) <= _MOST_TO_CHOOSE:
        return np.arange(len(target))
    order = np.random.default_rng(seed).permutation(int(parts.max()) + 1)
    cut = np.cumsum(np.bincount(parts)[order])
    taken = order[: int(np.searchsorted(cut, _MOST_TO_CHOOSE)) + 1]
    sample = np.isin(parts, taken)
    for label in range(int(target.max()) + 1):  # rare labels stay whole
        rows = target == label
        if (sample & rows).sum() < 50:
            sample |= rows
    return np.flatnonzero(sample)


class _Held(NamedTuple):
    file: str | os.PathLike[str]
    texts: list[str]
    labels: IntArray
    parts: IntArray


def _test_rows(
    path: str | os.PathLike[str] | None,
    columns: tuple[str, str],
    classes: list[str],
    separator: str | None,
    encoding: str | None,
    group_column: str | None,
    rows: Rows,
    audit: Audit,
    say: Callable[[str], None],
) -> _Held | None:
    """Read the test table; what also stands in training is left out of it."""
    if path is None:
        return None
    frame = read_table(path, separator=separator, encoding=encoding).frame
    guess_columns(path, frame, *columns)
    place = {label.casefold(): k for k, label in enumerate(classes)}
    target = frame[columns[1]].str.split().str.join(" ").str.casefold().map(place)
    texts = frame[columns[0]].tolist()
    clusters = near_duplicates([*rows.texts, *texts])
    own: dict[int, int] = {}
    for cluster, number in zip(clusters.tolist(), rows.numbers, strict=False):
        own.setdefault(cluster, number)
    keep = []
    for i, cluster in enumerate(clusters[len(rows.texts) :].tolist()):
        if cluster in own and same_text(texts[i]):
            audit.add(
                own[cluster], "also in the test file", f"row {frame.index[i]} there",
                frame[columns[1]].iloc[i], texts[i],
            )  # fmt: skip
        elif not np.isnan(target.iloc[i]):
            keep.append(i)
    if not keep:
        raise TrainingDataError(
            f"{path}: no row is left to test on: each also stands in training or has none of the "
            f"labels {', '.join(classes)}; give --test another file"
        )
    say(f"{path}: {len(keep):,} of {len(frame):,} rows are new and have a known label")
    groups = None
    if group_column in frame:
        groups = frame[group_column].iloc[keep].str.strip().tolist()
    elif group_column:
        say(f"{path}: no column {group_column!r}; its rows are taken for rows of no group")
    return _Held(
        path,
        [texts[i] for i in keep],
        target.iloc[keep].to_numpy(dtype=np.int64),
        kept_together(clusters[len(rows.texts) :][keep], groups),
    )


def _measure(
    model: PartisanshipClassifier,
    probability: npt.NDArray[np.float64],
    target: IntArray,
    parts: IntArray,
    seed: int,
) -> dict[str, Any]:
    scorer = model.scorer_
    return measured(
        probability, scorer.decide(probability), target, scorer.classes_, scorer.positive,
        scorer.thresholds, parts, seed,
    )  # fmt: skip


def _about(
    model: PartisanshipClassifier,
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    audit: Audit,
    rows: Rows,
    parts: IntArray,
    splits: Sequence[Any],
    tried: list[dict[str, float]],
    seed: int,
    table: Table,
) -> dict[str, Any]:
    """Everything that card and ``evaluation.json`` say."""
    scorer = model.scorer_
    target = np.searchsorted(model.classes_, np.array(rows.labels))
    chosen = next((t for t in tried if (t["C"], t["vectors"]) == (model.C, model.vectors)), None)
    return {
        "name": os.path.basename(os.path.abspath(output)),
        "version": __version__,
        "positive": scorer.positive,
        "audit": audit.to_dict(),
        "training": {
            "rows": audit.used,
            "labels": audit.labels,
            "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
            "encoding": table.encoding,
            "separator": table.separator,
            "folds": len(splits),
            "parts": len(set(parts.tolist())),
            "seed": seed,
            "names": bool(model._reader.names),
            "extend": None if model.extend is None else os.path.basename(os.fspath(model.extend)),
            "C": model.C,
            "vectors": model.vectors,
            "tried": tried,
            "chosen": chosen,
        },
        "thresholds": scorer.thresholds,
        "decision": dict(zip(scorer.classes_, scorer.decision, strict=False)),
        "measured_on": "out of fold",
        **_measure(model, model.out_of_fold_, target, parts, seed),
    }
