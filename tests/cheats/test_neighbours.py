"""One run that starts all the processes it may, or more, leaves the next one room; in each setting."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from settings import SETTINGS, run_once

pytestmark = pytest.mark.linux_sandbox


@pytest.mark.parametrize("setting", SETTINGS, ids=", ".join)
def test_one_run_does_not_starve_another(setting, tmp_path_factory):
    lines = run_once("neighbours.py", *setting, tmp_path_factory)
    assert lines["end"]["status"] == 0, lines["end"]
    seen = lines["neighbours"]
    assert seen["greedy"] == "started 60"
    assert seen["neighbour"] == "started 20", "as many as the other one could start took its room"
    assert "refused" in seen["bomb"] or "started more than 64 processes" in seen["bomb"]
    assert seen["beside the bomb"] == "started 20"
