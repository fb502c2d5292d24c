"""From a submission to its report: the whole line, for one submission after another."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from grader import __version__
from grader.course.detect import find_assignment
from grader.course.fixtures import Which, read_fixture, read_probe
from grader.course.folder import Course, Exercise
from grader.grading.candidates import Candidate, candidates_in, note_choice, nothing_found
from grader.grading.observe import Examination, ProbeRequest
from grader.intake.workspace import open_submission
from grader.judge.verdicts import Judgement, judge_exercise
from grader.model.assignment import AssignmentRubric
from grader.model.errors import UsageError
from grader.model.fixture import Fixture
from grader.model.observation import Observation, Outcome
from grader.model.report import Report, Seconds
from grader.model.submission import Workspace
from grader.model.verdict import Status
from grader.sandbox.sandbox import Sandbox
from grader.scoring.dialects import dialect_notes
from grader.scoring.letters import letters_possible
from grader.scoring.marks import score_parts, total

_Seen = Mapping[str, Observation]  # by case
_MOST_CANDIDATES = 3  # definitions of one name in several files: so many are tried, the best one counts


@dataclass(frozen=True)
class Task:
    """What a submission is graded by. `exercises` are those that the rubric gives marks for."""

    name: str  # the assignment's id
    rubric: AssignmentRubric
    exercises: Mapping[str, Exercise]


@dataclass(frozen=True)
class _Result:
    judgement: Judgement
    candidate: Candidate | None = None
    notes: tuple[str, ...] = ()
    broke_off: bool = False  # a case crashed or ran out of time


class Grading:
    """Grades submissions against one course, in one sandbox. Use as a context manager.

    `timeout_s` replaces the rubrics' limits on an exercise's time; `only` keeps these exercises alone;
    `assignment` is used for every submission instead of being found from each; `which` set of cases is used, and of
    it only `case` where one is named.
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
    ) -> None:
        self._course = course
        self._isolation = isolation
        self._device = device
        self._timeout_s = timeout_s
        self._only = only
        self._assignment = assignment
        self._which = which
        self._case = case
        self._fixtures: dict[str, tuple[Fixture, str]] = {}
        self._waited_s = 0.0

    def __enter__(self) -> Self:
        # started first: it imports torch while we unpack the submission and read the fixtures
        self._sandbox = Sandbox(self._isolation, self._device, hidden=_content_folders(self._course))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sandbox.close()

    def grade(self, path: Path, progress: Callable[[str], None] = lambda _: None) -> Report:
        """The report on one submission. Raises SubmissionError where it cannot be graded at all."""
        return self.grade_task(path, self._task_of, progress)

    def grade_task(
        self, path: Path, task_of: Callable[[Workspace], Task], progress: Callable[[str], None] = lambda _: None
    ) -> Report:
        """The report on one submission by a task of the caller's own, made when the submission is unpacked."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="grade-work-") as scratch:
            progress(f"unpacking {path.name}")
            workspace = open_submission(path, Path(scratch))
            task = task_of(workspace)
            results, examination = self._examine(workspace, self._asked_for(task), progress)
        judgements = {id_: result.judgement for id_, result in results.items()}
        parts = score_parts(task.rubric, task.exercises, judgements, _answers_unseen(task, results))
        sums = total(parts)
        waited, self._waited_s = self._sandbox.waited_s - self._waited_s, self._sandbox.waited_s
        return Report(
            assignment=task.name,
            submission=workspace.name,
            isolation=self._sandbox.tier.value,
            device=examination.device,
            **sums._asdict(),
            letters=letters_possible(task.rubric, sums.score, sums.pending),
            parts=parts,
            notes=tuple(dict.fromkeys(self._notes(workspace, examination, results, task))),
            seconds=Seconds(total=time.monotonic() - started, start=waited, student=examination.student_s),
            versions={"grader": __version__, **self._sandbox.versions},
        )

    def _task_of(self, workspace: Workspace) -> Task:
        assignment = self._assignment or find_assignment(self._course, workspace)
        rubric = self._course.assignments[assignment]
        return Task(assignment, rubric, {id_: self._course.exercises[id_] for id_ in rubric.exercises})

    def _asked_for(self, task: Task) -> dict[str, Exercise]:
        kept = {id_: e for id_, e in task.exercises.items() if self._only is None or id_ in self._only}
        if task.exercises and not kept:
            raise UsageError(f"--only: {task.name} has none of these exercises; it has {', '.join(task.exercises)}")
        return kept

    def _examine(
        self, workspace: Workspace, exercises: Mapping[str, Exercise], progress: Callable[[str], None]
    ) -> tuple[dict[str, _Result], Examination]:
        for exercise in exercises.values():
            self._fixture(exercise)  # while the sandbox starts
        candidates = {id_: candidates_in(workspace, exercise) for id_, exercise in exercises.items()}
        names: dict[str, list[str]] = {}
        for id_, found in candidates.items():
            for candidate in found:
                wanted = (candidate.name, *exercises[id_].rubric.also)
                names.setdefault(candidate.source.id, []).extend(wanted)
        data = {name: path for exercise in exercises.values() for name, path in exercise.data.items()}
        with Examination(self._sandbox, workspace, names, data) as examination:
            first = self._first_results(examination, exercises, candidates, progress)
            results: dict[str, _Result] = {}
            for id_ in sorted(exercises, key=lambda id_: bool(exercises[id_].rubric.builds_on)):
                sound = all(id_ in results and _all_passed(results[id_]) for id_ in exercises[id_].rubric.builds_on)
                results[id_] = self._best(examination, exercises[id_], candidates[id_], first[id_], sound)
        return results, examination

    def _first_results(
        self,
        examination: Examination,
        exercises: Mapping[str, Exercise],
        candidates: Mapping[str, Sequence[Candidate]],
        progress: Callable[[str], None],
    ) -> dict[str, _Result]:
        """Each exercise's likeliest definition, judged while the next exercise computes in the sandbox."""

        def judge(id_: str, seen: _Seen) -> _Result:
            return self._judge(exercises[id_], seen, examination.device, next(iter(candidates[id_]), None))

        results: dict[str, _Result] = {}
        seen: dict[str, _Seen] = {}
        for id_, exercise in exercises.items():
            progress(exercise.rubric.title)
            wait = self._begin(examination, exercise, candidates[id_])
            for earlier in list(seen):
                results[earlier] = judge(earlier, seen.pop(earlier))
            seen[id_] = wait()
        return results | {id_: judge(id_, last) for id_, last in seen.items()}

    def _begin(
        self, examination: Examination, exercise: Exercise, candidates: Sequence[Candidate], given: bool = False
    ) -> Callable[[], _Seen]:
        """Start the probe on the first of `candidates`."""
        fixture, probe = self._fixture(exercise)
        if not candidates:
            return lambda: nothing_found(exercise, fixture)
        timeout_s = self._timeout_s or exercise.rubric.timeout_s
        request = ProbeRequest(exercise.id, probe, fixture, timeout_s, given)
        return examination.begin(candidates[0].source, candidates[0].name, request)

    def _best(
        self,
        examination: Examination,
        exercise: Exercise,
        candidates: Sequence[Candidate],
        first: _Result,
        sound: bool,
    ) -> _Result:
        """The best of the definitions found, so that an old copy left in the archive costs nothing.

        Unless what the exercise builds on is `sound`, each is tried with a correct one in place of it as well.
        """

        def again(candidate: Candidate, given: bool) -> _Result:
            seen = self._begin(examination, exercise, [candidate], given)()
            return self._judge(exercise, seen, examination.device, candidate)

        results = [first]
        for number, candidate in enumerate(candidates[:_MOST_CANDIDATES]):
            result = again(candidate, given=False) if number else first
            results.append(result)
            if _all_passed(result) or (exercise.rubric.kind == "answers" and not _not_attempted(result)):
                break  # of answers the first given ones count: several tries are not for choosing from
            if not sound and not result.broke_off and not _not_attempted(result):
                given = again(candidate, given=True)
                results.append(replace(given, notes=(*given.notes, self._note_stand_in(exercise))))
        best = max(results, key=lambda result: (*_weights_kept(exercise, result), not _not_attempted(result)))
        return replace(best, notes=(*best.notes, *note_choice(candidates, best.candidate)))

    def _note_stand_in(self, exercise: Exercise) -> str:
        names = ", ".join(self._course.exercises[id_].rubric.entry for id_ in exercise.rubric.builds_on)
        return f"{exercise.rubric.title}: marked with a correct {names} in place of yours, whose faults count once"

    def _judge(self, exercise: Exercise, seen: _Seen, device: str, candidate: Candidate | None) -> _Result:
        judgement = judge_exercise(exercise.rubric, self._fixture(exercise)[0], seen, device)
        broke_off = any(o.outcome in (Outcome.CRASHED, Outcome.TIMED_OUT) for o in seen.values())
        return _Result(judgement, candidate, judgement.notes, broke_off)

    def _fixture(self, exercise: Exercise) -> tuple[Fixture, str]:
        if exercise.id not in self._fixtures:
            fixture = read_fixture(exercise, self._which)
            if self._case is not None:
                fixture = replace(fixture, cases=tuple(c for c in fixture.cases if c.name == self._case))
            self._fixtures[exercise.id] = (fixture, read_probe(exercise))
        return self._fixtures[exercise.id]

    def _notes(
        self,
        workspace: Workspace,
        examination: Examination,
        results: Mapping[str, _Result],
        task: Task,
    ) -> Iterator[str]:
        yield from workspace.notes
        yield from examination.notes
        for result in results.values():
            yield from result.notes
        judgements = {id_: result.judgement for id_, result in results.items()}
        yield from dialect_notes(task.rubric, task.exercises, judgements)
        if self._sandbox.why:
            yield f"isolation: {self._sandbox.why}"
        hidden = [] if self._which == "public" else [self._fixture(task.exercises[id_])[0] for id_ in results]
        if any(fixture.seed_is_published for fixture in hidden):
            yield "hidden cases come from the published seed: rebuild them with a secret one before grading a class"


