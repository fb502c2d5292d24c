"""What gives an answer away is found wherever it stands in a release, however it is written; and nothing else is."""

import gzip
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.authoring.handout.leaks import leaks
from grader.authoring.handout.release import bundle, write_release
from grader.authoring.handout.statements import Text, statements, words_of
from grader.course.fixtures import read_fixture
from grader.course.folder import Course, open_course
from grader.model.errors import CourseError
from tests.places import ROOT, TOY

GRADE = str(Path(sys.executable).with_name("grade"))
COURSE = open_course(ROOT)
LINE = "below = (1 + torch.erf(x / math.sqrt(2))) / 2"
OTHERWISE = "part = ( 1+erf(z/sqrt( 2 )) )/2  # half"
PROBE, RUBRIC = ".course/fixtures/activations/gelu/probe.py", ".course/rubrics/activations/gelu.toml"
STATEMENT = "gives away solutions/activations/gelu/reference.py: below = (1 + torch.erf(x / math.sqrt(2))) / 2"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return bundle(open_course(TOY), "week-1")


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOY, tmp_path / "course"))


def found(files: dict[str, bytes], **more: bytes) -> list[str]:
    return leaks(open_course(TOY), "week-1", {**files, **more})


def notebook_with(source: str, output: str = "") -> bytes:
    outputs = [new_output("stream", text=output)]
    return nbformat.writes(new_notebook(cells=[new_code_cell(source, outputs=outputs)])).encode()


def zip_with(name: str, content: bytes, archive: bytes = b"") -> bytes:
    """The archive, with one file more."""
    written = io.BytesIO(archive)
    with zipfile.ZipFile(written, "a") as changed:
        changed.writestr(name, content)
    return written.getvalue()


def hidden_array() -> bytes:
    written = io.BytesIO()
    np.save(written, read_fixture(open_course(TOY).exercise("activations/gelu"), "hidden").cases[2].inputs["x"])
    return written.getvalue()


@pytest.mark.parametrize("assignment", sorted(COURSE.assignments))
def test_the_courses_own_releases_give_nothing_away(assignment: str) -> None:
    assert leaks(COURSE, assignment, bundle(COURSE, assignment)) == []


def test_a_release_that_gives_nothing_away_is_written(tmp_path: Path) -> None:
    assert "activations.py" in write_release(open_course(TOY), "week-1", tmp_path / "week-1.zip")
    assert (tmp_path / "week-1.zip").is_file()


@pytest.mark.parametrize("line", [LINE, OTHERWISE], ids=["as it is", "written otherwise"])
@pytest.mark.parametrize(
    ("path", "plant"),
    [
        (PROBE, lambda old, line: old + f"\n\ndef helper(x):\n    {line}\n".encode()),
        (PROBE, lambda old, line: old + f"\n# {line}\n".encode()),
        ("README.md", lambda old, line: old + f"\nIt is `{line}`.\n".encode()),
        ("notes.txt", lambda old, line: line.encode()),
        ("activations.ipynb", lambda old, line: notebook_with(line)),
        ("activations.ipynb", lambda old, line: notebook_with("1 + 1", output=f"the way: {line}\n")),
        ("data.zip", lambda old, line: zip_with("inner.zip", zip_with("a.txt", line.encode()))),
        ("notes.txt.gz", lambda old, line: gzip.compress(line.encode())),
        ("package.whl", lambda old, line: zip_with("grader/more.py", f"{line}\n".encode())),
        ("settings.json", lambda old, line: json.dumps({"how": [line, 1]}).encode()),
    ],
    ids=["probe", "comment", "README", "text", "cell", "output", "archive in one", "gzip", "wheel", "JSON"],
)
def test_a_planted_statement_is_found_wherever_it_is(
    files: dict[str, bytes], path: str, plant: Callable[[bytes, str], bytes], line: str
) -> None:
    lines = found(files, **{path: plant(files.get(path, b""), line)})
    assert len(lines) == 1
    assert lines[0].startswith(path)
    assert lines[0].endswith(STATEMENT.partition(": ")[2] if line == LINE else "(1 + torch.erf(x / math.sqrt(2))) / 2")


@pytest.mark.parametrize("line", ["x = x * 2", "return x * below", "for _ in range(3):", "import torch", "return x"])
def test_what_everybody_writes_is_no_leak(files: dict[str, bytes], line: str) -> None:
    assert found(files, **{PROBE: files[PROBE] + f"\n\ndef helper(x):\n    {line}\n".encode()}) == []


def test_a_hint_that_is_the_answer_is_found_and_one_that_names_the_idea_is_not(files: dict[str, bytes]) -> None:
    def with_hint(text: str) -> dict[str, bytes]:
        line = next(line for line in files[RUBRIC].splitlines() if line.startswith(b"hint"))
        return {RUBRIC: files[RUBRIC].replace(line, f'hint = "{text}"'.encode())}

    assert found(files, **with_hint("erf says how much lies within so many standard deviations")) == []
    lines = found(files, **with_hint("write torch.erf(x / math.sqrt(2)) there"))
    assert [line for line in lines if line.startswith(f"{RUBRIC}: a hint is the answer, not the idea: gives away")]


