"""The three classifiers keep the contract of scikit-learn, and their own."""

import copy
import pickle
from functools import cache

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import CLASSES, data, frame, make, targets
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score, cross_validate
from sklearn.utils import get_tags

from stancekit import SentimentClassifier, StanceClassifier, load_model, save_model
from stancekit.calibration import FlagCalibration, SoftmaxCalibration
from stancekit.errors import InputError
from stancekit.features import Lexicon, Phrases

TASKS = pytest.mark.parametrize("task", list(CLASSES))
CHOICES = pytest.mark.parametrize("task", ["stance", "sentiment"])


@cache
def trained(task):
    """A fitted model, shared by tests that do not change it."""
    return make(task).fit(*data(task))


def learnt(model):
    """Every array that a fit gives."""
    return [model.coef_, model.intercept_, model.vectorizer_.idf_, model.calibration_.scale, model.calibration_.shift]


def same(one, other):
    assert one.vectorizer_.features_ == other.vectorizer_.features_
    assert list(one.classes_) == list(other.classes_)
    for ours, theirs in zip(learnt(one), learnt(other), strict=True):
        np.testing.assert_array_equal(ours, theirs)


# -- predictions -------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(list(CLASSES)), st.lists(st.integers(0, 39), max_size=8))
def test_any_rows_in_any_order_get_what_they_get_in_the_whole(task, rows):
    X, _ = data(task)
    model = trained(task)
    for method in ("predict_proba", "decision_function", "predict", "known_terms"):
        whole = getattr(model, method)(X)
        part = getattr(model, method)(X.iloc[rows])
        assert part.dtype == whole.dtype
        np.testing.assert_allclose(part, whole[rows], rtol=0, atol=1e-13) if part.dtype.kind == "f" else None
        if part.dtype.kind != "f":
            assert part.tolist() == whole[rows].tolist()


@TASKS
def test_single_equals_batch(task):
    X, _ = data(task)
    model = trained(task)
    single = np.vstack([model.predict_proba(X.iloc[[row]]) for row in range(len(X))])
    np.testing.assert_allclose(single, model.predict_proba(X), rtol=0, atol=1e-13)


@TASKS
def test_no_rows_get_no_predictions(task):
    X, _ = data(task)
    model = trained(task)
    k = len(model.classes_)
    assert model.predict_proba(X.iloc[:0]).shape == (0, k)
    assert len(model.predict(X.iloc[:0])) == 0
    assert model.decision_function(X.iloc[:0]).shape == (0, k)
    assert model.known_terms(X.iloc[:0]).shape == (0,)


@CHOICES
def test_probabilities_sum_to_one_and_the_highest_is_predicted(task):
    X, y = data(task)
    model = trained(task)
    proba = model.predict_proba(X)
    assert list(model.classes_) == sorted(set(y))
    assert proba.sum(axis=1) == pytest.approx(1)
    assert (proba > 0).all()
    assert (model.predict(X) == model.classes_[proba.argmax(axis=1)]).all()


