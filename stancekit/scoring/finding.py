"""What is in articles before any model is asked: sentences, mentions of actors, and whose view they give."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from stancekit.actors import Matcher, Mention
from stancekit.features.masking import unmasked_words
from stancekit.holders import Attribution, attribute
from stancekit.sentences import segment

__all__ = ["PARTS", "Rows", "contents_of", "find_rows"]

PARTS = ("title", "body")

SENTENCE = ("article_id", "sentence_id", "part", "sentence_start", "sentence_end", "text")
STANCE = (
    *("article_id", "sentence_id", "actor_id", "mention", "mention_start", "mention_end", "n_mentions"),
    *("attributed", "holder_text", "holder_id", "text", "start", "end", "spans"),
)


class Rows(NamedTuple):
    """What is known of sentences and of their actors, one list per column.

    Attributes
    ----------
    sentences, stances : dict of str to list
        Columns by name; the stances hold what the models look at (``text``, ``start``, ``end``, ``spans``), too.
    n_cut : int
        Sentences that were cut hard for their length.
    """

    sentences: dict[str, list[Any]]
    stances: dict[str, list[Any]]
    n_cut: int

    def between(self, first: int, last: int) -> "Rows":
        """Give some of the sentences of a single article.

        Parameters
        ----------
        first, last : int
            Sentence ids, the last one excluded.

        Returns
        -------
        Rows
            Hard cuts are counted with the first sentences.
        """
        ids = self.stances["sentence_id"]
        kept = [index for index, sentence_id in enumerate(ids) if first <= sentence_id < last]
        sentences = {name: values[first:last] for name, values in self.sentences.items()}
        stances = {name: [values[index] for index in kept] for name, values in self.stances.items()}
        return Rows(sentences, stances, self.n_cut if first == 0 else 0)


def contents_of(title: object, text: str) -> list[tuple[str, str]]:
    """Give the parts of an article that there are.

    Parameters
    ----------
    title : str or missing
        Its title.
    text : str
        Its body.

    Returns
    -------
    list of (str, str)
        Name of the part, and what it holds.
    """
    return [(part, held) for part, held in zip(PARTS, (title, text), strict=True) if isinstance(held, str)]


def find_rows(articles: pd.DataFrame, matcher: Matcher) -> Rows:
    """Segment articles and find the actors of each sentence.

    Parameters
    ----------
    articles : DataFrame
        Checked articles.
    matcher : Matcher
        Finds the actors.

    Returns
    -------
    Rows
        In the order of the articles.
    """
    sentences: dict[str, list[Any]] = {name: [] for name in SENTENCE}
    stances: dict[str, list[Any]] = {name: [] for name in STANCE}
    n_cut = 0
    columns = (articles[name].tolist() for name in ("article_id", "title", "text"))
    for article_id, title, text in zip(*columns, strict=True):
        sentence_id = 0
        contents = contents_of(title, text)
        segmented = [segment(content) for _, content in contents]
        # Surnames that the models would read as words are not taken, so that no name reaches them.
        scanned = matcher.scan_article(
            [content for _, content in contents], [spans for spans, _ in segmented], unmasked_words()
        )
        for (part, content), (spans, cut), found_in in zip(contents, segmented, scanned, strict=True):
            n_cut += cut
            names, mentions = (list(column) for column in zip(*found_in, strict=True)) if found_in else ([], [])
            views = attribute(spans, content, mentions, names)
            texts = [content[start:end] for start, end in spans]
            ids = range(sentence_id, sentence_id + len(spans))
            starts, ends = zip(*spans, strict=True) if spans else ((), ())
            rows = ([article_id] * len(spans), ids, [part] * len(spans), starts, ends, texts)
            _extend(sentences, rows)
            _add_stances(stances, article_id, zip(ids, starts, texts, mentions, views, strict=True))
            sentence_id += len(spans)
    return Rows(sentences, stances, n_cut)


def _extend(columns: dict[str, list[Any]], more: Iterable[Iterable[Any]]) -> None:
    for column, values in zip(columns.values(), more, strict=True):
        column.extend(values)


def _add_stances(
    stances: dict[str, list[Any]],
    article_id: object,
    sentences: Iterable[tuple[int, int, str, Sequence[Mention], Sequence[Attribution]]],
) -> None:
    """Add a row for each actor of each sentence, in the order of their first mentions."""
    rows: list[tuple[Any, ...]] = []
    for sentence_id, offset, text, found, views in sentences:
        if not found:
            continue
        by_actor: dict[str, list[int]] = {}
        for index, (_, _, actor_id, _) in enumerate(found):
            by_actor.setdefault(actor_id, []).append(index)
        for actor_id, indices in by_actor.items():
            spans = [found[index][:2] for index in indices]
            start, end = spans[0]
            view = views[indices[0]]
            if len(indices) > 1 and not view.attributed:
                view = next((views[index] for index in indices if views[index].attributed), view)
            attributed, holder_text, _, _, holder_id = view
            head = (article_id, sentence_id, actor_id, text[start:end], offset + start, offset + end, len(indices))
            rows.append((*head, attributed, holder_text, holder_id, text, start, end, spans))
    if rows:
        _extend(stances, zip(*rows, strict=True))
