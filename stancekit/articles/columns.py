"""The columns of a table that is written in chunks: of one kind from the first chunk to the last."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from stancekit.articles.values import is_missing, plain_strings
from stancekit.errors import InputError

__all__ = ["Column", "plain_values", "same_columns", "table_columns"]


# The type of strings in the installed pandas; ``object`` before pandas 3, which may hold anything.
_STRINGS = plain_strings([]).dtype


@dataclass(frozen=True)
class Column:
    """A column as the first chunk has it.

    Attributes
    ----------
    name : str
        Its name.
    dtype : dtype
        Of the first chunk; ``object`` if it is to be written as strings.
    """

    name: str
    dtype: Any

    @property
    def is_text(self) -> bool:
        """Whether it is written as strings."""
        return bool(self.dtype == np.dtype(object))

    def arrow_type(self) -> pa.DataType:
        """Return the type that it has in Parquet.

        Returns
        -------
        pyarrow.DataType
            The same for each chunk, whether or not a value is missing.
        """
        if self.is_text:
            return pa.string()
        if isinstance(self.dtype, pd.CategoricalDtype):
            values = pa.array(self.dtype.categories)
            kind = (
                pa.string() if pa.types.is_null(values.type) or pa.types.is_large_string(values.type) else values.type
            )
            return pa.dictionary(pa.int32(), kind, ordered=bool(self.dtype.ordered))
        return pa.array(pd.Series([], dtype=self.dtype)).type

    def fitted(self, values: pd.Series, where: str) -> pd.Series:
        """Bring the values of a later chunk to the kind of the first.

        Parameters
        ----------
        values : Series
            The column in a chunk.
        where : str
            The file, for errors.

        Returns
        -------
        Series
            Strings for a column of text, else of `dtype` or its nullable counterpart.

        Raises
        ------
        InputError
            If a value cannot be of that kind, or is a category that the first chunk had not.
        """
        if self.is_text:
            return _as_text(values)
        if values.dtype == self.dtype:
            return values
        if not isinstance(self.dtype, pd.CategoricalDtype):
            return self._converted(values, where)
        plain = values.astype(object)
        lost = plain[plain.notna() & ~plain.isin(list(self.dtype.categories))]
        if len(lost):
            raise InputError(
                f"{where}: column {self.name!r} must keep to the categories of the first chunk, "
                f"{list(self.dtype.categories)!r}, got {lost.iloc[0]!r}; name all categories in each chunk"
            )
        return plain.astype(self.dtype)

    def _converted(self, values: pd.Series, where: str) -> pd.Series:
        # The nullable types, since a later chunk may lack values that the first had.
        nullable = {"i": "Int64", "u": "UInt64", "b": "boolean", "f": "Float64"}.get(self.dtype.kind)
        try:
            converted: pd.Series = values.astype(nullable or self.dtype)  # type: ignore[arg-type]  # the stubs know literals only
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{where}: column {self.name!r} must be {self.dtype} as in the first chunk, got {values.dtype} "
                f"({error}); bring all chunks to one type"
            ) from error
        return converted


def table_columns(frame: pd.DataFrame, where: str) -> list[Column]:
    """Describe the columns of the first chunk.

    Parameters
    ----------
    frame : DataFrame
        The chunk.
    where : str
        The file, for errors.

    Returns
    -------
    list of Column
        In the order of the frame.

    Raises
    ------
    InputError
        If there is no column, or a name is not a string or is there twice.
    """
    names = list(frame.columns)
    if not names:
        raise InputError(f"{where}: a table needs at least one column, got a frame without any")
    for name in names:
        if not isinstance(name, str):
            raise InputError(f"{where}: names of columns must be strings, got {name!r} ({type(name).__name__})")
        if names.count(name) > 1:
            raise InputError(f"{where}: names of columns must be unique, got {name!r} {names.count(name)} times")
    return [Column(name, _kind(frame[name].dtype)) for name in names]


def same_columns(frame: pd.DataFrame, columns: list[Column], where: str) -> pd.DataFrame:
    """Bring a chunk to the columns of the first.

    Parameters
    ----------
    frame : DataFrame
        The chunk; it is not changed.
    columns : list of Column
        Of the first chunk.
    where : str
        The file, for errors.

    Returns
    -------
    DataFrame
        The same columns in the same order; those that the chunk lacks are missing throughout.

    Raises
    ------
    InputError
        If the chunk has a column that the first had not, or values that do not fit.
    """
    names = [column.name for column in columns]
    for name in frame.columns:
        if name not in names:
            raise InputError(
                f"{where}: a chunk must have the columns of the first, {names!r}, got {name!r} as well; "
                "name all columns in the first chunk"
            )
    if not frame.columns.is_unique:
        raise InputError(f"{where}: names of columns must be unique, got {list(frame.columns)!r}")
    absent = [None] * len(frame)
    fitted = {}
    for column in columns:
        there = column.name in frame.columns
        values = frame[column.name] if there else pd.Series(absent, dtype=object, index=frame.index)
        if not there and isinstance(column.dtype, pd.CategoricalDtype):
            values = values.astype(column.dtype)
        fitted[column.name] = column.fitted(values, where)
    return pd.DataFrame({name: values.reset_index(drop=True) for name, values in fitted.items()})


def plain_values(values: pd.Series, *, finite: bool) -> list[Any]:
    """Return a column as Python values, with None for what is missing.

    Parameters
    ----------
    values : Series
        Of any type.
    finite : bool
        Whether infinite numbers count as missing, too.

    Returns
    -------
    list
        Strings, numbers and booleans as they are; times and dates in ISO 8601.
    """
    return [_plain(value, finite=finite) for value in values.tolist()]


def _plain(value: Any, *, finite: bool) -> Any:
    if isinstance(value, str):
        return value
    if is_missing(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if finite and not math.isfinite(value) else value
    return value.isoformat() if hasattr(value, "isoformat") else value


def _kind(dtype: Any) -> Any:
    plain = (
        isinstance(dtype, pd.CategoricalDtype)
        or pd.api.types.is_bool_dtype(dtype)
        or pd.api.types.is_numeric_dtype(dtype)
        or pd.api.types.is_datetime64_any_dtype(dtype)
    )
    return dtype if plain else np.dtype(object)


def _as_text(values: pd.Series) -> pd.Series:
    if values.dtype == _STRINGS != np.dtype(object):
        return values
    return plain_strings(_strings(values.tolist()))


def _strings(values: Iterable[Any]) -> list[str | None]:
    texts = []
    for value in values:
        plain = _plain(value, finite=False)
        if isinstance(plain, dict | list):
            plain = json.dumps(plain, ensure_ascii=False, default=str)
        texts.append(None if plain is None else str(plain))
    return texts
