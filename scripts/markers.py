"""Puts printed tables between the markers of a page."""

from __future__ import annotations

from pathlib import Path

__all__ = ["between_markers", "write_between"]


def between_markers(text: str, name: str, body: str) -> str:
    """A page with `body` between ``<!-- name -->`` and ``<!-- /name -->``.

    Raises
    ------
    ValueError
        If the page does not have each marker once, in this order.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if text.count(start) != 1 or text.count(end) != 1 or text.index(start) > text.index(end):
        raise ValueError(f"the page needs one {start} and, after it, one {end}")
    before, rest = text.split(start)
    return f"{before}{start}\n\n{body.strip()}\n\n{end}{rest.split(end)[1]}"


def write_between(page: Path, name: str, body: str) -> None:
    """Renew a page in place; errors as in `between_markers`, naming the page."""
    try:
        text = between_markers(page.read_text(encoding="utf-8"), name, body)
    except ValueError as error:
        raise SystemExit(f"{page}: {error}") from None
    page.write_text(text, encoding="utf-8")
