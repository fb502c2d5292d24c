"""Which assignment a submission is for, by the first sign that tells: metadata, archive name, files, names."""

import re
from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from grader.course.folder import Course
from grader.model.errors import UsageError
from grader.model.submission import Workspace


def find_assignment(course: Course, workspace: Workspace) -> str:
    """The assignment's id.

    Each sign narrows the candidates of the sign before it, until one is left. Raises UsageError that lists the
    candidates where several are left, or where no sign was found.
    """
    known = list(course.assignments)
    if workspace.assignment is not None:
        return _named_in_metadata(course, workspace)
    if len(known) == 1:
        return known[0]
    left: list[str] = []
    for sign in (_by_archive_name, _by_files, _by_defined_names):
        left = sign(course, workspace, left or known) or left
        if len(left) == 1:
            return left[0]
    if left:
        listed = ", ".join(left)
        raise UsageError(f"{workspace.name}: fits several assignments; name one with --assignment: {listed}")
    listed = ", ".join(known) or "none"
    raise UsageError(
        f"{workspace.name}: nothing in it tells the assignment; name it with --assignment (known: {listed})"
    )


def _named_in_metadata(course: Course, workspace: Workspace) -> str:
    named = workspace.assignment or ""
    if named not in course.assignments:
        listed = ", ".join(course.assignments) or "none"
        raise UsageError(
            f"{workspace.name}: its notebook says assignment {named!r}, which this course has not; "
            f"name one with --assignment (known: {listed})"
        )
    return named


def _by_archive_name(course: Course, workspace: Workspace, candidates: Collection[str]) -> list[str]:
    def named(id_: str) -> bool:
        return any(re.search(pattern, workspace.name) for pattern in course.assignments[id_].archives)

    return [id_ for id_ in candidates if named(id_)]


def _by_files(course: Course, workspace: Workspace, candidates: Collection[str]) -> list[str]:
    paths = [source.path for source in workspace.sources]

    def holds(id_: str) -> bool:
        return any(path_fits(path, pattern) for pattern in course.assignments[id_].files for path in paths)

    return [id_ for id_ in candidates if holds(id_)]


def _by_defined_names(course: Course, workspace: Workspace, candidates: Collection[str]) -> list[str]:
    """The candidates of which most exercises are defined; several where they tie."""
    defined = frozenset[str]().union(*(source.names for source in workspace.sources))
    counts = {id_: _exercises_defined(course, id_, defined.__contains__) for id_ in candidates}
    most = max(counts.values(), default=0)
    return [id_ for id_, count in counts.items() if most and count == most]


def _exercises_defined(course: Course, assignment: str, is_defined: Callable[[str], bool]) -> int:
    rubrics = (course.exercises[id_].rubric for id_ in course.assignments[assignment].exercises)
    return sum(any(is_defined(name) for name in (rubric.entry, *rubric.aliases)) for rubric in rubrics)


def path_fits(path: str, pattern: str) -> bool:
    """Whether a submitted file has this name; `losses/iou.py` fits at the end of a longer path. Case is ignored."""
    steps = PurePosixPath(path.lower()).parts
    wanted = PurePosixPath(pattern.lower()).parts
    ending = steps[-len(wanted) :]
    return len(ending) == len(wanted) and all(map(fnmatchcase, ending, wanted))
