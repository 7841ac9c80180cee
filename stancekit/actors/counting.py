"""How often the articles of a corpus name each actor."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import pandas as pd

from stancekit.actors.catalogue import Catalogue
from stancekit.actors.levels import check_level, states_of
from stancekit.actors.matching import Matcher
from stancekit.sentences import segment

__all__ = ["COLUMNS", "count_actors", "level_of"]

COLUMNS = ("actor_id", "actor", "kind", "n_mentions", "n_sentences", "n_articles")


def level_of(catalogue: Catalogue, level: str) -> dict[str, str]:
    """Tell for whom each actor counts.

    Parameters
    ----------
    catalogue : Catalogue
        The actors.
    level : {"actor", "state"}
        ``"state"``: for the state at the end of the chain of parents, where there is one.

    Returns
    -------
    dict of str to str
        By id the id for which it counts.

    Raises
    ------
    InputError
        If the level is unknown.

    Examples
    --------
    >>> found = level_of(Catalogue.builtin(), "state")
    >>> found["vladimir-putin"], found["oxfam"]
    ('RUS', 'oxfam')
    """
    check_level(level)
    found = {actor_id: actor_id for actor_id in catalogue}
    if level == "state":
        parents = {actor_id: actor.parent_id for actor_id, actor in catalogue.items() if actor.parent_id is not None}
        found |= states_of({actor_id: actor.kind for actor_id, actor in catalogue.items()}, parents)
    return found


def count_actors(
    articles: Iterable[Sequence[str]],
    matcher: Matcher,
    *,
    level: str = "actor",
    plain: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """Count who is named in articles, names that are a mere place or description here left out.

    Parameters
    ----------
    articles : iterable of sequence of str
        Title and body of each.
    matcher : Matcher
        With the catalogue.
    level : {"actor", "state"}, default "actor"
        ``"state"`` counts persons, forces and groups for the state at the end of their chain of parents; those whose
        chain reaches none stay themselves.
    plain : collection of str, optional
        As in :meth:`stancekit.actors.Matcher.for_article`.

    Returns
    -------
    DataFrame
        One row per actor with the columns :data:`COLUMNS`, those in most articles first.

    Raises
    ------
    InputError
        If the level is unknown.

    Examples
    --------
    >>> texts = [["Vladimir Putin met Oxfam. Moscow thanked Oxfam."]]
    >>> count_actors(texts, Matcher(), level="state")[["actor_id", "n_mentions"]].values.tolist()
    [['RUS', 2], ['oxfam', 2]]
    """
    counted_for = level_of(matcher.catalogue, level)
    mentions: Counter[str] = Counter()
    in_sentences: Counter[str] = Counter()
    in_articles: Counter[str] = Counter()
    for parts in articles:
        spans = [segment(part)[0] for part in parts]
        here: set[str] = set()
        for sentences in matcher.scan_article(parts, spans, plain):
            for found in sentences:
                ids = [counted_for[mention.actor_id] for mention in found.mentions]
                mentions.update(ids)
                in_sentences.update(set(ids))
                here.update(ids)
        in_articles.update(here)
    order = sorted(mentions, key=lambda actor_id: (-in_articles[actor_id], -mentions[actor_id], actor_id))
    rows = [
        (actor.actor_id, actor.name, actor.kind, mentions[actor_id], in_sentences[actor_id], in_articles[actor_id])
        for actor_id in order
        for actor in (matcher.catalogue[actor_id],)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        dict.fromkeys(COLUMNS[:3], "str") | dict.fromkeys(COLUMNS[3:], "int64")
    )
