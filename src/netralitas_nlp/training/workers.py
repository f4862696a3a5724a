"""Processes for the folds, started so that an interruption reaches them through their parent."""

from __future__ import annotations

import signal

from joblib import Parallel, delayed
from joblib.externals.loky.backend import resource_tracker

__all__ = ["start_workers"]


def start_workers(jobs: int | None) -> None:
    """Start the processes that `joblib` will use, deaf to Ctrl-C.

    A terminal sends Ctrl-C to every process at once, and one that is just starting answers with
    pages of its own; the parent ends them anyway.

    Parameters
    ----------
    jobs : int, optional
        Nothing is started for one.
    """
    if jobs in (None, 1) or not hasattr(signal, "pthread_sigmask"):
        return
    resource_tracker.ensure_running()  # it sets the mask of this thread, so it must come first
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        Parallel(jobs)(delayed(int)() for _ in range(2))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
