"""List what the shipped stance model gets wrong on the split ``dev`` of conflict-news, which it was not trained on.

Usage::

    python tools/list_errors.py [--number 100] [--seed 0] [--output build/errors.csv]
    python tools/list_errors.py --page [--causes docs/errors.csv]

The first form draws errors and writes them with their sentences, an empty column ``cause`` and what spoke loudest for
the wrong label, to be read. The second writes docs/errors.md from the causes that a reader gave in docs/errors.csv, by
article, sentence and actor; it says how many of them the present model still gets wrong, so that causes may be kept
when the model is trained anew.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from stancekit import datasets, load_model
from stancekit.explanation import explain

HOME = Path(__file__).parent.parent
KEY = ["article_id", "sentence_id", "actor_id"]
CAUSES = HOME / "docs" / "errors.csv"
PAGE = HOME / "docs" / "errors.md"
SHOWN = 2
# Title and what it would take, by the name in the table of causes.
MEANINGS = {
    "plain harm": (
        "Harm, neglect or a breach told in plain words",
        """
No word rates the actor: it beats, closes, lets spoil or comes late, and only what it does that to makes it
blame. Needs verb and object read together (*shot* nurses, *shot* at a ridge): a class of the defenceless and of
what is owed to them (herders, nurses, a market, vaccine, pledges), crossed with verbs of harm and of omission
in the role templates, and labelled rows of both kinds to weigh them by.
""".strip(),
    ),
    "elsewhere": (
        "The words stand in another clause, or reach the actor by way of another noun or pronoun",
        """
*Whose*, *which*, *them*, *each other*, a participle, or a noun between (*a decision by the ...*). Needs the
relations of `features/syntax.py` carried on: over relative clauses to their head, from *them* and *they* to the
only group before, from *each other* to both subjects, and from a noun's rating to whom it belongs to by *by*
and *of*.
""".strip(),
    ),
    "unrated": (
        "Praise or blame by a phrase that no rated word tells",
        """
Idioms and phrases of several words: *spoke well of*, *gratitude goes to*, *list as a terrorist group*, *lost
his nerve*. Needs phrases in the role lexicon, which holds single words.
""".strip(),
    ),
    "somebody else": (
        "Words that rate somebody else nearby",
        """
A neighbour's praise or blame, or that of a thing, is given to the actor; often it speaks itself.
""".strip(),
    ),
    "irony": (
        "Irony and insinuation",
        """
What is meant is not said. Little of it can be reached by words and relations.
""".strip(),
    ),
    "plain good": (
        "A good act told in plain words",
        """
Help, rescue or self-denial without a word of praise: the mirror of harm told in plain words.
""".strip(),
    ),
    "negated": (
        "Negation, denial and balance",
        """
The words are read, but not that they are denied, refuted, or weighed against others.
""".strip(),
    ),
    "plain fact": (
        "Plain facts taken for blame or praise",
        """
Acts of war and of office without evaluation, which words of fighting or freeing tip over.
""".strip(),
    ),
    "self-praise": (
        "Self-praise",
        """
Counts as favor by the codebook; to the model the actor is one who speaks, and speakers are neutral.
""".strip(),
    ),
}
INTRODUCTION = """
# What the stance model gets wrong

