"""What an interrupted run leaves behind, and how the next one goes on with it.

Rows go to ``OUTPUT.part`` and ``OUTPUT.rejects.csv.part``. After every batch both are on disk, and
then a checkpoint says how many rows of which input and how many bytes of each file that is. What
lies behind those bytes is a torn batch and is cut off. When all is written the checkpoint says so
before the first file is renamed: a run that is killed between two renames is finished by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from typing import NamedTuple

from netralitas_nlp import __version__
from netralitas_nlp.integrations.tables import TableError
from netralitas_nlp.model.scorer import Scorer

__all__ = ["Checkpoint", "SideFile", "State", "run_key"]

_AS_IT_IS = getattr(os, "O_BINARY", 0)  # else Windows writes two bytes for each end of line


def run_key(path: str, scorer: Scorer, *settings: object) -> str:
    """What a run scores, with what: two runs of one key write the same bytes.

    Parameters
    ----------
    path : str
        The source; its size and its time of change count, not its content.
    scorer : Scorer
    *settings : object
        Whatever else decides what is written.

    Returns
    -------
    str
    """
    status = os.stat(path)
    facts = (
        __version__,
        os.path.abspath(path),
        status.st_size,
        status.st_mtime_ns,
        json.dumps(scorer.info, sort_keys=True, default=str),
        *settings,
    )
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()


class State(NamedTuple):
    """How far a run came.

    Attributes
    ----------
    seen, rows : int
        Rows that were read, and those among them that could be scored.
    sizes : tuple of int
        Bytes of each file that are safely on disk.
    whole : bool
        Whether that is all of it.
    """

    seen: int = 0
    rows: int = 0
    sizes: tuple[int, ...] = (0, 0)
    whole: bool = False


class SideFile:
    """A file that grows beside its target and is renamed when it is whole.

    Parameters
    ----------
    target : str
    size : int
        Bytes of it that a checkpoint vouches for.
    """

    def __init__(self, target: str, size: int):
        self.target, self.path = target, target + ".part"
        self._size = size
        # opened without cutting: another run may be writing it
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | _AS_IT_IS, 0o666)

    def lock(self) -> None:
        """Keep other runs away.

        Raises
        ------
        TableError
            If one is writing it.
        """
        try:
            import fcntl
        except ImportError:  # pragma: no cover - not on Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise TableError(f"{self.path}: another run is writing it; wait for its end") from None

    def begin(self) -> None:
        """Cut off what no checkpoint vouches for."""
        os.ftruncate(self._file, self._size)
        os.lseek(self._file, self._size, os.SEEK_SET)

    def write(self, data: bytes) -> None:
        """Put bytes behind the last ones."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        self._size += len(data)

    @property
    def size(self) -> int:
        """Bytes that were written, by this run and the one it goes on with."""
        return self._size

    def sync(self) -> None:
        """Wait until the disk has it."""
        os.fsync(self._file)

    def close(self) -> None:
        """Let go of it, if that was not done before; what is written stays."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Checkpoint:
    """The note of a run beside its output.

    Parameters
    ----------
    targets : sequence of str
        The files that the run is to leave.
    key : str
        See `run_key`; the note of another run is not used.
    """

    def __init__(self, targets: Sequence[str], key: str = ""):
        self.targets = tuple(targets)
        self.key = key
        self.path = self.targets[0] + ".part.json"

    def read(self) -> State:
        """How far an earlier run of this key came; nowhere if there was none."""
        try:
            with open(self.path, encoding="utf-8") as file:
                found = json.load(file)
            sizes = tuple(int(size) for size in found["bytes"])
            state = State(int(found["seen"]), int(found["rows"]), sizes, found["whole"] is True)
            if found["key"] != self.key or len(sizes) != len(self.targets) or min(sizes) < 0:
                return State()
            if state.whole:
                return state
            there = [os.path.getsize(target + ".part") for target in self.targets]
            return state if all(a >= b for a, b in zip(there, sizes, strict=True)) else State()
        except (OSError, ValueError, KeyError, TypeError):
            return State()

    def write(self, state: State) -> None:
        """Replace the note in one step."""
        note = {"key": self.key, "seen": state.seen, "rows": state.rows, "whole": state.whole}
        new = self.path + ".new"
        with open(new, "w", encoding="utf-8") as file:
            json.dump(note | {"bytes": state.sizes}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path)

    def finish(self, state: State) -> None:
        """Put every file in its place; without content only the first one is left."""
        for number, (target, size) in enumerate(zip(self.targets, state.sizes, strict=True)):
            part = target + ".part"
            if number and not size:
                for path in (part, target):  # the target is of an earlier output
                    if os.path.exists(path):
                        os.remove(path)
            elif os.path.exists(part):
                os.replace(part, target)

    def forget(self) -> None:
        """The run is over, and so is its note."""
        os.remove(self.path)
