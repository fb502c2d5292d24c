"""One exercise checked in the process that defines it, a notebook's above all, on the public cases."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader import __version__
from grader.course.folder import find_course
from grader.grading.choosing import choose
from grader.grading.in_process import Probe, load_probe
from grader.grading.prepared import Prepared, prepare
from grader.grading.reporting import Judged, identity, report_on
from grader.grading.selfcheck import self_check
from grader.model.errors import UsageError
from grader.model.observation import Asked, Attempt, Definition, Observations, Run
from grader.model.report import Report, Seconds
from grader.probes.probing import globals_of, replacing


class LiveObserver:
    """Runs probes in this process, on one function or class."""

    device = "cpu"

    def __init__(self, prepared: Prepared, entry: Any) -> None:
        self._prepared = prepared
        self._probe: Probe = load_probe(prepared.exercise)
        self._entry = entry
        self.attempts: list[Attempt] = []
        self.student_s = 0.0

    def observe(self, exercise: str, definition: Definition, given: bool) -> Observations:
        with ExitStack() as stack:
            if given:
                stack.enter_context(replacing(self._entry, **self._probe.given))
            seen = self._observe()
        self.attempts.append(Attempt(exercise, definition, given, seen))
        return seen

    def _observe(self) -> Observations:
        started = time.monotonic()
        locate = _places(self._entry)
        cases = self._prepared.fixture.cases
        seen = {c.name: self._probe.observe(self._entry, c, torch.float32, locate=locate) for c in cases}
        self.student_s += time.monotonic() - started
        return seen


def check_live(id_: str, entry: Any, course: str | Path | None = None) -> Report:
    """Check a function or class against one exercise; see `grader.check`."""
    started = time.monotonic()
    found = find_course(None if course is None else Path(course), Path.cwd())
    exercise = found.exercise(id_)
    if not callable(entry) or isinstance(entry, torch.nn.Module):
        asked = exercise.rubric.entry
        raise UsageError(f"check({id_!r}, …): give {asked} itself, not {_a(entry)}: check({id_!r}, {asked})")
    prepared = prepare(found, exercise, "public")
    definition = Definition("this process", exercise.rubric.entry)
    observer = LiveObserver(prepared, entry)
    with _generators_kept():
        chosen = choose({id_: prepared}, {id_: (definition,)}, observer)
    task = self_check(found, (id_,))
    run = Run(
        submission=id_,
        assignment=task.name,
        files={},
        which="public",
        only=False,
        asked={id_: Asked(prepared.inputs, prepared.probe.digest, (definition,))},
        attempts=tuple(observer.attempts),
        isolation="none",
        weakness="",
        device=observer.device,
        student_s=observer.student_s,
        versions={"grader": __version__, "torch": torch.__version__},
    )
    seconds = Seconds(total=time.monotonic() - started, start=0, student=run.student_s)
    return report_on(Judged(run, found, identity(found), task.rubric, {id_: prepared}, chosen), seconds)


def _places(entry: Any) -> Callable[[BaseException], str]:
    """Says where in the code beside `entry` an error comes from: "cell In[7], line 3, in forward"."""
    own = globals_of(entry)

    def locate(error: BaseException) -> str:
        place, traceback = "", error.__traceback__
        while traceback is not None:
            frame = traceback.tb_frame
            if frame.f_globals is own:
                place = f"{_file_in_words(frame.f_code.co_filename)}, line {traceback.tb_lineno}"
                if frame.f_code.co_name != "<module>":
                    place += f", in {frame.f_code.co_name}"
            traceback = traceback.tb_next
        return place

    return locate


def _file_in_words(file: str) -> str:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    cell = None if shell is None else shell.compile.format_code_name(file)
    return f"cell {cell[1]}" if cell else Path(file).name


@contextmanager
def _generators_kept() -> Iterator[None]:
    """A check leaves the notebook's random numbers as they would be without it."""
    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.callback(np.random.set_state, np.random.get_state())
        stack.callback(random.setstate, random.getstate())
        yield


def _a(value: Any) -> str:
    return f"an object of {type(value).__name__}" if isinstance(value, torch.nn.Module) else repr(value)[:80]
