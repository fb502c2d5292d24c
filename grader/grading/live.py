"""One exercise checked in the process that defines it, a notebook's above all, on the public cases."""

import random
import time
from contextlib import ExitStack, nullcontext
from pathlib import Path
from traceback import walk_tb
from typing import Any

import numpy as np
import torch

from grader import __version__
from grader.course.folder import find_own_course
from grader.grading.choosing import choose
from grader.grading.in_process import load_probe
from grader.grading.prepared import Prepared, PreparedCourse
from grader.grading.reporting import Judged, report_on
from grader.grading.selfcheck import self_check
from grader.model.errors import UsageError
from grader.model.observation import Asked, Definition, Observations, Run
from grader.model.report import Report
from grader.probes.probing import globals_of, replacing


class LiveObserver:
    """Runs probes in this process, on one function or class."""

    device = "cpu"

    def __init__(self, prepared: Prepared, entry: Any) -> None:
        self._prepared = prepared
        self._probe = load_probe(prepared.exercise)
        self._entry = entry
        self.student_s = 0.0

    def observe(self, exercise: str, definition: Definition, given: bool) -> Observations:
        started = time.monotonic()
        cases = self._prepared.fixture.cases
        with replacing(self._entry, **self._probe.given) if given else nullcontext():
            seen = {c.name: self._probe.observe(self._entry, c, torch.float32, locate=self._place_of) for c in cases}
        self.student_s += time.monotonic() - started
        return seen

    def _place_of(self, error: BaseException) -> str:
        """Where in the code beside the entry an error comes from: "cell In[7], line 3, in forward"."""
        own = globals_of(self._entry)
        places = [(frame.f_code, line) for frame, line in walk_tb(error.__traceback__) if frame.f_globals is own]
        if not places:
            return ""
        code, line = places[-1]
        inside = "" if code.co_name == "<module>" else f", in {code.co_name}"
        return f"{_file_in_words(code.co_filename)}, line {line}{inside}"


def check_live(id_: str, entry: Any, course: str | Path | None = None) -> Report:
    """Check a function or class against one exercise; see `grader.check`."""
    started = time.monotonic()
    found = find_own_course(None if course is None else Path(course), Path.cwd())
    exercise = found.exercise(id_)
    if not callable(entry) or isinstance(entry, torch.nn.Module):
        asked = exercise.rubric.entry
        what = f"an object of {type(entry).__name__}" if isinstance(entry, torch.nn.Module) else repr(entry)[:80]
        raise UsageError(f"check({id_!r}, …): give {asked} itself, not {what}: check({id_!r}, {asked})")
    by = PreparedCourse(found)
    prepared = by.prepare(exercise, "public")
    definition = Definition("this process", exercise.rubric.entry)
    observer = LiveObserver(prepared, entry)
    with ExitStack() as stack:  # it leaves the notebook's random numbers as they would be without a check
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.callback(np.random.set_state, np.random.get_state())
        stack.callback(random.setstate, random.getstate())
        chosen = choose({id_: prepared}, {id_: (definition,)}, observer)
    task = self_check(found, (id_,))
    run = Run(
        submission=id_,
        assignment=task.name,
        files={},
        which="public",
        only=False,
        asked={id_: Asked(prepared.inputs, prepared.probe.digest, (definition,))},
        attempts=chosen.attempts,
        isolation="none",
        weakness="",
        device=observer.device,
        student_s=observer.student_s,
        versions={"grader": __version__, "torch": torch.__version__},
    )
    return report_on(Judged(run, by, task.rubric, {id_: prepared}, chosen), started)


def _file_in_words(file: str) -> str:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    cell = None if shell is None else shell.compile.format_code_name(file)
    return f"cell {cell[1]}" if cell else Path(file).name
