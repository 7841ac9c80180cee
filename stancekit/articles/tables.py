"""Tables read piece by piece: what stands in a file, before anybody asks whether it is an article.

Each reader yields :class:`Piece` after :class:`Piece` and raises :class:`UnreadableError` where the file, or what is
left of it, cannot be read. Tables of cells are read here, the other formats in modules of their own.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TextIO, TypeVar

import pandas as pd

from stancekit.articles.checking import NEEDED, Rejection, table_problem

__all__ = [
    "CHARACTERS",
    "ENCODING",
    "Broken",
    "Piece",
    "Record",
    "UnreadableError",
    "bad_byte",
    "csv_pieces",
    "csv_records",
    "rejections",
    "take",
]

CHARACTERS = 1_000_000
"""A piece ends once it holds so many characters, however few records they are."""

# Bounds the memory that a quote left open can take, and leaves room for every article there is.
_FIELD_LIMIT = 2**26

_SURROGATES = re.compile("[\udc80-\udcff]")


class UnreadableError(Exception):
    """The file, or the rest of it, cannot be read; the message is the reason for a rejection."""


class Piece(NamedTuple):
    """Some rows of a table, with the columns of the file, and how many bytes of it were read so far."""

    table: pd.DataFrame
    rows: list[int]
    rejected: list[Rejection]
    position: int = 0


class Broken(NamedTuple):
    """Stands in for a record that cannot be read."""

    reason: str


Record = tuple[int, Any]

Thing = TypeVar("Thing")


class Cells(list[str]):
    """The cells of a record, with the line on which it ends."""

    def __init__(self, cells: Iterable[str], last: int) -> None:
        super().__init__(cells)
        self.last = last


def csv_pieces(
    stream: TextIO,
    file: str,
    *,
    delimiter: str,
    chunk: int,
    columns: Mapping[str, str] | None,
    needed: Sequence[str] = NEEDED,
) -> Iterator[Piece]:
    """Read a table of comma- or tab-separated cells under a header.

    Parameters
    ----------
    stream : text file
        Opened with ``newline=""`` and ``errors="surrogateescape"``.
    file : str
        What to call it.
    delimiter : str
        One character.
    chunk : int
        Records in a piece, the broken ones counted.
    columns : dict of str to str, or None
        As for :func:`~stancekit.articles.check_articles`.
    needed : sequence of str
        The columns that must be there.

    Yields
    ------
    Piece
        Cells are strings, empty ones None.

    Raises
    ------
    UnreadableError
        If there is no header, or none with the columns that articles need.
    """
    records = _counted(csv.reader(stream, delimiter=delimiter, strict=True))
    with _large_fields():
        first = next(records, None)
    if first is None:
        raise UnreadableError("is empty; give it a header and rows, or leave it out")
    header = _header(*first)
    problem = table_problem(header, columns, needed)
    if problem is not None:
        raise UnreadableError(problem)
    some = False
    while True:
        with _large_fields():
            batch = take(records, chunk, _size_of_cells)
        if not batch:
            break
        some = True
        sized = [(row, _sized(cells, len(header), row)) for row, cells in batch]
        good = [(row, cells) for row, cells in sized if not isinstance(cells, Broken)]
        values = [[cells[k] or None for _, cells in good] for k in range(len(header))]
        table = pd.DataFrame({name: pd.Series(values[k], dtype=object) for k, name in enumerate(header)})
        yield Piece(table, [row for row, _ in good], rejections(file, sized))
    if not some:
        raise UnreadableError("holds a header and no row; leave it out")


def take(things: Iterator[Thing], most: int, size: Callable[[Thing], int]) -> list[Thing]:
    """Take the next records or files, bounded in number and in characters.

    Parameters
    ----------
    things : iterator
        None of them None.
    most : int
        How many at most.
    size : callable
        Gives the characters of one.

    Returns
    -------
    list
        Empty if there are no more. The last one may exceed the bound of characters.
    """
    held: list[Thing] = []
    room = CHARACTERS
    while len(held) < most and room > 0:
        thing = next(things, None)
        if thing is None:
            break
        held.append(thing)
        room -= size(thing)
    return held


def _size_of_cells(record: Record) -> int:
    return 0 if isinstance(record[1], Broken) else sum(map(len, record[1]))


def csv_records(stream: TextIO) -> Iterator[list[str]]:
    """Read all records of a comma-separated table, the header first.

    Parameters
    ----------
    stream : text file
        Opened with ``newline=""``.

    Yields
    ------
    list of str
        The cells of a record.

    Raises
    ------
    UnreadableError
        At the first record that breaks the rules of quoting.
    """
    with _large_fields():
        found = list(_counted(csv.reader(stream, strict=True)))
    for row, cells in found:
        if isinstance(cells, Broken):
            raise UnreadableError(f"line {row}: {cells.reason}")
        yield cells


def _counted(reader: Any) -> Iterator[Record]:
    """Yield each record with the line on which it starts; pass over blank lines."""
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield start, Broken(_broken_quotes(start, reader.line_num, error))
            continue
        if cells:
            yield start, Cells(cells, reader.line_num)


def _broken_quotes(first: int, last: int, error: csv.Error) -> str:
    """Say which lines one quotation mark took with it: none of what they hold is read."""
    rule = "a quote inside a quoted cell must be doubled, each quote closed"
    if last <= first:
        return f"line {first}: {error}; {rule}"
    lost = f"none of the rows in these {last - first + 1} lines is read"
    return f"lines {first} to {last}: {error}; a quotation mark is missing or too many: {lost}; {rule}"


@contextmanager
def _large_fields() -> Iterator[None]:
    # The limit belongs to the process: it is raised for a moment only, never across a yield to the caller.
    old = csv.field_size_limit()
    csv.field_size_limit(max(old, _FIELD_LIMIT))
    try:
        yield
    finally:
        csv.field_size_limit(old)


def _header(row: int, cells: Any) -> list[str]:
    if isinstance(cells, Broken):
        raise UnreadableError(f"the header cannot be read: {cells.reason}")
    names = [cell.lstrip("\ufeff").strip() for cell in cells]
    if not any(names):
        raise UnreadableError(f"the header in line {row} is empty; the first line must name the columns")
    for name in names:
        at = bad_byte(name)
        if at is not None:
            byte = ord(name[at]) - 0xDC00
            raise UnreadableError(f"the byte 0x{byte:02X} in the header does not fit the encoding; {ENCODING}")
    # pandas leaves the name of its row labels empty.
    return [name or f"column_{k}" for k, name in enumerate(names, start=1)]


def _sized(cells: Any, expected: int, row: int) -> Any:
    if isinstance(cells, Broken) or len(cells) == expected:
        return cells
    noun = "cell" if len(cells) == 1 else "cells"
    wrong = f"has {len(cells)} {noun} where the header has {expected}; put cells with separators into quotes"
    if cells.last <= row:
        return Broken(wrong)
    # A quote that nobody closed takes the next rows into its cell.
    return Broken(f"lines {row} to {cells.last}, read as one row, {wrong}, and close each quote")


ENCODING = "say which encoding the file is in, such as encoding='cp1252' (--encoding cp1252)"


def bad_byte(text: str) -> int | None:
    """Find the first byte that did not fit the encoding.

    Parameters
    ----------
    text : str
        Decoded with ``errors="surrogateescape"``.

    Returns
    -------
    int or None
        Its position, None if all is well.
    """
    found = None if text.isascii() else _SURROGATES.search(text)
    return None if found is None else found.start()


def rejections(file: str, records: Iterable[Record]) -> list[Rejection]:
    """Turn the broken records of a batch into rejections.

    Parameters
    ----------
    file : str
        What to call the file.
    records : iterable of (int, object)
        Broken and others.

    Returns
    -------
    list of Rejection
        In the same order.
    """
    return [Rejection(file, row, None, value.reason) for row, value in records if isinstance(value, Broken)]
