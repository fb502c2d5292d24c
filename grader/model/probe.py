"""The Python that runs on a submission: an exercise's probe, and what goes along with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

STAND_INS = "given.py"  # sent to a session that runs with them, and to no other; never released


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
