"""Finding a course, and reading its exercises and assignments; mistakes in it are told by file, key and fix."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.folder import Course, find_course, open_course
from grader.model.errors import CourseError
from tests.places import ROOT, TOY


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy course that a test may spoil."""
    return Path(shutil.copytree(TOY, tmp_path / "course"))


@pytest.fixture(autouse=True)
def no_course_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRADE_COURSE", raising=False)


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def every_file(course: Course) -> None:
    list(course.exercises.values())
    list(course.assignments.values())


# finding


def test_an_explicit_course_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADE_COURSE", str(ROOT))
    assert find_course(TOY, ROOT).root == TOY


def test_the_environment_comes_before_the_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADE_COURSE", str(TOY))
    assert find_course(None, ROOT).root == TOY


def test_the_nearest_parent_is_found(toy: Path) -> None:
    inside = toy / "solutions" / "activations"
    assert find_course(None, inside).root == toy


def test_elsewhere_there_is_none_and_the_error_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="clone the course's repository or unpack its release") as refused:
        find_course(None, tmp_path)
    assert all(way in str(refused.value) for way in ("--course", "$GRADE_COURSE", "`grade course new FOLDER`"))
    assert "\n" not in str(refused.value)


def test_a_named_folder_that_is_no_course_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"is no course folder, it has no rubrics/; give --course"):
        find_course(tmp_path, tmp_path)


# reading


def test_the_toy_course_has_one_exercise_and_one_assignment() -> None:
    course = open_course(TOY)
    assert list(course.exercises) == ["activations/gelu"]
    assert list(course.assignments) == ["week-1"]
    exercise = course.exercise("activations/gelu")
    assert exercise.rubric.entry == "gelu"
    assert [path.stem for path in exercise.wheats] == ["complement", "normal_distribution"]
    assert len(exercise.chaffs) == 4
    assert exercise.probe.is_file()
    assert exercise.reference.is_file()
    assert exercise.dialects is None


def test_this_course_reads_without_torch() -> None:
    script = (
        "import sys; from pathlib import Path; from grader.course.folder import open_course; "
        f"c = open_course(Path({str(ROOT)!r})); list(c.exercises.values()); list(c.assignments.values()); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_students_release_has_no_solutions(toy: Path) -> None:
    shutil.rmtree(toy / "solutions")
    exercise = open_course(toy).exercise("activations/gelu")
    assert exercise.wheats == exercise.chaffs == ()
    with pytest.raises(CourseError, match=r"solutions/activations/gelu/reference\.py: no such file"):
        exercise.reference  # noqa: B018


def test_a_broken_exercise_costs_only_itself(toy: Path) -> None:
    (toy / "rubrics" / "activations" / "relu.toml").write_text("title = \n")
    course = open_course(toy)
    assert course.exercise("activations/gelu").rubric.title == "GELU"
    with pytest.raises(CourseError, match=r"rubrics/activations/relu\.toml: is no valid TOML: .*line 1"):
        course.exercise("activations/relu")


# mistakes in a course


def test_an_unknown_key_is_met_with_the_nearest_one(toy: Path) -> None:
    replaced(toy / "rubrics/activations/gelu.toml", "weight = 2", "wieght = 2")
    with pytest.raises(CourseError) as raised:
        every_file(open_course(toy))
    assert str(raised.value) == (
        "rubrics/activations/gelu.toml: criteria[1].wieght: unknown key; did you mean `weight`?"
    )


def test_an_unknown_key_like_no_other_is_met_with_the_known_ones(toy: Path) -> None:
    replaced(toy / "rubrics/week-1.toml", "exercise = ", "zzz = 1, exercise = ")
    with pytest.raises(CourseError, match=r"parts\[1\]\.items\[1\]\.zzz: unknown key; known keys here: exercise"):
        every_file(open_course(toy))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("activations/gelu.toml", 'entry = "gelu"\n', "", r"gelu\.toml: entry: this key is required; add it$"),
        ("activations/gelu.toml", "weight = 2", "weight = 0", r"criteria\[1\]\.weight: input should be greater than 0"),
        ("activations/gelu.toml", '"value_matches"', '"looks_good"', r"criteria\[1\]\.check: .*but it is 'looks_good'"),
        (
            "activations/gelu.toml",
            'tensors = ["output"]',
            "",
            r"gelu\.toml: criteria\[1\]\.tensors: this key is required; add it$",
        ),
        (
            "activations/gelu.toml",
            'check = "value_matches"\n',
            "",
            r"criteria\[1\]\.check: this key is required; add it$",
        ),
        ("activations/gelu.toml", '["output"]', '"output"', r"criteria\[1\]\.tensors: input .*, but it is 'output'$"),
        (
            "activations/gelu.toml",
            '["output"]',
            "[]",
            r"criteria\[1\]\.tensors: tuple .* at least 1 item .*, but it is",
        ),
        (
            "activations/gelu.toml",
            "tensors =",
            "tensor =",
            r"criteria\[1\]\.(tensors: this key is req|tensor: unknown)",
        ),
        (
            "activations/gelu.toml",
            "weight = 2",
            "pears = []",
            r"criteria\[1\]\.pears: unknown key; known .*, tensors, facts$",
        ),
        ("activations/gelu.toml", '["values"]', '["value"]', r"refers to 'value', which is no criterion before it"),
        ("activations/gelu.toml", 'id = "pure"', 'id = "values"', r"criterion ids must be unique"),
        ("week-1.toml", "marks = 3", "marks = 4", r"the parts have 3 marks together, `marks` says 4"),
        ("week-1.toml", "marks = 2 }]", "marks = 9 }]", r"parts\[1\]: part '1': its items have more marks than"),
        ("week-1.toml", "guide =", "title =", r"is no valid TOML"),
        ("week-1.toml", "week[ _-]?1", "week[", r"archives\[1\]: .* is no regular expression"),
    ],
)
def test_a_wrong_value_is_told_by_key(toy: Path, file: str, old: str, new: str, message: str) -> None:
    replaced(toy / "rubrics" / file, old, new)
    with pytest.raises(CourseError, match=message) as raised:
        every_file(open_course(toy))
    assert "\n" not in str(raised.value)


