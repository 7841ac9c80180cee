"""Measure how right the classifiers are beside plain peers; write docs/accuracy.md.

Everything is trained here, on development data only, and measured where it was not trained: conflict-news by grouped
cross-validation over whole conflicts (train and dev), NewsMTSC and RuSentNE on their development splits, disaster news
on its development split without its training split. Nothing of any split ``test`` is read. Usage::

    python benchmarks/accuracy.py [--shared ../shared/data]

Public sets that are not there are left out with a line.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline

from stancekit import datasets
from stancekit.evaluation import Evaluation, evaluate
from stancekit.features import Masker
from stancekit.features.vectorizer import check_targets
from stancekit.tasks import FRAMING
from stancekit.training import Trained, train

HOME = Path(__file__).parent.parent
sys.path.insert(0, str(HOME / "tools"))
import news_labels  # noqa: E402 - a tool, not part of the package

FOLDS = 5
FLAGS = list(FRAMING.labels)
KEYWORDS = {
    "humanitarian": """
        aid relief humanitarian refugees displaced shelter famine hunger starving starvation hospital hospitals clinic
        doctors medical medicine wounded injured casualties civilians children families victims survivors rescue rescued
        evacuated evacuation camp camps food water rations malnutrition cholera epidemic homeless killed dead deaths
    """.split(),  # noqa: SIM905
    "tactical": """
        troops soldiers army forces brigade battalion artillery shelling shelled missile missiles rocket rockets drone
        drones tank tanks airstrike airstrikes bombardment offensive counteroffensive frontline positions captured
        seized advance retreat ambush raid militia fighters weapons ammunition deployed deployment naval warships
    """.split(),  # noqa: SIM905
}
DISASTER = {
    "tactical": ("military",),
    "humanitarian": ("refugees", "death", "medical_help", "food", "shelter", "water", "search_and_rescue"),
}


# What is trained on, and what is measured by it, by name.
Sets = list[tuple[pd.DataFrame, dict[str, pd.DataFrame]]]


class Plain:
    """TF-IDF of words and pairs with logistic regression: what a user writes in ten lines."""

    def __init__(self, *, masked: bool) -> None:
        self.masked = masked
        self.masker = Masker()

    def texts(self, rows: pd.DataFrame) -> list[str]:
        """Give the sentences, with marks in place of names if asked."""
        if not self.masked:
            return list(rows["text"])
        spans = targets(rows)
        return [
            " ".join(token.text.strip("<>") for token in self.masker.mask(text, where))
            for text, where in zip(rows["text"], spans, strict=True)
        ]

    def __call__(self, train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:
        """Give probabilities, columns in sorted order of the labels."""
        model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(C=10, max_iter=2000))
        return np.asarray(model.fit(self.texts(train), y).predict_proba(self.texts(test)))


def trained(rows: pd.DataFrame, task: str, strength: float, sets: dict[str, pd.DataFrame]) -> Trained:
    """Train as ``stancekit train`` does: cross-validated by group, and measured on further sets."""
    return train(
        prepared(rows),
        task=task,
        C=strength,
        columns={"article_id": "group"},
        evaluate_on={name: prepared(test) for name, test in sets.items()},
    )


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


def majority(train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:  # noqa: ARG001
    """Give the shares of the labels, whatever the sentence."""
    shares = np.unique(y, return_counts=True)[1] / len(y)
    return np.tile(shares, (len(test), 1))


def vader(train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:  # noqa: ARG001
    """Give VADER's answer, target ignored, with its authors' thresholds."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - slow to load

    score = SentimentIntensityAnalyzer().polarity_scores
    compound = np.array([score(text)["compound"] for text in test["text"]])
    # Sorted labels: against or negative, favor or neutral, neutral or positive.
    columns = [compound <= -0.05, compound >= 0.05, np.abs(compound) < 0.05]
    if "negative" in set(y):
        columns = [columns[0], columns[2], columns[1]]
    return np.column_stack(columns).astype(float)


def crossed(rows: pd.DataFrame, y: np.ndarray, peer: Callable[..., np.ndarray]) -> np.ndarray:
    """Cross-validate by group."""
    found = np.zeros((len(rows), len(np.unique(y)) if y.ndim == 1 else y.shape[1]))
    for known, test in GroupKFold(FOLDS).split(rows, groups=rows["group"]):
        found[test] = peer(rows.iloc[known].reset_index(drop=True), y[known], rows.iloc[test].reset_index(drop=True))
    return found


def figure(found: Evaluation, value: str = "macro_f1") -> str:
    """Write a figure with its interval, and the ECE."""
    one = getattr(found, value)
    return f"{100 * one.value:.1f} ({100 * one.low:.1f} to {100 * one.high:.1f})"


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


def gap(ours: float, plain: float, best: float) -> str:
    """Say how much of the gap between the plain peer and the second labelling is closed."""
    return f"{100 * (ours - plain) / (best - plain):.0f} %"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, ["---"] * len(header), *rows])


