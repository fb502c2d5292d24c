"""A handout's README.md: what to hand in, where to write code, and how marks arise. Generated from the rubric."""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader

from grader.course.folder import Exercise
from grader.model.assignment import AssignmentRubric, Part
from grader.report.rubric import late_in_words, letters_in_words


def instructions(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> str:
    """The README as Markdown text."""

    def asked(id_: str) -> str:
        """The name that a student defines, or the heading that the answers stand under."""
        exercise = exercises[id_]
        return exercise.rubric.entry if exercise.rubric.kind == "code" else f"[{exercise.id.partition('/')[2]}]"

    environment = Environment(loader=PackageLoader("grader.authoring.handout"), trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"short": "{:g}".format, "letters": letters_in_words, "late": late_in_words}
    environment.filters |= {"asked": asked, "who": _marked_by}
    to_write = [id_ for file in rubric.handout for id_ in file.to_write]
    text = environment.get_template("README.md.jinja").render(
        rubric=rubric,
        exercises=[exercises[id_].rubric for id_ in rubric.exercises],
        code=[id_ for id_ in to_write if exercises[id_].rubric.kind == "code"],
        in_notebook=any(file.path.endswith(".ipynb") for file in rubric.handout),
    )
    return text.strip() + "\n"


def _marked_by(part: Part) -> str:
    shares = [f"automatically: {item.exercise} {item.marks:g}" for item in part.items]
    if part.person_marks:
        shares.append("by a person" if not part.items else f"by a person {part.person_marks:g}")
    return ", ".join(shares)
