"""Which courses this user has used, by their digests: one that a submission or a download brought along is new."""

import os
from contextlib import suppress
from pathlib import Path

from grader.course.fixtures import course_digest
from grader.course.folder import Course

MOST_REMEMBERED = 500


def is_new(course: Course) -> bool:
    """Whether the course, as its files are now, was never used; it is remembered, where that is possible."""
    digest, known = course_digest(course), list[str]()
    with suppress(OSError, ValueError, RuntimeError):  # no home, no such file: then every course is new
        file = _remembered()
        with suppress(FileNotFoundError):
            known = file.read_text(encoding="utf-8").split()
        if digest not in known:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write_text("\n".join([*known[1 - MOST_REMEMBERED :], digest, ""]), encoding="utf-8")
    return digest not in known


def _remembered() -> Path:
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    state = named if named.is_absolute() else Path.home() / ".local" / "state"
    return state / "grader" / "courses"
