"""Measure speed and memory beside peers, and write docs/performance.md with its plots.

Everything runs in fresh processes over articles in which no sentence stands twice (benchmarks/corpus.py). Each table
gives medians with the range, the load of the machine before the runs, and what other programs took meanwhile: times by
the clock mean little on a machine that is busy. Usage::

    python benchmarks/performance.py [--texts FILE_OR_FOLDER] [--full] [--quick] [--runs 5] [--only whole,memory]

``--full`` adds a million articles. ``--quick`` takes small sizes, to see whether it works; the page says so. With
``--only`` some sections are measured and printed, and no page is written. Packages of the extra ``peers`` that are not
installed are left out with a line; matplotlib (extra ``bench``) is needed.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from corpus import Corpus, framed, texts_of
from plots import plot_pairs, plot_rates
from timing import Stopwatch, fresh, loads, machine, middle, spread, versions

from stancekit.errors import InputError

HOME = Path(__file__).parent.parent
HERE = Path(__file__).parent
PAGE = HOME / "docs" / "performance.md"
OURS, PLAIN, BASELINE, FASTTEXT, MINILM = "stancekit", "stancekit without native code", "baseline", "fastText", "MiniLM"
STAGES = ("segmentation", "names", "holders", "models", "frames")
SHORT = "Kenya praised Oxfam for feeding the displaced families. Rebels shelled a clinic near the border."
Run = dict[str, Any]


class Sizes(NamedTuple):
    """How much is measured, in articles where nothing else is said."""

    runs: int
    whole: int
    minilm: int
    growing: tuple[int, ...]
    # Sizes above are run once.
    repeated: int
    chunked: int
    chunks: tuple[int, ...]
    shared: int
    # Characters of a short article, of which a thousand, or a hundred, make the long one.
    short: int
    shorts: int
    starts: int
    equal: int


FULL = Sizes(5, 500, 10, (1_000, 10_000, 100_000), 1_000, 1000, (10, 100, 1_000), 3000, 10_000, 1000, 9, 100)
QUICK = Sizes(1, 50, 2, (20, 100, 500), 500, 100, (10, 100), 200, 5_000, 40, 1, 20)


@dataclass
class Book:
    """What is measured with, and what has been found.

    Attributes
    ----------
    summary : list of list of str
        Rows of the table of what is to be reached.
    """

    sizes: Sizes
    texts: list[str]
    place: Path | None
    folder: Path
    pictures: Path
    summary: list[list[str]] = field(default_factory=list)

    def score(self, path: Path, *, chunk: int = 1000, jobs: int = 1) -> Run:
        """Score a file in a process of its own."""
        output = self.folder / "out"
        found = fresh([HERE / "one_run.py", path, output, "parquet", chunk, jobs])
        shutil.rmtree(output)
        tell(f"{path.stem}, chunk {chunk}, {jobs} process(es)", found)
        return found

    def job(self, kind: str, n_articles: int, threads: int = 1) -> Run:
        """Run one of the measurements of whole_job.py."""
        words = [HERE / "whole_job.py", kind, n_articles, self.sizes.runs]
        found = fresh([*words, "--texts", self.place] if self.place else words, threads=threads)
        tell(f"whole job, {kind}", found)
        return found

    def articles(self, n: int) -> tuple[Path, float]:
        """Write articles; give the file and megabytes of text."""
        path = self.folder / f"{n}-articles.csv"
        return path, Corpus(self.texts).write(path, n) / 1e6

    def reach(self, what: str, wanted: str, found: str) -> None:
        """Note a figure for the first table."""
        self.summary.append([what, wanted, found])


def tell(what: str, run: Run) -> None:
    """Say that a run has ended, and how busy the machine was."""
    others = "" if run["others"] is None else f", other programs {run['others']:.2f} cores"
    print(f"{what}: {run['outside']:.1f} s by the clock; load before {run['load']:.1f}{others}", file=sys.stderr)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a Markdown table."""
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [header, ["---"] * len(header), *rows])


def quotient(one: float, other: float, digits: int = 2) -> str:
    """Write a quotient of times from which the start was taken off; of short runs nothing may be left."""
    return f"{one / other:.{digits}f}" if one > 0.1 and other > 0 else "too short to tell"


