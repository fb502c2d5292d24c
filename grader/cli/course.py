"""`grade course new|import`: a course of one's own."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.cli import screen
from grader.model.errors import CourseError, UsageError

app = typer.Typer(rich_markup_mode=None, help="Make a course of your own.")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to make; it must not exist, or be empty.")],
) -> None:
    """Write a course with one exercise that works, to change into your own."""
    from grader.authoring.new_course import new_course

    with screen.progress("recording fixtures"):
        course = new_course(folder)
    (exercise,) = course.exercises
    (assignment,) = course.assignments
    screen.say(
        f"wrote {folder}: assignment {assignment} with the exercise {exercise}",
        f"grade with it: grade SUBMISSION --course {folder}",
        f"change solutions/{exercise}/reference.py and its neighbours, then: grade fixtures build --course {folder}",
    )


@app.command("import")
def import_(
    format_: Annotated[
        Literal["nbgrader", "otter"], typer.Argument(metavar="nbgrader|otter", help="Which grader it was written for.")
    ],
    source: Annotated[Path, typer.Argument(metavar="FOLDER", help="Its course or assignment, as instructors have it.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="COURSE", help="Folder to make.")],
) -> None:
    """Bring a course over: solutions, tests and points; what could not be brought over is listed.

    Exit status 2 says that points of the source are not in the course.
    """
    if not source.is_dir():
        raise UsageError(f"{source}: is no folder; name the one with the instructors' notebooks")
    from grader.migrate.courses import write_course
    from grader.migrate.findings import Findings, missing, table
    from grader.migrate.nbgrader import read_nbgrader
    from grader.migrate.otter import read_otter

    findings = Findings()
    read = read_nbgrader if format_ == "nbgrader" else read_otter
    with screen.progress(f"reading {source}"):
        course = write_course(read(source, findings), output, findings)
    screen.say(*findings.lines, *table(findings))
    for id_, rubric in course.assignments.items():
        graded = f"{len(rubric.exercises)} exercises graded by the program"
        screen.say(f"wrote {output}: {id_}, {rubric.marks:g} marks, {graded}")
    if lost := missing(findings, course):
        screen.say(*lost)
        raise typer.Exit(CourseError.exit_status)
