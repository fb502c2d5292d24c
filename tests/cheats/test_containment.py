"""Every attack, in both isolation tiers, as root and as an ordinary user: none reaches the judge or what follows."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from catalogue import ATTACKS
from settings import SETTINGS, run_once

pytestmark = pytest.mark.linux_sandbox


@pytest.fixture(scope="session", params=SETTINGS, ids=", ".join)
def arena(request, tmp_path_factory):
    return run_once("arena.py", *request.param, tmp_path_factory)


@pytest.mark.parametrize("attack", [attack.name for attack in ATTACKS])
def test_attack_is_contained(arena, attack):
    assert attack in arena, f"the judge did not live to see it: {arena['end']}"
    seen = arena[attack]
    assert not seen["problem"], (
        f"{seen['problem']}\nended: {seen['ended']!r}\noutput: {seen['output']!r}\n{seen['log']}"
    )


def test_nothing_remains_when_the_sandbox_is_closed(arena):
    assert arena["end"]["status"] == 0, arena["end"]
    assert arena["afterwards"]["left"] == []
    assert arena["afterwards"]["running"] == []
    assert arena["end"]["errors"] == ""
