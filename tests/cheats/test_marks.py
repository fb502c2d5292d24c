"""A wrong solution with an attack on its marks earns no more than without, and the next one is graded as ever."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from frauds import FRAUDS, WRONG
from settings import SETTINGS, run_once

pytestmark = pytest.mark.linux_sandbox

# As root every fraud; for an ordinary user those that reach beyond their own process.
STARTED_AS = "root" if os.getuid() == 0 else "ordinary user"
LONGEST_S = 20  # the arena gives 4 s for an exercise, and twice that for a submission; tests share their processors
TRIALS = [
    (tier, user, fraud.name) for tier, user in SETTINGS for fraud in FRAUDS if fraud.reaches_out or user == STARTED_AS
]


@pytest.fixture
def desk(request, tmp_path_factory):
    return run_once("grading_arena.py", *request.param, tmp_path_factory)


@pytest.mark.parametrize(("desk", "fraud"), [((t, u), f) for t, u, f in TRIALS], indirect=["desk"], ids=str)
def test_fraud_earns_nothing(desk, fraud):
    assert fraud in desk, f"the judge did not live to see it: {desk['end']}"
    seen, wrong = desk[fraud], desk[WRONG.name]
    assert not any(", in arm" in message for message in seen["messages"]), (
        "the fraud itself is broken: it tried nothing"
    )
    assert set(seen["passed"]) <= set(wrong["passed"]), seen
    assert seen["score"] <= wrong["score"], seen
    assert seen["ours"] == [], "a fraud must not pass for a fault of the grader, which costs no marks"
    assert not seen["controls_terminal"], seen
    assert seen["remaining"] <= 0, "processes of the submission are still running"
    assert seen["seconds"] < LONGEST_S, "a submission's time is limited, that of loading too"
    assert seen["after"] == desk["reference"]["score"], "the next submission was graded differently"


@pytest.mark.parametrize("desk", SETTINGS, indirect=True, ids=", ".join)
def test_the_wrong_solution_earns_some_marks_and_the_reference_all(desk):
    assert 0 < desk[WRONG.name]["score"] < desk["reference"]["score"]
    assert "values" not in desk[WRONG.name]["passed"]
    assert "values" in desk["reference"]["passed"]


@pytest.mark.parametrize("desk", SETTINGS, indirect=True, ids=", ".join)
def test_nothing_remains(desk):
    assert desk["end"]["status"] == 0, desk["end"]
    assert desk["afterwards"]["left"] == []
