"""Messages out of the sandbox: an honest one is read whole, any other is refused in one line, whatever it holds."""

import copy
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from grader.messages.answers import (
    MAX_RANK,
    MAX_TENSORS,
    ChildExit,
    ChildReady,
    FilesWritten,
    LoadReport,
    ProbeEnded,
    ProbeReport,
    SandboxFailed,
    SandboxReady,
    from_child,
    from_probe,
    from_zygote,
)
from grader.messages.frames import Frame
from grader.model.errors import WireError

ERROR = {"type": "KeyError", "message": "'x'", "where": "a.py, line 3, in forward"}
CLAIM = {"type": "Tensor", "shape": [2, 3], "dtype": "float32", "device": "cpu"}
LOADED = {"kind": "loaded", "names": ["f"], "errors": {"g": ERROR}, "notes": ["read as Python 2"], "seconds": 0.5}
ENDED = {"kind": "ended", "probe": 1, "status": 256}
SEEN = {"case": 0, "tensors": {"output": CLAIM}, "facts": {"calls": 2}, "error": None, "fault": "", "seconds": 0.5}
HONEST = [
    (from_zygote, {"kind": "ready", "tier": "landlock", "why": "", "versions": {"torch": "2"}}, SandboxReady),
    (from_zygote, {"kind": "failed", "reason": "no isolation holds here"}, SandboxFailed),
    (from_zygote, {"kind": "exit", "number": 1, "status": 9, "why": "it was killed"}, ChildExit),
    (from_child, {"kind": "started", "device": "cpu"}, ChildReady),
    (from_child, {"kind": "written", "files": 3}, FilesWritten),
    (from_child, LOADED, LoadReport),
    (from_child, ENDED, ProbeEnded),
    (from_probe, SEEN, ProbeReport),
]
READERS = (from_zygote, from_child, from_probe)

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.sampled_from([2**63, 10**400, -(10**400), "\ud800", "\udfff" * 600, "x" * 70_000, "\x1b[2J\n"])
    | st.floats()
    | st.text(max_size=5)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KINDS = st.sampled_from([head["kind"] for _, head, _ in HONEST if "kind" in head])
HEADS = st.dictionaries(st.text(max_size=5), JSON, max_size=3)


@st.composite
def spoiled(draw: st.DrawFn) -> dict:
    """An honest message with something in it replaced, left out or added, at any depth."""
    head = copy.deepcopy(draw(st.sampled_from([head for _, head, _ in HONEST])))
    place = head
    while inner := [value for value in place.values() if isinstance(value, dict) and value]:
        if draw(st.booleans()):
            break
        place = draw(st.sampled_from(inner))
    key = draw(st.sampled_from([*sorted(place), "\ud800", "passed"]))
    if draw(st.booleans()):
        place.pop(key, None)
    else:
        place[key] = draw(JSON)
    return head


def within_bounds(message: BaseModel) -> None:
    """What may come of a message can be printed and stored, and its seconds can be added up."""
    assert json.dumps(message.model_dump(), ensure_ascii=False, default=sorted).encode("utf-8")
    assert 0 <= getattr(message, "seconds", 0) <= 1e6
    assert all(n in range(2**63) for name in ("case", "number", "probe", "files") for n in [getattr(message, name, 0)])
    if isinstance(message, ProbeReport):
        assert all(n in range(2**63) for claim in message.tensors.values() for n in claim.shape)
    if isinstance(message, LoadReport):
        assert all(len(text) <= 500 for text in (*message.names, *message.errors, *message.notes))


@pytest.mark.parametrize(("read", "head", "model"), HONEST, ids=lambda value: getattr(value, "__name__", None))
def test_an_honest_message_is_read_whole(read, head, model):
    message = read(Frame(head, bytearray()))
    assert type(message) is model
    assert message.model_dump(mode="json") == head


@given(head=spoiled() | HEADS | st.fixed_dictionaries({"kind": KINDS | JSON}, optional={"names": JSON}))
def test_whatever_is_sent_is_a_message_within_bounds_or_refused_in_one_line(head):
    for read in READERS:
        try:
            message = read(Frame(head, bytearray()))
        except WireError as refused:
            text = str(refused)
            assert text.isprintable()
            assert len(text) < 300
        else:
            within_bounds(message)


