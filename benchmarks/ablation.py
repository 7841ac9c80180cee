"""Measure what each block of features is worth: each left out, and each alone; write docs/ablation.md.

A block is a template of ``stancekit.features``. Stance is measured on conflict-news (train and dev, cross-validated by
whole conflicts) and on NewsMTSC (its train split to learn from, both development splits to measure on),
sentiment and framing on conflict-news. All rows are counted once, and each setting takes its columns. Nothing of any
split ``test`` is read. Usage::

    python benchmarks/ablation.py [--shared ../shared/data] [--task stance] [--output docs/ablation.md]

Takes about two minutes of one core.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from accuracy import ESTIMATORS, FOLDS, STRENGTHS, checked_rows, difference, on_f1, paired
from sets import HOME, load, own, table
from tqdm import tqdm

from stancekit.classifiers.counting import Counts
from stancekit.classifiers.folding import Fold
from stancekit.features import Template
from stancekit.labelled import LabelledRows
from stancekit.validation import codes_of, folds_of, held_out

# Blocks that say much the same: left out one by one, each hides what the others say.
FAMILIES = {
    "stance": {
        "all words and stems": ("side", "near", "sentence", "side stem", "stem"),
        "all of the role lexicon": ("role", "role sum", "side sum", "pattern"),
        "all rated words": ("polarity", "role sum", "side sum"),
    },
    "sentiment": {"all rated words": ("polarity", "word sum", "frame")},
    "framing": {"all rated words": ("polarity", "word sum", "frame")},
}


@dataclass
class Set:
    """Rows to measure on, counted with all templates.

    Attributes
    ----------
    name : str
        Heads its columns.
    task : str
        Stance, sentiment or framing.
    rows : LabelledRows
        To learn from and to measure on.
    groups : ndarray
        What is drawn together.
    folds : list of (ndarray, ndarray)
        Rows to learn from and rows held out.
    counts : Counts
        Of all rows.
    templates : tuple of Template
        All.
    """

    name: str
    task: str
    rows: LabelledRows
    groups: np.ndarray
    folds: list[Fold]
    counts: Counts
    templates: tuple[Template, ...]

    def said(self, names: Sequence[str]) -> list[np.ndarray]:
        """Give labels of held-out rows by the blocks named, or each flag on its own."""
        numbers = [number for number, template in enumerate(self.templates) if template.name in names]
        model = ESTIMATORS[self.task](C=STRENGTHS[self.task], templates=[self.templates[number] for number in numbers])
        (found,) = held_out([([model], numbers)], self.counts, self.rows, self.folds)
        if len(self.folds) > 1:
            return [*(found.proba >= 0.5).astype(int).T] if self.task == "framing" else [found.proba.argmax(axis=1)]
        # Of one split nothing is left to calibrate with: decision values as they are.
        return [found.decisions[self.folds[0][1]].argmax(axis=1)]

    @property
    def truths(self) -> list[np.ndarray]:
        """What the labels of held-out rows are, in the form of :meth:`said`."""
        codes = codes_of(self.rows)
        held = np.sort(np.concatenate([test for _, test in self.folds]))
        return [*codes[held].astype(int).T] if codes.ndim == 2 else [codes[held]]

    @property
    def drawn(self) -> np.ndarray:
        """The articles of held-out rows."""
        return self.groups[np.sort(np.concatenate([test for _, test in self.folds]))]


def counted(name: str, task: str, frame: pd.DataFrame, split: int | None = None) -> Set:
    """Count rows with all templates; of a split, the first rows are learnt from and the rest held out."""
    rows = checked_rows(frame, task)
    folds = folds_of(rows, FOLDS, 0) if split is None else [(np.arange(split), np.arange(split, len(frame)))]
    model = ESTIMATORS[task]()
    counts = model.count(rows.X)
    return Set(name, task, rows, frame["group"].astype(str).to_numpy(), folds, counts, model.vectorizer_.templates_)


def sets_of(task: str, shared: Path) -> list[Set]:
    """Give what a task is measured on."""
    corpus = own()
    if task != "stance":
        rows = corpus["sentences"].rename(columns={"sentiment": "label"})
        return [counted("conflict-news", task, rows)]
    found = [counted("conflict-news", task, corpus["stances"])]
    if not (shared / "newsmtsc").exists():
        print(f"without NewsMTSC: {shared / 'newsmtsc'} is not there")
        return found
    parts = [load(shared, "newsmtsc", split) for split in ("train", "dev_mt", "dev_rw")]
    return [*found, counted("NewsMTSC dev", task, pd.concat(parts, ignore_index=True), len(parts[0]))]


def compared(here: Set, whole: list[np.ndarray], part: list[np.ndarray]) -> tuple[str, list[str]]:
    """Give a setting's figure, and what it differs by from all blocks; for flags the mean of both F1 of on."""
    score = on_f1 if here.task == "framing" else None
    figures, gains = [], []
    for truth, all_said, said in zip(here.truths, whole, part, strict=True):
        more = {} if score is None else {"score": score}
        nothing = np.zeros_like(truth)
        figures.append(float(paired(truth, said, nothing, here.drawn, on_f1)[0].value) if score else macro(truth, said))
        gains.append(difference(paired(truth, said, all_said, here.drawn, **more)))
    return f"{100 * float(np.mean(figures)):.1f}", gains


