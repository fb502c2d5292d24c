"""Runs a notebook's own code while it is brought over: its author is trusted, but not to have left all files here."""

import ast
import contextlib
import io
import os
import sys
import tempfile
import types
from collections.abc import Iterator

_NAME = "brought_over"


class Session:
    """One notebook's code, statement by statement: one that does not run here is left out, and the others go on."""

    def __init__(self) -> None:
        self._module = types.ModuleType(_NAME)

    def run(self, code: str) -> tuple[str, list[str]]:
        """The code with comments in place of the statements that raise, and what those raise, in words."""
        lines, reasons = code.split("\n"), []
        sys.modules[_NAME] = self._module  # dataclasses look their own module up
        with quiet_surroundings():
            for statement in ast.parse(code).body:
                try:
                    exec(compile(ast.Module([statement], []), _NAME, "exec"), vars(self._module))
                except (Exception, SystemExit) as error:
                    decorators = [node.lineno for node in getattr(statement, "decorator_list", [])]
                    first, last = min([statement.lineno, *decorators]) - 1, statement.end_lineno or statement.lineno
                    reasons.append(f"`{lines[first].strip()[:60]}` raises {type(error).__name__}: {error}"[:200])
                    lines[first:last] = [f"# not run: {line}" for line in lines[first:last]]
        return "\n".join(lines), reasons


@contextlib.contextmanager
def quiet_surroundings() -> Iterator[None]:
    """An empty folder to run in, nothing to type, and nothing of what the notebook prints on our screen."""
    typed = sys.stdin
    os.environ.setdefault("MPLBACKEND", "agg")  # no window waits for a click
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
        sys.stdin = io.StringIO()
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                yield
        finally:
            sys.stdin = typed
