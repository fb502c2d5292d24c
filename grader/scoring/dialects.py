"""Tell a student whose right answer is another one than the assignment asks for."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from grader.course.folder import Exercise
from grader.judge.verdicts import Judgement
from grader.model.assignment import AssignmentRubric


def dialect_notes(
    rubric: AssignmentRubric, exercises: Mapping[str, Exercise], judgements: Mapping[str, Judgement]
) -> tuple[str, ...]:
    """One line for each item that asks for a dialect which the submission does not follow; costs no marks."""
    notes = []
    for item in (item for part in rubric.parts for item in part.items):
        judgement = judgements.get(item.exercise)
        if item.dialect is None or judgement is None or not judgement.dialect:
            continue
        if not fnmatchcase(judgement.dialect, item.dialect):
            words = exercises[item.exercise].rubric.dialects
            found = words.get(judgement.dialect, judgement.dialect)
            asked = " or ".join(w for d, w in words.items() if fnmatchcase(d, item.dialect)) or item.dialect
            notes.append(f"{item.exercise}: judged as {found}; this assignment asks for {asked}")
    return tuple(dict.fromkeys(notes))
