"""Measure whether names can change what the shipped models say; write docs/name-proof.md.

Names are put in the place of the target and of every other name in labelled sentences (conflict-news, train and dev;
NewsMTSC and RuSentNE, dev, where they are at hand; nothing of any split ``test``), and the labels before and after are
compared:

- catalogue actors of the same kind, which must change no bit;
- invented names, which no catalogue knows: pronounceable, after the sounds of many languages, from a seed;
- both again in headlines with a capital on every word.

Usage::

    python benchmarks/name_proof.py [--shared ../shared/data] [--rows 500] [--seed 0] [--output docs/name-proof.md]

Models see a sentence through its masked tokens alone. So where these are the same, probabilities are bit-equal (this
is held to on a sample), and where they are not, the words that differ are what leaks.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from invented_names import KINDS, Maker
from sets import HOME, own, public, table, targets

from stancekit import load_model
from stancekit.actors import Catalogue
from stancekit.classifiers import LinearClassifier
from stancekit.features import Masker
from stancekit.features.masking import ACRONYMS, DATE, NAME, NUMBER, OFFICES, PARTICLES, TARGET

DRAWS = 1000
# Catalogue names that are tried in each place.
TRIED = 5
# Sentences of up to so many words are made headlines of.
HEADLINE = 16
SMALL = frozenset("a an and as at but by for from in into near nor of off on or over the to up via vs with".split())  # noqa: SIM905
SAMPLE = 200
WORST = 6
Spans = tuple[tuple[int, int], ...]


class Row(NamedTuple):
    """A labelled sentence.

    Attributes
    ----------
    group : str
        Its article.
    text : str
        The sentence.
    spans : tuple of (int, int)
        The target's; none where the sentence as a whole is asked about.
    """

    group: str
    text: str
    spans: Spans


@dataclass
class Trial:
    """A row with other names.

    Attributes
    ----------
    row : int
        Number of the row.
    what, kind : str
        What was replaced, and by what kind of name.
    opens : bool
        Whether a replaced name opens the sentence.
    changed : Row
        The row with the names in place.
    gained, lost : list of str
        Tokens that the models see with the new names only, and with the old ones only.
    flipped : bool
        Whether any label is another one.
    change : float
        The largest change of a probability.
    """

    row: int
    what: str
    kind: str
    opens: bool
    changed: Row
    gained: list[str]
    lost: list[str]
    same: bool
    flipped: bool = False
    change: float = 0.0


def put(row: Row, places: Sequence[tuple[int, int, str]]) -> Row:
    """Put names in places of a sentence, and move the target's spans along."""
    text, free = "", 0
    known: dict[int, int] = {}
    shifts: list[tuple[int, int]] = []
    for start, end, name in sorted(places):
        text += row.text[free:start]
        known[start] = len(text)
        text += name
        known.setdefault(end, len(text))
        free = end
        # The states' forces, but Norway's forces.
        if (
            row.text[end - 1 : end].lower() == "s"
            and row.text[end : end + 2] in {"' ", "’ "}
            and name[-1:].lower() != "s"
        ):
            quoted = row.text[start - 1 : start] in {"'", "‘", "’"} and start > 0
            text += "" if quoted else f"{row.text[end]}s"
            free += 0 if quoted else 1
        shifts.append((free, len(text) - free))

    def moved(place: int) -> int:
        if place in known:
            return known[place]
        return place + next((shift for end, shift in reversed(shifts) if end <= place), 0)

    return Row(row.group, text + row.text[free:], tuple((moved(start), moved(end)) for start, end in row.spans))


def headline(row: Row) -> Row:
    """Write a sentence as a headline: a capital on every word but the small ones, and no full stop."""
    words = [
        word if (place and word.lower() in SMALL) or not word[:1].islower() else word[0].upper() + word[1:]
        for place, word in enumerate(row.text.split(" "))
    ]
    text = " ".join(words).removesuffix(".")
    # Letters that grow with their capital would move the spans, and an abbreviation may end the target.
    fits = len(text) >= len(row.text) - 1 and all(end <= len(text) for _, end in row.spans)
    return Row(row.group, text, row.spans) if fits else row


