"""`grade fixtures build|verify`: record what the solutions show, and check what is recorded."""

from typing import Annotated

import typer

from grader.cli import screen
from grader.cli.findings import finish, say
from grader.cli.options import CourseOption, chosen, the_course

Exercises = Annotated[
    list[str] | None, typer.Argument(metavar="[EXERCISE]...", show_default=False, help="Exercise ids; else every one.")
]

app = typer.Typer(rich_markup_mode=None, help="Record and check the fixtures of exercises.")


@app.command(short_help="Record what the solutions show.")
def build(exercises: Exercises = None, course: CourseOption = None) -> None:
    """Run each solution and known mistake through its probe and record what they show."""
    found = the_course(course)
    ids = chosen(found.exercise, found.exercises, exercises)
    from grader.authoring.fixtures import build_fixtures

    for id_ in ids:
        with screen.progress() as progress:
            progress(f"recording {id_}")
            calibration = build_fixtures(found, [id_])[id_]
        say([f"{id_}: recorded; tolerance factor k = {calibration.k:g}"])


@app.command(short_help="Check what is recorded.")
def verify(exercises: Exercises = None, course: CourseOption = None) -> None:
    """Check that recorded fixtures are what the solutions show, and tell mistakes from right answers."""
    found = the_course(course)
    ids = chosen(found.exercise, found.exercises, exercises)
    from grader.authoring.fixtures import verify_fixtures

    with screen.progress() as progress:
        progress(f"verifying {', '.join(ids)}")
        findings = verify_fixtures(found, ids)
    finish(findings, f"as recorded: {', '.join(ids)}")
