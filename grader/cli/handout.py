"""`grade handout build|verify`: the files that students get, generated from the solutions."""

from typing import Annotated

import typer

from grader.cli import screen
from grader.cli.findings import finish, say
from grader.cli.options import CourseOption, chosen, the_course

Assignments = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ASSIGNMENT]...", show_default=False, help="Assignment ids; else every one."),
]

app = typer.Typer(rich_markup_mode=None, help="Generate and check the files that students get.")


@app.command()
def build(assignments: Assignments = None, course: CourseOption = None) -> None:
    """Generate each assignment's handout from the solutions."""
    found = the_course(course)
    ids = chosen(found.assignment, found.assignments, assignments)
    from grader.authoring.handout import build_handout

    for assignment in ids:
        with screen.progress() as progress:
            progress(f"generating {assignment}")
            written = build_handout(found, assignment)
        say(f"wrote {path}" for path in written)


@app.command()
def verify(assignments: Assignments = None, course: CourseOption = None) -> None:
    """Check that each handout is what its solutions generate."""
    found = the_course(course)
    ids = chosen(found.assignment, found.assignments, assignments)
    from grader.authoring.handout import verify_handout

    finish([f for id_ in ids for f in verify_handout(found, id_)], f"up to date: {', '.join(ids)}")
