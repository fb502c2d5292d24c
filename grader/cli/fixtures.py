"""`grade fixtures build|verify`: record what the solutions show, and check what is recorded."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, course_and_exercises
from grader.model.errors import UsageError

SHORTEST_SECRET = 16  # bytes

Exercises = Annotated[
    list[str] | None, typer.Argument(metavar="[EXERCISE]...", help="Exercises or topics; else every one.")
]

app = typer.Typer(rich_markup_mode=None, help="Record and check the fixtures of exercises.")


@app.command(short_help="Record what the solutions show.")
def build(
    exercises: Exercises = None,
    secret: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw hidden inputs from this file's bytes; keep it to yourself."),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Run each solution and known mistake through its probe and record what they show."""
    found, ids = course_and_exercises(course, exercises)
    from grader.authoring.workshop import Workshop

    with Workshop(found) as workshop:
        for id_ in ids:
            with screen.progress(f"recording {id_}"):
                factor, changes = workshop.record(id_, _seed(secret, id_))
            screen.say(f"{id_}: recorded; tolerance factor {factor:g}", *changes)


def _seed(secret: Path | None, exercise: str) -> int | None:
    if secret is None:
        return None
    try:
        content = secret.read_bytes()
    except OSError as error:
        raise UsageError(f"--secret {secret}: cannot be read ({error.strerror}); name a file of random bytes") from None
    if len(content) < SHORTEST_SECRET:
        raise UsageError(
            f"--secret {secret}: has {len(content)} bytes, which can be guessed; write 16 random ones to it"
        )
    return int.from_bytes(hashlib.sha256(content + exercise.encode()).digest()[:8], "big") >> 1


@app.command(short_help="Check what is recorded.")
def verify(exercises: Exercises = None, course: CourseOption = None) -> None:
    """Check that recorded fixtures are what the solutions show, and tell mistakes from right answers."""
    found, ids = course_and_exercises(course, exercises)
    from grader.authoring.workshop import Workshop

    with screen.progress(f"verifying {', '.join(ids)}"), Workshop(found) as workshop:
        findings = [line for id_ in ids for line in workshop.verify(id_)]
    screen.finish(findings, f"as recorded: {', '.join(ids)}")
