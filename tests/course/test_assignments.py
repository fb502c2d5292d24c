"""Every assignment marks as it should: its solved handout earns all that exercises decide, untouched nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.authoring.audit import rehearse
from grader.authoring.handout.handout import render_solved
from grader.cli.app import app
from grader.course.folder import open_course
from grader.grading.line import Grading
from grader.model.errors import UsageError
from tests.places import ROOT, TOY

COURSE = open_course(ROOT)
AUTOMATIC = {"cs5370-a4": 22, "csc321-a2": 3.75, "csc2516-pa2": 32, "cse891-hw2": 5.5, "assignment-three": 44}


@pytest.fixture(scope="module")
def grading() -> Iterator[Grading]:
    with Grading(COURSE, device="cpu") as grading:
        yield grading


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy course that a test may spoil."""
    return Path(shutil.copytree(TOY, tmp_path / "course"))


def rehearsed(root: Path, assignment: str = "week-1") -> tuple[float, float, tuple[str, ...]]:
    course = open_course(root)
    with Grading(course, device="cpu", stale_ok=True) as grading:
        found = rehearse(course, assignment, grading)
    return found.solved, found.untouched, found.mismatches


def audit(course: Path, *words: str) -> tuple[int, list[str]]:
    ended = CliRunner().invoke(app, ["audit", *words, "--course", str(course)], env={"COLUMNS": "120", "TERM": "dumb"})
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended.exit_code, [" ".join(line.split()) for line in ended.output.splitlines()]


@pytest.mark.linux_sandbox
@pytest.mark.parametrize("assignment", sorted(COURSE.assignments))
def test_solved_earns_every_automatic_mark_and_untouched_none(grading: Grading, assignment: str) -> None:
    found = rehearse(COURSE, assignment, grading)
    assert found.mismatches == ()
    assert (found.automatic, found.solved, found.untouched) == (AUTOMATIC[assignment], AUTOMATIC[assignment], 0)


@pytest.mark.linux_sandbox
def test_a_toy_assignment_marks_as_it_should(toy: Path) -> None:
    assert rehearsed(toy) == (2, 0, ())


@pytest.mark.linux_sandbox
def test_a_reference_that_became_wrong_is_found(toy: Path) -> None:
    reference = toy / "solutions/activations/gelu/reference.py"
    reference.write_text(reference.read_text().replace("return x * below", "return x + below"))
    solved, untouched, mismatches = rehearsed(toy)
    assert (solved, untouched) == (0, 0)
    assert mismatches[0].startswith(
        "week-1, solved handout: activations/gelu values should be passed; it is failed: output"
    )


@pytest.mark.linux_sandbox
def test_a_handout_that_earns_marks_as_it_is_is_found(toy: Path) -> None:
    rubric = toy / "rubrics/week-1.toml"
    exercises = 'exercises = ["activations/gelu"]'
    rubric.write_text(rubric.read_text().replace(exercises, exercises + '\ngiven = ["activations/gelu"]'))
    solved, untouched, mismatches = rehearsed(toy)
    assert (solved, untouched) == (2, 2)
    assert mismatches[0] == ("week-1, untouched handout: activations/gelu values should be not_attempted; it is passed")


@pytest.mark.linux_sandbox
def test_an_exercise_that_is_not_handed_out_is_found(toy: Path) -> None:
    rubric = toy / "rubrics/week-1.toml"
    rubric.write_text(
        rubric.read_text().replace('[[handout]]\npath = "activations.py"\nexercises = ["activations/gelu"]', "")
    )
    solved, _, mismatches = rehearsed(toy)
    assert solved == 0
    assert any(line.startswith("week-1, solved handout: is not graded: ") for line in mismatches)


def test_what_is_given_is_solved_in_the_handout_and_no_secret(toy: Path) -> None:
    solved = render_solved(open_course(toy), "week-1")
    assert list(solved) == ["activations.py"]
    assert "return x * below" in solved["activations.py"]
    assert "SOLUTION" not in solved["activations.py"]


# the command


@pytest.mark.linux_sandbox
def test_one_command_prints_one_table_of_the_whole_course(toy: Path) -> None:
    status, lines = audit(toy, "--all")
    assert status == 0
    assert lines == [
        "solved untouched wheats chaffs holds",
        "week-1 2/2 0 yes",
        "activations/gelu 1/1 0 2/2 4/4 yes",
        "week-1: 0.0 % of the automatic marks rest on claims",
        "as promised: the whole course",
    ]


@pytest.mark.linux_sandbox
def test_an_assignment_is_shown_with_its_exercises(toy: Path) -> None:
    assert audit(toy, "week-1")[1][1:3] == ["week-1 2/2 0 yes", "activations/gelu 1/1 0 2/2 4/4 yes"]


@pytest.mark.linux_sandbox
def test_an_assignment_whose_marks_rest_on_claims_is_found(toy: Path) -> None:
    rubric = toy / "rubrics/activations/gelu.toml"
    compared = 'check = "value_matches"\ntensors = ["output", "x_after"]'
    rubric.write_text(rubric.read_text().replace(compared, 'check = "stays_equal"\npairs = [["x_after", "x"]]'))
    status, lines = audit(toy, "week-1")
    assert status == 2
    told, complaint = " ".join(lines).split("week-1: ")[1:]
    assert told.startswith("25.0 % of the automatic marks rest on claims")
    assert complaint.startswith(
        "25.0 % of the automatic marks rest on claims, at most 15 % may; most of it: activations/gelu pure (25.0 %)"
    )


@pytest.mark.linux_sandbox
def test_a_wheat_that_is_wrong_and_a_chaff_that_is_right_are_counted_out(toy: Path) -> None:
    solutions = toy / "solutions/activations/gelu"
    right = (solutions / "wheats/complement.py").read_text()
    wrong = (solutions / "chaffs/sigmoid.py").read_text()
    (solutions / "wheats/complement.py").write_text(wrong)
    (solutions / "chaffs/sigmoid.py").write_text('"""No mistake."""\nLOSES = {"values"}\n' + right)
    status, lines = audit(toy, "--all")
    assert status == 2
    assert "activations/gelu 1/1 0 1/2 3/4 NO" in lines
    assert any(
        line.startswith("activations/gelu chaffs/sigmoid (public): should fail; values is passed") for line in lines
    )


@pytest.mark.linux_sandbox
def test_an_exercise_that_is_not_recorded_does_not_stop_the_table(toy: Path) -> None:
    (toy / "fixtures/activations/gelu/public.safetensors").unlink()
    status, lines = audit(toy, "--all")
    assert status == 2
    assert "activations/gelu NO" in lines
    assert (
        "fixtures/activations/gelu/public.safetensors: no such file; run: grade fixtures build activations/gelu"
        in lines
    )


def test_the_whole_course_and_ids_exclude_each_other(toy: Path) -> None:
    with pytest.raises(UsageError, match="--all: looks at the whole course; leave the ids out"):
        audit(toy, "--all", "week-1")
