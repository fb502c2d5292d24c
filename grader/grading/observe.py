"""One submission's code under observation: sessions are opened, and opened anew where student code broke one.

A source that ends the process while it loads, or a case that hangs or crashes, costs itself alone.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from safetensors.numpy import save as bytes_from_arrays

from grader.messages.frames import Frame, WireError
from grader.messages.observations import observation_from
from grader.messages.tensors import TensorError
from grader.model.errors import GraderFault, UsageError
from grader.model.fixture import Fixture, FixtureCase
from grader.model.observation import Observation, Outcome, StudentError
from grader.model.submission import Source, Workspace
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session, SessionError, Step, StepTimeoutError

MAX_DATA_BYTES = 32 << 20  # of the files that go into the sandbox; more is left out, with a note
_LOAD_GRACE_S = 5.0
_MAX_SECONDS = 1e6
_MAX_NOTES, _MAX_NOTE = 20, 300  # of one source, and characters of each


@dataclass(frozen=True)
class ProbeRequest:
    """What to run on a submission's `name`: an exercise's probe on a fixture's cases."""

    exercise: str
    probe: str  # the probe module's text
    fixture: Fixture
    timeout_s: float
    given: bool = False  # put the probe's stand-ins in place of names that other exercises ask for


@dataclass
class _Loaded:
    names: frozenset[str] = frozenset()
    errors: Mapping[str, StudentError] = field(default_factory=dict)
    failure: Observation | None = None  # the source ended its process


class Examination:
    """Observes one workspace in a sandbox. A context manager: leaving it ends the submission's processes."""

    def __init__(
        self,
        sandbox: Sandbox,
        workspace: Workspace,
        wanted: Mapping[str, Sequence[str]],
        data: Mapping[str, Path] | None = None,
    ) -> None:
        """`wanted`: for each source's id, the names to load from it. `data`: the course's files for it, by name."""
        self._sandbox = sandbox
        self._workspace = workspace
        self._wanted = wanted
        self._data = data or {}
        self._session: Session | None = None
        self._loaded: dict[str, _Loaded] = {}  # in the present session
        self._broken: dict[str, _Loaded] = {}  # sources that end every session they are loaded in
        self.device = "cpu"
        self.student_s = 0.0
        self.notes: list[str] = []

    def begin(self, source: Source, name: str, request: ProbeRequest) -> Callable[[], dict[str, Observation]]:
        """Start the probe; what is returned waits for one observation of every case, whatever the submission does.

        The caller may judge meanwhile what it saw before. One at a time: wait for it before the next is begun.
        """
        work = self._observe(source, name, request)
        next(work)

        def wait() -> dict[str, Observation]:
            try:
                next(work)
            except StopIteration as done:
                seen: dict[str, Observation] = done.value
                return seen
            raise GraderFault("an observation did not end; report this")

        return wait

    def _observe(
        self, source: Source, name: str, request: ProbeRequest
    ) -> Generator[None, None, dict[str, Observation]]:
        """Yields once, when the submission has something to compute or turned out to have nothing."""
        seen: dict[str, Observation] = {}
        waiting = list(request.fixture.cases)
        left_s = request.timeout_s
        begun = False
        while waiting:
            if left_s <= 0:
                reason = f"not run: the {request.timeout_s:g} s for this exercise were used up"
                seen |= {case.name: Observation(case.name, Outcome.TIMED_OUT, reason=reason) for case in waiting}
                break
            problem = self._why_missing(self._load(source, request.timeout_s), name)
            if problem is not None:
                seen = {case.name: _renamed(problem, case.name) for case in request.fixture.cases} | seen
                break
            started = time.monotonic()
            answers = self._send(source, name, request, waiting, left_s)
            if not begun:
                yield
                begun = True
            for observation in self._read(answers, waiting):
                seen[observation.case] = observation
                self.student_s += observation.seconds
            left_s -= time.monotonic() - started
            waiting = [case for case in waiting if case.name not in seen]
        if not begun:
            yield
        return seen

    def _send(
        self, source: Source, name: str, request: ProbeRequest, cases: list[FixtureCase], left_s: float
    ) -> Iterator[Frame | int]:
        head, blob = _encode(source, name, request, cases)
        # half of what is left: one case that hangs leaves time for the others
        step = Step.lasting(f"{name} ran for more than {request.timeout_s / 2:g} s", left_s / 2)
        try:
            return self._open().ask_probe(head, blob, len(cases), step)
        except SessionError as ended:
            return _raise(ended)

    def _read(self, answers: Iterator[Frame | int], cases: list[FixtureCase]) -> Iterator[Observation]:
        """Observations of `cases` in order, up to and with the first that breaks the probe's process."""
        done = 0
        try:
            for answer in answers:
                if not isinstance(answer, int):
                    yield observation_from(answer, cases[done].name)
                    done += 1
                elif done < len(cases):
                    yield Observation(cases[done].name, Outcome.CRASHED, reason=_words(answer))
        except SessionError as ended:
            self.close()
            outcome = Outcome.TIMED_OUT if isinstance(ended, StepTimeoutError) else Outcome.CRASHED
            if done < len(cases):  # else the process that loaded the source broke after the last case
                yield Observation(cases[done].name, outcome, reason=str(ended))
        except (WireError, TensorError) as error:
            self.close()
            yield Observation(cases[done].name, Outcome.REFUSED, reason=f"what it sent was refused: {error}")

    def _open(self) -> Session:
        if self._session is None:
            self._session = self._sandbox.open()
            self._loaded = {}
            self.device = self._session.device
            if self._sandbox.device == "cuda" != self.device:
                raise UsageError("--device cuda: no CUDA device can be used here; use --device cpu")
            self._send_files(self._session)
        return self._session

    def _send_files(self, session: Session) -> None:
        blobs = [path.read_bytes() for path in self._data.values()]
        sizes = [(name, len(blob)) for name, blob in zip(self._data, blobs, strict=True)]
        own, total = len(sizes), 0
        modules = [source.path for source in self._workspace.sources if source.kind == "module"]
        for name in (*modules, *self._workspace.data_files):
            if name in self._data:
                continue
            path = self._workspace.root / name
            size = path.stat().st_size
            if total + size > MAX_DATA_BYTES:
                self._note(f"{name} ({size / 1e6:.0f} MB) was left out of the sandbox: too large")
                continue
            total += size
            sizes.append((name, size))
            blobs.append(Path(path).read_bytes())
        session.ask({"op": "files", "files": sizes, "course": own}, b"".join(blobs), Step.lasting("writing files", 60))

    def _load(self, source: Source, timeout_s: float) -> _Loaded:
        known = self._broken if self._session is None else self._broken | self._loaded
        if source.id in known:
            return known[source.id]
        texts = [cell.text.encode() for cell in source.cells]
        head = {
            "op": "load",
            "path": source.path,
            "source": source.id,
            "kind": source.kind,
            "cells": [(cell.label, len(text)) for cell, text in zip(source.cells, texts, strict=True)],
            "wanted": list(self._wanted[source.id]),
            "budget_s": timeout_s,
        }
        started = time.monotonic()
        try:
            step = Step.lasting(f"{source.id} was still loading after {timeout_s:g} s", timeout_s + _LOAD_GRACE_S)
            answer = self._open().ask(head, b"".join(texts), step).head
            loaded = self._loaded[source.id] = _understand(answer)
            self.student_s += min(_number(answer.get("seconds")), time.monotonic() - started)
            notes = answer.get("notes")
            for note in notes[:_MAX_NOTES] if isinstance(notes, list) else ():
                self._note(f"{source.id}: {str(note)[:_MAX_NOTE]}")
        except SessionError as ended:
            outcome = Outcome.TIMED_OUT if isinstance(ended, StepTimeoutError) else Outcome.CRASHED
            failure = Observation("", outcome, reason=f"while {source.id} was loaded: {ended}")
            loaded = self._broken[source.id] = _Loaded(failure=failure)
            self.close()
        return loaded

    def _why_missing(self, loaded: _Loaded, name: str) -> Observation | None:
        if loaded.failure is not None:
            return loaded.failure
        if name in loaded.names:
            return None
        error = loaded.errors.get(name, StudentError("NotImplementedError", f"{name} is defined nowhere in it"))
        return Observation("", Outcome.RAISED, error=error)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def close(self) -> None:
        """End the present session; the next observation opens a new one."""
        if self._session is not None:
            session, self._session = self._session, None
            self._sandbox.retire(session)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _raise(error: SessionError) -> Iterator[Frame | int]:
    raise error
    yield 0  # what makes this an iterator: the error comes when it is read


