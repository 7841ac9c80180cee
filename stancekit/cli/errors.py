"""What every command does when something goes wrong: one line, an exit code, no stack trace."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from stancekit.errors import StancekitError

__all__ = ["fail", "plain_errors"]

UNUSABLE = 2
INTERRUPTED = 130


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the library's errors to one line and exit code 2, an interruption to 130."""
    # Ctrl-C must reach the writers as an exception, also where a shell started the command with it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except StancekitError as error:
        fail(str(error))
    except KeyboardInterrupt:
        click.echo("stancekit: stopped; nothing half-written is left behind", err=True)
        sys.exit(INTERRUPTED)


def fail(message: str) -> NoReturn:
    """Say what is wrong and leave with exit code 2.

    Parameters
    ----------
    message : str
        One line.
    """
    click.echo(f"stancekit: {message}", err=True)
    sys.exit(UNUSABLE)
