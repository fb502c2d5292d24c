"""Where in a submission an exercise's name is defined; there may be several places, and old copies among them."""

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from grader.course.folder import Exercise
from grader.model.observation import Definition
from grader.model.submission import Source, Workspace

MOST_DEFINITIONS = 3  # of one name: so many are tried


@dataclass(frozen=True)
class Candidate:
    """A definition in a source that has to be run for it."""

    source: Source
    name: str

    @property
    def definition(self) -> Definition:
        return Definition(self.source.id, self.name)


def candidates_in(workspace: Workspace, exercise: Exercise) -> list[Candidate]:
    """Definitions of the exercise's name, the likeliest first: usual file names, then the least nested.

    Of a notebook the last one comes first, or the last before another task begins where the rubric says how one is told
    (`until`).
    """
    rubric = exercise.rubric

    def rank(candidate: Candidate) -> tuple[bool, int, int, str]:
        path = candidate.source.path
        usual = any(fnmatch(path, p) or fnmatch(Path(path).name, p) for p in rubric.files)
        return (not usual, names.index(candidate.name), path.count("/"), path)

    names = (rubric.entry, *rubric.aliases)
    defining = [(source, name) for source in workspace.sources for name in names if name in source.names]
    versions = [[Candidate(part, name) for part in _versions(source, name, rubric.until)] for source, name in defining]
    likeliest = sorted((first for first, *_ in versions), key=rank)
    return likeliest + sorted((other for _, *others in versions for other in others), key=rank)


def sheets_in(workspace: Workspace, exercise: Exercise) -> list[Definition]:
    """Sheets of answers, the least nested first; none for an exercise that asks for code."""
    if not exercise.written:
        return []
    paths = sorted((sheet.path for sheet in workspace.sheets), key=lambda path: (path.count("/"), path))
    return [Definition(path, exercise.rubric.entry) for path in paths]


def _versions(source: Source, name: str, until: str) -> list[Source]:
    """The source, and as a notebook up to earlier cells that define `name`; what counts comes first, then the latest.

    A second task in one notebook may define the same names anew, its training above all: from a cell with the pattern
    `until` on. Only so many are given as will be tried.
    """
    definition = re.compile(rf"^(?:async[ \t]+def|def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    defining = [number for number, cell in enumerate(source.cells) if definition.search(cell.text)]
    earlier = defining[-2::-1]
    another_task = re.compile(until).search if until and source.kind == "notebook" else None
    ends = next((n for n, cell in enumerate(source.cells) if another_task and another_task(cell.text)), None)
    counts = next((n for n in earlier if ends is not None and n < ends <= defining[-1]), None)
    parts = [
        replace(source, cells=source.cells[: number + 1], upto=source.cells[number].label)
        for number in [*([] if counts is None else [counts]), *(n for n in earlier if n != counts)][:MOST_DEFINITIONS]
    ]
    return [source, *parts] if counts is None else [parts[0], source, *parts[1:]]
