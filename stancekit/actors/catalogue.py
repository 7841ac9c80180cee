"""The actor catalogue: a readable table of ids, names, kinds, parents and aliases.

One row is one actor. Three lists of aliases, separated by ``|``, differ in what the words around them can undo:

``aliases``
    Always the actor: *Kremlin*, *NATO*, *Putin*, *human rights groups*.
``places``
    A state's name, its capital: the actor, unless the sentence uses it as a mere place (*in Moscow*, *Moscow residents*).
``adjectives``
    *Russian*: the actor before its forces, officials, plans; not before private people, language or a town.

Case is smart: an alias with a capital letter matches as written, with its first letter raised, or all in capitals; an alias
written in lower case matches in any of those. Rows of the kind ``none`` hold phrases that contain an actor's name and mean
something else (*New Mexico*): they win over the shorter name and yield no actor.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Self

import pandas as pd

from stancekit.errors import CatalogueError

__all__ = ["COLUMNS", "KINDS", "Actor", "Catalogue"]

KINDS: tuple[str, ...] = ("state", "person", "organisation", "armed_group", "generic", "none")
"""What an actor can be. ``generic`` are groups without a name of their own; ``none`` are phrases that name nobody."""

COLUMNS: tuple[str, ...] = ("actor_id", "name", "kind", "parent_id", "aliases", "places", "adjectives", "as_of")
"""Columns of a catalogue file; the first three are needed, the others may be left out."""

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
    >>> own = Catalogue.from_frame(pd.DataFrame({"actor_id": ["acme"], "name": ["Acme Corp"], "kind": ["organisation"]}))
    >>> "acme" in catalogue.extended(own)
    True
    """

    def __init__(self, actors: Iterable[Actor], *, source: str = "the catalogue") -> None:
        self.source = source
        self._actors: dict[str, Actor] = {}
        owners: dict[str, str] = {}
        for actor in actors:
            if actor.actor_id in self._actors:
                raise CatalogueError(f"{source}: actor_id {actor.actor_id!r} stands twice; keep one row per actor")
            self._actors[actor.actor_id] = actor
            for alias, _ in actor.patterns():
                other = owners.setdefault(alias, actor.actor_id)
                if other != actor.actor_id:
                    raise CatalogueError(
                        f"{source}: the alias {alias!r} stands at both {other!r} and {actor.actor_id!r}; an alias names one actor, remove one"
                    )
        for actor in self._actors.values():
            if actor.parent_id is not None and actor.parent_id not in self._actors:
                raise CatalogueError(
                    f"{source}: {actor.actor_id!r} has the parent {actor.parent_id!r}, which is no actor_id; add that row or leave parent_id empty"
                )

    def __getitem__(self, actor_id: str) -> Actor:
        return self._actors[actor_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actors)

    def __len__(self) -> int:
        return len(self._actors)

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
            raise CatalogueError(f"{path}: an actor file must be UTF-8, but byte {error.start} is not; save it as UTF-8") from None
        return cls._from_csv(text, str(path), base)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, base: "Catalogue | None" = None, source: str = "the actor frame") -> Self:
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
        cells = [["" if value is None or value != value else str(value) for value in row] for row in frame.itertuples(index=False)]  # noqa: PLR0124
        return cls._from_rows(header, list(enumerate(cells, start=1)), source, base)

    @classmethod
    def _from_csv(cls, text: str, source: str, base: "Catalogue | None" = None) -> Self:
        reader = csv.reader(io.StringIO(text), strict=True)
        rows: list[tuple[int, list[str]]] = []
        try:
            header = next(reader, [])
            line = reader.line_num + 1
            for cells in reader:
                rows.append((line, cells))
                line = reader.line_num + 1
        except csv.Error as error:
            raise CatalogueError(f"{source}, line {reader.line_num}: not readable as CSV ({error}); check the quotes") from None
        return cls._from_rows(header, rows, source, base)

    @classmethod
    def _from_rows(cls, header: list[str], rows: list[tuple[int, list[str]]], source: str, base: "Catalogue | None") -> Self:
        header = [name.strip() for name in header]
        missing = [name for name in REQUIRED if name not in header]
        unknown = [name for name in header if name not in COLUMNS]
        if missing or unknown or len(set(header)) < len(header):
            came = ", ".join(header) or "no header"
            raise CatalogueError(f"{source}: an actor file has the columns {', '.join(COLUMNS)} (the first three are needed); got {came}")
        actors = [_actor(dict(zip(header, cells, strict=False)), len(cells) == len(header), f"{source}, row {row}") for row, cells in rows if any(cells)]
        if not actors:
            raise CatalogueError(f"{source}: no actor in it; write one actor per row")
        # Parents may live in the base; they are checked there and left out of the result.
        own = {actor.actor_id for actor in actors}
        parents = {actor.parent_id for actor in actors if actor.parent_id is not None and actor.parent_id not in own}
        borrowed = [Actor(parent, parent, "none") for parent in sorted(parents) if base is not None and parent in base]
        checked = cls([*actors, *borrowed], source=source)
        for actor in borrowed:
            del checked._actors[actor.actor_id]  # noqa: SLF001
        return checked

    def extended(self, own: "Catalogue") -> "Catalogue":
        """Add entries; one with a known id takes the place of the old entry, and its aliases win over anyone's.

        Parameters
        ----------
        own : Catalogue
            The entries to add.

        Returns
        -------
        Catalogue
            A new catalogue; this one is unchanged.
        """
        taken = {alias for actor in own.values() for alias, _ in actor.patterns()}
        kept = (_without(actor, taken) for actor in self.values() if actor.actor_id not in own)
        return Catalogue([*(actor for actor in kept if actor is not None), *own.values()], source=f"{self.source} with {own.source}")

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

    @property
    def digest(self) -> str:
        """The sha256 of the content: equal for catalogues that find the same."""
        lines = ["\t".join(row) for row in self.to_frame().itertuples(index=False)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _actor(row: dict[str, str], complete: bool, where: str) -> Actor:
    if not complete:
        raise CatalogueError(f"{where}: as many cells as the header are needed, got {len(row)}; quote cells that hold a comma")
    cells = {name: value.strip() for name, value in row.items()}
    for name in REQUIRED:
        if not cells[name]:
            raise CatalogueError(f"{where}: {name} is empty; every actor needs one")
    if cells["kind"] not in KINDS:
        raise CatalogueError(f"{where}: kind must be one of {', '.join(KINDS)}; got {cells['kind']!r}")
    lists = {column: tuple(dict.fromkeys(alias.strip() for alias in cells.get(column, "").split("|") if alias.strip())) for column in LISTS}
    for alias in (cells["name"], *(alias for column in LISTS for alias in lists[column])):
        if len(alias) < 2 or not any(character.isalnum() for character in alias):
            raise CatalogueError(f"{where}: an alias needs at least two characters, one of them a letter or digit; got {alias!r}")
    return Actor(
        cells["actor_id"], cells["name"], cells["kind"], cells.get("parent_id") or None, lists["aliases"], lists["places"], lists["adjectives"], cells.get("as_of") or None
    )


def _without(actor: Actor, taken: set[str]) -> Actor | None:
    """Give the actor less the aliases that another took; nothing if none is left."""
    left = {column: tuple(alias for alias in getattr(actor, column) if alias not in taken) for column in LISTS}
    if actor.name not in taken:
        return Actor(actor.actor_id, actor.name, actor.kind, actor.parent_id, **left, as_of=actor.as_of)
    # The name itself was taken: an entry without any alias of its own would claim it again.
    names = [alias for column in LISTS for alias in left[column]]
    if not names:
        return None
    return Actor(actor.actor_id, names[0], actor.kind, actor.parent_id, **left, as_of=actor.as_of)


@cache
def _builtin() -> Catalogue:
    text = (files("stancekit.actors") / "catalogue.csv").read_text(encoding="utf-8")
    return Catalogue._from_csv(text, "the built-in catalogue")  # noqa: SLF001
