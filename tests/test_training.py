"""Training and assessing on labelled rows: what is refused, what is told, and that the figures mean something."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel

from stancekit import StanceClassifier, load_model
from stancekit.assessment import assess
from stancekit.classifiers.folding import grouped_folds
from stancekit.errors import InputError
from stancekit.features import TargetVectorizer
from stancekit.labelled import check_labelled, read_labelled
from stancekit.training import train
from stancekit.validation import folds_of, held_out
from tests.labelled import CATALOGUE, frame

FAST = {"catalogue": CATALOGUE, "draws": 20}


def rows(task="stance"):
    table = frame()
    return table.drop(columns="label") if task == "sentiment" else table


@pytest.fixture(scope="module")
def stance():
    return train(rows(), task="stance", **FAST)


@pytest.fixture(scope="module")
def framing():
    return train(rows("framing"), task="framing", search=False, **FAST)


def test_the_report_has_figures_of_all_rows_and_both_baselines(stance):
    found = stance.report.figures["stance"]
    assert found.n_rows == 40
    assert set(stance.report.baselines) == {"majority", "target-blind"}
    assert found.macro_f1.value > stance.report.baselines["majority"]["stance"].macro_f1.value


def test_the_search_names_one_choice_and_it_is_the_best(stance):
    tried = stance.tried
    assert len(tried) == 6
    assert tried["chosen"].sum() == 1
    assert tried.loc[tried["chosen"], "macro_f1"].item() == tried["macro_f1"].max()
    chosen = tried[tried["chosen"]].iloc[0]
    assert chosen["C"] == stance.model.C
    assert (stance.model.class_weight or "none") == chosen["class_weight"]
    assert ", ".join(template.name for template in stance.model.vectorizer_.templates_) == chosen["templates"]


def test_labels_that_mean_nothing_get_figures_that_say_so():
    table = rows()
    draw = np.random.default_rng(0)
    many = pd.concat([table.assign(article_id=table["article_id"] + f"-{k}") for k in range(4)], ignore_index=True)
    many["label"] = draw.choice(["favor", "against"], len(many))
    found = train(many, task="stance", search=False, **FAST).report.figures["stance"].accuracy.value
    assert 0.3 < found < 0.7


def test_the_same_seed_gives_the_same_model_and_report(stance):
    again = train(rows(), task="stance", **FAST)
    assert again.report.to_dict() == stance.report.to_dict()
    assert (again.model.coef_ == stance.model.coef_).all()


def test_a_saved_model_is_loaded_with_its_training_told(stance, tmp_path):
    model = load_model(stance.save(tmp_path / "m"))
    table = rows()
    assert model.predict_proba(table) == pytest.approx(stance.model.predict_proba(table))
    info = model.model_info_["info"]
    assert info["training"]["rows"] == 40
    assert info["min_confidence"] == stance.min_confidence
    assert len(info["training"]["fingerprint"]) == 64


def test_framing_has_figures_for_each_flag(framing):
    assert list(framing.report.figures) == ["humanitarian", "tactical"]
    assert framing.model.predict_proba(["Nurses opened a clinic."]).shape == (1, 2)
    assert set(framing.report.baselines) == {"majority"}


def test_any_labels_can_be_trained_on():
    table = rows("sentiment")
    table["mood"] = table["sentiment"].map({"positive": 1, "neutral": 2, "negative": 3})
    found = train(table, task="sentiment", columns={"label": "mood"}, search=False, **FAST)
    assert found.model.classes_.tolist() == ["1", "2", "3"]


def test_labels_not_named_are_left_out_and_listed():
    found = train(rows(), task="stance", labels=["favor", "against"], search=False, **FAST)
    assert found.model.classes_.tolist() == ["against", "favor"]
    assert len(found.rejected) == (rows()["label"] == "neutral").sum()
    assert "none of against, favor" in found.rejected[0].reason


def test_no_group_stands_on_both_sides_of_a_fold():
    checked = check_labelled(rows(), task="stance")
    folds = folds_of(checked, 5, 0)
    for learnt, tested in folds:
        assert not set(checked.groups[learnt]) & set(checked.groups[tested])
    assert sorted(np.concatenate([tested for _, tested in folds])) == list(range(40))


def test_weights_of_rows_count():
    table = rows().assign(weight=1.0)
    heavy = train(table.assign(weight=np.where(table["label"] == "favor", 50, 1)), task="stance", search=False, **FAST)
    even = train(table, task="stance", search=False, **FAST)
    column = list(even.model.classes_).index("favor")
    assert heavy.model.predict_proba(table)[:, column].mean() > even.model.predict_proba(table)[:, column].mean()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.assign(label="favor"), "all 40 rows have the label 'favor'; training needs two"),
        (
            lambda table: table.assign(label=["rare"] * 2 + list(table["label"][2:])),
            "the label 'rare' has 2 rows, at least 5 are needed",
        ),
        (lambda table: table.drop(columns="text"), "column 'text' is missing, which stance needs"),
        (lambda table: table.drop(columns="start"), "column 'start' is missing"),
        (lambda table: table.assign(text=" "), "no labelled row can be used: 40 left out; frame, row 0: text is empty"),
        (lambda table: table.assign(article_id="one"), "in one article .group. only; cross-validation needs two"),
        (lambda table: table.assign(label=range(40)), "40 different labels .* at most 20"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        train(change(rows()), task="stance", **FAST)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"start": 500, "end": 507}, "does not lie in the text"),
        ({"start": "x"}, "start and end must be whole numbers, got 'x' and"),
        ({"start": 7.5}, "start and end must be whole numbers"),
        ({"target": "Belmark"}, "hold 'Arvonia', not the target 'Belmark'"),
        ({"label": None}, "label is missing"),
        ({"weight": -1}, "weight must be a number of at least 0, got -1"),
        ({"spans": "[[0, 900]]"}, "spans must lie in the text"),
        ({"spans": "what"}, "spans must be pairs"),
        ({"text": ""}, "text is empty"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_its_place(cells, reason):
    table = rows().astype(object).assign(target=None, weight=1.0, spans=None).astype(object)
    for name, value in cells.items():
        table.loc[0, name] = value
    found = check_labelled(table, task="stance", places=[("a.csv", number + 2) for number in range(40)])
    assert len(found.y) == 39
    (lost,) = found.rejected
    assert (lost.file, lost.row) == ("a.csv", 2)
    assert reason in lost.reason


def test_targets_are_found_by_their_words():
    table = pd.DataFrame({"text": ["Mali, not Malibu, met Mali."], "target": ["Mali"], "label": ["x"]})
    assert check_labelled(table, task="stance").X["spans"].tolist() == [[(0, 4), (22, 26)]]
    absent = pd.concat([table, table.assign(target="Chad")])
    assert "does not stand in the text" in check_labelled(absent, task="stance").rejected[0].reason


def test_two_labels_for_one_text_and_target_are_told_with_both_rows():
    table = pd.concat([rows(), rows().iloc[[0]].assign(label="against")], ignore_index=True)
    warnings = check_labelled(table, task="stance").warnings
    assert any(re.search("two labels .*: frame, row 40: against where frame, row 0 has favor", w) for w in warnings)


def test_tables_of_all_formats_give_the_same_rows(tmp_path):
    table = rows()
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet")
    table.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    found = []
    for suffix in ("csv", "parquet", "jsonl"):
        read, places, rejected = read_labelled([tmp_path / f"a.{suffix}"])
        assert not rejected
        assert places[0][1] == (2 if suffix == "csv" else 1)
        checked = check_labelled(read, task="framing", places=places)
        found.append((checked.X["text"].tolist(), checked.y.tolist(), checked.groups.tolist()))
    assert found[0] == found[1] == found[2]


def test_slices_name_the_worst_and_count_every_row(stance):
    table = rows().assign(outlet=["near", "far"] * 20)
    table.loc[table["outlet"] == "far", "label"] = "neutral"
    report = assess(stance.model, check_labelled(table, task="stance"), by=["outlet"], draws=20)
    assert report.slices["n"].sum() == 40
    assert report.worst["value"] == "far"
    assert json.loads(json.dumps(report.to_dict()))["worst_slice"]["value"] == "far"


def test_a_group_left_out_is_measured_by_a_model_that_never_saw_it(stance):
    table = rows().assign(half=np.where(rows()["article_id"].str[1:].astype(int) < 10, "first", "second"))
    report = assess(stance.model, check_labelled(table, task="stance"), leave_out="half", draws=20)
    assert list(report.left_out["value"]) == ["first", "second"]
    seen = assess(stance.model, check_labelled(table, task="stance"), by=["half"], draws=20).slices
    assert report.left_out["accuracy"].mean() < seen["accuracy"].mean()


def test_an_unknown_column_to_slice_by_is_refused(stance):
    with pytest.raises(InputError, match="there is no column 'colour' to slice by; the columns are"):
        assess(stance.model, check_labelled(rows(), task="stance"), by=["colour"])


# -- flags of one's own ------------------------------------------------------------------------------------------------


def flagged():
    table = rows("framing")
    return table.assign(mourning=table["humanitarian"] * (table["sentiment"] == "negative"), war=table["tactical"])


def test_any_flags_are_trained_saved_and_assessed(tmp_path):
    names = ["war", "mourning", "humanitarian"]
    found = train(flagged(), task="framing", labels=names, **FAST)
    assert list(found.report.figures) == names
    assert found.counts["war on"] == flagged()["war"].sum()
    assert set(found.tried["class_weight"]) == {"none", "balanced"}
    model = load_model(found.save(tmp_path / "m"))
    checked = check_labelled(flagged(), task="framing", labels=names)
    report = assess(model, checked, by=["sentiment"], draws=20)
    assert list(report.figures) == names
    assert set(report.slices["question"]) == set(names)


def test_one_flag_alone_is_enough():
    found = train(flagged(), task="framing", labels=["mourning"], search=False, **FAST)
    assert found.model.predict(["Nurses wept."]).shape == (1, 1)


def test_a_flag_may_stand_in_a_column_of_another_name():
    checked = check_labelled(flagged(), task="framing", labels=["fight"], columns={"fight": "war"})
    assert checked.y[:, 0].tolist() == flagged()["war"].tolist()


# -- how it is trained -------------------------------------------------------------------------------------------------


def many():
    """Rows enough for several processes, each text with words of its own."""
    table = pd.concat([rows().assign(copy=number) for number in range(12)], ignore_index=True)
    draw = np.random.default_rng(0)
    table["article_id"] += "-" + (table["copy"] // 2).astype(str)
    words = draw.choice([f"w{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in range(400)], (len(table), 12))
    table["text"] = [text + " " + " ".join(more) for text, more in zip(table["text"], words, strict=True)]
    return table


def test_pieces_and_processes_count_what_one_process_counts(monkeypatch):
    X = check_labelled(many(), task="stance").X
    one = StanceClassifier(catalogue=CATALOGUE).count(X)
    plain = TargetVectorizer(catalogue=CATALOGUE)
    plain.prepare()
    matrix, keys = plain.count(X)
    df = np.bincount(matrix.indices, minlength=len(keys))
    kept = sorted(key for key, n in zip(keys, df, strict=True) if n >= 2)
    assert one.keys(np.arange(len(one.blocks))) == kept
    assert one.matrix.sum() == pytest.approx(matrix[:, np.flatnonzero(df >= 2)].sum())
    monkeypatch.setattr("stancekit.classifiers.counting.PIECE", 77)
    monkeypatch.setattr("stancekit.classifiers.counting.WORTH_PROCESSES", 1)
    for jobs in (1, 2):
        other = StanceClassifier(catalogue=CATALOGUE).count(X, jobs=jobs)
        assert other.phrases.equals(one.phrases)
        assert (other.matrix != one.matrix).nnz == 0
        assert other.blocks.tolist() == one.blocks.tolist()


def test_processes_give_the_same_model_and_report(monkeypatch):
    monkeypatch.setattr("stancekit.validation.WORTH_PROCESSES", 1)
    monkeypatch.setattr("stancekit.classifiers.solving.WORTH_PROCESSES", 1)
    one, two = (train(rows(), task="stance", jobs=jobs, **FAST) for jobs in (1, 2))
    assert one.report.to_dict() == two.report.to_dict()
    assert one.tried.equals(two.tried)
    for name in ("coef_", "intercept_"):
        assert (getattr(one.model, name) == getattr(two.model, name)).all()


def test_where_memory_would_run_short_one_process_does_the_work(monkeypatch):
    X = check_labelled(rows(), task="stance")
    counts = StanceClassifier(catalogue=CATALOGUE).count(X.X)
    folds = folds_of(X, 2, 0)
    expected, _ = held_out([([StanceClassifier(), StanceClassifier(C=2.0)], None)], counts, X, folds)
    asked = []

    class Watched(Parallel):
        def __init__(self, n_jobs, **further):
            asked.append(n_jobs)
            super().__init__(n_jobs=n_jobs, **further)

    monkeypatch.setattr("stancekit.validation.Parallel", Watched)
    monkeypatch.setattr("stancekit.validation.WORTH_PROCESSES", 1)
    monkeypatch.setattr("stancekit.validation.MEMORY", 1)
    (found,) = held_out([([StanceClassifier()], None)], counts, X, folds, jobs=2)
    assert asked == [1]
    assert (found.decisions == expected.decisions).all()


def test_a_strength_that_is_given_is_used_and_nothing_is_searched():
    found = train(rows(), task="stance", C=0.7, **FAST)
    assert found.tried["C"].tolist() == [found.model.C] == [0.7]


def test_rarer_phrases_are_left_out_on_request():
    usual, small = (train(rows(), task="stance", C=1.0, min_df=least, **FAST).model for least in (2, 5))
    assert small.coef_.shape[1] < usual.coef_.shape[1] / 1.5
    assert small.min_df == 5


def test_further_rows_are_measured_and_told_in_the_manifest(tmp_path):
    found = train(rows()[:28], task="stance", search=False, evaluate_on={"later": rows()[28:]}, **FAST)
    assert found.evaluations["later"]["stance"].n_rows == 12
    told = load_model(found.save(tmp_path / "m", info={"license": "cc0-1.0"}, language="de"))
    info = told.model_info_["info"]
    assert info["evaluations"]["later"]["stance"]["n_rows"] == 12
    assert info["license"] == "cc0-1.0"
    assert told.language_ == "de"


def test_sources_are_counted_weighed_and_measured_each_on_its_own():
    table = rows().assign(source=["ours"] * 24 + ["theirs"] * 16, weight=[2.0] * 24 + [1.0] * 16)
    found = train(table, task="stance", search=False, **FAST)
    assert found.info["training"]["sources"] == {
        "ours": {"rows": 24, "weight": 48.0},
        "theirs": {"rows": 16, "weight": 16.0},
    }
    assert found.report.slices["n"].tolist() == [24, 16]
    assert (found.report.slices["macro_f1_low"] <= found.report.slices["macro_f1"]).all()


def test_folds_keep_groups_together_and_labels_in_proportion():
    draw = np.random.default_rng(0)
    groups = np.repeat(np.arange(300), draw.integers(1, 9, 300))
    labels = draw.choice(3, len(groups), p=[0.7, 0.2, 0.1])
    folds = grouped_folds(labels, groups, 5, 0)
    assert sorted(np.concatenate([test for _, test in folds]).tolist()) == list(range(len(groups)))
    for learnt, test in folds:
        assert not set(groups[learnt]) & set(groups[test])
        assert np.bincount(labels[test], minlength=3) / len(test) == pytest.approx([0.7, 0.2, 0.1], abs=0.03)
        assert len(test) == pytest.approx(len(groups) / 5, rel=0.05)


def test_no_row_is_judged_by_a_model_that_saw_its_group():
    # Groups that can be told by a word of their own, with labels that depend on nothing else.
    draw = np.random.default_rng(0)
    table = pd.DataFrame({"article_id": np.repeat(np.arange(60), 5)})
    label = draw.choice(["on", "off"], 60)
    table["label"] = label[table["article_id"]]
    names = ["".join(draw.choice(list("abcdefgh"), 6)) for _ in range(60)]
    table["text"] = [f"the {names[number]} went on and on" for number in table["article_id"]]
    kept = train(table, task="sentiment", C=3.0, **FAST).report.figures["sentiment"].accuracy.value
    loose = train(table.drop(columns="article_id").assign(article_id=range(300)), task="sentiment", C=3.0, **FAST)
    assert kept < 0.65
    assert loose.report.figures["sentiment"].accuracy.value > 0.95
