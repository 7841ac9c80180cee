"""The command that says which phrases make two groups of rows differ."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from stancekit.cli.errors import fail, plain_errors
from stancekit.cli.options import ACTORS, COLUMN, ENCODING, named_columns

if TYPE_CHECKING:
    import pandas as pd

    from stancekit.actors import Catalogue
    from stancekit.explanation import Comparison

__all__ = ["compare"]

SHOWN = 5


@click.command(short_help="Say which phrases make two groups of articles or actors differ.")
@click.argument("model", metavar="MODEL")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--by",
    required=True,
    metavar="COLUMN",
    help="What the groups are told by: actor, month or year (of published), or a column such as outlet.",
)
@click.option("--a", metavar="GROUP", help="The first group. [default: the first of exactly two]")
@click.option("--b", metavar="GROUP", help="The second group. [default: all others]")
@click.option("--label", "labels", multiple=True, metavar="LABEL", help="Only this label. May be repeated.")
@click.option(
    "--top", type=click.IntRange(min=0), default=10, show_default=True, help="Phrases per label; 0 for all, JSON too."
)
@ACTORS
@COLUMN
@ENCODING
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def compare(model: str, paths: tuple[str, ...], **options: Any) -> None:
    """Say which phrases make the difference between two groups: outlets, months, actors.

    MODEL is stance, sentiment or framing for a shipped model, or a model folder. PATH is as for stancekit score. The
    rows of a stance model are sentences with an actor, those of the others sentences.

    Per label, the difference of the groups' mean decision values is the sum of the phrases' differences, exactly. What
    --top leaves out is printed as one sum. Few rows make large differences by chance: mind the counts.

    \b
    Examples:
      stancekit compare sentiment archive.parquet --by outlet --a "Harbour Gazette"
      stancekit compare stance news/ --by actor --a Kenya --b Uganda --top 20
      stancekit compare framing news.csv --by month --a 2026-03 --b 2026-04 --json

    Exit codes: 0 compared, 2 the articles, groups or model cannot be used or the call was wrong,
    130 stopped with Ctrl-C, 143 with SIGTERM.
    """  # noqa: D301 - click reads the backspace sign itself
    with plain_errors():
        _compare(model, paths, options)


def _compare(name: str, paths: Sequence[str], options: dict[str, Any]) -> None:
    # Loaded here, so that help and wrong usage answer at once.
    from stancekit.actors import Catalogue  # noqa: PLC0415
    from stancekit.explanation import compare as decompose  # noqa: PLC0415
    from stancekit.explanation import group_values  # noqa: PLC0415
    from stancekit.models import load_model  # noqa: PLC0415

    model = load_model(name)
    catalogue = Catalogue.builtin()
    if options["actors"] is not None:
        catalogue = catalogue.extended(Catalogue.read(options["actors"], base=catalogue))
        model = model.masking(catalogue)
    known = list(map(str, model.classes_[len(model.classes_) - len(model.coef_) :]))
    for label in options["labels"]:
        if label not in known:
            fail(f"--label must be one of {', '.join(known)}, got {label!r}")
    task = model.model_info_["task"]
    rows = _rows(task, paths, options, catalogue)
    groups = group_values(rows, options["by"])
    found = decompose(model, rows, groups, a=options["a"], b=options["b"])
    labels = list(options["labels"]) or known
    if options["as_json"]:
        source = {"model": name, "task": task, "digest": model.model_info_["digest"], "by": options["by"]}
        click.echo(json.dumps(source | _plain(found, labels, options["top"]), indent=1, ensure_ascii=False))
    else:
        _print(found, labels, options["top"])


def _rows(task: str, paths: Sequence[str], options: dict[str, Any], catalogue: "Catalogue") -> "pd.DataFrame":
    """Read the articles and cut them into rows of the model; say what could not be used."""
    import pandas as pd  # noqa: PLC0415

    from stancekit.articles import read_articles  # noqa: PLC0415
    from stancekit.explanation import actor_rows, sentence_rows  # noqa: PLC0415

    pieces, lost = [], 0
    for chunk in read_articles(paths, columns=named_columns(options["columns"]), encoding=options["encoding"]):
        for rejection in chunk.rejected[: max(0, SHOWN - lost)]:
            where = rejection.file if rejection.row is None else f"{rejection.file}, row {rejection.row}"
            click.echo(f"not used: {where}: {rejection.reason}", err=True)
        lost += len(chunk.rejected)
        if len(chunk.articles):
            cut = actor_rows(chunk.articles, catalogue=catalogue) if task == "stance" else sentence_rows(chunk.articles)
            pieces.append(cut)
    if lost > SHOWN:
        click.echo(f"not used: {lost - SHOWN} more", err=True)
    # Where a file has a column that another lacks, its rows are of no group.
    rows = pd.concat([piece for piece in pieces if len(piece)], ignore_index=True) if any(map(len, pieces)) else None
    if rows is None:
        what = "sentence with an actor" if task == "stance" else "sentence"
        fail(f"there is no {what} in the articles: nothing to compare")
    return rows


def _print(found: "Comparison", labels: list[str], top: int) -> None:
    from tabulate import tabulate  # noqa: PLC0415

    lost = f"; of neither: {found.n_left_out:,}" if found.n_left_out else ""
    click.echo(f"a: {found.a} ({found.n_a:,} rows); b: {found.b} ({found.n_b:,} rows){lost}", err=True)
    totals = found.labels.assign(label=found.labels["label"].astype(str)).set_index("label")
    for number, label in enumerate(labels):
        total = totals.loc[label]
        shown = found.top(label, top or sys.maxsize)
        table = [
            [f"{p.difference:+.4f}", p.phrase, p.template, f"{p.rows_a:,}", f"{p.rows_b:,}"] for p in shown.itertuples()
        ]
        more = int((found.phrases["label"] == label).sum()) - len(shown)
        if more:
            table.append([f"{total['difference'] - shown['difference'].sum():+.4f}", f"{more:,} more", "", "", ""])
        click.echo(
            ("\n" if number else "")
            + f"mean decision value of {label}: a {total['mean_a']:+.4f}, b {total['mean_b']:+.4f}, "
            f"difference {total['difference']:+.4f}"
        )
        headers = ["difference", "phrase", "template", "rows of a", "rows of b"]
        align = ("right", "left", "left", "right", "right") if table else None
        click.echo(tabulate(table, headers=headers, colalign=align, disable_numparse=True))


def _plain(found: "Comparison", labels: list[str], top: int) -> dict[str, Any]:
    """Give the comparison as lists and numbers."""
    groups = {
        "a": {"group": str(found.a), "rows": found.n_a},
        "b": {"group": str(found.b), "rows": found.n_b},
        "rows_left_out": found.n_left_out,
    }
    totals: dict[str, Any] = {str(total.label): total for total in found.labels.itertuples()}
    return groups | {
        "labels": [
            {
                "label": label,
                **{name: float(getattr(totals[label], name)) for name in ("mean_a", "mean_b", "difference")},
                "phrases": found.top(label, top or sys.maxsize).drop(columns="label").to_dict("records"),
            }
            for label in labels
        ]
    }
