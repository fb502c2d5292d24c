"""A course is a folder with solutions/, rubrics/ and fixtures/: its exercises and assignments, read on demand.

A person means an exercise by its id, by the last part of it, or by its topic.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, partial
from pathlib import Path
from typing import Literal, TypeVar

from grader.course.finding import RELEASED, content_folders, find_root
from grader.course.process import CourseProcess, Module
from grader.course.reading import read_toml
from grader.judge.checks.criterion import JudgedCriterion
from grader.judge.checks.families import Rubric
from grader.messages.requests import STAND_INS
from grader.model.assignment import AssignmentRubric
from grader.model.errors import CourseError, ModuleFaultError
from grader.model.rubric import ExerciseRubric
from grader.sandbox.tiers.tier import AUTO, UNCONFINED, Isolation

T = TypeVar("T")


@dataclass(frozen=True)
class Exercise:
    """One exercise's rubric, and where its solutions and fixtures lie."""

    id: str  # "topic/exercise"
    rubric: ExerciseRubric[JudgedCriterion]
    solutions: Path  # absent where the course was released to students
    fixtures: Path
    process: CourseProcess = field(default_factory=CourseProcess, compare=False)  # where its oracle and rules run

    @property
    def probe(self) -> Path:
        return self.fixtures / "probe.py"

    @property
    def code(self) -> dict[str, Path]:
        """The Python that runs on a submission, by its path below fixtures/, in the order in which it is loaded.

        The probe, `given.py` beside it, and the topic's `given.py` and `probing.py` where one of these imports them.
        """
        code = [self.probe, *filter(Path.is_file, [self.fixtures / STAND_INS])]
        for shared in (self.fixtures.parent / STAND_INS, self.fixtures.parent / "probing.py"):
            imports = re.compile(rf"^\s*from \.\.?{shared.stem} import ", re.MULTILINE)
            if shared.is_file() and any(imports.search(path.read_text(encoding="utf-8")) for path in code):
                code.insert(0, shared)
        return {path.relative_to(self.fixtures.parent.parent).as_posix(): path for path in code}

    @property
    def reference(self) -> Path:
        """Raises CourseError where the course came without solutions."""
        path = self.solutions / f"reference{self._suffix}"
        if not path.is_file():
            raise CourseError(f"solutions/{self.id}/{path.name}: no such file; write the exercise's solution there")
        return path

    @property
    def dialects(self) -> Path | None:
        """The file with the dialects, a module with DIALECTS or TOML, where the exercise has several right answers."""
        path = self.solutions / f"dialects{self._suffix}"
        return path if path.is_file() else None

    @property
    def data(self) -> dict[str, Path]:
        """The files that stand in the student's working folder, by name; raises CourseError where one is missing."""
        return {name: self._own_or_shared(f"data/{name}", "names it") for name in self.rubric.data}

    @property
    def oracle(self) -> Path | None:
        """The module with the probabilities of draws, see `grader.course.rules`; None where none is needed.

        Raises CourseError where the rubric needs one and there is none; so does `claims`.
        """
        return self._own_or_shared("oracle.py", "judges draws") if self._needs("oracle.py") else None

    @property
    def claims(self) -> Path | None:
        """The module whose functions judge answers by what they bring about; None where none is needed."""
        return self._own_or_shared("claims.py", "names a claim") if self._needs("claims.py") else None

    def _needs(self, module: str) -> bool:
        return any(criterion.course_module == module for criterion in self.rubric.criteria)

    def _own_or_shared(self, name: str, why: str) -> Path:
        """A file of the exercise's own fixtures, else of its topic's, which the topic's exercises share."""
        for path in (self.fixtures / name, self.fixtures.parent / name):
            if path.is_file():
                if not path.resolve().is_relative_to(self.fixtures.parents[1].resolve()):
                    raise CourseError(f"{self.shown(path)}: is a link out of the course; put the file itself there")
                return path
        raise CourseError(f"fixtures/{self.id}/{name}: no such file, but rubrics/{self.id}.toml {why}")

    def module(self, path: Path) -> Module:
        """`oracle` or `claims`, with what it must define for the criteria."""
        asking = (criterion for criterion in self.rubric.criteria if criterion.course_module == path.name)
        needed = tuple(dict.fromkeys(name for criterion in asking for name in criterion.course_functions))
        return Module(self.shown(path), path.read_text(encoding="utf-8"), needed)

    def require_modules(self) -> None:
        """Run `oracle` and `claims`; raises CourseError where one does not run, or does not define what it must."""
        for path in filter(None, (self.oracle, self.claims)):
            try:
                self.process.defined(self.module(path))
            except ModuleFaultError as fault:
                raise CourseError(f"{fault}; it must run by itself and define what CONTRIBUTING says") from None

    def shown(self, path: Path) -> str:
        """A file of the exercise's or its topic's fixtures, as messages name it."""
        return f"fixtures/{path.relative_to(self.fixtures.parent.parent).as_posix()}"

    @property
    def written(self) -> bool:
        """Whether students write answers instead of code."""
        return self.rubric.kind == "answers"

    @property
    def _suffix(self) -> str:
        return ".toml" if self.written else ".py"

    @property
    def wheats(self) -> tuple[Path, ...]:
        return tuple(sorted((self.solutions / "wheats").glob(f"*{self._suffix}")))

    @property
    def chaffs(self) -> tuple[Path, ...]:
        return tuple(sorted((self.solutions / "chaffs").glob(f"*{self._suffix}")))


