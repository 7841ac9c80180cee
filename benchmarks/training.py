"""Time and memory of training with a report, on rows made from the corpus.

Usage::

    python benchmarks/training.py [--rows 10000] [--task stance] [--no-search]

The rows are those of ``datasets/conflict-news``. Where more are asked for than it has, they are taken again with words
drawn anew in every sixth place, so that their phrases go on growing as those of real text do; the figures of such a
model mean nothing.
"""

import argparse
import resource
import sys
import time

import numpy as np
import pandas as pd

from stancekit import datasets
from stancekit.training import train


def made(task: str, n: int) -> pd.DataFrame:
    """Make so many rows of a task."""
    corpus = datasets.load("conflict-news")
    rows = corpus.stances if task == "stance" else corpus.sentences
    rng = np.random.default_rng(0)
    vocabulary = np.unique(" ".join(corpus.sentences["text"]).split())
    parts = []
    for number in range(-(-n // len(rows))):
        part = rows.copy()
        part["article_id"] = part["article_id"].astype(str) + f"-{number}"
        if number:
            # Words after the target only, so that its offsets stay right.
            ends = part["end"] if task == "stance" else [0] * len(part)
            part["text"] = [
                text[: int(end)] + " ".join(varied(text[int(end) :].split(" "), vocabulary, rng))
                for text, end in zip(part["text"], ends, strict=True)
            ]
        parts.append(part.drop(columns="spans", errors="ignore"))
    return pd.concat(parts, ignore_index=True).iloc[:n]


def varied(words: list[str], vocabulary: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Draw every sixth word anew."""
    return [str(rng.choice(vocabulary)) if place % 6 == 5 else word for place, word in enumerate(words)]


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--task", default="stance", choices=("stance", "sentiment", "framing"))
    parser.add_argument("--no-search", action="store_true")
    options = parser.parse_args()
    frame = made(options.task, options.rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    trained = train(frame, task=options.task, search=not options.no_search)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{len(frame):,} rows, {trained.model.coef_.shape[1]:,} features, {len(trained.tried)} settings")
    print(f"{seconds:.1f} s, peak memory {peak / 2**20:.2f} GB ({before / 2**20:.2f} GB before training)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