def test_a_persons_marks_need_a_guide(toy: Path) -> None:
    path = toy / "rubrics/week-1.toml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("guide")))
    with pytest.raises(CourseError, match=r"parts\[2\]: part '2': 1 marks are a person's: give a `guide`"):
        every_file(open_course(toy))


def test_sections_are_checked_against_their_parts(toy: Path) -> None:
    path = toy / "rubrics/week-1.toml"
    path.write_text(path.read_text() + '\n[[sections]]\nid = "2"\ntitle = "Questions"\nmarks = 2\n')
    with pytest.raises(CourseError, match=r"section '2': its parts have 1 marks, it says 2"):
        every_file(open_course(toy))


def test_a_part_that_names_no_exercise_is_refused(toy: Path) -> None:
    replaced(toy / "rubrics/week-1.toml", '{ exercise = "activations/gelu"', '{ exercise = "activations/glu"')
    with pytest.raises(CourseError) as raised:
        every_file(open_course(toy))
    assert str(raised.value) == (
        "rubrics/week-1.toml: parts[1].items[1].exercise: no exercise 'activations/glu' "
        "(no rubrics/activations/glu.toml); did you mean 'activations/gelu'?"
    )


def test_a_handout_that_names_no_exercise_is_refused(toy: Path) -> None:
    replaced(toy / "rubrics/week-1.toml", '["activations/gelu"]', '["text/rnn"]')
    with pytest.raises(CourseError, match=r"handout\[1\]\.exercises: no exercise 'text/rnn' .*known: activations/gelu"):
        every_file(open_course(toy))


def test_an_exercise_without_a_probe_is_refused(toy: Path) -> None:
    (toy / "fixtures/activations/gelu/probe.py").unlink()
    with pytest.raises(CourseError, match=r"fixtures/activations/gelu/probe\.py: no such file, but rubrics/"):
        every_file(open_course(toy))


def test_an_id_that_is_not_there_is_met_with_the_nearest() -> None:
    course = open_course(TOY)
    with pytest.raises(CourseError, match=r"no exercise 'activations/gelo' in .*; did you mean 'activations/gelu'\?"):
        course.exercise("activations/gelo")
    with pytest.raises(CourseError, match=r"no assignment 'q' in .*; known: week-1$"):
        course.assignment("q")


def test_text_that_is_not_utf8_is_refused(toy: Path) -> None:
    (toy / "rubrics/week-1.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(CourseError, match=r"rubrics/week-1\.toml: is not UTF-8 text; save it as UTF-8"):
        every_file(open_course(toy))
