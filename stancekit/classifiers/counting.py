"""Phrases of labelled rows counted once, in pieces and processes, for any number of fits on them.

A phrase that stands in fewer than ``min_df`` of all rows cannot be a feature of any part of them, so that it is dropped
as soon as all rows are counted. The pieces are put together by the phrases themselves, in their sorted order: how rows
were cut to pieces, and in how many processes, makes no difference to the outcome.
"""

import copy
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from joblib import Parallel, delayed
from scipy import sparse

from stancekit.actors import Matcher
from stancekit.features.vectorizer import Vectorizer

__all__ = ["Counts", "columns_of", "count_rows"]

PIECE = 5_000
# Fewer rows are counted sooner than further processes are there.
WORTH_PROCESSES = 2_000
REMEMBERED = 1_024
Piece = tuple[np.ndarray, np.ndarray, np.ndarray, pa.Array]


@dataclass(frozen=True)
class Counts:
    """Term weights of rows.

    Attributes
    ----------
    matrix : csr_matrix of shape (n, n_all)
        float32.
    blocks : ndarray of int, shape (n_all,)
        Template number of every column.
    phrases : pyarrow.Array of str, length n_all
        What each column counts; sorted within a template.
    """

    matrix: sparse.csr_matrix
    blocks: np.ndarray
    phrases: pa.Array

    def keys(self, columns: np.ndarray) -> list[tuple[int, str]]:
        """Give template number and phrase of some columns.

        Parameters
        ----------
        columns : ndarray of int
            Which ones.

        Returns
        -------
        list of (int, str)
            In their order.
        """
        phrases = self.phrases.take(pa.array(columns)).to_pylist()
        return list(zip(self.blocks[columns].tolist(), phrases, strict=True))

    def take(self, rows: np.ndarray) -> "Counts":
        """Give some of the rows.

        Parameters
        ----------
        rows : ndarray of int
            Positions.

        Returns
        -------
        Counts
            With all columns.
        """
        return Counts(self.matrix[rows], self.blocks, self.phrases)

    def frequent(self, min_df: int) -> "Counts":
        """Give the columns of phrases that stand in enough rows.

        Parameters
        ----------
        min_df : int
            How many those are.

        Returns
        -------
        Counts
            With all rows.
        """
        columns = np.flatnonzero(np.bincount(self.matrix.indices, minlength=len(self.blocks)) >= min_df)
        phrases = self.phrases.take(pa.array(columns))
        return Counts(columns_of(self.matrix, columns), self.blocks[columns], phrases)

    def of(self, numbers: Sequence[int]) -> "Counts":
        """Give the columns of some templates, numbered anew from 0.

        Parameters
        ----------
        numbers : sequence of int
            Templates, in ascending order.

        Returns
        -------
        Counts
            With all rows.
        """
        columns = np.flatnonzero(np.isin(self.blocks, numbers))
        blocks = np.searchsorted(np.asarray(numbers), self.blocks[columns])
        # Where only the weights are wanted, the phrases have been left behind.
        phrases = self.phrases.take(pa.array(columns)) if len(self.phrases) else self.phrases
        return Counts(columns_of(self.matrix, columns), blocks, phrases)


def columns_of(matrix: sparse.csr_matrix, columns: np.ndarray) -> sparse.csr_matrix:
    """Give ascending columns of a matrix; leaner than its own indexing, since their order stays.

    Parameters
    ----------
    matrix : csr_matrix of shape (n, n_all)
        Any.
    columns : ndarray of int
        Ascending.

    Returns
    -------
    csr_matrix of shape (n, len(columns))
        Of the same dtype.
    """
    if len(columns) == matrix.shape[1]:
        return matrix
    places = np.full(matrix.shape[1], -1, dtype=np.int32)
    places[columns] = np.arange(len(columns), dtype=np.int32)
    kept = places[matrix.indices] >= 0
    ends = np.zeros(len(matrix.indices) + 1, dtype=matrix.indptr.dtype)
    np.cumsum(kept, out=ends[1:])
    indices = places[matrix.indices[kept]]
    shape = (matrix.shape[0], len(columns))
    return sparse.csr_matrix((matrix.data[kept], indices, ends[matrix.indptr]), shape=shape, copy=False)


