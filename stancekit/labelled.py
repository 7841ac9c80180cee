"""Labelled rows of the user's own: read from tables or taken from a frame, checked, and every row left out counted."""

import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from stancekit.articles import Rejection, read_tables
from stancekit.articles.values import is_missing, shortened, text_problem
from stancekit.errors import InputError
from stancekit.tasks import FRAMING, TASKS, Task

__all__ = ["COLUMNS", "LabelledRows", "check_labelled", "check_probes", "read_labelled"]

COLUMNS = (
    *("text", "label", "start", "end", "spans", "target", "article_id", "weight"),
    *("humanitarian", "tactical"),
)
"""What a column of a labelled table can be read as."""

MOST_CLASSES = 20
MOST_FLAGS = 20
# What a flag cannot be called, since the column is something else.
TAKEN = frozenset(COLUMNS) - frozenset(FRAMING.labels)
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
Place = tuple[str, int]


@dataclass(frozen=True)
class LabelledRows:
    """Checked rows, ready to learn from or to measure on.

    Attributes
    ----------
    task : Task
        What is asked of them.
    X : DataFrame
        ``text``; for stance also ``start``, ``end``, ``spans``.
    y : ndarray of shape (n,) of str, or (n, n_flags) of int
        Labels, or flags.
    weights : ndarray of shape (n,) or None
        Weights of the rows, if a column holds them.
    groups : ndarray of shape (n,)
        Which rows belong together: articles, or texts where no column tells articles apart.
    table : DataFrame
        All columns of the rows, as they came, for slices.
    rejected : list of Rejection
        Rows and files left out.
    warnings : list of str
        What is doubtful, a line each.
    """

    task: Task
    X: pd.DataFrame
    y: np.ndarray
    weights: np.ndarray | None
    groups: np.ndarray
    table: pd.DataFrame
    rejected: list[Rejection]
    warnings: list[str]

    def take(self, rows: np.ndarray) -> "LabelledRows":
        """Give some of the rows, without rejections and warnings.

        Parameters
        ----------
        rows : ndarray of int
            Positions.

        Returns
        -------
        LabelledRows
            The same task.
        """
        X, table = (frame.iloc[rows].reset_index(drop=True) for frame in (self.X, self.table))
        weights = None if self.weights is None else self.weights[rows]
        return LabelledRows(self.task, X, self.y[rows], weights, self.groups[rows], table, [], [])


def read_labelled(
    paths: Sequence[str | os.PathLike[str]], *, encoding: str = "utf-8"
) -> tuple[pd.DataFrame, list[Place], list[Rejection]]:
    """Read tables of labelled rows.

    Parameters
    ----------
    paths : sequence of str or path
        CSV, TSV, JSONL or Parquet files, or folders of these.
    encoding : str, default "utf-8"
        Of CSV and JSONL files.

    Returns
    -------
    frame : DataFrame
        All rows; columns that a file lacks are missing in its rows.
    places : list of (str, int)
        File and row of each.
    rejected : list of Rejection
        Rows and files that cannot be read.

    Raises
    ------
    InputError
        If no row can be read.
    """
    tables, places, rejected = [], [], []
    for file, piece in read_tables(paths, encoding=encoding):
        rejected += piece.rejected
        if piece.rows:
            tables.append(piece.table.astype(object))
            places += [(file, row) for row in piece.rows]
    if not tables:
        first = rejected[0]
        where = first.file if first.row is None else f"{first.file}, row {first.row}"
        raise InputError(f"there is no labelled row to read: {where}: {first.reason}")
    return pd.concat(tables, ignore_index=True), places, rejected


