"""Train the shipped models, write their folders and cards, and print their development figures.

Usage::

    python tools/build_models.py [--newsmtsc ../shared/data/newsmtsc]

The data:

- ``datasets/conflict-news``, the project's own corpus (machine-written and machine-labelled, CC BY 4.0): its split
  ``train``.
- NewsMTSC (Hamborg and Donnay, "NewsMTSC: A Dataset for (Multi-)Target-dependent Sentiment Classification in Political
  News Articles", EACL 2021; MIT licence), repository fhamborg/NewsMTSC at commit b9d9b79, as CSV with the columns id,
  article_id, text, target, start, end, label, where positive is ``favor`` and negative ``against``. The files' sha256
  is checked.

Nothing of the split ``test`` of conflict-news is read.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stancekit import FramingClassifier, SentimentClassifier, StanceClassifier, datasets, save_model
from stancekit.errors import InputError
from stancekit.evaluation import Evaluation, evaluate, evaluate_flags
from stancekit.tasks import FRAMING, TASKS

HOME = Path(__file__).parent.parent
PUBLIC = datasets.SOURCES["newsmtsc"]
# How much a row of the own corpus counts beside a row of NewsMTSC; chosen by grouped cross-validation on train.
OWN_WEIGHT = 2.0
C = {"stance": 1.0, "sentiment": 3.0, "framing": 3.0}
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


def read_newsmtsc(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the splits of the public set; one that has lost a row is not trained on."""
    frames = {}
    for split in PUBLIC.sums:
        found = datasets.load(PUBLIC.name, split=split, path=folder)
        if len(found.rejected):
            sys.exit(f"{folder}: rows of {split} cannot be used: {found.rejected['reason'].iloc[0]}")
        frames[split] = found.stances
    return frames


