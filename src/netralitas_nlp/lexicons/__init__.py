"""Word lists and gazetteers: reviewed TSV files, one loader, one validator."""

from netralitas_nlp.lexicons.loader import (
    CUE_FILES,
    LEXICONS,
    Lexicon,
    LexiconError,
    read_table,
    validate,
)

__all__ = ["CUE_FILES", "LEXICONS", "Lexicon", "LexiconError", "read_table", "validate"]
