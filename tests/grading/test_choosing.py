"""Which definition counts: what is observed, in which order, and with whose help."""

from collections.abc import Mapping, Sequence

import pytest

from grader.grading.choosing import Chosen, choose, in_order
from grader.grading.prepared import Prepared
from grader.model.errors import CourseError, MustRunAgainError
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Definition, Observation, Outcome, StudentError
from grader.model.report import Status
from tests.builders import prepared_of

Shown = Mapping[str, bool] | Outcome | StudentError | None
OWN, OLD, THIRD, FOURTH = (Definition(f"{name}.py", "f") for name in ("own", "old", "third", "fourth"))
RIGHT = {"first": True, "second": True}


def exercise(id_: str, *builds_on: str, given: str = "GIVEN = {}", **rubric: object) -> Prepared:
    """Two criteria: a fact of each name must be true."""
    criteria = [{"id": n, "title": n, "check": "fact_matches", "facts": [n]} for n in ("first", "second")]
    case = FixtureCase("only", {}, {}, {"reference": Expected({}, RIGHT)})
    asked = {"builds_on": builds_on, "criteria": criteria} | rubric
    prepared = prepared_of("", Fixture(id_, (case,), 16.0), given=given, **asked)
    object.__setattr__(prepared.exercise, "id", id_)
    object.__setattr__(prepared, "base_names", tuple(base.partition("/")[2] for base in builds_on))
    return prepared


class Showing:
    """Shows facts by exercise, definition and whether stand-ins are given; remembers what was asked for."""

    device = "cpu"

    def __init__(
        self, shown: Mapping[tuple[str, Definition, bool], Mapping[str, bool] | Outcome | StudentError | None]
    ) -> None:
        self.shown = shown
        self.asked: list[tuple[str, str, bool]] = []

    def observe(self, exercise: str, definition: Definition, given: bool):
        self.asked.append((exercise, definition.source, given))
        found = self.shown[exercise, definition, given]
        if found is None:
            raise MustRunAgainError("it was not observed")
        if isinstance(found, StudentError):
            return {"only": Observation("only", Outcome.RAISED, error=found)}
        if isinstance(found, Outcome):
            return {"only": Observation("only", found)}
        return {"only": Observation("only", facts=found)}


def chosen(exercises: Mapping[str, Prepared], definitions: Mapping[str, Sequence[Definition]], shown) -> Chosen:
    return choose(exercises, definitions, shown)


def test_where_there_are_no_stand_ins_what_it_builds_on_is_told() -> None:
    """As in a release."""
    shown = Showing({("t/a", OWN, False): {"first": True, "second": False}})
    found = chosen({"t/a": exercise("t/a", "t/base", given="")}, {"t/a": [OWN]}, shown)
    assert shown.asked == [("t/a", "own.py", False)]
    assert found.results["t/a"].notes == ("Toy: it builds on base, and a fault there shows here too; check that first",)


def test_what_passes_is_observed_once() -> None:
    shown = Showing({("t/a", OWN, False): RIGHT})
    found = chosen({"t/a": exercise("t/a")}, {"t/a": [OWN, OLD]}, shown)
    assert shown.asked == [("t/a", "own.py", False)]
    assert found.results["t/a"].definition == OWN
    assert found.results["t/a"].notes == ("f was taken from own.py; also defined: f in old.py",)


def test_what_another_definition_would_earn_more_waits_for_a_person() -> None:
    """Else guesses would be free: hand in three, and the best counts."""
    half, none = {"first": True, "second": False}, {"first": False, "second": False}
    shown = Showing({("t/a", OWN, False): none, ("t/a", OLD, False): half, ("t/a", THIRD, False): none})
    result = chosen({"t/a": exercise("t/a")}, {"t/a": [OWN, OLD, THIRD, FOURTH]}, shown).results["t/a"]
    assert [source for _, source, _ in shown.asked] == ["own.py", "old.py", "third.py"]
    assert result.definition == OWN
    first, second = result.judgement.verdicts
    assert (first.status, second.status) == (Status.NEEDS_PERSON, Status.FAILED)
    assert first.message.startswith("f in old.py would pass, but it is not the one that counts: first is False")


def test_what_the_definition_that_counts_earns_stays_earned() -> None:
    shown = Showing(
        {
            ("t/a", OWN, False): {"first": True, "second": False},
            ("t/a", OLD, False): {"first": False, "second": True},
            ("t/a", THIRD, False): {"first": True, "second": False},
        }
    )
    result = chosen({"t/a": exercise("t/a")}, {"t/a": [OWN, OLD, THIRD]}, shown).results["t/a"]
    assert [verdict.status for verdict in result.judgement.verdicts] == [Status.PASSED, Status.FAILED]


