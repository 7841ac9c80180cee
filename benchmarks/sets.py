"""Labelled development rows that the measurements share, with what tells their articles apart."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from stancekit import datasets
from stancekit.features.vectorizer import check_targets
from stancekit.tasks import FRAMING

HOME = Path(__file__).parent.parent
sys.path.insert(0, str(HOME / "tools"))
import news_labels  # noqa: E402 - a tool, not part of the package

FLAGS = list(FRAMING.labels)
CORPUS = HOME / "datasets" / "conflict-news"

# What is trained on, and what is measured by it, by name.
Sets = list[tuple[pd.DataFrame, dict[str, pd.DataFrame]]]


def prepared(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that labelled tables have."""
    kept = rows[[name for name in ("group", "text", "start", "end", "spans", "label", *FLAGS) if name in rows]].copy()
    if "spans" in kept:
        kept["spans"] = [json.dumps(spans) for spans in targets(rows)]
    return kept


def targets(rows: pd.DataFrame) -> list[list[tuple[int, int]]]:
    """Give the spans of the targets; none where there are none."""
    if "start" not in rows:
        return [[] for _ in range(len(rows))]
    return [spans for _, spans in check_targets(rows)]


def own() -> dict[str, pd.DataFrame]:
    """Give train and dev of conflict-news with the conflict of every row."""
    folder = HOME / "datasets" / "conflict-news"
    parts = [datasets.load("conflict-news", split=split, path=folder) for split in ("train", "dev")]
    articles = pd.read_csv(folder / "articles.csv")
    articles["group"] = articles["conflict"].where(articles["conflict"] != "none", articles["article_id"])
    known = articles[["article_id", "group"]]
    return {
        "stances": pd.concat([part.stances for part in parts], ignore_index=True).merge(known, on="article_id"),
        "sentences": pd.concat([part.sentences for part in parts], ignore_index=True).merge(known, on="article_id"),
    }


def second(question: str, table: str) -> float:
    """Give the macro-F1 of the second labelling against the first on train and dev; for flags the F1 of on."""
    folder = HOME / "datasets" / "conflict-news"
    splits = pd.read_csv(folder / "articles.csv")[["article_id", "split"]]
    rows = pd.read_csv(folder / f"{table}.csv").merge(splits, on="article_id")
    rows = rows[(rows["split"] != "test") & rows[f"{question}_2"].notna()]
    first, again = rows[f"{question}_1"].astype(str), rows[f"{question}_2"].astype(str)
    if question in FLAGS:
        return 100 * float(f1_score(first, again, pos_label="True"))
    return 100 * float(f1_score(first, again, average="macro"))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, ["---"] * len(header), *rows])


def public(shared: Path, corpus: pd.DataFrame) -> Sets:
    """Give what is trained on, and what is measured by it, by name."""
    if not (shared / "newsmtsc").exists():
        print(f"without public sets: {shared / 'newsmtsc'} is not there")
        return []
    political = load(shared, "newsmtsc", "train")
    sets = [(political, {f"NewsMTSC {split}": load(shared, "newsmtsc", split) for split in ("dev_mt", "dev_rw")})]
    both = pd.concat([corpus, political], ignore_index=True)
    if (shared / "rusentne").exists():
        sets.append((both, {"RuSentNE dev, none of it in training": load(shared, "rusentne", "dev")}))
    articles = shared / "unlabelled" / "articles.jsonl"
    if articles.exists():
        known, check = (news_labels.read(articles, part)[1] for part in ("train", "check"))
        for rows in (known, check):
            rows["group"] = rows["article_id"]
        sets.append((pd.concat([both, known], ignore_index=True), {"real news (news-labels check)": check}))
    return sets


def load(shared: Path, name: str, split: str) -> pd.DataFrame:
    """Read a public set with a group for every row."""
    rows = datasets.load(name, split=split, path=shared / name).stances
    rows["group"] = rows["article_id"] if "article_id" in rows else rows["text"]
    return rows


def labels(rows: pd.DataFrame) -> np.ndarray:
    """Give the labels as strings."""
    return rows["label"].astype(str).to_numpy()
