"""Training on labels of the user's own: settings chosen and measured by grouped cross-validation, then one model.

All rows are counted once. The settings tried share folds of whole articles. So that the report does not flatter the
choice, the settings with which a fold is judged are chosen by the figures of the other folds, and its probabilities
calibrated on the other folds alone (Tibshirani and Tibshirani, "A bias correction for the minimum error rate in
cross-validation", 2009, on the need).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
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
from stancekit.assessment import Report, baselines, measure, no_slices, slices_by
from stancekit.classifiers import FramingClassifier, LinearClassifier
from stancekit.classifiers.counting import Counts
from stancekit.classifiers.folding import Fold
from stancekit.errors import InputError
from stancekit.evaluation import Evaluation, suggest_confidence
from stancekit.features import Lexicon
from stancekit.jobs import process_count
from stancekit.labelled import LabelledRows, check_labelled
from stancekit.models import ESTIMATORS, save_model
from stancekit.validation import Candidate, best_of, folds_of, held_out

__all__ = ["Trained", "train", "train_rows"]

STRENGTHS = (0.3, 1.0, 3.0)
FOLDS = 5
LEAST_ROWS = 5
FEW_ROWS = 30
SKEWED = 5.0
N_PROBES = 3
# A column of this name tells several sources of rows apart; they are counted and measured each on its own.
SOURCE = "source"


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
    evaluations : dict of str to dict of str to Evaluation
        Figures of further labelled rows, by their name, then by question.
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
    evaluations: dict[str, dict[str, Evaluation]] = field(default_factory=dict)

    def save(self, folder: str | Path, *, language: str = "en", info: Mapping[str, Any] | None = None) -> Path:
        """Write the model as a folder.

        Parameters
        ----------
        folder : str or Path
            Made if it is not there.
        language : str, default "en"
            Of the texts.
        info : mapping, optional
            What else the manifest is to say: name, licence, names of data sets.

        Returns
        -------
        Path
            The folder.
        """
        told = dict(info or {}) | self.info
        return save_model(self.model, folder, probes=self.probes, info=told, language=language)


def train(
    frame: pd.DataFrame,
    *,
    task: str,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    search: bool = True,
    C: float | None = None,
    min_df: int = 2,
    evaluate_on: Mapping[str, pd.DataFrame] | None = None,
    seed: int = 0,
    accuracy: float = 0.8,
    catalogue: Catalogue | None = None,
    draws: int = 1000,
    jobs: int = -1,
    progress: bool = False,
) -> Trained:
    """Train a classifier on labelled rows, and report on it.

    Parameters
    ----------
    frame : DataFrame
        As for :func:`~stancekit.labelled.check_labelled`. A column ``source`` tells several sources apart: they are
        counted and measured each on its own, too.
    task : {"stance", "sentiment", "framing"}
        What the labels are about; they may be any, up to 20.
    labels : sequence of str, optional
        The labels that count, all found by default; for framing the columns of the flags, one to twenty.
    columns : dict of str to str, optional
        Which column holds what, where it has another name. ``{"article_id": "outlet"}`` keeps outlets together.
    search : bool, default True
        Whether to try several settings; otherwise the classifier's defaults are measured and used.
    C : float, optional
        Inverse of the strength of the penalty; if given, it is used and nothing is searched.
    min_df : int, default 2
        In how many rows a phrase must stand to be a feature: the higher, the smaller the model.
    evaluate_on : dict of str to DataFrame, optional
        Further labelled rows, by name, to measure the model on; labels that it does not know are left out.
    seed : int, default 0
        Of folds and intervals.
    accuracy : float, default 0.8
        How often labels are to be right, for the suggested threshold of abstention.
    catalogue : Catalogue, optional
        Whose names are masked; the built-in one by default.
    draws : int, default 1000
        Bootstrap draws.
    jobs : int, default -1
        Processes, for more than a few thousand rows; -1 for as many as there are cores. The model is the same.
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
    known = list(rows.task.labels) if rows.task.multilabel else sorted(set(rows.y.tolist()))
    others = {
        name: check_labelled(other, task=task, labels=known, columns=columns)
        for name, other in (evaluate_on or {}).items()
    }
    return train_rows(
        rows,
        search=search,
        C=C,
        min_df=min_df,
        evaluate_on=others,
        seed=seed,
        accuracy=accuracy,
        catalogue=catalogue,
        draws=draws,
        jobs=jobs,
        progress=progress,
    )