Written by `python tools/list_errors.py --page`. On the split dev of conflict-news, which the shipped stance model was
not trained on, {wrong:,} of {rows:,} rows are wrong. A random {number} errors, drawn by `python tools/list_errors.py`,
were read one by one by a machine reader with the codebook at hand; [errors.csv](errors.csv) holds the cause given to
each, one where several would do, so that small differences between causes say nothing. Of these {number} the present
model still gets {still} wrong: the causes are those of the model that was read. Causes by their number, with the two
shortest examples of each; the actor is in bold.
"""


def judged() -> pd.DataFrame:
    """Give the rows of dev with what the model says of them."""
    rows = datasets.load("conflict-news", split="dev", path=HOME / "datasets" / "conflict-news").stances
    model = load_model("stance")
    proba = model.predict_proba(rows)
    said = model.classes_[proba.argmax(axis=1)]
    return rows.assign(label=rows["label"].astype(str), said=said, p_said=proba.max(axis=1).round(3))


def loudest(rows: pd.DataFrame) -> list[str]:
    """Give the phrases that speak most for the label given rather than for the right one, row by row."""
    sums = explain(load_model("stance"), rows.reset_index(drop=True)).by_phrase()
    found = []
    for row, (said, right) in enumerate(zip(rows["said"], rows["label"], strict=True)):
        mine = sums[sums["row"] == row]
        both = mine.pivot_table("contribution", ["template", "phrase"], "label", aggfunc="sum", observed=True)
        gap = (both[said] - both[right]).nlargest(SHOWN * 2)
        found.append("; ".join(f"{block}: {phrase} {value:+.2f}" for (block, phrase), value in gap.items()))
    return found


def listed(number: int, seed: int, output: Path) -> None:
    """Draw errors and write them to be read."""
    rows = judged()
    wrong = rows[rows["said"] != rows["label"]]
    drawn = np.random.default_rng(seed).choice(len(wrong), size=min(number, len(wrong)), replace=False)
    drawn = wrong.iloc[np.sort(drawn)]
    target = [text[start:end] for text, start, end in zip(drawn["text"], drawn["start"], drawn["end"], strict=True)]
    table = drawn[[*KEY, "label", "said", "p_said"]].assign(
        cause="", target=target, text=drawn["text"], loudest=loudest(drawn)
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(output, index=False)
    print(f"{len(wrong):,} of {len(rows):,} rows of dev are wrong; {len(table):,} of them in {output}")
    print(pd.crosstab(wrong["label"], wrong["said"]).to_string())


def read_causes(file: Path) -> pd.DataFrame:
    """Read what a reader gave as causes."""
    try:
        rows = pd.read_csv(file)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{file} cannot be read: {error}") from None
    missing = [name for name in (*KEY, "label", "said", "cause") if name not in rows]
    if missing:
        raise SystemExit(f"{file} lacks the columns {', '.join(missing)}; the first form of this command writes them")
    strange = rows[~rows["cause"].isin(list(MEANINGS))]
    if len(strange):
        row, cause = strange.index[0] + 2, strange["cause"].iloc[0]
        raise SystemExit(f"{file}, line {row}: the cause {cause!r} is none of {', '.join(MEANINGS)}")
    return rows


def page(causes: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Write causes with counts and examples."""
    both = causes.merge(rows[[*KEY, "text", "start", "end", "said"]], on=KEY, how="left", suffixes=("", "_now"))
    gone = both["text"].isna()
    if gone.any():
        raise SystemExit(f"no row of dev is {tuple(both.loc[gone, KEY].iloc[0])}: the causes are of another corpus")
    both["still"] = both["said_now"] != both["label"]
    counts = both["cause"].value_counts()
    parts = [
        INTRODUCTION.format(
            number=len(both),
            still=int(both["still"].sum()),
            wrong=int((rows["said"] != rows["label"]).sum()),
            rows=len(rows),
        ).strip()
    ]
    header = "| cause | errors | still wrong | right label → label given |\n| --- | --- | --- | --- |"
    lines = []
    for cause in counts.index:
        mine = both[both["cause"] == cause]
        kinds = (mine["label"] + " → " + mine["said"]).value_counts()
        told = ", ".join(f"{kind} {n}" for kind, n in kinds.items())
        lines.append(f"| {MEANINGS[cause][0]} | {len(mine)} | {int(mine['still'].sum())} | {told} |")
    parts.append("\n".join([header, *lines]))
    for cause in counts.index:
        title, meaning = MEANINGS[cause]
        mine = both[both["cause"] == cause]
        shortest = mine.loc[mine["text"].str.len().sort_values(kind="stable").index[:SHOWN]]
        examples = [
            f"- {one.text[: one.start]}**{one.text[one.start : one.end]}**{one.text[one.end :]} "
            f"({one.label}, not {one.said})"
            for one in shortest.itertuples()
        ]
        parts.append(f"## {title}\n\n{meaning}\n\n" + "\n".join(examples))
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=100, help="errors to draw")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=HOME / "build" / "errors.csv")
    parser.add_argument("--page", action="store_true", help="write docs/errors.md from the causes")
    parser.add_argument("--causes", type=Path, default=CAUSES)
    options = parser.parse_args()
    if options.page:
        PAGE.write_text(page(read_causes(options.causes), judged()), encoding="utf-8")
        print(f"written to {PAGE}")
    else:
        listed(options.number, options.seed, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
