"""Where portions are scored: here, in processes of this machine, or on a cluster; results come in order."""

import os
import shutil
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, Protocol

import joblib
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import BrokenProcessPool

from stancekit.articles.folders import output_error
from stancekit.articles.locking import holding
from stancekit.errors import WorkerError
from stancekit.scoring.scores import Scores
from stancekit.scoring.work import Work

__all__ = ["Here", "Pool", "Processes", "Promised", "in_order"]

TO_STOP = (signal.SIGINT, signal.SIGTERM)

PREFIX, OWNER = "stancekit-", "owner"
# What joblib calls the thread that minds the processes.
MANAGER = "ExecutorManagerThread"
"""Temporary folders are called so, and hold a file so called, which their process holds as long as it lives."""


class Pool(Protocol):
    """Somewhere to have portions scored.

    Attributes
    ----------
    window : int
        How many portions may be on their way at a time.
    """

    window: int

    def submit(self, work: Work) -> Any:
        """Have a portion scored.

        Parameters
        ----------
        work : Work
            The portion.

        Returns
        -------
        future
            With ``result()`` and ``done()``.
        """

    def close(self) -> None:
        """Let go of everything, whatever is still on its way."""


def in_order(pool: Pool, works: Iterable[Work]) -> Iterator[tuple[Work, Scores]]:
    """Have portions scored, few at a time.

    Parameters
    ----------
    pool : Pool
        Where; it is closed in the end.
    works : iterable of Work
        Read as far as there is room in the pool.

    Yields
    ------
    work : Work
        A portion, in the order in which they came.
    scores : Scores
        What was found.
    """
    waiting: deque[tuple[Work, Any]] = deque()
    try:
        for work in works:
            waiting.append((work, pool.submit(work)))
            while waiting and (len(waiting) >= pool.window or waiting[0][1].done()):
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    finally:
        pool.close()


class _Done:
    """A result that is there already."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores

    def done(self) -> bool:
        return True

    def result(self) -> Scores:
        return self._scores


class Here:
    """The process that asks, scoring at once.

    Parameters
    ----------
    score : callable
        Scores a portion.
    """

    window = 1

    def __init__(self, score: Callable[[Work], Scores]) -> None:
        self._score = score

    def submit(self, work: Work) -> _Done:
        """Score a portion.

        Parameters
        ----------
        work : Work
            The portion.

        Returns
        -------
        future
            Done.
        """
        return _Done(self._score(work))

    def close(self) -> None:
        """Do nothing; there is nothing to let go of."""


class Processes:
    """Processes of this machine, each of which loads the models once, from a file that all of them map.

    Parameters
    ----------
    scorer : object
        Has ``score_work``; dumped to a temporary file once.
    jobs : int
        How many.
    """

    def __init__(self, scorer: Any, jobs: int) -> None:
        # Enough that none waits for the next, few enough that results do not pile up.
        self.window = 2 * jobs + 1
        self._scorer = scorer
        self._jobs = jobs
        self._held = ExitStack()
        self._executor: Any = None

    def submit(self, work: Work) -> "Promised":
        """Have a portion scored; the first one starts the processes.

        Parameters
        ----------
        work : Work
            The portion.

        Returns
        -------
        future
            With ``result()`` and ``done()``.

        Raises
        ------
        WorkerError
            If a process was killed.
        """
        if self._executor is None:
            self._start()
        try:
            # Whatever processes start here are told to stop by this one only, from their first moment.
            with _no_signals():
                return Promised(self._executor.submit(_score, work), (BrokenProcessPool,), _lost)
        except BrokenProcessPool as error:
            raise _lost(error) from error

    def _start(self) -> None:
        path = _own_folder(self._held) / "scorer.joblib"
        try:
            joblib.dump(self._scorer, path)
        except OSError as error:
            raise output_error(path, error) from error
        # joblib renews a process whose memory has grown, as after a long article; nothing is lost by that.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given", category=UserWarning)
        self._executor = ProcessPoolExecutor(
            max_workers=self._jobs,
            initializer=_begin,
            initargs=(str(path), os.getpid()),
            # Each process has a core of its own; threads of the linear algebra would only get into their way.
            env=dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        )

    def close(self) -> None:
        """Stop the processes, whatever they are at."""
        executor, self._executor = self._executor, None
        if executor is not None:
            with _quiet_manager():
                executor.shutdown(wait=True, kill_workers=True)
        self._held.close()


@contextmanager
def _quiet_manager() -> Iterator[None]:
    """Drop what joblib's thread that minds the processes raises when they end under its hands: nobody waits for it."""
    told = threading.excepthook

    def tell(raised: threading.ExceptHookArgs) -> None:
        if raised.thread is None or raised.thread.name != MANAGER:
            told(raised)

    threading.excepthook = tell
    try:
        yield
    finally:
        threading.excepthook = told


@contextmanager
def _no_signals() -> Iterator[None]:
    """Keep signals from this thread, and from threads and processes that start meanwhile, where the system can."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TO_STOP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _own_folder(held: ExitStack) -> Path:
    """Make a temporary folder; remove those whose processes were all killed at a time and could not."""
    for owner in Path(gettempdir()).glob(f"{PREFIX}*/{OWNER}"):
        with suppress(OSError), holding(owner) as alone:
            if alone:
                shutil.rmtree(owner.parent, ignore_errors=True)
    folder = Path(held.enter_context(TemporaryDirectory(prefix=PREFIX)))
    held.enter_context(holding(folder / OWNER))
    return folder


class Promised:
    """A result to come, whose process may get lost.

    Parameters
    ----------
    future : object
        With ``result()`` and ``done()``.
    losses : tuple of exception types
        How it tells that the process is lost.
    lost : callable
        Makes of such an exception what is raised in its place.
    """

    def __init__(
        self, future: Any, losses: tuple[type[BaseException], ...], lost: Callable[[BaseException], WorkerError]
    ) -> None:
        self._future = future
        self._losses = losses
        self._lost = lost

    def done(self) -> bool:
        """Tell whether the result is there, or never will be.

        Returns
        -------
        bool
            Whether ``result()`` answers at once.
        """
        return bool(self._future.done())

    def result(self) -> Scores:
        """Wait for the result.

        Returns
        -------
        Scores
            What was found.

        Raises
        ------
        WorkerError
            If the process was lost.
        """
        try:
            scores: Scores = self._future.result()
        except self._losses as error:
            raise self._lost(error) from error
        return scores


def _lost(_: BaseException) -> WorkerError:
    return WorkerError(
        "a process that scored articles was killed or ended, perhaps for lack of memory; try again with fewer jobs"
    )


_SCORER: list[Any] = []


def _begin(path: str, parent: int) -> None:
    """Load the scorer into a fresh process."""
    # The parent is told to stop as well, and stops its processes itself.
    for number in TO_STOP:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent, Path(path).parent), daemon=True).start()
    _SCORER[:] = [joblib.load(path, mmap_mode="r")]


def _end_with(parent: int, folder: Path) -> None:
    """End this process once its parent is gone, killed without a chance to clean up after itself."""
    while os.getppid() == parent:
        time.sleep(1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _score(work: Work) -> Scores:
    scores: Scores = _SCORER[0].score_work(work)
    return scores