@pytest.mark.parametrize("error", [StudentError("NotImplementedError", "to do"), StudentError("SyntaxError", "bad")])
def test_what_was_left_as_handed_out_or_cannot_be_read_does_not_count(error: StudentError) -> None:
    shown = Showing({("t/a", OWN, False): error, ("t/a", OLD, False): {"first": True, "second": False}})
    result = chosen({"t/a": exercise("t/a")}, {"t/a": [OWN, OLD]}, shown).results["t/a"]
    assert result.definition == OLD
    assert [verdict.status for verdict in result.judgement.verdicts] == [Status.PASSED, Status.FAILED]


def test_of_equally_good_ones_the_likeliest_counts() -> None:
    none = {"first": False, "second": False}
    shown = Showing({("t/a", OWN, False): none, ("t/a", OLD, False): none})
    assert chosen({"t/a": exercise("t/a")}, {"t/a": [OWN, OLD]}, shown).results["t/a"].definition == OWN


def test_a_fault_of_the_base_is_charged_there_alone() -> None:
    wrong = {"first": False, "second": False}
    shown = Showing({("t/a", OWN, False): wrong, ("t/b", OWN, False): wrong, ("t/b", OWN, True): RIGHT})
    exercises = {"t/b": exercise("t/b", "t/a"), "t/a": exercise("t/a")}
    found = chosen(exercises, {"t/a": [OWN], "t/b": [OWN]}, shown)
    assert ("t/b", "own.py", True) in shown.asked
    assert not found.results["t/a"].all_passed
    assert found.results["t/b"].all_passed
    assert found.results["t/b"].given
    assert found.results["t/b"].notes == ("Toy: marked with a correct a in place of yours, whose faults count once",)


def test_on_a_sound_base_no_stand_in_is_tried() -> None:
    half = {"first": True, "second": False}
    shown = Showing({("t/a", OWN, False): RIGHT, ("t/b", OWN, False): half})
    found = chosen({"t/a": exercise("t/a"), "t/b": exercise("t/b", "t/a")}, {"t/a": [OWN], "t/b": [OWN]}, shown)
    assert shown.asked == [("t/a", "own.py", False), ("t/b", "own.py", False)]
    assert not found.results["t/b"].given


def test_in_a_chain_a_base_that_passes_only_with_stand_ins_is_not_sound() -> None:
    """c builds on b, b on a; a is wrong: b passes with a correct a alone, and c must be tried with a correct b."""
    wrong = {"first": False, "second": False}
    shown = Showing(
        {
            ("t/a", OWN, False): wrong,
            ("t/b", OWN, False): wrong,
            ("t/b", OWN, True): RIGHT,
            ("t/c", OWN, False): wrong,
            ("t/c", OWN, True): RIGHT,
        }
    )
    exercises = {"t/c": exercise("t/c", "t/b"), "t/b": exercise("t/b", "t/a"), "t/a": exercise("t/a")}
    found = chosen(exercises, {id_: [OWN] for id_ in exercises}, shown)
    assert {id_: result.all_passed for id_, result in found.results.items()} == {
        "t/c": True,
        "t/b": True,
        "t/a": False,
    }


def test_what_others_build_on_comes_first() -> None:
    exercises = {"t/c": exercise("t/c", "t/b"), "t/b": exercise("t/b", "t/a"), "t/a": exercise("t/a")}
    order = in_order(exercises)
    assert order == ["t/a", "t/b", "t/c"]


def test_a_circle_is_told() -> None:
    exercises = {"t/a": exercise("t/a", "t/b"), "t/b": exercise("t/b", "t/a")}
    with pytest.raises(CourseError, match=r"builds_on goes in a circle \(t/[ab] -> t/[ab] -> t/[ab]\)"):
        in_order(exercises)


def test_what_broke_off_is_not_tried_with_stand_ins() -> None:
    shown = Showing({("t/b", OWN, False): Outcome.TIMED_OUT})
    chosen({"t/b": exercise("t/b", "t/a")}, {"t/b": [OWN]}, shown)
    assert shown.asked == [("t/b", "own.py", False)]


def test_written_answers_are_not_tried_one_after_another() -> None:
    shown = Showing({("t/a", OWN, False): {"first": True, "second": False}})
    written = exercise("t/a", kind="answers")
    found = chosen({"t/a": written}, {"t/a": [OWN, OLD]}, shown)
    assert [source for _, source, _ in shown.asked] == ["own.py"]
    assert found.results["t/a"].definition == OWN


def test_what_cannot_be_shown_must_run_again_and_leaves_the_others() -> None:
    shown = Showing({("t/a", OWN, False): RIGHT, ("t/b", OWN, False): None})
    found = chosen({"t/a": exercise("t/a"), "t/b": exercise("t/b")}, {"t/a": [OWN], "t/b": [OWN]}, shown)
    assert list(found.results) == ["t/a"]
    assert found.unobserved == {"t/b": "it was not observed"}


def test_a_name_that_nobody_defines_is_not_attempted() -> None:
    found = chosen({"t/a": exercise("t/a", aliases=("g",))}, {"t/a": []}, Showing({}))
    assert found.results["t/a"].not_attempted
    assert "no file defines f or g" in found.results["t/a"].judgement.verdicts[0].message
