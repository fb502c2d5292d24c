"""What the judge sends into the sandbox: to the launcher, to the zygote, and to a submission's child; a probe's code.

Plain dictionaries with their types: these processes import no pydantic, and what they receive comes from the judge.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, NotRequired, TypedDict

DRAWN = "what was drawn"  # beside the case's inputs, among the tensors that go to an oracle
MAX_CONTROL_HEAD = 1 << 20  # bytes of JSON between the judge and the zygote
STAND_INS = "given.py"  # sent to a session that runs with them, and to no other; never released

Served = Literal["submissions", "course", "authoring"]  # whose code a sandbox runs; never both
Named = tuple[str, int]  # a name, and how many bytes of the blob are its


class SandboxSettings(TypedDict):
    """The launcher's first and only message."""

    isolation: str
    device: str
    root: str  # an empty folder
    hidden: Sequence[str]  # folders that submissions must not see
    memory_is_held: bool  # a control group counts what the sandbox's processes hold together
    serves: Served


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


class RunModule(TypedDict):
    """The first request to a child that serves the course: the module's text is in the blob."""

    op: Literal["module"]
    shown: str  # as messages name the file
    needed: Sequence[str]  # names that it must define


class AskModule(TypedDict):
    """What the module says on one case; the case's inputs, and what was drawn, are in the blob."""

    op: Literal["rule", "symbols", "log_probabilities", "log_likelihoods"]
    settings: Mapping[str, object]
    facts: Mapping[str, object]  # what was answered, or what the submission's process claims
    rule: NotRequired[str]  # the function, for "rule"
    mistake: NotRequired[str | None]  # whose probabilities, for "log_probabilities"
    calls: NotRequired[tuple[int, int]]  # of what was drawn: the first, and the one after the last that is asked for


@dataclass(frozen=True)
class ProbeCode:
    """Texts of Python files by their path below `fixtures/`, in the order in which they are loaded."""

    exercise: str
    files: Mapping[str, str]  # "topic/probing.py", "topic/exercise/probe.py", "topic/exercise/given.py"

    def parts(self, given: bool) -> dict[str, str]:
        """What is sent: the correct stand-ins only where a session runs with them (`given`)."""
        return {path: text for path, text in self.files.items() if given or PurePosixPath(path).name != STAND_INS}

    @property
    def has_stand_ins(self) -> bool:
        """A release has none: they solve other exercises."""
        return len(self.parts(given=False)) < len(self.files)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, in hexadecimal."""
        return digest_of(self.files)


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 of files' paths and texts, in hexadecimal."""
    digests = (f"{path} {hashlib.sha256(text.encode()).hexdigest()}\n" for path, text in files.items())
    return hashlib.sha256("".join(digests).encode()).hexdigest()
