"""Code of notebook cells as plain Python, and the solution regions in it."""

import ast
import re

from grader.authoring.handout.handout import BEGIN, END
from grader.loading.magics import plain_cell

_CELL_MAGIC = re.compile(r"\s*%%\w+")


def without_magics(text: str) -> tuple[str, list[str]]:
    """The cell as Python of as many lines, and the magics and shell lines that are left out of it.

    Raises SyntaxError where it is no Python even so.
    """
    plain = plain_cell(text)
    try:
        tree = ast.parse(plain)
    except ValueError as error:  # a null byte
        raise SyntaxError(str(error)) from None
    before, after = text.split("\n"), plain.rstrip("\n").split("\n")
    for statement in _simple_statements_of_the_shell(tree):
        first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
        indent = " " * statement.col_offset
        after[first] = f"{indent}{'pass  ' if indent else ''}# left out: {before[first].strip()}"
        after[first + 1 : last] = [""] * (last - first - 1)
    pairs = zip(before, after, strict=False)  # a cell of another language has become one line
    left_out = [old.strip() for old, new in pairs if old.strip() and old.strip() != new.strip()]
    return "\n".join(after), left_out[:1] if _CELL_MAGIC.match(text) and len(after) < len(before) else left_out


def syntax_error_of(text: str) -> str:
    """Where the code is no Python, in words; empty where it is."""
    try:
        without_magics(text)
    except SyntaxError as error:
        return f"line {error.lineno} is no Python ({error.msg})"
    return ""


def with_regions(text: str) -> str | None:
    """The text with its lines `BEGIN SOLUTION` and `END SOLUTION` as ours; None where they do not come in pairs."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        marker = re.match(r"^([ \t]*)#*.*\b(BEGIN|END) SOLUTION\b", line)
        if marker is None:
            lines.append(line)
            continue
        if inside is (marker[2] == "BEGIN"):
            return None
        inside = marker[2] == "BEGIN"
        lines.append(marker[1] + (BEGIN if inside else END))
    return None if inside else "\n".join(lines)


def without_marker_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not re.search(r"\b(BEGIN|END) SOLUTION\b", line))


def _simple_statements_of_the_shell(tree: ast.Module) -> list[ast.stmt]:
    """Statements that call `get_ipython()`, without those around them."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and any(map(_is_the_shell, ast.walk(node)))
    ]


def _is_the_shell(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "get_ipython"
