"""How good a model is on labelled rows: figures, slices, groups left out, and baselines to hold them against."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from stancekit.calibration import labels_given
from stancekit.classifiers import LinearClassifier, SentimentClassifier
from stancekit.classifiers.folding import Fold
from stancekit.errors import InputError
from stancekit.evaluation import Evaluation, evaluate, evaluate_flags
from stancekit.jobs import process_count
from stancekit.labelled import LabelledRows
from stancekit.validation import folds_of, held_out

__all__ = ["Report", "assess", "baselines", "measure", "no_slices", "slices_by"]

# A slice below so many rows is shown, but is not named the worst.
ENOUGH_ROWS = 20
SLICE_COLUMNS = (
    *("column", "value", "question", "n", "accuracy", "accuracy_low", "accuracy_high"),
    *("macro_f1", "macro_f1_low", "macro_f1_high"),
)


@dataclass(frozen=True)
class Report:
    """What was found about a model.

    Attributes
    ----------
    task : str
        The model's.
    figures : dict of str to Evaluation
        By question: the task itself, or each flag of framing.
    baselines : dict of str to dict
        By name of the baseline, then as `figures`.
    slices, left_out : DataFrame
        ``column``, ``value``, ``question``, ``n``, ``accuracy``, ``macro_f1`` over the labels that occur in the slice,
        both with bounds. In `left_out`, of models that were trained without the value.
    warnings : list of str
        What is doubtful.
    """

    task: str
    figures: dict[str, Evaluation]
    baselines: dict[str, dict[str, Evaluation]]
    slices: pd.DataFrame
    left_out: pd.DataFrame
    warnings: list[str] = field(default_factory=list)

    @property
    def worst(self) -> dict[str, Any] | None:
        """The slice of at least 20 rows with the lowest macro-F1; None without such slices."""
        return worst(self.slices)

    def to_dict(self) -> dict[str, Any]:
        """Give the report as values for JSON.

        Returns
        -------
        dict
            Tables as lists of rows.
        """
        return {
            "task": self.task,
            "figures": {name: found.to_dict() for name, found in self.figures.items()},
            "baselines": {
                baseline: {name: found.to_dict() for name, found in figures.items()}
                for baseline, figures in self.baselines.items()
            },
            "slices": self.slices.to_dict("records"),
            "worst_slice": self.worst,
            "left_out": self.left_out.to_dict("records"),
            "warnings": self.warnings,
        }


def no_slices() -> pd.DataFrame:
    """Give a table of slices without rows.

    Returns
    -------
    DataFrame
        With the columns of :class:`Report`'s tables.
    """
    return pd.DataFrame(columns=list(SLICE_COLUMNS))


def worst(slices: pd.DataFrame) -> dict[str, Any] | None:
    """Name the slice of at least 20 rows with the lowest macro-F1.

    Parameters
    ----------
    slices : DataFrame
        As in :class:`Report`.

    Returns
    -------
    dict or None
        Its row.
    """
    large = slices[slices["n"] >= ENOUGH_ROWS]
    if large.empty:
        return None
    lowest = large.to_dict("records")[int(large["macro_f1"].to_numpy().argmin())]
    return {str(name): value for name, value in lowest.items()}


def assess(
    model: LinearClassifier,
    rows: LabelledRows,
    *,
    by: Sequence[str] = (),
    leave_out: str | None = None,
    draws: int = 1000,
    seed: int = 0,
    jobs: int = 1,
) -> Report:
    """Measure a model on labelled rows.

    Parameters
    ----------
    model : StanceClassifier, SentimentClassifier or FramingClassifier
        Fitted; for the task of the rows.
    rows : LabelledRows
        From :func:`~stancekit.labelled.check_labelled`; not those it was trained on.
    by : sequence of str
        Columns whose values make slices.
    leave_out : str, optional
        A column: for each of its values, a model with this one's settings is trained on the other rows given here, and
        measured on the rows with the value.
    draws : int, default 1000
        Bootstrap draws over articles.
    seed : int, default 0
        Of draws and folds.
    jobs : int, default 1
        Processes; -1 for as many as there are cores.

    Returns
    -------
    Report
        Figures with 95 % intervals.

    Raises
    ------
    InputError
        If a column is not there, or a row has a label that the model does not know.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit import load_model
    >>> from stancekit.assessment import assess
    >>> from stancekit.labelled import check_labelled
    >>> frame = pd.DataFrame({"text": ["They mourned the dead.", "A bank met."], "label": ["negative", "neutral"]})
    >>> report = assess(load_model("sentiment"), check_labelled(frame, task="sentiment"), draws=10)
    >>> report.figures["sentiment"].n_rows
    2
    """
    for column in (*by, *([leave_out] if leave_out is not None else [])):
        if column not in rows.table.columns:
            there = ", ".join(map(repr, rows.table.columns))
            raise InputError(f"there is no column {column!r} to slice by; the columns are {there}")
    jobs = process_count(jobs)
    proba = model.predict_proba(rows.X)
    classes = list(model.classes_)
    thresholds = model.thresholds_
    figures = measure(rows, proba, classes, thresholds=thresholds, draws=draws, seed=seed)
    found, warnings = baselines(rows, classes, draws=draws, seed=seed, jobs=jobs)
    slices = slices_by(rows, proba, classes, by, thresholds=thresholds, draws=draws, seed=seed)
    left: list[dict[str, Any]] = []
    if leave_out is not None:
        left, more = _leave_out(model, rows, leave_out, draws, seed, jobs)
        warnings += more
    left_out = pd.DataFrame(left, columns=list(SLICE_COLUMNS))
    return Report(rows.task.name, figures, found, slices, left_out, [*rows.warnings, *warnings])


def measure(
    rows: LabelledRows,
    proba: np.ndarray,
    classes: Sequence[Any],
    *,
    thresholds: np.ndarray | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, Evaluation]:
    """Measure probabilities of labelled rows.

    Parameters
    ----------
    rows : LabelledRows
        The truth.
    proba : ndarray of shape (n, n_classes)
        Probabilities.
    classes : sequence
        Columns of `proba`.
    thresholds : ndarray of shape (n_classes,), optional
        Of flags, one half by default; or what the probabilities of classes are measured by, 1 by default.
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    dict of str to Evaluation
        By question.
    """
    if rows.task.multilabel:
        return evaluate_flags(
            rows.y, proba, rows.task.labels, thresholds=thresholds, groups=rows.groups, draws=draws, seed=seed
        )
    names, given = [str(label) for label in classes], labels_given(proba, thresholds)
    found = evaluate(rows.y, proba, names, predicted=given, groups=rows.groups, draws=draws, seed=seed)
    return {rows.task.name: found}


def baselines(
    rows: LabelledRows,
    classes: Sequence[Any],
    *,
    folds: Sequence[Fold] | None = None,
    draws: int = 1000,
    seed: int = 0,
    jobs: int = 1,
) -> tuple[dict[str, dict[str, Evaluation]], list[str]]:
    """Measure what a model that learnt nothing would reach.

    ``majority`` always says the most frequent label, with the shares of the labels for probabilities. ``target-blind``,
    for stance, sees the sentence and not the target; it is cross-validated on these very rows.

    Parameters
    ----------
    rows : LabelledRows
        The truth.
    classes : sequence
        The model's.
    folds : sequence of (ndarray, ndarray), optional
        Made here by default.
    draws, seed : int
        Of the bootstrap and the folds.
    jobs : int, default 1
        Processes.

    Returns
    -------
    figures : dict of str to dict of str to Evaluation
        By baseline, then by question.
    warnings : list of str
        Which baseline could not be made, and why.
    """
    if rows.task.multilabel:
        shares = rows.y.mean(axis=0)
    else:
        shares = np.array([(rows.y == str(label)).mean() for label in classes])
    prior = np.tile(shares, (len(rows.y), 1))
    found = {"majority": measure(rows, prior, classes, draws=draws, seed=seed)}
    if rows.task.unit != "target":
        return found, []
    try:
        blind = SentimentClassifier()
        # A sentence with several targets is the same to it each time.
        texts, places = np.unique(rows.X["text"].to_numpy(dtype=object), return_inverse=True)
        counts = blind.set_params(min_df=1).count(texts, jobs=jobs).take(places).frequent(2)
        blind.set_params(min_df=2)
        folds = folds_of(rows, 5, seed) if folds is None else folds
        (candidate,) = held_out([([blind], None)], counts, rows, folds, jobs=jobs)
    except InputError as error:
        return found, [f"no target-blind baseline: {error}"]
    found["target-blind"] = measure(rows, candidate.proba, list(np.unique(rows.y)), draws=draws, seed=seed)
    return found, []


def slices_by(
    rows: LabelledRows,
    proba: np.ndarray,
    classes: Sequence[Any],
    columns: Sequence[str],
    *,
    thresholds: np.ndarray | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure the rows of each value of some columns.

    Parameters
    ----------
    rows : LabelledRows
        The truth.
    proba : ndarray of shape (n, n_classes)
        Probabilities.
    classes : sequence
        Columns of `proba`.
    columns : sequence of str
        Columns of ``rows.table``.
    thresholds : ndarray of shape (n_classes,), optional
        Of flags, one half by default; or what the probabilities of classes are measured by, 1 by default.
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        With the columns of :class:`Report`'s tables.
    """
    found = []
    for column in columns:
        for value, inside in _values(rows, column):
            part = rows.take(inside)
            figures = measure(part, proba[inside], classes, thresholds=thresholds, draws=draws, seed=seed)
            found += _slice(figures, column, value)
    return pd.DataFrame(found, columns=list(SLICE_COLUMNS))


