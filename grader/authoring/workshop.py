"""Recording and auditing run a course's probe and solutions, which are its author's code: in a sandbox of their own.

A child has the files of one exercise, does one piece of work on them, and sends back what came of it, with the files
that it recorded. Systems without isolation have the same done in this process: there a course is trusted as its author
is. So is one that `grade course import` makes, whose tests are tried where they are converted.
"""

import contextlib
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, TypedDict, TypeVar

from pydantic import TypeAdapter

from grader.course.finding import content_folders
from grader.course.fixtures import SETS, fixture_path
from grader.course.folder import Course, Exercise, open_course
from grader.messages.answers import WorkDone, WorkRefused, from_work
from grader.messages.frames import Frame, receive_frame, send_frame
from grader.messages.requests import Named
from grader.model.errors import CourseError, GraderFault, SessionError, WireError
from grader.sandbox.environment import MIB, Limits
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session, Step

if TYPE_CHECKING:
    from grader.authoring.audit import AuditTable

LIMITS = Limits(memory_mb=16_384, disk_mb=1024, cpu_s=86_400, output_mb=64)
LIMIT_S = 86_400.0  # networks are trained in some solutions; who waits can stop it
_MOST_BYTES = 512 * MIB
_IN_THIS_PROCESS: Literal["here"] = "here"
_T = TypeVar("_T")


class Work(TypedDict):
    """Sent to the child; the exercise's files are in the blob."""

    task: Literal["audit", "verify", "record"]
    exercise: str
    seed: int | None  # of hidden inputs, for "record"
    files: Sequence[Named]


class Workshop:
    """Does such work for one course. A context manager. All methods raise CourseError where the course is wrong."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._sandbox: Sandbox | None = None

    def __enter__(self) -> Self:
        if sys.platform == "linux":
            self._sandbox = Sandbox("auto", "cpu", hidden=content_folders(self._course.root), serves="authoring")
        return self

    def __exit__(self, *error: object) -> None:
        if self._sandbox is not None:
            self._sandbox.close()

    def audit(self, id_: str) -> "AuditTable":
        """What `audit_exercise` finds."""
        from grader.authoring.audit import AuditTable

        return self._done("audit", id_, None, AuditTable)

    def verify(self, id_: str) -> list[str]:
        """What `verify_fixtures` finds."""
        return self._done("verify", id_, None, list[str])

    def record(self, id_: str, seed: int | None) -> tuple[float, list[str]]:
        """Record both sets of an exercise and write them; the tolerance factor, and what changes in marks by it."""
        return self._done("record", id_, seed, tuple[float, list[str]])

    def _done(self, task: Literal["audit", "verify", "record"], id_: str, seed: int | None, kind: type[_T]) -> _T:
        exercise = self._course.exercise(id_)
        if self._sandbox is None:
            return TypeAdapter(kind).validate_json(_do(exercise, self._course, task, seed))
        files = dict(_files_of(exercise, self._course.root))
        work: Work = {"task": task, "exercise": id_, "seed": seed, "files": [(n, len(b)) for n, b in files.items()]}
        with self._sandbox.open(LIMITS) as session:
            parts = _asked(session, work, b"".join(files.values()))
        for path, content in zip(_recorded_files(exercise), parts[1:], strict=False):
            path.write_bytes(content)
        return TypeAdapter(kind).validate_json(parts[0])


def _asked(session: Session, work: Work, blob: bytes) -> list[bytes]:
    """The result, and the files that were recorded."""
    try:
        frame = session.ask_course(work, blob, Step.lasting("it took too long", LIMIT_S))
        answer = from_work(frame)
        if isinstance(answer, WorkDone) and sum(answer.sizes) != len(frame.blob):
            raise WireError("its answer is incomplete")
    except (SessionError, WireError) as error:
        said = session.log.decode(errors="replace")[-500:]
        raise CourseError(f"{work['exercise']}: its own files ended the work on it: {error} {said}".strip()) from None
    if isinstance(answer, WorkRefused):
        raise CourseError(answer.what)
    if not isinstance(answer, WorkDone):
        raise GraderFault(f"{work['exercise']}: {answer.what}; report this")
    return _split(answer.sizes, frame.blob)


def _files_of(exercise: Exercise, root: Path) -> Iterator[tuple[str, bytes]]:
    """All that belongs to it, by path in the course: its rubric, its topic's files, its solutions and fixtures."""
    topic = exercise.fixtures.parent
    found = [root / f"rubrics/{exercise.id}.toml", *topic.glob("*"), *exercise.solutions.parent.glob("*")]
    found += [path for folder in (topic / "data", exercise.fixtures, exercise.solutions) for path in folder.rglob("*")]
    for path in dict.fromkeys(found):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:  # a link may lead anywhere
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _recorded_files(exercise: Exercise) -> list[Path]:
    """What recording writes; the manifest is last, without which a set cannot be read."""
    return [*(fixture_path(exercise, which) for which in SETS), exercise.fixtures / "manifest.toml"]


def _split(sizes: Sequence[int], blob: bytes | bytearray) -> list[bytes]:
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [bytes(blob[end - size : end]) for size, end in zip(sizes, ends, strict=True)]


# ---------------------------------------------------------------- in the child


def prepare() -> dict[str, str]:
    """In the zygote: import what the work needs."""
    from grader.child import warm

    versions = warm.prepare()
    from grader.authoring import audit  # noqa: F401
    from grader.authoring.record import verification  # noqa: F401

    return versions


def serve(channel: socket.socket, folder: str, device: str, *, workers: bool) -> None:
    """Do the work that the judge sends, until it closes the channel."""
    send_frame(channel, {"kind": "started", "device": "cpu"})
    with contextlib.suppress(EOFError):
        while True:
            send_frame(channel, *_answer(Path(folder), receive_frame(channel, max_head=MIB, max_blob=_MOST_BYTES)))


def _answer(folder: Path, frame: Frame) -> tuple[dict[str, object], bytes]:
    names = [name for name, _ in frame.head["files"]]
    for name, content in zip(names, _split([size for _, size in frame.head["files"]], frame.blob), strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    course = open_course(folder, _IN_THIS_PROCESS)
    try:
        exercise = course.exercise(frame.head["exercise"])
        result = _do(exercise, course, frame.head["task"], frame.head["seed"])
    except CourseError as error:
        return {"kind": "refused", "what": str(error)}, b""
    except Exception as error:
        return {"kind": "failed", "what": traceback.format_exception(error)[-1].strip()}, b""
    written = _recorded_files(exercise) if frame.head["task"] == "record" else []
    parts = [result, *(path.read_bytes() for path in written)]
    return {"kind": "done", "sizes": [len(part) for part in parts]}, b"".join(parts)


def _do(exercise: Exercise, course: Course, task: str, seed: int | None) -> bytes:
    """The result, as JSON."""
    from grader.authoring.audit import AuditTable, audit_exercise
    from grader.authoring.record.fixtures import record, write
    from grader.authoring.record.verification import changes_by_rebuild, verify_fixtures

    if task == "audit":
        return TypeAdapter(AuditTable).dump_json(audit_exercise(course, exercise.id))
    if task == "verify":
        return TypeAdapter(list[str]).dump_json(verify_fixtures(course, [exercise.id]))
    recording = record(exercise, seed)
    changes = changes_by_rebuild(exercise, recording)
    write(exercise, recording)
    return TypeAdapter(tuple[float, list[str]]).dump_json((recording.calibration.tolerance_factor, list(changes)))
