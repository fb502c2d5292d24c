"""`grade --keep` and `grade judge` as typed: the same reports, and what must run again."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import TOY

GRADE = Path(sys.executable).with_name("grade")
GELU = "import torch\n\ndef gelu(x):\n    return 0.5 * x * (1 + torch.erf(x / 2 ** 0.5))\n"

pytestmark = pytest.mark.linux_sandbox


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([GRADE, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A course, and two submissions for it."""
    shutil.copytree(TOY, tmp_path / "course")
    for name, text in (("alice", GELU), ("bob", GELU.replace("0.5 *", "0.4 *"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "activations.py").write_text(text)
    return tmp_path


def without_seconds(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_seconds(inner) for key, inner in value.items() if key != "seconds"}
    return [without_seconds(inner) for inner in value] if isinstance(value, list) else value


def test_kept_runs_give_the_same_json(place: Path) -> None:
    graded = run("alice", "bob", "--course", "course", "--keep", "runs", "--json", "graded.json", cwd=place)
    assert graded.returncode == 0, graded.stderr
    assert sorted(path.name for path in (place / "runs").iterdir()) == ["alice.run", "bob.run"]
    judged = run("judge", "runs", "--course", "course", "--json", "judged.json", cwd=place)
    assert (judged.returncode, judged.stderr) == (0, "")
    first, second = (json.loads((place / f"{name}.json").read_text()) for name in ("graded", "judged"))
    assert without_seconds(first) == without_seconds(second)
    assert [r["score"] for r in second["reports"]] == [2, 0]
    assert second["reports"][0]["course"]["folder"] == str(place / "course")


def test_what_changed_since_is_named_and_waits(place: Path) -> None:
    run("alice", "--course", "course", "--keep", "runs", cwd=place)
    secret = place / "secret"
    secret.write_bytes(b"sixteen random ones")
    assert run("fixtures", "build", "--secret", secret, "--course", "course", cwd=place).returncode == 0
    judged = run("judge", "runs/alice.run", "--course", "course", cwd=place)
    assert judged.returncode == 2
    assert "runs/alice.run: activations/gelu must run again: its inputs changed since" in judged.stderr
    assert "3 marks wait for a person" in judged.stdout


def test_stale_fixtures_are_refused_unless_that_is_said_to_be_all_right(place: Path) -> None:
    reference = place / "course/solutions/activations/gelu/reference.py"
    reference.write_text(reference.read_text() + "\n# another\n")
    refused = run("alice", "--course", "course", cwd=place)
    assert refused.returncode == 2
    assert "solutions/activations/gelu/reference.py has changed since they were recorded" in refused.stderr
    assert "run: grade fixtures build activations/gelu, or grade with --stale-ok" in refused.stderr
    graded = run("alice", "--course", "course", "--stale-ok", "--keep", "runs", "--json", "-", cwd=place)
    told = "activations/gelu: marked by stale fixtures: solutions/activations/gelu/reference.py has changed"
    assert graded.returncode == 0
    assert any(note.startswith(told) for note in json.loads(graded.stdout)["notes"])
    assert run("judge", "runs", "--course", "course", cwd=place).returncode == 2
    assert told in run("judge", "runs", "--course", "course", "--stale-ok", "--json", "-", cwd=place).stdout


def test_a_run_that_cannot_be_kept_loses_no_report(place: Path) -> None:
    (place / "file").write_text("in the way")
    graded = run("alice", "--course", "course", "--keep", "file/runs", cwd=place)
    assert graded.returncode == 2
    assert "2 of 2 marks" in graded.stdout
    assert "--keep file/runs: cannot be written (Not a directory); name a folder of your own" in graded.stderr


def test_what_is_no_run_does_not_stop_the_others(place: Path) -> None:
    run("alice", "--course", "course", "--keep", "runs", cwd=place)
    (place / "runs" / "zoe.run").write_text("nothing")
    judged = run("judge", "runs", "--course", "course", cwd=place)
    assert judged.returncode == 2
    assert "runs/zoe.run: is no run that can be read" in judged.stdout + judged.stderr
    assert "1 graded, 1 not" in judged.stdout


def test_an_empty_folder_holds_no_run(place: Path) -> None:
    judged = run("judge", "alice", "--course", "course", cwd=place)
    assert judged.returncode == 2
    told = "grade: alice: no run in it; give a folder or a file that grade SUBMISSION --keep DIR wrote\n"
    assert judged.stderr == told
