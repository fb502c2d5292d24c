"""The bundle that students get: the handout, the public cases, and a test file for `pytest`; nothing else.

Exercises' rubrics go along, since a check needs their criteria, and what parts of the assignment have how many marks;
how a person marks does not.
"""

import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import tomlkit

from grader.authoring.handout.handout import handout_data, render_handout
from grader.course.finding import RELEASED
from grader.course.fixtures import fixture_path, read_fixture, read_manifest
from grader.course.folder import Course, Exercise
from grader.grading.pytest_items import TEST_FILE
from grader.messages.requests import STAND_INS
from grader.model.assignment import AssignmentRubric
from grader.model.errors import OutputError

MARKED_LATER = "Marked after the hand-in."
TEST_NAME = "test_my_work.py"
_A_DAY_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same bytes in every build


def write_release(course: Course, assignment: str, path: Path) -> tuple[str, ...]:
    """Write the assignment's bundle as a zip with one folder in it; returns the names of its files.

    Raises CourseError where the course is wrong, OutputError where the file cannot be written.
    """
    files = dict(sorted(_files(course, assignment)))
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(f"{assignment}/{name}", _A_DAY_LONG_AGO), content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        fix = "name a file in a folder that exists"
        raise OutputError(f"{path}: cannot be written ({error.strerror}); {fix}") from None
    return tuple(files)


def _files(course: Course, assignment: str) -> Iterator[tuple[str, bytes]]:
    for name, text in render_handout(course, assignment).items():
        yield name, text.encode()
    for name, path in handout_data(course, assignment).items():
        yield name, path.read_bytes()
    yield TEST_NAME, TEST_FILE.encode()
    rubric = course.assignment(assignment)
    released = [id_ for id_ in rubric.exercises if course.exercise(id_).rubric.released]
    for id_ in released:
        yield from _public(course.root, course.exercise(id_))
    yield f"{RELEASED}/rubrics/{assignment}.toml", _marks(rubric, released).encode()


def _marks(rubric: AssignmentRubric, released: Collection[str]) -> str:
    """Parts, their marks and exercises. What is not released, and what a person marks, is marked after the hand-in."""
    parts = []
    for part in rubric.parts:
        items = tuple(item for item in part.items if item.exercise in released)
        shown = part.model_copy(update={"items": items, "guide": ""})
        parts.append(shown.model_copy(update={"guide": MARKED_LATER if shown.person_marks else ""}))
    kept = AssignmentRubric(title=rubric.title, marks=rubric.marks, parts=tuple(parts))
    return tomlkit.dumps(kept.model_dump(mode="json", exclude_defaults=True))


def _public(root: Path, exercise: Exercise) -> Iterator[tuple[str, bytes]]:
    """What a check of this exercise needs: criteria, probe, public cases, and files that the code opens."""
    read_fixture(exercise, "public")  # nothing is released that cannot be read
    public = fixture_path(exercise, "public")
    files = [root / "rubrics" / f"{exercise.id}.toml", public, *_judged_by(exercise), *exercise.data.values()]
    for path in files:
        yield f"{RELEASED}/{path.relative_to(root).as_posix()}", path.read_bytes()
    yield f"{RELEASED}/fixtures/{exercise.id}/manifest.toml", _public_manifest(exercise).encode()


def _judged_by(exercise: Exercise) -> list[Path]:
    """The course's own code that a check runs: the probe with what its topic shares, and what judges draws or answers.

    Correct stand-ins stay at home: they are solutions of other exercises.
    """
    code = (path for path in exercise.code.values() if path.name != STAND_INS)
    return [*code, *filter(None, (exercise.oracle, exercise.claims))]


def _public_manifest(exercise: Exercise) -> str:
    """What reading the public cases needs of the manifest: nothing of the hidden set, no names of known mistakes."""
    manifest = read_manifest(exercise)
    judged_by = map(exercise.shown, _judged_by(exercise))
    kept = {key: manifest[key] for key in ("torch", "tolerance_factor")}
    sources = {shown: manifest["sources"][shown] for shown in judged_by}
    return tomlkit.dumps({**kept, "sets": {"public": manifest["sets"]["public"]}, "sources": sources})
