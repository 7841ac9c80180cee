"""The plots of docs/performance.md."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["plot_pairs", "plot_rates"]

BLUE, GREY = "#2a6f97", "#9aa5ad"
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e6e8",
    "axes.axisbelow": True,
    "svg.hashsalt": "stancekit",
}


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without the version of matplotlib and the date, equal figures are equal files.
    figure.savefig(path, dpi=100, metadata={"Software": None})


def plot_pairs(
    path: Path,
    label: str,
    values: Sequence[float],
    seconds: Sequence[Sequence[float]],
    memory: Sequence[Sequence[float]],
    *,
    log: bool = True,
    both: bool = False,
    upright: str = "processor seconds",
) -> None:
    """Plot seconds and memory against something, side by side: medians, with the range of the runs.

    Parameters
    ----------
    path : Path
        PNG file.
    label : str
        What is varied.
    values : sequence of float
        It.
    seconds, memory : sequence of sequence of float
        For each value the runs.
    log : bool
        Whether the values are on a logarithmic axis.
    both : bool
        Whether the seconds are, too.
    upright : str
        What the seconds are.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 2.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        for axes, runs, name in ((left, seconds, upright), (right, memory, "peak memory of a process, MB")):
            middles = [sorted(one)[len(one) // 2] for one in runs]
            reach = [
                [middle - min(one) for middle, one in zip(middles, runs, strict=True)],
                [max(one) - middle for middle, one in zip(middles, runs, strict=True)],
            ]
            axes.errorbar(values, middles, yerr=reach, color=BLUE, marker="o", markersize=4, capsize=3, linewidth=1.5)
            axes.set_xlabel(label)
            axes.set_title(name, loc="left", fontsize=9)
            if log:
                axes.set_xscale("log")
            else:
                axes.set_xticks(list(values))
        left.set_ylim(bottom=0, top=1.1 * max(map(max, seconds)))
        if both:
            left.set_ylim(auto=True)
            left.set_yscale("log")
        right.set_ylim(bottom=0, top=1.1 * max(map(max, memory)))
        _save(figure, path)


def plot_rates(path: Path, label: str, values: dict[str, float], ours: str) -> None:
    """Plot one figure of several, on a logarithmic axis, with its number beside each.

    Parameters
    ----------
    path : Path
        PNG file.
    label : str
        What the figure is.
    values : dict of str to float
        The figures by name.
    ours : str
        The name that stands out.
    """
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        figure = Figure(figsize=(7.2, 0.5 + 0.38 * len(values)), layout="constrained")
        axes: Any = figure.subplots()
        names = list(values)[::-1]
        for place, name in enumerate(names):
            color = BLUE if name == ours else GREY
            axes.plot([values[name]], [place], "o", color=color, markersize=9)
            axes.annotate(f"{values[name]:,.0f}", (values[name], place), (8, -3), textcoords="offset points")
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.grid(axis="y", color="#e3e6e8")
        axes.set_xscale("log")
        axes.set_xlim(min(values.values()) / 3, max(values.values()) * 4)
        axes.set_title(label, loc="left", fontsize=9)
        axes.tick_params(axis="y", length=0)
        _save(figure, path)
