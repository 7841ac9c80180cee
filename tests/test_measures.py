"""The measurements in benchmarks/ and tools/: that they measure what they say, and refuse what they must."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from labelled import frame, make, tiny
from sklearn.metrics import f1_score

from stancekit import load_model, save_model
from stancekit.classifiers.counting import count_rows
from stancekit.features import TargetVectorizer
from stancekit.features.masking import common_words

HOME = Path(__file__).parent.parent
sys.path[:0] = [str(HOME / "benchmarks"), str(HOME / "tools")]
import accuracy  # noqa: E402 - scripts, found by the line above
import invented_names  # noqa: E402
import list_errors  # noqa: E402
import name_proof  # noqa: E402
import peers  # noqa: E402
import release  # noqa: E402
from name_proof import Row  # noqa: E402


def names_of(seed):
    maker = invented_names.Maker(np.random.default_rng(seed))
    return {kind: [make(maker) for _ in range(50)] for kind, (_, make) in invented_names.KINDS.items()}


# -- names ------------------------------------------------------------------------------------------------------------


def test_invented_names_come_from_the_seed_alone():
    assert names_of(3) == names_of(3)
    assert names_of(3) != names_of(4)


def test_invented_names_are_of_many_forms():
    found = names_of(0)
    assert {len(name.split()) for name in found["person, three words"]} >= {3}
    assert {len(name.split()) for name in found["land"]} == {1}
    assert all(len(set(names)) > 20 for names in found.values())
    assert all(name == name.strip() and name[0].isalpha() for names in found.values() for name in names)
    assert np.mean([word.lower() in common_words() for word in invented_names.WORDS]) > 0.5


def test_names_are_put_in_place_and_spans_moved_along():
    row = Row("a", "Mali blamed Chad, and Mali left.", ((0, 4), (22, 26)))
    changed = name_proof.put(row, [(12, 16, "the Republic of Zorvia")])
    assert changed.text == "Mali blamed the Republic of Zorvia, and Mali left."
    assert [changed.text[start:end] for start, end in changed.spans] == ["Mali", "Mali"]
    both = name_proof.put(row, [(0, 4, "Zorvia"), (22, 26, "Zorvia")])
    assert both.text == "Zorvia blamed Chad, and Zorvia left."
    assert [both.text[start:end] for start, end in both.spans] == ["Zorvia", "Zorvia"]


def test_the_possessive_is_written_as_the_new_name_asks():
    row = Row("a", "The Philippines' navy met Mali's.", ((26, 30),))
    changed = name_proof.put(row, [(4, 15, "Zorvia")])
    assert changed.text == "The Zorvia's navy met Mali's."
    assert [changed.text[start:end] for start, end in changed.spans] == ["Mali"]
    assert name_proof.put(row, [(4, 15, "Marsas")]).text == "The Marsas' navy met Mali's."


def test_headlines_have_capitals_on_all_but_small_words_and_the_same_spans():
    row = Row("a", "Mali blames Chad for the raid on a market.", ((12, 16),))
    changed = name_proof.headline(row)
    assert changed.text == "Mali Blames Chad for the Raid on a Market"
    assert changed.spans == row.spans


@pytest.fixture(scope="module")
def names():
    return name_proof.Names(load_model("stance").vectorizer_.masker_)


def test_other_names_are_told_by_their_kind(names):
    row = Row("a", "Russian troops told Oxfam and Zorbek Talvani that Mali had fled from rebels.", ((50, 54),))
    found = [(row.text[start:end], kind) for start, end, kind in names.others(row)]
    assert found == [("Russian", "adjective"), ("Oxfam", "organisation"), ("Zorbek Talvani", "none")]


def test_what_leaks_is_told_with_its_cause(names):
    text = "On Monday the leaders of Mali praised Chad for opening its border again."
    row = Row("a", text, ((25, 29),))

    def tried(name):
        return name_proof.compared(
            names.masker, 0, row, name_proof.put(row, [(38, 42, name)]), "others", "x", opening=False
        )

    same = tried("Zorvia")
    assert same.same
    assert name_proof.cause(same) == ""
    leaking = tried("Zorvia Strong Attack")
    assert leaking.same or leaking.gained
    assert tried("Republic of Zorvia").same
    office = tried("Minister Zorvia")
    assert "minister" in office.gained
    assert name_proof.cause(office) == "a word of office or institution in the name stays a word"


def test_names_that_change_labels_are_counted_as_such():
    """A model that reads a common word must be found out, or the measure could not fail."""

    class Reader:
        classes_ = np.array(["against", "favor", "neutral"])

        def predict_proba(self, rows):
            bad = rows["text"].str.contains("Savage").to_numpy()
            return np.where(bad[:, None], [[0.9, 0.05, 0.05]], [[0.1, 0.1, 0.8]])

    row = Row("a", "On Monday Mali met Chad.", ((10, 14),))
    made = [
        name_proof.Trial(0, "others", "x", False, Row("a", f"On Monday Mali met {name}.", ((10, 14),)), [], [], False)
        for name in ("Savage", "Zorvia")
    ]
    found = name_proof.measured(Reader(), [row], made)
    assert [trial.flipped for trial in found] == [True, False]
    assert found[0].change == pytest.approx(0.8)
    lying = name_proof.Trial(0, "others", "x", False, Row("a", "On Monday Mali met Savage.", ((10, 14),)), [], [], True)
    with pytest.raises(SystemExit, match="the same tokens, other probabilities"):
        name_proof.measured(Reader(), [row], [lying])


def test_catalogue_names_change_no_bit_of_dev_sentences(names):
    corpus = name_proof.own()["stances"]
    rows = name_proof.spread(name_proof.stance_rows(corpus.assign(group=corpus["article_id"])), 60)
    maker = invented_names.Maker(np.random.default_rng(0))
    made = list(name_proof.trials(rows, names, maker, name_proof.catalogue_names()))
    catalogue = [trial for trial in made if trial.kind.startswith("catalogue")]
    assert len(catalogue) > 1000
    assert [trial.changed.text for trial in catalogue if not trial.same] == []
    name_proof.measured(load_model("stance"), rows, catalogue)


def test_fewer_than_one_stance_in_a_hundred_changes_with_invented_names(names):
    corpus = name_proof.own()["stances"]
    rows = name_proof.spread(name_proof.stance_rows(corpus.assign(group=corpus["article_id"])), 200)
    maker = invented_names.Maker(np.random.default_rng(1))
    made = name_proof.measured(load_model("stance"), rows, list(name_proof.trials(rows, names, maker, {})))
    assert len(made) > 2000
    assert np.mean([trial.flipped for trial in made]) < 0.01


# -- differences ------------------------------------------------------------------------------------------------------


def test_a_paired_difference_is_that_of_the_macro_f1():
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=300)
    ours = np.where(rng.random(300) < 0.8, truth, rng.integers(3, size=300))
    theirs = np.where(rng.random(300) < 0.3, truth, rng.integers(3, size=300))
    gain, p = accuracy.paired(truth, ours, theirs, np.arange(300) // 3)
    expected = f1_score(truth, ours, average="macro") - f1_score(truth, theirs, average="macro")
    assert gain.value == pytest.approx(expected)
    assert gain.low < expected < gain.high
    assert p < 0.01


def test_equal_labellings_differ_by_nothing():
    truth = np.array([0, 1, 2] * 20)
    gain, p = accuracy.paired(truth, truth, truth, np.arange(60))
    assert (gain.value, gain.low, gain.high, p) == (0, 0, 0, 1)


def test_rows_of_one_article_do_not_make_a_difference_sure():
    truth = np.array([0, 1] * 50)
    theirs = truth.copy()
    theirs[:40] = 0
    _, alone = accuracy.paired(truth, truth, theirs, np.arange(100))
    _, together = accuracy.paired(truth, truth, theirs, np.arange(100) >= 40)
    assert alone < 0.01 < together


def test_the_threshold_of_a_fold_is_that_of_the_others():
    truth = np.array([0, 1, 0, 1])
    proba = np.array([0.1, 0.3, 0.4, 0.6])
    folds = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]
    assert accuracy.switched(truth, proba, folds).tolist() == [0, 0, 1, 1]


def test_a_peer_learns_once_from_rows_that_several_sets_are_measured_by():
    rows = frame().assign(group=frame()["article_id"])
    calls = []

    def peer(known, y, test):  # noqa: ARG001
        calls.append(len(test))
        return np.tile([0.2, 0.3, 0.5], (len(test), 1))

    measures = [accuracy.Measure("a", rows[:10], rows), accuracy.Measure("b", rows[10:15], rows)]
    found = accuracy.asked(peer, measures, "stance")
    assert calls == [15]
    assert [len(proba) for proba in found] == [10, 5]


def test_what_a_peer_said_is_kept_by_its_name_and_rows(tmp_path):
    rows = frame()
    made = []

    def ask():
        made.append(1)
        return np.ones((2, 3))

    keep = accuracy.Kept(tmp_path)
    assert (keep("peer", [rows], ask) == np.ones((2, 3))).all()
    assert (accuracy.Kept(tmp_path, only="other")("peer", [rows], ask) == np.ones((2, 3))).all()
    assert len(made) == 1
    keep("peer", [rows.iloc[1:]], ask)
    keep("another", [rows], ask)
    assert len(made) == 3
    assert accuracy.Kept(tmp_path, only="other")("peer", [rows.iloc[2:]], ask) is None
    assert accuracy.Kept(only="other")("peer", [rows], ask) is None


@pytest.mark.skipif(not peers.installed("fasttext", "fasttext-wheel"), reason="fastText is an extra")
def test_fasttext_learns_and_gives_the_same_each_time():
    rows = pd.concat([frame()] * 20, ignore_index=True)
    y = rows["label"].to_numpy(dtype=str)
    first, again = (peers.FastText()(rows, y, rows) for _ in range(2))
    assert (first == again).all()
    assert first.sum(axis=1) == pytest.approx(1)
    assert (np.unique(y)[first.argmax(axis=1)] == y).mean() > 0.9


def test_fasttext_sees_a_mark_in_place_of_the_target():
    assert (
        peers.FastText().line("Mali’s army, said Mali, left.", [(0, 4), (18, 22)])
        == "<target> s army said <target> left"
    )


def test_embeddings_are_made_once_and_kept(tmp_path, monkeypatch):
    made = []

    def encoder():
        def encode(texts):
            made.extend(texts)
            return np.array([[len(text), 1.0] for text in texts])

        return encode

    monkeypatch.setattr(peers.MiniLM, "encoder", staticmethod(encoder))
    first = peers.MiniLM(tmp_path).vectors(["one", "three", "one"])
    again = peers.MiniLM(tmp_path).vectors(["three", "one"])
    assert sorted(made) == ["one", "three"]
    assert first[:, 0].tolist() == [3, 5, 3]
    assert again[:, 0].tolist() == [5, 3]


def test_windows_hold_the_target_and_eight_words_on_each_side():
    words = [f"w{number}" for number in range(12)]
    text = " ".join([*words, "Mali", *words])
    start = text.index("Mali")
    (window,) = peers.MiniLM.windows(pd.DataFrame({"text": [text], "start": [start], "end": [start + 4]}))
    assert window == " ".join([*words[-8:], "Mali", *words[:8]])


def test_a_peer_that_is_not_installed_is_left_out_with_a_line(capsys):
    peers.installed.cache_clear()
    assert not peers.installed("no_such_module", "no-such-package")
    assert "without no-such-package: it is not installed" in capsys.readouterr().err
    peers.installed.cache_clear()


def test_counts_of_some_templates_are_those_of_a_vectorizer_with_these_alone():
    rows = frame()
    every = TargetVectorizer(min_df=1, catalogue=make("stance").catalogue)
    every.prepare()
    counts = count_rows(every, rows)
    few = TargetVectorizer([every.templates_[0], every.templates_[6]], min_df=1, catalogue=every.catalogue)
    few.prepare()
    alone = count_rows(few, rows)
    part = counts.of([0, 6])
    assert (part.matrix != alone.matrix).nnz == 0
    assert part.phrases.to_pylist() == alone.phrases.to_pylist()


# -- release ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def corpus(tmp_path):
    """A corpus of invented sentences, all of them in test."""
    rows = frame()
    folder = tmp_path / "corpus"
    folder.mkdir()
    rows["sentence_id"] = rows.groupby("article_id").cumcount()
    articles = pd.DataFrame({"article_id": rows["article_id"].unique()})
    columns = {"title": "T", "published": "2024-01-01", "outlet": "o", "topic": "t", "conflict": "c", "region": "r"}
    articles.assign(split="test", **columns, style="s", text="x").to_csv(folder / "articles.csv", index=False)
    flags = {name: rows[name].astype(bool) for name in ("humanitarian", "tactical")}
    sentences = rows[["article_id", "sentence_id", "text", "sentiment"]].assign(
        **flags, part="body", sentence_start=0, sentence_end=1
    )
    sentences.to_csv(folder / "sentences.csv", index=False)
    stances = rows[["article_id", "sentence_id", "start", "end", "label"]].assign(
        actor_id="x", spans="[]", attributed=False, holder_text="", holder_id=""
    )
    stances.to_csv(folder / "stances.csv", index=False)
    return folder


@pytest.fixture
def models(tmp_path):
    folders = {task: tmp_path / "models" / task for task in ("stance", "sentiment", "framing")}
    for task, folder in folders.items():
        save_model(tiny(task), folder)
    return folders


def test_test_is_scored_once_per_model(corpus, models, tmp_path):
    record = tmp_path / "scores.json"
    told = release.release(models, corpus, record)
    assert told.splitlines()[0].startswith("stance: accuracy ")
    assert "F1 of on" in told
    kept = json.loads(record.read_text())
    assert [entry["task"] for entry in kept] == ["stance", "sentiment", "framing"]
    assert kept[0]["figures"]["stance"]["n_rows"] == 40
    before = record.read_bytes()
    with pytest.raises(SystemExit, match=r"stance was scored on test on .*, and each model is scored there once"):
        release.release(models, corpus, record)
    with pytest.raises(SystemExit, match="framing was scored on test"):
        release.release(models, corpus, record, ["framing"])
    assert record.read_bytes() == before


def test_another_model_is_scored_and_one_with_another_card_is_not(corpus, models, tmp_path):
    record = tmp_path / "scores.json"
    release.release(models, corpus, record, ["stance"])
    (models["stance"] / "README.md").write_text("Another card.")
    save_model(tiny("stance"), models["stance"], info={"name": "another name"})
    with pytest.raises(SystemExit, match="stance was scored on test"):
        release.release(models, corpus, record, ["stance"])
    other = tiny("stance")
    other.coef_ = other.coef_ + 0.5
    save_model(other, models["stance"])
    release.release(models, corpus, record, ["stance"])
    assert len(json.loads(record.read_text())) == 2


def test_nothing_is_scored_where_the_record_cannot_be_read(corpus, models, tmp_path):
    record = tmp_path / "scores.json"
    record.write_text("[{]")
    with pytest.raises(SystemExit, match="cannot be read, so that nobody knows what was scored"):
        release.release(models, corpus, record)
    assert record.read_text() == "[{]"


# -- errors -----------------------------------------------------------------------------------------------------------


def test_causes_are_of_rows_of_dev_and_among_those_that_are_explained():
    causes = list_errors.read_causes(HOME / "docs" / "errors.csv")
    assert len(causes) == 100
    assert not causes.duplicated(list_errors.KEY).any()
    text = (HOME / "docs" / "errors.md").read_text(encoding="utf-8")
    assert all(list_errors.MEANINGS[cause][0] in text for cause in causes["cause"].unique())


def test_a_cause_that_is_not_explained_is_refused_with_its_line(tmp_path):
    rows = pd.read_csv(HOME / "docs" / "errors.csv").head(3)
    rows.loc[1, "cause"] = "bad luck"
    rows.to_csv(tmp_path / "errors.csv", index=False)
    with pytest.raises(SystemExit, match="line 3: the cause 'bad luck' is none of plain harm"):
        list_errors.read_causes(tmp_path / "errors.csv")


def test_the_page_counts_causes_and_what_is_still_wrong():
    rows = pd.DataFrame(
        {
            "article_id": ["a", "a"],
            "sentence_id": [1, 2],
            "actor_id": ["x", "x"],
            "text": ["Mali left.", "Chad lied."],
            "start": [0, 0],
            "end": [4, 4],
            "label": ["neutral", "against"],
            "said": ["neutral", "neutral"],
        }
    )
    causes = rows[[*list_errors.KEY, "label"]].assign(said=["against", "neutral"], cause="irony")
    text = list_errors.page(causes, rows)
    assert "| Irony and insinuation | 2 | 1 |" in text
    assert "**Chad** lied. (against, not neutral)" in text
    with pytest.raises(SystemExit, match="the causes are of another corpus"):
        list_errors.page(causes.assign(article_id="b"), rows)
