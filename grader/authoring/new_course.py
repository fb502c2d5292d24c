"""A new course folder with one exercise that works, to be changed into one's own."""

import shutil
from pathlib import Path

from grader.authoring.handout.handout import build_handout
from grader.authoring.record.fixtures import build_fixtures
from grader.course.folder import Course, open_course
from grader.model.errors import UsageError

EXAMPLE = "example"  # beside this module, where the package is installed
_SOURCES = ("solutions/**/*.py", "rubrics/**/*.toml", "fixtures/**/probe.py")


def new_course(folder: Path) -> Course:
    """Write the example course into `folder`, which is made, with fixtures and handout recorded on this machine.

    Raises UsageError where something is there already, or nothing can be written.
    """
    require_new_folder(folder)
    example = _example()
    try:
        for path in (path for pattern in _SOURCES for path in sorted(example.glob(pattern))):
            target = folder / path.relative_to(example)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}); name another folder") from None
    course = open_course(folder)
    build_fixtures(course)
    for assignment in course.assignments:
        build_handout(course, assignment)
    return course


def require_new_folder(folder: Path) -> None:
    """Raises UsageError where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is not empty; name a folder that does not exist yet")


def _example() -> Path:
    """The installed package's copy of the example; in a source checkout the tests' own. Raises UsageError."""
    here = Path(__file__).resolve().parent
    for place in (here / EXAMPLE, here.parents[1] / "tests" / "toy_course"):
        if place.is_dir():
            return place
    raise UsageError("this copy of grader came with a release and has no example; install grader itself to begin one")
