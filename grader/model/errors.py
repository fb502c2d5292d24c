"""Every error that the grader raises on purpose, with the exit status it leads to.

GraderError
├── SubmissionError   1  this submission cannot be graded (not a zip, a bomb, nothing in it)
├── UsageError        2  the command cannot be carried out as given
│   ├── CourseError   2  a course's rubric, probe or fixture is wrong: names file, key and fix
│   ├── DataError     2  a data set cannot be had or read: names the file and what to do
│   └── OutputError   2  results cannot be written: a full disk, a missing right
└── GraderFault       3  our own fault; never costs a student a mark
    └── SandboxFault  3  the sandbox could not be built or died

Notice                   what one room tells the next, which says it in words of its own; nobody ever reads it
├── SessionError         a submission's process is gone or was killed; the message says why, for the student
│   └── StepTimeoutError
├── WireError            the other end of a socket broke the protocol: bad magic, a frame over its cap, no JSON
├── TensorError          bytes are no acceptable safetensors data
├── UnreadableError      why an answer cannot be read, in words for the student; never what the right answer is
├── NotANotebookError    why a text is no notebook
├── MustRunAgainError    what is asked for was not observed in a kept run
├── ReaderGoneError      who read standard output has closed it, as `head` does
├── ModuleFaultError     why a course's oracle or rule gave no answer that can be used; names its file and line
├── Unusable             from a probe: it cannot go on with what the student's code gave; tells the student why
└── CannotTell           from a probe: a person must see how the student's code is to be called; says what was found

StatementTimeoutError    a statement at top level took too long; no Exception, so that `except Exception` lets it pass
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


class CourseError(UsageError): ...


class DataError(UsageError): ...


class OutputError(UsageError): ...


class GraderFault(GraderError): ...


class SandboxFault(GraderFault): ...


class Notice(Exception): ...


class SessionError(Notice): ...


class StepTimeoutError(SessionError): ...


class WireError(Notice): ...


class TensorError(Notice): ...


class UnreadableError(Notice): ...


class NotANotebookError(Notice): ...


class MustRunAgainError(Notice): ...


class ReaderGoneError(Notice): ...


class ModuleFaultError(Notice): ...


class Unusable(Notice): ...


class CannotTell(Notice): ...


class StatementTimeoutError(BaseException): ...
