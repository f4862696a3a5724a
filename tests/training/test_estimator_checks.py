"""scikit-learn's own checks.

Its suite feeds numeric tables, so for an estimator of texts it runs only the checks that need no
data and warns (`SkipTestWarning`) about the rest. The rest is run here too, on a subclass that
writes each row of numbers as words before it hands it on; what is skipped there is explained.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from netralitas_nlp.features.stream import CueIndex
from netralitas_nlp.text import Normalizer
from netralitas_nlp.training import PartisanshipClassifier

with warnings.catch_warnings():
    # "Can't test estimator which requires input of type string": see the docstring above
    warnings.simplefilter("ignore", SkipTestWarning)
    _on_texts = parametrize_with_checks([PartisanshipClassifier()])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@_on_texts
def test_checks_on_texts(estimator, check):
    check(estimator)


_WITHOUT_DATA = (
    "check_parameters_default_constructible",
    "check_no_attributes_set_in_init",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_get_params_invariance",
    "check_set_params",
    "check_valid_tag_types",
    "check_mixin_order",
    "check_estimator_tags_renamed",
)


@pytest.mark.parametrize("name", _WITHOUT_DATA)
def test_checks_without_data(name):
    check = getattr(estimator_checks, name, None)
    if check is None:
        pytest.skip(f"this release of scikit-learn has no {name}")
    check("PartisanshipClassifier", PartisanshipClassifier())


class WordsOfNumbers(PartisanshipClassifier):
    """Writes each row as words, one for each column and value, so that numbers can be checked."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = False
        tags.input_tags.one_d_array = False
        tags.input_tags.two_d_array = True
        return tags

    def fit(self, X, y, sample_weight=None):
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        return super().fit(self._words(X), y, sample_weight)

    def predict(self, X):
        check_is_fitted(self)
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def predict_proba(self, X):
        check_is_fitted(self)
        return super().predict_proba(self._words(validate_data(self, X, reset=False)))

    def decision_function(self, X):
        check_is_fitted(self)
        return super().decision_function(self._words(validate_data(self, X, reset=False)))

    @staticmethod
    def _words(X):
        letters = "abcdefghijklmnopqrstuvwxyz"
        level = np.clip(np.floor(X * 2) + 13, 0, 25).astype(int)
        return [
            " ".join(
                f"q{letters[j % 26]}{letters[j // 26 % 26]}x{letters[v]}{letters[v]}"
                for j, v in enumerate(row)
            )
            for row in level
        ]


_SKIPPED = {
    "check_sample_weight_equivalence_on_dense_data":
        "a row of weight 0 or 2 still counts once for document frequencies and for the folds",
    "check_sample_weight_equivalence_on_sparse_data": "texts are no sparse matrix",
    "check_fit2d_1sample": "one text is refused for its one class, in other words",
    "check_non_transformer_estimators_n_iter":
        "max_iter bounds several regressions, so there is no single n_iter_ (reported)",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def quick():
    """One thread, and the word lists compiled once: every fit compiles the same ones."""
    compiled = CueIndex.compile(Normalizer())
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        patch.setattr(CueIndex, "compile", staticmethod(lambda normalizer, names=False: compiled))
        yield


@parametrize_with_checks(
    [WordsOfNumbers(folds=2, gram_range=(6, 6), C=0.5, vectors=0.0)],
    expected_failed_checks=lambda estimator: _SKIPPED,
)
def test_checks_on_numbers_as_words(estimator, check):
    check(estimator)
