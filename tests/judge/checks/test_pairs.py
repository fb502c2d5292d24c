"""What must stay equal: calls that are repeated, and inputs."""

import numpy as np
import pytest

from grader.model.verdict import Status
from tests.builders import seen_tensor
from tests.judge.toy_net import RIGHT, X, right_answer, verdict


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("again", RIGHT + 1, "again[0, 0] is 2; expected 1, as in output (largest of 4 wrong values of 4; case"),
        (
            "x_after",
            X * [[1, 1], [1, 1.001]],
            "x_after[1, 1] is 3.003; expected 3, as the input x was before the call (",
        ),
        ("again", RIGHT[:1], 'again has shape [1, 2], output has shape [2, 2]; they must be equal (case "plain")'),
    ],
)
def test_what_must_stay_equal(name, array, message):
    found = verdict(right_answer(**{name: seen_tensor(np.float32(array))}), "pure")
    assert found.status is Status.FAILED
    assert found.message.startswith(message)


def test_repeated_calls_may_differ_by_rounding_but_inputs_may_not():
    rounding = np.float32(1 + 3e-7)
    assert verdict(right_answer(again=seen_tensor(RIGHT * rounding)), "pure").status is Status.PASSED
    assert verdict(right_answer(x_after=seen_tensor(X * rounding)), "pure").status is Status.FAILED
