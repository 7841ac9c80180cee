"""Scoring: articles in, sentences and stances out."""

from stancekit.scoring.scorer import Scorer
from stancekit.scoring.scores import Scores

__all__ = ["Scorer", "Scores"]
