"""A progress bar for long work, silent where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(
    title: str, quiet: bool = False, count: Callable[[], int] | None = None
) -> Iterator[Callable[[int, int | None], None]]:
    """Show progress and the time left on stderr.

    Parameters
    ----------
    title : str
    quiet : bool
        Show nothing.
    count : callable, optional
        Counts what there is to do, for work that does not know; only called where somebody
        watches.

    Yields
    ------
    callable
        ``advance(done, total)``; `total` is None where it is unknown.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=None)
        counted = count() if count is not None else None
        progress.update(task, total=counted)
        yield lambda done, total: progress.update(task, completed=done, total=total or counted)
