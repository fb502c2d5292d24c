"""What is sent into the sandbox to run a probe there."""

from collections.abc import Sequence
from typing import Any

from safetensors.numpy import save as bytes_from_arrays

from grader.grading.candidates import Candidate
from grader.grading.prepared import Prepared
from grader.messages.requests import CaseInputs, RunProbe
from grader.model.fixture import FixtureCase


def probe_request(
    candidate: Candidate, prepared: Prepared, given: bool, cases: Sequence[FixtureCase]
) -> tuple[RunProbe, bytes]:
    """The request to run the exercise's probe on a definition, with these cases' inputs; nothing that is expected."""
    arrays: dict[str, Any] = {}
    keys: dict[int, str] = {}
    described: list[tuple[int, CaseInputs]] = []
    for number, case in enumerate(cases):
        tensors = {}
        for tensor, array in case.inputs.items():
            key = keys.setdefault(id(array), f"t{len(keys)}")  # shared by several cases: sent once
            arrays[key] = array
            tensors[tensor] = key
        described.append((number, {"name": case.name, "settings": case.settings, "tensors": tensors}))
    code = {path: text.encode() for path, text in prepared.probe.parts(given).items()}
    request: RunProbe = {
        "op": "probe",
        "exercise": prepared.probe.exercise,
        "source": candidate.source.id,
        "entry": candidate.name,
        "code": [(path, len(text)) for path, text in code.items()],
        "cases": described,
    }
    return request, b"".join(code.values()) + bytes_from_arrays(arrays)
