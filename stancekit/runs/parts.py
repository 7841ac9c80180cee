"""What an unfinished run has so far: a folder for each portion, whole or not there."""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from stancekit.articles import read_table, write_table, write_whole
from stancekit.articles.folders import FRESH_PARTS, LOCK, OLD_PARTS, PARTS, PLAN, output_error, read_record
from stancekit.articles.locking import holding
from stancekit.errors import InputError, OutputError
from stancekit.runs.plan import INPUTS
from stancekit.scoring.scores import Scores
from stancekit.scoring.work import Work

__all__ = ["TABLES", "Parts", "digest_of", "only_one"]

TABLES = ("sentences", "stances", "articles", "rejected")

ABOUT = "part.json"


def digest_of(work: Work) -> str:
    """Give a sum of what a portion is made of.

    Parameters
    ----------
    work : Work
        The portion.

    Returns
    -------
    str
        In hexadecimal digits.
    """
    digest = hashlib.sha256(repr((work.sentences, work.rejected)).encode("utf-8", "backslashreplace"))
    for name in ("article_id", "title", "text"):
        for value in work.articles[name]:
            held = value.encode("utf-8", "backslashreplace") if isinstance(value, str) else b""
            digest.update(len(held).to_bytes(8, "big"))
            digest.update(held)
    return digest.hexdigest()


class Parts:
    """The parts in the folder of a run.

    Parameters
    ----------
    folder : Path
        The output folder, which is there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / PARTS
        self._fresh, self._old = folder / FRESH_PARTS, folder / OLD_PARTS

    @property
    def plan(self) -> dict[str, Any] | None:
        """What the run was to do; None if there is no run."""
        return read_record(self.folder / PLAN)

    def begin(self, plan: dict[str, Any], lines: Iterator[str]) -> None:
        """Start without any part, in place of another run if there is one.

        Parameters
        ----------
        plan : dict
            What is to be done.
        lines : iterator of str
            The files that are read.

        Raises
        ------
        OutputError
            If the system refuses.
        """
        with _system_errors(self._fresh):
            self.clear()
            self._fresh.mkdir()
            with (self._fresh / INPUTS).open("w", encoding="utf-8", newline="\n") as stream:
                stream.writelines(lines)
        write_whole(self._fresh / PLAN, json.dumps(plan, indent=1, ensure_ascii=False) + "\n")
        with _system_errors(self.folder):
            # The plan is there before the old parts go, so that the folder is known for a run's at any instant.
            if self.folder.exists():
                self.folder.rename(self._old)
            self._fresh.rename(self.folder)
            shutil.rmtree(self._old, ignore_errors=True)

    def clear(self) -> None:
        """Remove what was left in the making or in the removing."""
        for path in (self._fresh, self._old):
            shutil.rmtree(path, ignore_errors=True)
        if self.folder.is_dir():
            for path in self.folder.glob(".*.partial"):
                shutil.rmtree(path, ignore_errors=True)

    def remove(self) -> None:
        """Remove all parts; at no instant are there a few of them."""
        with _system_errors(self.folder):
            shutil.rmtree(self._old, ignore_errors=True)
            self.folder.rename(self._old)
            shutil.rmtree(self._old, ignore_errors=True)

    def counts(self, number: int, digest: str) -> dict[str, int] | None:
        """Tell what a part holds.

        Parameters
        ----------
        number : int
            Of the part, from 1.
        digest : str
            From :func:`digest_of`, of the portion that it should be made of.

        Returns
        -------
        dict of str to int, or None
            None if the part is not there yet.

        Raises
        ------
        InputError
            If it is made of something else.
        """
        path = self._path(number)
        if not path.is_dir():
            return None
        try:
            about = json.loads((path / ABOUT).read_bytes())
            made_of, counts = about["made_of"], dict(about["counts"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: the part is damaged; remove it and resume, or start with --overwrite") from error
        if made_of != digest:
            raise InputError(
                f"{path}: the part was made of other articles than stand there now: an input file was changed since; "
                "bring the old file back, or start anew with --overwrite (overwrite=True)"
            )
        return counts

    def write(self, number: int, digest: str, scores: Scores) -> dict[str, int]:
        """Write a part.

        Parameters
        ----------
        number : int
            Of the part, from 1.
        digest : str
            From :func:`digest_of`.
        scores : Scores
            What was found.

        Returns
        -------
        dict of str to int
            What it holds.

        Raises
        ------
        OutputError
            If the system refuses; nothing of the part is left.
        """
        path = self._path(number)
        aside = path.with_name(f".{path.name}.partial")
        counts = _counts(scores)
        about = {"made_of": digest, "counts": counts}
        try:
            with _system_errors(path):
                shutil.rmtree(aside, ignore_errors=True)
                aside.mkdir()
            for name in TABLES:
                frame: pd.DataFrame = getattr(scores, name)
                if len(frame):
                    write_table(frame, aside / f"{name}.parquet")
            write_whole(aside / ABOUT, json.dumps(about) + "\n")
            with _system_errors(path):
                aside.rename(path)
        except OutputError:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        return counts

    def frames(self, number: int) -> dict[str, pd.DataFrame]:
        """Read a part.

        Parameters
        ----------
        number : int
            Of the part, from 1.

        Returns
        -------
        dict of str to DataFrame
            The tables that have a row.
        """
        paths = {name: self._path(number) / f"{name}.parquet" for name in TABLES}
        return {name: read_table(path) for name, path in paths.items() if path.exists()}

    def no_rows(self, number: int, name: str) -> pd.DataFrame | None:
        """Give the columns and types of a table of a part.

        Parameters
        ----------
        number : int
            Of the part, from 1.
        name : str
            One of :data:`TABLES`.

        Returns
        -------
        DataFrame or None
            Without rows; None if the part has no such table.
        """
        path = self._path(number) / f"{name}.parquet"
        if not path.exists():
            return None
        empty: pd.DataFrame = pq.read_schema(path).empty_table().to_pandas()
        return empty

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}"


def _counts(scores: Scores) -> dict[str, int]:
    return {
        "articles": len(scores.articles),
        "sentences": len(scores.sentences),
        "stances": len(scores.stances),
        "rejected": len(scores.rejected),
        "sentences_cut": scores.n_cut,
        "sentences_without_known_terms": int((scores.sentences["known_terms"] == 0).sum()),
    }


@contextlib.contextmanager
def _system_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise output_error(path, error) from error


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Keep a second process from working in the same folder, from before the first look into it.

    Parameters
    ----------
    folder : Path
        The output folder; made if it is not there and can be made.

    Yields
    ------
    None

    Raises
    ------
    OutputError
        If another process works there now.
    """
    # What is wrong with the folder, those say who write to it.
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        try:
            # Where nothing can be locked, two runs at a time are the user's to avoid.
            stack.enter_context(holding(folder / LOCK))
        except BlockingIOError as error:
            raise OutputError(
                f"{folder}: another process is at this run; wait for it, or choose another folder"
            ) from error
        yield
