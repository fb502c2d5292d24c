"""Where output goes: results to standard output, progress and complaints to standard error."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import typer

from grader.model.errors import CourseError, OutputError, ReaderGoneError

if TYPE_CHECKING:
    from rich.console import Console

    from grader.report.layout import Screen


class _Output:
    """Standard output, which says what it is when it cannot be written, and says so again to who did not listen."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._error: Exception | None = None

    def write(self, text: str) -> int:
        with self._named():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._named():
            self._stream.flush()

    @contextmanager
    def _named(self) -> Iterator[None]:
        if self._error is None:
            try:
                yield
                return
            except BrokenPipeError:
                self._error = ReaderGoneError()
            except OSError as error:
                why = error.strerror
                self._error = OutputError(f"standard output: cannot be written ({why}); results are lost there")
            _discard()
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


def _discard() -> None:
    """What is still held back must not be tried, and fail, a second time when the interpreter ends."""
    with suppress(OSError, ValueError):  # a stream of a test has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())  # type: ignore[union-attr]


class Unseen:
    """For what is shown beside a file that gets it too: where it cannot be shown, the work goes on to the file."""

    def __init__(self, has_file: bool) -> None:
        self._has_file = has_file
        self._error: Exception | None = None

    def show(self, what: Callable[..., None], *args: object) -> None:
        try:
            what(*args)
        except (ReaderGoneError, OutputError) as error:
            if not self._has_file:
                raise
            self._error = error

    def tell(self) -> None:
        """Raise what kept anything from being shown."""
        if self._error is not None:
            raise self._error


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


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done now, in one line that is taken away again; "" takes it away at once.

    It shows nothing where standard error is no terminal. The cursor is never hidden: however this process ends, no
    terminal is left without one.
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
        yield show
    finally:
        show("")
