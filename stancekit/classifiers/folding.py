"""Folds that keep groups of rows together and labels in proportion."""

import numpy as np

__all__ = ["Fold", "grouped_folds"]

Fold = tuple[np.ndarray, np.ndarray]


def grouped_folds(kinds: np.ndarray, groups: np.ndarray, n_folds: int, seed: int) -> list[Fold]:
    """Part rows to folds.

    Groups are dealt one by one, the most uneven first, to the fold where the shares of all kinds come out most alike:
    the way of scikit-learn's ``StratifiedGroupKFold``, in a fraction of its time where there are thousands of groups.

    Parameters
    ----------
    kinds : ndarray of shape (n,) or (n, n_flags)
        Numbers from 0, such as those of labels; or flags.
    groups : ndarray of int, shape (n,)
        Numbers from 0.
    n_folds : int
        At least 2.
    seed : int
        Of the order of groups that are alike.

    Returns
    -------
    list of (ndarray, ndarray)
        Rows to learn from and rows held out, each ascending. Folds without rows are left out.
    """
    n_groups = int(groups.max()) + 1
    if kinds.ndim == 1:
        table = np.zeros((n_groups, int(kinds.max()) + 1))
        np.add.at(table, (groups, kinds), 1)
    else:
        table = np.zeros((n_groups, kinds.shape[1] + 1))
        np.add.at(table[:, 1:], groups, kinds)
        table[:, 0] = np.bincount(groups, minlength=n_groups)
    rows = np.bincount(groups, minlength=n_groups)
    totals = np.maximum(table.sum(axis=0), 1)
    order = np.random.default_rng(seed).permutation(n_groups)
    order = order[np.argsort(-table[order].std(axis=1), kind="stable")]
    shares = table / totals
    held = np.zeros((n_folds, table.shape[1]))
    sizes = np.zeros(n_folds)
    fold_of = np.zeros(n_groups, dtype=np.int64)
    for group in order:
        share = shares[group]
        # Of the standard deviation over folds only the sum of squares depends on the fold: (h + s)^2 - h^2.
        sums, squares = held.sum(axis=0) + share, (held**2).sum(axis=0) + 2 * held * share + share**2
        spread = np.sqrt(np.maximum(squares / n_folds - (sums / n_folds) ** 2, 0)).mean(axis=1)
        fold = int(np.lexsort((sizes, np.round(spread, 12)))[0])
        fold_of[group] = fold
        held[fold] += share
        sizes[fold] += rows[group]
    of_row = fold_of[groups]
    return [
        (np.flatnonzero(of_row != fold), np.flatnonzero(of_row == fold)) for fold in range(n_folds) if sizes[fold] > 0
    ]
