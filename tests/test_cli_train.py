"""The commands that train and evaluate, and the page on retraining."""

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from stancekit import load_model
from stancekit.cli import main
from tests.labelled import frame

HOME = Path(__file__).parent.parent


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    table = frame()
    table["text"] = table["text"].astype(object)
    bad = table.iloc[[0]].assign(text="")
    pd.concat([table, bad]).rename(columns={"label": "verdict"}).to_csv(folder / "rows.csv", index=False)
    words = ("train", folder / "rows.csv", "--task", "stance", "--output", folder / "m", "--no-search")
    return folder, run(*words, "--column", "label=verdict")


def test_the_folder_holds_model_card_report_and_what_was_left_out(trained):
    folder, result = trained
    assert result.exit_code == 0, result.output
    card = (folder / "m" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlanguage: en\nlibrary_name: stancekit\n")
    assert all(word in card for word in ("macro-F1", "majority", "target-blind", "Rows per label: against"))
    report = json.loads((folder / "m" / "report.json").read_text(encoding="utf-8"))
    assert report["training"]["rows"] == 40
    lost = pd.read_csv(folder / "m" / "rejected.csv")
    assert lost["row"].tolist() == [42]
    assert f"left out: {folder / 'rows.csv'}, row 42: text is missing" in result.stderr


def test_an_earlier_model_is_replaced_only_on_request(trained):
    folder, _ = trained
    words = ("train", folder / "rows.csv", "--task", "sentiment", "--output", folder / "m", "--no-search")
    assert "is there already; --overwrite" in run(*words).stderr
    assert run(*words).exit_code == 2


def test_evaluate_prints_tables_and_json(trained):
    folder, _ = trained
    words = ("evaluate", folder / "m", folder / "rows.csv", "--column", "label=verdict", "--draws", "20")
    printed = run(*words, "--by", "sentiment")
    assert printed.exit_code == 0, printed.output
    for heading in ("macro-F1", "truth / predicted", "Reliability", "min_confidence", "Slices"):
        assert heading in printed.stdout
    told = json.loads(run(*words, "--json").stdout)
    assert told["figures"]["stance"]["n_rows"] == 40
    assert told["rejected"] == 1


def test_a_model_to_publish_carries_card_probes_and_further_figures(tmp_path):
    table = frame().assign(source="towns", weight=2.0)
    table[:30].to_csv(tmp_path / "rows.csv", index=False)
    table[30:].drop(columns="weight").to_csv(tmp_path / "later.csv", index=False)
    (tmp_path / "note.md").write_text("## Limits\n\nInvented towns only.\n", encoding="utf-8")
    probes = pd.DataFrame({"text": ["They praised Arvonia."], "target": ["Arvonia"]})
    probes.to_json(tmp_path / "probes.jsonl", orient="records", lines=True)
    words = ("train", tmp_path / "rows.csv", "--task", "stance", "--C", "2", "--output", tmp_path / "m", "--jobs", "1")
    told = ("--name", "Towns", "--license", "cc0-1.0", "--language", "en", "--datasets", "towns, villages")
    files = ("--note", tmp_path / "note.md", "--probes", tmp_path / "probes.jsonl")
    result = run(*words, *told, *files, "--evaluate", f"later={tmp_path / 'later.csv'}", "--weight", "weight")
    assert result.exit_code == 0, result.output
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: cc0-1.0\nlanguage: en\n")
    for words in ("datasets: [towns, villages]", "# Towns", "Invented towns only.", "### On later", "weight 60"):
        assert words in card
    model = load_model(tmp_path / "m")
    assert model.C == 2.0
    info = model.model_info_["info"]
    assert info["evaluations"]["later"]["stance"]["n_rows"] == 10
    assert info["development"]["stance"]["n_rows"] == 30
    (probe,) = json.loads((tmp_path / "m" / "probes.json").read_text(encoding="utf-8"))
    assert (probe["text"], probe["start"], probe["end"]) == ("They praised Arvonia.", 13, 20)


def test_a_probe_that_cannot_be_scored_is_refused(trained, tmp_path):
    folder, _ = trained
    pd.DataFrame({"text": ["They praised Chad."], "target": ["Mali"]}).to_csv(tmp_path / "p.csv", index=False)
    words = ("train", folder / "rows.csv", "--task", "stance", "--column", "label=verdict", "--output", tmp_path / "m")
    assert "p.csv, row 2: the target 'Mali' does not stand in the text" in run(
        *words, "--probes", tmp_path / "p.csv"
    ).stderr.replace("no labelled row can be used: 1 left out; ", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--task", "stance"), "column 'label' is missing"),
        (("--task", "stance", "--column", "label=mood"), "column 'mood', which is to be read as 'label', is not there"),
        (("--task", "stance", "--column", "colour=text"), "a column can be read as one of"),
        (("--task", "stance", "--column", "label"), "--column takes NAME=COLUMN"),
        (("--task", "framing", "--labels", "a,b"), "column 'a' is missing, which framing needs"),
        (("--task", "framing", "--labels", "text,b"), "a flag cannot be called 'text'"),
        (("--task", "framing", "--labels", "b,b"), "one to 20 different ones"),
        (("--task", "sentiment", "--C", "-1"), "C must be a number above 0, got -1.0"),
        (("--task", "sentiment", "--evaluate", "dev"), "--evaluate takes NAME=FILE"),
        (("--task", "sentiment", "--evaluate", "dev=none.csv"), "none.csv"),
        (("--task", "sentiment", "--note", "none.md"), "none.md: the note cannot be read"),
        (("--task", "sentiment", "--jobs", "0"), "jobs must be a whole number of processes"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(trained, tmp_path, words, message):
    folder, _ = trained
    result = run("train", folder / "rows.csv", "--output", tmp_path / "new", *words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "new").exists()


def test_the_page_on_retraining_runs_as_printed(tmp_path, monkeypatch):
    page = (HOME / "docs" / "retrain.md").read_text(encoding="utf-8")
    first = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)[0]
    (tmp_path / "article.txt").write_text("The report praised Kenya for honest accounts.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(first, "retrain.md", "exec"), {})
    for block in re.findall(r"```sh\n(.*?)```", page, flags=re.DOTALL):
        for line in block.strip().splitlines():
            program, *words = shlex.split(line)
            assert program == "stancekit"
            done = run(*words)
            assert done.exit_code == 0, done.output
            assert done.stdout
