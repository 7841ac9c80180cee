"""Inputs and comparisons for the tests of runs; called as a program, it kills runs at random instants."""

import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from stancekit import Scorer
from stancekit.articles import read_table
from stancekit.runs import score_files

CHUNK = 8

SENTENCES = (
    "Kenya praised Oxfam for feeding {n} displaced families.",
    "Rebels shelled a clinic near village {n}, aid workers said.",
    "“We will not leave,” said the mayor of district {n}.",
    "Norway accused Russia of jamming {n} ships.",
    "Rain fell for {n} days.",
)


def text(n, length=3):
    return " ".join(SENTENCES[(n + k) % len(SENTENCES)].format(n=n + k) for k in range(length))


def make_inputs(folder, tables=20, texts=6):
    """Write tables of all formats and a folder of texts, with some rows that cannot be scored."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"article_id": f"c{n}", "text": text(n), "outlet": f"Outlet {n % 3}"} for n in range(tables)]
    rows[3]["text"] = None
    pd.DataFrame(rows).to_csv(folder / "a.csv", index=False)
    lines = [{"article_id": f"j{n}", "text": text(n), "views": n if n % 2 else f"{n}"} for n in range(tables)]
    content = "\n".join([json.dumps(line) for line in lines] + ["{broken"])
    (folder / "b.jsonl").write_text(content, encoding="utf-8")
    frame = pd.DataFrame({"article_id": [f"p{n}" for n in range(tables)], "text": [text(n) for n in range(tables)]})
    frame.assign(published=pd.Timestamp("2024-05-01"), words=3.5).to_parquet(folder / "c.parquet")
    (folder / "texts").mkdir(exist_ok=True)
    for n in range(texts):
        (folder / "texts" / f"{n}.txt").write_text(f"Title {n}\n\n{text(n)}\n", encoding="utf-8")
    return folder


def tables_of(folder):
    """All that a run wrote and that must not depend on how it came about."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    kept = {"models", "actors", "options", "inputs", "counts", "files", "versions"}
    return {name: value for name, value in record.items() if name in kept}, {
        name: (folder / name).read_bytes() for name in record["files"]
    }


def assert_same_tables(found, expected):
    assert tables_of(found)[0] == tables_of(expected)[0]
    for name, content in tables_of(expected)[1].items():
        if name.endswith(".parquet"):
            pd.testing.assert_frame_equal(read_table(found / name), read_table(expected / name))
        else:
            assert tables_of(found)[1][name] == content, name
    assert sorted(path.name for path in found.iterdir()) == sorted(path.name for path in expected.iterdir())


def killed_runs(work, kills, seed):
    """Kill runs at random instants and resume them until each is whole; say how many kills hit where."""
    random_source = random.Random(seed)
    scorer = Scorer()
    scorer.engine.score_work  # noqa: B018 - loaded here, so that the children need not
    scorer.score("Kenya praised Oxfam.")
    inputs = make_inputs(work / "in")
    seconds = {}
    for form in ("csv", "jsonl", "parquet"):
        start = time.monotonic()
        score_files(scorer, [inputs], work / form, format=form, chunk=CHUNK)
        seconds[form] = time.monotonic() - start
    done, hits = 0, {"before": 0, "scoring": 0, "merging": 0, "after": 0}
    rounds = 0
    while done < kills:
        form = random_source.choice(sorted(seconds))
        out = work / f"out{rounds}"
        rounds += 1
        for _ in range(3):
            child = os.fork()
            if child == 0:
                _score_and_leave(scorer, inputs, out, form)
            time.sleep(random_source.uniform(0, 0.7 * seconds[form]))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status):
                done += 1
                hits[_stage(out)] += 1
        score_files(scorer, [inputs], out, format=form, chunk=CHUNK, resume=True)
        assert_same_tables(out, work / form)
    return {"kills": done, "runs": rounds, "hits": hits}


def _stage(out):
    if (out / "run.json").exists():
        return "after"
    if any(out.glob(".*.partial")) and (out / "parts").exists():
        return "merging"
    return "scoring" if any(out.glob("parts/0*")) else "before"


def _score_and_leave(scorer, inputs, out, form):
    code = 1
    try:
        score_files(scorer, [inputs], out, format=form, chunk=CHUNK, resume=True)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(killed_runs(Path(place), int(sys.argv[1]), int(sys.argv[2]))))
