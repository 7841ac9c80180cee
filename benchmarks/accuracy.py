"""Measure how right the classifiers are beside plain peers; write docs/accuracy.md.

Everything is trained here, on development data only, and measured where it was not trained: conflict-news by grouped
cross-validation over whole conflicts (train and dev), NewsMTSC and RuSentNE on their development splits, disaster news
on its development split without its training split. All are trained and measured on the same rows, and differences
tested on the same draws of articles. Nothing of any split ``test`` is read, but with ``--release``. Usage::

    python benchmarks/accuracy.py [--shared ../shared/data] [--task stance] [--output docs/accuracy.md]
    python benchmarks/accuracy.py --release

Public sets and peers that are not there are left out with a line; ``pip install '.[peers]'`` brings fastText and
MiniLM. With ``--release`` the shipped models are scored on the split ``test`` of conflict-news, each once and for all:
what came out is kept in docs/release-scores.json, and a model that stands there is refused.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from peers import MiniLM, Peer, Plain, all_peers
from release import release
from sets import CORPUS, FLAGS, HOME, labels, load, own, prepared, public, second, table
from sklearn.metrics import average_precision_score

from stancekit import FramingClassifier, SentimentClassifier, StanceClassifier
from stancekit.classifiers.folding import Fold
from stancekit.evaluation import Figure, evaluate
from stancekit.labelled import LabelledRows, check_labelled
from stancekit.models import shipped_models
from stancekit.validation import folds_of, held_out

FOLDS = 5
DRAWS = 2000
JOBS = 1
# MiniLM is left out where more rows than these are learnt from: embedding them takes the better part of an hour.
MOST_EMBEDDED = 20_000
STRENGTHS = {"stance": 1.0, "sentiment": 3.0, "framing": 3.0}
ESTIMATORS = {"stance": StanceClassifier, "sentiment": SentimentClassifier, "framing": FramingClassifier}
# From confusion tables of shape (n, k, k) to figures of shape (n,).
Score = Callable[[np.ndarray], np.ndarray]
OURS = "**stancekit**"
REFERENCE = "the same, names masked"
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


@dataclass(frozen=True)
class Measure:
    """Rows to measure on, and what is learnt from.

    Attributes
    ----------
    name : str
        Heads the column.
    test : DataFrame
        Labelled rows with a ``group``.
    known : DataFrame or None
        Rows to learn from; the rows themselves by cross-validation if there are none.
    """

    name: str
    test: pd.DataFrame
    known: pd.DataFrame | None = None


class Ours:
    """The classifiers, as ``stancekit train`` makes them: calibrated with the decision values of held-out rows.

    Parameters
    ----------
    task : str
        Which one.
    """

    def __init__(self, task: str) -> None:
        self.task = task

    def __call__(self, known: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:  # noqa: ARG002 - as peers
        """Give probabilities."""
        checked = checked_rows(known, self.task)
        model = ESTIMATORS[self.task](C=STRENGTHS[self.task])
        counts = model.count(checked.X, jobs=JOBS)
        (candidate,) = held_out([([model], None)], counts, checked, folds_of(checked, FOLDS, 0), jobs=JOBS)
        model.fit_counts(counts, checked.y, None, checked.groups, decisions=candidate.decisions, jobs=JOBS)
        return np.asarray(model.predict_proba(prepared(test)))

    def crossed(self, rows: pd.DataFrame, folds: list[Fold]) -> np.ndarray:
        """Give probabilities of held-out rows, calibrated on the other folds."""
        checked = checked_rows(rows, self.task)
        model = ESTIMATORS[self.task](C=STRENGTHS[self.task])
        counts = model.count(checked.X, jobs=JOBS)
        (candidate,) = held_out([([model], None)], counts, checked, folds, jobs=JOBS)
        return np.asarray(candidate.proba)


def checked_rows(rows: pd.DataFrame, task: str) -> LabelledRows:
    """Check rows as ``stancekit train`` does; none may be lost, or peers would be measured on others."""
    checked = check_labelled(prepared(rows), task=task, columns={"article_id": "group"})
    if checked.rejected:
        raise SystemExit(f"a row cannot be used: {checked.rejected[0].reason}")
    return checked


def folds_for(rows: pd.DataFrame, task: str) -> list[Fold]:
    """Part rows to folds of whole groups: the same ones for all."""
    return folds_of(checked_rows(rows, task), FOLDS, 0)


def crossed(peer: Peer | Ours, rows: pd.DataFrame, y: np.ndarray, folds: list[Fold]) -> np.ndarray:
    """Give probabilities of held-out rows."""
    if isinstance(peer, Ours):
        return peer.crossed(rows, folds)
    found = np.zeros((len(rows), len(np.unique(y))))
    for known, test in folds:
        found[test] = peer(rows.iloc[known].reset_index(drop=True), y[known], rows.iloc[test].reset_index(drop=True))
    return found


class Kept:
    """Asks peers; keeps what each said in a folder, if there is one, so that a run can be made in pieces.

    Parameters
    ----------
    folder : Path or None
        Where to keep it. It knows rows and the peer's name, not the code: empty it when that changes.
    only : str
        Peers whose name does not contain it are asked only if what they said is kept.
    """

    def __init__(self, folder: Path | None = None, only: str = "") -> None:
        self.folder = folder
        self.only = only

    def __call__(self, name: str, rows: Sequence[pd.DataFrame], ask: Callable[[], np.ndarray]) -> np.ndarray | None:
        """Give a peer's probabilities; None if it is left for another run."""
        if self.folder is None:
            return ask() if self.only in name else None
        told = hashlib.sha256(name.encode())
        for part in rows:
            told.update(pd.util.hash_pandas_object(part.astype(str), index=False).to_numpy().tobytes())
        file = self.folder / f"{told.hexdigest()[:24]}.npy"
        if file.exists():
            return np.asarray(np.load(file))
        if self.only not in name:
            return None
        found = ask()
        self.folder.mkdir(parents=True, exist_ok=True)
        np.save(file, found)
        return found


