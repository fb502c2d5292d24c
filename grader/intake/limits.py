"""How much a submission may hold. Sizes are in bytes."""

MB = 1024 * 1024

MAX_ENTRIES = 5_000  # files, without those that are ignored
MAX_DEPTH = 40  # folders in folders
MAX_TOTAL_BYTES = 1024 * MB
MAX_RATIO = 200  # unpacked to packed; deflate reaches 1,032 on constant data
RATIO_APPLIES_ABOVE = 10 * MB  # a small file may compress as well as it likes
MAX_DIRECTORY_BYTES = 8 * MB  # a zip's table of contents, read whole before anything is known of it
MAX_MODULE_BYTES = 8 * MB
MAX_ANSWERS_BYTES = 256 * 1024
MAX_NOTEBOOK_BYTES = 64 * MB  # with saved outputs, which are dropped
MAX_SOURCE_BYTES = 32 * MB  # text of all sources together, outputs dropped
MAX_JSON_VALUES = 1_000_000  # values in a notebook: each costs about 100 bytes of memory
MAX_NAMES_IN_MESSAGE = 8
MAX_NOTES = 40

IGNORED_NAMES = frozenset(
    {"__MACOSX", ".DS_Store", "Thumbs.db", ".git", ".idea", ".vscode", ".venv", "__pycache__", ".pytest_cache"}
    | {".ipynb_checkpoints", ".course"}  # the last is a release's: the public cases
)

ENVIRONMENT = "pyvenv.cfg"  # a folder with this file is a virtual environment
OF_AN_ENVIRONMENT = frozenset(  # what it holds; a student's own files may lie beside these
    {ENVIRONMENT, "bin", "etc", "include", "Include", "lib", "Lib", "lib64", "share", "Scripts"}
)


def is_ignored(parts: tuple[str, ...]) -> bool:
    """True for what systems and editors leave behind, AppleDouble files (`._name`) among it."""
    return any(part in IGNORED_NAMES or part.startswith("._") for part in parts)


def shown(name: str) -> str:
    """A file's name for a one-line message: control characters escaped, at most 120 characters."""
    text = repr(name)
    return text if len(text) <= 120 else text[:80] + "…" + text[-39:]