def rate(run: Run, seconds: str = "cpu") -> float:
    """Give sentences a second."""
    return float(run["sentences"]) / max(run[seconds], 1e-9)


# -- the whole job -----------------------------------------------------------------------------------------------------


def whole(book: Book) -> str:
    """Compare the whole job with its peers."""
    found = book.job("peers", book.sizes.whole)
    runs: dict[str, list[Run]] = found["runs"]
    network: list[Run] = book.job("minilm", book.sizes.minilm, os.cpu_count() or 1)["runs"].get(MINILM, [])
    every = runs | ({MINILM: network} if network else {})
    ours = middle([rate(run) for run in runs[OURS]])
    rows = []
    for name, some in every.items():
        speed = middle([rate(run) for run in some])
        rows.append(
            [
                f"**{name}**" if name == OURS else name,
                f"{middle([run['sentences'] for run in some]):,.0f}",
                spread([run["cpu"] for run in some]),
                spread([run["wall"] for run in some]),
                f"{speed:,.0f}",
                "" if name == OURS else f"{ours / speed:.2f}",
            ]
        )
    plot_rates(
        book.pictures / "speed.png",
        "sentences a second and core (MiniLM: a second of the clock, on all cores)",
        {
            name: middle([rate(run, "wall" if name == MINILM else "cpu") for run in some])
            for name, some in every.items()
        },
        OURS,
    )
    header = ["what", "sentences a run", "processor seconds", "seconds by the clock", "sentences/s of processor"]
    text = [
        WHOLE.format(articles=f"{book.sizes.whole:,}", runs=book.sizes.runs),
        table([*header, "ours is so many times as fast"], rows),
        loads([run for some in every.values() for run in some]),
        "![Sentences a second](pictures/speed.png)",
        *_reaches(book, every, found["stages"]),
    ]
    return "\n\n".join(text)


def _reaches(book: Book, every: dict[str, list[Run]], stages: dict[str, dict[str, float]]) -> list[str]:
    """Say how the whole job stands against what it is to reach, and where the time goes."""
    ours = middle([rate(run) for run in every[OURS]])

    def times(name: str, seconds: str = "cpu") -> str:
        own = middle([rate(run, seconds) for run in every[OURS]])
        return f"{own / middle([rate(run, seconds) for run in every[name]]):.2f}x"

    book.reach("whole job against the baseline, one core", "at least 8x", times(BASELINE))
    if FASTTEXT in every:
        fast = middle([rate(run) for run in every[FASTTEXT]])
        book.reach(
            "whole job against fastText on the sentences alone",
            "faster",
            f"{times(FASTTEXT)} ({ours:,.0f} and {fast:,.0f} sentences/s)",
        )
    if MINILM in every:
        both = f"{times(MINILM, 'wall')} by the clock, ours on one core, MiniLM on all"
        book.reach("whole job against MiniLM embeddings and logistic regression", "reported", both)
    held = stages[BASELINE]
    common = held["segmentation"] + held["names"]
    rows = [
        [name, *(f"{100 * share:.0f} %" if (share := of.get(stage)) is not None else "" for stage in STAGES)]
        for name, of in stages.items()
    ]
    before = ""
    if PLAIN in every:
        slower = ours / middle([rate(run) for run in every[PLAIN]])
        before = f"Native code makes the whole job {slower:.1f} times as fast. "
    return [
        STAGED,
        table(["what", *STAGES], rows),
        before + BOUND.format(share=100 * common, bound=1 / common),
    ]