def asked(
    peer: Peer | Ours, measures: Sequence[Measure], task: str, keep: Kept | None = None, name: str = ""
) -> list[np.ndarray | None]:
    """Give a peer's probabilities for all measures, learning from each set of rows once; None where it is left out."""
    keep = keep or Kept()
    found: dict[int, np.ndarray | None] = {}
    for number, measure in enumerate(measures):
        rows = measure.test
        if measure.known is None:
            found[number] = keep(
                f"{name}, {task}, crossed",
                [prepared(rows)],
                lambda rows=rows: crossed(peer, rows, labels(rows), folds_for(rows, task)),
            )
        elif isinstance(peer, MiniLM) and len(measure.known) > MOST_EMBEDDED:
            found[number] = None
        elif number not in found:
            same = [place for place, other in enumerate(measures) if other.known is measure.known]
            tests = [measures[place].test for place in same]
            together, known = pd.concat(tests, ignore_index=True), measure.known
            proba = keep(
                f"{name}, {task}",
                [prepared(known), prepared(together)],
                lambda known=known, together=together: peer(known, labels(known), together),
            )
            parts = (
                [None] * len(same) if proba is None else np.split(proba, np.cumsum([len(test) for test in tests])[:-1])
            )
            found |= dict(zip(same, parts, strict=True))
    return [found[number] for number in range(len(measures))]


def macro_f1(tables: np.ndarray) -> np.ndarray:
    """Give the macro-F1 of confusion tables of shape (n, k, k)."""
    right = np.diagonal(tables, axis1=1, axis2=2)
    sizes = tables.sum(axis=1) + tables.sum(axis=2)
    return np.asarray(np.divide(2 * right, sizes, out=np.zeros_like(right), where=sizes > 0).mean(axis=1))


def on_f1(tables: np.ndarray) -> np.ndarray:
    """Give the F1 of the second of two classes."""
    right, sizes = tables[:, 1, 1], tables[:, 1].sum(axis=1) + tables[:, :, 1].sum(axis=1)
    return np.asarray(np.divide(2 * right, sizes, out=np.zeros_like(right), where=sizes > 0))


