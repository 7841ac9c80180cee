"""Make any number of articles, drawn with a seed, in which no sentence stands twice.

Articles are drawn from the training split of datasets/conflict-news, or from any file or folder of articles, and a
number of its own is woven into every sentence, between two words that are written small where there are such. So
sentences are as long and as rich in names as those they come from, and none can be answered by remembering another;
stancekit asks about equal sentences once per chunk, which a corpus that repeats itself would show as speed.
``--copies`` puts wire copy in on purpose: that share of the articles repeats one of the last hundred word by word.

Usage::

    python benchmarks/corpus.py 10000 --output articles.csv [--texts FILE_OR_FOLDER] [--copies 0.5] [--seed 7]
"""

import argparse
import csv
import random
import re
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path

import pandas as pd

from stancekit.articles import read_articles
from stancekit.errors import InputError
from stancekit.sentences import segment

__all__ = ["Corpus", "distinct", "texts_of"]

HOME = Path(__file__).parent.parent
SEED = 7
# All numbers have as many digits, so that later articles are not longer.
FIRST_NUMBER = 100_000_000
# From among so many articles wire copy is taken.
RECENT = 100
GAP = re.compile(r"(?<=[a-z]) (?=[a-z])")


def texts_of(place: Path | None) -> list[str]:
    """Give the texts that articles are drawn from.

    Parameters
    ----------
    place : Path or None
        File or folder of articles; the training split of conflict-news where there is none.
    """
    if place is None:
        articles = pd.read_csv(HOME / "datasets" / "conflict-news" / "articles.csv")
        return articles.loc[articles["split"] == "train", "text"].tolist()
    texts = [text for chunk in read_articles([place]) for text in chunk.articles["text"]]
    if not texts:
        raise InputError(f"{place.name}: no article in it to draw from; give a file or folder that has some")
    return texts


def _pieces(text: str) -> list[str]:
    """Part a text where numbers are woven in, one per sentence."""
    cuts = []
    for start, end in segment(text).spans:
        gaps = [gap.start() for gap in GAP.finditer(text, start, end)]
        cuts.append(gaps[-1] if gaps else start)
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


class Corpus:
    """Articles without end; each call goes on where the last one stopped, so that nothing comes twice.

    Parameters
    ----------
    texts : sequence of str
        What articles are drawn from.
    seed : int
        Of the drawing.
    copies : float
        Share of articles that repeat another.
    """

    def __init__(self, texts: Sequence[str], *, seed: int = SEED, copies: float = 0.0) -> None:
        if not 0 <= copies < 1:
            raise InputError(f"copies must be at least 0 and less than 1, got {copies!r}")
        self._texts = texts
        self._parted: dict[int, list[str]] = {}
        self._draw = random.Random(seed)
        self._copies = copies
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._numbers = count(FIRST_NUMBER)

    def __iter__(self) -> Iterator[str]:
        while True:
            if self._copies and self._recent and self._draw.random() < self._copies:
                yield self._draw.choice(self._recent)
            else:
                text = self._woven(self._draw.randrange(len(self._texts)))
                self._recent.append(text)
                yield text

    def take(self, n: int) -> list[str]:
        """Give the next articles."""
        return list(islice(self, n))

    def of_length(self, n: int, length: int) -> list[str]:
        """Give articles of at least so many characters, each made of several drawn ones."""
        return [self._long(length) for _ in range(n)]

    def frame(self, n: int) -> pd.DataFrame:
        """Give the next articles as a frame."""
        return framed(self.take(n))

    def write(self, path: Path, n: int) -> int:
        """Write the next articles as CSV, holding one at a time; give the bytes of their texts."""
        size = 0
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["article_id", "outlet", "text"])
            for number, text in enumerate(islice(self, n)):
                writer.writerow([f"a{number}", "Gazette", text])
                size += len(text.encode())
        return size

    def _woven(self, number: int) -> str:
        pieces = self._parted.get(number)
        if pieces is None:
            pieces = self._parted[number] = _pieces(self._texts[number])
        first, *rest = pieces
        # Before a sentence's first word there is no blank yet, between two words there is one.
        return first + "".join(
            f" {own}{piece}" if piece[:1] == " " else f"{own} {piece}"
            for own, piece in zip(self._numbers, rest, strict=False)
        )

    def _long(self, length: int) -> str:
        parts, size = [], 0
        for text in self:
            parts.append(text)
            size += len(text) + 2
            if size >= length:
                break
        return "\n\n".join(parts)


def framed(texts: Sequence[str]) -> pd.DataFrame:
    """Give texts as a frame of articles."""
    ids = [f"a{number}" for number in range(len(texts))]
    return pd.DataFrame({"article_id": ids, "outlet": "Gazette", "text": list(texts)})


def distinct(texts: Sequence[str]) -> tuple[int, int]:
    """Count the sentences of texts, and those of them that are different."""
    sentences = [text[start:end] for text in texts for start, end in segment(text).spans]
    return len(sentences), len(set(sentences))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, help="how many articles")
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--texts", type=Path, help="a file or folder to draw articles from")
    parser.add_argument("--copies", type=float, default=0.0, help="share of articles that repeat another (default 0)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the drawing (default {SEED})")
    options = parser.parse_args()
    try:
        texts = texts_of(options.texts)
        corpus = Corpus(texts, seed=options.seed, copies=options.copies)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    size = corpus.write(options.output, options.articles)
    sample = Corpus(texts, seed=options.seed, copies=options.copies).take(min(options.articles, 1000))
    sentences, different = distinct(sample)
    print(
        f"{options.articles:,} articles, {size / 1e6:.1f} MB of text; of the {sentences:,} sentences of the first "
        f"{len(sample):,} articles {different:,} are different"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
