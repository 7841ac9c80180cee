"""What is given to be scored, as chunks of checked articles."""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import pandas as pd

from stancekit.articles import Chunk, check_articles, read_articles
from stancekit.articles.used import UsedIds
from stancekit.errors import InputError

__all__ = ["chunks_of"]

WANTED = "a path, a DataFrame, or a list or iterator of paths, of DataFrames or of Chunks"


def chunks_of(given: Any, *, chunk: int, columns: Mapping[str, str] | None, encoding: str) -> Iterator[Chunk]:
    """Turn what a user has into chunks.

    Parameters
    ----------
    given : str, Path, DataFrame, or iterable of str, Path, DataFrame or Chunk
        Files and folders, or frames.
    chunk : int
        Articles in a chunk at most; chunks that are given stay as they are.
    columns, encoding
        As for :func:`stancekit.articles.read_articles`.

    Returns
    -------
    iterator of Chunk
        Read as it is asked for.

    Raises
    ------
    InputError
        If it is something else.
    """
    if isinstance(given, str | os.PathLike):
        return read_articles([given], columns=columns, encoding=encoding, chunk=chunk)
    if isinstance(given, pd.DataFrame):
        given = [given]
    try:
        items = iter(given)
    except TypeError:
        raise InputError(f"articles must be {WANTED}; got {type(given).__name__}") from None
    first = next(items, None)
    if first is None:
        raise InputError(f"articles must be {WANTED}; got nothing")
    if isinstance(first, str | os.PathLike):
        return read_articles([first, *items], columns=columns, encoding=encoding, chunk=chunk)
    return _checked(chain([first], items), chunk, columns)


def _checked(items: Iterable[Any], chunk: int, columns: Mapping[str, str] | None) -> Iterator[Chunk]:
    seen = UsedIds()
    for number, item in enumerate(items):
        if isinstance(item, Chunk):
            yield item
            continue
        if not isinstance(item, pd.DataFrame):
            raise InputError(f"articles must be {WANTED}; item {number} (counted from 0) is {type(item).__name__}")
        name = "frame" if number == 0 else f"frame {number}"
        for start in range(0, max(len(item), 1), chunk):
            rows = range(start, min(start + chunk, len(item)))
            part = item.iloc[start : start + chunk]
            articles, rejected = check_articles(part, source=name, rows=rows, seen=seen, columns=columns)
            yield Chunk(articles, rejected)
