"""A wrong solution earns no more by stating right facts, right shapes and equalities than it does without."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from forgeries import FORGERIES
from settings import SETTINGS, run_once

pytestmark = pytest.mark.linux_sandbox


@pytest.fixture
def desk(request, tmp_path_factory):
    return run_once("forging_arena.py", *request.param, tmp_path_factory)


@pytest.mark.parametrize("desk", SETTINGS, indirect=True, ids=", ".join)
@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_what_is_only_said_earns_nothing(desk, forgery):
    assert forgery.name in desk, desk["end"]
    wrong, forged = desk[forgery.name]["wrong"], desk[forgery.name]["forged"]
    assert forged["marked"], "the recorder was not patched: nothing was tried"
    assert not wrong["marked"]
    assert wrong["score"] < wrong["possible"]
    assert set(forged["passed"]) <= set(wrong["passed"]), forged
    assert forged["score"] <= wrong["score"]
    assert forged["ours"] == [], "a forgery must not pass for a fault of the grader, which costs no marks"
