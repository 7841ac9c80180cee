"""Proofs that take minutes: kills at random instants, a full disk, lost workers, Dask and Spark."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from runs import assert_same_tables, tables_of, text

from stancekit import Scorer
from stancekit.articles import read_table
from stancekit.articles.locking import holding
from stancekit.errors import InputError, WorkerError
from stancekit.runs import score_files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and mounts are POSIX"),
]

KILLS = 50
CALL = [sys.executable, "-c", "from stancekit.cli import main; main()"]


def command(*words, **options):
    return subprocess.run([*CALL, *map(str, words)], capture_output=True, text=True, check=False, **options)


def written(path, n):
    frame = pd.DataFrame({"article_id": [f"i{i}" for i in range(n)], "text": [text(i, 12) for i in range(n)]})
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def many(tmp_path):
    """Enough articles that something can happen while they are scored."""
    return written(tmp_path / "many.csv", 200)


@pytest.fixture
def plenty(tmp_path):
    """Enough articles that a command is at them for seconds, and can be stopped from outside."""
    return written(tmp_path / "plenty.csv", 2000)


def when(there, do):
    """Do something once a condition holds, from another thread."""

    def watch():
        deadline = time.monotonic() + 120
        while not there() and time.monotonic() < deadline:
            time.sleep(0.02)
        do()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


# -- kills -------------------------------------------------------------------------------------------------------------


def test_fifty_kills_at_random_instants_lose_nothing_and_double_nothing():
    home = Path(__file__).parent
    words = [sys.executable, str(home / "runs.py"), str(KILLS), "20261123"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=home)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    print(told)
    assert told["kills"] >= KILLS
    assert told["hits"]["scoring"] >= 5
    assert told["hits"]["merging"] >= 5


def test_the_command_killed_with_its_processes_is_resumed_and_leaves_none_behind(plenty, tmp_path):
    words = ["score", plenty, "--format", "csv", "--chunk", 10, "--jobs", 2, "--output"]
    out = tmp_path / "out"
    child = subprocess.Popen([*CALL, *map(str, [*words, out])], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (out / "parts" / "000002").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = children(child.pid)
    child.kill()
    child.wait()
    assert len(workers) >= 2
    deadline = time.monotonic() + 30
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not [worker for worker in workers if alive(worker)]
    assert len(list((out / "parts").glob("0*"))) < 200
    assert command(*words, out, "--resume").returncode == 0
    assert command("score", plenty, "--format", "csv", "--chunk", 10, "--output", tmp_path / "whole").returncode == 0
    assert_same_tables(out, tmp_path / "whole")


def waiting_for_parts(child, out, parts):
    deadline = time.monotonic() + 120
    while not (out / "parts" / f"{parts:06d}").exists() and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.05)


@pytest.mark.parametrize("of_all", [False, True])
def test_sigterm_is_one_line_and_leaves_nothing_but_a_run_to_resume(plenty, tmp_path, of_all):
    (tmp_path / "tmp").mkdir()
    out = tmp_path / "out"
    words = ["score", plenty, "--format", "csv", "--chunk", 10, "--jobs", 2, "--output", out]
    options = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL, "text": True, "start_new_session": True}
    environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    child = subprocess.Popen([*CALL, *map(str, words)], env=environment, **options)
    waiting_for_parts(child, out, 2)
    assert list((tmp_path / "tmp").glob("stancekit-*/scorer.joblib"))
    # A scheduler asks all processes of a job, "kill" one.
    os.killpg(child.pid, signal.SIGTERM) if of_all else child.terminate()
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 143
    assert errors.splitlines() == [
        f"stancekit: stopped; the same command with --resume goes on from what is done in {out}"
    ]
    assert not list((tmp_path / "tmp").glob("stancekit-*"))
    assert [path.name for path in out.iterdir()] == ["parts"]


@pytest.mark.parametrize("of_all", [False, True])
def test_what_killed_processes_leave_in_the_temporary_folder_goes(plenty, tmp_path, of_all):
    (tmp_path / "tmp").mkdir()
    out = tmp_path / "out"
    words = ["score", plenty, "--format", "csv", "--chunk", 10, "--jobs", 2, "--output"]
    environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    child = subprocess.Popen(
        [*CALL, *map(str, [*words, out])], env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    waiting_for_parts(child, out, 2)
    (folder,) = (tmp_path / "tmp").glob("stancekit-*")
    os.killpg(child.pid, signal.SIGKILL) if of_all else child.kill()
    child.wait()
    if of_all:
        assert folder.exists()
        # A folder of a program that runs is not touched.
        other = tmp_path / "tmp" / "stancekit-other"
        other.mkdir()
        with holding(other / "owner"):
            assert command(*words, tmp_path / "next", env=environment).returncode == 0
            assert other.exists()
        assert not folder.exists()
    else:
        deadline = time.monotonic() + 30
        while folder.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not folder.exists()


def children(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_a_killed_worker_is_one_clear_error_and_the_run_goes_on(scorer, many, tmp_path):
    out = tmp_path / "out"
    before = set(children(os.getpid()))

    def kill_one():
        fresh = sorted(set(children(os.getpid())) - before)
        # The first one is joblib's watcher of temporary files.
        os.kill(fresh[-1], signal.SIGKILL)

    watch = when((out / "parts" / "000001").exists, kill_one)
    with pytest.raises(WorkerError, match=r"was killed or ended.*fewer jobs; .*--resume \(resume=True\) goes on"):
        score_files(scorer, [many], out, chunk=10, jobs=2, format="csv")
    watch.join()
    score_files(scorer, [many], out, chunk=10, jobs=2, format="csv", resume=True)
    score_files(scorer, [many], tmp_path / "whole", chunk=10, format="csv")
    assert_same_tables(out, tmp_path / "whole")


def test_a_classifier_of_ones_own_is_sent_to_each_process_once(scorer, many, tmp_path, monkeypatch):
    import joblib

    dumps = []
    plain = joblib.dump
    monkeypatch.setattr(joblib, "dump", lambda *words: dumps.append(words[1]) or plain(*words))
    own = Scorer(stance=scorer.models.stance, sentiment=scorer.models.sentiment, framing=scorer.models.framing)
    score_files(own, [many], tmp_path / "out", chunk=10, jobs=2)
    assert len(dumps) == 1
    expected = pd.concat([scores.stances for scores in scorer.stream(many)], ignore_index=True)
    pd.testing.assert_frame_equal(read_table(tmp_path / "out" / "stances.parquet"), expected)


def test_two_processes_write_what_one_writes(many, tmp_path):
    for jobs in (1, 2):
        words = ("--output", tmp_path / f"out{jobs}", "--chunk", 50, "--jobs", jobs)
        assert command("score", many, *words).returncode == 0
    assert_same_tables(tmp_path / "out1", tmp_path / "out2")


def test_closed_streams_leave_no_trace(many, tmp_path):
    words = f"score {many} --progress --output {tmp_path / 'out'}"
    shell = f"exec {sys.executable} -c 'from stancekit.cli import main; main()' {words} >&- 2>{tmp_path / 'err'}"
    assert subprocess.run(["bash", "-c", shell], check=False).returncode == 0
    assert "Traceback" not in (tmp_path / "err").read_text()
    shell = f"exec {sys.executable} -c 'from stancekit.cli import main; main()' {words} --overwrite 2>&-"
    assert subprocess.run(["bash", "-c", shell], check=False, stdout=subprocess.PIPE).returncode == 0
    assert json.loads((tmp_path / "out" / "run.json").read_text())["counts"]["articles"] == 200


# -- a full disk -------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of half a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_is_one_line_and_with_room_the_run_goes_on(many, small_disk, tmp_path, jobs):
    words = ["score", many, "--format", "csv", "--chunk", 50, "--jobs", jobs, "--output"]
    full = command(*words, small_disk / "out")
    assert full.returncode == 2
    (line,) = full.stderr.splitlines()
    assert "No space left on device; free some space" in line
    assert "--resume (resume=True) goes on from there" in line
    kept = list((small_disk / "out" / "parts").glob("0*"))
    assert kept
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    assert command(*words, small_disk / "out", "--resume").returncode == 0
    assert command(*words, tmp_path / "whole").returncode == 0
    assert_same_tables(small_disk / "out", tmp_path / "whole")


# -- Dask --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


@pytest.fixture
def frames(many):
    frame = pd.read_csv(many, dtype=str).assign(outlet="Gazette")
    frame.loc[7, "text"] = None
    return frame


def kill_a_worker(cluster):
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)


@pytest.mark.filterwarnings("ignore")
def test_a_dask_frame_is_scored_as_here_though_a_worker_is_killed(scorer, frames, cluster):
    dask = pytest.importorskip("dask")
    import dask.dataframe as dd

    from stancekit.distributed import score_dask

    expected = scorer.score(frames)
    lazy = score_dask(dd.from_pandas(frames, npartitions=16), scorer)
    assert lazy.stances.dtypes.equals(expected.stances.dtypes)
    with cluster.get_client() as client:
        futures = client.compute(list(lazy))
        deadline = time.monotonic() + 120
        # The scorer, and a few partitions.
        while sum(map(len, client.has_what().values())) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert any(not future.done() for future in futures)
        kill_a_worker(cluster)
        sentences, stances, articles, rejected = client.gather(futures)
    for name, found in (("sentences", sentences), ("stances", stances)):
        pd.testing.assert_frame_equal(found.reset_index(drop=True), getattr(expected, name))
    assert articles["article_id"].tolist() == expected.articles["article_id"].tolist()
    assert rejected[["file", "row"]].to_numpy().tolist() == [["partition 0", 7]]
    assert dask is not None


@pytest.mark.filterwarnings("ignore")
def test_a_run_on_a_cluster_is_the_run_here_though_a_worker_is_killed(scorer, many, cluster, tmp_path):
    from stancekit.distributed import ClusterPool

    out = tmp_path / "out"
    watch = when((out / "parts" / "000002").exists, lambda: kill_a_worker(cluster))
    pool = ClusterPool(scorer, cluster.scheduler_address)
    score_files(scorer, [many], out, chunk=10, format="csv", pool=pool)
    watch.join()
    score_files(scorer, [many], tmp_path / "whole", chunk=10, format="csv")
    assert_same_tables(out, tmp_path / "whole")


def test_the_command_scores_on_a_cluster(many, cluster, tmp_path):
    words = ["score", many, "--format", "csv", "--output"]
    there = command(*words, tmp_path / "out", "--cluster", cluster.scheduler_address)
    assert there.returncode == 0, there.stderr
    assert command(*words, tmp_path / "whole").returncode == 0
    assert tables_of(tmp_path / "out")[1] == tables_of(tmp_path / "whole")[1]


def test_a_cluster_that_is_not_there_is_said(scorer):
    pytest.importorskip("distributed")
    from stancekit.distributed import ClusterPool

    with pytest.raises(InputError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        ClusterPool(scorer, "tcp://127.0.0.1:9")


@pytest.mark.parametrize("address", ["bogus://x", "nonsense", "tcp://127.0.0.1:9", "tcp://no-such-host.invalid:8786"])
def test_an_address_of_no_cluster_is_one_line(tmp_path, address):
    pytest.importorskip("distributed")
    (tmp_path / "a.txt").write_text("Kenya won.")
    done = command("score", tmp_path / "a.txt", "--output", tmp_path / "out", "--cluster", address)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"stancekit: no Dask scheduler answers at '{address}'; give the address of one that runs")
    assert not (tmp_path / "out").exists()


def test_the_examples_of_the_module_run():
    pytest.importorskip("dask")
    import doctest

    import stancekit.distributed

    assert doctest.testmod(stancekit.distributed).attempted > 5
    assert not doctest.testmod(stancekit.distributed).failed


# -- Spark -------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
def test_the_function_is_handed_to_spark_as_it_is(scorer, frames):
    sql = pytest.importorskip("pyspark.sql")
    if subprocess.run(["which", "java"], check=False, capture_output=True).returncode:
        pytest.skip("Spark needs Java")
    from stancekit.distributed import FrameScorer

    frames = frames.head(60)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    try:
        rows = frames[["article_id", "text", "outlet"]].astype(object).where(frames.notna(), None)
        articles = spark.createDataFrame(rows.to_numpy().tolist(), "article_id string, text string, outlet string")
        for table in ("stances", "sentences"):
            score = FrameScorer(table, scorer)
            found = articles.repartition(3).mapInPandas(score, schema=score.schema)
            found = found.toPandas().sort_values(["article_id", "sentence_id"], kind="stable", ignore_index=True)
            expected = next(score([frames])).sort_values(
                ["article_id", "sentence_id"], kind="stable", ignore_index=True
            )
            assert list(found.columns) == list(expected.columns)
            for name in expected:
                same = [(pd.isna(a) and pd.isna(b)) or a == b for a, b in zip(found[name], expected[name], strict=True)]
                assert all(same), name
    finally:
        spark.stop()
