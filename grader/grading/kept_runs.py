"""A run as one inert file, and such a run judged by a course as it is now: nobody's code runs.

The file is safetensors, with all that is no tensor as JSON in its metadata. No pickle anywhere.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import chain, count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from grader.course.folder import Course
from grader.grading.choosing import choose
from grader.grading.prepared import Prepared, PreparedCourse
from grader.grading.reporting import Judged, report_on
from grader.model.assignment import AssignmentRubric
from grader.model.errors import MustRunAgainError, UsageError
from grader.model.observation import Array, Definition, Observations, Run
from grader.model.report import Report

SUFFIX = ".run"
FORMAT = 1
MAX_BYTES = 512 << 20
_MAX_NAME = 100  # characters


@cache
def _adapter() -> TypeAdapter[Run]:
    return TypeAdapter(Run)


def write_run(run: Run, folder: Path) -> Path:
    """Write a run into `folder`, made where it is absent, under the submission's name; returns the file's path.

    A file that is there already stays. Raises UsageError where it cannot be written or would be too large.
    """
    arrays: dict[str, Array] = {}

    def put(array: Array) -> str:
        key = str(len(arrays))
        arrays[key] = np.ascontiguousarray(array).reshape(array.shape)
        return key

    described = _adapter().dump_python(run, mode="json", context=SimpleNamespace(put=put))
    size = sum(array.nbytes for array in arrays.values())
    if size > MAX_BYTES:
        seen, most = size >> 20, MAX_BYTES >> 20
        raise UsageError(f"--keep: {run.submission}: what was seen takes {seen} MB, at most {most} MB are kept")
    metadata = {"run": json.dumps({"format": FORMAT, "run": described})}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _free(folder, run.submission)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(save(arrays, metadata))
        return unfinished.rename(path)
    except OSError as error:
        raise UsageError(f"--keep {folder}: cannot be written ({error.strerror}); name a folder of your own") from None


def read_run(path: Path) -> Run:
    """Raises UsageError where the file is absent, too large, or no run."""
    wrong = f"{path}: is no run that can be read"
    fix = "give a file that `grade SUBMISSION --keep DIR` wrote"
    try:
        if path.stat().st_size > 2 * MAX_BYTES:
            raise UsageError(f"{wrong}: it has more than {2 * MAX_BYTES >> 20} MB; {fix}")
        with safe_open(path, "numpy") as file:
            metadata = json.loads((file.metadata() or {})["run"])
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (no mapping)
        if (found := metadata["format"]) != FORMAT:
            raise UsageError(f"{wrong}: its format is {found!r}, this is {FORMAT}; grade the submission again")
        return _adapter().validate_python(metadata["run"], context=SimpleNamespace(get=arrays.__getitem__))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {fix}") from None
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise UsageError(f"{wrong}: {place}: {problem['msg'].lower()}; {fix}") from None
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{wrong} ({type(error).__name__}: {error}); {fix}") from None


def _free(folder: Path, name: str) -> Path:
    """A path that is not there yet: students hand in archives of the same name."""
    plain = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name)[:_MAX_NAME] or "submission"
    names = chain([plain], (f"{plain}-{number}" for number in count(2)))
    return next(path for path in (folder / f"{name}{SUFFIX}" for name in names) if not path.exists())


class KeptObserver:
    """Shows what a run has kept."""

    def __init__(self, run: Run) -> None:
        self.device = run.device
        self._kept = {(a.exercise, a.definition, a.given): a.observations for a in run.attempts}

    def observe(self, exercise: str, definition: Definition, given: bool) -> Observations:
        if (exercise, definition, given) not in self._kept:
            with_given = " with correct stand-ins" if given else ""
            raise MustRunAgainError(f"{definition.name} in {definition.source} was not observed{with_given}")
        return self._kept[exercise, definition, given]


def judge_again(
    run: Run, prepared: PreparedCourse, rubric: AssignmentRubric | None = None
) -> tuple[Report, Mapping[str, str]]:
    """The report, and why some exercises must run again, by id. Raises CourseError, UsageError.

    By the course's rubric for the run's assignment, where none is given.
    """
    started = time.monotonic()
    rubric = rubric or _rubric_of(run, prepared.course)
    asked = [id_ for id_ in rubric.exercises if id_ in run.asked]
    exercises = {id_: prepared.prepare(prepared.course.exercise(id_), run.which) for id_ in asked}
    changed = {id_: why for id_ in asked if (why := _what_changed(run, exercises[id_]))}
    unobserved = {id_: "it was not observed" for id_ in rubric.exercises if id_ not in run.asked and not run.only}
    same = {id_: exercise for id_, exercise in exercises.items() if id_ not in changed}
    chosen = choose(same, {id_: run.asked[id_].definitions for id_ in same}, KeptObserver(run))
    chosen = replace(chosen, unobserved={**unobserved, **changed, **chosen.unobserved})
    return report_on(Judged(run, prepared, rubric, exercises, chosen), started), chosen.unobserved


def _rubric_of(run: Run, course: Course) -> AssignmentRubric:
    if run.assignment in course.assignments:
        return course.assignments[run.assignment]
    listed = ", ".join(course.assignments) or "none"
    raise UsageError(
        f"{run.submission}: this course has no assignment {run.assignment!r} (known: {listed}); "
        "name the run's own with --course"
    )


def _what_changed(run: Run, prepared: Prepared) -> str:
    """Why an exercise's observations are not what would be seen today; "" where they are."""
    asked = run.asked[prepared.exercise.id]
    same = {"inputs": asked.inputs == prepared.inputs, "probe": asked.probe == prepared.probe.digest}
    changed = " and ".join(what for what, is_same in same.items() if not is_same)
    return f"its {changed} changed since" if changed else ""
