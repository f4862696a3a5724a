"""The apostrophe that keeps a spreadsheet from running a cell as a formula."""

from __future__ import annotations

import re

__all__ = ["protected", "unprotected"]

# Cells that start like this are run; the wide signs are for Asian keyboards. An apostrophe before
# such a sign counts too, so that what is put before a cell is exactly what is taken off again.
_SIGN = "[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_RUN = re.compile(f"'*{_SIGN}")
_KEPT = re.compile(f"'+{_SIGN}")


def protected(text: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> [protected(text) for text in ("=1+1", "'=1+1", "'halo'")]
    ["'=1+1", "''=1+1", "'halo'"]
    """
    # nearly every cell begins with a letter or digit, which is no sign: half the time
    return "'" + text if not text[:1].isalnum() and _RUN.match(text) else text


def unprotected(cell: str) -> str:
    """Take off the apostrophe that `protected`, or the export of another tool, put before a cell.

    Nothing tells the two from an apostrophe that a writer typed before such a sign. That is rare,
    and `protected` gives it back.

    Parameters
    ----------
    cell : str

    Returns
    -------
    str

    Examples
    --------
    >>> [unprotected(cell) for cell in ("'=1+1", "''=1+1", "'halo'")]
    ['=1+1', "'=1+1", "'halo'"]
    """
    return cell[1:] if cell.startswith("'") and _KEPT.match(cell) else cell
