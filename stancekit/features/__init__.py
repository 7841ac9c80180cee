"""Features: names masked, phrases and polar words around the target, weighed by TF-IDF."""

from stancekit.features.masking import Masker, Token
from stancekit.features.templates import Lexicon, NearTarget, Occurrence, Phrases, Sides, Template
from stancekit.features.vectorizer import SentenceVectorizer, TargetVectorizer

__all__ = [
    "Lexicon",
    "Masker",
    "NearTarget",
    "Occurrence",
    "Phrases",
    "SentenceVectorizer",
    "Sides",
    "TargetVectorizer",
    "Template",
    "Token",
]
