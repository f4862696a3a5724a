"""Raw string to `Document`: Unicode repair, tokens with offsets, slang, leet, stems."""

from netralitas_nlp.text.document import Document, Token
from netralitas_nlp.text.masking import mask_personal
from netralitas_nlp.text.normalizer import Normalizer
from netralitas_nlp.text.stemmer import Stemmer

__all__ = ["Document", "Normalizer", "Stemmer", "Token", "mask_personal"]
