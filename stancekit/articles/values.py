"""Single values: ids, texts and titles, and what can be wrong with each."""

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "identified",
    "is_missing",
    "plain_strings",
    "printable",
    "shortened",
    "surrogate_problem",
    "text_problem",
    "title_problem",
]

# Beyond it not every whole number is a float, so that two ids may have become one.
_EXACT_FLOAT = 2**53


def plain_strings(values: Iterable[str | None]) -> pd.Series:
    """Return a column of strings in the string type that the installed pandas uses by default.

    Parameters
    ----------
    values : iterable of str or None
        Already checked.

    Returns
    -------
    Series
        ``str`` as of pandas 3, ``object`` before, on empty input, too.
    """
    return pd.Series([None if value is None else str(value) for value in values], dtype="str")


def is_missing(value: object) -> bool:
    """Tell whether a single value stands for nothing: None, NaN, ``pd.NA`` or ``pd.NaT``.

    Parameters
    ----------
    value : object
        Anything; a list is not missing, whatever it holds.

    Returns
    -------
    bool
        True if it is missing.
    """
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float | np.floating) and value != value)
    )


def printable(value: str) -> str:
    r"""Return a string that can be written as UTF-8: what cannot is written as an escape.

    Parameters
    ----------
    value : str
        Such as a file name that is not UTF-8.

    Returns
    -------
    str
        The same, with ``\udce9`` for a lone surrogate.
    """
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def identified(value: Any) -> tuple[str | None, str | None]:
    """Return an id as a string, and what is wrong with it.

    Parameters
    ----------
    value : object
        As it came.

    Returns
    -------
    article_id : str or None
        None if there is none to be had.
    problem : str or None
        One line, or None if the id can be used.
    """
    if is_missing(value) or (isinstance(value, str) and not value.strip()):
        return None, "article_id is missing; give each article an id of its own"
    if isinstance(value, str):
        return str(value), _string_problem("article_id", value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return str(int(value)), None
    if isinstance(value, float | np.floating | Decimal) and math.isfinite(value) and int(value) == value:
        if not isinstance(value, Decimal) and abs(float(value)) > _EXACT_FLOAT:
            what = f"article_id {float(value)!r} is a float too large to hold every digit of an id"
            return None, f"{what}; read the ids as strings"
        return str(int(value)), None
    kind = type(value).__name__
    return None, f"article_id must be a string or a whole number, got {shortened(value)} ({kind}); pass it as a string"


def text_problem(value: Any) -> str | None:
    """Say why a value is no text of an article.

    Parameters
    ----------
    value : object
        As it came.

    Returns
    -------
    str or None
        One line, or None if it is one.
    """
    if is_missing(value):
        return "text is missing; give the article a text or leave it out"
    if not isinstance(value, str):
        return f"text must be a string, got {shortened(value)} ({type(value).__name__}); pass the text itself"
    if not value or value.isspace():
        return "text is empty or only white space; give the article a text or leave it out"
    return _string_problem("text", value)


def title_problem(value: Any) -> str | None:
    """Say why a value is no title.

    Parameters
    ----------
    value : object
        As it came.

    Returns
    -------
    str or None
        One line, or None if it is one or missing.
    """
    if is_missing(value):
        return None
    if not isinstance(value, str):
        kind = type(value).__name__
        return f"title must be a string or missing, got {shortened(value)} ({kind}); pass the title itself"
    return _string_problem("title", value)


def _string_problem(name: str, value: str) -> str | None:
    at = value.find("\0")
    if at >= 0:
        return (
            f"{name} holds a NUL character at character {at} (counted from 0); remove it or, if the file is UTF-16, "
            "pass encoding='utf-16' (--encoding utf-16)"
        )
    return surrogate_problem(name, value)


def surrogate_problem(name: object, value: str) -> str | None:
    """Say why a string cannot be written as UTF-8.

    Parameters
    ----------
    name : str
        What the string is.
    value : str
        The string.

    Returns
    -------
    str or None
        One line, or None if it can.
    """
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        what = f"a lone surrogate (U+{code:04X}), which cannot be written as UTF-8,"
        # Where bytes are not valid, Python's surrogateescape puts the byte into the last two digits.
        if 0xDC80 <= code <= 0xDCFF:
            what = f"the byte 0x{code - 0xDC00:02X}, which is not UTF-8 (lone surrogate U+{code:04X}),"
        return (
            f"{name} holds {what} at character {error.start} (counted from 0); read the file with the encoding "
            "it was written in, such as encoding='cp1252' (--encoding cp1252), or repair the text"
        )
    return None


def shortened(value: object, width: int = 60) -> str:
    """Show a value in a message of one line.

    Parameters
    ----------
    value : object
        Anything.
    width : int, default 60
        Characters at most.

    Returns
    -------
    str
        As Python writes it, perhaps cut.
    """
    text = " ".join(ascii(value).split()) if not isinstance(value, str) else repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."
