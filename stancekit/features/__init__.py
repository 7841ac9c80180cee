"""Features: names masked, phrases and polar words around the target, weighed by TF-IDF."""

from stancekit.features.masking import Masker, Token
from stancekit.features.role_templates import FrameSums, Patterns, Quoted, Roles, RoleSums, SideSums, WordSums
from stancekit.features.templates import Lexicon, NearTarget, Occurrence, Phrases, Sides, Template
from stancekit.features.vectorizer import SentenceVectorizer, TargetVectorizer

__all__ = [
    "FrameSums",
    "Lexicon",
    "Masker",
    "NearTarget",
    "Occurrence",
    "Patterns",
    "Phrases",
    "Quoted",
    "RoleSums",
    "Roles",
    "SentenceVectorizer",
    "SideSums",
    "Sides",
    "TargetVectorizer",
    "Template",
    "Token",
    "WordSums",
]
