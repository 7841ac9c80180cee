"""What scoring costs: speed and memory by size, chunk and processes, and what a billion articles would take.

Every figure is of a run of its own in a fresh process, over articles of benchmarks/corpus.py, drawn with a seed from
the training split of datasets/conflict-news or from a file or folder of other articles, in which no sentence stands
twice. Times are processor seconds of all processes of a run, which other work on the machine disturbs less than the
clock does; the start of a process is measured on an empty run and taken off.

Run with: python benchmarks/scale.py [--articles 1000] [--texts FILE_OR_FOLDER] [--quick]
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from corpus import Corpus, framed, texts_of
from timing import fresh

BILLION = 1_000_000_000


def measured(path: Path, folder: Path, form: str = "parquet", chunk: int = 1000, jobs: int = 1) -> dict[str, float]:
    """Run in a process of its own."""
    output = folder / "out"
    found = fresh([Path(__file__).parent / "one_run.py", path, output, form, chunk, jobs])
    shutil.rmtree(output)
    return found


def table(title: str, rows: list[dict[str, object]]) -> None:
    """Print rows as Markdown."""
    names = list(rows[0])
    print(f"\n{title}\n\n| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for row in rows:
        print(f"| {' | '.join(str(row[name]) for name in names)} |")
    sys.stdout.flush()


def report(place: Path | None, n_articles: int, *, quick: bool) -> None:
    """Print all tables."""
    texts = texts_of(place)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = folder / "one.csv"
        Corpus(["Rain fell."]).write(one, 1)
        start = measured(one, folder)
        print(f"start of a process: {start['cpu']:.1f} s of processor, {start['peak_mb']:.0f} MB")

        def costs(path: Path, **words: object) -> dict[str, float]:
            found = measured(path, folder, **words)  # type: ignore[arg-type]
            jobs = int(words.get("jobs", 1))  # type: ignore[call-overload]
            # Each further process starts once more.
            return found | {"net": found["cpu"] - start["cpu"] * (jobs + 1 if jobs > 1 else 1)}

        rows, base = [], {}
        for size in [n_articles // 10, n_articles] if quick else [n_articles // 10, n_articles, 4 * n_articles]:
            path = folder / f"{size}.csv"
            Corpus(texts).write(path, size)
            base[size] = costs(path)
            rows.append(row_of(size, path, base[size]))
        table("By number of articles, one process:", rows)
        path, found = folder / f"{n_articles}.csv", base[n_articles]
        long = folder / "long.csv"
        rows = []
        thousand = Corpus(texts).of_length(1000, 2000 if quick else 10_000)
        for name_, held in (("a thousandth each", thousand), ("a single article", ["\n\n".join(thousand)])):
            framed(held).to_csv(long, index=False)
            rows.append({"the same text as": name_} | row_of(len(held), long, costs(long)))
        table("One long article against many short ones:", rows)
        rows = [{"chunk": chunk} | row_of(n_articles, path, costs(path, chunk=chunk)) for chunk in (10, 100)]
        table("By size of chunks:", [*rows, {"chunk": 1000} | row_of(n_articles, path, found)])
        # Many portions, or there is nothing to share out.
        chunk = max(1, n_articles // 30)
        by_jobs = {jobs: costs(path, jobs=jobs, chunk=chunk) for jobs in (1, 2)}
        rows = [
            {"processes": jobs, "seconds by the clock": f"{one_['wall']:.0f}"} | row_of(n_articles, path, one_)
            for jobs, one_ in by_jobs.items()
        ]
        table("By processes (the clock counts other work on the machine as well):", rows)
        sizes = {form: measured(path, folder, form=form)["bytes"] / n_articles for form in ("csv", "jsonl")}
        sizes["parquet"] = found["bytes"] / n_articles
        billion(found, path.stat().st_size / n_articles, n_articles, sizes)


def row_of(n_articles: int, path: Path, found: dict[str, float]) -> dict[str, object]:
    """Give the figures of a run."""
    seconds = max(found["net"], 0.01)
    return {
        "articles": f"{n_articles:,}",
        "MB of text": f"{path.stat().st_size / 1e6:.1f}",
        "sentences": f"{found['sentences']:,.0f}",
        "processor seconds": f"{seconds:.1f}",
        "articles/s": f"{n_articles / seconds:.1f}",
        "sentences/s": f"{found['sentences'] / seconds:.0f}",
        "peak MB": f"{found['peak_mb']:.0f}",
    }


def billion(found: dict[str, float], size: float, n_articles: int, sizes: dict[str, float]) -> None:
    """Say what a billion such articles would take."""
    hours = found["net"] / n_articles * BILLION / 3600
    rows = [
        {"what": "input", "a billion articles": f"{size * BILLION / 1e12:.1f} TB"},
        {"what": "processor", "a billion articles": f"{hours:,.0f} core hours"},
        *(
            {"what": f"time on {cores:,} cores", "a billion articles": f"{hours / cores / 24:,.1f} days"}
            for cores in (2, 64, 1000)
        ),
        {"what": "memory on 64 cores", "a billion articles": f"{found['peak_mb'] * 64 / 1024:,.0f} GB"},
        {"what": "sentences", "a billion articles": f"{found['sentences'] / n_articles:,.1f} billion"},
        {"what": "stances", "a billion articles": f"{found['stances'] / n_articles:,.1f} billion"},
        *(
            {"what": f"results as {form}", "a billion articles": f"{held * BILLION / 1e12:.1f} TB"}
            for form, held in sizes.items()
        ),
    ]
    table("A billion articles like these:", rows)


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description="Measure what scoring costs.")
    parser.add_argument("--articles", type=int, default=1000, help="articles of the middle size (default 1000)")
    parser.add_argument("--texts", type=Path, help="a file or folder to draw articles from")
    parser.add_argument("--quick", action="store_true", help="leave out the largest size, shorten the long article")
    options = parser.parse_args()
    report(options.texts, options.articles, quick=options.quick)


if __name__ == "__main__":
    main()
