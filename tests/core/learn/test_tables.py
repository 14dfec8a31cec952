"""The diabetes data, scaling and splitting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rmsprop_core.learn.regression import least_squares, predict
from rmsprop_core.learn.tables import load_diabetes, scaling, split

DATA = load_diabetes()
X, y = DATA.X, DATA.y
SCALING = scaling(X)
Z = SCALING.apply(X)
BEST = least_squares(Z, y)


def test_the_diabetes_data_are_442_patients_in_their_own_units():
    assert (X.shape, y.shape) == ((442, 10), (442,))
    assert DATA.names == ("age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu")
    assert DATA.target == "progression"
    assert_array_equal(X[0], [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87])
    assert y[0] == 151


def test_standardised_features_have_mean_0_and_deviation_1():
    assert_allclose(Z.mean(axis=0), 0, atol=1e-13)
    assert_allclose((Z * Z).mean(axis=0), 1)
    assert_allclose(Z * SCALING.sd + SCALING.mean, X)
    assert SCALING.constant == ()


def test_constant_columns_are_reported_and_become_zero():
    constant = np.column_stack([X[:, 0], np.full(442, 0.1), X[:, 1], np.full(442, 7e9)])
    found = scaling(constant)

    assert found.constant == (1, 3)
    assert not found.apply(constant)[:, [1, 3]].any()
    assert_allclose(found.apply(constant)[:, [0, 2]], Z[:, :2])


def test_the_scaling_is_the_training_rows_and_serves_new_rows():
    found = scaling(X[:100])

    assert_allclose(found.apply(X)[200], (X[200] - X[:100].mean(axis=0)) / X[:100].std(axis=0))


def test_unscaled_weights_predict_the_same_one_theta_or_many():
    thetas = np.random.default_rng(0).standard_normal((3, 11))

    for theta, raw in zip(thetas, SCALING.unscale(thetas), strict=True):
        assert_allclose(predict(X, raw), predict(Z, theta), atol=1e-11)
        assert_allclose(SCALING.unscale(theta), raw)


@given(n=st.integers(2, 300), test=st.floats(0, 0.99), seed=st.integers(0, 2**32))
def test_split_deals_out_every_row_once(n, test, seed):
    if round(n * test) == n:
        return
    kept, held = split(n, test, seed)

    assert len(held) == round(n * test)
    assert_array_equal(np.sort(np.append(kept, held)), np.arange(n))
    assert_array_equal(split(n, test, seed)[1], held)


def test_another_seed_splits_otherwise():
    assert set(split(442, 0.2, 0)[1]) != set(split(442, 0.2, 1)[1])


@pytest.mark.parametrize(("n", "test"), [(10, 1.0), (10, -0.1), (1, 0.9), (10, np.nan)])
def test_a_split_that_leaves_nothing_raises(n, test):
    with pytest.raises(ValueError, match=r"test must be in \[0, 1\)"):
        split(n, test, 0)
