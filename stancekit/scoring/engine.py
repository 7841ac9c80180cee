"""What scores a portion of articles: the loaded models and the catalogue, with nothing left to look up."""

from functools import cached_property
from typing import Any

import pandas as pd

from stancekit.actors import Catalogue, Matcher
from stancekit.articles import check_articles, rejected_frame
from stancekit.compiled import Compiled
from stancekit.scoring.asking import Models, score_sentences, score_stances
from stancekit.scoring.finding import Rows, find_rows
from stancekit.scoring.frames import own_columns
from stancekit.scoring.lineage import lineage
from stancekit.scoring.scores import Scores
from stancekit.scoring.work import Work

__all__ = ["Engine"]


class Engine:
    """Score portions; pickled, it takes the models along.

    Parameters
    ----------
    models : Models
        Fitted classifiers that mask the names of the catalogue.
    catalogue : Catalogue
        Who is looked for.
    min_confidence : float
        Threshold of abstention.
    """

    def __init__(self, models: Models, catalogue: Catalogue, min_confidence: float) -> None:
        self.models = models
        self.catalogue = catalogue
        self.min_confidence = min_confidence
        self._long: tuple[tuple[str, str], Rows] | None = None

    @cached_property
    def matcher(self) -> Matcher:
        """Finds the catalogue's names."""
        return Matcher(self.catalogue)

    @cached_property
    def compiled(self) -> Compiled:
        """The models as they are asked; native code cannot be pickled, so each process makes its own."""
        return Compiled(self.models)

    def score_work(self, work: Work) -> Scores:
        """Score a portion.

        Parameters
        ----------
        work : Work
            Articles, or a stretch of a long one.

        Returns
        -------
        Scores
            The article of a stretch is among the articles of its first one only.
        """
        rows = self._rows(work)
        sentences = score_sentences(self.compiled, rows.sentences, self.min_confidence)
        stances = score_stances(self.compiled, rows.stances, self.catalogue, self.min_confidence)
        described = work.articles if work.opens else work.articles.iloc[:0]
        return Scores(
            sentences=sentences,
            stances=stances,
            articles=own_columns(described.drop(columns="text"), {*sentences.columns, *stances.columns}),
            rejected=rejected_frame(work.rejected),
            n_cut=rows.n_cut,
            actors=lineage(self.catalogue, [*rows.stances["actor_id"], *rows.stances["holder_id"]]),
        )

    @cached_property
    def empty(self) -> Scores:
        """The scores of no article: all columns with their types."""
        nothing, _ = check_articles(pd.DataFrame({"article_id": [], "text": []}, dtype=object))
        return self.score_work(Work(nothing, []))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "models": self.models,
            "catalogue": self.catalogue,
            "min_confidence": self.min_confidence,
            "_long": None,
        }

    def _rows(self, work: Work) -> Rows:
        if work.sentences is None:
            return find_rows(work.articles, self.matcher)
        # What an article introduces and who speaks in it is known of the whole only; the next stretch needs it again.
        article = (work.articles["article_id"].iloc[0], work.articles["text"].iloc[0])
        held = self._long
        if held is None or held[0] != article:
            held = self._long = None
            held = (article, find_rows(work.articles, self.matcher))
        self._long = None if work.last else held
        return held[1].between(*work.sentences)
