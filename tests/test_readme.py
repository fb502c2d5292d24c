"""The README's commands work as they stand there, and its two commands for a fresh machine are what CI runs."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grader.model.assignment import AssignmentRubric
from grader.model.report import Refusal, Report, Reports
from tests.places import ROOT

BIN = Path(sys.executable).parent


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Every command of the README's shell blocks, split into words; chains are taken apart."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(command) for line in lines for command in line.split(" && ")]


def ci_commands() -> list[list[str]]:
    """The commands of .ci/run, with its virtual environment named as in the README."""
    names = {'"$venv/bin/': '".venv/bin/', '"$venv"': ".venv", '"$python"': "python3"}
    text = (ROOT / ".ci/run").read_text("utf-8")
    for ours, readmes in names.items():
        text = text.replace(ours, readmes)
    lines = (line.strip() for line in text.splitlines())
    return [shlex.split(line) for line in lines if line and not line.startswith("#")]


def is_grade(command: list[str]) -> bool:
    return command[0] in ("grade", ".venv/bin/grade")


def shown_together() -> list[list[str]]:
    """The `grade` commands of each block, whose later ones may need what earlier ones wrote."""
    shown = [[shlex.split(c) for line in block.splitlines() for c in line.split(" && ")] for block in blocks("sh")]
    return [found for block in shown if (found := [shlex.join(["grade", *c[1:]]) for c in block if is_grade(c)])]


def test_the_first_two_blocks_are_one_command_each_and_ci_runs_them():
    first, second = blocks("sh")[:2]
    assert (first.count("\n"), second.count("\n")) == (1, 1)
    chains = [[shlex.split(command) for command in block.strip().split(" && ")] for block in (first, second)]
    assert chains[0][-1] == [".venv/bin/grade", "tests/submissions/cs5370-a4-mixed.zip"]
    assert chains[1][-1][0] == ".venv/bin/pytest"
    missing = [command for chain in chains for command in chain if command not in ci_commands()]
    assert missing == []


def test_every_other_command_shown_is_a_grade_command():
    shown = [command for block in blocks("sh")[2:] for command in block.splitlines()]
    assert shown
    assert [command for command in shown if not is_grade(shlex.split(command))] == []


@pytest.mark.linux_sandbox
@pytest.mark.parametrize("commands", shown_together(), ids=lambda commands: commands[0])
def test_the_commands_shown_work(commands, tmp_path):
    for folder in ("handout", "solutions", "rubrics", "fixtures", "tests/submissions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for command in commands:
        words = shlex.split(command)
        ended = subprocess.run(
            [BIN / words[0], *words[1:]], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout
        for name in re.findall(r"--json (\S+\.json)", command):
            document = json.loads((tmp_path / name).read_text("utf-8"))
            reports = [Report.model_validate(r) for r in document.get("reports", [document])]
            assert {report.possible for report in reports} == {50}
        if command.endswith("--json -"):
            assert Report.model_validate_json(ended.stdout).assignment == "cs5370-a4"


def test_the_json_example_is_a_report_and_every_key_is_in_it():
    (example,) = blocks("json")
    report = Report.model_validate_json(example)
    assert json.loads(report.model_dump_json(by_alias=True)) == json.loads(example)


def test_the_rubric_example_is_a_rubric():
    (example,) = blocks("toml")
    rubric = AssignmentRubric.model_validate(tomllib.loads(example))
    assert (rubric.marks, rubric.bonus) == (10, 1)
    assert rubric.late is not None
    assert rubric.late.due is not None


def test_the_json_of_several_is_documented():
    text = (ROOT / "README.md").read_text("utf-8")
    keys = [*Reports.model_fields, *Refusal.model_fields]
    assert [k for k in keys if f"`{k}`" not in text and f'"{k.rstrip("_")}"' not in text] == []
