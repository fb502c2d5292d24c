"""Shakespeare's plays as one text, for networks that read characters."""

from pathlib import Path

from grader.datasets.download import fetch
from grader.datasets.places import data_folder, files_below
from grader.datasets.sources import SHAKESPEARE
from grader.datasets.standins.text import make_text
from grader.model.errors import DataError

STANDIN_CHARACTERS = 300_000


def shakespeare(*, offline: bool = False, mirror: str | None = None) -> str:
    """The text: speakers' names that end in colons, and what they say.

    From $GRADE_DATA (the first `*shakespeare*.txt`), else from the cache or `mirror`
    (the URL of a folder with input.txt). `offline=True` makes 300,000 characters by code. Raises DataError
    where nothing can be had or the file is no text.
    """
    if offline:
        return make_text(STANDIN_CHARACTERS, seed=1)
    folder = data_folder()
    found = next(files_below(folder, "*[sS]hakespeare*.txt"), None) if folder else None
    return _read(found or fetch(SHAKESPEARE, mirror))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 text; save it as UTF-8, or move it away") from error
