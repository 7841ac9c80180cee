"""What the classifiers check of arguments that users hand in."""

from typing import Any

import numpy as np
import pandas as pd

from stancekit.errors import InputError
from stancekit.features.vectorizer import check_texts

__all__ = ["check_folds", "check_groups", "check_weights"]


def check_folds(folds: Any) -> None:
    """Refuse numbers of folds that cannot be."""
    if not isinstance(folds, int | np.integer) or folds < 0 or folds == 1:
        raise InputError(f"calibration_folds must be 0 for none, or an integer of at least 2, got {folds!r}")


def check_weights(sample_weight: Any, n: int) -> np.ndarray:
    """Give each row its weight: as given, or 1."""
    if sample_weight is None:
        return np.ones(n)
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != (n,):
        raise InputError(f"sample_weight must hold one number per row of X: ({n},), got {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise InputError("sample_weight must be finite, none negative and not all zero")
    return weights


def check_groups(X: Any, groups: Any, n: int) -> np.ndarray:
    """Give each row the number of the group that it stays with: as given, by article, or by text."""
    if groups is None:
        groups = X["article_id"] if isinstance(X, pd.DataFrame) and "article_id" in X.columns else check_texts(X)
    codes, _ = pd.factorize(pd.Series(list(groups), dtype=object), use_na_sentinel=False)
    if len(codes) != n:
        raise InputError(f"groups must hold one value per row of X: {n} rows, got {len(codes)}")
    return np.asarray(codes)
