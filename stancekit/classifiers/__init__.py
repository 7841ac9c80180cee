"""The three classifiers: scikit-learn estimators that decide by ``W . phi(x) + b`` over phrases that can be read."""

from stancekit.classifiers.flags import FramingClassifier
from stancekit.classifiers.linear import LinearClassifier
from stancekit.classifiers.single import SentimentClassifier, StanceClassifier

__all__ = ["FramingClassifier", "LinearClassifier", "SentimentClassifier", "StanceClassifier"]
