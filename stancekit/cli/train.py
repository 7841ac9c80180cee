"""The command that trains a model on labels of the user's own."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stancekit.cli.card import Description, write_card, write_report
from stancekit.cli.errors import plain_errors
from stancekit.cli.labelled import names_of, rows_of
from stancekit.cli.options import COLUMN, ENCODING

if TYPE_CHECKING:
    import pandas as pd

    from stancekit.labelled import LabelledRows
    from stancekit.training import Trained

__all__ = ["train"]

MANIFEST = "manifest.json"


@click.command(short_help="Train a model on labels of your own, and report on it.")
@click.argument("paths", nargs=-1, required=True, metavar="LABELLED...")
@click.option(
    "--task",
    type=click.Choice(["stance", "sentiment", "framing"]),
    required=True,
    help="stance: a label per sentence and target; sentiment: any labels of sentences; framing: flags.",
)
@click.option("--output", "-o", required=True, metavar="MODEL", help="Model folder; made if it is not there.")
@click.option(
    "--labels",
    metavar="A,B,C",
    help="The labels that count, all by default; for framing the columns of the flags. "
    "[default: humanitarian,tactical]",
)
@COLUMN
@click.option("--group", metavar="COLUMN", help="Rows that stay together in cross-validation. [default: article_id]")
@click.option("--weight", metavar="COLUMN", help="Weights of the rows. [default: weight, if there is one]")
@click.option("--search/--no-search", default=True, show_default=True, help="Try several settings, or the defaults.")
@click.option("--C", "C", type=float, metavar="NUMBER", help="Strength of fit (inverse penalty); nothing is searched.")
@click.option(
    "--min-df",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    metavar="ROWS",
    help="In how many rows a phrase must stand to count; more make a smaller model.",
)
@click.option(
    "--evaluate",
    "evaluations",
    multiple=True,
    metavar="NAME=FILE",
    help="Measure the model on a further labelled file, for report and manifest. May be repeated.",
)
@click.option(
    "--probes",
    metavar="FILE",
    help="Table of sentences whose probabilities are stored and checked at every load. [default: 3 shortest texts]",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of folds and intervals.")
@click.option(
    "--accuracy",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.8,
    show_default=True,
    help="How often labels are to be right, for the suggested threshold of abstention.",
)
@click.option("--actors", metavar="FILE", help="Own actors (CSV or TOML), masked besides the built-in ones.")
@click.option("--name", help="Title of the card. [default: the folder's name]")
@click.option("--license", help="Licence of the model, such as cc-by-4.0, for the card.")
@click.option("--language", default="en", show_default=True, help="Language of the texts, for model and card.")
@click.option("--datasets", metavar="A,B", help="Names of the data that it is trained on, for the card.")
@click.option("--note", metavar="FILE", help="Markdown for the card: origin and licence of the data, limits.")
@click.option(
    "--jobs", type=int, default=-1, show_default=True, help="Processes; -1 for all cores. The model is the same."
)
@ENCODING
@click.option("--overwrite", is_flag=True, help="Replace an earlier model in MODEL.")
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Show a progress bar on standard error. [default: if it is a terminal]",
)
def train(paths: tuple[str, ...], task: str, output: str, **options: Any) -> None:
    """Train a model on labels of your own, and report on it.

    LABELLED is any mix of .csv, .tsv, .jsonl and .parquet with a row per label: text and label, for stance also start
    and end (offsets of the target in the text) or target (its words), for framing humanitarian and tactical in place of
    label. Rows with one article_id stay together in cross-validation. A column weight makes rows count more or less, a
    column source tells several sources apart in the report. What cannot be used is left out and listed.

    MODEL gets the model, its card README.md with the report, report.json and rejected.csv. Use it with stancekit score
    --stance MODEL.

    \b
    Examples:
      stancekit train labels.csv --task stance --output my-stance
      stancekit train labels.jsonl --task sentiment --labels calm,alarmed --column text=sentence --output my-tone
      stancekit train a.parquet b.parquet --task framing --group outlet --output my-framing
      stancekit train topics.csv --task framing --labels economy,health,war --output my-topics
      stancekit train labels.csv --task stance --C 1 --evaluate dev=dev.csv --note data.md --output my-stance

    Exit codes: 0 the model is written, 2 the rows do not allow it or the call was wrong,
    130 stopped with Ctrl-C, 143 with SIGTERM.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        _train(paths, task, Path(output), options)


