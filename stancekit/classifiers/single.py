"""The classifiers that choose one label of several."""

from stancekit.classifiers.linear import LinearClassifier
from stancekit.features import TargetVectorizer

__all__ = ["SentimentClassifier", "StanceClassifier"]


class StanceClassifier(LinearClassifier):
    """Stance toward a target that is marked in each sentence.

    X is a DataFrame with ``text``, ``start`` and ``end`` (the target's first mention: ``text[start:end]``), perhaps
    ``spans`` (all its mentions, as lists of pairs) and ``article_id``. The target and every other name are masked.

    Parameters
    ----------
    C : float, default 1.0
        Inverse of the strength of the L2 penalty.
    templates : sequence of Template, optional
        Which phrases count; both sides, phrases with the target, the sentence and polarity sums by default.
    min_df : int, default 2
        In how many rows a phrase must stand to be a feature.
    class_weight : dict, "balanced" or None
        As in :class:`sklearn.linear_model.LogisticRegression`.
    calibration_folds : int, default 5
        Folds of the grouped cross-validation whose held-out decision values calibrate the probabilities; 0 for none.
    max_iter : int, default 1000
        Bound on the solver's iterations.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    coef_ : ndarray of shape (n_classes, n_features), or (1, n_features) for two classes
        Weights.
    intercept_ : ndarray of shape (n_classes,), or (1,) for two classes
        Bias.
    calibration_ : SoftmaxCalibration or FlagCalibration
        What makes probabilities of decision values.
    vectorizer_ : TargetVectorizer
        The fitted features.

    Examples
    --------
    >>> import pandas as pd
    >>> from stancekit import StanceClassifier
    >>> texts = ["We thank Mali.", "We blame Mali.", "We thank Chad.", "We blame Chad."]
    >>> rows = pd.DataFrame({"text": texts, "start": 9, "end": 13})
    >>> model = StanceClassifier(calibration_folds=2).fit(rows, ["favor", "against", "favor", "against"])
    >>> model.predict(pd.DataFrame({"text": ["We thank Peru."], "start": [9], "end": [13]})).tolist()
    ['favor']
    """

    vectorizer_class = TargetVectorizer


class SentimentClassifier(LinearClassifier):
    """Sentiment of sentences.

    X is a sequence of strings, or a DataFrame with ``text`` and perhaps ``article_id``. All names are masked.

    Parameters
    ----------
    C : float, default 1.0
        Inverse of the strength of the L2 penalty.
    templates : sequence of Template, optional
        Which phrases count; words and pairs of words with negation marks, and polarity sums, by default.
    min_df : int, default 2
        In how many rows a phrase must stand to be a feature.
    class_weight : dict, "balanced" or None
        As in :class:`sklearn.linear_model.LogisticRegression`.
    calibration_folds : int, default 5
        Folds of the grouped cross-validation whose held-out decision values calibrate the probabilities; 0 for none.
    max_iter : int, default 1000
        Bound on the solver's iterations.
    catalogue : Catalogue, optional
        Whose names are masked as such; the built-in one by default.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    coef_, intercept_, calibration_, vectorizer_
        As in :class:`StanceClassifier`.

    Examples
    --------
    >>> from stancekit import SentimentClassifier
    >>> texts = ["A joyful rescue.", "A bitter loss.", "A joyful return.", "A bitter defeat."]
    >>> model = SentimentClassifier(calibration_folds=2).fit(texts, ["positive", "negative", "positive", "negative"])
    >>> model.predict(["A joyful day."]).tolist()
    ['positive']
    """
