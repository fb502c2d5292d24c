"""What the judge sends into the sandbox: to the launcher, to the zygote, and to a submission's child.

Plain dictionaries with their types: these processes import no pydantic, and what they receive comes from the judge.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

MAX_CONTROL_HEAD = 1 << 20  # bytes of JSON between the judge and the zygote

Named = tuple[str, int]  # a name, and how many bytes of the blob are its


class SandboxSettings(TypedDict):
    """The launcher's first and only message."""

    isolation: str
    device: str
    root: str  # an empty folder
    hidden: Sequence[str]  # folders that submissions must not see
    memory_is_held: bool  # a control group counts what the sandbox's processes hold together


class OpenChild(TypedDict):
    op: Literal["open"]
    number: int
    limits: Mapping[str, int]
    folder: str | None


class KillChild(TypedDict):
    op: Literal["kill"]
    number: int


class WriteFiles(TypedDict):
    op: Literal["files"]
    files: Sequence[Named]
    course: int  # so many of them, from the first on, are the course's


class LoadSource(TypedDict):
    op: Literal["load"]
    source: str  # by which a probe asks for it
    path: str
    kind: Literal["module", "notebook"]
    cells: Sequence[Named]  # by the label of each
    wanted: Sequence[str]
    budget_s: float


class CaseInputs(TypedDict):
    name: str
    settings: Mapping[str, object]
    tensors: Mapping[str, str]  # by name, what they are called in the blob


class RunProbe(TypedDict):
    op: Literal["probe"]
    exercise: str
    source: str
    entry: str
    code: Sequence[Named]  # by path, in the order in which they are loaded; tensors follow
    cases: Sequence[tuple[int, CaseInputs]]


class NumberedProbe(RunProbe):
    number: int  # by which the child reports its end
