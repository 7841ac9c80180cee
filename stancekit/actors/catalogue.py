"""The actor catalogue: a readable table of ids, names, kinds, parents and aliases.

One row is one actor. Three lists of aliases, separated by ``|``, differ in what the words around them can undo:

``aliases``
    Always the actor: *Kremlin*, *NATO*, *Putin*, *human rights groups*.
``places``
    A state's name, its capital: the actor, unless the sentence makes it a mere place (*in Moscow*, *Moscow residents*).
``adjectives``
    *Russian*: the actor before its forces, officials, plans; not before private people, language or a town.

Case is smart: an alias with a capital letter matches as written, with its first letter raised, or all in capitals; an
alias written in lower case also as a title. Rows of the kind ``none`` hold phrases that contain an actor's name and
mean something else (*New Mexico*): they win over the shorter name and yield no actor.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pandas.api.types import is_scalar

from stancekit.errors import CatalogueError

__all__ = ["COLUMNS", "KINDS", "Actor", "Catalogue"]

KINDS: tuple[str, ...] = ("state", "person", "organisation", "armed_group", "generic", "none")
"""What an actor can be. ``generic`` are groups without a name of their own; ``none`` are phrases that name nobody."""

COLUMNS: tuple[str, ...] = ("actor_id", "name", "kind", "parent_id", "aliases", "places", "adjectives", "as_of")
"""Columns of a catalogue file; the first three are needed, the others may be left out."""

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
        The three lists of aliases, as in the module's description.
    as_of : str or None
        ISO date up to which the entry was known to hold.
    """

    actor_id: str
    name: str
    kind: str
    parent_id: str | None = None
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    as_of: str | None = None

    def patterns(self) -> Iterator[tuple[str, str]]:
        """Give every alias with its role: ``"name"``, ``"place"`` or ``"adjective"``."""
        if self.name not in self.places and self.name not in self.adjectives:
            yield self.name, "name"
        yield from ((alias, "name") for alias in self.aliases if alias != self.name)
        yield from ((alias, "place") for alias in self.places)
        yield from ((alias, "adjective") for alias in self.adjectives)


