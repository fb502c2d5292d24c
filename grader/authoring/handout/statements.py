"""Statements of a program as patterns, which are found again in any text: code, prose, JSON.

What makes no difference is left out of both: spaces, line breaks, comment signs, quotes, brackets of calls, commas,
from which module a name comes, and what local variables are called.
"""

import ast
import builtins
import copy
import keyword
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

_LOCAL = "\N{BULLET}"  # begins a local variable's number; no text of a course has it
_WORD = re.compile(
    rf"{_LOCAL}\d+|[^\W\d]\w*|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+*/%@<>=!~^&|.\[\]{{}}]"
)
_MODULES = frozenset({"torch", "nn", "functional", "F", "optim", "np", "numpy", "random", "math"})
_HEADED = (ast.For, ast.While, ast.If, ast.With)
_STATEMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr, ast.Delete, *_HEADED)


def words_of(text: str) -> list[str]:
    """What of a text is compared; numbers as Python writes them."""
    found: list[str] = []
    for word in _WORD.findall(text):
        if word == "." and found and found[-1] in _MODULES:
            found.pop()
        else:
            found.append(_number(word) if word[-1] in "0123456789" and word[0] in ".0123456789" else word)
    return found


def _number(word: str) -> str:
    """1e-3 as 0.001, 2.0 as 2."""
    if word.isdecimal():
        return word
    value = float(word)
    return str(int(value)) if value.is_integer() else repr(value)


@dataclass(frozen=True)
class Pattern:
    """Words that must follow each other; local variables stand for any name, the same one wherever they come."""

    words: tuple[str, ...]
    shown: str  # how it is written
    source: str  # the file that it comes from

    @cached_property
    def meaning(self) -> int:
        """How many different words say something: names that are no local variable's, and numbers."""
        saying = (word for word in self.fixed if not keyword.iskeyword(word) and word != "self")
        return sum(re.search(r"\w", word) is not None for word in saying)

    @property
    def has_locals(self) -> bool:
        return len(self.fixed) < len(set(self.words))

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Words that stand as they are."""
        return frozenset(word for word in self.words if word[0] != _LOCAL)


@dataclass
class Text:
    """A text to look for patterns in."""

    words: Sequence[str]
    places: Mapping[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        places = defaultdict(list)
        for place, word in enumerate(self.words):
            places[word].append(place)
        self.places = places

    def holds(self, pattern: Pattern) -> bool:
        if not pattern.fixed or not pattern.fixed <= self.places.keys():
            return False
        rarest = min(pattern.fixed, key=lambda word: len(self.places[word]))
        at = pattern.words.index(rarest)
        return any(self._fits(pattern.words, place - at) for place in self.places[rarest])

    def _fits(self, words: Sequence[str], begin: int) -> bool:
        if begin < 0 or begin + len(words) > len(self.words):
            return False
        named: dict[str, str] = {}
        for word, seen in zip(words, self.words[begin : begin + len(words)], strict=True):
            wanted = named.setdefault(word, seen) if word[0] == _LOCAL else word
            if wanted != seen or (word[0] == _LOCAL and (not seen.isidentifier() or keyword.iskeyword(seen))):
                return False
        return True


def statements(text: str, source: str, lines: Collection[int] | None = None) -> Iterator[Pattern]:
    """Of a Python file, of `lines` alone where these are given; of a loop or a branch its head."""
    yield from _patterns(text, source, lines, _STATEMENTS)


def expressions(text: str, source: str, lines: Collection[int] | None = None) -> Iterator[Pattern]:
    """The calls in its statements, and arguments that are given by name."""
    yield from _patterns(text, source, lines, (ast.Call, ast.keyword))


def _patterns(text: str, source: str, lines: Collection[int] | None, kinds: tuple[type, ...]) -> Iterator[Pattern]:
    """Each by its own names; and with any others for its local variables."""
    tree = ast.parse(text)
    known = {*dir(builtins), "self", *(name for node in tree.body for name in _bound(node))}
    for node in ast.walk(tree):
        if isinstance(node, kinds) and (lines is None or getattr(node, "lineno", 0) in lines):
            for part in _parts(node):
                shown = ast.unparse(part).strip()
                yield Pattern(tuple(words_of(shown)), shown, source)
                renamed = tuple(words_of(ast.unparse(_Renamed(known).visit(copy.deepcopy(part)))))
                if any(word[0] == _LOCAL for word in renamed):
                    yield Pattern(renamed, shown, source)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and its value, which may stand elsewhere under another name; of a loop or a branch its head."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, _HEADED):
        node = copy.copy(node)
        vars(node).update(body=[], orelse=[])
    yield node
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return) and node.value is not None:
        yield node.value


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    else:
        yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


class _Renamed(ast.NodeTransformer):
    """Local variables numbered as they come."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._numbers: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id not in self._known:
            node.id = self._numbers.setdefault(node.id, f"{_LOCAL}{len(self._numbers)}")
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        if node.arg not in self._known:
            node.arg = self._numbers.setdefault(node.arg, f"{_LOCAL}{len(self._numbers)}")
        return node
