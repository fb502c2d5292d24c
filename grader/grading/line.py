"""From a submission to its report: the whole line, for one submission after another."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Self

from grader import __version__
from grader.course.detect import doubts, find_assignment
from grader.course.finding import content_folders
from grader.course.fixtures import Which
from grader.course.folder import Course, Exercise
from grader.grading.as_given import AsGiven, read_given
from grader.grading.choosing import Chosen, Progress, choose
from grader.grading.observe import SandboxObserver
from grader.grading.prepared import Prepared, PreparedCourse
from grader.grading.reporting import Judged, report_on
from grader.intake.workspace import open_submission
from grader.model.assignment import AssignmentRubric
from grader.model.errors import UsageError
from grader.model.observation import Asked, Run
from grader.model.report import Report
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


TaskOf = Callable[[Workspace], Task]


@dataclass
class Grading:
    """Grades submissions against one course, in one sandbox. Use as a context manager."""

    course: Course
    _: KW_ONLY
    isolation: str = "auto"
    device: str = "auto"
    timeout_s: float | None = None  # replaces the rubrics' limits on an exercise's time
    only: frozenset[str] | None = None  # these exercises alone
    assignment: str | None = None  # of every submission, instead of being found from each
    which: Which = "hidden"
    case: str | None = None  # of the set, this case alone
    stale_ok: bool = False  # grade by fixtures whose sources changed since, and say so
    handouts: Sequence[Path] = ()  # what students were given, beside what the course knows of that
    sandbox: AnySandbox | None = None  # started before, in place of one by `isolation` and `device`

    def __enter__(self) -> Self:
        self._prepared = PreparedCourse(self.course, self.case, self.stale_ok)
        hidden = content_folders(self.course.root)
        self._sandbox = self.sandbox or start_sandbox(self.isolation, self.device, hidden=hidden)
        self._waited_s = 0.0
        self._given: dict[str, AsGiven] = {}  # by task
        return self

    def __exit__(self, *error: object) -> None:
        self._sandbox.close()
        self.course.process.close()

    def grade(self, path: Path, progress: Progress = lambda _: None, task_of: TaskOf | None = None) -> Report:
        """The report on one submission, for a task of the caller's where one is given. Raises SubmissionError."""
        return self.observe_and_judge(path, progress, task_of)[1]

    def observe_and_judge(
        self, path: Path, progress: Progress = lambda _: None, task_of: TaskOf | None = None
    ) -> tuple[Run, Report]:
        """All that was observed of one submission, and the report on it."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="grade-work-") as scratch:
            progress(f"unpacking {path.name}")
            workspace = open_submission(path, Path(scratch))
            task = (task_of or self._task_of)(workspace)
            exercises = {id_: self._prepared.prepare(e, self.which) for id_, e in self._asked_for(task).items()}
            run, chosen = self._observe(workspace, task, exercises, progress)
        waited_s, self._waited_s = self._sandbox.waited_s - self._waited_s, self._sandbox.waited_s
        return run, report_on(Judged(run, self._prepared, task.rubric, exercises, chosen), started, waited_s)

    def _task_of(self, workspace: Workspace) -> Task:
        assignment = self.assignment or find_assignment(self.course, workspace)
        rubric = self.course.assignments[assignment]
        notes = () if self.assignment else doubts(self.course, workspace, assignment)
        return Task(assignment, rubric, {id_: self.course.exercises[id_] for id_ in rubric.exercises}, notes)

    def _asked_for(self, task: Task) -> dict[str, Exercise]:
        kept = {id_: e for id_, e in task.exercises.items() if self.only is None or id_ in self.only}
        if task.exercises and not kept:
            raise UsageError(f"--only: {task.name} has none of these exercises; it has {', '.join(task.exercises)}")
        return kept

    def _given_by(self, task: Task) -> AsGiven:
        """The assignment's own handout, the original that its rubric names, and others; read once."""
        if task.name not in self._given:
            own = (self.course.root / "handout" / task.name).rglob("*")
            originals = (self.course.root / name for name in task.rubric.original)
            code = (path for path in own if path.suffix in (".py", ".ipynb"))
            self._given[task.name] = read_given([*code, *originals, *self.handouts])
        return self._given[task.name]

    def _observe(
        self, workspace: Workspace, task: Task, exercises: Mapping[str, Prepared], progress: Progress
    ) -> tuple[Run, Chosen]:
        """Judging goes along, since it decides which of several definitions is observed next."""
        handout = self._given_by(task)
        with SandboxObserver(self._sandbox, workspace, exercises, self.timeout_s, handout) as observer:
            chosen = choose(exercises, observer.definitions, observer, progress)
        run = Run(
            submission=workspace.name,
            assignment=task.name,
            files=_digests(workspace),
            which=self.which,
            only=self.only is not None,
            asked={id_: Asked(p.inputs, p.probe.digest, observer.definitions[id_]) for id_, p in exercises.items()},
            attempts=chosen.attempts,
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
