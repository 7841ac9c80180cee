"""The command that measures a model on labelled rows."""

import json
from typing import TYPE_CHECKING, Any

import click

from stancekit.cli.card import SHARES
from stancekit.cli.errors import plain_errors
from stancekit.cli.labelled import names_of, print_figures, rows_of, table
from stancekit.cli.options import COLUMN, ENCODING

if TYPE_CHECKING:
    from stancekit.assessment import Report

__all__ = ["evaluate"]


@click.command(short_help="Measure a model on labelled rows.")
@click.argument("model", metavar="MODEL")
@click.argument("paths", nargs=-1, required=True, metavar="LABELLED...")
@click.option("--by", multiple=True, metavar="COLUMN", help="Figures for each value of a column. May be repeated.")
@click.option(
    "--leave-out",
    metavar="COLUMN",
    help="For each value of a column, train without its rows (on the others in LABELLED) and measure on them.",
)
@COLUMN
@click.option("--group", metavar="COLUMN", help="Rows drawn together for the intervals. [default: article_id]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of intervals and baselines.")
@click.option("--draws", type=click.IntRange(min=1), default=1000, show_default=True, help="Bootstrap draws.")
@click.option("--jobs", type=int, default=-1, show_default=True, help="Processes; -1 for all cores.")
@ENCODING
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def evaluate(model: str, paths: tuple[str, ...], **options: Any) -> None:
    """Measure a model on labelled rows that it was not trained on.

    MODEL is a model folder, or stance, sentiment or framing for a shipped model. LABELLED is as for stancekit train.
    Printed are figures per label with 95 % intervals by bootstrap over articles, the confusion, how reliable
    probabilities are, accuracy against coverage, and baselines: the majority label and, for stance, a model that does
    not see the target, cross-validated on these very rows.

    \b
    Examples:
      stancekit evaluate stance labels.csv
      stancekit evaluate my-stance held-out.csv --by outlet --by actor_id
      stancekit evaluate my-stance labels.csv --leave-out conflict --json

    Exit codes: 0 done, 2 the model or the rows cannot be used or the call was wrong,
    130 stopped with Ctrl-C, 143 with SIGTERM.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        _evaluate(model, paths, options)


def _evaluate(name: str, paths: tuple[str, ...], options: dict[str, Any]) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.assessment import assess  # noqa: PLC0415
    from stancekit.models import load_model  # noqa: PLC0415

    model = load_model(name)
    task = model.model_info_["task"]
    labels = [str(label) for label in model.classes_]
    rows = rows_of(paths, task, labels, names_of(options["columns"], article_id=options["group"]), options["encoding"])
    report = assess(
        model,
        rows,
        by=options["by"],
        leave_out=options["leave_out"],
        draws=options["draws"],
        seed=options["seed"],
        jobs=options["jobs"],
    )
    if options["as_json"]:
        model_ = {"name": name, "digest": model.model_info_["digest"]}
        click.echo(
            json.dumps({"model": model_} | report.to_dict() | {"rejected": len(rows.rejected)}, ensure_ascii=False)
        )
    else:
        click.echo(_text(report))


def _text(report: "Report") -> str:
    parts = [*(f"Note: {line}." for line in report.warnings), print_figures(report.figures, report.baselines)]
    if len(report.slices):
        parts += ["### Slices, in percent; macro-F1 over the labels that occur", table(report.slices, SHARES)]
        worst = report.worst
        parts.append(
            "No slice has 20 rows, so none is named the worst."
            if worst is None
            else f"Worst slice of at least 20 rows: {worst['column']} {worst['value']!r}, {worst['question']}, "
            f"macro-F1 {100 * worst['macro_f1']:.1f} over {worst['n']} rows."
        )
    if len(report.left_out):
        parts += ["### Trained without each value in turn, in percent", table(report.left_out, SHARES)]
    return "\n\n".join(parts)