class ReadOnDemand(Mapping[str, T]):
    """Ids in sorted order; each value is read when first asked for, so one broken file costs only itself."""

    def __init__(self, ids: Iterable[str], read: Callable[[str], T]) -> None:
        self._readers = {id_: cache(partial(read, id_)) for id_ in sorted(ids)}

    def __getitem__(self, id_: str) -> T:
        return self._readers[id_]()

    def __contains__(self, id_: object) -> bool:
        return id_ in self._readers

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


@dataclass(frozen=True)
class Course:
    root: Path
    exercises: Mapping[str, Exercise]
    assignments: Mapping[str, AssignmentRubric]
    process: CourseProcess = field(default_factory=CourseProcess, compare=False)

    @property
    def is_release(self) -> bool:
        """Whether it is what students got: public cases alone, no solutions."""
        return self.root.name == RELEASED

    def exercise(self, id_: str) -> Exercise:
        """Raises CourseError that suggests the nearest id where there is no such exercise."""
        if id_ not in self.exercises:
            raise CourseError(f"no exercise {id_!r} in {self.root}; {_suggestion(id_, self.exercises)}")
        return self.exercises[id_]

    def assignment(self, id_: str) -> AssignmentRubric:
        """Raises CourseError that suggests the nearest id where there is no such assignment."""
        if id_ not in self.assignments:
            raise CourseError(f"no assignment {id_!r} in {self.root}; {_suggestion(id_, self.assignments)}")
        return self.assignments[id_]


def find_course(explicit: Path | None, start: Path) -> Course:
    """The course to grade with, as `find_root` finds it. Raises CourseError where a named folder is none."""
    return open_course(find_root(explicit, start))


def find_own_course(explicit: Path | None, start: Path) -> Course:
    """The course to check one's own work with: one that is found, and not named, must be this user's."""
    return open_course(find_root(explicit, start, of_this_user=True), UNCONFINED)


