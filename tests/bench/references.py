"""The course's references, loaded as the recording of fixtures loads them."""

from typing import Any

from grader.authoring.record.recording import load_dialects, load_solution
from grader.course.folder import Course, find_course
from grader.grading.in_process import load_probe
from tests.places import ROOT


def course() -> Course:
    return find_course(ROOT, ROOT)


def reference(exercise: str) -> Any:
    """The function or class that the exercise asks for; raises CourseError where there is no such exercise."""
    found = course().exercise(exercise)
    return load_solution(load_probe(found), found.reference).entry


def dialect(exercise: str, name: str) -> Any:
    """Another right answer of the exercise; raises CourseError where there is no such exercise."""
    return load_dialects(load_probe(course().exercise(exercise)))[name]