def stance_rows(own: pd.DataFrame, public: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Put both sources together: rows, labels, weights."""
    columns = ["article_id", "text", "start", "end", "spans"]
    rows = pd.concat([own[columns], public.assign(spans=None)[columns].astype({"spans": "object"})], ignore_index=True)
    labels = np.concatenate([own["label"].astype(str), public["label"].astype(str)])
    return rows, labels, np.concatenate([np.full(len(own), OWN_WEIGHT), np.ones(len(public))])


def probes(task: str) -> pd.DataFrame:
    """Give the sentences whose probabilities are checked at every load."""
    if task != "stance":
        return pd.DataFrame({"text": PROBES["sentence"]})
    rows = [
        {"text": text, "start": text.index(name), "end": text.index(name) + len(name)}
        for text, name in PROBES["stance"]
    ]
    return pd.DataFrame(rows)


def table(name: str, found: Evaluation) -> str:
    """Write one evaluation for the card."""
    lines = [
        f"### {name}",
        "",
        (
            f"{found.n_rows} rows from {found.n_groups} articles. Macro-F1 **{found.macro_f1}**, "
            f"accuracy {found.accuracy}, ECE (15 bins) {found.ece}, in percent."
        ),
        "",
        "| label | rows | precision | recall | F1 (95 % interval) |",
        "|---|---|---|---|---|",
    ]
    for row in found.classes.to_dict("records"):
        interval = f"{100 * row['f1']:.1f} ({100 * row['f1_low']:.1f} to {100 * row['f1_high']:.1f})"
        lines.append(
            f"| {row['label']} | {row['n']} | {100 * row['precision']:.1f} | {100 * row['recall']:.1f} | {interval} |"
        )
    return "\n".join(lines)


def card(task: str, model: Any, evaluations: dict[str, Evaluation], trained: str) -> str:
    """Write the model card."""
    data = ["conflict-news", "NewsMTSC"] if task == "stance" else ["conflict-news"]
    unit = "toward a marked actor in a sentence" if task == "stance" else "of a sentence"
    n_features = model.coef_.shape[1]
    blocks = "\n\n".join(table(name, found) for name, found in evaluations.items())
    attribution = (
        "NewsMTSC: Copyright 2020 Felix Hamborg, MIT licence; F. Hamborg and K. Donnay, EACL 2021, "
        "repository fhamborg/NewsMTSC at commit b9d9b79. "
        if task == "stance"
        else ""
    )
    limits = (
        "- Dev splits are small, and about half of NewsMTSC's development rows share an article with its training "
        "rows.\n"
        "- NewsMTSC's readers often label an actor that accuses as `against` itself; the codebook of conflict-news "
        "does not.\n"
        if task == "stance"
        else "- The development split is small and of the same making as the training split: on real news the figures "
        "may be lower.\n"
    )
    return f"""---
license: bsd-3-clause
language: en
library_name: stancekit
tags: [{task}, news, tf-idf, linear]
datasets: [{", ".join(data)}]
---

# stancekit {task}

{task.capitalize()} {unit}: {", ".join(TASKS[task].labels)}.
A linear model over {n_features:,} phrases and polarity sums, one against the rest by logistic regression, \
calibrated by grouped cross-validation. All names
are masked. English only.

Trained on {trained}.
{attribution}The text and the labels of conflict-news are machine-written (CC BY 4.0). \
The polarity lexicon is that of vaderSentiment (MIT).

## Development figures

Printed by `python tools/build_models.py`. Brackets hold 95 % intervals by bootstrap over articles. \
The splits named `dev` were not trained on; no test split was looked at.

{blocks}

## Limits

{limits}- A label is a reading of one sentence alone, and shares of labels are not estimates of true shares.
- Probabilities of sentences without any known term are the prior; `known_terms` says so.
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--newsmtsc", type=Path, default=HOME.parent / "shared" / "data" / "newsmtsc")
    parser.add_argument("--output", type=Path, default=HOME / "models")
    options = parser.parse_args()
    try:
        public = read_newsmtsc(options.newsmtsc)
    except InputError as error:
        sys.exit(f"{error}; say where it lies with --newsmtsc")
    train, dev = (
        datasets.load("conflict-news", split=split, path=HOME / "datasets" / "conflict-news")
        for split in ("train", "dev")
    )
    scored: dict[str, dict[str, Evaluation]] = {}

    rows, labels, weights = stance_rows(train.stances, public["train"])
    stance = StanceClassifier(C=C["stance"]).fit(rows, labels, sample_weight=weights)
    sets = {"conflict-news dev": dev.stances, "NewsMTSC dev_mt": public["dev_mt"], "NewsMTSC dev_rw": public["dev_rw"]}
    scored["stance"] = {
        name: evaluate(
            rows["label"].astype(str), stance.predict_proba(rows), stance.classes_, groups=rows["article_id"]
        )
        for name, rows in sets.items()
    }

    sentiment = SentimentClassifier(C=C["sentiment"]).fit(train.sentences, train.sentences["sentiment"].astype(str))
    proba = sentiment.predict_proba(dev.sentences)
    scored["sentiment"] = {
        "conflict-news dev": evaluate(
            dev.sentences["sentiment"].astype(str), proba, sentiment.classes_, groups=dev.sentences["article_id"]
        )
    }

    flags = list(FRAMING.labels)
    framing = FramingClassifier(C=C["framing"]).fit(train.sentences, train.sentences[flags])
    found = evaluate_flags(
        dev.sentences[flags], framing.predict_proba(dev.sentences), flags, groups=dev.sentences["article_id"]
    )
    scored["framing"] = {f"conflict-news dev, {flag}": evaluation for flag, evaluation in found.items()}

    own = f"the split `train` of conflict-news ({train.articles['article_id'].nunique()} articles, {{n}} rows)"
    trained = {
        "stance": own.format(n=len(train.stances))
        + f", each row counting {OWN_WEIGHT:g}-fold, and NewsMTSC train ({len(public['train']):,} rows)",
        "sentiment": own.format(n=len(train.sentences)),
        "framing": own.format(n=len(train.sentences)),
    }
    for task, model in {"stance": stance, "sentiment": sentiment, "framing": framing}.items():
        info = {
            "name": f"stancekit {task}",
            "training": trained[task],
            "seed": 0,
            "development": {name: found.to_dict() for name, found in scored[task].items()},
        }
        folder = save_model(model, options.output / task, probes=probes(task), info=info)
        text = card(task, model, scored[task], trained[task])
        (folder / "README.md").write_text(text, encoding="utf-8")
        print(
            f"== {task}: {model.coef_.shape[1]:,} features, "
            f"{sum(path.stat().st_size for path in folder.iterdir()):,} bytes"
        )
        for name, found_ in scored[task].items():
            print(table(name, found_).replace("### ", ""))
            print(json.dumps(found_.confusion.to_dict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
