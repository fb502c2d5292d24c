"""`grade handout build|verify` and `grade release`: what students get, generated from the solutions."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, course_and_assignments, the_course
from grader.model.errors import UsageError

Assignments = Annotated[
    list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="Assignment ids; else every one.")
]

app = typer.Typer(rich_markup_mode=None, help="Generate and check the files that students get.")


@app.command()
def build(assignments: Assignments = None, course: CourseOption = None) -> None:
    """Generate each assignment's handout from the solutions."""
    found, ids = course_and_assignments(course, assignments)
    from grader.authoring.handout.handout import build_handout

    for assignment in ids:
        with screen.progress(f"generating {assignment}"):
            written = build_handout(found, assignment)
        screen.say(*(f"wrote {path}" for path in written))


@app.command()
def verify(assignments: Assignments = None, course: CourseOption = None) -> None:
    """Check that each handout is what its solutions generate, and marks as it should; and that its release, with all
    that goes along, gives no answer away.

    Untouched it must earn nothing, solved everything that a program marks.
    """
    found, ids = course_and_assignments(course, assignments)
    from grader.authoring.audit import rehearse
    from grader.authoring.handout.handout import verify_handout
    from grader.authoring.handout.release import given_away
    from grader.grading.line import Grading

    findings: list[str] = []
    with Grading(found, device="cpu", stale_ok=True) as grading, screen.progress() as progress:
        for id_ in ids:
            progress(f"grading the handout of {id_}, solved and untouched")
            findings += [
                *verify_handout(found, id_),
                *given_away(found, id_),
                *rehearse(found, id_, grading).mismatches,
            ]
    screen.finish(findings, f"up to date: {', '.join(ids)}")


def release(
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="The assignment's id.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.zip", help="Where to write the bundle.")],
    course: CourseOption = None,
) -> None:
    """Write the zip that students get: the handout, public cases, and what checks by them. It gives no answer away."""
    found = the_course(course)
    found.assignment(assignment)
    if output.suffix.lower() != ".zip":
        raise UsageError(f"--output {output}: the bundle is a zip; give a name that ends in .zip")
    from grader.authoring.handout.release import write_release

    with screen.progress(f"bundling {assignment}"):
        files = write_release(found, assignment, output)
    screen.say(f"wrote {output}: {len(files)} files, {output.stat().st_size / 1e6:.1f} MB")
