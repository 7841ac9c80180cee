"""Decision values to probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad
from scipy.special import expit, log_softmax, softmax
from sklearn.metrics import f1_score

from stancekit import calibration
from stancekit.calibration import FlagCalibration, SoftmaxCalibration, labels_given


def drawn_classes(scale, shift, n=20_000, seed=0):
    """Decision values, and classes drawn from the probabilities that scale and shift make of them."""
    rng = np.random.default_rng(seed)
    decisions = rng.normal(0, 2, size=(n, len(shift)))
    cumulated = softmax(scale * decisions + np.asarray(shift), axis=1).cumsum(axis=1)
    return decisions, (rng.random(n)[:, None] > cumulated[:, :-1]).sum(axis=1)


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.5])
def test_a_known_temperature_and_bias_are_recovered(scale):
    shift = np.array([0.5, -0.8, 0.3])
    found = SoftmaxCalibration.fit(*drawn_classes(scale, shift))
    assert found.scale == pytest.approx(scale, rel=0.05)
    assert found.shift == pytest.approx(shift - shift.mean(), abs=0.07)


@pytest.mark.parametrize(("scale", "shift"), [(0.4, 1.0), (1.0, 0.0), (3.0, -0.7)])
def test_known_flags_are_recovered_each_on_its_own(scale, shift):
    rng = np.random.default_rng(1)
    decisions = rng.normal(0, 2, size=(20_000, 2))
    truth = expit(np.array([scale, 1.0]) * decisions + np.array([shift, -1.0]))
    found = FlagCalibration.fit(decisions, (rng.random(truth.shape) < truth).astype(int))
    assert found.scale == pytest.approx([scale, 1.0], rel=0.08)
    assert found.shift == pytest.approx([shift, -1.0], abs=0.1)


def test_probabilities_of_classes_sum_to_one_and_those_of_flags_need_not():
    decisions = np.random.default_rng(0).normal(size=(50, 3))
    classes = SoftmaxCalibration(2.0, np.array([0.1, 0.2, -0.3])).probabilities(decisions)
    assert classes.sum(axis=1) == pytest.approx(1)
    flags = FlagCalibration(np.ones(3), np.zeros(3)).probabilities(decisions)
    assert flags == pytest.approx(1 / (1 + np.exp(-decisions)))


@given(st.floats(0.05, 20), st.floats(-5, 5), st.floats(-30, 30), st.floats(1e-3, 10))
def test_a_flag_grows_with_its_decision(scale, shift, decision, step):
    model = FlagCalibration(np.array([scale]), np.array([shift]))
    low, high = model.probabilities(np.array([[decision], [decision + step]]))[:, 0]
    assert low <= high
    if abs(scale * decision + shift) < 10:
        assert low < high


# Not so far out that a probability reaches 0 or 1 to the last digit.
@given(st.floats(0.05, 2), st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.floats(1e-3, 3))
def test_a_class_grows_with_its_own_decision(scale, decisions, step):
    model = SoftmaxCalibration(scale, np.array([0.5, -0.5, 0.0]))
    raised = [decisions[0] + step, *decisions[1:]]
    before, after = model.probabilities(np.array([decisions, raised]))
    assert after[0] > before[0]
    assert (after[1:] < before[1:]).all()


def test_scales_are_positive_even_where_decisions_point_the_wrong_way():
    decisions = np.array([[2.0, -2.0], [-2.0, 2.0]] * 20)
    assert SoftmaxCalibration.fit(decisions, np.array([1, 0] * 20)).scale > 0
    assert (FlagCalibration.fit(decisions, np.array([[0, 1], [1, 0]] * 20)).scale > 0).all()


@pytest.mark.parametrize("spread", [0.01, 1.0, 100.0])
def test_few_rows_do_not_explode(spread):
    decisions = spread * np.array([[1.0, 0.0, -1.0], [0.0, 1.0, -1.0], [-1.0, 0.0, 1.0]])
    found = SoftmaxCalibration.fit(decisions, np.array([0, 1, 2]))
    assert 0.05 < found.scale < 20
    assert np.abs(found.shift).max() < 2
    flags = FlagCalibration.fit(decisions[:, :1], np.array([[1], [1], [0]]))
    assert 0.05 < flags.scale[0] < 20
    assert abs(flags.shift[0]) < 2


def test_one_row_changes_little():
    found = SoftmaxCalibration.fit(np.array([[1.0, 0.0]]), np.array([1]))
    assert 0.5 < found.scale < 1.5


def test_weights_count_like_repeated_rows():
    decisions, codes = drawn_classes(0.7, [0.2, 0.0, -0.2], n=60)
    weights = np.random.default_rng(0).integers(0, 4, size=60)
    weighed = SoftmaxCalibration.fit(decisions, codes, weights.astype(float))
    repeated = SoftmaxCalibration.fit(decisions.repeat(weights, axis=0), codes.repeat(weights))
    assert weighed.scale == pytest.approx(repeated.scale, abs=1e-3)
    assert weighed.shift == pytest.approx(repeated.shift, abs=1e-3)
    flags = np.column_stack([codes == 0, codes == 1])
    weighed = FlagCalibration.fit(decisions[:, :2], flags, weights.astype(float))
    repeated = FlagCalibration.fit(decisions[:, :2].repeat(weights, axis=0), flags.repeat(weights, axis=0))
    assert weighed.scale == pytest.approx(repeated.scale, abs=1e-3)
    assert weighed.shift == pytest.approx(repeated.shift, abs=1e-3)


def test_calibration_lowers_the_log_loss_of_overconfident_decisions():
    decisions, codes = drawn_classes(0.3, [0.0, 0.4, -0.4], n=2000)
    rows = np.arange(len(codes))
    before = -log_softmax(decisions, axis=1)[rows, codes].mean()
    after = -np.log(SoftmaxCalibration.fit(decisions, codes).probabilities(decisions))[rows, codes].mean()
    assert after < before - 0.1


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.lists(st.floats(-1.5, 1.5), min_size=4, max_size=4))
def test_the_gradients_are_those_of_the_losses(seed, point):
    rng = np.random.default_rng(seed)
    decisions, codes, weights = rng.normal(size=(25, 3)), rng.integers(0, 3, size=25), rng.random(25)
    losses = []

    def caught(loss, start, **_):
        losses.append((loss, len(start)))
        return type("Found", (), {"x": start})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "minimize", caught)
        SoftmaxCalibration.fit(decisions, codes, weights)
        FlagCalibration.fit(decisions[:, :1], (codes == 0)[:, None], weights)
    assert [size for _, size in losses] == [4, 2]
    for loss, size in losses:
        at = np.array(point[:size])
        assert check_grad(lambda x, f=loss: f(x)[0], lambda x, f=loss: f(x)[1], at) < 1e-5


def test_without_rows_nothing_is_changed():
    assert SoftmaxCalibration().scale == 1
    decisions = np.array([[0.3], [-2.0]])
    assert FlagCalibration().probabilities(decisions) == pytest.approx(expit(decisions))


def test_a_rare_flag_is_said_to_be_on_from_where_its_f1_is_best():
    rng = np.random.default_rng(3)
    flags = (rng.random((4000, 1)) < 0.1).astype(int)
    decisions = rng.normal(size=(4000, 1)) + 1.5 * flags
    tuned = FlagCalibration.fit(decisions, flags, tune=True)
    proba = tuned.probabilities(decisions)

    def f1(threshold):
        said = proba >= threshold
        return 2 * (said & (flags == 1)).sum() / (said.sum() + flags.sum())

    assert tuned.threshold[0] < 0.5
    assert f1(tuned.threshold[0]) == max(f1(step / 50) for step in range(10, 31)) > f1(0.5) + 0.05
    assert FlagCalibration.fit(decisions, flags).threshold.tolist() == [0.5]


def test_thresholds_find_a_rare_label_where_it_is_likely():
    rng = np.random.default_rng(0)
    codes = (rng.random(4000) < 0.05).astype(int) * 2
    codes[rng.random(4000) < 0.3] = 1
    decisions = rng.normal(size=(4000, 3))
    decisions[np.arange(4000), codes] += 1.5
    plain, tuned = (SoftmaxCalibration.fit(decisions, codes, tune=tune) for tune in (False, True))
    assert plain.threshold is None
    assert np.array_equal(plain.probabilities(decisions), tuned.probabilities(decisions))
    assert tuned.threshold.max() == 1
    proba = tuned.probabilities(decisions)
    before, after = (f1_score(codes, labels_given(proba, one.threshold), average="macro") for one in (plain, tuned))
    assert after > before + 0.02


def test_thresholds_are_equal_where_nothing_is_gained():
    codes = np.tile([0, 1, 2], 500)
    found = SoftmaxCalibration.fit(np.eye(3)[codes] * 6, codes, tune=True)
    assert found.threshold.tolist() == [1, 1, 1]


def test_labels_are_given_by_probability_over_threshold():
    proba = np.array([[0.3, 0.7], [0.5, 0.5]])
    assert labels_given(proba).tolist() == [1, 0]
    assert labels_given(proba, np.array([0.4, 1.0])).tolist() == [0, 0]
    assert labels_given(np.zeros((0, 2))).tolist() == []
