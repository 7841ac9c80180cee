"""What the classifiers share: a scikit-learn estimator that decides by ``W . phi(x) + b``."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted

from stancekit.actors import Catalogue
from stancekit.calibration import FlagCalibration, SoftmaxCalibration, labels_given
from stancekit.classifiers.checking import check_folds, check_groups, check_weights
from stancekit.classifiers.counting import Counts, count_rows
from stancekit.classifiers.folding import Fold, grouped_folds
from stancekit.classifiers.solving import FULL, QUICK, fit_flags, weighed, weighed_apart
from stancekit.errors import InputError
from stancekit.features import Masker, SentenceVectorizer, Template
from stancekit.features.vectorizer import Vectorizer

__all__ = ["LinearClassifier"]

# From so many rows on, held-out decision values are solved for as in a search, and thresholds are chosen: of fewer rows
# they would follow chance.
MANY_ROWS = 1000


class LinearClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """What the classifiers share: fit on masked phrases, calibrate by grouped cross-validation, decide linearly.

    Attributes
    ----------
    vectorizer_class : type
        What makes features of the rows.
    """

    vectorizer_class: type[Vectorizer] = SentenceVectorizer

    def __init__(
        self,
        *,
        C: float = 1.0,
        templates: Sequence[Template] | None = None,
        min_df: int = 2,
        class_weight: dict[Any, float] | str | None = None,
        calibration_folds: int = 5,
        max_iter: int = 1000,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.C = C
        self.templates = templates
        self.min_df = min_df
        self.class_weight = class_weight
        self.calibration_folds = calibration_folds
        self.max_iter = max_iter
        self.catalogue = catalogue

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:
        """Learn from labelled rows.

        Parameters
        ----------
        X : see the class
            At least two rows. Rows of one article, told by a column ``article_id`` if X is a frame that has one, stay
            together when probabilities are calibrated; without it, rows of one text do.
        y : array-like of shape (n,)
            Labels; for framing of shape (n, 2), integers 0 and 1.
        sample_weight : array-like of shape (n,), optional
            Weights of the rows, none negative.
        groups : array-like of shape (n,), optional
            What stays together instead of articles.

        Returns
        -------
        self
            The fitted classifier.

        Raises
        ------
        InputError
            If X or y cannot be used; the message names the row.
        """
        counts = self.count(X)
        return self.fit_counts(counts, y, sample_weight, check_groups(X, groups, counts.matrix.shape[0]))

    def count(self, X: Any, *, jobs: int = 1) -> Counts:
        """Count all phrases of labelled rows once, for any number of fits on them.

        Parameters
        ----------
        X : see the class
            Any number of rows.
        jobs : int, default 1
            Processes.

        Returns
        -------
        Counts
            Term weights of phrases that stand in ``min_df`` rows or more.
        """
        self._prepare()
        return count_rows(self.vectorizer_, X, jobs=jobs)

    def fit_counts(
        self,
        counts: Counts,
        y: Any,
        sample_weight: Any,
        groups: Any,
        *,
        decisions: np.ndarray | None = None,
        jobs: int = 1,
    ) -> Self:
        """Learn from rows that have been counted: what :meth:`fit` does after counting.

        Parameters
        ----------
        counts : Counts
            From :meth:`count` of a classifier with the same templates.
        y : array-like
            As for :meth:`fit`.
        sample_weight : array-like of shape (n,) or None
            Weights of the rows.
        groups : array-like of shape (n,)
            What stays together in calibration.
        decisions : ndarray of shape (n, width), optional
            Decision values of held-out rows, from :meth:`held_out`, to calibrate with; made here by default.
        jobs : int, default 1
            Processes.

        Returns
        -------
        self
            The fitted classifier.
        """
        if not hasattr(self, "vectorizer_"):
            self._prepare()
        check_folds(self.calibration_folds)
        n = counts.matrix.shape[0]
        target = self._check_y(y, n)
        weights = check_weights(sample_weight, n)
        if decisions is None:
            decisions = np.full((n, self._width()), np.nan)
            for train, test in self._folds(target, check_groups(None, groups, n), weights):
                inner = self._inner()
                matrix, columns = weighed(inner, counts, train)
                # Of many rows the calibration asks for some hundredths at most, and whole solving takes minutes.
                solving = QUICK if len(train) >= MANY_ROWS else FULL
                coef, intercept = self._fit_linear(matrix, target[train], weights[train], solving)
                decisions[test] = weighed_apart(inner, counts, test, columns) @ coef.T + intercept
        matrix, columns = weighed(self.vectorizer_, counts)
        self.coef_, self.intercept_ = self._fit_linear(matrix, target, weights, jobs=jobs)
        # Phrases as Python's strings need the room that the features took.
        del matrix
        self.vectorizer_.features_ = counts.keys(columns)
        self.vectorizer_.index()
        self.calibration_ = self._calibrate(decisions, target, weights)
        return self

    def held_out(
        self, counts: Counts, y: Any, sample_weight: Any, fold: Fold, variants: Sequence["LinearClassifier"]
    ) -> list[np.ndarray]:
        """Give decision values of held-out rows for several classifiers that weigh the same features.

        They are solved to a coarser tolerance than :meth:`fit`'s, by coordinate descent on the dual problem: decision
        values differ by some hundredths, in a fraction of the time.

        Parameters
        ----------
        counts : Counts
            From :meth:`count`.
        y : array-like
            As for :meth:`fit`.
        sample_weight : array-like of shape (n,) or None
            Weights of the rows.
        fold : (ndarray of int, ndarray of int)
            Rows to learn from and rows to hold out.
        variants : sequence of classifiers
            With the same templates and ``min_df``; ``C`` and ``class_weight`` may differ.

        Returns
        -------
        list of ndarray of shape (n_test, width)
            One per variant.
        """
        n = counts.matrix.shape[0]
        target = self._check_y(y, n)
        weights = check_weights(sample_weight, n)
        train, test = fold
        inner = self._inner()
        matrix, columns = weighed(inner, counts, train)
        others = weighed_apart(inner, counts, test, columns)
        found = []
        for variant in variants:
            variant.classes_ = self.classes_
            coef, intercept = variant._fit_linear(matrix, target[train], weights[train], QUICK)  # noqa: SLF001 - its own class
            found.append(np.asarray(others @ coef.T + intercept))
        return found

    def calibrated(
        self, decisions: np.ndarray, y: Any, sample_weight: Any, rows: np.ndarray, others: np.ndarray
    ) -> np.ndarray:
        """Turn held-out decision values of some rows to probabilities with the help of others.

        Parameters
        ----------
        decisions : ndarray of shape (n, width)
            From :meth:`held_out`, of all rows.
        y : array-like
            As for :meth:`fit`.
        sample_weight : array-like of shape (n,) or None
            Weights of the rows.
        rows : ndarray of int
            Whose probabilities are asked for.
        others : ndarray of int
            Which rows to calibrate on.

        Returns
        -------
        ndarray of shape (len(rows), n_classes)
            Probabilities.
        """
        target = self._check_y(y, len(decisions))
        weights = check_weights(sample_weight, len(decisions))
        self.calibration_ = self._calibrate(decisions[others], target[others], weights[others])
        return self._probabilities(decisions[rows])

    def decision_function(self, X: Any) -> np.ndarray:
        """Give the decision values ``W . phi(x) + b``, before calibration.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of shape (n, n_classes), or (n,) for two classes
            In the order of ``classes_``; for two classes, the value of the second.
        """
        decisions = self._decide(self._transform(X))
        return decisions[:, 0] if decisions.shape[1] == 1 else decisions

    def predict_proba(self, X: Any) -> np.ndarray:
        """Give calibrated probabilities.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of shape (n, n_classes)
            In the order of ``classes_``; rows sum to 1.
        """
        return self._probabilities(self._decide(self._transform(X)))

    def predict(self, X: Any) -> np.ndarray:
        """Give the label of each row: the one whose probability is highest, measured by :attr:`thresholds_`.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of shape (n,)
            Of the dtype of ``classes_``.
        """
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[labels_given(proba, self.thresholds_)])

    def known_terms(self, X: Any) -> np.ndarray:
        """Count each row's words that the model has learnt about; where it is 0, the probabilities are the prior.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of int, shape (n,)
            Function words, punctuation and masked names do not count.
        """
        check_is_fitted(self, "coef_")
        return self.vectorizer_.known_terms(X)

    @property
    def thresholds_(self) -> np.ndarray:
        """What each class's probability is measured by when a label is chosen, shape (n_classes,).

        All 1 where probabilities were not calibrated, of two classes, or of fewer than a thousand rows; otherwise those
        with the highest macro-F1 on held-out rows, so that a rare label is said where it is likely, not only where it
        is likeliest.
        """
        check_is_fitted(self, "coef_")
        threshold = getattr(self.calibration_, "threshold", None)
        return np.ones(len(self.classes_)) if threshold is None or self._width() == 1 else np.asarray(threshold)

    def assess(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Give probabilities and known terms together, for less than the price of both.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        proba : ndarray of shape (n, n_classes)
            As of :meth:`predict_proba`.
        known : ndarray of int, shape (n,)
            As of :meth:`known_terms`.
        """
        check_is_fitted(self, "coef_")
        matrix, known = self.vectorizer_.assess(X)
        return self._probabilities(self._decide(matrix)), known

    def probabilities(self, decisions: np.ndarray) -> np.ndarray:
        """Turn decision values to calibrated probabilities.

        Parameters
        ----------
        decisions : ndarray of shape (n, width)
            One column per class, for two classes one, for flags one each.

        Returns
        -------
        ndarray of shape (n, n_classes)
            As of :meth:`predict_proba`.
        """
        check_is_fitted(self, "coef_")
        return self._probabilities(decisions)

    def masking(self, catalogue: Catalogue) -> Self:
        """Give a copy that masks a catalogue's names, too, such as those of a user's own actors.

        Parameters
        ----------
        catalogue : Catalogue
            Its entries win over those whose names the classifier masks already.

        Returns
        -------
        LinearClassifier
            Of the same class; this one is left as it is.
        """
        check_is_fitted(self, "coef_")
        copied, vectorizer = copy.copy(self), copy.copy(self.vectorizer_)
        masker = vectorizer.masker_
        vectorizer.masker_ = Masker(masker.matcher.catalogue.extended(catalogue), masker.words)
        copied.vectorizer_ = vectorizer
        return copied

    # -- the parts in which flags differ -------------------------------------------------------------------------------

    def _check_y(self, y: Any, n: int) -> np.ndarray:
        labels = np.asarray(y)
        if labels.ndim != 1 or len(labels) != n:
            raise InputError(f"y must hold one label per row of X: {n} rows, got an array of shape {labels.shape}")
        missing = pd.isna(labels)
        if missing.any():
            raise InputError(f"y has no label in row {int(np.argmax(missing))}; drop the rows without a label")
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError(
                f"y needs at least two different labels, got only {self.classes_[0]!r}"
                if n
                else "y is empty: nothing to fit on"
            )
        return np.asarray(codes)

    def _width(self) -> int:
        return len(self.classes_) if len(self.classes_) > 2 else 1

    def _folds(self, target: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> list[Fold]:  # noqa: ARG002 - flags need them
        if not self.calibration_folds:
            return []
        spread = [len(np.unique(groups[target == code])) for code in range(len(self.classes_))]
        if min(spread) < 2:
            scarce = self.classes_[int(np.argmin(spread))]
            raise InputError(
                f"the label {str(scarce)!r} stands in one article (group) only; calibration needs two: "
                "give more rows, or calibration_folds=0"
            )
        folds = grouped_folds(target, groups, min(self.calibration_folds, *spread), 0)
        return [(train, test) for train, test in folds if len(np.unique(target[train])) == len(self.classes_)]

    def _fit_linear(
        self,
        matrix: sparse.csr_matrix,
        target: np.ndarray,
        weights: np.ndarray,
        solving: Mapping[str, Any] = FULL,
        jobs: int = 1,
    ) -> tuple[np.ndarray, np.ndarray]:
        # One against the rest: ten times faster than one multinomial fit, and as accurate once calibrated.
        codes = range(len(self.classes_)) if len(self.classes_) > 2 else (1,)
        weights = weights * compute_sample_weight(self._code_weights(), target)
        flags = np.column_stack([target == code for code in codes])
        return fit_flags(matrix, flags, weights, C=self.C, max_iter=self.max_iter, solving=solving, jobs=jobs)

    def _code_weights(self) -> dict[int, float] | str | None:
        if self.class_weight is None or isinstance(self.class_weight, str):
            return self.class_weight
        unknown = set(self.class_weight) - set(self.classes_)
        if unknown:
            raise InputError(
                f"class_weight names {sorted(map(str, unknown))}, which is no label of y: "
                f"{', '.join(map(str, self.classes_))}"
            )
        return {code: self.class_weight.get(label, 1.0) for code, label in enumerate(self.classes_)}

    def _calibrate(
        self, decisions: np.ndarray, target: np.ndarray, weights: np.ndarray
    ) -> SoftmaxCalibration | FlagCalibration:
        done = ~np.isnan(decisions[:, 0])
        if decisions.shape[1] == 1:
            return (
                FlagCalibration.fit(decisions[done], target[done, None], weights[done])
                if done.any()
                else FlagCalibration()
            )
        return (
            SoftmaxCalibration.fit(decisions[done], target[done], weights[done], tune=int(done.sum()) >= MANY_ROWS)
            if done.any()
            else SoftmaxCalibration(1.0, np.zeros(decisions.shape[1]))
        )

    def _probabilities(self, decisions: np.ndarray) -> np.ndarray:
        proba = self.calibration_.probabilities(decisions)
        return np.column_stack([1 - proba[:, 0], proba[:, 0]]) if decisions.shape[1] == 1 else proba

    # -- shared --------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        self.vectorizer_ = self._inner()
        self.vectorizer_.prepare()

    def _inner(self) -> Vectorizer:
        """Make a vectorizer that can weigh ready counts; building the masker takes longer than a small fit."""
        vectorizer = self.vectorizer_class(self.templates, min_df=self.min_df, catalogue=self.catalogue)
        vectorizer.check_templates()
        return vectorizer

    def _transform(self, X: Any) -> sparse.csr_matrix:
        check_is_fitted(self, "coef_")
        return self.vectorizer_.transform(X)

    def _decide(self, matrix: sparse.csr_matrix) -> np.ndarray:
        return np.asarray(matrix @ self.coef_.T + self.intercept_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
