"""How good a model is on labelled rows: figures, slices, groups left out, and baselines to hold them against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from stancekit.classifiers import LinearClassifier, SentimentClassifier
from stancekit.errors import InputError
from stancekit.evaluation import Evaluation, evaluate, evaluate_flags
from stancekit.labelled import LabelledRows

__all__ = ["Counted", "Report", "assess", "baselines", "folds_of", "held_out", "macro_f1", "measure", "no_slices"]

# A slice below so many rows is shown, but is not named the worst.
ENOUGH_ROWS = 20
Fold = tuple[np.ndarray, np.ndarray]
Counted = tuple[Any, list[tuple[int, str]]]
SLICE_COLUMNS = ("column", "value", "question", "n", "accuracy", "accuracy_low", "accuracy_high", "macro_f1")


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
        ``column``, ``value``, ``question``, ``n``, ``accuracy`` with bounds, ``macro_f1`` over the labels that occur in
        the slice. In `left_out`, of models that were trained without the value.
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
    proba = model.predict_proba(rows.X)
    classes = list(model.classes_)
    figures = measure(rows, proba, classes, draws=draws, seed=seed)
    found, warnings = baselines(rows, classes, draws=draws, seed=seed)
    parts = [_slices(rows, proba, classes, column, draws, seed) for column in by]
    slices = pd.DataFrame([row for part in parts for row in part], columns=list(SLICE_COLUMNS))
    left: list[dict[str, Any]] = []
    if leave_out is not None:
        left, more = _leave_out(model, rows, leave_out, draws, seed)
        warnings += more
    left_out = pd.DataFrame(left, columns=list(SLICE_COLUMNS))
    return Report(rows.task.name, figures, found, slices, left_out, [*rows.warnings, *warnings])


def measure(
    rows: LabelledRows, proba: np.ndarray, classes: Sequence[Any], *, draws: int = 1000, seed: int = 0
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
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    dict of str to Evaluation
        By question.
    """
    if rows.task.multilabel:
        return evaluate_flags(rows.y, proba, rows.task.labels, groups=rows.groups, draws=draws, seed=seed)
    names = [str(label) for label in classes]
    return {rows.task.name: evaluate(rows.y, proba, names, groups=rows.groups, draws=draws, seed=seed)}


def macro_f1(rows: LabelledRows, proba: np.ndarray, classes: Sequence[Any]) -> float:
    """Give the mean F1 over the labels that occur, or over flags that are on.

    Parameters
    ----------
    rows : LabelledRows
        The truth.
    proba : ndarray of shape (n, n_classes)
        Probabilities.
    classes : sequence
        Columns of `proba`.

    Returns
    -------
    float
        Between 0 and 1.
    """
    if rows.task.multilabel:
        return float(f1_score(rows.y, proba >= 0.5, average="macro", zero_division=0))
    predicted = np.array([str(label) for label in classes])[proba.argmax(axis=1)]
    return float(f1_score(rows.y, predicted, labels=np.unique(rows.y), average="macro", zero_division=0))


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
    codes = rows.y @ [2, 1] if rows.task.multilabel else np.unique(rows.y, return_inverse=True)[1]
    columns = [rows.y[:, i] for i in range(rows.y.shape[1])] if rows.task.multilabel else [codes]
    spread = min(len(np.unique(rows.groups[column == code])) for column in columns for code in np.unique(column))
    if spread < 2:
        raise InputError("a label stands in one article (group) only; cross-validation needs two: give more rows")
    # A few kinds of rows may be rarer than there are folds; what counts is that each label can be learnt.
    n_folds = min(n_folds, spread)
    kinds = codes if not rows.task.multilabel else np.zeros(len(codes), dtype=int)
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    folds = list(splitter.split(np.zeros(len(codes)), kinds, rows.groups))
    for train, _ in folds:
        if any(len(np.unique(column[train])) < len(np.unique(column)) for column in columns):
            raise InputError("a label stands in too few articles (groups) to be held out; give more rows of it")
    return folds


