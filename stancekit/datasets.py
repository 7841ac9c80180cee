"""Labelled sets: the project's own corpus, and public ones read from a folder, as frames of one form."""

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stancekit.errors import InputError
from stancekit.tasks import SENTIMENT, STANCE, Task

__all__ = ["Labelled", "load"]

SPLITS = ("train", "dev", "test")
IDS = ["article_id", "sentence_id"]
NEEDED = {
    "articles": ("article_id", "split", "title", "text"),
    "sentences": ("article_id", "sentence_id", "text", "sentiment", "humanitarian", "tactical"),
    "stances": ("article_id", "sentence_id", "actor_id", "start", "end", "spans", "label"),
}


class Labelled(NamedTuple):
    """The frames of a labelled corpus.

    Attributes
    ----------
    articles : DataFrame
        One row per article: ``article_id``, ``split``, ``title``, ``text`` and what is known of it.
    sentences : DataFrame
        One row per sentence: ``article_id``, ``sentence_id``, ``text``, ``sentiment``, ``humanitarian``, ``tactical``.
    stances : DataFrame
        One row per sentence and actor: ``article_id``, ``sentence_id``, ``actor_id``, ``text``, ``start``, ``end``,
        ``spans`` (JSON pairs), ``label``, ``attributed``, ``holder_text``, ``holder_id``.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame
    stances: pd.DataFrame


def load(name: str = "conflict-news", *, split: str | None = None, path: str | Path | None = None) -> Labelled:
    """Load a labelled corpus.

    Parameters
    ----------
    name : str, default "conflict-news"
        The corpus; ``"conflict-news"`` comes with the package. Its text and its labels are machine-written.
    split : {"train", "dev", "test"}, optional
        Only the articles of one split.
    path : str or Path, optional
        Where the corpus lies instead.

    Returns
    -------
    Labelled
        Frames of articles, sentences and stances; rows in the order of the files.

    Raises
    ------
    InputError
        If the corpus is not there, a file cannot be read or lacks a column, a label is unknown, or a stance belongs to
        no sentence.

    Examples
    --------
    >>> from stancekit import datasets
    >>> corpus = datasets.load("conflict-news", split="train")
    >>> set(corpus.stances["label"]) == {"favor", "neutral", "against"}
    True
    """
    if split is not None and split not in SPLITS:
        raise InputError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
    folder = Path(path) if path is not None else _home() / name
    articles, sentences, stances = (_read(folder, table) for table in ("articles", "sentences", "stances"))
    if split is not None:
        articles = articles[articles["split"] == split].reset_index(drop=True)
    kept = frozenset(articles["article_id"])
    sentences = sentences[sentences["article_id"].isin(kept)].reset_index(drop=True)
    stances = stances[stances["article_id"].isin(kept)].reset_index(drop=True)
    sentences["sentiment"] = _labels(folder / "sentences.csv", sentences["sentiment"], SENTIMENT)
    stances["label"] = _labels(folder / "stances.csv", stances["label"], STANCE)
    texts = sentences[[*IDS, "text"]]
    twice = texts.duplicated(IDS)
    if twice.any():
        raise InputError(f"{folder / 'sentences.csv'}: {_place(texts, twice)} stands twice; keep one row per sentence")
    stances = stances.merge(texts, on=IDS, how="left")
    lost = stances["text"].isna()
    if lost.any():
        raise InputError(f"{folder / 'stances.csv'}: {_place(stances, lost)} is no row of sentences.csv; add it there")
    return Labelled(articles, sentences, stances)


def _labels(path: Path, values: pd.Series, task: Task) -> pd.Categorical:
    unknown = ~values.isin(task.labels)
    if unknown.any():
        came = values[unknown].iloc[0]
        raise InputError(f"{path}: labels of {task.name} are {', '.join(task.labels)}, got {came!r}")
    return pd.Categorical(values, task.labels, ordered=True)


def _place(rows: pd.DataFrame, wrong: pd.Series) -> str:
    first = rows[wrong].iloc[0]
    return f"sentence {first['sentence_id']} of article {first['article_id']!r}"


def _home() -> Path:
    installed = Path(str(files("stancekit"))) / "_shipped" / "datasets"
    # An editable install finds the same files at the top of the repository.
    return installed if installed.is_dir() else Path(str(files("stancekit"))).parent / "datasets"


TEXT_COLUMNS = (
    "article_id",
    "text",
    "title",
    "published",
    "outlet",
    "actor_id",
    "label",
    "spans",
    "holder_text",
    "holder_id",
    "sentiment",
    "part",
)


def _read(folder: Path, table: str) -> pd.DataFrame:
    path = folder / f"{table}.csv"
    if not path.is_file():
        raise InputError(f"{path}: no such file; a corpus is a folder with articles.csv, sentences.csv and stances.csv")
    try:
        frame = pd.read_csv(
            path,
            dtype=dict.fromkeys(TEXT_COLUMNS, "str"),
            keep_default_na=False,
            na_values={"holder_text": [""], "holder_id": [""]},
        )
    except ValueError as error:
        raise InputError(f"{path}: not readable as CSV in UTF-8 ({error}); check the file") from None
    missing = [name for name in NEEDED[table] if name not in frame.columns]
    if missing:
        raise InputError(f"{path}: the columns {', '.join(missing)} are missing, got {', '.join(frame.columns)}")
    return frame