class Names:
    """Knows where names stand in a sentence, and whose kind they are of.

    Parameters
    ----------
    masker : Masker
        As of the models.
    """

    def __init__(self, masker: Masker) -> None:
        self.masker = masker
        self.kinds = {actor.actor_id: actor.kind for actor in masker.matcher.catalogue.values()}

    def others(self, row: Row) -> list[tuple[int, int, str]]:
        """Give the places of names other than the target's, with their kinds: what a mark now stands for."""
        known = self.masker.matcher.names(row.text)
        found = []
        for token in self.masker.mask(row.text, row.spans):
            if token.text != NAME:
                continue
            within = [name for name in known if token.start <= name.start and name.end <= token.end]
            kind = "none"
            if len(within) == 1:
                kind = "adjective" if within[0].role == "adjective" else self.kinds[within[0].actor_id]
            found.append((token.start, token.end, kind))
        return found


def opens(text: str, place: int) -> bool:
    """Tell whether a name opens a sentence or a quotation."""
    return not any(character.isalnum() for character in text[:place]) or text[:place].rstrip().endswith(('"', "“", ":"))


@lru_cache(maxsize=4)
def words_of(masker: Masker, row: Row) -> list[str]:
    """Give what the models see."""
    return [token.text for token in masker.mask(row.text, row.spans)]


def compared(masker: Masker, number: int, row: Row, changed: Row, what: str, kind: str, *, opening: bool) -> Trial:
    """Compare what the models see of a row and of the changed one."""
    before, after = words_of(masker, row), words_of(masker, changed)
    return Trial(
        row=number,
        what=what,
        kind=kind,
        opens=opening,
        changed=changed,
        gained=sorted((Counter(after) - Counter(before)).elements()),
        lost=sorted((Counter(before) - Counter(after)).elements()),
        same=before == after,
    )


def trials(rows: Sequence[Row], names: Names, maker: Maker, catalogue: dict[str, list[str]]) -> Iterator[Trial]:
    """Put names in the place of the target, and of every other name, of every row."""
    for number, row in enumerate(rows):
        others = names.others(row)
        swaps: list[tuple[str, str, list[tuple[int, int, str]]]] = []
        for kind, (stands_for, make) in KINDS.items():
            if row.spans and kind != "people (adjective)":
                name = make(maker)
                swaps.append(("target", kind, [(*span, name) for span in row.spans]))
            swaps.append(
                ("others", kind, [(start, end, make(maker)) for start, end, old in others if old in stands_for])
            )
        for kind, known in catalogue.items():
            for _ in range(TRIED):
                if row.spans:
                    name = maker.one(known)
                    swaps.append(("target", f"catalogue: {kind}", [(*span, name) for span in row.spans]))
                places = [(start, end, maker.one(known)) for start, end, old in others if old == kind]
                swaps.append(("others", f"catalogue: {kind}", places))
        for what, kind, places in swaps:
            if places:
                opening = any(opens(row.text, start) for start, _, _ in places)
                yield compared(names.masker, number, row, put(row, places), what, kind, opening=opening)


def asked(model: LinearClassifier, rows: Sequence[Row]) -> np.ndarray:
    """Give the probabilities of rows."""
    if not rows[0].spans:
        return np.asarray(model.predict_proba([row.text for row in rows]))
    frame = pd.DataFrame(
        {
            "text": [row.text for row in rows],
            "start": [row.spans[0][0] for row in rows],
            "end": [row.spans[0][1] for row in rows],
            "spans": [row.spans for row in rows],
        }
    )
    return np.asarray(model.predict_proba(frame))