def held_out(
    variants: Sequence[LinearClassifier],
    counted: Counted,
    rows: LabelledRows,
    folds: Sequence[Fold],
    step: Callable[[], object] = lambda: None,
) -> list[np.ndarray]:
    """Give held-out decision values of all rows for several classifiers that share their features.

    Parameters
    ----------
    variants : sequence of classifiers
        Unfitted; with the same templates.
    counted : (csr_matrix, list)
        From ``count`` of one of them.
    rows : LabelledRows
        What was counted.
    folds : sequence of (ndarray, ndarray)
        From :func:`folds_of`.
    step : callable
        Called after each fold.

    Returns
    -------
    list of ndarray of shape (n, width)
        One per variant; NaN for rows that no fold holds out.
    """
    counts, keys = counted
    found: list[np.ndarray] = []
    # One after the other: the solver draws from one generator for the whole process, so threads would not repeat.
    for fold in folds:
        parts = _one_fold(variants, counts, keys, rows, fold)
        test = fold[1]
        found = found or [np.full((len(rows.y), part.shape[1]), np.nan) for part in parts]
        for decisions, part in zip(found, parts, strict=True):
            decisions[test] = part
        step()
    return found


def _one_fold(
    variants: Sequence[LinearClassifier], counts: Any, keys: list[tuple[int, str]], rows: LabelledRows, fold: Fold
) -> list[np.ndarray]:
    fresh = [clone(variant) for variant in variants]
    found: list[np.ndarray] = fresh[0].held_out(counts, keys, rows.y, rows.weights, fold, fresh)
    return found


def baselines(
    rows: LabelledRows, classes: Sequence[Any], *, draws: int = 1000, seed: int = 0
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
    draws, seed : int
        Of the bootstrap and the folds.

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
        folds = folds_of(rows, 5, seed)
        (decisions,) = held_out([blind], blind.count(rows.X["text"]), rows, folds)
        proba = np.zeros((len(rows.y), len(np.unique(rows.y))))
        for train, test in folds:
            proba[test] = blind.calibrated(decisions, rows.y, rows.weights, test, train)
        blind_classes = list(np.unique(rows.y))
    except InputError as error:
        return found, [f"no target-blind baseline: {error}"]
    found["target-blind"] = measure(rows, proba, blind_classes, draws=draws, seed=seed)
    return found, []


def _slices(
    rows: LabelledRows, proba: np.ndarray, classes: Sequence[Any], column: str, draws: int, seed: int
) -> list[dict[str, Any]]:
    found = []
    for value, inside in _values(rows, column):
        part = rows.take(inside)
        found += _slice(part, proba[inside], classes, column, value, draws, seed)
    return found


def _slice(
    part: LabelledRows, proba: np.ndarray, classes: Sequence[Any], column: str, value: str, draws: int, seed: int
) -> list[dict[str, Any]]:
    rows = []
    for question, figures in measure(part, proba, classes, draws=draws, seed=seed).items():
        # Labels that do not occur in the slice say nothing about it.
        present = figures.classes[figures.classes["n"] > 0]
        accuracy = figures.accuracy
        values = (column, value, question, figures.n_rows, accuracy.value, accuracy.low, accuracy.high)
        rows.append(dict(zip(SLICE_COLUMNS, (*values, float(present["f1"].mean())), strict=True)))
    return rows


def _values(rows: LabelledRows, column: str) -> list[tuple[str, np.ndarray]]:
    values = rows.table[column].astype(object)
    names = values.where(values.notna(), "(missing)").astype(str)
    return [(str(value), np.flatnonzero(names == value)) for value in sorted(names.unique())]


def _leave_out(
    model: LinearClassifier, rows: LabelledRows, column: str, draws: int, seed: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """Train without each value of a column in turn, and measure on it."""
    variant = clone(model)
    counted = variant.count(rows.X)
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
            fitted = clone(model).fit_counts(counted[0][train], counted[1], rest.y, rest.weights, rest.groups)
        except InputError as error:
            warnings.append(f"{column} {value!r} cannot be left out: {error}")
            continue
        part = rows.take(test)
        found += _slice(part, fitted.predict_proba(part.X), fitted.classes_, column, value, draws, seed)
    return found, warnings
