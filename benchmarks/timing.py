"""Time, memory and what else the machine was doing, for measurements in fresh processes."""

import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

__all__ = ["PeakMemory", "Stopwatch", "children", "fresh", "loads", "machine", "middle", "spread", "versions"]

HOME = Path(__file__).parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "ARROW_NUM_THREADS")
PACKAGES = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "sentencex", "ahocorasick_rs", "fasttext-wheel")


def fresh(words: Sequence[object], *, threads: int = 1, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Run a Python program in a process of its own and read the JSON of its last line.

    Parameters
    ----------
    words : sequence
        What follows ``python`` on the command line.
    threads : int
        That numerical libraries may use.
    environment : dict of str to str, optional
        Further variables.

    Returns
    -------
    dict
        What the program printed; with ``load`` (average before the run), ``outside`` (seconds from the start of the
        process to its end) and ``others`` (cores that other programs kept busy meanwhile; None if not known).
    """
    around = os.environ | dict.fromkeys(THREADS, str(threads)) | {"PYTHONWARNINGS": "ignore"} | (environment or {})
    with Stopwatch(children=True) as watch:
        done = subprocess.run(  # noqa: S603 - our own programs
            [sys.executable, *map(str, words)], capture_output=True, text=True, check=False, env=around
        )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} failed:\n{done.stderr}")
    found: dict[str, Any] = {"load": watch.load, "outside": watch.wall, "others": watch.others}
    return found | json.loads(done.stdout.splitlines()[-1])


class Stopwatch:
    """Clock and processor time of a block, and what else the machine did.

    Parameters
    ----------
    children : bool
        Whether processes that end within the block count with this one.

    Attributes
    ----------
    wall, cpu : float
        Seconds.
    load : float
        Load average before the block.
    others : float or None
        Cores that other programs kept busy, on average.
    """

    def __init__(self, *, children: bool = False) -> None:
        self.children = children
        self.wall = self.cpu = self.load = 0.0
        self.others: float | None = None

    def __enter__(self) -> Self:
        self.load = os.getloadavg()[0]
        self._busy = _busy()
        self._cpu, self._wall = self._spent(), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, self._spent() - self._cpu
        busy = _busy()
        if busy is not None and self._busy is not None and self.wall:
            self.others = max(0.0, (busy - self._busy - self.cpu) / self.wall)

    def _spent(self) -> float:
        times = os.times()
        # Finer than what the system's table of times tells.
        own = time.process_time()
        return own + times.children_user + times.children_system if self.children else own

    def figures(self) -> dict[str, Any]:
        """Give all of it."""
        return {"cpu": self.cpu, "wall": self.wall, "load": self.load, "others": self.others}


def _busy() -> float | None:
    """Give the seconds that all cores were busy since the machine started."""
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()
    except OSError:
        return None
    user, nice, system, _, _, irq, softirq, steal = map(int, first[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class PeakMemory(threading.Thread):
    """The most memory that this process, and any single child of it, held; megabytes.

    The system's record of a process (``VmHWM``), not ``ru_maxrss``, which a child inherits from the process that starts
    it. Children are looked at ten times a second.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.child = 0.0
        self._done = threading.Event()

    def run(self) -> None:
        """Look at the children until told to stop."""
        while not self._done.wait(0.1):
            for process in children(os.getpid()):
                self.child = max(self.child, _peak(process))

    def stop(self) -> tuple[float, float]:
        """Give the peaks of this process and of its largest child."""
        self._done.set()
        self.join()
        return _peak(os.getpid()), self.child


def children(process: int) -> list[int]:
    """List the processes that a process has started, and those that they have, where the system tells.

    Parameters
    ----------
    process : int
        Its number.

    Returns
    -------
    list of int
        Numbers of those that run.
    """
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                found += [int(child), *children(int(child))]
        except OSError:
            # It ended between two looks.
            continue
    return found


def _peak(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def middle(values: Sequence[float]) -> float:
    """Give the median."""
    return statistics.median(values)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Write the median with the range."""
    if len(values) == 1:
        return f"{values[0]:,.{digits}f}"
    return f"{middle(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def loads(runs: Sequence[dict[str, Any]]) -> str:
    """Say how busy the machine was before and during runs."""
    before = [run["load"] for run in runs]
    line = f"Load average before the runs {min(before):.1f} to {max(before):.1f}"
    others = [run["others"] for run in runs if run["others"] is not None]
    if others:
        line += f"; other programs kept {middle(others):.2f} cores busy meanwhile (median; at most {max(others):.2f})"
    return line + "."


def machine() -> str:
    """Name the machine."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}"


def versions() -> str:
    """Name Python and the packages that matter for speed."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
