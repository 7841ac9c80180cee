"""How good a classifier is: figures over ``(y, proba, classes)`` arrays, with intervals by bootstrap over articles.

Articles, not rows, are drawn with replacement, since sentences of one article are not independent (Field and Welsh,
"Bootstrapping clustered data", 2007). Intervals are percentiles of the draws. The expected calibration error compares
confidence and accuracy in bins of equal width (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from stancekit.errors import InputError

__all__ = ["Evaluation", "Figure", "evaluate", "evaluate_flags", "suggest_confidence"]

DRAWS = 1000
BINS = 15
# Of the table of reliability; wide enough that a few hundred rows fill them.
WIDE_BINS = 10
LEAST_COVERAGE = 0.1


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
        Between 0 and 1.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} ({100 * self.low:.1f} to {100 * self.high:.1f})"


@dataclass(frozen=True)
class Evaluation:
    """What :func:`evaluate` found.

    Attributes
    ----------
    n_rows, n_groups : int
        Rows, and articles they come from.
    accuracy, macro_f1, ece : Figure
        Over all classes; the expected calibration error is that of the most probable class.
    classes : DataFrame
        Per class: ``label``, ``n``, then ``precision``, ``recall``, ``f1`` and the bounds of each (``f1_low`` ...).
    confusion : DataFrame
        Counts; rows are the truth, columns the predictions.
    reliability : DataFrame
        Per bin of the most probable class's probability: ``low``, ``high``, ``n``, mean ``confidence``, ``accuracy``,
        ``accuracy_low``, ``accuracy_high``. Bins without rows are left out.
    coverage : DataFrame
        What is right if labels less probable than ``min_confidence`` are left open: ``coverage`` (share of rows that
        keep a label), ``accuracy`` of these, ``accuracy_low``, ``accuracy_high``.
    """

    n_rows: int
    n_groups: int
    accuracy: Figure
    macro_f1: Figure
    ece: Figure
    classes: pd.DataFrame
    confusion: pd.DataFrame
    reliability: pd.DataFrame
    coverage: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Give the evaluation as values for JSON.

        Returns
        -------
        dict
            Figures as ``{"value", "low", "high"}``, tables as lists of rows.
        """
        return {
            "n_rows": self.n_rows,
            "n_groups": self.n_groups,
            **{name: vars(getattr(self, name)) for name in ("accuracy", "macro_f1", "ece")},
            **{name: getattr(self, name).to_dict("records") for name in ("classes", "reliability", "coverage")},
            "confusion": {
                str(label): row.tolist()
                for label, row in zip(self.confusion.index, self.confusion.to_numpy(), strict=True)
            },
        }


