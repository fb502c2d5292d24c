"""What students do with pyplot works on its stand-in, and unpacks as pyplot's own results do."""

import copy

import pytest

from grader.grading.in_process import load_module
from tests.places import ROOT

SilentPlots = load_module(ROOT / "fixtures/colour/probing.py", "fixtures/colour/probing.py", {}).SilentPlots


@pytest.fixture
def plt():
    return SilentPlots()


def test_a_usual_training_curve(plt):
    plt.rcParams["figure.figsize"] = (10, 8)
    figure = plt.figure(figsize=(3, 3))
    (line,) = plt.plot([1, 2], "ro-", label="Train")
    line.set_color("red")
    with plt.style.context("ggplot"):
        figure.add_subplot(1, 2, 1).imshow([[0]])
    plt.gca().legend().get_frame().set_alpha(0.5)
    assert plt.savefig("curve.png") is not None


@pytest.mark.parametrize(
    ("grid", "lengths"),
    [((1, 1), []), ((1, 3), [3]), ((2, 1), [2]), ((2, 3), [2, 3])],
)
def test_axes_come_in_the_shape_that_pyplot_gives(plt, grid, lengths):
    _, axes = plt.subplots(*grid, figsize=(4, 4))
    for length in lengths:
        assert len(list(axes)) == length
        axes = axes[0]
    axes.plot([1, 2])
    with pytest.raises(ValueError, match="not enough values"):
        _, _ = axes


def test_all_axes_in_one_row(plt):
    _, axes = plt.subplots(2, 3)
    assert len(axes.flat) == len(axes.ravel()) == len(axes.flatten()) == 6


def test_axes_are_an_array_where_that_is_asked_for(plt):
    _, axes = plt.subplots(1, 1, squeeze=False)
    ((axis,),) = axes
    axis.set_title("one")
    axes[0, 0].set_title("the same")


def test_copying_sees_an_ordinary_object(plt):
    assert isinstance(copy.deepcopy(plt), SilentPlots)
    assert not hasattr(plt, "__array__")
