"""Which definitions of a submission are as the handout gave them: nothing was written there, so nothing is earned.

Texts are compared without comments, formatting, docstrings and type hints. A definition that is changed from outside
(`Net.forward = forward`, another object under its name) counts as written.
"""

import ast
import re
import tempfile
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from grader.intake.workspace import open_submission
from grader.model.errors import SubmissionError, UsageError
from grader.model.fixture import Fixture
from grader.model.observation import Observation, Observations, Outcome, StudentError
from grader.model.submission import Source

_LONGER = 2000  # characters by which a definition that is as it was may be longer, by comments and type hints
_DECORATORS = 20  # lines above a definition, at most
_DEFINITION = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)\b", re.MULTILINE)
_NEXT = re.compile(r"^(?![ \t\r\n#)\]}])", re.MULTILINE)  # where a statement at top level begins
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # Python 2, or a magic in it


@dataclass(frozen=True)
class AsGiven:
    """What was given: the forms of each name's definitions, and statements that change a name from outside."""

    forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)  # the longest text of each name's definitions
    changes: frozenset[str] = frozenset()

    def holds(self, source: Source, name: str, also: Collection[str] = ()) -> bool:
        """Whether `name` is here as it was given, and so is each of `also` that is defined beside it."""
        text = _joined(source)
        defined = {found[1] for found in _DEFINITION.finditer(text)}
        return all(self._is_given(text, each) for each in (name, *(other for other in also if other in defined)))

    def _is_given(self, text: str, name: str) -> bool:
        *_, last = [None, *(found for found in _DEFINITION.finditer(text) if found[1] == name)]
        if last is None or name not in self.forms:
            return False
        form = _form(text, last, self.lengths[name] + _LONGER)
        return form in self.forms[name] and set(_changes(text, name)) <= self.changes


NOTHING_GIVEN = AsGiven()


def read_given(paths: Iterable[Path]) -> AsGiven:
    """What notebooks, modules, zips and folders of a handout define. Raises UsageError where one cannot be read."""
    forms: dict[str, set[str]] = {}
    lengths: dict[str, int] = {}
    changes: set[str] = set()
    for path in paths:
        with tempfile.TemporaryDirectory(prefix="grade-given-") as scratch:
            try:
                sources = open_submission(path, Path(scratch)).sources
            except SubmissionError as error:
                raise UsageError(f"what the handout gave: {error}") from None
        for text in map(_joined, sources):
            for found in _DEFINITION.finditer(text):
                forms.setdefault(found[1], set()).add(_form(text, found, len(text)))
                lengths[found[1]] = max(lengths.get(found[1], 0), *map(len, _texts(text, found)))
                changes.update(_changes(text, found[1]))
    return AsGiven({name: frozenset(each) for name, each in forms.items()}, lengths, frozenset(changes))


def not_written(name: str, fixture: Fixture) -> Observations:
    """What is seen of a definition that is as it was given."""
    error = StudentError("NotImplementedError", f"{name} is as the handout gave it")
    return {case.name: Observation(case.name, Outcome.RAISED, error=error) for case in fixture.cases}


def _joined(source: Source) -> str:
    return "\n".join(cell.text for cell in source.cells).expandtabs().replace("\r\n", "\n") + "\n"


def _texts(text: str, found: re.Match[str]) -> tuple[str, str]:
    """A definition's text up to the next statement at top level, and up to the next definition."""
    above = text[: found.start()].splitlines(keepends=True)[: -_DECORATORS - 1 : -1]
    decorators = "".join(reversed([*takewhile(lambda line: line.startswith("@"), above)]))
    ends = (after.search(text, found.end()) for after in (_NEXT, _DEFINITION))
    short, long = (text[found.start() : end.start() if end else len(text)] for end in ends)
    return decorators + short, decorators + long


def _changes(text: str, name: str) -> Iterator[str]:
    """Statements that change what `name` is, or its parts."""
    changing = rf"^[ \t]*(?:{name}(?:\.\w+)*[ \t]*=(?!=)|setattr\({name}\b).*"
    yield from ("".join(found[0].split()) for found in re.finditer(changing, text, re.MULTILINE))


def _form(text: str, found: re.Match[str], longest: int) -> str:
    """The same for definitions that differ in nothing but their looks; "" for one that is longer than `longest`.

    Where what comes before the next statement is not to be read, lines of a text in quotes looked like statements.
    """
    short, long = _texts(text, found)
    if len(short) > longest:
        return ""
    dumped = _dumped(short)
    if dumped is not None or len(long) > longest:
        return dumped or ""
    lines = (re.sub(r"#.*", "", line).rstrip() for line in long.splitlines())
    return "\n".join(filter(None, lines))


def _dumped(text: str) -> str | None:
    """None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\\d" in a student's string
            return ast.dump(_Bare().visit(ast.parse(text)))
    except _UNREADABLE:
        return None


class _Bare(ast.NodeTransformer):
    """Without docstrings and type hints."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:]
        for hint in ("returns", "annotation", "type_comment"):
            if hasattr(node, hint):
                setattr(node, hint, None)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.visit(ast.Assign([node.target], node.value))  # type: ignore[no-any-return]
