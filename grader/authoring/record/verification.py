"""Are recorded fixtures still what the solutions show? And what would a rebuild change in marks?"""

from collections.abc import Iterable, Iterator, Sequence

import torch

from grader.authoring.audit import marks_by
from grader.authoring.record.fixtures import Recording, record, stale_sources
from grader.authoring.record.recording import close, load_dialects, still_shown
from grader.course.fixtures import SETS, Which, read_fixture, read_manifest
from grader.course.folder import Course, Exercise
from grader.grading.in_process import load_probe
from grader.model.errors import CourseError
from grader.model.fixture import Fixture, FixtureCase

SAME_INPUT = 1e-5  # part of a tensor's largest value: another processor may round otherwise


def verify_fixtures(course: Course, ids: Iterable[str] = ()) -> list[str]:
    """What is wrong with the recorded fixtures of these exercises (of all, where none is named), one line each.

    Files that were changed since or are broken, another torch, inputs or values that come out differently today.
    """
    lines = []
    for exercise in map(course.exercise, tuple(ids) or tuple(course.exercises)):
        found: list[str] = []
        try:
            for line in _verify(exercise):  # what came before an error stays
                found.append(line)
        except CourseError as error:
            found.append(str(error))
        lines += [*found, *(changes_by_rebuild(exercise) if found else ())]
    return lines


def changes_by_rebuild(exercise: Exercise, recording: Recording | None = None) -> list[str]:
    """What new fixtures change in the marks of the exercise's own files, one line each; or why there can be none.

    `recording` is the new one, where it is known already.
    """
    try:
        old = read_fixture(exercise, "hidden")
    except CourseError:
        return []  # nothing to compare with
    try:
        new = (recording or record(exercise)).fixtures["hidden"]
        before, after = marks_by(exercise, old), marks_by(exercise, new)
    except CourseError as error:
        return [f"recording it anew would be refused: {error}"]
    possible = sum(criterion.weight for criterion in exercise.rubric.criteria)
    changed = (f"{name} earns from {old:g} to {after[name]:g}" for name, old in before.items() if after[name] != old)
    return [f"{exercise.id}: recording it anew changes what {change} of {possible:g}" for change in changed]


def _verify(exercise: Exercise) -> Iterator[str]:
    """Raises CourseError where something is absent or broken."""
    fix = f"run: grade fixtures build {exercise.id}"
    manifest = read_manifest(exercise)
    fixtures = {which: read_fixture(exercise, which) for which in SETS}
    yield from (f"{line} since the fixtures were recorded; {fix}" for line in stale_sources(exercise))
    recorded_with = str(manifest.get("torch", "nothing")).partition("+")[0]
    if recorded_with != torch.__version__.partition("+")[0]:
        yield f"fixtures/{exercise.id}: recorded with torch {recorded_with}, this is {torch.__version__}; {fix}"
    for which, fixture in fixtures.items():
        changes = _changes(exercise, fixture, which, manifest["sets"][which].get("seed"))
        yield from (f"fixtures/{exercise.id}/{which}.safetensors: {line}; {fix}" for line in changes)


def _changes(exercise: Exercise, fixture: Fixture, which: Which, seed: int | None) -> Iterator[str]:
    """Inputs that the probe draws differently today, and oracles that come out differently."""
    probe = load_probe(exercise)
    if seed is not None and not _same_inputs(probe.draw_cases(seed), fixture.cases):  # a secret one is not told
        yield "the probe draws other inputs than were recorded"
    if exercise.written and which == "public":
        return  # recorded without its key
    for name, entry in load_dialects(probe).items():
        for case in fixture.cases:
            if not still_shown(probe, entry, case, name):
                yield f"dialect {name!r} shows something else today in case {case.name!r}"


def _same_inputs(drawn: Sequence[FixtureCase], recorded: Sequence[FixtureCase]) -> bool:
    told, known = ([(c.name, c.settings, c.inputs.keys()) for c in cases] for cases in (drawn, recorded))
    pairs = zip(drawn, recorded, strict=False)
    return told == known and all(close(a.inputs[n], b.inputs[n], SAME_INPUT) for a, b in pairs for n in b.inputs)
