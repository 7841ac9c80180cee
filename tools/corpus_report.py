"""Measure the corpus and write the figures into its datasheet, datasets/conflict-news/README.md.

Counts; consistency of both labellings (Krippendorff's alpha with bootstrap over articles); models on shortcuts, which
should know little; and a learning curve. Models are cross-validated on the split ``train`` by conflict; ``dev`` and
``test`` are only counted and compared between passes. Usage::

    python tools/corpus_report.py [--corpus datasets/conflict-news] [--skip-models]

Needs the ``bench`` extra.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import krippendorff
import matplotlib as mpl
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder

from stancekit import Catalogue, FramingClassifier, SentimentClassifier, StanceClassifier
from stancekit.lexicon import load_polarity

if TYPE_CHECKING:
    from collections.abc import Callable

mpl.use("Agg")
import matplotlib.pyplot as plt

HOME = Path(__file__).parent.parent
BEGIN, END = "<!-- begin: printed by tools/corpus_report.py -->", "<!-- end -->"
SPLITS = ("train", "dev", "test")
DRAWS = 1000
PEACE = ("business", "health", "weather", "sport", "science", "courts", "disaster", "politics", "culture", "transport")
FOLDS = 5
ENOUGH = 20


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables, with split and conflict put to every row."""
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ("articles", "sentences", "stances")}
    articles = tables["articles"]
    # An article that belongs to no conflict is a group of its own.
    articles["group"] = articles["conflict"].where(articles["conflict"] != "none", articles["article_id"])
    known = articles[["article_id", "split", "group"]]
    for name in ("sentences", "stances"):
        tables[name] = tables[name].merge(known, on="article_id", validate="many_to_one")
    texts = tables["sentences"][["article_id", "sentence_id", "text"]]
    tables["stances"] = tables["stances"].merge(texts, on=["article_id", "sentence_id"], validate="many_to_one")
    return tables