def label(model: LinearClassifier, proba: np.ndarray) -> np.ndarray:
    """Give labels as the models do: the most probable one, or each flag by its threshold."""
    thresholds = getattr(model, "thresholds_", None)
    return proba.argmax(axis=1)[:, None] if thresholds is None else proba >= thresholds


def measured(model: LinearClassifier, rows: Sequence[Row], made: list[Trial]) -> list[Trial]:
    """Ask the model wherever it sees another sentence than before; hold it to the rest on a sample."""
    if not made:
        return made
    asked_for = sorted({trial.row for trial in made})
    before = dict(zip(asked_for, asked(model, [rows[number] for number in asked_for]), strict=True))
    same = [trial for trial in made if trial.same]
    sample = same[:: max(1, len(same) // SAMPLE)]
    differing = [trial for trial in made if not trial.same]
    together = [*sample, *differing]
    after = asked(model, [trial.changed for trial in together])
    for trial, proba in zip(together, after, strict=True):
        old = before[trial.row]
        trial.change = float(np.abs(proba - old).max())
        trial.flipped = bool((label(model, proba[None]) != label(model, old[None])).any())
    moved = [trial for trial in sample if trial.change]
    if moved:
        raise SystemExit(f"the same tokens, other probabilities: {moved[0].changed.text!r}")
    return made


def interval(flags: np.ndarray, groups: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """Give a share in percent with its interval by bootstrap over articles."""
    _, codes = np.unique(groups, return_inverse=True)
    n = codes.max() + 1
    hits, sizes = np.bincount(codes, weights=flags, minlength=n), np.bincount(codes, minlength=n)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    shares = (drawn @ hits) / np.maximum(drawn @ sizes, 1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return 100 * float(flags.mean()), 100 * float(low), 100 * float(high)


def frame_of(made: Sequence[Trial], rows: Sequence[Row], task: str, form: str) -> pd.DataFrame:
    """Give trials as a table."""
    return pd.DataFrame(
        {
            "task": task,
            "form": form,
            "what": [trial.what for trial in made],
            "kind": [trial.kind for trial in made],
            "opens": [trial.opens for trial in made],
            "group": [rows[trial.row].group for trial in made],
            "same": [trial.same for trial in made],
            "flipped": [trial.flipped for trial in made],
            "change": [trial.change for trial in made],
            "cause": [cause(trial) for trial in made],
            "gained": [" ".join(trial.gained) for trial in made],
            "lost": [" ".join(trial.lost) for trial in made],
            "text": [trial.changed.text for trial in made],
        }
    )


def cause(trial: Trial) -> str:
    """Say which words of names, or of their surroundings, the models see."""
    if trial.same:
        return ""
    gained = [word for word in trial.gained if word not in {NAME, TARGET}]
    lost = [word for word in trial.lost if word not in {NAME, TARGET}]
    if any(word in OFFICES for word in gained):
        return "a word of office or institution in the name stays a word"
    if any(word in PARTICLES or word in {"the", "of", "for", "and", "in", "o", "d", "u"} for word in gained):
        return "a small word in the name stays a word"
    if any(word in ACRONYMS for word in gained):
        return "an abbreviation that is a word"
    if any(word in {DATE, NUMBER} for word in gained):
        return "a word in the name is taken for a date or number"
    if gained and lost:
        return "other words are seen otherwise"
    if gained:
        return "a common word in the name stays a word"
    if lost:
        return "a word beside the name is taken into it"
    return "the name falls apart, or joins with its neighbour"


def share(rows: pd.DataFrame) -> list[str]:
    """Write trials, share with other tokens, share of other labels with its interval, and changes of probability."""
    if rows.empty:
        return ["0", "", "", "", ""]
    value, low, high = interval(rows["flipped"].to_numpy(), rows["group"].to_numpy())
    largest = rows["change"].to_numpy()
    return [
        f"{len(rows):,}",
        f"{100 * (~rows['same']).mean():.1f}",
        f"{value:.2f} ({low:.2f} to {high:.2f})",
        f"{largest.mean():.4f}",
        f"{np.quantile(largest, 0.99):.3f}",
    ]


HEADER = ["names tried", "% seen otherwise", "% of labels changed (95 % interval)", "mean change", "99th percentile"]
REPLACED = {"target": "the target", "others": "every other name"}


def by_kind(rows: pd.DataFrame) -> str:
    """Compare kinds of invented names in the place of every other name."""
    tasks = list(dict.fromkeys(rows["task"]))
    lines = []
    for kind in dict.fromkeys(rows["kind"]):
        parts = [rows[(rows["kind"] == kind) & (rows["task"] == task)] for task in tasks]
        first = [f"{len(parts[0]):,}", share(parts[0])[1]]
        lines.append([kind, *first, *(share(part)[2] for part in parts)])
    return table(["kind of name", *HEADER[:2], *(f"% of {task} changed" for task in tasks)], lines)


def by_place(rows: pd.DataFrame) -> str:
    """Compare what is replaced, and where it stands."""
    lines = []
    for task in dict.fromkeys(rows["task"]):
        for what, title in REPLACED.items():
            for first, where in ((True, "opens the sentence"), (False, "stands within it")):
                part = rows[(rows["task"] == task) & (rows["what"] == what) & (rows["opens"] == first)]
                if len(part):
                    lines.append([task, title, where, *share(part)])
    return table(["model", "replaced", "where", *HEADER], lines)


def by_cause(rows: pd.DataFrame) -> str:
    """Group what is seen otherwise by its cause; print the worst of each."""
    tasks = list(dict.fromkeys(rows["task"]))
    lines = []
    differing = rows[~rows["same"]]
    for name, part in sorted(differing.groupby("cause"), key=lambda pair: -pair[1]["flipped"].sum()):
        words = Counter(word for text in part["gained"] for word in text.split() if word not in {NAME, TARGET})
        counts = [part[part["task"] == task] for task in tasks]
        changed = [f"{int(one['flipped'].sum()):,} of {len(one):,}" for one in counts]
        lines.append([name, *changed, ", ".join(word for word, _ in words.most_common(8))])
        print(f"\n{name}: {', '.join(map(' '.join, zip(tasks, changed, strict=True)))}")
        for one in part.nlargest(WORST, "change").itertuples():
            print(f"  {one.change:.2f} {one.task}: {one.kind}, +({one.gained}) -({one.lost}): {one.text}")
    return table(["what the model sees", *(f"{task} labels changed" for task in tasks), "most frequent words"], lines)


def stance_rows(frame: pd.DataFrame) -> list[Row]:
    """Give rows with targets."""
    return [
        Row(str(group), text, tuple(spans))
        for group, text, spans in zip(frame["group"], frame["text"], targets(frame), strict=True)
    ]


def sets(shared: Path, limit: int | None) -> dict[str, list[Row]]:
    """Give the rows of each task."""
    corpus = own()
    frames = [corpus["stances"].assign(group=corpus["stances"]["article_id"])]
    for _, tests in public(shared, corpus["stances"]):
        frames += [test for name, test in tests.items() if not name.startswith("real news")]
    stances = [row for frame in frames for row in stance_rows(frame)]
    sentences = [
        Row(str(group), text, ())
        for group, text in zip(corpus["sentences"]["article_id"], corpus["sentences"]["text"], strict=True)
    ]
    return {
        "stance": spread(stances, limit),
        "sentiment": spread(sentences, limit),
        "framing": spread(sentences, limit),
    }


def spread(rows: list[Row], limit: int | None) -> list[Row]:
    """Take rows at equal steps."""
    return rows if limit is None or limit >= len(rows) else rows[:: len(rows) // limit][:limit]


def catalogue_names() -> dict[str, list[str]]:
    """Give the names of the catalogue's actors by kind."""
    found: dict[str, list[str]] = {}
    for actor in Catalogue.builtin().values():
        if actor.kind in {"state", "person", "organisation", "armed_group"}:
            found.setdefault(actor.kind, []).append(actor.name)
    return found


def collected(rows: dict[str, list[Row]], seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Try names in all rows and tasks, as they are and as headlines; and capitals alone."""
    frames, cases = [], []
    known = catalogue_names()
    for task, mine in rows.items():
        model = load_model(task)
        names = Names(model.vectorizer_.masker_)
        short = [row for row in mine if len(row.text.split()) <= HEADLINE]
        raised = [headline(row) for row in short]
        for form, given in (("sentence", mine), ("headline", raised)):
            maker = Maker(np.random.default_rng(seed))
            made = measured(model, given, list(trials(given, names, maker, known)))
            frames.append(frame_of(made, given, task, form))
            print(f"{task}, {form}: {len(given):,} rows, {len(made):,} names tried", flush=True)
        cases.append(frame_of(capitals(model, names.masker, short, raised), short, task, "headline"))
    return pd.concat(frames, ignore_index=True), pd.concat(cases, ignore_index=True)


def capitals(model: LinearClassifier, masker: Masker, rows: Sequence[Row], raised: Sequence[Row]) -> list[Trial]:
    """Compare sentences with the same sentences as headlines, names left as they are."""
    made = [
        compared(masker, number, row, changed, "capitals", "none", opening=True)
        for number, (row, changed) in enumerate(zip(rows, raised, strict=True))
    ]
    return measured(model, rows, made)


def page(found: pd.DataFrame, cases: pd.DataFrame) -> str:
    """Write the findings."""
    invented = ~found["kind"].str.startswith("catalogue")
    lines = []
    for form in FORMS:
        for title, rows in (("of the catalogue", found[~invented]), ("invented", found[invented])):
            for task in dict.fromkeys(found["task"]):
                for what, replaced in REPLACED.items():
                    part = rows[(rows["task"] == task) & (rows["what"] == what) & (rows["form"] == form)]
                    if len(part):
                        lines.append([form, title, task, replaced, *share(part)])
    parts = [INTRODUCTION, "## Summary", table(["in a", "names", "model", "replaced", *HEADER], lines)]
    for form in FORMS:
        rows = found[invented & (found["form"] == form)]
        others = rows[rows["what"] == "others"]
        parts += [f"## Invented names in {form}s", by_place(rows), by_kind(others), by_cause(rows)]
    lines = [[task, *share(cases[cases["task"] == task])] for task in dict.fromkeys(cases["task"])]
    differing = f"## Capitals alone\n\n{CAPITALS}"
    parts += [differing, table(["model", "sentences", *HEADER[1:]], lines), by_cause(cases)]
    return "\n\n".join(parts) + "\n"


FORMS = ("sentence", "headline")
INTRODUCTION = """# Whether names can change a label

Written by `python benchmarks/name_proof.py` for the shipped models, on development data: sentences of conflict-news
(train and dev), and for stance those of NewsMTSC and RuSentNE (dev), too. In each sentence the target's span, or every
other name that is masked, gets another name, and labels before and after are compared. Names of the catalogue are of
the kind of the name that they stand for (for the target, of every kind). Invented names stand in no catalogue; they
follow the sounds of many languages, and some are made of common words or begin with them. Where a model sees the same
masked words, its probabilities are equal to the last bit; where it sees others, the name leaks. Intervals are by
bootstrap over articles; a change is that of the probability that changes most. Aimed at: fewer than 1 % of labels
changed."""
CAPITALS = """The same sentences as headlines, with a capital on every word, names left as they are. This is no leak of
names, but shows how well they are told from words where capitals say nothing."""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HOME.parent / "shared" / "data")
    parser.add_argument("--rows", type=int, metavar="N", help="so many rows of each task; all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=HOME / "docs" / "name-proof.md")
    options = parser.parse_args()
    text = page(*collected(sets(options.shared, options.rows), options.seed))
    options.output.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
