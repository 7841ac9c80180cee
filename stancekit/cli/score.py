"""The command that scores articles."""

import json
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stancekit._version import __version__
from stancekit.cli.errors import fail, plain_errors

if TYPE_CHECKING:
    import pandas as pd

    from stancekit.scoring import Scores

__all__ = ["named_columns", "score"]

SHOWN = 5
CHUNK = 100


@click.command(short_help="Score articles from files, folders or standard input.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--output", "-o", required=True, metavar="DIR", help="Folder for the results; made if it is not there.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "jsonl"]),
    default="parquet",
    show_default=True,
    help="Format of sentences.* and stances.*.",
)
@click.option("--actors", metavar="FILE", help="Own actors (CSV), added to the built-in catalogue; see docs/actors.md.")
@click.option(
    "--jobs", "-j", type=int, default=1, show_default=True, help="Processes; -1 for as many as there are cores."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=COLUMN",
    help="Where columns have other names: --column text=body. May be repeated.",
)
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text, CSV and JSONL files.")
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
@click.option("--overwrite", is_flag=True, help="Replace the results of an earlier run in DIR.")
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
    help="Show a progress bar on standard error. [default: if it is a terminal]",
)
def score(paths: tuple[str, ...], output: str, form: str, **options: Any) -> None:
    """Score articles: one row per sentence, one row per sentence and actor.

    PATH is any mix of .txt (one article each; a short first line followed by a blank line is the title), .csv, .tsv,
    .jsonl and .parquet (a row per article with article_id and text, perhaps title, published, outlet), folders of
    these, and - for one article from standard input.

    DIR gets sentences.*, stances.*, rejected.csv (file, row, article_id, reason) and run.json. A table of the actors is
    printed.

    \b
    Examples:
      stancekit score article.txt --output scores
      stancekit score news/ more.csv --output scores --format csv --jobs -1
      stancekit score archive.parquet --output scores --column text=body --column article_id=url
      cat article.txt | stancekit score - --output scores

    Exit codes: 0 all or some articles were scored, 2 none could be or the call was wrong, 130 stopped with Ctrl-C.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        _score(paths, Path(output), form, options)


def _score(paths: Sequence[str], output: Path, form: str, options: dict[str, Any]) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.articles import prepare_output, read_articles, write_whole  # noqa: PLC0415
    from stancekit.scoring import Scorer  # noqa: PLC0415

    models = {task: options[task] for task in ("stance", "sentiment", "framing")}
    scorer = Scorer(actors=options["actors"], min_confidence=options["min_confidence"], **models)
    # What is wrong with models, actors or arguments is said before anything is written.
    loaded = scorer.models
    chunks = read_articles(paths, columns=named_columns(options["columns"]), encoding=options["encoding"], chunk=CHUNK)
    stream = scorer.stream(chunks, jobs=options["jobs"])
    files = [f"sentences.{form}", f"stances.{form}", "rejected.csv"]
    folder = prepare_output(output, overwrite=options["overwrite"], names=[*files, "run.json"])
    started = datetime.now(UTC)
    tally = _write_tables(stream, [folder / name for name in files], options["progress"])
    run = {
        "program": "stancekit",
        "versions": {"stancekit": __version__, "python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "pandas", "scikit-learn")},
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
        "input": list(paths),
        "options": {"format": form} | {name: value for name, value in options.items() if name not in models},
        "models": {
            task: {"name": models[task], "digest": getattr(loaded, task).model_info_["digest"]} for task in models
        },
        "actors": {"entries": len(scorer.catalogue), "digest": scorer.catalogue.digest},
        "counts": dict(tally.counts),
        "files": files,
    }
    write_whole(folder / "run.json", json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    _report(folder, tally, options["top"])


@dataclass
class _Tally:
    """What is kept of a run besides its files: counts, labels per actor, the first few rejections."""

    counts: Counter[str] = field(default_factory=Counter)
    actors: "pd.DataFrame | None" = None
    rejected: list[str] = field(default_factory=list)

    def add(self, scores: "Scores") -> None:
        import pandas as pd  # noqa: PLC0415

        from stancekit.scoring.scores import count  # noqa: PLC0415

        self.counts.update(
            articles=len(scores.articles),
            sentences=len(scores.sentences),
            stances=len(scores.stances),
            rejected=len(scores.rejected),
            sentences_cut=scores.n_cut,
            sentences_without_known_terms=int((scores.sentences["known_terms"] == 0).sum()),
        )
        fresh = count(scores.sentences, scores.stances, scores.articles, ["actor"])
        self.actors = fresh if self.actors is None else self.actors.add(fresh, fill_value=0).astype("int64")
        first = scores.rejected.head(SHOWN - len(self.rejected))
        for file, row, reason in zip(first["file"], first["row"], first["reason"], strict=True):
            where = file if pd.isna(row) else f"{file}, row {row}"
            self.rejected.append(f"{where}: {reason}")


def _write_tables(stream: "Iterable[Scores]", files: list[Path], progress: bool | None) -> _Tally:
    from tqdm import tqdm  # noqa: PLC0415

    from stancekit.articles import TableWriter  # noqa: PLC0415

    tally = _Tally()
    quiet = not (sys.stderr.isatty() if progress is None else progress)
    with ExitStack() as stack:
        writers = [stack.enter_context(TableWriter(path)) for path in files]
        bar = stack.enter_context(tqdm(unit=" articles", disable=quiet, file=sys.stderr))
        for scores in stream:
            for writer, frame in zip(writers, (scores.sentences, scores.stances, scores.rejected), strict=True):
                writer.write(frame)
            tally.add(scores)
            bar.set_postfix_str(f"{tally.counts['sentences']:,} sentences", refresh=False)
            bar.update(len(scores.articles))
    return tally


def _report(folder: Path, tally: _Tally, top: int) -> None:
    """Print the table of actors to standard output, all else to standard error; exit with 2 if nothing was scored."""
    from tabulate import tabulate  # noqa: PLC0415

    from stancekit.scoring.scores import shares  # noqa: PLC0415

    counts = tally.counts
    rejected = counts["rejected"]
    for line in tally.rejected:
        click.echo(f"not scored: {line}", err=True)
    if rejected > len(tally.rejected):
        click.echo(
            f"not scored: {rejected - len(tally.rejected)} more, all listed in {folder / 'rejected.csv'}", err=True
        )
    if tally.actors is None or not counts["articles"]:
        fail(f"nothing could be scored: {rejected} rejected, listed in {folder / 'rejected.csv'}")
    actors = shares(tally.actors, ["actor"])
    shown = actors.head(top) if top else actors
    percent = [
        f"share_{name}"
        for name in ("favor", "neutral", "against", "humanitarian", "tactical")
        if f"share_{name}" in shown.columns
    ]
    rows = [
        [
            row["actor"],
            row["n_sentences"],
            *(f"{100 * row[name]:.0f} %" if row[name] == row[name] else "-" for name in percent),
        ]
        for row in shown.to_dict("records")
    ]
    header = ["actor", "sentences", *(name.removeprefix("share_") for name in percent)]
    click.echo(
        tabulate(
            rows,
            headers=header,
            colalign=("left", *["right"] * (len(header) - 1)) if rows else None,
            disable_numparse=True,
        )
    )
    if len(shown) < len(actors):
        click.echo(f"{len(actors) - len(shown)} more actors; --top 0 shows all", err=True)
    cut = f", {counts['sentences_cut']} of them cut at 10,000 characters" if counts["sentences_cut"] else ""
    unknown = counts["sentences_without_known_terms"]
    blank = f", {unknown} of them without a word that the models know" if unknown else ""
    lost = f"; {rejected} not scored, see {folder / 'rejected.csv'}" if rejected else ""
    click.echo(
        f"{_number(counts['articles'], 'article')}, {_number(counts['sentences'], 'sentence')}{cut}{blank}, "
        f"{_number(counts['stances'], 'stance')} in {folder}{lost}",
        err=True,
    )


def _number(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def named_columns(pairs: Sequence[str]) -> dict[str, str] | None:
    """Read what ``--column`` says.

    Parameters
    ----------
    pairs : sequence of str
        ``NAME=COLUMN``.

    Returns
    -------
    dict or None
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
    return columns or None
