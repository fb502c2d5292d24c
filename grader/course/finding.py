"""Where the course lies that is meant. Light to import: the sandbox starts by it before the course is read."""

import os
from pathlib import Path

ENVIRONMENT_VARIABLE = "GRADE_COURSE"
MARKS_A_COURSE = ("solutions", "rubrics", "fixtures")
RELEASED = ".course"  # in a release: rubrics and public cases of its exercises
SHIPPED = Path(__file__).resolve().parents[1] / "shipped"  # the wheel's copy of the course


def find_root(explicit: Path | None, start: Path) -> Path:
    """The folder of the course to grade with, which need not be one where it is named.

    In this order: `explicit` (--course), the environment's GRADE_COURSE, the nearest of `start` and its parents that
    holds a course or has one from a release in .course/, the course shipped with the package.
    """
    if explicit is not None:
        return explicit
    if named := os.environ.get(ENVIRONMENT_VARIABLE):
        return Path(named)
    for folder in (start.resolve(), *start.resolve().parents):
        if all((folder / name).is_dir() for name in MARKS_A_COURSE):
            return folder
        if (folder / RELEASED).is_dir():
            return folder / RELEASED
    return SHIPPED if SHIPPED.is_dir() else SHIPPED.parents[1]  # in a source checkout the repository itself


def content_folders(root: Path) -> list[Path]:
    """What no submission may see: the folders of the course at `root`, and the course that ships."""
    folders = [root.resolve() / name for name in (*MARKS_A_COURSE, "handout")]
    return [folder for folder in (*folders, SHIPPED) if folder.is_dir()]
