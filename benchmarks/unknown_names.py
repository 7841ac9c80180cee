"""How many of the frequent names that `stancekit actors unknown` lists are names of actors.

``python benchmarks/unknown_names.py`` counts the judgements of ``tests/data/unknown-names.csv``. ``--listed FILE``
counts the first names of a CSV that the command has printed, where they have been judged.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd
from tabulate import tabulate

JUDGED = Path(__file__).parent.parent / "tests" / "data" / "unknown-names.csv"
ACTORS = ("person", "organisation", "group")
KINDS = (*ACTORS, "place", "no name")
FIRST = 300


def share_of_actors(kinds: pd.Series) -> float:
    """Return the share of names that a user of an actor file would keep."""
    return float(kinds.isin(ACTORS).mean())


def counts(judged: pd.DataFrame, listed: pd.Series | None) -> pd.DataFrame:
    """Return for each list of names how many are of each kind, and the share of actors."""
    lists = {"as listed": judged.loc[judged["rank"].notna(), "kind"]}
    if listed is not None:
        kinds = judged.set_index("name")["kind"].reindex(listed.head(FIRST))
        if kinds.isna().any():
            print(f"{kinds.isna().sum()} of the first {len(kinds)} names have not been judged and are left out")
        lists = {"of the file": kinds.dropna()}
    else:
        lists["capitalised runs, nothing left out"] = judged.loc[judged["rank_plain"].notna(), "kind"]
    rows = [
        {
            "names": label,
            **{kind: int((kinds == kind).sum()) for kind in KINDS},
            "actors": f"{share_of_actors(kinds):.1%}",
        }
        for label, kinds in lists.items()
    ]
    return pd.DataFrame(rows)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listed", type=Path, help="CSV of `stancekit actors unknown --format csv`")
    options = parser.parse_args()
    listed = None if options.listed is None else pd.read_csv(options.listed, keep_default_na=False)["name"]
    judged = pd.read_csv(JUDGED, keep_default_na=False, na_values={"rank": [""], "rank_plain": [""]})
    print(tabulate(counts(judged, listed).to_dict("list"), headers="keys"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
