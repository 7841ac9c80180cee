"""Which files a list of paths stands for."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

from stancekit.articles.checking import Rejection
from stancekit.articles.folders import RUN_FILE, is_own_run, is_unfinished
from stancekit.articles.values import printable
from stancekit.errors import InputError

__all__ = ["SUFFIXES", "Inputs", "Source", "find_inputs", "system_reason"]

SUFFIXES = {
    ".txt": "txt",
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
"""The suffixes that are read, in upper or lower case, and the kind of file each stands for."""

_READ = "files with the suffixes " + ", ".join(SUFFIXES) + " are read"


@dataclass(frozen=True)
class Source:
    """A file to read.

    Attributes
    ----------
    file : str
        What rejections call it: the path as given, or below the folder as given; ``"-"`` for standard input.
    path : Path or None
        None for standard input.
    kind : str
        ``"txt"``, ``"csv"``, ``"tsv"``, ``"jsonl"`` or ``"parquet"``.
    article_id : str or None
        The id of the one article in a text file; None for tables.
    size : int
        In bytes, when it was found; 0 for standard input.
    """

    file: str
    path: Path | None
    kind: str
    article_id: str | None
    size: int = 0


class Inputs(NamedTuple):
    """What a list of paths stands for.

    Attributes
    ----------
    sources : list of Source
        In the order in which they are read.
    rejected : list of Rejection
        The paths, and the files in folders, that are not read.
    """

    sources: list[Source]
    rejected: list[Rejection]


def find_inputs(paths: Sequence[str | os.PathLike[str]], *, without: Path | None = None) -> Inputs:
    """List the files that paths and folders stand for.

    A folder is walked with all folders below it, sorted by name. Hidden files and folders in it are passed over; every
    other file that is not read is listed as rejected. Links are followed, and no folder is walked twice. A
    text file is one article: its id is the path below the given folder without the suffix (``"sub/a"``), or
    the bare name for a file given itself. Where ids coincide, the path as given takes their place.

    Parameters
    ----------
    paths : sequence of str or path
        Files and folders; ``"-"`` is one article from standard input.
    without : Path, optional
        A folder that is passed over wherever it turns up, such as the one that results go to.

    Returns
    -------
    Inputs
        The sources in order, and the rejections.

    Raises
    ------
    InputError
        If `paths` is a single path rather than a sequence, is empty, or holds something else.

    Examples
    --------
    >>> find_inputs(["-"]).sources
    [Source(file='-', path=None, kind='txt', article_id='stdin', size=0)]
    >>> find_inputs(["no-such-file.csv"]).rejected[0].reason
    'there is no such file or folder; check the path'
    """
    if isinstance(paths, str | bytes | os.PathLike):
        raise InputError(f"paths must be a list of files and folders, got the single path {paths!r}; pass [{paths!r}]")
    given = list(paths)
    if not given:
        raise InputError("paths must name at least one file or folder, got an empty list")
    sources: list[Source] = []
    rejected: list[Rejection] = []
    taken: dict[str, str] = {}
    for path in given:
        if not isinstance(path, str | os.PathLike):
            raise InputError(f"paths must hold strings or paths, got {path!r} ({type(path).__name__})")
        for found in _found(os.fspath(path), without):
            if isinstance(found, Rejection):
                rejected.append(found)
                continue
            # Path.resolve would follow links, which may well give one text two ids on purpose.
            place = "-" if found.path is None else os.path.abspath(found.path)  # noqa: PTH100
            if place in taken:
                rejected.append(Rejection(printable(found.file), None, None, f"is read already, as {taken[place]}"))
            else:
                taken[place] = printable(found.file)
                sources.append(found)
    return Inputs([replace(source, file=printable(source.file)) for source in _with_own_ids(sources)], rejected)


def system_reason(error: OSError) -> str:
    """Say in one line why the system would not open or read a file, and the way out.

    Parameters
    ----------
    error : OSError
        As raised.

    Returns
    -------
    str
        Without the name of the file.
    """
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder; check the path"
    if isinstance(error, PermissionError):
        return "there is no permission to read it; change its permissions or copy it to where you may read"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    return f"the system cannot read it: {error.strerror or error}"


def _found(path: str, without: Path | None) -> Iterator[Source | Rejection]:
    if path == "-":
        yield Source("-", None, "txt", "stdin")
        return
    if not path.strip():
        yield Rejection(path, None, None, "is an empty path; give a file or a folder, or . for this folder")
        return
    root = Path(path)
    try:
        status = root.stat()
    except (OSError, ValueError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else f"is not a path: {error}"
        yield Rejection(printable(path), None, None, reason)
        return
    if not S_ISDIR(status.st_mode):
        yield _as_source(root, root.stem, status.st_size)
        return
    empty = True
    for found in _walked(root, without):
        empty = empty and isinstance(found, Rejection)
        yield found
    if empty:
        yield Rejection(printable(path), None, None, f"there is nothing to read in this folder; {_READ}")


def _walked(root: Path, without: Path | None) -> Iterator[Source | Rejection]:
    # A list of what is still to come, not recursion: folders may be nested deeper than Python calls can be.
    waiting = [root]
    walked: dict[tuple[int, int], Path] = {}
    passed_over = _place(without)
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat()
            if S_ISDIR(status.st_mode):
                place = (status.st_dev, status.st_ino)
                if place == passed_over:
                    continue
                if place in walked:
                    reason = f"is a link to a folder that is read already, as {printable(str(walked[place]))}"
                    yield Rejection(printable(str(path)), None, None, reason)
                    continue
                walked[place] = path
                if is_own_run(path / RUN_FILE) or is_unfinished(path):
                    reason = "holds the results of an earlier run and no articles; move them elsewhere"
                    yield Rejection(printable(str(path)), None, None, reason)
                    continue
                names = sorted(name for name in os.listdir(path) if not name.startswith("."))  # noqa: PTH208 - names
                waiting.extend(path / name for name in reversed(names))
                continue
        except OSError as error:
            yield Rejection(printable(str(path)), None, None, system_reason(error))
            continue
        if S_ISREG(status.st_mode):
            yield _as_source(path, _without_suffix(path.relative_to(root)), status.st_size)
        else:
            # Opening a pipe would wait for ever for somebody to write.
            yield Rejection(printable(str(path)), None, None, "is not a regular file; give it as a file of its own")


def _place(folder: Path | None) -> tuple[int, int] | None:
    if folder is None or not folder.is_dir():
        return None
    status = folder.stat()
    return status.st_dev, status.st_ino


def _as_source(path: Path, article_id: str, size: int) -> Source | Rejection:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        what = f"has the suffix {path.suffix!r}" if path.suffix else "has no suffix"
        return Rejection(printable(str(path)), None, None, f"{printable(what)}; {_READ}")
    return Source(str(path), path, kind, article_id if kind == "txt" else None, size)


def _without_suffix(path: Path) -> str:
    return path.with_suffix("").as_posix()


def _with_own_ids(sources: Iterable[Source]) -> list[Source]:
    """Lengthen the ids that coincide, until none do or none can grow."""
    done = list(sources)
    texts = [i for i, source in enumerate(done) if source.article_id is not None]
    longer: dict[int, list[str]] = {}
    for i in texts:
        path = done[i].path
        longer[i] = [] if path is None else [path.as_posix(), _without_suffix(path)]
    while True:
        times = Counter(done[i].article_id for i in texts)
        growing = [i for i in texts if times[done[i].article_id] > 1 and longer[i]]
        if not growing:
            return done
        for i in growing:
            done[i] = replace(done[i], article_id=longer[i].pop())
