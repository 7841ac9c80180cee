"""Runs over files: parts, resuming, and what they must not depend on."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import assert_same_tables, make_inputs, tables_of, text

import stancekit.scoring.work as work_module
from stancekit import Scorer
from stancekit.articles import read_table
from stancekit.articles.folders import LOCK, OLD_PARTS
from stancekit.articles.used import UsedIds
from stancekit.cli import main
from stancekit.errors import InputError, OutputError
from stancekit.runs import score_files
from stancekit.runs.parts import Parts, digest_of


class KilledError(BaseException):
    """What no code catches."""


@pytest.fixture
def inputs(tmp_path):
    return make_inputs(tmp_path / "in", tables=6, texts=2)


@pytest.fixture
def stop_after(monkeypatch, scorer):
    """Make a function that lets a run score so many parts and then end at once."""

    def arm(parts):
        score_work = scorer.engine.score_work
        left = [parts]

        def score(work):
            if not left[0]:
                raise KilledError
            left[0] -= 1
            return score_work(work)

        monkeypatch.setattr(scorer.engine, "score_work", score)

    return arm


def killed(scorer, inputs, out, monkeypatch, stop_after, parts=3, **options):
    stop_after(parts)
    with pytest.raises(KilledError):
        score_files(scorer, [inputs], out, chunk=3, **options)
    monkeypatch.undo()


# -- results -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "chunks"), [("csv", (1, 1000)), ("jsonl", (4, 1000)), ("parquet", (4, 1000))])
def test_results_do_not_depend_on_the_size_of_chunks(scorer, inputs, tmp_path, form, chunks):
    outs = []
    for chunk in chunks:
        outs.append(tmp_path / f"out{chunk}")
        score_files(scorer, [inputs], outs[-1], chunk=chunk, format=form)
    for out in outs[1:]:
        for file in tables_of(outs[0])[1]:
            if form == "parquet":
                if file.endswith(".parquet"):
                    pd.testing.assert_frame_equal(read_table(out / file), read_table(outs[0] / file))
            else:
                assert (out / file).read_bytes() == (outs[0] / file).read_bytes()


def test_articles_are_a_table_that_joins_and_groups(scorer, inputs, tmp_path):
    score_files(scorer, [inputs], tmp_path / "out")
    articles = read_table(tmp_path / "out" / "articles.parquet")
    stances = read_table(tmp_path / "out" / "stances.parquet")
    assert articles["article_id"].is_unique
    assert "text" not in articles
    assert set(stances["article_id"]) <= set(articles["article_id"])
    joined = stances.merge(articles, on="article_id")
    assert set(joined["outlet"].dropna()) == {"Outlet 0", "Outlet 1", "Outlet 2"}
    # Numbers in one file stay numbers, a column of several types is text.
    assert articles["words"].dropna().unique().tolist() == [3.5]
    assert set(articles["views"].dropna()) == {str(n) for n in range(6)}


def test_the_printed_table_is_the_one_of_the_scores(scorer, tmp_path):
    frame = pd.DataFrame({"article_id": [str(n) for n in range(9)], "text": [text(n) for n in range(9)]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    run = score_files(scorer, [tmp_path / "a.csv"], tmp_path / "out", chunk=2)
    pd.testing.assert_frame_equal(run.actors, scorer.score(frame).by("actor"))


def test_a_column_called_like_a_score_gets_another_name_and_it_is_said(scorer, tmp_path):
    frame = pd.DataFrame({"article_id": ["1"], "text": ["Kenya won."], "sentiment": ["glad"], "kind": ["news"]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["score", str(tmp_path / "a.csv"), "-o", str(out), "--format", "csv"])
    assert "'sentiment' is called 'article_sentiment', 'kind' is called 'article_kind'" in result.stderr
    assert {"article_sentiment", "article_kind"} <= set(pd.read_csv(out / "articles.csv").columns)
    with pytest.warns(UserWarning, match="'kind' is called 'article_kind'"):
        scores = scorer.score(frame)
    assert scores.by("article_kind")["article_kind"].tolist() == ["news"]
    assert scores.by("kind")["kind"].tolist() == ["state"]


def test_an_output_folder_within_the_input_is_passed_over(scorer, inputs, tmp_path):
    score_files(scorer, [inputs], tmp_path / "out", chunk=3)
    for words in ({}, {"overwrite": True}, {"resume": True}):
        score_files(scorer, [inputs], inputs / "out", chunk=3, **words)
        assert_same_tables(inputs / "out", tmp_path / "out")


def test_another_format_leaves_no_table_of_the_earlier_run(scorer, inputs, tmp_path):
    out = tmp_path / "out"
    score_files(scorer, [inputs], out, format="parquet")
    score_files(scorer, [inputs], out, format="csv", overwrite=True)
    assert sorted(path.name for path in out.iterdir()) == [
        *("articles.csv", "rejected.csv", "run.json", "sentences.csv", "stances.csv")
    ]


# -- resuming ----------------------------------------------------------------------------------------------------------


def test_a_run_killed_at_any_rename_is_resumed_to_the_same_tables(scorer, inputs, tmp_path, monkeypatch):
    # What is moved when does not hang on how portions are scored, which takes the time.
    plain_score, scored = scorer.engine.score_work, {}

    def score_once(work):
        key = digest_of(work)
        if key not in scored:
            scored[key] = plain_score(work)
        return scored[key]

    monkeypatch.setattr(scorer.engine, "score_work", score_once)
    score_files(scorer, [inputs], tmp_path / "whole", chunk=8, format="csv")
    moves = 0

    def counted(self, target, plain=os.replace):
        nonlocal moves
        moves += 1
        if moves == last:
            raise KilledError
        plain(self, target)
        return Path(target)

    last = 0
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", counted)
        patch.setattr(Path, "replace", counted)
        score_files(scorer, [inputs], tmp_path / "counted", chunk=8, format="csv")
    total = moves
    assert total > 20
    # The last ones are those that put the tables, the record and the parts into their places.
    for last in [*range(1, total - 7, 6), *range(total - 7, total + 1)]:
        moves, out = 0, tmp_path / f"out{last}"
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", counted)
            patch.setattr(Path, "replace", counted)
            with pytest.raises(KilledError):
                score_files(scorer, [inputs], out, chunk=8, format="csv")
        score_files(scorer, [inputs], out, chunk=8, format="csv", resume=True)
        assert_same_tables(out, tmp_path / "whole")


def test_parts_that_stand_are_not_scored_again(scorer, inputs, tmp_path, monkeypatch, stop_after):
    whole = score_files(scorer, [inputs], tmp_path / "whole", chunk=3)
    killed(scorer, inputs, tmp_path / "out", monkeypatch, stop_after, parts=3)
    assert len(list((tmp_path / "out" / "parts").glob("0*"))) == 3
    scored = []
    plain = scorer.engine.score_work
    monkeypatch.setattr(scorer.engine, "score_work", lambda work: scored.append(len(work.articles)) or plain(work))
    run = score_files(scorer, [inputs], tmp_path / "out", chunk=3, resume=True)
    assert 0 < sum(scored) < whole.counts["articles"]
    assert run.counts == whole.counts
    pd.testing.assert_frame_equal(run.actors, whole.actors)


def test_an_unfinished_run_is_neither_taken_up_nor_replaced_unless_asked(
    scorer, inputs, tmp_path, monkeypatch, stop_after
):
    killed(scorer, inputs, tmp_path / "out", monkeypatch, stop_after)
    with pytest.raises(OutputError, match=r"holds an unfinished run; continue it with --resume .* --overwrite"):
        score_files(scorer, [inputs], tmp_path / "out", chunk=3)
    score_files(scorer, [inputs], tmp_path / "out", chunk=4, overwrite=True)
    score_files(scorer, [inputs], tmp_path / "whole", chunk=4)
    assert_same_tables(tmp_path / "out", tmp_path / "whole")


def test_a_killed_run_that_replaces_another_keeps_the_old_tables_until_it_is_done(
    scorer, inputs, tmp_path, monkeypatch, stop_after
):
    out = tmp_path / "out"
    score_files(scorer, [inputs / "a.csv"], out, format="csv")
    old = (out / "sentences.csv").read_bytes()
    killed(scorer, inputs, out, monkeypatch, stop_after, format="csv", overwrite=True)
    assert (out / "sentences.csv").read_bytes() == old
    score_files(scorer, [inputs], out, chunk=3, format="csv", resume=True)
    score_files(scorer, [inputs], tmp_path / "whole", chunk=3, format="csv")
    assert_same_tables(out, tmp_path / "whole")


def test_a_complete_run_has_nothing_left(scorer, inputs, tmp_path):
    score_files(scorer, [inputs], tmp_path / "out")
    assert score_files(scorer, [inputs], tmp_path / "out", resume=True).complete
    with pytest.raises(InputError, match="the option format was 'parquet', now it is 'csv'"):
        score_files(scorer, [inputs], tmp_path / "out", format="csv", resume=True)


def test_without_a_run_resume_starts_one(scorer, inputs, tmp_path):
    assert score_files(scorer, [inputs], tmp_path / "new" / "out", resume=True).counts["articles"] == 6 + 6 + 5 + 2


DIFFERENCES = {
    "chunk": (lambda _: {"chunk": 2}, "the option chunk was 3, now it is 2"),
    "format": (lambda _: {"format": "csv"}, "the option format was 'parquet', now it is 'csv'"),
    "encoding": (lambda _: {"encoding": "cp1252"}, "the option encoding was 'utf-8', now it is 'cp1252'"),
    "columns": (lambda _: {"columns": {"title": "outlet"}}, "the option columns was {}, now it is"),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_other_options_are_refused_with_the_difference(scorer, inputs, tmp_path, monkeypatch, stop_after, name):
    killed(scorer, inputs, tmp_path / "out", monkeypatch, stop_after, parts=1)
    other, message = DIFFERENCES[name]
    with pytest.raises(InputError, match=f"cannot be resumed: {message}"):
        score_files(scorer, [inputs], tmp_path / "out", **({"chunk": 3, "resume": True} | other(inputs)))


def test_another_scorer_is_refused_with_the_difference(scorer, inputs, tmp_path, monkeypatch, stop_after):
    killed(scorer, inputs, tmp_path / "out", monkeypatch, stop_after, parts=1)
    words = {"chunk": 3, "resume": True}
    strict = Scorer(stance=scorer.models.stance, sentiment="sentiment", framing="framing", min_confidence=0.5)
    with pytest.raises(InputError, match=r"the model for stance was stance \(\w+\), now it is StanceClassifier"):
        score_files(strict, [inputs], tmp_path / "out", **words)
    own = Scorer(min_confidence=0.5)
    own.models = scorer.models
    with pytest.raises(InputError, match=r"the option min_confidence was 0\.0, now it is 0\.5"):
        score_files(own, [inputs], tmp_path / "out", **words)
    monkeypatch.setattr("stancekit.runs.plan.__version__", "9.9")
    with pytest.raises(InputError, match=r"the version of stancekit was '0.*', now it is '9\.9'"):
        score_files(scorer, [inputs], tmp_path / "out", **words)


def _grow(inputs):
    with (inputs / "a.csv").open("a") as stream:
        stream.write("new,Kenya won.,x\n")


def _rewrite(inputs):
    status = (inputs / "a.csv").stat()
    content = (inputs / "a.csv").read_bytes().replace(b"Kenya", b"Ghana")
    (inputs / "a.csv").write_bytes(content)
    os.utime(inputs / "a.csv", ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES = {
    "grown": (_grow, r"a\.csv' is another file: its size in bytes was \d+, now it is \d+"),
    "touched": (lambda inputs: os.utime(inputs / "a.csv", (1, 1)), "the time of its last change was"),
    "rewritten": (_rewrite, "the sum of its beginning was"),
    "gone": (lambda inputs: (inputs / "a.csv").unlink(), r"a\.csv' was read where now '.*b\.jsonl' is"),
    "more": (lambda inputs: (inputs / "zz.txt").write_text("Kenya won."), r"zz\.txt' is read now and was not then"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_other_input_is_refused_with_the_difference(scorer, inputs, tmp_path, monkeypatch, stop_after, name):
    killed(scorer, inputs, tmp_path / "out", monkeypatch, stop_after, parts=1)
    change, message = CHANGES[name]
    change(inputs)
    with pytest.raises(InputError, match=message):
        score_files(scorer, [inputs], tmp_path / "out", chunk=3, resume=True)


def test_a_part_of_other_articles_is_noticed_even_if_the_file_looks_the_same(
    scorer, inputs, tmp_path, monkeypatch, stop_after
):
    killed(scorer, inputs, tmp_path / "out", monkeypatch, stop_after, parts=2)
    _rewrite(inputs)
    monkeypatch.setattr("stancekit.runs.running.check_same_plan", lambda *_: None)
    with pytest.raises(InputError, match=r"000001: the part was made of other articles"):
        score_files(scorer, [inputs], tmp_path / "out", chunk=3, resume=True)


def test_a_run_is_one_processs_at_a_time(scorer, inputs, tmp_path, monkeypatch, stop_after):
    fcntl = pytest.importorskip("fcntl")
    killed(scorer, inputs, tmp_path / "out", monkeypatch, stop_after, parts=1)
    with (tmp_path / "out" / LOCK).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        before = held_in(tmp_path / "out")
        for how in ({"resume": True}, {"overwrite": True}, {}):
            with pytest.raises(OutputError, match="another process is at this run; wait for it, or choose another"):
                score_files(scorer, [inputs], tmp_path / "out", chunk=3, **how)
            assert held_in(tmp_path / "out") == before
    # The other one is gone, and its file stands.
    assert (tmp_path / "out" / LOCK).exists()
    assert score_files(scorer, [inputs], tmp_path / "out", chunk=3, resume=True).counts["articles"] > 0
    assert not (tmp_path / "out" / LOCK).exists()


def held_in(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_of_two_first_starts_in_a_new_folder_one_is_refused(scorer, inputs, tmp_path, monkeypatch):
    pytest.importorskip("fcntl")
    plain, refused = Parts.begin, []

    def begin(self, *words):
        with pytest.raises(OutputError, match="another process is at this run") as caught:
            score_files(scorer, [inputs], tmp_path / "out", chunk=3)
        refused.append(caught.value)
        plain(self, *words)

    monkeypatch.setattr(Parts, "begin", begin)
    score_files(scorer, [inputs], tmp_path / "out", chunk=3)
    assert len(refused) == 1


def test_what_is_left_of_the_parts_of_a_finished_run_goes_at_the_next_call(scorer, inputs, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        # Killed after the record, in the middle of the removal.
        patch.setattr("stancekit.runs.parts.shutil.rmtree", lambda *_, **__: None)
        score_files(scorer, [inputs], tmp_path / "out", chunk=3)
    assert (tmp_path / "out" / OLD_PARTS).exists()
    with pytest.raises(OutputError, match=r"must be empty or new, but holds .*; choose another folder"):
        score_files(scorer, [inputs], tmp_path / "out", chunk=3)
    assert not (tmp_path / "out" / OLD_PARTS).exists()


def test_resume_and_overwrite_together_are_refused(scorer, inputs, tmp_path):
    with pytest.raises(InputError, match="give one of --resume and --overwrite"):
        score_files(scorer, [inputs], tmp_path / "out", resume=True, overwrite=True)


# -- long articles and streams -----------------------------------------------------------------------------------------


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(work_module, "CHARACTERS", 400)
    monkeypatch.setattr(work_module, "SENTENCES", 4)


@pytest.fixture
def with_a_long_article():
    texts = [text(0), "The Arakan Army (AA) took a port. " + text(1, 30) + " The AA left.", text(2), text(3, 12)]
    return pd.DataFrame({"article_id": list("abcd"), "title": ["T", "A long one", None, None], "text": texts})


@pytest.mark.usefixtures("small_portions")
def test_a_long_article_in_pieces_gives_what_it_gives_as_a_whole(scorer, with_a_long_article, monkeypatch):
    pieces = scorer.score(with_a_long_article)
    monkeypatch.undo()
    whole = scorer.score(with_a_long_article)
    for name in ("sentences", "stances", "articles", "actors"):
        pd.testing.assert_frame_equal(getattr(pieces, name), getattr(whole, name))
    assert "arakan-army" in set(whole.stances["actor_id"])


@pytest.mark.usefixtures("small_portions")
def test_pieces_of_a_long_article_are_parts_of_a_run_and_the_article_counts_once(scorer, with_a_long_article, tmp_path):
    with_a_long_article.to_csv(tmp_path / "a.csv", index=False)
    seen = []
    plain = Parts.write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Parts, "write", lambda self, number, *rest: seen.append(number) or plain(self, number, *rest))
        run = score_files(scorer, [tmp_path / "a.csv"], tmp_path / "out")
    assert len(seen) > 10
    assert run.counts["articles"] == 4
    sentences = read_table(tmp_path / "out" / "sentences.parquet")
    pd.testing.assert_frame_equal(sentences, scorer.score(with_a_long_article).sentences)


def test_chunks_end_after_so_many_characters_whatever_the_format(tmp_path, monkeypatch):
    from stancekit.articles import read_articles
    from stancekit.articles import tables as tables_module

    monkeypatch.setattr(tables_module, "CHARACTERS", 5_000)
    monkeypatch.setattr("stancekit.articles.parquet.CHARACTERS", 5_000)
    frame = pd.DataFrame({"article_id": [f"i{n}" for n in range(12)], "text": ["word " * 400] * 12})
    (tmp_path / "t").mkdir()
    for article_id, content in zip(frame["article_id"], frame["text"], strict=True):
        (tmp_path / "t" / f"{article_id}.txt").write_text(content)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "a.parquet", compression=None, use_dictionary=False)
    for name in ("t", "a.csv", "a.jsonl", "a.parquet"):
        chunks = list(read_articles([tmp_path / name], chunk=1000))
        assert 3 <= len(chunks) <= 7
        assert sum(len(chunk.articles) for chunk in chunks) == 12
        assert [chunk.position for chunk in chunks] == sorted(chunk.position for chunk in chunks)


def test_a_stream_of_paths_of_a_frame_and_of_frames_gives_the_same(scorer, tmp_path):
    frame = pd.DataFrame({"article_id": [f"i{n}" for n in range(7)], "text": [text(n) for n in range(7)]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    expected = scorer.score(frame)
    given = {
        "path": tmp_path / "a.csv",
        "string": str(tmp_path / "a.csv"),
        "list": [tmp_path / "a.csv"],
        "frame": frame,
        "frames": (frame.iloc[start : start + 4] for start in (0, 4)),
    }
    for name, articles in given.items():
        scored = list(scorer.stream(articles, chunk=3))
        assert len(scored) in {3, 4}, name
        pd.testing.assert_frame_equal(pd.concat([s.sentences for s in scored], ignore_index=True), expected.sentences)
        pd.testing.assert_frame_equal(pd.concat([s.stances for s in scored], ignore_index=True), expected.stances)


def test_a_stream_lists_what_it_cannot_score(scorer):
    frame = pd.DataFrame({"article_id": ["1", "2"], "text": ["Kenya won.", None]})
    (scores,) = scorer.stream([frame])
    assert scores.rejected["row"].tolist() == [1]
    second = list(scorer.stream([frame, frame]))[1]
    assert "was already used in frame, row 0" in second.rejected["reason"][0]


def test_a_stream_reads_no_further_than_it_must(scorer):
    taken = []

    def frames():
        for n in range(100):
            taken.append(n)
            yield pd.DataFrame({"article_id": [str(n)], "text": ["Kenya won."]})

    next(scorer.stream(frames()))
    assert len(taken) <= 2


@pytest.mark.parametrize("given", [5, [5], [], [pd.DataFrame({"article_id": [], "text": []}), "a.csv"]])
def test_a_stream_of_something_else_is_refused(scorer, given):
    with pytest.raises(InputError, match="articles must be a path, a DataFrame"):
        list(scorer.stream(given))


@pytest.mark.parametrize("jobs", [np.int64(1), np.int32(1)])
def test_numbers_of_numpy_are_numbers_of_processes(scorer, jobs):
    assert len(scorer.score("Kenya won.", jobs=jobs).sentences) == 1


# -- progress and the streams of the system ----------------------------------------------------------------------------


def test_progress_tells_articles_speed_and_time_left(scorer, inputs, tmp_path, capfd):
    score_files(scorer, [inputs], tmp_path / "out", chunk=2, progress=True)
    told = capfd.readouterr().err
    assert "19 articles" in told
    assert "sentences/s" in told
    assert " left" in told
    score_files(scorer, [inputs], tmp_path / "quiet", chunk=2)
    assert capfd.readouterr().err == ""


CALL = [sys.executable, "-c", "from stancekit.cli import main; main()"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_standard_output_is_one_line_and_the_results_are_there(inputs, tmp_path):
    with Path("/dev/full").open("w") as full:
        words = ["score", str(inputs / "texts"), "--output", str(tmp_path / "out")]
        done = subprocess.run([*CALL, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "standard output cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert (tmp_path / "out" / "run.json").exists()


# -- ids ---------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400).map(str), st.integers(0, 3), st.none() | st.integers(0, 2**39)), max_size=300
    )
)
def test_used_ids_remember_what_a_dict_remembers(places):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stancekit.articles.used.FRESH", 7)
        used, plain = UsedIds(), {}
        for article_id, file, row in places:
            assert (article_id in used) == (article_id in plain)
            if article_id not in plain:
                used[article_id] = plain[article_id] = (f"f{file}", row)
        assert all(used[article_id] == place for article_id, place in plain.items())
        with pytest.raises(KeyError, match="unused"):
            used["unused"]


def test_a_million_ids_take_little_room():
    import tracemalloc

    tracemalloc.start()
    used = UsedIds()
    for n in range(300_000):
        used[f"https://example.org/{n}"] = ("a.csv", n)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 300_000 * 24 + 12_000_000
    assert used["https://example.org/123456"] == ("a.csv", 123_456)
