"""Runs the network of the careful reader: the only place that knows onnxruntime."""

from __future__ import annotations

import os
import threading
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.errors import MissingExtraError
from netralitas_nlp.model.network import read_network, sizes_of

__all__ = ["Encoder", "need_runtime"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_QUIET = 3  # of onnxruntime's log: errors only


def need_runtime() -> None:
    """Say at once, and not at the first text, what is missing.

    Raises
    ------
    MissingExtraError
        Without onnxruntime.
    """
    if find_spec("onnxruntime") is None:
        raise MissingExtraError(
            "the careful reader needs onnxruntime: pip install 'netralitas-nlp[careful]'"
        )


class Encoder:
    """A network and, in each process that uses it, a session of one thread.

    Parameters
    ----------
    data : bytes
        A network file, as `netralitas_nlp.model.network.write_network` writes it.

    Raises
    ------
    NetworkError
        If it is anything else.
    """

    def __init__(self, data: bytes):
        self.sizes = sizes_of(read_network(data))
        self._data = data
        self._forget()

    def _forget(self) -> None:
        self._session: tuple[int, Any] | None = None
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"sizes": self.sizes, "_data": self._data}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget()

    def _ready(self) -> Any:
        """The session of this process; a forked one makes its own."""
        process = os.getpid()
        ready = self._session
        if ready is None or ready[0] != process:
            if ready is not None and ready[0] != process:
                self._lock = threading.Lock()  # another thread may have held it when we forked
            with self._lock:
                ready = self._session
                if ready is None or ready[0] != process:
                    ready = self._session = process, _session(self._data)
        return ready[1]

    def run(self, ids: IntArray) -> FloatArray:
        """Read one window.

        Parameters
        ----------
        ids : ndarray of int64 of shape (n,)

        Returns
        -------
        ndarray of shape (n_heads,)
            Logits.
        """
        [logits] = self._ready().run(["logits"], {"ids": ids})
        return np.asarray(logits[0], dtype=np.float64)


def _session(data: bytes) -> Any:
    need_runtime()
    import onnxruntime

    onnxruntime.set_default_logger_severity(_QUIET)
    silence = getattr(onnxruntime, "disable_telemetry_events", None)
    if silence is not None:  # builds for Windows can report home
        silence()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _QUIET
    options.use_deterministic_compute = True
    options.enable_mem_pattern = False  # every length of a text would leave a pattern of its own
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
