"""What goes to other machines; the clusters themselves are tested in test_slow.py."""

import pickle
import sys

import pandas as pd
import pytest
from click.testing import CliRunner
from runs import text

from stancekit import distributed
from stancekit.cli import main
from stancekit.distributed import ClusterPool, FrameScorer, score_dask
from stancekit.errors import InputError


@pytest.fixture(scope="module")
def frames():
    frame = pd.DataFrame({"article_id": [str(n) for n in range(8)], "body": [text(n) for n in range(8)]})
    frame.loc[2, "body"] = None
    return [frame.iloc[:5], frame.iloc[5:]]


@pytest.mark.parametrize("table", ["stances", "sentences"])
def test_frames_in_frames_out(scorer, frames, table):
    score = FrameScorer(table, scorer, columns={"text": "body"})
    found = list(score(iter(frames)))
    expected = [getattr(scorer.score(frame, columns={"text": "body"}), table) for frame in frames]
    for got, wanted in zip(found, expected, strict=True):
        assert list(got.columns) == list(wanted.columns)
        for name in wanted:
            plain = wanted[name].astype(object)
            assert (
                got[name].astype(object).where(got[name].notna(), None).tolist()
                == plain.where(plain.notna(), None).tolist()
            )


def test_the_schema_names_each_column_with_a_type_of_spark(scorer):
    schema = dict(column.strip("`").split("` ") for column in FrameScorer("sentences", scorer).schema.split(", "))
    assert list(schema) == list(scorer.score("Rain fell.").sentences.columns)
    assert schema["text"] == schema["sentiment"] == schema["part"] == "string"
    assert schema["humanitarian"] == "boolean"
    assert schema["sentence_start"] == "bigint"
    assert schema["tactical_p"] == "double"


def test_models_travel_with_the_function_and_are_unpacked_once_a_process(scorer, frames, monkeypatch):
    packed = pickle.dumps(FrameScorer("stances", scorer, columns={"text": "body"}))
    expected = [frame["stance_p_favor"].tolist() for frame in pickle.loads(packed)(frames)]
    monkeypatch.setattr(distributed, "_UNPACKED", {})
    unpacked = []
    plain = pickle.loads
    monkeypatch.setattr(distributed.pickle, "loads", lambda content: unpacked.append(1) or plain(content))
    for _ in range(2):
        found = [frame["stance_p_favor"].tolist() for frame in plain(packed)(frames)]
        assert found == expected
    assert len(unpacked) == 1


def test_an_unknown_table_is_refused(scorer):
    with pytest.raises(InputError, match="table must be 'stances' or 'sentences', got 'articles'"):
        FrameScorer("articles", scorer)


def test_a_frame_of_pandas_is_no_frame_of_dask(scorer, frames):
    with pytest.raises(InputError, match="must be a Dask DataFrame, got DataFrame; for a pandas DataFrame use Scorer"):
        score_dask(frames[0], scorer)


def test_without_dask_the_extra_is_named(scorer, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"a cluster needs Dask: pip install 'stancekit\[dask\]'"):
        ClusterPool(scorer, "tcp://127.0.0.1:8786")
    (tmp_path / "a.txt").write_text("Kenya won.")
    words = ["score", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"), "--cluster", "tcp://127.0.0.1:8786"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "stancekit[dask]" in result.stderr
    assert not (tmp_path / "out").exists()
