"""The Scorer: segments articles, finds actors, and asks the three classifiers."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from stancekit.actors import Catalogue, Matcher, Mention
from stancekit.articles import Chunk, Rejection, check_articles, rejected_frame
from stancekit.errors import InputError, ModelError
from stancekit.features.masking import unmasked_words
from stancekit.holders import Attribution, attribute
from stancekit.models import ESTIMATORS, load_model
from stancekit.scoring.frames import frame_of, framing_columns, label_columns, ordered_labels
from stancekit.scoring.lineage import lineage
from stancekit.scoring.scores import Scores
from stancekit.sentences import segment
from stancekit.tasks import FRAMING, SENTIMENT, STANCE, Task

__all__ = ["Scorer"]

CHUNK = 200


class Models(NamedTuple):
    """The fitted classifiers."""

    stance: Any
    sentiment: Any
    framing: Any


class _Rows(NamedTuple):
    """What is known of sentences and mentions before anything is predicted, one list per column."""

    sentences: dict[str, list[Any]]
    stances: dict[str, list[Any]]


class Scorer:
    """Score articles: stance toward each actor, sentiment and framing of every sentence.

    Models are loaded at the first use.

    Parameters
    ----------
    stance, sentiment, framing : str, Path or classifier
        Name of a shipped model, model folder, or fitted classifier.
    actors : str, Path, DataFrame or Catalogue, optional
        Own actors: a file or frame is added to the built-in catalogue, its entries winning; a Catalogue is taken as it
        is.
    min_confidence : float, default 0.0
        Threshold of abstention: a label whose probability is below it is left missing. Probabilities stay.

    Examples
    --------
    >>> from stancekit import Scorer
    >>> scores = Scorer().score("The minister praised Kenya. Oxfam condemned the shelling.")
    >>> scores.stances["actor_id"].tolist()
    ['KEN', 'oxfam']
    """

    def __init__(
        self,
        *,
        stance: Any = "stance",
        sentiment: Any = "sentiment",
        framing: Any = "framing",
        actors: str | Path | pd.DataFrame | Catalogue | None = None,
        min_confidence: float = 0.0,
    ) -> None:
        self.stance = stance
        self.sentiment = sentiment
        self.framing = framing
        self.actors = actors
        self.min_confidence = min_confidence

    def __repr__(self) -> str:
        models = f"stance={self.stance!r}, sentiment={self.sentiment!r}, framing={self.framing!r}"
        return f"Scorer({models}, min_confidence={self.min_confidence})"

    # -- what is worked out once ---------------------------------------------------------------------------------------

    @cached_property
    def catalogue(self) -> Catalogue:
        """Who is looked for."""
        if isinstance(self.actors, Catalogue):
            return self.actors
        builtin = Catalogue.builtin()
        if self.actors is None:
            return builtin
        if isinstance(self.actors, pd.DataFrame):
            return builtin.extended(Catalogue.from_frame(self.actors, base=builtin))
        return builtin.extended(Catalogue.read(self.actors, base=builtin))

    @cached_property
    def matcher(self) -> Matcher:
        """Finds the catalogue's names."""
        return Matcher(self.catalogue)

    @cached_property
    def models(self) -> Models:
        """The three fitted classifiers."""
        if not 0 <= self.min_confidence <= 1:
            raise InputError(f"min_confidence must be between 0 and 1, got {self.min_confidence!r}")
        loaded = Models(
            *(
                load_model(given, task=task.name) if isinstance(given, str | Path) else _fitted(given, task)
                for task, given in self._given()
            )
        )
        if sorted(loaded.framing.classes_.tolist()) != sorted(FRAMING.labels):
            raise ModelError(
                f"framing needs a model of the flags {', '.join(FRAMING.labels)}, got one of "
                f"{', '.join(map(str, loaded.framing.classes_))}; ask such a model itself: "
                "load_model(...).predict_proba(sentences)"
            )
        if self.actors is not None:
            # Names of one's own actors must be hidden from the models like all others.
            loaded = Models(*(model.masking(self.catalogue) for model in loaded))
        return loaded

    def _given(self) -> tuple[tuple[Task, Any], ...]:
        return (STANCE, self.stance), (SENTIMENT, self.sentiment), (FRAMING, self.framing)

    # -- scoring -------------------------------------------------------------------------------------------------------

    def score(
        self,
        articles: pd.DataFrame | str,
        *,
        columns: Mapping[str, str] | None = None,
        jobs: int = 1,
        progress: bool = False,
    ) -> Scores:
        """Score articles.

        Parameters
        ----------
        articles : DataFrame or str
            One row per article, with ``article_id`` and ``text``, perhaps ``title``, ``published``, ``outlet`` and
            columns of one's own; or the text of a single article, which gets the id ``"article"``.
        columns : mapping of str to str, optional
            Which column holds what, where names differ: ``{"text": "body"}``.
        jobs : int, default 1
            Processes; -1 for as many as there are cores.
        progress : bool, default False
            Whether to show a bar on standard error.

        Returns
        -------
        Scores
            Rows in the order of the articles, whatever the number of processes.

        Raises
        ------
        InputError
            If ``articles`` is neither a frame nor a string, or a column is missing. Single rows that cannot be scored
            are listed in ``rejected`` instead.
        """
        if isinstance(articles, str):
            articles = pd.DataFrame({"article_id": ["article"], "text": [articles]})
        good, rejected = check_articles(articles, columns=columns)
        pieces = [
            Chunk(good.iloc[start : start + CHUNK].reset_index(drop=True), [])
            for start in range(0, max(len(good), 1), CHUNK)
        ]
        with tqdm(total=len(good), unit=" articles", disable=not progress) as bar:
            scored = []
            for scores in self.stream(pieces, jobs=jobs):
                scored.append(scores)
                bar.update(len(scores.articles))
        return Scores(
            sentences=pd.concat([scores.sentences for scores in scored], ignore_index=True),
            stances=pd.concat([scores.stances for scores in scored], ignore_index=True),
            articles=good.drop(columns="text"),
            rejected=rejected_frame(rejected),
            n_cut=sum(scores.n_cut for scores in scored),
            actors=pd.concat([scores.actors for scores in scored]).drop_duplicates("actor_id", ignore_index=True),
        )

    def stream(self, chunks: Iterable[Chunk], *, jobs: int = 1) -> Iterator[Scores]:
        """Score chunks of checked articles as they come, such as :func:`stancekit.articles.read_articles` reads them.

        Parameters
        ----------
        chunks : iterable of Chunk
            Articles, and what was rejected on the way.
        jobs : int, default 1
            Processes; -1 for as many as there are cores.

        Returns
        -------
        iterator of Scores
            One per chunk, in order. No more than a few chunks are held at a time.

        Raises
        ------
        InputError
            If ``jobs`` is no number of processes.
        """
        if not isinstance(jobs, int) or isinstance(jobs, bool) or jobs == 0:
            raise InputError(f"jobs must be a whole number of processes, or -1 for all cores, got {jobs!r}")
        # What is wrong with the arguments is said by the call, not by the first step of a loop.
        return self._stream(chunks, jobs)

    def _stream(self, chunks: Iterable[Chunk], jobs: int) -> Iterator[Scores]:
        if jobs == 1:
            for chunk in chunks:
                yield self._score_chunk(chunk.articles, list(chunk.rejected))
            return
        run = uuid4().hex
        tasks = (delayed(_score_in_process)(run, self, chunk.articles, list(chunk.rejected)) for chunk in chunks)
        yield from Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")(tasks)

    def __getstate__(self) -> dict[str, Any]:
        # What was loaded stays behind: each process loads the models once for itself.
        return {name: getattr(self, name) for name in ("stance", "sentiment", "framing", "actors", "min_confidence")}

    def _score_chunk(self, articles: pd.DataFrame, rejected: list[Rejection]) -> Scores:
        rows, n_cut = self._find(articles)
        return Scores(
            sentences=self._score_sentences(rows.sentences),
            stances=self._score_stances(rows.stances),
            articles=articles.drop(columns="text"),
            rejected=rejected_frame(rejected),
            n_cut=n_cut,
            actors=lineage(self.catalogue, [*rows.stances["actor_id"], *rows.stances["holder_id"]]),
        )

    # -- what is in the articles ---------------------------------------------------------------------------------------

    def _find(self, articles: pd.DataFrame) -> tuple[_Rows, int]:
        sentences: dict[str, list[Any]] = {
            name: [] for name in ("article_id", "sentence_id", "part", "sentence_start", "sentence_end", "text")
        }
        stances: dict[str, list[Any]] = {
            name: []
            for name in (
                *("article_id", "sentence_id", "actor_id", "mention", "mention_start", "mention_end", "n_mentions"),
                *("attributed", "holder_text", "holder_id", "text", "start", "end", "spans"),
            )
        }
        n_cut = 0
        for article_id, title, text in zip(articles["article_id"], articles["title"], articles["text"], strict=True):
            sentence_id = 0
            contents = [(part, text) for part, text in (("title", title), ("body", text)) if isinstance(text, str)]
            # Surnames that the models would read as words are not taken, so that no name reaches them.
            matcher = self.matcher.for_article([content for _, content in contents], unmasked_words())
            for part, content in contents:
                spans, cut = segment(content)
                n_cut += cut
                mentions = [matcher.find(content[start:end]) for start, end in spans]
                names = [matcher.names(content[start:end]) for start, end in spans]
                views = attribute(spans, content, mentions, names)
                for (start, end), found, view in zip(spans, mentions, views, strict=True):
                    row = (article_id, sentence_id, part, start, end, content[start:end])
                    for name, value in zip(sentences, row, strict=True):
                        sentences[name].append(value)
                    self._add_stances(stances, row, found, view)
                    sentence_id += 1
        return _Rows(sentences, stances), n_cut

    @staticmethod
    def _add_stances(
        stances: dict[str, list[Any]], sentence: tuple[Any, ...], found: list[Mention], views: list[Attribution]
    ) -> None:
        """Add a row for each actor of a sentence, in the order of their first mentions."""
        article_id, sentence_id, _, offset, _, text = sentence
        by_actor: dict[str, list[int]] = {}
        for index, mention in enumerate(found):
            by_actor.setdefault(mention.actor_id, []).append(index)
        for actor_id, indices in by_actor.items():
            first = found[indices[0]]
            view = next((views[index] for index in indices if views[index].attributed), views[indices[0]])
            row = (
                *(
                    article_id,
                    sentence_id,
                    actor_id,
                    text[first.start : first.end],
                    offset + first.start,
                    offset + first.end,
                    len(indices),
                ),
                *(view.attributed, view.holder_text, view.holder_id),
                *(text, first.start, first.end, [(found[index].start, found[index].end) for index in indices]),
            )
            for name, value in zip(stances, row, strict=True):
                stances[name].append(value)

    # -- what the models say -------------------------------------------------------------------------------------------

    def _score_sentences(self, rows: dict[str, list[Any]]) -> pd.DataFrame:
        texts = rows["text"]
        labels = ordered_labels(SENTIMENT, self.models.sentiment.classes_)
        tone, tone_known = self._ask(self.models.sentiment, labels, texts)
        framing, framing_known = self._ask(self.models.framing, list(FRAMING.labels), texts)
        unsure = np.maximum(framing, 1 - framing) < self.min_confidence
        return frame_of(
            {
                "article_id": rows["article_id"],
                "sentence_id": np.array(rows["sentence_id"], dtype=np.int64),
                "part": pd.Categorical(rows["part"], categories=["title", "body"], ordered=True),
                "sentence_start": np.array(rows["sentence_start"], dtype=np.int64),
                "sentence_end": np.array(rows["sentence_end"], dtype=np.int64),
                "text": texts,
            }
            | label_columns("sentiment", labels, tone, (tone_known == 0) | (_top(tone) < self.min_confidence))
            | framing_columns(framing, unsure | (framing_known == 0)[:, None])
            | {"known_terms": np.maximum(tone_known, framing_known)}
        )

    def _score_stances(self, rows: dict[str, list[Any]]) -> pd.DataFrame:
        labels = ordered_labels(STANCE, self.models.stance.classes_)
        targets = pd.DataFrame(
            {name: pd.Series(rows[name], dtype=object) for name in ("text", "start", "end", "spans")}
        )
        proba, known = self._ask(self.models.stance, labels, targets)
        actors = [self.catalogue[actor_id] for actor_id in rows["actor_id"]]
        return frame_of(
            {
                "article_id": rows["article_id"],
                "sentence_id": np.array(rows["sentence_id"], dtype=np.int64),
                "actor_id": rows["actor_id"],
                "actor": [actor.name for actor in actors],
                "kind": [actor.kind for actor in actors],
                "parent_id": [actor.parent_id for actor in actors],
                "mention": rows["mention"],
                **{
                    name: np.array(rows[name], dtype=np.int64)
                    for name in ("mention_start", "mention_end", "n_mentions")
                },
                "attributed": np.array(rows["attributed"], dtype=bool),
                "holder_text": rows["holder_text"],
                "holder_id": rows["holder_id"],
            }
            | label_columns("stance", labels, proba, (known == 0) | (_top(proba) < self.min_confidence))
            | {"stance_known_terms": known}
        )

    @staticmethod
    def _ask(model: Any, labels: list[str], X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Give a model's probabilities with columns in the order of the labels, and its known terms."""
        if not len(X):
            return np.zeros((0, len(labels))), np.zeros(0, dtype=np.int64)
        order = [
            list(map(str, model.classes_)).index(label) if label in set(map(str, model.classes_)) else -1
            for label in labels
        ]
        proba, known = model.assess(X)
        padded = np.column_stack([proba, np.zeros(len(proba))])
        return padded[:, order], known


def _fitted(model: Any, task: Task) -> Any:
    """Give back a classifier that is one for the task and fitted."""
    kind = ESTIMATORS[task.name]
    if not isinstance(model, kind) or not hasattr(model, "coef_"):
        what = f"an unfitted {kind.__name__}" if isinstance(model, kind) else type(model).__name__
        raise ModelError(
            f"{task.name} must be a model's name, a folder or a fitted {kind.__name__}, got {what}; "
            "fit it or give another"
        )
    return model


def _top(proba: np.ndarray) -> np.ndarray:
    return proba.max(axis=1) if len(proba) else np.zeros(0)


_LOADED: dict[str, Scorer] = {}


def _score_in_process(run: str, scorer: Scorer, articles: pd.DataFrame, rejected: list[Rejection]) -> Scores:
    """Score a chunk with this process's own copy, so that models are loaded once a run and not for every chunk."""
    if run not in _LOADED:
        _LOADED.clear()
        _LOADED[run] = scorer
    return _LOADED[run]._score_chunk(articles, rejected)  # noqa: SLF001
