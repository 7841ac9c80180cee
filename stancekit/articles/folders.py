"""The folder that results go to, and what to say when the system refuses to write."""

import contextlib
import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stancekit.errors import InputError, OutputError

__all__ = [
    "FRESH_PARTS",
    "LOCK",
    "OLD_PARTS",
    "PARTS",
    "PLAN",
    "PROGRAM",
    "RUN_FILE",
    "is_own_run",
    "is_unfinished",
    "output_error",
    "partial_path",
    "prepare_output",
    "read_record",
    "write_whole",
]

PROGRAM = "stancekit"

RUN_FILE = "run.json"
"""The record of a run; its presence says that the tables beside it are whole."""

PARTS = "parts"
"""The folder in which an unfinished run keeps what it has so far."""

FRESH_PARTS, OLD_PARTS = ".parts.partial", ".parts.old"
"""The same while it is made, and while it is removed."""

LOCK = ".run.lock"
"""Held by the process that works in the folder; a killed one leaves the file, but holds it no more."""

PLAN = "plan.json"
"""What an unfinished run is to do; it stands in the folder of parts from the first moment."""

_WAYS_OUT = {
    errno.ENOSPC: "free some space or write to another disk",
    errno.EDQUOT: "free some of your quota or write to another disk",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f) or write to another disk",
    errno.EACCES: "change the permissions of the folder or write elsewhere",
    errno.EPERM: "change the permissions of the folder or write elsewhere",
    errno.EROFS: "write to a disk that is not read-only",
    errno.ENOENT: "make the folder first",
    errno.ENOTDIR: "a part of the path is a file; choose another path",
    errno.EISDIR: "a folder has that name; choose another name",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def prepare_output(folder: str | os.PathLike[str], *, overwrite: bool = False, names: Sequence[str]) -> Path:
    """Make sure that a folder is there and that nothing of anybody else's gets lost in it.

    The folder of a run that scored nothing may be used again as it is. Results of an earlier run are not touched here:
    they stay whole until :class:`TableWriter` puts others in their place. Only what an interrupted run left
    half-written of `names` is removed.

    Parameters
    ----------
    folder : str or path
        Made with its parents if it is not there.
    overwrite : bool, default False
        Whether the folder may hold an earlier run of stancekit, which is known by its ``run.json``.
    names : sequence of str
        The files that are going to be written.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If `names` are not plain names of files.
    OutputError
        If the path is a file, the folder holds something else than an earlier run, or cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     prepare_output(Path(folder, "scores"), names=["stances.csv"]).name
    'scores'
    """
    _check_names(names)
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path} must be a folder for the results, but is a file; choose another path")
    try:
        path.mkdir(parents=True, exist_ok=True)
        partial = {partial_path(path / name).name for name in names}
        passed = {*partial, FRESH_PARTS, OLD_PARTS, LOCK}
        held = sorted(entry.name for entry in path.iterdir() if entry.name not in passed)
        if held:
            _check_earlier_run(path, held, overwrite=overwrite)
        _check_no_folder_in_the_way(path, names)
        for name in sorted(partial):
            (path / name).unlink(missing_ok=True)
    except OutputError:
        raise
    except OSError as error:
        raise output_error(path, error) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise output_error(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return path


def output_error(path: Path, error: OSError) -> OutputError:
    """Turn what the system says into one line.

    Parameters
    ----------
    path : Path
        What could not be written.
    error : OSError
        As raised by the system.

    Returns
    -------
    OutputError
        To be raised; keeps ``errno``.
    """
    reason = error.strerror or str(error) or type(error).__name__
    way_out = _WAYS_OUT.get(error.errno or 0, "check the path and the disk")
    found = OutputError(f"{path} cannot be written: {reason}; {way_out}")
    found.errno = error.errno
    return found


def partial_path(path: Path) -> Path:
    """Return where a file is written before it is whole.

    Parameters
    ----------
    path : Path
        The file as it will be called.

    Returns
    -------
    Path
        Hidden, in the same folder.
    """
    return path.with_name(f".{path.name}.partial")


def write_whole(path: Path, text: str) -> None:
    """Write a small text file, whole or not at all.

    Parameters
    ----------
    path : Path
        The file; its folder must be there.
    text : str
        Its content, written as UTF-8.

    Raises
    ------
    OutputError
        If the system refuses.
    """
    aside = partial_path(path)
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            # On the disk before it has the name, or a power cut could leave the name with nothing in it.
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise output_error(path, error) from error


def _check_names(names: Sequence[str]) -> None:
    if isinstance(names, str):
        raise InputError(f"names must be a list of names of files, got the single string {names!r}; pass [{names!r}]")
    for name in names:
        if not isinstance(name, str) or name in {"", ".", ".."} or Path(name).name != name:
            raise InputError(f"names must be names of files without a folder, got {name!r}")


def _check_earlier_run(path: Path, held: list[str], *, overwrite: bool) -> None:
    more = f" and {len(held) - 3} more" if len(held) > 3 else ""
    holds = f"{path} must be empty or new, but holds {', '.join(repr(name) for name in held[:3])}{more}"
    unfinished = is_unfinished(path)
    if not unfinished and is_own_run(path / RUN_FILE, empty=True):
        return
    if unfinished and not overwrite:
        raise OutputError(
            f"{path} holds an unfinished run; continue it with --resume (resume=True), or replace it with --overwrite "
            "(overwrite=True)"
        )
    if not overwrite:
        raise OutputError(
            f"{holds}; choose another folder or, to replace an earlier run, pass overwrite=True (--overwrite)"
        )
    if not unfinished and not is_own_run(path / RUN_FILE):
        raise OutputError(
            f"{holds}, and no {RUN_FILE} of {PROGRAM}, without which nothing is overwritten; choose another folder"
        )


def is_own_run(path: Path, *, empty: bool = False) -> bool:
    """Tell whether a file is the record of a run of this program.

    Parameters
    ----------
    path : Path
        The file; it need not be there.
    empty : bool, default False
        Whether only a run that scored nothing counts.

    Returns
    -------
    bool
        True if it is.
    """
    found = read_record(path)
    if found is None:
        return False
    counts = found.get("counts")
    return not empty or (isinstance(counts, dict) and counts.get("articles") == 0)


def is_unfinished(folder: Path) -> bool:
    """Tell whether a folder holds a run of this program that did not come to its end.

    Parameters
    ----------
    folder : Path
        It need not be there.

    Returns
    -------
    bool
        True if it does.
    """
    return any(read_record(folder / name / PLAN) is not None for name in (PARTS, FRESH_PARTS, OLD_PARTS))


def read_record(path: Path) -> dict[str, Any] | None:
    """Read what this program wrote of a run.

    Parameters
    ----------
    path : Path
        The file; it need not be there.

    Returns
    -------
    dict or None
        None if there is no such file, or not of this program.
    """
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("program") == PROGRAM else None


def _check_no_folder_in_the_way(path: Path, names: Sequence[str]) -> None:
    for name in names:
        if (path / name).is_dir():
            raise OutputError(f"{path / name} must be a file, but is a folder; move it away or choose another folder")
