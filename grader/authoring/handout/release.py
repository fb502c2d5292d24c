"""The bundle that students get: the handout, the public cases, what checks with them, and a test file for `pytest`.

Exercises' rubrics go along, since a check needs their criteria, and what parts of the assignment have how many marks;
how a person marks does not. Nor does what solves anything: stand-ins, what draws the cases, and oracles, of which a
record of how draws begin goes along. What is bundled all the same is found by leaks.py, and nothing is written.
"""

import ast
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import tomlkit

from grader.authoring.handout.handout import handout_data, render_handout
from grader.authoring.handout.leaks import leaks
from grader.authoring.handout.observing import observing_code
from grader.authoring.handout.wheel import build_wheel, zipped
from grader.course.finding import RELEASED
from grader.course.fixtures import read_fixture, read_manifest, stored
from grader.course.folder import Course, Exercise
from grader.course.recorded_oracle import Facts, record_oracle
from grader.grading.pytest_items import TEST_FILE
from grader.model.assignment import AssignmentRubric
from grader.model.errors import CourseError, OutputError

MARKED_LATER = "Marked after the hand-in."
TEST_NAME = "test_my_work.py"


def write_release(course: Course, assignment: str, path: Path) -> tuple[str, ...]:
    """Write the assignment's bundle as a zip with one folder in it; returns the names of its files.

    Raises CourseError where the course is wrong, or with a line for each answer that the bundle would give away;
    OutputError where the file cannot be written.
    """
    files = bundle(course, assignment)
    if found := leaks(course, assignment, files):
        raise CourseError("\n".join(found))
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.write_bytes(zipped({f"{assignment}/{name}": content for name, content in files.items()}))
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that exists"
        ) from None
    return tuple(files)


def given_away(course: Course, assignment: str) -> list[str]:
    """Each answer that the assignment's release would give away, one line each. Raises CourseError."""
    return leaks(course, assignment, bundle(course, assignment))


def bundle(course: Course, assignment: str) -> dict[str, bytes]:
    """All that is in a release, by its path there. Raises CourseError."""
    return dict(sorted(_files(course, assignment)))


def _files(course: Course, assignment: str) -> Iterator[tuple[str, bytes]]:
    for name, text in render_handout(course, assignment).items():
        yield name, text.encode()
    for name, path in handout_data(course, assignment).items():
        yield name, path.read_bytes()
    yield TEST_NAME, TEST_FILE.encode()
    yield build_wheel()
    released = [course.exercise(id_) for id_ in course.assignment(assignment).exercises]
    released = [exercise for exercise in released if exercise.rubric.released]
    code = {path: text.encode() for path, text in observing_code(released).items()}
    yield from ((f"{RELEASED}/fixtures/{path}", text) for path, text in code.items())
    for exercise in released:
        yield from ((f"{RELEASED}/{name}", content) for name, content in _public(course.root, exercise, code))
    marks = _marks(course.assignment(assignment), {exercise.id for exercise in released})
    yield f"{RELEASED}/rubrics/{assignment}.toml", marks.encode()


def _marks(rubric: AssignmentRubric, released: Collection[str]) -> str:
    """Parts, their marks and exercises. What is not released, and what a person marks, is marked after the hand-in."""
    parts = []
    for part in rubric.parts:
        items = [item for item in part.items if item.exercise in released]
        shown = part.model_copy(update={"items": tuple(items), "guide": ""})
        parts.append(shown.model_copy(update={"guide": MARKED_LATER if shown.person_marks else ""}))
    kept = AssignmentRubric(title=rubric.title, marks=rubric.marks, parts=tuple(parts))
    return tomlkit.dumps(kept.model_dump(mode="json", exclude_defaults=True))


def _public(root: Path, exercise: Exercise, code: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """What a check of this exercise needs beside its `code`: criteria, public cases, and files that the code opens."""
    for path in (root / "rubrics" / f"{exercise.id}.toml", *exercise.data.values()):
        yield path.relative_to(root).as_posix(), path.read_bytes()
    public = _public_cases(exercise)
    yield f"fixtures/{exercise.id}/public.safetensors", public
    judged_by = {exercise.shown(path): code.get(name) for name, path in exercise.code.items()}
    if exercise.claims is not None:
        judged_by[exercise.shown(exercise.claims)] = exercise.claims.read_bytes()
        yield exercise.shown(exercise.claims), exercise.claims.read_bytes()
    digests = {shown: _digest(text) for shown, text in judged_by.items() if text is not None}
    yield f"fixtures/{exercise.id}/manifest.toml", _public_manifest(exercise, _digest(public), digests).encode()


def _public_cases(exercise: Exercise) -> bytes:
    """The public set, with what its oracle gives where one is needed: as data, which nobody can hand in."""
    fixture = read_fixture(exercise, "public")
    if fixture.oracle is None or exercise.oracle is None:
        return stored(fixture)
    recorded = record_oracle(fixture.oracle, fixture.cases, _facts_that_matter(exercise.oracle))
    return stored(replace(fixture, oracle=recorded))


def _facts_that_matter(oracle: Path) -> tuple[Facts, ...]:
    """FACTS of an oracle, a literal; where it has none, what a process claims makes no difference to it."""
    for node in ast.parse(oracle.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FACTS":
            found: tuple[Facts, ...] = ast.literal_eval(node.value)
            return found
    return ({},)


def _public_manifest(exercise: Exercise, public: str, sources: Mapping[str, str]) -> str:
    """What reading the public cases needs of the manifest: nothing of the hidden set, no names of known mistakes."""
    manifest = read_manifest(exercise)
    return tomlkit.dumps(
        {
            "torch": manifest["torch"],
            "tolerance_factor": manifest["tolerance_factor"],
            "sets": {"public": {**manifest["sets"]["public"], "sha256": public}},
            "sources": dict(sources),
        }
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
