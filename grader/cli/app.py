"""The Typer app: `grade SUBMISSION…` is the default command, the verbs stand beside it."""

from typing import Any

import typer
from typer.core import TyperGroup

from grader.cli import audit, check, course, doctor, fixtures, grading, handout, release, rubric

DEFAULT = "submission"  # hidden: the command that runs where the first argument is no verb


class VerbsBesideTheDefault(TyperGroup):
    """Sends a first argument that is no verb to the default command, and shows that command's options as its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        verbs = [name for name in self.commands if name != DEFAULT]
        if not args or args[0] not in (*verbs, "--help"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        formatter.write_usage("grade", "SUBMISSION... [OPTIONS]")
        formatter.write_usage("grade", "VERB [ARGUMENTS]... [OPTIONS]", prefix="       ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        default = self.commands[DEFAULT]
        with typer.Context(default, info_name="grade") as inner:
            default.format_options(inner, formatter)
        self.format_commands(ctx, formatter)


app = typer.Typer(
    cls=VerbsBesideTheDefault,
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich would take a third of its time
    pretty_exceptions_enable=False,  # entry.main shows what went wrong
    subcommand_metavar="VERB [ARGUMENTS]...",
)


@app.callback()
def about() -> None:
    """Grade submissions of a deep-learning course: fair marks with reasons.

    The submission's code runs in a sandbox. A submission that is named like a verb can be given as ./doctor.
    """


app.command(DEFAULT, hidden=True)(grading.grade)
app.command("doctor", short_help="Show what holds on this machine.")(doctor.doctor)
app.command("check", short_help="Check your own work on the public cases.")(check.check)
app.add_typer(fixtures.app, name="fixtures")
app.add_typer(handout.app, name="handout")
app.add_typer(rubric.app, name="rubric")
app.add_typer(course.app, name="course")
app.command("release", short_help="Bundle what students get.")(release.release)
app.command("audit", short_help="Check that exercises tell mistakes from right answers.")(audit.audit)
