"""`grade rubric show|check|schema`: an assignment's marks, what is wrong with rubrics, and their schema for editors."""

import json
from typing import Annotated, Literal

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, the_course

app = typer.Typer(rich_markup_mode=None, help="Show and check rubrics.")


@app.command(short_help="Show an assignment's parts, marks and who marks them.")
def show(
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="The assignment's id.")],
    course: CourseOption = None,
) -> None:
    """Print an assignment's parts with their marks and who marks them, its letters and what lateness costs."""
    found = the_course(course)
    from grader.report.rubric import print_rubric

    print_rubric(assignment, found.assignment(assignment), found.exercises, screen.results())


@app.command(short_help="Check rubrics.")
def check(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Assignments, exercises, topics; else every one.")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Check rubrics: keys and values, sums of marks, and that the exercises, cases and dialects they name exist."""
    found = the_course(course)
    from grader.course.folder import ids_meant
    from grader.course.review import review_rubrics

    asked = ids_meant(found, ids) if ids else [*found.assignments, *found.exercises]
    screen.finish(review_rubrics(found, asked), f"{len(asked)} rubric{'s' * (len(asked) != 1)}, nothing wrong")


@app.command(short_help="Print the JSON schema of a kind of rubric.")
def schema(
    kind: Annotated[
        Literal["assignment", "exercise"], typer.Argument(metavar="assignment|exercise", help="Which kind of rubric.")
    ],
) -> None:
    """Print the JSON schema of a rubric file, for editors that complete and check TOML by one."""
    from grader.judge.checks.families import Rubric
    from grader.model.assignment import AssignmentRubric

    model = AssignmentRubric if kind == "assignment" else Rubric
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    typer.echo(json.dumps(described, indent=2))
