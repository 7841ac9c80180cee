"""Write the labelled tables from which ``tools/build_models.py`` trains the shipped models.

Usage::

    python tools/training_tables.py [--output build] [--newsmtsc ../shared/data/newsmtsc]
        [--articles ../shared/data/unlabelled/articles.jsonl]

The data:

- ``datasets/conflict-news``, the project's own corpus (machine-written and machine-labelled, CC BY 4.0): its splits
  ``train`` and, to measure on, ``dev``. Nothing of the split ``test`` is written.
- NewsMTSC (Hamborg and Donnay, "NewsMTSC: A Dataset for (Multi-)Target-dependent Sentiment Classification in Political
  News Articles", EACL 2021; MIT licence), repository fhamborg/NewsMTSC at commit b9d9b79, as CSV with the columns id,
  article_id, text, target, start, end, label, where positive is ``favor`` and negative ``against``. The files' sha256
  is checked. Without it the tables are written all the same, and a line says so.
- ``datasets/news-labels``, machine-read labels of real news (CC BY 4.0), put to the articles of the public
  repository ramybaly/Article-Bias-Prediction: its part ``train`` and, to measure on, ``check``. Without them the
  tables are written all the same, and a line says so.

Every row has a ``source`` and a ``weight``. A further source is one more function in `SOURCES`.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from news_labels import ARTICLES
from news_labels import read as read_news_labels

from stancekit import datasets
from stancekit.errors import InputError

HOME = Path(__file__).parent.parent
# How much a row of the own corpus counts beside a row of another source; chosen by grouped cross-validation on train.
OWN_WEIGHT = 2.0
# The same for a row of real news: there are many, and for stance more weight takes from the other sets what it gives.
NEWS_WEIGHTS = {"stance": 0.5, "sentiment": 1.0, "framing": 1.0}
COLUMNS = {
    "stance": ["article_id", "text", "start", "end", "spans", "label"],
    "sentiment": ["article_id", "text", "label"],
    "framing": ["article_id", "text", "humanitarian", "tactical"],
}
PROBES = {
    "stance": [
        ("Aid agencies praised Kenya for opening its border to the families.", "Kenya"),
        ("Oxfam accused the army of Sudan of shelling a clinic.", "Sudan"),
        ("The spokesman said that Norway would host the talks.", "Norway"),
    ],
    "sentence": [
        "Doctors treated forty children after the shelling of the market.",
        "The brigade moved two batteries to the ridge and fired on the convoy.",
        "The central bank left its rate unchanged on Tuesday.",
    ],
}
# Rows to train on, by task, and rows to measure on, by task and name.
Tables = tuple[dict[str, pd.DataFrame], dict[tuple[str, str], pd.DataFrame]]


def conflict_news(_: argparse.Namespace) -> Tables:
    """Give the project's own corpus."""
    train, dev = (
        datasets.load("conflict-news", split=split, path=HOME / "datasets" / "conflict-news")
        for split in ("train", "dev")
    )
    tables = [
        {
            "stance": corpus.stances,
            "sentiment": corpus.sentences.rename(columns={"sentiment": "label"}),
            "framing": corpus.sentences,
        }
        for corpus in (train, dev)
    ]
    return tables[0], {(task, "conflict-news-dev"): rows for task, rows in tables[1].items()}


def newsmtsc(options: argparse.Namespace) -> Tables:
    """Give the public set; one that has lost a row is not trained on."""
    source = datasets.SOURCES["newsmtsc"]
    frames = {}
    for split in source.sums:
        found = datasets.load(source.name, split=split, path=options.newsmtsc)
        if len(found.rejected):
            sys.exit(f"{options.newsmtsc}: rows of {split} cannot be used: {found.rejected['reason'].iloc[0]}")
        frames[split] = found.stances.assign(spans=None)
    further = {("stance", f"newsmtsc-{split}"): rows for split, rows in frames.items() if split != "train"}
    return {"stance": frames["train"]}, further


def news_labels(options: argparse.Namespace) -> Tables:
    """Give the labels of real news, put to the articles they were read in."""
    if not options.articles.exists():
        raise InputError(f"{options.articles} is not there; say where the articles lie with --articles")
    tables = []
    for part in ("train", "check"):
        sentences, stances = read_news_labels(options.articles, part)
        tables.append(
            {
                "stance": stances,
                "sentiment": sentences.rename(columns={"sentiment": "label"}),
                "framing": sentences,
            }
        )
    return tables[0], {(task, "news-labels-check"): rows for task, rows in tables[1].items()}


SOURCES: dict[str, tuple[dict[str, float], Callable[[argparse.Namespace], Tables]]] = {
    "conflict-news": (dict.fromkeys(COLUMNS, OWN_WEIGHT), conflict_news),
    "newsmtsc": ({"stance": 1.0}, newsmtsc),
    "news-labels": (NEWS_WEIGHTS, news_labels),
}


def probes() -> dict[str, pd.DataFrame]:
    """Give the sentences whose probabilities are checked at every load."""
    rows = [
        {"text": text, "start": text.index(name), "end": text.index(name) + len(name)}
        for text, name in PROBES["stance"]
    ]
    return {"stance": pd.DataFrame(rows), "sentence": pd.DataFrame({"text": PROBES["sentence"]})}


def written(rows: pd.DataFrame, task: str) -> pd.DataFrame:
    """Give the columns of a task as they stand in CSV."""
    table = rows[COLUMNS[task]].copy()
    if "spans" in table:
        table["spans"] = [
            spans if spans is None or isinstance(spans, str) else json.dumps(spans) for spans in table["spans"]
        ]
    return table


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=HOME / "build")
    parser.add_argument("--newsmtsc", type=Path, default=HOME.parent / "shared" / "data" / "newsmtsc")
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    options = parser.parse_args()
    parts: dict[str, list[pd.DataFrame]] = {task: [] for task in COLUMNS}
    options.output.mkdir(parents=True, exist_ok=True)
    for name, (weights, read) in SOURCES.items():
        try:
            train, further = read(options)
        except InputError as error:
            print(f"without {name}: {error}")
            continue
        for task, rows in train.items():
            parts[task].append(written(rows, task).assign(source=name, weight=weights[task]))
        for (task, split), rows in further.items():
            written(rows, task).to_csv(options.output / f"{task}-{split}.csv", index=False)
            print(f"{task}-{split}.csv: {len(rows):,} rows")
    for task, tables in parts.items():
        table = pd.concat([part.astype(object) for part in tables], ignore_index=True)
        table.to_csv(options.output / f"{task}.csv", index=False)
        counts = ", ".join(f"{name} {n:,}" for name, n in table["source"].value_counts().items())
        print(f"{task}.csv: {len(table):,} rows ({counts})")
    for name, table in probes().items():
        table.to_csv(options.output / f"{name}-probes.csv", index=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