@TASKS
def test_decisions_are_weights_times_features_plus_bias(task):
    X, _ = data(task)
    model = trained(task)
    expected = model.vectorizer_.transform(X).toarray() @ model.coef_.T + model.intercept_
    np.testing.assert_allclose(model.decision_function(X), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(model.predict_proba(X), model.calibration_.probabilities(expected), rtol=0, atol=1e-12)


@TASKS
def test_what_was_taught_is_known_again(task):
    X, y = data(task)
    assert trained(task).score(X, y) > 0.9


def test_what_is_said_makes_the_stance_not_who_says_it():
    marked = "Nurses praised [Belmark].", "Nurses blamed [Belmark]."
    assert trained("stance").predict(targets(*marked)).tolist() == ["favor", "against"]
    proba = trained("stance").predict_proba(targets("Nurses praised [Belmark].", "Nurses praised [Zorvania]."))
    assert (proba[0] == proba[1]).all()


def test_the_target_makes_the_difference_within_a_sentence():
    model = trained("stance")
    proba = model.predict_proba(targets("[Arvonia] praised Belmark.", "Arvonia praised [Belmark]."))
    assert (proba[0] != proba[1]).any()


def test_further_mentions_are_the_target_too():
    model = trained("stance")
    one = targets("Nurses praised [Arvonia] and then Arvonia again.")
    both = targets("Nurses praised [Arvonia] and then [Arvonia] again.")
    assert (model.predict_proba(one) != model.predict_proba(both)).any()
    assert (model.predict_proba(one) == model.predict_proba(one.drop(columns="spans"))).all()


@TASKS
def test_the_input_is_not_changed(task):
    X, y = data(task)
    before, labels = X.copy(deep=True), y.copy()
    model = make(task).fit(X, y)
    model.predict_proba(X)
    pd.testing.assert_frame_equal(X, before)
    assert (y == labels).all()


@pytest.mark.parametrize("task", ["sentiment", "framing"])
def test_sentences_may_be_a_list_a_series_an_array_or_a_frame(task):
    X, _ = data(task)
    model = trained(task)
    proba = model.predict_proba(X)
    for form in (X["text"], list(X["text"]), X["text"].to_numpy(), tuple(X["text"]), X[["text"]]):
        assert (model.predict_proba(form) == proba).all()


# -- fitting -----------------------------------------------------------------------------------------------------------


@TASKS
def test_two_fits_give_equal_arrays(task):
    same(make(task).fit(*data(task)), trained(task))


@TASKS
def test_a_second_fit_forgets_the_first(task):
    X, y = data(task)
    half = [*range(0, 40, 3)]
    model = make(task).fit(X.iloc[half], y[half])
    same(model.fit(X, y), trained(task))


@TASKS
def test_copies_are_the_same_model(task, tmp_path):
    model = trained(task)
    joblib.dump(model, tmp_path / "model.joblib")
    for other in (pickle.loads(pickle.dumps(model)), joblib.load(tmp_path / "model.joblib"), copy.deepcopy(model)):
        same(other, model)
        X, _ = data(task)
        assert (other.predict_proba(X) == model.predict_proba(X)).all()
    same(clone(model).fit(*data(task)), model)


@TASKS
def test_a_clone_is_not_fitted(task):
    X, _ = data(task)
    for method in ("predict", "predict_proba", "decision_function", "known_terms"):
        with pytest.raises(NotFittedError, match="not fitted"):
            getattr(clone(trained(task)), method)(X)


@TASKS
def test_weight_two_is_the_row_twice(task):
    X, y = data(task)
    weights = np.ones(40)
    weights[::4] = 2
    twice = np.repeat(np.arange(40), weights.astype(int))
    # Weights do not change how rare a phrase is, repeated rows do: so the two are close and not equal.
    weighed = make(task, calibration_folds=0).fit(X, y, sample_weight=weights)
    repeated = make(task, calibration_folds=0).fit(X.iloc[twice], y[twice])
    np.testing.assert_allclose(weighed.predict_proba(X), repeated.predict_proba(X), rtol=0, atol=0.03)
    plain = make(task, calibration_folds=0).fit(X, y)
    assert np.abs(plain.decision_function(X) - weighed.decision_function(X)).max() > 0.05


@TASKS
def test_weight_zero_is_the_row_left_out(task):
    X, y = data(task)
    weights = np.ones(40)
    weights[::5] = 0
    weighed = make(task, calibration_folds=0).fit(X, y, sample_weight=weights)
    kept = X[weights > 0]
    without = make(task, calibration_folds=0).fit(kept, y[weights > 0])
    # A row without weight still tells how rare a phrase is.
    np.testing.assert_allclose(weighed.predict_proba(kept), without.predict_proba(kept), rtol=0, atol=0.05)
    turned = np.roll(y, 1, axis=0)
    other = make(task, calibration_folds=0).fit(
        X, np.where((weights > 0).reshape(40, *[1] * (y.ndim - 1)), y, turned), sample_weight=weights
    )
    np.testing.assert_allclose(weighed.coef_, other.coef_, rtol=0, atol=1e-6)


def test_rows_without_weight_do_not_teach_the_calibration_either():
    X, y = data("framing")
    weights = (np.arange(40) % 5 > 0).astype(float)
    wrong = np.where(weights[:, None] > 0, y, 1 - y)
    one, other = (make("framing").fit(X, flags, sample_weight=weights) for flags in (y, wrong))
    np.testing.assert_allclose(one.calibration_.scale, other.calibration_.scale, rtol=0, atol=1e-3)
    np.testing.assert_allclose(one.calibration_.shift, other.calibration_.shift, rtol=0, atol=1e-3)


@CHOICES
def test_weights_of_classes_move_the_decisions(task):
    X, y = data(task)
    label = min(y)
    heavy = make(task, calibration_folds=0, class_weight={label: 20}).fit(X, y)
    plain = make(task, calibration_folds=0).fit(X, y)
    assert (heavy.decision_function(X)[:, 0] > plain.decision_function(X)[:, 0]).mean() > 0.9
    weights = np.where(y == label, 20.0, 1.0)
    same(heavy, make(task, calibration_folds=0).fit(X, y, sample_weight=weights))
    make(task, class_weight="balanced").fit(X, y)


@TASKS
def test_articles_make_the_folds_of_the_calibration(task):
    X, y = data(task)
    by_article = trained(task)
    same(make(task).fit(X, y, groups=X["article_id"]), by_article)
    other = make(task).fit(X.assign(article_id=np.arange(40) % 10), y)
    assert (other.coef_ == by_article.coef_).all()
    assert np.any(other.calibration_.shift != by_article.calibration_.shift)


@TASKS
def test_without_articles_rows_of_one_text_stay_together(task):
    X, y = data(task)
    bare = X.drop(columns="article_id")
    same(make(task).fit(bare, y), make(task).fit(bare, y, groups=bare["text"]))


@TASKS
def test_groups_may_be_missing_for_some_rows(task):
    X, y = data(task)
    groups = pd.Series(X["article_id"], dtype=object).where(np.arange(40) > 5)
    assert make(task).fit(X, y, groups=groups).score(X, y) > 0.9


@TASKS
def test_no_folds_leave_decisions_as_they_are(task):
    X, y = data(task)
    calibration = make(task, calibration_folds=0).fit(X, y).calibration_
    assert np.all(calibration.scale == 1)
    assert np.all(calibration.shift == 0)


@TASKS
def test_more_folds_than_articles_are_as_many_as_there_are(task):
    assert make(task, calibration_folds=1000).fit(*data(task)).score(*data(task)) > 0.9


def test_templates_of_ones_own_are_used():
    X, y = data("sentiment")
    model = make("sentiment", templates=[Phrases("one", longest=1), Lexicon("polar")]).fit(X, y)
    assert {name.split(":")[0] for name in model.vectorizer_.get_feature_names_out()} == {"one", "polar"}


# -- labels ------------------------------------------------------------------------------------------------------------


@CHOICES
def test_two_labels_have_one_decision_and_two_probabilities(task):
    X, y = data(task)
    binary = np.where(y == "neutral", "no", "yes")
    model = make(task).fit(X, binary)
    assert model.coef_.shape[0] == 1
    assert isinstance(model.calibration_, FlagCalibration)
    decisions, proba = model.decision_function(X), model.predict_proba(X)
    assert decisions.shape == (40,)
    assert proba.shape == (40, 2)
    assert proba.sum(axis=1) == pytest.approx(1)
    assert (np.argsort(decisions) == np.argsort(proba[:, 1], kind="stable")).all()
    assert set(model.predict(X)) == {"no", "yes"}
    assert model.score(X, binary) > 0.9


@CHOICES
def test_three_labels_have_three_decisions(task):
    model = trained(task)
    assert isinstance(model.calibration_, SoftmaxCalibration)
    assert model.decision_function(data(task)[0]).shape == (40, 3)
    assert model.coef_.shape[0] == model.intercept_.shape[0] == 3


@CHOICES
@pytest.mark.parametrize("codes", [{"negative": -1, "neutral": 0, "positive": 1}, {"negative": 2.0, "neutral": 1.0}])
def test_labels_may_be_numbers(task, codes):
    X, _ = data(task)
    y = [codes.get(label, 7) for label in frame()["sentiment"]]
    model = make(task).fit(X, y)
    assert model.predict(X).dtype == np.asarray(y).dtype
    assert list(model.classes_) == sorted(set(y))
    assert model.score(X, y) > 0.9


@CHOICES
def test_labels_may_be_truth_values(task):
    X, y = data(task)
    assert make(task).fit(X, y == "neutral").predict(X).dtype == bool


@CHOICES
def test_five_labels_are_learnt(task):
    X, y = data(task)
    tactical = frame()["tactical"].to_numpy(dtype=bool)
    five = np.where(tactical & (y == min(y)), "x", np.where(tactical & (y == "neutral"), "y", y))
    model = make(task).fit(X, five)
    assert len(model.classes_) == 5
    assert model.predict_proba(X).shape == model.decision_function(X).shape == (40, 5)
    assert model.predict_proba(X).sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("form", [list, pd.Series, pd.Categorical, lambda y: pd.Series(y, dtype="object", index=y)])
def test_labels_may_be_a_list_series_or_categorical(form):
    X, y = data("stance")
    same(make("stance").fit(X, form(y)), trained("stance"))


# -- flags -------------------------------------------------------------------------------------------------------------


def test_flags_have_a_column_each():
    X, y = data("framing")
    model = trained("framing")
    assert list(model.classes_) == ["humanitarian", "tactical"]
    assert model.predict_proba(X).shape == model.decision_function(X).shape == model.predict(X).shape == (40, 2)
    assert model.predict(X).dtype == np.int64
    assert (model.predict(X) == (model.predict_proba(X) >= 0.5)).all()
    assert model.coef_.shape[0] == 2
    expected = (model.predict(X) == y).mean()
    assert model.score(X, y) == pytest.approx(expected)
    alone = np.zeros(40)
    alone[3] = 1
    assert model.score(X, y, sample_weight=alone) == (model.predict(X) == y)[3].mean()


@pytest.mark.parametrize("form", [np.asarray, list, pd.DataFrame, lambda y: y.astype(bool), lambda y: y.astype(float)])
def test_flags_may_be_integers_truth_values_and_frames(form):
    X, y = data("framing")
    same(make("framing").fit(X, form(y)), trained("framing"))


# -- with scikit-learn -------------------------------------------------------------------------------------------------


@TASKS
def test_cross_validation_and_grid_search_work(task):
    X, y = data(task)
    folds = GroupKFold(2)
    scores = cross_val_score(make(task), X, y, groups=X["article_id"], cv=folds)
    assert scores.shape == (2,)
    assert (scores > 0.35).all()
    grid = {"C": np.array([0.1, 10.0]), "templates": [None, (Phrases("only", longest=1),)], "min_df": np.arange(1, 3)}
    search = GridSearchCV(make(task, calibration_folds=0), grid, cv=folds).fit(X, y, groups=X["article_id"])
    assert len(search.cv_results_["params"]) == 8
    assert set(search.best_params_) == set(grid)
    assert search.predict(X).shape[0] == 40


@TASKS
def test_cross_validate_gives_the_fitted_models(task):
    X, y = data(task)
    told = cross_validate(make(task), X, y, groups=X["article_id"], cv=GroupKFold(2), return_estimator=True)
    for model, score in zip(told["estimator"], told["test_score"], strict=True):
        assert model.coef_.shape[1] == len(model.vectorizer_.features_)
        assert 0 <= score <= 1


@TASKS
def test_tags_say_text_in_and_classes_out(task):
    tags = get_tags(make(task))
    assert is_classifier(make(task))
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert tags.target_tags.two_d_labels == tags.classifier_tags.multi_label == (task == "framing")


@TASKS
def test_parameters_are_stored_as_given_and_can_be_set(task):
    model = make(task)
    given = model.get_params()
    assert set(given) == {
        *("C", "templates", "min_df", "class_weight", "calibration_folds", "max_iter", "catalogue"),
        *(("flags",) if task == "framing" else ()),
    }
    assert model.set_params(C=3.5, min_df=2).get_params() == given | {"C": 3.5, "min_df": 2}
    with pytest.raises(ValueError, match="Invalid parameter 'alpha'"):
        model.set_params(alpha=1)
    assert type(model)().get_params()["C"] == 1.0
    assert type(model).__name__ in repr(model)


# -- what is refused ---------------------------------------------------------------------------------------------------


@TASKS
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample_weight": [1, 2]}, r"sample_weight must hold one number per row of X: \(40,\), got \(2,\)"),
        ({"sample_weight": [-1] + [1] * 39}, "sample_weight must be finite, none negative"),
        ({"sample_weight": [float("nan")] + [1] * 39}, "sample_weight must be finite, none negative"),
        ({"sample_weight": [0] * 40}, "not all zero"),
        ({"groups": ["a", "b"]}, "groups must hold one value per row of X: 40 rows, got 2"),
        ({"groups": ["a"] * 40}, r"one article|of one article \(group\)"),
    ],
)
def test_weights_and_groups_that_do_not_fit_are_refused(task, arguments, message):
    with pytest.raises(InputError, match=message):
        make(task).fit(*data(task), **arguments)


