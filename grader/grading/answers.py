"""What a sheet of answers shows for an exercise: the answers themselves, as they were read. No code is involved."""

from grader.grading.prepared import Prepared
from grader.intake.answers import answered
from grader.model.observation import Observation, Observations, Outcome, StudentError
from grader.model.submission import Sheet


def observe_answers(sheet: Sheet, prepared: Prepared) -> Observations:
    """The same in every case: answers do not depend on a case's inputs, though a rule that judges them may."""
    section = prepared.exercise.id.partition("/")[2]
    recorded = (right for case in prepared.fixture.cases for right in case.dialects.values())
    keys = dict.fromkeys(name for right in recorded for name in right.facts)
    facts = answered(sheet.answers, section, tuple(keys))
    if facts:
        return {case.name: Observation(case.name, facts=facts) for case in prepared.fixture.cases}
    error = StudentError("NotImplementedError", f"nothing is answered under [{section}]")
    return {case.name: Observation(case.name, Outcome.RAISED, error=error) for case in prepared.fixture.cases}
