"""One submission under observation in the sandbox: its sources are loaded, its definitions run under probes.

Sessions are opened, and opened anew where student code broke one: a source that ends the process while it loads, or a
case that hangs or crashes, costs itself alone. Written answers are data: nothing is run for them.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from grader.course.folder import Exercise
from grader.grading.as_given import NOTHING_GIVEN, AsGiven, not_written
from grader.grading.candidates import Candidate, candidates_in, observe_answers, probe_request, sheets_in
from grader.grading.prepared import Prepared
from grader.messages.answers import FilesWritten, LoadReport, observation_from
from grader.messages.frames import Frame
from grader.messages.requests import LoadSource, RunProbe, WriteFiles
from grader.model.errors import SessionError, StepTimeoutError, TensorError, UsageError, WireError
from grader.model.fixture import FixtureCase
from grader.model.observation import Definition, Observation, Observations, Outcome, StudentError
from grader.model.submission import Source, Workspace
from grader.sandbox.session import Session, Step
from grader.sandbox.spawned import AnySandbox
from grader.sandbox.tiers.tier import UNCONFINED

MAX_DATA_BYTES = 32 << 20  # of the files that go into the sandbox; more is left out, with a note
_LOADING_SHARE = 0.5  # of an exercise's time: what loads for longer leaves some of it to compute in
_MOST_ENDED = 2  # sessions that an attempt may end; a third is not opened for it
_ATTEMPTS = 2  # a submission has so often what its exercises have: a second definition, or stand-ins beside it


@dataclass
class _Loaded:
    names: frozenset[str] = frozenset()
    errors: Mapping[str, StudentError] = field(default_factory=dict)
    failure: Observation | None = None  # the source ended its process


class SandboxObserver:
    """Observes one workspace. A context manager: leaving it ends the submission's processes."""

    def __init__(
        self,
        sandbox: AnySandbox,
        workspace: Workspace,
        exercises: Mapping[str, Prepared],
        timeout_s: float | None = None,
        handout: AsGiven = NOTHING_GIVEN,
    ) -> None:
        """`timeout_s` replaces the rubrics' limits on an exercise's time; what the `handout` gave is not run."""
        self._sandbox = sandbox
        self._workspace = workspace
        self._exercises = exercises
        self._timeout_s = timeout_s
        self._handout = handout
        self.definitions: dict[str, tuple[Definition, ...]] = {}  # of each exercise, the likeliest place first
        self._candidates: dict[Definition, Candidate] = {}
        self._wanted: dict[str, list[str]] = {}  # names to load from each source, by its id
        for id_, prepared in exercises.items():
            self._find(id_, prepared.exercise)
        self._data = {n: path for prepared in exercises.values() for n, path in prepared.exercise.data.items()}
        self._session: Session | None = None
        self._loaded: dict[str, _Loaded] = {}  # in the present session
        self._broken: dict[str, _Loaded] = {}  # sources that end every session they are loaded in
        self._budget_s = _ATTEMPTS * sum(self._limit_s(prepared) for prepared in exercises.values())
        self._used_s = 0.0  # of it
        self.device = "cpu"
        self.student_s = 0.0
        self.notes: list[str] = []

    def _limit_s(self, prepared: Prepared) -> float:
        return self._timeout_s or prepared.rubric.timeout_s

    def _find(self, id_: str, exercise: Exercise) -> None:
        candidates = candidates_in(self._workspace, exercise)
        self.definitions[id_] = (*sheets_in(self._workspace, exercise), *(c.definition for c in candidates))
        for candidate in candidates:
            self._candidates[candidate.definition] = candidate
            self._wanted.setdefault(candidate.source.id, []).extend((candidate.name, *exercise.rubric.also))

    def observe(self, exercise: str, definition: Definition, given: bool) -> Observations:
        """One observation of every case, whatever the submission does."""
        prepared = self._exercises[exercise]
        sheet = next((s for s in self._workspace.sheets if s.path == definition.source), None)
        if sheet is not None:
            return observe_answers(sheet, prepared)
        candidate = self._candidates[definition]
        if self._handout.holds(candidate.source, candidate.name, prepared.rubric.also):
            self._note(f"{candidate.source.id}: {candidate.name} is as the handout gave it: not attempted")
            return not_written(candidate.name, prepared.fixture)
        if not given or self._sandbox.tier == UNCONFINED:
            return self._run(candidate, prepared, given)
        # A source can keep the stand-ins that are sent: none that comes later may find them.
        self.close()
        try:
            return self._run(candidate, prepared, given)
        finally:
            self.close()

    def _run(self, candidate: Candidate, prepared: Prepared, given: bool) -> Observations:
        seen: dict[str, Observation] = {}
        cases = prepared.fixture.cases
        waiting = list(cases)
        limit_s = self._limit_s(prepared)
        end_s, ended = min(self._used_s + limit_s, self._budget_s), 0
        while waiting:
            not_run = self._why_not_run(candidate.source, limit_s, end_s, ended)
            problem = not_run or self._why_missing(self._load(candidate.source, limit_s, end_s), candidate.name)
            if problem is not None:
                left_out = waiting if not_run else cases
                seen = {case.name: replace(problem, case=case.name) for case in left_out} | seen
                break
            # half of what is left: one case that hangs leaves time for the others
            step = Step.lasting(f"{candidate.name} ran for more than {limit_s / 2:g} s", (end_s - self._used_s) / 2)
            with self._on_the_clock():
                answers = self._send(*probe_request(candidate, prepared, given, waiting), len(waiting), step)
                for observation in self._read(answers, waiting):
                    seen[observation.case] = observation
                    self.student_s += observation.seconds
            if self._session is None and list(seen.values())[-1].outcome is not Outcome.TIMED_OUT:
                ended += 1
            waiting = [case for case in waiting if case.name not in seen]
        return seen

    def _why_not_run(self, source: Source, limit_s: float, end_s: float, ended: int) -> Observation | None:
        if ended == _MOST_ENDED:
            return Observation("", Outcome.CRASHED, reason=f"not run: {source.id} ended {ended} processes before")
        if self._used_s < end_s:
            return None
        of, allowed_s = "exercise", limit_s
        if self._used_s >= self._budget_s:
            of, allowed_s = "submission", self._budget_s
            self._note(f"time: the {allowed_s:g} s that its code may take in all were used up; the rest was not run")
        return Observation("", Outcome.TIMED_OUT, reason=f"not run: the {allowed_s:g} s for this {of} were used up")

    @contextmanager
    def _on_the_clock(self) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self._used_s += time.monotonic() - started

    def _send(self, request: RunProbe, blob: bytes, count: int, step: Step) -> Iterator[Frame | int]:
        try:
            return self._open().ask_probe(request, blob, count, step)
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
            if done < len(cases):  # else the process that loaded the source broke after the last case
                yield Observation(cases[done].name, _outcome(ended), reason=str(ended))
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
        request: WriteFiles = {"op": "files", "files": sizes, "course": own}
        session.ask(request, b"".join(blobs), FilesWritten, Step.lasting("writing files", 60))

    def _load(self, source: Source, limit_s: float, end_s: float) -> _Loaded:
        known = self._broken if self._session is None else self._broken | self._loaded
        if source.id in known:
            return known[source.id]
        texts = [cell.text.encode() for cell in source.cells]
        request: LoadSource = {
            "op": "load",
            "path": source.path,
            "source": source.id,
            "kind": source.kind,
            "cells": [(cell.label, len(text)) for cell, text in zip(source.cells, texts, strict=True)],
            "wanted": list(self._wanted[source.id]),
            "budget_s": limit_s * _LOADING_SHARE,
        }
        begun_s, left_s = self._used_s, end_s - self._used_s
        try:
            session = self._open()
            with self._on_the_clock():
                step = Step.lasting(f"{source.id} was still loading after {round(left_s, 1):g} s", left_s)
                report = session.ask(request, b"".join(texts), LoadReport, step)
            errors = {name: error.as_seen() for name, error in report.errors.items()}
            loaded = self._loaded[source.id] = _Loaded(report.names, errors)
            self.student_s += min(report.seconds, self._used_s - begun_s)
            for note in report.notes:
                self._note(f"{source.id}: {note}")
        except (SessionError, WireError) as ended:
            failure = Observation("", _outcome(ended), reason=f"while {source.id} was loaded: {ended}")
            loaded = _Loaded(failure=failure)
            if left_s >= limit_s or not isinstance(ended, StepTimeoutError):  # it had time
                self._broken[source.id] = loaded
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

    def __exit__(self, *error: object) -> None:
        self.close()


def _raise(error: SessionError) -> Iterator[Frame | int]:
    raise error
    yield 0  # what makes this an iterator: the error comes when it is read


def _outcome(error: SessionError | WireError) -> Outcome:
    if isinstance(error, WireError):
        return Outcome.REFUSED
    return Outcome.TIMED_OUT if isinstance(error, StepTimeoutError) else Outcome.CRASHED


def _words(status: int) -> str:
    if status & 127:
        return f"the process was killed by signal {status & 127}"
    return "the process ended before the probe was through"
