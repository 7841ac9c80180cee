"""Articles from files, a chunk at a time."""

import codecs
import io
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import IO, Any, BinaryIO, NamedTuple

import pandas as pd

from stancekit.articles.checking import NEEDED, Rejection, Seen, check_mapping, check_rows
from stancekit.articles.finding import Inputs, Source, find_inputs, system_reason
from stancekit.articles.jsonl import jsonl_pieces
from stancekit.articles.parquet import parquet_pieces
from stancekit.articles.tables import ENCODING, Piece, UnreadableError, csv_pieces, take
from stancekit.articles.used import UsedIds
from stancekit.articles.values import plain_strings
from stancekit.errors import InputError

__all__ = ["Chunk", "read_articles", "read_tables"]

_LONGEST_TITLE = 200

_LEADING_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# Python decodes these to strings, but they are ways to write labels of domains and literals, not texts.
_NO_TEXT = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "charmap"})

_DELIMITERS = {"csv": ",", "tsv": "\t"}


class Chunk(NamedTuple):
    """Some articles, and what was rejected while reading them.

    Attributes
    ----------
    articles : DataFrame
        As of :func:`~stancekit.articles.check_articles`; may be empty.
    rejected : list of Rejection
        Rows and files.
    position : int
        Bytes of all inputs that were read up to here, about; standard input counts nothing.
    """

    articles: pd.DataFrame
    rejected: list[Rejection]
    position: int = 0


@dataclass
class _Reading:
    """What holds for all files of one call."""

    columns: Mapping[str, str] | None
    encoding: str
    chunk: int
    stdin: IO[Any] | None
    seen: Seen = field(default_factory=UsedIds)
    needed: Sequence[str] = NEEDED
    position: int = 0


def read_articles(
    paths: Sequence[str | os.PathLike[str]] | Inputs,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    chunk: int = 1000,
    stdin: IO[Any] | None = None,
) -> Iterator[Chunk]:
    r"""Read articles from files and folders, a chunk at a time.

    A chunk holds articles of one table, or of text files that follow one another, so that its columns are of one
    making; files of any size take the memory of a chunk. It ends after about a million characters, too, so that long
    articles come few at a time. A file or a row that cannot be used is rejected and
    the rest goes on.

    - ``.txt``: one article. A first line of at most 200 characters with a blank line after it is the title, unless
      nothing follows. Ends of lines become ``"\n"``. For the id see :func:`find_inputs`.
    - ``.csv``, ``.tsv``: a header, then a row per article. Every cell is a string, an empty one is missing, a column
      without a name becomes ``column_1`` by its place.
    - ``.jsonl``, ``.ndjson``: an object a line. ``null``, ``NaN`` and ``Infinity`` are missing, nested values become
      JSON text. The columns of a chunk are all keys met so far in the file.
    - ``.parquet``: dictionaries become their values, integers and flags are nullable.

    Parameters
    ----------
    paths : sequence of str or path, or Inputs
        As for :func:`find_inputs`, or what it gave.
    columns : dict of str to str, optional
        As for :func:`check_articles`; holds for every table, not for text files.
    encoding : str, default "utf-8"
        Of text, CSV and JSONL files. A byte order mark of UTF-8 is dropped.
    chunk : int, default 1000
        Articles in a chunk at most.
    stdin : file, optional
        What ``"-"`` reads, text or bytes. By default standard input.

    Yields
    ------
    Chunk
        At least one. An id counts as used across all files.

    Raises
    ------
    InputError
        If an argument cannot be used. Never for what is in a file.

    Examples
    --------
    >>> import io
    >>> (chunk,) = read_articles(["-"], stdin=io.StringIO("Truce holds\n\nNo shot was fired on Monday.\n"))
    >>> chunk.articles.loc[0, ["article_id", "title", "text"]].tolist()
    ['stdin', 'Truce holds', 'No shot was fired on Monday.\n']
    """
    check_mapping(columns)
    if isinstance(chunk, bool) or not isinstance(chunk, int) or chunk < 1:
        raise InputError(f"chunk must be a whole number of articles, at least 1, got {chunk!r}")
    _check_encoding(encoding)
    # What is wrong with the arguments is said by the call, not by the first step of a loop.
    inputs = paths if isinstance(paths, Inputs) else find_inputs(paths)
    return _chunks(inputs, _Reading(columns, encoding, chunk, stdin))