def paired(
    truth: np.ndarray, ours: np.ndarray, theirs: np.ndarray, groups: Sequence[object], score: Score = macro_f1
) -> tuple[Figure, float]:
    """Compare two labellings of the same rows by bootstrap over articles: both are scored on the same draws.

    Parameters
    ----------
    truth, ours, theirs : ndarray of int, shape (n,)
        Numbers of labels.
    groups : sequence of length n
        The article of each row.
    score : callable
        From confusion tables to figures.

    Returns
    -------
    Figure
        What ours is better by, with its 95 % interval.
    float
        Two-sided p: twice the share of draws on the rarer side of 0.
    """
    k = int(max(truth.max(), ours.max(), theirs.max())) + 1
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    n = codes.max() + 1
    drawn = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    scores = []
    for said in (ours, theirs):
        cells = np.zeros((n, k * k))
        np.add.at(cells, (codes, truth * k + said), 1)
        tables = np.vstack([cells.sum(axis=0), drawn @ cells]).reshape(-1, k, k)
        scores.append(score(tables))
    gain = scores[0] - scores[1]
    low, high = np.percentile(gain[1:], [2.5, 97.5])
    rarer = min((gain[1:] <= 0).sum(), (gain[1:] >= 0).sum())
    return Figure(float(gain[0]), float(low), float(high)), min(1.0, 2 * (int(rarer) + 1) / (DRAWS + 1))


def difference(found: tuple[Figure, float]) -> str:
    """Write a difference with its interval and p."""
    one, p = found
    sure = f"p {p:.3f}" if p >= 0.001 else "p < 0.001"
    return f"{100 * one.value:+.1f} ({100 * one.low:+.1f} to {100 * one.high:+.1f}), {sure}"


def closed(ours: float, plain: float, best: float) -> float:
    """Give how much of the gap between a peer and the second labelling is closed, in percent; figures from 0 to 1."""
    return 100 * (ours - plain) / (best / 100 - plain)


def reached(ours: float, plain: float, best: float) -> str:
    """Say how much of the gap between the plain peer and the second labelling is closed."""
    return (
        f"The second labelling reaches {best:.1f} against the first; {closed(ours / 100, plain / 100, best):.0f} % of "
        "the gap from the masked peer to it is closed."
    )


def labels_part(task: str, measures: Sequence[Measure], best: float, keep: Kept) -> str:
    """Compare peers on labels; the first measure is the project's own corpus."""
    truths = [np.unique(labels(measure.test), return_inverse=True) for measure in measures]
    probas: dict[str, list[np.ndarray | None]] = {}
    lines, values = [], {}
    for name, peer in (all_peers(tone=True) | {OURS: Ours(task)}).items():
        probas[name] = asked(peer, measures, task, keep, name)
        found = [
            None if proba is None else evaluate(classes[codes], proba, classes.tolist(), groups=measure.test["group"])
            for measure, (classes, codes), proba in zip(measures, truths, probas[name], strict=True)
        ]
        values[name] = 100 * found[0].macro_f1.value if found[0] else 0.0
        lines.append([name, *("–" if one is None else str(one.macro_f1) for one in found)])
        print(" | ".join(lines[-1]), flush=True)
        if name in {OURS, REFERENCE}:
            eces = ("–" if one is None else f"{100 * one.ece.value:.1f}" for one in found)
            lines.append([f"{'ECE of stancekit' if name == OURS else 'its ECE'}", *eces])
    tests = []
    for name, theirs in probas.items():
        if name != OURS:
            pairs = zip(measures, truths, probas[OURS], theirs, strict=True)
            tests.append(
                [
                    f"stancekit less {name}",
                    *(compared_pair(codes, ours, other, measure) for measure, (_, codes), ours, other in pairs),
                ]
            )
    names = [measure.name for measure in measures]
    return "\n\n".join(
        [
            table(["macro-F1 (95 % interval)", *names], lines),
            reached(values[OURS], values[REFERENCE], best),
            "Differences of macro-F1, both scored on the same draws of articles:",
            table(["paired difference (95 % interval), p", *names], tests),
        ]
    )


