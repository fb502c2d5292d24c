"""What a rubric's `also` and `data` bring to a probe: further names of the same file, and files that code opens."""

import textwrap
from pathlib import Path

import numpy as np
import pytest

from grader.authoring.record.fixtures import build_fixtures
from grader.course.folder import Course, open_course
from grader.grading.line import Grading, Task
from grader.loading.course_material import course_files
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.errors import CourseError
from grader.model.report import CriterionReport
from grader.probes.probing import defined_with, replacing

COURSE = {
    "rubrics/lines/scale.toml": """
        title = "Scale"
        entry = "scale"
        also = ["offset"]
        data = ["factor.txt"]
        [[criteria]]
        id = "scaled"
        title = "x times the factor in the file"
        check = "value_matches"
        tensors = ["scaled"]
        [[criteria]]
        id = "offset"
        title = "x plus the number that settings() gives"
        check = "value_matches"
        cases = ["offset"]
        tensors = ["moved"]
    """,
    "fixtures/lines/data/factor.txt": "2.5",
    "fixtures/lines/scale/probe.py": """
        import torch
        from grader.probes.probing import Case, defined_with, replacing

        def cases(generator):
            for name in ("scale", "offset"):
                yield Case(name, {"x": torch.randn(5, generator=generator)})

        def probe(entry, case, see):
            see.tensor("scaled", entry(case["x"]))
            if case.name == "offset":
                with replacing(entry, settings=lambda: 7.0):
                    see.tensor("moved", defined_with(entry, "offset")(case["x"]))
    """,
    "solutions/lines/scale/reference.py": """
        with open("factor.txt") as file:
            FACTOR = float(file.read())
        def settings():
            return 1.0
        def scale(x):
            return FACTOR * x
        def offset(x):
            return x + settings()
    """,
    "solutions/lines/scale/wheats/late.py": """
        from pathlib import Path
        def scale(x):
            return float(Path("/content/drive/factor.txt").read_text()) * x
        def offset(x):
            return settings() + x
    """,
    "solutions/lines/scale/chaffs/own_number.py": '''
        """Add what settings() gives."""
        LOSES = {"offset"}
        def scale(x):
            with open("../data/factor.txt") as file:
                return float(file.read()) * x
        def offset(x):
            return x + 1.0
    ''',
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("course")
    for name, text in COURSE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).strip() + "\n", encoding="utf-8")
    course = open_course(root)
    build_fixtures(course)
    return course


def grade(course: Course, tmp_path: Path, source: str) -> dict[str, CriterionReport]:
    (tmp_path / "work.py").write_text(source, encoding="utf-8")
    part = Part(id="1", title="Scale", marks=2, items=(Item(exercise="lines/scale", marks=2),))
    rubric = AssignmentRubric(title="Lines", marks=2, parts=(part,))
    with Grading(course) as grading:
        task = Task("lines", rubric, {"lines/scale": course.exercises["lines/scale"]})
        report = grading.grade(tmp_path / "work.py", task_of=lambda _: task)
    return {criterion.id: criterion for part in report.parts for criterion in part.criteria}


def test_every_course_file_is_found_wherever_the_code_looks(course: Course, tmp_path: Path) -> None:
    for name in ("reference.py", "wheats/late.py"):
        found = grade(course, tmp_path, (course.root / "solutions/lines/scale" / name).read_text())
        assert {c.status.value for c in found.values()} == {"passed"}, name
    found = grade(course, tmp_path, (course.root / "solutions/lines/scale/chaffs/own_number.py").read_text())
    assert {c.id: c.status.value for c in found.values()} == {"scaled": "passed", "offset": "failed"}
    assert found["offset"].hint == "Add what settings() gives."


def test_a_name_that_is_missing_beside_the_entry_was_not_attempted(course: Course, tmp_path: Path) -> None:
    found = grade(course, tmp_path, "def scale(x):\n    return 2.5 * x\n")
    assert found["scaled"].status.value == "passed"
    assert found["offset"].status.value == "not_attempted"
    assert "offset is defined nowhere" in found["offset"].message


def test_a_data_file_that_is_missing_from_the_course_is_named(course: Course) -> None:
    exercise = course.exercise("lines/scale")
    (course.root / "fixtures/lines/data/factor.txt").rename(course.root / "factor.txt")
    try:
        with pytest.raises(CourseError, match=r"fixtures/lines/scale/data/factor\.txt: no such file"):
            _ = exercise.data
    finally:
        (course.root / "factor.txt").rename(course.root / "fixtures/lines/data/factor.txt")


def test_only_reading_is_redirected(tmp_path: Path) -> None:
    (tmp_path / "given.txt").write_text("ours")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with course_files({"given.txt": tmp_path / "given.txt"}):
        with open("/nowhere/given.txt") as file:  # noqa: PTH123 (the function itself is what is tested)
            assert file.read() == "ours"
        assert Path("/nowhere/given.txt").read_text() == "ours"
        (elsewhere / "given.txt").write_text("theirs")
        with pytest.raises(FileNotFoundError):
            Path("/nowhere/other.txt").read_text()
    assert (tmp_path / "given.txt").read_text() == "ours"
    assert (elsewhere / "given.txt").read_text() == "theirs"


def test_replaced_names_come_back() -> None:
    with replacing(grade, open_course=1, never_there=2):
        assert defined_with(grade, "open_course") == 1
        assert defined_with(grade, "never_there") == 2
    assert defined_with(grade, "open_course") is open_course
    with pytest.raises(NotImplementedError, match="never_there is defined nowhere beside grade"):
        defined_with(grade, "never_there")


def test_arrays_load_as_python_2_and_older_numpy_loaded_them(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, table=np.array({"a": 1}, dtype=object))
    with course_files({"weights.npz": path}), open("/content/weights.npz") as file:  # noqa: PTH123 (as students do)
        assert np.load(file)["table"].tolist() == {"a": 1}
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(path)["table"]


def test_arrays_that_nobody_closes_leave_no_file_open(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, table=np.arange(3))
    with course_files({"weights.npz": path}):
        kept = np.load("/content/weights.npz")
    path.write_bytes(b"nothing that np.load could read now")
    assert kept["table"].tolist() == [0, 1, 2]
