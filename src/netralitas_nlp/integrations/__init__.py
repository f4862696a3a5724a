"""Files, terminals, frames: where the library meets other tools."""
