"""What the models say of sentences and actors, as the two tables."""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from stancekit.actors import Catalogue
from stancekit.calibration import labels_given
from stancekit.compiled import Compiled
from stancekit.scoring.finding import PARTS
from stancekit.scoring.frames import frame_of, framing_columns, label_columns, ordered_labels
from stancekit.tasks import FRAMING, SENTIMENT, STANCE

__all__ = ["Models", "score_sentences", "score_stances"]


class Models(NamedTuple):
    """The fitted classifiers."""

    stance: Any
    sentiment: Any
    framing: Any


STANCES, TONES, FRAMES = range(3)


def score_sentences(compiled: Compiled, rows: dict[str, list[Any]], min_confidence: float) -> pd.DataFrame:
    """Ask for the sentiment and framing of sentences.

    Parameters
    ----------
    compiled : Compiled
        The classifiers, in the order of :class:`Models`.
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
    models = Models(*compiled.models)
    labels = ordered_labels(SENTIMENT, models.sentiment.classes_)
    (tone, tone_known), (framing, framing_known) = _ask(
        compiled, {TONES: labels, FRAMES: list(FRAMING.labels)}, texts, texts
    )
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
        | _chosen("sentiment", models.sentiment, labels, tone, tone_known, min_confidence)
        | framing_columns(framing, unsure | (framing_known == 0)[:, None], models.framing.thresholds_)
        | {"known_terms": np.maximum(tone_known, framing_known)}
    )


def score_stances(
    compiled: Compiled, rows: dict[str, list[Any]], catalogue: Catalogue, min_confidence: float
) -> pd.DataFrame:
    """Ask for the stance toward each actor of each sentence.

    Parameters
    ----------
    compiled : Compiled
        The classifiers, in the order of :class:`Models`.
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
    models = Models(*compiled.models)
    labels = ordered_labels(STANCE, models.stance.classes_)
    texts, spans = rows["text"], rows["spans"]
    alike = list(zip(texts, map(tuple, spans), strict=True))
    ((proba, known),) = _ask(compiled, {STANCES: labels}, alike, texts, spans)
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
        | _chosen("stance", models.stance, labels, proba, known, min_confidence)
        | {"stance_known_terms": known}
    )


def _ask(
    compiled: Compiled,
    labels: dict[int, list[str]],
    alike: Sequence[Hashable],
    texts: Sequence[str],
    spans: Sequence[list[tuple[int, int]]] | None = None,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give models' probabilities with columns in the order of the labels, and their known terms.

    Rows that are alike, as in copies of an agency's report, are asked about once.
    """
    places: dict[Hashable, int] = {}
    inverse = [places.setdefault(key, len(places)) for key in alike]
    if len(places) < len(texts):
        firsts = dict(zip(reversed(inverse), range(len(inverse) - 1, -1, -1), strict=True))
        order = [firsts[place] for place in range(len(places))]
        texts = [texts[row] for row in order]
        spans = None if spans is None else [spans[row] for row in order]
    found = []
    for (proba, known), number in zip(compiled.assess(list(labels), texts, spans), labels, strict=True):
        columns = {str(label): place for place, label in enumerate(compiled.models[number].classes_)}
        padded = np.column_stack([proba, np.zeros(len(proba))])
        chosen = padded[:, [columns.get(label, -1) for label in labels[number]]]
        found.append((chosen[inverse], known[inverse]) if len(places) < len(alike) else (chosen, known))
    return found


def _chosen(
    name: str, model: Any, labels: list[str], proba: np.ndarray, known: np.ndarray, min_confidence: float
) -> dict[str, Any]:
    """Choose labels by the model's thresholds, and leave out those that are not sure enough."""
    thresholds = dict(zip(map(str, model.classes_), model.thresholds_, strict=True))
    # A label that the model does not have has no probability, whatever it is measured by.
    given = labels_given(proba, np.array([thresholds.get(label, 1.0) for label in labels]))
    unsure = proba[np.arange(len(proba)), given] < min_confidence
    return label_columns(name, labels, proba, given, (known == 0) | unsure)
