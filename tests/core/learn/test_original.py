"""The failures of the program that the tutorial was made from happen as described."""

import inspect

import pytest

from rmsprop_core.learn.original import PIECES
from rmsprop_core.learn.regression import least_squares
from rmsprop_core.learn.tables import load_diabetes

DATA = load_diabetes()
FLOOR = least_squares(DATA.X, DATA.y).loss
FAULTS = {fault.key: fault for piece in PIECES.values() for fault in piece.faults}
LENGTH = 0.001 / (1 - 0.9) ** 0.5


def outcomes(key):
    return FAULTS[key].original(), FAULTS[key].working()


def test_every_failure_has_a_kind_and_a_piece_that_can_be_shown():
    assert list(PIECES) == ["parameter", "states", "rmsprop", "loss", "program"]
    assert {fault.kind for fault in FAULTS.values()} == {"stops", "silent", "missing", "unsaid"}
    for piece in PIECES.values():
        assert "def " in inspect.getsource(piece.original)
        assert "def " in inspect.getsource(piece.working)


def test_the_original_stops_with_s_changed_already():
    broken, working = outcomes("item_access")

    assert broken.error == "TypeError"
    assert "not subscriptable" in broken.message
    assert broken.numbers == {"s": pytest.approx(0.1), "step": 0}
    assert working.error == ""
    assert working.numbers["step"] == pytest.approx(LENGTH, rel=1e-6)


def test_the_original_program_ends_in_its_first_epoch():
    broken, working = outcomes("no_epoch")

    assert (broken.error, broken.numbers) == ("TypeError", {"epochs": 0})
    assert (working.error, working.numbers) == ("", {"epochs": 3})


def test_the_original_changes_the_callers_array():
    broken, working = outcomes("shared_array")

    assert broken.numbers["after"] == pytest.approx(1 - LENGTH, rel=1e-6)
    assert working.numbers["after"] == 1


def test_the_original_ignores_momentum_and_centered():
    broken, working = outcomes("unused_hyperparameters")

    assert broken.numbers["difference"] == 0
    assert working.numbers["difference"] > LENGTH


def test_an_integer_state_stays_at_zero_and_the_step_is_thousands_of_times_too_long():
    broken, working = outcomes("integer_state")

    assert broken.error == ""
    assert broken.numbers["s"] == 0
    assert broken.numbers["step"] == pytest.approx(20)
    assert broken.numbers["step_right"] == pytest.approx(LENGTH)
    assert working.error == "TypeError"


def test_one_gradient_moves_all_ten_weights():
    broken, working = outcomes("broadcast")

    assert (broken.error, broken.numbers["moved"]) == ("", 10)
    assert (working.error, working.numbers) == ("ValueError", {})


def test_the_first_step_has_one_length_whatever_the_gradient():
    for outcome in outcomes("first_step"):
        assert outcome.numbers["bound"] == pytest.approx(LENGTH)
        assert outcome.numbers["step_large"] == pytest.approx(LENGTH, rel=1e-9)
        assert outcome.numbers["step_small"] == pytest.approx(LENGTH, rel=1e-3)


def test_eps_inside_the_root_acts_like_its_own_root_outside():
    for outcome in outcomes("eps_inside"):
        assert outcome.numbers["rms_least"] == pytest.approx(1e-4)
        assert outcome.numbers["step"] == pytest.approx(0.001 * 1e-6 / 1e-4, rel=1e-4)
        assert outcome.numbers["step"] < outcome.numbers["bound"] / 300


def test_random_gradients_learn_nothing():
    broken, working = outcomes("nothing_learnt")

    assert broken.numbers["after"] > 0.9 * broken.numbers["before"]
    assert working.numbers["after"] < 1.01 * working.numbers["floor"]
