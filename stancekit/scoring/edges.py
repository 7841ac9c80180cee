"""Who takes which stance toward whom: holders and targets as the edges of a network."""

import pandas as pd

from stancekit.actors.levels import check_level
from stancekit.articles.values import is_missing, plain_strings
from stancekit.scoring.frames import stance_names
from stancekit.scoring.lineage import ACTOR, roll_up, states

__all__ = ["NARRATOR", "edges"]

NARRATOR = "narrator"
"""The holder of what the outlet says in its own voice."""

KEYS = ["holder_id", "holder", *ACTOR]


def edges(stances: pd.DataFrame, actors: pd.DataFrame, *, narrator: bool, level: str) -> pd.DataFrame:
    """Count stances by holder and target.

    Parameters
    ----------
    stances : DataFrame
        As in :class:`stancekit.Scores`.
    actors : DataFrame
        From :func:`stancekit.scoring.lineage.lineage`, of holders and targets.
    narrator : bool
        Whether what the outlet says itself is counted, under the holder :data:`NARRATOR`.
    level : str
        Whether ``"state"`` counts for those who act for it, as holder and as target.

    Returns
    -------
    DataFrame
        As :meth:`stancekit.Scores.edges` describes.

    Raises
    ------
    InputError
        If the level is unknown.
    """
    check_level(level)
    rows = stances if narrator else stances[stances["attributed"]]
    named = _with_holders(rows, actors, level)
    named = roll_up(named, actors, level)
    groups = [named[name].astype(object) for name in KEYS]
    labels = list(named["stance"].cat.categories)
    tallies = pd.DataFrame(
        {
            "n_articles": ~pd.concat([*groups, named["article_id"]], axis=1).duplicated(),
            "n_sentences": ~pd.concat([*groups, named[["article_id", "sentence_id"]]], axis=1).duplicated(),
            **{f"n_{name}": named["stance"] == label for name, label in zip(stance_names(labels), labels, strict=True)},
            "n_undecided": named["stance"].isna(),
        },
        index=named.index,
    ).astype("int64")
    table = tallies.groupby(groups, dropna=False, sort=True).sum().reset_index()
    table = table.assign(**{name: plain_strings(_or_none(table[name])) for name in KEYS})
    return table.sort_values("n_sentences", ascending=False, kind="stable", ignore_index=True)


def _or_none(column: pd.Series) -> list[str | None]:
    return [None if is_missing(value) else value for value in column]


def _with_holders(stances: pd.DataFrame, actors: pd.DataFrame, level: str) -> pd.DataFrame:
    """Add who holds each stance: an actor, else the words of the text, else nobody; else the narrator."""
    ids, names = stances["holder_id"].astype(object), dict(zip(actors["actor_id"], actors["actor"], strict=True))
    if level == "state":
        above = ids.map(states(actors))
        ids = ids.mask(above.notna(), above)
    named = ids.map(names).astype(object)
    holder = named.where(ids.notna(), stances["holder_text"].astype(object))
    return stances.assign(holder_id=ids, holder=holder.where(stances["attributed"], NARRATOR))
