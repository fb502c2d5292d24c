"""Opens what a student handed in: a zip, a folder, a notebook, a module or a sheet of answers."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from grader.intake import limits
from grader.intake.answers import is_answer_sheet, read_answers
from grader.intake.limits import shown
from grader.intake.notebook import read_notebook
from grader.intake.source_text import decode_source, top_level_names
from grader.intake.unpacking import copy_folder, unpack_zip
from grader.intake.webpage import is_web_page, source_in_page
from grader.model.errors import NotANotebookError, SubmissionError
from grader.model.submission import Cell, Sheet, Source, Workspace

_MERGE_MARKER = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_SIZE_LIMITS = {".py": limits.MAX_MODULE_BYTES, ".ipynb": limits.MAX_NOTEBOOK_BYTES, ".toml": limits.MAX_ANSWERS_BYTES}


class _UnreadableError(Exception):
    """Why a .py or .ipynb file is no source, and what to do, in one line."""


def open_submission(path: Path, scratch: Path) -> Workspace:
    """Unpack or copy `path` into `scratch`, an empty folder that the caller owns, and read its sources as text.

    Raises SubmissionError where nothing in it can be graded.
    """
    if path.is_symlink():
        raise SubmissionError(f"{path.name}: is a link, which is not followed; name the file or folder itself")
    suffix = "" if path.is_dir() else path.suffix.lower()
    name, notes = path.stem, list[str]()
    if path.is_dir():
        name, notes = path.resolve().name, copy_folder(path.resolve(), scratch)
    elif not path.is_file():
        raise SubmissionError(f"{path}: there is no such file or folder; check the path")
    elif suffix in _SIZE_LIMITS:
        _copy_file(path, scratch)
    elif suffix == ".zip":
        notes = unpack_zip(path, scratch)
    else:
        raise SubmissionError(f"{path.name}: neither a .zip, a folder, an .ipynb nor a .py; hand in one of these")
    reading = _Reading(_innermost(scratch), notes)
    try:
        if suffix in _SIZE_LIMITS:
            reading.read(path.name)
        else:
            reading.read_all()
    except _UnreadableError as error:
        raise SubmissionError(f"{path.name}: {error}") from error
    if not reading.sources and not reading.sheets:
        raise SubmissionError(f"{path.name}: {reading.why_nothing()}")
    return reading.workspace(name, reading.root.relative_to(scratch).parts)


def is_source(path: str) -> bool:
    """Whether a file of this name is read as code or as answers."""
    suffix = Path(path).suffix.lower()
    return is_answer_sheet(path) if suffix == ".toml" else suffix in _SIZE_LIMITS


def _copy_file(path: Path, into: Path) -> None:
    try:
        _check_size(path)
        shutil.copyfile(path, into / path.name)
    except _UnreadableError as error:
        raise SubmissionError(f"{path.name}: {error}") from error
    except OSError as error:
        raise SubmissionError(f"{path.name}: cannot be read ({error.strerror or error})") from error


def _check_size(path: Path) -> None:
    limit = _SIZE_LIMITS[path.suffix.lower()]
    if path.stat().st_size > limit:
        size = f"{limit // limits.MB} MB" if limit >= limits.MB else f"{limit // 1024} KB"
        raise _UnreadableError(f"larger than {size}; leave data and outputs out of it")


def _innermost(folder: Path) -> Path:
    """The folder itself, or, where it holds nothing but one folder, that one's innermost."""
    while len(inside := list(folder.iterdir())) == 1 and inside[0].is_dir():
        folder = inside[0]
    return folder


