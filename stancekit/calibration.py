"""Turn decision values into probabilities that can be taken at their word.

Calibration acts on the decision values of a linear model and changes nothing in them: several classes by
``softmax(a z + c)`` with one scale and a shift per class (bias-corrected temperature scaling: Alexandari, Kundaje and
Shrikumar, "Maximum Likelihood with Bias-Corrected Calibration is Hard-To-Beat at Label Shift Adaptation", ICML 2020),
one flag by ``1 / (1 + exp(-(a z + c)))`` (Platt, "Probabilistic Outputs for Support Vector Machines", 1999).
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit, log_softmax, softmax

__all__ = ["FlagCalibration", "SoftmaxCalibration", "labels_given"]

# Pulls scale and shift toward "no change" with the strength of this many rows, so that a handful of rows
# cannot carry them away.
PRIOR_ROWS = 2.0
# Where a flag's F1 is looked for: rare flags are found best below one half, and hardly ever above.
THRESHOLDS = tuple(step / 50 for step in range(10, 31))
# Ratios of thresholds between classes that are tried, and how often the classes are gone through.
CLASS_THRESHOLDS = np.exp(np.linspace(-1.2, 0.4, 17))
ASCENTS = 3


@dataclass(frozen=True)
class SoftmaxCalibration:
    """``softmax(scale * z + shift)`` over the classes of a row.

    Attributes
    ----------
    scale : float
        One over the temperature; positive.
    shift : ndarray of shape (n_classes,)
        Added to the scaled decision values.
    threshold : ndarray of shape (n_classes,) or None
        What a class's probability is measured by when a label is chosen, the largest being 1; all equal if None.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.array([[4.0, 0.0], [0.0, 4.0]] * 10)
    >>> calibration = SoftmaxCalibration.fit(z, np.array([0, 1, 1, 0] * 5))
    >>> bool(calibration.probabilities(z)[0, 0] < 0.7)
    True
    """

    scale: float = 1.0
    shift: np.ndarray = field(default_factory=lambda: np.zeros(1))
    threshold: np.ndarray | None = None

    @classmethod
    def fit(
        cls, decisions: np.ndarray, codes: np.ndarray, weights: np.ndarray | None = None, *, tune: bool = False
    ) -> Self:
        """Find scale and shifts by maximum likelihood, and thresholds by macro-F1.

        Parameters
        ----------
        decisions : ndarray of shape (n, n_classes)
            Decision values of rows that the model was not trained on.
        codes : ndarray of int, shape (n,)
            Which column is right.
        weights : ndarray of shape (n,), optional
            Weights of the rows.
        tune : bool, default False
            Whether thresholds are those with the highest macro-F1 on these rows (as in Lipton, Elkan and Naryanaswamy,
            "Optimal Thresholding of Classifiers to Maximize F1 Measure", ECML 2014, by ascent over one class after the
            other), or all equal.

        Returns
        -------
        SoftmaxCalibration
            The fitted calibration.
        """
        n, k = decisions.shape
        weights = np.ones(n) if weights is None else weights
        rows = np.arange(n)

        def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            scale, shift = np.exp(parameters[0]), parameters[1:]
            logits = scale * decisions + shift
            errors = softmax(logits, axis=1)
            value = -float(weights @ log_softmax(logits, axis=1)[rows, codes]) + PRIOR_ROWS / 2 * float(
                parameters @ parameters
            )
            errors[rows, codes] -= 1
            errors *= weights[:, None]
            gradient = (
                np.concatenate([[scale * float((errors * decisions).sum())], errors.sum(axis=0)])
                + PRIOR_ROWS * parameters
            )
            return value / n, gradient / n

        found = minimize(loss, np.zeros(k + 1), jac=True, method="L-BFGS-B").x
        fitted = cls(float(np.exp(found[0])), found[1:] - found[1:].mean())
        if not tune:
            return fitted
        return cls(fitted.scale, fitted.shift, _best_thresholds(fitted.probabilities(decisions), codes, weights))

    def probabilities(self, decisions: np.ndarray) -> np.ndarray:
        """Give probabilities.

        Parameters
        ----------
        decisions : ndarray of shape (n, n_classes)
            Decision values.

        Returns
        -------
        ndarray of shape (n, n_classes)
            Rows sum to 1.
        """
        return np.asarray(softmax(self.scale * decisions + self.shift, axis=1))


@dataclass(frozen=True)
class FlagCalibration:
    """``1 / (1 + exp(-(scale * z + shift)))`` for each flag on its own.

    Attributes
    ----------
    scale, shift : ndarray of shape (n_flags,)
        One pair per flag; scales are positive.
    threshold : ndarray of shape (n_flags,)
        Probabilities from which a flag is said to be on.
    """

    scale: np.ndarray = field(default_factory=lambda: np.ones(1))
    shift: np.ndarray = field(default_factory=lambda: np.zeros(1))
    threshold: np.ndarray = field(default_factory=lambda: np.full(1, 0.5))

    @classmethod
    def fit(
        cls, decisions: np.ndarray, flags: np.ndarray, weights: np.ndarray | None = None, *, tune: bool = False
    ) -> Self:
        """Find scales and shifts by maximum likelihood, and thresholds by F1.

        Parameters
        ----------
        decisions : ndarray of shape (n, n_flags)
            Decision values of rows that the model was not trained on.
        flags : ndarray of 0 and 1, shape (n, n_flags)
            The truth.
        weights : ndarray of shape (n,), optional
            Weights of the rows.
        tune : bool, default False
            Whether thresholds are those with the highest F1 on these rows (Lipton, Elkan and Naryanaswamy, "Optimal
            Thresholding of Classifiers to Maximize F1 Measure", ECML 2014), or one half.

        Returns
        -------
        FlagCalibration
            The fitted calibration.
        """
        n = len(decisions)
        weights = np.ones(n) if weights is None else weights
        found = np.array(
            [_fit_flag(decisions[:, column], flags[:, column], weights) for column in range(decisions.shape[1])]
        )
        fitted = cls(found[:, 0], found[:, 1], np.full(len(found), 0.5))
        if not tune:
            return fitted
        proba = fitted.probabilities(decisions)
        thresholds = [_best_threshold(proba[:, column], flags[:, column], weights) for column in range(len(found))]
        return cls(fitted.scale, fitted.shift, np.array(thresholds))

    def probabilities(self, decisions: np.ndarray) -> np.ndarray:
        """Give the probability that each flag is on.

        Parameters
        ----------
        decisions : ndarray of shape (n, n_flags)
            Decision values.

        Returns
        -------
        ndarray of shape (n, n_flags)
            Each between 0 and 1; rows do not sum to anything.
        """
        return np.asarray(expit(self.scale * decisions + self.shift))


def labels_given(proba: np.ndarray, thresholds: np.ndarray | None = None) -> np.ndarray:
    """Give the labels that are said: those whose probability is highest, measured by their thresholds.

    Parameters
    ----------
    proba : ndarray of shape (n, n_classes)
        Probabilities of exclusive classes.
    thresholds : ndarray of shape (n_classes,), optional
        What each class's probability is divided by; the most probable class by default.

    Returns
    -------
    ndarray of int, shape (n,)
        Columns of ``proba``; the first of equal ones.

    Examples
    --------
    >>> import numpy as np
    >>> from stancekit.calibration import labels_given
    >>> labels_given(np.array([[0.3, 0.7]]), np.array([0.4, 1.0])).tolist()
    [0]
    """
    measured = proba if thresholds is None else proba / thresholds
    return np.asarray(measured.argmax(axis=1)) if len(proba) else np.zeros(0, dtype=np.int64)


def _best_thresholds(proba: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Find the thresholds with the highest macro-F1; 1 for every class unless others are better."""
    k = proba.shape[1]
    truth = np.bincount(codes, weights, minlength=k)

    def f1(thresholds: np.ndarray) -> float:
        said = labels_given(proba, thresholds)
        right = np.bincount(codes, weights * (said == codes), minlength=k)
        every = truth + np.bincount(said, weights, minlength=k)
        return float((2 * right / np.maximum(every, np.finfo(float).tiny)).mean())

    best = np.ones(k)
    reached = f1(best)
    for _ in range(ASCENTS):
        for column in range(k):
            for threshold in CLASS_THRESHOLDS:
                tried = best.copy()
                tried[column] = threshold
                # Only ratios count; the largest is 1.
                tried /= tried.max()
                score = f1(tried)
                if score > reached:
                    best, reached = tried, score
    return best


def _best_threshold(proba: np.ndarray, flags: np.ndarray, weights: np.ndarray) -> float:
    """Find the threshold with the highest F1; 0.5 unless another is better."""
    on = weights * flags.astype(bool)

    def f1(threshold: float) -> float:
        said = proba >= threshold
        return float(2 * on[said].sum() / max(weights[said].sum() + on.sum(), np.finfo(float).tiny))

    return max((0.5, *THRESHOLDS), key=f1)


def _fit_flag(decisions: np.ndarray, flags: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    signs = np.where(flags.astype(bool), 1.0, -1.0)
    n = len(decisions)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        scale = np.exp(parameters[0])
        margins = signs * (scale * decisions + parameters[1])
        value = -float(weights @ log_expit(margins)) + PRIOR_ROWS / 2 * float(parameters @ parameters)
        errors = -signs * weights * expit(-margins)
        gradient = np.array([scale * float(errors @ decisions), float(errors.sum())]) + PRIOR_ROWS * parameters
        return value / n, gradient / n

    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B").x
    return float(np.exp(found[0])), float(found[1])
