"""The root words of Sastrawi's dictionary, as a set."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec

__all__ = ["root_words"]


@lru_cache(maxsize=1)
def root_words() -> frozenset[str]:
    """Return Sastrawi's root words; the package is read as data, none of its code runs.

    Returns
    -------
    frozenset of str
        About 30,000 lower-case words.

    Examples
    --------
    >>> "dukung" in root_words()
    True
    """
    spec = find_spec("Sastrawi")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("Sastrawi is missing; install it with: pip install Sastrawi")
    folder = os.path.join(os.path.dirname(spec.origin), "Stemmer", "data")
    with open(os.path.join(folder, "kata-dasar.txt"), encoding="utf-8") as file:
        return frozenset(filter(None, file.read().split("\n")))
