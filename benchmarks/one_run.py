"""Score a file into a folder and print, as JSON, what it took; called by other measurements in a fresh process.

Usage::

    python benchmarks/one_run.py ARTICLES.csv FOLDER FORMAT CHUNK JOBS
"""

import json
import os
import sys
import time
from pathlib import Path

from timing import PeakMemory


def main(words: list[str]) -> None:
    """Score; the start of Python and the loading of the package and models are part of what is measured."""
    path, output, form, chunk, jobs = words
    peak = PeakMemory()
    peak.start()
    from stancekit import Scorer  # noqa: PLC0415 - its loading is part of what is measured
    from stancekit.runs import score_files  # noqa: PLC0415

    start = time.perf_counter()
    run = score_files(Scorer(), [path], output, format=form, chunk=int(chunk), jobs=int(jobs))
    wall = time.perf_counter() - start
    times = os.times()
    own, worker = peak.stop()
    print(
        json.dumps(
            {
                "wall": wall,
                "cpu": time.process_time() + times.children_user + times.children_system,
                "peak_mb": max(own, worker),
                "sentences": run.counts["sentences"],
                "stances": run.counts["stances"],
                "bytes": sum(file.stat().st_size for file in Path(output).iterdir() if file.suffix == f".{form}"),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
