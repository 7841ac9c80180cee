"""The Scorer: segments articles, finds actors, and asks the three classifiers."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from stancekit.actors import Catalogue
from stancekit.articles import Chunk, check_articles, rejected_frame
from stancekit.errors import InputError, ModelError
from stancekit.jobs import process_count
from stancekit.models import ESTIMATORS, load_model
from stancekit.scoring.asking import Models
from stancekit.scoring.engine import Engine
from stancekit.scoring.frames import renamed_columns
from stancekit.scoring.giving import chunks_of
from stancekit.scoring.processes import Here, Pool, Processes, in_order
from stancekit.scoring.scores import Scores
from stancekit.scoring.work import portions
from stancekit.tasks import FRAMING, SENTIMENT, STANCE, Task

__all__ = ["Scorer", "renamed_message"]

CHUNK = 200


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

    @cached_property
    def engine(self) -> Engine:
        """What does the work, loaded."""
        return Engine(self.models, self.catalogue, self.min_confidence)

    def pool(self, jobs: int = 1) -> Pool:
        """Give what scores portions.

        Parameters
        ----------
        jobs : int, default 1
            Processes; -1 for as many as there are cores.

        Returns
        -------
        Pool
            This process for one job.

        Raises
        ------
        InputError
            If ``jobs`` is no number of processes.
        """
        count = process_count(jobs)
        return Here(self.engine.score_work) if count == 1 else Processes(self.engine, count)

    def __getstate__(self) -> dict[str, Any]:
        # What was loaded stays behind: it is loaded once more where it is needed.
        return {name: getattr(self, name) for name in ("stance", "sentiment", "framing", "actors", "min_confidence")}

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
        WorkerError
            If a process was killed.
        """
        if isinstance(articles, str):
            articles = pd.DataFrame({"article_id": ["article"], "text": [articles]})
        good, rejected = check_articles(articles, columns=columns)
        chunks = [
            Chunk(good.iloc[start : start + CHUNK].reset_index(drop=True), [])
            for start in range(0, max(len(good), 1), CHUNK)
        ]
        scored = []
        with tqdm(total=len(good), unit=" articles", disable=not progress) as bar:
            for scores in self.stream(chunks, jobs=jobs):
                scored.append(scores)
                bar.update(len(scores.articles))
        whole = Scores.concat(scored)
        described = good.drop(columns="text").set_axis(whole.articles.columns, axis=1)
        return replace(whole, articles=described, rejected=rejected_frame(rejected))

    def stream(
        self,
        articles: Any,
        *,
        chunk: int = 1000,
        columns: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
        jobs: int = 1,
    ) -> Iterator[Scores]:
        """Score any number of articles a chunk at a time, in the memory of a few chunks.

        Parameters
        ----------
        articles : str, Path, DataFrame, or iterable of str, Path, DataFrame or Chunk
            Files and folders as for :func:`stancekit.articles.read_articles`; or a frame; or frames as they come, from
            a database, say; or chunks that are checked already. Ids must be unique across all of them.
        chunk : int, default 1000
            Articles at a time at most; of files no more than about a million characters.
        columns : mapping of str to str, optional
            Which column holds what, where names differ: ``{"text": "body"}``.
        encoding : str, default "utf-8"
            Of text, CSV and JSONL files.
        jobs : int, default 1
            Processes; -1 for as many as there are cores.

        Returns
        -------
        iterator of Scores
            One per chunk, in order; an article is never parted. What they hold is the same for any size of chunk and
            any number of processes. What could not be read is in ``rejected``.

        Raises
        ------
        InputError
            If an argument cannot be used.
        WorkerError
            If a process was killed.

        Examples
        --------
        >>> import pandas as pd
        >>> from stancekit import Scorer
        >>> frame = pd.DataFrame({"article_id": list("abc"), "text": "Kenya praised Oxfam."})
        >>> [len(scores.stances) for scores in Scorer().stream(frame, chunk=2)]
        [4, 2]
        """
        if isinstance(chunk, bool) or not hasattr(chunk, "__index__") or chunk < 1:
            raise InputError(f"chunk must be a whole number of articles, at least 1, got {chunk!r}")
        # What is wrong with the arguments is said by the call, not by the first step of a loop.
        pool = self.pool(jobs)
        return self._stream(chunks_of(articles, chunk=int(chunk), columns=columns, encoding=encoding), pool)

    def _stream(self, chunks: Iterable[Chunk], pool: Pool) -> Iterator[Scores]:
        parts: list[Scores] = []
        told: set[str] = set()
        for work, scores in in_order(pool, portions(chunks)):
            self._warn_of_names(list(work.articles.columns), told)
            parts.append(scores)
            if work.last:
                whole, parts = Scores.concat(parts), []
                yield whole

    def _warn_of_names(self, columns: list[str], told: set[str]) -> None:
        fresh = {name: to for name, to in self.renamed(columns).items() if name not in told}
        if fresh:
            told.update(fresh)
            warnings.warn(renamed_message(fresh), UserWarning, stacklevel=4)

    def renamed(self, columns: list[str]) -> dict[str, str]:
        """Say which columns of articles get another name, since scores have a column of theirs.

        Parameters
        ----------
        columns : list of str
            Of the articles.

        Returns
        -------
        dict of str to str
            New names by old.
        """
        return renamed_columns(columns, {*self.engine.empty.sentences.columns, *self.engine.empty.stances.columns})


def renamed_message(renamed: Mapping[str, str]) -> str:
    """Say that columns have other names in the results.

    Parameters
    ----------
    renamed : mapping of str to str
        New names by old; at least one.

    Returns
    -------
    str
        One line.
    """
    told = ", ".join(f"{name!r} is called {to!r}" for name, to in renamed.items())
    return f"columns of the articles have other names in the results, since the scores have such columns too: {told}"


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