@dataclass
class _Reading:
    """What has been read of the files below `root` so far."""

    root: Path
    notes: list[str]
    sources: list[Source] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    data_files: list[str] = field(default_factory=list)
    assignments: set[str | None] = field(default_factory=set)
    bytes_left: int = limits.MAX_SOURCE_BYTES

    def read_all(self) -> None:
        for relative in sorted(p.relative_to(self.root).as_posix() for p in self.root.rglob("*") if p.is_file()):
            try:
                if is_source(relative):
                    self.read(relative)
                else:
                    self.data_files.append(relative)
            except _UnreadableError as error:
                self.data_files.append(relative)
                self.notes.append(f"{shown(relative)}: {error}")

    def read(self, relative: str) -> None:
        """Read a source or a sheet of answers. Raises _UnreadableError."""
        path = self.root / relative
        suffix = path.suffix.lower()
        _check_size(path)
        text, encoding = decode_source(path.read_bytes())
        if suffix == ".toml":
            self._read_sheet(relative, text)
        elif suffix == ".ipynb":
            self._add(self._notebook(relative, text))
        else:
            if encoding is not None:
                self.notes.append(f"{shown(relative)}: not UTF-8; read as {encoding}")
            self._add(self._module(relative, text))

    def _read_sheet(self, relative: str, text: str) -> None:
        sheet = read_answers(text)
        self.notes += [f"{shown(relative)}, {note}" for note in sheet.notes]
        self.assignments.add(sheet.assignment)
        self.sheets.append(Sheet(relative, sheet.answers))

    def _notebook(self, relative: str, text: str) -> Source:
        try:
            notebook = read_notebook(text)
        except NotANotebookError as error:
            what = "it is a web page" if is_web_page(text) else str(error)
            raise _UnreadableError(f"not a notebook: {what}; download the notebook again and hand that in") from error
        self.assignments.add(notebook.assignment)
        names = frozenset[str]().union(*(top_level_names(cell.text) for cell in notebook.cells))
        return Source(relative, "notebook", notebook.cells, names)

    def _module(self, relative: str, text: str) -> Source:
        if is_web_page(text):
            inside = source_in_page(text)
            if inside is None:
                raise _UnreadableError("a web page saved as .py, not Python; download the file itself and hand that in")
            self.notes.append(f"{shown(relative)}: a web page saved as .py; the source it shows was taken from it")
            text = inside
        return Source(relative, "module", (Cell("", text),), top_level_names(text))

    def _add(self, source: Source) -> None:
        self.bytes_left -= sum(len(cell.text) for cell in source.cells)
        if self.bytes_left < 0:
            mb = limits.MAX_SOURCE_BYTES // limits.MB
            raise _UnreadableError(f"the sources have more than {mb} MB together; hand in fewer files")
        self.sources.append(source)
        for cell in source.cells:
            if marker := _MERGE_MARKER.search(cell.text):
                line = cell.text.count("\n", 0, marker.start()) + 1
                where = ", ".join(filter(None, (shown(source.path), cell.label, f"line {line}")))
                self.notes.append(f"{where}: an unfinished merge (markers <<<<<<<); resolve it and hand in again")
                break

    def why_nothing(self) -> str:
        """Why nothing can be graded, and what to do."""
        if self.notes and any(map(is_source, self.data_files)):
            return f"nothing in it can be graded: {self.notes[-1]}"
        if not self.data_files:
            return "empty; hand in your .py or .ipynb files"
        listed = ", ".join(map(shown, self.data_files[: limits.MAX_NAMES_IN_MESSAGE]))
        more = len(self.data_files) - limits.MAX_NAMES_IN_MESSAGE
        rest = f" and {more:,} more" if more > 0 else ""
        return f"no .py or .ipynb file in it, only {listed}{rest}; hand in your code"

    def workspace(self, name: str, folders: tuple[str, ...]) -> Workspace:
        assignments = sorted(filter(None, self.assignments))
        if len(assignments) > 1:
            self.notes.append(f"notebooks of several assignments: {', '.join(assignments)}")
        notes = self.notes[: limits.MAX_NOTES]
        if len(self.notes) > limits.MAX_NOTES:
            notes.append(f"and {len(self.notes) - limits.MAX_NOTES:,} more notes like these")
        assignment = assignments[0] if len(assignments) == 1 else None
        sources, sheets, data_files = tuple(self.sources), tuple(self.sheets), tuple(self.data_files)
        return Workspace(name, self.root, sources, data_files, assignment, tuple(notes), folders, sheets)
