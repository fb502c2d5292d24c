"""`grade release ASSIGNMENT -o FILE.zip`: the bundle that students get."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli import screen
from grader.cli.findings import say
from grader.cli.options import CourseOption, the_course
from grader.model.errors import UsageError


def release(
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="The assignment's id.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.zip", help="Where to write the bundle.")],
    course: CourseOption = None,
) -> None:
    """Write the zip that students get: the handout, the public cases for their self-check, nothing else."""
    found = the_course(course)
    found.assignment(assignment)
    if output.suffix.lower() != ".zip":
        raise UsageError(f"--output {output}: the bundle is a zip; give a name that ends in .zip")
    from grader.authoring.handout.release import write_release

    with screen.progress() as progress:
        progress(f"bundling {assignment}")
        files = write_release(found, assignment, output)
    size = output.stat().st_size / 1e6
    say([f"wrote {output}: {len(files)} files, {size:.1f} MB"])
