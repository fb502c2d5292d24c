"""Where output goes: results to standard output, progress and complaints to standard error; and what is said there."""

import errno
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import typer

from grader.model.errors import CourseError, GraderError, GraderFault, OutputError, ReaderGoneError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from grader.report.layout import Screen

_OF_THE_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR}
    | {errno.ENAMETOOLONG, errno.EFBIG, errno.EIO}
)


class _Output:
    """Standard output, which says what it is when it cannot be written, and says so again to who did not listen."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._error: Exception | None = None

    def write(self, text: str) -> int:
        return int(self._tried(self._stream.write, text))

    def flush(self) -> None:
        self._tried(self._stream.flush)

    def _tried(self, do: Callable[..., Any], *given: str) -> Any:
        if self._error is None:
            try:
                return do(*given)
            except BrokenPipeError:
                self._error = ReaderGoneError()
            except OSError as error:
                why = error.strerror
                self._error = OutputError(f"standard output: cannot be written ({why}); results are lost there")
            # what is still held back must not be tried, and fail, a second time when the interpreter ends
            with suppress(OSError, ValueError):  # a stream of a test has no descriptor
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())  # type: ignore[union-attr]
        raise self._error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def output() -> Iterator[None]:
    """Inside, all that goes to standard output is written, or the reason raised: OutputError, ReaderGoneError."""
    stream = sys.stdout
    if stream is None:
        raise OutputError("standard output is closed, so that no result can be shown; leave it open")
    sys.stdout = _Output(stream)
    try:
        yield
        sys.stdout.flush()
    except BaseException:
        with suppress(ReaderGoneError, OutputError):  # what went wrong first is told
            sys.stdout.flush()
        raise
    finally:
        sys.stdout = stream


def results() -> "Screen":
    """Standard output for reports; colours where it is a terminal that has them, and nobody asked for none."""
    from grader.report.layout import Screen

    dumb = os.environ.get("TERM") in ("dumb", "unknown") or (sys.platform == "win32" and "WT_SESSION" not in os.environ)
    coloured = bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and not dumb)
    colours = "standard" if coloured and not os.environ.get("NO_COLOR") else None
    return Screen(sys.stdout, shutil.get_terminal_size().columns, colours)


def tables() -> "Console":
    """Standard output for tables whose columns find their own width."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)


def say(*lines: object) -> None:
    """Each on one line of standard output, never broken."""
    from grader.report.plain import line

    for text in lines:
        print(line(str(text)))


def finish(findings: Iterable[object], all_well: str) -> NoReturn:
    """Print what a verification found, or `all_well` where that is nothing, and end with the status that it means."""
    found = tuple(findings)
    say(*(found or (all_well,)))
    raise typer.Exit(CourseError.exit_status if found else 0)


def complain(message: str) -> None:
    """One line on standard error."""
    from grader.report.plain import line

    with suppress(OSError, AttributeError):  # closed or full: then the exit status alone can tell
        print(f"grade: {line(message)}", file=sys.stderr, flush=True)


def describe(error: Exception) -> tuple[str, int]:
    """What an error means: one line, and the exit status.

    Of a fault of our own the traceback is saved to a file that the line names; it is shown instead where GRADE_DEBUG is
    set. A full disk or a missing right is nobody's fault here.
    """
    if isinstance(error, GraderError):
        return str(error), error.exit_status
    debug = bool(os.environ.get("GRADE_DEBUG"))
    if debug:
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        place = str(error.filename2 or error.filename or tempfile.gettempdir())
        advice = "make room there, or see who may write to it"
        return f"{place}: cannot be used ({error.strerror}); {advice}", UsageError.exit_status
    what = f"fault in the grader, not in the submission: {type(error).__name__}: {error}"
    return what if debug else f"{what} ({_saved(error)})", GraderFault.exit_status


def _saved(error: Exception) -> str:
    text = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace")
    try:
        with tempfile.NamedTemporaryFile(prefix="grade-fault-", suffix=".txt", delete=False) as file:
            file.write(text)
    except OSError as unwritable:
        return f"its details cannot be written to {tempfile.gettempdir()}: {unwritable.strerror}; see GRADE_DEBUG=1"
    return f"report this with {file.name}"


@contextmanager
def progress(doing: str = "") -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done now, in one line that is taken away again; "" takes it away at once.

    `doing` is shown first; nothing is where standard error is no terminal. The cursor is never hidden: however this
    process ends, no terminal is left without one.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda doing: None
        return
    from grader.report.layout import wrapped
    from grader.report.plain import line

    width = shutil.get_terminal_size().columns - 4  # room for the ^C that a terminal shows
    shown = 0

    def show(doing: str) -> None:
        nonlocal shown
        text = wrapped(line(doing), max(width, 8))[0]
        over, shown = shown, min(len(text) * 2 + 2, width + 3) if text else 0  # first: a signal may come in between
        sys.stderr.write(f"\r{' ' * over}\r{text}")
        sys.stderr.flush()

    try:
        show(doing)
        yield show
    finally:
        show("")
