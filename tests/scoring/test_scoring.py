"""Marks: shares add up exactly, every status earns what it should, and nobody loses marks through our fault."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.folder import Exercise
from grader.judge.verdicts import Judgement
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.errors import GraderFault
from grader.model.report import LEFT_OUT, Status, Verdict
from grader.model.rubric import Criterion, ExerciseRubric
from grader.scoring.marks import OUR_FAULT, Total, dialect_notes, letters_possible, score_parts, shares, total


def criterion(id_: str, weight: float = 1.0, requires: tuple[str, ...] = ()) -> Criterion:
    return Criterion(id=id_, title=f"claim {id_}", check="value_matches", weight=weight, requires=requires)


def exercise(id_: str, *criteria: Criterion, dialects: dict[str, str] | None = None) -> Exercise:
    rubric = ExerciseRubric(title=f"title of {id_}", entry="Entry", criteria=criteria, dialects=dialects or {})
    return Exercise(id_, rubric, Path("solutions"), Path("fixtures"))


def assignment(*parts: Part) -> AssignmentRubric:
    return AssignmentRubric(title="assignment", marks=sum(p.marks for p in parts), parts=parts)


def judged(dialect: str = "reference", **statuses: Status) -> Judgement:
    verdicts = tuple(
        Verdict(id_, status, message=f"message {id_}", hint=f"hint {id_}", reproduce="again", seconds=0.25)
        for id_, status in statuses.items()
    )
    return Judgement(verdicts=verdicts, dialect=dialect, notes=())


ONE = exercise("a/one", criterion("x", 2.0), criterion("y", 1.0))
PART = Part(id="1", title="part one", marks=3, items=(Item(exercise="a/one", marks=3),))


def only_part(judgement: Judgement | None, part: Part = PART, exercise: Exercise = ONE):
    judgements = {} if judgement is None else {exercise.id: judgement}
    (scored,) = score_parts(assignment(part), {exercise.id: exercise}, judgements)
    return scored


@given(
    st.integers(1, 100_000).map(lambda cents: cents / 100),
    st.lists(st.floats(0.01, 100, allow_nan=False), min_size=1, max_size=30),
)
def test_shares_add_up_to_the_marks_and_follow_the_weights(marks, weights):
    given_ = shares(marks, weights)
    assert round(sum(given_), 6) == round(marks, 6)
    assert all(
        share == pytest.approx(marks * w / sum(weights), abs=1.1e-6) for share, w in zip(given_, weights, strict=True)
    )


def test_a_part_with_everything_passed_earns_its_marks_whatever_the_weights():
    thirds = exercise("a/one", criterion("x"), criterion("y"), criterion("z"))
    part = Part(id="1", title="t", marks=1, items=(Item(exercise="a/one", marks=1),))
    scored = only_part(judged(x=Status.PASSED, y=Status.PASSED, z=Status.PASSED), part, thirds)
    assert scored.earned == scored.possible == 1.0
    assert [c.earned for c in scored.criteria] == [0.333333, 0.333334, 0.333333]


def test_marks_follow_the_weights():
    scored = only_part(judged(x=Status.PASSED, y=Status.FAILED))
    assert [(c.earned, c.possible) for c in scored.criteria] == [(2.0, 2.0), (0.0, 1.0)]
    assert scored.earned == 2.0


@pytest.mark.parametrize("status", [Status.FAILED, Status.BLOCKED, Status.NOT_ATTEMPTED])
def test_what_is_not_shown_right_earns_nothing_and_says_why(status):
    scored = only_part(judged(x=Status.PASSED, y=status))
    lost = scored.criteria[1]
    assert (lost.earned, lost.pending, lost.status) == (0.0, 0.0, status)
    assert (lost.message, lost.hint, lost.reproduce, lost.seconds) == ("message y", "hint y", "again", 0.25)
    assert lost.exercise == "a/one"


def test_a_fault_of_ours_costs_nothing_and_says_whose_fault_it_is():
    scored = only_part(judged(x=Status.PASSED, y=Status.GRADER_ERROR))
    assert (scored.earned, scored.pending) == (2.0, 1.0)
    assert scored.criteria[1].message == f"{OUR_FAULT}; message y"
    assert total([scored]) == Total(score=2.0, possible=3.0, bonus=0.0, pending=1.0)


def test_what_waits_for_a_faulty_criterion_of_ours_is_our_fault_too():
    chain = exercise("a/one", criterion("x"), criterion("y", requires=("x",)), criterion("z", requires=("y",)))
    scored = only_part(judged(x=Status.GRADER_ERROR, y=Status.BLOCKED, z=Status.BLOCKED), exercise=chain)
    assert [c.status for c in scored.criteria] == [Status.GRADER_ERROR] * 3
    assert scored.pending == 3.0


def test_what_waits_for_a_failed_criterion_stays_blocked():
    chain = exercise("a/one", criterion("x"), criterion("y", requires=("x",)))
    scored = only_part(judged(x=Status.FAILED, y=Status.BLOCKED), exercise=chain)
    assert [c.status for c in scored.criteria] == [Status.FAILED, Status.BLOCKED]
    assert scored.pending == 0.0


def test_marks_without_an_exercise_wait_for_a_person_and_the_guide_stays_with_the_marker():
    part = Part(id="1", title="part one", marks=5, items=PART.items, guide="the answer is 42")
    scored = only_part(judged(x=Status.PASSED, y=Status.PASSED), part)
    person = scored.criteria[-1]
    assert (person.id, person.title, person.status, person.possible) == ("person", "part one", "needs_person", 2.0)
    assert person.exercise is None
    assert "42" not in scored.model_dump_json()
    assert (scored.earned, scored.pending) == (3.0, 2.0)


def test_an_exercise_left_out_of_the_run_waits_for_a_person():
    scored = only_part(None)
    (left_out,) = scored.criteria
    assert (left_out.status, left_out.message, left_out.possible) == (Status.NEEDS_PERSON, LEFT_OUT, 3.0)
    assert left_out.exercise == "a/one"
    assert scored.pending == 3.0


def test_a_verdict_that_only_a_person_can_finish_is_pending():
    scored = only_part(judged(x=Status.NEEDS_PERSON, y=Status.NEEDS_PERSON))
    assert (scored.earned, scored.pending) == (0.0, 3.0)


def test_two_parts_can_use_one_exercise():
    second = Part(id="2", title="part two", marks=1, items=(Item(exercise="a/one", marks=1),))
    parts = score_parts(assignment(PART, second), {"a/one": ONE}, {"a/one": judged(x=Status.PASSED, y=Status.FAILED)})
    assert [p.earned for p in parts] == [2.0, 0.666667]
    assert total(parts) == Total(score=2.666667, possible=4.0, bonus=0.0, pending=0.0)


def test_verdicts_that_are_not_the_rubrics_are_our_fault():
    with pytest.raises(GraderFault, match="a/one: the judge's verdicts are not those of the rubric's criteria"):
        only_part(judged(x=Status.PASSED))


@given(st.lists(st.sampled_from(list(Status)), min_size=2, max_size=2))
def test_no_mark_appears_or_vanishes(statuses):
    scored = only_part(judged(x=statuses[0], y=statuses[1]))
    lost = {Status.FAILED, Status.BLOCKED, Status.NOT_ATTEMPTED}
    not_lost = sum(c.possible for c in scored.criteria if c.status not in lost)
    assert scored.earned + scored.pending == pytest.approx(not_lost)
    assert sum(c.possible for c in scored.criteria) == scored.possible


def test_another_dialect_than_the_one_asked_for_is_told_and_costs_nothing():
    net = exercise("a/one", criterion("x"), dialects={"skip-last": "the skip after the rest", "skip-first": "reversed"})
    part = Part(id="1", title="t", marks=1, items=(Item(exercise="a/one", marks=1, dialect="skip-last"),))
    other, asked = (judged(dialect, x=Status.PASSED) for dialect in ("skip-first", "skip-last"))
    notes = [dialect_notes(assignment(part), {"a/one": net}, {"a/one": j}) for j in (other, asked)]
    assert notes == [("a/one: judged as reversed; this assignment asks for the skip after the rest",), ()]
    assert only_part(other, part, net).earned == 1.0


# bonus


def test_bonus_marks_come_on_top_and_the_score_can_pass_the_whole():
    bonus = Part(id="G", title="bonus", marks=1, bonus=True, items=(Item(exercise="a/one", marks=1),))
    rubric = AssignmentRubric(title="assignment", marks=3, parts=(PART, bonus))
    parts = score_parts(rubric, {"a/one": ONE}, {"a/one": judged(x=Status.PASSED, y=Status.PASSED)})
    assert [part.bonus for part in parts] == [False, True]
    assert total(parts) == Total(score=4.0, possible=3.0, bonus=1.0, pending=0.0)


# letters

GRADES = {"A": 80, "B": 70, "F": 0}


def with_letters(letters: dict[str, float], marks: float = 50) -> AssignmentRubric:
    return AssignmentRubric(
        title="assignment", marks=marks, letters=letters, parts=(Part(id="1", title="t", marks=marks, guide="g"),)
    )


@pytest.mark.parametrize(
    ("score", "pending", "letters"),
    [
        (40, 0, ("A",)),
        (39.999999, 0, ("B",)),
        (0, 0, ("F",)),
        (55, 0, ("A",)),  # with a bonus
        (30, 10, ("A", "B", "F")),
        (35, 4.5, ("B",)),
        (35, 5, ("A", "B")),
    ],
)
def test_a_letter_is_the_best_whose_threshold_is_reached(score, pending, letters):
    assert letters_possible(with_letters(GRADES), score, pending) == letters


def test_an_assignment_without_letters_gives_none():
    assert letters_possible(with_letters({}), 40, 0) == ()


@given(st.floats(0, 50), st.floats(0, 50), st.floats(0, 1))
def test_whatever_a_person_gives_the_letter_was_among_those_possible(score, pending, share):
    rubric = with_letters(GRADES)
    (final,) = letters_possible(rubric, score + pending * share, 0)
    assert final in letters_possible(rubric, score, pending)


def test_what_could_not_be_judged_waits_for_a_person_with_the_reason():
    judged_as_missing = {"a/one": judged(x=Status.NOT_ATTEMPTED, y=Status.NOT_ATTEMPTED)}
    (scored,) = score_parts(assignment(PART), {"a/one": ONE}, judged_as_missing, unseen={"a/one": "no sheet"})
    (waiting,) = scored.criteria
    assert (waiting.status, waiting.message, waiting.possible) == (Status.NEEDS_PERSON, "no sheet", 3.0)
    assert scored.pending == 3.0
