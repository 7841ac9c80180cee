"""Work in portions: bounded in articles and in bytes, so that one long article is many portions."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from stancekit.articles import Chunk, Rejection
from stancekit.scoring.finding import contents_of
from stancekit.sentences import segment

__all__ = ["CHARACTERS", "Work", "portions"]

CHARACTERS = 1_000_000
"""A portion holds about so many characters at most."""

SENTENCES = 5_000
"""A longer article goes in portions of so many sentences."""


class Work(NamedTuple):
    """What is scored at a time.

    Attributes
    ----------
    articles : DataFrame
        Checked articles; a single one if `sentences` says which part of it is meant.
    rejected : list of Rejection
        What was rejected before them.
    sentences : (int, int) or None
        First sentence and the one after the last; None for whole articles.
    last : bool
        Whether the chunk ends here.
    position : int
        Of the chunk, for those portions that end it.
    """

    articles: pd.DataFrame
    rejected: list[Rejection]
    sentences: tuple[int, int] | None = None
    last: bool = True
    position: int = 0

    @property
    def opens(self) -> bool:
        """Whether the articles begin here, rather than going on from the portion before."""
        return self.sentences is None or self.sentences[0] == 0


def portions(chunks: Iterable[Chunk]) -> Iterator[Work]:
    """Part chunks of articles into portions of bounded size.

    Where a chunk ends depends on nothing but the articles in it, so that the portions are the same in every run.

    Parameters
    ----------
    chunks : iterable of Chunk
        Checked articles.

    Yields
    ------
    Work
        One or more for each chunk, in order.
    """
    before = 0
    for chunk in chunks:
        works = list(_parted(chunk.articles))
        rejected = chunk.rejected
        for number, work in enumerate(works, start=1):
            position = before + (chunk.position - before) * number // len(works)
            yield work._replace(rejected=rejected, last=number == len(works), position=position)
            rejected = []
        before = chunk.position


def _parted(articles: pd.DataFrame) -> Iterator[Work]:
    sizes = articles["text"].str.len().tolist()
    start, held = 0, 0
    for stop, size in enumerate(sizes):
        if stop > start and held + size > CHARACTERS:
            yield _whole(articles, start, stop)
            start, held = stop, 0
        held += size
        if size > CHARACTERS:
            yield from _pieces(_whole(articles, start, stop + 1))
            start, held = stop + 1, 0
    if start < len(sizes) or not sizes:
        yield _whole(articles, start, len(sizes))


def _whole(articles: pd.DataFrame, start: int, stop: int) -> Work:
    return Work(articles.iloc[start:stop].reset_index(drop=True), [])


def _pieces(work: Work) -> Iterator[Work]:
    """Part a long article by its sentences; it is segmented once more where they are scored, which costs little."""
    title, text = work.articles["title"].iloc[0], work.articles["text"].iloc[0]
    total = sum(len(segment(content).spans) for _, content in contents_of(title, text))
    for first in range(0, max(total, 1), SENTENCES):
        yield work._replace(sentences=(first, min(first + SENTENCES, total)))
