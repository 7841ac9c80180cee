"""Training on labels of the user's own: settings chosen and measured by grouped cross-validation, then one model.

All rows are counted once. The settings tried share folds of whole articles. So that the report does not flatter the
choice, the settings with which a fold is judged are chosen, and its probabilities calibrated, on the other folds alone
(Tibshirani and Tibshirani, "A bias correction for the minimum error rate in cross-validation", 2009, on the need).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from tqdm import tqdm

from stancekit.actors import Catalogue
from stancekit.articles import Rejection
from stancekit.assessment import Counted, Report, baselines, folds_of, held_out, macro_f1, measure, no_slices
from stancekit.classifiers import FramingClassifier, LinearClassifier, SentimentClassifier, StanceClassifier
from stancekit.errors import InputError
from stancekit.evaluation import suggest_confidence
from stancekit.features import Lexicon
from stancekit.labelled import LabelledRows, check_labelled
from stancekit.models import save_model

__all__ = ["Trained", "train", "train_rows"]

ESTIMATORS: dict[str, type[LinearClassifier]] = {
    "stance": StanceClassifier,
    "sentiment": SentimentClassifier,
    "framing": FramingClassifier,
}
STRENGTHS = (0.3, 1.0, 3.0)
FOLDS = 5
LEAST_ROWS = 5
FEW_ROWS = 30
SKEWED = 5.0
N_PROBES = 3


@dataclass(frozen=True)
class Trained:
    """What training gives.

    Attributes
    ----------
    model : StanceClassifier, SentimentClassifier or FramingClassifier
        Fitted on all rows.
    report : Report
        Figures of held-out rows; those of a model of the chosen kind, not of this very one.
    tried : DataFrame
        ``C``, ``class_weight``, ``templates``, ``macro_f1`` in cross-validation, ``chosen``.
    min_confidence : float or None
        Threshold of abstention at which labels of held-out rows are right as often as was asked.
    accuracy : float
        How often that was.
    rejected : list of Rejection
        Rows left out.
    counts : dict of str to int
        Rows per label.
    info : dict
        What the manifest says of the training.
    probes : DataFrame
        Sentences whose probabilities are stored with the model.
    """

    model: LinearClassifier
    report: Report
    tried: pd.DataFrame
    min_confidence: float | None
    accuracy: float
    rejected: list[Rejection]
    counts: dict[str, int]
    info: dict[str, Any] = field(default_factory=dict)
    probes: pd.DataFrame = field(default_factory=pd.DataFrame)

    def save(self, folder: str | Path) -> Path:
        """Write the model as a folder.

        Parameters
        ----------
        folder : str or Path
            Made if it is not there.

        Returns
        -------
        Path
            The folder.
        """
        return save_model(self.model, folder, probes=self.probes, info=self.info)


def train(
    frame: pd.DataFrame,
    *,
    task: str,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    search: bool = True,
    seed: int = 0,
    accuracy: float = 0.8,
    catalogue: Catalogue | None = None,
    draws: int = 1000,
    progress: bool = False,
) -> Trained:
    """Train a classifier on labelled rows, and report on it.

    Parameters
    ----------
    frame : DataFrame
        As for :func:`~stancekit.labelled.check_labelled`.
    task : {"stance", "sentiment", "framing"}
        What the labels are about; they may be any, up to 20.
    labels : sequence of str, optional
        The labels that count. All found by default.
    columns : dict of str to str, optional
        Which column holds what, where it has another name. ``{"article_id": "outlet"}`` keeps outlets together.
    search : bool, default True
        Whether to try several settings; otherwise the classifier's defaults are measured and used.
    seed : int, default 0
        Of folds and intervals.
    accuracy : float, default 0.8
        How often labels are to be right, for the suggested threshold of abstention.
    catalogue : Catalogue, optional
        Whose names are masked; the built-in one by default.
    draws : int, default 1000
        Bootstrap draws.
    progress : bool, default False
        Whether to show a progress bar.

    Returns
    -------
    Trained
        Model and report.

    Raises
    ------
    InputError
        If the rows do not allow it; the message says what is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit.training import train
    >>> texts = [f"{word} day number {i}." for i in range(8) for word in ("Happy", "Bitter")]
    >>> rows = pd.DataFrame({"text": texts, "label": ["glad", "sad"] * 8})
    >>> trained = train(rows, task="sentiment", search=False, draws=10)
    >>> trained.model.predict(["What a bitter loss."]).tolist()
    ['sad']
    """
    rows = check_labelled(frame, task=task, labels=labels, columns=columns)
    return train_rows(
        rows, search=search, seed=seed, accuracy=accuracy, catalogue=catalogue, draws=draws, progress=progress
    )


def train_rows(
    rows: LabelledRows,
    *,
    search: bool = True,
    seed: int = 0,
    accuracy: float = 0.8,
    catalogue: Catalogue | None = None,
    draws: int = 1000,
    progress: bool = False,
) -> Trained:
    """Train on rows that have been checked; see :func:`train`.

    Parameters
    ----------
    rows : LabelledRows
        From :func:`~stancekit.labelled.check_labelled`.
    search, seed, accuracy, catalogue, draws, progress
        As for :func:`train`.

    Returns
    -------
    Trained
        Model and report.
    """
    if not 0 < accuracy <= 1:
        raise InputError(f"accuracy must lie above 0 and be at most 1, got {accuracy!r}")
    counts, warnings = _check_counts(rows)
    folds = folds_of(rows, FOLDS, seed)
    base = ESTIMATORS[rows.task.name](catalogue=catalogue)
    counted = base.count(rows.X)
    base.set_params(templates=base.vectorizer_.templates_)
    with _bar(len(folds) * (len(_other_templates(base)) + 1 if search else 1), progress) as bar:
        tried = _tried(base, counted, rows, folds, bar, search=search)
    scores = [_score(model, decisions, rows) for model, decisions in tried]
    best = int(np.argmax(scores))
    proba = _honest(tried, rows, folds)
    model, decisions = tried[best]
    model = clone(model)
    classes = np.array(rows.task.labels) if rows.task.multilabel else np.unique(rows.y)
    model.fit_counts(*_chosen(counted, base, model), rows.y, rows.weights, rows.groups, decisions)
    figures = measure(rows, proba, list(classes), draws=draws, seed=seed)
    beside, more = baselines(rows, list(classes), draws=draws, seed=seed)
    report = Report(rows.task.name, figures, beside, no_slices(), no_slices(), [*rows.warnings, *warnings, *more])
    thresholds = [suggest_confidence(found, accuracy) for found in figures.values()]
    threshold = None if None in thresholds else max(value for value in thresholds if value is not None)
    trained = Trained(model, report, _table(tried, scores, best), threshold, accuracy, rows.rejected, counts)
    trained.info.update(_info(trained, rows, seed))
    return Trained(**vars(trained) | {"probes": _probes(rows)})


def _check_counts(rows: LabelledRows) -> tuple[dict[str, int], list[str]]:
    """Count the rows per label; refuse what cannot be learnt, say what is doubtful."""
    if rows.task.multilabel:
        counts: dict[str, int] = {}
        for flag, column in zip(rows.task.labels, rows.y.T, strict=True):
            counts |= {f"{flag} on": int(column.sum()), f"{flag} off": int((1 - column).sum())}
    else:
        counts = {str(label): n for label, n in sorted(Counter(rows.y.tolist()).items())}
    if len(counts) < 2:
        raise InputError(f"all {len(rows.y):,} rows have the label {next(iter(counts))!r}; training needs two labels")
    for label, n in counts.items():
        if n < LEAST_ROWS:
            raise InputError(
                f"the label {label!r} has {n} rows, at least {LEAST_ROWS} are needed; label more, or leave it out by "
                "naming the other labels (labels=[...], --labels)"
            )
    warnings = [
        f"the label {label!r} has only {n} rows; its figures are guesses" for label, n in counts.items() if n < FEW_ROWS
    ]
    largest, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[largest] >= SKEWED * counts[least]:
        handled = (
            "flags have no weights of classes, give a weight column"
            if rows.task.multilabel
            else "weights of classes are tried in the search"
        )
        warnings.append(
            f"labels are uneven: {counts[largest]:,} rows of {largest!r}, {counts[least]:,} of {least!r}; {handled}"
        )
    return counts, warnings


@contextmanager
def _bar(total: int, progress: bool) -> Iterator[Any]:
    with tqdm(total=total, unit=" folds", disable=not progress) as bar:
        yield bar


def _other_templates(base: LinearClassifier) -> list[tuple[Any, ...]]:
    """Give the template sets to try beside the whole one: without stems, without rated words."""
    templates = tuple(base.templates or ())
    words = tuple(template for template in templates if not getattr(template, "stem", 0))
    unrated = tuple(template for template in templates if not isinstance(template, Lexicon))
    return [words, unrated]


def _tried(
    base: LinearClassifier,
    counted: Counted,
    rows: LabelledRows,
    folds: list[tuple[np.ndarray, np.ndarray]],
    bar: Any,
    *,
    search: bool,
) -> list[tuple[LinearClassifier, np.ndarray]]:
    """Give each setting that was tried with the decision values of held-out rows."""
    if not search:
        return [(base, held_out([base], counted, rows, folds, bar.update)[0])]
    variants = [clone(base).set_params(C=C) for C in STRENGTHS]
    if not rows.task.multilabel:
        variants += [clone(model).set_params(class_weight="balanced") for model in variants[1:]]
    tried = list(zip(variants, held_out(variants, counted, rows, folds, bar.update), strict=True))
    best, _ = max(tried, key=lambda pair: _score(pair[0], pair[1], rows))
    for templates in _other_templates(base):
        other = clone(best).set_params(templates=templates)
        (decisions,) = held_out([other], _chosen(counted, base, other), rows, folds, bar.update)
        tried.append((other, decisions))
    return tried


def _chosen(counted: Counted, base: LinearClassifier, model: LinearClassifier) -> Counted:
    """Take the counts of a model's templates from those of all."""
    every, wanted = list(base.templates or ()), list(model.templates or ())
    if every == wanted:
        return counted
    numbers = {block: wanted.index(template) for block, template in enumerate(every) if template in wanted}
    counts, keys = counted
    columns = [column for column, (block, _) in enumerate(keys) if block in numbers]
    return counts[:, columns], [(numbers[keys[column][0]], keys[column][1]) for column in columns]


