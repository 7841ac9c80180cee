"""The commands on labelled data."""

import sys
from typing import TYPE_CHECKING

import click

from stancekit.cli.errors import plain_errors
from stancekit.cli.options import ACTORS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["data"]

PROBLEMS = 1
INTERRUPTED = 130


@click.group(short_help="Look after labelled data.")
def data() -> None:
    """Look after labelled data.

    \b
    Examples:
      stancekit data check my-corpus
      stancekit data get newsmtsc
    """  # noqa: D301 - click reads the backspace sign itself


@data.command(short_help="List what is wrong with a corpus folder.")
@click.argument("path", metavar="PATH")
@ACTORS
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


@data.command(short_help="Fetch a public labelled set.")
@click.argument("name", metavar="NAME")
@click.option("--to", metavar="DIR", help="Where the files go; by default into your cache, where load() looks.")
@click.option(
    "--from",
    "source",
    metavar="DIR",
    help="Take the files from this folder, not from the network: the CSV files, or a clone of the set's repository.",
)
@click.option("--force", is_flag=True, help="Fetch again what is there, and overwrite files that are others.")
@click.option("--quiet", is_flag=True, help="Draw no progress bars.")
def get(name: str, to: str | None, source: str | None, force: bool, quiet: bool) -> None:
    """Fetch a public labelled set and check it.

    NAME is newsmtsc or disaster_response, fetched from where they are published at a pinned commit; or plover or
    rusentne, whose files must be given with --from. The files are converted to one CSV file per split, whose sha256 is
    checked. In Python, datasets.load(NAME) reads them. A transfer that breaks off is taken up by the next call.

    \b
    Examples:
      stancekit data get newsmtsc
      stancekit data get newsmtsc --to newsmtsc/ --from clones/NewsMTSC
      stancekit data get plover --from downloads/plover

    Exit codes: 0 the files are there and checked, 2 they are not,
    130 stopped with Ctrl-C, 143 with SIGTERM.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        _get(name, to, source, force=force, quiet=quiet)


def _get(name: str, to: str | None, source: str | None, *, force: bool, quiet: bool) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit import datasets  # noqa: PLC0415

    try:
        folder = datasets.get(name, to=to, source=source, force=force, progress=not quiet)
    except KeyboardInterrupt:
        click.echo("stancekit: stopped; the same call goes on with what is kept of the file", err=True)
        sys.exit(INTERRUPTED)
    wanted = datasets.SOURCES[name]
    files = ", ".join(f"{split}.csv" for split in wanted.sums)
    click.echo(f"{name} in {folder}: {files}; every sha256 is the pinned one. {wanted.title}, licence {wanted.licence}")


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