@pytest.mark.parametrize(
    ("id_", "hint"),
    [
        ("segmentation/deeplab_head", "self.model.classifier[4] = nn.Conv2d(256, 2, kernel_size=1)"),
        ("segmentation/deeplab_head", "Adam([p for p in model.parameters() if p.requires_grad], lr=learn_rate)"),
        ("gan/optimizer", "Adam takes betas=(0.5, 0.999)."),
        ("gan/run_a_gan", "let D look at them: D(fake_images.reshape(-1, 1, 28, 28))"),
        ("colour/training", "cnn.train() before the batches, cnn.eval() before validation"),
    ],
)
def test_hints_that_were_the_answer_would_be_found_today(id_: str, hint: str) -> None:
    assignment = next(a for a, rubric in COURSE.assignments.items() if id_ in rubric.exercises)
    rubric = f'[[criteria]]\nhint = "{hint}"\n'.encode()
    lines = leaks(COURSE, assignment, {f".course/rubrics/{id_}.toml": rubric})
    assert any("a hint is the answer" in line for line in lines), lines


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("given.py", b"GIVEN = {}", "given.py: stays at home"),
        ("sub/hidden.safetensors", (TOY / "fixtures/activations/gelu/hidden.safetensors").read_bytes(), "at home"),
        (
            "cases.safetensors",
            (TOY / "fixtures/activations/gelu/hidden.safetensors").read_bytes(),
            "has an array of fixtures/activations/gelu/hidden.safetensors",
        ),
        ("weights.npy", hidden_array(), "has an array of fixtures/activations/gelu/hidden.safetensors"),
        ("weights.npz", zip_with("x.npy", hidden_array()), "weights.npz/x.npy: has an array of"),
        (
            "advice.md",
            b"Full mark: near zero, on the negative side; gelu has a minimum of about -0.17 near -0.75.",
            "gives away a guide in rubrics/week-1.toml",
        ),
    ],
    ids=["a stand-in", "a hidden set", "it renamed", "one array", "in an archive", "a guide"],
)
def test_what_stays_at_home_is_found(files: dict[str, bytes], name: str, content: bytes, words: str) -> None:
    assert any(words in line for line in found(files, **{name: content}))


def test_public_arrays_are_no_leak(files: dict[str, bytes]) -> None:
    public = (TOY / "fixtures/activations/gelu/public.safetensors").read_bytes()
    assert found(files, **{"again.safetensors": public}) == []


def test_an_answers_key_is_found_in_a_file_of_any_kind() -> None:
    key = (ROOT / "solutions/answers/regression_layers/reference.toml").read_bytes()
    assignment = next(a for a, r in COURSE.assignments.items() if "answers/regression_layers" in r.exercises)
    for name in ("answers.toml", "notes.md"):
        lines = leaks(COURSE, assignment, {name: key})
        assert any(line.startswith(f"{name}: gives away solutions/answers/regression_layers/") for line in lines)


def test_what_the_handout_gives_is_no_leak() -> None:
    """The same lines are a leak where students write them, and none where they are given."""
    giving = COURSE.assignment("cse891-hw2")
    given = [id_ for file in giving.handout for id_ in file.given]
    assert given
    text = COURSE.exercise(given[0]).reference.read_bytes()
    elsewhere = [a for a, r in COURSE.assignments.items() if given[0] in r.exercises]
    assert leaks(COURSE, "cse891-hw2", {"code.py": text}) == []
    assert all(leaks(COURSE, assignment, {"code.py": text}) for assignment in elsewhere)


def plant_in_course(course: Path) -> Course:
    probe = course / "fixtures/activations/gelu/probe.py"
    probe.write_text(probe.read_text().replace('    x = case["x"]\n', f'    x = case["x"]\n    {LINE}\n'))
    return open_course(course)


def test_a_release_with_a_planted_line_is_refused_and_not_written(toy: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError) as refused:
        write_release(plant_in_course(toy), "week-1", tmp_path / "week-1.zip")
    assert str(refused.value) == f"{PROBE}: {STATEMENT}"
    assert not (tmp_path / "week-1.zip").exists()


@pytest.mark.parametrize("verb", [["release", "week-1", "-o", "week-1.zip"], ["handout", "verify"]])
def test_the_command_names_file_and_statement_with_status_2(toy: Path, tmp_path: Path, verb: list[str]) -> None:
    subprocess.run([GRADE, "handout", "build", "--course", toy], cwd=tmp_path, check=True, capture_output=True)
    plant_in_course(toy)
    done = subprocess.run([GRADE, *verb, "--course", toy], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"{PROBE}: {STATEMENT}" in done.stdout + done.stderr
    assert not (tmp_path / "week-1.zip").exists()


def test_statements_are_the_same_whatever_they_look_like() -> None:
    (whole, renamed, *_) = statements("def f(a):\n    b = a.sum(dim=1, keepdim=True) * 1e-3\n    return b\n", "f.py")
    for text in ("b = a.sum(dim=1, keepdim=True) * 0.001", "b=(a.sum(dim = 1,\n keepdim=True,))*.001"):
        assert Text(words_of(text)).holds(whole)
    assert Text(words_of("q = r.sum(dim=1, keepdim=True) * 0.001")).holds(renamed)
    for text in ("q = r.sum(dim=2, keepdim=True) * 0.001", "q = r.mean(dim=1, keepdim=True) * 0.001"):
        assert not Text(words_of(text)).holds(renamed)
