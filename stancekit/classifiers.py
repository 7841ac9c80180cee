"""The three classifiers: scikit-learn estimators that decide by ``W . phi(x) + b`` over phrases that can be read."""

import copy
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted

from stancekit.actors import Catalogue
from stancekit.calibration import FlagCalibration, SoftmaxCalibration
from stancekit.errors import InputError
from stancekit.features import Masker, SentenceVectorizer, TargetVectorizer, Template
from stancekit.features.vectorizer import Vectorizer, check_texts
from stancekit.tasks import FRAMING

__all__ = ["FramingClassifier", "SentimentClassifier", "StanceClassifier"]

# How the solver works for the model itself, and for the many fits of a search.
FULL: Mapping[str, Any] = MappingProxyType({})
QUICK: Mapping[str, Any] = MappingProxyType({"dual": True, "tol": 0.1})


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
        counts, keys = self.count(X)
        return self.fit_counts(counts, keys, y, sample_weight, _groups(X, groups, counts.shape[0]))

    def count(self, X: Any) -> tuple[sparse.csr_matrix, list[tuple[int, str]]]:
        """Count all phrases of labelled rows once, for any number of fits on them.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        counts : csr_matrix of shape (n, n_all)
            Term weights.
        keys : list of (int, str)
            Template number and phrase of every column.
        """
        self._prepare()
        return self.vectorizer_.count(X)

    def fit_counts(
        self,
        counts: sparse.csr_matrix,
        keys: list[tuple[int, str]],
        y: Any,
        sample_weight: Any,
        groups: Any,
        decisions: np.ndarray | None = None,
    ) -> Self:
        """Learn from rows that have been counted: what :meth:`fit` does after counting.

        Parameters
        ----------
        counts, keys
            From :meth:`count` of a classifier with the same templates.
        y : array-like
            As for :meth:`fit`.
        sample_weight : array-like of shape (n,) or None
            Weights of the rows.
        groups : array-like of shape (n,)
            What stays together in calibration.
        decisions : ndarray of shape (n, width), optional
            Decision values of held-out rows, from :meth:`held_out`, to calibrate with; made here by default.

        Returns
        -------
        self
            The fitted classifier.
        """
        self._prepare()
        _check_folds(self.calibration_folds)
        n = counts.shape[0]
        target = self._check_y(y, n)
        weights = _check_weights(sample_weight, n)
        if decisions is None:
            folds = self._folds(target, _groups(None, groups, n))
            decisions = np.full((n, self._width()), np.nan)
            for train, test in folds:
                inner = self._inner()
                coef, intercept = self._fit_linear(inner.fit_counts(counts[train], keys), target[train], weights[train])
                decisions[test] = self._weigh_others(inner, counts[test], keys) @ coef.T + intercept
        matrix = self.vectorizer_.fit_counts(counts, keys)
        self.coef_, self.intercept_ = self._fit_linear(matrix, target, weights)
        self.calibration_ = self._calibrate(decisions, target, weights)
        return self

    def held_out(
        self,
        counts: sparse.csr_matrix,
        keys: list[tuple[int, str]],
        y: Any,
        sample_weight: Any,
        fold: tuple[np.ndarray, np.ndarray],
        variants: Sequence["LinearClassifier"],
    ) -> list[np.ndarray]:
        """Give decision values of held-out rows for several classifiers that weigh the same features.

        They are solved to a coarser tolerance than :meth:`fit`'s, by coordinate descent on the dual problem: decision
        values differ by some hundredths, in a tenth of the time.

        Parameters
        ----------
        counts, keys
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
        target = self._check_y(y, counts.shape[0])
        weights = _check_weights(sample_weight, counts.shape[0])
        train, test = fold
        inner = self._inner()
        matrix = inner.fit_counts(counts[train], keys)
        held_out = self._weigh_others(inner, counts[test], keys)
        found = []
        for variant in variants:
            variant.classes_ = self.classes_
            coef, intercept = variant._fit_linear(matrix, target[train], weights[train], QUICK)  # noqa: SLF001 - its own class
            found.append(np.asarray(held_out @ coef.T + intercept))
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
        weights = _check_weights(sample_weight, len(decisions))
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
        """Give the most probable label of each row.

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
        return np.asarray(self.classes_[proba.argmax(axis=1)])

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

    def _folds(self, target: np.ndarray, groups: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        if not self.calibration_folds:
            return []
        spread = [len(np.unique(groups[target == code])) for code in range(len(self.classes_))]
        if min(spread) < 2:
            scarce = self.classes_[int(np.argmin(spread))]
            raise InputError(
                f"the label {str(scarce)!r} stands in one article (group) only; calibration needs two: "
                "give more rows, or calibration_folds=0"
            )
        splitter = StratifiedGroupKFold(min(self.calibration_folds, *spread), shuffle=True, random_state=0)
        folds = splitter.split(np.zeros(len(target)), target, groups)
        return [(train, test) for train, test in folds if len(np.unique(target[train])) == len(self.classes_)]

    def _fit_linear(
        self,
        matrix: sparse.csr_matrix,
        target: np.ndarray,
        weights: np.ndarray,
        solving: Mapping[str, Any] = FULL,
    ) -> tuple[np.ndarray, np.ndarray]:
        # One against the rest: ten times faster than one multinomial fit, and as accurate once calibrated.
        codes = range(len(self.classes_)) if len(self.classes_) > 2 else (1,)
        weights = weights * compute_sample_weight(self._code_weights(), target)
        return self._fit_flags(matrix, np.column_stack([target == code for code in codes]), weights, solving)

    def _fit_flags(
        self,
        matrix: sparse.csr_matrix,
        flags: np.ndarray,
        weights: np.ndarray,
        solving: Mapping[str, Any] = FULL,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Fit one logistic regression per column of flags."""
        solver = LogisticRegression(
            C=self.C, solver="liblinear", intercept_scaling=10.0, max_iter=self.max_iter, random_state=0, **solving
        )
        models = [clone(solver).fit(matrix, column, sample_weight=weights) for column in flags.T]
        return np.vstack([model.coef_ for model in models]), np.concatenate([model.intercept_ for model in models])

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
            SoftmaxCalibration.fit(decisions[done], target[done], weights[done])
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

    def _weigh_others(
        self, inner: Vectorizer, counts: sparse.csr_matrix, keys: list[tuple[int, str]]
    ) -> sparse.csr_matrix:
        columns = {key: column for column, key in enumerate(keys)}
        return inner.weigh(counts[:, [columns[key] for key in inner.features_]])

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


class StanceClassifier(LinearClassifier):
    """Stance toward a target that is marked in each sentence.

    X is a DataFrame with ``text``, ``start`` and ``end`` (the target's first mention: ``text[start:end]``), perhaps
    ``spans`` (all its mentions, as lists of pairs) and ``article_id``. The target and every other name are masked.

    Parameters
    ----------
    C : float, default 1.0
        Inverse of the strength of the L2 penalty.
    templates : sequence of Template, optional
        Which phrases count; both sides, phrases with the target, the sentence and polarity sums by default.
    min_df : int, default 2
        In how many rows a phrase must stand to be a feature.
    class_weight : dict, "balanced" or None
        As in :class:`sklearn.linear_model.LogisticRegression`.
    calibration_folds : int, default 5
        Folds of the grouped cross-validation whose held-out decision values calibrate the probabilities; 0 for none.
    max_iter : int, default 1000
        Bound on the solver's iterations.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    coef_ : ndarray of shape (n_classes, n_features), or (1, n_features) for two classes
        Weights.
    intercept_ : ndarray of shape (n_classes,), or (1,) for two classes
        Bias.
    calibration_ : SoftmaxCalibration or FlagCalibration
        What makes probabilities of decision values.
    vectorizer_ : TargetVectorizer
        The fitted features.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit import StanceClassifier
    >>> texts = ["We thank Mali.", "We blame Mali.", "We thank Chad.", "We blame Chad."]
    >>> rows = pd.DataFrame({"text": texts, "start": 9, "end": 13})
    >>> model = StanceClassifier(calibration_folds=2).fit(rows, ["favor", "against", "favor", "against"])
    >>> model.predict(pd.DataFrame({"text": ["We thank Peru."], "start": [9], "end": [13]})).tolist()
    ['favor']
    """

    vectorizer_class = TargetVectorizer


class SentimentClassifier(LinearClassifier):
    """Sentiment of sentences.

    X is a sequence of strings, or a DataFrame with ``text`` and perhaps ``article_id``. All names are masked.

    Parameters
    ----------
    C : float, default 1.0
        Inverse of the strength of the L2 penalty.
    templates : sequence of Template, optional
        Which phrases count; words and pairs of words with negation marks, and polarity sums, by default.
    min_df : int, default 2
        In how many rows a phrase must stand to be a feature.
    class_weight : dict, "balanced" or None
        As in :class:`sklearn.linear_model.LogisticRegression`.
    calibration_folds : int, default 5
        Folds of the grouped cross-validation whose held-out decision values calibrate the probabilities; 0 for none.
    max_iter : int, default 1000
        Bound on the solver's iterations.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    coef_, intercept_, calibration_, vectorizer_
        As in :class:`StanceClassifier`.

    Examples
    --------
    >>> from stancekit import SentimentClassifier
    >>> texts = ["A joyful rescue.", "A bitter loss.", "A joyful return.", "A bitter defeat."]
    >>> model = SentimentClassifier(calibration_folds=2).fit(texts, ["positive", "negative", "positive", "negative"])
    >>> model.predict(["A joyful day."]).tolist()
    ['positive']
    """


class FramingClassifier(LinearClassifier):
    """Two flags per sentence: humanitarian and tactical.

    X is a sequence of strings, or a DataFrame with ``text`` and perhaps ``article_id``. All names are masked. ``y`` and
    ``predict`` are integers of shape (n, 2), ``decision_function`` and ``predict_proba`` floats of shape (n, 2): the
    columns are humanitarian and tactical.

    Parameters
    ----------
    C : float, default 1.0
        Inverse of the strength of the L2 penalty.
    templates : sequence of Template, optional
        Which phrases count; words and pairs of words with negation marks, and polarity sums, by default.
    min_df : int, default 2
        In how many rows a phrase must stand to be a feature.
    class_weight : None
        Flags have no weights of classes; use ``sample_weight``.
    calibration_folds : int, default 5
        Folds of the grouped cross-validation whose held-out decision values calibrate the probabilities; 0 for none.
    max_iter : int, default 1000
        Bound on the solver's iterations.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    classes_ : ndarray of str
        ``["humanitarian", "tactical"]``: the flags, in the order of the columns.
    coef_ : ndarray of shape (2, n_features)
        Weights.
    intercept_, calibration_, vectorizer_
        As in :class:`StanceClassifier`.

    Examples
    --------
    >>> from stancekit import FramingClassifier
    >>> texts = ["Doctors treat the wounded.", "Tanks shell a ridge.", "Doctors feed families.", "Tanks hold a bridge."]
    >>> model = FramingClassifier(min_df=1, calibration_folds=2).fit(texts, [[1, 0], [0, 1], [1, 0], [0, 1]])
    >>> model.predict(["Doctors came."]).shape
    (1, 2)
    """

    def predict(self, X: Any) -> np.ndarray:
        """Tell which flags are on: those whose probability is at least one half.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of int, shape (n, 2)
            1 where a flag is on.
        """
        return (self.predict_proba(X) >= 0.5).astype(np.int64)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Give the share of flags that are right, over both columns.

        Parameters
        ----------
        X : see the class
            Any number of rows.
        y : array-like of shape (n, 2)
            The truth.
        sample_weight : array-like of shape (n,), optional
            Weights of the rows.

        Returns
        -------
        float
            Between 0 and 1.
        """
        flags = np.asarray(y)
        predicted = self.predict(X)
        if flags.shape != predicted.shape:
            raise InputError(f"y must have the shape of the predictions, {predicted.shape}, got {flags.shape}")
        right = (predicted == flags).mean(axis=1)
        return float(np.average(right, weights=sample_weight))

    def _check_y(self, y: Any, n: int) -> np.ndarray:
        flags = np.asarray(y)
        if flags.shape != (n, len(FRAMING.labels)):
            raise InputError(
                f"y must have one row per row of X and two columns, humanitarian and tactical: ({n}, 2), "
                f"got {flags.shape}"
            )
        if not n:
            raise InputError("y is empty: nothing to fit on")
        if pd.isna(flags).any() or not np.isin(flags, (0, 1)).all():
            raise InputError("y must hold 0 and 1 (or False and True) only; drop the rows without a label")
        if self.class_weight is not None:
            raise InputError(
                "class_weight must be None for framing, whose two flags have different classes; use sample_weight"
            )
        flags = flags.astype(np.int64)
        for name, column in zip(FRAMING.labels, flags.T, strict=True):
            if column.min() == column.max():
                raise InputError(
                    f"the flag {name} is {'on' if column[0] else 'off'} in every row; give rows of both kinds"
                )
        self.classes_ = np.array(FRAMING.labels)
        return flags

    def _width(self) -> int:
        return len(FRAMING.labels)

    def _folds(self, target: np.ndarray, groups: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        if not self.calibration_folds:
            return []
        n_groups = len(np.unique(groups))
        if n_groups < 2:
            raise InputError(
                "all rows are of one article (group); calibration needs two: give more rows, or calibration_folds=0"
            )
        folds = GroupKFold(min(self.calibration_folds, n_groups), shuffle=True, random_state=0).split(
            target, groups=groups
        )
        return [(train, test) for train, test in folds if (target[train].min(axis=0) < target[train].max(axis=0)).all()]

    def _fit_linear(
        self,
        matrix: sparse.csr_matrix,
        target: np.ndarray,
        weights: np.ndarray,
        solving: Mapping[str, Any] = FULL,
    ) -> tuple[np.ndarray, np.ndarray]:
        return self._fit_flags(matrix, target, weights, solving)

    def _calibrate(self, decisions: np.ndarray, target: np.ndarray, weights: np.ndarray) -> FlagCalibration:
        done = ~np.isnan(decisions[:, 0])
        if not done.any():
            return FlagCalibration(np.ones(decisions.shape[1]), np.zeros(decisions.shape[1]))
        return FlagCalibration.fit(decisions[done], target[done], weights[done])

    def _probabilities(self, decisions: np.ndarray) -> np.ndarray:
        return self.calibration_.probabilities(decisions)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.target_tags.two_d_labels = True
        return tags


def _check_folds(folds: Any) -> None:
    if not isinstance(folds, int | np.integer) or folds < 0 or folds == 1:
        raise InputError(f"calibration_folds must be 0 for none, or an integer of at least 2, got {folds!r}")


def _check_weights(sample_weight: Any, n: int) -> np.ndarray:
    if sample_weight is None:
        return np.ones(n)
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != (n,):
        raise InputError(f"sample_weight must hold one number per row of X: ({n},), got {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise InputError("sample_weight must be finite, none negative and not all zero")
    return weights


def _groups(X: Any, groups: Any, n: int) -> np.ndarray:
    """Give each row the number of the group that it stays with: as given, by article, or by text."""
    if groups is None:
        groups = X["article_id"] if isinstance(X, pd.DataFrame) and "article_id" in X.columns else check_texts(X)
    codes, _ = pd.factorize(pd.Series(list(groups), dtype=object), use_na_sentinel=False)
    if len(codes) != n:
        raise InputError(f"groups must hold one value per row of X: {n} rows, got {len(codes)}")
    return np.asarray(codes)
