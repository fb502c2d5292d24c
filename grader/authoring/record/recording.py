"""Run a course's own modules (reference, dialects, wheats, chaffs, probe) and record what they show.

They run in this process, which the command line confines: see `grader.authoring.workshop`. What they show is recorded
in the form that fixtures store.
"""

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Context, Decimal
from inspect import cleandoc
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.authoring.handout.answersheet import load_answers
from grader.course.rules import load_oracle, load_rules
from grader.grading.in_process import Probe, in_one_line, load_module
from grader.judge.comparison import distances, largest
from grader.loading.course_material import course_files
from grader.model.errors import CourseError
from grader.model.fixture import Excerpt, Expected, ExpectedTensor, Fixture, FixtureCase, SeenMistake
from grader.model.observation import Array, Observation, Outcome, as_float64

SAME_ORACLE = 1e-8  # part of a tensor's largest value: another processor adds in another order


@dataclass(frozen=True)
class Solution:
    """A reference, wheat or chaff, loaded."""

    module: types.ModuleType
    entry: Any  # the function or class that the exercise asks for, under its name or one of the aliases
    source: str  # the file


@dataclass(frozen=True)
class Chaff(Solution):
    """A known mistake: a way to get the exercise wrong, and what it must cost."""

    hint: str  # its docstring on one line, as a student reads it
    loses: frozenset[str]  # ids of the criteria that fail


def load_solution(probe: Probe, path: Path) -> Solution:
    """A reference, wheat or chaff. What it uses and neither defines nor imports comes from given.py."""
    shown, module = _executed(probe, path)
    names = (probe.exercise.rubric.entry, *probe.exercise.rubric.aliases)
    entry = next((vars(module)[name] for name in names if name in vars(module)), None)
    if entry is None:
        raise CourseError(f"{shown}: defines no {' or '.join(names)}; define the rubric's entry there")
    return Solution(module, entry, str(path))


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
    return Chaff(solution.module, solution.entry, solution.source, hint, frozenset(loses))


def right_solutions(probe: Probe) -> dict[str, Solution]:
    """The reference and every wheat, by name ("wheats/by_unfold")."""
    wheats = {f"wheats/{path.stem}": load_solution(probe, path) for path in probe.exercise.wheats}
    return {"reference": load_solution(probe, probe.exercise.reference), **wheats}


def load_dialects(probe: Probe) -> dict[str, Any]:
    """The accepted ways of solving the exercise, by id, the reference's own first; raises CourseError."""
    path = probe.exercise.dialects
    if path is None:
        return {"reference": load_solution(probe, probe.exercise.reference).entry}
    shown, module = _executed(probe, path)
    dialects = getattr(module, "DIALECTS", None)
    if not isinstance(dialects, dict) or not dialects:
        raise CourseError(f"{shown}: defines no DIALECTS; it must map dialect ids to what the probe is run on")
    return dialects


@contextmanager
def computed_with(threads: int, mkldnn: bool) -> Iterator[None]:
    """Compute with this many threads, and with or without oneDNN's kernels."""
    threads_before, mkldnn_before = torch.get_num_threads(), torch._C._get_mkldnn_enabled()
    torch.set_num_threads(threads)
    # torch.backends.mkldnn.flags would set its TF32 flag too, and warn of it on a machine without such a GPU
    torch._C._set_mkldnn_enabled(mkldnn)
    try:
        yield
    finally:
        torch.set_num_threads(threads_before)
        torch._C._set_mkldnn_enabled(mkldnn_before)


def observe_all(probe: Probe, entry: Any, cases: Iterable[FixtureCase], source: str = "") -> dict[str, Observation]:
    """What the probe sees of `entry` on each case, in float32 and computed in one way."""
    with computed_with(1, mkldnn=True):
        return {case.name: probe.observe(entry, case, torch.float32, source) for case in cases}


def ways_to_compute() -> Iterator[None]:
    """Go through the ways a correct program may be computed; each holds until the next is asked for."""
    for threads, mkldnn in product((1, 2), (True, False)):
        with computed_with(threads, mkldnn):
            yield


def error_in_words(observation: Observation) -> str:
    """How a run ended that did not complete."""
    return f"the probe failed: {observation.reason}" if observation.error is None else in_one_line(observation.error)


def _executed(probe: Probe, path: Path) -> tuple[str, types.ModuleType]:
    """A file's name in messages, and what it defines; a TOML file is read as the answers that it holds."""
    shown = f"solutions/{probe.exercise.id}/{path.relative_to(probe.exercise.solutions).as_posix()}"
    with course_files(probe.exercise.data):
        return shown, load_answers(path, shown) if path.suffix == ".toml" else load_module(path, shown, probe.given)


def record_set(
    probe: Probe, chaffs: Mapping[str, Chaff], seed: int
) -> tuple[Fixture, dict[str, dict[str, Observation]]]:
    """One set, not yet calibrated (its tolerance factor is 1), and what each chaff showed on its cases, by names."""
    exercise, drawn, dialects = probe.exercise, probe.draw_cases(seed), load_dialects(probe)
    shown = {name: observe_all(probe, chaff.entry, drawn, chaff.source) for name, chaff in chaffs.items()}

    def recorded(case: FixtureCase) -> FixtureCase:
        expected = {name: _record_expected(probe, entry, case, name) for name, entry in dialects.items()}
        mistakes = {name: _record_mistake(probe, seen[case.name]) for name, seen in shown.items()}
        return replace(case, dialects=expected, mistakes=mistakes)

    hints = {name: chaff.hint for name, chaff in chaffs.items()}
    exercise.require_modules()
    oracle, rules = load_oracle(exercise), load_rules(exercise)
    return Fixture(exercise.id, tuple(map(recorded, drawn)), 1.0, hints, oracle=oracle, rules=rules), shown


def _record_expected(probe: Probe, entry: Any, case: FixtureCase, dialect: str) -> Expected:
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
    # two digits: the next build shall write the same bytes where a sum was taken in another order
    rounded = Context(prec=2, rounding=ROUND_CEILING).create_decimal(Decimal(error))
    return ExpectedTensor(as_float64(exact.array), float(rounded), seen[0].dtype)


def _record_mistake(probe: Probe, seen: Observation) -> SeenMistake:
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
