"""The console script: runs the app and turns what went wrong into one line and an exit status."""

import os
import signal
import sys
from typing import Any, NoReturn

import typer

from grader.cli.app import app
from grader.cli.faults import describe_fault
from grader.cli.screen import complain, output
from grader.model.errors import GraderError, ReaderGoneError

INTERRUPTED = 130  # as a shell counts: 128 + SIGINT
READER_GONE = 141  # … and SIGPIPE


def main() -> NoReturn:
    """Exit status: 0 done, 1 the submission can't be graded, 2 usage or course, 3 our own fault."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed by who started us
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _leave)
    # where fixtures are recorded on two threads, one that spins while it waits takes the other's processor
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    sys.exit(_status())


def _status() -> int:
    try:
        with output():
            status = app(standalone_mode=False, prog_name="grade")
    except GraderError as error:
        complain(str(error))
        return error.exit_status
    except typer.TyperException as error:  # an unknown option, a missing argument, …
        return _complain_about_usage(error)
    except ReaderGoneError:
        return READER_GONE
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except Exception as error:
        message, status = describe_fault(error)
        complain(message)
        return status
    if status == INTERRUPTED:  # typer turns KeyboardInterrupt into this status
        complain("stopped")
    return int(status or 0)


def _complain_about_usage(error: typer.TyperException) -> int:
    message = error.format_message().replace("Value error, ", "").rstrip(".")  # pydantic's words
    complain(f"{message}; run grade --help for what can be given")
    return error.exit_code


def _leave(signal_number: int, frame: Any) -> NoReturn:
    """Stop as for an exception, so that the sandbox and the scratch folders are cleared away."""
    sys.exit(128 + signal_number)
