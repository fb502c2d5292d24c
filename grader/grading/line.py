"""From a submission to its report: the whole line, for one submission after another."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from grader import __version__
from grader.course.detect import doubts, find_assignment
from grader.course.finding import content_folders
from grader.course.fixtures import Which
from grader.course.folder import Course, Exercise
from grader.grading.choosing import Chosen, choose
from grader.grading.observe import SandboxObserver
from grader.grading.prepared import Prepared, prepare
from grader.grading.reporting import Judged, identity, report_on
from grader.intake.workspace import open_submission
from grader.model.assignment import AssignmentRubric
from grader.model.errors import UsageError
from grader.model.observation import Asked, Run
from grader.model.report import CourseIdentity, Report, Seconds
from grader.model.submission import Workspace
from grader.sandbox.sandbox import start_sandbox
from grader.sandbox.spawned import AnySandbox


@dataclass(frozen=True)
class Task:
    """What a submission is graded by. `exercises` are those that the rubric gives marks for."""

    name: str  # the assignment's id
    rubric: AssignmentRubric
    exercises: Mapping[str, Exercise]
    notes: tuple[str, ...] = ()


class Grading:
    """Grades submissions against one course, in one sandbox. Use as a context manager.

    `timeout_s` replaces the rubrics' limits on an exercise's time; `only` keeps these exercises alone;
    `assignment` is used for every submission instead of being found from each; `which` set of cases is used, and of
    it only `case` where one is named; `stale_ok` grades by fixtures whose sources changed since, and says so;
    `sandbox` is one that was started before, in place of one by `isolation` and `device`.
    """

    def __init__(
        self,
        course: Course,
        *,
        isolation: str = "auto",
        device: str = "auto",
        timeout_s: float | None = None,
        only: frozenset[str] | None = None,
        assignment: str | None = None,
        which: Which = "hidden",
        case: str | None = None,
        stale_ok: bool = False,
        sandbox: AnySandbox | None = None,
    ) -> None:
        self._course = course
        self._isolation = isolation
        self._device = device
        self._timeout_s = timeout_s
        self._only = only
        self._assignment = assignment
        self._which: Which = which
        self._case = case
        self._stale_ok = stale_ok
        self._started = sandbox
        self._prepared: dict[str, Prepared] = {}
        self._waited_s = 0.0

    def __enter__(self) -> Self:
        hidden = content_folders(self._course.root)
        self._sandbox = self._started or start_sandbox(self._isolation, self._device, hidden=hidden)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sandbox.close()

    def grade(self, path: Path, progress: Callable[[str], None] = lambda _: None) -> Report:
        """The report on one submission. Raises SubmissionError where it cannot be graded at all."""
        return self.observe_and_judge(path, progress)[1]

    def grade_task(
        self, path: Path, task_of: Callable[[Workspace], Task], progress: Callable[[str], None] = lambda _: None
    ) -> Report:
        """The report on one submission by a task of the caller's own, made when the submission is unpacked."""
        return self.observe_and_judge(path, progress, task_of)[1]

    def observe_and_judge(
        self,
        path: Path,
        progress: Callable[[str], None] = lambda _: None,
        task_of: Callable[[Workspace], Task] | None = None,
    ) -> tuple[Run, Report]:
        """All that was observed of one submission, and the report on it."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="grade-work-") as scratch:
            progress(f"unpacking {path.name}")
            workspace = open_submission(path, Path(scratch))
            task = (task_of or self._task_of)(workspace)
            exercises = {id_: self._prepare(e) for id_, e in self._asked_for(task).items()}
            run, chosen = self._observe(workspace, task, exercises, progress)
        judged = Judged(run, self._course, self._identity, task.rubric, exercises, chosen)
        waited_s, self._waited_s = self._sandbox.waited_s - self._waited_s, self._sandbox.waited_s
        seconds = Seconds(total=time.monotonic() - started, start=waited_s, student=run.student_s)
        return run, report_on(judged, seconds)

    def _task_of(self, workspace: Workspace) -> Task:
        assignment = self._assignment or find_assignment(self._course, workspace)
        rubric = self._course.assignments[assignment]
        notes = () if self._assignment else doubts(self._course, workspace, assignment)
        return Task(assignment, rubric, {id_: self._course.exercises[id_] for id_ in rubric.exercises}, notes)

    def _asked_for(self, task: Task) -> dict[str, Exercise]:
        kept = {id_: e for id_, e in task.exercises.items() if self._only is None or id_ in self._only}
        if task.exercises and not kept:
            raise UsageError(f"--only: {task.name} has none of these exercises; it has {', '.join(task.exercises)}")
        return kept

    @cached_property
    def _identity(self) -> CourseIdentity:
        """Once for all submissions, which are graded by the files as they were read."""
        return identity(self._course)

    def _prepare(self, exercise: Exercise) -> Prepared:
        """Once for all submissions; for the first one while the sandbox starts."""
        if exercise.id not in self._prepared:
            self._prepared[exercise.id] = prepare(
                self._course, exercise, self._which, case=self._case, stale_ok=self._stale_ok
            )
        return self._prepared[exercise.id]

    def _observe(
        self,
        workspace: Workspace,
        task: Task,
        exercises: Mapping[str, Prepared],
        progress: Callable[[str], None],
    ) -> tuple[Run, Chosen]:
        """Judging goes along, since it decides which of several definitions is observed next."""
        with SandboxObserver(self._sandbox, workspace, exercises, self._timeout_s) as observer:
            chosen = choose(exercises, observer.definitions, observer, progress)
        asked = {id_: Asked(p.inputs, p.probe.digest, observer.definitions[id_]) for id_, p in exercises.items()}
        run = Run(
            submission=workspace.name,
            assignment=task.name,
            files=_digests(workspace),
            which=self._which,
            only=self._only is not None,
            asked=asked,
            attempts=tuple(observer.attempts),
            isolation=self._sandbox.tier,
            weakness=self._sandbox.why,
            device=observer.device,
            student_s=observer.student_s,
            versions={"grader": __version__, **self._sandbox.versions},
            notes=(*workspace.notes, *task.notes, *observer.notes),
        )
        return run, chosen


def _digests(workspace: Workspace) -> dict[str, str]:
    found = {}
    for name in workspace.paths:
        with (workspace.root / name).open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
