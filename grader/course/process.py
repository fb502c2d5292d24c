"""Where a course's oracle.py and claims.py run: confined as submissions are, in a process that never has one of these.

A course may come from anywhere, from a folder that a student handed in too. What it answers wrongly, or not at all, is
a fault of the course and costs nobody a mark.
"""

import sys
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from grader.messages.answers import FromCourse, ModuleDefined
from grader.messages.requests import AskModule
from grader.model.observation import Array
from grader.sandbox.tiers.tier import ANY, AUTO, UNCONFINED, Isolation

if TYPE_CHECKING:
    from grader.course.answering import Answering

HERE: Literal["here"] = "here"  # in this process, which is confined itself
Answer = TypeVar("Answer", bound=FromCourse)


@dataclass(frozen=True)
class Module:
    """One of the course's files that answer the judge."""

    shown: str  # as messages name it
    text: str
    needed: tuple[str, ...]  # names that it must define


class CourseProcess:
    """Answers for the modules of one course, from the first time that one is asked until it is closed, or let go of.

    `hidden` are the course's folders, of which it sees nothing. `isolation` is that of submissions: where these run
    without any, and on systems that have none, the course has the strongest that holds.
    """

    def __init__(self, hidden: tuple[Path, ...] = (), isolation: Literal[Isolation, "here"] = AUTO) -> None:
        self._hidden = hidden
        unconfined = isolation == UNCONFINED or (sys.platform != "linux" and isolation != HERE)
        self._isolation = ANY if unconfined else isolation
        self._lock = threading.Lock()
        self._end: weakref.finalize[[], CourseProcess] | None = None
        self._answering: Answering | None = None

    def start(self) -> None:
        """Start it, without waiting, unless it runs. In the main thread: it lives no longer than who starts it."""
        with self._lock:
            self._started()

    def defined(self, module: Module) -> ModuleDefined:
        """Run the module, unless it has been run. Raises ModuleFaultError where it does not define what it must."""
        with self._lock:
            return self._started().defined(module)

    def ask(
        self, module: Module, request: AskModule, inputs: Mapping[str, Array], wanted: type[Answer]
    ) -> tuple[Answer, Array | None]:
        """The module's answer, and the numbers with it. Raises ModuleFaultError, SandboxFault."""
        with self._lock:
            return self._started().ask(module, request, inputs, wanted)

    def _started(self) -> "Answering":
        from grader.course.answering import Answering

        if self._answering is None:
            self._answering = Answering(self._hidden, self._isolation)
            self._end = weakref.finalize(self, self._answering.close)
        return self._answering

    def close(self) -> None:
        """End it; harmless to repeat. It starts anew when something is asked."""
        with self._lock:
            if self._end is not None:
                self._end()
            self._answering = self._end = None
