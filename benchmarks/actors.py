"""How well and how fast the actor matcher finds who stands in a sentence.

``python benchmarks/actors.py`` compares ``Matcher.find`` with the actors that the conflict-news corpus labels, one unit
per sentence and actor: a hit names the same actor and overlaps one of its labelled mentions. ``--misses`` lists what is
missed and what is found in vain, ``--speed`` measures one core, ``--drafts`` reads labelled drafts, not the tables.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from tabulate import tabulate

from stancekit.actors import Catalogue, Matcher

ROOT = Path(__file__).parent.parent
SPEED_CHARACTERS = 5_000_000
REPEATS = 3

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


def megabytes_per_second(texts: list[str], matcher: Matcher) -> float:
    """Return the best speed of several runs, in UTF-8 bytes."""
    texts = texts * max(1, SPEED_CHARACTERS // max(1, sum(map(len, texts))))
    n_bytes = sum(len(text.encode()) for text in texts)
    times = []
    for _ in range(REPEATS):
        started = time.process_time()
        for text in texts:
            matcher.find(text)
        times.append(time.process_time() - started)
    return n_bytes / min(times) / 1e6


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
    options = parser.parse_args()
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
    if options.speed:
        print(f"Matcher.find: {megabytes_per_second(list(sentences['text']), matcher):.1f} MB/s")
    else:
        judged = list(judge(matcher, sentences, stances))
        print_quality(judged, matcher.catalogue, with_misses=options.misses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
