"""`grade rubric show|check|schema`, and what an assignment may say: bonus, letters, lateness, another scale."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from grader.authoring.handout.handout import render_handout
from grader.cli.app import app
from grader.course.folder import open_course
from grader.course.review import review_rubrics
from grader.model.assignment import AssignmentRubric, HandoutFile, Item, LatePolicy, Part, Section
from grader.model.errors import CourseError
from tests.places import ROOT, TOY


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy course that a test may spoil."""
    return Path(shutil.copytree(TOY, tmp_path / "course"))


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def grade(*words: str) -> tuple[int, str]:
    ended = CliRunner().invoke(app, ["rubric", *words], env={"COLUMNS": "100", "TERM": "dumb"})
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended.exit_code, ended.output


def rubric(*parts: Part, **changes: object) -> AssignmentRubric:
    values = {"title": "t", "marks": sum(p.marks for p in parts if not p.bonus), "parts": parts}
    return AssignmentRubric.model_validate(values | changes)


def question(id_: str, marks: float, **changes: object) -> Part:
    return Part.model_validate({"id": id_, "title": "t", "marks": marks, "guide": "g"} | changes)


# show


def test_show_prints_parts_marks_and_who_marks() -> None:
    status, shown = grade("show", "cs5370-a4", "--course", str(ROOT))
    assert status == 0
    flat = " ".join(shown.split())
    assert "1.2 Colourization as classification 4 1.2(a) Complete the model CNN 2 auto colour/cnn 1.5" in flat
    assert "1.5(a) Activations of the CNN 1 person 1" in flat
    assert "1 answer answers/resolution 1" in flat
    assert "late 10 % of the marks earned for each day begun; each student has 7 days of grace for the course" in flat
    assert "marks 50 in all; auto " in flat
    assert "letters" not in flat


def test_show_prints_letters_and_bonus() -> None:
    assert "A from 80 %, B from 70 %" in " ".join(grade("show", "csc2516-pa2", "--course", str(ROOT))[1].split())
    shown = " ".join(grade("show", "csc321-a2", "--course", str(ROOT))[1].split())
    assert "10 in all and 1 bonus" in shown
    assert "(bonus)" in shown


def test_show_suggests_the_nearest_id() -> None:
    with pytest.raises(CourseError, match="did you mean 'cs5370-a4'"):
        grade("show", "cs5370-a5", "--course", str(ROOT))


# check


def test_every_rubric_of_this_course_is_in_order() -> None:
    course = open_course(ROOT)
    status, said = grade("check", "--course", str(ROOT))
    assert (status, said) == (0, f"{len(course.assignments) + len(course.exercises)} rubrics, nothing wrong\n")


def test_check_takes_ids_of_both_kinds(toy: Path) -> None:
    assert grade("check", "week-1", "--course", str(toy)) == (0, "1 rubric, nothing wrong\n")
    assert grade("check", "week-1", "activations/gelu", "--course", str(toy)) == (0, "2 rubrics, nothing wrong\n")
    with pytest.raises(CourseError, match=r"no exercise 'activations/gela'.*did you mean 'activations/gelu'"):
        grade("check", "activations/gela", "--course", str(toy))


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("week-1", "marks = 3", "marks = 4", "the parts have 3 marks together, `marks` says 4"),
        ("week-1", "marks = 3", "marks = 3\nmark = 3", "mark: unknown key; did you mean `marks`?"),
        ("week-1", "activations/gelu", "activations/gela", "no exercise 'activations/gela'"),
        (
            "activations/gelu",
            "[[criteria]]",
            '[[criteria]]\ncases = ["no such case"]',
            "no public case 'no such case'; recorded are",
        ),
        ("activations/gelu", "[[criteria]]", '[dialects]\nx = "y"\n[[criteria]]', "dialects: 'x' is not recorded"),
        ("activations/gelu", "[[criteria]]", 'builds_on = ["a/b"]\n[[criteria]]', "builds_on: no exercise 'a/b'"),
        ("activations/gelu", "[[criteria]]", 'data = ["x.npz"]\n[[criteria]]', "data/x.npz: no such file"),
    ],
)
def test_check_says_what_is_wrong_and_where(toy: Path, file: str, old: str, new: str, finding: str) -> None:
    path = toy / f"rubrics/{file}.toml"
    assert old in path.read_text()
    replaced(path, old, new)
    status, said = grade("check", file, "--course", str(toy))
    assert status == 2
    assert finding in said
    assert file in said


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("marks = 2 }", 'marks = 2, dialect = "batch*" }', "part '1': activations/gelu has no dialect 'batch*'"),
        ("[[parts]]", '[[sections]]\nid = "1"\ntitle = "t"\nmarks = 2\n[[parts]]', "part '2': lies in no section"),
        ("[[parts]]", '[[sections]]\nid = "9"\ntitle = "t"\nmarks = 0\n[[parts]]', "section '9': holds no part"),
        (
            'exercises = ["activations/gelu"]',
            "exercises = []",
            "handout: no file has activations/gelu, which has marks",
        ),
        (
            'exercises = ["activations/gelu"]',
            'exercises = ["activations/gelu"]\ngiven = ["activations/gelu"]',
            "handout: gives the solution of activations/gelu, which has marks",
        ),
    ],
)
def test_check_finds_what_reading_allows(toy: Path, old: str, new: str, finding: str) -> None:
    replaced(toy / "rubrics/week-1.toml", old, new)
    found = review_rubrics(open_course(toy), ["week-1"])
    assert [line for line in found if line.startswith("rubrics/week-1.toml: ") and finding in line] != []


