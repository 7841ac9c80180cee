"""Public labelled sets, read from a folder of CSV files whose sums are pinned; none of them is shipped."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from stancekit.articles import Rejection, rejected_frame
from stancekit.datasets.frames import Labelled, empty_articles, empty_rows, label_column
from stancekit.datasets.rows import Table, parse_table
from stancekit.errors import InputError
from stancekit.tasks import STANCE

__all__ = ["SOURCES", "Source", "cache_folder", "load_public"]

NEWSMTSC = "fhamborg/NewsMTSC/b9d9b79704ed1b35cecaf1d7c2343dc1bd734fb7/NewsSentiment/experiments/default/datasets"
DISASTER_RESPONSE = "rmunro/disaster_response_messages/1657e1c4e11acbfa56241d2b5cd627adbd989ca2"
COLUMNS = {"target": ("id", "text", "target", "start", "end", "label"), "sentence": ("id", "text")}


@dataclass(frozen=True)
class Source:
    """Where a public set comes from, and what its files are.

    Attributes
    ----------
    name : str
        As :func:`load` takes it.
    title : str
        What it is called.
    repository : str
        Where it is published, with the commit where it is known.
    licence : str
        Of the data.
    unit : {"target", "sentence"}
        What one row is.
    sums : mapping of str to str
        The sha256 of the file ``SPLIT.csv``, by split.
    published : mapping of str to str
        ``OWNER/REPOSITORY/COMMIT/PATH`` of the published file that a split is made of; empty where it cannot be made
        of published files alone.
    """

    name: str
    title: str
    repository: str
    licence: str
    unit: str
    sums: Mapping[str, str]
    published: Mapping[str, str] = field(default_factory=dict)

    def origin(self) -> str:
        """Say where the set comes from.

        Returns
        -------
        str
            Title, repository, licence, and the form of the files.

        Examples
        --------
        >>> SOURCES["newsmtsc"].origin()[:56]
        'NewsMTSC comes from the repository fhamborg/NewsMTSC at '
        """
        columns = ", ".join(COLUMNS[self.unit])
        return f"{self.title} comes from {self.repository}, licence {self.licence}, as CSV with the columns {columns}"


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        source.name: source
        for source in (
            Source(
                "newsmtsc",
                "NewsMTSC",
                "the repository fhamborg/NewsMTSC at commit b9d9b79",
                "MIT",
                "target",
                {
                    "train": "16b3d3217c7fb343994bc9bf3c488c64654c98b677b6652196ab238845a0d328",
                    "dev_mt": "ca7c543416fd968b2c5b5dfef38b1f5f6c92a3c7031cb8e22d649e90d7fa41bb",
                    "dev_rw": "954bc49a514adb950cde74791ec3ba4c98e37637fd80339ecc9573b91bd02ec8",
                },
                {
                    "train": f"{NEWSMTSC}/newsmtsc-mt-hf/train.jsonl",
                    "dev_mt": f"{NEWSMTSC}/newsmtsc-mt-hf/dev.jsonl",
                    "dev_rw": f"{NEWSMTSC}/newsmtsc-rw-hf/dev.jsonl",
                },
            ),
            Source(
                "rusentne",
                "RuSentNE-2023 in English",
                "the repositories dialogue-evaluation/RuSentNE-evaluation and nicolay-r/RuSentNE-LLM-Benchmark",
                "MIT",
                "target",
                {"dev": "d6236304ef3626cf279b591a49f7c0d434f1916e280062844ce4fe53b4321a55"},
            ),
            Source(
                "plover",
                "the PLOVER gold-standard records",
                "the repository openeventdata/PLOVER",
                "CC BY-SA 4.0",
                "target",
                {"dev": "f0001556ced2926f8773372a2ddc9db7f81caf4db2dd35d20014fe9f00e43aa5"},
            ),
            Source(
                "disaster_response",
                "Disaster Response Messages (genre news)",
                "the repository rmunro/disaster_response_messages",
                "CC BY 4.0",
                "sentence",
                {
                    "train": "d65d99c8f476ec4478550dedaa821c195cbf0ec6bae7c8246e11ddb8b68e62f6",
                    "dev": "c40a440e2d633d31cf9eef96973ba4f1b2a239a87ba44238803195642c09db2a",
                },
                {
                    "train": f"{DISASTER_RESPONSE}/disaster_response_training.csv",
                    "dev": f"{DISASTER_RESPONSE}/disaster_response_validation.csv",
                },
            ),
        )
    }
)
"""The public sets by name."""


def cache_folder(name: str) -> Path:
    """Give the folder in the user's cache where the files of a public set lie once they are got.

    Parameters
    ----------
    name : str
        Of the set.

    Returns
    -------
    Path
        Whether it is there or not. The environment variable ``XDG_CACHE_HOME`` moves it on Linux.

    Examples
    --------
    >>> cache_folder("newsmtsc").name
    'newsmtsc'
    """
    # Loaded here: what is read from a given folder needs none of it.
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("stancekit", appauthor=False) / "datasets" / name


def load_public(source: Source, split: str | None, folder: Path | None) -> Labelled:
    """Read a public set.

    Parameters
    ----------
    source : Source
        Which one.
    split : str or None
        One of its splits; None for all.
    folder : Path or None
        Where its files lie; by default, where :func:`get` puts them.

    Returns
    -------
    Labelled
        With `stances` or `sentences` filled, by the source's unit.

    Raises
    ------
    InputError
        If the split is unknown, the folder is not given and holds nothing in the cache, it lacks a file, or a file has
        another sum than the pinned one.
    """
    if split is not None and split not in source.sums:
        raise InputError(f"split must be one of {', '.join(source.sums)}, got {split!r}")
    if folder is None:
        folder = cache_folder(source.name)
        # A transfer that failed leaves an empty folder.
        if not any((folder / f"{name}.csv").is_file() for name in source.sums):
            way = "" if source.published else " --from FOLDER"
            raise InputError(
                f"{source.name} is not shipped: call `stancekit data get {source.name}{way}`, or say with path= where "
                f"its files lie. {source.origin()}"
            )
    rejected: list[Rejection] = []
    parts = []
    for name in source.sums if split is None else (split,):
        table = _verified(source, folder / f"{name}.csv", source.sums[name])
        parts.append(_rows(source, table, name, rejected))
    # Columns without a row have no type of their own to give.
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    if source.unit == "sentence":
        return Labelled(empty_articles(), rows, empty_rows("target"), rejected_frame(rejected))
    rows["label"] = label_column(str(folder), rows["label"], STANCE)
    return Labelled(empty_articles(), empty_rows("sentence"), rows, rejected_frame(rejected))


def _verified(source: Source, path: Path, expected: str) -> Table:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror}). {source.origin()}") from None
    came = hashlib.sha256(data).hexdigest()
    if came != expected:
        raise InputError(f"{path}: the sha256 must be {expected}, got {came}; fetch the file again. {source.origin()}")
    table = parse_table(path, data)
    missing = [name for name in COLUMNS[source.unit] if name not in table.columns]
    if missing:
        raise InputError(f"{path}: the columns {', '.join(missing)} are missing, got {', '.join(table.columns)}")
    return table


def _rows(source: Source, table: Table, split: str, rejected: list[Rejection]) -> pd.DataFrame:
    """Give the rows of a file that can be used; the others are added to the rejected ones."""
    kept: list[dict[str, Any]] = []
    for row in table.rows:
        if len(row.cells) != len(table.columns):
            size = f"has {len(row.cells)} cells where the header has {len(table.columns)}"
            rejected.append(Rejection(table.file, row.line, None, size))
            continue
        cells = dict(zip(table.columns, row.cells, strict=True))
        known = {"article_id": cells.pop("article_id", "") or _article_id(source, cells["text"])}
        known |= {"id": cells.pop("id"), "split": split, "text": cells.pop("text")}
        labels, reason = _target(known["text"], cells) if source.unit == "target" else _flags(cells)
        if reason:
            rejected.append(Rejection(table.file, row.line, known["article_id"], reason))
        else:
            kept.append(known | labels)
    return pd.DataFrame(kept) if kept else empty_rows(source.unit)


def _article_id(source: Source, text: str) -> str:
    """Name a sentence after its text, so that it is the same article wherever it stands."""
    return f"{source.name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _target(text: str, cells: dict[str, str]) -> tuple[dict[str, Any], str | None]:
    """Give target, offsets and what else the cells hold, or why they cannot be used."""
    target, start, end = cells.pop("target"), _offset(cells.pop("start")), _offset(cells.pop("end"))
    if start is None or end is None:
        return {}, f"the offsets of the target {target!r} are missing or no whole numbers"
    if not 0 <= start < end <= len(text):
        return (
            {},
            f"the offsets {start}:{end} of the target {target!r} lie outside of its {len(text)} characters of text",
        )
    if text[start:end] != target:
        return {}, f"the target {target!r} does not stand at {start}:{end}, where {text[start:end]!r} stands"
    return {"target": target, "start": start, "end": end, "label": cells.pop("label")} | cells, None


def _flags(cells: dict[str, str]) -> tuple[dict[str, Any], str | None]:
    for name, cell in cells.items():
        if cell not in {"0", "1"}:
            return {}, f"the flag {name} must be 0 or 1, got {cell!r}"
    return {name: cell == "1" for name, cell in cells.items()}, None


def _offset(cell: str) -> int | None:
    """Read an offset, which some tools write as ``101.0``; None where it is missing or no whole number."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
