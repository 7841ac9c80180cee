"""The actor catalogue: a readable table of ids, names, kinds, parents and aliases.

One row is one actor. Three lists of aliases, separated by ``|``, differ in what the words around them can undo:

``aliases``
    Always the actor: *Kremlin*, *NATO*, *Putin*, *human rights groups*.
``places``
    A state's name, its capital: the actor, unless the sentence makes it a mere place (*in Moscow*, *Moscow residents*).
``adjectives``
    *Russian*: the actor before its forces, officials, plans; not before private people, language or a town.

A ``pattern`` is a regular expression for names that no list can hold, such as *Brigade 12*
(:mod:`stancekit.actors.expressions`).

Case is smart: an alias with a capital letter matches as written, with its first letter raised, or all in capitals; an
alias written in lower case also as a title. Rows of the kind ``none`` hold phrases that contain an actor's name and
mean something else (*New Mexico*): they win over the shorter name and yield no actor.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cache, cached_property
from importlib.resources import files
from operator import attrgetter
from pathlib import Path
from typing import Self

import pandas as pd

from stancekit.actors.entries import COLUMNS, KINDS, LISTS, Actor, without
from stancekit.actors.expressions import fault
from stancekit.actors.files import rows_of_csv, rows_of_frame, rows_of_toml, text_of
from stancekit.actors.rows import Row, Rows, conflicts
from stancekit.errors import CatalogueError

__all__ = ["COLUMNS", "KINDS", "Actor", "Catalogue"]


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
        self.unit = "row"
        self.changes: dict[str, str] = {}
        self.removed: frozenset[str] = frozenset()
        actors = list(actors)
        problems = conflicts([Row(None, actor) for actor in actors], source, self.unit, frozenset())
        problems += [
            (None, f"{source}: {actor.actor_id!r}: the pattern {wrong}")
            for actor in actors
            if actor.pattern and (wrong := fault(actor.pattern))
        ]
        if problems:
            raise CatalogueError.of(message for _, message in problems)
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
        """Read a catalogue file: CSV with the columns of :data:`COLUMNS`, or TOML with ``[[actor]]`` tables.

        Parameters
        ----------
        path : str or path
            The file, in UTF-8; TOML by its ending ``.toml``, otherwise CSV.
        base : Catalogue, optional
            The entries that rows may extend or remove, and where parents may be found besides the file itself.

        Returns
        -------
        Catalogue
            The file's entries alone; :meth:`extended` puts them into the base.

        Raises
        ------
        CatalogueError
            If the file cannot be read or a row breaks a rule; the message names file and line.
        """
        text = text_of(path)
        if Path(path).suffix.lower() == ".toml":
            return cls.from_toml(text, str(path), base)
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
        return cls._of(rows_of_frame(frame, source), base)

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
        return cls._of(rows_of_csv(text, source), base)

    @classmethod
    def from_toml(cls, text: str, source: str, base: "Catalogue | None" = None) -> Self:
        r"""Make a catalogue of the text of a TOML file.

        Parameters
        ----------
        text : str
            ``[[actor]]`` tables whose keys are the columns of :data:`COLUMNS`; lists of aliases are lists.
        source : str
            Named in messages.
        base : Catalogue, optional
            As in :meth:`read`.

        Returns
        -------
        Catalogue
            The entries of the text alone.

        Raises
        ------
        CatalogueError
            If the text is not TOML or a table breaks a rule; the message names source and table, counted from 1.

        Examples
        --------
        >>> from stancekit.actors import Catalogue
        >>> text = '[[actor]]\nactor_id = "acme"\nname = "Acme"\nkind = "organisation"\naliases = ["Acme Lines"]'
        >>> Catalogue.from_toml(text, "my.toml")["acme"].aliases
        ('Acme Lines',)
        """
        return cls._of(rows_of_toml(text, source), base)

    @classmethod
    def _of(cls, rows: Rows, base: "Catalogue | None") -> Self:
        kept, removed = rows.resolved(base)
        # Parents may live in the base, so the rows have been checked and the constructor is given none.
        catalogue = cls((), source=rows.source)
        catalogue.unit = rows.unit
        catalogue._actors = {row.actor.actor_id: row.actor for row in kept}
        both = [*kept, *removed]
        catalogue.rows = {row.actor.actor_id: row.number for row in both if row.number is not None}
        catalogue.changes = {row.actor.actor_id: row.change for row in both if row.change}
        catalogue.removed = frozenset(row.actor.actor_id for row in removed)
        return catalogue

    def extended(self, own: "Catalogue") -> "Catalogue":
        """Add entries; one with a known id takes the place of the old entry, and its aliases win over anyone's.

        Entries that `own` removes go, and those who acted for them stand alone. An old entry that loses its name to
        an own one goes on under its next alias; one that loses all of them is left out.

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
        taken = {alias for actor in own.values() for alias, _ in actor.spellings()}
        gone = own.keys() | own.removed
        kept = [without(actor, taken) for actor in self.values() if actor.actor_id not in gone]
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
            ``alias``, ``taken_from`` (id of the entry that has the alias here), ``change``: ``"take"``, or for an
            entry whose id is known here ``"replace"``, ``"extend"`` or ``"remove"``. A change of an entry as a whole
            has one row with the alias missing.
        """
        owners = {alias: actor.actor_id for actor in self.values() for alias, _ in actor.spellings()}
        found: list[tuple[int | None, str, str | None, str, str]] = []
        for actor_id in [*own, *sorted(own.removed)]:
            row, change = own.rows.get(actor_id), own.changes.get(actor_id, "replace")
            written = [alias for alias, _ in own[actor_id].spellings()] if actor_id in own else []
            if actor_id in self:
                left = [alias for alias, _ in self[actor_id].spellings() if alias not in written]
                parts = left if change == "remove" and actor_id in own else [None]
                found += [(row, actor_id, alias, actor_id, change) for alias in parts]
            found += [
                (row, actor_id, alias, owners[alias], "take")
                for alias in written
                if alias in owners and owners[alias] not in own and owners[alias] not in own.removed
            ]
        frame = pd.DataFrame(found, columns=["row", "actor_id", "alias", "taken_from", "change"])
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
                "pattern": actor.pattern or "",
            }
            for actor in self.values()
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")

    @cached_property
    def digest(self) -> str:
        """The sha256 of the content, whatever the source: equal for equal catalogues."""
        values = attrgetter(*(field.name for field in fields(Actor)))
        rows = [values(actor) for actor in self.values()]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


@cache
def _builtin() -> Catalogue:
    text = (files("stancekit.actors") / "catalogue.csv").read_text(encoding="utf-8")
    return Catalogue.from_csv(text, "the built-in catalogue")
