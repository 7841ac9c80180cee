"""The command that scores articles."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from stancekit.cli.errors import fail, plain_errors, say
from stancekit.cli.options import ACTORS, COLUMN, ENCODING, LEVEL, named_columns

if TYPE_CHECKING:
    import pandas as pd

    from stancekit.runs import Run

__all__ = ["score"]

SHOWN = 5


@click.command(short_help="Score articles from files, folders or standard input.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--output", "-o", required=True, metavar="DIR", help="Folder for the results; made if it is not there.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "jsonl"]),
    default="parquet",
    show_default=True,
    help="Format of sentences.*, stances.* and articles.*.",
)
@ACTORS
@click.option(
    "--jobs", "-j", type=int, default=1, show_default=True, help="Processes; -1 for as many as there are cores."
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Score on the Dask cluster whose scheduler is there (tcp://host:8786), in place of --jobs; see docs/scale.md.",
)
@COLUMN
@ENCODING
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Leave labels less probable than this missing.",
)
@click.option("--stance", metavar="MODEL", default="stance", show_default=True, help="Model folder for stance.")
@click.option(
    "--sentiment", metavar="MODEL", default="sentiment", show_default=True, help="Model folder for sentiment."
)
@click.option("--framing", metavar="MODEL", default="framing", show_default=True, help="Model folder for framing.")
@click.option(
    "--chunk",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Articles scored and kept at a time at most; results do not depend on it.",
)
@click.option("--resume", is_flag=True, help="Go on with a run in DIR that was stopped or killed.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier run in DIR, finished or not.")
@LEVEL
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=40,
    show_default=True,
    help="Rows of the printed table of actors; 0 for all.",
)
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Show on standard error how far it is. [default: if it is a terminal]",
)
def score(paths: tuple[str, ...], output: str, form: str, **options: Any) -> None:
    """Score articles: one row per sentence, one row per sentence and actor.

    PATH is any mix of .txt (one article each; a short first line followed by a blank line is the title), .csv, .tsv,
    .jsonl and .parquet (a row per article with article_id and text, perhaps title, published, outlet), folders of
    these, and - for one article from standard input.

    DIR gets sentences.*, stances.*, articles.* (all columns but the text), rejected.csv (file, row, article_id, reason)
    and run.json. A table of the actors is printed; with --level state, persons, forces and groups count for their
    state.

    While it runs, what is done is kept in DIR/parts. A run that was stopped or killed goes on where it was when it is
    called again with --resume.

    \b
    Examples:
      stancekit score article.txt --output scores
      stancekit score news/ more.csv --output scores --format csv --jobs -1
      stancekit score news/ --output scores --level state --top 10
      stancekit score archive.parquet --output scores --column text=body --column article_id=url
      stancekit score archive.parquet --output scores --column text=body --column article_id=url --resume
      cat article.txt | stancekit score - --output scores

    Exit codes: 0 all or some articles were scored, 2 none could be or the call was wrong,
    130 stopped with Ctrl-C, 143 with SIGTERM.
    """  # noqa: D301 - click reads the backspace sign itself
    again = "--resume in place of --overwrite" if options["overwrite"] else "--resume"
    with plain_errors(stopped=f"stopped; the same command with {again} goes on from what is done in {output}"):
        _score(paths, output, form, options)


def _score(paths: Sequence[str], output: str, form: str, options: dict[str, Any]) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.runs import score_files  # noqa: PLC0415
    from stancekit.scoring import Scorer  # noqa: PLC0415

    models = {task: options[task] for task in ("stance", "sentiment", "framing")}
    scorer = Scorer(actors=options["actors"], min_confidence=options["min_confidence"], **models)
    show = (sys.stderr is not None and sys.stderr.isatty()) if options["progress"] is None else options["progress"]
    pool = None
    if options["cluster"] is not None:
        from stancekit.distributed import ClusterPool  # noqa: PLC0415

        pool = ClusterPool(scorer, options["cluster"])
    run = score_files(
        scorer,
        paths,
        output,
        format=form,
        columns=named_columns(options["columns"]),
        encoding=options["encoding"],
        chunk=options["chunk"],
        jobs=options["jobs"],
        pool=pool,
        resume=options["resume"],
        overwrite=options["overwrite"],
        progress=show,
        level=options["level"],
    )
    _report(run, options["top"])


def _report(run: "Run", top: int) -> None:
    """Print the table of actors to standard output, all else to standard error; exit with 2 if nothing was scored."""
    from stancekit.articles.values import is_missing  # noqa: PLC0415
    from stancekit.scoring.scorer import renamed_message  # noqa: PLC0415

    counts, folder = run.counts, run.folder
    if run.complete:
        click.echo(f"{folder} is complete, nothing was left to score: {_summary(run)}", err=True)
        return
    if run.renamed:
        click.echo(renamed_message(run.renamed), err=True)
    first = run.rejected.head(SHOWN)
    for file, row, reason in zip(first["file"], first["row"], first["reason"], strict=True):
        where = file if is_missing(row) else f"{file}, row {row}"
        click.echo(f"not scored: {where}: {reason}", err=True)
    more = counts["rejected"] - len(first)
    if more > 0:
        click.echo(f"not scored: {more} more, all listed in {folder / 'rejected.csv'}", err=True)
    if not counts["articles"]:
        fail(f"nothing could be scored: {counts['rejected']} rejected, listed in {folder / 'rejected.csv'}")
    _print_actors(run.actors, top)
    lost = f"; {counts['rejected']} not scored, see {folder / 'rejected.csv'}" if counts["rejected"] else ""
    click.echo(f"{_summary(run)} in {folder}{lost}", err=True)


def _print_actors(actors: "pd.DataFrame", top: int) -> None:
    from tabulate import tabulate  # noqa: PLC0415

    shown = actors.head(top) if top else actors
    percent = [name for name in shown.columns if name.startswith("share_")]
    rows = [
        [
            row["actor"],
            row["n_sentences"],
            *(f"{100 * row[name]:.0f} %" if row[name] == row[name] else "-" for name in percent),
        ]
        for row in shown.to_dict("records")
    ]
    header = ["actor", "sentences", *(name.removeprefix("share_") for name in percent)]
    align = ("left", *["right"] * (len(header) - 1)) if rows else None
    say(tabulate(rows, headers=header, colalign=align, disable_numparse=True))
    if len(shown) < len(actors):
        click.echo(f"{len(actors) - len(shown)} more actors; --top 0 shows all", err=True)


def _summary(run: "Run") -> str:
    counts = run.counts
    cut = f", {counts['sentences_cut']} of them cut at 10,000 characters" if counts["sentences_cut"] else ""
    unknown = counts["sentences_without_known_terms"]
    blank = f", {unknown} of them without a word that the models know" if unknown else ""
    return (
        f"{_number(counts['articles'], 'article')}, {_number(counts['sentences'], 'sentence')}{cut}{blank}, "
        f"{_number(counts['stances'], 'stance')}"
    )


def _number(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