def macro(truth: np.ndarray, said: np.ndarray) -> float:
    """Give the macro-F1."""
    labels = np.unique(truth)
    sizes = [(said == label).sum() + (truth == label).sum() for label in labels]
    hits = [((said == label) & (truth == label)).sum() for label in labels]
    return float(np.mean([2 * hit / size for hit, size in zip(hits, sizes, strict=True)]))


def part_of(task: str, shared: Path) -> str:
    """Write the table of a task."""
    here = sets_of(task, shared)
    names = [template.name for template in here[0].templates]
    width = {name: int((here[0].counts.blocks == number).sum()) for number, name in enumerate(names)}
    settings: list[tuple[str, tuple[str, ...]]] = [(name, (name,)) for name in names]
    settings += [(title, tuple(one for one in members if one in names)) for title, members in FAMILIES[task].items()]
    whole = [one.said(names) for one in here]
    first = ["all", f"{len(here[0].counts.blocks):,}"]
    for one, said in zip(here, whole, strict=True):
        first += [compared(one, said, said)[0], *[""] * len(one.truths), ""]
    lines = [first]
    for title, members in tqdm(settings, desc=task, unit=" blocks"):
        rest = [name for name in names if name not in members]
        line = [title, f"{sum(width[name] for name in members):,}"]
        for one, said in zip(here, whole, strict=True):
            without, losses = compared(one, said, one.said(rest))
            line += [without, *losses, compared(one, said, one.said(members))[0]]
        lines.append(line)
    header = ["block", "phrases in conflict-news"]
    for one in here:
        flags = [f"{one.name}: {flag}, difference, p" for flag in one.rows.task.labels] if task == "framing" else []
        header += [f"{one.name} without it", *(flags or [f"{one.name}: difference, p"]), f"{one.name}, it alone"]
    return table(header, lines)


INTRODUCTION = """# What each block of features is worth

Written by `python benchmarks/ablation.py`. Development data only. A block is a template of features
([what each counts](../stancekit/features/templates.py)); all else, the strength of the penalty included, is as for the
shipped models. Figures are macro-F1 for stance and sentiment, and the mean over both flags of the F1 of *on* (from
one half) for framing, in percent. conflict-news (train and dev) is cross-validated with whole conflicts left out; for
NewsMTSC its train split is learnt from, dev_mt and dev_rw are measured together, and decision values are not
calibrated. A difference is that of leaving the block out to all blocks, with its 95 % interval and p by bootstrap over
articles, both scored on the same draws.
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HOME.parent / "shared" / "data")
    parser.add_argument("--task", choices=tuple(ESTIMATORS), action="append", help="only this one; all by default")
    parser.add_argument("--output", type=Path, help="docs/ablation.md by default; with --task nothing is written")
    options = parser.parse_args()
    parts = []
    for task in options.task or ESTIMATORS:
        parts.append(f"## {task.capitalize()}\n\n{part_of(task, options.shared)}")
        print(f"{parts[-1]}\n\n{time.process_time():.0f} s of processor time so far", flush=True)
    page = options.output or (None if options.task else HOME / "docs" / "ablation.md")
    if page is not None:
        page.write_text("\n\n".join([INTRODUCTION.strip(), *parts]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