def _score(model: LinearClassifier, decisions: np.ndarray, rows: LabelledRows, part: Any = None) -> float:
    """Give the macro-F1 of held-out rows, all or a part."""
    inside = np.arange(len(rows.y)) if part is None else part
    proba = clone(model).calibrated(decisions, rows.y, rows.weights, inside, inside)
    return macro_f1(rows.take(inside), proba, list(np.unique(rows.y)))


def _honest(
    tried: list[tuple[LinearClassifier, np.ndarray]],
    rows: LabelledRows,
    folds: list[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Give probabilities of all rows, settings and calibration of each fold being chosen on the others."""
    width = rows.y.shape[1] if rows.task.multilabel else len(np.unique(rows.y))
    proba = np.zeros((len(rows.y), width))
    for train_part, test in folds:
        model, decisions = max(tried, key=lambda pair: _score(pair[0], pair[1], rows, train_part))
        proba[test] = clone(model).calibrated(decisions, rows.y, rows.weights, test, train_part)
    return proba


def _table(tried: list[tuple[LinearClassifier, np.ndarray]], scores: list[float], best: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "C": float(model.C),
                "class_weight": model.class_weight or "none",
                "templates": ", ".join(template.name for template in model.templates or ()),
                "macro_f1": score,
                "chosen": number == best,
            }
            for number, ((model, _), score) in enumerate(zip(tried, scores, strict=True))
        ]
    )


def _probes(rows: LabelledRows) -> pd.DataFrame:
    """Take the shortest texts of different labels, so that a model's folder gives away as little as it can."""
    order = np.argsort(rows.X["text"].str.len().to_numpy(), kind="stable")[:N_PROBES]
    return rows.X.iloc[order][[name for name in ("text", "start", "end") if name in rows.X]].reset_index(drop=True)


def _info(trained: Trained, rows: LabelledRows, seed: int) -> dict[str, Any]:
    digest = sha256(pd.util.hash_pandas_object(rows.X.astype(str), index=False).to_numpy().tobytes())
    digest.update("\n".join(map(str, rows.y.tolist())).encode())
    return {
        "training": {
            "rows": len(rows.y),
            "groups": int(rows.groups.max()) + 1,
            "labels": trained.counts,
            "rejected": len(rows.rejected),
            "fingerprint": digest.hexdigest(),
        },
        "seed": seed,
        "tried": trained.tried.to_dict("records"),
        "class_weight": trained.model.class_weight or "none",
        "min_confidence": trained.min_confidence,
        "min_confidence_for_accuracy": trained.accuracy,
        "development": {name: found.to_dict() for name, found in trained.report.figures.items()},
    }
