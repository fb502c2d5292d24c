"""A kept run gives the report that grading gave, by whatever rubric the course has now; nobody's code runs."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from grader.authoring.record.fixtures import build_fixtures
from grader.course.folder import find_course, open_course
from grader.grading.kept_runs import MAX_BYTES, judge_again, read_run, write_run
from grader.grading.line import Grading
from grader.grading.prepared import PreparedCourse
from grader.model.errors import UsageError
from grader.model.observation import Asked, Attempt, Definition, Observation, Outcome, Run, SeenTensor, StudentError
from grader.model.report import Report
from tests.places import ROOT, SAMPLES, TOY

COURSE = find_course(ROOT, ROOT)
GELU = "import torch\n\ndef gelu(x):\n    return 0.5 * x * (1 + torch.erf(x / 2 ** 0.5))\n"
SPOILS_ITS_INPUT = GELU.replace("return", "y =") + "    x.data.add_(1)\n    return y\n"


def without_seconds(report: Report) -> dict:
    def strip(value):
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key != "seconds"}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    return strip(json.loads(report.model_dump_json(by_alias=True)))


@pytest.fixture(scope="module")
def grading() -> Iterator[Grading]:
    with Grading(COURSE) as grading:
        yield grading


@pytest.mark.linux_sandbox
@pytest.mark.parametrize(
    "sample", ["cs5370-a4-full", "cs5370-a4-mixed", "cs5370-a4-untouched", "cse891-hw2-full"], ids=str
)
def test_a_kept_run_gives_the_report_that_grading_gave(grading: Grading, sample: str, tmp_path: Path) -> None:
    run, report = grading.observe_and_judge(SAMPLES / f"{sample}.zip")
    again, unobserved = judge_again(read_run(write_run(run, tmp_path)), PreparedCourse(COURSE))
    assert without_seconds(again) == without_seconds(report)
    assert unobserved == {}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOY, tmp_path / "course"))


def graded(root: Path, submission: Path, **options) -> tuple[Run, Report]:
    with Grading(open_course(root), device="cpu", **options) as grading:
        return grading.observe_and_judge(submission)


def hand_in(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "activations.py").write_text(text)
    return folder


@pytest.mark.linux_sandbox
def test_other_weights_judged_again_are_what_grading_afresh_gives(toy: Path, tmp_path: Path) -> None:
    submission = hand_in(tmp_path / "alice", SPOILS_ITS_INPUT)
    run, before = graded(toy, submission)
    rubric = toy / "rubrics/activations/gelu.toml"
    rubric.write_text(rubric.read_text().replace("weight = 2", "weight = 20"))
    again, _ = judge_again(run, PreparedCourse(open_course(toy)))
    _, afresh = graded(toy, submission)
    assert without_seconds(again) == without_seconds(afresh)
    assert 0 < before.score < again.score


@pytest.mark.linux_sandbox
def test_changed_inputs_and_probes_must_run_again_and_wait(toy: Path, tmp_path: Path) -> None:
    run, before = graded(toy, hand_in(tmp_path / "alice", GELU))
    assert before.score == 2
    build_fixtures(open_course(toy), hidden_seed=7)
    again, unobserved = judge_again(run, PreparedCourse(open_course(toy)))
    assert unobserved == {"activations/gelu": "its inputs changed since"}
    assert (again.score, again.pending) == (0, 3)
    assert "activations/gelu: must run again: its inputs changed since" in again.notes
    assert again.parts[0].criteria[0].message == "its inputs changed since"
    probe = toy / "fixtures/activations/gelu/probe.py"
    probe.write_text(probe.read_text() + "\n# another one\n")
    build_fixtures(open_course(toy), hidden_seed=7)
    _, unobserved = judge_again(run, PreparedCourse(open_course(toy)))
    assert unobserved == {"activations/gelu": "its inputs and probe changed since"}


@pytest.mark.linux_sandbox
def test_what_was_never_tried_must_run_again(toy: Path, tmp_path: Path) -> None:
    """Right at first, and wrong by a stricter rubric: then another definition would be tried, and was not observed."""
    submission = hand_in(tmp_path / "alice", GELU)
    (submission / "old.py").write_text(GELU)
    run, _ = graded(toy, submission)
    assert len(run.attempts) == 1
    rubric = toy / "rubrics/activations/gelu.toml"
    stricter = '[[criteria]]\nid = "never"\ntitle = "never"\ncheck = "stays_equal"\npairs = [["output", "x"]]\n'
    rubric.write_text(f"{rubric.read_text()}\n{stricter}")
    _, unobserved = judge_again(run, PreparedCourse(open_course(toy)))
    assert unobserved == {"activations/gelu": "gelu in old.py was not observed"}


@pytest.mark.linux_sandbox
def test_an_assignment_that_the_course_has_not_is_told(toy: Path, tmp_path: Path) -> None:
    run, _ = graded(toy, hand_in(tmp_path / "alice", GELU))
    with pytest.raises(UsageError, match=r"alice: this course has no assignment 'week-1' .*name the run's own"):
        judge_again(run, PreparedCourse(COURSE))


def test_judging_imports_neither_torch_nor_the_sandbox() -> None:
    script = "import sys, grader.grading.kept_runs; print('MODULES', *sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.split())
    assert "grader.grading.kept_runs" in loaded
    assert not {"torch", "grader.sandbox.sandbox", "grader.sandbox.session"} & loaded


def run_of(*observations: Observation, name: str = "alice") -> Run:
    definition = Definition("a.py", "f")
    return Run(
        submission=name,
        assignment="week-1",
        files={"a.py": "00"},
        which="hidden",
        only=False,
        asked={"toy/exercise": Asked("1", "2", (definition,))},
        attempts=(Attempt("toy/exercise", definition, False, {o.case: o for o in observations}),),
        isolation="none",
        weakness="",
        device="cpu",
        student_s=0.5,
        versions={"torch": "2"},
        notes=("one",),
    )


json_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(facts=st.dictionaries(st.text(max_size=5), json_data, max_size=4), shape=st.lists(st.integers(0, 3), max_size=4))
def test_any_observation_survives_being_kept(tmp_path_factory, facts, shape) -> None:
    array = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    tensor = SeenTensor("Tensor", tuple(shape), "float32", "cpu", array)
    nothing = SeenTensor("NoneType", (), "", "cpu")
    error = StudentError("ValueError", "no", "a.py, line 3")
    first = Observation("one", Outcome.RAISED, {"x": tensor, "y": nothing}, facts, error, seconds=0.25)
    kept = write_run(run_of(first), tmp_path_factory.mktemp("kept"))
    (attempt,) = read_run(kept).attempts
    found = attempt.observations["one"]
    assert (found.outcome, found.facts, found.error, found.seconds) == (Outcome.RAISED, facts, error, 0.25)
    assert found.tensors["y"] == nothing
    assert found.tensors["x"].array.dtype == array.dtype
    np.testing.assert_array_equal(found.tensors["x"].array, array)


def test_two_submissions_of_one_name_are_both_kept(tmp_path: Path) -> None:
    paths = [write_run(run_of(name=name), tmp_path / "runs") for name in ("a/b: c", "a/b: c", "")]
    assert [path.name for path in paths] == ["a_b_ c.run", "a_b_ c-2.run", "submission.run"]


def test_what_would_be_too_large_is_not_kept(tmp_path: Path) -> None:
    huge = np.broadcast_to(np.float32(0), (MAX_BYTES // 4 + 1,))
    seen = Observation("one", tensors={"x": SeenTensor("Tensor", huge.shape, "float32", "cpu", huge)})
    with pytest.raises(UsageError, match=r"--keep: alice: what was seen takes 512 MB, at most 512 MB are kept"):
        write_run(run_of(seen), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no run that can be read"),
        (b"PK\x03\x04" * 40, "is no run that can be read"),
        (save({"x": np.zeros(2)}), "is no run that can be read"),
        (save({"x": np.zeros(2)}, {"run": "[" * 5000}), "is no run that can be read"),
        (save({}, {"run": '{"format": 7, "run": {}}'}), "its format is 7, this is 1"),
        (save({}, {"run": '{"format": 1, "run": {}}'}), "submission: field required"),
    ],
    ids=["empty", "zip", "no run", "deep", "format", "fields"],
)
def test_what_is_no_run_is_told_in_one_line(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "alice.run"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=problem) as told:
        read_run(path)
    assert "\n" not in str(told.value)
    assert "--keep" in str(told.value) or "grade the submission again" in str(told.value)


def test_a_run_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"alice\.run: cannot be read \(No such file or directory\)"):
        read_run(tmp_path / "alice.run")
