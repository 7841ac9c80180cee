"""Getting: the files of a public set, from where they are published or from a folder, checked and converted."""

import hashlib
from pathlib import Path

from stancekit.datasets.converting import CONVERTERS
from stancekit.datasets.public import SOURCES, Source, cache_folder
from stancekit.errors import InputError, OutputError

__all__ = ["get"]

HOST = "https://raw.githubusercontent.com"


def get(
    name: str,
    *,
    to: str | Path | None = None,
    source: str | Path | None = None,
    force: bool = False,
    progress: bool = False,
) -> Path:
    """Put the files of a public set where :func:`load` finds them.

    Parameters
    ----------
    name : str
        One of ``datasets.SOURCES``.
    to : str or Path, optional
        The folder. By default one in the user's cache, where ``load(name)`` looks on its own; from any other,
        ``load(name, path=...)`` reads them.
    source : str or Path, optional
        A folder to take the files from, in place of the network: either the CSV files, or the published ones, at the
        path they have in their repository (so a clone of it will do) or at the last part of that path.
    force : bool, default False
        Whether to fetch files again that are there already, and to overwrite those that are others; of earlier calls,
        it takes up no more than files that broke off.
    progress : bool, default False
        Whether to draw bars on standard error.

    Returns
    -------
    Path
        The folder, with one CSV file per split. Each has the sha256 that is pinned in ``datasets.SOURCES``.

    Raises
    ------
    InputError
        If the set is unknown, cannot be fetched, a file in `source` is missing, or one has another sum.
    DownloadError
        If the network or the server fails.
    OutputError
        If the folder cannot be written.

    Notes
    -----
    What is published is pinned by the commit in its address; what is checked is the sum of the CSV file that is made of
    it. A file that broke off stays beside as ``NAME.part`` and is taken up by the next call.

    Examples
    --------
    >>> get("ewt")
    Traceback (most recent call last):
    stancekit.errors.InputError: the sets that can be got are disaster_response, newsmtsc, plover, rusentne, got 'ewt'
    """
    if name not in SOURCES:
        raise InputError(f"the sets that can be got are {', '.join(sorted(SOURCES))}, got {name!r}")
    wanted = SOURCES[name]
    folder = cache_folder(name) if to is None else Path(to)
    given = None if source is None else Path(source)
    if given is not None and not given.is_dir():
        raise InputError(f"{given}: no such folder; --from takes the folder that holds the files of {name}")
    if given is None and not wanted.published:
        raise InputError(
            f"{name} cannot be fetched: its published form does not tell which rows the pinned file holds; "
            f"give the folder of its CSV files with --from. {wanted.origin()}"
        )
    _make(folder)
    for split in wanted.sums:
        _one(wanted, split, folder, given, force=force, progress=progress)
    return folder


def _one(source: Source, split: str, folder: Path, given: Path | None, *, force: bool, progress: bool) -> None:
    """Put the file of one split into the folder, unless it is there."""
    path = folder / f"{split}.csv"
    # Under the split's name, so that files of one name from two folders do not meet.
    raw = folder / f"{split}.raw"
    if path.exists() and not force:
        if _sum(_read(path)) == source.sums[split]:
            _remove(raw)
            return
        raise OutputError(f"{path}: another file is there; give another folder with --to, or --force to overwrite it")
    if given is not None:
        data, named = _given(source, split, given)
        _check(source, split, data, named)
        _write(path, data)
        return
    if force:
        _remove(raw)
    _write(path, _fetched(source, split, raw, progress=progress))
    _remove(raw)


def _given(source: Source, split: str, folder: Path) -> tuple[bytes, Path]:
    """Read the file of a split from a folder, converted if it is the published one."""
    ready = folder / f"{split}.csv"
    if ready.is_file():
        return _read(ready), ready
    tried = [ready.name]
    if source.published:
        inside = Path(*Path(source.published[split]).parts[3:])
        # NewsMTSC has a dev.jsonl in each of two folders: the last folder is part of the name.
        for candidate in dict.fromkeys((folder / inside, folder / Path(*inside.parts[-2:]))):
            if candidate.is_file():
                return CONVERTERS[source.name](candidate, _read(candidate)), candidate
            tried.append(str(candidate.relative_to(folder)))
    raise InputError(f"{folder}: holds none of {', '.join(tried)}; --from takes the folder that holds one of them")


def _fetched(source: Source, split: str, raw: Path, *, progress: bool) -> bytes:
    """Fetch the published file and convert it; it stays until what was made of it is written."""
    # Loaded here: requests takes longer to load than all of this package's data code.
    from stancekit.datasets.downloading import download  # noqa: PLC0415

    where = source.published[split]
    # A whole file is what a call left that stopped before its last step: it need not be fetched again.
    if not raw.is_file():
        download(f"{HOST}/{where}", raw, progress=progress)
    try:
        data = CONVERTERS[source.name](raw, _read(raw))
        _check(source, split, data, Path(where))
    except InputError:
        # The next call must not meet it again.
        _remove(raw)
        raise
    return data


def _check(source: Source, split: str, data: bytes, named: Path) -> None:
    came = _sum(data)
    if came != source.sums[split]:
        raise InputError(
            f"{named}: as CSV its sha256 must be {source.sums[split]}, got {came}: "
            f"it is damaged or another version; fetch it again or give your own copy with --from. {source.origin()}"
        )


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror}); check the path") from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}); give another folder with --to") from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror}); give another folder with --to") from None


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    try:
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); free some space or give --to") from None
