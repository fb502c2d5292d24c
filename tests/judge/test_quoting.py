"""What a student's process said, as messages quote it: short and printable."""

import string

import pytest

from grader.judge.quoting import printable, quote, two_numbers
from grader.model.observation import Observation, Outcome, StudentError
from tests.judge.toy_net import verdict


def test_quoted_text_is_printable_and_short():
    hostile = "\x1b[31mred\x07\u202e\ud800\nnext\ttab" + "x" * 10_000
    assert printable(hostile) == ("\ufffd[31mred\ufffd\ufffd\ufffd next tab" + "x" * 10_000)[:199] + "…"
    raised = Observation("plain", Outcome.RAISED, error=StudentError(hostile, hostile, hostile))
    message = verdict(raised, "values").message
    assert message.isprintable()
    assert len(message) < 700


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([1, [2, [3, [4, [5]]]]], "[1, [2, [3, [4, …]]]]"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …]"),
        ({"a": None, "b": True}, "{a: None, b: True}"),
        ([10**5000], "[a very large number]"),
        ('say "hi"\n', '"say "hi" "'),
    ],
)
def test_facts_are_quoted_whatever_they_are(value, written):
    assert quote(value) == written


@pytest.mark.parametrize(
    ("first", "second", "written"),
    [
        (0.9121, 0.0321, ("0.9121", "0.0321")),
        (1.0000001, 1.0, ("1.0000001", "1")),
        (123456.0, 123457.0, ("123456", "123457")),
        (float("nan"), 1.5, ("NaN", "1.5")),
        (float("-inf"), 1e300, ("-infinity", "1e+300")),
    ],
)
def test_two_numbers_can_be_told_apart(first, second, written):
    assert two_numbers(first, second) == written


def test_printable_characters_are_left_alone():
    assert printable(string.ascii_letters + "é×") == string.ascii_letters + "é×"
