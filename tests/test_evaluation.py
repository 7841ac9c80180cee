"""Figures over (y, proba, classes), with intervals."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from stancekit.errors import InputError
from stancekit.evaluation import Figure, evaluate, evaluate_flags

CLASSES = ["against", "favor", "neutral"]


def drawn(seed, n, k=3):
    """Random truth and probabilities."""
    rng = np.random.default_rng(seed)
    return np.array(CLASSES[:k])[rng.integers(0, k, size=n)], rng.dirichlet(np.ones(k), size=n)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 3))
def test_figures_are_those_of_scikit_learn(seed, n, k):
    y, proba = drawn(seed, n, k)
    classes = CLASSES[:k]
    predicted = np.array(classes)[proba.argmax(axis=1)]
    found = evaluate(y, proba, classes, draws=5)
    assert found.accuracy.value == pytest.approx(accuracy_score(y, predicted))
    macro = f1_score(y, predicted, labels=classes, average="macro", zero_division=0)
    assert found.macro_f1.value == pytest.approx(macro)
    expected = precision_recall_fscore_support(y, predicted, labels=classes, zero_division=0)
    for name, values in zip(("precision", "recall", "f1", "n"), expected, strict=True):
        assert found.classes[name].to_numpy() == pytest.approx(values)
    assert (found.confusion.to_numpy() == confusion_matrix(y, predicted, labels=classes)).all()


def test_the_order_of_the_columns_is_that_of_the_classes():
    y, proba = drawn(3, 40)
    turned = evaluate(y, proba[:, ::-1], CLASSES[::-1], draws=10)
    straight = evaluate(y, proba, CLASSES, draws=10)
    assert list(turned.classes["label"]) == CLASSES[::-1]
    assert vars(turned.macro_f1) == pytest.approx(vars(straight.macro_f1))
    assert list(turned.confusion.columns) == CLASSES[::-1]


def test_the_calibration_error_by_hand():
    # Two rows share a bin: confidence 0.9 each, one right: gap 0.4; one row alone at 0.6, right: gap 0.4.
    proba = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])
    assert evaluate(["a", "b", "b"], proba, ["a", "b"], draws=5).ece.value == pytest.approx(0.4)


def test_gaps_of_one_bin_cancel_and_those_of_two_do_not():
    one = np.array([[0.75, 0.25]] * 4)
    assert evaluate(["a", "a", "a", "b"], one, ["a", "b"], draws=5).ece.value == pytest.approx(0)
    two = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert evaluate(["b", "a"], two, ["a", "b"], draws=5).ece.value == pytest.approx(0.75)


def test_right_and_certain_is_without_error():
    found = evaluate(["a", "b"], np.eye(2), ["a", "b"], draws=20)
    assert found.ece == Figure(0, 0, 0)
    assert found.accuracy == Figure(1, 1, 1)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.integers(20, 80))
def test_intervals_cover_the_value_and_lie_in_order(seed, n):
    y, proba = drawn(seed, n)
    found = evaluate(y, proba, CLASSES, draws=300)
    for figure in (found.accuracy, found.macro_f1):
        assert 0 <= figure.low <= figure.value + 0.02
        assert figure.value - 0.02 <= figure.high <= 1
        assert figure.low < figure.high
    assert (found.classes["f1_low"] <= found.classes["f1_high"]).all()


def test_the_interval_has_about_the_width_that_the_binomial_law_gives():
    rng = np.random.default_rng(0)
    y = np.where(rng.random(400) < 0.7, "a", "b")
    found = evaluate(y, np.tile([0.9, 0.1], (400, 1)), ["a", "b"], draws=2000).accuracy
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.sqrt(0.7 * 0.3 / 400), rel=0.15)


def test_rows_of_one_article_do_not_count_as_independent():
    y, proba = drawn(1, 40)
    many = np.repeat(np.arange(40), 9)
    grouped = evaluate(y[many], proba[many], CLASSES, groups=many, draws=1000)
    single = evaluate(y, proba, CLASSES, draws=1000)
    assert grouped.n_groups == single.n_groups == 40
    assert grouped.n_rows == 360
    for name in ("accuracy", "macro_f1"):
        ours, theirs = vars(getattr(grouped, name)), vars(getattr(single, name))
        assert ours == pytest.approx(theirs)
    naive = evaluate(y[many], proba[many], CLASSES, draws=1000).accuracy
    assert naive.high - naive.low < 0.5 * (grouped.accuracy.high - grouped.accuracy.low)


def test_the_seed_makes_the_intervals():
    y, proba = drawn(2, 30)
    first, again, other = (evaluate(y, proba, CLASSES, draws=50, seed=seed).macro_f1 for seed in (4, 4, 5))
    assert first == again
    assert first.value == other.value
    assert first != other


def test_groups_may_be_strings_or_missing():
    y, proba = drawn(2, 4)
    assert evaluate(y, proba, CLASSES, groups=["x", "x", None, None], draws=5).n_groups == 2


def test_labels_may_be_integers_and_series():
    found = evaluate(pd.Series([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), np.array([0, 1]), draws=5)
    assert found.accuracy.value == pytest.approx(2 / 3)
    assert list(found.classes["label"]) == ["0", "1"]


def test_flags_are_measured_each_on_its_own():
    y = np.array([[1, 0], [1, 1], [0, 0], [0, 1]])
    proba = np.array([[0.9, 0.2], [0.3, 0.7], [0.2, 0.6], [0.1, 0.9]])
    found = evaluate_flags(y, proba, ["h", "t"], draws=20)
    assert list(found) == ["h", "t"]
    for column, flag in enumerate(found):
        assert list(found[flag].classes["label"]) == ["off", "on"]
        expected = f1_score(y[:, column], proba[:, column] >= 0.5)
        assert found[flag].classes["f1"].iloc[1] == pytest.approx(expected)


def test_the_result_is_json_and_the_figure_reads_in_percent():
    y, proba = drawn(0, 10)
    told = evaluate(y, proba, CLASSES, draws=20).to_dict()
    assert json.loads(json.dumps(told)) == told
    assert set(told["macro_f1"]) == {"value", "low", "high"}
    assert sum(map(sum, told["confusion"].values())) == 10
    assert str(Figure(0.5, 0.25, 0.75)) == "50.0 (25.0 to 75.0)"


@pytest.mark.parametrize(
    ("y", "proba", "more", "message"),
    [
        (["a"], np.ones((2, 2)) / 2, {}, r"one row per label and one column per class: \(1, 2\), got \(2, 2\)"),
        (["a"], np.ones((1, 3)) / 3, {}, r"\(1, 2\), got \(1, 3\)"),
        (["a"], np.ones(2) / 2, {}, r"got \(2,\)"),
        ([], np.zeros((0, 2)), {}, "y is empty"),
        (["a", "c"], np.ones((2, 2)) / 2, {}, "row 1 of y is 'c', which is none of the classes a, b"),
        (["a"], np.array([[np.nan, 1.0]]), {}, "probabilities between 0 and 1"),
        (["a"], np.array([[-0.5, 1.5]]), {}, "probabilities between 0 and 1"),
        (["a", "b"], np.ones((2, 2)) / 2, {"groups": ["x"]}, "one value per row: 2, got 1"),
        (["a"], np.ones((1, 2)) / 2, {"draws": 0}, "draws must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_measured_is_refused(y, proba, more, message):
    with pytest.raises(InputError, match=message):
        evaluate(y, proba, ["a", "b"], **more)


def test_flags_need_a_column_each():
    with pytest.raises(InputError, match=r"one column per flag \(h, t\), got \(2,\) and \(2, 2\)"):
        evaluate_flags([0, 1], np.ones((2, 2)) / 2, ["h", "t"])


def test_chance_alone_makes_the_ece_that_is_said():
    draw = np.random.default_rng(0)
    sure = draw.uniform(0.5, 1, 600)
    proba = np.column_stack([sure, 1 - sure])
    found = [
        evaluate(np.where(draw.uniform(size=600) < sure, "a", "b"), proba, ["a", "b"], draws=1) for _ in range(200)
    ]
    assert np.mean([one.ece.value for one in found]) == pytest.approx(found[0].ece_by_chance, rel=0.05)


def test_many_groups_are_drawn_in_portions_with_the_same_result(monkeypatch):
    draw = np.random.default_rng(0)
    proba = draw.dirichlet([1, 1, 1], 300)
    y = np.array(["a", "b", "c"])[draw.integers(0, 3, 300)]
    groups = draw.integers(0, 80, 300)
    one = evaluate(y, proba, ["a", "b", "c"], groups=groups, draws=50).to_dict()
    monkeypatch.setattr("stancekit.evaluation.NUMBERS_TOGETHER", 7 * 80)
    assert evaluate(y, proba, ["a", "b", "c"], groups=groups, draws=50).to_dict() == one


def test_classes_that_do_not_occur_count_in_one_macro_f1_only():
    found = evaluate(["a", "a"], np.array([[0.9, 0.1], [0.8, 0.2]]), ["a", "b"], draws=5)
    assert (found.macro_f1.value, found.macro_f1_occurring.value) == (0.5, 1.0)
