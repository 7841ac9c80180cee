"""Who acts for which state: persons, forces and groups of a state are rolled up to it along their parents."""

from collections.abc import Iterable

import pandas as pd

from stancekit.actors import Catalogue
from stancekit.actors.levels import check_level, states_of
from stancekit.articles.values import plain_strings

__all__ = ["ACTOR", "lineage", "no_lineage", "roll_up", "states"]

ACTOR = ("actor_id", "actor", "kind")
COLUMNS = (*ACTOR, "parent_id")


def lineage(catalogue: Catalogue, actor_ids: Iterable[str | None]) -> pd.DataFrame:
    """Give the entries of actors and of all those for whom they act.

    Parameters
    ----------
    catalogue : Catalogue
        Where they stand.
    actor_ids : iterable of str or None
        Ids of the catalogue; repetitions and None do no harm.

    Returns
    -------
    DataFrame
        ``actor_id``, ``actor``, ``kind``, ``parent_id``; one row per actor, sorted by id.
    """
    known: set[str] = set()
    for actor_id in actor_ids:
        above = actor_id
        while above is not None and above not in known:
            known.add(above)
            above = catalogue[above].parent_id
    actors = [catalogue[actor_id] for actor_id in sorted(known)]
    rows = ([actor.actor_id, actor.name, actor.kind, actor.parent_id] for actor in actors)
    columns = zip(*rows, strict=True) if actors else ([] for _ in COLUMNS)
    return pd.DataFrame({name: plain_strings(list(values)) for name, values in zip(COLUMNS, columns, strict=True)})


def no_lineage() -> pd.DataFrame:
    """Give the lineage of nobody.

    Returns
    -------
    DataFrame
        With the columns of :func:`lineage` and no row.
    """
    return lineage(Catalogue([]), [])


def states(actors: pd.DataFrame) -> dict[str, str]:
    """Tell for which state each actor counts.

    Parameters
    ----------
    actors : DataFrame
        From :func:`lineage`.

    Returns
    -------
    dict of str to str
        Id of the state by the actor's id; actors whose chain of parents reaches no state are left out.

    Examples
    --------
    >>> from stancekit.actors import Catalogue
    >>> states(lineage(Catalogue.builtin(), ["vladimir-putin", "hezbollah"]))
    {'RUS': 'RUS', 'vladimir-putin': 'RUS'}
    """
    kinds = dict(zip(actors["actor_id"], actors["kind"], strict=True))
    missing = actors["parent_id"].isna()
    parents = dict(zip(actors["actor_id"][~missing], actors["parent_id"][~missing], strict=True))
    return states_of(kinds, parents)


def roll_up(stances: pd.DataFrame, actors: pd.DataFrame, level: str) -> pd.DataFrame:
    """Count actors as their states.

    Parameters
    ----------
    stances : DataFrame
        With the columns of :data:`ACTOR`.
    actors : DataFrame
        From :func:`lineage`, of the actors in ``stances``.
    level : str
        ``"actor"`` or ``"state"``.

    Returns
    -------
    DataFrame
        The same rows; at the level of states with the state's id, name and kind in place of those who act for it.

    Raises
    ------
    InputError
        If the level is unknown.
    """
    check_level(level)
    if level == "actor":
        return stances
    state_of, names = states(actors), dict(zip(actors["actor_id"], actors["actor"], strict=True))
    above = stances["actor_id"].map(state_of)
    found = above.notna()
    raised = {
        "actor_id": stances["actor_id"].mask(found, above),
        "actor": stances["actor"].mask(found, above.map(names)),
        "kind": stances["kind"].mask(found, "state"),
    }
    return stances.assign(**raised)
