"""One entry of the catalogue, and the columns of its table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

__all__ = ["CHANGE", "CHANGES", "COLUMNS", "COUNTS", "KINDS", "LISTS", "REQUIRED", "Actor", "extended_by", "without"]

KINDS: tuple[str, ...] = ("state", "person", "organisation", "armed_group", "generic", "none")
"""What an actor can be. ``generic`` are groups without a name of their own; ``none`` are phrases that name nobody."""

COLUMNS: tuple[str, ...] = (
    *("actor_id", "name", "kind", "parent_id", "aliases", "places", "adjectives", "as_of"),
    "pattern",
)
"""Columns of a catalogue file; the first three are needed, the others may be left out."""

CHANGE = "change"
CHANGES: tuple[str, ...] = ("replace", "extend", "remove")
"""What a row of an own file may do with the entry that has its id, in the column ``change``; the first by default."""

COUNTS: tuple[str, ...] = ("n_mentions", "n_articles")
"""Columns that a file may have besides and that say nothing of the actor: ``actors unknown`` writes them."""

REQUIRED = COLUMNS[:3]
LISTS = ("aliases", "places", "adjectives")


@dataclass(frozen=True)
class Actor:
    """One entry of the catalogue.

    Attributes
    ----------
    actor_id : str
        ISO 3166-1 alpha-3 for states, a readable slug otherwise.
    name : str
        The name shown in tables; itself an alias unless it stands in one of the other lists.
    kind : str
        One of :data:`KINDS`.
    parent_id : str or None
        For whom a person, agency or group acts.
    aliases, places, adjectives : tuple of str
        The three lists of aliases, as in the description of :mod:`stancekit.actors.catalogue`.
    as_of : str or None
        ISO date up to which the entry was known to hold.
    pattern : str or None
        A regular expression for names that no list can hold, as :mod:`stancekit.actors.expressions` allows it.
    """

    actor_id: str
    name: str
    kind: str
    parent_id: str | None = None
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    as_of: str | None = None
    pattern: str | None = None

    def spellings(self) -> Iterator[tuple[str, str]]:
        """Give every alias with its role: ``"name"``, ``"place"`` or ``"adjective"``."""
        if self.name and self.name not in self.places and self.name not in self.adjectives:
            yield self.name, "name"
        yield from ((alias, "name") for alias in self.aliases if alias != self.name)
        yield from ((alias, "place") for alias in self.places)
        yield from ((alias, "adjective") for alias in self.adjectives)


def without(actor: Actor, taken: set[str]) -> Actor | None:
    """Give an actor less the aliases that another took.

    Parameters
    ----------
    actor : Actor
        The entry.
    taken : set of str
        The aliases.

    Returns
    -------
    Actor or None
        None if no alias and no expression is left. One that loses its name goes on under its next alias.
    """
    if taken.isdisjoint(alias for alias, _ in actor.spellings()):
        return actor
    aliases, places, adjectives = (
        tuple(alias for alias in getattr(actor, column) if alias not in taken) for column in LISTS
    )
    # The name is an alias as well: where it was taken, the entry goes on under the next one.
    name = next((alias for alias in (actor.name, *aliases, *places, *adjectives) if alias not in taken), None)
    if name is None:
        return None
    return replace(actor, name=name, aliases=aliases, places=places, adjectives=adjectives)


def extended_by(actor: Actor, more: Actor) -> Actor:
    """Give an actor with the aliases of another entry besides its own, and what else that one says in place of its own.

    Parameters
    ----------
    actor : Actor
        The entry.
    more : Actor
        What is added; empty fields leave the entry's as they are.

    Returns
    -------
    Actor
        An alias that both have stands in the list in which `more` has it.
    """
    moved = {alias for column in LISTS for alias in getattr(more, column)}
    lists = {
        column: tuple(
            dict.fromkeys([*(alias for alias in getattr(actor, column) if alias not in moved), *getattr(more, column)])
        )
        for column in LISTS
    }
    # A new name does not take the old one from the entry.
    if more.name and actor.name not in {alias for names in lists.values() for alias in names} | {more.name}:
        lists["aliases"] = (actor.name, *lists["aliases"])
    return Actor(
        actor.actor_id,
        more.name or actor.name,
        more.kind or actor.kind,
        more.parent_id or actor.parent_id,
        **lists,
        as_of=more.as_of or actor.as_of,
        pattern=more.pattern or actor.pattern,
    )
