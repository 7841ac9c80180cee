"""Catalogue files and frames as rows: CSV, TOML, pandas."""

import csv
import io
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_scalar

from stancekit.actors.entries import CHANGE, COLUMNS, COUNTS, LISTS, REQUIRED
from stancekit.actors.rows import Rows
from stancekit.errors import CatalogueError

__all__ = ["rows_of_csv", "rows_of_frame", "rows_of_toml", "text_of"]

TABLES = "actor"


def text_of(path: str | Path) -> str:
    """Read an actor file.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    str

    Raises
    ------
    CatalogueError
        If it is not there or not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"{path}: the actor file cannot be read: {error.strerror}; check the path") from None
    except UnicodeDecodeError as error:
        raise CatalogueError(
            f"{path}: an actor file must be UTF-8, but byte {error.start} is not; save it as UTF-8"
        ) from None


def rows_of_csv(text: str, source: str) -> Rows:
    """Read comma-separated rows under a header; a row is numbered by the line in which it begins.

    Parameters
    ----------
    text : str
        Of the file.
    source : str
        Named in messages.

    Returns
    -------
    Rows

    Raises
    ------
    CatalogueError
        If the text is not CSV, or the header not that of an actor file.
    """
    reader = csv.reader(io.StringIO(text), strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        line = reader.line_num + 1
        for cells in reader:
            lines.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise CatalogueError(
            f"{source}, line {reader.line_num}: not readable as CSV ({error}); check the quotes"
        ) from None
    _check_header(header, source)
    rows = Rows(source)
    for number, cells in lines:
        if len(cells) != len(header) and any(cell.strip() for cell in cells):
            message = (
                f"{source}, row {number}: {len(header)} cells are needed, as many as the header has; got {len(cells)}; "
                "quote cells that hold a comma"
            )
            rows.problems.append((number, message))
        elif any(cell.strip() for cell in cells):
            rows.cells.append((number, dict(zip(header, cells, strict=True))))
    return rows


def rows_of_frame(frame: pd.DataFrame, source: str) -> Rows:
    """Read the rows of a frame, counted from 1.

    Parameters
    ----------
    frame : DataFrame
        With the columns of an actor file.
    source : str
        Named in messages.

    Returns
    -------
    Rows

    Raises
    ------
    CatalogueError
        If the columns are not those of an actor file.
    """
    header = [str(name).strip() for name in frame.columns]
    _check_header(header, source)
    rows = Rows(source)
    for number, values in enumerate(frame.itertuples(index=False, name=None), start=1):
        cells = dict(zip(header, values, strict=True))
        if not all(_is_empty(value) for value in values):
            rows.cells.append((number, cells))
    return rows


def rows_of_toml(text: str, source: str) -> Rows:
    """Read ``[[actor]]`` tables, counted from 1.

    Parameters
    ----------
    text : str
        Of the file.
    source : str
        Named in messages.

    Returns
    -------
    Rows

    Raises
    ------
    CatalogueError
        If the text is not TOML or holds something else.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{source}: not readable as TOML: {error}") from None
    tables = content.pop(TABLES, [])
    if content or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        came = ", ".join(sorted(content)) or f"{TABLES} = {type(tables).__name__}"
        raise CatalogueError(f"{source}: an actor file holds [[{TABLES}]] tables and nothing else; got {came}")
    rows = Rows(source, "table")
    allowed = {*COLUMNS, CHANGE, *COUNTS}
    for number, table in enumerate(tables, start=1):
        where = f"{source}, table {number}"
        for name, value in table.items():
            message = _unfit(name, value, allowed)
            if message:
                rows.problems.append((number, f"{where}: {message}"))
                break
        else:
            rows.cells.append(
                (number, {name: str(value) if isinstance(value, date) else value for name, value in table.items()})
            )
    return rows


def _unfit(name: str, value: Any, allowed: set[str]) -> str | None:
    """Say what is wrong with a key of a table."""
    if name not in allowed:
        return f"{name} is no key of an actor; the keys are {', '.join((*COLUMNS, CHANGE))}"
    if name in LISTS and not isinstance(value, list):
        return f'{name} is a list of texts, such as ["Acme", "Acme Lines"]; got {value!r}'
    if name not in LISTS and name not in COUNTS and not isinstance(value, (str, date)):
        return f"{name} is a text; got {value!r}"
    return None


def _check_header(header: Sequence[str], source: str) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in {*COLUMNS, CHANGE, *COUNTS}]
    if missing or unknown or len(set(header)) < len(header):
        came = ", ".join(header) or "no header"
        raise CatalogueError(
            f"{source}: an actor file has the columns {', '.join((*COLUMNS, CHANGE))} "
            f"(the first three are needed); got {came}"
        )


def _is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (bool(is_scalar(value)) and bool(pd.isna(value)))
