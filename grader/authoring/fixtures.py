"""Record an exercise's fixtures from its solutions, and check that recorded ones are still what these show.

Every set's inputs are drawn from a seed that follows from the exercise's id, so a build gives the same bytes each time.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from grader.authoring.calibration import Calibration, Run, choose_k, measure, refuse_trivial, ways_to_compute
from grader.authoring.expected import Chaff, load_chaff, record_expected, record_mistake, record_oracle
from grader.authoring.manifest import published_seed, read_manifest, stale_sources, write_manifest
from grader.authoring.recording import Probe, computed_with, load_dialects, load_probe, load_solution
from grader.course.fixtures import SETS, Which, read_fixture, write_fixture
from grader.course.folder import Course, Exercise
from grader.judge.checks import matched
from grader.judge.tolerance import distances, largest
from grader.judge.verdicts import judge_exercise
from grader.model.errors import CourseError
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Array, Observation
from grader.model.rubric import Criterion
from grader.model.verdict import Status

# Parts of a tensor's largest value. Another processor adds in another order; other code gives other values.
SAME_INPUT = 1e-5
SAME_ORACLE = 1e-8


def seed_of(exercise: str, which: Which) -> int:
    """The published seed of one set."""
    return int.from_bytes(hashlib.sha256(f"{exercise} {which}".encode()).digest()[:8], "big") >> 1


def build_fixtures(course: Course, ids: Iterable[str] = (), hidden_seed: int | None = None) -> dict[str, Calibration]:
    """Record both sets of these exercises (of all, where none is named) and write them with their manifests.

    With a `hidden_seed`, the hidden inputs are drawn from it instead of the published seed, and it is not written down.
    Returns each exercise's calibration. Raises CourseError where a module of the course is wrong, or where correct
    and wrong work do not lie far enough apart; the exercise's old files are then left as they were.
    """
    return {id_: _build(course.exercise(id_), hidden_seed) for id_ in (tuple(ids) or tuple(course.exercises))}


def _build(exercise: Exercise, hidden_seed: int | None) -> Calibration:
    probe = load_probe(exercise)
    dialects = load_dialects(probe)
    chaffs = {path.stem: load_chaff(probe, path) for path in exercise.chaffs}
    seeds = {which: seed_of(exercise.id, which) for which in SETS}
    secret = hidden_seed is not None
    if hidden_seed is not None:
        seeds["hidden"] = hidden_seed
    recorded = {which: _record_set(probe, dialects, chaffs, seed) for which, seed in seeds.items()}
    fixtures = {which: fixture for which, (fixture, _) in recorded.items()}
    correct = [run for fixture in fixtures.values() for run in _correct_runs(probe, fixture)]
    k = choose_k(exercise.rubric, correct)
    _require_full_marks(exercise, correct, k)
    _require_reference_first(probe, fixtures["public"])
    calibration = measure(exercise.rubric, k, correct, [run for _, runs in recorded.values() for run in runs])
    for which, fixture in fixtures.items():
        refuse_trivial(exercise.rubric, replace(fixture, k=k), which)
    for which, fixture in fixtures.items():
        write_fixture(exercise, which, replace(fixture, k=k, seed_is_published=not (secret and which == "hidden")))
    published = {which: seed for which, seed in seeds.items() if not (secret and which == "hidden")}
    write_manifest(exercise, published, calibration)
    return calibration


def _record_set(
    probe: Probe, dialects: Mapping[str, Any], chaffs: Mapping[str, Chaff], seed: int
) -> tuple[Fixture, list[Run]]:
    """One set, not yet calibrated (its k is 1), and what the chaffs showed on it."""
    exercise = probe.exercise
    drawn = probe.draw_cases(seed)
    shown = {name: _observe_all(probe, chaff.entry, drawn, chaff.source) for name, chaff in chaffs.items()}
    cases = tuple(
        replace(
            case,
            dialects={name: record_expected(probe, entry, case, name) for name, entry in dialects.items()},
            mistakes={name: record_mistake(seen[case.name]) for name, seen in shown.items()},
        )
        for case in drawn
    )
    _require_subjects(exercise, cases)
    fixture = Fixture(exercise.id, cases, k=1.0, hints={name: chaff.hint for name, chaff in chaffs.items()})
    return fixture, [Run(f"chaffs/{name}", fixture, seen, chaffs[name].loses) for name, seen in shown.items()]


def _observe_all(probe: Probe, entry: Any, cases: Sequence[FixtureCase], source: str) -> dict[str, Observation]:
    with computed_with(1, mkldnn=True):
        return {case.name: probe.observe(entry, case, torch.float32, source) for case in cases}


def _require_subjects(exercise: Exercise, cases: Sequence[FixtureCase]) -> None:
    """Raise CourseError where a criterion names a case, tensor, fact or pair that the probe does not record."""
    names = [case.name for case in cases]
    for criterion in exercise.rubric.criteria:
        where = f"rubrics/{exercise.id}.toml: criterion {criterion.id!r}"
        if unknown := [name for name in criterion.cases if name not in names]:
            raise CourseError(f"{where}: no case {unknown[0]!r} in the probe; it has {names}")
        for case in (c for c in cases if not criterion.cases or c.name in criterion.cases):
            for dialect, expected in case.dialects.items():
                if absent := _absent_subject(criterion, case, expected):
                    raise CourseError(
                        f"{where}: case {case.name!r}, dialect {dialect!r}: the probe records no {absent}"
                    )


def _absent_subject(criterion: Criterion, case: FixtureCase, expected: Expected) -> str:
    for pattern in criterion.tensors:
        if not matched([pattern], expected.tensors):
            return f"tensor {pattern!r}"
    for pattern in criterion.facts:
        if not matched([pattern], expected.facts):
            return f"fact {pattern!r}"
    for first, second in criterion.pairs:
        for name, known in ((first, expected.tensors), (second, {**expected.tensors, **case.inputs})):
            if name not in known:
                return f"tensor {name!r}"
    return ""


def _correct_runs(probe: Probe, fixture: Fixture) -> list[Run]:
    """The reference and every wheat, in every way to compute. (The dialects were the control runs.)"""
    exercise = probe.exercise
    paths = {"reference": exercise.reference, **{f"wheats/{path.stem}": path for path in exercise.wheats}}
    entries = {name: load_solution(probe, path).entry for name, path in paths.items()}
    return [
        Run(name, fixture, {c.name: probe.observe(entry, c, torch.float32, str(paths[name])) for c in fixture.cases})
        for _ in ways_to_compute()
        for name, entry in entries.items()
    ]


def _require_full_marks(exercise: Exercise, correct: Sequence[Run], k: float) -> None:
    """Raise CourseError where a run that should be correct does not pass, whatever its rounding."""
    for run in correct:
        judgement = judge_exercise(exercise.rubric, replace(run.fixture, k=k), run.observations)
        first = next((v for v in judgement.verdicts if v.status is not Status.PASSED), None)
        if first is not None:
            what = f"solutions/{exercise.id}/{run.name}.py: must pass criterion {first.criterion!r}"
            raise CourseError(f"{what} but is {first.status.value}: {first.message}; correct it, or the rubric")


def _require_reference_first(probe: Probe, fixture: Fixture) -> None:
    """Raise CourseError where the first dialect does not show what reference.py shows."""
    exercise = probe.exercise
    entry = load_solution(probe, exercise.reference).entry
    for case in fixture.cases:
        first = next(iter(case.dialects))
        if not _same_oracle(record_oracle(probe, entry, case, first), case.dialects[first]):
            what = f"solutions/{exercise.id}/dialects.py: its first dialect, {first!r}, differs from reference.py"
            raise CourseError(f"{what} in case {case.name!r}; put the reference's own way first")


def verify_fixtures(course: Course, ids: Iterable[str] = ()) -> list[str]:
    """What is wrong with the recorded fixtures of these exercises (of all, where none is named), one line each.

    Files that were changed since or are broken, another torch, inputs or values that come out differently today.
    """
    return [line for id_ in (tuple(ids) or tuple(course.exercises)) for line in _verify(course.exercise(id_))]


def _verify(exercise: Exercise) -> Iterator[str]:
    fix = f"run: grade fixtures build {exercise.id}"
    try:
        manifest = read_manifest(exercise)
        fixtures = {which: read_fixture(exercise, which) for which in SETS}
    except CourseError as error:
        yield str(error)
        return
    yield from (f"{line} since the fixtures were recorded; {fix}" for line in stale_sources(exercise, manifest))
    recorded_with = str(manifest.get("torch", "nothing")).partition("+")[0]
    if recorded_with != torch.__version__.partition("+")[0]:
        yield f"fixtures/{exercise.id}: recorded with torch {recorded_with}, this is {torch.__version__}; {fix}"
    try:
        for which, fixture in fixtures.items():
            yield from (
                f"{line}; {fix}" for line in _changes(exercise, fixture, which, published_seed(manifest, which))
            )
    except CourseError as error:
        yield str(error)


def _changes(exercise: Exercise, fixture: Fixture, which: Which, seed: int | None) -> Iterator[str]:
    """Inputs that the probe draws differently today, and oracles that come out differently."""
    probe = load_probe(exercise)
    drawn = None if seed is None else probe.draw_cases(seed)
    where = f"fixtures/{exercise.id}/{which}.safetensors"
    if drawn is not None and not _same_inputs(drawn, fixture.cases):
        yield f"{where}: the probe draws other inputs than were recorded"
    for name, entry in load_dialects(probe).items():
        for case in fixture.cases:
            if not _same_oracle(record_oracle(probe, entry, case, name), case.dialects.get(name)):
                yield f"{where}: dialect {name!r} shows something else today in case {case.name!r}"


def _same_inputs(drawn: Sequence[FixtureCase], recorded: Sequence[FixtureCase]) -> bool:
    if [(c.name, c.settings) for c in drawn] != [(c.name, c.settings) for c in recorded]:
        return False
    pairs = [(now.inputs, then.inputs) for now, then in zip(drawn, recorded, strict=True)]
    if any(now.keys() != then.keys() for now, then in pairs):
        return False
    return all(_close(now[name], then[name], SAME_INPUT) for now, then in pairs for name in then)


def _same_oracle(seen: Observation, recorded: Expected | None) -> bool:
    if recorded is None or seen.tensors.keys() != recorded.tensors.keys() or seen.facts != recorded.facts:
        return False
    arrays = ((seen.tensors[name].array, tensor.oracle) for name, tensor in recorded.tensors.items())
    return all(now is not None and _close(now, then, SAME_ORACLE) for now, then in arrays)


def _close(now: Array, then: Array, part: float) -> bool:
    if now.shape != then.shape:
        return False
    return largest(distances(now, then)) <= part * largest(distances(then, then * 0))
