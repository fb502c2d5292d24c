"""The backward slice of a program: which top-level statements the wanted names depend on.

A demand is a name at a position: what the statement there reads, or, at the end, what a function may read
when it is called later. Going backwards from that position every statement that binds or changes the name is
kept, until one that binds it anew. Training at top level changes no definition and so falls away.

Names come from the compiler's own scope analysis: a compiled body loads its parameters and locals by other
instructions than globals, so what is left are the free names. `symtable` has that analysis too, but takes twice as
long, and tells neither `del x` from `x = 1` nor that `x += 1` reads; nor, from Python 3.12 on, what a comprehension
has for itself.
"""

import ast
import dis
import inspect
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType

_LOAD_GLOBAL, _STORE_NAME = dis.opmap["LOAD_GLOBAL"], dis.opmap["STORE_NAME"]
_READS = {_LOAD_GLOBAL, dis.opmap["LOAD_NAME"], dis.opmap.get("LOAD_FROM_DICT_OR_GLOBALS", _LOAD_GLOBAL)}
_WRITES = {_STORE_NAME, dis.opmap["STORE_GLOBAL"]}
_EXTENDED_ARG = dis.opmap["EXTENDED_ARG"]
_DYNAMIC = {"exec", "execfile", "globals", "locals"}  # may bind names that no one can see in the text
_TRAINING_CALLS = {"backward", "step", "fit"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# Calls on a module that change how later code computes; other calls on modules change nothing we need.
_STATEFUL_CALLS = {
    "manual_seed", "manual_seed_all", "seed", "set_default_dtype", "set_default_device", "set_default_tensor_type",
    "set_grad_enabled", "use_deterministic_algorithms", "set_float32_matmul_precision", "setrecursionlimit", "register",
}  # fmt: skip


@dataclass
class Effects:
    """Names of the module's scope that one statement touches."""

    uses: set[str] = field(default_factory=set)  # read while it executes
    called: set[str] = field(default_factory=set)  # read by the functions it defines, when they are called
    binds: set[str] = field(default_factory=set)
    declares: set[str] = field(default_factory=set)  # bound by its functions (`global`), when they are called
    changes: set[str] = field(default_factory=set)  # their objects get an attribute or an item
    methods: set[tuple[str, str]] = field(default_factory=set)  # (object, method) called for what it does
    imports: set[str] = field(default_factory=set)
    replaces: bool = False  # what it binds is bound anew, whatever it was before
    imports_all: bool = False
    dynamic: bool = False
    trains: bool = False  # a loop that never ends, or that trains


class Slicer:
    """A program by the effects of its statements.
    `known` names need no definition (builtins). Statements in `last_resort` (a main guard's, training loops) are kept
    only for a name that nothing else binds."""

    def __init__(self, effects: Sequence[Effects], known: Collection[str], last_resort: Collection[int]) -> None:
        self.effects = effects
        self.known = known
        self.end = len(effects)
        self.modules = {name for e in effects for name in e.imports}
        self.binders = _binders(effects)
        self.touches: dict[str, list[int]] = defaultdict(list)
        self.reserve: dict[str, list[int]] = defaultdict(list)
        for position, statement in enumerate(effects):
            index = self.reserve if position in last_resort else self.touches
            calls = {name for name, call in statement.methods if name not in self.modules or call in _STATEFUL_CALLS}
            for name in self.binders[position] | statement.changes | calls:
                index[name].append(position)
        self.dynamic = [p for p, e in enumerate(effects) if e.dynamic and p not in last_resort]

    def slice(self, wanted: Iterable[str]) -> list[int]:
        """Positions of the statements to execute, in order, so that `wanted` are defined and their bodies can run."""
        kept: set[int] = set()
        waiting = [(name, self.end) for name in wanted]
        for position, statement in enumerate(self.effects):
            if statement.imports_all:
                kept.add(position)
                waiting += [(name, position) for name in statement.uses]
        seen: set[tuple[str, int]] = set()
        while waiting:
            demand = waiting.pop()
            if demand in seen:
                continue
            seen.add(demand)
            for position in self._needed_for(*demand):
                kept.add(position)
                waiting += [(name, position) for name in self.effects[position].uses]
                for name in self.effects[position].called:  # by whoever asks, and by the probe in the end
                    waiting += [(name, demand[1]), (name, self.end)]
        return sorted(kept)

    def _needed_for(self, name: str, at: int) -> list[int]:
        positions = self.touches.get(name, [])
        if not any(name in self.binders[p] for p in positions):
            positions = sorted(positions + self.reserve.get(name, []))
        before = bisect_left(positions, at)
        needed = []
        for position in reversed(positions[:before]):
            needed.append(position)
            if name in self.effects[position].binds and self.effects[position].replaces:
                return needed
        if not any(name in self.binders[p] for p in needed):
            needed += positions[before:]  # cells out of order: the loader tries the early statement again
            if name not in self.known and not any(name in self.binders[p] for p in needed):
                needed += self.dynamic
        return needed


def _binders(effects: Sequence[Effects]) -> list[set[str]]:
    """Names that each statement binds, with those that a function it may call declares `global`."""
    declared: dict[str, set[str]] = defaultdict(set)
    reads: dict[str, set[str]] = defaultdict(set)
    for statement in effects:
        for name in statement.binds:
            declared[name] |= statement.declares
            reads[name] |= statement.called
    if not any(declared.values()):
        return [e.binds for e in effects]
    growing = True
    while growing:
        before = sum(map(len, declared.values()))
        for name, called in reads.items():
            declared[name] |= set[str]().union(*(declared[c] for c in called if c in declared))
        growing = sum(map(len, declared.values())) > before
    return [e.binds | set[str]().union(*(declared[u] for u in e.uses if u in declared)) for e in effects]


def effects_of(node: ast.stmt, code: CodeType) -> Effects:
    """Effects of a top-level statement, given its compiled form."""
    found = Effects()
    _read_code(code, found, (found.uses,), found.binds)
    own = list(_outside_functions(node))
    for inner in own:
        _add_changes(inner, found)
        if isinstance(inner, ast.Import | ast.ImportFrom):
            found.imports |= {alias.asname or alias.name.split(".")[0] for alias in inner.names}
            found.imports_all |= inner.names[0].name == "*"
    for inner in reversed(own):  # inner loops first
        if isinstance(inner, ast.For | ast.AsyncFor):
            _pass_on(inner, found)
    found.replaces = _replaces(node)
    found.dynamic = not _DYNAMIC.isdisjoint(found.uses)
    defines = any(isinstance(inner, _SCOPES[:3]) for inner in own)
    found.trains = not defines and any(_is_training_loop(inner) for inner in own)
    return found


def is_main_guard(node: ast.stmt) -> bool:
    """True for `if __name__ == "__main__":`."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [getattr(side, "id", getattr(side, "value", None)) for side in (node.test.left, *node.test.comparators)]
    return "__name__" in sides and "__main__" in sides


def _read_code(code: CodeType, found: Effects, readers: tuple[set[str], ...], writer: set[str]) -> None:
    is_class = not code.co_flags & inspect.CO_OPTIMIZED and code.co_name != "<module>"
    local: set[str] = set()
    for operation, name in _name_operations(code):
        if operation in _WRITES:
            (local if is_class and operation == _STORE_NAME else writer).add(name)
        elif name not in local:
            for reader in readers:
                reader.add(name)
    for inner in (constant for constant in code.co_consts if isinstance(constant, CodeType)):
        if not inner.co_flags & inspect.CO_OPTIMIZED or any(reader is found.called for reader in readers):
            _read_code(inner, found, readers, writer)
        elif inner.co_name.startswith("<"):  # a comprehension runs now; a lambda may run now or later
            _read_code(inner, found, (found.uses, found.called), writer)
        else:
            _read_code(inner, found, (found.called,), found.declares)


def _name_operations(code: CodeType) -> Iterator[tuple[int, str]]:
    """Reads and writes of names; `dis.get_instructions` describes every instruction and takes several times as long."""
    extended = 0
    for operation, argument in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument |= extended
        extended = argument << 8 if operation == _EXTENDED_ARG else 0
        if operation in _READS or operation in _WRITES:  # LOAD_GLOBAL keeps a flag in the lowest bit
            yield operation, code.co_names[argument >> 1 if operation == _LOAD_GLOBAL else argument]


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is in it, without the insides of functions and classes."""
    yield node
    if isinstance(node, _SCOPES):
        return
    for child in ast.iter_child_nodes(node):
        yield from _outside_functions(child)


def _add_changes(node: ast.AST, found: Effects) -> None:
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        found.changes.add(_root(node))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr"):
        found.changes.update(_root(argument) for argument in node.args[:1])
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        found.methods.add((_root(node.value), node.value.func.attr))
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):  # @shape.register
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Attribute | ast.Call) and _root(decorator):
                found.methods.add((_root(decorator), "register"))