def evaluate(
    y: Any, proba: np.ndarray, classes: Sequence[Any], *, groups: Any = None, draws: int = DRAWS, seed: int = 0
) -> Evaluation:
    """Measure probabilities over exclusive classes against the truth.

    Parameters
    ----------
    y : array-like of shape (n,)
        The truth.
    proba : ndarray of shape (n, n_classes)
        Probabilities, columns in the order of ``classes``.
    classes : sequence of length n_classes
        Labels.
    groups : array-like of shape (n,), optional
        The article of each row; every row its own by default.
    draws : int, default 1000
        Bootstrap draws.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    Evaluation
        Figures with 95 % intervals.

    Raises
    ------
    InputError
        If shapes differ, there are no rows, or y holds a label that is no class.

    Examples
    --------
    >>> import numpy as np
    >>> from stancekit.evaluation import evaluate
    >>> evaluate(["a", "b"], np.array([[0.9, 0.1], [0.2, 0.8]]), ["a", "b"]).accuracy.value
    1.0
    """
    codes, groups = _check(y, proba, classes, groups)
    predicted = proba.argmax(axis=1)
    k = len(classes)
    weights = _draws(groups, draws, seed)
    per_group = np.zeros((groups.max() + 1, k, k))
    np.add.at(per_group, (groups, codes, predicted), 1)
    tables = np.tensordot(weights, per_group, axes=1)
    scores = _per_class(tables)
    confidence, hits = proba.max(axis=1), (predicted == codes).astype(float)
    table = per_group.sum(axis=0)
    classes_frame = pd.DataFrame({"label": [str(label) for label in classes], "n": table.sum(axis=1).astype(int)})
    for name in ("precision", "recall", "f1"):
        classes_frame[name] = scores[name][0]
        low, high = np.nanpercentile(scores[name][1:], [2.5, 97.5], axis=0)
        classes_frame[f"{name}_low"], classes_frame[f"{name}_high"] = low, high
    names = [str(label) for label in classes]
    return Evaluation(
        n_rows=len(codes),
        n_groups=int(groups.max()) + 1,
        accuracy=_figure(np.trace(tables, axis1=1, axis2=2) / tables.sum(axis=(1, 2))),
        macro_f1=_figure(scores["f1"].mean(axis=1)),
        ece=_figure(_ece(confidence, hits, groups, weights)),
        classes=classes_frame,
        confusion=pd.DataFrame(
            table.astype(int), index=pd.Index(names, name="truth"), columns=pd.Index(names, name="predicted")
        ),
        reliability=_reliability(confidence, hits, groups, weights),
        coverage=_coverage(confidence, hits, groups, weights),
    )


def suggest_confidence(found: Evaluation, accuracy: float) -> float | None:
    """Find the threshold of abstention at which labels are right often enough.

    Parameters
    ----------
    found : Evaluation
        Of rows that the model was not trained on.
    accuracy : float
        What share of the labels given is to be right.

    Returns
    -------
    float or None
        The lowest threshold in steps of 0.05 that reaches it; None if none does while at least a tenth of the rows
        keep a label.

    Examples
    --------
    >>> import numpy as np
    >>> from stancekit.evaluation import evaluate, suggest_confidence
    >>> proba = np.array([[0.9, 0.1]] * 8 + [[0.6, 0.4]] * 2)
    >>> suggest_confidence(evaluate(["a"] * 8 + ["b"] * 2, proba, ["a", "b"], draws=5), 0.9)
    0.65
    """
    enough = found.coverage[(found.coverage["accuracy"] >= accuracy) & (found.coverage["coverage"] >= LEAST_COVERAGE)]
    return None if enough.empty else float(enough["min_confidence"].iloc[0])


def evaluate_flags(
    y: Any, proba: np.ndarray, flags: Sequence[str], *, groups: Any = None, draws: int = DRAWS, seed: int = 0
) -> dict[str, Evaluation]:
    """Measure probabilities of flags against the truth, each flag on its own.

    Parameters
    ----------
    y : array-like of shape (n, n_flags)
        The truth: 0 and 1.
    proba : ndarray of shape (n, n_flags)
        Probability that each flag is on.
    flags : sequence of str
        Their names.
    groups : array-like of shape (n,), optional
        The article of each row.
    draws : int, default 1000
        Bootstrap draws.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    dict of str to Evaluation
        By flag; classes are ``off`` and ``on``, and the flag's own F1 is that of ``on``.
    """
    truth = np.asarray(y).astype(int)
    if truth.ndim != 2 or truth.shape != np.shape(proba) or truth.shape[1] != len(flags):
        raise InputError(
            f"y and proba must both have one column per flag ({', '.join(flags)}), "
            f"got {truth.shape} and {np.shape(proba)}"
        )
    names = np.array(["off", "on"])
    return {
        flag: evaluate(
            names[truth[:, i]],
            np.column_stack([1 - proba[:, i], proba[:, i]]),
            ["off", "on"],
            groups=groups,
            draws=draws,
            seed=seed,
        )
        for i, flag in enumerate(flags)
    }