def _encode(
    source: Source, name: str, request: ProbeRequest, cases: Sequence[FixtureCase]
) -> tuple[dict[str, Any], bytes]:
    arrays: dict[str, Any] = {}
    keys: dict[int, str] = {}
    described = []
    for number, case in enumerate(cases):
        tensors = {}
        for tensor, array in case.inputs.items():
            key = keys.setdefault(id(array), f"t{len(keys)}")  # shared by several cases: sent once
            arrays[key] = array
            tensors[tensor] = key
        described.append((number, {"name": case.name, "settings": case.settings, "tensors": tensors}))
    probe = request.probe.encode()
    head = {
        "op": "probe",
        "exercise": request.exercise,
        "source": source.id,
        "entry": name,
        "given": request.given,
        "probe_bytes": len(probe),
        "cases": described,
    }
    return head, probe + bytes_from_arrays(arrays)


def _understand(answer: Mapping[str, Any]) -> _Loaded:
    names, errors = answer.get("loaded"), answer.get("errors")
    if not isinstance(names, list) or not isinstance(errors, dict):
        return _Loaded(failure=Observation("", Outcome.REFUSED, reason="its loading report was malformed"))
    return _Loaded(
        frozenset(str(name) for name in names),
        {
            str(name): StudentError(*(str(error.get(key, ""))[:500] for key in ("type", "message", "where")))
            for name, error in errors.items()
            if isinstance(error, dict)
        },
    )


def _number(value: object) -> float:
    # compared before it is converted: a whole number of a thousand digits is no float
    return float(value) if isinstance(value, (int, float)) and 0 <= value <= _MAX_SECONDS else 0.0


def _renamed(observation: Observation, case: str) -> Observation:
    return Observation(case, observation.outcome, error=observation.error, reason=observation.reason)


def _words(status: int) -> str:
    if status & 127:
        return f"the process was killed by signal {status & 127}"
    return "the process ended before the probe was through"
