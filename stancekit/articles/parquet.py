"""Parquet files, read piece by piece."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stancekit.articles.checking import NEEDED, table_problem
from stancekit.articles.jsonl import json_value
from stancekit.articles.tables import CHARACTERS, Piece, UnreadableError

__all__ = ["parquet_pieces"]

_NULLABLE = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


def parquet_pieces(
    stream: BinaryIO, *, chunk: int, columns: Mapping[str, str] | None, needed: Sequence[str] = NEEDED
) -> Iterator[Piece]:
    """Read a Parquet file batch by batch.

    Parameters
    ----------
    stream : binary file
        Opened for reading.
    chunk : int
        Rows in a piece at most.
    columns : dict of str to str, or None
        As for :func:`~stancekit.articles.check_articles`.
    needed : sequence of str
        The columns that must be there.

    Yields
    ------
    Piece
        Dictionaries are resolved, integers and flags are nullable, nested values are JSON text, the row labels that
        pandas wrote are left out.

    Raises
    ------
    UnreadableError
        If it is not a whole Parquet file, holds no row or lacks a column.
    """
    row = 0
    size = os.fstat(stream.fileno()).st_size
    try:
        table = pq.ParquetFile(stream)
        names = [name for name in table.schema_arrow.names if not _is_row_label(name)]
        problem = table_problem(names, columns, needed)
        if problem is not None:
            raise UnreadableError(problem)
        if table.metadata.num_rows == 0:
            raise UnreadableError("holds no row; leave it out")
        for batch in table.iter_batches(batch_size=_rows_at_once(table.metadata, chunk)):
            values = {name: _plain_column(batch.column(name)) for name in names}
            first, row = row + 1, row + batch.num_rows
            position = int(size * row / table.metadata.num_rows)
            yield Piece(pd.DataFrame(values), list(range(first, row + 1)), [], position)
    except (pa.ArrowException, OSError) as error:
        after = f" after row {row}" if row else ""
        what = " ".join(str(error).split())[:200]
        raise UnreadableError(
            f"is damaged or not a Parquet file{after}: {what}; write or download it once more"
        ) from error


def _rows_at_once(metadata: pq.FileMetaData, most: int) -> int:
    """Read fewer rows at a time where rows are large, so that a piece stays small."""
    size = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    return max(1, min(most, int(CHARACTERS * metadata.num_rows / max(size, 1))))


def _is_row_label(name: str) -> bool:
    return name.startswith("__index_level_") and name.endswith("__")


def _plain_column(column: pa.Array) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pd.Series(_strings(column), dtype=object)
    if pa.types.is_nested(kind):
        values = [None if value is None else json_value(value) for value in column.to_pylist()]
        return pd.Series(values, dtype=object)
    found: pd.Series = column.to_pandas(types_mapper=_NULLABLE.get)
    return found


def _strings(column: pa.Array) -> list[str | None]:
    try:
        values: list[str | None] = column.to_pylist()
    except UnicodeDecodeError:
        # Arrow does not look into strings; a row that is not UTF-8 is for the check to reject, the others are good.
        held = column.cast(pa.large_binary()).to_pylist()
        values = [None if value is None else value.decode("utf-8", "surrogateescape") for value in held]
    return values
