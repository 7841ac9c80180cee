"""Train the shipped models from the tables of ``tools/training_tables.py``, with nothing but ``stancekit train``.

Usage::

    python tools/training_tables.py
    python tools/build_models.py [--tables build] [--output models] [--task stance]

The commands are printed as they are run; cards, manifests and figures come from them. Every table called
``TASK-NAME.csv`` is measured on.
"""

import argparse
import os
import shlex
import sys
from pathlib import Path

from stancekit.cli import main as stancekit

HOME = Path(__file__).parent.parent
# Strength of fit, chosen by grouped cross-validation on the training tables; rows in which a phrase must stand, so that
# the models stay small; which probes; which data.
SETTINGS = {
    "stance": ("1", "5", "stance", "conflict-news,news-labels,NewsMTSC"),
    "sentiment": ("3", "3", "sentence", "conflict-news,news-labels"),
    "framing": ("3", "3", "sentence", "conflict-news,news-labels"),
}


def command(task: str, tables: Path, output: Path) -> list[str]:
    """Give the command that trains the model of a task."""
    strength, rows, probes, data = SETTINGS[task]
    further = sorted(path for path in tables.glob(f"{task}-*.csv") if not path.stem.endswith("-probes"))
    measured = [word for path in further for word in ("--evaluate", f"{path.stem.removeprefix(f'{task}-')}={path}")]
    return [
        *("train", str(tables / f"{task}.csv"), "--task", task, "--C", strength, "--min-df", rows),
        *("--output", str(output / task), "--overwrite", "--probes", str(tables / f"{probes}-probes.csv")),
        *measured,
        *("--name", f"stancekit {task}", "--license", "bsd-3-clause", "--datasets", data),
        *("--note", str(Path("tools", "notes", f"{task}.md"))),
    ]


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=Path, default=Path("build"))
    parser.add_argument("--output", type=Path, default=Path("models"))
    parser.add_argument("--task", choices=tuple(SETTINGS), action="append")
    options = parser.parse_args()
    # Reports name the files; where the repository lies is nobody's business.
    os.chdir(HOME)
    for task in options.task or SETTINGS:
        words = command(task, options.tables, options.output)
        print("+", shlex.join(["stancekit", *words]), flush=True)
        stancekit(words, standalone_mode=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
