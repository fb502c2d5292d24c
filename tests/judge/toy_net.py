"""A small network's exercise for tests of the judge: its criteria, what is recorded of it, and the right answer."""

import numpy as np

from grader.judge.verdicts import judge_exercise
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Observation
from tests import builders
from tests.builders import criterion, expected_tensor, seen_tensor

X = np.float32([[0.5, -1.0], [2.0, 3.0]])
RIGHT = np.float32([[1.0, 2.0], [3.0, 4.0]])
SHAPES = [[4, 1, 3, 3], [4], [2, 4, 3, 3]]
GRADIENT = np.arange(1.0, 13.0, dtype=np.float32).reshape(3, 4)
SHOWN = {"output": RIGHT, "gradient": GRADIENT, "again": RIGHT, "x_after": X}

CRITERIA = {
    "shape": criterion("shape", "shape_matches", title="the shape is right", tensors=("output",)),
    "values": criterion("values", title="the values are right", tensors=("output",), hint="look again"),
    "gradients": criterion("gradients", "gradient_matches", tensors=("gradient",), requires=("values",)),
    "sizes": criterion("sizes", "fact_matches", facts=("parameters",)),
    "pure": criterion("pure", "stays_equal", pairs=(("again", "output"), ("x_after", "x")), cases=("plain",)),
}


def rubric(*ids, **changes):
    chosen = tuple(CRITERIA[i].model_copy(update=changes if i == ids[-1] else {}) for i in ids)
    return builders.rubric(*chosen, title="Toy net", dialects={"sum": "the sum of the pixels"})


def expected(array, dtype="float32"):
    return expected_tensor(array, 1e-6, dtype)


def fixture(names=("plain",), **dialects):
    right = Expected({name: expected(array) for name, array in SHOWN.items()}, {"parameters": SHAPES})
    cases = tuple(FixtureCase(name, {"x": X}, {}, {"reference": right, **dialects}) for name in names)
    return Fixture("colour/toy", cases, 16)


def right_answer(case="plain", **tensors):
    seen = {name: seen_tensor(array) for name, array in SHOWN.items()}
    return Observation(case, tensors=seen | tensors, facts={"parameters": SHAPES}, seconds=0.25)


def verdict(observation, *ids, device="cpu", **changes):
    found = judge_exercise(rubric(*ids, **changes), fixture(), {"plain": observation}, device)
    return found.verdicts[-1]
