"""Where output goes: results to standard output, progress and complaints to standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text


def results() -> Console:
    return Console(file=sys.stdout, highlight=False)


def complain(message: str) -> None:
    """One line on standard error."""
    from grader.report.plain import line

    print(f"grade: {line(message)}", file=sys.stderr)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done now; it shows nothing where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda doing: None
        return
    from grader.report.plain import line

    with Console(file=sys.stderr, highlight=False).status("") as status:
        yield lambda doing: status.update(Text(line(doing)))