@TASKS
@pytest.mark.parametrize("folds", [1, -2, 2.5, "3", None])
def test_the_number_of_folds_must_be_one(task, folds):
    with pytest.raises(InputError, match="calibration_folds must be 0 for none, or an integer of at least 2, got"):
        make(task, calibration_folds=folds).fit(*data(task))


@TASKS
def test_a_bare_string_is_refused(task):
    _, y = data(task)
    with pytest.raises(InputError, match=r"single string|must be a DataFrame"):
        make(task).fit("A sentence.", y)
    with pytest.raises(InputError, match=r"single string|must be a DataFrame"):
        trained(task).predict("A sentence.")


@TASKS
def test_no_rows_are_refused(task):
    X, y = data(task)
    with pytest.raises(InputError, match="y is empty: nothing to fit on"):
        make(task).fit(X.iloc[:0], y[:0])


@CHOICES
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda y: y[:3], r"y must hold one label per row of X: 40 rows, got an array of shape \(3,\)"),
        (lambda y: np.column_stack([y, y]), r"shape \(40, 2\)"),
        (lambda y: np.array([None, *y[1:]], dtype=object), "y has no label in row 0"),
        (lambda y: pd.Series(y).where(np.arange(40) != 3), "y has no label in row 3"),
        (lambda _: np.full(40, "favor"), "at least two different labels, got only .*favor"),
        (lambda y: np.where(np.arange(40) == 0, "rare", y), "the label 'rare' stands in one article"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(task, change, message):
    X, y = data(task)
    with pytest.raises(InputError, match=message):
        make(task).fit(X, change(y))


def test_a_weight_of_an_unknown_class_is_refused():
    with pytest.raises(InputError, match=r"class_weight names \['pro'\], which is no label of y: against, favor"):
        make("stance", class_weight={"pro": 2}).fit(*data("stance"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda y: y[:, 0], r"a column for each of humanitarian, tactical: \(40, 2\), got \(40,\)"),
        (lambda y: y[:5], r"\(40, 2\), got \(5, 2\)"),
        (lambda y: y + 1, "y must hold 0 and 1"),
        (lambda y: np.where(y == 1, "yes", "no"), "y must hold 0 and 1"),
        (lambda y: np.where(np.arange(80).reshape(40, 2) == 3, np.nan, y), "y must hold 0 and 1"),
        (lambda y: pd.DataFrame(y).astype("boolean").mask(np.eye(40, 2, dtype=bool)), "y must hold 0 and 1"),
        (lambda y: y * [1, 0], "the flag tactical is off in every row"),
        (lambda y: y | [1, 0], "the flag humanitarian is on in every row"),
    ],
)
def test_flags_that_cannot_be_used_are_refused(change, message):
    X, y = data("framing")
    with pytest.raises(InputError, match=message):
        make("framing").fit(X, change(y))


