"""A letter for a score, where an assignment gives letters."""

from grader.model.assignment import AssignmentRubric


def letters_possible(rubric: AssignmentRubric, score: float, pending: float) -> tuple[str, ...]:
    """The letters that can still come out, the best first.

    One where nothing is `pending`; none where the assignment gives no letters. Percentages are of the marks without
    bonus, so that bonus marks can lift a letter.
    """
    worst, best = (_rank(rubric, marks) for marks in (score, score + pending))
    return tuple(rubric.letters)[best : worst + 1]


def _rank(rubric: AssignmentRubric, score: float) -> int:
    """How many letters are out of reach with this score; thresholds fall and the last is 0."""
    percentage = round(100 * score / rubric.marks, 6)
    return sum(threshold > percentage for threshold in rubric.letters.values())