WHOLE = """## The whole job

Frames in, frames out, in one process, with one thread for numerical libraries; {articles} articles a run, {runs} runs
in turns, new articles in each, what was first in one run last in the next. Fitting and loading are not timed. The
**baseline** has the same segmentation (`segment`) and matching (`Matcher.scan_article`), then scikit-learn as it comes:
`TfidfVectorizer(ngram_range=(1, 2))` on left, right and eight words around for stance, on the sentence for sentiment,
and once more for framing, each with `LogisticRegression`, fitted on conflict-news `train`. It knows nothing of who
speaks, of masking, roles and abstention. **fastText** is `predict` of one question, words and pairs, on the sentences
alone, already cut; **MiniLM** are embeddings of such sentences and four logistic regressions, on all cores. Ratios are
of sentences a second of processor."""
STAGED = """### Where the time goes

Shares of processor time, by functions that were watched, in runs apart. `names` holds all looking for names, also that
for masking; `models` the making of features and the sums; `frames` everything else: checks, frames, what is left."""
BOUND = (
    "Segmentation and the matching of actors, which both do alike, are {share:.0f} % of the baseline's time: a job "
    "that did nothing else at all would be {bound:.1f} times as fast as the baseline."
)
COPIES = """## Wire copy

Everything else on this page is measured on sentences that stand once. Models are asked about equal sentences once per
chunk of 200 articles; here a share of the articles repeats one of the last hundred word by word."""


def copies(book: Book) -> str:
    """Show what wire copy changes."""
    runs: dict[str, list[Run]] = book.job("copies", book.sizes.whole)["runs"]
    base = middle([rate(run) for run in next(iter(runs.values()))])
    rows = [
        [share, spread([run["cpu"] for run in some]), f"{speed:,.0f}", f"{speed / base:.2f}"]
        for share, some in runs.items()
        for speed in [middle([rate(run) for run in some])]
    ]
    return "\n\n".join(
        [
            COPIES,
            table(["articles that repeat another", "processor seconds", "sentences/s", "times as fast"], rows),
            loads([run for some in runs.values() for run in some]),
        ]
    )


# -- growing -----------------------------------------------------------------------------------------------------------


def memory(book: Book) -> str:
    """Show time and memory by the number of articles."""
    files = {n: book.articles(n) for n in book.sizes.growing}
    runs: dict[int, list[Run]] = {n: [] for n in files}
    alone, start = book.articles(1)[0], []
    for turn in range(book.sizes.runs):
        start.append(book.score(alone))
        for n, (path, _) in files.items():
            if turn == 0 or n <= book.sizes.repeated:
                runs[n].append(book.score(path))
    begun = middle([run["cpu"] for run in start])
    rows, costs = [], {}
    for n, some in runs.items():
        size = files[n][1]
        net = middle([run["cpu"] for run in some]) - begun
        costs[n] = quotient(net, size, 3)
        rows.append(
            [
                *(f"{n:,}", f"{size:,.1f}", f"{some[0]['sentences']:,}", len(some)),
                *(spread([run["cpu"] for run in some], 1), spread([run["wall"] for run in some], 1)),
                *(costs[n], spread([run["peak_mb"] for run in some], 0)),
            ]
        )
    plot_pairs(
        book.pictures / "size.png",
        "sentences",
        [some[0]["sentences"] for some in runs.values()],
        [[run["cpu"] for run in some] for some in runs.values()],
        [[run["peak_mb"] for run in some] for some in runs.values()],
        both=True,
    )
    peaks = [middle([run["peak_mb"] for run in some]) for some in runs.values()]
    fewest, most = min(runs), max(runs)
    book.reach(
        f"memory, {fewest:,} to {most:,} articles",
        "flat, below 1 GB a process",
        f"{peaks[0]:,.0f} to {peaks[-1]:,.0f} MB",
    )
    book.reach(
        f"processor time a megabyte, {fewest:,} to {most:,} articles ({files[most][1]:,.0f} MB)",
        "the same (linear)",
        f"{costs[fewest]} to {costs[most]} s",
    )
    header = ["articles", "MB of text", "sentences", "runs", "processor seconds", "seconds by the clock"]
    return "\n\n".join(
        [
            GROWING.format(
                cpu=spread([run["cpu"] for run in start], 1), peak=spread([run["peak_mb"] for run in start], 0)
            ),
            table([*header, "processor seconds a MB", "peak MB"], rows),
            loads([run for some in runs.values() for run in some]),
            "![Seconds and memory by size](pictures/size.png)",
            _long(book, begun),
        ]
    )


