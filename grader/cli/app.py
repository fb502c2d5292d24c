"""The Typer app: `grade SUBMISSION…` is the default command, the verbs stand beside it."""

import difflib
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from grader import __version__
from grader.cli import audit, check, course, doctor, fixtures, grading, handout, judge, rubric
from grader.model.errors import UsageError

DEFAULT = "submission"  # hidden: the command that runs where the first argument is no verb
HELP = ("-h", "--help")
OF_GRADE_ITSELF = (*HELP, "--version")


class VerbsBesideTheDefault(TyperGroup):
    """Sends a first argument that is no verb to the default command, and shows that command's options as its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        verbs = [name for name in self.commands if name != DEFAULT]
        if not args or args[0] not in (*verbs, *OF_GRADE_ITSELF):
            _refuse_mistyped(args[:1], verbs)
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


def _refuse_mistyped(first: list[str], verbs: list[str]) -> None:
    """Raises UsageError for what looks like a verb and is no file."""
    for word in first:
        if word in ("help", "version") and not Path(word).exists():
            raise UsageError(f"{word}: there is no such file or folder; did you mean --{word}?")
        nearest = difflib.get_close_matches(word.lower(), verbs, n=1)
        if nearest and word.isalpha() and not Path(word).exists():
            raise UsageError(f"{word}: there is no such file or folder, and no such verb; did you mean {nearest[0]!r}?")


app = typer.Typer(
    cls=VerbsBesideTheDefault,
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich would take a third of its time
    pretty_exceptions_enable=False,  # entry.main shows what went wrong
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
app.command("judge", short_help="Judge kept runs again, without running code.")(judge.judge)
app.command("check", short_help="Check your own work on the public cases.")(check.check)
app.add_typer(fixtures.app, name="fixtures")
app.add_typer(handout.app, name="handout")
app.add_typer(rubric.app, name="rubric")
app.add_typer(course.app, name="course")
app.command("release", short_help="Bundle what students get.")(handout.release)
app.command("audit", short_help="Check that exercises tell mistakes from right answers.")(audit.audit)
