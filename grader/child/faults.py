"""Whose fault an error under a probe is: the student's code had part in it, or the course's own code broke by itself.
An error that passed through a line of student code is the student's. One that did not may still be: a probe adds up
what a network returned, and that was None. So the line at which the course's code failed is looked at: it is the
student's where that line works on something that came from the entry, and ours where it does not."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from types import TracebackType

from grader.model.errors import CannotTell, Unusable

_OURS = frozenset({"case", "see", "self"})  # parameters that never hold what a student's code gave
_TOLD = (NotImplementedError, MemoryError, Unusable, CannotTell)  # said of the student's code, or due to it


def own_fault(error: BaseException, texts: Mapping[str, str], located: str) -> str:
    """What of the course's code failed by itself, and where; "" where the student's code had part in it.
    `texts` are the sources of the course's code by the file name that they were compiled with; the outermost of its
    frames is the probe's own, whose first parameter is the entry. `located` is the line of student code that the error
    passed through, "" where there is none."""
    if located or isinstance(error, _TOLD):
        return ""
    theirs: set[str] | None = None  # names of the next frame's parameters that hold what came from the entry
    for traceback in _frames(error.__traceback__):
        code = traceback.tb_frame.f_code
        if code.co_filename not in texts:
            continue
        function = _function_around(_tree(texts[code.co_filename]), traceback.tb_lineno)
        parameters = _parameters(function)
        tainted = _spread(function, set(parameters[:1]) if theirs is None else set(parameters) - _OURS)
        if not tainted & _names_at(function, traceback):
            return describe_fault(error, texts)
        theirs = tainted
    return ""


def describe_fault(error: BaseException, texts: Mapping[str, str]) -> str:
    """`KeyError: 'width', at fixtures/shapes/circle/probe.py, line 12`"""
    frames = [t for t in _frames(error.__traceback__) if t.tb_frame.f_code.co_filename in texts]
    where = f", at {frames[-1].tb_frame.f_code.co_filename}, line {frames[-1].tb_lineno}" if frames else ""
    return f"{type(error).__name__}: {error}".removesuffix(": ") + where


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


@cache
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def _function_around(tree: ast.Module, line: int) -> ast.AST:
    """The outermost function or class that the line stands in: inner functions share what it knows."""
    around = (n for n in tree.body if hasattr(n, "end_lineno") and n.lineno <= line <= (n.end_lineno or n.lineno))
    return next(around, tree)


def _parameters(function: ast.AST) -> list[str]:
    inside = [n.args for n in ast.walk(function) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    return [a.arg for args in inside for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


def _spread(function: ast.AST, tainted: set[str]) -> set[str]:
    """All names that hold what the `tainted` ones hold, or something made of it."""
    flows = [(_names(value), _names(target) - _OURS) for target, value in _assignments(function)]
    inner = (node for node in ast.walk(function) if isinstance(node, ast.FunctionDef) and node is not function)
    flows += [(_names(node), {node.name}) for node in inner]
    tries = (node for node in ast.walk(function) if isinstance(node, ast.Try))
    flows += [(_names(ast.Module(t.body, [])), {h.name}) for t in tries for h in t.handlers if h.name]
    while more := {name for read, bound in flows if read & tainted for name in bound} - tainted:
        tainted |= more
    return tainted


def _assignments(function: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            yield node.target, node.value
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            yield node.target, node.iter
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield node.optional_vars, node.context_expr


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _names_at(function: ast.AST, traceback: TracebackType) -> set[str]:
    """Names in the expression that was being computed; in the whole line where Python does not tell it."""
    start, end, left, right = list(traceback.tb_frame.f_code.co_positions())[traceback.tb_lasti // 2]
    line = traceback.tb_lineno
    first, last = (start or line, left or 0), (end or line, right if right is not None else 1 << 20)
    inside = (n for n in ast.walk(function) if isinstance(n, ast.Name) and first <= (n.lineno, n.col_offset) <= last)
    return {node.id for node in inside}
