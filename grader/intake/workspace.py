"""Opens what a student handed in: a zip, a folder, a notebook, a module or a sheet of answers."""

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.intake import limits
from grader.intake.answers import is_answer_sheet, read_answers
from grader.intake.archive import unpack_zip
from grader.intake.decoding import decode_source
from grader.intake.folder import copy_folder
from grader.intake.limits import shown
from grader.intake.names import top_level_names
from grader.intake.notebook import read_notebook
from grader.intake.webpage import is_web_page, source_in_page
from grader.model.errors import NotANotebookError, SubmissionError
from grader.model.submission import Cell, Sheet, Source, Workspace

_MERGE_MARKER = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_SIZE_LIMITS = {".py": limits.MAX_MODULE_BYTES, ".ipynb": limits.MAX_NOTEBOOK_BYTES, ".toml": limits.MAX_ANSWERS_BYTES}


@dataclass
class _Reading:
    """What has been read of the sources so far."""

    sources: list[Source] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    data_files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    assignments: set[str] = field(default_factory=set)
    bytes_left: int = limits.MAX_SOURCE_BYTES


class _UnreadableError(Exception):
    """Why a .py or .ipynb file is no source, and what to do, in one line."""


def open_submission(path: Path, scratch: Path) -> Workspace:
    """Unpack or copy `path` into `scratch`, an empty folder that the caller owns, and read its sources as text.

    Raises SubmissionError where nothing in it can be graded.
    """
    if path.is_symlink():
        raise SubmissionError(f"{path.name}: is a link, which is not followed; name the file or folder itself")
    if path.is_dir():
        notes = copy_folder(path.resolve(), scratch)
        name = path.resolve().name
    elif not path.is_file():
        raise SubmissionError(f"{path}: there is no such file or folder; check the path")
    elif path.suffix.lower() in _SIZE_LIMITS:
        return _open_single_file(path, scratch)
    elif path.suffix.lower() == ".zip":
        notes, name = unpack_zip(path, scratch), path.stem
    else:
        raise SubmissionError(f"{path.name}: neither a .zip, a folder, an .ipynb nor a .py; hand in one of these")
    reading = _Reading(notes=notes)
    root = _innermost(scratch)
    for relative in sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()):
        _read_into(reading, root, relative)
    if not reading.sources and not reading.sheets:
        raise SubmissionError(_nothing_to_grade(path.name, reading))
    return replace(_workspace(name, root, reading), folders=root.relative_to(scratch).parts)


def _open_single_file(path: Path, scratch: Path) -> Workspace:
    reading = _Reading()
    try:
        _check_size(path)
        shutil.copyfile(path, scratch / path.name)
        _read_source(reading, scratch, path.name)
    except _UnreadableError as error:
        raise SubmissionError(f"{path.name}: {error}") from error
    except OSError as error:
        raise SubmissionError(f"{path.name}: cannot be read ({error.strerror or error})") from error
    return _workspace(path.stem, scratch, reading)


def _workspace(name: str, root: Path, reading: _Reading) -> Workspace:
    assignment = next(iter(reading.assignments)) if len(reading.assignments) == 1 else None
    if len(reading.assignments) > 1:
        reading.notes.append(f"notebooks of several assignments: {', '.join(sorted(reading.assignments))}")
    notes = reading.notes[: limits.MAX_NOTES]
    if len(reading.notes) > limits.MAX_NOTES:
        notes.append(f"and {len(reading.notes) - limits.MAX_NOTES:,} more notes like these")
    sources, sheets, data_files = tuple(reading.sources), tuple(reading.sheets), tuple(reading.data_files)
    return Workspace(name, root, sources, data_files, assignment, tuple(notes), sheets=sheets)


def _innermost(folder: Path) -> Path:
    """The folder itself, or, where it holds nothing but one folder, that one's innermost."""
    inside = list(folder.iterdir())
    while len(inside) == 1 and inside[0].is_dir():
        folder = inside[0]
        inside = list(folder.iterdir())
    return folder


