"""The frames of a labelled set, and the columns that they have even when they hold no row."""

from typing import NamedTuple

import pandas as pd

from stancekit.articles import rejected_frame
from stancekit.errors import InputError
from stancekit.tasks import Task

__all__ = ["SPLITS", "Labelled", "empty_articles", "empty_rejected", "empty_rows", "label_column"]

SPLITS = ("train", "dev", "test")


class Labelled(NamedTuple):
    """The frames of a labelled set.

    A corpus folder fills the first three. A public set holds labels of one kind only, stances or sentences: the frame
    of the other kind and `articles` are empty, with their least columns.

    Attributes
    ----------
    articles : DataFrame
        One row per article: ``article_id``, ``split``, ``title``, ``text`` and what is known of it.
    sentences : DataFrame
        One row per sentence: ``article_id``, ``sentence_id``, ``text``, ``sentiment``, ``humanitarian``, ``tactical``.
        In a public set: ``article_id``, ``id``, ``split``, ``text`` and its own flags as booleans.
    stances : DataFrame
        One row per sentence and actor: ``article_id``, ``sentence_id``, ``actor_id``, ``text``, ``start``, ``end``,
        ``spans`` (JSON pairs), ``label``, ``attributed``, ``holder_text``, ``holder_id``. In a public set:
        ``article_id``, ``id``, ``split``, ``text``, ``target``, ``start``, ``end``, ``label``, then its other columns.
    rejected : DataFrame
        One row per row of a public set that cannot be used, as when its offsets do not hold its target: ``file``,
        ``row`` (line of the file), ``article_id``, ``reason``. Always empty for a corpus folder: :func:`check_corpus`
        lists what is wrong there.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame
    stances: pd.DataFrame
    rejected: pd.DataFrame


def empty_articles() -> pd.DataFrame:
    """Give a frame of articles without rows.

    Returns
    -------
    DataFrame
        With ``article_id``, ``split``, ``title``, ``text``.
    """
    return pd.DataFrame({name: pd.Series([], dtype="str") for name in ("article_id", "split", "title", "text")})


def empty_rejected() -> pd.DataFrame:
    """Give a frame of rejections without rows.

    Returns
    -------
    DataFrame
        With ``file``, ``row``, ``article_id``, ``reason``.
    """
    return rejected_frame([])


def empty_rows(unit: str) -> pd.DataFrame:
    """Give a frame of labelled rows of a public set without rows.

    Parameters
    ----------
    unit : {"target", "sentence"}
        What one row is.

    Returns
    -------
    DataFrame
        With ``article_id``, ``id``, ``split``, ``text``, and for targets ``target``, ``start``, ``end``, ``label``.
    """
    frame = pd.DataFrame({name: pd.Series([], dtype="str") for name in ("article_id", "id", "split", "text")})
    if unit == "sentence":
        return frame
    return frame.assign(
        target=pd.Series([], dtype="str"),
        start=pd.Series([], dtype="int64"),
        end=pd.Series([], dtype="int64"),
        label=pd.Series([], dtype="str"),
    )


def label_column(place: str, values: pd.Series, task: Task) -> pd.Categorical:
    """Turn labels to ordered categories.

    Parameters
    ----------
    place : str
        The file, for the message.
    values : Series of str
        The labels.
    task : Task
        Whose labels are allowed.

    Returns
    -------
    Categorical
        Ordered as the task lists them.

    Raises
    ------
    InputError
        If a label is none of the task's.
    """
    unknown = ~values.isin(task.labels)
    if unknown.any():
        came = values[unknown].iloc[0]
        raise InputError(f"{place}: labels of {task.name} are {', '.join(task.labels)}, got {came!r}")
    return pd.Categorical(values, task.labels, ordered=True)
