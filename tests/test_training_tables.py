"""The tools behind the shipped models: the tables that they train from, and the commands that they run."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from stancekit import datasets
from stancekit.cli import main
from stancekit.labelled import check_labelled, check_probes, read_labelled

HOME = Path(__file__).parent.parent
sys.path.insert(0, str(HOME / "tools"))
import build_models  # noqa: E402 - a script, found by the line above


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    # Folders that are not there, so that the tables are the same where the public sets and the articles are at hand.
    absent = ["--newsmtsc", folder / "none", "--articles", folder / "none.jsonl"]
    words = [sys.executable, HOME / "tools" / "training_tables.py", "--output", folder, *absent]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env={"PYTHONPATH": str(HOME)})
    assert done.returncode == 0, done.stderr
    assert "without newsmtsc: " in done.stdout
    return folder


@pytest.mark.parametrize("task", ["stance", "sentiment", "framing"])
def test_tables_are_whole_and_hold_nothing_of_dev_or_test(tables, task):
    frame, places, rejected = read_labelled([tables / f"{task}.csv"])
    checked = check_labelled(frame, task=task, places=places, rejected=rejected)
    assert checked.rejected == []
    train = datasets.load("conflict-news", split="train")
    assert len(checked.y) == len(train.stances if task == "stance" else train.sentences)
    assert set(frame["article_id"]) <= set(train.articles["article_id"])
    assert set(frame["source"]) == {"conflict-news"}
    assert set(checked.weights) == {2.0}
    measured = pd.read_csv(tables / f"{task}-conflict-news-dev.csv")
    assert not set(measured["article_id"]) & set(frame["article_id"])
    test = datasets.load("conflict-news", split="test").articles["article_id"]
    assert not set(measured["article_id"]) & set(test)


@pytest.mark.parametrize("task", ["stance", "sentiment", "framing"])
def test_the_commands_can_be_read_and_name_files_that_are_there(tables, task, tmp_path):
    words = build_models.command(task, tables, tmp_path)
    context = main.commands["train"].make_context("train", words[1:])
    told = context.params
    assert [pair.partition("=")[0] for pair in told["evaluations"]] == ["conflict-news-dev"]
    files = [*told["paths"], told["probes"], told["note"], *(pair.partition("=")[2] for pair in told["evaluations"])]
    assert all(Path(file).is_file() for file in files)
    frame, places, rejected = read_labelled([told["probes"]])
    assert len(check_probes(frame, task=task, places=places, rejected=rejected)) == 3