def _train(paths: tuple[str, ...], task: str, output: Path, options: dict[str, Any]) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.actors import Catalogue  # noqa: PLC0415
    from stancekit.errors import OutputError  # noqa: PLC0415
    from stancekit.training import train_rows  # noqa: PLC0415

    held = output.is_dir() and any(output.iterdir())
    if output.is_file() or (held and not (options["overwrite"] and (output / MANIFEST).is_file())):
        raise OutputError(f"{output}: is there already; --overwrite replaces an earlier model, nothing else")
    columns = names_of(options["columns"], article_id=options["group"], weight=options["weight"])
    labels = None if options["labels"] is None else [label.strip() for label in options["labels"].split(",")]
    told = _description(output, options)
    rows = rows_of(paths, task, labels, columns, options["encoding"])
    flags = list(rows.task.labels) if rows.task.multilabel else None
    probes = None if options["probes"] is None else _probes(options, task, flags, columns)
    catalogue = Catalogue.builtin()
    if options["actors"] is not None:
        catalogue = catalogue.extended(Catalogue.read(options["actors"], base=catalogue))
    found = train_rows(
        rows,
        search=options["search"],
        C=options["C"],
        min_df=options["min_df"],
        evaluate_on=_further(options, task, flags or sorted(set(rows.y.tolist())), columns),
        probes=probes,
        seed=options["seed"],
        accuracy=options["accuracy"],
        catalogue=catalogue,
        jobs=options["jobs"],
        progress=sys.stderr.isatty() if options["progress"] is None else options["progress"],
    )
    info = {"name": told.name, "license": told.license, "datasets": list(told.datasets)}
    folder = found.save(output, language=told.language, info=info)
    _write(found, told, folder)
    n = len(found.rejected)
    lost = f"; {n:,} left out, see {folder / 'rejected.csv'}" if n else ""
    click.echo(f"{len(rows.y):,} rows, {found.model.coef_.shape[1]:,} features in {folder}{lost}", err=True)


def _write(found: "Trained", told: Description, folder: Path) -> None:
    """Write what stands beside the model, and print the report."""
    from stancekit.articles import rejected_frame, write_table, write_whole  # noqa: PLC0415

    report = write_report(found)
    write_whole(folder / "README.md", write_card(found, told, report))
    report_json = found.report.to_dict() | {
        "training": found.info["training"],
        "min_confidence": found.min_confidence,
        "evaluations": found.info["evaluations"],
    }
    write_whole(folder / "report.json", json.dumps(report_json, indent=1, ensure_ascii=False) + "\n")
    write_table(rejected_frame(found.rejected), folder / "rejected.csv")
    click.echo(report)


def _description(output: Path, options: dict[str, Any]) -> Description:
    from stancekit.errors import InputError  # noqa: PLC0415

    note = ""
    if options["note"] is not None:
        try:
            note = Path(options["note"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
            raise InputError(f"{options['note']}: the note cannot be read: {why}; give a Markdown file") from None
    datasets = [] if options["datasets"] is None else [name.strip() for name in options["datasets"].split(",")]
    name = options["name"] or output.name
    for option, value in (("--name", name), ("--license", options["license"]), ("--language", options["language"])):
        if value is not None and (not value.strip() or "\n" in value):
            raise InputError(f"{option} must be one line of text, got {value!r}")
    return Description(name, options["language"], options["license"], datasets, note)


def _further(
    options: dict[str, Any], task: str, labels: list[str], columns: dict[str, str]
) -> "dict[str, LabelledRows]":
    """Read the files of --evaluate; all of their rows count alike."""
    found = {}
    columns = {name: column for name, column in columns.items() if name != "weight"}
    for pair in options["evaluations"]:
        name, equals, path = pair.partition("=")
        if not equals or not name or not path or name in found:
            raise click.UsageError(f"--evaluate takes NAME=FILE, each name once, such as dev=dev.csv; got {pair!r}")
        found[name] = rows_of([path], task, labels, columns, options["encoding"])
    return found


def _probes(options: dict[str, Any], task: str, flags: list[str] | None, columns: dict[str, str]) -> "pd.DataFrame":
    from stancekit.labelled import check_probes, read_labelled  # noqa: PLC0415

    frame, places, rejected = read_labelled([options["probes"]], encoding=options["encoding"])
    return check_probes(frame, task=task, labels=flags, columns=columns, places=places, rejected=rejected)
