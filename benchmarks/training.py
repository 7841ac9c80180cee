"""Time and memory of training with a report, on real sentences where there are enough of them.

Usage::

    python benchmarks/training.py [--rows 10000] [--task stance] [--no-search] [--jobs 2] [--shared ../shared/data]

Stance: sentences with targets of the split ``train`` of ``datasets/conflict-news`` and, where it lies in ``--shared``,
of NewsMTSC train, with their own labels: rows drawn without replacement, up to some 13,000. Where more are asked for,
sentences of ``--shared``'s unlabelled articles are added, each with one capitalised word after the other for target and
a label that follows from its rated words and chance; so vocabularies grow as those of real text do, while the figures
of such a model mean nothing. Other tasks take conflict-news and then the same sentences. Without ``--shared``, rows are
taken again with every sixth word drawn anew.

Printed are seconds, CPU seconds of all processes, and the peak memory of all processes together, sampled every
second (what they share counts once for each: proportional set size where the system tells it).
"""

import argparse
import json
import os
import re
import resource
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from joblib.externals.loky import get_reusable_executor
from timing import children

from stancekit import datasets
from stancekit.errors import InputError
from stancekit.lexicon import load_polarity
from stancekit.sentences import segment
from stancekit.training import train

HOME = Path(__file__).parent.parent
COLUMNS = ["article_id", "text", "start", "end", "label"]
FLAGS = ["humanitarian", "tactical"]


def labelled(task: str, shared: Path) -> pd.DataFrame:
    """Give the labelled rows there are."""
    corpus = datasets.load("conflict-news", split="train")
    if task != "stance":
        return corpus.sentences.rename(columns={"sentiment": "label"})[["article_id", "text", "label", *FLAGS]]
    parts = [corpus.stances[COLUMNS].astype({"label": "object"})]
    try:
        public = datasets.load("newsmtsc", split="train", path=shared / "newsmtsc").stances
        parts.append(public[COLUMNS].astype({"label": "object"}))
    except InputError as error:
        print(f"without NewsMTSC: {error}")
    return pd.concat(parts, ignore_index=True)


def sentences(shared: Path) -> Iterator[tuple[str, str]]:
    """Give the sentences of the unlabelled articles, with the number of their article."""
    path = shared / "unlabelled" / "articles.jsonl"
    if not path.is_file():
        print(f"without unlabelled articles: {path} is not there; words of the corpus are drawn anew")
        return
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            text = json.loads(line)["text"]
            for start, end in segment(text).spans:
                yield f"u{number}", text[start:end]


def drawn(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Give sentences of the corpus with every sixth word drawn anew, without end."""
    rng = np.random.default_rng(0)
    vocabulary = np.unique(" ".join(rows["text"]).split())
    number = 0
    while True:
        for article, text in zip(rows["article_id"], rows["text"], strict=True):
            words = text.split(" ")
            words[5::6] = rng.choice(vocabulary, len(words[5::6]))
            yield f"{article}-{number}", " ".join(words)
        number += 1


def further(task: str, rows: pd.DataFrame, n: int, shared: Path) -> pd.DataFrame:
    """Make so many rows more."""
    rng = np.random.default_rng(0)
    ratings = load_polarity()
    found: list[dict[str, object]] = []
    for source in (sentences(shared), drawn(rows)):
        for article, text in source:
            mood = sum(ratings.get(word, 0.0) for word in text.lower().split()) + rng.normal()
            label = "favor" if mood > 1 else "against" if mood < -1 else "neutral"
            row = {"article_id": article, "text": text, "label": label, "humanitarian": mood > 1, "tactical": mood < -1}
            targets = list(re.finditer(r"\b[A-Z]\w+", text)) if task == "stance" else [None]
            found += [
                row | ({} if target is None else {"start": target.start(), "end": target.end()}) for target in targets
            ]
            if len(found) >= n:
                return pd.DataFrame(found[:n])
    raise AssertionError


def made(task: str, n: int, shared: Path) -> pd.DataFrame:
    """Make so many rows of a task."""
    rows = labelled(task, shared)
    if n <= len(rows):
        return rows.sample(n, random_state=0).reset_index(drop=True)
    return pd.concat([rows, further(task, rows, n - len(rows), shared)], ignore_index=True)


class Watch(threading.Thread):
    """Samples the memory of this process and all its children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Sample until told to stop."""
        while not self.done.wait(1.0):
            self.peak = max(self.peak, sum(map(_memory, [os.getpid(), *children(os.getpid())])))


def _memory(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--task", default="stance", choices=("stance", "sentiment", "framing"))
    parser.add_argument("--no-search", action="store_true")
    parser.add_argument("--jobs", type=int, default=-1)
    parser.add_argument("--shared", type=Path, default=HOME.parent / "shared" / "data")
    options = parser.parse_args()
    frame = made(options.task, options.rows, options.shared)
    watch = Watch()
    watch.start()
    start = time.perf_counter()
    trained = train(frame, task=options.task, search=not options.no_search, jobs=options.jobs)
    seconds = time.perf_counter() - start
    watch.done.set()
    watch.join()
    # Only the times of children that have ended are told.
    get_reusable_executor().shutdown(wait=True)
    cpu = sum(
        resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    peak = max(watch.peak, 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    print(f"{len(frame):,} rows, {trained.model.coef_.shape[1]:,} features, {len(trained.tried)} settings")
    print(f"{seconds:.1f} s; {cpu:.1f} CPU seconds of all processes; peak memory {peak / 2**30:.2f} GB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
