"""Files that one process at a time holds, as a sign that it is at work; the system lets go of them when it ends."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["holding"]


@contextlib.contextmanager
def holding(path: Path) -> Iterator[bool]:
    """Hold a file, which is made if it is not there, and removed in the end.

    Parameters
    ----------
    path : Path
        The file. What a killed process left of it is no hindrance.

    Yields
    ------
    bool
        Whether it is held; False where the system or the disk knows no locks, or no file can be made there.

    Raises
    ------
    BlockingIOError
        If another process holds it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, holding(Path(folder, "mine")) as held:
    ...     held
    True
    """
    handle = _taken(path)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            os.close(handle)


def _taken(path: Path) -> int | None:
    try:
        import fcntl  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return None
    while True:
        try:
            # For writing too: network folders lock nothing else.
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return None
        kept = False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            kept = _is_at(handle, path)
        except BlockingIOError:
            raise
        except OSError:
            path.unlink(missing_ok=True)
            return None
        finally:
            if not kept:
                os.close(handle)
        if kept:
            return handle


def _is_at(handle: int, path: Path) -> bool:
    """Tell whether the file is still the one of that name: who held it before removes it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
