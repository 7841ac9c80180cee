"""Tables written whole or not at all, and read back."""

import contextlib
import csv
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stancekit.articles.columns import Column, plain_values, same_columns, table_columns
from stancekit.articles.finding import system_reason
from stancekit.articles.folders import output_error, partial_path
from stancekit.articles.tables import UnreadableError, csv_records
from stancekit.articles.values import plain_strings
from stancekit.errors import InputError, OutputError

__all__ = ["FORMATS", "TableWriter", "read_table", "write_table"]

FORMATS = ("parquet", "csv", "jsonl")
"""The formats that tables are written in; also the suffixes of the files."""

# Bounds what is held besides the frame itself, and keeps the strings of a column below Arrow's 2 GB.
_ROWS_AT_ONCE = 20_000


class TableWriter:
    r"""Write a table in chunks: after the ``with`` block the file is there as a whole, or as it was before.

    The chunks go to a hidden file beside the target, ``.<name>.partial``, which takes the place of the target at the
    end. After an error, or an interruption from the keyboard, it is removed. Two writers must not write to one path at
    a time.

    All chunks have the columns and types of the first one, which may be empty. Columns that are neither numbers,
    booleans, times nor categories are strings.

    - ``"parquet"``: categoricals keep categories and order, nullable types stay. A table without a row cannot hold the
      categories.
    - ``"csv"``: UTF-8, lines end in ``"\n"``, missing is an empty cell, booleans are ``True`` and ``False``,
      numbers have all their digits. An empty string cannot be told from a missing one.
    - ``"jsonl"``: an object a line in UTF-8; missing and non-finite numbers are ``null``.

    Parameters
    ----------
    path : str or path
        The file; its folder must be there.
    format : str, optional
        One of `FORMATS`. By default what the suffix of `path` says.

    Raises
    ------
    InputError
        If the format is unknown, a chunk does not fit the first one, or nothing was written at all.
    OutputError
        If the system refuses: no space, no permission, a file too large.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels.csv")
    ...     with TableWriter(path) as writer:
    ...         writer.write(pd.DataFrame({"article_id": ["007"], "stance": ["against"]}))
    ...         writer.write(pd.DataFrame({"article_id": ["008"], "stance": [None]}))
    ...     path.read_text(encoding="utf-8")
    'article_id,stance\n007,against\n008,\n'
    """

    def __init__(self, path: str | os.PathLike[str], format: str | None = None) -> None:  # noqa: A002 - pandas' word
        self.path = Path(path)
        self.format = _format(self.path, format)
        self._sink: _Sink | None = None
        self._stream: BinaryIO | None = None

    def __enter__(self) -> Self:
        if self.path.is_dir():
            raise OutputError(f"{self.path} must be a file, but is a folder; choose another name")
        with self._system_errors():
            self._stream = partial_path(self.path).open("wb")
        return self

    def write(self, frame: pd.DataFrame) -> None:
        """Add the rows of a frame.

        Parameters
        ----------
        frame : DataFrame
            A chunk; its index is not written, and it is not changed.

        Raises
        ------
        InputError
            If it does not fit the first chunk, or the writer is not open.
        OutputError
            If the system refuses.
        """
        if not isinstance(frame, pd.DataFrame):
            raise InputError(f"{self.path}: a chunk must be a pandas DataFrame, got {type(frame).__name__}")
        if self._stream is None:
            raise InputError(f"{self.path}: the writer is not open; write inside 'with TableWriter(...) as writer:'")
        with self._system_errors():
            if self._sink is None:
                self._sink = _SINKS[self.format](self._stream, table_columns(frame, str(self.path)))
            # An empty chunk still has to fit.
            for start in range(0, max(len(frame), 1), _ROWS_AT_ONCE):
                part = frame.iloc[start : start + _ROWS_AT_ONCE]
                self._sink.write(same_columns(part, self._sink.columns, str(self.path)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        if self._stream is None:
            return
        if self._sink is None:
            self._discard()
            raise InputError(f"{self.path}: no chunk was written; write an empty frame for a table without rows")
        with self._system_errors():
            self._sink.close()
            self._stream.flush()
            # Some systems tell of a full disk only now.
            os.fsync(self._stream.fileno())
            self._stream.close()
            partial_path(self.path).replace(self.path)
        self._stream = None

    @contextlib.contextmanager
    def _system_errors(self) -> Iterator[None]:
        """Leave nothing half-written behind, and say what the system says in one line."""
        with contextlib.ExitStack() as otherwise:
            otherwise.callback(self._discard)
            with self._plainly_said():
                yield
            otherwise.pop_all()

    @contextlib.contextmanager
    def _plainly_said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise output_error(self.path, error) from error
        except UnicodeEncodeError as error:
            raise InputError(
                f"{self.path}: a string holds {error.object[error.start : error.start + 1]!r}, which cannot be "
                "written as UTF-8; run check_articles on the articles first"
            ) from error
        except pa.ArrowException as error:
            what = " ".join(str(error).split())[:200]
            raise InputError(f"{self.path}: a chunk must fit the types of the first one: {what}") from error

    def _discard(self) -> None:
        stream, self._stream, sink, self._sink = self._stream, None, self._sink, None
        if stream is None:
            return
        # What stands in the buffers cannot be written; the error that counts is on its way already.
        with contextlib.suppress(OSError, pa.ArrowException):
            if sink is not None:
                sink.abandon()
        with contextlib.suppress(OSError):
            stream.close()
        with contextlib.suppress(OSError):
            partial_path(self.path).unlink(missing_ok=True)


def write_table(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a frame to a file, whole or not at all.

    Parameters
    ----------
    frame : DataFrame
        The table; its index is not written.
    path : str or path
        The suffix says the format, one of `FORMATS`.

    Raises
    ------
    InputError
        If the suffix is unknown, or the frame cannot be written as a table.
    OutputError
        If the system refuses.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(pd.DataFrame({"n": [1, 2]}), Path(folder, "n.parquet"))
    ...     read_table(Path(folder, "n.parquet"))["n"].tolist()
    [1, 2]
    """
    with TableWriter(path) as writer:
        writer.write(frame)


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table that :class:`TableWriter` wrote.

    Parameters
    ----------
    path : str or path
        The suffix says the format, one of `FORMATS`.

    Returns
    -------
    DataFrame
        Parquet: the types that were written. CSV: strings throughout, an empty cell is missing. JSONL: strings, and
        numbers and booleans, nullable where one is missing; a category is its string.

    Raises
    ------
    InputError
        If there is no such file, or it is damaged.
    """
    file = Path(path)
    kind = _format(file, None)
    try:
        if kind == "parquet":
            return pd.read_parquet(file)
        if kind == "csv":
            return _csv_frame(file)
        return _jsonl_frame(file)
    except OSError as error:
        raise InputError(f"{file}: {system_reason(error)}") from error
    except (UnreadableError, ValueError, pa.ArrowException) as error:
        what = " ".join(str(error).split())[:200]
        raise InputError(f"{file}: is damaged or not a table in the format {kind!r}: {what}; write it anew") from error


class _Sink(ABC):
    """One table on its way into an open file."""

    def __init__(self, stream: BinaryIO, columns: list[Column]) -> None:
        self.columns = columns
        self._stream = stream

    @abstractmethod
    def write(self, frame: pd.DataFrame) -> None:
        """Add the rows of a frame with these columns."""

    def close(self) -> None:  # noqa: B027 - most tables need nothing at their end
        """Write what belongs at the end."""

    def abandon(self) -> None:  # noqa: B027 - the same
        """Let go of what is held, the file being lost."""


class _ParquetSink(_Sink):
    def __init__(self, stream: BinaryIO, columns: list[Column]) -> None:
        super().__init__(stream, columns)
        self._schema = pa.schema([pa.field(column.name, column.arrow_type()) for column in columns])
        self._writer: pq.ParquetWriter | None = None

    def write(self, frame: pd.DataFrame) -> None:
        table = pa.Table.from_pandas(frame, schema=self._schema, preserve_index=False)
        if self._writer is None:
            # The first chunk knows the pandas types, which go into the file with the schema.
            self._writer = pq.ParquetWriter(self._stream, table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    abandon = close


class _CsvSink(_Sink):
    def __init__(self, stream: BinaryIO, columns: list[Column]) -> None:
        super().__init__(stream, columns)
        self._put([[column.name for column in columns]])

    def write(self, frame: pd.DataFrame) -> None:
        self._put(zip(*(plain_values(frame[name], finite=False) for name in frame), strict=True))

    def _put(self, rows: Any) -> None:
        # A carriage return gets quotes only if it is part of the terminator; the lines still end in "\n".
        lines = _Lines()
        csv.writer(lines, lineterminator="\r\n").writerows(rows)
        self._stream.write("".join(lines.held).encode("utf-8"))


class _Lines:
    def __init__(self) -> None:
        self.held: list[str] = []

    def write(self, line: str) -> None:
        self.held.append(line[:-2] + "\n")


class _JsonlSink(_Sink):
    def write(self, frame: pd.DataFrame) -> None:
        names = list(frame)
        rows = zip(*(plain_values(frame[name], finite=True) for name in names), strict=True)
        lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False) for row in rows]
        self._stream.write("".join(f"{line}\n" for line in lines).encode("utf-8"))


_SINKS: dict[str, type[_Sink]] = {"parquet": _ParquetSink, "csv": _CsvSink, "jsonl": _JsonlSink}


def _format(path: Path, given: str | None) -> str:
    found = path.suffix.lower().removeprefix(".") if given is None else given
    if found not in FORMATS:
        choice = ", ".join(repr(name) for name in FORMATS)
        what = f"the suffix of {str(path)!r}" if given is None else "format"
        raise InputError(f"{what} must be one of {choice}, got {found!r}")
    return found


def _csv_frame(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv_records(stream)) or [[]]
    for row in rows:
        if len(row) != len(header):
            raise UnreadableError(f"a row has {len(row)} cells where the header has {len(header)}")
    return pd.DataFrame({name: plain_strings([row[k] or None for row in rows]) for k, name in enumerate(header)})


def _jsonl_frame(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="\n") as stream:
        records = [json.loads(line) for line in stream]
    if not all(isinstance(record, dict) for record in records):
        raise UnreadableError("each line must be a JSON object")
    names = dict.fromkeys(name for record in records for name in record)
    return pd.DataFrame({name: _typed([record.get(name) for record in records]) for name in names})


def _typed(values: list[Any]) -> pd.Series:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str}:
        return plain_strings(values)
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean" if None in values else "bool")
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in values if value is not None):
        return pd.Series(values, dtype="Int64" if None in values else "int64")
    if kinds <= {int, float}:
        return pd.Series(values, dtype="float64")
    return pd.Series(values, dtype=object)
