"""The classifier that sets several flags."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted

from stancekit.actors import Catalogue
from stancekit.calibration import FlagCalibration
from stancekit.classifiers.folding import Fold, grouped_folds
from stancekit.classifiers.linear import LinearClassifier
from stancekit.classifiers.solving import FULL, fit_flags
from stancekit.errors import InputError
from stancekit.features import Template
from stancekit.tasks import FRAMING

__all__ = ["MOST_FLAGS", "FramingClassifier"]

MOST_FLAGS = 20


class FramingClassifier(LinearClassifier):
    """Flags of sentences, each on or off: humanitarian and tactical, or others of the user's own.

    X is a sequence of strings, or a DataFrame with ``text`` and perhaps ``article_id``. All names are masked. ``y`` and
    ``predict`` are integers of shape (n, n_flags), ``decision_function`` and ``predict_proba`` floats of that shape: a
    column per flag.

    Parameters
    ----------
    flags : sequence of str, optional
        One to twenty names; humanitarian and tactical by default.
    C : float, default 1.0
        Inverse of the strength of the L2 penalty.
    templates : sequence of Template, optional
        Which phrases count; words and pairs of words with negation marks, and polarity sums, by default.
    min_df : int, default 2
        In how many rows a phrase must stand to be a feature.
    class_weight : "balanced" or None
        "balanced" weighs the rows with and without a flag alike, for each flag on its own.
    calibration_folds : int, default 5
        Folds of the grouped cross-validation whose held-out decision values calibrate the probabilities; 0 for none.
    max_iter : int, default 1000
        Bound on the solver's iterations.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    classes_ : ndarray of str
        The flags, in the order of the columns.
    coef_ : ndarray of shape (n_flags, n_features)
        Weights.
    thresholds_ : ndarray of shape (n_flags,)
        Probabilities from which flags are on.
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

    def __init__(
        self,
        *,
        flags: Sequence[str] | None = None,
        C: float = 1.0,
        templates: Sequence[Template] | None = None,
        min_df: int = 2,
        class_weight: str | None = None,
        calibration_folds: int = 5,
        max_iter: int = 1000,
        catalogue: Catalogue | None = None,
    ) -> None:
        super().__init__(
            C=C,
            templates=templates,
            min_df=min_df,
            class_weight=class_weight,
            calibration_folds=calibration_folds,
            max_iter=max_iter,
            catalogue=catalogue,
        )
        self.flags = flags

    def decision_function(self, X: Any) -> np.ndarray:
        """Give the decision values ``W . phi(x) + b``, before calibration.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of shape (n, n_flags)
            In the order of ``classes_``.
        """
        return self._decide(self._transform(X))

    def predict(self, X: Any) -> np.ndarray:
        """Tell which flags are on: those whose probability reaches their threshold.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of int, shape (n, n_flags)
            1 where a flag is on.
        """
        return (self.predict_proba(X) >= self.thresholds_).astype(np.int64)

    @property
    def thresholds_(self) -> np.ndarray:
        """Probabilities from which flags are on, shape (n_flags,): those with the best F1 on held-out rows."""
        check_is_fitted(self, "coef_")
        assert isinstance(self.calibration_, FlagCalibration)
        return self.calibration_.threshold

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Give the share of flags that are right, over all columns.

        Parameters
        ----------
        X : see the class
            Any number of rows.
        y : array-like of shape (n, n_flags)
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
        names = self._names()
        flags = np.asarray(y)
        if flags.shape != (n, len(names)):
            raise InputError(
                f"y must have one row per row of X and a column for each of {', '.join(names)}: ({n}, {len(names)}), "
                f"got {flags.shape}"
            )
        if not n:
            raise InputError("y is empty: nothing to fit on")
        if pd.isna(flags).any() or not np.isin(flags, (0, 1)).all():
            raise InputError("y must hold 0 and 1 (or False and True) only; drop the rows without a label")
        if self.class_weight is not None and self.class_weight != "balanced":
            raise InputError(
                f"class_weight must be None or 'balanced' for flags, each of which has classes of its own, "
                f"got {self.class_weight!r}; use sample_weight"
            )
        flags = flags.astype(np.int64)
        for name, column in zip(names, flags.T, strict=True):
            if column.min() == column.max():
                raise InputError(
                    f"the flag {name} is {'on' if column[0] else 'off'} in every row; give rows of both kinds"
                )
        self.classes_ = np.array(names)
        return flags

    def _names(self) -> tuple[str, ...]:
        if self.flags is None:
            return FRAMING.labels
        if isinstance(self.flags, str):
            raise InputError(f"flags must be a list of names, got the single string {self.flags!r}")
        names = tuple(self.flags)
        if not 1 <= len(set(names)) == len(names) <= MOST_FLAGS or not all(isinstance(name, str) for name in names):
            raise InputError(f"flags must be one to {MOST_FLAGS} different names, got {list(names)}")
        return names

    def _width(self) -> int:
        return len(self._names())

    def _folds(self, target: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> list[Fold]:
        if not self.calibration_folds:
            return []
        n_groups = len(np.unique(groups))
        if n_groups < 2:
            raise InputError(
                "all rows are of one article (group); calibration needs two: give more rows, or calibration_folds=0"
            )
        # The flags of rows that do not count must not move the folds, either.
        kinds = target * (weights > 0)[:, None]
        folds = grouped_folds(kinds, groups, min(self.calibration_folds, n_groups), 0)
        return [(train, test) for train, test in folds if (target[train].min(axis=0) < target[train].max(axis=0)).all()]

    def _fit_linear(
        self,
        matrix: sparse.csr_matrix,
        target: np.ndarray,
        weights: np.ndarray,
        solving: Mapping[str, Any] = FULL,
        jobs: int = 1,
    ) -> tuple[np.ndarray, np.ndarray]:
        balance = np.column_stack([compute_sample_weight(self.class_weight, column) for column in target.T])
        weights = weights[:, None] * balance
        return fit_flags(matrix, target, weights, C=self.C, max_iter=self.max_iter, solving=solving, jobs=jobs)

    def _calibrate(self, decisions: np.ndarray, target: np.ndarray, weights: np.ndarray) -> FlagCalibration:
        done = ~np.isnan(decisions[:, 0])
        if not done.any():
            width = decisions.shape[1]
            return FlagCalibration(np.ones(width), np.zeros(width), np.full(width, 0.5))
        return FlagCalibration.fit(decisions[done], target[done], weights[done], tune=True)

    def _probabilities(self, decisions: np.ndarray) -> np.ndarray:
        return self.calibration_.probabilities(decisions)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.target_tags.two_d_labels = True
        return tags
