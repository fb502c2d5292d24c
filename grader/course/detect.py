"""Which assignment a submission is for, by the first sign that tells: metadata, archive, folders, files, names.

Assignments of one course share exercises and file names. Where the signs leave several, the person who grades decides.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from grader.course.folder import Course
from grader.model.assignment import AssignmentRubric
from grader.model.errors import UsageError
from grader.model.submission import Workspace


def find_assignment(course: Course, workspace: Workspace) -> str:
    """The assignment's id.

    Each sign narrows the candidates of the signs before it, until one is left; a sign that speaks for others than
    these leaves both to choose from. Raises UsageError that lists the candidates where several are left, or where no
    sign was found.
    """
    known = list(course.assignments)
    listed = f"(known: {', '.join(known) or 'none'})"
    if (named := workspace.assignment) is not None:
        if named not in known:
            what = f"its notebook says assignment {named!r}, which this course has not; name one with --assignment"
            raise UsageError(f"{workspace.name}: {what} {listed}")
        return named
    if len(known) == 1:
        return known[0]
    left: list[str] = []
    for sign in (_by_archive_name, _by_folders, _by_files, _by_defined_names):
        told = sign(course, workspace)
        agreed = [id_ for id_ in left or told if id_ in (told or left)]
        left = agreed or [id_ for id_ in known if id_ in (*left, *told)]
        if len(agreed) == 1:
            return agreed[0]
    why = "nothing in it tells the assignment; name it with --assignment " + listed
    if left:
        why = f"fits several assignments; name one with --assignment: {', '.join(left)}"
    raise UsageError(f"{workspace.name}: {why}")


def doubts(course: Course, workspace: Workspace, assignment: str) -> tuple[str, ...]:
    """A note for the report where a notebook's metadata, which a student can change, says other than a sign besides."""
    if workspace.assignment != assignment:
        return ()
    for what, sign in (("archive's name", _by_archive_name), ("folders' names", _by_folders), ("files", _by_files)):
        told = sign(course, workspace)
        if told and assignment not in told:
            other = " or ".join(told)
            return (f"graded as {assignment}, as its notebook's metadata says; its {what} speak for {other}",)
    return ()


def _by_archive_name(course: Course, workspace: Workspace) -> list[str]:
    return _named(course, {workspace.name})


def _by_folders(course: Course, workspace: Workspace) -> list[str]:
    """A renamed archive often holds a folder with its first name."""
    inside = {step for path in workspace.paths for step in PurePosixPath(path).parts[:-1]}
    return _named(course, {*workspace.folders, *inside})


def _named(course: Course, names: Collection[str]) -> list[str]:
    known = course.assignments.items()
    return [id_ for id_, rubric in known if any(re.search(p, name) for p in rubric.archives for name in names)]


def _by_files(course: Course, workspace: Workspace) -> list[str]:
    """The assignments of which most files are there, by their patterns; several where they tie."""

    def found(patterns: Sequence[str]) -> int:
        return sum(any(path_fits(path, pattern) for path in workspace.paths) for pattern in patterns)

    return _with_most({id_: found(rubric.files) for id_, rubric in course.assignments.items()})


def _by_defined_names(course: Course, workspace: Workspace) -> list[str]:
    """The assignments of which most names are defined; several where they tie."""
    return _with_most({id_: _names_defined(course, rubric, workspace) for id_, rubric in course.assignments.items()})


def _with_most(counts: Mapping[str, int]) -> list[str]:
    most = max(counts.values(), default=0)
    return [id_ for id_, count in counts.items() if most and count == most]


def _names_defined(course: Course, rubric: AssignmentRubric, workspace: Workspace) -> int:
    """How many of the names that an assignment asks for or gives are defined; a name that exercises share is one."""
    handed_out = (id_ for file in rubric.handout for id_ in file.exercises)
    exercises = [course.exercises[id_] for id_ in {*rubric.exercises, *handed_out}]
    defined = {name for source in workspace.sources for name in source.names}
    found = {e.rubric.entry for e in exercises if not defined.isdisjoint((e.rubric.entry, *e.rubric.aliases))}
    return len(found.union(e.rubric.entry for e in exercises if e.written and workspace.sheets))


def path_fits(path: str, pattern: str) -> bool:
    """Whether a submitted file has this name; `losses/own.py` fits at the end of a longer path. Case is ignored."""
    steps = PurePosixPath(path.lower()).parts
    wanted = PurePosixPath(pattern.lower()).parts
    ending = steps[-len(wanted) :]
    return len(ending) == len(wanted) and all(map(fnmatchcase, ending, wanted))