def train_rows(
    rows: LabelledRows,
    *,
    search: bool = True,
    C: float | None = None,
    min_df: int = 2,
    evaluate_on: Mapping[str, LabelledRows] | None = None,
    probes: pd.DataFrame | None = None,
    seed: int = 0,
    accuracy: float = 0.8,
    catalogue: Catalogue | None = None,
    draws: int = 1000,
    jobs: int = -1,
    progress: bool = False,
) -> Trained:
    """Train on rows that have been checked; see :func:`train`.

    Parameters
    ----------
    rows : LabelledRows
        From :func:`~stancekit.labelled.check_labelled`.
    evaluate_on : dict of str to LabelledRows, optional
        Further rows to measure the model on.
    probes : DataFrame, optional
        Sentences whose probabilities are stored with the model and checked at every load: ``text``, for stance also
        ``start`` and ``end``. The three shortest texts of the rows by default.
    search, C, min_df, seed, accuracy, catalogue, draws, jobs, progress
        As for :func:`train`.

    Returns
    -------
    Trained
        Model and report.
    """
    if not 0 < accuracy <= 1:
        raise InputError(f"accuracy must lie above 0 and be at most 1, got {accuracy!r}")
    if C is not None and not 0 < C < np.inf:
        raise InputError(f"C must be a number above 0, got {C!r}")
    jobs = process_count(jobs)
    search = search and C is None
    label_counts, warnings = _check_counts(rows, search=search)
    folds = folds_of(rows, FOLDS, seed)
    base = _base(rows, catalogue).set_params(min_df=min_df)
    if C is not None:
        base.set_params(C=C)
    counts = base.count(rows.X, jobs=jobs)
    base.set_params(templates=base.vectorizer_.templates_)
    steps = len(folds) * ((1 if jobs == 1 else len(STRENGTHS)) + len(_others(base, base)) if search else 1)
    with tqdm(total=steps, unit=" fits", disable=not progress) as bar:
        tried = _tried(base, counts, rows, folds, jobs, bar.update, search=search)
    best = best_of(tried)
    proba = np.zeros_like(tried[0].proba)
    for number, (_, test) in enumerate(folds):
        proba[test] = tried[best_of(tried, without=number)].proba[test]
    model = _fitted(base, tried[best], counts, rows, jobs)
    del counts
    classes = list(rows.task.labels) if rows.task.multilabel else np.unique(rows.y).tolist()
    thresholds = model.thresholds_
    others = {
        name: measure(other, model.predict_proba(other.X), classes, thresholds=thresholds, draws=draws, seed=seed)
        for name, other in (evaluate_on or {}).items()
    }
    report = _report(rows, proba, classes, thresholds, folds, warnings, draws, seed, jobs)
    sure = [suggest_confidence(found, accuracy) for found in report.figures.values()]
    trained = Trained(
        model,
        report,
        _table(tried, best),
        None if None in sure else max(value for value in sure if value is not None),
        accuracy,
        rows.rejected,
        label_counts,
        probes=_probes(rows) if probes is None else probes,
        evaluations=others,
    )
    trained.info.update(_info(trained, rows, seed))
    return trained


def _report(
    rows: LabelledRows,
    proba: np.ndarray,
    classes: list[Any],
    thresholds: np.ndarray,
    folds: list[Fold],
    warnings: list[str],
    draws: int,
    seed: int,
    jobs: int,
) -> Report:
    # A threshold is one number for all rows: choosing it on the rows that are measured flatters little.
    figures = measure(rows, proba, classes, thresholds=thresholds, draws=draws, seed=seed)
    beside, more = baselines(rows, classes, folds=folds, draws=draws, seed=seed, jobs=jobs)
    several = SOURCE in rows.table.columns and len(rows.table[SOURCE].unique()) > 1
    slices = slices_by(rows, proba, classes, [SOURCE] if several else [], thresholds=thresholds, draws=draws, seed=seed)
    return Report(rows.task.name, figures, beside, slices, no_slices(), [*rows.warnings, *warnings, *more])


def _base(rows: LabelledRows, catalogue: Catalogue | None) -> LinearClassifier:
    if rows.task.multilabel:
        return FramingClassifier(flags=rows.task.labels, catalogue=catalogue)
    return ESTIMATORS[rows.task.name](catalogue=catalogue)


def _fitted(
    base: LinearClassifier, chosen: Candidate, counts: Counts, rows: LabelledRows, jobs: int
) -> LinearClassifier:
    """Fit the chosen setting on all rows; it is calibrated with the decision values of held-out rows."""
    model: LinearClassifier = clone(chosen.model).set_params(catalogue=base.catalogue)
    numbers = _numbers(base, model)
    if numbers is None:
        model.vectorizer_ = base.vectorizer_
    else:
        counts = counts.of(numbers)
    model.fit_counts(counts, rows.y, rows.weights, rows.groups, decisions=chosen.decisions, jobs=jobs)
    return model


