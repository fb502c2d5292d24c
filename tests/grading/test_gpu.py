"""Grading on a GPU, where there is one; and the clear refusal where there is none."""

from pathlib import Path

import pytest

from grader.course.folder import find_course
from grader.grading.line import Grading
from grader.model.errors import UsageError
from grader.model.report import Status
from tests.places import ROOT, SAMPLES

COURSE = find_course(ROOT, ROOT)
HAS_GPU = any(Path("/dev").glob("nvidia[0-9]*"))


@pytest.mark.gpu
@pytest.mark.skipif(not HAS_GPU, reason="no CUDA device on this machine")
@pytest.mark.parametrize("sample", ["cs5370-a4-full.zip", "cse891-hw2-full.zip"])
def test_the_reference_earns_every_mark_on_a_gpu(sample: str) -> None:
    with Grading(COURSE, device="cuda") as grading:
        report = grading.grade(SAMPLES / sample)
    assert report.device == "cuda"
    lost = [(c.exercise, c.id, c.message) for part in report.parts for c in part.criteria if c.exercise is not None
            and c.status is not Status.PASSED]  # fmt: skip
    assert lost == []


@pytest.mark.skipif(HAS_GPU, reason="this machine has a CUDA device")
def test_a_gpu_that_is_not_there_is_a_usage_error() -> None:
    with (
        Grading(COURSE, device="cuda") as grading,
        pytest.raises(UsageError, match="--device cuda: no CUDA device can be used here; use --device cpu"),
    ):
        grading.grade(SAMPLES / "cs5370-a4-full.zip")


@pytest.mark.skipif(HAS_GPU, reason="this machine has a CUDA device")
def test_auto_takes_the_cpu_where_there_is_no_gpu() -> None:
    with Grading(COURSE, device="auto") as grading:
        assert grading.grade(SAMPLES / "cse891-hw2-full.zip").device == "cpu"
