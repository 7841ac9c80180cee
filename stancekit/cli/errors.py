"""What every command does when something goes wrong: one line, an exit code, no stack trace."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from stancekit.errors import OutputError, StancekitError

__all__ = ["fail", "plain_errors", "say"]

UNUSABLE = 2
INTERRUPTED, ENDED = 130, 143


@contextmanager
def plain_errors(stopped: str = "stopped; nothing half-written is left behind") -> Iterator[None]:
    """Turn the library's errors to one line and exit code 2, an interruption to 130, a request to end to 143.

    Parameters
    ----------
    stopped : str
        What to say after an interruption.
    """
    # Both must reach the writers as an exception; Ctrl-C also where a shell started the command with it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
        _flush()
    except StancekitError as error:
        fail(str(error))
    except BrokenPipeError:
        # Whoever reads has seen enough, as with "| head".
        _give_up(sys.stdout)
    except OSError as error:
        if error.filename is None:
            _give_up(sys.stdout)
        fail(f"{error.filename or 'standard output'}: {error.strerror or error}; check the path and the disk")
    except KeyboardInterrupt as interruption:
        # A second Ctrl-C, while the first is being said, changes nothing.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _complain(stopped)
        sys.exit(ENDED if isinstance(interruption, _EndedError) else INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


class _EndedError(KeyboardInterrupt):
    """The system asked to end, as with ``kill``, ``docker stop`` or a scheduler whose time is up."""


def _end(*_: object) -> NoReturn:
    # Asked once; a second time changes nothing.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _EndedError


def fail(message: str) -> NoReturn:
    """Say what is wrong and leave with exit code 2.

    Parameters
    ----------
    message : str
        One line.
    """
    _complain(message)
    sys.exit(UNUSABLE)


def say(text: str) -> None:
    """Print a result.

    Parameters
    ----------
    text : str
        For standard output.

    Raises
    ------
    OutputError
        If standard output cannot be written.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        # Whoever reads has seen enough, as with "| head".
        _give_up(sys.stdout)
    except OSError as error:
        _give_up(sys.stdout)
        raise OutputError(f"standard output cannot be written: {error.strerror}; send it elsewhere") from error


def _flush() -> None:
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)
    except OSError as error:
        _give_up(sys.stdout)
        raise OutputError(f"standard output cannot be written: {error.strerror}; send it elsewhere") from error


def _complain(message: str) -> None:
    # Where standard error is closed or full, the exit code has to do.
    try:
        click.echo(f"stancekit: {message}", err=True)
    except OSError:
        _give_up(sys.stderr)


def _give_up(stream: object) -> None:
    """Let what is left in a stream go nowhere, or Python would try once more on its way out, and fail with a trace."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]  # what has none is suppressed
        os.close(nowhere)
