"""`check("colour/unet", UNet)` in a notebook: one exercise, in the notebook's own process, on the public cases."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader import __version__
from grader.course.fixtures import read_fixture
from grader.course.folder import find_course
from grader.grading.in_process import Probe, load_probe
from grader.grading.selfcheck import self_check
from grader.judge.verdicts import Judgement, judge_exercise
from grader.model.errors import UsageError
from grader.model.fixture import Fixture
from grader.model.report import Report, Seconds
from grader.model.verdict import Status
from grader.probes.probing import globals_of, replacing
from grader.scoring.marks import score_parts, total


def check_live(id_: str, entry: Any, course: str | Path | None = None) -> Report:
    """Check a function or class against one exercise; see `grader.check`."""
    started = time.monotonic()
    exercise = find_course(None if course is None else Path(course), Path.cwd()).exercise(id_)
    if not callable(entry) or isinstance(entry, torch.nn.Module):
        asked = exercise.rubric.entry
        raise UsageError(f"check({id_!r}, …): give {asked} itself, not {_a(entry)}: check({id_!r}, {asked})")
    probe, fixture = load_probe(exercise), read_fixture(exercise, "public")
    with _generators_kept():
        judgement, seconds, notes = _best(probe, fixture, entry)
    task = self_check({id_: exercise})
    parts = score_parts(task.rubric, task.exercises, {id_: judgement})
    return Report(
        assignment=task.name,
        submission=id_,
        isolation="none",
        device="cpu",
        **total(parts)._asdict(),
        parts=parts,
        notes=(*judgement.notes, *notes),
        seconds=Seconds(total=time.monotonic() - started, start=0, student=seconds),
        versions={"grader": __version__, "torch": torch.__version__},
    )


def _best(probe: Probe, fixture: Fixture, entry: Any) -> tuple[Judgement, float, tuple[str, ...]]:
    """As in grading, a correct one may stand in for what another exercise asks for, so that its faults count once."""
    own, seconds = _judge(probe, fixture, entry)
    if _passes(own) or not probe.given:
        return own, seconds, ()
    with replacing(entry, **probe.given):
        given, more_seconds = _judge(probe, fixture, entry)
    if sum(v.status is Status.PASSED for v in given.verdicts) <= sum(v.status is Status.PASSED for v in own.verdicts):
        return own, seconds, ()
    note = f"checked with a correct {', '.join(probe.given)} in place of yours; check that one by itself"
    return given, seconds + more_seconds, (note,)


def _judge(probe: Probe, fixture: Fixture, entry: Any) -> tuple[Judgement, float]:
    started = time.monotonic()
    locate = _places(entry)
    seen = {case.name: probe.observe(entry, case, torch.float32, locate=locate) for case in fixture.cases}
    seconds = time.monotonic() - started
    return judge_exercise(probe.exercise.rubric, fixture, seen), seconds


def _passes(judgement: Judgement) -> bool:
    return all(verdict.status is Status.PASSED for verdict in judgement.verdicts)


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
