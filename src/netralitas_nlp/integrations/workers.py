"""Batches of rows scored in several processes, in their order."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, NamedTuple

from netralitas_nlp.integrations.tables import Reject, Row, TableError

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Batch", "finished"]

Work = Callable[[list[Row]], bytes]

_AHEAD = 2  # batches that wait for each other process, so that none is ever idle


class Batch(NamedTuple):
    """Rows that were read, and those among them that could not be."""

    seen: int
    rows: list[Row]
    rejects: list[Reject]


_work: Work | None = None  # of a worker process


def _begin(work: Work, parent: int) -> None:
    """Start of a worker: Ctrl-C is the parent's business, and no worker outlives it."""
    global _work  # noqa: PLW0603
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _do(rows: list[Row]) -> bytes:
    assert _work is not None
    return _work(rows)


def finished(
    batches: Iterable[Batch], work: Work, jobs: int
) -> Generator[tuple[Batch, bytes], None, None]:
    """Score batches.

    This process reads, writes, and scores whatever the others are too busy for.

    Parameters
    ----------
    batches : iterable of Batch
        Read no further ahead than the processes need.
    work : callable
        What makes bytes of the rows of a batch; must survive pickling where processes cannot fork.
    jobs : int
        Processes, this one included.

    Yields
    ------
    tuple of Batch and bytes
        In the order of the batches.

    Raises
    ------
    TableError
        If another process was killed.
    """
    batches = iter(batches)
    first = list(itertools.islice(batches, 2))
    batches = itertools.chain(first, batches)
    if jobs == 1 or len(first) < 2:
        for batch in batches:
            yield batch, work(batch.rows)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # A forked worker has the model already. It is asked at once: were it to wait until this
    # process had met the common words, it would wait longer than it takes to meet them itself.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPoolExecutor(
        jobs - 1,
        mp_context=multiprocessing.get_context(method),
        initializer=_begin,
        initargs=(work, os.getpid()),
    )
    waiting: deque[tuple[Batch, Future[bytes] | bytes]] = deque()

    def busy() -> int:
        return sum(not isinstance(item, bytes) and not item.done() for _, item in waiting)

    def result(item: Future[bytes] | bytes) -> bytes:
        return item if isinstance(item, bytes) else item.result()

    try:
        for batch in batches:
            if busy() >= _AHEAD * (jobs - 1):
                waiting.append((batch, work(batch.rows)))
            else:
                with warnings.catch_warnings():  # Python warns of threads; workers use none of them
                    warnings.simplefilter("ignore", DeprecationWarning)
                    waiting.append((batch, pool.submit(_do, batch.rows)))
            while waiting:
                oldest, item = waiting[0]
                if len(waiting) <= 4 * jobs and not isinstance(item, bytes) and not item.done():
                    break
                waiting.popleft()
                yield oldest, result(item)
        while waiting:
            oldest, item = waiting.popleft()
            yield oldest, result(item)
    except BrokenProcessPool:
        raise TableError(
            "a worker process was killed; what was scored is kept, start the same command again, "
            "with fewer --jobs if memory ran out"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
