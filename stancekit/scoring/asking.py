"""What the models say of sentences and actors, as the two tables."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from stancekit.actors import Catalogue
from stancekit.scoring.finding import PARTS
from stancekit.scoring.frames import frame_of, framing_columns, label_columns, ordered_labels
from stancekit.tasks import FRAMING, SENTIMENT, STANCE

__all__ = ["Models", "score_sentences", "score_stances"]


class Models(NamedTuple):
    """The fitted classifiers."""

    stance: Any
    sentiment: Any
    framing: Any


def score_sentences(models: Models, rows: dict[str, list[Any]], min_confidence: float) -> pd.DataFrame:
    """Ask for the sentiment and framing of sentences.

    Parameters
    ----------
    models : Models
        The classifiers.
    rows : dict of str to list
        Sentences as of :class:`stancekit.scoring.finding.Rows`.
    min_confidence : float
        Labels less probable are missing.

    Returns
    -------
    DataFrame
        ``sentences`` as in :class:`stancekit.Scores`.
    """
    texts = rows["text"]
    labels = ordered_labels(SENTIMENT, models.sentiment.classes_)
    tone, tone_known = _ask(models.sentiment, labels, texts)
    framing, framing_known = _ask(models.framing, list(FRAMING.labels), texts)
    # How sure a flag is depends on which of its sides is told.
    unsure = np.where(framing >= models.framing.thresholds_, framing, 1 - framing) < min_confidence
    return frame_of(
        {
            "article_id": rows["article_id"],
            "sentence_id": np.array(rows["sentence_id"], dtype=np.int64),
            "part": pd.Categorical(rows["part"], categories=list(PARTS), ordered=True),
            "sentence_start": np.array(rows["sentence_start"], dtype=np.int64),
            "sentence_end": np.array(rows["sentence_end"], dtype=np.int64),
            "text": texts,
        }
        | label_columns("sentiment", labels, tone, (tone_known == 0) | (_top(tone) < min_confidence))
        | framing_columns(framing, unsure | (framing_known == 0)[:, None], models.framing.thresholds_)
        | {"known_terms": np.maximum(tone_known, framing_known)}
    )


def score_stances(
    models: Models, rows: dict[str, list[Any]], catalogue: Catalogue, min_confidence: float
) -> pd.DataFrame:
    """Ask for the stance toward each actor of each sentence.

    Parameters
    ----------
    models : Models
        The classifiers.
    rows : dict of str to list
        Stances as of :class:`stancekit.scoring.finding.Rows`.
    catalogue : Catalogue
        Describes the actors.
    min_confidence : float
        Labels less probable are missing.

    Returns
    -------
    DataFrame
        ``stances`` as in :class:`stancekit.Scores`.
    """
    labels = ordered_labels(STANCE, models.stance.classes_)
    targets = pd.DataFrame({name: pd.Series(rows[name], dtype=object) for name in ("text", "start", "end", "spans")})
    proba, known = _ask(models.stance, labels, targets)
    actors = [catalogue[actor_id] for actor_id in rows["actor_id"]]
    return frame_of(
        {
            "article_id": rows["article_id"],
            "sentence_id": np.array(rows["sentence_id"], dtype=np.int64),
            "actor_id": rows["actor_id"],
            "actor": [actor.name for actor in actors],
            "kind": [actor.kind for actor in actors],
            "parent_id": [actor.parent_id for actor in actors],
            "mention": rows["mention"],
            **{name: np.array(rows[name], dtype=np.int64) for name in ("mention_start", "mention_end", "n_mentions")},
            "attributed": np.array(rows["attributed"], dtype=bool),
            "holder_text": rows["holder_text"],
            "holder_id": rows["holder_id"],
        }
        | label_columns("stance", labels, proba, (known == 0) | (_top(proba) < min_confidence))
        | {"stance_known_terms": known}
    )


def _ask(model: Any, labels: list[str], X: Any) -> tuple[np.ndarray, np.ndarray]:
    """Give a model's probabilities with columns in the order of the labels, and its known terms."""
    if not len(X):
        return np.zeros((0, len(labels))), np.zeros(0, dtype=np.int64)
    places = {str(label): place for place, label in enumerate(model.classes_)}
    proba, known = model.assess(X)
    padded = np.column_stack([proba, np.zeros(len(proba))])
    return padded[:, [places.get(label, -1) for label in labels]], known


def _top(proba: np.ndarray) -> np.ndarray:
    return proba.max(axis=1) if len(proba) else np.zeros(0)
