"""The ``netralitas`` command: one thin command per verb."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netralitas_nlp import __version__
from netralitas_nlp.lexicons.loader import LexiconError
from netralitas_nlp.model.errors import ArtefactError, MissingExtraError, UnknownModelError

if TYPE_CHECKING:
    from netralitas_nlp.evaluation import CheckReport
    from netralitas_nlp.model import Assessment, Scorer

__all__ = ["main"]

_F = TypeVar("_F", bound=Callable[..., Any])
_MOST_ROWS = 20  # numbers of rows in one line


class _Group(click.Group):
    """Suggests the near match and turns expected errors into one line and exit status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)  # in the order of use, not of the alphabet

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            if near and type(error) is click.UsageError:  # newer releases of click suggest one
                raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ArtefactError, MissingExtraError, UnknownModelError, LexiconError) as error:
            raise _bad(error) from None
        except KeyboardInterrupt:  # where no command has more to say of it
            raise _Bad("stopped") from None
        except OSError as error:
            if error.errno != errno.EPIPE:
                _let_go()
                raise _bad(error) from None
            raise  # click ends quietly when nobody reads any more


class _Bad(click.ClickException):
    """Bad input: one line on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ARG002
        from netralitas_nlp.text.masking import mask_personal

        line = " ".join(self.message.splitlines())  # a column name may hold anything
        click.echo(f"netralitas: {mask_personal(line)}", err=True)


def _bad(error: Exception, written: str | None = None) -> _Bad:
    """What an error says, without the numbers of the operating system.

    A full disk does not say which file it was that had no room: it is the one that is written.
    """
    if isinstance(error, OSError) and error.strerror:
        name = written if error.filename is None else os.fsdecode(error.filename)
        said = error.strerror.lower()
        return _Bad(said if name is None else f"{name}: {said}")
    return _Bad(str(error))


def _let_go() -> None:
    """Drop what standard output cannot take, so that Python does not complain of it at exit."""
    with suppress(OSError, ValueError, AttributeError):  # where it is no file of the system
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _forgiving() -> None:
    """No text and no terminal may end a command: what cannot be shown becomes a question mark.

    What goes through a pipe is UTF-8 whatever the locale says, as in files.
    """
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def _model_option(function: _F) -> _F:
    return click.option(
        "--model",
        default="bundled",
        show_default=True,
        help="bundled (fast), careful, cascade, or a model folder or zip file.",
    )(function)


def _format_option(function: _F) -> _F:
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Readable text, or JSON for machines.",
    )(function)


def _load(name: str) -> Scorer:
    from netralitas_nlp.model import Scorer

    return Scorer.load(name)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="netralitas")
def main() -> None:
    """Does an Indonesian text take a political side?

    A score is a reason to read a text, never a finding about a person.

    \b
    netralitas score "Ayo coblos nomor 2!"
    netralitas score posts.csv --text-column teks --output scored.csv
    netralitas score posts.csv --queue antrean.html
    netralitas train labelled.csv --output my-model

    `netralitas COMMAND --help` says more about each command.
    """  # noqa: D301
    _forgiving()


@main.command(short_help="Score a text, a file or standard input.")
@click.argument("text", required=False)
@click.option("--input", "source", type=click.Path(), metavar="FILE",
              help="CSV, TSV, JSONL, Parquet or text file.")  # fmt: skip
@click.option("--text-column", default="teks", show_default=True, metavar="COLUMN", help="Texts.")
@click.option("--output", type=click.Path(), metavar="FILE",
              help="File to write: CSV, TSV or JSONL.")  # fmt: skip
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--evidence/--no-evidence", default=True, help="Look for the words behind decisions.")
@click.option("--force", is_flag=True, help="Replace an output that stands there.")
@click.option("--strict", is_flag=True, help="Stop at a row that cannot be read; else such rows "
              "go to OUTPUT.rejects.csv.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Say nothing but what could not be read.")
@click.option("--queue", type=click.Path(), metavar="PAGE.html",
              help="Also write a page for the person who decides: texts in the order in which they "
              "need reading.")  # fmt: skip
@click.option("--date-column", metavar="COLUMN", help="Dates, for the filter of the queue.")
@click.option("--queue-limit", default=10_000, show_default=True, type=click.IntRange(1),
              help="Texts in the queue.")  # fmt: skip
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True,
              help="Of the queue.")  # fmt: skip
@_format_option
@_model_option
def score(
    text: str | None,
    source: str | None,
    text_column: str,
    output: str | None,
    jobs: int,
    evidence: bool,
    force: bool,
    strict: bool,
    quiet: bool,
    queue: str | None,
    date_column: str | None,
    queue_limit: int,
    language: str,
    form: str,
    model: str,
) -> None:
    """Score TEXT, a file (--input), or standard input (no TEXT, or -), one text a line.

    With --output or --queue, TEXT may be the name of a file too. A run over a file that was cut
    off goes on where it stopped when it is started again.

    \b
    netralitas score "Ayo coblos nomor 2!" --format json
    netralitas score posts.csv --output scored.csv --jobs 2
    netralitas score posts.csv --queue antrean.html --date-column tanggal
    """  # noqa: D301
    if "-" in (text, source) and (source or output or queue):
        raise _Bad("-: standard input goes to standard output; to write a file, name one to read")
    if text is not None and source is None:
        if output or queue:
            if not os.path.exists(text):
                raise _Bad(f"{text}: no such file; --output and --queue score a file, not one text")
            text, source = None, text
        elif text.lower().endswith((".csv", ".tsv", ".jsonl", ".parquet", ".txt")):
            if os.path.isdir(text):
                raise _Bad(f"{text}: is a folder; name a file in it")
            if os.path.isfile(text):
                raise _Bad(f"{text} is a file; say what to write with --output or --queue")
            if not text.count(" "):
                raise _Bad(f"{text}: no such file; a text with this name goes to standard input")
    if source is not None:
        if text is not None:
            raise click.UsageError("give TEXT or --input, not both")
        if output is None and queue is None:
            raise click.UsageError("--input needs --output, the file to write, or --queue, a page")
        if queue is not None:
            _check_queue(source, output, queue, force, text_column, date_column)
        if not quiet:
            _say_encoding(source)
        done: dict[str, Any] = {"input": source}
        if output is not None:
            done |= _score_file(
                source, output, quiet, text_column=text_column, jobs=jobs, evidence=evidence,
                force=force, strict=strict, model=model, step_of_more=queue is not None,
            )  # fmt: skip
        if queue is not None:
            done |= _write_queue(
                source, queue, quiet, model, text_column=text_column, date_column=date_column,
                limit=queue_limit, language=language, force=force, strict=strict, scored=output,
            )  # fmt: skip
            if output is not None:
                _forget(output)
        if form == "json":
            click.echo(json.dumps(done, ensure_ascii=False, indent=2))
        return
    if output or queue:
        raise click.UsageError("--output and --queue need --input, the file to score")
    scorer = _load(model)
    if text not in (None, "-"):
        _show(scorer.score(text), scorer, form)
        return
    if sys.stdin is None or (sys.stdin.isatty() and text is None):
        raise click.UsageError("give TEXT, --input FILE, or texts on standard input")
    lines = (line.rstrip("\r\n") for line in sys.stdin)
    try:
        for assessment in scorer.score_stream(lines, batch_size=256, evidence=evidence):
            if form == "json":
                click.echo(json.dumps(assessment.to_dict(), ensure_ascii=False))
            else:
                click.echo(_line(assessment))
    except BrokenPipeError:  # the reader of our output has gone
        _let_go()
        sys.exit(1)


def _say_encoding(source: str) -> None:
    from netralitas_nlp.integrations.tables import encoding_of

    if source.lower().endswith((".csv", ".tsv", ".jsonl", ".txt")) and os.path.isfile(source):
        try:
            encoding = encoding_of(source)
        except OSError as error:
            raise _bad(error) from None
        if encoding == "cp1252":
            click.echo(f"{source}: read as Windows-1252, it is no UTF-8", err=True)


def _forget(output: str) -> None:
    from netralitas_nlp.integrations.files import forget_run

    try:
        forget_run(output)
    except OSError as error:
        raise _bad(error) from None


def _score_file(
    source: str, output: str, quiet: bool, *, text_column: str, **options: Any
) -> dict[str, Any]:
    from netralitas_nlp.integrations.files import score_file
    from netralitas_nlp.integrations.progress import progress_bar
    from netralitas_nlp.integrations.tables import TableError, count_rows

    try:
        with progress_bar("scoring", quiet, lambda: count_rows(source, text_column)) as advance:
            rows = score_file(source, output, text_column=text_column, advance=advance, **options)
    except (TableError, FileExistsError, OSError) as error:
        raise _bad(error) from None
    except KeyboardInterrupt:
        raise _Bad(
            f"stopped; what was scored is kept, start the same command to go on with {output}"
        ) from None
    rejects = output + ".rejects.csv"
    left_out = rejects if os.path.exists(rejects) else None
    if left_out and not rows:
        if options["step_of_more"]:
            _forget(output)
        raise _Bad(f"{source}: no row of it could be read; {rejects} says why of each")
    if left_out:
        click.echo(f"{rejects}: rows that could not be read", err=True)
    if not quiet:
        click.echo(f"{output}: {rows:,} rows", err=True)
    return {"output": output, "rows": rows, "rejects": left_out}


def _check_queue(
    source: str,
    output: str | None,
    queue: str,
    force: bool,
    text_column: str,
    date_column: str | None,
) -> None:
    from netralitas_nlp.integrations.files import TableError
    from netralitas_nlp.integrations.queue import check_page

    try:
        if output is not None and os.path.abspath(output) == os.path.abspath(queue):
            raise TableError(f"{queue}: --output and --queue need two names")
        check_page(source, queue, force, text_column, date_column)
    except (TableError, FileExistsError, OSError) as error:
        raise _bad(error) from None


def _write_queue(
    source: str, queue: str, quiet: bool, model: str, *, text_column: str, **options: Any
) -> dict[str, Any]:
    from netralitas_nlp.integrations.progress import progress_bar
    from netralitas_nlp.integrations.queue import queue_file
    from netralitas_nlp.integrations.tables import TableError, count_rows

    try:
        with progress_bar("queue", quiet, lambda: count_rows(source, text_column)) as advance:
            made = queue_file(
                source, queue, _load(model), text_column=text_column, advance=advance, **options
            )
    except (TableError, FileExistsError, OSError) as error:
        raise _bad(error, queue) from None
    except KeyboardInterrupt:
        raise _Bad(f"stopped; {queue} is not written, start the same command to go on") from None
    if made.undated and not any(post.date for post in made.posts):
        click.echo(
            f"{queue}: no date in column {options['date_column']!r} could be read; write them like "
            "2024-11-27 or 27/11/2024", err=True,
        )  # fmt: skip
    if made.unread and options["scored"] is None:  # else they are in the file of rejects
        click.echo(f"{queue}: without {_named(made.unread_rows)} that could not be read; "
                   "--output also writes them with the reasons", err=True)  # fmt: skip
    if not quiet:
        click.echo(f"{queue}: {len(made.posts):,} of {made.total:,} texts, open it in a browser",
                   err=True)  # fmt: skip
    return {"queue": queue, "texts": made.total, "in_queue": len(made.posts),
            "unread": made.unread, "unread_rows": made.unread_rows}  # fmt: skip


def _named(rows: Sequence[int]) -> str:
    """Numbers of rows as a sentence can hold them."""
    shown = ", ".join(f"{row:,}" for row in rows[:_MOST_ROWS])
    more = f" and {len(rows) - _MOST_ROWS:,} more" if len(rows) > _MOST_ROWS else ""
    return f"row{'s' * (len(rows) > 1)} {shown}{more}"


def _line(assessment: Assessment) -> str:
    from netralitas_nlp.text import make_visible, mask_personal

    text = " ".join(make_visible(mask_personal(assessment.text)).split())
    return f"{assessment.probability:.3f}\t{assessment.verdict}\t{text}"


def _show(assessment: Assessment, scorer: Scorer, form: str) -> None:
    if form == "json":
        click.echo(json.dumps(assessment.to_dict(), ensure_ascii=False, indent=2))
        return
    from netralitas_nlp.integrations.terminal import render

    render(assessment, scorer.thresholds)


@main.command(short_help="Train a model on a table with texts and labels.")
@click.argument("labelled", type=click.Path())
@click.option("--text-column", metavar="COLUMN", help="Texts.  [default: guessed]")
@click.option("--label-column", metavar="COLUMN", help="Labels.  [default: guessed]")
@click.option("--positive-label", metavar="LABEL", help="Label whose probability is the score.  "
              "[default: partisan, else the last]")  # fmt: skip
@click.option("--signal-column", metavar="COLUMN", help="Signal names, separated by spaces.")
@click.option("--weight-column", metavar="COLUMN", help="Weight of each row.")
@click.option("--group-column", metavar="COLUMN", help="Rows of one group (a source, an account) "
              "stay on one side of a split.")  # fmt: skip
@click.option("--test", type=click.Path(), metavar="FILE", help="Table to measure on; nothing is "
              "learned from it.")  # fmt: skip
@click.option("--extend", metavar="MODEL", help="Learn on top of a model: bundled, or a folder.")
@click.option("--audit", type=click.Path(), metavar="FILE", help="Write what the audit found, one "
              "line for each finding, as CSV.")  # fmt: skip
@click.option(
    "--separator", metavar="CHARACTER", help="Of the table; \\t is a tab.  [default: guessed]"
)
@click.option("--encoding", metavar="NAME", help="Of the table.  [default: guessed]")
@click.option("--output", required=True, type=click.Path(), metavar="FOLDER",
              help="Folder of the new model.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a model that stands there.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0),
              help="Of folds and intervals.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help="Processes.  [default: one for each core]")
@click.option("--quiet", is_flag=True, help="No report and no progress bar.")
@_format_option
def train(
    labelled: str, output: str, separator: str | None, jobs: int | None, quiet: bool, form: str,
    **options: Any,
) -> None:  # fmt: skip
    """Train a model on LABELLED, a CSV or TSV file with texts and labels.

    Says what it took the file for and what is wrong with it, chooses settings by
    cross-validation, and writes the model with its card and its figures.

    \b
    netralitas train labelled.csv --output my-model
    netralitas train labelled.csv --label-column label --output my-model
    """  # noqa: D301
    from netralitas_nlp.integrations.progress import progress_bar
    from netralitas_nlp.training import TrainingDataError, train_from_csv

    audit, test = options["audit"], options["test"]
    if separator is not None:
        separator = separator.replace("\\t", "\t")
        if len(separator) != 1:
            raise click.UsageError(f"--separator is one character, not {separator!r}")
    try:
        if audit is not None:
            _check_writable(audit, [labelled, *filter(None, [test])], "--audit")
        with progress_bar("choosing settings", quiet) as advance:
            train_from_csv(
                labelled, output, separator=separator, jobs=jobs or os.cpu_count(),
                report=None if quiet or form == "json" else click.echo, progress=advance,
                **options,
            )  # fmt: skip
    except (TrainingDataError, OSError, ValueError) as error:
        raise _bad(error, output) from None
    except KeyboardInterrupt:
        raise _Bad(f"stopped; nothing was written to {output}") from None
    if form == "json":  # what the model's folder says of its data and its figures
        with open(os.path.join(output, "evaluation.json"), encoding="utf-8") as file:
            click.echo(file.read().rstrip())


@main.command(short_help="Measure a model on a table with texts and labels.")
@click.argument("labelled", type=click.Path())
@click.option("--text-column", default="teks", show_default=True, metavar="COLUMN", help="Texts.")
@click.option("--label-column", default="label", show_default=True, metavar="COLUMN",
              help="Labels.")  # fmt: skip
@click.option("--positive-label", metavar="LABEL",
              help="Label that is looked for; the model's own by default. May be a name that only "
              "the file uses, such as 1.")  # fmt: skip
@click.option("--baseline", "baselines", multiple=True, metavar="MODEL",
              help="Compare with a model, or majority, keyword, tfidf; repeatable.")  # fmt: skip
@click.option("--baseline-train", type=click.Path(), metavar="FILE",
              help="Table that tfidf and majority learn from; else LABELLED, by "
              "cross-validation (majority: by the shares of its labels).")  # fmt: skip
@click.option("--slice", "slices", multiple=True, metavar="COLUMN",
              help="Also report by this column; repeatable.")  # fmt: skip
@click.option(
    "--signal-column", metavar="COLUMN", help="Column with signal names, separated by spaces."
)
@click.option("--group-column", metavar="COLUMN", help="Source or writer of each row; the "
              "bootstrap draws whole groups.")  # fmt: skip
@click.option("--learning-curve", "learn", type=click.Path(), metavar="FILE",
              help="Also train on growing shares of this table.")  # fmt: skip
@click.option("--report", "page", type=click.Path(), metavar="FILE",
              help="Write the report as an HTML page.")  # fmt: skip
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True,
              help="Of the HTML page.")  # fmt: skip
@click.option("--suite", type=click.Path(), help="Behavioural suite to show in the HTML page.")
@click.option("--rounds", default=1000, show_default=True, type=click.IntRange(0),
              help="Bootstrap rounds behind the intervals; 0 for none.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0),
              help="Of the bootstrap.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress bar and no word of the page.")
@click.option("--format", "form", type=click.Choice(["table", "json", "text"]), default="table",
              show_default=True, help="Readable tables, or JSON for machines; text is "
              "table.")  # fmt: skip
@_model_option
def evaluate(
    labelled: str,
    text_column: str,
    label_column: str,
    positive_label: str | None,
    baselines: tuple[str, ...],
    baseline_train: str | None,
    slices: tuple[str, ...],
    signal_column: str | None,
    group_column: str | None,
    learn: str | None,
    page: str | None,
    language: str,
    suite: str | None,
    rounds: int,
    seed: int,
    quiet: bool,
    form: str,
    model: str,
) -> None:
    """Measure a model on LABELLED, a CSV or TSV file with texts and labels.

    Every figure comes with a 95 % interval, as a whole and for each slice.

    \b
    netralitas evaluate held_out.csv --model my-model
    netralitas evaluate held_out.csv --slice wilayah --report report.html
    """  # noqa: D301
    from dataclasses import replace

    from netralitas_nlp.evaluation import evaluate as measure
    from netralitas_nlp.evaluation import learning_curve, read_suite, run_checks
    from netralitas_nlp.evaluation.labels import RowError
    from netralitas_nlp.integrations.progress import progress_bar
    from netralitas_nlp.training import PartisanshipClassifier
    from netralitas_nlp.training.from_csv import read_labelled

    def table(path: str, *optional: str | None) -> Any:
        columns = [text_column, label_column, *filter(None, optional)]
        return read_labelled(path, columns, [label_column])

    def pair(frame: Any) -> tuple[list[str], list[str]]:
        return frame[text_column].tolist(), frame[label_column].str.strip().tolist()

    if suite is not None and page is None:
        raise click.UsageError("--suite is shown in the HTML page; give --report too")
    try:
        if page is not None:
            _check_writable(page, [labelled, *filter(None, (baseline_train, learn))])
            if not page.lower().endswith((".html", ".htm")):  # a mistyped name costs no table
                raise ValueError(f"{page}: the report is a page; end its name in .html")
        frame = table(labelled, *slices, signal_column, group_column)
        learned: Any = table(baseline_train) if baseline_train else None
        others = None if learned is None else pair(learned)
        train_on = pair(table(learn)) if learn else None
        scorer = _load(model)
        compared = _baselines(baselines)
        if suite is not None:
            read_suite(suite)
    except (ValueError, OSError) as error:
        raise _bad(error) from None
    texts, labels = pair(frame)
    try:
        with progress_bar("evaluating", quiet) as advance:
            report = measure(
                scorer,
                texts,
                labels,
                slices={name: frame[name].tolist() for name in slices},
                baseline=compared,
                baseline_train=others,
                signals=frame[signal_column].str.split().tolist() if signal_column else None,
                groups=frame[group_column].tolist() if group_column else None,
                positive=positive_label,
                rounds=rounds,
                seed=seed,
                progress=advance,
            )
    except RowError as error:
        path, rows = (baseline_train, learned) if error.of_baseline else (labelled, frame)
        row = int(rows.index[error.position])  # lines that hold nothing were left out
        raise _Bad(f"{path}, row {row:,}: {error.problem}") from None
    except ValueError as error:
        raise _Bad(f"{labelled}: {error}") from None
    try:
        if train_on is not None:
            with progress_bar("learning curve", quiet) as advance:
                positive = report.about["positive"]
                points = learning_curve(
                    PartisanshipClassifier(positive_label=positive), *train_on, texts, labels,
                    positive=positive, rounds=rounds, seed=seed, progress=advance,
                )  # fmt: skip
            report = replace(report, learning_curve=points)
    except ValueError as error:
        raise _Bad(f"{learn}: {error}") from None
    click.echo(report.to_json() if form == "json" else report.to_text())
    if page is not None:
        try:
            checks = run_checks(scorer, suite) if suite is not None else None
            report.write_html(page, checks, language)
        except (ValueError, OSError) as error:
            raise _bad(error, page) from None
        if not quiet:
            click.echo(f"{page}: report written", err=True)


def _check_writable(path: str, sources: list[str], option: str = "--report") -> None:
    """Refuse before the long work, not after it."""
    for source in sources:
        if os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
            raise ValueError(f"{path}: is read by this command; give {option} another name")
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.isdir(path):
        raise ValueError(f"{path}: is a folder; give {option} the name of a file")
    if not os.path.isdir(folder):
        raise ValueError(f"{path}: there is no folder {folder}")
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):
        raise ValueError(f"{path}: cannot be written")


def _baselines(names: tuple[str, ...]) -> dict[str, Any]:
    from netralitas_nlp.evaluation.baselines import BASELINES

    found: dict[str, Any] = {}
    for name in names:
        if name in BASELINES:
            found[name] = name
            continue
        short = os.path.basename(os.path.normpath(name))
        found[name if short in found or short in BASELINES else short] = _load(name)
    return found


@main.command(short_help="Check behaviour, robustness and fairness to every side.")
@click.option("--suite", type=click.Path(), metavar="PATH",
              help="Suite as CSV, or its folder.  [default: that of the library]")  # fmt: skip
@click.option("--kind", "kinds", multiple=True,
              type=click.Choice(["suite", "invariance", "direction", "parity"]),
              help="Run only this; repeatable.  [default: all that the suite holds]")  # fmt: skip
@click.option("--floors", type=click.Path(), metavar="FILE",
              help="Floors to hold.  [default: floors.json beside the suite]")  # fmt: skip
@click.option("--no-floors", is_flag=True, help="Only measure.")
@click.option("--raise-floors", is_flag=True, help="Write higher floors; none goes down.")
@click.option("--lower-floors", is_flag=True, help="Lower broken floors; needs --because.")
@click.option("--because", metavar="REASON", help="Why floors are lowered; kept in the file.")
@click.option("--seed", default=0, show_default=True, help="How texts are changed.")
@click.option("--worst", default=5, show_default=True, type=click.IntRange(0),
              help="Worst cases to show for each kind.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress bar.")
@_format_option
@_model_option
def check(
    suite: str | None, kinds: tuple[str, ...], floors: str | None, no_floors: bool,
    raise_floors: bool, lower_floors: bool, because: str | None, seed: int, worst: int,
    quiet: bool, form: str, model: str,
) -> None:  # fmt: skip
    """Check how a model behaves: suite, invariance, direction and side-swap parity.

    Exit status 1 when a floor is broken or a check matched no case.

    \b
    netralitas check
    netralitas check --suite my-suite.csv --model my-model --no-floors
    """  # noqa: D301
    if lower_floors != (because is not None):
        raise click.UsageError('floors are lowered with --lower-floors --because "REASON"')
    if raise_floors + lower_floors + no_floors > 1 or (no_floors and floors):
        raise click.UsageError("--raise-floors, --lower-floors and --no-floors exclude each other")
    from netralitas_nlp.evaluation import run_checks
    from netralitas_nlp.evaluation.checkfiles import shipped_checks
    from netralitas_nlp.integrations.progress import progress_bar

    try:
        suite = suite or shipped_checks()
        scorer = _load(model)
        if scorer.positive != "partisan":
            click.echo(
                f"{model} looks for {scorer.positive!r}, which the suite's partisan is taken for",
                err=True,
            )
        with progress_bar("checking", quiet) as advance:
            report = run_checks(scorer, suite, kinds or None, seed, advance)
        facts = report.to_dict(worst)
        because = because or ("" if lower_floors else None)
        path = None if no_floors else _floors_path(suite, floors, raise_floors or lower_floors)
        broken, notes = _hold_floors(report, path, raise_floors, because)
    except (ValueError, OSError) as error:
        raise _bad(error) from None
    if form == "json":
        click.echo(json.dumps({**facts, "broken": broken}, ensure_ascii=False, indent=2))
    else:
        click.echo(report.to_text(worst))
    for line in (*notes, *broken):
        click.echo(f"netralitas: {line}", err=True)
    if broken:
        sys.exit(1)


def _floors_path(suite: str, floors: str | None, change: bool) -> str | None:
    """The file of floors: the one named, or that of the suite's folder."""
    if floors is not None:
        return floors
    folder = suite if os.path.isdir(suite) else os.path.dirname(suite)
    path = os.path.join(folder, "floors.json")
    return path if change or os.path.exists(path) else None