def _long(book: Book, begun: float) -> str:
    """Compare one long article with many short ones."""
    texts = Corpus(book.texts).of_length(book.sizes.shorts, book.sizes.short)
    many, one = book.folder / "many-short.csv", book.folder / "one-long.csv"
    framed(texts).to_csv(many, index=False)
    framed(["\n\n".join(texts)]).to_csv(one, index=False)
    size = sum(len(text.encode()) for text in texts) / 1e6
    runs: dict[Path, list[Run]] = {many: [], one: []}
    for _ in range(book.sizes.runs):
        for path, some in runs.items():
            some.append(book.score(path))
    net = {path: middle([run["cpu"] for run in some]) - begun for path, some in runs.items()}
    names = {
        many: f"{book.sizes.shorts:,} articles of {book.sizes.short / 1000:.0f} kB",
        one: f"one article of {size:.1f} MB",
    }
    rows = [
        [
            names[path],
            spread([run["cpu"] for run in some], 1),
            f"{net[path]:.1f}",
            spread([run["peak_mb"] for run in some], 0),
        ]
        for path, some in runs.items()
    ]
    book.reach(f"{names[one]} against {names[many]}", "the same cost", f"{quotient(net[one], net[many])} times")
    return "\n\n".join(
        [
            "### One long article\n\nThe same text as many articles and as one.",
            table(["what", "processor seconds", "without the start", "peak MB"], rows),
            loads([run for some in runs.values() for run in some]),
        ]
    )


GROWING = """## Memory and time by size

Files to files: `score_files` of a CSV to Parquet, one process, each run in a fresh one, in turns. Processor seconds are
of the whole process; seconds by the clock begin with the call. Seconds a MB are without the start: a run of one article
takes {cpu} s of processor and {peak} MB."""


# -- chunks and processes ----------------------------------------------------------------------------------------------


def chunks(book: Book) -> str:
    """Show what the size of chunks changes."""
    path, _ = book.articles(book.sizes.chunked)
    runs: dict[int, list[Run]] = {chunk: [] for chunk in book.sizes.chunks}
    for _ in range(book.sizes.runs):
        for chunk, some in runs.items():
            some.append(book.score(path, chunk=chunk))
    rows = [
        [
            f"{chunk:,}",
            *(spread([run[what] for run in some], 1) for what in ("cpu", "wall")),
            spread([run["peak_mb"] for run in some], 0),
        ]
        for chunk, some in runs.items()
    ]
    plot_pairs(
        book.pictures / "chunk.png",
        "articles a chunk",
        list(runs),
        [[run["cpu"] for run in some] for some in runs.values()],
        [[run["peak_mb"] for run in some] for some in runs.values()],
    )
    return "\n\n".join(
        [
            CHUNKED.format(articles=f"{book.sizes.chunked:,}"),
            table(["articles a chunk (`--chunk`)", "processor seconds", "seconds by the clock", "peak MB"], rows),
            loads([run for some in runs.values() for run in some]),
            "![Seconds and memory by size of chunks](pictures/chunk.png)",
        ]
    )