def read_tables(
    paths: Sequence[str | os.PathLike[str]], *, encoding: str = "utf-8", chunk: int = 10_000
) -> Iterator[tuple[str, Piece]]:
    """Read the rows of tables as they stand, whatever they hold: for labelled rows, which need not be articles.

    Parameters
    ----------
    paths : sequence of str or path
        As for :func:`find_inputs`; text files are rejected.
    encoding : str, default "utf-8"
        Of CSV and JSONL files.
    chunk : int, default 10,000
        Rows in a piece at most.

    Yields
    ------
    file : str
        What to call the file.
    piece : Piece
        Rows with their numbers, and rejections; a file that cannot be read is a piece with its rejection alone.

    Raises
    ------
    InputError
        If an argument cannot be used. Never for what is in a file.
    """
    _check_encoding(encoding)
    inputs = find_inputs(paths)
    reading = _Reading(None, encoding, chunk, None, needed=())
    for rejection in inputs.rejected:
        yield rejection.file, Piece(pd.DataFrame(), [], [rejection])
    for source in inputs.sources:
        if source.path is None or source.kind == "txt":
            reason = "is a text, not a table of labelled rows; give .csv, .tsv, .jsonl or .parquet"
            yield source.file, Piece(pd.DataFrame(), [], [Rejection(source.file, None, None, reason)])
            continue
        try:
            with source.path.open("rb") as stream:
                for piece in _pieces(stream, source, reading):
                    yield source.file, piece
        except (UnreadableError, OSError) as error:
            yield source.file, Piece(pd.DataFrame(), [], [_file_rejection(source, error)])
        except UnicodeError as error:
            reason = f"is not valid in the encoding {encoding} ({error}); {ENCODING}"
            yield source.file, Piece(pd.DataFrame(), [], [Rejection(source.file, None, None, reason)])


def _check_encoding(encoding: str) -> None:
    rule = f"encoding must be the name of a text encoding such as 'utf-8' or 'cp1252', got {encoding!r}"
    try:
        # Other codecs than those of text are refused only when there is something to decode.
        b"a".decode(encoding)
    except UnicodeDecodeError:
        return
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(rule) from error
    if codecs.lookup(encoding).name in _NO_TEXT:
        raise InputError(rule)


def _chunks(inputs: Inputs, reading: _Reading) -> Iterator[Chunk]:
    if inputs.rejected:
        yield Chunk(_no_articles(), inputs.rejected)
    for is_text, group in groupby(inputs.sources, key=lambda source: source.kind == "txt"):
        if is_text:
            yield from _text_chunks(group, reading)
            continue
        for source in group:
            yield from _table_chunks(source, reading)


def _text_chunks(sources: Iterator[Source], reading: _Reading) -> Iterator[Chunk]:
    while batch := take(sources, reading.chunk, lambda source: source.size):
        rejected: list[Rejection] = []
        records: list[dict[str, str | None]] = []
        places: list[tuple[str, int | None]] = []
        for source in batch:
            try:
                title, text = _title_and_text(_decoded(_content(source, reading), reading.encoding))
            except (UnreadableError, OSError) as error:
                rejected.append(_file_rejection(source, error))
                continue
            records.append({"article_id": source.article_id, "text": text, "title": title})
            places.append((source.file, None))
        table = pd.DataFrame(records, columns=["article_id", "text", "title"], dtype=object)
        articles, more = check_rows(table, places, seen=reading.seen, columns=None)
        order = {source.file: k for k, source in enumerate(batch)}
        reading.position += sum(source.size for source in batch)
        rejected = sorted(rejected + more, key=lambda rejection: order[rejection.file])
        yield Chunk(_settled(articles), rejected, reading.position)


def _content(source: Source, reading: _Reading) -> bytes | str:
    if source.path is not None:
        return source.path.read_bytes()
    stream = sys.stdin.buffer if reading.stdin is None else reading.stdin
    try:
        content: bytes | str = stream.read()
    except UnicodeDecodeError as error:
        raise UnreadableError(_undecodable(error)) from error
    return content


def _decoded(content: bytes | str, encoding: str) -> str:
    if isinstance(content, bytes):
        _check_mark(content[:4], encoding)
        try:
            content = content.decode(encoding)
        except UnicodeDecodeError as error:
            raise UnreadableError(_undecodable(error)) from error
    text = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        raise UnreadableError("is empty or only white space; give it a text or leave it out")
    return text


