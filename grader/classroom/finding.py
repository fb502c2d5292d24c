"""Which submissions a command line means: a folder with nothing but archives in it holds one of each student."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.intake.limits import ENVIRONMENT, OF_AN_ENVIRONMENT, is_ignored
from grader.intake.workspace import is_source
from grader.model.report import Report

ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz")  # intake says which of them it can open
_DEEPEST = 3  # folders: a learning platform may give each student one, and one in it for the attempt


@dataclass(frozen=True)
class Found:
    """One submission, and what it is called among those it was found with."""

    path: Path
    name: str
    renamed: bool = False  # the folder that it was found in tells whose it is, its own name may not

    @property
    def short_name(self) -> str:
        """As a table shows it."""
        return self.name if self.renamed else self.path.name

    def named(self, report: Report) -> Report:
        return report.model_copy(update={"submission": self.name}) if self.renamed else report


def submissions_in(paths: Sequence[Path]) -> tuple[list[Found], list[str]]:
    """The submissions that these paths stand for, and remarks for who grades.

    A folder without a source in it, but with archives, stands for each archive, in the order of their names; any other
    path for itself.
    """
    found: list[Found] = []
    remarks: list[str] = []
    for path in paths:
        archives, has_source = _looked_at(path) if path.is_dir() else ([], True)
        if archives and not has_source:
            found += [Found(path / a, a.with_suffix("").as_posix(), len(a.parts) > 1) for a in archives]
            continue
        directly = sum(len(archive.parts) == 1 for archive in archives)
        if directly > 1 and len(paths) == 1:
            remarks.append(
                f"{path}: graded as one submission, since it has code beside its {directly} archives; "
                f"to grade each of these: grade {path / '*.zip'}"
            )
        found.append(Found(path, str(path)))
    return found, remarks


def _looked_at(folder: Path) -> tuple[list[Path], bool]:
    """The archives in a folder, and whether there is any source."""
    files = sorted(_files(folder))
    archives = [path for path in files if path.suffix.lower() in ARCHIVES and len(path.parts) <= _DEEPEST]
    return archives, any(is_source(path.as_posix()) for path in files)


def _files(folder: Path) -> Iterator[Path]:
    for inside, folders, files in os.walk(folder):
        left_out = OF_AN_ENVIRONMENT if ENVIRONMENT in files else ()
        folders[:] = [name for name in folders if name not in left_out and not is_ignored((name,))]
        relative = Path(inside).relative_to(folder)
        yield from (relative / name for name in files if not is_ignored((name,)))