def test_flags_have_no_weights_of_classes_but_can_be_balanced():
    with pytest.raises(InputError, match="class_weight must be None or 'balanced' for flags"):
        make("framing", class_weight={1: 2.0}).fit(*data("framing"))
    X, y = data("framing")
    plain, balanced = (
        make("framing", class_weight=weight, calibration_folds=0).fit(X, y) for weight in (None, "balanced")
    )
    # Fewer than half of the rows are tactical: alike in weight, they are found more often.
    assert (balanced.predict_proba(X)[:, 1] > plain.predict_proba(X)[:, 1]).all()


@pytest.mark.parametrize("n", [1, 5, 20])
def test_flags_may_be_any_from_one_to_twenty(n, tmp_path):
    X, _ = data("framing")
    y = np.array([[(row // (1 + flag)) % 2 for flag in range(n)] for row in range(40)])
    names = [f"flag {flag}" for flag in range(n)]
    model = make("framing", flags=names).fit(X, y)
    assert model.classes_.tolist() == names
    assert model.predict(X).shape == model.decision_function(X).shape == model.predict_proba(X).shape == (40, n)
    loaded = load_model(save_model(model, tmp_path / "m"))
    assert loaded.classes_.tolist() == names
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert (clone(loaded).fit(X, y).coef_ == model.coef_).all()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("war", "flags must be a list of names, got the single string 'war'"),
        ([], "flags must be one to 20 different names"),
        (["a", "a"], "flags must be one to 20 different names"),
        ([str(flag) for flag in range(21)], "flags must be one to 20 different names"),
    ],
)
def test_names_of_flags_that_cannot_be_are_refused(flags, message):
    X, y = data("framing")
    with pytest.raises(InputError, match=message):
        make("framing", flags=flags).fit(X, y)


def test_flags_are_scored_against_flags_of_their_shape():
    X, y = data("framing")
    with pytest.raises(InputError, match=r"shape of the predictions, \(40, 2\), got \(40,\)"):
        trained("framing").score(X, y[:, 0])


def test_what_scikit_learn_refuses_is_refused_by_it():
    with pytest.raises(ValueError, match="'C' parameter"):
        make("stance", C=-1.0).fit(*data("stance"))


def test_the_row_is_named():
    X, y = data("stance")
    X.loc[7, "end"] = 10_000
    with pytest.raises(InputError, match=r"row 7 of X: the target's span"):
        StanceClassifier().fit(X, y)
    with pytest.raises(InputError, match="row 1 of X must be a string, got float"):
        SentimentClassifier().fit(["a", float("nan")], ["x", "y"])