def table(header: list[str], rows: list[list[Any]]) -> str:
    """Write a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def counts(tables: dict[str, pd.DataFrame]) -> str:
    """Count what is in the splits."""
    rows = []
    for label, frame in (
        ("articles", tables["articles"]),
        ("sentences", tables["sentences"]),
        ("(sentence, actor) labels", tables["stances"]),
    ):
        per = frame["split"].value_counts()
        rows.append([label, *(f"{per[split]:,}" for split in SPLITS), f"{len(frame):,}"])
    for frame, column in (
        ("stances", "label"),
        ("sentences", "sentiment"),
        ("sentences", "humanitarian"),
        ("sentences", "tactical"),
        ("stances", "attributed"),
    ):
        data = tables[frame]
        for value in sorted(data[column].unique(), key=str):
            if value in (False, "False"):
                continue
            name = (
                column if isinstance(value, bool | np.bool_) else f"{'stance' if column == 'label' else column} {value}"
            )
            per = data[data[column] == value]["split"].value_counts()
            total = data["split"].value_counts()
            shares = [f"{per.get(split, 0):,} ({100 * per.get(split, 0) / total[split]:.0f} %)" for split in SPLITS]
            rows.append([name, *shares, f"{(data[column] == value).sum():,}"])
    articles = tables["articles"]
    peace = articles["topic"].isin(PEACE).mean()
    only = (
        set(articles[articles["split"] == "test"]["conflict"])
        - set(articles[articles["split"] != "test"]["conflict"])
        - {"none"}
    )
    lengths = tables["sentences"]["text"].str.split().str.len()
    return (
        table(["", *SPLITS, "all"], rows) + f"\n\n{100 * peace:.0f} % of the articles are not about conflict. "
        f"{len(only)} conflicts occur in `test` only. "
        f"Half of the sentences have between {lengths.quantile(0.25):.0f} and {lengths.quantile(0.75):.0f} words. "
        f"{tables['stances']['actor_id'].nunique()} different actors "
        f"are labelled, {articles['topic'].nunique()} topics and {articles['style'].nunique()} styles named."
    )


def alpha(first: pd.Series, second: pd.Series, articles: pd.Series) -> tuple[float, float, float]:
    """Give Krippendorff's alpha (nominal) and its 95 % interval by bootstrap over articles."""
    codes = pd.factorize(pd.concat([first.astype(str), second.astype(str)]))[0].reshape(2, -1)
    groups, names = pd.factorize(articles)
    # Units are told by their pair of values: drawing articles means adding up counts of pairs.
    k = codes.max() + 1
    pairs = codes[0] * k + codes[1]
    per_article = np.zeros((len(names), k * k))
    np.add.at(per_article, (groups, pairs), 1)
    values = np.zeros((k * k, k))
    for pair in range(k * k):
        values[pair, pair // k] += 1
        values[pair, pair % k] += 1

    def of(weights: np.ndarray) -> float:
        repeated = np.repeat(values, (weights @ per_article).astype(int), axis=0)
        return float(krippendorff.alpha(value_counts=repeated, level_of_measurement="nominal"))

    draws = np.random.default_rng(0).multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    low, high = np.percentile([of(draw) for draw in draws], [2.5, 97.5])
    return of(np.ones(len(names))), float(low), float(high)


def consistency(tables: dict[str, pd.DataFrame]) -> str:
    """Compare both passes."""
    rows = []
    questions = (
        ("stances", "label", "stance"),
        ("stances", "attributed", "attributed"),
        *(("sentences", name, name) for name in ("sentiment", "humanitarian", "tactical")),
    )
    for frame, column, name in questions:
        data = tables[frame]
        twice = data[data[f"{column}_2"].notna()]
        value, low, high = alpha(twice[f"{column}_1"], twice[f"{column}_2"], twice["article_id"])
        agree = (twice[f"{column}_1"].astype(str) == twice[f"{column}_2"].astype(str)).mean()
        changed = int((twice[column].astype(str) != twice[f"{column}_1"].astype(str)).sum())
        rows.append(
            [name, f"{len(twice):,}", f"{value:.3f} ({low:.3f} to {high:.3f})", f"{100 * agree:.1f} %", changed]
        )
    return table(
        ["question", "labelled twice", "alpha (95 % interval)", "agreement", "changed by the third reading"], rows
    )


def folds(rows: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
    """Part the rows by conflict."""
    return list(GroupKFold(FOLDS).split(rows, groups=rows["group"]))


def macro_f1(rows: pd.DataFrame, y: np.ndarray, model: Any) -> float:
    """Cross-validate: macro-F1 of the pooled predictions; over both flags, the mean of theirs."""
    predicted = np.empty(y.shape, dtype=object)
    for train, test in folds(rows):
        predicted[test] = clone(model).fit(rows.iloc[train], y[train]).predict(rows.iloc[test])
    if y.ndim == 1:
        return float(f1_score(y, predicted.astype(str), average="macro"))
    return float(
        np.mean([f1_score(y[:, flag], predicted[:, flag].astype(int), average="macro") for flag in range(y.shape[1])])
    )


def single(rows: pd.DataFrame, y: np.ndarray, model: Any) -> float:
    """Cross-validate a plain classifier, flag by flag."""
    columns = [y] if y.ndim == 1 else list(y.T.astype(str))
    return float(np.mean([macro_f1(rows, column, model) for column in columns]))


def tasks(tables: dict[str, pd.DataFrame]) -> dict[str, tuple[pd.DataFrame, np.ndarray, Any]]:
    """Give rows, labels and classifier of each task, on train."""
    sentences, stances = (
        tables[name][tables[name]["split"] == "train"].reset_index(drop=True) for name in ("sentences", "stances")
    )
    names = stances.groupby(["article_id", "sentence_id"])["actor_id"].agg(" ".join).rename("names").reset_index()
    sentences = sentences.merge(names, on=["article_id", "sentence_id"], how="left").fillna({"names": ""})
    sentences["position"], stances["position"] = 0, stances["start"]
    stances["names"] = stances["actor_id"]
    flags = sentences[["humanitarian", "tactical"]].to_numpy().astype(int)
    kinds = {actor_id: actor.kind for actor_id, actor in Catalogue.builtin().items()}
    rated = load_polarity()
    for rows in (sentences, stances):
        ids = rows["names"].str.split()
        rows["named"] = [" ".join(name for name in line if kinds.get(name) != "generic") for line in ids]
        rows["generic"] = [" ".join(name for name in line if kinds.get(name) == "generic") for line in ids]
        rows["words"] = rows["text"].str.split().str.len()
        openings = rows["text"].str.split().str[:3]
        rows["opening"] = openings.str.join(" ")
        rows["unrated"] = [
            " ".join(word for word in line if word.strip(",.\"'").lower() not in rated) for line in openings
        ]
    return {
        "stance": (stances, stances["label"].to_numpy().astype(str), StanceClassifier(calibration_folds=0)),
        "sentiment": (
            sentences,
            sentences["sentiment"].to_numpy().astype(str),
            SentimentClassifier(C=3.0, calibration_folds=0),
        ),
        "framing": (sentences, flags, FramingClassifier(C=3.0, calibration_folds=0)),
    }


def shortcuts(found: dict[str, tuple[pd.DataFrame, np.ndarray, Any]]) -> str:
    """Measure models that see everything but what is said, beside guesses that see nothing."""
    regression = LogisticRegression(max_iter=1000)
    bins = KBinsDiscretizer(6, encode="onehot", quantile_method="averaged_inverted_cdf")
    places = ["sentence_id", "position"]

    def words(column: str, **how: Any) -> Any:
        return make_pipeline(make_column_transformer((CountVectorizer(binary=True, **how), column)), regression)

    exact = make_column_transformer((bins, ["words"]), (OneHotEncoder(handle_unknown="ignore"), places))
    models = {
        "majority": DummyClassifier(),
        "labels drawn by lot, at their shares": DummyClassifier(strategy="stratified", random_state=0),
        "actor names alone": words("names", analyzer=str.split),
        "those of states, organisations, groups and people alone": words("named", analyzer=str.split),
        "those of generic groups (civilians, police ...) alone": words("generic", analyzer=str.split),
        "length and position alone, to the character": make_pipeline(exact, regression),
        "length and position alone, in six parts each": make_pipeline(
            make_column_transformer((bins, ["words", *places])), regression
        ),
        "first three words alone": words("opening", ngram_range=(1, 3)),
        "first three words alone, without those of the polarity lexicon": words("unrated", ngram_range=(1, 3)),
    }
    rows = [
        [name, *(f"{100 * single(rows, y, model):.1f}" for rows, y, _ in found.values())]
        for name, model in models.items()
    ]
    rows.append(
        ["stancekit, default", *(f"{100 * macro_f1(rows_, y, model):.1f}" for rows_, y, model in found.values())]
    )
    return (
        table(["macro-F1 on train, cross-validated by conflict", *found], rows) + "\n\n" + one_sided(found["stance"][0])
    )


def one_sided(stances: pd.DataFrame) -> str:
    """List the actors that are mostly praised or mostly blamed."""
    shares = pd.crosstab(stances["actor_id"], stances["label"])
    number = shares.sum(axis="columns")
    often = shares[number >= ENOUGH]
    rows = [
        [actor_id, *(int(row[label]) for label in ("favor", "neutral", "against"))]
        for actor_id, row in often.iterrows()
        if max(row["favor"], row["against"]) * 2 > row.sum()
    ]
    said = (
        f"Of {len(often)} actors with {ENOUGH} labels or more in `train`, "
        f"{len(rows)} have more than half in `favor` or `against`"
    )
    return f"{said}:\n\n{table(['actor', 'favor', 'neutral', 'against'], sorted(rows))}" if rows else f"{said}."


def curve(found: dict[str, tuple[pd.DataFrame, np.ndarray, Any]], picture: Path) -> str:
    """Measure how figures grow with the number of training articles; draw them."""
    shares = (0.125, 0.25, 0.5, 0.75, 1.0)
    points = {task: [at_share(rows, y, model, share) for share in shares] for task, (rows, y, model) in found.items()}
    articles = [int(share * found["sentiment"][0]["article_id"].nunique() * (FOLDS - 1) / FOLDS) for share in shares]
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for task, values in points.items():
        axes.plot(articles, [100 * value for value in values], marker="o", label=task)
    axes.set(
        xlabel="articles trained on",
        ylabel="macro-F1, percent",
        xscale="log",
        title="Learning curve, cross-validated by conflict on train",
    )
    axes.set_xticks(articles, [str(number) for number in articles], minor=False)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(picture, format="svg", metadata={"Date": None})
    rows = [[task, *(f"{100 * value:.1f}" for value in values)] for task, values in points.items()]
    return table(["macro-F1 with so many articles", *map(str, articles)], rows)


def at_share(rows: pd.DataFrame, y: np.ndarray, model: Any, share: float) -> float:
    """Cross-validate with a part of each fold's training articles."""
    rng = np.random.default_rng(0)
    predicted = np.empty(y.shape, dtype=object)
    for train, test in folds(rows):
        names = np.sort(rows["article_id"].iloc[train].unique())
        kept = rng.permutation(names)[: max(2, int(share * len(names)))]
        part = train[rows["article_id"].iloc[train].isin(kept)]
        predicted[test] = clone(model).fit(rows.iloc[part], y[part]).predict(rows.iloc[test])
    if y.ndim == 1:
        return float(f1_score(y, predicted.astype(str), average="macro"))
    return float(np.mean([f1_score(y[:, flag], predicted[:, flag].astype(int), average="macro") for flag in range(2)]))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=HOME / "datasets" / "conflict-news")
    parser.add_argument("--skip-models", action="store_true", help="print counts and consistency, write nothing")
    options = parser.parse_args()
    tables = read(options.corpus)
    sections: list[tuple[str, Callable[[], str]]] = [
        ("Counts", lambda: counts(tables)),
        ("Consistency", lambda: consistency(tables)),
    ]
    if not options.skip_models:
        found = tasks(tables)
        sections.append(("Shortcuts", lambda: shortcuts(found)))
        sections.append(
            (
                "Learning curve",
                lambda: (
                    curve(found, options.corpus / "learning-curve.svg") + "\n\n![Learning curve](learning-curve.svg)"
                ),
            )
        )
    printed = "\n\n".join(f"### {title}\n\n{section()}" for title, section in sections)
    print(printed)
    if not options.skip_models:
        page = options.corpus / "README.md"
        head, rest = page.read_text(encoding="utf-8").split(BEGIN)
        page.write_text(f"{head}{BEGIN}\n\n{printed}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
