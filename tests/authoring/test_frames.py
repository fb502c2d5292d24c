"""A frame is the notebook around a handout file's exercises: each is in it once, all else is handed out as it is."""

import json
import shutil
from pathlib import Path

import pytest

from grader.authoring.handout.handout import build_handout, render_handout, render_solved, verify_handout
from grader.course.folder import open_course
from grader.model.errors import CourseError
from tests.places import TOY

FRAME = """\
# %% [markdown]
# # Activations

# %% tags=["parameters"]
POINTS = 5

# %%
import torch

# %% exercise="activations/gelu"

# %%
gelu(torch.linspace(-3, 3, POINTS))
"""
SLOT = '# %% exercise="activations/gelu"\n'


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy course whose handout is a notebook with a frame."""
    root = Path(shutil.copytree(TOY, tmp_path / "course"))
    change(root / "rubrics" / "week-1.toml", 'path = "activations.py"', 'path = "activations.ipynb"\nframe = "week"')
    (root / "solutions" / "notebooks").mkdir()
    (root / "solutions" / "notebooks" / "week.py").write_text(FRAME)
    return root


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def frame_of(root: Path) -> Path:
    return root / "solutions" / "notebooks" / "week.py"


def cells(root: Path) -> list[tuple[str, str]]:
    notebook = json.loads(render_handout(open_course(root), "week-1")["activations.ipynb"])
    return [(cell["id"], "".join(cell["source"])) for cell in notebook["cells"]]


def test_the_exercise_stands_where_the_frame_has_it(toy: Path) -> None:
    ids, texts = zip(*cells(toy), strict=True)
    assert ids[:3] == ("week-1", "week-2", "week-3")
    assert texts[:3] == ("# Activations", "POINTS = 5", "import torch")
    assert "raise NotImplementedError" in texts[5]
    assert ids[-1] == "week-5"
    assert texts[-1] == "gelu(torch.linspace(-3, 3, POINTS))"


def test_imports_that_the_frame_has_are_left_out_of_the_exercise(toy: Path) -> None:
    assert [text for _, text in cells(toy) if "import" in text] == [
        "import torch",
        "import math",
        "from grader import check",
    ]


def test_a_check_of_the_exercise_follows_it(toy: Path) -> None:
    assert ("activations-gelu-check", 'check("activations/gelu", gelu)') in cells(toy)


def test_an_exercise_that_is_given_needs_no_check(toy: Path) -> None:
    change(toy / "rubrics/week-1.toml", "frame =", 'given = ["activations/gelu"]\nframe =')
    assert not [text for _, text in cells(toy) if "check(" in text]


def test_the_cell_of_parameters_keeps_its_tag_and_no_other_cell_has_one(toy: Path) -> None:
    notebook = json.loads(render_handout(open_course(toy), "week-1")["activations.ipynb"])
    assert [c["id"] for c in notebook["cells"] if c["metadata"] == {"tags": ["parameters"]}] == ["week-2"]
    assert sum(c["metadata"] == {} for c in notebook["cells"]) == len(notebook["cells"]) - 1


def test_the_solved_notebook_has_the_solution_in_the_same_place(toy: Path) -> None:
    solved = json.loads(render_solved(open_course(toy), "week-1")["activations.ipynb"])
    assert [cell["id"] for cell in solved["cells"]] == [id_ for id_, _ in cells(toy)]
    assert "NotImplementedError" not in json.dumps(solved)


def test_a_module_can_have_a_frame(toy: Path) -> None:
    change(toy / "rubrics/week-1.toml", "activations.ipynb", "activations.py")
    text = render_handout(open_course(toy), "week-1")["activations.py"]
    assert text.startswith(
        "# grader: assignment=week-1\n\n# Activations\n\nPOINTS = 5\n\nimport torch\n\nimport math\n"
    )
    assert text.endswith("    raise NotImplementedError\n\ngelu(torch.linspace(-3, 3, POINTS))\n")


def test_part_of_a_solution_in_a_frame_is_found(toy: Path) -> None:
    change(frame_of(toy), "POINTS = 5", "POINTS = 5\n# return x * below\nif False:\n    return x * below")
    build_handout(open_course(toy), "week-1")
    assert verify_handout(open_course(toy), "week-1") == (
        "handout/week-1/activations.ipynb: has a line of the solution: return x * below",
    )


def test_a_file_that_the_code_opens_is_handed_out_beside_it(toy: Path) -> None:
    change(toy / "rubrics/activations/gelu.toml", 'entry = "gelu"', 'entry = "gelu"\ndata = ["points.bin"]')
    source = toy / "fixtures/activations/gelu/data/points.bin"
    source.parent.mkdir()
    source.write_bytes(b"\x00\xff")
    written = build_handout(open_course(toy), "week-1")
    assert written[-1] == toy / "handout/week-1/points.bin"
    assert written[-1].read_bytes() == b"\x00\xff"
    assert verify_handout(open_course(toy), "week-1") == ()
    source.write_bytes(b"\x01")
    assert verify_handout(open_course(toy), "week-1") == (
        "handout/week-1/points.bin: is not the file of the fixtures; run `grade handout build week-1`",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SLOT, "", r'week\.py: has no cell for activations/gelu; write `# %% exercise="activations/gelu"` once'),
        (SLOT, SLOT * 2, r"week\.py: has 2 cells for activations/gelu; write"),
        (
            SLOT,
            SLOT + '# %% exercise="activations/relu"\n',
            r"has a cell for activations/relu, which 'activations\.ipy",
        ),
        (SLOT, SLOT + "gelu(1)\n", r"week\.py: the cell for activations/gelu is not empty; write what it holds"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(toy: Path, old: str, new: str, message: str) -> None:
    change(frame_of(toy), old, new)
    with pytest.raises(CourseError, match=message):
        render_handout(open_course(toy), "week-1")


def test_a_frame_that_is_not_there_is_refused(toy: Path) -> None:
    frame_of(toy).unlink()
    with pytest.raises(
        CourseError, match=r"solutions/notebooks/week\.py: no such file, but a handout table names 'week'"
    ):
        render_handout(open_course(toy), "week-1")
