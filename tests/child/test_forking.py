"""A fork that the system has no room for is tried again."""

import errno

import pytest

from grader.child.forking import fork_patiently


def refusing(times: int, number: int = errno.EAGAIN):
    answers = iter([OSError(number, "no room")] * times + [4711])

    def fork() -> int:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    return fork


def test_a_fork_that_is_refused_for_a_while_succeeds_in_the_end():
    assert fork_patiently(refusing(3)) == 4711


def test_what_no_waiting_helps_against_is_raised():
    with pytest.raises(OSError, match="no room"):
        fork_patiently(refusing(1, errno.ENOMEM))
