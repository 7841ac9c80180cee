"""How well and how fast the actor matcher finds who stands in a sentence.

``python benchmarks/actors.py`` compares ``Matcher.find`` with the actors that the conflict-news corpus labels, one unit
per sentence and actor: a hit names the same actor and overlaps one of its labelled mentions. ``--misses`` lists what is
missed and what is found in vain, ``--drafts`` reads labelled drafts, not the tables.

``--speed`` measures CPU time on one core instead, with made entries added until there are 20 thousand aliases: of the
names alone, of names with what they stand for, of whole articles with the names they introduce. ``--texts FILE.jsonl``
measures articles of one's own.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pandas as pd
from tabulate import tabulate

from stancekit.actors import Actor, Catalogue, Matcher
from stancekit.sentences import segment

ROOT = Path(__file__).parent.parent
SPEED_CHARACTERS = 5_000_000
REPEATS = 7
ALIASES = 20_000
SYLLABLES = ("ba", "dor", "ke", "lin", "mu", "nar", "po", "ri", "sel", "tav", "un", "zo")

Spans = list[tuple[int, int]]


class Judged(NamedTuple):
    """What became of one actor in one sentence; the verdict is ``"hit"``, ``"missed"`` or ``"in vain"``."""

    verdict: str
    actor_id: str
    mention: str
    where: str
    text: str


def read_corpus(folder: Path, split: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sentences and stances of one split."""
    articles = pd.read_csv(folder / "articles.csv", dtype=str, usecols=["article_id", "split"])
    chosen = articles.loc[articles["split"] == split, "article_id"]
    sentences, stances = (pd.read_csv(folder / f"{name}.csv") for name in ("sentences", "stances"))
    return sentences[sentences["article_id"].isin(chosen)], stances[stances["article_id"].isin(chosen)]