def check_labelled(
    frame: pd.DataFrame,
    *,
    task: str,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    places: Sequence[Place] | None = None,
    rejected: Sequence[Rejection] = (),
) -> LabelledRows:
    """Check labelled rows; a row that cannot be used is left out and listed.

    Parameters
    ----------
    frame : DataFrame
        ``text`` and ``label``; for stance also ``start`` and ``end`` (perhaps ``spans``), or ``target``, the words of
        the target, or both; for framing a column for each flag in place of ``label``. Optional are
        ``article_id`` and ``weight``. For sentiment a column ``sentiment`` serves where there is no ``label``.
    task : {"stance", "sentiment", "framing"}
        What the labels are about.
    labels : sequence of str, optional
        The labels that count; rows with others are left out. All labels found by default. For framing, the columns of
        the flags, one to twenty; humanitarian and tactical by default.
    columns : dict of str to str, optional
        Which column holds what, where it has another name: ``{"text": "body"}``. Keys are among `COLUMNS`.
    places : sequence of (str, int), optional
        File and row of each row, for messages; positions in the frame by default.
    rejected : sequence of Rejection, optional
        What was left out before.

    Returns
    -------
    LabelledRows
        At least one row.

    Raises
    ------
    InputError
        If an argument is wrong, a column is missing, or no row can be used.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit.labelled import check_labelled
    >>> rows = pd.DataFrame({"text": ["A joyful day.", ""], "label": ["glad", "sad"]})
    >>> found = check_labelled(rows, task="sentiment")
    >>> found.y.tolist(), found.rejected[0].row
    (['glad'], 1)
    """
    if task not in TASKS:
        raise InputError(f"task must be one of {', '.join(TASKS)}, got {task!r}")
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"labelled rows must be a DataFrame, got {type(frame).__name__}")
    if isinstance(labels, str):
        raise InputError(f"labels must be a list of labels, got the single string {labels!r}")
    question = _question(TASKS[task], labels)
    names = _columns(frame, question, columns)
    places = [("frame", row) for row in range(len(frame))] if places is None else places
    values = {name: frame[column].tolist() for name, column in names.items()}
    allowed = None if labels is None or question.multilabel else frozenset(labels)
    lost, kept, parsed = list(rejected), [], []
    for row, place in enumerate(places):
        cells = {name: column[row] for name, column in values.items()}
        found = _row(cells, question, allowed)
        if isinstance(found, str):
            lost.append(Rejection(place[0], place[1], None, found))
        else:
            kept.append(row)
            parsed.append(found)
    if not kept:
        first = lost[0] if lost else None
        why = f"; {first.file}, row {first.row}: {first.reason}" if first else ""
        raise InputError(f"no labelled row can be used: {len(lost)} left out{why}")
    return _assembled(frame, question, names, kept, parsed, [places[row] for row in kept], lost)


def check_probes(
    frame: pd.DataFrame,
    *,
    task: str,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    places: Sequence[Place] | None = None,
    rejected: Sequence[Rejection] = (),
) -> pd.DataFrame:
    """Check sentences without labels, such as those whose probabilities are stored with a model.

    Parameters
    ----------
    frame, task, labels, columns, places, rejected
        As for :func:`check_labelled`; the labels themselves need not be there.

    Returns
    -------
    DataFrame
        ``text``; for stance also ``start`` and ``end``.

    Raises
    ------
    InputError
        If a row cannot be used.
    """
    question = _question(TASKS[task], labels)
    # Two labels are what check_labelled asks for; any will do.
    given = dict.fromkeys(question.labels, 1) if question.multilabel else {"label": "any"}
    kept = {name: column for name, column in (columns or {}).items() if name not in given}
    rows = check_labelled(
        frame.drop(columns="weight", errors="ignore").assign(**given),
        task=task,
        labels=labels if question.multilabel else None,
        columns={name: column for name, column in kept.items() if column in frame.columns and name != "weight"},
        places=places,
        rejected=rejected,
    )
    if rows.rejected:
        first = rows.rejected[0]
        raise InputError(f"{first.file}, row {first.row}: {first.reason}; every probe must be one that can be scored")
    return rows.X[[name for name in ("text", "start", "end") if name in rows.X]]


