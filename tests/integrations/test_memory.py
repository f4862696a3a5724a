"""The short form of `benchmarks/memory.py`."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(scope="module")
def memory(root):
    sys.path.insert(0, str(root / "benchmarks"))
    try:
        import memory
    finally:
        sys.path.pop(0)
    return memory


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("way", ["_STREAM", "_CHUNKS"])
def test_new_words_fill_no_memory(memory, tmp_path, way):
    """Both tables are past the 100,000 words that are remembered at most."""
    peaks = []
    for rows in (12_000, 25_000):
        path = tmp_path / f"{rows}.csv"
        memory.write_words(path, rows)
        peaks.append(memory.peak(getattr(memory, way), rows, path))
    assert peaks[1] < 1.1 * peaks[0], peaks
    assert peaks[1] < 350
