"""Labelled texts to a model; scikit-learn lives here and in evaluation only."""

from netralitas_nlp.training.classifier import PartisanshipClassifier
from netralitas_nlp.training.from_csv import TrainingDataError, train_from_csv

__all__ = ["PartisanshipClassifier", "TrainingDataError", "train_from_csv"]
