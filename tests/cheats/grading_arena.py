"""Grades every fraud with the repository's own course, an honest submission after each; a line of JSON for each.

    python grading_arena.py TIER UID

Gives up root first where UID is another user.
"""

import io
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from frauds import FRAUDS, WRONG
from settings import become

from grader.course.folder import open_course
from grader.grading.line import Grading
from grader.model.errors import SandboxFault
from grader.model.report import Status
from grader.report.as_json import to_json
from grader.report.layout import Screen
from grader.report.terminal import print_report
from grader.sandbox.kernel.processes import descendants

EXERCISE = "colour/my_conv2d"
ASSIGNMENT = "cs5370-a4"
TIMEOUT_S = 4.0  # for the exercise's cases together


class Desk:
    """Grades submissions one after another and says what was seen of each."""

    def __init__(self, tier: str, course: Path) -> None:
        options = {"isolation": tier, "device": "cpu", "timeout_s": TIMEOUT_S}
        self.grading = Grading(open_course(course), only=frozenset({EXERCISE}), assignment=ASSIGNMENT, **options)
        self.folder = Path(tempfile.mkdtemp(prefix="handed-in-"))
        self.number = 0

    def grade(self, text: str) -> dict[str, object]:
        self.number += 1
        path = self.folder / f"submission{self.number}" / "colourization.py"
        path.parent.mkdir()
        path.write_text(text)
        report = self.grading.grade(path.parent)
        screen = io.StringIO()
        print_report(report, Screen(screen, 120), full=True)
        return {
            "score": report.score,
            "passed": [c.id for part in report.parts for c in part.criteria if c.status is Status.PASSED],
            "ours": [c.id for part in report.parts for c in part.criteria if c.status is Status.GRADER_ERROR],
            "messages": [c.message for part in report.parts for c in part.criteria if c.exercise == EXERCISE],
            "notes": report.notes,
            "controls_terminal": "\x1b" in screen.getvalue(),
            "json_bytes": len(to_json(report).encode()),
        }

    def close(self) -> None:
        shutil.rmtree(self.folder)


def _settled(wanted: int) -> int:
    """How many processes we have below us, once they are no more than `wanted` or two seconds have passed."""
    deadline = time.monotonic() + 2
    while (count := len(descendants([os.getpid()]))) > wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    return count


def main() -> None:
    first_uid, uid = os.getuid(), int(sys.argv[2])
    become(uid)
    course = Path(sys.argv[3])
    desk = Desk(sys.argv[1], course)
    reference = (course / "solutions" / EXERCISE / "reference.py").read_text()
    try:
        with desk.grading:
            desk.grade(reference)
            print(json.dumps({"name": "reference", **desk.grade(reference)}), flush=True)
            processes = _settled(0)
            for fraud in (WRONG, *(f for f in FRAUDS if f.reaches_out or uid == first_uid)):
                started = time.monotonic()
                seen = desk.grade(fraud.text)
                seconds = time.monotonic() - started
                after = desk.grade(reference)["score"]
                remaining = _settled(processes) - processes
                line = {"name": fraud.name, **seen, "after": after, "remaining": remaining, "seconds": seconds}
                print(json.dumps(line), flush=True)
    except SandboxFault as fault:
        print(json.dumps({"unsupported": str(fault)}), flush=True)
    desk.close()
    left = [str(path) for path in Path(tempfile.gettempdir()).iterdir()]
    print(json.dumps({"name": "afterwards", "left": left}), flush=True)


if __name__ == "__main__":
    main()
