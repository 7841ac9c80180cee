"""The actors of a text as a table."""

import pandas as pd

from stancekit.actors.catalogue import Catalogue
from stancekit.actors.counting import level_of
from stancekit.actors.matching import Matcher
from stancekit.sentences import segment

__all__ = ["COLUMNS", "find_actors"]

COLUMNS = ("start", "end", "mention", "actor_id", "actor", "kind", "counted")


def find_actors(
    text: str, catalogue: Catalogue | None = None, *, everything: bool = False, level: str = "actor"
) -> pd.DataFrame:
    """Find the actors that a text names.

    Parameters
    ----------
    text : str
        Any number of sentences.
    catalogue : Catalogue, optional
        Who is looked for; the built-in catalogue by default.
    everything : bool, default False
        Whether to list names that are a mere place, description or no actor here as well.
    level : {"actor", "state"}, default "actor"
        ``"state"`` gives for persons, forces and groups the state at the end of their chain of parents.

    Returns
    -------
    DataFrame
        One row per mention, in order: ``start``, ``end`` (offsets in code points), ``mention``, ``actor_id``,
        ``actor``, ``kind``, ``counted`` (whether the mention stands for the actor here).

    Raises
    ------
    InputError
        If the level is unknown.

    Examples
    --------
    >>> find_actors("Moscow accused a shop in Kyiv.")["actor_id"].tolist()
    ['RUS']
    """
    matcher = Matcher(catalogue)
    counted_for = level_of(matcher.catalogue, level)
    spans = segment(text)[0]
    rows = []
    for (start, end), found in zip(spans, matcher.scan_article([text], [spans])[0], strict=True):
        sentence = text[start:end]
        counted = set(found.mentions)
        for name in found.names:
            if everything or name in counted:
                actor = matcher.catalogue[counted_for[name.actor_id]]
                span = (start + name.start, start + name.end, sentence[name.start : name.end])
                rows.append((*span, actor.actor_id, actor.name, actor.kind, name in counted))
    return pd.DataFrame(rows, columns=list(COLUMNS))
