"""Each handout notebook, solved, runs from top to bottom on the stand-ins and makes the pictures that it is for.

Run short, by its cell of parameters; scripts by their options. Assignments that share a frame share the notebook around
their exercises, so each frame is run once.
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grader.authoring.handout.handout import handout_data, render_solved
from grader.course.folder import open_course
from tests.places import ROOT

COURSE = open_course(ROOT)
EPOCH = re.compile(r"^epoch (\d+): (?:training loss )?([\d.]+)", re.MULTILINE)
BATCH = re.compile(r"^batch \d+: loss of D ([\d.]+), of G ([\d.]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Short:
    """A short run of a frame, and what comes out of it."""

    parameters: str
    images: int
    trainings: int = 0  # runs that print a loss for each epoch
    words: tuple[str, ...] = field(default=())  # in what is printed


COLOURS = "EPOCHS = 3\nIMAGES = 160\nOFFLINE = True\nBATCH_SIZE = 20"
SHORT = {
    "colour_regression": Short(COLOURS, images=3, trainings=1, words=("75,549 trainable parameters",)),
    "colourization": Short(COLOURS, images=14, trainings=4, words=("bilinear: mean squared distance",)),
    "colour_networks": Short(COLOURS, images=7, trainings=3, words=("UNet: 56,856 trainable parameters",)),
    "segmentation": Short("EPOCHS = 3\nSIZE = 32\nOFFLINE = True", images=5, trainings=2, words=("514 of ",)),
    "min_char_rnn": Short("LENGTH = 60", images=2, words=("--- alpha 4.0", "PEND", "after 'PENDRO:': '\\n'")),
    "gan": Short("EPOCHS = DC_EPOCHS = SHOW_EVERY = 1\nDIGITS = 256\nOFFLINE = True", images=10),
}


def notebooks() -> dict[str, tuple[str, str]]:
    """An assignment and a path for each frame that a notebook names."""
    named = {}
    for assignment, rubric in COURSE.assignments.items():
        for file in rubric.handout:
            if file.frame and file.path.endswith(".ipynb"):
                named.setdefault(file.frame, (assignment, file.path))
    return named


def write_solved(assignment: str, folder: Path) -> None:
    """The whole handout, solved, with the files that it opens."""
    for name, text in render_solved(COURSE, assignment).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, source in handout_data(COURSE, assignment).items():
        (folder / name).write_bytes(source.read_bytes())


def run(assignment: str, path: str, parameters: str, folder: Path) -> nbformat.NotebookNode:
    """The solved notebook with its outputs, executed beside the rest of the handout; raises where a cell does."""
    write_solved(assignment, folder)
    notebook = nbformat.read(folder / path, as_version=4)
    (settings,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    settings.source += f"\n{parameters}"
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def printed(notebook: nbformat.NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


def images(notebook: nbformat.NotebookNode) -> int:
    return sum("image/png" in output.get("data", ()) for cell in notebook.cells for output in cell.get("outputs", ()))


def losses(text: str) -> list[list[float]]:
    """The losses of each training, epoch by epoch."""
    runs: list[list[float]] = []
    for number, loss in EPOCH.findall(text):
        if number == "1":
            runs.append([])
        runs[-1].append(float(loss))
    return runs


@pytest.mark.parametrize("frame", sorted(notebooks()))
def test_the_solved_notebook_runs_on_stand_ins(frame: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("GRADE_DATA", raising=False)
    monkeypatch.setenv("GRADE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADE_COURSE", str(ROOT))  # a student has the release's in this folder
    short = SHORT[frame]
    notebook = run(*notebooks()[frame], short.parameters, tmp_path)
    text = printed(notebook)
    assert images(notebook) == short.images
    trainings = losses(text)
    assert len(trainings) == short.trainings
    assert all(of_epochs[-1] < of_epochs[0] for of_epochs in trainings), trainings
    assert [words for words in short.words if words not in text] == []
    assert not (tmp_path / "cache").exists()  # nothing was downloaded
    checked = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith("check(")]
    shown = [output["data"]["text/html"] for cell in checked for output in cell.outputs]
    assert len(shown) == len(checked)
    assert [html for html in shown if "✓ passed" not in html or "✗" in html or "not attempted" in html] == []
    if frame == "gan":
        assert len(BATCH.findall(text)) == 6


@pytest.mark.parametrize(
    ("script", "options", "pictures"),
    [
        ("colour_regression.py", "", ("regression/curve.png", "regression/images.png")),
        (
            "colourization.py",
            "--model DilatedUNet --activations 1",
            ("DilatedUNet/training_curve.png", "DilatedUNet/images.png", "DilatedUNet/activations-1.png"),
        ),
    ],
)
def test_the_solved_script_runs_on_stand_ins(
    script: str, options: str, pictures: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    write_solved("csc321-a2", tmp_path)
    command = [sys.executable, script, "--offline", "--images", "160", "-b", "20", "-e", "3", *options.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    (of_epochs,) = losses(done.stdout)
    assert of_epochs[-1] < of_epochs[0]
    assert {path.relative_to(tmp_path / "outputs").as_posix() for path in tmp_path.rglob("*.png")} == set(pictures)


def test_every_frame_belongs_to_a_handout() -> None:
    named = {file.frame for rubric in COURSE.assignments.values() for file in rubric.handout}
    assert {path.stem for path in (ROOT / "solutions" / "notebooks").glob("*.py")} == named - {None}
