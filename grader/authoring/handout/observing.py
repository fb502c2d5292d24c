"""Of a probe what observes: released without what draws its cases, which is often the exercise's own mathematics."""

import ast
import builtins
from collections.abc import Collection, Iterable

from grader.course.folder import Exercise
from grader.loading.program import Statement, read_program
from grader.messages.requests import STAND_INS


def observing_code(exercises: Iterable[Exercise]) -> dict[str, str]:
    """Texts by path below fixtures/: the exercises' probes, and what these need of what their topics share."""
    probes: dict[str, str] = {}
    shared: dict[str, str] = {}
    imported: dict[str, set[str]] = {}
    for exercise in exercises:
        for path, file in exercise.code.items():
            if file != exercise.probe:
                shared[path] = file.read_text(encoding="utf-8")
                continue
            probes[path] = _only(file.read_text(encoding="utf-8"), {"probe"})
            for module, names in _imported(probes[path]).items():
                imported.setdefault(f"{path.split('/')[0]}/{module}.py", set()).update(names)
    kept = {path: text for path, text in shared.items() if not path.endswith(STAND_INS)}
    return {path: _only(text, imported.get(path, ())) for path, text in kept.items()} | probes


def _only(text: str, wanted: Collection[str]) -> str:
    """The text without the statements that `wanted` names do not depend on; what is kept stays as it is written."""
    program = read_program("probe.py", [("", text)], is_notebook=False)
    kept = [program.statements[position] for position in program.slice(wanted, dir(builtins))]
    used = {name for statement in kept for name in statement.effects.uses | statement.effects.called}
    lines = text.splitlines()
    dropped = [statement.node for statement in program.statements if statement not in kept]
    for node in reversed([node for node in dropped if not isinstance(getattr(node, "value", None), ast.Constant)]):
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) - 1
        while first and lines[first - 1].startswith("#"):
            first -= 1
        del lines[first : node.end_lineno]
    return _spaced(_with_used_imports("\n".join(lines), kept, used))


def _with_used_imports(text: str, kept: Iterable[Statement], used: Collection[str]) -> str:
    """What is imported from a shared module is not there any more where nothing uses it."""
    for node in (statement.node for statement in kept):
        if isinstance(node, ast.ImportFrom) and node.level:
            names = [alias for alias in node.names if (alias.asname or alias.name) in used]
            text = text.replace(_as_written(text, node), ast.unparse(ast.ImportFrom(node.module, names, node.level)))
    return text


def _as_written(text: str, node: ast.ImportFrom) -> str:
    again = next(n for n in ast.parse(text).body if ast.dump(n) == ast.dump(node))
    return ast.get_source_segment(text, again) or ""


def _imported(text: str) -> dict[str, list[str]]:
    """Names by the shared module that they come from."""
    nodes = (node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) and node.level)
    return {node.module or "": [alias.name for alias in node.names] for node in nodes}


def _spaced(text: str) -> str:
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text.strip() + "\n"
