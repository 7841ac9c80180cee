"""Labelled sets: the project's own corpus, and public ones read from a folder, as frames of one form."""

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stancekit.errors import InputError
from stancekit.tasks import SENTIMENT, STANCE

__all__ = ["Labelled", "load"]

SPLITS = ("train", "dev", "test")


class Labelled(NamedTuple):
    """The frames of a labelled corpus.

    Attributes
    ----------
    articles : DataFrame
        One row per article: ``article_id``, ``split``, ``title``, ``text`` and what is known of it.
    sentences : DataFrame
        One row per sentence: ``article_id``, ``sentence_id``, ``text``, ``sentiment``, ``humanitarian``, ``tactical``.
    stances : DataFrame
        One row per sentence and actor: ``article_id``, ``sentence_id``, ``actor_id``, ``text``, ``start``, ``end``, ``spans``
        (JSON pairs), ``label``, ``attributed``, ``holder_text``, ``holder_id``.
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
        If the corpus is not there or a file lacks a column.

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
    sentences["sentiment"] = pd.Categorical(sentences["sentiment"], SENTIMENT.labels, ordered=True)
    stances["label"] = pd.Categorical(stances["label"], STANCE.labels, ordered=True)
    texts = sentences[["article_id", "sentence_id", "text"]]
    stances = stances.merge(texts, on=["article_id", "sentence_id"], how="left", validate="many_to_one")
    return Labelled(articles, sentences, stances)


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
    return pd.read_csv(
        path,
        dtype=dict.fromkeys(TEXT_COLUMNS, "str"),
        keep_default_na=False,
        na_values={"holder_text": [""], "holder_id": [""]},
    )
