"""A run from its first article to its record."""

import io
import json
import sys
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from stancekit.actors import Catalogue
from stancekit.actors.levels import check_level
from stancekit.articles import FORMATS, Inputs, find_inputs, prepare_output, read_articles, rejected_frame, write_whole
from stancekit.articles.folders import RUN_FILE, is_unfinished, output_error, read_record
from stancekit.errors import InputError, OutputError, WorkerError
from stancekit.runs.merging import ACTOR, merge, table_files
from stancekit.runs.parts import Parts, digest_of, only_one
from stancekit.runs.plan import check_same_plan, input_lines, plan_of
from stancekit.runs.progress import Progress
from stancekit.scoring import Scorer
from stancekit.scoring.lineage import lineage, roll_up
from stancekit.scoring.processes import Pool, in_order
from stancekit.scoring.scores import shares
from stancekit.scoring.work import Work, portions

__all__ = ["Run", "score_files"]


# Frames have no equality of their own that would answer yes or no.
@dataclass(frozen=True, eq=False)
class Run:
    """What a run did.

    Attributes
    ----------
    folder : Path
        Where the tables are.
    record : dict
        What ``run.json`` holds: versions, models, options, counts, files.
    actors : DataFrame
        As of ``scores.by("actor", level=...)``, over all articles; empty if the run was complete already.
    rejected : DataFrame
        The first rejections.
    renamed : dict of str to str
        Columns of the articles that have another name in the results.
    complete : bool
        Whether there was nothing left to do.
    """

    folder: Path
    record: dict[str, Any]
    actors: pd.DataFrame = field(default_factory=pd.DataFrame)
    rejected: pd.DataFrame = field(default_factory=lambda: rejected_frame([]))
    renamed: dict[str, str] = field(default_factory=dict)
    complete: bool = False

    @property
    def counts(self) -> Counter[str]:
        """How many articles, sentences, stances, rejections."""
        return Counter(self.record["counts"])


@dataclass
class _Task:
    """What a run is asked to do, all of it checked."""

    scorer: Scorer
    folder: Path
    form: str
    inputs: Inputs
    stdin: bytes | None
    columns: Mapping[str, str] | None
    encoding: str
    chunk: int
    pool: Pool
    show: bool
    level: str
    plan: dict[str, Any]
    counts: Counter[str] = field(default_factory=Counter)
    renamed: dict[str, str] = field(default_factory=dict)
    n_parts: int = 0

    def works(self) -> Iterator[Work]:
        stdin = None if self.stdin is None else io.BytesIO(self.stdin)
        chunks = read_articles(self.inputs, columns=self.columns, encoding=self.encoding, chunk=self.chunk, stdin=stdin)
        return portions(chunks)


def score_files(
    scorer: Scorer,
    paths: Sequence[str | Path],
    output: str | Path,
    *,
    format: str = "parquet",  # noqa: A002 - pandas' word
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    chunk: int = 1000,
    jobs: int = 1,
    pool: Pool | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: bool = False,
    level: str = "actor",
) -> Run:
    """Score files into a folder of tables; killed at any instant, the run can be resumed.

    Parameters
    ----------
    scorer : Scorer
        Models and actors.
    paths : sequence of str or Path
        As for :func:`stancekit.articles.find_inputs`; the output folder is passed over if it lies in one of them.
    output : str or Path
        Folder for ``sentences.*``, ``stances.*``, ``articles.*``, ``rejected.csv`` and ``run.json``; made if it is not
        there.
    format : {"parquet", "csv", "jsonl"}, default "parquet"
        Of the tables.
    columns, encoding
        As for :func:`stancekit.articles.read_articles`.
    chunk : int, default 1000
        Articles in a part at most; a part ends after about a million characters, too.
    jobs : int, default 1
        Processes; -1 for as many as there are cores.
    pool : Pool, optional
        Where articles are scored in place of processes here, such as :class:`stancekit.distributed.ClusterPool`.
    resume : bool, default False
        Whether to go on with an unfinished run in the folder; without one, the run starts from the beginning.
    overwrite : bool, default False
        Whether to replace an earlier run, finished or not.
    progress : bool, default False
        Whether to tell on standard error how far it is.
    level : {"actor", "state"}, default "actor"
        Of the table of actors, as for :meth:`stancekit.Scores.by`; the files hold actors as they are named.

    Returns
    -------
    Run
        Counts and the table of actors.

    Raises
    ------
    InputError
        If an argument cannot be used, or the run to be resumed had other models, options, versions or input.
    OutputError
        If the folder holds something else, or the system refuses to write; the run can be resumed.
    WorkerError
        If a process was killed; the run can be resumed.

    Examples
    --------
    >>> import tempfile
    >>> from stancekit import Scorer
    >>> from stancekit.runs import score_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = Path(folder, "a.txt")
    ...     _ = text.write_text("Kenya praised Oxfam.")
    ...     run = score_files(Scorer(), [text], Path(folder, "scores"))
    >>> run.counts["stances"], run.actors["actor"].tolist()
    (2, ['Kenya', 'Oxfam'])
    """
    if resume and overwrite:
        raise InputError("a run is either resumed or overwritten; give one of --resume and --overwrite")
    if format not in FORMATS:
        raise InputError(f"format must be one of {', '.join(map(repr, FORMATS))}, got {format!r}")
    if isinstance(chunk, bool) or not hasattr(chunk, "__index__") or chunk < 1:
        raise InputError(f"chunk must be a whole number of articles, at least 1, got {chunk!r}")
    check_level(level)
    pool = scorer.pool(jobs) if pool is None else pool
    # What is wrong with models, actors or arguments is said before anything is written.
    read_articles(Inputs([], []), columns=columns, encoding=encoding)
    inputs = find_inputs(paths, without=Path(output))
    stdin = _standard_input() if any(source.path is None for source in inputs.sources) else None
    options = {"format": format, "columns": dict(columns or {}), "encoding": encoding, "chunk": int(chunk)}
    plan = plan_of(scorer, options, input_lines(inputs, stdin)) | {"input": [str(path) for path in paths]}
    task = _Task(
        scorer, Path(output), format, inputs, stdin, columns, encoding, int(chunk), pool, progress, level, plan
    )
    with only_one(task.folder):
        _tidy(task.folder)
        return _resumed(task) if resume else _begun(task, overwrite=overwrite)