def compared_pair(truth: np.ndarray, ours: np.ndarray | None, theirs: np.ndarray | None, measure: Measure) -> str:
    """Test a peer's labels against ours."""
    if ours is None or theirs is None:
        return "–"
    return difference(paired(truth, ours.argmax(axis=1), theirs.argmax(axis=1), measure.test["group"]))


def best_threshold(truth: np.ndarray, proba: np.ndarray) -> float:
    """Give the probability from which a flag is to be on for the best F1."""
    steps = np.arange(0.05, 0.96, 0.01)
    scores = [2 * (truth & (proba >= step)).sum() / max(truth.sum() + (proba >= step).sum(), 1) for step in steps]
    return float(steps[int(np.argmax(scores))])


def switched(truth: np.ndarray, proba: np.ndarray, folds: list[Fold]) -> np.ndarray:
    """Tell where a flag is on, by the threshold that is best on the other folds."""
    said = np.zeros(len(truth), dtype=int)
    for known, test in folds:
        said[test] = proba[test] >= best_threshold(truth[known].astype(bool), proba[known])
    return said


def flags_part(rows: pd.DataFrame, keep: Kept) -> str:
    """Compare peers on the two flags, by F1 of on."""
    folds = folds_for(rows, "framing")
    ours = keep(f"{OURS}, framing", [prepared(rows)], lambda: Ours("framing").crossed(rows, folds))
    parts = []
    for number, flag in enumerate(FLAGS):
        truth = rows[flag].to_numpy().astype(int)
        words = set(KEYWORDS[flag])
        named = np.array([float(bool(words & set(text.lower().split()))) for text in rows["text"]])
        probas = {f"{len(words)} keywords": named}
        for name, peer in all_peers(tone=False).items():
            here = [prepared(rows)]
            said_all = keep(f"{name}, {flag}", here, lambda peer=peer, truth=truth: crossed(peer, rows, truth, folds))
            if said_all is not None:
                probas[name] = said_all[:, 1]
        if ours is None or REFERENCE not in probas:
            print(f"{flag}: not all that is compared has been asked yet")
            continue
        probas[OURS] = ours[:, number]
        said = {name: switched(truth, proba, folds) for name, proba in probas.items()}
        lines, scores = [], {}
        for name, proba in probas.items():
            nothing = np.zeros_like(truth)
            half, chosen = (
                paired(truth, labelled, nothing, rows["group"], on_f1)[0]
                for labelled in ((proba >= 0.5).astype(int), said[name])
            )
            both = evaluate(truth, np.column_stack([1 - proba, proba]), [0, 1], groups=rows["group"], draws=10)
            scores[name] = half.value, chosen.value
            test = "" if name == OURS else difference(paired(truth, said[OURS], said[name], rows["group"], on_f1))
            lines.append([name, str(half), str(chosen), f"{100 * both.ece.value:.1f}", test])
            print(flag, " | ".join(lines[-1]), flush=True)
        best = second(flag, "sentences")
        header = [f"{flag}: F1 of on (95 % interval)", "on from one half", "threshold chosen on other folds", "ECE"]
        parts += [
            table([*header, "stancekit less it, thresholds chosen, p"], lines),
            reached(100 * scores[OURS][1], 100 * scores[REFERENCE][0], best)
            + " With a threshold for the peer, too, it is "
            + f"{closed(scores[OURS][1], scores[REFERENCE][1], best):.0f} %.",
        ]
    return "\n\n".join(parts)


def disaster(rows: pd.DataFrame, shared: Path) -> str:
    """Carry the flags over to disaster news."""
    test = pd.read_csv(shared / "disaster_response" / "dev.csv")
    proba = Ours("framing")(rows, rows[FLAGS].to_numpy(), test)
    lines = []
    for number, flag in enumerate(FLAGS):
        truth = test[list(DISASTER[flag])].to_numpy().max(axis=1).astype(int)
        words = set(KEYWORDS[flag])
        counts = [len(words & set(text.lower().split())) for text in test["text"]]
        masked = Plain(masked=True)(rows, rows[flag].to_numpy().astype(int), test)[:, 1]
        lines.append(
            [
                f"{' or '.join(DISASTER[flag])} from {flag}",
                f"{100 * truth.mean():.1f}",
                f"{100 * average_precision_score(truth, counts):.1f}",
                f"{100 * average_precision_score(truth, masked):.1f}",
                f"**{100 * average_precision_score(truth, proba[:, number]):.1f}**",
            ]
        )
    header = ["average precision on disaster_response dev", "share on", f"{len(KEYWORDS['tactical'])} keywords"]
    return table([*header, "masked TF-IDF", "stancekit"], lines)


