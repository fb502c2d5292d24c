"""What right answers and known mistakes show, in the form that fixtures store."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from inspect import cleandoc
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.authoring.record.recording import computed_with, error_in_words, load_solution, ways_to_compute
from grader.grading.in_process import Probe
from grader.judge.tolerance import distances, largest
from grader.model.errors import CourseError
from grader.model.fixture import Excerpt, Expected, ExpectedTensor, FixtureCase, SeenMistake
from grader.model.observation import Array, Observation, Outcome, as_float64

SAME_ORACLE = 1e-8  # part of a tensor's largest value: another processor adds in another order


@dataclass(frozen=True)
class Chaff:
    """A known mistake: a way to get the exercise wrong, and what it must cost."""

    entry: Any
    hint: str  # its docstring on one line, as a student reads it
    loses: frozenset[str]  # ids of the criteria that fail
    source: str


def load_chaff(probe: Probe, path: Path) -> Chaff:
    """Raises CourseError where the docstring is empty, or LOSES is not a set of the rubric's criteria."""
    solution, rubric = load_solution(probe, path), probe.exercise.rubric
    shown = f"solutions/{probe.exercise.id}/chaffs/{path.name}"
    hint = " ".join(cleandoc(solution.module.__doc__ or "").split())
    if not hint:
        raise CourseError(f"{shown}: has no docstring; say there what a student who does this should know")
    loses, known = getattr(solution.module, "LOSES", None), {c.id for c in rubric.criteria}
    if not isinstance(loses, set | frozenset) or not loses or not loses <= known:
        raise CourseError(f"{shown}: LOSES is {loses!r}; make it a set of criteria that fail, out of {sorted(known)}")
    return Chaff(solution.entry, hint, frozenset(loses), str(path))


def record_expected(probe: Probe, entry: Any, case: FixtureCase, dialect: str) -> Expected:
    """The float64 oracle of one dialect on one case, with its distance from control runs. Raises CourseError."""
    where = f"{probe.exercise.id}: dialect {dialect!r}, case {case.name!r}"
    oracle = record_oracle(probe, entry, case, dialect)
    controls = [probe.observe(entry, case, torch.float32) for _ in ways_to_compute()]
    for control in controls:
        if control.outcome is not Outcome.COMPLETE:
            raise CourseError(f"{where}: {error_in_words(control)} in float32; a right answer must not raise")
        if control.tensors.keys() != oracle.tensors.keys() or control.facts != oracle.facts:
            raise CourseError(f"{where}: float32 and float64 runs record different names or facts; make them agree")
    draws = {name: seen.shape for name, seen in oracle.tensors.items() if name in _drawn(probe)}
    fixed = {name: _expected_tensor(oracle, controls, name, where) for name in oracle.tensors if name not in draws}
    return Expected(fixed, oracle.facts, draws)


def record_oracle(probe: Probe, entry: Any, case: FixtureCase, dialect: str) -> Observation:
    """The float64 run, on one thread. Raises CourseError where it does not complete."""
    with computed_with(1, mkldnn=True):
        seen = probe.observe(entry, case, torch.float64)
    if seen.outcome is not Outcome.COMPLETE:
        where = f"{probe.exercise.id}: dialect {dialect!r}, case {case.name!r}"
        raise CourseError(f"{where}: {error_in_words(seen)} in float64; a right answer must not raise")
    return seen


def _expected_tensor(oracle: Observation, controls: Sequence[Observation], name: str, where: str) -> ExpectedTensor:
    exact, seen = oracle.tensors[name], [control.tensors[name] for control in controls]
    if exact.type != "Tensor" or exact.array is None or not np.isfinite(exact.array).all():
        raise CourseError(f"{where}: {name} is no dense tensor of finite numbers; correct the reference or the probe")
    if seen[0].dtype.startswith("float") and exact.dtype != "float64":
        fix = "keep the inputs' dtype in the reference"
        raise CourseError(f"{where}: {name} is {exact.dtype} in the float64 run; {fix}")
    error = 0.0
    for control in seen:
        if control.array is None or control.shape != exact.shape:
            raise CourseError(f"{where}: {name} has shape {control.shape} in float32, {exact.shape} in float64")
        error = max(error, float(np.max(np.abs(as_float64(control.array) - as_float64(exact.array)), initial=0.0)))
    return ExpectedTensor(as_float64(exact.array), _rounded_up(error), seen[0].dtype)


def _rounded_up(error: float) -> float:
    """Two digits: the next build shall write the same bytes where a sum was taken in another order."""
    return float(Context(prec=2, rounding=ROUND_CEILING).create_decimal(Decimal(error)))


def record_mistake(probe: Probe, seen: Observation) -> SeenMistake:
    """What a chaff showed on one case, but for what it drew. Raises CourseError where the probe itself failed on it."""
    if seen.outcome is Outcome.FAULT:
        advice = "guard the probe against it, or raise Unusable there"
        raise CourseError(f"{probe.exercise.id}: case {seen.case!r}: {error_in_words(seen)} on a chaff; {advice}")
    fixed = {name: tensor.array for name, tensor in seen.tensors.items() if name not in _drawn(probe)}
    tensors = {name: Excerpt.of(array) for name, array in fixed.items() if array is not None}
    return SeenMistake(seen.outcome, seen.error.kind if seen.error else "", tensors, seen.facts)


def _drawn(probe: Probe) -> frozenset[str]:
    """Tensors whose values are chance."""
    return frozenset(name for criterion in probe.exercise.rubric.criteria for name in criterion.draws)


def still_shown(probe: Probe, entry: Any, case: FixtureCase, dialect: str) -> bool:
    """Whether an oracle run of today shows what the case has recorded, up to the rounding of another processor."""
    seen, recorded = record_oracle(probe, entry, case, dialect), case.dialects.get(dialect)
    if recorded is None or seen.facts != recorded.facts:
        return False
    if seen.tensors.keys() != recorded.tensors.keys() | recorded.draws.keys():
        return False
    if any(seen.tensors[name].shape != shape for name, shape in recorded.draws.items()):
        return False
    arrays = ((seen.tensors[name].array, tensor.oracle) for name, tensor in recorded.tensors.items())
    return all(now is not None and close(now, then, SAME_ORACLE) for now, then in arrays)


def close(now: Array, then: Array, part: float) -> bool:
    """Whether two arrays agree to this part of the largest value."""
    return now.shape == then.shape and largest(distances(now, then)) <= part * largest(distances(then, then * 0))
