"""Correct stand-ins that a source was run with are nowhere when the next one runs; in each setting."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from settings import SETTINGS, run_once

pytestmark = pytest.mark.linux_sandbox


@pytest.mark.parametrize("setting", SETTINGS, ids=", ".join)
def test_what_was_stolen_ends_with_its_session(setting, tmp_path_factory):
    lines = run_once("thieves.py", *setting, tmp_path_factory)
    assert lines["end"]["status"] == 0, lines["end"]
    base, before, with_stand_ins, base_again, after = lines["thieves"]["seen"]
    assert (base, before) == (1, 1)
    assert with_stand_ins == 7, "the theft itself is broken"
    assert base_again == 1, "the base exercise was answered with what had been stolen"
    assert after == 1
