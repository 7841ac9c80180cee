"""Rows of a CSV file with the lines on which they stand, every cell as it is written."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stancekit.errors import InputError

__all__ = ["Row", "Table", "parse_table", "read_table"]


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes
    ----------
    line : int
        Where it begins; the header stands on line 1. A cell may hold line breaks.
    cells : list of str
        As written.
    """

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A header and the rows under it.

    Attributes
    ----------
    file : str
        Name of the file.
    columns : list of str
        The header.
    rows : list of Row
        With as many cells as the header, or not.
    """

    file: str
    columns: list[str]
    rows: list[Row]

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Give the rows that fit the header.

        Yields
        ------
        tuple of (int, dict of str to str)
            The line and the cells by column.
        """
        for row in self.rows:
            if len(row.cells) == len(self.columns):
                yield row.line, dict(zip(self.columns, row.cells, strict=True))


def read_table(path: Path) -> Table:
    """Read a CSV file.

    Parameters
    ----------
    path : Path
        In UTF-8, with a header.

    Returns
    -------
    Table
        Named by the last part of the path.

    Raises
    ------
    InputError
        If the file is not there, is no UTF-8, is empty or breaks the rules of quoting.
    """
    try:
        return parse_table(path, path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror}); check the path") from None


def parse_table(path: Path, data: bytes) -> Table:
    r"""Read the bytes of a CSV file.

    Parameters
    ----------
    path : Path
        Where they come from, for messages.
    data : bytes
        The file.

    Returns
    -------
    Table
        Named by the last part of the path.

    Raises
    ------
    InputError
        If the bytes are no UTF-8, hold no header or break the rules of quoting.

    Examples
    --------
    >>> [row.line for row in parse_table(Path("a.csv"), b'text\n"two\nlines"\none\n').rows]
    [2, 4]
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start} is not); save it as UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header, *rows = list(_numbered(reader)) or [Row(1, [])]
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num} is no CSV ({error}); check its quotes") from None
    if not header.cells:
        raise InputError(f"{path}: the file is empty; the first line must name the columns")
    return Table(path.name, header.cells, rows)


def _numbered(reader: Any) -> Iterator[Row]:
    line = 1
    for cells in reader:
        # A blank line is no row.
        if cells:
            yield Row(line, cells)
        line = reader.line_num + 1
