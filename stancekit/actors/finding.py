"""The actors of a text as a table."""

import pandas as pd

from stancekit.actors.catalogue import Catalogue
from stancekit.actors.matching import Matcher
from stancekit.sentences import segment

__all__ = ["COLUMNS", "find_actors"]

COLUMNS = ("start", "end", "mention", "actor_id", "actor", "kind", "counted")


def find_actors(text: str, catalogue: Catalogue | None = None, *, everything: bool = False) -> pd.DataFrame:
    """Find the actors that a text names.

    Parameters
    ----------
    text : str
        Any number of sentences.
    catalogue : Catalogue, optional
        Who is looked for; the built-in catalogue by default.
    everything : bool, default False
        Whether to list names that are a mere place, description or no actor here as well.

    Returns
    -------
    DataFrame
        One row per mention, in order: ``start``, ``end`` (offsets in code points), ``mention``, ``actor_id``,
        ``actor``, ``kind``, ``counted`` (whether the mention stands for the actor here).

    Examples
    --------
    >>> find_actors("Moscow accused a shop in Kyiv.")["actor_id"].tolist()
    ['RUS']
    """
    base = Matcher(catalogue)
    matcher = base.for_article([text])
    rows = []
    for start, end in segment(text)[0]:
        sentence = text[start:end]
        counted = set(matcher.find(sentence))
        for name in matcher.names(sentence):
            if everything or name in counted:
                actor = base.catalogue[name.actor_id]
                span = (start + name.start, start + name.end, sentence[name.start : name.end])
                rows.append((*span, actor.actor_id, actor.name, actor.kind, name in counted))
    return pd.DataFrame(rows, columns=list(COLUMNS))