def labels_table(rows: pd.DataFrame, task: str, strength: float, best: float, sets: Sets) -> str:
    """Compare peers on labels: on the own corpus by cross-validation, and from train to test of other sets."""
    y = labels(rows)
    classes = sorted(set(y))
    peers: dict[str, Callable[..., np.ndarray]] = {
        "majority": majority,
        "VADER, target ignored": vader,
        "TF-IDF words 1-2 + logistic regression": Plain(masked=False),
        "the same, names masked": Plain(masked=True),
    }
    lines, values = [], {}
    for name, peer in peers.items():
        found = evaluate(y, crossed(rows, y, peer), classes, groups=rows["group"])
        values[name] = 100 * found.macro_f1.value
        line = [name, figure(found), f"{100 * found.ece.value:.1f}"]
        for known, tests in sets:
            for test in tests.values():
                proba = peer(known, labels(known), test)
                line.append(figure(evaluate(labels(test), proba, classes, groups=test["group"])))
        lines.append(line)
        print(" | ".join(line), flush=True)
    found = trained(rows, task, strength, {}).report.figures[task]
    values["stancekit"] = 100 * found.macro_f1.value
    line = ["**stancekit**", figure(found), f"{100 * found.ece.value:.1f}"]
    for known, tests in sets:
        line += [figure(one[task]) for one in trained(known, task, strength, tests).evaluations.values()]
    lines.append(line)
    print(" | ".join(line), flush=True)
    closed = gap(values["stancekit"], values["the same, names masked"], best)
    note = (
        f"\n\nThe second labelling reaches {best:.1f} against the first; "
        f"{closed} of the gap from the masked peer to it is closed."
    )
    header = ["macro-F1 (95 % interval)", "conflict-news", "ECE", *(name for _, tests in sets for name in tests)]
    return table(header, lines) + note


def flags_table(rows: pd.DataFrame) -> str:
    """Compare peers on the two flags, by F1 of on."""
    y = rows[FLAGS].to_numpy().astype(int)
    figures = trained(rows, "framing", 3.0, {}).report.figures
    plain = Plain(masked=True)
    lines = []
    for number, flag in enumerate(FLAGS):
        peer = crossed(rows, y[:, number], plain)[:, 1]
        words = set(KEYWORDS[flag])
        named = np.array([bool(words & set(text.lower().split())) for text in rows["text"]])
        theirs = 100 * f1_score(y[:, number], peer >= 0.5)
        ours = 100 * float(figures[flag].classes.set_index("label").loc["on", "f1"])
        best = second(flag, "sentences")
        ece = figures[flag].ece.value
        lines.append(
            [
                flag,
                f"{100 * f1_score(y[:, number], named):.1f}",
                f"{theirs:.1f}",
                f"**{ours:.1f}**",
                f"{best:.1f}",
                gap(ours, theirs, best),
                f"{100 * ece:.1f}",
            ]
        )
    header = [
        "F1 of on",
        f"{len(KEYWORDS['tactical'])} keywords",
        "masked TF-IDF 1-2 + logistic regression",
        "stancekit",
    ]
    return table([*header, "second labelling", "gap closed", "ECE of stancekit"], lines)


def disaster(rows: pd.DataFrame, shared: Path) -> str:
    """Carry the flags over to disaster news."""
    test = pd.read_csv(shared / "disaster_response" / "dev.csv")
    proba = trained(rows, "framing", 3.0, {}).model.predict_proba(test)
    lines = []
    for number, flag in enumerate(FLAGS):
        truth = test[list(DISASTER[flag])].to_numpy().max(axis=1).astype(int)
        words = set(KEYWORDS[flag])
        counts = [len(words & set(text.lower().split())) for text in test["text"]]
        lines.append(
            [
                f"{' or '.join(DISASTER[flag])} from {flag}",
                f"{100 * truth.mean():.1f}",
                f"{100 * average_precision_score(truth, counts):.1f}",
                f"**{100 * average_precision_score(truth, proba[:, number]):.1f}**",
            ]
        )
    return table(["average precision on disaster_response dev", "share on", "keywords", "stancekit"], lines)


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


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HOME.parent / "shared" / "data")
    options = parser.parse_args()
    corpus = own()
    stances, sentences = corpus["stances"], corpus["sentences"]
    tone = sentences.rename(columns={"sentiment": "label"})
    parts = {
        "Stance": labels_table(stances, "stance", 1.0, second("label", "stances"), public(options.shared, stances)),
        "Sentiment": labels_table(tone, "sentiment", 3.0, second("sentiment", "sentences"), []),
        "Framing": flags_table(sentences),
    }
    if (options.shared / "disaster_response").exists():
        parts["Framing carried over"] = disaster(sentences, options.shared)
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in parts.items())
    page = HOME / "docs" / "accuracy.md"
    page.write_text(f"{INTRODUCTION}\n{body}\n", encoding="utf-8")
    print(body)
    return 0


INTRODUCTION = """# How right the classifiers are

Written by `python benchmarks/accuracy.py`. Development data only. conflict-news (train and dev; text and labels
machine-written) is cross-validated with whole conflicts left out, and trained on nothing else; NewsMTSC is trained on
its train split; RuSentNE on conflict-news and NewsMTSC; real news on all of these and on the part `train` of
[news-labels](../datasets/news-labels/README.md). About half of NewsMTSC's development rows share an article with its
train split. The cards of the [shipped models](../README.md) carry their own figures.
"""

if __name__ == "__main__":
    sys.exit(main())
