"""The command that trains a model on labels of the user's own."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stancekit.cli.errors import plain_errors
from stancekit.cli.labelled import names_of, print_figures, rows_of, table

if TYPE_CHECKING:
    from stancekit.training import Trained

__all__ = ["train"]

MANIFEST = "manifest.json"


@click.command(short_help="Train a model on labels of your own, and report on it.")
@click.argument("paths", nargs=-1, required=True, metavar="LABELLED...")
@click.option(
    "--task",
    type=click.Choice(["stance", "sentiment", "framing"]),
    required=True,
    help="stance: a label per sentence and target; sentiment: any labels of sentences; framing: two flags.",
)
@click.option("--output", "-o", required=True, metavar="MODEL", help="Model folder; made if it is not there.")
@click.option("--labels", metavar="A,B,C", help="The labels that count; rows with others are left out. [default: all]")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=COLUMN",
    help="Where columns have other names: --column text=body. May be repeated.",
)
@click.option("--group", metavar="COLUMN", help="Rows that stay together in cross-validation. [default: article_id]")
@click.option("--weight", metavar="COLUMN", help="Weights of the rows. [default: weight, if there is one]")
@click.option("--search/--no-search", default=True, show_default=True, help="Try several settings, or the defaults.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of folds and intervals.")
@click.option(
    "--accuracy",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.8,
    show_default=True,
    help="How often labels are to be right, for the suggested threshold of abstention.",
)
@click.option("--actors", metavar="FILE", help="Own actors (CSV), masked besides the built-in ones.")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of CSV and JSONL files.")
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
    label. Rows with one article_id stay together in cross-validation. What cannot be used is left out and listed.

    MODEL gets the model, its card README.md with the report, report.json and rejected.csv. Use it with stancekit score
    --stance MODEL.

    \b
    Examples:
      stancekit train labels.csv --task stance --output my-stance
      stancekit train labels.jsonl --task sentiment --labels calm,alarmed --column text=sentence --output my-tone
      stancekit train a.parquet b.parquet --task framing --group outlet --output my-framing

    Exit codes: 0 the model is written, 2 the rows do not allow it or the call was wrong, 130 stopped with Ctrl-C.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        _train(paths, task, Path(output), options)


def _train(paths: tuple[str, ...], task: str, output: Path, options: dict[str, Any]) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.actors import Catalogue  # noqa: PLC0415
    from stancekit.articles import rejected_frame, write_table, write_whole  # noqa: PLC0415
    from stancekit.errors import OutputError  # noqa: PLC0415
    from stancekit.training import train_rows  # noqa: PLC0415

    held = output.is_dir() and any(output.iterdir())
    if output.is_file() or (held and not (options["overwrite"] and (output / MANIFEST).is_file())):
        raise OutputError(f"{output}: is there already; --overwrite replaces an earlier model, nothing else")
    columns = names_of(options["columns"], article_id=options["group"], weight=options["weight"])
    labels = None if options["labels"] is None else [label.strip() for label in options["labels"].split(",")]
    rows = rows_of(paths, task, labels, columns, options["encoding"])
    catalogue = Catalogue.builtin()
    if options["actors"] is not None:
        catalogue = catalogue.extended(Catalogue.read(options["actors"], base=catalogue))
    progress = sys.stderr.isatty() if options["progress"] is None else options["progress"]
    found = train_rows(
        rows,
        search=options["search"],
        seed=options["seed"],
        accuracy=options["accuracy"],
        catalogue=catalogue,
        progress=progress,
    )
    folder = found.save(output)
    report = _report(found)
    write_whole(folder / "README.md", _card(found, folder.name, report))
    report_json = found.report.to_dict() | {"training": found.info["training"], "min_confidence": found.min_confidence}
    write_whole(folder / "report.json", json.dumps(report_json, indent=1, ensure_ascii=False) + "\n")
    write_table(rejected_frame(found.rejected), folder / "rejected.csv")
    click.echo(report)
    n = len(found.rejected)
    lost = f"; {n:,} left out, see {folder / 'rejected.csv'}" if n else ""
    click.echo(f"{len(rows.y):,} rows, {found.model.coef_.shape[1]:,} features in {folder}{lost}", err=True)


def _report(found: "Trained") -> str:
    """Write the report as Markdown."""
    threshold = (
        f"No threshold of abstention makes {100 * found.accuracy:g} % of the labels right."
        if found.min_confidence is None
        else f"Suggested `--min-confidence {found.min_confidence:g}`: "
        f"{100 * found.accuracy:g} % of the labels given are right."
    )
    labels = ", ".join(f"{label} {n:,}" for label, n in found.counts.items())
    parts = [
        f"Rows per label: {labels}.",
        *(f"Note: {line}." for line in found.report.warnings),
        "Settings tried, macro-F1 in grouped cross-validation, in percent:",
        table(found.tried, ["macro_f1"]),
        (
            "Figures of held-out rows, in percent, with 95 % intervals by bootstrap over articles. The settings and "
            "the calibration with which a fold is judged were chosen on the other folds."
        ),
        print_figures(found.report.figures, found.report.baselines),
        threshold,
    ]
    return "\n\n".join(parts)


def _card(found: "Trained", name: str, report: str) -> str:
    """Write the model card, with the block of metadata that model hubs read."""
    task = found.report.task
    language = "en"
    return (
        f"---\nlanguage: {language}\nlibrary_name: stancekit\ntags: [{task}, tf-idf, linear]\n---\n\n"
        f"# {name}\n\nA stancekit model for {task}, trained on {found.info['training']['rows']:,} rows from "
        f"{found.info['training']['groups']:,} articles (groups), seed {found.info['seed']}. A linear model over "
        f"{found.model.coef_.shape[1]:,} phrases and polarity sums; all names are masked; probabilities are calibrated "
        f"by grouped cross-validation.\n\n## Report\n\n{report}\n"
    )
