"""The command `compare`: what it prints, its JSON, and what it answers to bad input."""

import json
from functools import cache

import pandas as pd
import pytest
from click.testing import CliRunner

from stancekit import load_model, models
from stancekit.cli import main

ARTICLES = pd.DataFrame(
    {
        "article_id": ["a1", "a2", "a3", "a4"],
        "outlet": ["Gazette", "Post", "Echo", None],
        "published": ["2026-03-05", "2026-04-05", "2026-04-06", None],
        "text": [
            "Rebels shelled a clinic in the cruel attack. Kenya condemned it.",
            "Doctors saved forty children. The truce holds, Kenya said.",
            "Talks began in Norway.",
            "It rained. Oxfam praised Kenya.",
        ],
    }
)


@pytest.fixture(scope="module", autouse=True)
def _loaded_once():
    """Each model is loaded once for all calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "load_model", cache(models.load_model))
        yield


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("articles") / "news.csv"
    ARTICLES.to_csv(path, index=False)
    return path


def run(*words):
    return CliRunner().invoke(main, ["compare", *(str(word) for word in words)])


def test_the_differences_of_phrases_sum_to_that_of_the_label(table):
    result = run("sentiment", table, "--by", "outlet", "--a", "Gazette", "--b", "Post", "--top", "0", "--json")
    told = json.loads(result.stdout)
    assert (told["a"], told["b"]) == ({"group": "Gazette", "rows": 2}, {"group": "Post", "rows": 2})
    assert told["rows_left_out"] == 3
    model = load_model("sentiment")
    means = [
        model.decision_function(texts).mean(axis=0)
        for texts in (
            ["Rebels shelled a clinic in the cruel attack.", "Kenya condemned it."],
            ["Doctors saved forty children.", "The truce holds, Kenya said."],
        )
    ]
    assert [entry["label"] for entry in told["labels"]] == list(model.classes_)
    for entry, a, b in zip(told["labels"], *means, strict=True):
        assert entry["difference"] == pytest.approx(a - b, abs=1e-9)
        assert sum(phrase["difference"] for phrase in entry["phrases"]) == pytest.approx(a - b, abs=1e-9)


def test_a_table_per_label_with_one_sum_for_the_rest(table):
    result = run("sentiment", table, "--by", "outlet", "--a", "Gazette", "--label", "negative", "--top", "3")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("mean decision value of negative: a ")
    total = float(lines[0].split()[-1])
    added = [float(line.split()[0]) for line in lines[3:]]
    assert len(added) == 4
    assert sum(added) == pytest.approx(total, abs=0.0005)
    assert result.stderr == "a: Gazette (2 rows); b: all others (3 rows); of neither: 2\n"


@pytest.mark.parametrize(
    ("task", "by", "a", "b", "rows"),
    [
        ("stance", "actor", "Kenya", "Oxfam", (3, 1)),
        ("framing", "month", "2026-03", "2026-04", (2, 3)),
    ],
)
def test_actors_and_months_are_groups_too(table, task, by, a, b, rows):
    told = json.loads(run(task, table, "--by", by, "--a", a, "--b", b, "--json").stdout)
    assert (told["a"]["rows"], told["b"]["rows"]) == rows
    assert [len(entry["phrases"]) for entry in told["labels"]] == [10] * len(told["labels"])


def test_what_could_not_be_used_is_named(tmp_path):
    path = tmp_path / "news.csv"
    ARTICLES.assign(text=[*ARTICLES["text"][:3], " "]).to_csv(path, index=False)
    result = run("sentiment", path, "--by", "outlet", "--a", "Post")
    assert result.exit_code == 0
    assert f"not used: {path}, row 5: text is empty" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--by", "paper"], "rows have no column 'paper' to group by"),
        (["--by", "outlet"], "groups must hold exactly two values"),
        (["--by", "outlet", "--a", "Herald"], "a='Herald' has no rows; groups are 'Gazette', 'Post', 'Echo'"),
        (["--by", "outlet", "--label", "favor"], "--label must be one of negative, neutral, positive, got 'favor'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(table, words, message):
    result = run("sentiment", table, *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("stancekit: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_articles_without_actors_leave_stance_nothing_to_compare(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("It rained.", encoding="utf-8")
    result = run("stance", path, "--by", "actor")
    assert result.exit_code == 2
    assert "there is no sentence with an actor in the articles: nothing to compare" in result.stderr
