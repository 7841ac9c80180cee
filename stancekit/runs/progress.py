"""How far a run is: articles, sentences a second, time left."""

import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

__all__ = ["Progress"]


class Progress:
    """A line on standard error.

    Parameters
    ----------
    total : int
        Bytes of input; 0 if that is not known.
    show : bool
        Whether there is to be a line at all.
    """

    def __init__(self, total: int, *, show: bool) -> None:
        self._total = total
        self._articles = self._sentences = self._skipped = 0
        self._start = time.monotonic()
        form = "{percentage:3.0f} % |{bar:20}| {desc}" if total else "{desc}"
        # Without standard error there is nowhere to draw.
        self._bar = tqdm(
            total=total or None,
            bar_format=form,
            disable=not show or sys.stderr is None,
            file=sys.stderr,
            mininterval=0.2,
        )

    def __enter__(self) -> Self:
        self._bar.set_description_str("starting")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.close()

    def add(self, articles: int, sentences: int, position: int, *, scored: bool) -> None:
        """Count what is done.

        Parameters
        ----------
        articles, sentences : int
            Of a part.
        position : int
            Bytes of input up to its end.
        scored : bool
            Whether it was scored now, rather than in a run before.
        """
        self._articles += articles
        if scored:
            self._sentences += sentences
        else:
            self._skipped = position
            self._start = time.monotonic()
        self._bar.n = min(position, self._total)
        self._bar.set_description_str(self._told(position), refresh=False)
        # Whatever the bytes are, a line now and then tells that it goes on.
        self._bar.update(0)

    def _told(self, position: int) -> str:
        seconds = time.monotonic() - self._start
        told = f"{self._articles:,} articles"
        if self._sentences and seconds > 0:
            told += f", {self._sentences / seconds:,.0f} sentences/s"
            left = seconds * (self._total - position) / max(position - self._skipped, 1)
            if self._total:
                told += f", {tqdm.format_interval(max(left, 0))} left"
        return told
