"""The command line: thin over the library, one clear line for what goes wrong."""

import click

from stancekit._version import __version__
from stancekit.cli.actors import actors
from stancekit.cli.compare import compare
from stancekit.cli.data import data
from stancekit.cli.evaluate import evaluate
from stancekit.cli.explain import explain
from stancekit.cli.score import score
from stancekit.cli.train import train

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="stancekit")
def main() -> None:
    """Stance toward each actor, sentiment and framing of every sentence of news."""


main.add_command(score)
main.add_command(actors)
main.add_command(data)
main.add_command(explain)
main.add_command(compare)
main.add_command(train)
main.add_command(evaluate)
