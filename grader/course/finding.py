"""Where the course lies that is meant. Light to import: the sandbox starts by it before the course is read."""

import os
from collections.abc import Sequence
from pathlib import Path

from grader.model.errors import CourseError

ENVIRONMENT_VARIABLE = "GRADE_COURSE"
MARKS_A_COURSE = ("solutions", "rubrics", "fixtures")
RELEASED = ".course"  # in a release: rubrics and public cases of its exercises
_NONE_HERE = (
    "neither this folder nor one above it is a course: clone the course's repository or unpack its release and work "
    f"there, name it with --course or ${ENVIRONMENT_VARIABLE}, or begin one with `grade course new FOLDER`"
)


def find_root(
    explicit: Path | None, start: Path, *, handed_in: Sequence[Path] = (), of_this_user: bool = False
) -> Path:
    """The folder of the course to grade with, which need not be one where it is named.

    In this order: `explicit` (--course), the environment's GRADE_COURSE, the nearest of `start` and its parents that
    holds a course or has one from a release in .course/. Nothing in what was `handed_in` is a course. Raises
    CourseError where there is none, or where the folder that is found must be `of_this_user` and is not.
    """
    if named := given(explicit):
        return named
    submissions = [path.resolve() for path in handed_in]
    for folder in (start.resolve(), *start.resolve().parents):
        for root in (folder, folder / RELEASED):
            if _is_course(root) and not any(root.is_relative_to(path) for path in submissions):
                return _require_owner(root) if of_this_user else root
    raise CourseError(_NONE_HERE)


def given(explicit: Path | None) -> Path | None:
    """The course that is named, by --course or else in the environment; None where it must be found."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    return explicit if explicit is not None else Path(named) if named else None


def _is_course(root: Path) -> bool:
    """A link is no release: it may lead anywhere."""
    if root.name == RELEASED:
        return root.is_dir() and not root.is_symlink()
    return all((root / name).is_dir() for name in MARKS_A_COURSE)


def _require_owner(root: Path) -> Path:
    if hasattr(os, "geteuid") and root.stat().st_uid != os.geteuid():
        raise CourseError(f"{root}: belongs to another user; name it with --course if you trust it")
    return root


def content_folders(root: Path) -> list[Path]:
    """What no submission may see: the folders of the course at `root`."""
    folders = [root.resolve() / name for name in (*MARKS_A_COURSE, "handout")]
    return [folder for folder in folders if folder.is_dir()]
