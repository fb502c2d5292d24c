"""Notebook cells and Python 2 to plain Python of as many lines. Magics and shell lines become calls that record,
and run nothing; Python 2's syntax goes through fissix, its builtins are names, its division is a function.
"""

import ast
import builtins
import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CELL_MAGIC = re.compile(r"\A((?:[ \t]*\n)*)[ \t]*%%(\w+)[ \t]*([^\n]*)")
_AROUND_PYTHON = {"time", "timeit", "capture", "prun", "python", "python3"}  # the rest of the cell is Python
_AROUND_STATEMENT = re.compile(r"^([ \t]*)%(?:time|prun)[ \t]+(?=\S)", re.MULTILINE)
_CONTINUED = re.compile(r"^[ \t]*(?:[!%]|\w+[ \t]*=[ \t]*[!%]).*\\$")
_RUN_MODULE = re.compile(r"^([ \t]*)%run[ \t]+(?:-\w[ \t]+)*['\"]?(?:\./)?([\w/]+)\.py['\"]?[ \t]*$", re.MULTILINE)
LOOKS_OLD = re.compile(
    r"^[ \t]*print[ \t]*(?:>>|[^\s(=.,)\]}]|\([^\n]*\)[ \t]*[%,])|\bexcept[ \t]+[\w.]+[ \t]*,|\braise[ \t]+\w+[ \t]*,"
    r"|^[ \t]*exec[ \t]+[\"'\w]|<>|`\w+`|\b0[0-7]+\b|\bprint[ \t]*$|\blambda[ \t]*\(",
    re.MULTILINE,
)
_FIXERS = ["dict", "except", "exec", "has_key", "ne", "next", "numliterals", "paren", "print", "raise", "repr"]
_DIVISION = "__classic_division__"

MODULES = {
    "cPickle": "pickle",
    "cStringIO": "io",
    "StringIO": "io",
    "Queue": "queue",
    "ConfigParser": "configparser",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "httplib": "http.client",
    "__builtin__": "builtins",
}


def plain_cell(text: str) -> str:
    """The cell as Python that `ast` accepts, if it is a correct notebook cell; line numbers stay."""
    magic = _CELL_MAGIC.match(text)
    if magic and magic.group(2) in _AROUND_PYTHON:
        text = magic.group(1) + text[magic.end() :]
    elif magic:
        return f"{magic.group(1)}get_ipython().run_cell_magic({magic.group(2)!r}, {magic.group(3)!r}, '')\n"
    text = _AROUND_STATEMENT.sub(r"\1", text)
    text = _RUN_MODULE.sub(lambda m: f"{m.group(1)}from {m.group(2).replace('/', '.')} import *", text)
    text = _join_continued(text)
    blank_lines = text[: len(text) - len(text.lstrip())].count("\n")
    return "\n" * blank_lines + str(_transformer().transform_cell(text))  # it drops the blank lines at the top


def write_module_of_cell(text: str, root: Path) -> None:
    """Do what `%%writefile models.py` does, for a Python file below `root` that was not handed in itself."""
    magic = _CELL_MAGIC.match(text)
    if not magic or magic.group(2) not in ("writefile", "file"):
        return
    name = magic.group(3).strip().strip("'\"")
    target = (root / name).resolve()
    if name.endswith(".py") and target.is_relative_to(root.resolve()) and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text[magic.end() :].removeprefix("\n"))


@functools.cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager  # half a second, and few cells need it

    return TransformerManager()  # type: ignore[no-untyped-call]


def _join_continued(text: str) -> str:
    """Shell lines continued by a backslash on one line, followed by as many blank lines."""
    lines = text.split("\n")
    for start, line in enumerate(lines):
        if not _CONTINUED.match(line):
            continue
        end = start
        while lines[end].endswith("\\") and end + 1 < len(lines):
            end += 1
        lines[start : end + 1] = [" ".join(part.rstrip("\\") for part in lines[start : end + 1])] + [""] * (end - start)
    return "\n".join(lines)


def to_python3(text: str) -> str:
    """The same source in Python 3 syntax, on the same lines. Raises SyntaxError where fissix cannot read it."""
    from fissix.pgen2.parse import ParseError
    from fissix.pgen2.tokenize import TokenError

    try:
        return str(_converter().refactor_string(text if text.endswith("\n") else text + "\n", "student"))
    except (ParseError, TokenError, IndentationError) as error:
        raise SyntaxError(f"neither Python 3 nor Python 2: {error}") from error


@functools.cache
def _converter() -> Any:
    from fissix.refactor import RefactoringTool  # slow to load, and few sources need it

    return RefactoringTool([f"fissix.fixes.fix_{name}" for name in _FIXERS])  # type: ignore[no-untyped-call]


def with_classic_division(nodes: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with `/` dividing integers as Python 2 does: `kernel / 2` is an integer."""
    changes = [n.names for n in nodes if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    if any(alias.name == "division" for names in changes for alias in names):
        return nodes
    return [ast.fix_missing_locations(_ClassicDivision().visit(node)) for node in nodes]


class _ClassicDivision(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        name = ast.Name(_DIVISION, ast.Load())
        return ast.copy_location(ast.Call(name, [node.left, node.right], []), node)


def _divide(left: Any, right: Any) -> Any:
    return left // right if isinstance(left, int) and isinstance(right, int) else left / right


def _listing(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    @functools.wraps(function, assigned=("__name__", "__doc__"), updated=())
    def listed(*arguments: Any) -> list[Any]:
        return list(function(*arguments))

    return listed


BUILTINS: dict[str, Any] = {
    "xrange": range,
    "raw_input": input,
    "unicode": str,
    "basestring": str,
    "unichr": chr,
    "long": int,
    "reduce": functools.reduce,
    "cmp": lambda a, b: (a > b) - (a < b),
    "file": open,
}  # names that Python 3 lacks: harmless in any source

CHANGED_BUILTINS: dict[str, Any] = {
    _DIVISION: _divide,
    **{name: _listing(getattr(builtins, name)) for name in ("map", "filter", "zip", "range")},
}  # names that mean something else in Python 2
