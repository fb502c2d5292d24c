"""The judge's end of the control socket: ends are told until forgotten, and what breaks the protocol is a fault."""

import socket
from collections.abc import Iterator

import pytest

from grader.messages.frames import receive_frame, send_frame
from grader.model.errors import SandboxFault
from grader.sandbox.confined_session import Control

READY = {"kind": "ready", "tier": "toy", "why": "it only plays", "versions": {"torch": "2"}}
DIED = "the sandbox died; grade the submission again"


@pytest.fixture
def ends() -> Iterator[tuple[Control, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Control(ours), theirs


def test_it_waits_for_the_zygote(ends):
    control, zygote = ends
    send_frame(zygote, READY)
    ready = control.wait_until_ready(1.0)
    assert (ready.tier, ready.why, ready.versions) == ("toy", "it only plays", {"torch": "2"})


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"kind": "failed", "reason": "no isolation holds here"}, "no isolation holds here"),
        ({"kind": "exit", "number": 1, "status": 0}, DIED),
        ({"kind": "ready"}, r"the sandbox did not start: its message is malformed \(tier: Field required\)"),
        (None, "the sandbox did not start: the other end closed"),
    ],
    ids=["failed", "early exit", "malformed", "closed"],
)
def test_a_start_that_fails_is_a_fault_with_the_reason(ends, answer, message):
    control, zygote = ends
    if answer is None:
        zygote.close()
    else:
        send_frame(zygote, answer)
    with pytest.raises(SandboxFault, match=message):
        control.wait_until_ready(1.0)


def test_a_start_that_takes_too_long_is_a_fault(ends):
    with pytest.raises(SandboxFault, match="the sandbox did not start: timed out"):
        ends[0].wait_until_ready(0.01)


def test_an_end_is_told_until_it_is_forgotten(ends):
    control, zygote = ends
    send_frame(zygote, {"kind": "exit", "number": 7, "status": 9})
    control.read_exit()
    assert (control.exit_of(6), control.exit_of(7).status) == (None, 9)
    control.forget(7)
    assert control.exit_of(7) is None


def test_what_has_ended_is_not_killed_again(ends):
    control, zygote = ends
    control.kill(1)
    send_frame(zygote, {"kind": "exit", "number": 2, "status": 0})
    control.read_exit()
    control.kill(2)
    assert receive_frame(zygote, max_head=100, max_blob=0).head == {"op": "kill", "number": 1}
    zygote.setblocking(False)
    with pytest.raises(BlockingIOError):
        zygote.recv(1)


@pytest.mark.parametrize(
    "answer", [READY, {"kind": "exit", "number": "1", "status": 0}, {}], ids=["ready", "text", "nothing"]
)
def test_anything_but_an_end_is_a_fault(ends, answer):
    control, zygote = ends
    send_frame(zygote, answer)
    with pytest.raises(SandboxFault, match=DIED):
        control.read_exit()


def test_a_sandbox_that_is_gone_is_a_fault(ends):
    control, zygote = ends
    zygote.close()
    for ask in (lambda: control.kill(1), control.read_exit):
        with pytest.raises(SandboxFault, match=DIED):
            ask()