# schema


@pytest.mark.parametrize(
    ("kind", "keys"), [("assignment", {"title", "marks", "parts"}), ("exercise", {"title", "entry"})]
)
def test_the_schema_names_what_a_file_must_and_may_have(kind: str, keys: set[str]) -> None:
    status, said = grade("schema", kind)
    assert status == 0
    schema = json.loads(said)
    assert keys <= set(schema["required"])
    assert schema["additionalProperties"] is False
    pattern = "*.toml" if kind == "assignment" else "*/*.toml"
    for path in (ROOT / "rubrics").glob(pattern):
        assert set(tomllib.loads(path.read_text())) <= set(schema["properties"])


# what a rubric may say


def test_bonus_parts_come_on_top_of_the_marks() -> None:
    found = rubric(question("1", 10), question("B", 1, bonus=True), marks=10)
    assert (found.marks, found.bonus) == (10, 1)
    with pytest.raises(ValidationError, match="the parts have 10 marks together, `marks` says 11"):
        rubric(question("1", 10), question("B", 1, bonus=True), marks=11)


@pytest.mark.parametrize("letters", [{"A": 80, "B": 90, "F": 0}, {"A": 80, "B": 50}, {"A": 80, "B": 80, "F": 0}])
def test_letters_fall_to_zero(letters: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="the best letter first, thresholds falling, and the last one 0"):
        rubric(question("1", 10), letters=letters)


def test_a_due_time_needs_its_zone() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        LatePolicy.model_validate({"percent_a_day": 10, **tomllib.loads("due = 2019-11-23T23:59:00")})
    policy = LatePolicy.model_validate({"percent_a_day": 10, **tomllib.loads("due = 2019-11-23T23:59:00+05:30")})
    assert policy.due is not None


def test_ids_are_given_once() -> None:
    with pytest.raises(ValidationError, match="two parts have the id '1'"):
        rubric(question("1", 1), question("1", 2))
    with pytest.raises(ValidationError, match="two sections have the id '1'"):
        rubric(question("1", 1), sections=[Section(id="1", title="t", marks=1)] * 2)
    twice = [Item(exercise="a/b", marks=1), Item(exercise="a/b", marks=2)]
    with pytest.raises(ValidationError, match="part '1': has the exercise 'a/b' twice"):
        question("1", 3, items=twice)


def test_a_file_gives_only_what_it_has() -> None:
    assert HandoutFile(path="a.py", exercises=("a/b", "a/c"), given=("a/b",)).to_write == ("a/c",)
    with pytest.raises(ValidationError, match=re.escape("a.py: gives 'a/d', which is none of its `exercises`")):
        HandoutFile(path="a.py", exercises=("a/b",), given=("a/d",))


# another scale


def test_scale_to_shares_out_other_marks(toy: Path) -> None:
    replaced(toy / "rubrics/week-1.toml", "marks = 3", "marks = 3\nscale_to = 20")
    found = open_course(toy).assignment("week-1")
    assert found.marks == 20
    assert [(part.marks, part.person_marks) for part in found.parts] == [(13.333333, 0), (6.666667, 6.666667)]
    assert found.parts[0].items[0].marks == 13.333333


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400), st.booleans()), min_size=1, max_size=20),
    st.integers(1, 10_000),
)
def test_scaled_marks_still_add_up_exactly(halves: list[tuple[int, int, bool]], scale: int) -> None:
    parts = [
        question(f"1.{n}", (a + b) / 8, bonus=bonus, items=(Item(exercise="a/b", marks=a / 8),))
        for n, (a, b, bonus) in enumerate(halves)
    ]
    parts.append(question("1.x", 1, items=(Item(exercise="a/b", marks=0.5), Item(exercise="a/c", marks=0.5)), guide=""))
    whole = sum(part.marks for part in parts if not part.bonus)
    found = rubric(*parts, sections=[Section(id="1", title="t", marks=whole)], scale_to=scale / 10).scaled()
    AssignmentRubric.model_validate(found.model_dump())  # sums and sections hold
    assert round(sum(part.marks for part in found.parts if not part.bonus), 6) == scale / 10
    assert found.parts[-1].person_marks == 0
    assert [part.id for part in found.parts] == [part.id for part in parts]
    assert found.bonus == pytest.approx(rubric(*parts).bonus * scale / 10 / whole, abs=1e-5)


def test_students_read_what_lateness_costs_and_what_a_letter_takes(toy: Path) -> None:
    replaced(
        toy / "rubrics/week-1.toml",
        "marks = 3",
        "marks = 3\nletters = { A = 80, F = 0 }\nlate = { percent_a_day = 5, due = 2019-11-23T23:59:00+05:30 }",
    )
    readme = render_handout(open_course(toy), "week-1")["README.md"]
    assert "Grades: A from 80 %, F from 0 %." in readme
    assert "late costs 5 % of the marks earned for each day begun; due 2019-11-23 23:59 UTC+05:30." in readme
