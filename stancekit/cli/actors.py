"""The commands on the catalogue of actors."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stancekit.cli.errors import fail, plain_errors, say
from stancekit.cli.options import ACTORS, LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from stancekit.actors import Catalogue

__all__ = ["actors"]

PROBLEMS = 1
FORM = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv"]),
    default="table",
    show_default=True,
    help="What to print: a table to read, or CSV.",
)


@click.group(short_help="Look into the catalogue of actors, and prepare one's own.")
def actors() -> None:
    """Look into the catalogue of actors, and prepare one's own.

    \b
    Examples:
      stancekit actors find "Moscow accused Kyiv."
      stancekit actors count news/ --level state
      stancekit actors unknown news/ --format csv > my-actors.csv
      stancekit actors check my-actors.csv
    """  # noqa: D301 - click reads the backspace sign itself


@actors.command(short_help="Show which actors a text names.")
@click.argument("text", metavar="TEXT|FILE")
@ACTORS
@LEVEL
@click.option("--all", "everything", is_flag=True, help="Also names that are a mere place or description here.")
@FORM
def find(text: str, actors: str | None, level: str, everything: bool, form: str) -> None:
    """Show which actors a text names: TEXT itself, the text of a file, or - for standard input.

    \b
    Examples:
      stancekit actors find "Moscow accused Kyiv, an aid worker in Moscow said."
      stancekit actors find article.txt --all
      stancekit actors find "Putin met Gazprom." --level state

    Exit codes: 0 also where nobody is named, 2 a file cannot be read or the call was wrong.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        from stancekit.actors.finding import find_actors  # noqa: PLC0415

        found = find_actors(_text(text), _catalogue(actors), everything=everything, level=level)
        more = "" if everything else "; --all shows names that are a mere place or description here, too"
        _print(found, form, nothing=f"nobody is named{more}")


@actors.command("list", short_help="List the actors of the catalogue.")
@click.option("--kind", metavar="KIND", help="Of this kind only: state, person, organisation, armed_group, generic.")
@ACTORS
@FORM
def list_(kind: str | None, actors: str | None, form: str) -> None:
    """List the actors of the catalogue with all their aliases.

    \b
    Examples:
      stancekit actors list --kind armed_group
      stancekit actors list --format csv > catalogue.csv

    Exit codes: 0 all is well, 2 the file cannot be read or the call was wrong.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        from stancekit.actors import KINDS  # noqa: PLC0415

        if kind is not None and kind not in KINDS:
            raise click.UsageError(f"--kind must be one of {', '.join(KINDS)}; got {kind!r}")
        frame = _catalogue(actors).to_frame()
        frame = frame if kind is None else frame[frame["kind"] == kind]
        if form == "table":
            frame = frame[["actor_id", "name", "kind", "parent_id"]]
        _print(frame, form)


@actors.command(short_help="Count who is named in articles.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@ACTORS
@LEVEL
@click.option("--top", type=click.IntRange(min=0), default=40, show_default=True, help="Rows; 0 for all.")
@FORM
def count(paths: tuple[str, ...], actors: str | None, level: str, top: int, form: str) -> None:
    """Count in how many articles and sentences each actor is named, and how often; no model is asked.

    PATH is what `stancekit score` reads.

    \b
    Examples:
      stancekit actors count news/
      stancekit actors count news/ --level state --top 0 --format csv > states.csv

    Exit codes: 0 all is well, 2 nothing could be read or the call was wrong.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        from stancekit.actors import Matcher  # noqa: PLC0415
        from stancekit.actors.counting import count_actors  # noqa: PLC0415
        from stancekit.features.masking import unmasked_words  # noqa: PLC0415

        frame = count_actors(_articles(paths), Matcher(_catalogue(actors)), level=level, plain=unmasked_words())
        _print(frame, form, top, nothing="nobody is named")


