"""Test code of other graders as a probe: what an assertion compares is recorded, and compared by the judge.

`assert square(3) == 9` becomes "record square(3)"; the right value comes from the solution. An assertion of another
form is recorded as true or false, as the submission's own process finds it.
"""

import ast
from collections.abc import Iterable

_EQUALITIES = ("assert_equal", "assert_array_equal", "assertEqual", "assert_close")
_NEAR = ("assert_allclose", "assert_almost_equal", "assert_array_almost_equal", "assertAlmostEqual")
_NEAR_PREDICATES = ("allclose", "isclose")
_PREDICATES = (*_NEAR_PREDICATES, "array_equal", "equal")  # np.allclose(a, b), torch.equal(a, b), …


class Converted(ast.NodeTransformer):
    """Test code with each assertion turned into `see.exactly(text, value)` or `see.nearly(text, value)`.

    `claims` are assertions that only say true or false.
    """

    def __init__(self, code: str, students: Iterable[str]) -> None:
        self._students = set(students)
        self._records = 0
        self.claims: list[str] = []
        self.names = used_names(code) - set(defined_names(code)[1])
        self.code = ast.unparse(ast.fix_missing_locations(self.visit(ast.parse(code))))
        if not self._records:  # it passes by raising nothing
            self.claims = ["it runs to its end"]
            self.code += "\nsee.exactly('it runs to its end', True)"

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return self._record(self._compared(node.test), node.test, _called(node.test) in _NEAR_PREDICATES)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self._follow(node.value, *node.targets)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self._follow(node.iter, node.target)
        return self.generic_visit(node)

    def _follow(self, value: ast.expr, *targets: ast.expr) -> None:
        """What a student's function gave is the student's under its new names too."""
        if self._is_students(value):
            self._students |= {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value
        if isinstance(call, ast.Call) and _called(call) in (*_EQUALITIES, *_NEAR) and len(call.args) >= 2:
            return self._record(self._students_side(call.args[0], call.args[1]), call, _called(call) in _NEAR)
        if _called(call).lower().startswith("assert"):
            self.claims.append(ast.unparse(node))
        return node

    def _compared(self, test: ast.expr) -> ast.expr | None:
        """The side of an equality that the student's code gives; None where this is no equality."""
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
            return self._students_side(test.left, test.comparators[0])
        if isinstance(test, ast.Call) and _called(test) in _PREDICATES and len(test.args) >= 2:
            return self._students_side(test.args[0], test.args[1])
        return None

    def _students_side(self, first: ast.expr, second: ast.expr) -> ast.expr:
        return first if self._is_students(first) or not self._is_students(second) else second

    def _is_students(self, node: ast.expr) -> bool:
        return any(isinstance(n, ast.Name) and n.id in self._students for n in ast.walk(node))

    def _record(self, value: ast.expr | None, asserted: ast.expr, near: bool) -> ast.AST:
        self._records += 1
        label = ast.unparse(value or asserted)
        if value is None:
            self.claims.append(label)
            value = ast.Call(ast.Name("bool", ast.Load()), [asserted], [])
        recorder = ast.Attribute(ast.Name("see", ast.Load()), "nearly" if near else "exactly", ast.Load())
        return ast.Expr(ast.Call(recorder, [ast.Constant(label), value], []))


def shown_expression_as_assertion(code: str) -> str:
    """A test cell whose last line is an expression that the notebook shows: the value is what is tested."""
    tree = ast.parse(code)
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return code
    last = tree.body[-1].value
    if _called(last).lower().startswith("assert"):
        return code
    whole = isinstance(last, ast.Compare)  # `f(2) == 4` shows True: an assertion by itself
    tree.body[-1] = ast.Assert(last if whole else ast.Compare(last, [ast.Eq()], [ast.Constant(...)]))
    return ast.unparse(ast.fix_missing_locations(tree))


def defined_names(code: str) -> tuple[list[str], list[str]]:
    """(functions and classes, variables) that the top level of `code` defines, in order."""
    callables: list[str] = []
    variables: list[str] = []
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            callables.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            variables += [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    return list(dict.fromkeys(callables)), list(dict.fromkeys(variables))


def imports_of(code: str) -> list[str]:
    """The import statements at the top level of `code`, one line each."""
    return [ast.unparse(node) for node in ast.parse(code).body if isinstance(node, ast.Import | ast.ImportFrom)]


def imported_names(code: str) -> set[str]:
    return {node.asname or node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.alias)}


def used_names(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def _called(node: ast.expr) -> str:
    """The last part of the name of what is called; empty where nothing with a name is."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", "") or getattr(function, "id", "")