@pytest.mark.parametrize(
    ("read", "head", "reason"),
    [
        (from_child, {}, "its message is malformed (it is of no known kind)"),
        (from_child, {"kind": "ready"}, "its message is malformed (it is of no known kind)"),
        (from_child, {"kind": ["loaded"]}, "it is of no known kind"),
        (from_child, {"kind": "x" * 60_000}, "it is of no known kind"),
        (from_child, LOADED | {"passed": True}, "its message is malformed (Extra inputs are not permitted)"),
        (from_child, LOADED | {"names": "f"}, "(names: Input should be a valid frozenset)"),
        (from_child, LOADED | {"names": [5]}, "(names: Input should be a valid string)"),
        (from_child, LOADED | {"names": [str(n) for n in range(5000)]}, "(names: Frozenset should have at most"),
        (from_child, LOADED | {"errors": {"\x1b": 5}}, "(errors: Input should be a valid dictionary"),
        (from_child, LOADED | {"errors": {"f": ERROR | {"type": [1]}}}, "(errors.type: Input should be a valid"),
        (from_child, LOADED | {"errors": {"f": {}}}, "(errors.type: Field required)"),
        (from_child, LOADED | {"notes": 7}, "(notes: Input should be a valid tuple)"),
        (from_child, ENDED | {"probe": -1}, "(probe: Input should be greater than or equal to 0)"),
        (from_child, ENDED | {"status": True}, "(status: Input should be a valid integer)"),
        (from_child, ENDED | {"status": 10**400}, "(status: Input should be less than 65536)"),
        (from_child, {"kind": "started", "device": "tpu"}, "(device: Input should be 'cpu' or 'cuda')"),
        (from_zygote, {"kind": "exit", "number": 1.0, "status": 0}, "(number: Input should be a valid integer)"),
        (from_probe, {}, "its observation is malformed (case: Field required)"),
        (from_probe, SEEN | {"passed": 1}, "its observation is malformed (Extra inputs are not permitted)"),
        (from_probe, SEEN | {"case": "values"}, "(case: Input should be a valid integer)"),
        (from_probe, SEEN | {"facts": ["passed"]}, "(facts: Input should be a valid dictionary)"),
        (from_probe, SEEN | {"error": "none"}, "(error: Input should be a valid dictionary"),
        (
            from_probe,
            SEEN | {"tensors": {"output": CLAIM | {"shape": [2**63]}}},
            "(tensors.shape: Input should be less",
        ),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
)
def test_a_malformed_message_is_refused_with_the_reason(read, head, reason):
    with pytest.raises(WireError) as refused:
        read(Frame(head, bytearray()))
    assert reason in str(refused.value)


def test_texts_are_cut_and_made_printable_rather_than_refused():
    error = {"type": "\ud800" * 2000, "message": "x" * 2000, "where": ""}
    report = from_child(Frame(LOADED | {"errors": {"f": error}, "notes": ["n" * 400] * 30}, bytearray()))
    assert (report.errors["f"].type[:6], len(report.errors["f"].type)) == ("\\ud800", 500)
    assert len(report.errors["f"].message) == 500
    assert [len(note) for note in report.notes] == [300] * 20
    seen = from_probe(Frame(SEEN | {"facts": {"text": ["\udfff"], "number": 10**400}}, bytearray()))
    assert seen.facts == {"text": ["\\udfff"], "number": 10**400}


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf, -math.inf, 10**400, 1e7, "1", None, [1]], ids=repr)
def test_impossible_seconds_count_as_none(seconds):
    assert from_child(Frame(LOADED | {"seconds": seconds}, bytearray())).seconds == 0
    assert from_probe(Frame(SEEN | {"seconds": seconds}, bytearray())).seconds == 0


def test_the_largest_that_is_allowed_passes():
    tensors = {str(number): CLAIM | {"shape": [1] * MAX_RANK} for number in range(MAX_TENSORS)}
    assert len(from_probe(Frame(SEEN | {"tensors": tensors}, bytearray())).tensors) == MAX_TENSORS
    assert from_child(Frame({"kind": "ended", "probe": 2**63 - 1, "status": 0xFFFF}, bytearray())).status == 0xFFFF


def test_a_message_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        from_probe(Frame(SEEN, bytearray())).case = 1
