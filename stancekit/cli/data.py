"""The commands on labelled data."""

import sys
from typing import TYPE_CHECKING

import click

from stancekit.cli.errors import plain_errors

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["data"]

PROBLEMS = 1


@click.group(short_help="Look after labelled data.")
def data() -> None:
    """Look after labelled data.

    \b
    Examples:
      stancekit data check my-corpus
    """  # noqa: D301 - click reads the backspace sign itself


@data.command(short_help="List what is wrong with a corpus folder.")
@click.argument("path", metavar="PATH")
@click.option("--actors", metavar="FILE", help="Own actors (CSV), added to the built-in catalogue; see docs/actors.md.")
def check(path: str, actors: str | None) -> None:
    """List what is wrong with a corpus folder, and count what is in it.

    PATH holds articles.csv, sentences.csv and stances.csv, such as datasets/conflict-news. Checked are columns and
    types, keys and joins, splits, offsets, labels, holders, ids of actors, both passes of labelling, and repetitions
    within the corpus and across splits. Problems go to standard error, one a line with file, line and rule; the counts
    per split to standard output.

    \b
    Examples:
      stancekit data check datasets/conflict-news
      stancekit data check my-corpus --actors my-actors.csv

    Exit codes: 0 nothing is wrong, 1 problems were found, 2 the folder cannot be read or the call was wrong, 130
    stopped with Ctrl-C.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        found = _check(path, actors)
    if found:
        sys.exit(PROBLEMS)


def _check(path: str, actors: str | None) -> int:
    """Print counts and problems; give the number of problems."""
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.actors import Catalogue  # noqa: PLC0415
    from stancekit.datasets import check_corpus, count_corpus  # noqa: PLC0415

    catalogue = Catalogue.builtin()
    if actors is not None:
        catalogue = catalogue.extended(Catalogue.read(actors, base=catalogue))
    problems = check_corpus(path, known_ids=catalogue)
    _print(count_corpus(path))
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{len(problems):,} problem{'' if len(problems) == 1 else 's'} in {path}", err=True)
    return len(problems)


def _print(counts: "pd.DataFrame") -> None:
    from tabulate import tabulate  # noqa: PLC0415

    names = list(counts.columns[1:])
    rows = [[row["what"], *(f"{row[name]:,}" for name in names)] for row in counts.to_dict("records")]
    align = ("left", *["right"] * len(names))
    click.echo(tabulate(rows, headers=["", *names], colalign=align, disable_numparse=True))
