"""The house's own rules: what stands where, what stays small, what is never imported, and that all is documented."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer

from grader.cli.app import DEFAULT, app
from tests.places import ROOT

TOP_LEVEL_FOLDERS = {"handout", "solutions", "grader", "rubrics", "fixtures", "tests", ".ci"}
LONGEST_MODULE = 300  # lines


def commands_of(command, name: str = "grade") -> Iterator[tuple[str, set[str]]]:
    """Every command of the app as it is typed, with its options; the default command is `grade` itself."""
    options = {o for p in command.params if p.param_type_name == "option" for o in p.opts if o.startswith("--")}
    children = getattr(command, "commands", {})
    if not children:
        yield name, options
    for child_name, child in children.items():
        yield from commands_of(child, name if child_name == DEFAULT else f"{name} {child_name}")


COMMANDS = dict(commands_of(typer.main.get_command(app)))


def loaded_after(code: str) -> set[str]:
    script = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint('MODULES', *sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ended.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "code",
    [
        "import grader.cli",
        "sys.argv = ['grade', '--help']; from grader.cli import main; main()",
        "sys.argv = ['grade', 'fixtures', 'build', '--help']; from grader.cli import main; main()",
        "import grader.grading.line",
        "import grader.report.terminal, grader.report.as_json, grader.report.summary",
    ],
)
def test_torch_is_not_imported(code):
    loaded = loaded_after(code)
    assert any(name.startswith("grader.") for name in loaded)
    assert "torch" not in loaded


def test_help_imports_nothing_slow():
    loaded = loaded_after("sys.argv = ['grade', '--help']; from grader.cli import main; main()")
    assert loaded.isdisjoint({"numpy", "pydantic", "safetensors", "IPython", "asyncio"})


def test_a_report_is_printed_without_what_is_slow_to_import():
    loaded = loaded_after("import grader.report.terminal, grader.report.as_json, grader.report.summary")
    assert "rich.cells" in loaded
    assert loaded.isdisjoint({"rich.console", "rich.table", "rich.text"})


def test_every_room_is_where_the_design_says():
    rooms = {path.name for path in (ROOT / "grader").iterdir() if (path / "__init__.py").is_file()}
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    assert {f"grader.{room}" for room in rooms} == set(layers["layers"])


def test_nothing_else_stands_at_the_top_level():
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()]
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != ".git"}
    assert {name for name in folders if not any(fnmatch(name, i) for i in ignored)} == TOP_LEVEL_FOLDERS


def test_modules_are_short():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in (ROOT / "grader").rglob("*.py")}
    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_every_error_is_in_the_tree_and_the_tree_shows_it():
    """Private ones, which one module raises for itself, are its own."""
    tree = ROOT / "grader" / "model" / "errors.py"
    drawn = ast.get_docstring(ast.parse(tree.read_text("utf-8")))
    elsewhere, names = [], set()
    for path in (ROOT / "grader").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            bases = [b.id for b in getattr(node, "bases", ()) if isinstance(b, ast.Name)]
            if any(base.endswith(("Error", "Exception", "Fault", "Notice")) for base in bases):
                names |= {node.name} if path == tree else set()
                elsewhere += [f"{path}: {node.name}"] if path != tree and not node.name.startswith("_") else []
    assert elsewhere == []
    assert len(names) > 15
    assert [name for name in names if name not in drawn] == []


def test_no_module_has_a_name_of_the_standard_library():
    modules = {path.stem for path in (ROOT / "grader").rglob("*.py")}
    assert modules & (set(sys.stdlib_module_names) - {"__init__"}) == set()


def test_the_app_has_the_commands_and_options_that_people_rely_on():
    assert set(COMMANDS) == {
        *("grade", "grade judge", "grade check", "grade doctor", "grade audit"),
        *("grade fixtures build", "grade fixtures verify", "grade handout build", "grade handout verify"),
        *("grade release", "grade course new", "grade course import"),
        *("grade rubric show", "grade rubric check", "grade rubric schema"),
    }
    assert COMMANDS["grade"] - {"--help"} == {
        *("--assignment", "--course", "--device", "--full", "--isolation", "--only", "--json", "--timeout"),
        *("--keep", "--stale-ok", "--handout"),
    }


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md"])
def test_every_command_is_documented(document):
    text = (ROOT / document).read_text("utf-8")
    assert [command for command in COMMANDS if f"`{command}" not in text] == []


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md"])
def test_every_option_is_documented(document):
    text = (ROOT / document).read_text("utf-8")
    options = set().union(*COMMANDS.values()) - {"--help"}
    assert [option for option in sorted(options) if not re.search(rf"`{option}\b", text)] == []


def test_every_dependency_has_its_reason_and_an_exact_version():
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    listed = [line for line in lines if re.match(r'    "[a-z0-9-]+[>=]', line)]
    assert listed
    assert [line for line in listed if "  # " not in line] == []
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()}
    assert [line for line in listed if re.match(r'    "([a-z0-9-]+)', line)[1] not in pinned] == []


def test_every_dependency_is_used():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.match(r"[a-z0-9-]+", dependency)[0] for dependency in project["dependencies"]}
    modules = {"ipython": "IPython", "pyyaml": "yaml", "pillow": "PIL"}
    named.remove("ipykernel")  # notebooks are run with it, and nobody imports it
    folders = (ROOT / "grader", ROOT / "solutions" / "notebooks")
    code = "\n".join(path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py"))
    unused = [n for n in named if not re.search(rf"^\s*(import|from) {modules.get(n, n)}\b", code, re.MULTILINE)]
    assert unused == []


def test_constraints_are_exact_and_name_no_machine():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()[1:]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)] == []
    assert "torch==2.13.0" in lines


def test_the_package_holds_no_course():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["grader"]
    assert {path.suffix for path in (ROOT / "grader").rglob("*") if path.is_file()} <= {
        ".py",
        ".pyc",
        ".jinja",
        ".html",
    }
    beside = wheel["force-include"]
    assert [source for source in beside if not source.startswith("tests/toy_course/")] == []
    assert [source for source in beside if "fixtures" in source and not source.endswith("probe.py")] == []
    example = {path.stem for path in (ROOT / "tests/toy_course/rubrics").rglob("*.toml")}
    marked = {path.stem for path in (ROOT / "rubrics").rglob("*.toml")}
    assert example & marked == set()


def test_outside_any_course_the_error_says_how_to_get_one(tmp_path):
    grade = Path(sys.executable).parent / "grade"
    for words in (["handout", "verify", "no-such"], ["work.zip"], ["check"]):
        ended = subprocess.run([grade, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert "clone the course's repository or unpack its release" in ended.stderr
        assert ended.stderr.count("\n") == 1
