"""The ids that were used, and where: 24 bytes for each, so that millions of articles fit."""

from hashlib import blake2b
from typing import NamedTuple

import numpy as np

__all__ = ["UsedIds"]

FRESH = 50_000
"""So many ids are held as Python objects before they are packed."""

ROWS = 2**40
"""More than any file has."""


class _Packed(NamedTuple):
    """Sums of ids in order, and a number for the place of each."""

    sums: np.ndarray
    places: np.ndarray


class UsedIds:
    """Remember ids with the file and row where each was used.

    Ids are known by sums of 16 bytes: among a billion of them the chance that any two coincide is below 1 in 10^20.

    Examples
    --------
    >>> used = UsedIds()
    >>> used["a1"] = ("wire.csv", 2)
    >>> "a1" in used, "a2" in used, used["a1"]
    (True, False, ('wire.csv', 2))
    """

    def __init__(self) -> None:
        self._files: list[str] = []
        self._fresh: dict[bytes, int] = {}
        # Each at least twice as long as the next, so that there are few and each is merged seldom.
        self._packed: list[_Packed] = []

    def __contains__(self, article_id: object) -> bool:
        return isinstance(article_id, str) and self._find(article_id) is not None

    def __getitem__(self, article_id: str) -> tuple[str, int | None]:
        place = self._find(article_id)
        if place is None:
            raise KeyError(article_id)
        file, row = divmod(place, ROWS)
        return self._files[file], row - 1 if row else None

    def __setitem__(self, article_id: str, place: tuple[str, int | None]) -> None:
        file, row = place
        if not self._files or self._files[-1] != file:
            self._files.append(file)
        self._fresh[_sum(article_id)] = (len(self._files) - 1) * ROWS + (0 if row is None else row + 1)
        if len(self._fresh) >= FRESH:
            self._pack()

    def _find(self, article_id: str) -> int | None:
        key = _sum(article_id)
        place = self._fresh.get(key)
        if place is not None:
            return place
        for sums, places in self._packed:
            at = int(np.searchsorted(sums, np.bytes_(key)))
            if at < len(sums) and sums[at] == np.bytes_(key):
                return int(places[at])
        return None

    def _pack(self) -> None:
        sums = np.array(list(self._fresh), dtype="S16")
        places = np.array(list(self._fresh.values()), dtype=np.int64)
        self._fresh = {}
        while self._packed and len(self._packed[-1].sums) < 2 * len(sums):
            last = self._packed.pop()
            sums, places = np.concatenate([last.sums, sums]), np.concatenate([last.places, places])
        order = np.argsort(sums, kind="stable")
        self._packed.append(_Packed(sums[order], places[order]))


def _sum(article_id: str) -> bytes:
    # NumPy drops zeros at the end of bytes, so that they must not make a difference.
    return blake2b(article_id.encode("utf-8", "surrogatepass"), digest_size=16).digest().rstrip(b"\0")