def _check_counts(rows: LabelledRows, *, search: bool) -> tuple[dict[str, int], list[str]]:
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
        balanced = "balanced weights are tried" if search else "no balanced weights are tried without a search"
        warnings.append(
            f"labels are uneven: {counts[largest]:,} rows of {largest!r}, {counts[least]:,} of {least!r}; {balanced}"
        )
    return counts, warnings


def _others(base: LinearClassifier, best: LinearClassifier) -> list[LinearClassifier]:
    """Give what is tried beside the best strength: balanced labels, templates without stems, without rated words."""
    templates = tuple(base.templates or ())
    words = tuple(template for template in templates if not getattr(template, "stem", 0))
    unrated = tuple(template for template in templates if not isinstance(template, Lexicon))
    return [
        clone(best).set_params(class_weight="balanced"),
        clone(best).set_params(templates=words),
        clone(best).set_params(templates=unrated),
    ]


def _tried(
    base: LinearClassifier,
    counts: Counts,
    rows: LabelledRows,
    folds: list[Fold],
    jobs: int,
    step: Callable[[], object],
    *,
    search: bool,
) -> list[Candidate]:
    """Give each setting that was tried with what it says of held-out rows."""
    strengths = [clone(base).set_params(C=C) for C in STRENGTHS] if search else [base]
    if jobs == 1:
        # Features are weighed once for all; in processes, smaller pieces of work keep all of them busy.
        tried = held_out([(strengths, None)], counts, rows, folds, step=step)
    else:
        tried = held_out([([model], None) for model in strengths], counts, rows, folds, jobs=jobs, step=step)
    if search:
        others = _others(base, tried[best_of(tried)].model)
        batches = [([other], _numbers(base, other)) for other in others]
        tried += held_out(batches, counts, rows, folds, jobs=jobs, step=step)
    return tried


def _numbers(base: LinearClassifier, model: LinearClassifier) -> list[int] | None:
    """Give the numbers of a model's templates among all of them; None if it has all."""
    every, wanted = list(base.templates or ()), list(model.templates or ())
    return None if every == wanted else [every.index(template) for template in wanted]


def _table(tried: list[Candidate], best: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "C": float(candidate.model.C),
                "class_weight": candidate.model.class_weight or "none",
                "templates": ", ".join(template.name for template in candidate.model.templates or ()),
                "macro_f1": candidate.score(),
                "chosen": number == best,
            }
            for number, candidate in enumerate(tried)
        ]
    )


def _probes(rows: LabelledRows) -> pd.DataFrame:
    """Take the shortest texts of different labels, so that a model's folder gives away as little as it can."""
    order = np.argsort(rows.X["text"].str.len().to_numpy(), kind="stable")[:N_PROBES]
    return rows.X.iloc[order][[name for name in ("text", "start", "end") if name in rows.X]].reset_index(drop=True)


def _info(trained: Trained, rows: LabelledRows, seed: int) -> dict[str, Any]:
    digest = sha256(pd.util.hash_pandas_object(rows.X.astype(str), index=False).to_numpy().tobytes())
    digest.update("\n".join(map(str, rows.y.tolist())).encode())
    if rows.weights is not None:
        digest.update(rows.weights.tobytes())
    sources = {}
    if SOURCE in rows.table.columns:
        names = rows.table[SOURCE].astype(object).fillna("(missing)").astype(str).to_numpy()
        weights = np.ones(len(names)) if rows.weights is None else rows.weights
        sources = {
            str(name): {"rows": int((names == name).sum()), "weight": float(weights[names == name].sum())}
            for name in sorted(set(names))
        }
    return {
        "training": {
            "rows": len(rows.y),
            "groups": int(rows.groups.max()) + 1,
            "labels": trained.counts,
            "rejected": len(rows.rejected),
            "fingerprint": digest.hexdigest(),
            **({"sources": sources} if sources else {}),
        },
        "seed": seed,
        "tried": trained.tried.to_dict("records"),
        "class_weight": trained.model.class_weight or "none",
        "min_confidence": trained.min_confidence,
        "min_confidence_for_accuracy": trained.accuracy,
        "development": {name: found.to_dict() for name, found in trained.report.figures.items()},
        "evaluations": {
            name: {question: one.to_dict() for question, one in found.items()}
            for name, found in trained.evaluations.items()
        },
    }