def count_rows(vectorizer: Vectorizer, X: Any, *, jobs: int = 1) -> Counts:
    """Count the phrases of rows.

    Parameters
    ----------
    vectorizer : Vectorizer
        Prepared.
    X : see the vectorizer
        Any number of rows.
    jobs : int, default 1
        Processes.

    Returns
    -------
    Counts
        Phrases that stand in ``min_df`` rows or more.
    """
    rows = vectorizer.rows(X)
    if jobs == 1 or len(rows) < WORTH_PROCESSES:
        counter = _remembering(vectorizer)
        pieces = [_count(counter, rows[first : first + PIECE]) for first in range(0, len(rows), PIECE)]
    else:
        size = min(PIECE, -(-len(rows) // (2 * jobs)))
        settings = pickle.dumps((type(vectorizer), vectorizer.get_params(deep=False)))
        pieces = Parallel(n_jobs=jobs)(
            delayed(_count_apart)(settings, rows[first : first + size]) for first in range(0, len(rows), size)
        )
    return _joined(pieces, len(rows), vectorizer.min_df)


def _count_apart(settings: bytes, rows: list[Any]) -> Piece:
    return _count(_counter(settings), rows)


@lru_cache(maxsize=1)
def _counter(settings: bytes) -> Vectorizer:
    """Make the vectorizer of another process, once for all pieces."""
    kind, parameters = pickle.loads(settings)  # noqa: S301 - made by count_rows a moment ago
    vectorizer: Vectorizer = kind(**parameters)
    vectorizer.prepare()
    return _remembering(vectorizer)


class _RememberingMatcher:
    """A matcher that finds the names of a sentence once, however many targets it has."""

    def __init__(self, matcher: Matcher) -> None:
        self.catalogue = matcher.catalogue
        self.names = lru_cache(maxsize=REMEMBERED)(matcher.names)


def _remembering(vectorizer: Vectorizer) -> Vectorizer:
    counter, masker = copy.copy(vectorizer), copy.copy(vectorizer.masker_)
    masker.matcher = _RememberingMatcher(masker.matcher)  # type: ignore[assignment]
    counter.masker_ = masker
    return counter


def _count(counter: Vectorizer, rows: list[Any]) -> Piece:
    """Count one piece; a phrase carries its template's number in front, which sorts by template, too."""
    matrix, keys = counter.count_rows(rows)
    # Arrow's arrays take a fifth of the room of Python's strings.
    named = pa.array([f"{block:03d}{phrase}" for block, phrase in keys], type=pa.large_string())
    return matrix.data.astype(np.float32), matrix.indices.astype(np.int32), matrix.indptr.astype(np.int64), named


def _joined(pieces: list[Piece], n: int, min_df: int) -> Counts:
    """Put pieces together, without the phrases that are too rare."""
    total = _frequent(pieces, min_df)
    indptr = np.zeros(n + 1, dtype=np.int64)
    data, indices = [], []
    row = 0
    while pieces:
        part_data, part_indices, part_indptr, named = pieces.pop(0)
        columns = pc.index_in(named, value_set=total).fill_null(-1).to_numpy(zero_copy_only=False)
        places = columns[part_indices]
        kept = places >= 0
        data.append(part_data[kept])
        indices.append(places[kept].astype(np.int32))
        lengths = np.diff(np.concatenate([[0], np.cumsum(kept)])[part_indptr])
        indptr[row + 1 : row + 1 + len(lengths)] = lengths
        row += len(lengths)
    np.cumsum(indptr, out=indptr)
    shape = (n, len(total))
    if not data:
        data, indices = [np.zeros(0, dtype=np.float32)], [np.zeros(0, dtype=np.int32)]
    if indptr[-1] < np.iinfo(np.int32).max:
        indptr = indptr.astype(np.int32)
    matrix = sparse.csr_matrix((np.concatenate(data), np.concatenate(indices), indptr), shape=shape, copy=False)
    matrix.sort_indices()
    blocks = pc.utf8_slice_codeunits(total, 0, 3).cast(pa.int64()).to_numpy()
    return Counts(matrix, blocks, pc.utf8_slice_codeunits(total, 3))


def _frequent(pieces: list[Piece], min_df: int) -> pa.Array:
    """Give the phrases that stand in enough rows of all pieces, sorted."""
    if not pieces:
        return pa.array([], type=pa.large_string())
    df = [np.bincount(indices, minlength=len(named)) for _, indices, _, named in pieces]
    table = pa.table({"phrase": pa.chunked_array([piece[3] for piece in pieces]), "df": pa.chunked_array(df)})
    summed = table.group_by("phrase").aggregate([("df", "sum")])
    enough = summed.filter(pc.field("df_sum") >= min_df)["phrase"].combine_chunks()
    return enough.take(pc.sort_indices(enough))
