"""Put the labels of ``datasets/news-labels`` to the articles they were read in, count them and measure their agreement.

The labels stand by offsets: the articles belong to their outlets and are no part of the project. They are those of
the public repository ramybaly/Article-Bias-Prediction, as JSON Lines with ``article_id`` and ``text``. Usage::

    python tools/news_labels.py [--articles ../shared/data/unlabelled/articles.jsonl]

Needs the ``bench`` extra for Krippendorff's alpha. Without the articles, counts and agreement are printed all the same.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

HOME = Path(__file__).parent.parent
LABELS = HOME / "datasets" / "news-labels"
ARTICLES = HOME.parent / "shared" / "data" / "unlabelled" / "articles.jsonl"


def read_texts(articles: Path) -> dict[str, str]:
    """Read the articles' texts by id."""
    with articles.open(encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return {row["article_id"]: row["text"] for row in rows}


def read(articles: Path, part: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give labelled sentences and labelled targets of a part, with their texts.

    A sentence whose text is not the one that was read is an error: offsets of another edition would teach nonsense.
    """
    texts = read_texts(articles)
    sentences = pd.read_csv(LABELS / "sentences.csv")
    sentences = sentences[sentences["part"] == part].reset_index(drop=True)
    sentences["text"] = [
        texts.get(row.article_id, "")[row.start : row.end] for row in sentences.itertuples(index=False)
    ]
    for row in sentences.itertuples(index=False):
        if hashlib.sha256(row.text.encode()).hexdigest()[:12] != row.sha256:
            sys.exit(f"{articles}: article {row.article_id} does not hold the sentence that was read at {row.start}")
    stances = pd.read_csv(LABELS / "stances.csv").merge(
        sentences[["article_id", "start", "text"]], on=["article_id", "start"], validate="many_to_one"
    )
    # "none" says that the matcher was wrong: there is no actor to take a stance toward.
    stances = stances[stances["label"] != "none"].drop(columns="start").reset_index(drop=True)
    first = [json.loads(spans)[0] for spans in stances["spans"]]
    return sentences, stances.assign(start=[start for start, _ in first], end=[end for _, end in first])


def counts() -> str:
    """Count labels by part and way of drawing."""
    sentences, stances = (pd.read_csv(LABELS / f"{name}.csv") for name in ("sentences", "stances"))
    stances = stances.merge(sentences[["article_id", "start", "part", "drawn"]], on=["article_id", "start"])
    flags = sentences.melt(["part"], ["humanitarian", "tactical"])
    tables = {
        "articles by part": sentences.groupby("part")["article_id"].nunique(),
        "sentences by part and way of drawing": pd.crosstab(sentences["drawn"], sentences["part"]),
        "stance by part": pd.crosstab(stances["label"], stances["part"]),
        "stance by way of drawing": pd.crosstab(stances["label"], stances["drawn"]),
        "sentiment by part": pd.crosstab(sentences["sentiment"], sentences["part"]),
        "flags by part": pd.crosstab(flags["variable"], flags["part"], values=flags["value"], aggfunc="sum"),
    }
    return "\n\n".join(f"{title}\n{table.to_string()}" for title, table in tables.items())


def agreement() -> str:
    """Compare both readings where there are two."""
    from corpus_report import alpha  # noqa: PLC0415 - needs the bench extra, the rest does not

    lines = []
    for name, questions in (("stances", ("label",)), ("sentences", ("sentiment", "humanitarian", "tactical"))):
        rows = pd.read_csv(LABELS / f"{name}.csv")
        for question in questions:
            twice = rows[rows[f"{question}_2"].notna()]
            value, low, high = alpha(twice[question], twice[f"{question}_2"], twice["article_id"])
            same = (twice[question].astype(str) == twice[f"{question}_2"].astype(str)).mean()
            lines.append(
                f"{question:13} twice {len(twice):4}  alpha {value:.3f} ({low:.3f} to {high:.3f})  "
                f"same {100 * same:.1f} %"
            )
    return "\n".join(lines)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    options = parser.parse_args()
    print(counts())
    print(f"\n{agreement()}")
    if not options.articles.exists():
        print(f"\nwithout {options.articles}: no texts to put the labels to")
        return 0
    for part in ("train", "check"):
        sentences, stances = read(options.articles, part)
        print(f"\n{part}: {len(sentences):,} sentences and {len(stances):,} targets found in their articles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
