"""Run a course's own modules (reference, dialects, wheats, chaffs, probe) and record what they show.

The course's author is trusted: these modules run in this process, without a sandbox.
"""

import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch

from grader.authoring.handout.answersheet import load_answers
from grader.grading.in_process import Probe, in_one_line, load_module
from grader.loading.course_files import course_files
from grader.model.errors import CourseError
from grader.model.fixture import FixtureCase
from grader.model.observation import Observation


@dataclass(frozen=True)
class Solution:
    """A reference, wheat or chaff, loaded."""

    module: types.ModuleType
    entry: Any  # the function or class that the exercise asks for, under its name or one of the aliases
    source: str  # the file


def load_solution(probe: Probe, path: Path) -> Solution:
    """A reference, wheat or chaff. What it uses and neither defines nor imports comes from given.py."""
    shown, module = _executed(probe, path)
    names = (probe.exercise.rubric.entry, *probe.exercise.rubric.aliases)
    entry = next((vars(module)[name] for name in names if name in vars(module)), None)
    if entry is None:
        raise CourseError(f"{shown}: defines no {' or '.join(names)}; define the rubric's entry there")
    return Solution(module, entry, str(path))


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
