"""Executes the statements of a program that are needed, each under its own time limit; one failure stops nothing."""

import ast
import builtins
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from grader.loading.locations import locate
from grader.loading.program import Program, Statement
from grader.loading.standins import Shell, StandInFinder
from grader.loading.translation import BUILTINS, CHANGED_BUILTINS
from grader.model.errors import StatementTimeoutError
from grader.probes.anything import Anything

_MODULE_NAMES = {"__name__", "__file__", "__doc__", "__package__", "__spec__", "__path__", "__builtins__"}
_MAX_CAUSES = 10
_STATEMENT_SHARE = 0.5  # of the budget: one endless statement leaves time for the others
_REPEAT_S = 0.1  # student code may catch the first alarm with a bare `except`
_SOON_S = 1e-4  # zero would switch the timer off
_HAS_ALARMS = hasattr(signal, "setitimer")  # Windows has none: a thread of ours gives them
_ALARM = signal.SIGALRM if _HAS_ALARMS else signal.SIGTERM
_ends: list[float] = []


class Surroundings:
    """What all sources of one submission share while they load."""

    def __init__(self, root: Path, standins: StandInFinder) -> None:
        self.root = root
        self.standins = standins
        self.begin(root, budget_s=3600.0)

    def begin(self, folder: Path, budget_s: float) -> None:
        """Load the next source, which lies in `folder`."""
        self.folder = folder
        self.shell = Shell()
        self.notes: list[str] = []
        self.standins.used.clear()
        self.statement_limit_s = budget_s * _STATEMENT_SHARE
        self.end = time.monotonic() + budget_s

    def is_own_module(self, name: str) -> bool:
        """Does the submission itself have the module `name`?"""
        top = name.split(".")[0]
        return any((self.root / p).exists() for p in (f"{top}.py", top)) or any(self.root.rglob(f"{top}*.py"))


class Execution:
    """One program in one namespace: what has been executed so far, and what failed."""

    def __init__(self, program: Program, namespace: dict[str, Any], around: Surroundings) -> None:
        self.program = program
        self.namespace = namespace
        self.around = around
        self.done: set[int] = set()
        self.failures: dict[int, BaseException] = {}
        extra = {**BUILTINS, **(CHANGED_BUILTINS if program.python2 else {})}
        extra |= {"get_ipython": lambda: around.shell, "display": lambda *_, **__: None}
        namespace["__builtins__"] = {**vars(builtins), **extra}
        self.known = _MODULE_NAMES | namespace["__builtins__"].keys()

    def define(self, names: Iterable[str]) -> None:
        """Execute what `names` depend on and has not been executed yet."""
        self.run(self.program.slice(names, self.known))

    def run(self, positions: Iterable[int]) -> None:
        """Execute statements in order; one that lacked a name which a later one defined is tried again."""
        fresh = [p for p in positions if p not in self.done]
        for position in fresh:
            self._execute(position)
        tried: set[tuple[int, str | None]] = set()
        while again := {(p, name) for p in fresh if (name := self._lacked(p)) in self.namespace} - tried:
            tried |= again
            for position in sorted(p for p, _ in again):
                self._execute(position)

    def fetch(self, name: str) -> Any:
        """The module's `__getattr__`: another file asks for a name that has not been executed, or that failed."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        self.define([name])
        if name in self.namespace:
            return self.namespace[name]
        module = self.namespace.get("__name__")
        raise self.why_missing(name) or AttributeError(f"module {module!r} has no attribute {name!r}")

    def why_missing(self, name: str) -> BaseException | None:
        """The error at the root of a name's absence; None where nothing would define it."""
        error: BaseException | None = None
        for _ in range(_MAX_CAUSES):
            failed = [p for p in self.failures if name in self.program.statements[p].effects.binds]
            cause = self.failures[max(failed)] if failed else self.program.broken.get(name)
            if cause is None:
                break
            error = cause
            if not isinstance(cause, NameError) or cause.name is None or cause.name in self.namespace:
                break
            name = cause.name
        return error

    def _execute(self, position: int) -> None:
        statement = self.program.statements[position]
        self.done.add(position)
        self.failures.pop(position, None)
        left = self.around.end - time.monotonic()
        try:
            with (
                limited(min(self.around.statement_limit_s, max(left, 0.01))),
                self.around.standins.switched_off(_tries_imports(statement.node)),
            ):
                exec(statement.code, self.namespace)
        except BaseException as error:  # SystemExit, and our own time limit, too
            if not self._stand_in(statement, error):
                self.failures[position] = error

    def _lacked(self, position: int) -> str | None:
        error = self.failures.get(position)
        return error.name if isinstance(error, NameError) else None

    def _stand_in(self, statement: Statement, error: BaseException) -> bool:
        """Give stand-ins for what a library no longer has, so that only its use is an error."""
        node = statement.node
        if not isinstance(error, ImportError) or not isinstance(node, ast.Import | ast.ImportFrom):
            return False
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        relative = isinstance(node, ast.ImportFrom) and node.level > 0
        if relative or self.around.is_own_module(module) or self.around.is_own_module(error.name or module):
            return False
        for name in statement.effects.binds - self.namespace.keys():
            self.namespace[name] = Anything(f"{module}.{name}")
        self.around.notes.append(f"{locate(error)}: {error}; a stand-in takes its place"[:300])
        return True


def _tries_imports(node: ast.stmt) -> bool:
    """Does the statement itself see to absent modules (`try: import …`)?"""
    return isinstance(node, ast.Try) and any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(node))


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise StatementTimeoutError in the block when its time is up. Works in the main thread only."""
    before = None if _ends else signal.signal(_ALARM, _on_alarm)
    _ends.append(min([time.monotonic() + seconds, *_ends[-1:]]))
    try:
        _arm()
        yield
    finally:
        try:
            _set_timer(0)
        finally:
            _ends.pop()
            if _ends:
                _arm()
            elif _HAS_ALARMS:  # a thread's alarm may still be under way
                signal.signal(_ALARM, before)


def _arm() -> None:
    _set_timer(max(_ends[-1] - time.monotonic(), _SOON_S))


def _set_timer(seconds: float) -> None:
    if _HAS_ALARMS:
        signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT_S)
    else:
        _start_ringing()


@cache
def _start_ringing() -> None:
    threading.Thread(target=_ring_for_ever, daemon=True).start()


def _ring_for_ever() -> None:
    while True:
        time.sleep(_REPEAT_S)
        if any(time.monotonic() > end for end in _ends[-1:]):
            signal.raise_signal(_ALARM)


def _on_alarm(number: int, frame: FrameType | None) -> None:
    if _ends:
        raise StatementTimeoutError("took too long at top level; put it into a function")
