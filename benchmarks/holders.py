"""How well `stancekit.holders` tells the narrator's view from attributed ones, and how fast.

``python benchmarks/holders.py [--corpus FOLDER] [--split dev] [--misses]`` reads the tables of a labelled corpus
(articles.csv, sentences.csv, stances.csv). Mentions are the labelled ones, so that only attribution is measured.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stancekit.actors import Mention
from stancekit.holders import Attribution, attribute, per_actor

DEFAULT_CORPUS = Path(__file__).parent.parent / "datasets" / "conflict-news"
TABLES = ("articles", "sentences", "stances")


class Part(NamedTuple):
    """One part of an article with what is labelled in it."""

    article_id: str
    text: str
    sentences: list[tuple[int, int]]
    mentions: list[list[Mention]]
    gold: list[dict[str, Attribution]]


def read_parts(corpus: Path, split: str) -> Iterator[Part]:
    """Read the parts of the articles of a split."""
    articles, sentences, stances = (
        pd.read_csv(corpus / f"{name}.csv", dtype={"holder_text": "str", "holder_id": "str"}) for name in TABLES
    )
    labels = dict(iter(stances.groupby(["article_id", "sentence_id"])))
    for article in articles[articles["split"] == split].itertuples():
        rows = sentences[sentences["article_id"] == article.article_id]
        for name, text in (("title", article.title), ("body", article.text)):
            part = rows[rows["part"] == name]
            spans = list(zip(part["sentence_start"], part["sentence_end"], strict=True))
            mentions, gold = [], []
            for sentence_id in part["sentence_id"]:
                labelled = labels.get((article.article_id, sentence_id))
                found, views = [], {}
                for row in labelled.itertuples() if labelled is not None else ():
                    found += [Mention(start, end, row.actor_id, "name") for start, end in json.loads(row.spans)]
                    holder = [None if pd.isna(value) else value for value in (row.holder_text, row.holder_id)]
                    views[row.actor_id] = Attribution(bool(row.attributed), holder[0], None, None, holder[1])
                mentions.append(sorted(found))
                gold.append(views)
            yield Part(str(article.article_id), str(text), spans, mentions, gold)


def pairs(parts: list[Part]) -> Iterator[tuple[str, str, str, Attribution, Attribution]]:
    """Give ``(article_id, sentence, actor_id, gold, found)`` for every labelled row."""
    for part in parts:
        found = attribute(part.sentences, part.text, part.mentions)
        for (start, end), mentions, gold, attributions in zip(
            part.sentences, part.mentions, part.gold, found, strict=True
        ):
            answers = per_actor(mentions, attributions)
            for actor_id, view in gold.items():
                yield part.article_id, part.text[start:end], actor_id, view, answers[actor_id]


def overlap(gold: str, found: str | None) -> float:
    """Give the share of words that two phrases have in common (Jaccard)."""
    left, right = set(gold.lower().split()), set((found or "").lower().split())
    return len(left & right) / len(left | right)


def megabytes_per_second(parts: list[Part], repeats: int = 5) -> float:
    """Give the best speed of several runs, in UTF-8 bytes."""
    n_bytes = sum(len(part.text.encode()) for part in parts)
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        for part in parts:
            attribute(part.sentences, part.text, part.mentions)
        best = min(best, time.perf_counter() - started)
    return n_bytes / best / 1e6


def report(rows: list[tuple[str, str, str, Attribution, Attribution]]) -> Iterator[str]:
    """Give the lines of the report."""
    both = [(gold, found) for *_, gold, found in rows if gold.attributed and found.attributed]
    n_gold = sum(gold.attributed for *_, gold, _ in rows)
    n_found = sum(found.attributed for *_, found in rows)
    precision, recall = len(both) / max(n_found, 1), len(both) / max(n_gold, 1)
    f1 = 2 * len(both) / max(n_found + n_gold, 1)
    ids = sum(gold.holder_id == found.holder_id for gold, found in both) / max(len(both), 1)
    named = [overlap(gold.holder_text, found.holder_text) for gold, found in both if gold.holder_text]
    yield f"{len(rows)} rows, {n_gold} attributed, {n_found} found attributed"
    yield f"attributed: F1 {100 * f1:.1f}, precision {100 * precision:.1f}, recall {100 * recall:.1f}"
    yield f"given both attributed ({len(both)}): holder_id right {100 * ids:.1f} %"
    mean, exact = sum(named) / max(len(named), 1), sum(value == 1 for value in named)
    yield f"holder_text overlap (words) {100 * mean:.1f} % of {len(named)}, exact {exact}"


def misses(rows: list[tuple[str, str, str, Attribution, Attribution]]) -> Iterator[str]:
    """Give the rows that went wrong, one a line."""
    for article_id, sentence, actor_id, gold, found in rows:
        if gold.attributed != found.attributed:
            kind = "missed" if gold.attributed else "false"
        elif gold.attributed and (
            gold.holder_id != found.holder_id or overlap(gold.holder_text or "-", found.holder_text or "-") < 0.5
        ):
            kind = "holder"
        else:
            continue
        wanted, got = (f"{view.holder_text} = {view.holder_id}" for view in (gold, found))
        yield f"{kind:7}{article_id} | {actor_id} | {wanted} | got {got}\n       {sentence}"


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--corpus", type=Path, default=DEFAULT_CORPUS, help="folder with articles, sentences and stances as CSV"
    )
    parser.add_argument("--split", default="dev", help="which articles")
    parser.add_argument("--misses", action="store_true", help="print the rows that went wrong")
    options = parser.parse_args()
    absent = [f"{name}.csv" for name in TABLES if not (options.corpus / f"{name}.csv").is_file()]
    if absent:
        print(f"No figures: {options.corpus} lacks {', '.join(absent)}; name another folder with --corpus.")
        return 0
    parts = list(read_parts(options.corpus, options.split))
    if not parts:
        print(f"No figures: no article of {options.corpus} has the split {options.split!r}; name another with --split.")
        return 0
    rows = list(pairs(parts))
    print("\n".join(report(rows)))
    print(f"speed: {megabytes_per_second(parts):.1f} MB/s on one core")
    if options.misses:
        print("\n".join(misses(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
