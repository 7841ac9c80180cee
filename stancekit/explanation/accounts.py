"""The additive account of decisions: bias and the contribution of every occurrence of a phrase."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from stancekit.calibration import labels_given
from stancekit.classifiers import FramingClassifier, LinearClassifier, StanceClassifier
from stancekit.errors import InputError
from stancekit.explanation.showing import to_html, to_text
from stancekit.features import Occurrence, Token
from stancekit.features.vectorizer import check_targets, check_texts

__all__ = ["Explanation", "check_model", "decision_labels", "explain"]

Places = list[tuple[list[Token], list[tuple[int, Occurrence]]]]


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a model decides as it does, row by row.

    Rows are numbered by their place in X, from 0. Labels are those that have a decision value: all classes, both flags,
    or of two classes the second.

    Attributes
    ----------
    texts : list of str
        The sentences.
    spans : list of list of (int, int)
        The target's mentions in each; empty lists for tasks without a target.
    rows : DataFrame
        One row per row of X: ``row``, ``text``, ``label`` (what the model predicts; for flags those that are on,
        joined by ``+``, or ``neither``, of other than two ``none``), ``p_`` and each class, ``known_terms`` (where 0,
        the answer is the prior).
    decisions : DataFrame
        One row per row of X and label: ``row``, ``label``, ``bias``, ``contributions`` (their sum), ``decision`` (as of
        ``decision_function``), ``probability``, ``threshold`` (the probability from which a flag is on; missing for
        classes).
    contributions : DataFrame
        One row per occurrence and label: ``row``, ``label``, ``template``, ``phrase`` (as the model knows it),
        ``text`` (as it stands in the sentence), ``start``, ``end`` (``texts[row][start:end]``), ``contribution``.
        Together with the bias they sum to ``decision`` within 1e-9.
    words : DataFrame
        One row per word and label: ``row``, ``label``, ``text``, ``start``, ``end``, ``contribution``. What a phrase
        contributes is divided evenly among its words, so that these sum to the same; words that are in no known
        phrase have 0.
    """

    texts: list[str]
    spans: list[list[tuple[int, int]]]
    rows: pd.DataFrame
    decisions: pd.DataFrame
    contributions: pd.DataFrame
    words: pd.DataFrame

    def __repr__(self) -> str:
        labels = ", ".join(map(str, self.decisions["label"].cat.categories))
        count = len(self.contributions) // max(self.decisions["label"].cat.categories.size, 1)
        return f"Explanation({len(self.texts)} rows, {count} occurrences, labels {labels})"

    def by_phrase(self) -> pd.DataFrame:
        """Sum the occurrences of each phrase.

        Returns
        -------
        DataFrame
            ``row``, ``label``, ``template``, ``phrase``, ``n`` (occurrences), ``contribution``; within a row and label
            the largest come first, whatever their sign.
        """
        keys = ["row", "label", "template", "phrase"]
        grouped = self.contributions.groupby(keys, observed=True, sort=False)["contribution"]
        table = grouped.agg(n="size", contribution="sum").reset_index()
        # With all parts among the keys the order does not depend on how ties came.
        table = table.assign(size=-table["contribution"].abs()).sort_values(["row", "label", "size", *keys[2:]])
        return table.drop(columns="size").reset_index(drop=True)

    def text(self, *, label: Any = None, top: int = 10, color: bool = False) -> str:
        """Write the account for a terminal.

        Parameters
        ----------
        label : str, optional
            Whose decision value is taken apart; by default the predicted label's, or all flags'.
        top : int, default 10
            Phrases per row and label; 0 for all.
        color : bool, default False
            Whether words are coloured by what they add, with the codes that terminals know.

        Returns
        -------
        str
            Several lines per row.

        Raises
        ------
        InputError
            If the label has no decision value, or ``top`` is no count.
        """
        return to_text(self, label=label, top=top, color=color)

    def html(self, *, label: Any = None, top: int = 10) -> str:
        """Write the account for a notebook or page.

        Parameters
        ----------
        label : str, optional
            As in :meth:`text`.
        top : int, default 10
            As in :meth:`text`.

        Returns
        -------
        str
            HTML without scripts or outside references; all of the texts is escaped.

        Raises
        ------
        InputError
            As in :meth:`text`.
        """
        return to_html(self, label=label, top=top)

    def _repr_html_(self) -> str:
        return to_html(self, label=None, top=10, most=20)