def _pass_on(loop: ast.For | ast.AsyncFor, found: Effects) -> None:
    """What is done to a loop's variable is done to what it goes through: `for p in net.parameters(): p.fill_(0)`."""
    targets, sources = ({n.id for n in ast.walk(part) if isinstance(n, ast.Name)} for part in (loop.target, loop.iter))
    if targets & found.changes:
        found.changes = (found.changes - targets) | sources
    called = {(name, method) for name, method in found.methods if name in targets}
    found.methods = (found.methods - called) | {(source, method) for _, method in called for source in sources}


def _root(node: ast.AST) -> str:
    """The name that an expression such as `net.layers[0].weight` starts from, "" where there is none."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        else:
            return ""
    return node.id


def _replaces(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):  # `import xml.sax` adds to what `xml` has
        return all("." not in alias.name or alias.asname for alias in node.names)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return True
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ImportFrom)


def _is_training_loop(node: ast.AST) -> bool:
    if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value:
        return not any(isinstance(inner, ast.Break) for inner in _outside_functions(node)) or _calls_training(node)
    return isinstance(node, ast.While | ast.For) and _calls_training(node)


def _calls_training(node: ast.AST) -> bool:
    calls = (inner.func for inner in _outside_functions(node) if isinstance(inner, ast.Call))
    return any(isinstance(called, ast.Attribute) and called.attr in _TRAINING_CALLS for called in calls)
