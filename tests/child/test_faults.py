"""Whose fault an error under a probe is."""

import pytest
import torch
from torch import nn

from grader.child.faults import own_fault
from grader.loading.locations import locate, student_file, type_of
from grader.probes.probing import CannotTell, Unusable

TOPIC = """
def total(output, weights):
    return (output * weights).sum()

def count(values):
    share = 1 / 0
    return len(values) * share

def told(case):
    return case["missing"]
"""


def fault_in(body: str, entry: object, case: object = None) -> str:
    """What is found when a probe with this body is run on `entry`."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    texts = {
        "probing.py": TOPIC,
        "probe.py": f"from types import SimpleNamespace\ndef probe(entry, case, see):\n{lines}\n",
    }
    names: dict[str, object] = {"torch": torch}
    for name, text in texts.items():
        exec(compile(text, name, "exec"), names)
    try:
        names["probe"](entry, case or {}, None)
    except Exception as error:
        return own_fault(error, texts, locate(error))
    raise AssertionError("the probe did not fail")


def gives(value: object):
    return lambda *_: value


@pytest.mark.parametrize(
    ("body", "entry"),
    [
        ("entry()", lambda x: x),  # it takes other arguments
        ("entry(1).sum()", gives(None)),
        ("first, second = entry(1)", gives(3)),
        ("output = entry(1)\nmore = output\nmore.backward()", gives(torch.ones(()))),
        ("for part in entry(1):\n    part + 1", gives(None)),
        ("found = {'x': entry(1)}\nfound['x']['loss']", gives({})),
        ("total(entry(1), torch.ones(3))", gives(torch.ones(2))),
        ("network = entry()\nnetwork(torch.ones(3, 2))", lambda: nn.Sequential(nn.Linear(3, 3))),
        ("def look():\n    return entry(1) + 1\nlook()", gives("text")),
        ("[part.shape for part in entry(1)]", gives([1])),
        ("with entry(1) as inside:\n    pass", gives(1)),
        ("float(entry(1))", gives("many")),
        ("try:\n    entry(1) + 1\nexcept TypeError as error:\n    first = error\nraise first", gives(None)),
    ],
    ids=range(13),
)
def test_what_came_from_the_student_is_the_students(body: str, entry: object) -> None:
    assert fault_in(body, entry) == ""


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("1 / 0", "probe.py, line 3"),
        ("raise RuntimeError('we are wrong')", "probe.py, line 3"),
        ("entry(1)\nraise RuntimeError('we are wrong')", "probe.py, line 4"),
        ("output = entry(1)\ncase['missing']", "probe.py, line 4"),
        ("output = entry(1)\nnowhere_defined", "probe.py, line 4"),
        ("output = entry(case['missing'])", "probe.py, line 3"),
        ("import module_that_is_not_there", "probe.py, line 3"),
        ("told(case)", "probing.py, line 10"),
        ("count(entry(1))", "probing.py, line 6"),
        ("assert torch.ones(2).sum() == 3", "probe.py, line 3"),
        ("torch.ones(2) @ torch.ones(3)", "probe.py, line 3"),
    ],
    ids=range(11),
)
def test_what_the_course_broke_is_ours_and_named(body: str, line: str) -> None:
    assert fault_in(body, gives([1, 2])).endswith(f", at {line}")


def test_an_error_that_passed_through_student_code_is_the_students() -> None:
    names: dict[str, object] = {}
    exec(compile("def f(*_):\n    return 1 / 0\n", student_file("a.py", ""), "exec"), names)
    assert fault_in("case['x'] = 1\nentry(1)", names["f"]) == ""


@pytest.mark.parametrize(
    "error",
    [NotImplementedError("nothing yet"), MemoryError(), Unusable("it returns nothing"), CannotTell("what is p?")],
)
def test_what_a_probe_says_of_the_students_code_is_no_fault(error: Exception) -> None:
    assert fault_in("raise case['error']", gives(1), {"error": error}) == ""


@pytest.mark.parametrize("name", ["CannotTell", "Unusable"])
def test_an_error_of_a_students_is_not_taken_for_what_a_probe_says(name: str) -> None:
    said, theirs = (
        {"CannotTell": CannotTell, "Unusable": Unusable}[name],
        type(name, (Exception,), {"__module__": "work"}),
    )
    assert type_of(said("how to call it"), "") == name
    assert type_of(theirs("give me the marks"), "") == f"work.{name}"
    assert type_of(said("give me the marks"), "work.py, line 3, in forward") == f"grader.model.errors.{name}"
