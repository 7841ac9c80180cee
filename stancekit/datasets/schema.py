"""The tables of a corpus folder: their columns, what a cell may hold, and the records that come of them."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stancekit.datasets.frames import SPLITS
from stancekit.datasets.problems import Problem
from stancekit.datasets.rows import Table, read_table
from stancekit.errors import InputError
from stancekit.tasks import FRAMING, SENTIMENT, STANCE

__all__ = ["QUESTIONS", "TABLES", "Record", "column_problems", "read_corpus", "read_records"]

TABLES = ("articles", "sentences", "stances")


class _CellError(ValueError):
    """A cell that is not what its column holds; the message says what it must be."""


@dataclass(frozen=True)
class _Column:
    parse: Callable[[str], Any]
    rule: str = "type"
    needed: bool = True


@dataclass(frozen=True)
class Record:
    """A row whose cells have been read.

    Attributes
    ----------
    file : str
        Name of the file.
    line : int
        Where the row begins.
    values : dict
        By column; a cell that is not what its column holds is not among them.
    """

    file: str
    line: int
    values: dict[str, Any]

    def get(self, *names: str) -> tuple[Any, ...]:
        """Give the values of columns.

        Parameters
        ----------
        *names : str
            Columns.

        Returns
        -------
        tuple
            None for a column that is not there or whose cell cannot be read.
        """
        return tuple(map(self.values.get, names))

    def problem(self, what: str, rule: str) -> Problem:
        """Say that a rule is broken here.

        Parameters
        ----------
        what : str
            One line.
        rule : str
            Its name.

        Returns
        -------
        Problem
            With file and line of this row.
        """
        return Problem(self.file, self.line, what, rule)


def _filled(cell: str) -> str:
    if not cell or cell != cell.strip():
        raise _CellError("must be text without blanks around it")
    return cell


def _any(cell: str) -> str:
    return cell


def _number(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", cell):
        raise _CellError("must be a whole number from 0 to 999999999")
    return int(cell)


def _flag(cell: str) -> bool:
    if cell not in {"True", "False"}:
        raise _CellError("must be True or False")
    return cell == "True"


def _day(cell: str) -> str:
    try:
        if cell:
            datetime.fromisoformat(cell)
    except ValueError:
        raise _CellError("must be a date such as 2024-03-14, or empty") from None
    return cell


def _spans(cell: str) -> list[tuple[int, int]]:
    message = "must be JSON pairs such as [[0, 5], [31, 36]]"
    try:
        found = json.loads(cell)
    except ValueError:
        raise _CellError(message) from None
    if not isinstance(found, list) or not found:
        raise _CellError(message)
    for pair in found:
        if not isinstance(pair, list) or [type(number) for number in pair] != [int, int]:
            raise _CellError(message)
    return [(start, end) for start, end in found]


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        if cell not in allowed:
            raise _CellError(f"must be one of {', '.join(allowed)}")
        return cell

    return parse


def _or_empty(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda cell: parse(cell) if cell else None


_LABELS = {
    "sentiment": _Column(_one_of(*SENTIMENT.labels), "label"),
    **{flag: _Column(_flag, "flag") for flag in FRAMING.labels},
    "label": _Column(_one_of(*STANCE.labels), "label"),
    "attributed": _Column(_flag, "flag"),
}

QUESTIONS = {"sentences": ("sentiment", *FRAMING.labels), "stances": ("label", "attributed")}
"""What was asked of a row, by table."""


def _asked(table: str) -> dict[str, _Column]:
    """Give the columns of the questions, with those of the first pass, of the second, and of the note on both."""
    columns = {name: _LABELS[name] for name in QUESTIONS[table]}
    passes = {
        f"{name}_{number}": _Column(_or_empty(column.parse), column.rule, needed=False)
        for number in (1, 2)
        for name, column in columns.items()
    }
    return columns | passes | {"note": _Column(_any, needed=False)}


_ID = _Column(_filled)
_NUMBER = _Column(_number)
_ARTICLES = {
    "article_id": _ID,
    "split": _Column(_one_of(*SPLITS), "split"),
    "title": _Column(_any),
    "text": _Column(_filled),
    "published": _Column(_day, needed=False),
    "conflict": _Column(_any, needed=False),
}
_SENTENCES = {
    "article_id": _ID,
    "sentence_id": _NUMBER,
    "part": _Column(_one_of("title", "body")),
    "sentence_start": _NUMBER,
    "sentence_end": _NUMBER,
    "text": _Column(_filled),
    **_asked("sentences"),
}
_STANCES = {
    "article_id": _ID,
    "sentence_id": _NUMBER,
    "actor_id": _ID,
    "start": _NUMBER,
    "end": _NUMBER,
    "spans": _Column(_spans, "spans"),
    "holder_text": _Column(_or_empty(_filled)),
    "holder_id": _Column(_or_empty(_filled)),
    **_asked("stances"),
}
_SCHEMA = {"articles": _ARTICLES, "sentences": _SENTENCES, "stances": _STANCES}


def read_corpus(folder: str | Path) -> dict[str, Table]:
    """Read the three tables of a corpus folder, every cell as it is written.

    Parameters
    ----------
    folder : str or Path
        With articles.csv, sentences.csv and stances.csv.

    Returns
    -------
    dict of str to Table
        By name without the suffix.

    Raises
    ------
    InputError
        If a file is missing or is no CSV in UTF-8.
    """
    folder = Path(folder)
    lacking = [f"{name}.csv" for name in TABLES if not (folder / f"{name}.csv").is_file()]
    if lacking:
        files = "articles.csv, sentences.csv and stances.csv"
        raise InputError(f"{folder}: a corpus is a folder with {files}; not there: {', '.join(lacking)}")
    return {name: read_table(folder / f"{name}.csv") for name in TABLES}


def column_problems(name: str, table: Table) -> Iterator[Problem]:
    """Say what is wrong with the header of a table.

    Parameters
    ----------
    name : {"articles", "sentences", "stances"}
        Which table it is.
    table : Table
        As it was read.

    Yields
    ------
    Problem
        A column that is missing or stands twice, and a pass of labelling without the other one.
    """
    columns = table.columns
    twice = sorted({column for column in columns if columns.count(column) > 1})
    missing = [column for column, of in _SCHEMA[name].items() if of.needed and column not in columns]
    if twice:
        yield Problem(table.file, None, f"the columns {', '.join(twice)} stand twice; keep one of each", "columns")
    if missing:
        yield Problem(table.file, None, f"the columns {', '.join(missing)} are missing", "columns")
    for question in QUESTIONS.get(name, ()):
        passes = [f"{question}_1", f"{question}_2", "note"]
        lacking = [column for column in passes if column not in columns]
        if lacking and not {f"{question}_1", f"{question}_2"} <= set(lacking):
            what = f"{', '.join(passes)} belong together, but {', '.join(lacking)} is missing"
            yield Problem(table.file, None, what, "columns")


def read_records(name: str, table: Table) -> tuple[list[Record], list[Problem]]:
    """Read the cells of a table.

    Parameters
    ----------
    name : {"articles", "sentences", "stances"}
        Which table it is.
    table : Table
        With the columns that it needs.

    Returns
    -------
    tuple of (list of Record, list of Problem)
        The rows that have as many cells as the header, and what is wrong with rows and cells.
    """
    records, problems = [], []
    size = len(table.columns)
    for row in table.rows:
        if len(row.cells) != size:
            what = f"has {len(row.cells)} cells where the header has {size}; put cells with commas into quotes"
            problems.append(Problem(table.file, row.line, what, "columns"))
            continue
        values = {}
        for column, cell in zip(table.columns, row.cells, strict=True):
            of = _SCHEMA[name].get(column)
            if of is None:
                continue
            try:
                values[column] = of.parse(cell)
            except _CellError as error:
                problems.append(Problem(table.file, row.line, f"{column} {error}, got {cell[:60]!r}", of.rule))
        records.append(Record(table.file, row.line, values))
    return records, problems
