"""Run an exercise's probe in this process: for a course's own modules, and for a student's own notebook.

Whoever wrote the code that runs here is trusted with this process: it is one of the sandbox that
`grader.authoring.workshop` opens for a course, or the student's at their own machine. Submissions run in the sandbox.
"""

import hashlib
import json
import sys
import traceback
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from grader.child.faults import own_fault
from grader.course.fixtures import read_probe
from grader.course.folder import Exercise
from grader.loading.course_material import course_files, load_probe_code
from grader.loading.locations import type_of
from grader.model.errors import CourseError
from grader.model.fixture import FixtureCase
from grader.model.observation import Observation, Outcome, SeenTensor, StudentError
from grader.probes.probing import Case, Recorder, run_probe

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Probe:
    """An exercise's probe module, loaded, and correct stand-ins for names that its code uses; none in a release."""

    exercise: Exercise
    module: types.ModuleType
    given: Mapping[str, Any]

    def draw_cases(self, seed: int) -> tuple[FixtureCase, ...]:
        """The inputs that the probe draws from this seed, as they are stored; raises CourseError."""
        if not callable(getattr(self.module, "cases", None)):
            raise CourseError(f"{self._shown}: defines no cases(); see CONTRIBUTING")
        cases = tuple(self._stored(case) for case in self.module.cases(torch.Generator().manual_seed(seed)))
        names = [case.name for case in cases]
        if not names or len(set(names)) != len(names):
            raise CourseError(f"{self._shown}: cases() gives {names}; give cases, each its own name")
        return cases

    @property
    def _shown(self) -> str:
        return self.exercise.shown(self.exercise.probe)

    def _stored(self, case: Case) -> FixtureCase:
        drawn = case.to(CPU, torch.float32).tensors.items()
        inputs = {name: tensor.contiguous().numpy() for name, tensor in drawn}
        settings = _plain(dict(case.settings), f"{self._shown}: settings of case {case.name!r}")
        return FixtureCase(case.name, inputs, settings, {})

    def observe(
        self,
        entry: Any,
        case: FixtureCase,
        dtype: torch.dtype,
        source: str = "",
        locate: Callable[[BaseException], str] | None = None,
    ) -> Observation:
        """What the probe sees of `entry` on a stored case.

        `source` is the file that errors are located in; or `locate` says in words where an error comes from.
        """
        inputs = {name: torch.from_numpy(array.copy()) for name, array in case.inputs.items()}
        drawn = Case(case.name, inputs, case.settings)
        outcome, error, fault = Outcome.COMPLETE, None, ""
        try:
            with course_files(self.exercise.data):
                see = run_probe(self.module.probe, entry, drawn, CPU, dtype, self.given)
        except Exception as raised:
            see = getattr(raised, "seen", Recorder())
            where = _line_of(raised, source) if locate is None else locate(raised)
            fault = self._own_fault(raised, where)
            outcome = Outcome.FAULT if fault else Outcome.RAISED
            error = None if fault else StudentError(type_of(raised, where), str(raised), where)
        tensors = {
            name: SeenTensor(v.type, v.shape, v.dtype, v.device, None if v.data is None else v.data.numpy())
            for name, v in see.values.items()
        }
        facts = _plain(see.facts, f"{self._shown}: facts of case {case.name!r}")
        return Observation(case.name, outcome, tensors, facts, error, fault)

    def _own_fault(self, error: Exception, where: str) -> str:
        code = self.exercise.code.values()
        fault = own_fault(error, {str(path): path.read_text(encoding="utf-8") for path in code}, where)
        for path in code:
            fault = fault.replace(str(path), self.exercise.shown(path))
        return fault


def load_probe(exercise: Exercise) -> Probe:
    """The exercise's probe; raises CourseError where it lacks probe()."""
    shown = exercise.shown(exercise.probe)
    try:
        loaded = load_probe_code(exercise.id, read_probe(exercise).files, exercise.code)
    except Exception as error:
        raise _broken(shown, error, *map(str, exercise.code.values())) from error
    if not callable(getattr(loaded.module, "probe", None)):
        raise CourseError(f"{shown}: defines no probe(); see CONTRIBUTING")
    return Probe(exercise, loaded.module, loaded.given)


def load_module(path: Path, shown: str, given: Mapping[str, Any]) -> types.ModuleType:
    """Execute a course file as a module of its own; `given` names are there before it starts. Raises CourseError."""
    module = types.ModuleType(f"course_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}")
    vars(module).update(given, __file__=str(path))
    sys.modules[module.__name__] = module  # dataclasses look their own module up
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    except OSError as error:
        raise CourseError(f"{shown}: cannot be read ({error.strerror})") from error
    except Exception as error:
        raise _broken(shown, error, str(path)) from error
    return module


def _broken(shown: str, error: Exception, *sources: str) -> CourseError:
    described = StudentError(type(error).__name__, str(error), _line_of(error, *sources))
    return CourseError(f"{shown}: {in_one_line(described)}; it must run by itself")


def _plain(value: Any, where: str) -> Any:
    """JSON data as it is after a trip over the wire: tuples are lists."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        only = "only JSON data (numbers, strings, lists, dicts) can be recorded"
        raise CourseError(f"{where}: {error}; {only}") from error


def _line_of(error: BaseException, *sources: str) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in sources]
    return f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}, in {frames[-1].name}" if frames else ""


def in_one_line(error: StudentError) -> str:
    message = " ".join(error.message.split())
    return f"raised {error.type}: {message}" + (f" at {error.where}" if error.where else "")
