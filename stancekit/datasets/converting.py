"""The files of the public sets as their makers publish them, written as the CSV files that are read and pinned."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from stancekit.datasets.rows import parse_table
from stancekit.errors import InputError

__all__ = ["CONVERTERS"]

POLARITY = MappingProxyType({1: "favor", 0: "neutral", -1: "against"})
NEWSMTSC = ("mention", "from", "to", "sentence", "polarity", "id")
FLAGS = (
    *("aid_related", "medical_help", "medical_products", "search_and_rescue", "security", "military", "child_alone"),
    *("water", "food", "shelter", "clothing", "money", "missing_people", "refugees", "death", "other_aid"),
    *("infrastructure_related", "transport", "buildings"),
    *("weather_related", "floods", "storm", "fire", "earthquake", "cold"),
)
DISASTER = ("id", "message", "genre", *FLAGS)


def _newsmtsc(path: Path, data: bytes) -> bytes:
    """Write the lines of NewsMTSC, one JSON object each, as rows."""
    rows = []
    for line, record in _records(path, data):
        missing = [name for name in NEWSMTSC if name not in record]
        if missing:
            raise InputError(f"{path}: line {line} lacks {', '.join(missing)}; this is not the file of NewsMTSC")
        if record["polarity"] not in POLARITY:
            raise InputError(f"{path}: line {line}: polarity must be 1, 0 or -1, got {record['polarity']!r}")
        # The id ends in sentence, person, start and end; what stands before names the article.
        article = str(record["id"]).rsplit("_", 4)[0]
        label = POLARITY[record["polarity"]]
        offsets = (record["from"], record["to"])
        rows.append([record["id"], article, record["sentence"], record["mention"], *offsets, label])
    return _csv(["id", "article_id", "text", "target", "start", "end", "label"], rows)


def _records(path: Path, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start} is not); fetch the file again") from None
    # Not splitlines(): sentences hold separators of their own that JSON leaves as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(f"{path}: line {number} is no JSON ({error}); fetch the file again") from None
        if not isinstance(record, dict):
            raise InputError(f"{path}: line {number} must be a JSON object, got {type(record).__name__}")
        yield number, record


def _disaster_response(path: Path, data: bytes) -> bytes:
    """Keep the news among the messages, and the flags that make sense for them; each text once."""
    table = parse_table(path, data)
    missing = [name for name in DISASTER if name not in table.columns]
    if missing:
        raise InputError(f"{path}: the columns {', '.join(missing)} are missing; this is not the file of the set")
    rows: dict[str, list[str]] = {}
    for _, cells in table.records():
        if cells["genre"] == "news":
            rows.setdefault(cells["message"], [cells["id"], cells["message"], *(cells[flag] for flag in FLAGS)])
    return _csv(["id", "text", *FLAGS], list(rows.values()))


def _csv(header: list[str], rows: list[list[Any]]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue().encode()


CONVERTERS: Mapping[str, Callable[[Path, bytes], bytes]] = MappingProxyType(
    {"newsmtsc": _newsmtsc, "disaster_response": _disaster_response}
)
"""By name of a set: takes the path (for messages) and the bytes of a published file, gives those of its CSV file."""
