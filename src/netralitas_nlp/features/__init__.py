"""Documents to named features: n-grams and cues with scope."""

from netralitas_nlp.features.extractor import FeatureExtractor

__all__ = ["FeatureExtractor"]
