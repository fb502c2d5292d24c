"""The console script and the Typer app: `grade SUBMISSION…` is the default command, the verbs stand beside it."""

import difflib
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from grader import __version__
from grader.cli import audit, check, course, doctor, fixtures, grading, handout, rubric
from grader.cli.screen import complain, describe, output
from grader.model.errors import ReaderGoneError, UsageError

DEFAULT = "submission"  # hidden: the command that runs where the first argument is no verb
HELP = ("-h", "--help")
INTERRUPTED = 130  # as a shell counts: 128 + SIGINT
READER_GONE = 141  # … and SIGPIPE


class VerbsBesideTheDefault(TyperGroup):
    """Sends a first argument that is no verb to the default command, and shows that command's options as its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        verbs = [name for name in self.commands if name != DEFAULT]
        if not args or args[0] not in (*verbs, *HELP, "--version"):
            if args:
                _refuse_mistyped(args[0], verbs)
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> Any:
        """Where it is not given it is False, which needs no conversion: typer imports pydantic for one."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.default = False
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        formatter.write_usage("grade", "SUBMISSION... [OPTIONS]")
        formatter.write_usage("grade", "VERB [ARGUMENTS]... [OPTIONS]", prefix="       ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        default = self.commands[DEFAULT]
        with typer.Context(default, info_name="grade", parent=ctx) as inner:
            default.format_options(inner, formatter)
        self.format_commands(ctx, formatter)


def _refuse_mistyped(word: str, verbs: list[str]) -> None:
    """Raises UsageError for what looks like a verb and is no file."""
    if not word.isalpha() or Path(word).exists():
        return
    if word in ("help", "version"):
        raise UsageError(f"{word}: there is no such file or folder; did you mean --{word}?")
    if nearest := difflib.get_close_matches(word.lower(), verbs, n=1):
        raise UsageError(f"{word}: there is no such file or folder, and no such verb; did you mean {nearest[0]!r}?")


app = typer.Typer(
    cls=VerbsBesideTheDefault,
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich would take a third of its time
    pretty_exceptions_enable=False,  # main shows what went wrong
    subcommand_metavar="VERB [ARGUMENTS]...",
    context_settings={"help_option_names": list(HELP)},
)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Grade submissions of a deep-learning course: fair marks with reasons.

    The submission's code runs in a sandbox. A submission that is named like a verb can be given as ./doctor.
    --version shows the version.
    """


app.command(DEFAULT, hidden=True)(grading.grade)
app.command("doctor", short_help="Show what holds on this machine.")(doctor.doctor)
app.command("judge", short_help="Judge kept runs again, without running code.")(grading.judge)
app.command("check", short_help="Check your own work on the public cases.")(check.check)
app.add_typer(fixtures.app, name="fixtures")
app.add_typer(handout.app, name="handout")
app.add_typer(rubric.app, name="rubric")
app.add_typer(course.app, name="course")
app.command("release", short_help="Bundle what students get.")(handout.release)
app.command("audit", short_help="Check that exercises tell mistakes from right answers.")(audit.audit)


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
    except typer.TyperException as error:  # an unknown option, a missing argument, …
        message = error.format_message().replace("Value error, ", "").rstrip(".")  # pydantic's words
        complain(f"{message}; run grade --help for what can be given")
        return error.exit_code
    except ReaderGoneError:
        return READER_GONE
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except Exception as error:
        message, status = describe(error)
        complain(message)
        return status
    if status == INTERRUPTED:  # typer turns KeyboardInterrupt into this status
        complain("stopped")
    return int(status or 0)


def _leave(signal_number: int, frame: Any) -> NoReturn:
    """Stop as for an exception, so that the sandbox and the scratch folders are cleared away."""
    sys.exit(128 + signal_number)
