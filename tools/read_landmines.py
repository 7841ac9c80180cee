"""Write the table of docs/landmines.md: the models' labels of a real article beside a reader's, by sentence.

The article, ``../shared/articles/landmines.txt``, is not part of the repository, nor is any text of it. The reader's
labels are in ``docs/landmines.csv``. Usage::

    python tools/read_landmines.py [--article ../shared/articles/landmines.txt]
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from stancekit import Scorer

HOME = Path(__file__).parent.parent
BEGIN, END = "<!-- begin: printed by tools/read_landmines.py -->", "<!-- end -->"


def both(model: object, reader: object) -> str:
    """Show one answer where both agree, and the model's before the reader's where not."""
    said = "none" if pd.isna(model) else str(model)
    return str(reader) if said == str(reader) else f"**{said}** / {reader}"


def flags(row: pd.Series) -> str:
    """Name the frame that two flags make."""
    on = [name for name in ("humanitarian", "tactical") if row[name] is True or row[name] == "True"]
    return {0: "neither", 1: on[0] if on else "", 2: "both"}[len(on)]


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--article", type=Path, default=HOME.parent / "shared" / "articles" / "landmines.txt")
    options = parser.parse_args()
    if not options.article.is_file():
        print(f"{options.article} is not there: docs/landmines.md stays as it is")
        return 0
    scores = Scorer().score(options.article.read_text(encoding="utf-8"))
    reader = pd.read_csv(HOME / "docs" / "landmines.csv", dtype={"humanitarian": "str", "tactical": "str"})
    read_sentences = reader[reader["actor_id"].isna()].set_index("sentence_id")
    read_stances = reader[reader["actor_id"].notna()].set_index(["sentence_id", "actor_id"])["stance"]
    found = {}
    for row in scores.stances.itertuples():
        found[row.sentence_id, row.actor_id] = row.stance
    lines = ["| sentence | sentiment | frame | stances |", "|---|---|---|---|"]
    right = {"sentiment": 0, "frame": 0, "humanitarian": 0, "tactical": 0}
    for row in scores.sentences.to_dict("records"):
        number = row["sentence_id"]
        read = read_sentences.loc[number]
        frame = flags(read)
        stances = [
            f"{actor} {both(found.get((n, actor), 'not found'), read_stances.get((n, actor), 'not read'))}"
            for n, actor in sorted({*found, *read_stances.index})
            if n == number
        ]
        lines.append(
            f"| {number} | {both(row['sentiment'], read['sentiment'])} | {both(row['frame'], frame)} "
            f"| {'; '.join(stances)} |"
        )
        right["sentiment"] += row["sentiment"] == read["sentiment"]
        right["frame"] += row["frame"] == frame
        for flag in ("humanitarian", "tactical"):
            right[flag] += str(row[flag]) == read[flag]
    agreed = sum(found.get(key) == stance for key, stance in read_stances.items())
    n = len(scores.sentences)
    actors = len(read_stances.index.intersection(list(found)))
    summary = (
        f"Of {n} sentences the models agree with the reader on sentiment in {right['sentiment']}, on the frame in "
        f"{right['frame']} (humanitarian flag {right['humanitarian']}, tactical flag {right['tactical']}). "
        f"Of the reader's {len(read_stances)} (sentence, actor) pairs {actors} are found, and "
        f"{len(set(found) - set(read_stances.index))} others; the stance agrees in {agreed}."
    )
    page = HOME / "docs" / "landmines.md"
    text = page.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    page.write_text(
        f"{head}{BEGIN}\n\n{summary}\n\n" + "\n".join(lines) + f"\n\n{END}{rest.split(END)[1]}", encoding="utf-8"
    )
    print(summary)
    return 0


if __name__ == "__main__":
    sys.exit(main())
