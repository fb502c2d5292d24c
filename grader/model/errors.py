"""Every error that the grader raises on purpose, with the exit status it leads to.

GraderError
├── SubmissionError   1  this submission cannot be graded (not a zip, a bomb, nothing in it)
├── UsageError        2  the command cannot be carried out as given
│   ├── CourseError   2  a course's rubric, probe or fixture is wrong: names file, key and fix
│   ├── DataError     2  a data set cannot be had or read: names the file and what to do
│   └── OutputError   2  results cannot be written: a full disk, a missing right
└── GraderFault       3  our own fault; never costs a student a mark
    └── SandboxFault  3  the sandbox could not be built or died
"""


class GraderError(Exception):
    """One line that says what, where and what to do next."""

    exit_status = 3

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the line itself, since our own frames tell a student nothing."""
        return [f"{type(self).__name__}: {self}"]


class SubmissionError(GraderError):
    exit_status = 1


class UsageError(GraderError):
    exit_status = 2


class CourseError(UsageError):
    pass


class DataError(UsageError):
    pass


class OutputError(UsageError):
    pass


class GraderFault(GraderError):
    exit_status = 3


class SandboxFault(GraderFault):
    pass