def _read_into(reading: _Reading, root: Path, relative: str) -> None:
    if not is_source(relative):
        reading.data_files.append(relative)
        return
    try:
        _read_source(reading, root, relative)
    except _UnreadableError as error:
        reading.data_files.append(relative)
        reading.notes.append(f"{shown(relative)}: {error}")


def is_source(path: str) -> bool:
    """Whether a file of this name is read as code or as answers."""
    suffix = Path(path).suffix.lower()
    return is_answer_sheet(path) if suffix == ".toml" else suffix in _SIZE_LIMITS


def _read_source(reading: _Reading, root: Path, relative: str) -> None:
    path = root / relative
    suffix = path.suffix.lower()
    _check_size(path)
    text, encoding = decode_source(path.read_bytes())
    if encoding is not None and suffix == ".py":
        reading.notes.append(f"{shown(relative)}: not UTF-8; read as {encoding}")
    if suffix == ".toml":
        _read_sheet(reading, relative, text)
        return
    source = _notebook(reading, relative, text) if suffix == ".ipynb" else _module(reading, relative, text)
    reading.bytes_left -= sum(len(cell.text) for cell in source.cells)
    if reading.bytes_left < 0:
        raise _UnreadableError(
            f"the sources have more than {limits.MAX_SOURCE_BYTES // limits.MB} MB together; hand in fewer files"
        )
    _note_merge_markers(reading, source)
    reading.sources.append(source)


def _check_size(path: Path) -> None:
    limit = _SIZE_LIMITS[path.suffix.lower()]
    if path.stat().st_size > limit:
        size = f"{limit // limits.MB} MB" if limit >= limits.MB else f"{limit // 1024} KB"
        raise _UnreadableError(f"larger than {size}; leave data and outputs out of it")


def _notebook(reading: _Reading, relative: str, text: str) -> Source:
    try:
        notebook = read_notebook(text)
    except NotANotebookError as error:
        what = "it is a web page" if is_web_page(text) else str(error)
        raise _UnreadableError(f"not a notebook: {what}; download the notebook again and hand that in") from error
    if notebook.assignment:
        reading.assignments.add(notebook.assignment)
    names = frozenset[str]().union(*(top_level_names(cell.text) for cell in notebook.cells))
    return Source(relative, "notebook", notebook.cells, names)


def _module(reading: _Reading, relative: str, text: str) -> Source:
    if is_web_page(text):
        inside = source_in_page(text)
        if inside is None:
            raise _UnreadableError("a web page saved as .py, not Python; download the file itself and hand that in")
        reading.notes.append(f"{shown(relative)}: a web page saved as .py; the source it shows was taken from it")
        text = inside
    return Source(relative, "module", (Cell("", text),), top_level_names(text))


def _read_sheet(reading: _Reading, relative: str, text: str) -> None:
    sheet = read_answers(text)
    reading.notes += [f"{shown(relative)}, {note}" for note in sheet.notes]
    if sheet.assignment:
        reading.assignments.add(sheet.assignment)
    reading.sheets.append(Sheet(relative, sheet.answers))


def _note_merge_markers(reading: _Reading, source: Source) -> None:
    for cell in source.cells:
        if marker := _MERGE_MARKER.search(cell.text):
            line = cell.text.count("\n", 0, marker.start()) + 1
            where = ", ".join(filter(None, (shown(source.path), cell.label, f"line {line}")))
            reading.notes.append(f"{where}: an unfinished merge (markers <<<<<<<); resolve it and hand in again")
            return


def _nothing_to_grade(name: str, reading: _Reading) -> str:
    if reading.notes and any(map(is_source, reading.data_files)):
        return f"{name}: nothing in it can be graded: {reading.notes[-1]}"
    if not reading.data_files:
        return f"{name}: empty; hand in your .py or .ipynb files"
    listed = ", ".join(shown(f) for f in reading.data_files[: limits.MAX_NAMES_IN_MESSAGE])
    more = len(reading.data_files) - limits.MAX_NAMES_IN_MESSAGE
    rest = f" and {more:,} more" if more > 0 else ""
    return f"{name}: no .py or .ipynb file in it, only {listed}{rest}; hand in your code"
