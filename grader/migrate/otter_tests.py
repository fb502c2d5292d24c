"""Tests of Otter's that stand in files of their own, in OK format: `test = {…}`."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.migrate.assertions import doctest_as_code
from grader.migrate.question import Findings


@dataclass(frozen=True)
class OtterTest:
    """One test case; `points` as it says them."""

    code: str
    points: Any
    hidden: bool


def tests_in_files(folder: Path, findings: Findings) -> dict[str, list[OtterTest]]:
    """By question: each file's name is one's. The literal is read without running it."""
    found = {}
    for path in sorted(folder.glob("*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            values = [n.value for n in tree.body if isinstance(n, ast.Assign) and _is_named(n, "test")]
            cases = [case for suite in ast.literal_eval(values[0])["suites"] for case in suite["cases"]]
            found[path.stem] = [_read(case) for case in cases]
        except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, AttributeError):
            findings.add(f"tests/{path.name}", "is no `test = {…}` literal in OK format; a person must mark by it")
    return found


def _read(case: Any) -> OtterTest:
    return OtterTest(doctest_as_code(case["code"]), case.get("points"), bool(case.get("hidden")))


def _is_named(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
