"""Fits: features of a part of the rows, and logistic regressions on them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from stancekit.classifiers.counting import Counts, columns_of
from stancekit.features.vectorizer import Vectorizer

__all__ = ["FULL", "QUICK", "fit_flags", "weighed", "weighed_apart"]

# How the solver works for the model itself, and for the many fits of cross-validation, where coordinate descent on the
# dual problem is several times faster. The bias is a weight of the solver's like any other: a large scale frees it from
# the penalty, and costs many steps.
FULL: Mapping[str, Any] = MappingProxyType({"intercept_scaling": 10.0})
QUICK: Mapping[str, Any] = MappingProxyType({"dual": True, "intercept_scaling": 2.0, "tol": 0.5})
# Fewer entries are solved sooner than further processes are there.
WORTH_PROCESSES = 500_000
# What all processes together may take, and what an entry takes of it: in the features and in the solver's own form.
MEMORY = 2_000_000_000
BYTES_PER_ENTRY = 30


def fit_flags(
    matrix: sparse.csr_matrix,
    flags: np.ndarray,
    weights: np.ndarray,
    *,
    C: float,
    max_iter: int,
    solving: Mapping[str, Any] = FULL,
    jobs: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Fit one logistic regression per column of flags.

    Parameters
    ----------
    matrix : csr_matrix of shape (n, n_features)
        Features.
    flags : ndarray of shape (n, width)
        What is true of each row.
    weights : ndarray of shape (n,) or (n, width)
        Weights of the rows, the same for all columns or each its own.
    C : float
        Inverse of the strength of the penalty.
    max_iter : int
        Bound on the solver's iterations.
    solving : mapping
        `FULL` or `QUICK`.
    jobs : int, default 1
        Processes.

    Returns
    -------
    coef : ndarray of shape (width, n_features)
        Weights of the features.
    intercept : ndarray of shape (width,)
        Biases.
    """
    width = flags.shape[1]
    columns = weights if weights.ndim == 2 else np.broadcast_to(weights[:, None], flags.shape)
    parameters = {"C": C, "max_iter": max_iter, "solver": "liblinear", "random_state": 0, **solving}
    calls = [delayed(_fit)(matrix, flags[:, place], columns[:, place], parameters) for place in range(width)]
    if matrix.nnz < WORTH_PROCESSES or width == 1:
        jobs = 1
    jobs = max(1, min(jobs, MEMORY // max(matrix.nnz * BYTES_PER_ENTRY, 1)))
    found = Parallel(n_jobs=jobs)(calls)
    return np.vstack([coef for coef, _ in found]), np.concatenate([intercept for _, intercept in found])


def _fit(
    matrix: sparse.csr_matrix, flag: np.ndarray, weights: np.ndarray, parameters: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    model = LogisticRegression(**parameters).fit(matrix, flag, sample_weight=weights)
    return model.coef_, model.intercept_


def weighed(vectorizer: Vectorizer, counts: Counts, rows: np.ndarray | None = None) -> tuple[Any, np.ndarray]:
    """Choose features from counts of some rows, learn their weights, and weigh those rows.

    Parameters
    ----------
    vectorizer : Vectorizer
        Its templates are checked; what it learns about weights is set.
    counts : Counts
        Of all rows.
    rows : ndarray of int, optional
        Rows to learn from; all by default.

    Returns
    -------
    matrix : csr_matrix of shape (len(rows), n_features)
        float64.
    columns : ndarray of int
        Those of `counts` that are features.
    """
    part = counts.matrix if rows is None else counts.matrix[rows]
    columns = vectorizer.choose(part, counts.blocks)
    return vectorizer.weigh(columns_of(part, columns)), columns


def weighed_apart(vectorizer: Vectorizer, counts: Counts, rows: np.ndarray, columns: np.ndarray) -> Any:
    """Weigh rows that were not learnt from.

    Parameters
    ----------
    vectorizer : Vectorizer
        After :func:`weighed`.
    counts : Counts
        Of all rows.
    rows, columns : ndarray of int
        Which rows; the features, from :func:`weighed`.

    Returns
    -------
    csr_matrix of shape (len(rows), n_features)
        float64.
    """
    return vectorizer.weigh(columns_of(counts.matrix[rows], columns))