def _slice(found: dict[str, Evaluation], column: str, value: str) -> list[dict[str, Any]]:
    rows = []
    for question, figures in found.items():
        # Labels that do not occur in the slice say nothing about it.
        shares = [
            bound for one in (figures.accuracy, figures.macro_f1_occurring) for bound in (one.value, one.low, one.high)
        ]
        rows.append(dict(zip(SLICE_COLUMNS, (column, value, question, figures.n_rows, *shares), strict=True)))
    return rows


def _values(rows: LabelledRows, column: str) -> list[tuple[str, np.ndarray]]:
    values = rows.table[column].astype(object)
    names = values.where(values.notna(), "(missing)").astype(str)
    return [(str(value), np.flatnonzero(names == value)) for value in sorted(names.unique())]


def _leave_out(
    model: LinearClassifier, rows: LabelledRows, column: str, draws: int, seed: int, jobs: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """Train without each value of a column in turn, and measure on it."""
    variant = clone(model)
    counts = variant.count(rows.X, jobs=jobs)
    found, warnings = [], []
    for value, test in _values(rows, column):
        train = np.setdiff1d(np.arange(len(rows.y)), test)
        rest = rows.take(train)
        columns = rest.y.T if rows.task.multilabel else [rest.y]
        every = rows.y.T if rows.task.multilabel else [rows.y]
        if any(len(np.unique(part)) < len(np.unique(whole)) for part, whole in zip(columns, every, strict=True)):
            warnings.append(f"{column} {value!r} cannot be left out: without it a label has no row")
            continue
        try:
            fresh = clone(model)
            # Names are masked alike, whichever rows are left out.
            fresh.vectorizer_ = copy.copy(variant.vectorizer_)
            fitted = fresh.fit_counts(counts.take(train), rest.y, rest.weights, rest.groups, jobs=jobs)
        except InputError as error:
            warnings.append(f"{column} {value!r} cannot be left out: {error}")
            continue
        part = rows.take(test)
        thresholds = fitted.thresholds_
        proba = fitted.predict_proba(part.X)
        figures = measure(part, proba, list(fitted.classes_), thresholds=thresholds, draws=draws, seed=seed)
        found += _slice(figures, column, value)
    return found, warnings
