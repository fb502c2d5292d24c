"""Where in a submission an exercise's name is defined, or its answers are written, and how that is observed.

There may be several places, and old copies among them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from safetensors.numpy import save as bytes_from_arrays

from grader.course.folder import Exercise
from grader.grading.prepared import Prepared
from grader.intake.answers import answered
from grader.messages.requests import CaseInputs, RunProbe
from grader.model.fixture import FixtureCase
from grader.model.observation import Definition, Observation, Observations
from grader.model.submission import Sheet, Source, Workspace

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


def probe_request(
    candidate: Candidate, prepared: Prepared, given: bool, cases: Sequence[FixtureCase]
) -> tuple[RunProbe, bytes]:
    """The request to run the exercise's probe on a definition, with these cases' inputs; nothing that is expected."""
    arrays: dict[str, Any] = {}
    keys: dict[int, str] = {}
    described: list[tuple[int, CaseInputs]] = []
    for number, case in enumerate(cases):
        tensors = {}
        for tensor, array in case.inputs.items():
            key = tensors[tensor] = keys.setdefault(id(array), f"t{len(keys)}")  # shared by several cases: sent once
            arrays[key] = array
        described.append((number, {"name": case.name, "settings": case.settings, "tensors": tensors}))
    code = {path: text.encode() for path, text in prepared.probe.parts(given).items()}
    request: RunProbe = {
        "op": "probe",
        "exercise": prepared.probe.exercise,
        "source": candidate.source.id,
        "entry": candidate.name,
        "code": [(path, len(text)) for path, text in code.items()],
        "cases": described,
    }
    return request, b"".join(code.values()) + bytes_from_arrays(arrays)


def sheets_in(workspace: Workspace, exercise: Exercise) -> list[Definition]:
    """Sheets of answers, the least nested first; none for an exercise that asks for code."""
    if not exercise.written:
        return []
    paths = sorted((sheet.path for sheet in workspace.sheets), key=lambda path: (path.count("/"), path))
    return [Definition(path, exercise.rubric.entry) for path in paths]


def observe_answers(sheet: Sheet, prepared: Prepared) -> Observations:
    """The answers themselves, as they were read: no code is involved.

    The same in every case: answers do not depend on a case's inputs, though a rule that judges them may.
    """
    section = prepared.exercise.id.partition("/")[2]
    recorded = (right for case in prepared.fixture.cases for right in case.dialects.values())
    keys = dict.fromkeys(name for right in recorded for name in right.facts)
    if facts := answered(sheet.answers, section, tuple(keys)):
        return {case.name: Observation(case.name, facts=facts) for case in prepared.fixture.cases}
    return prepared.nothing_found(f"nothing is answered under [{section}]")
