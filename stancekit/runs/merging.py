"""Many parts to single tables, a part at a time."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd

from stancekit.articles import TableWriter, rejected_frame
from stancekit.runs.parts import TABLES, Parts
from stancekit.scoring.scores import Scores, added, count

__all__ = ["ACTOR", "merge", "table_files"]

ACTOR = ["actor"]

AT_ONCE = 50
"""Counts are added up after so many parts."""


def table_files(form: str) -> dict[str, str]:
    """Name the files of the tables.

    Parameters
    ----------
    form : str
        ``"parquet"``, ``"csv"`` or ``"jsonl"``.

    Returns
    -------
    dict of str to str
        By table; rejections are always CSV, for they are read by eye.
    """
    return {name: f"{name}.{'csv' if name == 'rejected' else form}" for name in TABLES}


def merge(
    parts: Parts,
    n_parts: int,
    folder: Path,
    form: str,
    empty: Scores,
    *,
    counted_as: Callable[[pd.DataFrame], pd.DataFrame],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the tables of a run.

    Parameters
    ----------
    parts : Parts
        All of them.
    n_parts : int
        How many.
    folder : Path
        Where the tables go.
    form : str
        Their format.
    empty : Scores
        The tables without rows, with all columns and types.
    counted_as : callable
        Makes of a table of stances the one that is counted.

    Returns
    -------
    actors : DataFrame
        Counts per actor, from :func:`stancekit.scoring.scores.count`.
    rejected : DataFrame
        The first rejections.

    Raises
    ------
    OutputError
        If the system refuses; tables that were there before are as they were, or replaced whole.
    """
    first = {
        "sentences": empty.sentences,
        "stances": empty.stances,
        "articles": _all_columns(parts, n_parts),
        "rejected": rejected_frame([]),
    }
    tallies: list[pd.DataFrame] = [count(empty.sentences, empty.stances, empty.articles, ACTOR)]
    rejected = first["rejected"]
    with ExitStack() as stack:
        writers = {name: stack.enter_context(TableWriter(folder / file)) for name, file in table_files(form).items()}
        for name, frame in first.items():
            writers[name].write(frame)
        for number in range(1, n_parts + 1):
            frames = parts.frames(number)
            for name, frame in frames.items():
                writers[name].write(frame)
            if "stances" in frames:
                described = frames.get("articles", empty.articles)
                tallies.append(count(frames["sentences"], counted_as(frames["stances"]), described, ACTOR))
                tallies = [added(tallies, ACTOR)] if len(tallies) > AT_ONCE else tallies
            if "rejected" in frames and len(rejected) < AT_ONCE:
                rejected = pd.concat([rejected, frames["rejected"]], ignore_index=True).head(AT_ONCE)
    return added(tallies, ACTOR), rejected


def _all_columns(parts: Parts, n_parts: int) -> pd.DataFrame:
    """Give all columns that articles have in any part; those of several types are text."""
    types: dict[str, set[str]] = {}
    columns: dict[str, pd.Series] = {}
    for number in range(1, n_parts + 1):
        frame = parts.no_rows(number, "articles")
        for name in [] if frame is None else frame.columns:
            assert frame is not None
            columns.setdefault(name, frame[name])
            types.setdefault(name, set()).add(str(frame[name].dtype))
    if not columns:
        return pd.DataFrame({"article_id": pd.Series([], dtype="str")})
    mixed = np.dtype(object)
    return pd.DataFrame({name: held.astype(mixed) if len(types[name]) > 1 else held for name, held in columns.items()})
