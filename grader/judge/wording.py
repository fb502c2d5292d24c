"""The one form of a message: what was got and wanted, then in brackets how much of it is wrong and in which case.

And why there is nothing to compare: what the student's code raised, how its process ended, our own fault.
"""

import sysconfig
import traceback
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from grader.judge.comparison import Difference, describe_fact, distances, readable
from grader.judge.context import Context, Shortfall, failed
from grader.judge.quoting import printable, quote
from grader.model.errors import CannotTell, ModuleFaultError, Unusable
from grader.model.fixture import Expected
from grader.model.observation import Json, Observation, Outcome
from grader.model.report import Status

_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def ending(context: Context, count: str = "", dtype: str = "") -> str:
    """` (largest of 3 wrong values of 8; case "spread rows", float32)`"""
    case = f'case "{context.case.name}"' + (f", {dtype}" if dtype else "")
    return f" ({count}; {case})" if count else f" ({case})"


def describe_form(name: str, difference: Difference, context: Context) -> str:
    """A wrong type, shape, dtype or device."""
    if difference.aspect == "shape" and (others := _other_parameters(name, context)):
        return others
    return difference.describe(name) + ending(context)


def describe_values(name: str, difference: Difference, context: Context, bound: float) -> str:
    """Wrong values; those of a network's gradient by the parameter that they belong to."""
    if name == "layers" and (others := _other_parameters(name, context)):
        return others
    if name == "gradient" and len(_parameters(context.seen.facts)) == len(context.expected.tensors[name].oracle):
        return _describe_gradient(difference, context, bound)
    dtype = context.expected.tensors[name].dtype if difference.aspect == "value" else ""
    return difference.describe(name) + ending(context, difference.count(), dtype)


def why_absent(seen: Observation, name: str) -> Shortfall:
    """Why the tensor or fact `name` is not there: the student's error, or how the process ended."""
    case, error = f'(case "{seen.case}")', seen.error
    if seen.outcome is Outcome.COMPLETE:
        return failed(f"{name} was not produced {case}")
    if seen.outcome is Outcome.RAISED and error is not None:
        message, where = printable(error.message), printable(error.where)
        if error.type == Unusable.__name__:
            return failed(f"{message} {case}")
        # "IndexError: index 4 is out of range, at rnn.py, line 3, in step"
        raised = printable(error.type, 80) + (f": {message}" if message else "") + (f", at {where}" if where else "")
        return failed(f"raised {raised} {case}")
    words = {Outcome.CRASHED: "the process died", Outcome.TIMED_OUT: "no answer in time"}
    how = (
        "raised an error" if seen.outcome is Outcome.RAISED else words.get(seen.outcome, "the answer could not be read")
    )
    return failed(f"{how}{_reason(seen)} {case}")


def excused(shortfall: Shortfall, seen: Observation, expected: Expected) -> Shortfall:
    """What a check found, or something milder: our own fault, a person's to decide, or nothing attempted yet."""
    case = f'(case "{seen.case}")'
    if seen.outcome is Outcome.FAULT:
        ours = f"the grader itself failed; no marks are lost by it{_reason(seen)} {case}"
        return Shortfall(Status.GRADER_ERROR, ours)
    if seen.error is not None and seen.error.type == CannotTell.__name__:
        return Shortfall(Status.NEEDS_PERSON, f"a person must look: {printable(seen.error.message)}")
    unwritten = _why_unwritten(seen, expected)
    return Shortfall(Status.NOT_ATTEMPTED, f"not attempted: {unwritten} {case}") if unwritten else shortfall


def describe_fault(error: Exception) -> str:
    """`the check failed at fixtures/text/sample/oracle.py, line 7: KeyError: 'p'; no marks are lost by it`"""
    if isinstance(error, ModuleFaultError):
        return f"the check itself failed at {printable(error)}; no marks are lost by it"
    what = f"{type(error).__name__}: {printable(error)}".removesuffix(": ")
    return f"the check itself failed at {_place(error)}: {what}; no marks are lost by it"


def _describe_gradient(difference: Difference, context: Context, bound: float) -> str:
    """`gradient` has one row of signed sums for each parameter of the network, in order of use."""
    shapes, oracle = _parameters(context.seen.facts), context.expected.tensors["gradient"].oracle
    array = readable(context.seen.tensors["gradient"])
    if array is None or not difference.position:
        return difference.describe("gradient") + ending(context)
    row = difference.position[0]
    subject = f"gradient of parameter {row + 1} (in order of use), shape {quote(shapes[row])},"
    wrong = ~(distances(array, oracle) <= bound).reshape(len(oracle), -1).all(axis=1)
    count = f"wrong for {int(wrong.sum())} of {len(oracle)} parameters"
    if not np.any(array[row]):
        return f"{subject} is zero, and should not be{ending(context, count)}"
    sums = f"{difference.got}; expected {difference.wanted}"
    return f"{subject} is wrong: a sum over it is {sums}{ending(context, count)}"


def _other_parameters(name: str, context: Context) -> str:
    """`gradient` and `layers`, the given parameters, have a row for each; "" where these are as many and as large."""
    seen, wanted = _parameters(context.seen.facts), _parameters(context.expected.facts)
    differs = len(seen) != len(wanted) if name == "gradient" else name == "layers" and seen != wanted
    return describe_fact("parameters", seen, wanted) + ending(context) if differs else ""


def _parameters(facts: Mapping[str, Json]) -> list[Json]:
    """The shapes of a network's parameters as its process reports them; [] where it reports none."""
    shapes = facts.get("parameters")
    return shapes if isinstance(shapes, list) else []


def _why_unwritten(seen: Observation, expected: Expected) -> str:
    """How one can tell that the student has not written this yet; "" where one cannot.

    Only the first tensor that the probe records tells: a gradient may be None for many reasons.
    """
    if seen.outcome is Outcome.RAISED and seen.error is not None and seen.error.type == "NotImplementedError":
        return printable(seen.error.message) or "raises NotImplementedError"
    first = next((name for name in expected.tensors if name in seen.tensors), None)
    return f"{first} is None" if first is not None and seen.tensors[first].type == "NoneType" else ""


def _reason(seen: Observation) -> str:
    return f": {printable(seen.reason)}" if seen.reason else ""


def _place(error: Exception) -> str:
    """The innermost line of ours or of another kind of check, not of a library that it calls."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if not f.filename.startswith((*_LIBRARIES, "<")) or _PACKAGE in Path(f.filename).parents]
    frame = (ours or frames)[-1]
    path = Path(frame.filename)
    if path.is_absolute():  # of others' files the name is enough
        path = path.relative_to(_PACKAGE.parent) if path.is_relative_to(_PACKAGE) else Path(path.name)
    return f"{path.as_posix()}, line {frame.lineno}"