def explain(model: Any, X: Any) -> Explanation:
    """Take decisions apart, exactly.

    Parameters
    ----------
    model : StanceClassifier, SentimentClassifier or FramingClassifier
        Fitted or loaded.
    X : see the classifier
        Any number of rows. Some hundred lines are made per row; for many rows, see :func:`compare`.

    Returns
    -------
    Explanation
        Frames that add up to ``model.decision_function(X)``.

    Raises
    ------
    InputError
        If the model is none of the three classifiers, or X cannot be used.
    sklearn.exceptions.NotFittedError
        If the model is not fitted.

    Examples
    --------
    >>> from stancekit import load_model
    >>> from stancekit.explanation import explain
    >>> account = explain(load_model("sentiment"), ["Shells killed two nurses."])
    >>> decision = account.decisions.iloc[0]
    >>> parts = account.contributions.query("row == 0 and label == @decision.label")["contribution"]
    >>> bool(abs(decision.bias + parts.sum() - decision.decision) < 1e-9)
    True
    """
    check_model(model)
    if isinstance(model, StanceClassifier):
        targets = check_targets(X)
        texts, spans = [text for text, _ in targets], [list(found) for _, found in targets]
    else:
        X = texts = check_texts(X)
        spans = [[] for _ in texts]
    labels = decision_labels(model)
    places: Places = model.vectorizer_.places(X) if texts else []
    contributions, words = _parts(model, texts, places, labels)
    proba, known = model.assess(X) if texts else (np.zeros((0, len(model.classes_))), np.zeros(0, dtype=np.int64))
    decided = model.decision_function(X).reshape(len(texts), len(labels)) if texts else np.zeros((0, len(labels)))
    # Of two classes, the second has the decision value.
    shown = proba[:, proba.shape[1] - len(labels) :]
    n = len(texts)
    sums = np.zeros((n, len(labels)))
    np.add.at(sums, (contributions["row"], contributions["label"].cat.codes), contributions["contribution"])
    decisions = pd.DataFrame(
        {
            "row": np.repeat(np.arange(n), len(labels)),
            "label": _labels(labels, n),
            "bias": np.tile(model.intercept_, n),
            "contributions": sums.ravel(),
            "decision": decided.ravel(),
            "probability": shown.ravel(),
            "threshold": np.tile(model.thresholds_ if _has_flags(model) else np.full(len(labels), np.nan), n),
        }
    )
    rows = _rows(model, texts, proba, known)
    return Explanation(texts, spans, rows, decisions, contributions, words)


