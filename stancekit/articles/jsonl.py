"""Tables of one JSON object a line, read piece by piece."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TextIO

import pandas as pd

from stancekit.articles.checking import NEEDED, table_problem
from stancekit.articles.tables import ENCODING, Broken, Piece, Record, UnreadableError, bad_byte, rejections, take

__all__ = ["json_value", "jsonl_pieces"]

# So many objects of a JSONL file are looked at to tell whether it has the columns at all, whatever the size of a chunk.
_HEAD = 100


def jsonl_pieces(
    stream: TextIO, file: str, *, chunk: int, columns: Mapping[str, str] | None, needed: Sequence[str] = NEEDED
) -> Iterator[Piece]:
    r"""Read a table of one JSON object a line.

    Parameters
    ----------
    stream : text file
        Opened with ``newline="\n"`` and ``errors="surrogateescape"``.
    file : str
        What to call it.
    chunk : int
        Lines in a piece, the broken ones counted.
    columns : dict of str to str, or None
        As for :func:`~stancekit.articles.check_articles`.
    needed : sequence of str
        The columns that must be there.

    Yields
    ------
    Piece
        Columns are all keys met so far. Strings, numbers and flags are as they stand, ``null``, ``NaN`` and
        ``Infinity`` are None, objects and arrays are JSON text.

    Raises
    ------
    UnreadableError
        If the file is empty, a column that articles need is in none of the first 100 objects, or a key that turns up
        later clashes with `columns`.
    """
    lines = ((row, line) for row, line in enumerate(stream, start=1) if line.strip("\ufeff \t\r\n"))
    records: Iterator[Record] = ((row, _object(line, stream.encoding)) for row, line in lines)
    head = take(records, _HEAD, _size_of_values)
    if not head:
        raise UnreadableError("is empty; give it a JSON object a line, or leave it out")
    mapping = columns or {}
    known = dict.fromkeys(key for _, value in head if not isinstance(value, Broken) for key in value)
    # Not one object: no question of columns yet, each line says for itself what is wrong.
    known = known or dict.fromkeys([mapping.get(name, name) for name in ("article_id", "text")] + [*mapping.values()])
    problem = table_problem(known, columns, needed)
    if problem is not None:
        raise UnreadableError(problem)
    records = chain(head, records)
    while batch := take(records, chunk, _size_of_values):
        _learn(known, batch, columns, needed)
        good = [(row, value) for row, value in batch if not isinstance(value, Broken)]
        table = pd.DataFrame({key: pd.Series([value.get(key) for _, value in good], dtype=object) for key in known})
        yield Piece(table, [row for row, _ in good], rejections(file, batch))


def _size_of_values(record: Record) -> int:
    _, value = record
    return 0 if isinstance(value, Broken) else sum(len(held) for held in value.values() if isinstance(held, str))


def _object(line: str, encoding: str) -> Any:
    at = bad_byte(line)
    if at is not None:
        offset = len(line[:at].encode(encoding))
        where = f"the byte 0x{ord(line[at]) - 0xDC00:02X} at byte {offset} of the line (counted from 0)"
        return Broken(f"{where} does not fit the encoding; {ENCODING}")
    try:
        found = _DECODER.decode(line.lstrip("\ufeff").rstrip("\r\n"))
    except json.JSONDecodeError as error:
        return Broken(f"is not JSON: {error.msg} at column {error.colno}; each line must be one whole object")
    except ValueError as error:
        return Broken(f"cannot be read: {error}")
    except RecursionError:
        return Broken("is nested too deeply to be read; keep only the columns you need")
    if not isinstance(found, dict):
        return Broken(f"must be a JSON object, got {_JSON_NAMES[type(found)]}; write {{...}} on each line")
    for key in found:
        if any(0xD800 <= ord(character) < 0xE000 for character in key):
            return Broken(f"has the key {key!r}, which cannot be written as UTF-8; rename it")
    return {key: json_value(value) if isinstance(value, dict | list) else value for key, value in found.items()}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is there twice; keep one")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=lambda _: None)

_JSON_NAMES = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a flag",
    type(None): "null",
}


def json_value(value: Any) -> str:
    """Return a nested value as JSON text.

    Parameters
    ----------
    value : dict or list
        Of anything; what JSON does not know becomes its string.

    Returns
    -------
    str
        In one line.
    """
    return json.dumps(value, ensure_ascii=False, default=str)


def _learn(
    known: dict[str, None], batch: Iterable[Record], columns: Mapping[str, str] | None, needed: Sequence[str]
) -> None:
    """Add the keys of a batch; a key that clashes with the mapping of columns ends the reading."""
    for row, value in batch:
        if isinstance(value, Broken) or value.keys() <= known.keys():
            continue
        known |= dict.fromkeys(value)
        problem = table_problem(known, columns, needed)
        if problem is not None:
            raise UnreadableError(f"is not read from line {row} on: {problem}")