def _hold_floors(
    report: CheckReport, path: str | None, up: bool, because: str | None
) -> tuple[list[str], list[str]]:
    """What is broken, and what was done to the file of floors."""
    from netralitas_nlp.evaluation import FloorError, Floors

    if path is None:
        return Floors.unmatched(report), []
    floors = Floors() if up and not os.path.exists(path) else Floors.read(path)
    if not up and because is None:
        return floors.broken(report), []
    try:
        new = floors.raised(report) if up else floors.lowered_for(report, because or "")
    except FloorError as error:
        return [*str(error).split("; "), f"{path} is left as it was"], []
    if new == floors:
        return new.broken(report), [f"{path}: nothing to change"]
    new.write(path)
    return new.broken(report), [f"{path}: written"]


@main.command(short_help="Write a text in standard spelling.")
@click.argument("text")
@_format_option
def normalize(text: str, form: str) -> None:
    """Write TEXT in standard spelling; personal numbers are masked."""
    from netralitas_nlp.text import Normalizer, mask_personal

    document = Normalizer().document(text)
    if form == "text":
        click.echo(mask_personal(document.normalized))
        return
    masked = mask_personal(text)
    tokens = [
        {
            "start": token.start, "end": token.end, "raw": masked[token.start : token.end],
            "norm": mask_personal(token.norm), "stem": mask_personal(token.stem),
            "kind": token.kind, "parts": list(token.parts),
        }
        for token in document.tokens
    ]  # fmt: skip
    click.echo(json.dumps({"text": masked, "tokens": tokens}, ensure_ascii=False, indent=2))


