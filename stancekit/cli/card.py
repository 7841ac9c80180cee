"""The report on a training, and the card of its model, as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stancekit.cli.labelled import print_figures, table

if TYPE_CHECKING:
    from stancekit.training import Trained

__all__ = ["SHARES", "Description", "write_card", "write_report"]

SHARES = ["accuracy", "accuracy_low", "accuracy_high", "macro_f1", "macro_f1_low", "macro_f1_high"]


@dataclass(frozen=True)
class Description:
    """What the user says of a model.

    Attributes
    ----------
    name : str
        Title of the card.
    language : str
        Code of the texts' language.
    license : str, optional
        Identifier of the licence.
    datasets : sequence of str
        What it is trained on.
    note : str
        Markdown: where the data comes from, and limits.
    """

    name: str
    language: str = "en"
    license: str | None = None
    datasets: Sequence[str] = ()
    note: str = ""


def write_report(found: "Trained") -> str:
    """Write the report as Markdown."""
    threshold = (
        f"No threshold of abstention makes {100 * found.accuracy:g} % of the labels right."
        if found.min_confidence is None
        else f"Suggested `--min-confidence {found.min_confidence:g}`: "
        f"at least {100 * found.accuracy:g} % of the labels given are right."
    )
    labels = ", ".join(f"{label} {n:,}" for label, n in found.counts.items())
    parts = [f"Rows per label: {labels}."]
    sources = found.info["training"].get("sources", {})
    if sources:
        told = (f"{name} {one['rows']:,} rows, weight {one['weight']:,.10g}" for name, one in sources.items())
        parts.append(f"Rows per source: {'; '.join(told)}.")
    parts += [
        *(f"Note: {line}." for line in found.report.warnings),
        "Settings tried, macro-F1 in grouped cross-validation before thresholds are chosen, in percent:",
        table(found.tried, ["macro_f1"]),
        (
            "Figures of held-out rows, in percent, with 95 % intervals by bootstrap over articles. The settings with "
            "which a fold is judged were chosen, and its probabilities calibrated, on the other folds; thresholds of "
            "labels and flags are the model's own, chosen on all folds, which flatters a little where one is rare."
        ),
        print_figures(found.report.figures, found.report.baselines),
    ]
    if len(found.report.slices):
        parts += ["### Held-out rows by source, in percent", table(found.report.slices, SHARES)]
    for name, figures in found.evaluations.items():
        parts += [
            f"### On {name}",
            "Figures of the model itself, on rows of another file.",
            print_figures(figures, {}, level="####"),
        ]
    return "\n\n".join([*parts, threshold])


def write_card(found: "Trained", told: Description, report: str) -> str:
    """Write the model card, with the block of metadata that model hubs read."""
    task = found.report.task
    lines = [
        *([f"license: {told.license}"] if told.license else []),
        f"language: {told.language}",
        "library_name: stancekit",
        f"tags: [{task}, tf-idf, linear]",
        *([f"datasets: [{', '.join(told.datasets)}]"] if told.datasets else []),
    ]
    training = found.info["training"]
    parts = [
        "---\n" + "\n".join(lines) + "\n---",
        f"# {told.name}",
        (
            f"A stancekit model for {task}, trained on {training['rows']:,} rows from {training['groups']:,} articles "
            f"(groups), seed {found.info['seed']}. Labels: {', '.join(map(str, found.model.classes_.tolist()))}. A "
            f"linear model over {found.model.coef_.shape[1]:,} phrases and sums of rated words; all names are masked; "
            "probabilities are calibrated by grouped cross-validation."
        ),
        *([told.note.strip()] if told.note.strip() else []),
        f"## Report\n\n{report}",
    ]
    return "\n\n".join(parts) + "\n"
