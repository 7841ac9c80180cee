"""Sentences to sparse matrices: scikit-learn transformers over the templates of a task.

The value of a feature is its term weight times its inverse document frequency ``ln((1 + n) / (1 + df)) + 1``, each
template's part of a row being scaled to a fixed length (Salton and Buckley, "Term-weighting approaches in automatic
text retrieval", 1988, with the smoothing of scikit-learn). Every feature is a phrase that can be read; none shares its
column with another.
"""

import json
from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.utils.validation import check_is_fitted

from stancekit.actors import Catalogue
from stancekit.errors import InputError
from stancekit.features.masking import Masker, Token
from stancekit.features.role_templates import FrameSums, Patterns, Quoted, Roles, RoleSums, SideSums, WordSums
from stancekit.features.templates import Lexicon, Masked, NearTarget, Occurrence, Phrases, Sides, Template
from stancekit.lexicon import load_polarity, load_roles

__all__ = [
    "SENTENCE_TEMPLATES",
    "TARGET_TEMPLATES",
    "SentenceVectorizer",
    "TargetVectorizer",
    "Vectorizer",
    "check_targets",
    "check_texts",
]

TARGET_TEMPLATES: tuple[Template, ...] = (
    Sides("side", longest=2, reach=5.0),
    NearTarget("near", shortest=2, longest=3),
    Phrases("sentence", longest=2),
    Sides("side stem", longest=1, reach=5.0, stem=5),
    Phrases("stem", longest=1, stem=5),
    Lexicon("polarity"),
    Roles("role"),
    RoleSums("role sum", scale=0.5),
    SideSums("side sum", scale=0.5),
    Patterns("pattern", scale=0.5),
    Quoted("quoted"),
)
SENTENCE_TEMPLATES: tuple[Template, ...] = (
    Phrases("sentence", longest=2, negation=True),
    Phrases("stem", longest=1, stem=5),
    Lexicon("polarity", scale=0.3),
    WordSums("word sum", scale=0.3),
    FrameSums("frame", scale=0.5),
)

# Rows whose intermediate arrays are held at once.
WEIGHED_TOGETHER = 20_000

Spans = list[tuple[int, int]]


class Vectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What both vectorizers share: occurrences counted, features chosen, weighed and scaled."""

    _defaults: tuple[Template, ...] = ()
    idf_: np.ndarray

    def __init__(
        self, templates: Sequence[Template] | None = None, *, min_df: int = 2, catalogue: Catalogue | None = None
    ) -> None:
        self.templates = templates
        self.min_df = min_df
        self.catalogue = catalogue

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn which features there are and how rare each is.

        Parameters
        ----------
        X : see the class
            At least one row.
        y : ignored
            Taken for the sake of pipelines.

        Returns
        -------
        self
            The fitted transformer.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> sparse.csr_matrix:  # noqa: ARG002
        """Learn the features and give the matrix of the same rows.

        Parameters
        ----------
        X : see the class
            At least one row.
        y : ignored
            Taken for the sake of pipelines.

        Returns
        -------
        csr_matrix of shape (n, n_features)
            float64.
        """
        self.prepare()
        counts, keys = self.count(X)
        return self.fit_counts(counts, keys)

    def transform(self, X: Any) -> sparse.csr_matrix:
        """Give the matrix of sentences; phrases never seen in training are left out.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        csr_matrix of shape (n, n_features)
            float64.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit``.
        """
        check_is_fitted(self, "features_")
        return self.assess(X)[0]

    def assess(self, X: Any) -> tuple[sparse.csr_matrix, np.ndarray]:
        """Give the matrix of sentences and their known terms, masking each sentence once.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        matrix : csr_matrix of shape (n, n_features)
            As of :meth:`transform`.
        known : ndarray of int, shape (n,)
            As of :meth:`known_terms`.
        """
        check_is_fitted(self, "features_")
        counts, known = self._count_known(X)
        return self.weigh(counts), known

    def known_terms(self, X: Any) -> np.ndarray:
        """Count each row's words that the model knows, as words, stems or rated words.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        ndarray of shape (n,)
            Integers. Masked names, function words and punctuation do not count. Where it is 0, a classifier's answer
            is its prior, or rests on function words alone.
        """
        check_is_fitted(self, "features_")
        return self._count_known(X)[1]

    def _knows(self, word: str) -> bool:
        if word in ENGLISH_STOP_WORDS or not word[0].isalpha():
            return False
        pieces = self._pieces
        if word in pieces.get(0, ()) or word in self.ratings_:
            return True
        if self.roles_ is not None and self.roles_.says(word):
            return True
        return len(word) > 3 and any(word[:size] in stems for size, stems in pieces.items() if size)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """Give the features' names: template, colon, phrase.

        Parameters
        ----------
        input_features : ignored
            Taken for the sake of scikit-learn's interface.

        Returns
        -------
        ndarray of str, shape (n_features,)
            In the order of the columns.
        """
        check_is_fitted(self, "features_")
        return np.array([f"{self.templates_[block].name}:{key}" for block, key in self.features_], dtype=object)

    def occurrences(self, X: Any) -> list[list[tuple[int, Occurrence, tuple[int, int]]]]:
        """List, per row, the places that count: column, occurrence and span in the text.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        list of list of (int, Occurrence, (int, int))
            One list per row; phrases never seen in training are left out.
        """
        return [
            [(column, found, (tokens[found.first].start, tokens[found.last].end)) for column, found in places]
            for tokens, places in self.places(X)
        ]

    def places(self, X: Any) -> list[tuple[list[Token], list[tuple[int, Occurrence]]]]:
        """List, per row, its tokens and the places that count.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        list of (list of Token, list of (int, Occurrence))
            One pair per row: all tokens of the masked sentence; column and occurrence of every phrase that is known.
        """
        check_is_fitted(self, "features_")
        rows = []
        for masked in self._masked(X):
            row = []
            for block, template in enumerate(self.templates_):
                for found in template.occurrences(masked, self.ratings_):
                    column = self._columns.get((block, found.key))
                    if column is not None:
                        row.append((column, found))
            rows.append((list(masked.tokens), row))
        return rows

    # -- what subclasses say -------------------------------------------------------------------------------------------

    def _rows(self, X: Any) -> Iterable[tuple[str, Spans]]:  # noqa: ARG002 - subclasses need it
        raise TypeError(f"{type(self).__name__} is a base class; use SentenceVectorizer or TargetVectorizer")

    # -- counting ------------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Check the arguments and make what counting needs: ``templates_``, ``ratings_``, ``roles_``, ``masker_``.

        Raises
        ------
        InputError
            If templates or ``min_df`` cannot be used.
        """
        self.check_templates()
        self.ratings_ = dict(load_polarity()) if any(type(template) is Lexicon for template in self.templates_) else {}
        self.roles_ = load_roles() if any(template.needs_roles for template in self.templates_) else None
        self.masker_ = Masker(self.catalogue)

    def check_templates(self) -> None:
        """Check the arguments and set ``templates_``, all that weighing ready counts needs.

        Raises
        ------
        InputError
            If templates or ``min_df`` cannot be used.
        """
        self.templates_ = tuple(self._defaults if self.templates is None else self.templates)
        names = [template.name for template in self.templates_]
        if not names or len(set(names)) < len(names):
            raise InputError(f"templates must be one or more with names of their own, got {names}")
        if not isinstance(self.min_df, int | np.integer) or self.min_df < 1:
            raise InputError(f"min_df must be an integer of at least 1, got {self.min_df!r}")

    def _masked(self, X: Any) -> Iterable[Masked]:
        mask = self.masker_.mask
        return (Masked(mask(text, spans), self.roles_) for text, spans in self._rows(X))

    def count(self, X: Any) -> tuple[sparse.csr_matrix, list[tuple[int, str]]]:
        """Count all features there are; after :meth:`prepare`.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        counts : csr_matrix of shape (n, n_all)
            Term weights.
        keys : list of (int, str)
            Template number and key of every column.
        """
        return self.count_rows(self.rows(X))

    def rows(self, X: Any) -> list[tuple[str, Spans]]:
        """Check rows, and give their sentences with the spans of their targets.

        Parameters
        ----------
        X : see the class
            Any number of rows.

        Returns
        -------
        list of (str, list of (int, int))
            No spans where no target is asked about.
        """
        return list(self._rows(X))

    def count_rows(self, rows: Iterable[tuple[str, Spans]]) -> tuple[sparse.csr_matrix, list[tuple[int, str]]]:
        """Count all features of rows that have been checked; as :meth:`count`.

        Parameters
        ----------
        rows : iterable of (str, list of (int, int))
            From :meth:`rows`.

        Returns
        -------
        counts : csr_matrix of shape (n, n_all)
            Term weights.
        keys : list of (int, str)
            Template number and key of every column.
        """
        columns: dict[tuple[int, str], int] = {}
        # Machine numbers, not Python's: hundreds of thousands of rows hold a hundred million.
        data, indices, indptr = array("d"), array("q"), array("q", [0])
        mask = self.masker_.mask
        for text, spans in rows:
            masked = Masked(mask(text, spans), self.roles_)
            for block, template in enumerate(self.templates_):
                for key, weight, _, _ in template.occurrences(masked, self.ratings_):
                    indices.append(columns.setdefault((block, key), len(columns)))
                    data.append(weight)
            indptr.append(len(indices))
        return _matrix(data, indices, indptr, len(columns)), list(columns)

    def _count_known(self, X: Any) -> tuple[sparse.csr_matrix, np.ndarray]:
        """Count the features learnt, and the known terms of each row."""
        data, indices, indptr, known = [], [], [0], []
        get = self._columns.get
        for masked in self._masked(X):
            for block, template in enumerate(self.templates_):
                for key, weight, _, _ in template.occurrences(masked, self.ratings_):
                    column = get((block, key))
                    if column is not None:
                        indices.append(column)
                        data.append(weight)
            indptr.append(len(indices))
            known.append(sum(map(self._knows, set(masked.words))))
        return _matrix(data, indices, indptr, len(self.features_)), np.array(known, dtype=np.int64)

    # -- weighing ------------------------------------------------------------------------------------------------------

    def fit_counts(self, counts: sparse.csr_matrix, keys: list[tuple[int, str]]) -> sparse.csr_matrix:
        """Choose the features and learn their weights from counts of the rows to fit on, and weigh those rows.

        Parameters
        ----------
        counts : csr_matrix of shape (n, n_all)
            From :meth:`count`, or some of its rows.
        keys : list of (int, str)
            From :meth:`count`.

        Returns
        -------
        csr_matrix of shape (n, n_features)
            What ``transform`` gives for these rows.

        Raises
        ------
        InputError
            If there are no rows, or no feature stands in enough of them.
        """
        columns = self.choose(counts, np.array([block for block, _ in keys], dtype=np.int64))
        # Sorted, so that the columns do not depend on the order of the rows.
        order = sorted(range(len(columns)), key=lambda place: keys[columns[place]])
        self.features_ = [keys[columns[place]] for place in order]
        self.idf_, columns = self.idf_[order], columns[order]
        self.index()
        return self.weigh(counts[:, columns])

    def choose(self, counts: sparse.csr_matrix, blocks: np.ndarray) -> np.ndarray:
        """Choose the features and learn their weights from counts of the rows to fit on: sets ``idf_``.

        Parameters
        ----------
        counts : csr_matrix of shape (n, n_all)
            From :meth:`count`, or some of its rows.
        blocks : ndarray of int, shape (n_all,)
            Template number of every column.

        Returns
        -------
        ndarray of int
            The columns that are features, ascending; :meth:`weigh` takes them in this order.

        Raises
        ------
        InputError
            If there are no rows, or no feature stands in enough of them.
        """
        n = counts.shape[0]
        if n == 0:
            raise InputError("nothing to fit on: X has no rows")
        df = np.bincount(counts.indices, minlength=len(blocks))
        columns = np.flatnonzero(df >= self.min_df)
        if not len(columns):
            raise InputError(f"no phrase stands in min_df={self.min_df} rows or more; give more text or lower min_df")
        self.idf_ = np.log((1 + n) / (1 + df[columns])) + 1
        self._blocks = blocks[columns]
        for block, template in enumerate(self.templates_):
            if isinstance(template, Lexicon):
                # Sums of ratings are few and large: they are put on one scale by their root mean square instead.
                members = np.flatnonzero(self._blocks == block)
                squares = np.asarray(counts[:, columns[members]].astype(np.float64).power(2).sum(axis=0)).ravel()
                self.idf_[members] = np.sqrt(df[columns[members]] / squares)
        return columns

    def index(self) -> None:
        """Work out what follows from ``features_`` and ``templates_``; to be called whenever they are set."""
        self._blocks = np.array([block for block, _ in self.features_], dtype=np.int64)
        # Made again when they are asked for: native code needs neither.
        for name in ("_columns", "_pieces"):
            self.__dict__.pop(name, None)

    @cached_property
    def _columns(self) -> dict[tuple[int, str], int]:
        return {feature: column for column, feature in enumerate(self.features_)}

    @cached_property
    def _pieces(self) -> dict[int, set[str]]:
        """The words of whole phrases, with the size 0, and stems by their size."""
        sizes = [
            None if isinstance(template, Lexicon) else getattr(template, "stem", 0) for template in self.templates_
        ]
        pieces: dict[int, set[str]] = {size: set() for size in sizes if size is not None}
        for block, key in self.features_:
            size = sizes[block]
            if size is not None:
                pieces[size].update(_plain(key))
        return pieces

    def weigh(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Weigh counts by the inverse document frequencies and scale each template's part of a row.

        Parameters
        ----------
        counts : csr_matrix of shape (n, n_features)
            Term weights, columns in the order of ``features_``.

        Returns
        -------
        csr_matrix of shape (n, n_features)
            float64.
        """
        weighed = sparse.csr_matrix(
            (counts.data.astype(np.float64), counts.indices, counts.indptr), shape=counts.shape, copy=False
        )
        for first in range(0, weighed.shape[0], WEIGHED_TOGETHER):
            rows = weighed[first : first + WEIGHED_TOGETHER]
            rows.data *= self.idf_[rows.indices]
            rows.data *= self._scales(rows)
            weighed.data[weighed.indptr[first] : weighed.indptr[min(first + WEIGHED_TOGETHER, weighed.shape[0])]] = (
                rows.data
            )
        return weighed

    def factors(self, counts: sparse.csr_matrix) -> np.ndarray:
        """Give what :meth:`weigh` multiplies each count by.

        Parameters
        ----------
        counts : csr_matrix of shape (n, n_features)
            Term weights, columns in the order of ``features_``.

        Returns
        -------
        ndarray of shape (counts.nnz,)
            In the order of ``counts.data``: inverse document frequency times scale over length. The value of a feature
            in a row is the sum of its occurrences' weights times this.
        """
        weighed = counts.astype(np.float64, copy=True)
        weighed.data *= self.idf_[weighed.indices]
        return np.asarray(self.idf_[weighed.indices] * self._scales(weighed))

    def _scales(self, weighed: sparse.csr_matrix) -> np.ndarray:
        """Give what brings each template's part of a row to its length, entry by entry."""
        rows = np.repeat(np.arange(weighed.shape[0]), np.diff(weighed.indptr))
        blocks = self._blocks[weighed.indices]
        squares = np.zeros((weighed.shape[0], len(self.templates_)))
        np.add.at(squares, (rows, blocks), weighed.data**2)
        scales = np.array([template.scale for template in self.templates_])
        free = np.array([isinstance(template, Lexicon) for template in self.templates_])
        lengths = np.where(free, 1.0, np.sqrt(squares))
        return np.asarray((scales / np.where(lengths > 0, lengths, 1.0))[rows, blocks])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


class SentenceVectorizer(Vectorizer):
    """Phrases and polar words of sentences, all names masked.

    Parameters
    ----------
    templates : sequence of Template, optional
        What to count; words and pairs of words with negation marks, and polarity sums, by default.
    min_df : int, default 2
        In how many rows a feature must stand.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    features_ : list of (int, str)
        Template number and key of every column.
    idf_ : ndarray of shape (n_features,)
        Inverse document frequencies; for sums of ratings, one over the root mean square where there is any.

    Examples
    --------
    >>> from stancekit.features import SentenceVectorizer
    >>> matrix = SentenceVectorizer(min_df=1).fit_transform(["Aid reached the town.", "Shells hit the town."])
    >>> matrix.shape[0]
    2
    """

    _defaults = SENTENCE_TEMPLATES

    def _rows(self, X: Any) -> Iterable[tuple[str, Spans]]:
        return ((text, []) for text in check_texts(X))


class TargetVectorizer(Vectorizer):
    """Phrases and polar words left, right and around a target, all names masked.

    Parameters
    ----------
    templates : sequence of Template, optional
        What to count; both sides of the target, phrases that hold it, the sentence, and polarity sums, by default.
    min_df : int, default 2
        In how many rows a feature must stand.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    features_ : list of (int, str)
        Template number and key of every column.
    idf_ : ndarray of shape (n_features,)
        Inverse document frequencies; for sums of ratings, one over the root mean square where there is any.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit.features import TargetVectorizer
    >>> rows = pd.DataFrame({"text": ["Mali thanked Chad.", "Mali thanked Chad."], "start": [0, 13], "end": [4, 17]})
    >>> matrix = TargetVectorizer().fit_transform(rows)
    >>> matrix.shape[0]
    2
    """

    _defaults = TARGET_TEMPLATES

    def _rows(self, X: Any) -> Iterable[tuple[str, Spans]]:
        return check_targets(X)


def check_texts(X: Any) -> list[str]:
    """Give the sentences of X: strings, or a frame with a column ``text``.

    Parameters
    ----------
    X : sequence of str, Series or DataFrame
        What a user handed in.

    Returns
    -------
    list of str
        The sentences.

    Raises
    ------
    InputError
        If X is a bare string, has no column ``text``, or holds something that is no string.
    """
    if isinstance(X, str):
        raise InputError("X must be a sequence of sentences, got a single string; put it in a list")
    if isinstance(X, pd.DataFrame):
        if "text" not in X.columns:
            raise InputError(f"X needs a column 'text', got {', '.join(map(str, X.columns)) or 'none'}")
        X = X["text"]
    texts = list(X)
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(
                f"row {row} of X must be a string, got {type(text).__name__}; drop the row or give its text"
            )
    return texts


def check_targets(X: Any) -> list[tuple[str, Spans]]:
    """Give the sentences of X with the spans of their targets.

    Parameters
    ----------
    X : DataFrame
        With columns ``text``, ``start``, ``end`` and perhaps ``spans`` (lists of pairs, or the same as JSON text).

    Returns
    -------
    list of (str, list of (int, int))
        The sentences, each with one span or more, in order and disjoint.

    Raises
    ------
    InputError
        If a column is missing, or a span does not lie in its text.
    """
    if not isinstance(X, pd.DataFrame):
        raise InputError(f"X must be a DataFrame with the columns text, start, end, got {type(X).__name__}")
    missing = [name for name in ("text", "start", "end") if name not in X.columns]
    if missing:
        raise InputError(
            f"X needs the columns text, start, end: {', '.join(missing)} missing, "
            f"got {', '.join(map(str, X.columns)) or 'none'}"
        )
    texts = check_texts(X)
    several = list(X["spans"]) if "spans" in X.columns else [None] * len(texts)
    rows = []
    for row, (text, start, end, spans) in enumerate(zip(texts, X["start"], X["end"], several, strict=True)):
        if pd.isna(start) or pd.isna(end):
            raise InputError(f"row {row} of X has no start or end; every row needs the span of its target")
        try:
            first = (_offset(start), _offset(end))
        except (TypeError, ValueError, OverflowError):
            raise InputError(
                f"row {row} of X: start and end must be whole numbers of characters, got {start!r} and {end!r}"
            ) from None
        rows.append((text, _check_spans(row, text, [first, *_parse_spans(row, spans)])))
    return rows


def _parse_spans(row: int, spans: Any) -> Spans:
    if spans is None or spans is pd.NA or (isinstance(spans, float) and spans != spans):
        return []
    try:
        pairs = json.loads(spans) if isinstance(spans, str) else spans
        return [(_offset(start), _offset(end)) for start, end in pairs]
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise InputError(
            f"row {row} of X: spans must be pairs of start and end, such as [[0, 4], [10, 14]]; got {spans!r}"
        ) from None


def _offset(value: Any) -> int:
    """Give a whole number; floats come from CSV files, so 3.0 is one and 3.5 is not."""
    number = int(value)
    if isinstance(value, float) and number != value:
        raise ValueError(value)
    return number


def _check_spans(row: int, text: str, spans: Spans) -> Spans:
    ordered = sorted(set(spans))
    last = 0
    for start, end in ordered:
        if not 0 <= start < end <= len(text):
            raise InputError(
                f"row {row} of X: the target's span {start}..{end} does not lie in the text of {len(text)} characters"
            )
        if start < last:
            raise InputError(f"row {row} of X: the target's spans overlap at character {start}")
        last = end
    return ordered


def _plain(key: str) -> list[str]:
    """Give the words of a feature's key, less its marks of side and negation."""
    # Words are in lower case, the marks L, R and NOT are not; scripts without case have words all the same.
    return [word for word in key.split(" ") if word[:1].isalpha() and word == word.lower()]


def _matrix(data: Sequence[float], indices: Sequence[int], indptr: Sequence[int], width: int) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix(
        (np.array(data, dtype=np.float64), np.array(indices, dtype=np.int64), np.array(indptr, dtype=np.int64)),
        shape=(len(indptr) - 1, width),
    )
    matrix.sum_duplicates()
    return matrix
