"""Rows of a catalogue file: made entries, held against the rules and against each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from pandas.api.types import is_scalar

from stancekit.actors.entries import (
    CHANGE,
    CHANGES,
    COLUMNS,
    COUNTS,
    KINDS,
    LISTS,
    REQUIRED,
    Actor,
    extended_by,
    without,
)
from stancekit.actors.expressions import fault
from stancekit.errors import CatalogueError

__all__ = ["Problem", "Row", "Rows", "conflicts"]

Problem = tuple[int | None, str]
KNOWN = frozenset({*COLUMNS, CHANGE, *COUNTS})


@dataclass(frozen=True)
class Row:
    """A row that keeps the rules: its number, what it says, and what it does with an entry of the same id."""

    number: int | None
    actor: Actor
    change: str = ""


@dataclass
class Rows:
    """The rows of one source.

    Attributes
    ----------
    source : str
        Named in messages.
    unit : str
        What a row is called there: ``"row"``, or ``"table"`` in TOML.
    cells : list of (int, dict)
        By number what the row holds, a value by column: text, or a list of texts for the lists of aliases.
    problems : list of Problem
        What is wrong already.
    """

    source: str
    unit: str = "row"
    cells: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def resolved(self, base: Mapping[str, Actor] | None) -> tuple[list[Row], list[Row]]:
        """Make entries of the rows.

        Parameters
        ----------
        base : mapping of str to Actor, optional
            The entries that rows may change, and where parents may be.

        Returns
        -------
        kept, removed : list of Row
            Entries as they are to be, and those that go.

        Raises
        ------
        CatalogueError
            With every problem, in the order of the rows.
        """
        rows = self._readable()
        known = base or {}
        problems = [*self.problems, *conflicts(rows, self.source, self.unit, frozenset(known))]
        problems += [(row.number, message) for row in rows for message in self._unfit(row, base)]
        if not self.cells and not problems:
            problems = [(None, f"{self.source}: no actor in it; write one actor per {self.unit}")]
        if problems:
            raise CatalogueError.of(message for _, message in sorted(problems, key=lambda one: one[0] or 0))
        taken = {alias for row in rows if row.change != "remove" for alias, _ in row.actor.spellings()}
        kept, removed = [], []
        for row in rows:
            entry = _changed(row, known, taken)
            if entry is None:
                removed.append(row)
            else:
                kept.append(replace(row, actor=entry))
        return kept, removed

    def _readable(self) -> list[Row]:
        """Make entries of the rows that keep the rules; note of the others why not."""
        rows = []
        for number, cells in self.cells:
            where = f"{self.source}, {self.unit} {number}"
            try:
                rows.append(_row(number, cells, where))
            except CatalogueError as error:
                self.problems.append((number, str(error)))
        return rows

    def _unfit(self, row: Row, base: Mapping[str, Actor] | None) -> list[str]:
        """Say what keeps a row from changing an entry."""
        if row.change not in {"extend", "remove"}:
            return []
        where, actor = f"{self.source}, {self.unit} {row.number}", row.actor
        if base is None:
            return [f"{where}: {row.change!r} changes an entry, but none is given; read the file with base=..."]
        if actor.actor_id not in base:
            return [f"{where}: there is no entry {actor.actor_id!r} to {row.change}; `stancekit actors list` shows all"]
        if row.change == "extend":
            return []
        has = {alias for alias, _ in base[actor.actor_id].spellings()}
        return [
            f"{where}: {actor.actor_id!r} has no alias {alias!r} to remove; `stancekit actors list` shows all"
            for alias, _ in replace(actor, name="").spellings()
            if alias not in has
        ]


def conflicts(rows: Sequence[Row], source: str, unit: str, base: frozenset[str]) -> list[Problem]:
    """List ids, aliases and expressions that stand twice, and parents who are nowhere.

    Parameters
    ----------
    rows : sequence of Row
        Those that keep the rules by themselves.
    source, unit : str
        Named in messages.
    base : frozenset of str
        Ids of parents that may stand elsewhere.

    Returns
    -------
    list of Problem
        Rows are named where their numbers are known.
    """
    numbers: dict[str, int | None] = {}
    owners: dict[str, tuple[int | None, str]] = {}
    found: list[Problem] = []
    for row in rows:
        actor = row.actor
        if actor.actor_id in numbers:
            both = "" if row.number is None else f" ({unit}s {numbers[actor.actor_id]} and {row.number})"
            message = f"{source}: actor_id {actor.actor_id!r} stands twice{both}; keep one {unit} per actor"
            found.append((row.number, message))
            continue
        numbers[actor.actor_id] = row.number
        if row.change == "remove":
            continue
        claims = [(alias, f"alias {alias!r}") for alias, _ in actor.spellings()]
        if actor.pattern:
            claims.append((f"pattern {actor.pattern}", f"pattern {actor.pattern!r}"))
        for claim, what in claims:
            other_number, other = owners.setdefault(claim, (row.number, actor.actor_id))
            if other != actor.actor_id:
                both = "" if row.number is None else f" ({unit}s {other_number} and {row.number})"
                message = (
                    f"{source}: the {what} stands at both {other!r} and {actor.actor_id!r}{both}; "
                    f"{'an alias' if what.startswith('alias') else 'a pattern'} names one actor, remove one"
                )
                found.append((row.number, message))
    removed = {row.actor.actor_id for row in rows if row.change == "remove" and not any(row.actor.spellings())}
    for row in rows:
        parent = row.actor.parent_id
        if parent is not None and (parent in removed or (parent not in numbers and parent not in base)):
            where = source if row.number is None else f"{source}, {unit} {row.number}"
            message = (
                f"{where}: {row.actor.actor_id!r} has the parent {parent!r}, which is no actor_id; "
                f"add that {unit} or leave parent_id empty"
            )
            found.append((row.number, message))
    return found


def _changed(row: Row, base: Mapping[str, Actor], taken: set[str]) -> Actor | None:
    """Give the entry as it is to be; none if it goes."""
    actor = row.actor
    if row.change == "extend":
        # Another row may have taken an alias of the entry; the entry's own row names none of those.
        mine = {alias for alias, _ in actor.spellings()}
        old = base[actor.actor_id]
        left = without(old, taken - mine)
        if left is not None:
            return extended_by(left, actor)
        # Other rows took every alias it had; what this one adds is all it is known by.
        name = next((alias for alias, _ in actor.spellings()), None)
        return None if name is None else extended_by(Actor(old.actor_id, name, old.kind, old.parent_id), actor)
    if row.change == "remove":
        named = {alias for alias, _ in replace(actor, name="").spellings()}
        return without(base[actor.actor_id], named | (taken if named else set())) if named else None
    return actor


def _row(number: int, cells: Mapping[str, Any], where: str) -> Row:
    """Make an entry of what a row holds, or say which rule it breaks."""
    texts = {name: _text(value, name, where) for name, value in cells.items() if name not in LISTS}
    change = texts.get(CHANGE, "")
    if change and change not in CHANGES:
        raise CatalogueError(f"{where}: change must be empty or one of {', '.join(CHANGES)}; got {change!r}")
    changes = change in {"extend", "remove"}
    for name in REQUIRED[:1] if changes else REQUIRED:
        if not texts.get(name):
            raise CatalogueError(f"{where}: {name} is empty; every actor needs one")
    kind = texts.get("kind", "")
    if kind not in KINDS and not (changes and not kind):
        raise CatalogueError(f"{where}: kind must be one of {', '.join(KINDS)}; got {kind!r}")
    lists = {name: _list(cells.get(name), name, where) for name in LISTS}
    homes: dict[str, str] = {}
    for name, aliases in lists.items():
        for alias in aliases:
            if homes.setdefault(alias, name) != name:
                raise CatalogueError(
                    f"{where}: the alias {alias!r} stands in both {homes[alias]} and {name}; keep it in one list"
                )
    for alias in (texts.get("name", ""), *homes):
        if alias and (len(alias) < 2 or not any(character.isalnum() for character in alias)):
            raise CatalogueError(
                f"{where}: an alias needs at least two characters, one of them a letter or digit; got {alias!r}"
            )
    pattern = texts.get("pattern") or None
    if pattern is not None and (wrong := fault(pattern)):
        raise CatalogueError(f"{where}: the pattern {wrong}")
    actor = Actor(
        texts["actor_id"],
        texts.get("name", ""),
        kind,
        texts.get("parent_id") or None,
        **lists,
        as_of=texts.get("as_of") or None,
        pattern=pattern,
    )
    return Row(number, actor, change)


def _text(value: Any, name: str, where: str) -> str:
    """Give the text of a cell; missing values are empty."""
    if isinstance(value, str):
        return value.strip()
    if not is_scalar(value):
        raise CatalogueError(f"{where}: {name} holds one text; got a {type(value).__name__}")
    return "" if pd.isna(value) else str(value).strip()


def _list(value: Any, name: str, where: str) -> tuple[str, ...]:
    """Give the aliases of a cell: texts in a list, or one text in which ``|`` parts them."""
    if isinstance(value, (list, tuple)):
        if not all(isinstance(alias, str) and "|" not in alias for alias in value):
            raise CatalogueError(f"{where}: {name} holds texts without the sign '|'; got {list(value)!r}")
        aliases = list(value)
    elif value is None or is_scalar(value):
        aliases = _text(value, name, where).split("|")
    else:
        raise CatalogueError(f"{where}: {name} holds texts, parted by '|' or in a list; got a {type(value).__name__}")
    stripped = (alias.strip() for alias in aliases)
    return tuple(dict.fromkeys(alias for alias in stripped if alias))
