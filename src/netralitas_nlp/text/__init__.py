"""Raw string to `Document`: Unicode repair, tokens with offsets, slang, leet, stems."""

from netralitas_nlp.text.document import Document, Token
from netralitas_nlp.text.masking import mask_personal
from netralitas_nlp.text.normalizer import Normalizer
from netralitas_nlp.text.stemmer import Stemmer
from netralitas_nlp.text.visible import make_visible

__all__ = ["Document", "Normalizer", "Stemmer", "Token", "make_visible", "mask_personal"]