def read_drafts(paths: list[Path], splits: Path, split: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the same from drafts; articles that no split is given to are left out."""
    sys.path.insert(0, str(ROOT / "tools"))
    import drafts  # noqa: PLC0415

    homes = dict(pd.read_csv(splits, dtype=str).itertuples(index=False))
    articles = [article for path in paths for article in drafts.parse(path)]
    chosen = [article for article in articles if homes.get(article.meta["article_id"]) == split]
    _, sentences, stances = drafts.tables(chosen, homes)
    return sentences, stances


def labelled_spans(stances: pd.DataFrame) -> dict[tuple[str, int], dict[str, Spans]]:
    """Return the labelled mentions by sentence and actor."""
    labelled: dict[tuple[str, int], dict[str, Spans]] = defaultdict(dict)
    for row in stances.itertuples():
        labelled[row.article_id, row.sentence_id][row.actor_id] = [tuple(span) for span in json.loads(row.spans)]
    return labelled


def judge(matcher: Matcher, sentences: pd.DataFrame, stances: pd.DataFrame) -> Iterator[Judged]:
    """Compare what is found with what is labelled, sentence by sentence."""
    labelled = labelled_spans(stances)
    for row in sentences.itertuples():
        text, where = row.text, f"{row.article_id} {row.sentence_id}"
        gold = labelled.get((row.article_id, row.sentence_id), {})
        found: dict[str, Spans] = defaultdict(list)
        for mention in matcher.find(text):
            found[mention.actor_id].append((mention.start, mention.end))
        for actor_id, spans in gold.items():
            met = any(start < end2 and start2 < end for start, end in spans for start2, end2 in found.get(actor_id, ()))
            if not met and actor_id in found:
                (start, end), *_ = found[actor_id]
                yield Judged("in vain", actor_id, text[start:end], where, text)
            (start, end), *_ = spans
            yield Judged("hit" if met else "missed", actor_id, text[start:end], where, text)
        for actor_id in found.keys() - gold.keys():
            (start, end), *_ = found[actor_id]
            yield Judged("in vain", actor_id, text[start:end], where, text)


def scores(kind: str, judged: list[Judged]) -> list[object]:
    """Return a row of the table: counts, precision, recall and F1 in percent."""
    count = {verdict: sum(one.verdict == verdict for one in judged) for verdict in ("hit", "missed", "in vain")}
    hits, labelled, found = count["hit"], count["hit"] + count["missed"], count["hit"] + count["in vain"]
    parts = (hits / max(found, 1), hits / max(labelled, 1), 2 * hits / max(found + labelled, 1))
    return [kind, labelled, found, *(100 * part for part in parts)]


def print_quality(judged: list[Judged], catalogue: Catalogue, *, with_misses: bool) -> None:
    """Print the table, and the errors if they are asked for."""
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        kinds[catalogue[one.actor_id].kind if one.actor_id in catalogue else "not in the catalogue"].append(one)
    rows = [scores("all", judged), *(scores(kind, kinds[kind]) for kind in sorted(kinds))]
    print(tabulate(rows, headers=["kind", "labelled", "found", "precision", "recall", "F1"], floatfmt=".1f"))
    if with_misses:
        for one in sorted(one for one in judged if one.verdict != "hit"):
            print(f"{one.verdict:8} {one.actor_id:25} {one.mention!r:28} {one.where}: {one.text}")


def with_made_aliases(catalogue: Catalogue, n_aliases: int) -> Catalogue:
    """Return the catalogue with made organisations of two aliases each, so many aliases in all."""
    made, n_known = [], sum(1 for actor in catalogue.values() for _ in actor.spellings())
    words = ["".join(parts).title() for parts in product(SYLLABLES, repeat=3)]
    for number in range((n_aliases - n_known + 1) // 2):
        first, second = words[number % len(words)], words[(number * 7 + number // len(words)) % len(words)]
        name = f"{first} {second} Union {number}"
        made.append(Actor(f"made-{number}", name, "organisation", aliases=(f"{first} {second} {number}",)))
    return Catalogue([*catalogue.values(), *made], source="made")


def read_texts(path: Path | None, corpus: Path, split: str) -> list[str]:
    """Return whole texts: those of a JSON Lines file, or of one split of the corpus."""
    if path is not None:
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line)["text"] for line in lines]
    articles = pd.read_csv(corpus / "articles.csv", dtype=str)
    return list(articles.loc[articles["split"] == split, "text"])


def speeds(texts: list[str], matcher: Matcher) -> Iterator[tuple[str, float, float, float]]:
    """Return for each task the median, worst and best speed of several runs, in millions of UTF-8 bytes a second."""
    size, chosen = 0, []
    for text in texts * (1 + SPEED_CHARACTERS // max(1, sum(map(len, texts)))):
        size += len(text)
        chosen.append((text, segment(text)[0]))
        if size >= SPEED_CHARACTERS:
            break
    n_bytes = sum(len(text.encode()) for text, _ in chosen)
    tasks: dict[str, Callable[[str, list[tuple[int, int]]], object]] = {
        "names of a text: Matcher.names": lambda text, _: matcher.names(text),
        "names and mentions: Matcher.scan_sentences": matcher.scan_sentences,
        "with names that articles introduce: Matcher.scan_article": lambda text, spans: matcher.scan_article(
            [text], [spans]
        ),
        "sentence by sentence: Matcher.scan": lambda text, spans: [
            matcher.scan(text[start:end]) for start, end in spans
        ],
    }
    times: dict[str, list[float]] = {name: [] for name in tasks}
    # In turns, so that what else the machine does falls on all of them.
    for _ in range(REPEATS):
        for name, task in tasks.items():
            started = time.process_time()
            for text, spans in chosen:
                task(text, spans)
            times[name].append(n_bytes / (time.process_time() - started) / 1e6)
    for name, rates in times.items():
        yield name, median(rates), min(rates), max(rates)


def main() -> int:
    """Print the tables."""
    corpus = ROOT / "datasets" / "conflict-news"
    parser = argparse.ArgumentParser(description="Precision, recall and speed of the actor matcher.")
    parser.add_argument("--corpus", type=Path, default=corpus, help="folder with articles, sentences and stances")
    parser.add_argument("--drafts", type=Path, nargs="+", help="labelled drafts, in place of the corpus")
    parser.add_argument(
        "--splits", type=Path, default=corpus / "splits.csv", help="CSV with article_id, split; for --drafts"
    )
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev")
    parser.add_argument("--misses", action="store_true", help="list what is missed and what is found in vain")
    parser.add_argument("--speed", action="store_true", help="measure MB/s on one core, in place of the quality")
    parser.add_argument("--texts", type=Path, help="JSON Lines with a field text, for --speed; default: the corpus")
    options = parser.parse_args()
    if options.speed:
        texts = read_texts(options.texts, options.corpus, options.split)
        catalogue = with_made_aliases(Catalogue.builtin(), ALIASES)
        n_aliases = sum(1 for actor in catalogue.values() for _ in actor.spellings())
        print(f"{n_aliases:,} aliases; CPU time on one core, {REPEATS} runs")
        rows = list(speeds(texts, Matcher(catalogue)))
        print(tabulate(rows, headers=["MB/s", "median", "worst", "best"], floatfmt=".1f"))
        return 0
    needed = [options.splits, *options.drafts] if options.drafts else [options.corpus / "stances.csv"]
    missing = [path for path in needed if not path.is_file()]
    if missing:
        print(f"No figures: {missing[0]} is not there; name the labels with --corpus, or --drafts and --splits.")
        return 0
    if options.drafts:
        sentences, stances = read_drafts(options.drafts, options.splits, options.split)
    else:
        sentences, stances = read_corpus(options.corpus, options.split)
    matcher = Matcher()
    print(f"{options.split}: {len(sentences)} sentences, {len(stances)} actor labels")
    judged = list(judge(matcher, sentences, stances))
    print_quality(judged, matcher.catalogue, with_misses=options.misses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