def _question(task: Task, labels: Sequence[str] | None) -> Task:
    """Give the task with the flags that are asked for; refuse labels that cannot be."""
    if labels is None:
        return task
    if not task.multilabel:
        if len(set(labels)) < 2:
            raise InputError(f"labels must be two different ones or more, got {list(labels)!r}")
        return task
    if not 1 <= len(set(labels)) == len(labels) <= MOST_FLAGS:
        raise InputError(
            f"labels of framing are the columns of its flags, one to {MOST_FLAGS} different ones, got {list(labels)!r}"
        )
    taken = sorted(TAKEN.intersection(labels))
    if taken:
        raise InputError(f"a flag cannot be called {taken[0]!r}, since that column is something else; rename it")
    return replace(task, labels=tuple(labels))


def _columns(frame: pd.DataFrame, task: Task, columns: Mapping[str, str] | None) -> dict[str, str]:
    """Find the column of each thing, and what is missing."""
    there = ", ".join(map(repr, frame.columns)) or "none"
    columns = dict(columns or {})
    known = (*COLUMNS, *(label for label in task.labels if task.multilabel and label not in COLUMNS))
    for name, column in columns.items():
        if name not in known:
            raise InputError(f"a column can be read as one of {', '.join(known)}, got {name!r}")
        if column not in frame.columns:
            raise InputError(
                f"column {column!r}, which is to be read as {name!r}, is not there; the columns are {there}"
            )
    names = {name: name for name in known if name in frame.columns} | columns
    if task.name == "sentiment" and "label" not in names and "sentiment" in frame.columns:
        names["label"] = "sentiment"
    needed = ["text", *(task.labels if task.multilabel else ["label"])]
    if task.unit == "target" and "target" not in names:
        needed += ["start", "end"]
    missing = [name for name in needed if name not in names]
    if missing:
        raise InputError(
            f"column {missing[0]!r} is missing, which {task.name} needs; the columns are {there}; say which one it is: "
            f'columns={{"{missing[0]}": "..."}}, at the command line --column {missing[0]}=...'
        )
    used = ["text", "article_id", "weight", *(task.labels if task.multilabel else ["label"])]
    used += ["start", "end", "spans", "target"] if task.unit == "target" else []
    return {name: column for name, column in names.items() if name in used}


def _row(cells: dict[str, Any], task: Task, allowed: frozenset[str] | None) -> dict[str, Any] | str:
    """Give what is to be learnt from a row, or what is wrong with it."""
    problem = text_problem(cells["text"])
    if problem is not None:
        return problem.replace("the article", "the row")
    found: dict[str, Any] = {"text": cells["text"]}
    if task.multilabel:
        flags = [_flag(cells[name]) for name in task.labels]
        if None in flags:
            name = task.labels[flags.index(None)]
            return f"{name} must be 0 or 1, or false or true, got {shortened(cells[name])}"
        found["y"] = flags
    else:
        label = _label(cells["label"])
        if label is None:
            return "label is missing; label the row or leave it out"
        if allowed is not None and label not in allowed:
            return f"the label {shortened(label)} is none of {', '.join(sorted(allowed))}"
        found["y"] = label
    if "weight" in cells:
        weight = _number(cells["weight"])
        if weight is None or weight < 0:
            return f"weight must be a number of at least 0, got {shortened(cells['weight'])}"
        found["weight"] = weight
    if task.unit != "target":
        return found
    spans = _spans(cells)
    return spans if isinstance(spans, str) else found | {"start": spans[0][0], "end": spans[0][1], "spans": spans}