def _check_mark(head: bytes, encoding: str) -> None:
    if not _is_utf8(encoding):
        return
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            raise UnreadableError(
                f"starts with the byte order mark of {name.upper()}: pass encoding={name!r} (--encoding {name}) "
                "or save it as UTF-8"
            )


def _undecodable(error: UnicodeDecodeError) -> str:
    byte = f"the byte 0x{error.object[error.start]:02X} at byte {error.start} (counted from 0)"
    return f"{byte} is not valid in the encoding {error.encoding} ({error.reason}); {ENCODING}"


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}


def _title_and_text(content: str) -> tuple[str | None, str]:
    lines = _LEADING_BLANK_LINES.sub("", content)
    first, _, rest = lines.partition("\n")
    second, _, body = rest.partition("\n")
    title = first.strip()
    if second.strip() or not body.strip() or len(title) > _LONGEST_TITLE:
        return None, content
    return title, _LEADING_BLANK_LINES.sub("", body)


def _table_chunks(source: Source, reading: _Reading) -> Iterator[Chunk]:
    assert source.path is not None
    row, before = 0, reading.position
    try:
        with source.path.open("rb") as stream:
            for piece in _pieces(stream, source, reading):
                reading.position = before + min(piece.position, source.size)
                row = max([row, *piece.rows, *(rejection.row or 0 for rejection in piece.rejected)])
                places: list[tuple[str, int | None]] = [(source.file, number) for number in piece.rows]
                articles, rejected = check_rows(piece.table, places, seen=reading.seen, columns=reading.columns)
                rejected = sorted(piece.rejected + rejected, key=lambda rejection: rejection.row or 0)
                yield Chunk(_settled(articles), rejected, reading.position)
    except (UnreadableError, OSError) as error:
        yield Chunk(_no_articles(), [_file_rejection(source, error)], before + source.size)
    except UnicodeError as error:
        reason = f"is not read after line {row}: not valid in the encoding {reading.encoding} ({error}); {ENCODING}"
        yield Chunk(_no_articles(), [Rejection(source.file, None, None, reason)], before + source.size)
    reading.position = before + source.size


def _pieces(stream: BinaryIO, source: Source, reading: _Reading) -> Iterator[Piece]:
    head = stream.peek(4)[:4]  # type: ignore[attr-defined]  # what Path.open gives can look ahead
    if not head:
        raise UnreadableError("is empty (0 bytes); leave it out")
    if source.kind == "parquet":
        yield from parquet_pieces(stream, chunk=reading.chunk, columns=reading.columns, needed=reading.needed)
        return
    _check_mark(head, reading.encoding)
    delimiter = _DELIMITERS.get(source.kind)
    newline = "\n" if delimiter is None else ""
    encoding = reading.encoding
    if delimiter is not None and _is_utf8(encoding):
        encoding = "utf-8-sig"
    with io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline=newline) as text:
        if delimiter is None:
            pieces = jsonl_pieces(
                text, source.file, chunk=reading.chunk, columns=reading.columns, needed=reading.needed
            )
        else:
            pieces = csv_pieces(
                text,
                source.file,
                delimiter=delimiter,
                chunk=reading.chunk,
                columns=reading.columns,
                needed=reading.needed,
            )
        for piece in pieces:
            yield piece._replace(position=stream.tell())


def _file_rejection(source: Source, error: Exception) -> Rejection:
    reason = system_reason(error) if isinstance(error, OSError) else str(error)
    return Rejection(source.file, None, None, reason)


def _settled(articles: pd.DataFrame) -> pd.DataFrame:
    """Give columns of strings the string type, whatever the file they come from."""
    settled = {}
    for name in articles:
        column = articles[name]
        if column.dtype == object:
            missing = column.isna()
            values = column.tolist()
            if all(isinstance(value, str) or gone for value, gone in zip(values, missing, strict=True)):
                column = plain_strings([None if gone else value for value, gone in zip(values, missing, strict=True)])
        settled[name] = column
    return pd.DataFrame(settled, index=articles.index)


def _no_articles() -> pd.DataFrame:
    return check_rows(pd.DataFrame({"article_id": [], "text": []}, dtype=object), [], seen={}, columns=None)[0]