class Catalogue(Mapping[str, Actor]):
    """Actors by id.

    Parameters
    ----------
    actors : iterable of Actor
        In the order in which they are to be listed.
    source : str
        Named in messages: a path, or what the entries are.

    Raises
    ------
    CatalogueError
        If an id or an alias stands twice, a kind is unknown, or a parent does not exist.

    Examples
    --------
    >>> from stancekit.actors import Catalogue
    >>> catalogue = Catalogue.builtin()
    >>> catalogue["UKR"].name
    'Ukraine'
    >>> frame = pd.DataFrame({"actor_id": ["acme"], "name": ["Acme Corp"], "kind": ["organisation"]})
    >>> own = Catalogue.from_frame(frame)
    >>> "acme" in catalogue.extended(own)
    True
    """

    def __init__(self, actors: Iterable[Actor], *, source: str = "the catalogue") -> None:
        self.source = source
        self.rows: dict[str, int] = {}
        actors = list(actors)
        _check([(None, actor) for actor in actors], source, frozenset())
        self._actors = {actor.actor_id: actor for actor in actors}

    def __getitem__(self, actor_id: str) -> Actor:
        return self._actors[actor_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actors)

    def __len__(self) -> int:
        return len(self._actors)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Catalogue) and self.digest == other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Catalogue({len(self)} actors, source={self.source!r})"

    @classmethod
    def builtin(cls) -> "Catalogue":
        """Give the catalogue that comes with the package.

        Returns
        -------
        Catalogue
            The same object on every call.
        """
        return _builtin()

    @classmethod
    def read(cls, path: str | Path, *, base: "Catalogue | None" = None) -> Self:
        """Read a catalogue file: CSV (UTF-8) with the columns of :data:`COLUMNS`.

        Parameters
        ----------
        path : str or path
            The file.
        base : Catalogue, optional
            Where parents may be found besides the file itself.

        Returns
        -------
        Catalogue
            The file's entries alone.

        Raises
        ------
        CatalogueError
            If the file cannot be read or a row breaks a rule; the message names file and line.
        """
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise CatalogueError(f"{path}: the actor file cannot be read: {error.strerror}; check the path") from None
        except UnicodeDecodeError as error:
            raise CatalogueError(
                f"{path}: an actor file must be UTF-8, but byte {error.start} is not; save it as UTF-8"
            ) from None
        return cls.from_csv(text, str(path), base)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, *, base: "Catalogue | None" = None, source: str = "the actor frame"
    ) -> Self:
        """Make a catalogue of a frame with the columns of a catalogue file.

        Parameters
        ----------
        frame : DataFrame
            One actor per row; lists of aliases separated by ``|``.
        base : Catalogue, optional
            Where parents may be found besides the frame itself.
        source : str
            Named in messages.

        Returns
        -------
        Catalogue
            The frame's entries alone.

        Raises
        ------
        CatalogueError
            If a row breaks a rule; the message names the row, counted from 1.
        """
        header = [str(name) for name in frame.columns]
        rows = frame.itertuples(index=False, name=None)
        cells = [[_cell(value, f"{source}, row {row}") for value in values] for row, values in enumerate(rows, start=1)]
        return cls._from_rows(header, list(enumerate(cells, start=1)), source, base)

    @classmethod
    def from_csv(cls, text: str, source: str, base: "Catalogue | None" = None) -> Self:
        """Make a catalogue of the text of a catalogue file.

        Parameters
        ----------
        text : str
            Comma-separated, with the columns of :data:`COLUMNS`.
        source : str
            Named in messages.
        base : Catalogue, optional
            Where parents may be found besides the text itself.

        Returns
        -------
        Catalogue
            The entries of the text alone.

        Raises
        ------
        CatalogueError
            If the text is not CSV or a row breaks a rule; the message names source and line.
        """
        reader = csv.reader(io.StringIO(text), strict=True)
        rows: list[tuple[int, list[str]]] = []
        try:
            header = next(reader, [])
            line = reader.line_num + 1
            for cells in reader:
                rows.append((line, cells))
                line = reader.line_num + 1
        except csv.Error as error:
            raise CatalogueError(
                f"{source}, line {reader.line_num}: not readable as CSV ({error}); check the quotes"
            ) from None
        return cls._from_rows(header, rows, source, base)

    @classmethod
    def _from_rows(
        cls, header: list[str], rows: list[tuple[int, list[str]]], source: str, base: "Catalogue | None"
    ) -> Self:
        header = [name.strip() for name in header]
        missing = [name for name in REQUIRED if name not in header]
        unknown = [name for name in header if name not in {*COLUMNS, *COUNTS}]
        if missing or unknown or len(set(header)) < len(header):
            came = ", ".join(header) or "no header"
            raise CatalogueError(
                f"{source}: an actor file has the columns {', '.join(COLUMNS)} (the first three are needed); got {came}"
            )
        actors, problems = _readable(header, rows, source)
        # Parents may live in the base, so the rows are checked here and not by the constructor.
        problems += _conflicts(actors, source, frozenset(base or ()))
        if not actors and not problems:
            problems = [(None, f"{source}: no actor in it; write one actor per row")]
        if problems:
            raise CatalogueError.of(message for _, message in sorted(problems, key=lambda one: one[0] or 0))
        catalogue = cls((), source=source)
        catalogue._actors = {actor.actor_id: actor for _, actor in actors}
        catalogue.rows = {actor.actor_id: row for row, actor in actors if row is not None}
        return catalogue

    def extended(self, own: "Catalogue") -> "Catalogue":
        """Add entries; one with a known id takes the place of the old entry, and its aliases win over anyone's.

        An old entry that loses its name goes on under its next alias; one that loses all of them is left out, and
        those who acted for it stand alone.

        Parameters
        ----------
        own : Catalogue
            The entries to add.

        Returns
        -------
        Catalogue
            A new catalogue; this one is unchanged.

        Raises
        ------
        CatalogueError
            If an own entry has a parent that neither catalogue knows.
        """
        taken = {alias for actor in own.values() for alias, _ in actor.patterns()}
        kept = [_without(actor, taken) for actor in self.values() if actor.actor_id not in own]
        actors = [*(actor for actor in kept if actor is not None), *own.values()]
        known = {actor.actor_id for actor in actors}
        # Who lost the last alias is gone, and nobody acts for it any more; the own entries' parents must exist.
        lost = self.keys() - known
        actors = [replace(actor, parent_id=None) if actor.parent_id in lost else actor for actor in actors]
        return Catalogue(actors, source=f"{self.source} with {own.source}")

    def takes_over(self, own: "Catalogue") -> pd.DataFrame:
        """List what own entries would take from those of this catalogue.

        Parameters
        ----------
        own : Catalogue
            The entries that :meth:`extended` would add.

        Returns
        -------
        DataFrame
            One row per alias, in the order of the own entries: ``row`` of the own file where it is known, ``actor_id``,
            ``alias``, ``taken_from`` (id of the entry that has the alias here). An entry that is replaced as a whole,
            for its id is the same, has one row with the alias missing.
        """
        owners = {alias: actor.actor_id for actor in self.values() for alias, _ in actor.patterns()}
        found: list[tuple[int | None, str, str | None, str]] = []
        for actor in own.values():
            row = own.rows.get(actor.actor_id)
            if actor.actor_id in self:
                found.append((row, actor.actor_id, None, actor.actor_id))
            found += [
                (row, actor.actor_id, alias, owners[alias])
                for alias, _ in actor.patterns()
                if alias in owners and owners[alias] not in own
            ]
        frame = pd.DataFrame(found, columns=["row", "actor_id", "alias", "taken_from"])
        return frame.astype({"row": "Int64"})

    def to_frame(self) -> pd.DataFrame:
        """Give the catalogue as a frame that :meth:`from_frame` reads back.

        Returns
        -------
        DataFrame
            One actor per row, columns as in :data:`COLUMNS`, all strings.
        """
        rows = [
            {
                "actor_id": actor.actor_id,
                "name": actor.name,
                "kind": actor.kind,
                "parent_id": actor.parent_id or "",
                **{column: "|".join(getattr(actor, column)) for column in LISTS},
                "as_of": actor.as_of or "",
            }
            for actor in self.values()
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")

    @cached_property
    def digest(self) -> str:
        """The sha256 of the content, whatever the source: equal for equal catalogues."""
        rows = [astuple(actor) for actor in self.values()]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


Numbered = tuple[int | None, Actor]
Problem = tuple[int | None, str]


def _readable(
    header: list[str], rows: list[tuple[int, list[str]]], source: str
) -> tuple[list[Numbered], list[Problem]]:
    """Make actors of the rows that keep the rules; say of the others why not."""
    actors: list[Numbered] = []
    problems: list[Problem] = []
    for row, cells in rows:
        if any(cell.strip() for cell in cells):
            try:
                named = dict(zip(header, cells, strict=False))
                actors.append((row, _actor(named, len(cells), len(header), f"{source}, row {row}")))
            except CatalogueError as error:
                problems.append((row, str(error)))
    return actors, problems


def _check(actors: Sequence[Numbered], source: str, base: frozenset[str]) -> None:
    """Refuse what :func:`_conflicts` lists."""
    if problems := _conflicts(actors, source, base):
        raise CatalogueError.of(message for _, message in problems)


def _conflicts(actors: Sequence[Numbered], source: str, base: frozenset[str]) -> list[Problem]:
    """List ids and aliases that stand twice, and parents who are nowhere; rows are named where they are known."""
    rows: dict[str, int | None] = {}
    owners: dict[str, tuple[int | None, str]] = {}
    found: list[Problem] = []
    for row, actor in actors:
        if actor.actor_id in rows:
            both = "" if row is None else f" (rows {rows[actor.actor_id]} and {row})"
            found.append((row, f"{source}: actor_id {actor.actor_id!r} stands twice{both}; keep one row per actor"))
            continue
        rows[actor.actor_id] = row
        for alias, _ in actor.patterns():
            other_row, other = owners.setdefault(alias, (row, actor.actor_id))
            if other != actor.actor_id:
                both = "" if row is None else f" (rows {other_row} and {row})"
                message = (
                    f"{source}: the alias {alias!r} stands at both {other!r} and {actor.actor_id!r}{both}; "
                    "an alias names one actor, remove one"
                )
                found.append((row, message))
    for row, actor in actors:
        if actor.parent_id is not None and actor.parent_id not in rows and actor.parent_id not in base:
            where = source if row is None else f"{source}, row {row}"
            message = (
                f"{where}: {actor.actor_id!r} has the parent {actor.parent_id!r}, which is no actor_id; "
                "add that row or leave parent_id empty"
            )
            found.append((row, message))
    return found


def _cell(value: Any, where: str) -> str:
    """Give the text of a cell of a frame; missing values are empty."""
    if isinstance(value, str):
        return value
    if not is_scalar(value):
        raise CatalogueError(f"{where}: a cell holds text, aliases separated by '|'; got a {type(value).__name__}")
    return "" if pd.isna(value) else str(value)


def _actor(row: dict[str, str], n_cells: int, n_columns: int, where: str) -> Actor:
    """Make an actor of a row."""
    if n_cells != n_columns:
        raise CatalogueError(
            f"{where}: {n_columns} cells are needed, as many as the header has; got {n_cells}; "
            "quote cells that hold a comma"
        )
    cells = {name: value.strip() for name, value in row.items()}
    for name in REQUIRED:
        if not cells[name]:
            raise CatalogueError(f"{where}: {name} is empty; every actor needs one")
    if cells["kind"] not in KINDS:
        raise CatalogueError(f"{where}: kind must be one of {', '.join(KINDS)}; got {cells['kind']!r}")
    lists: dict[str, tuple[str, ...]] = {}
    homes: dict[str, str] = {}
    for column in LISTS:
        stripped = (alias.strip() for alias in cells.get(column, "").split("|"))
        lists[column] = tuple(dict.fromkeys(alias for alias in stripped if alias))
        for alias in lists[column]:
            if homes.setdefault(alias, column) != column:
                raise CatalogueError(
                    f"{where}: the alias {alias!r} stands in both {homes[alias]} and {column}; keep it in one list"
                )
    for alias in (cells["name"], *homes):
        if len(alias) < 2 or not any(character.isalnum() for character in alias):
            raise CatalogueError(
                f"{where}: an alias needs at least two characters, one of them a letter or digit; got {alias!r}"
            )
    parent_id, as_of = cells.get("parent_id") or None, cells.get("as_of") or None
    return Actor(cells["actor_id"], cells["name"], cells["kind"], parent_id, **lists, as_of=as_of)


def _without(actor: Actor, taken: set[str]) -> Actor | None:
    """Give the actor less the aliases that another took; nothing if none is left."""
    aliases, places, adjectives = (
        tuple(alias for alias in getattr(actor, column) if alias not in taken) for column in LISTS
    )
    # The name is an alias as well: where it was taken, the entry goes on under the next one.
    name = next((alias for alias in (actor.name, *aliases, *places, *adjectives) if alias not in taken), None)
    if name is None:
        return None
    return replace(actor, name=name, aliases=aliases, places=places, adjectives=adjectives)


@cache
def _builtin() -> Catalogue:
    text = (files("stancekit.actors") / "catalogue.csv").read_text(encoding="utf-8")
    return Catalogue.from_csv(text, "the built-in catalogue")