def open_course(root: Path, isolation: Literal[Isolation, "here"] = AUTO) -> Course:
    """The course in this folder; its files are read when they are first needed.

    Its oracles and rules run by themselves with the `isolation` of submissions, see `CourseProcess`.
    """
    root = root.resolve()
    for name in ("rubrics", "fixtures"):
        if not (root / name).is_dir():
            raise CourseError(f"{root}: is no course folder, it has no {name}/; give --course a folder that has one")
    rubrics = root / "rubrics"
    ids = (path.relative_to(rubrics).with_suffix("").as_posix() for path in rubrics.glob("*/*.toml"))
    process = CourseProcess(tuple(content_folders(root)), isolation)
    exercises = ReadOnDemand(ids, partial(_read_exercise, root, process))
    assignments = (path.stem for path in rubrics.glob("*.toml"))
    return Course(root, exercises, ReadOnDemand(assignments, partial(_read_assignment, root, exercises)), process)


def _read_exercise(root: Path, process: CourseProcess, id_: str) -> Exercise:
    shown = f"rubrics/{id_}.toml"
    rubric = read_toml(root / shown, Rubric, shown)
    exercise = Exercise(id_, rubric, root / "solutions" / id_, root / "fixtures" / id_, process)
    if not exercise.probe.is_file():
        raise CourseError(f"fixtures/{id_}/probe.py: no such file, but {shown} needs it; write the exercise's probe")
    return exercise


def _read_assignment(root: Path, exercises: Mapping[str, Exercise], id_: str) -> AssignmentRubric:
    shown = f"rubrics/{id_}.toml"
    rubric = read_toml(root / shown, AssignmentRubric, shown)
    named = [
        (f"parts[{number}].items[{place}].exercise", item.exercise)
        for number, part in enumerate(rubric.parts, start=1)
        for place, item in enumerate(part.items, start=1)
    ]
    named += [(f"handout[{n}].exercises", name) for n, file in enumerate(rubric.handout, 1) for name in file.exercises]
    for where, name in named:
        if name not in exercises:
            what = f"no exercise {name!r} (no rubrics/{name}.toml)"
            raise CourseError(f"{shown}: {where}: {what}; {_suggestion(name, exercises)}")
    return rubric.scaled()


def exercises_meant(course: Course, name: str) -> tuple[str, ...]:
    """The ids that `name` stands for: itself, the one exercise that ends so, or all of the topic with this name.

    Raises CourseError that lists them where several end so, and suggests the nearest name where none is meant.
    """
    if name in course.exercises:
        return (name,)
    of_topic = tuple(id_ for id_ in course.exercises if id_.startswith(f"{name}/"))
    ends_so = tuple(id_ for id_ in course.exercises if id_.endswith(f"/{name}"))
    if of_topic and (not ends_so or ends_so == of_topic):
        return of_topic
    if len(ends_so) == 1 and not of_topic:
        return ends_so
    if ends_so:
        topic = f" and the topic {name} ({', '.join(of_topic)})" if of_topic else ""
        raise CourseError(f"{name!r} can be {', '.join(ends_so)}{topic}; give the whole id")
    raise CourseError(f"no exercise {name!r} in {course.root}; {_suggestion(name, course.exercises)}")


def all_meant(course: Course, names: Iterable[str]) -> list[str]:
    """The exercises that these names stand for, each once, in the order given. Raises CourseError."""
    return list(dict.fromkeys(id_ for name in names for id_ in exercises_meant(course, name)))


def ids_meant(course: Course, names: Iterable[str]) -> list[str]:
    """As `all_meant`, where an assignment can be meant as well; an exercise's id is told by the / in it."""
    found: list[str] = []
    for name in names:
        try:
            found += [name] if name in course.assignments else exercises_meant(course, name)
        except CourseError:
            if "/" not in name and get_close_matches(name, list(course.assignments), n=1):
                course.assignment(name)  # raises, and suggests the nearest
            raise
    return list(dict.fromkeys(found))


def _suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest of the ids, or, where `name` is no id, of their topics and last parts; all ids where none is near."""
    ids = list(known)
    parts = [] if "/" in name else [part for id_ in ids for part in id_.split("/")]
    nearest = get_close_matches(name, parts, n=1) or get_close_matches(name, ids, n=1)
    return f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(ids) or 'none'}"
