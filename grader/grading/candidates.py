"""Where in a submission an exercise's name is defined; there may be several places, and old copies among them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from grader.course.folder import Exercise
from grader.model.run import Definition
from grader.model.submission import Source, Workspace


@dataclass(frozen=True)
class Candidate:
    """A definition in a source that has to be run for it."""

    source: Source
    name: str

    @property
    def definition(self) -> Definition:
        return Definition(self.source.id, self.name)


def candidates_in(workspace: Workspace, exercise: Exercise) -> list[Candidate]:
    """Definitions of the exercise's name, the likeliest first: usual file names, then the least nested."""
    rubric = exercise.rubric

    def rank(candidate: Candidate) -> tuple[bool, int, int, str]:
        path = candidate.source.path
        usual = any(fnmatch(path, p) or fnmatch(Path(path).name, p) for p in rubric.files)
        return (not usual, names.index(candidate.name), path.count("/"), path)

    names = (rubric.entry, *rubric.aliases)
    found = [Candidate(s, name) for s in workspace.sources for name in names if name in s.names]
    earlier = [Candidate(part, c.name) for c in found for part in _earlier_parts(c.source, c.name)]
    return sorted(found, key=rank) + sorted(earlier, key=rank)


def sheets_in(workspace: Workspace, exercise: Exercise) -> list[Definition]:
    """Sheets of answers, the least nested first; none for an exercise that asks for code."""
    if not exercise.written:
        return []
    paths = sorted((sheet.path for sheet in workspace.sheets), key=lambda path: (path.count("/"), path))
    return [Definition(path, exercise.rubric.entry) for path in paths]


def _earlier_parts(source: Source, name: str) -> Iterator[Source]:
    """A notebook up to each cell that defines `name`, the last definition left out, the latest first.

    A second task in one notebook may define the same names anew, its training above all.
    """
    definition = re.compile(rf"^(?:async[ \t]+def|def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    defining = [number for number, cell in enumerate(source.cells) if definition.search(cell.text)]
    for number in reversed(defining[:-1]):
        yield replace(source, cells=source.cells[: number + 1], upto=source.cells[number].label)
