"""What actors are counted as: themselves, or the state for which they act."""

from collections.abc import Mapping

from stancekit.errors import InputError

__all__ = ["LEVELS", "check_level", "states_of"]

LEVELS = ("actor", "state")
"""What an actor is counted as: itself, or the state at the end of its chain of parents."""


def check_level(level: str) -> None:
    """Refuse a level that is none.

    Parameters
    ----------
    level : str
        What a caller asked for.

    Raises
    ------
    InputError
        If it is not one of :data:`LEVELS`.
    """
    if level not in LEVELS:
        raise InputError(f"level must be one of {', '.join(repr(name) for name in LEVELS)}; got {level!r}")


def states_of(kinds: Mapping[str, str], parents: Mapping[str, str]) -> dict[str, str]:
    """Tell for which state each actor counts.

    Parameters
    ----------
    kinds : mapping of str to str
        Kind by the actor's id.
    parents : mapping of str to str
        Parent's id by the actor's id, for those who have one.

    Returns
    -------
    dict of str to str
        Id of the state by the actor's id; actors whose chain of parents reaches no state are left out.

    Examples
    --------
    >>> states_of({"RUS": "state", "putin": "person", "oxfam": "organisation"}, {"putin": "RUS"})
    {'RUS': 'RUS', 'putin': 'RUS'}
    """
    reached = {actor_id: _state_above(actor_id, kinds, parents) for actor_id in kinds}
    return {actor_id: state for actor_id, state in reached.items() if state is not None}


def _state_above(actor_id: str, kinds: Mapping[str, str], parents: Mapping[str, str]) -> str | None:
    """Follow parents to the first state; a chain that bites its tail, as a user's file may make it, reaches none."""
    seen: set[str] = set()
    above: str | None = actor_id
    while above is not None and above not in seen:
        if kinds.get(above) == "state":
            return above
        seen.add(above)
        above = parents.get(above)
    return None
