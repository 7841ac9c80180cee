"""The exceptions that stancekit raises on purpose; nothing here imports anything of the package.

Every message is one line that names the thing, the rule, what came instead, where, and the way out.
"""

from collections.abc import Iterable
from typing import Self

__all__ = [
    "CatalogueError",
    "DownloadError",
    "InputError",
    "ModelError",
    "OutputError",
    "StancekitError",
    "WorkerError",
]


class StancekitError(Exception):
    """Base of every error that stancekit raises on purpose."""


class InputError(StancekitError, ValueError):
    """Data or arguments that cannot be used: a missing column, an empty file, a wrong type."""


class CatalogueError(InputError):
    """An actor catalogue that breaks a rule of its format.

    The message is that of the first problem; ``problems`` holds a message for each.
    """

    problems: tuple[str, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[str]) -> Self:
        """Make an error of several problems.

        Parameters
        ----------
        problems : iterable of str
            At least one message; the first is shown.

        Returns
        -------
        CatalogueError
            With all of them in ``problems``.
        """
        messages = tuple(problems)
        error = cls(messages[0])
        error.problems = messages
        return error


class OutputError(StancekitError, OSError):
    """Results that cannot be written: the folder holds other files, the disk is full."""


class DownloadError(StancekitError, OSError):
    """A file that cannot be fetched: no network, a server that fails or does not have it."""


class ModelError(StancekitError, ValueError):
    """A model folder that is missing, damaged, of another task or of a newer format."""


class WorkerError(StancekitError, RuntimeError):
    """A process that did a part of the work was killed or lost."""
