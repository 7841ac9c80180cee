"""The command line: what it writes, prints and answers to bad input."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from stancekit.cli import main

HOME = Path(__file__).parent.parent
GOOD = "Truce holds\n\nKenya praised Oxfam. Rebels shelled a clinic in Uganda, aid workers said.\n"


def run(*words, stdin=None):
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)


def rejected(folder):
    with (folder / "rejected.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(GOOD, encoding="utf-8")
    return path


# -- what comes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_the_folder_gets_three_tables_the_rejections_and_the_record(article, tmp_path, form):
    out = tmp_path / "out"
    result = run("score", article, "--output", out, "--format", form)
    assert result.exit_code == 0
    files = {f"sentences.{form}", f"stances.{form}", f"articles.{form}", "rejected.csv", "run.json"}
    assert {path.name for path in out.iterdir()} == files
    read = {"parquet": pd.read_parquet, "csv": pd.read_csv, "jsonl": lambda path: pd.read_json(path, lines=True)}[form]
    sentences, stances = read(out / f"sentences.{form}"), read(out / f"stances.{form}")
    texts = ["Truce holds", "Kenya praised Oxfam.", "Rebels shelled a clinic in Uganda, aid workers said."]
    assert list(sentences["text"]) == texts
    assert list(stances["actor_id"]) == ["KEN", "oxfam", "rebels", "aid-workers"]
    assert rejected(out) == []


def test_parquet_keeps_the_types(article, tmp_path):
    run("score", article, "--output", tmp_path / "out")
    stances = pd.read_parquet(tmp_path / "out" / "stances.parquet")
    assert list(stances["stance"].cat.categories) == ["favor", "neutral", "against"]
    assert stances["attributed"].dtype == bool


def test_the_record_says_versions_models_counts_and_options(article, tmp_path):
    run("score", article, "--output", tmp_path / "out", "--min-confidence", "0.4")
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["program"] == "stancekit"
    assert set(record["models"]) == {"stance", "sentiment", "framing"}
    assert all(len(model["digest"]) == 64 for model in record["models"].values())
    assert record["counts"]["sentences"] == 3
    assert record["counts"]["stances"] == 4
    assert record["options"]["min_confidence"] == 0.4
    assert {"stancekit", "python", "numpy", "pandas", "scikit-learn"} == set(record["versions"])


def test_the_table_of_actors_is_all_that_standard_output_gets(article, tmp_path):
    result = run("score", article, "--output", tmp_path / "out", "--progress")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["actor", "sentences", "favor", "neutral", "against", "humanitarian", "tactical"]
    assert len(lines) == 2 + 4
    assert {line.split("  ")[0] for line in lines[2:]} == {"Kenya", "Oxfam", "rebels", "aid workers"}
    assert "1 article, 3 sentences, " in result.stderr
    assert "articles" in result.stderr


def test_no_bar_is_drawn_where_nobody_looks(article, tmp_path):
    result = run("score", article, "--output", tmp_path / "out")
    assert result.stderr.count("\n") == 1


def test_the_printed_table_can_be_cut(article, tmp_path):
    result = run("score", article, "--output", tmp_path / "out", "--top", "1")
    assert len(result.stdout.splitlines()) == 3
    assert "3 more actors; --top 0 shows all" in result.stderr


def test_the_printed_table_can_count_actors_for_their_state(tmp_path):
    (tmp_path / "a.txt").write_text("Putin met Gazprom. The Kremlin praised Kenya. Acme saw it.", encoding="utf-8")
    (tmp_path / "own.csv").write_text("actor_id,name,kind,parent_id\nacme,Acme,organisation,KEN\n", encoding="utf-8")
    words = ["--output", tmp_path / "out", "--actors", tmp_path / "own.csv", "--level", "state", "--format", "csv"]
    result = run("score", tmp_path / "a.txt", *words)
    assert result.exit_code == 0, result.output
    counted = {line.split("  ")[0]: line.split()[1] for line in result.stdout.splitlines()[2:]}
    assert counted == {"Kenya": "2", "Russia": "2"}
    # The files hold actors as they are named.
    assert {"vladimir-putin", "acme"} <= set(pd.read_csv(tmp_path / "out" / "stances.csv")["actor_id"])


def test_an_article_from_standard_input(tmp_path):
    result = run("score", "-", "--output", tmp_path / "out", "--format", "csv", stdin=GOOD)
    assert result.exit_code == 0
    assert set(pd.read_csv(tmp_path / "out" / "sentences.csv")["article_id"]) == {"stdin"}


def test_any_mix_of_formats_and_folders_in_order(article, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "b.csv").write_text("article_id,text\nc1,Kenya won.\n", encoding="utf-8")
    (folder / "c.jsonl").write_text('{"article_id": "j1", "text": "Uganda won."}\n', encoding="utf-8")
    pd.DataFrame({"article_id": ["p1"], "text": ["Norway won."]}).to_parquet(folder / "a.parquet")
    assert run("score", folder, article, "--output", tmp_path / "out").exit_code == 0
    ids = pd.read_parquet(tmp_path / "out" / "sentences.parquet")["article_id"]
    assert list(dict.fromkeys(ids)) == ["p1", "c1", "j1", "article"]


def test_columns_of_other_names(tmp_path):
    (tmp_path / "a.csv").write_text("url,body\nu1,Kenya won.\n", encoding="utf-8")
    names = ["--column", "article_id=url", "--column", "text=body"]
    result = run("score", tmp_path / "a.csv", "--output", tmp_path / "out", *names)
    assert result.exit_code == 0
    assert "1 article, 1 sentence, " in result.stderr


# -- bad input ---------------------------------------------------------------------------------------------------------

BAD = {
    "empty file": ("e.txt", b"", "empty or only white space"),
    "no text column": ("a.csv", b"article_id,body\n1,x\n", "column 'text' is missing"),
    "null text": ("a.jsonl", b'{"article_id": "1", "text": null}\n', "text"),
    "empty text": ("a.csv", b"article_id,text\n1,\n", "text"),
    "number as text": ("a.jsonl", b'{"article_id": "1", "text": 5}\n', "text must be a string, got 5"),
    "broken line": ("a.jsonl", b"{broken\n", "is not JSON"),
    "truncated parquet": ("a.parquet", b"PAR1\x00\x00", "damaged or not a Parquet file"),
    "no UTF-8": ("a.txt", b"caf\xe9 society\n", "--encoding"),
    "NUL": ("a.txt", b"Kenya\x00 won.\n", "NUL"),
    "other suffix": ("a.docx", b"x", ".txt"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_alone_is_listed_and_nothing_could_be_scored(tmp_path, case):
    name, content, reason = BAD[case]
    (tmp_path / name).write_bytes(content)
    result = run("score", tmp_path / name, "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "nothing could be scored" in result.stderr
    assert reason in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
    (row,) = rejected(tmp_path / "out")
    assert name in row["file"]
    assert reason in row["reason"]


def test_bad_input_beside_good_is_counted_and_the_good_is_scored(article, tmp_path):
    paths = []
    for number, (name, content, _) in enumerate(BAD.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    result = run("score", *paths, tmp_path / "missing.txt", article, "--output", tmp_path / "out", "--format", "csv")
    assert result.exit_code == 0
    assert f"{len(BAD) + 1} not scored" in result.stderr
    assert len(rejected(tmp_path / "out")) == len(BAD) + 1
    assert set(pd.read_csv(tmp_path / "out" / "sentences.csv")["article_id"]) == {"article"}


def test_results_of_an_earlier_run_inside_a_folder_are_no_articles(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(GOOD, encoding="utf-8")
    for out in ("one", "two"):
        result = run("score", tmp_path / "in", "--output", tmp_path / "in" / out, "--format", "csv")
        assert result.exit_code == 0
        assert set(pd.read_csv(tmp_path / "in" / out / "sentences.csv")["article_id"]) == {"a"}
    assert any("results of an earlier run" in row["reason"] for row in rejected(tmp_path / "in" / "two"))


def test_an_empty_path_is_not_this_folder(tmp_path):
    result = run("score", "", "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "is an empty path" in result.stderr


def test_a_missing_file_alone(tmp_path):
    result = run("score", tmp_path / "missing.txt", "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "missing.txt" in result.stderr


def test_rows_are_named_by_their_lines(tmp_path):
    lines = ['{"article_id": "1", "text": "Kenya won."}', "{broken", '{"article_id": "1", "text": "Kenya lost."}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run("score", tmp_path / "a.jsonl", "--output", tmp_path / "out").exit_code == 0
    assert [row["row"] for row in rejected(tmp_path / "out")] == ["2", "3"]


def test_a_folder_that_holds_other_files_is_left_alone(article, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", encoding="utf-8")
    for words in ([], ["--overwrite"]):
        result = run("score", article, "--output", out, *words)
        assert result.exit_code == 2
        assert "'thesis.txt'" in result.stderr
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_an_earlier_run_is_replaced_only_when_asked(article, tmp_path):
    assert run("score", article, "--output", tmp_path / "out").exit_code == 0
    again = run("score", article, "--output", tmp_path / "out")
    assert again.exit_code == 2
    assert "--overwrite" in again.stderr
    assert run("score", article, "--output", tmp_path / "out", "--overwrite").exit_code == 0


def test_after_a_run_that_scored_nothing_the_folder_may_be_used_again(article, tmp_path):
    assert run("score", tmp_path / "missing.txt", "--output", tmp_path / "out").exit_code == 2
    assert run("score", article, "--output", tmp_path / "out").exit_code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--column", "text"], "NAME=COLUMN"),
        (["--jobs", "0"], "jobs must be"),
        (["--stance", "no-such-model"], "no such model"),
        (["--stance", "framing"], "one for stance is needed"),
        (["--actors", "no-such-file.csv"], "the actor file cannot be read"),
        (["--encoding", "utf-99"], "encoding"),
        (["--encoding", "idna"], "encoding must be the name of a text encoding"),
        (["--resume", "--overwrite"], "one of --resume and --overwrite"),
        (["--format", "xlsx"], "xlsx"),
        (["--min-confidence", "7"], "7"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_written(article, tmp_path, words, message):
    result = run("score", article, "--output", tmp_path / "out", *words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_article_of_ten_megabytes(tmp_path):
    text = "Kenya praised the rescue of forty sailors near the coast on Monday, officials in the harbour said. " * 2_000
    (tmp_path / "long.txt").write_text(text, encoding="utf-8")
    result = run("score", tmp_path / "long.txt", "--output", tmp_path / "out")
    assert result.exit_code == 0
    assert "2,000 sentences" in result.stderr


def test_a_stretch_without_an_end_is_cut_and_counted(tmp_path):
    (tmp_path / "long.txt").write_text("Kenya " + "rain fell and " * 1_000, encoding="utf-8")
    result = run("score", tmp_path / "long.txt", "--output", tmp_path / "out")
    assert "cut at 10,000 characters" in result.stderr


def test_text_in_another_script_is_scored_and_said_to_be_unknown(tmp_path):
    (tmp_path / "a.txt").write_text("قال الوزير إن الهدنة صامدة.\n", encoding="utf-8")
    result = run("score", tmp_path / "a.txt", "--output", tmp_path / "out")
    assert result.exit_code == 0
    assert "1 of them without a word that the models know" in result.stderr


# -- the system says no ------------------------------------------------------------------------------------------------


def process(*words, **options):
    return subprocess.Popen(
        [sys.executable, "-c", "from stancekit.cli import main; main()", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="limits on the size of files are set by POSIX")
def test_a_full_disk_gives_one_line_and_a_run_to_resume(tmp_path):
    import resource

    rows = "\n".join(f"a{i},Kenya praised Oxfam in village {i}." for i in range(900))
    (tmp_path / "a.csv").write_text(f"article_id,text\n{rows}\n", encoding="utf-8")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    words = ["score", tmp_path / "a.csv", "--output", tmp_path / "out", "--format", "csv"]
    child = process(*words, preexec_fn=limit)
    _, errors = child.communicate(timeout=120)
    assert child.returncode == 2
    assert errors.count("\n") == 1
    assert "cannot be written" in errors
    assert "--resume (resume=True) goes on from there" in errors
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["parts"]
    assert run(*words, "--resume").exit_code == 0
    assert len(pd.read_csv(tmp_path / "out" / "sentences.csv")) == 900


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_ctrl_c_answers_130_and_leaves_a_run_to_resume(tmp_path, jobs):
    rows = "\n".join(f'a{i},"{"Kenya praised Oxfam in the village. " * 20}"' for i in range(20_000))
    (tmp_path / "a.csv").write_text(f"article_id,text\n{rows}\n", encoding="utf-8")
    words = ["score", tmp_path / "a.csv", "--output", tmp_path / "out", "--format", "csv", "--chunk", 20]
    child = process(*words, "--jobs", jobs, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "out" / "parts" / "000001").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    # As a terminal does: to all processes of the command.
    os.killpg(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130
    assert errors.splitlines() == [
        f"stancekit: stopped; the same command with --resume goes on from what is done in {tmp_path / 'out'}"
    ]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["parts"]
    again = run(*words)
    assert again.exit_code == 2
    assert "holds an unfinished run; continue it with --resume" in again.stderr
