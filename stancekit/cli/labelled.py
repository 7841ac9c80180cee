"""What the commands on labelled rows share: their options, and the tables that they print."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from stancekit.cli.options import named_columns

if TYPE_CHECKING:
    import pandas as pd

    from stancekit.articles import Rejection
    from stancekit.evaluation import Evaluation
    from stancekit.labelled import LabelledRows

__all__ = ["names_of", "print_figures", "print_rejected", "rows_of", "table"]

SHOWN = 5


def names_of(pairs: Sequence[str], **given: str | None) -> dict[str, str]:
    """Read NAME=COLUMN pairs, and columns given by options of their own."""
    return {name: column for name, column in given.items() if column is not None} | named_columns(pairs)


def rows_of(
    paths: Sequence[str], task: str, labels: list[str] | None, columns: dict[str, str], encoding: str
) -> "LabelledRows":
    """Read and check labelled files, and say what was left out."""
    from stancekit.labelled import check_labelled, read_labelled  # noqa: PLC0415

    frame, places, rejected = read_labelled(paths, encoding=encoding)
    rows = check_labelled(frame, task=task, labels=labels, columns=columns, places=places, rejected=rejected)
    print_rejected(rows.rejected)
    return rows


def print_rejected(rejected: "Sequence[Rejection]") -> None:
    """Name the first rows left out, and count the rest."""
    for found in rejected[:SHOWN]:
        where = found.file if found.row is None else f"{found.file}, row {found.row}"
        click.echo(f"left out: {where}: {found.reason}", err=True)
    if len(rejected) > SHOWN:
        click.echo(f"left out: {len(rejected) - SHOWN:,} more", err=True)


def table(frame: "pd.DataFrame", percent: Sequence[str] = ()) -> str:
    """Write a frame as a table of Markdown, shares in percent."""
    from tabulate import tabulate  # noqa: PLC0415

    rows = [
        [f"{100 * value:.1f}" if name in percent else str(value) for name, value in row.items()]
        for row in frame.to_dict("records")
    ]
    return tabulate(rows, headers=[str(name) for name in frame.columns], tablefmt="github", disable_numparse=True)


def print_figures(
    figures: "dict[str, Evaluation]", baselines: "dict[str, dict[str, Evaluation]]", level: str = "###"
) -> str:
    """Write figures, baselines, labels, confusion, reliability and coverage as Markdown."""
    import pandas as pd  # noqa: PLC0415

    parts = []
    for question, found in figures.items():
        lines: list[dict[str, Any]] = [
            {
                "": name,
                "macro-F1": str(one.macro_f1),
                "accuracy": str(one.accuracy),
                "ECE": str(one.ece),
                "ECE by chance": f"{100 * one.ece_by_chance:.1f}",
            }
            for name, one in {"model": found, **{name: all_[question] for name, all_ in baselines.items()}}.items()
        ]
        labels = pd.DataFrame({"label": found.classes["label"], "rows": found.classes["n"]})
        for name in ("precision", "recall", "f1"):
            labels[name] = [
                f"{100 * row[name]:.1f} ({100 * row[f'{name}_low']:.1f} to {100 * row[f'{name}_high']:.1f})"
                for row in found.classes.to_dict("records")
            ]
        confusion = found.confusion.reset_index().rename(columns={"truth": "truth / predicted"})
        shares = ["low", "high", "confidence", "accuracy", "accuracy_low", "accuracy_high", "coverage"]
        parts += [
            f"{level} {question}: {found.n_rows:,} rows from {found.n_groups:,} articles (groups)",
            table(pd.DataFrame(lines)),
            table(labels),
            table(confusion),
            "Reliability, in percent: how sure the model was, and how often it was right.",
            table(found.reliability, shares),
            "What is right if labels less probable than `min_confidence` are left open, in percent.",
            table(found.coverage.iloc[::2], shares),
        ]
    return "\n\n".join(parts)
