"""Options that several commands share."""

from collections.abc import Sequence

import click

__all__ = ["ACTORS", "COLUMN", "ENCODING", "LEVEL", "named_columns"]

ACTORS = click.option(
    "--actors", metavar="FILE", help="Own actors (CSV or TOML), added to the built-in catalogue; see docs/actors.md."
)
COLUMN = click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=COLUMN",
    help="Where columns have other names: --column text=body. May be repeated.",
)
ENCODING = click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text, CSV and JSONL files.")
LEVEL = click.option(
    "--level",
    type=click.Choice(["actor", "state"]),
    default="actor",
    show_default=True,
    help="Count actors, or persons, forces and groups for the state they act for.",
)


def named_columns(pairs: Sequence[str]) -> dict[str, str]:
    """Read what ``--column`` says.

    Parameters
    ----------
    pairs : sequence of str
        ``NAME=COLUMN``.

    Returns
    -------
    dict of str to str
        Columns by name.

    Raises
    ------
    click.UsageError
        If one of them is no such pair.
    """
    columns = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or not name or not column:
            raise click.UsageError(f"--column takes NAME=COLUMN, such as text=body; got {pair!r}")
        columns[name] = column
    return columns
