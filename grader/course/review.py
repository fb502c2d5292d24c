"""What is wrong with a course's rubrics, beyond what reading them refuses: one line a finding."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from grader.course.fixtures import SETS, read_fixture
from grader.course.folder import Course
from grader.model.assignment import AssignmentRubric
from grader.model.errors import CourseError


def review_rubrics(course: Course, ids: list[str]) -> tuple[str, ...]:
    """Findings about these assignments and exercises, told apart by the / in an exercise's id."""
    findings: list[str] = []
    for id_ in ids:
        try:
            review = _review_exercise if "/" in id_ else _review_assignment
            findings += [f"rubrics/{id_}.toml: {finding}" for finding in review(course, id_)]
        except CourseError as error:
            findings.append(str(error))
    return tuple(dict.fromkeys(findings))


def _review_exercise(course: Course, id_: str) -> Iterator[str]:
    exercise, rubric = course.exercise(id_), course.exercise(id_).rubric
    for other in (other for other in rubric.builds_on if other not in course.exercises):
        yield f"builds_on: no exercise {other!r}; name one of {', '.join(course.exercises)}"
    _ = exercise.data  # raises CourseError where a file is missing, as the next line does for a module
    exercise.require_modules()
    for which in SETS:
        fixture = read_fixture(exercise, which)
        recorded = [case.name for case in fixture.cases]
        for criterion, case in ((c, case) for c in rubric.criteria for case in c.cases if case not in recorded):
            yield f"criterion {criterion.id!r}: no {which} case {case!r}; recorded are {', '.join(recorded)}"
        dialects = {dialect for case in fixture.cases for dialect in case.dialects}
        for dialect in (dialect for dialect in rubric.dialects if dialect not in dialects):
            yield f"dialects: {dialect!r} is not recorded; recorded are {', '.join(sorted(dialects))}"


def _review_assignment(course: Course, id_: str) -> Iterator[str]:
    rubric = course.assignment(id_)
    for part in rubric.parts:
        for item in part.items:
            known = course.exercise(item.exercise).rubric.dialects
            if item.dialect is not None and not any(fnmatchcase(dialect, item.dialect) for dialect in known):
                yield f"part {part.id!r}: {item.exercise} has no dialect {item.dialect!r}; it has {', '.join(known)}"
    yield from (
        f"original: {name}: no such file or folder in the course"
        for name in rubric.original
        if not (course.root / name).exists()
    )
    yield from _review_sections(rubric)
    yield from _review_handout(course, rubric)


def _review_sections(rubric: AssignmentRubric) -> Iterator[str]:
    for section in rubric.sections:
        if not any(section.holds(part) for part in rubric.parts):
            yield f"section {section.id!r}: holds no part; a part's id begins with the section's"
    for part in rubric.parts:
        if rubric.sections and not part.bonus and not any(section.holds(part) for section in rubric.sections):
            yield f"part {part.id!r}: lies in no section; begin its id with a section's"


def _review_handout(course: Course, rubric: AssignmentRubric) -> Iterator[str]:
    to_write = {id_ for file in rubric.handout for id_ in file.to_write}
    given = {id_ for file in rubric.handout for id_ in file.given}
    written = {course.exercise(id_).rubric.entry for id_ in to_write}
    for id_ in rubric.exercises:
        if id_ in given:
            yield f"handout: gives the solution of {id_}, which has marks; take it out of `given`"
        elif rubric.handout and id_ not in to_write:
            asked = course.exercise(id_).rubric
            if asked.released or asked.entry not in written:  # else it is hidden, about code that another hands out
                yield f"handout: no file has {id_}, which has marks; add it to one"
