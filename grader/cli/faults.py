"""What to say about an error of the grader itself."""

import os
import tempfile
import traceback

OUR_FAULT = 3  # the exit status


def describe_fault(error: Exception) -> str:
    """One line; the traceback is saved to a file that it names, or shown where GRADE_DEBUG is set."""
    what = f"fault in the grader, not in the submission: {type(error).__name__}: {error}"
    if os.environ.get("GRADE_DEBUG"):
        traceback.print_exception(error)
        return what
    with tempfile.NamedTemporaryFile("w", prefix="grade-fault-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.writelines(line.encode("utf-8", "backslashreplace").decode() for line in traceback.format_exception(error))
    return f"{what} (report this with {file.name})"
