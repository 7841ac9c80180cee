"""The exceptions that stancekit raises on purpose; nothing here imports anything.

Every message is one line that names the thing, the rule, what came instead, where, and the way out.
"""

__all__ = ["CatalogueError", "InputError", "ModelError", "OutputError", "StancekitError"]


class StancekitError(Exception):
    """Base of every error that stancekit raises on purpose."""


class InputError(StancekitError, ValueError):
    """Data or arguments that cannot be used: a missing column, an empty file, a wrong type."""


class CatalogueError(InputError):
    """An actor catalogue that breaks a rule of its format."""


class OutputError(StancekitError, OSError):
    """Results that cannot be written: the folder holds other files, the disk is full."""


class ModelError(StancekitError, ValueError):
    """A model folder that is missing, damaged, of another task or of a newer format."""
