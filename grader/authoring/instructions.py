"""A handout's README.md: what to hand in, where to write code, and how marks arise. Generated from the rubric."""

from collections.abc import Mapping

from grader.course.folder import Exercise
from grader.model.rubric import AssignmentRubric, ExerciseRubric, Item, Part


def instructions(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> str:
    """The README as Markdown text."""
    rubrics = {id_: exercises[id_].rubric for id_ in rubric.exercises}
    blocks = [f"# {rubric.title}", f"{rubric.marks:g} marks."]
    if rubric.hand_in:
        blocks += ["## What to hand in", rubric.hand_in.strip()]
    if rubric.handout:
        blocks += ["## Where to write code", _files(rubric, exercises)]
    blocks += ["## How marks arise", _parts(rubric), *(_criteria(r) for r in rubrics.values())]
    return "\n\n".join(blocks) + "\n"


def _files(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> str:
    lines = [
        "Replace every `raise NotImplementedError`. Keep the names and their arguments: they are graded by name.",
        "",
    ]
    for file in rubric.handout:
        names = ", ".join(f"`{exercises[id_].rubric.entry}`" for id_ in file.exercises)
        lines.append(f"- `{file.path}`: {names}")
    return "\n".join(lines)


def _parts(rubric: AssignmentRubric) -> str:
    rows = ["| part | question | marks | marked |", "|---|---|---|---|"]
    rows += [f"| {part.id} | {part.title} | {part.marks:g} | {_marked_by(part)} |" for part in rubric.parts]
    return "\n".join(rows)


def _marked_by(part: Part) -> str:
    shares = [_share(item) for item in part.items]
    if part.person_marks:
        shares.append("by a person" if not part.items else f"by a person {part.person_marks:g}")
    return ", ".join(shares)


def _share(item: Item) -> str:
    return f"automatically: {item.exercise} {item.marks:g}"


def _criteria(rubric: ExerciseRubric) -> str:
    whole = sum(criterion.weight for criterion in rubric.criteria)
    lines = [f"### {rubric.title}", "", f"`{rubric.entry}` is judged by what it does. Shares of the marks:", ""]
    lines += [f"- {criterion.title}: {criterion.weight / whole:.0%}" for criterion in rubric.criteria]
    return "\n".join(lines)
