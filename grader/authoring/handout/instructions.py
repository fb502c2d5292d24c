"""A handout's README.md: what to hand in, where to write code, and how marks arise. Generated from the rubric."""

from collections.abc import Mapping

from grader.course.folder import Exercise
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.rubric import Criterion, ExerciseRubric
from grader.report.rubric import late_in_words, letters_in_words


def instructions(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> str:
    """The README as Markdown text."""
    rubrics = {id_: exercises[id_].rubric for id_ in rubric.exercises}
    bonus = f" and {rubric.bonus:g} more as a bonus" if rubric.bonus else ""
    blocks = [f"# {rubric.title}", f"{rubric.marks:g} marks{bonus}."]
    if rubric.letters:
        blocks.append(f"Grades: {letters_in_words(rubric.letters)}.")
    if rubric.hand_in:
        blocks += ["## What to hand in", rubric.hand_in.strip()]
    if rubric.late:
        blocks.append(f"Handing in late costs {late_in_words(rubric.late)}.")
    if rubric.handout:
        blocks += ["## Where to write code", _files(rubric, exercises)]
        blocks += ["## Check your work", _self_check(rubric, exercises)]
    blocks += ["## How marks arise", _parts(rubric), *(_criteria(r) for r in rubrics.values())]
    return "\n\n".join(blocks) + "\n"


def _files(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> str:
    lines = [
        "Replace every `raise NotImplementedError`. Keep the names and their arguments: they are graded by name.",
        "",
    ]
    for file in rubric.handout:
        names = ", ".join(_name(exercises[id_]) for id_ in file.to_write)
        lines.append(f"- `{file.path}`: {names or 'nothing; read it and run it'}")
    return "\n".join(lines)


def _self_check(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> str:
    code = [id_ for file in rubric.handout for id_ in file.to_write if exercises[id_].rubric.kind == "code"]
    lines = [
        "Install the package `grader`, with `pip install '.[student]'` in its folder or as your course tells you, and",
        "work in this folder. Your code is checked on public cases, in the words of grading; marks come from others.",
        "",
        "- `grade check` checks everything" + (f", `grade check {code[0]}` one exercise." if code else "."),
    ]
    if code and any(file.path.endswith(".ipynb") for file in rubric.handout):
        entry = exercises[code[0]].rubric.entry
        lines.append(
            f'- In a notebook, a cell `check("{code[0]}", {entry})` shows a table; such cells are there already.'
        )
    lines.append("- `pytest` has one test for each criterion.")
    return "\n".join(lines)


def _name(exercise: Exercise) -> str:
    """The name that a student defines, or the heading that the answers stand under."""
    return f"`{exercise.rubric.entry}`" if exercise.rubric.kind == "code" else f"`[{exercise.id.partition('/')[2]}]`"


def _parts(rubric: AssignmentRubric) -> str:
    rows = ["| part | question | marks | marked |", "|---|---|---|---|"]
    rows += [f"| {part.id} | {part.title} | {_marks(part)} | {_marked_by(part)} |" for part in rubric.parts]
    return "\n".join(rows)


def _marks(part: Part) -> str:
    return f"{part.marks:g}" + (" (bonus)" if part.bonus else "")


def _marked_by(part: Part) -> str:
    shares = [_share(item) for item in part.items]
    if part.person_marks:
        shares.append("by a person" if not part.items else f"by a person {part.person_marks:g}")
    return ", ".join(shares)


def _share(item: Item) -> str:
    return f"automatically: {item.exercise} {item.marks:g}"


def _criteria(rubric: ExerciseRubric[Criterion]) -> str:
    whole = sum(criterion.weight for criterion in rubric.criteria)
    judged = f"`{rubric.entry}` is judged by what it does" if rubric.kind == "code" else "Short answers"
    lines = [f"### {rubric.title}", "", f"{judged}. Shares of the marks:", ""]
    lines += [f"- {criterion.title}: {criterion.weight / whole:.0%}" for criterion in rubric.criteria]
    return "\n".join(lines)
