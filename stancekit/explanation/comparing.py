"""Which phrases make the difference between two groups of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from stancekit.classifiers import LinearClassifier, StanceClassifier
from stancekit.errors import InputError
from stancekit.explanation.accounts import check_model, decision_labels
from stancekit.features.vectorizer import check_targets, check_texts

__all__ = ["REST", "Comparison", "compare"]

REST = "all others"
"""What the second group is called where only the first was named."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """How the decision values of two groups of rows differ, phrase by phrase.

    Attributes
    ----------
    a, b : object
        The groups.
    n_a, n_b : int
        Their rows.
    n_left_out : int
        Rows of neither group, those without a group included.
    labels : DataFrame
        One row per label: ``label``, ``mean_a``, ``mean_b`` (mean decision values), ``difference`` (of the first less
        the second). The bias is the same in both and falls out.
    phrases : DataFrame
        One row per label and phrase that stands in either group: ``label``, ``template``, ``phrase``, ``rows_a``,
        ``rows_b`` (how many rows hold it), ``mean_a``, ``mean_b`` (mean contribution over all rows of the group),
        ``difference``. Within a label the largest differences come first, whatever their sign; they sum to the
        label's ``difference`` within 1e-9.
    """

    a: Any
    b: Any
    n_a: int
    n_b: int
    n_left_out: int
    labels: pd.DataFrame
    phrases: pd.DataFrame

    def __repr__(self) -> str:
        lost = f", {self.n_left_out} rows left out" if self.n_left_out else ""
        return f"Comparison({self.a!r} ({self.n_a} rows) less {self.b!r} ({self.n_b} rows){lost})"

    def top(self, label: Any, n: int = 10) -> pd.DataFrame:
        """Give the phrases that make most of the difference for one label.

        Parameters
        ----------
        label : str
            One of ``labels["label"]``.
        n : int, default 10
            How many.

        Returns
        -------
        DataFrame
            The first rows of ``phrases`` of this label.

        Raises
        ------
        InputError
            If there is no such label.
        """
        known = list(self.labels["label"])
        if label not in known:
            raise InputError(f"label must be one of {', '.join(map(str, known))}, got {label!r}")
        chosen: pd.DataFrame = self.phrases[self.phrases["label"] == label].head(n)
        return chosen.reset_index(drop=True)


def compare(model: Any, X: Any, groups: Any, *, a: Any = None, b: Any = None) -> Comparison:
    """Decompose the difference between two groups' mean decision values, exactly.

    It says what the model reads differently in two groups, such as outlets, months or actors. Whether the difference
    would be found again in other articles it does not say.

    Parameters
    ----------
    model : StanceClassifier, SentimentClassifier or FramingClassifier
        Fitted or loaded.
    X : see the classifier
        At least two rows.
    groups : array-like of shape (n,)
        To which group each row belongs; rows with a missing value are left out and counted.
    a, b : object, optional
        The two groups. With ``a`` alone it is compared with all other rows; with neither, ``groups`` must hold exactly
        two values, the first to come being ``a``.

    Returns
    -------
    Comparison
        Means, differences and phrases.

    Raises
    ------
    InputError
        If the groups do not fit X, or one of the two has no rows.

    Examples
    --------
    >>> from stancekit import load_model
    >>> from stancekit.explanation import compare
    >>> texts = ["Shells killed two nurses.", "Doctors saved the child.", "Talks began."]
    >>> found = compare(load_model("sentiment"), texts, ["Gazette", "Post", "Post"])
    >>> found
    Comparison('Gazette' (1 rows) less 'Post' (2 rows))
    >>> sums = found.phrases.groupby("label")["difference"].sum()
    >>> bool(abs(sums["negative"] - found.labels.set_index("label")["difference"]["negative"]) < 1e-9)
    True
    """
    check_model(model)
    if isinstance(model, StanceClassifier):
        n = len(check_targets(X))
    else:
        X = check_texts(X)
        n = len(X)
    values = pd.Series(list(groups), dtype=object)
    if len(values) != n:
        raise InputError(f"groups must hold one value per row of X: {n} rows, got {len(values)}")
    a, b, in_a, in_b = _two(values, a, b)
    matrix = model.vectorizer_.transform(X)
    parts = matrix[np.flatnonzero(in_a)], matrix[np.flatnonzero(in_b)]
    mean_a, mean_b = (np.asarray(part @ model.coef_.T + model.intercept_).mean(axis=0) for part in parts)
    names = decision_labels(model)
    labels = pd.DataFrame(
        {
            "label": pd.Categorical(names, categories=pd.Index(names)),
            "mean_a": mean_a,
            "mean_b": mean_b,
            "difference": mean_a - mean_b,
        }
    )
    n_a, n_b = int(in_a.sum()), int(in_b.sum())
    return Comparison(a, b, n_a, n_b, n - n_a - n_b, labels, _phrases(model, *parts))


def _phrases(model: LinearClassifier, a: sparse.csr_matrix, b: sparse.csr_matrix) -> pd.DataFrame:
    """Give what each phrase adds to the means of both parts."""
    vectorizer, labels = model.vectorizer_, decision_labels(model)
    rows_a, rows_b = (np.bincount(part.indices, minlength=part.shape[1]) for part in (a, b))
    present = np.flatnonzero(rows_a + rows_b)
    mean_a, mean_b = (
        model.coef_[:, present] * np.asarray(part.sum(axis=0)).ravel()[present] / part.shape[0] for part in (a, b)
    )
    features = [vectorizer.features_[column] for column in present]
    codes = np.repeat(np.arange(len(labels)), len(present))
    templates = [vectorizer.templates_[block].name for block, _ in features]
    table = pd.DataFrame(
        {
            "label": pd.Categorical.from_codes(codes, categories=pd.Index(labels)),
            "template": pd.Series(templates * len(labels), dtype="str"),
            "phrase": pd.Series([key for _, key in features] * len(labels), dtype="str"),
            "rows_a": np.tile(rows_a[present], len(labels)),
            "rows_b": np.tile(rows_b[present], len(labels)),
            "mean_a": mean_a.ravel(),
            "mean_b": mean_b.ravel(),
            "difference": (mean_a - mean_b).ravel(),
        }
    )
    table = table.assign(size=-table["difference"].abs()).sort_values(["label", "size", "template", "phrase"])
    return table.drop(columns="size").reset_index(drop=True)


def _two(values: pd.Series, a: Any, b: Any) -> tuple[Any, Any, np.ndarray, np.ndarray]:
    """Give both groups with their rows."""
    present = values.notna().to_numpy()
    known = list(values[present].unique())
    if a is None:
        if b is not None:
            raise InputError(f"b={b!r} needs a, the group that it is compared with")
        if len(known) != 2:
            raise InputError(
                f"groups must hold exactly two values where a and b are not given, got {len(known)} "
                f"({_listed(known)}); name one as a, or two as a and b"
            )
        a, b = known
    rest = b is None
    for name, group in (("a", a), *(() if rest else (("b", b),))):
        if group not in known:
            raise InputError(f"{name}={group!r} has no rows; groups are {_listed(known)}")
    if not rest and a == b:
        raise InputError(f"a and b must be different groups, got {a!r} twice")
    in_a = present & (values == a).to_numpy(dtype=bool)
    in_b = present & ~in_a if rest else present & (values == b).to_numpy(dtype=bool)
    if not in_b.any():
        raise InputError(f"there is nothing to compare with: all rows are of the group {a!r}")
    return a, REST if rest else b, in_a, in_b


def _listed(known: Sequence[Any], most: int = 10) -> str:
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return (", ".join(repr(group) for group in known[:most]) or "none") + more
