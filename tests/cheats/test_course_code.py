"""A hostile course's code, in both isolation tiers, as root and as an ordinary user: it reaches nothing of the judge's,
and what it answers wrongly costs and earns nothing."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from course_attacks import ATTACKS
from settings import SETTINGS, run_once

pytestmark = pytest.mark.linux_sandbox
HONEST = {"rule": "the number is odd", "draws": "a was drawn 100 times, expected about 50 ± 5, in 100 draws"}
MOST_MB = 200  # that the judge may hold at most, whatever it is told


@pytest.fixture(scope="session", params=SETTINGS, ids=", ".join)
def arena(request, tmp_path_factory):
    return run_once("course_arena.py", *request.param, tmp_path_factory)


def require_honest(verdicts, *criteria):
    for criterion in criteria:
        status, message = verdicts[criterion]
        assert status == "failed", verdicts
        assert message.startswith(HONEST[criterion])


def test_an_honest_course_judges(arena):
    require_honest(arena["honest"]["verdicts"], "rule", "draws")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_is_contained(arena, attack):
    assert attack.name in arena, f"the judge did not live to see it: {arena['end']}"
    seen = arena[attack.name]
    own, other = ("rule", "draws") if attack.kind == "claims" else ("draws", "rule")
    status, message = seen["verdicts"][own]
    # one that starts too much ends before it can tell, where processes are counted by who started them
    assert attack.told in message or "the process was killed: it" in message
    assert "BREACH" not in message
    assert status in ("failed", "grader_error")
    assert status == "grader_error" or message.startswith(("TRIED", "xxx"))
    assert all(character.isprintable() for character in message)
    assert len(message) <= 1100
    require_honest(seen["verdicts"], other)
    require_honest(seen["after"], "rule", "draws")
    assert seen["reached"] == []
    assert not seen["changed"]
    assert seen["new_files"] == []
    assert seen["running"] <= 0, "processes of the course are still running"
    assert seen["descriptors"] <= 0


def test_nobody_earns_anything_by_them(arena):
    table = {a.name: sum(v[0] == "passed" for v in arena[a.name]["verdicts"].values()) for a in ATTACKS}
    assert table == {attack.name: 0 for attack in ATTACKS}


def test_nothing_remains(arena):
    assert arena["end"] == {"name": "end", "status": 0, "errors": ""}
    assert arena["afterwards"]["running"] == []
    assert arena["afterwards"]["left"] == []
    assert arena["afterwards"]["peak_mb"] <= MOST_MB
