"""Files, terminals, frames, notebooks, pages: where the library meets other tools."""

from netralitas_nlp.integrations.display import Readings, show

__all__ = ["Readings", "show"]
