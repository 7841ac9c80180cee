"""Grouped cross-validation of several classifiers at once: folds, held-out decision values in processes, and choice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from sklearn.base import clone

from stancekit.classifiers import LinearClassifier
from stancekit.classifiers.counting import Counts
from stancekit.classifiers.folding import Fold, grouped_folds
from stancekit.errors import InputError
from stancekit.labelled import LabelledRows

__all__ = ["Candidate", "best_of", "codes_of", "folds_of", "held_out"]

# Fewer counted phrases are learnt sooner than further processes are there.
WORTH_PROCESSES = 300_000
# What all processes together may take for one fold each, and what a counted phrase takes of it: its place in the
# counts of the fold, in the features, and in the solver's own form.
MEMORY = 2_000_000_000
BYTES_PER_ENTRY = 45


@dataclass(frozen=True)
class Candidate:
    """A setting that was tried, with what it says of held-out rows.

    Attributes
    ----------
    model : LinearClassifier
        Unfitted.
    decisions : ndarray of shape (n, width)
        Decision values of each row by the model that did not see its fold.
    codes : ndarray of int, shape (n,) or (n, n_flags)
        The truth.
    weights : ndarray of shape (n,) or None
        Weights of the rows.
    folds : sequence of (ndarray, ndarray)
        From :func:`folds_of`.
    """

    model: LinearClassifier
    decisions: np.ndarray
    codes: np.ndarray
    weights: np.ndarray | None
    folds: Sequence[Fold]

    @cached_property
    def proba(self) -> np.ndarray:
        """Probabilities of each row, calibrated on the other folds."""
        parts = [
            clone(self.model).calibrated(self.decisions, self.codes, self.weights, test, train)
            for train, test in self.folds
        ]
        proba = np.zeros((len(self.codes), parts[0].shape[1]))
        for (_, test), part in zip(self.folds, parts, strict=True):
            proba[test] = part
        return proba

    @cached_property
    def tables(self) -> np.ndarray:
        """Per fold and label or flag: rows that are rightly said to have it, are said to, and have it."""
        if self.codes.ndim == 2:
            truth, said = self.codes.astype(bool), self.proba >= 0.5
        else:
            labels = np.arange(self.proba.shape[1])
            truth, said = self.codes[:, None] == labels, self.proba.argmax(axis=1)[:, None] == labels
        both = np.stack([truth & said, said, truth])
        return np.stack([both[:, test].sum(axis=1) for _, test in self.folds])

    def score(self, without: int | None = None) -> float:
        """Give the macro-F1 of held-out rows.

        Parameters
        ----------
        without : int, optional
            A fold that does not count.

        Returns
        -------
        float
            Mean F1 over the labels that occur, or over flags that are on.
        """
        counted = [number for number in range(len(self.folds)) if number != without]
        right, said, truth = self.tables[counted].sum(axis=0)
        occur = truth > 0
        return float((2 * right[occur] / (said[occur] + truth[occur])).mean())


def best_of(candidates: Sequence[Candidate], without: int | None = None) -> int:
    """Give the number of the candidate with the highest macro-F1.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one.
    without : int, optional
        A fold that does not count.

    Returns
    -------
    int
        The first of the best.
    """
    return int(np.argmax([candidate.score(without) for candidate in candidates]))


def codes_of(rows: LabelledRows) -> np.ndarray:
    """Give labels as numbers in their sorted order; flags as they are.

    Parameters
    ----------
    rows : LabelledRows
        From :func:`~stancekit.labelled.check_labelled`.

    Returns
    -------
    ndarray of int, shape (n,) or (n, n_flags)
        Smaller than strings, and the same to a classifier.
    """
    return rows.y if rows.task.multilabel else np.unique(rows.y, return_inverse=True)[1]


def folds_of(rows: LabelledRows, n_folds: int, seed: int) -> list[Fold]:
    """Part rows to folds that keep groups together and labels in proportion.

    Parameters
    ----------
    rows : LabelledRows
        To be parted.
    n_folds : int
        How many at most; fewer if a label stands in fewer groups.
    seed : int
        Of the parting.

    Returns
    -------
    list of (ndarray, ndarray)
        Rows to learn from and rows held out.

    Raises
    ------
    InputError
        If a label cannot be both learnt and held out.
    """
    codes = codes_of(rows)
    columns = list(codes.T) if rows.task.multilabel else [codes]
    spread = min(len(np.unique(rows.groups[column == code])) for column in columns for code in np.unique(column))
    if spread < 2:
        raise InputError("a label stands in one article (group) only; cross-validation needs two: give more rows")
    # A few kinds of rows may be rarer than there are folds; what counts is that each label can be learnt.
    _, groups = np.unique(rows.groups, return_inverse=True)
    folds = grouped_folds(codes, groups, min(n_folds, spread), seed)
    for train, _ in folds:
        if any(len(np.unique(column[train])) < len(np.unique(column)) for column in columns):
            raise InputError("a label stands in too few articles (groups) to be held out; give more rows of it")
    return folds


def held_out(
    batches: Sequence[tuple[Sequence[LinearClassifier], Sequence[int] | None]],
    counts: Counts,
    rows: LabelledRows,
    folds: Sequence[Fold],
    *,
    jobs: int = 1,
    step: Callable[[], object] = lambda: None,
) -> list[Candidate]:
    """Give held-out decision values of all rows for several classifiers.

    Parameters
    ----------
    batches : sequence of (sequence of classifiers, sequence of int or None)
        Unfitted classifiers that share their templates, and the numbers of these templates in `counts`; None for all.
        A batch and a fold are the work of one process at a time.
    counts : Counts
        From ``count``.
    rows : LabelledRows
        What was counted.
    folds : sequence of (ndarray, ndarray)
        From :func:`folds_of`.
    jobs : int, default 1
        Processes; fewer are used where memory would run short or there is little to do.
    step : callable
        Called after each batch of each fold.

    Returns
    -------
    list of Candidate
        One per classifier, in their order, whatever the number of processes.
    """
    codes = codes_of(rows)
    # The catalogue hides names before they are counted; here it would only be sent about.
    bare = [
        ([clone(model).set_params(catalogue=None) for model in models], None if numbers is None else list(numbers))
        for models, numbers in batches
    ]
    slim = Counts(counts.matrix, counts.blocks, counts.phrases.slice(0, 0))
    entries = max(counts.matrix.nnz, 1)
    if entries < WORTH_PROCESSES:
        jobs = 1
    if jobs > 1 and 2 * entries * BYTES_PER_ENTRY > MEMORY:
        # What the processes that counted still hold is needed now.
        get_reusable_executor().shutdown(wait=True)
    jobs = max(1, min(jobs, MEMORY // (entries * BYTES_PER_ENTRY)))
    calls = (
        delayed(_one)(slim, codes, rows.weights, fold, models, numbers) for models, numbers in bare for fold in folds
    )
    parts = []
    for part in Parallel(n_jobs=jobs, return_as="generator")(calls):
        parts.append(part)
        step()
    found = []
    for number, (models, _) in enumerate(batches):
        mine = parts[number * len(folds) : (number + 1) * len(folds)]
        for place, model in enumerate(models):
            decisions = np.full((len(codes), mine[0][place].shape[1]), np.nan)
            for (_, test), part in zip(folds, mine, strict=True):
                decisions[test] = part[place]
            found.append(Candidate(model, decisions, codes, rows.weights, folds))
    return found


def _one(
    counts: Counts,
    codes: np.ndarray,
    weights: np.ndarray | None,
    fold: Fold,
    models: list[LinearClassifier],
    numbers: list[int] | None,
) -> list[np.ndarray]:
    if numbers is not None:
        counts = counts.of(numbers)
    fresh: list[LinearClassifier] = [clone(model) for model in models]
    return fresh[0].held_out(counts, codes, weights, fold, fresh)
