"""Record an exercise's fixtures from its solutions, and check that recorded ones are still what these show.

Every set's inputs are drawn from a seed that follows from the exercise's id, so a build gives the same bytes each time.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
import torch

from grader.authoring.handout.answersheet import without_key
from grader.authoring.record.calibration import Calibration, Run, choose_tolerance_factor, measure, refuse_trivial
from grader.authoring.record.recording import load_chaff, record_set, right_solutions, still_shown, ways_to_compute
from grader.course.fixtures import SETS, Which, digest, fixture_path, read_manifest, stale_files, write_fixture
from grader.course.folder import Course, Exercise
from grader.grading.in_process import Probe, load_probe
from grader.judge.verdicts import judge_exercise
from grader.model.errors import CourseError
from grader.model.fixture import Fixture, FixtureCase
from grader.model.report import Status


def seed_of(exercise: str, which: Which) -> int:
    """The published seed of one set."""
    return int.from_bytes(hashlib.sha256(f"{exercise} {which}".encode()).digest()[:8], "big") >> 1


@dataclass(frozen=True)
class Recording:
    """Both sets of one exercise, calibrated, before they are written."""

    fixtures: Mapping[Which, Fixture]
    calibration: Calibration
    published: Mapping[Which, int]  # seeds; a set that a secret one was drawn from has none


def build_fixtures(course: Course, ids: Iterable[str] = (), hidden_seed: int | None = None) -> None:
    """Record both sets of these exercises (of all, where none is named) and write them, as `record` and `write` do."""
    for id_ in tuple(ids) or tuple(course.exercises):
        write(course.exercise(id_), record(course.exercise(id_), hidden_seed))


def record(exercise: Exercise, hidden_seed: int | None = None) -> Recording:
    """Run everything and calibrate, without writing a file.

    With a `hidden_seed`, the hidden inputs are drawn from it instead of the published seed, and it is not written down.
    Raises CourseError where a module of the course is wrong, or correct and wrong work do not lie far enough apart.
    """
    probe = load_probe(exercise)
    right = right_solutions(probe)
    chaffs = {path.stem: load_chaff(probe, path) for path in exercise.chaffs}
    published = {which: seed_of(exercise.id, which) for which in SETS}
    seeds = dict(published)
    if hidden_seed is not None:
        seeds["hidden"] = hidden_seed
        del published["hidden"]
    recorded = {which: record_set(probe, chaffs, seed) for which, seed in seeds.items()}
    for fixture, _ in recorded.values():
        _require_subjects(exercise, fixture.cases)
    correct = [
        Run(name, fixture, {c.name: probe.observe(one.entry, c, torch.float32, one.source) for c in fixture.cases})
        for fixture, _ in recorded.values()
        for _ in ways_to_compute()  # the dialects were the control runs
        for name, one in right.items()
    ]
    factor = choose_tolerance_factor(exercise.rubric, correct)
    _require_full_marks(exercise, correct, factor)
    _require_reference_first(probe, right["reference"].entry, recorded["public"][0])
    shown = [(fixture, name, seen) for fixture, chaff in recorded.values() for name, seen in chaff.items()]
    wrong = [Run(f"chaffs/{name}", fixture, seen, chaffs[name].loses) for fixture, name, seen in shown]
    _require_draws_told_apart(exercise, wrong)
    calibration = measure(exercise.rubric, factor, correct, wrong)
    finished: dict[Which, Fixture] = {}
    for which, (fixture, _) in recorded.items():
        finished[which] = replace(fixture, tolerance_factor=factor, seed_is_published=which in published)
        refuse_trivial(exercise.rubric, finished[which], which)
    if exercise.written:
        finished["public"] = without_key(finished["public"])
    return Recording(finished, calibration, published)


def write(exercise: Exercise, recording: Recording) -> None:
    """Write both sets with their manifest."""
    for which, fixture in recording.fixtures.items():
        write_fixture(exercise, which, fixture)
    _write_manifest(exercise, recording.published, recording.calibration)


def _require_subjects(exercise: Exercise, cases: Sequence[FixtureCase]) -> None:
    """Raise CourseError where a criterion names a case, tensor, fact or pair that the probe does not record."""
    names = [case.name for case in cases]
    for criterion in exercise.rubric.criteria:
        where = f"rubrics/{exercise.id}.toml: criterion {criterion.id!r}"
        if unknown := [name for name in criterion.cases if name not in names]:
            raise CourseError(f"{where}: no case {unknown[0]!r} in the probe; it has {names}")
        for case in (c for c in cases if criterion.looks_at(c.name)):
            for dialect, expected in case.dialects.items():
                if absent := criterion.unrecorded(case, expected):
                    place = f"case {case.name!r}, dialect {dialect!r}"
                    raise CourseError(f"{where}: {place}: the probe records no {absent}")


def _require_full_marks(exercise: Exercise, correct: Sequence[Run], factor: float) -> None:
    """Raise CourseError where a run that should be correct does not pass, whatever its rounding."""
    for run in correct:
        judgement = judge_exercise(exercise.rubric, run.judged_with(factor).fixture, run.observations)
        for verdict in (v for v in judgement.verdicts if v.status is not Status.PASSED):
            what = f"solutions/{exercise.id}/{run.name}.py: must pass criterion {verdict.criterion!r}"
            raise CourseError(f"{what} but is {verdict.status.value}: {verdict.message}; correct it, or the rubric")


def _require_draws_told_apart(exercise: Exercise, chaffs: Sequence[Run]) -> None:
    """Raise CourseError where a chaff passes a check of draws that it must lose."""
    for run in chaffs:
        drawn = {criterion.id for criterion in exercise.rubric.criteria if criterion.draws}
        for v in judge_exercise(exercise.rubric, run.fixture, run.observations).verdicts:
            if v.criterion in drawn & run.loses and v.status is not Status.FAILED:
                what = f"solutions/{exercise.id}/{run.name}.py: must fail criterion {v.criterion!r} but is"
                raise CourseError(f"{what} {v.status.value}; let the probe draw more, or from other states")


def _require_reference_first(probe: Probe, reference: Any, fixture: Fixture) -> None:
    """Raise CourseError where the first dialect does not show what reference.py shows."""
    for case in fixture.cases:
        first = next(iter(case.dialects))
        if not still_shown(probe, reference, case, first):
            what = f"solutions/{probe.exercise.id}/dialects.py: its first dialect, {first!r}, differs from reference.py"
            raise CourseError(f"{what} in case {case.name!r}; put the reference's own way first")


def _write_manifest(exercise: Exercise, seeds: Mapping[Which, int], calibration: Calibration) -> None:
    """Describe the sets as they lie on disk; sets without a manifest that fits are not read.

    `seeds` are the published ones: a set without one was drawn from a secret seed.
    """
    sets = {which: {"sha256": digest(fixture_path(exercise, which)), "published": which in seeds} for which in SETS}
    described: dict[str, Any] = {
        "torch": torch.__version__.partition("+")[0],  # "+cpu" makes no difference
        "numpy": np.__version__,
        "tolerance_factor": calibration.tolerance_factor,
        "sets": {which: told | ({"seed": seeds[which]} if which in seeds else {}) for which, told in sets.items()},
        "sources": {shown: digest(path) for shown, path in _sources(exercise).items()},
        "criteria": tomlkit.table(is_super_table=True),  # no heading of its own, even where it is empty
    }
    described["criteria"].update({name: figures.in_words() for name, figures in calibration.criteria.items()})
    text = f"# written by: grade fixtures build {exercise.id}\n{tomlkit.dumps(described)}"
    (exercise.fixtures / "manifest.toml").write_text(text, encoding="utf-8")


def stale_sources(exercise: Exercise) -> list[str]:
    """Files that are not what they were when the fixtures were recorded, one line each."""
    recorded, today = read_manifest(exercise).get("sources", {}), _sources(exercise)
    old = [name for name in stale_files(exercise) if name in recorded]
    changed = [f"{name}: {'changed' if name in today else 'was removed'}" for name in old]
    return changed + [f"{name}: is new" for name in today if name not in recorded]


def _sources(exercise: Exercise) -> dict[str, Path]:
    """Every file that the recorded sets follow from, by the path that messages show."""
    solutions = filter(None, (exercise.reference, exercise.dialects, *exercise.wheats, *exercise.chaffs))
    shown = {f"solutions/{exercise.id}/{path.relative_to(exercise.solutions).as_posix()}": path for path in solutions}
    beside = filter(None, (*exercise.data.values(), exercise.oracle, exercise.claims))
    code = {exercise.shown(path): path for path in exercise.code.values()}
    return {**code, **shown, **{exercise.shown(path): path for path in beside}}