def check_model(model: Any) -> None:
    """Refuse what is not a fitted classifier of this package.

    Parameters
    ----------
    model : object
        What a user handed in.

    Raises
    ------
    InputError
        If it is another kind of thing.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    if not isinstance(model, LinearClassifier):
        raise InputError(
            "model must be a StanceClassifier, SentimentClassifier or FramingClassifier, "
            f"got {type(model).__name__}; load_model gives one"
        )
    check_is_fitted(model, "coef_")


def decision_labels(model: LinearClassifier) -> list[Any]:
    """List the labels that have a decision value of their own.

    Parameters
    ----------
    model : LinearClassifier
        Fitted.

    Returns
    -------
    list
        In the order of the rows of ``coef_``: all classes, all flags, or of two classes the second.
    """
    return list(model.classes_[len(model.classes_) - len(model.coef_) :])


def _labels(labels: list[Any], n: int) -> pd.Categorical:
    """Repeat all labels n times."""
    return pd.Categorical.from_codes(np.tile(np.arange(len(labels)), n), categories=pd.Index(labels))


def _rows(model: LinearClassifier, texts: list[str], proba: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    predicted: Any
    if _has_flags(model):
        thresholds: np.ndarray = model.thresholds_
        predicted = [
            "+".join(str(name) for name, on in zip(model.classes_, row >= thresholds, strict=True) if on)
            or ("neither" if len(model.classes_) == 2 else "none")
            for row in proba
        ]
    else:
        predicted = model.classes_[labels_given(proba, model.thresholds_)] if len(proba) else []
    return pd.DataFrame(
        {"row": np.arange(len(texts)), "text": pd.Series(texts, dtype="str"), "label": pd.Series(predicted)}
        | {f"p_{name}": proba[:, column] for column, name in enumerate(model.classes_)}
        | {"known_terms": known}
    )


def _has_flags(model: LinearClassifier) -> bool:
    """Tell whether each class is a flag of its own."""
    return isinstance(model, FramingClassifier)


def _parts(
    model: LinearClassifier, texts: list[str], places: Places, labels: list[Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the frames of occurrences and of words."""
    vectorizer = model.vectorizer_
    row = np.array([number for number, (_, found) in enumerate(places) for _ in found], dtype=np.int64)
    column = np.array([column for _, found in places for column, _ in found], dtype=np.int64)
    weight = np.array([place.weight for _, found in places for _, place in found], dtype=np.float64)
    first = np.array([place.first for _, found in places for _, place in found], dtype=np.int64)
    last = np.array([place.last for _, found in places for _, place in found], dtype=np.int64)
    value = weight * _factors(vectorizer, len(texts), row, column, weight)
    parts = value[:, None] * model.coef_[:, column].T
    offset = np.cumsum([0, *(len(tokens) for tokens, _ in places)])
    start = np.array([token.start for tokens, _ in places for token in tokens], dtype=np.int64)
    end = np.array([token.end for tokens, _ in places for token in tokens], dtype=np.int64)
    owner = np.repeat(np.arange(len(places)), np.diff(offset))
    begins, ends = start[offset[row] + first], end[offset[row] + last]
    contributions = _tidy(
        labels,
        {
            "row": row,
            "template": pd.Series(
                [vectorizer.templates_[vectorizer.features_[c][0]].name for c in column], dtype="str"
            ),
            "phrase": pd.Series([vectorizer.features_[c][1] for c in column], dtype="str"),
            "text": _cut(texts, row, begins, ends),
            "start": begins,
            "end": ends,
        },
        parts,
    )
    covered = last - first + 1
    token = np.concatenate([np.arange(a, b + 1) for a, b in zip(first, last, strict=True)]) if len(row) else first
    shares = np.zeros((len(start), len(labels)))
    np.add.at(shares, np.repeat(offset[row], covered) + token, np.repeat(parts / covered[:, None], covered, axis=0))
    words = _tidy(labels, {"row": owner, "text": _cut(texts, owner, start, end), "start": start, "end": end}, shares)
    return contributions, words


def _factors(vectorizer: Any, n: int, row: np.ndarray, column: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Give what the weight of each occurrence is multiplied by: idf times scale over length."""
    # Two occurrences of a phrase share an entry of the matrix.
    width = len(vectorizer.features_)
    entries, inverse = np.unique(row * width + column, return_inverse=True)
    sums = np.bincount(inverse, weights=weight, minlength=len(entries))
    indptr = np.searchsorted(entries, np.arange(n + 1) * width)
    counts = sparse.csr_matrix((sums, entries % width, indptr), shape=(n, width))
    return np.asarray(vectorizer.factors(counts)[inverse])


def _cut(texts: list[str], row: np.ndarray, start: np.ndarray, end: np.ndarray) -> pd.Series:
    cut = [texts[r][a:b] for r, a, b in zip(row.tolist(), start.tolist(), end.tolist(), strict=True)]
    return pd.Series(cut, dtype="str")


def _tidy(labels: list[Any], columns: dict[str, Any], values: np.ndarray) -> pd.DataFrame:
    """Make a frame with a row per line and label, the label behind the number of the row."""
    table = pd.DataFrame(columns)
    table = table.loc[table.index.repeat(len(labels))].reset_index(drop=True)
    table = table.assign(label=_labels(labels, len(values)), contribution=values.ravel())
    return table[["row", "label", *list(columns)[1:], "contribution"]]
