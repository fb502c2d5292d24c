"""Judges by every hostile course module, an honest one after each; a line of JSON for each.

    python course_arena.py TIER UID COURSE

Gives up root first where UID is another user.
"""

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from arena import ENVIRONMENT_SECRET, Judge
from course_attacks import ATTACKS, CourseAttack
from settings import become

from grader.course import answering
from grader.course.folder import Exercise
from grader.course.process import CourseProcess
from grader.course.rules import load_oracle, load_rules
from grader.judge.checks.families import Rubric
from grader.judge.verdicts import judge_exercise
from grader.model.errors import SandboxFault
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Observation, SeenTensor
from grader.sandbox.kernel.processes import descendants

_DRAWN = {"draws": (8, 100), "more": (16, 100)}
RUBRIC = Rubric.model_validate(
    {
        "title": "Odd",
        "entry": "odd",
        "criteria": [
            {"id": "rule", "title": "r", "weight": 1, "check": "claim_holds", "facts": ["number"], "claim": "is_even"},
            {
                "id": "draws",
                "title": "d",
                "weight": 1,
                "check": "draws_follow",
                "tensors": ["draws"],
                "confirmed_by": ["more"],
            },
        ],
    }
)


class Course:
    """An exercise that is judged by a rule and an oracle, and a submission that has both wrong."""

    def __init__(self, tier: str, folder: Path) -> None:
        self.process = CourseProcess((folder,), tier)
        self.exercise = Exercise(
            "toy/odd", RUBRIC, folder / "solutions/toy/odd", folder / "fixtures/toy/odd", self.process
        )
        self.exercise.fixtures.mkdir(parents=True)
        (folder / "rubrics").mkdir(parents=True)
        self.hidden = self.exercise.fixtures / "hidden.safetensors"
        self.hidden.write_text("SECRET of the fixtures")
        tensors = {n: SeenTensor("Tensor", s, "int64", "cpu", np.zeros(s, dtype=np.int64)) for n, s in _DRAWN.items()}
        self.seen = {"plain": Observation("plain", tensors=tensors, facts={"number": 3})}

    def judged(self, claims: str, oracle: str) -> dict[str, list[str]]:
        (self.exercise.fixtures / "claims.py").write_text(claims)
        (self.exercise.fixtures / "oracle.py").write_text(oracle)
        case = FixtureCase("plain", {}, {}, {"reference": Expected({}, {"number": 2}, _DRAWN)})
        rules, asked = load_rules(self.exercise), load_oracle(self.exercise)
        verdicts = judge_exercise(RUBRIC, Fixture("toy/odd", (case,), 16, rules=rules, oracle=asked), self.seen)
        return {v.criterion: [v.status.value, v.message] for v in verdicts.verdicts}

    def forget(self) -> None:
        """End the modules' processes, and leave the sandbox as it is."""
        for known in list(self.process._answering._sessions):
            self.process._answering._end(known)


def _settled(wanted: int) -> int:
    """How many processes we have below us, once they are no more than `wanted` or a second has passed."""
    deadline = time.monotonic() + 1
    while (count := len(descendants([os.getpid()]))) > wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    return count


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def main() -> None:
    tier, uid = sys.argv[1], int(sys.argv[2])
    become(uid)
    os.environ["JUDGE_SECRET"] = ENVIRONMENT_SECRET
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    course, judge, honest = Course(tier, folder), Judge(), CourseAttack("honest", "", "").module("")
    honest = honest.replace('"TRIED nothing"', '"the number is odd"')
    try:
        print(json.dumps({"name": "honest", "verdicts": course.judged(honest, honest)}), flush=True)
    except SandboxFault as fault:
        print(json.dumps({"unsupported": str(fault)}), flush=True)
        return
    launcher = course.process._answering._sandbox._process.pid
    place = f"{judge.place(launcher)}\nCOURSE = {str(folder)!r}\nFIXTURES = {str(course.hidden)!r}\n"
    course.forget()
    processes, before, files = _settled(0), _open_descriptors(), judge.state()
    for attack in ATTACKS:
        started, judge.reached[:] = time.monotonic(), []
        module = attack.module(place)
        texts = (module, honest) if attack.kind == "claims" else (honest, module)
        answering.LIMIT_S = attack.limit_s
        seen = course.judged(*texts)
        answering.LIMIT_S = 20.0
        after = course.judged(honest, honest)
        course.forget()
        line = {
            "name": attack.name,
            "verdicts": seen,
            "after": after,
            "reached": judge.reached,
            "changed": judge.state() != files or course.hidden.read_text() != "SECRET of the fixtures",
            "new_files": [str(path) for path in folder.rglob("new*")],
            "descriptors": _open_descriptors() - before,
            "running": _settled(processes) - processes,
            "seconds": time.monotonic() - started,
        }
        print(json.dumps(line), flush=True)
    course.process.close()
    judge.close()
    line = {
        "name": "afterwards",
        "running": sorted(descendants([os.getpid()]) - {os.getpid()}),
        "left": [path.name for path in Path(tempfile.gettempdir()).iterdir() if path != folder],
        "peak_mb": int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) >> 10,
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
