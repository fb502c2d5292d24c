"""What the Python that runs on submissions may import, and what there is for it in grader.probes."""

import ast
import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

import grader.probes
from grader.course.folder import open_course
from tests.places import ROOT, TOY

NAMES = {"probe.py", "probing.py", "given.py"}
FILES = [p for course in (ROOT, TOY) for p in sorted((course / "fixtures").rglob("*.py")) if p.name in NAMES]
PACKAGES = {"torch", "numpy", *sys.stdlib_module_names}
# A topic's files, as they are named from a topic's and from an exercise's folder.
SHARED = {"probing.py": set(), "probe.py": {"..probing"}, "given.py": {".probe", "..probing", "..given"}}
FOR_PROBES = {
    "answering": {"CASE", "Cases", "Probe", "probe_of", "record_answers"},
    "anything": {"Anything", "attribute_of"},
    "calling": {"FittedCall", "fit_call"},
    "probing": {
        *(
            "Case",
            "MAX_ELEMENTS",
            "Recorder",
            "Snapshot",
            "contract",
            "defined_with",
            "globals_of",
        ),
        *("replacing", "run_probe", "seed_everything", "snapshot"),
    },
    "randomness": {"reseeding_ignored"},
    "transplant": {
        *("OFFSET", "ParameterUses", "fill_from_pool", "fill_statistics", "first_use", "sketch", "sketch_gradients"),
    },
    "workplace": {"swapped", "workplace"},
    "written": {"tests_raise", "a_value", "call_of", "written"},
}


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def strangers(file: Path) -> list[str]:
    return sorted(
        name
        for name in imported(file)
        if name not in SHARED[file.name]
        and name.split(".")[0] not in PACKAGES
        and name.removeprefix("grader.probes.") not in FOR_PROBES
    )


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_probe_imports_torch_numpy_the_standard_library_and_what_is_made_for_probes(file: Path) -> None:
    assert strangers(file) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import pandas", ["pandas"]),
        ("from grader.judge.verdicts import judge_exercise", ["grader.judge.verdicts"]),
        ("def probe():\n    from ..given import Net", ["..given"]),
        ("from .given import GIVEN", [".given"]),
    ],
)
def test_another_import_is_found(tmp_path: Path, line: str, found: list[str]) -> None:
    (tmp_path / "probe.py").write_text(line)
    assert strangers(tmp_path / "probe.py") == found


def test_correct_stand_ins_stand_in_files_of_their_own() -> None:
    elsewhere = [file for file in FILES if file.name != "given.py" and "GIVEN" in file.read_text(encoding="utf-8")]
    assert elsewhere == []


def test_what_every_session_gets_defines_nothing_that_an_exercise_asks_for() -> None:
    course = open_course(ROOT)
    asked = {
        id_: {exercise.rubric.entry, *exercise.rubric.aliases, *exercise.rubric.also}
        for id_, exercise in course.exercises.items()
        if not exercise.written
    }
    for file in FILES:
        if file.name != "given.py" and file.is_relative_to(ROOT / "fixtures"):
            own = asked.get(file.parent.relative_to(ROOT / "fixtures").as_posix(), set())
            assert _definitions(file) & (set().union(*asked.values()) - own) == set(), file


def test_what_is_made_for_probes_stays() -> None:
    modules = {module.name for module in pkgutil.iter_modules(grader.probes.__path__)}
    assert modules == set(FOR_PROBES)
    for name, public in FOR_PROBES.items():
        module = importlib.import_module(f"grader.probes.{name}")
        own = {n for n, v in vars(module).items() if not n.startswith("_") and _defined_in(module, n, v)}
        assert own == public, name


def _definitions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _defined_in(module, name: str, value: object) -> bool:
    """Constants and aliases too: what an assignment, a function or a class of the module's text names."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    defined |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return name in defined
