"""The command `explain`: what it prints, its JSON, and what it answers to bad input."""

import json
import re
from functools import cache

import pandas as pd
import pytest
from click.testing import CliRunner

from stancekit import load_model, models
from stancekit.cli import main
from stancekit.explanation import actor_rows


@pytest.fixture(scope="module", autouse=True)
def _loaded_once():
    """Each model is loaded once for all calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "load_model", cache(models.load_model))
        yield


TEXT = "Kenya praised Oxfam for its work. Rebels shelled a clinic."


def run(*words, stdin=None, **kwargs):
    return CliRunner().invoke(main, ["explain", *(str(word) for word in words)], input=stdin, **kwargs)


def test_each_actor_of_each_sentence_is_explained():
    result = run("stance", TEXT)
    assert result.exit_code == 0
    assert re.findall(r"predicted for (.+?):", result.stdout) == ["Kenya", "Oxfam", "Rebels"]


@pytest.mark.parametrize("name", ["KEN", "kenya", "Kenya"])
def test_one_actor_by_id_or_name(name):
    result = run("stance", TEXT, "--actor", name)
    assert re.findall(r"predicted for (.+?):", result.stdout) == ["Kenya"]


def test_one_actor_as_the_text_calls_it():
    result = run("stance", "Moscow condemned the Kremlin's critics.", "--actor", "Moscow")
    assert re.findall(r"predicted for (.+?):", result.stdout) == ["Moscow"]


def test_an_unknown_actor_is_answered_with_those_that_are_found():
    result = run("stance", TEXT, "--actor", "Norway")
    assert result.exit_code == 2
    assert result.stdout == ""
    line = "stancekit: --actor Norway: not found in the text as an actor; found were Kenya, Oxfam, rebels\n"
    assert result.stderr == line


def test_a_text_without_actors_is_answered_in_one_line():
    result = run("stance", "It rained.")
    assert result.exit_code == 2
    assert result.stderr == "stancekit: no actor was found in the text; stance needs one (own actors: --actors FILE)\n"


@pytest.mark.parametrize("task", ["sentiment", "framing"])
def test_other_tasks_go_sentence_by_sentence(task):
    result = run(task, TEXT)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Kenya praised Oxfam for its work."
    assert "Rebels shelled a clinic." in lines


def test_other_tasks_take_no_actor():
    result = run("sentiment", TEXT, "--actor", "Kenya")
    assert result.exit_code == 2
    assert "--actor is for stance models; sentiment is one for sentiment" in result.stderr


@pytest.mark.parametrize("task", ["stance", "sentiment", "framing"])
def test_json_adds_up_to_the_decisions_of_the_model(task):
    result = run(task, TEXT, "--json", "--top", "1")
    told = json.loads(result.stdout)
    model = load_model(task)
    assert (told["model"], told["task"], told["digest"]) == (task, task, model.model_info_["digest"])
    X = actor_rows(TEXT) if task == "stance" else [row["text"] for row in told["rows"]]
    for row, decided, proba in zip(told["rows"], model.decision_function(X), model.predict_proba(X), strict=True):
        assert TEXT[row["sentence_start"] : row["sentence_end"]] == row["text"]
        assert list(row["probabilities"].values()) == list(proba)
        for decision, value in zip(row["decisions"], decided, strict=True):
            parts = sum(phrase["contributions"][decision["label"]] for phrase in row["phrases"])
            assert abs(decision["bias"] + parts - value) < 1e-9
        assert all(row["text"][phrase["start"] : phrase["end"]] == phrase["text"] for phrase in row["phrases"])


def test_json_says_from_where_flags_are_on_and_nothing_of_the_kind_for_classes():
    (row,) = json.loads(run("framing", "Rebels shelled a clinic.", "--json").stdout)["rows"]
    assert [decision["threshold"] for decision in row["decisions"]] == load_model("framing").thresholds_.tolist()
    (row,) = json.loads(run("sentiment", "Rebels shelled a clinic.", "--json").stdout)["rows"]
    assert all("threshold" not in decision for decision in row["decisions"])


def test_json_names_actors_with_their_mentions():
    rows = json.loads(run("stance", "Kenya and Kenya praised Oxfam.", "--json").stdout)["rows"]
    assert [(row["actor_id"], row["spans"]) for row in rows] == [("KEN", [[0, 5], [10, 15]]), ("oxfam", [[24, 29]])]


def test_the_number_of_phrases_can_be_chosen():
    rows = {
        top: len(run("sentiment", "Rebels shelled a clinic.", "--top", top).stdout.splitlines()) for top in (2, 4, 0)
    }
    assert rows[2] == rows[4] - 2
    assert rows[0] > rows[4]


def test_the_label_can_be_chosen():
    assert "decision value of negative" in run("sentiment", TEXT, "--label", "negative").stdout
    result = run("sentiment", TEXT, "--label", "favor")
    assert result.exit_code == 2
    assert result.stderr == "stancekit: label must be one of negative, neutral, positive, got 'favor'\n"


def test_colours_are_for_terminals_or_on_request(monkeypatch):
    assert "\x1b[" not in run("stance", TEXT).stdout
    assert "\x1b[" in run("stance", TEXT, "--color").stdout
    # What click is told where somebody looks: colours are kept, unless they were declined.
    assert "\x1b[" in run("stance", TEXT, color=True).stdout
    assert "\x1b[" not in run("stance", TEXT, "--no-color", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("stance", TEXT, color=True).stdout


def test_a_text_comes_from_a_file_or_standard_input(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8-sig")
    expected = run("framing", TEXT).stdout
    assert run("framing", f"@{path}").stdout == expected
    assert run("framing", "-", stdin=TEXT).stdout == expected


def test_a_model_folder_of_ones_own_is_taken(tmp_path):
    from labelled import CATALOGUE, data, make

    from stancekit import save_model

    X, y = data("stance")
    folder = save_model(make("stance").fit(X, y), tmp_path / "model")
    pd.DataFrame(
        {"actor_id": [a.actor_id for a in CATALOGUE.values()], "name": [a.name for a in CATALOGUE.values()]}
        | {"kind": [a.kind for a in CATALOGUE.values()]}
    ).to_csv(tmp_path / "own.csv", index=False)
    result = run(folder, "Nurses praised Arvonia.", "--actors", tmp_path / "own.csv")
    assert result.exit_code == 0, result.stderr
    assert "predicted for Arvonia: favor" in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing", "Talks began."], "nothing: no such model"),
        (["sentiment", " "], "TEXT: text is empty"),
        (["sentiment", "@missing.txt"], "missing.txt: "),
        (["sentiment", "-"], "standard input: text is empty"),
        (["stance", TEXT, "--actors", "missing.csv"], "missing.csv"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words, message):
    result = run(*words, stdin="")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("stancekit: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_not_utf8_is_named_with_the_byte(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"caf\xe9")
    result = run("sentiment", f"@{path}")
    assert result.exit_code == 2
    assert "not UTF-8 (byte 3); save the text as UTF-8" in result.stderr
