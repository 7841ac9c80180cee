"""The lists of words around a name that decide what it stands for."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib.resources import files

__all__ = ["Context", "context"]


@dataclass(frozen=True)
class Context:
    """The lists of ``context.toml``, which says what each is for."""

    locative: frozenset[str]
    directions: frozenset[str]
    motion: frozenset[str]
    ways: frozenset[str]
    reached: frozenset[str]
    seats: frozenset[str]
    attitude: frozenset[str]
    compass: frozenset[str]
    between: frozenset[str]
    state: frozenset[str]
    people: frozenset[str]
    people_adjectives: frozenset[str]
    culture: frozenset[str]
    events: frozenset[str]
    landmarks: frozenset[str]
    place_nouns: frozenset[str]
    titles: frozenset[str]
    of_persons: frozenset[str]
    prefixes: frozenset[str]
    suffixes: frozenset[str]
    bodies: frozenset[str]
    predicates: frozenset[str]
    given_names: frozenset[str]
    surnames: frozenset[str]
    first_names: frozenset[str]
    us_state: frozenset[str]
    shouted: frozenset[str]
    declares: frozenset[str]
    shouted_goods: frozenset[str]
    owners: frozenset[str]
    things: frozenset[str]
    state_groups: frozenset[str]
    armed: frozenset[str]

    @cached_property
    def not_the_state(self) -> frozenset[str]:
        """What makes a nationality no matter of state."""
        return self.people | self.culture

    @cached_property
    def not_the_capital(self) -> frozenset[str]:
        """What makes the name of a state or capital a mere place."""
        return self.people | self.culture | self.place_nouns

    @cached_property
    def telling(self) -> frozenset[str]:
        """Every word that can matter right after the name of a place."""
        beside = self.people_adjectives | self.compass | self.state | self.titles
        return self.not_the_capital | beside | self.events | {"terror"}

    @cached_property
    def governing(self) -> frozenset[str]:
        """Every word that can make a mere place of the name right after it."""
        ends = {way.split()[1] for way in self.ways}
        return self.locative | self.directions | self.seats | self.compass | self.between | self.reached | ends

    @cached_property
    def describing(self) -> frozenset[str]:
        """Every word that can make no matter of state of the nationality right before it, or goes on with it."""
        beside = {"and", "or", "but", "of", "for", "on"}
        return (
            self.not_the_state
            | self.people_adjectives
            | self.compass
            | self.titles
            | self.owners
            | beside
            | self.of_persons
        )


@cache
def context() -> Context:
    """Read the lists.

    Returns
    -------
    Context
        The same object on every call.
    """
    raw = tomllib.loads((files("stancekit.actors") / "context.toml").read_text(encoding="utf-8"))
    return Context(**{field.name: frozenset(raw[field.name]) for field in fields(Context)})
