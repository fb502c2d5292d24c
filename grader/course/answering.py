"""The judge's side of a course's own process: questions about a case, with a deadline, and answers that are checked."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from grader.course.process import HERE, Answer, Module
from grader.messages.answers import ModuleDefined, ModuleRaised, from_course, read_tensors
from grader.messages.frames import Frame
from grader.messages.requests import AskModule, RunModule
from grader.model.errors import ModuleFaultError, SessionError, TensorError, WireError
from grader.model.observation import Array
from grader.sandbox.sandbox import start_sandbox
from grader.sandbox.session import Session, Step

LIMIT_S = 20.0  # for each question; they take milliseconds


class Answering:
    """The running process: one child for each module, so that what one of them does costs no other."""

    def __init__(self, hidden: tuple[Path, ...], isolation: str) -> None:
        confined = isolation == HERE
        self._sandbox = _Here() if confined else start_sandbox(isolation, "cpu", hidden=hidden, serves="course")
        self._sessions: dict[Module, tuple[Session | _Here, ModuleDefined]] = {}

    def defined(self, module: Module) -> ModuleDefined:
        """What the module defines; it runs first, where it has not. Raises ModuleFaultError, as `ask`."""
        if module not in self._sessions:
            session = self._sandbox.open()
            request: RunModule = {"op": "module", "shown": module.shown, "needed": module.needed}
            self._sessions[module] = session, ModuleDefined(kind="defined", mistakes=())
            defined, _ = self._asked(module, request, module.text.encode(), ModuleDefined)
            self._sessions[module] = session, defined
        return self._sessions[module][1]

    def ask(
        self, module: Module, request: AskModule, inputs: Mapping[str, Array], wanted: type[Answer]
    ) -> tuple[Answer, Array | None]:
        """After a question that ended the module's child, the next one has a new child."""
        self.defined(module)
        arrays = {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in inputs.items()}
        return self._asked(module, request, save(arrays), wanted)

    def _asked(
        self, module: Module, request: AskModule | RunModule, blob: bytes, wanted: type[Answer]
    ) -> tuple[Answer, Array | None]:
        session, _ = self._sessions[module]
        try:
            frame = session.ask_course(request, blob, Step.lasting(f"it took longer than {LIMIT_S:g} s", LIMIT_S))
            answer = from_course(frame)
            if isinstance(answer, wanted):
                return answer, read_tensors(frame.blob).get("numbers")
            if not isinstance(answer, ModuleRaised):
                raise WireError("its message answers something else")
        except (SessionError, WireError, TensorError) as fault:
            self._end(module)
            raise ModuleFaultError(f"{module.shown}: {fault}") from None
        if request["op"] == "module":
            self._end(module)
        line = f", line {answer.line}" if answer.line else ""
        raise ModuleFaultError(f"{module.shown}{line}: {answer.what}")

    def _end(self, module: Module) -> None:
        session, _ = self._sessions.pop(module)
        session.close()

    def close(self) -> None:
        for module in tuple(self._sessions):
            self._end(module)
        self._sandbox.close()


class _Here:
    """In a process that is confined itself, and in which the course's other code runs."""

    def __init__(self) -> None:
        from grader.child.course import RunningModule

        self._module = RunningModule()

    def open(self) -> "_Here":
        return _Here()

    def ask_course(self, request: Mapping[str, object], blob: bytes, step: Step) -> Frame:
        head, answer = self._module.answer(Frame(dict(request), bytearray(blob)))
        return Frame(dict(head), bytearray(answer))

    def close(self) -> None: ...
