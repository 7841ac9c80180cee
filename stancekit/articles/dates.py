"""When an article was published, as far as its table says so without doubt."""

from datetime import date

import pandas as pd

from stancekit.articles.values import is_missing, plain_strings

__all__ = ["periods"]

_LENGTHS = {"year": 4, "month": 7}


def periods(published: pd.Series, period: str) -> pd.Series:
    """Give the month or the year of dates, as they are written.

    Parameters
    ----------
    published : Series
        Timestamps, or ISO 8601 strings such as ``"2024-02-01"`` or ``"2024-02-01T01:00+03:00"``.
    period : {"month", "year"}
        What to give.

    Returns
    -------
    Series of str
        Such as ``"2024-02"`` or ``"2024"``, in the date's own time zone. Missing where the value is missing or anything
        else than such a date: ``"05/01/2024"`` may be May or January, so it is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> periods(pd.Series(["2024-02-01T01:00+03:00", "05/01/2024"]), "month").isna().tolist()
    [False, True]
    """
    length = _LENGTHS[period]
    return plain_strings(_written(value, length) for value in published).set_axis(published.index)


def _written(value: object, length: int) -> str | None:
    text = value.isoformat() if isinstance(value, date) and not is_missing(value) else value
    if not isinstance(text, str):
        return None
    text = text.strip()
    try:
        pd.Timestamp(f"{text[:7]}-01" if len(text) > 4 else f"{text}-01-01")
    except ValueError:
        return None
    return text[:length] if text[:4].isdigit() and len(text) >= length and text[4:5] in {"-", ""} else None
