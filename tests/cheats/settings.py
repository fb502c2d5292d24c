"""The settings that attacks run in: each isolation tier, as root and as an ordinary user."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from grader.course.finding import MARKS_A_COURSE

HERE = Path(__file__).parent
ORDINARY_UID = 62_929  # any number that no account uses
USERS = ("root", "ordinary user") if os.getuid() == 0 else ("ordinary user",)
SETTINGS = [(tier, user) for tier in ("namespaces", "landlock") for user in USERS]
LIMIT_S = 180


def run_once(script: str, tier: str, user: str, factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a script of this folder printed in one setting, a line of JSON for each attack, by the attack's name.

    Run once, whichever worker process asks first. Skips where the setting does not hold on this machine, and
    fails instead where GRADE_REQUIRE_TIERS=1 says that it must.
    """
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    kept = folder / f"{script}-{tier}-{user.replace(' ', '-')}.jsonl"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(_run(script, tier, user))
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    if "unsupported" in lines[0]:
        assert os.environ.get("GRADE_REQUIRE_TIERS") != "1", lines[0]["unsupported"]
        pytest.skip(f"{tier} as {user}: {lines[0]['unsupported']}")
    return {line["name"]: line for line in lines}


def _run(script: str, tier: str, user: str) -> str:
    uid = os.getuid() if user == "root" or os.getuid() != 0 else ORDINARY_UID
    scratch = Path(tempfile.mkdtemp(prefix="arena-"))
    course = _copy_of_the_course()  # an ordinary user may not be able to reach this checkout
    try:
        scratch.chmod(0o755)
        if uid != os.getuid():
            os.chown(scratch, uid, uid)
        command = [sys.executable, str(HERE / script), tier, str(uid), str(course)]
        environment = {**os.environ, "TMPDIR": str(scratch), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=LIMIT_S)
    finally:
        shutil.rmtree(scratch)
        shutil.rmtree(course)
    end = {"name": "end", "status": done.returncode, "errors": done.stderr[-3000:]}
    return done.stdout + json.dumps(end) + "\n"


def _copy_of_the_course() -> Path:
    copy = Path(tempfile.mkdtemp(prefix="course-"))
    for name in MARKS_A_COURSE:
        shutil.copytree(HERE.parents[1] / name, copy / name)
    copy.chmod(0o755)
    return copy


def become(uid: int) -> None:
    """Give up root for good, where `uid` is somebody else."""
    if os.getuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