def processes(book: Book) -> str:
    """Compare several processes with one."""
    path, _ = book.articles(book.sizes.shared)
    empty, _ = book.articles(1)
    counts = sorted({1, 2, os.cpu_count() or 1})
    # Some fifty portions, or there is nothing to share out.
    chunk = max(1, book.sizes.shared // 50)
    runs: dict[int, list[Run]] = {jobs: [] for jobs in counts}
    start: dict[int, list[Run]] = {jobs: [] for jobs in counts}
    for _ in range(book.sizes.runs):
        for jobs in counts:
            runs[jobs].append(book.score(path, chunk=chunk, jobs=jobs))
            start[jobs].append(book.score(empty, jobs=jobs))
    wall = {jobs: middle([run["wall"] for run in some]) for jobs, some in runs.items()}
    net = {jobs: wall[jobs] - middle([run["wall"] for run in some]) for jobs, some in start.items()}
    rows = [
        [
            *(jobs, spread([run["wall"] for run in some], 1), spread([run["cpu"] for run in some], 1)),
            *(f"{wall[1] / wall[jobs]:.2f}", quotient(net[1], net[jobs]), spread([run["peak_mb"] for run in some], 0)),
        ]
        for jobs, some in runs.items()
    ]
    plot_pairs(
        book.pictures / "processes.png",
        "processes",
        counts,
        [[run["sentences"] / run["wall"] for run in some] for some in runs.values()],
        [[run["peak_mb"] for run in some] for some in runs.values()],
        log=False,
        upright="sentences a second by the clock",
    )
    told = f"{quotient(net[1], net[2])}x without the start, {wall[1] / wall[2]:.2f}x with it"
    every = [run for some in runs.values() for run in some]
    others = [run["others"] for run in every if run["others"] is not None]
    if others and middle(others) > 0.2:
        told += "; on a busy machine"
    book.reach("two processes against one, by the clock", "at least 1.8x", told)
    header = ["processes (`--jobs`)", "seconds by the clock", "processor seconds", "times as fast", "without the start"]
    return "\n\n".join(
        [
            SHARED.format(articles=f"{book.sizes.shared:,}", chunk=chunk),
            table([*header, "peak MB"], rows),
            loads(every),
            "![Speed and memory by processes](pictures/processes.png)",
        ]
    )


CHUNKED = """## Size of chunks

{articles} articles, one process. A chunk ends after a million characters, too, so that large numbers change nothing."""
SHARED = """## Processes

{articles} articles in chunks of {chunk}, files to files, in turns. The start is a run of one article with as many
processes: each loads the models for itself. The peak is that of the largest process."""


# -- starting ----------------------------------------------------------------------------------------------------------

TIMED = """
import json, time
wall, cpu = time.perf_counter(), time.process_time()
{work}
print(json.dumps({{"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}}))
"""
FIRST = f"from stancekit import Scorer\nassert len(Scorer().score({SHORT!r}).stances)"


STARTING = """## Starting

Fresh processes, warm disk, in turns, medians of {runs}; the start of Python itself is left out."""


def starting(book: Book) -> str:
    """Time the import and the first score, in fresh processes."""
    # The package itself loads nothing before it is needed; with the Scorer comes what scoring needs.
    imports: dict[str, list[Run]] = {"import pandas": [], "import stancekit": [], "from stancekit import Scorer": []}
    firsts: list[Run] = []
    installed: list[Run] = []
    for _ in range(book.sizes.starts):
        for work, some in imports.items():
            # -P: nothing is taken from the folder where this was called.
            some.append(fresh(["-P", "-c", TIMED.format(work=work)]))
        firsts.append(fresh(["-P", "-c", TIMED.format(work=FIRST)]))
        with tempfile.TemporaryDirectory() as folder:
            _install(Path(folder))
            installed.append(fresh(["-P", "-c", TIMED.format(work=FIRST)], environment={"PYTHONPATH": folder}))
    rows = [
        [f"`{work}`", *(spread([run[what] for run in some], 3) for what in ("cpu", "wall"))]
        for work, some in imports.items()
    ]
    rows += [
        [name, *(spread([run[what] for run in some]) for what in ("cpu", "wall"))]
        for name, some in {
            "import and first score of one short article": firsts,
            "the same on the very first call, nothing compiled to bytecode yet": installed,
        }.items()
    ]
    cpu = {work: middle([run["cpu"] for run in some]) for work, some in imports.items()}
    over = {work: f"{100 * seconds / cpu['import pandas'] - 100:+.0f} %" for work, seconds in cpu.items()}
    book.reach(
        "`import stancekit` against `import pandas`, processor time",
        "at most 20 % over",
        f"{over['import stancekit']}; with the Scorer {over['from stancekit import Scorer']}",
    )
    first, very_first = (middle([run["wall"] for run in some]) for some in (firsts, installed))
    book.reach(
        "first score of one short article, warm disk",
        "under 2 s, also on the very first call",
        f"{first:.2f} s; very first call {very_first:.2f} s",
    )
    return "\n\n".join(
        [
            STARTING.format(runs=book.sizes.starts),
            table(["what", "processor seconds", "seconds by the clock"], rows),
            loads([*firsts, *installed, *(run for some in imports.values() for run in some)]),
        ]
    )


def _install(folder: Path) -> None:
    """Put the package into a folder as it is just after installation, without bytecode."""
    found = find_spec("stancekit")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    shutil.copytree(package, folder / "stancekit", ignore=shutil.ignore_patterns("__pycache__"))
    if not (package / "_shipped").is_dir():
        shutil.copytree(package.parent / "models", folder / "models")


EQUAL = """## Equal results

The largest difference of a probability from what the three estimators' own `predict_proba` says, over {sentences:,}
sentences and {stances:,} pairs of sentence and actor."""


def equality(book: Book) -> str:
    """Say how far the probabilities of all paths are from the estimators' own."""
    found = book.job("equality", book.sizes.equal)
    rows = [[path, *(f"{one[name]:.1e}" for name in ("sentences", "stances"))] for path, one in found["paths"].items()]
    most = max(value for one in found["paths"].values() for value in one.values())
    book.reach(
        "probabilities against the estimators' `predict_proba`, every path", "within 1e-6", f"{most:.1e} at most"
    )
    return "\n\n".join(
        [
            EQUAL.format(sentences=found["sentences"], stances=found["stances"]),
            table(["path", "sentences", "stances"], rows),
        ]
    )


# -- the page ----------------------------------------------------------------------------------------------------------

SECTIONS: dict[str, Callable[[Book], str]] = {
    "whole": whole,
    "copies": copies,
    "memory": memory,
    "chunks": chunks,
    "processes": processes,
    "starting": starting,
    "equality": equality,
}


def page(book: Book, parts: list[str], command: str, seconds: float, *, quick: bool) -> str:
    """Put the page together."""
    origin = f"articles of `{book.place.name}`" if book.place else "the training split of conflict-news"
    native = "built" if find_spec("stancekit._native") else "not built"
    head = HEAD.format(
        warning=WARNING if quick else "",
        command=command,
        date=f"{datetime.now(UTC):%d %B %Y}",
        minutes=f"{seconds / 60:.0f}",
        machine=machine(),
        native=native,
        versions=versions(),
        origin=origin,
    )
    return "\n\n".join([head, table(["what", "reach", "found"], book.summary), *parts]) + "\n"


WARNING = """**A quick run, over sizes too small to mean much: it shows that the command works, not how fast stancekit
is.**

"""
HEAD = """# Performance

{warning}Written by `{command}` on {date}, in {minutes} minutes. Machine: {machine}; native code {native}. {versions}.

Articles are drawn with a seed from {origin} by [`benchmarks/corpus.py`](../benchmarks/corpus.py), which weaves a number
of its own into every sentence: none stands twice, so that nothing is gained by remembering. Figures are medians with,
in brackets, the range of the runs. Processor seconds count all processes of a run and are less disturbed by other work
than seconds by the clock."""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, help="a file or folder to draw articles from")
    parser.add_argument("--full", action="store_true", help="a million articles, too")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see whether it works")
    parser.add_argument("--runs", type=int, help="runs of each measurement (default 5; with --quick 1)")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections to measure and print, writing no page")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page (default docs/performance.md)")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    sizes = QUICK if options.quick else FULL
    if options.full:
        sizes = sizes._replace(growing=(*sizes.growing, 1_000_000))
    if options.runs is not None:
        if options.runs < 1:
            parser.error(f"--runs must be at least 1, got {options.runs}")
        sizes = sizes._replace(runs=options.runs)
    place = options.texts.resolve() if options.texts else None
    try:
        texts = texts_of(place)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    whole_page = set(names) == set(SECTIONS)
    with tempfile.TemporaryDirectory() as folder, Stopwatch(children=True) as watch:
        pictures = options.output.parent / "pictures" if whole_page else Path(folder) / "pictures"
        book = Book(sizes, texts, place, Path(folder), pictures)
        parts = []
        for name in names:
            parts.append(SECTIONS[name](book))
            print(parts[-1] + "\n", flush=True)
    print(table(["what", "reach", "found"], book.summary))
    if whole_page:
        words = [word for word, given in (("--full", options.full), ("--quick", options.quick)) if given]
        command = " ".join(["python benchmarks/performance.py", *words])
        options.output.write_text(page(book, parts, command, watch.wall, quick=options.quick), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