@actors.command(short_help="List frequent names that no entry covers.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@ACTORS
@click.option("--at-least", type=click.IntRange(min=1), default=2, show_default=True, help="Leave out rarer names.")
@click.option("--top", type=click.IntRange(min=0), default=100, show_default=True, help="Rows; 0 for all.")
@FORM
def unknown(paths: tuple[str, ...], actors: str | None, at_least: int, top: int, form: str) -> None:
    """List frequent capitalised names of articles that no entry of the catalogue covers, ready to be added.

    PATH is what `stancekit score` reads. The CSV is an actor file: fill in kind, correct ids, delete the rows that are
    no actors, and give it to --actors.

    \b
    Examples:
      stancekit actors unknown news/
      stancekit actors unknown news/ --top 300 --format csv > my-actors.csv

    Exit codes: 0 all is well, 2 nothing could be read or the call was wrong.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        from stancekit.actors import Matcher  # noqa: PLC0415
        from stancekit.actors.unknown import unknown_names  # noqa: PLC0415
        from stancekit.features.masking import unmasked_words  # noqa: PLC0415

        matcher = Matcher(_catalogue(actors))
        frame = unknown_names(_articles(paths), matcher, plain=unmasked_words(), at_least=at_least)
        _print(frame, form, top, nothing=f"no name that the catalogue lacks is so frequent (--at-least {at_least})")


@actors.command(short_help="Check a file of own actors.")
@click.argument("path", metavar="FILE")
def check(path: str) -> None:
    """Check a file of own actors, CSV or TOML: what is wrong with it, and what it changes in the built-in catalogue.

    Problems go to standard error, one a line with file and row (in TOML, table). What the entries would change goes to
    standard output: entries that replace, extend or remove a built-in one, and aliases that leave their owner.

    \b
    Examples:
      stancekit actors check my-actors.csv
      stancekit actors check my-actors.toml

    Exit codes: 0 nothing is wrong, 1 problems were found, 2 the file is not there or the call was wrong.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        if not Path(path).exists():
            fail(f"{path}: no such file; check the name")
        problems = _check(path)
    if problems:
        sys.exit(PROBLEMS)


def _check(path: str) -> int:
    from stancekit.actors import Catalogue  # noqa: PLC0415
    from stancekit.errors import CatalogueError  # noqa: PLC0415

    builtin = Catalogue.builtin()
    try:
        own = Catalogue.read(path, base=builtin)
    except CatalogueError as error:
        problems = error.problems or (str(error),)
        for problem in problems:
            click.echo(problem, err=True)
        click.echo(f"{len(problems):,} problem{'' if len(problems) == 1 else 's'} in {path}", err=True)
        return len(problems)
    taken = builtin.takes_over(own)
    for row in taken.to_dict("records"):
        alias = row["alias"] if isinstance(row["alias"], str) else None
        click.echo(
            f"{path}, {own.unit} {row['row']}: {_change(row['actor_id'], alias, row['taken_from'], row['change'])}"
        )
    n_changes = len(own) + len(own.removed)
    click.echo(f"{n_changes:,} actor{'' if n_changes == 1 else 's'} in {path}, nothing wrong", err=True)
    return 0


def _change(actor_id: str, alias: str | None, owner: str, change: str) -> str:
    """Say what a row does to the built-in catalogue."""
    if change == "take":
        return f"{actor_id!r} takes the alias {alias!r} from {owner!r}"
    if change == "remove":
        return f"{actor_id!r} removes the built-in {'entry' if alias is None else f'alias {alias!r}'}"
    return f"{actor_id!r} {change}s the built-in entry"


def _catalogue(path: str | None) -> "Catalogue":
    from stancekit.actors import Catalogue  # noqa: PLC0415

    builtin = Catalogue.builtin()
    return builtin if path is None else builtin.extended(Catalogue.read(path, base=builtin))


def _text(given: str) -> str:
    """Give the text itself, or that of the file or stream that it names."""
    from stancekit.errors import InputError  # noqa: PLC0415

    if given == "-":
        try:
            return sys.stdin.buffer.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"standard input: not UTF-8 text ({error}); save it as UTF-8") from None
    try:
        is_file = Path(given).is_file()
    except (OSError, ValueError):
        # Longer than a file's name can be, or with a sign that none can hold.
        is_file = False
    if not is_file:
        return given
    try:
        return Path(given).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{given}: the file cannot be read as UTF-8 text ({error}); save it as UTF-8") from None


def _articles(paths: tuple[str, ...]) -> "Iterator[list[str]]":
    from stancekit.articles import read_articles  # noqa: PLC0415
    from stancekit.errors import InputError  # noqa: PLC0415

    n_read, n_rejected, first = 0, 0, ""
    for chunk in read_articles(paths):
        n_read += len(chunk.articles)
        if len(chunk.rejected) and not n_rejected:
            row = chunk.rejected[0]
            first = f"{row.file}: {row.reason}"
        n_rejected += len(chunk.rejected)
        for title, text in zip(chunk.articles["title"], chunk.articles["text"], strict=True):
            yield [part for part in (title, text) if isinstance(part, str)]
    if n_rejected and not n_read:
        raise InputError(f"nothing could be read: {first}")
    if n_rejected:
        said = "file or row" if n_rejected == 1 else "files or rows"
        click.echo(f"{n_rejected:,} {said} could not be read; `stancekit score` lists why", err=True)


def _print(frame: "pd.DataFrame", form: str, top: int = 0, *, nothing: str = "nothing is there to list") -> None:
    """Print the first rows, or all; say on standard error that there are more, or none."""
    from tabulate import tabulate  # noqa: PLC0415

    shown = frame.head(top) if top else frame
    if form == "csv":
        say(shown.to_csv(index=False, lineterminator="\n").removesuffix("\n"))
    elif len(shown):
        align = ["right" if dtype.kind in "iuf" else "left" for dtype in shown.dtypes]
        say(tabulate(shown.to_dict("list"), headers="keys", colalign=align, disable_numparse=True))
    if not len(frame):
        click.echo(nothing, err=True)
    elif len(shown) < len(frame):
        click.echo(f"{len(frame) - len(shown):,} more; --top 0 shows all", err=True)
