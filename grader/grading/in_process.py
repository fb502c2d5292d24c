"""Run an exercise's probe in this process: for a course's own modules, and for a student's own notebook.

Whoever wrote the code that runs here is trusted with this process: the course's author, or the student at their own
machine. Submissions run in the sandbox alone.
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
from grader.probes.probing import Case, Recorder, Snapshot, run_probe

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Probe:
    """An exercise's probe module, loaded, and correct stand-ins for names that its code uses; none in a release."""

    exercise: Exercise
    module: types.ModuleType
    given: Mapping[str, Any]

    def draw_cases(self, seed: int) -> tuple[FixtureCase, ...]:
        """The inputs that the probe draws from this seed, as they are stored; raises CourseError."""
        generator = torch.Generator().manual_seed(seed)
        cases = tuple(self._stored(case) for case in self.module.cases(generator))
        names = [case.name for case in cases]
        if not names or len(set(names)) != len(names):
            raise CourseError(
                f"fixtures/{self.exercise.id}/probe.py: cases() gives {names}; give cases, each its own name"
            )
        return cases

    def _stored(self, case: Case) -> FixtureCase:
        tensors = case.to(CPU, torch.float32).tensors
        settings = _plain(dict(case.settings), f"fixtures/{self.exercise.id}/probe.py: settings of case {case.name!r}")
        inputs = {name: tensor.contiguous().numpy() for name, tensor in tensors.items()}
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
        try:
            with course_files(self.exercise.data):
                see = run_probe(self.module.probe, entry, drawn, CPU, dtype, self.given)
        except Exception as error:
            where = _line_of(error, source) if locate is None else locate(error)
            described = StudentError(type_of(error, where), str(error), where)
            fault = own_fault(error, self._texts, where)
            for path in self.exercise.code.values():
                fault = fault.replace(str(path), self.exercise.shown(path))
            return self._observation(case, getattr(error, "seen", Recorder()), None if fault else described, fault)
        return self._observation(case, see)

    @property
    def _texts(self) -> dict[str, str]:
        return {str(path): path.read_text(encoding="utf-8") for path in self.exercise.code.values()}

    def _observation(
        self, case: FixtureCase, see: Recorder, error: StudentError | None = None, fault: str = ""
    ) -> Observation:
        outcome = Outcome.FAULT if fault else Outcome.COMPLETE if error is None else Outcome.RAISED
        tensors = {name: seen_tensor(value) for name, value in see.values.items()}
        facts = _plain(see.facts, f"fixtures/{self.exercise.id}/probe.py: facts of case {case.name!r}")
        return Observation(case.name, outcome, tensors, facts, error, fault)


def load_probe(exercise: Exercise) -> Probe:
    """The exercise's probe; raises CourseError where it lacks cases() or probe()."""
    shown = f"fixtures/{exercise.id}/probe.py"
    try:
        loaded = load_probe_code(exercise.id, read_probe(exercise).files, exercise.code)
    except Exception as error:
        described = _described(error, *map(str, exercise.code.values()))
        raise CourseError(f"{shown}: {in_one_line(described)}; it must run by itself") from error
    for name in ("cases", "probe"):
        if not callable(getattr(loaded.module, name, None)):
            raise CourseError(f"{shown}: defines no {name}(); see CONTRIBUTING")
    return Probe(exercise, loaded.module, loaded.given)


def load_module(path: Path, shown: str, given: Mapping[str, Any]) -> types.ModuleType:
    """Execute a course file as a module of its own; `given` names are there before it starts. Raises CourseError."""
    name = f"course_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    module = types.ModuleType(name)
    module.__file__ = str(path)
    vars(module).update(given)
    sys.modules[name] = module  # dataclasses look their own module up
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    except OSError as error:
        raise CourseError(f"{shown}: cannot be read ({error.strerror})") from error
    except Exception as error:
        raise CourseError(f"{shown}: {in_one_line(_described(error, str(path)))}; it must run by itself") from error
    return module


def seen_tensor(value: Snapshot) -> SeenTensor:
    """A probe's snapshot as the judge gets it."""
    array = None if value.data is None else value.data.numpy()
    return SeenTensor(value.type, value.shape, value.dtype, value.device, array)


def _plain(value: Any, where: str) -> Any:
    """JSON data as it is after a trip over the wire: tuples are lists."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        raise CourseError(
            f"{where}: {error}; only JSON data (numbers, strings, lists, dicts) can be recorded"
        ) from error


def _described(error: BaseException, *sources: str) -> StudentError:
    return StudentError(type(error).__name__, str(error), _line_of(error, *sources))


def _line_of(error: BaseException, *sources: str) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in sources]
    last = frames[-1] if frames else None
    return f"{Path(last.filename).name}, line {last.lineno}, in {last.name}" if last else ""


def in_one_line(error: StudentError) -> str:
    message = " ".join(error.message.split())
    return f"raised {error.type}: {message}" + (f" at {error.where}" if error.where else "")
