"""How good a classifier is: figures over ``(y, proba, classes)`` arrays, with intervals by bootstrap over articles.

Articles, not rows, are drawn with replacement, since sentences of one article are not independent (Field and Welsh,
"Bootstrapping clustered data", 2007). Intervals are percentiles of the draws. The expected calibration error (ECE)
compares confidence and accuracy in bins of equal width (Guo et al., "On Calibration of Modern Neural Networks", ICML
2017). Chance moves every bin off its line, so that ECE is above 0 for a perfect model, too, and more so in the draws of
a bootstrap: its interval lies too high, and says how much ECE varies rather than where the true one is (Kumar, Liang
and Ma, "Verified Uncertainty Calibration", NeurIPS 2019). What chance alone would make of it stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from stancekit.errors import InputError

__all__ = ["Evaluation", "Figure", "evaluate", "evaluate_flags", "suggest_confidence"]

DRAWS = 1000
BINS = 15
# Of the table of reliability; wide enough that a few hundred rows fill them.
WIDE_BINS = 10
LEAST_COVERAGE = 0.1
THRESHOLDS = np.round(np.arange(0, 1, 0.05), 2)
# Draws are made in portions of so many numbers.
NUMBERS_TOGETHER = 5_000_000


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
    macro_f1_occurring : Figure
        Over the classes that occur in the truth.
    ece_by_chance : float
        The mean ECE, with rows of this confidence, of a model whose probabilities are exactly right.
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
    macro_f1_occurring: Figure
    ece: Figure
    ece_by_chance: float
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
            **{name: vars(getattr(self, name)) for name in ("accuracy", "macro_f1", "macro_f1_occurring", "ece")},
            "ece_by_chance": self.ece_by_chance,
            **{name: getattr(self, name).to_dict("records") for name in ("classes", "reliability", "coverage")},
            "confusion": {
                str(label): row.tolist()
                for label, row in zip(self.confusion.index, self.confusion.to_numpy(), strict=True)
            },
        }


def evaluate(
    y: Any,
    proba: np.ndarray,
    classes: Sequence[Any],
    *,
    predicted: np.ndarray | None = None,
    groups: Any = None,
    draws: int = DRAWS,
    seed: int = 0,
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
    predicted : ndarray of int, shape (n,), optional
        Columns of the labels given, where these are not the most probable ones; their probability is how sure they are.
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
    k = len(classes)
    predicted = proba.argmax(axis=1) if predicted is None else np.asarray(predicted)
    confidence = proba[np.arange(len(codes)), predicted]
    hits = (predicted == codes).astype(float)
    ones = np.ones(len(codes))
    bins, wide = (np.minimum((confidence * n).astype(int), n - 1) for n in (BINS, WIDE_BINS))
    step = np.searchsorted(THRESHOLDS, confidence, side="right") - 1
    sums = _sums(
        [
            (codes * k + predicted, ones, k * k),
            (bins, hits - confidence, BINS),
            *(
                (places, values, n)
                for places, n in ((wide, WIDE_BINS), (step, len(THRESHOLDS)))
                for values in (ones, hits)
            ),
        ],
        groups,
        draws,
        seed,
    )
    tables = sums[0].reshape(-1, k, k)
    scores = _per_class(tables)
    rows = tables.sum(axis=(1, 2))
    names = [str(label) for label in classes]
    table = tables[0].astype(int)
    occur = table.sum(axis=1) > 0
    means = np.bincount(wide, weights=confidence, minlength=WIDE_BINS)
    return Evaluation(
        n_rows=len(codes),
        n_groups=int(groups.max()) + 1,
        accuracy=_figure(np.trace(tables, axis1=1, axis2=2) / rows),
        macro_f1=_figure(scores["f1"].mean(axis=1)),
        macro_f1_occurring=_figure(scores["f1"][:, occur].mean(axis=1)),
        ece=_figure(np.abs(sums[1]).sum(axis=1) / rows),
        ece_by_chance=_chance(confidence, bins),
        classes=_classes(names, table, scores),
        confusion=pd.DataFrame(table, index=pd.Index(names, name="truth"), columns=pd.Index(names, name="predicted")),
        reliability=_reliability(sums[2], sums[3], means),
        coverage=_coverage(*(values[:, ::-1].cumsum(axis=1)[:, ::-1] for values in sums[4:])),
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
    y: Any,
    proba: np.ndarray,
    flags: Sequence[str],
    *,
    thresholds: np.ndarray | None = None,
    groups: Any = None,
    draws: int = DRAWS,
    seed: int = 0,
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
    thresholds : ndarray of shape (n_flags,), optional
        Probabilities from which they are on; one half by default.
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
            predicted=(proba[:, i] >= (0.5 if thresholds is None else thresholds[i])).astype(int),
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


def _sums(
    parts: Sequence[tuple[np.ndarray, np.ndarray, int]], groups: np.ndarray, draws: int, seed: int
) -> list[np.ndarray]:
    """Sum values by place, over all rows in row 0 and over the groups of each draw in the others.

    Parameters
    ----------
    parts : sequence of (places, values, number of places)
        Both arrays of shape (n,).
    groups : ndarray of int, shape (n,)
        What is drawn together.
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    list of ndarray of shape (1 + draws, number of places)
        One per part.
    """
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {draws}")
    n = int(groups.max()) + 1
    # Rows are summed to groups once; a draw then is a weighted sum of groups.
    by_group = sparse.hstack(
        [sparse.csr_matrix((values, (groups, places)), shape=(n, size)) for places, values, size in parts], format="csr"
    )
    rng = np.random.default_rng(seed)
    sums = [np.asarray(by_group.sum(axis=0))]
    together = max(1, NUMBERS_TOGETHER // n)
    for first in range(0, draws, together):
        drawn = rng.multinomial(n, np.full(n, 1 / n), size=min(together, draws - first))
        sums.append(np.asarray(by_group.T @ drawn.T).T)
    ends = np.cumsum([size for *_, size in parts])[:-1]
    return np.split(np.vstack(sums), ends, axis=1)


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


def _classes(names: list[str], table: np.ndarray, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    frame = pd.DataFrame({"label": names, "n": table.sum(axis=1)})
    for name in ("precision", "recall", "f1"):
        frame[name] = scores[name][0]
        frame[f"{name}_low"], frame[f"{name}_high"] = np.percentile(scores[name][1:], [2.5, 97.5], axis=0)
    return frame


def _chance(confidence: np.ndarray, bins: np.ndarray) -> float:
    """Give the mean ECE of labels that are right just as often as their confidence says.

    The gap of a bin is close to normal around 0, and the mean of its absolute value the standard deviation times
    ``sqrt(2 / pi)``.
    """
    variance = np.bincount(bins, weights=confidence * (1 - confidence), minlength=BINS)
    return float(np.sqrt(2 / np.pi * variance).sum() / len(confidence))


def _reliability(n: np.ndarray, right: np.ndarray, confidence: np.ndarray) -> pd.DataFrame:
    rows = []
    for place in np.flatnonzero(n[0]):
        share = {"low": place / WIDE_BINS, "high": (place + 1) / WIDE_BINS, "n": int(n[0, place])}
        share["confidence"] = float(confidence[place] / n[0, place])
        rows.append(share | _share(n[:, place], right[:, place]))
    return pd.DataFrame(rows)


def _coverage(n: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    rows = []
    for place in np.flatnonzero(n[0]):
        share = {"min_confidence": float(THRESHOLDS[place]), "coverage": float(n[0, place] / n[0, 0])}
        rows.append(share | _share(n[:, place], right[:, place]))
    return pd.DataFrame(rows)


def _share(n: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """Give the accuracy of some rows, with its interval over the draws in which any of them is drawn."""
    shares = right[n > 0] / n[n > 0]
    # If no draw holds any of these rows, nothing is known of the accuracy.
    low, high = np.percentile(shares[1:], [2.5, 97.5]) if len(shares) > 1 else (0.0, 1.0)
    return {"accuracy": float(shares[0]), "accuracy_low": float(low), "accuracy_high": float(high)}


def _figure(values: np.ndarray) -> Figure:
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Figure(float(values[0]), float(low), float(high))
