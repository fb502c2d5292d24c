"""`grade check EXERCISE [PATH]`: a student's own check on the public cases."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, Isolation, the_course


def check(
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help="Exercise id, as colour/unet.")],
    path: Annotated[
        Path,
        typer.Argument(metavar="[PATH]", show_default=False, help="A .zip, a folder, an .ipynb or a .py; else here."),
    ] = Path(),
    case: Annotated[
        str | None, typer.Option("--case", metavar="NAME", help="This case alone, as a report names it.")
    ] = None,
    isolation: Annotated[
        Isolation, typer.Option("--isolation", help="Sandbox; your own code needs none.")
    ] = Isolation.NONE,
    course: CourseOption = None,
) -> None:
    """Check your own work on the public cases before you hand it in."""
    found = the_course(course)
    found.exercise(exercise)
    from grader.classroom.checking import check_exercise
    from grader.report.terminal import print_report

    with screen.progress() as progress:
        progress(f"checking {exercise}")
        report = check_exercise(found, exercise, path, case, isolation=isolation.value)
    print_report(report, screen.results())