def _spans(cells: dict[str, Any]) -> list[tuple[int, int]] | str:
    """Give where the target stands, or what is wrong with it."""
    text, target = cells["text"], cells.get("target")
    named = isinstance(target, str) and bool(target.strip())
    if is_missing(cells.get("start")) or is_missing(cells.get("end")):
        if not named:
            return "start and end are missing; give the span of the target, or the target itself"
        words = re.compile(rf"(?<!\w){re.escape(str(target))}(?!\w)")
        found = [match.span() for match in words.finditer(text)]
        return found or f"the target {shortened(target)} does not stand in the text; give start and end"
    start, end = _whole(cells["start"]), _whole(cells["end"])
    if start is None or end is None:
        return f"start and end must be whole numbers, got {shortened(cells['start'])} and {shortened(cells['end'])}"
    if not 0 <= start < end <= len(text):
        return f"the span {start} to {end} does not lie in the text of {len(text)} characters"
    if named and text[start:end] != target:
        return f"the offsets {start} to {end} hold {shortened(text[start:end])}, not the target {shortened(target)}"
    try:
        given: Any = cells.get("spans")
        pairs = json.loads(given) if isinstance(given, str) else given
        more = [] if pairs is None or is_missing(pairs) else [(int(first), int(last)) for first, last in pairs]
    except (TypeError, ValueError, RecursionError):
        return f"spans must be pairs of start and end such as [[0, 4], [10, 14]], got {shortened(cells['spans'])}"
    spans = sorted({(start, end), *more})
    if any(not 0 <= first < last <= len(text) for first, last in spans):
        return f"spans must lie in the text of {len(text)} characters, got {shortened(spans)}"
    if any(later[0] < before[1] for before, later in pairwise(spans)):
        return f"spans must not overlap, got {shortened(spans)}"
    # The first one stays the first mention given.
    return [(start, end), *(span for span in spans if span != (start, end))]


def _label(value: Any) -> str | None:
    if is_missing(value):
        return None
    if isinstance(value, float | np.floating) and value == int(value):
        value = int(value)
    return str(value).strip() or None


def _flag(value: Any) -> int | None:
    word = (_label(value) or "").lower()
    return 1 if word in TRUE else 0 if word in FALSE else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None or number != int(number) else int(number)


def _assembled(
    frame: pd.DataFrame,
    task: Task,
    names: dict[str, str],
    kept: list[int],
    parsed: list[dict[str, Any]],
    places: list[Place],
    lost: list[Rejection],
) -> LabelledRows:
    table = (frame if len(kept) == len(frame) else frame.iloc[kept]).reset_index(drop=True)
    X = pd.DataFrame(
        {name: [row[name] for row in parsed] for name in ("text", "start", "end", "spans") if name in parsed[0]}
    )
    y = np.array([row["y"] for row in parsed])
    weights = np.array([row["weight"] for row in parsed]) if "weight" in names else None
    warnings = _twice(X, [row["y"] for row in parsed], places)
    together = X["text"]
    if "article_id" in names:
        together = table[names["article_id"]].astype(object)
        blank = int(together.isna().sum())
        if blank:
            warnings.append(f"{blank:,} rows have no value in {names['article_id']!r}; each text of them is a group")
        together = together.where(together.notna(), "text: " + X["text"].astype(object))
    else:
        warnings.append("no column tells articles apart: rows of one text stay together, those of one article may not")
    groups, _ = pd.factorize(together.astype(str))
    if not task.multilabel and len(np.unique(y)) > MOST_CLASSES:
        first = ", ".join(shortened(label) for label in np.unique(y)[:5])
        raise InputError(
            f"{len(np.unique(y))} different labels ({first}, ...), at most {MOST_CLASSES} can be told apart; "
            "check the label column or choose labels"
        )
    return LabelledRows(task, X, y, weights, np.asarray(groups), table, lost, warnings)


def _twice(X: pd.DataFrame, y: list[Any], places: list[Place]) -> list[str]:
    """Name rows that stand twice, and those with two labels for one text and target."""
    keys = zip(*(X[name] for name in ("text", "start", "end") if name in X), strict=True)
    first: dict[Any, int] = {}
    same: Counter[str] = Counter()
    other = []
    for row, key in enumerate(keys):
        before = first.setdefault(key, row)
        if before != row and y[before] == y[row]:
            same["rows"] += 1
        elif before != row:
            (file, line), (old, earlier) = places[row], places[before]
            other.append(f"{file}, row {line}: {y[row]} where {old}, row {earlier} has {y[before]}")
    unit = "text and target" if "start" in X else "text"
    warnings = [f"two labels for one {unit}, both kept: {line}" for line in other[:5]]
    if len(other) > 5:
        warnings.append(f"two labels for one {unit}, both kept: {len(other) - 5:,} more rows")
    if same["rows"]:
        warnings.append(f"{same['rows']:,} rows repeat an earlier row with the same label; they are kept")
    return warnings
