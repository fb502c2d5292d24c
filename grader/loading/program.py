"""A source as a program: its top-level statements compiled one by one, with what each reads and binds."""

import __future__

import ast
import warnings
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from types import CodeType

from grader.loading.locations import student_file
from grader.loading.recovery import UNREADABLE, Parsed, parse_cell
from grader.loading.slicing import Effects, Slicer, effects_of, is_main_guard

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Statement:
    node: ast.stmt
    code: CodeType
    effects: Effects
    last_resort: bool  # from a main guard, or a training loop


@dataclass
class Program:
    """Statements in order, and why each name that stands in unreadable lines is missing."""

    statements: list[Statement] = field(default_factory=list)
    broken: dict[str, SyntaxError] = field(default_factory=dict)
    errors: list[SyntaxError] = field(default_factory=list)
    python2: bool = False

    def slice(self, wanted: Iterable[str], known: Collection[str]) -> list[int]:
        last_resort = {p for p, s in enumerate(self.statements) if s.last_resort}
        return Slicer([s.effects for s in self.statements], known, last_resort).slice(wanted)

    def definitions(self) -> set[str]:
        """Functions, classes, imports and constants: what another file may import without a computation of ours."""
        own = {n for s in self.statements if isinstance(s.node, _DEFINITIONS[:3]) for n in s.effects.binds}
        names = set[str]()
        for statement in self.statements:
            computes = statement.effects.dynamic or not own.isdisjoint(statement.effects.uses)
            if not statement.last_resort and (isinstance(statement.node, _DEFINITIONS) or not computes):
                names |= statement.effects.binds
        return names

    def add_error(self, message: str, filename: str, line: int, names: Iterable[str]) -> None:
        error = SyntaxError(message, (filename, line, None, None))
        self.errors.append(error)
        self.broken.update(dict.fromkeys(names, error))


def read_program(path: str, cells: Sequence[tuple[str, str]], is_notebook: bool) -> Program:
    """Parse and compile every cell; what cannot be read becomes an error of the names it would define."""
    program = Program()
    parsed = [(student_file(path, label), parse_cell(text, is_notebook)) for label, text in cells]
    flags = _future_flags(node for _, cell in parsed for node in cell.statements)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a student's string
        for filename, cell in parsed:
            _add_cell(program, filename, cell, flags)
    return program


def _add_cell(program: Program, filename: str, cell: Parsed, flags: int) -> None:
    program.python2 |= cell.python2
    for broken in cell.broken:
        program.add_error(broken.message, filename, broken.line, broken.names)
    for node in cell.statements:
        for inner in node.body if isinstance(node, ast.If) and is_main_guard(node) else [node]:
            _add_statement(program, filename, inner, flags, guarded=inner is not node)


def _add_statement(program: Program, filename: str, node: ast.stmt, flags: int, guarded: bool) -> None:
    try:
        code = compile(ast.Module([node], []), filename, "exec", flags, dont_inherit=True)
    except UNREADABLE as raised:  # `return` outside a function
        name = [node.name] if isinstance(node, _DEFINITIONS[:3]) else []
        line = getattr(raised, "lineno", None) or node.lineno
        program.add_error(getattr(raised, "msg", str(raised)), filename, line, name)
        return
    effects = effects_of(node, code)
    program.statements.append(Statement(node, code, effects, guarded or effects.trains))


def _future_flags(nodes: Iterable[ast.stmt]) -> int:
    imports = (node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "__future__")
    named = {alias.name for node in imports for alias in node.names}
    return sum(getattr(__future__, name).compiler_flag for name in named.intersection(__future__.all_feature_names))
