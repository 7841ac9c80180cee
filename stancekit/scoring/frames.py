"""The two frames that scoring gives, column by column, the same on empty input."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from stancekit.articles.values import plain_strings
from stancekit.tasks import FRAMES, FRAMING, Task

__all__ = [
    "frame_of",
    "framing_columns",
    "label_columns",
    "ordered_labels",
    "own_columns",
    "renamed_columns",
    "stance_names",
]


def ordered_labels(task: Task, classes: Sequence[str]) -> list[str]:
    """Give a model's labels in the order in which frames list them.

    Parameters
    ----------
    task : Task
        With its usual labels.
    classes : sequence of str
        The model's.

    Returns
    -------
    list of str
        The task's order where the labels are the task's; the model's own order otherwise.
    """
    return list(task.labels) if set(classes) <= set(task.labels) else [str(label) for label in classes]


def label_columns(
    name: str, labels: list[str], proba: np.ndarray, given: np.ndarray, silent: np.ndarray
) -> dict[str, Any]:
    """Give the columns of one question: the label, and a probability per label.

    Parameters
    ----------
    name : str
        Prefix of the columns: ``"stance"``.
    labels : list of str
        Columns of ``proba``.
    proba : ndarray of shape (n, n_labels)
        Probabilities.
    given : ndarray of int, shape (n,)
        Columns of the labels.
    silent : ndarray of bool, shape (n,)
        Rows without a label: below the threshold of abstention, or without any known term.

    Returns
    -------
    dict
        Columns by name.
    """
    codes: Any = np.where(silent, -1, given)
    label = pd.Categorical.from_codes(codes, categories=pd.Index(labels), ordered=True)
    return {name: label} | {f"{name}_p_{key}": proba[:, column] for column, key in enumerate(labels)}


def framing_columns(proba: np.ndarray, silent: np.ndarray, thresholds: np.ndarray) -> dict[str, Any]:
    """Give the columns of the two flags and of the frame that follows from them.

    Parameters
    ----------
    proba : ndarray of shape (n, 2)
        Probability that each flag is on.
    silent : ndarray of bool, shape (n, 2)
        Flags that are missing.
    thresholds : ndarray of shape (2,)
        Probabilities from which they are on.

    Returns
    -------
    dict
        Columns by name.
    """
    flags = proba >= thresholds
    columns: dict[str, Any] = {}
    for column, name in enumerate(FRAMING.labels):
        columns[name] = pd.arrays.BooleanArray(flags[:, column].copy(), silent[:, column].copy())
        columns[f"{name}_p"] = proba[:, column]
    # FRAMES lists humanitarian, tactical, both, neither.
    frames = np.select([flags.all(axis=1), flags[:, 0], flags[:, 1]], [2, 0, 1], default=3)
    codes: Any = np.where(silent.any(axis=1), -1, frames)
    columns["frame"] = pd.Categorical.from_codes(codes, categories=pd.Index(FRAMES), ordered=True)
    return columns


def frame_of(columns: dict[str, Any]) -> pd.DataFrame:
    """Make a frame; lists are taken for strings, ready arrays are kept.

    Parameters
    ----------
    columns : dict
        Values by name, all of one length.

    Returns
    -------
    DataFrame
        With an index from 0.
    """
    return pd.DataFrame(
        {name: plain_strings(values) if isinstance(values, list) else values for name, values in columns.items()}
    )


def own_columns(articles: pd.DataFrame, taken: Collection[str]) -> pd.DataFrame:
    """Rename columns of the articles that are called like one of the scores, so that keys mean one thing.

    Parameters
    ----------
    articles : DataFrame
        One row per article.
    taken : collection of str
        Columns of sentences and stances.

    Returns
    -------
    DataFrame
        With ``article_kind`` in place of ``kind``.
    """
    return articles.rename(columns=renamed_columns(list(articles.columns), taken))


def renamed_columns(names: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    """Say which columns of articles get another name.

    Parameters
    ----------
    names : sequence of str
        Columns of the articles.
    taken : collection of str
        Columns of sentences and stances; ``article_id`` and ``text`` mean the same in all.

    Returns
    -------
    dict of str to str
        New names by old.

    Examples
    --------
    >>> renamed_columns(["article_id", "kind", "outlet"], {"article_id", "kind"})
    {'kind': 'article_kind'}
    """
    found: dict[str, str] = {}
    for name in names:
        if name in taken and name not in {"article_id", "text"}:
            fresh = f"article_{name}"
            while fresh in names or fresh in taken:
                fresh = f"article_{fresh}"
            found[name] = fresh
    return found


def stance_names(labels: Sequence[str]) -> list[str]:
    """Say what the counts of stances are called, so that none is called like another count.

    Parameters
    ----------
    labels : sequence of str
        Of the stance model.

    Returns
    -------
    list of str
        The labels; all with ``stance_`` before them if one is called like another count.

    Examples
    --------
    >>> stance_names(["for", "against"]), stance_names(["for", "sentences"])
    (['for', 'against'], ['stance_for', 'stance_sentences'])
    """
    taken = {"articles", "sentences", "undecided", "stances_undecided", *FRAMING.labels}
    clash = any(label in taken or label.startswith("sentiment_") for label in labels)
    return [f"stance_{label}" if clash else label for label in labels]
