"""Which rows of a table are articles, and why the others are not."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Protocol

import pandas as pd

from stancekit.articles.values import (
    identified,
    is_missing,
    plain_strings,
    printable,
    shortened,
    surrogate_problem,
    text_problem,
    title_problem,
)
from stancekit.errors import InputError

__all__ = [
    "ARTICLE_COLUMNS",
    "NEEDED",
    "REJECTED_COLUMNS",
    "Rejection",
    "Seen",
    "check_articles",
    "check_mapping",
    "check_rows",
    "rejected_frame",
    "table_problem",
]

ARTICLE_COLUMNS = ("article_id", "text", "title", "published", "outlet")
"""The columns that every articles frame starts with, in this order."""

REJECTED_COLUMNS = ("file", "row", "article_id", "reason")
"""The columns of :func:`rejected_frame`: the fields of :class:`Rejection`."""

NEEDED = ("article_id", "text")
"""The columns without which a table holds no articles."""


class Seen(Protocol):
    """The ids used so far, with file and row: a dict, or what takes less room."""

    def __contains__(self, article_id: object, /) -> bool: ...

    def __getitem__(self, article_id: str, /) -> tuple[str, int | None]: ...

    def __setitem__(self, article_id: str, place: tuple[str, int | None], /) -> None: ...


@dataclass(frozen=True)
class Rejection:
    """A row or a file that cannot be used, and why.

    Attributes
    ----------
    file : str
        The file, ``"-"`` for standard input, or the name that :func:`check_articles` was given.
    row : int or None
        Line of the file on which the record starts (CSV, JSONL; the first line is 1), number of the row (Parquet; from
        1) or position in the frame (from 0, as for ``frame.iloc``). None if the file as a whole is meant.
    article_id : str or None
        None if there is none to be had.
    reason : str
        One line: what is wrong and the way out.
    """

    file: str
    row: int | None
    article_id: str | None
    reason: str


def check_articles(
    frame: pd.DataFrame,
    *,
    source: str = "frame",
    rows: Sequence[int | None] | None = None,
    seen: Seen | None = None,
    columns: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[Rejection]]:
    """Part a table into articles and rejected rows.

    A row is rejected, never repaired, if its text is missing, empty, only white space, not a string or holds a NUL
    character; if its id is missing, neither a string nor a whole number, or was already used; if its title is
    not a string; or if any string of it holds a lone surrogate, which no file can hold as UTF-8. Only the first reason
    is given. The id of a rejected row stays free for a later row.

    Parameters
    ----------
    frame : DataFrame
        One row per article. Needs ``article_id`` and ``text``. It is not changed.
    source : str, default "frame"
        What to call the table in rejections and errors.
    rows : sequence of int or None, length n_rows, optional
        What to call the rows. By default their positions, from 0.
    seen : dict of str to (str, int or None), optional
        Ids used so far, with file and row; accepted ids are added. Hand the same one in for each chunk of a whole.
    columns : dict of str to str, optional
        Which column of the table holds what: ``{"text": "body"}``. Keys are among `ARTICLE_COLUMNS`.

    Returns
    -------
    articles : DataFrame
        Columns ``article_id``, ``text``, ``title``, ``published``, ``outlet``, then all others in their order, with an
        index from 0. Ids are strings: 12 and 12.0 become ``"12"``. Columns that the table lacks are missing
        throughout, and so is a title of white space only.
    rejected : list of Rejection
        In the order of the rows.

    Raises
    ------
    InputError
        If `frame` is not a DataFrame, lacks a column, has two columns of one name, or does not fit `columns`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"article_id": [7, 8], "body": ["Talks began.", " "]})
    >>> articles, rejected = check_articles(frame, columns={"text": "body"})
    >>> articles[["article_id", "text"]].values.tolist()
    [['7', 'Talks began.']]
    >>> rejected[0].row, rejected[0].reason
    (1, 'text is empty or only white space; give the article a text or leave it out')
    """
    _check_is_frame(frame)
    check_mapping(columns)
    problem = table_problem(frame.columns, columns)
    if problem is not None:
        raise InputError(f"{source}: {problem}")
    numbers: Sequence[int | None] = range(len(frame)) if rows is None else rows
    if len(numbers) != len(frame):
        raise InputError(f"rows must name each of the {len(frame)} rows of {source}, got {len(numbers)} numbers")
    places = [(source, None if number is None else int(number)) for number in numbers]
    return check_rows(frame, places, seen={} if seen is None else seen, columns=columns)


def _check_is_frame(frame: object) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            f"articles must be a pandas DataFrame with the columns 'article_id' and 'text', got "
            f"{type(frame).__name__}; one text: pd.DataFrame({{'article_id': ['a'], 'text': [text]}})"
        )


def check_mapping(columns: Mapping[str, str] | None) -> None:
    """Refuse a mapping of columns that can fit no table.

    Parameters
    ----------
    columns : dict of str to str, or None
        As for :func:`check_articles`.

    Raises
    ------
    InputError
        If it is not a mapping, maps a column that is not read, or takes one column twice.
    """
    if columns is None:
        return
    if not isinstance(columns, Mapping):
        raise InputError(f"columns must be a dict such as {{'text': 'body'}}, got {type(columns).__name__}")
    for name in columns:
        if name not in ARTICLE_COLUMNS:
            raise InputError(f"columns can say where {_listed(ARTICLE_COLUMNS)} are found, got {name!r}")
    for name, times in Counter(columns.values()).items():
        if times > 1:
            raise InputError(f"columns takes column {name!r} {times} times; each column can stand for one thing")


def table_problem(
    names: Iterable[object], columns: Mapping[str, str] | None, needed: Sequence[str] = NEEDED
) -> str | None:
    """Say why a table with these columns holds no articles.

    Parameters
    ----------
    names : iterable of str
        The columns of the table.
    columns : dict of str to str, or None
        As for :func:`check_articles`; already checked.
    needed : sequence of str
        The columns that must be there.

    Returns
    -------
    str or None
        One line, or None if the table can be read.
    """
    names = list(names)
    there = f"the columns are {_listed(names)}" if names else "there is no column"
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        return f"column {twice[0]!r} is there {names.count(twice[0])} times; rename or drop all but one"
    mapping = columns or {}
    for name, found in mapping.items():
        if found not in names:
            return f"column {found!r}, which is to be read as {name!r}, is not there; {there}"
        if name in names and name not in mapping.values():
            return f"column {found!r} cannot be read as {name!r}, since there is a column {name!r}; drop one of them"
    for name in needed:
        # A column mapped away no longer serves under its own name.
        if name not in mapping and (name not in names or name in mapping.values()):
            return (
                f"column {name!r} is missing; {there}; say which one it is, in Python with "
                f'columns={{"{name}": "..."}}, at the command line with --column {name}=...{_separator_hint(names)}'
            )
    return None


def check_rows(
    table: pd.DataFrame, places: Sequence[tuple[str, int | None]], *, seen: Seen, columns: Mapping[str, str] | None
) -> tuple[pd.DataFrame, list[Rejection]]:
    """Part a table into articles and rejected rows; assumes that :func:`table_problem` has none to tell.

    Parameters
    ----------
    table : DataFrame
        One row per article.
    places : sequence of (str, int or None), length n_rows
        File and row of each.
    seen, columns
        As for :func:`check_articles`.

    Returns
    -------
    articles : DataFrame
        As of :func:`check_articles`.
    rejected : list of Rejection
        As of :func:`check_articles`.
    """
    table = table.rename(columns={found: name for name, found in (columns or {}).items()})
    titles = table["title"].tolist() if "title" in table else [None] * len(table)
    ids, texts = table["article_id"].tolist(), table["text"].tolist()
    carried: dict[Any, list[Any]] = {
        name: table[name].tolist()
        for name in table
        if name not in ARTICLE_COLUMNS[:3] and _may_hold_strings(table[name])
    }
    rejected: list[Rejection] = []
    kept: list[int] = []
    kept_ids: list[str] = []
    for i, place in enumerate(places):
        article_id, reason = identified(ids[i])
        reason = reason or text_problem(texts[i]) or title_problem(titles[i])
        reason = reason or _carried_problem(carried, i) or _duplicate_problem(article_id, seen)
        if reason is not None or article_id is None:
            shown = None if article_id is None else printable(article_id)
            rejected.append(Rejection(*place, shown, reason or ""))
            continue
        seen[article_id] = place
        kept.append(i)
        kept_ids.append(article_id)
    own = {
        "article_id": plain_strings(kept_ids),
        "text": plain_strings([texts[i] for i in kept]),
        "title": plain_strings([_title(titles[i]) for i in kept]),
    }
    return _assembled(table.iloc[kept].reset_index(drop=True), own), rejected


def rejected_frame(rejected: Iterable[Rejection]) -> pd.DataFrame:
    """Put rejections into a frame.

    Parameters
    ----------
    rejected : iterable of Rejection
        Such as :func:`check_articles` gives.

    Returns
    -------
    DataFrame
        Columns `REJECTED_COLUMNS`; ``row`` is ``Int64``, the others are strings; missing where the rejection has None.

    Examples
    --------
    >>> rejected_frame([Rejection("a.csv", 3, None, "text is missing")]).columns.tolist()
    ['file', 'row', 'article_id', 'reason']
    """
    fields = list(zip(*map(astuple, rejected), strict=True)) or [(), (), (), ()]
    file, row, article_id, reason = fields
    return pd.DataFrame(
        {
            "file": plain_strings(file),
            "row": pd.Series(list(row), dtype="Int64"),
            "article_id": plain_strings(article_id),
            "reason": plain_strings(reason),
        }
    )


def _assembled(rest: pd.DataFrame, own: dict[str, pd.Series]) -> pd.DataFrame:
    parts: dict[Any, pd.Series] = dict(own)
    for name in ("published", "outlet"):
        parts[name] = rest[name] if name in rest else plain_strings([None] * len(rest))
    parts |= {name: rest[name] for name in rest if name not in ARTICLE_COLUMNS}
    return pd.DataFrame(parts, index=rest.index)


def _carried_problem(carried: Mapping[Any, list[Any]], i: int) -> str | None:
    for name, values in carried.items():
        value = values[i]
        if isinstance(value, str) and not value.isascii():
            problem = surrogate_problem(f"column {name!r}", value)
            if problem is not None:
                return problem
    return None


def _duplicate_problem(article_id: str | None, seen: Seen) -> str | None:
    if article_id is None or article_id not in seen:
        return None
    file, row = seen[article_id]
    where = file if row is None else f"{file}, row {row}"
    return f"article_id {shortened(article_id)} was already used in {where}; give each article an id of its own"


def _title(value: Any) -> str | None:
    return None if is_missing(value) or value.isspace() or not value else value


def _may_hold_strings(series: pd.Series) -> bool:
    types = pd.api.types
    return (
        isinstance(series.dtype, pd.CategoricalDtype) or types.is_object_dtype(series) or types.is_string_dtype(series)
    )


def _listed(names: Iterable[object], most: int = 30) -> str:
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(repr(name) for name in names[:most]) + more


def _separator_hint(names: list[object]) -> str:
    only = str(names[0]) if len(names) == 1 else ""
    if ";" in only:
        return "; the cells seem to be parted by semicolons: save the table with commas"
    if "\t" in only:
        return "; the cells seem to be parted by tabs: give the file the suffix .tsv"
    return ""
