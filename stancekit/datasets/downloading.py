"""A file over HTTP: with a bar, taken up where it broke off, tried again after growing waits."""

import errno
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from stancekit.errors import DownloadError, OutputError

if TYPE_CHECKING:
    import requests

__all__ = ["PARTIAL", "download"]

PARTIAL = ".part"
# What has come of a chunk is lost when the connection breaks off within it.
CHUNK = 1 << 13
ATTEMPTS = 4
# Seconds after the first, the second and the third attempt.
FIRST_WAIT = 1.0
TIMEOUTS = (10.0, 60.0)
OK, PARTIAL_CONTENT, NO_SUCH_RANGE, TOO_MANY = 200, 206, 416, 429


class _TransientError(Exception):
    """What another attempt may mend: a broken connection, a busy server."""


def download(url: str, path: Path, *, progress: bool = False) -> None:
    """Fetch a file; what is there of it is kept beside, as ``NAME.part``, until it is whole.

    Parameters
    ----------
    url : str
        Where it is published.
    path : Path
        Where it goes; its folder must be there.
    progress : bool, default False
        Whether to draw a bar on standard error.

    Raises
    ------
    DownloadError
        If the server cannot be reached, breaks off again and again, or does not have the file.
    OutputError
        If the file cannot be written.

    Notes
    -----
    A part from an earlier call is completed where the server allows it (HTTP ``Range``) and begun anew where not.
    Broken connections, answers 429 and those of 500 and more are tried again up to three times.
    """
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential  # noqa: PLC0415

    part = path.with_name(path.name + PARTIAL)
    attempts = Retrying(
        retry=retry_if_exception_type(_TransientError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=FIRST_WAIT),
        sleep=time.sleep,
        reraise=True,
    )
    try:
        for attempt in attempts:
            with attempt:
                _fetch(url, part, path.name, progress=progress)
        part.replace(path)
    except _TransientError as error:
        raise DownloadError(
            f"{url}: not fetched in {ATTEMPTS} attempts ({error}); {_kept(part)}check the network and call again"
        ) from None
    except OSError as error:
        if isinstance(error, DownloadError):
            raise
        way = "free some space" if error.errno == errno.ENOSPC else "check the folder"
        raise OutputError(
            f"{part}: cannot be written ({error.strerror or error}); {_kept(part)}{way} and call again"
        ) from None


def _kept(part: Path) -> str:
    """Say what is there of the file, if anything."""
    size = part.stat().st_size if part.is_file() else 0
    return f"{size:,} bytes are kept in {part.name}; " if size else ""


def _fetch(url: str, part: Path, name: str, *, progress: bool) -> None:
    """Make one attempt."""
    import requests  # noqa: PLC0415

    begun = part.stat().st_size if part.is_file() else 0
    # Unpacked bytes could not be continued at an offset: the file is asked for as it lies there.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begun}-"} if begun else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUTS) as answer:
            if answer.status_code == NO_SUCH_RANGE:
                # The part is longer than the file, or as long and never renamed: it is not to be trusted.
                part.unlink()
                raise _TransientError("the server has no more than the part that is there, which is begun anew")
            _refuse(answer, url)
            going_on = answer.status_code == PARTIAL_CONTENT and _starts_at(answer) == begun
            if answer.status_code == PARTIAL_CONTENT and not going_on:
                part.unlink()
                raise _TransientError("the server gave another range than the one that was asked for")
            with part.open("ab" if going_on else "wb") as file:
                _receive(answer, file, begun if going_on else 0, name, progress=progress)
    # Before OSError, which it is too.
    except requests.RequestException as error:
        raise _TransientError(_reason(error)) from None


def _refuse(answer: "requests.Response", url: str) -> None:
    if answer.status_code in {OK, PARTIAL_CONTENT}:
        return
    said = f"the server answered {answer.status_code} {answer.reason}".rstrip()
    if answer.status_code == TOO_MANY or answer.status_code >= 500:
        raise _TransientError(said)
    gone = ", so the file is not there any more" if answer.status_code in {404, 410} else ""
    raise DownloadError(f"{url}: {said}{gone}; give your own copy with --from")


def _starts_at(answer: "requests.Response") -> int:
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _receive(answer: "requests.Response", file: BinaryIO, begun: int, name: str, *, progress: bool) -> None:
    from tqdm import tqdm  # noqa: PLC0415

    length = answer.headers.get("Content-Length", "")
    total = begun + int(length) if length.isdigit() else None
    bar = tqdm(total=total, initial=begun, unit="B", unit_scale=True, desc=name, disable=not progress)
    with bar:
        for chunk in answer.iter_content(CHUNK):
            file.write(chunk)
            begun += len(chunk)
            bar.update(len(chunk))
    if total is not None and begun != total:
        raise _TransientError(f"the connection broke off after {begun:,} of {total:,} bytes")


def _reason(error: "requests.RequestException") -> str:
    """Name the innermost cause, without the addresses of objects that its wrappers print."""
    from urllib3.exceptions import IncompleteRead  # noqa: PLC0415

    inner: BaseException = error
    while True:
        below = getattr(inner, "reason", None)
        if not isinstance(below, BaseException):
            below = next((each for each in inner.args if isinstance(each, BaseException)), None)
        if below is None:
            break
        inner = below
    if isinstance(inner, IncompleteRead):
        return "the connection broke off"
    said = " ".join(str(inner).split(">: ")[-1].split("): ")[-1].split())
    return said or type(error).__name__