def _check(y: Any, proba: np.ndarray, classes: Sequence[Any], groups: Any) -> tuple[np.ndarray, np.ndarray]:
    labels = np.asarray(y)
    if labels.ndim != 1 or np.shape(proba) != (len(labels), len(classes)):
        raise InputError(
            f"proba must have one row per label and one column per class: ({len(labels)}, {len(classes)}), "
            f"got {np.shape(proba)}"
        )
    if not len(labels):
        raise InputError("nothing to evaluate: y is empty")
    if not np.isfinite(proba).all() or np.min(proba) < 0 or np.max(proba) > 1:
        raise InputError("proba must be probabilities between 0 and 1; give what predict_proba gives")
    codes = pd.Index(list(classes)).get_indexer(pd.Index(labels))
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise InputError(
            f"row {row} of y is {str(labels[row])!r}, which is none of the classes {', '.join(map(str, classes))}"
        )
    groups = (
        np.arange(len(labels))
        if groups is None
        else pd.factorize(pd.Series(list(groups), dtype=object), use_na_sentinel=False)[0]
    )
    if len(groups) != len(labels):
        raise InputError(f"groups must hold one value per row: {len(labels)}, got {len(groups)}")
    return codes, groups


def _draws(groups: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Give how often each group counts: once each in row 0, as drawn in the others."""
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {draws}")
    n = int(groups.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    return np.vstack([np.ones((1, n)), drawn])


def _per_class(tables: np.ndarray) -> dict[str, np.ndarray]:
    right = np.diagonal(tables, axis1=1, axis2=2)
    truth, predicted = tables.sum(axis=2), tables.sum(axis=1)

    def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
        return np.asarray(np.divide(above, below, out=np.zeros_like(above), where=below > 0))

    return {
        "precision": ratio(right, predicted),
        "recall": ratio(right, truth),
        "f1": ratio(2 * right, truth + predicted),
    }


def _ece(confidence: np.ndarray, hits: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.zeros((weights.shape[1], BINS))
    np.add.at(gaps, (groups, bins), hits - confidence)
    rows = np.bincount(groups, minlength=weights.shape[1])
    return np.asarray(np.abs(weights @ gaps).sum(axis=1) / (weights @ rows))


def _reliability(confidence: np.ndarray, hits: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    bins = np.minimum((confidence * WIDE_BINS).astype(int), WIDE_BINS - 1)
    rows = []
    for place in np.unique(bins):
        inside = bins == place
        share = {"low": place / WIDE_BINS, "high": (place + 1) / WIDE_BINS, "n": int(inside.sum())}
        share["confidence"] = float(confidence[inside].mean())
        rows.append(share | _share(hits, inside, groups, weights))
    return pd.DataFrame(rows)


def _coverage(confidence: np.ndarray, hits: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    rows = []
    for threshold in np.round(np.arange(0, 1, 0.05), 2):
        inside = confidence >= threshold
        if inside.any():
            share = {"min_confidence": float(threshold), "coverage": float(inside.mean())}
            rows.append(share | _share(hits, inside, groups, weights))
    return pd.DataFrame(rows)


def _share(hits: np.ndarray, inside: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    """Give the accuracy of some rows, with its interval over the draws in which any of them is drawn."""
    right = weights @ np.bincount(groups, weights=hits * inside, minlength=weights.shape[1])
    drawn = weights @ np.bincount(groups, weights=inside, minlength=weights.shape[1])
    shares = right[drawn > 0] / drawn[drawn > 0]
    # If no draw holds any of these rows, nothing is known of the accuracy.
    low, high = np.percentile(shares[1:], [2.5, 97.5]) if len(shares) > 1 else (0.0, 1.0)
    return {"accuracy": float(shares[0]), "accuracy_low": float(low), "accuracy_high": float(high)}


def _figure(values: np.ndarray, percentile: Callable[..., Any] = np.percentile) -> Figure:
    low, high = percentile(values[1:], [2.5, 97.5])
    return Figure(float(values[0]), float(low), float(high))