def _standard_input() -> bytes:
    # Held, for a run that goes on has to see whether it is the same again.
    if sys.stdin is None:
        raise InputError("- stands for standard input, but there is none; give a file")
    return sys.stdin.buffer.read()


def _every_file() -> list[str]:
    return sorted({file for form in FORMATS for file in table_files(form).values()} | {RUN_FILE})


def _begun(task: _Task, *, overwrite: bool) -> Run:
    prepare_output(task.folder, overwrite=overwrite, names=_every_file())
    Parts(task.folder).begin(task.plan, input_lines(task.inputs, task.stdin))
    return _run(task)


def _tidy(folder: Path) -> None:
    """Finish what a run left to do that was killed after it had written its record."""
    parts, record = Parts(folder), read_record(folder / RUN_FILE)
    if record is None:
        return
    plan = parts.plan
    if plan is None:
        parts.clear()
    elif plan.get("run") == record.get("run"):
        parts.remove()


def _resumed(task: _Task) -> Run:
    parts, lines = Parts(task.folder), input_lines(task.inputs, task.stdin)
    found = parts.plan
    if found is not None:
        check_same_plan(task.folder, found, task.plan, lines)
        task.plan = found
        return _run(task)
    record = read_record(task.folder / RUN_FILE)
    if record is None or record.get("counts", {}).get("articles") == 0:
        # Killed before it had a part, or while a part-run was replaced: there is nothing to go on with, or to lose.
        return _begun(task, overwrite=is_unfinished(task.folder))
    check_same_plan(task.folder, record, task.plan, lines)
    return Run(task.folder, record, complete=True)


def _run(task: _Task) -> Run:
    parts = Parts(task.folder)
    started = datetime.now(UTC)
    parts.clear()
    try:
        _score_parts(task, parts)
        counted_as = partial(_counted_as, catalogue=task.scorer.catalogue, level=task.level)
        actors, rejected = merge(
            parts, task.n_parts, task.folder, task.form, task.scorer.engine.empty, counted_as=counted_as
        )
        record = task.plan | {
            "started": started.isoformat(timespec="seconds"),
            "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
            "counts": dict(task.counts),
            "files": list(table_files(task.form).values()),
        }
        _remove_other_tables(task.folder, record["files"])
        write_whole(task.folder / RUN_FILE, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    except (OutputError, WorkerError) as error:
        raise type(error)(f"{error}; what was scored is kept, --resume (resume=True) goes on from there") from error
    parts.remove()
    return Run(task.folder, record, shares(actors, ACTOR), rejected, task.renamed)


def _counted_as(stances: pd.DataFrame, *, catalogue: Catalogue, level: str) -> pd.DataFrame:
    return roll_up(stances, lineage(catalogue, stances["actor_id"].unique().tolist()), level)


def _score_parts(task: _Task, parts: Parts) -> None:
    missing: deque[tuple[int, str]] = deque()
    with ExitStack() as stack:
        total = sum(source.size for source in task.inputs.sources)
        progress = stack.enter_context(Progress(total, show=task.show))

        def unscored() -> Iterator[Work]:
            for number, work in enumerate(task.works(), start=1):
                task.n_parts = number
                task.renamed |= task.scorer.renamed(list(work.articles.columns))
                digest = digest_of(work)
                counts = parts.counts(number, digest)
                if counts is None:
                    missing.append((number, digest))
                    yield work
                else:
                    task.counts.update(counts)
                    progress.add(counts["articles"], counts["sentences"], work.position, scored=False)

        for work, scores in in_order(task.pool, unscored()):
            counts = parts.write(*missing.popleft(), scores)
            task.counts.update(counts)
            progress.add(counts["articles"], counts["sentences"], work.position, scored=True)


def _remove_other_tables(folder: Path, files: Sequence[str]) -> None:
    """Remove the tables of an earlier run in another format, which would pass for those of this one."""
    earlier = read_record(folder / RUN_FILE)
    for file in (earlier or {}).get("files", []):
        if file not in files and file in _every_file():
            try:
                (folder / file).unlink(missing_ok=True)
            except OSError as error:
                raise output_error(folder / file, error) from error
