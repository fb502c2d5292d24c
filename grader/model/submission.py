"""What a student handed in, unpacked: plain sources with a map back to files, cells and lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.model.observation import Json


@dataclass(frozen=True)
class Cell:
    """A run of source text. A module is one cell; a notebook has one for each code cell."""

    label: str  # how a message names it: "cell 7" (counted over all cells from 1), "" for a module
    text: str


@dataclass(frozen=True)
class Source:
    """One .py or .ipynb file."""

    path: str  # relative to the workspace, with forward slashes
    kind: Literal["module", "notebook"]
    cells: tuple[Cell, ...]
    names: frozenset[str]  # names it defines at top level (def, class, assignment), found by text alone
    upto: str = ""  # label of the last cell, where later ones are left out

    @property
    def id(self) -> str:
        """What messages call it, and what tells it from another part of the same file."""
        return f"{self.path} up to {self.upto}" if self.upto else self.path


@dataclass(frozen=True)
class Sheet:
    """One `answers.toml`: short answers by section and key, any JSON data."""

    path: str  # relative to the workspace, with forward slashes
    answers: Mapping[str, Json]


@dataclass(frozen=True)
class Workspace:
    """An unpacked submission. Sources are text; every other file stays on disk, unread."""

    name: str  # archive or folder name without suffix, as handed in
    root: Path
    sources: tuple[Source, ...]
    data_files: tuple[str, ...] = ()  # relative paths of what else was handed in
    assignment: str | None = None  # from the metadata that our handouts carry
    notes: tuple[str, ...] = ()  # what a person should know: skipped, unreadable, duplicate files
    folders: tuple[str, ...] = ()  # that everything was handed in inside, outermost first; paths begin below them
    sheets: tuple[Sheet, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Of every file that was handed in and read or kept."""
        return (*(s.path for s in self.sources), *(s.path for s in self.sheets), *self.data_files)
