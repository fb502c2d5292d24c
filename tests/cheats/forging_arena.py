"""Grades every forgery, and the same wrong solution without it; a line of JSON for each.

    python forging_arena.py TIER UID COURSE

Gives up root first where UID is another user.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from forgeries import FORGERIES, Forgery
from settings import become

from grader.course.folder import open_course
from grader.grading.line import Grading
from grader.model.errors import SandboxFault
from grader.model.report import Status


def graded(grading: Grading, exercise: str, text: str) -> dict[str, object]:
    """What the exercise's criteria came to, and whether every observation carries the forger's mark."""
    with tempfile.TemporaryDirectory(prefix="handed-in-") as folder:
        path = Path(folder) / "work" / "handed_in.py"
        path.parent.mkdir()
        path.write_text(text)
        run, report = grading.observe_and_judge(path.parent)
    seen = [o for attempt in run.attempts if attempt.exercise == exercise for o in attempt.observations.values()]
    criteria = [c for part in report.parts for c in part.criteria if c.exercise == exercise]
    return {
        "score": sum(c.earned for c in criteria),
        "possible": sum(c.possible for c in criteria),
        "passed": [c.id for c in criteria if c.status is Status.PASSED],
        "ours": [c.id for c in criteria if c.status in (Status.GRADER_ERROR, Status.NEEDS_PERSON)],
        "messages": [c.message for c in criteria],
        "marked": bool(seen) and all(o.facts.get("forged") is True for o in seen),
    }


def tried(course: Path, tier: str, assignment: str, forgeries: list[Forgery]) -> None:
    only = frozenset(forgery.exercise for forgery in forgeries)
    with Grading(open_course(course), isolation=tier, device="cpu", only=only, assignment=assignment) as grading:
        for forgery in forgeries:
            wrong = graded(grading, forgery.exercise, forgery.wrong(course))
            forged = graded(grading, forgery.exercise, forgery.forged(course))
            print(json.dumps({"name": forgery.name, "wrong": wrong, "forged": forged}), flush=True)


def main() -> None:
    tier, uid, course = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    become(uid)
    try:
        for assignment in dict.fromkeys(forgery.assignment for forgery in FORGERIES):
            tried(course, tier, assignment, [f for f in FORGERIES if f.assignment == assignment])
    except SandboxFault as fault:
        print(json.dumps({"unsupported": str(fault)}), flush=True)


if __name__ == "__main__":
    main()
