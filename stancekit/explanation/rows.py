"""Articles to rows that models can be asked about: sentences, or sentences with an actor."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from stancekit.actors import Catalogue, Matcher
from stancekit.articles import check_articles
from stancekit.articles.dates import periods
from stancekit.errors import InputError
from stancekit.sentences import segment

__all__ = ["actor_rows", "group_values", "sentence_rows"]

PLACE = ("article_id", "sentence_id", "part", "sentence_start", "sentence_end", "text")
TARGET = ("actor_id", "actor", "start", "end", "spans")


def sentence_rows(articles: pd.DataFrame | str) -> pd.DataFrame:
    """Cut articles into sentences: X for sentiment and framing.

    Parameters
    ----------
    articles : DataFrame or str
        As for :meth:`stancekit.Scorer.score`, all of them usable; or the text of one article.

    Returns
    -------
    DataFrame
        One row per sentence, titles first: ``article_id``, ``sentence_id``, ``part``, ``sentence_start``,
        ``sentence_end`` (in the title or text), ``text``, then every other column of the articles.

    Raises
    ------
    InputError
        If an article cannot be used; the message names its row.
    """
    good = _checked(articles)
    found = list(_sentences(good))
    return _with_columns(pd.DataFrame(found, columns=list(PLACE)), good)


def actor_rows(articles: pd.DataFrame | str, *, catalogue: Catalogue | None = None) -> pd.DataFrame:
    """Find the actors of articles, sentence by sentence: X for stance.

    Parameters
    ----------
    articles : DataFrame or str
        As for :meth:`stancekit.Scorer.score`, all of them usable; or the text of one article.
    catalogue : Catalogue, optional
        Who is looked for; the built-in catalogue by default.

    Returns
    -------
    DataFrame
        One row per sentence and actor: the columns of :func:`sentence_rows`, ``actor_id``, ``actor``, ``start``,
        ``end`` (the first mention in ``text``), ``spans`` (all mentions), then every other column of the articles.

    Raises
    ------
    InputError
        If an article cannot be used; the message names its row.

    Examples
    --------
    >>> from stancekit.explanation import actor_rows
    >>> actor_rows("Kenya praised Oxfam. Talks began.")[["actor_id", "start", "end"]].values.tolist()
    [['KEN', 0, 5], ['oxfam', 14, 19]]
    """
    matcher = Matcher(catalogue)
    good, found = _checked(articles), []
    for place in _sentences(good):
        by_actor: dict[str, list[tuple[int, int]]] = {}
        for mention in matcher.find(place[-1]):
            by_actor.setdefault(mention.actor_id, []).append((mention.start, mention.end))
        for actor_id, spans in by_actor.items():
            found.append((*place, actor_id, matcher.catalogue[actor_id].name, *spans[0], spans))
    return _with_columns(pd.DataFrame(found, columns=[*PLACE, *TARGET]), good)


def group_values(rows: pd.DataFrame, key: str) -> pd.Series:
    """Give the group of each row: what :func:`stancekit.explanation.compare` takes as ``groups``.

    Parameters
    ----------
    rows : DataFrame
        From :func:`sentence_rows` or :func:`actor_rows`.
    key : str
        ``"actor"``, ``"month"`` or ``"year"`` (of ``published``), or any other column.

    Returns
    -------
    Series of str
        Missing where the row is of no group.

    Raises
    ------
    InputError
        If there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit.explanation import group_values, sentence_rows
    >>> articles = pd.DataFrame({"article_id": ["a"], "published": ["2026-03-05"], "text": ["Talks began."]})
    >>> group_values(sentence_rows(articles), "month").tolist()
    ['2026-03']
    """
    if key in rows.columns:
        values = rows[key]
    elif key in {"month", "year"}:
        values = periods(rows["published"], key)
    else:
        raise InputError(f"rows have no column {key!r} to group by; columns are {', '.join(map(str, rows.columns))}")
    return values.astype(object).map(str, na_action="ignore")


def _checked(articles: Any) -> pd.DataFrame:
    if isinstance(articles, str):
        articles = pd.DataFrame({"article_id": ["article"], "text": [articles]})
    good, rejected = check_articles(articles)
    if rejected:
        first = rejected[0]
        raise InputError(f"row {first.row} of the articles: {first.reason}")
    return good


def _sentences(articles: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Give each sentence: its place and its text."""
    for article_id, title, text in zip(articles["article_id"], articles["title"], articles["text"], strict=True):
        sentence_id = 0
        for part, content in (("title", title), ("body", text)):
            if not isinstance(content, str):
                continue
            for start, end in segment(content).spans:
                yield article_id, sentence_id, part, start, end, content[start:end]
                sentence_id += 1


def _with_columns(rows: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Add what else is known of each row's article."""
    others = [name for name in articles.columns if name == "article_id" or name not in rows.columns]
    kept = articles[others].drop(columns="title")
    return rows.astype({"article_id": kept["article_id"].dtype}).merge(kept, on="article_id", how="left", sort=False)
