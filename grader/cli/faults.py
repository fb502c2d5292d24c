"""What to say about an error that nobody raised on purpose: of the machine, or of the grader itself."""

import errno
import os
import tempfile
import traceback

OUR_FAULT = 3  # the exit status
NOT_TO_BE_HAD = 2  # a usage error: of a place that cannot be written, as of one that does not exist
_OF_THE_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR}
    | {errno.ENAMETOOLONG, errno.EFBIG, errno.EIO}
)


def describe_fault(error: Exception) -> tuple[str, int]:
    """One line, and the exit status. Of our own fault the traceback is saved to a file that the line names.

    It is shown instead where GRADE_DEBUG is set. A full disk or a missing right is nobody's fault here.
    """
    debug = bool(os.environ.get("GRADE_DEBUG"))
    if debug:
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        place = str(error.filename2 or error.filename or tempfile.gettempdir())
        return f"{place}: cannot be used ({error.strerror}); make room there, or see who may write to it", NOT_TO_BE_HAD
    what = f"fault in the grader, not in the submission: {type(error).__name__}: {error}"
    return what if debug else f"{what} ({_saved(error)})", OUR_FAULT


def _saved(error: Exception) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="grade-fault-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            lines = traceback.format_exception(error)
            file.writelines(line.encode("utf-8", "backslashreplace").decode() for line in lines)
    except OSError as unwritable:
        return f"its details cannot be written to {tempfile.gettempdir()}: {unwritable.strerror}; see GRADE_DEBUG=1"
    return f"report this with {file.name}"