def stance_measures(shared: Path, corpus: pd.DataFrame) -> list[Measure]:
    """Give where stance is measured."""
    measures = [Measure("conflict-news", corpus)]
    for known, tests in public(shared, corpus):
        measures += [Measure(name, test, known) for name, test in tests.items()]
        political = [test for name, test in tests.items() if name.startswith("NewsMTSC")]
        if political:
            both = pd.concat(political, ignore_index=True)
            apart = both[~both["group"].isin(set(known["group"]))].reset_index(drop=True)
            measures.append(Measure("NewsMTSC dev, articles that train lacks", apart, known))
    if (shared / "newsmtsc").exists() and (shared / "rusentne").exists():
        measures.append(Measure("RuSentNE dev, 5-fold within", load(shared, "rusentne", "dev")))
    return measures


def compared(shared: Path, tasks: Sequence[str], keep: Kept) -> str:
    """Measure all that is asked for."""
    corpus = own()
    stances, sentences = corpus["stances"], corpus["sentences"]
    parts = {}
    if "stance" in tasks:
        parts["Stance"] = labels_part("stance", stance_measures(shared, stances), second("label", "stances"), keep)
    if "sentiment" in tasks:
        tone = Measure("conflict-news", sentences.rename(columns={"sentiment": "label"}))
        parts["Sentiment"] = labels_part("sentiment", [tone], second("sentiment", "sentences"), keep)
    if "framing" in tasks:
        parts["Framing"] = flags_part(sentences, keep)
        if (shared / "disaster_response").exists():
            parts["Framing carried over"] = disaster(sentences, shared)
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in parts.items())


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HOME.parent / "shared" / "data")
    parser.add_argument("--task", choices=tuple(ESTIMATORS), action="append", help="only this one; all by default")
    parser.add_argument("--output", type=Path, help="docs/accuracy.md by default; with --task nothing is written")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what peers said, for a run in pieces")
    parser.add_argument("--only", default="", metavar="TEXT", help="ask only peers whose name holds this; no page")
    parser.add_argument("--release", action="store_true", help="score the shipped models on test, each once")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="for --release")
    parser.add_argument("--record", type=Path, default=HOME / "docs" / "release-scores.json", help="for --release")
    options = parser.parse_args()
    if options.release:
        print(release(shipped_models(), options.corpus, options.record, options.task))
        return 0
    keep = Kept(options.keep, options.only)
    body = compared(options.shared, options.task or tuple(ESTIMATORS), keep)
    if options.only:
        print(body)
        return 0
    page = options.output or (None if options.task else HOME / "docs" / "accuracy.md")
    if page is not None:
        page.write_text(f"{INTRODUCTION}\n{body}\n", encoding="utf-8")
    print(body)
    return 0


INTRODUCTION = """# How right the classifiers are

Written by `python benchmarks/accuracy.py`. Development data only. conflict-news (train and dev; text and labels
machine-written) is cross-validated with whole conflicts left out, and trained on nothing else; NewsMTSC is trained on
its train split; RuSentNE on conflict-news and NewsMTSC, or within itself by cross-validation; real news on
conflict-news, NewsMTSC and the part `train` of [news-labels](../datasets/news-labels/README.md). About half of
NewsMTSC's development rows share an article with its train split; figures without these stand apart. All are trained
and measured on the same rows and folds. fastText sees the sentence with a mark in place of the target; MiniLM is a
network of 22 million weights whose embeddings of the sentence and of eight words on each side of the target are given
to a logistic regression, names left in. Everybody's label is the most probable one; the shipped models choose theirs by
thresholds besides. Intervals and p are by bootstrap over articles. The cards of the [shipped models](../README.md)
carry their own figures.
"""

if __name__ == "__main__":
    sys.exit(main())