def _content_folders(course: Course) -> list[Path]:
    shipped = Path(__file__).resolve().parents[1] / "shipped"
    folders = [course.root / name for name in ("solutions", "rubrics", "fixtures", "handout")]
    return [folder for folder in (*folders, shipped) if folder.is_dir()]


def _answers_unseen(task: Task, results: Mapping[str, _Result]) -> frozenset[str]:
    """Exercises with written answers, where no file holds any: they may stand in a report, which a person reads."""
    return frozenset(
        id_
        for id_, result in results.items()
        if task.exercises[id_].rubric.kind == "answers" and result.candidate is None
    )


def _weights_kept(exercise: Exercise, result: _Result) -> tuple[float, float]:
    """Weight of the criteria that lose nothing, as far as we can tell, and of those of them that no person must see."""

    def weight(*statuses: Status) -> float:
        kept = {verdict.criterion for verdict in result.judgement.verdicts if verdict.status in statuses}
        return sum(criterion.weight for criterion in exercise.rubric.criteria if criterion.id in kept)

    decided = weight(Status.PASSED, Status.GRADER_ERROR)
    return decided + weight(Status.NEEDS_PERSON), decided


def _all_passed(result: _Result) -> bool:
    return all(verdict.status is Status.PASSED for verdict in result.judgement.verdicts)


def _not_attempted(result: _Result) -> bool:
    return all(verdict.status is Status.NOT_ATTEMPTED for verdict in result.judgement.verdicts)
