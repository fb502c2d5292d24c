"""Python 2 sources: their syntax through fissix, their builtins as names, their division by a function."""

import ast
import builtins
import functools
import re
from collections.abc import Callable
from typing import Any

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