@main.command(short_help="Describe a model; explain the signals.")
@click.option("--signals", is_flag=True,
              help="Explain the six signals in both languages, with examples and the provisions "
              "they may touch.")  # fmt: skip
@_format_option
@_model_option
def info(signals: bool, form: str, model: str) -> None:
    """Describe the installed version, a model and the signals it reports."""
    if signals:
        _explain(form)
        return
    scorer = _load(model)
    facts = {
        "version": __version__,
        "model": scorer.info.get("name", model),
        "kind": scorer.info.get("kind", "fast"),
        "format": scorer.info.get("format"),
        "classes": scorer.classes_,
        "heads": list(scorer.model.heads),
        "signals": list(scorer.signals_),
        "thresholds": scorer.thresholds,
        "training": scorer.info.get("training", {}),
    }
    if form == "json":
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for name, value in facts.items():
        shown = value
        if isinstance(value, dict):
            shown = ", ".join(f"{k} {v}" for k, v in value.items())
        elif isinstance(value, list):
            shown = ", ".join(map(str, value)) or "none"
        click.echo(f"{name:11} {shown}")


def _explain(form: str) -> None:
    from netralitas_nlp.integrations.signals import signals_dict, signals_text

    if form == "json":
        click.echo(json.dumps(signals_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo(signals_text())


@main.command(short_help="Print what a shell needs to complete commands.")
@click.argument("shell", type=click.Choice(["bash", "fish", "zsh"]))
def completion(shell: str) -> None:
    """Print what SHELL needs to complete commands, options and file names.

    \b
    bash: add to ~/.bashrc                  eval "$(netralitas completion bash)"
    zsh:  add to ~/.zshrc                   eval "$(netralitas completion zsh)"
    fish: add to ~/.config/fish/config.fish netralitas completion fish | source
    """  # noqa: D301
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, shell
    click.echo(found(main, {}, "netralitas", "_NETRALITAS_COMPLETE").source())


@main.group(cls=_Group)
def data() -> None:
    """Work on the project's own data."""


@data.command(short_help="Join the published labels with copies of their sources.")
@click.option("--from", "folder", required=True, metavar="DIR", type=click.Path(),
              help="Copies of the public repositories, as DIR/owner/name or DIR/name.")  # fmt: skip
@click.option("--output", required=True, metavar="FILE", type=click.Path(), help="CSV to write.")
@click.option("--annotations", default="data/annotations", show_default=True, metavar="DIR",
              type=click.Path(), help="Folder with the labels and sources.csv.")  # fmt: skip
@click.option("--split", type=click.Choice(["train", "dev", "pool"]), default="train",
              show_default=True, help="Which of the label files.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace an output that stands there.")
@click.option("--quiet", is_flag=True, help="Say nothing.")
@_format_option
def rebuild(
    folder: str, output: str, annotations: str, split: str, force: bool, quiet: bool, form: str
) -> None:
    """Join the published labels with texts found in copies of their sources."""
    from netralitas_nlp.training import TrainingDataError
    from netralitas_nlp.training.rebuild import rebuild as join

    labels = os.path.join(annotations, f"{split}.csv")
    sources = os.path.join(annotations, "sources.csv")
    try:
        said = None if quiet or form == "json" else click.echo
        found = join(labels, sources, folder, output, force=force, report=said)
    except (TrainingDataError, OSError, ValueError) as error:
        raise _bad(error, output) from None
    if form == "json":
        sources_found = [item._asdict() for item in found]
        click.echo(json.dumps({"output": output, "sources": sources_found}, indent=2))


if __name__ == "__main__":
    main()
