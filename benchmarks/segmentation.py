"""Sentence boundaries and speed of `stancekit.sentences` beside sentencex alone.

``python benchmarks/segmentation.py [--ewt PATH]`` reads sentences of the English Web Treebank, one a line
with a blank line between documents, joins each document with single spaces and scores the predicted ends of sentences.
The end of a document, which nobody can miss, earns nothing. Both segmenters run in the same process, on one core.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import sentencex
from tabulate import tabulate

from stancekit.sentences import segment

DEFAULT_EWT = Path(__file__).parent.parent.parent / "shared" / "data" / "ewt" / "dev_sentences.txt"
SPEED_CHARACTERS = 5_000_000
REPEATS = 3

Ends = Callable[[str], list[int]]


def ends_of_stancekit(text: str) -> list[int]:
    """Return the ends of the sentences that stancekit finds."""
    return [end for _, end in segment(text).spans]


def ends_of_sentencex(text: str) -> list[int]:
    """Return the ends of the sentences that sentencex finds, without trailing white space."""
    ends = []
    for boundary in sentencex.get_sentence_boundaries("en", text):
        sentence = boundary["text"]
        if sentence.strip():
            ends.append(boundary["end_index"] - len(sentence) + len(sentence.rstrip()))
    return ends


def read_documents(path: Path) -> list[list[str]]:
    """Read documents as lists of sentences."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    documents = [[line.strip() for line in block.splitlines() if line.strip()] for block in blocks]
    return [document for document in documents if document]


def gold_ends(document: list[str]) -> set[int]:
    """Return the end offsets of the sentences joined with one space, but for the last."""
    ends, position = set(), 0
    for sentence in document[:-1]:
        ends.add(position + len(sentence))
        position += len(sentence) + 1
    return ends


def boundary_scores(documents: Iterable[list[str]], find_ends: Ends) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the ends within documents, in percent."""
    n_hit = n_found = n_gold = 0
    for document in documents:
        text = " ".join(document)
        gold = gold_ends(document)
        found = set(find_ends(text)) - {len(text)}
        n_hit += len(gold & found)
        n_found += len(found)
        n_gold += len(gold)
    precision, recall = n_hit / max(n_found, 1), n_hit / max(n_gold, 1)
    return 100 * precision, 100 * recall, 100 * 2 * n_hit / max(n_found + n_gold, 1)


def megabytes_per_second(texts: list[str], find_ends: Ends) -> float:
    """Return the best speed of several runs, in UTF-8 bytes."""
    n_bytes = sum(len(text.encode()) for text in texts)
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        for text in texts:
            find_ends(text)
        times.append(time.perf_counter() - started)
    return n_bytes / min(times) / 1e6


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="F1 of sentence boundaries and speed, beside sentencex alone.")
    parser.add_argument("--ewt", type=Path, default=DEFAULT_EWT, help="sentences, one a line, blank between documents")
    path = parser.parse_args().ewt
    if not path.is_file():
        print(f"No figures: {path} is not there; name a file of sentences with --ewt.")
        return 0
    documents = read_documents(path)
    texts = [" ".join(document) for document in documents]
    # Documents of one paragraph favour nobody; enough copies make the clock steady.
    texts *= max(1, SPEED_CHARACTERS // max(1, sum(map(len, texts))))
    rows = [
        (name, *boundary_scores(documents, find_ends), megabytes_per_second(texts, find_ends))
        for name, find_ends in (("stancekit", ends_of_stancekit), ("sentencex", ends_of_sentencex))
    ]
    n_boundaries = sum(len(document) - 1 for document in documents)
    print(f"{path.name}: {len(documents)} documents, {n_boundaries} boundaries inside them")
    print(tabulate(rows, headers=["segmenter", "precision", "recall", "F1", "MB/s"], floatfmt=".1f"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
