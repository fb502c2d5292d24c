"""Isolation tiers: which one is chosen and why, and what of the machine's files each shows."""

import ast
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

import grader
from grader.model.errors import SandboxFault
from grader.sandbox.environment import VisibleFiles, files_of_the_interpreter
from grader.sandbox.kernel import landlock, seccomp
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.tiers import tier as table
from grader.sandbox.tiers.landlock import readable_paths
from grader.sandbox.tiers.none import Unconfined
from grader.sandbox.tiers.tier import TIERS, Isolation, Tier, choose, new_tier
from tests.places import ROOT

PACKAGE = Path(grader.__file__).parent
NO_FILES = VisibleFiles((), (), ())


# ---------------------------------------------------------------- the table


@pytest.mark.parametrize("name", TIERS)
def test_a_tier_is_a_module_of_its_name_that_answers_all_that_is_asked(name):
    tier = new_tier(name)
    assert tier.name == name
    asked = {member for member in vars(Tier) if not member.startswith("_")} | set(Tier.__annotations__)
    assert {member for member in asked if not hasattr(tier, member)} == set()


def test_the_command_line_offers_the_tables_tiers():
    assert [text for part in get_args(Isolation) for text in (get_args(part) or [part])] == ["auto", *TIERS]


@pytest.mark.parametrize("name", [name for name in TIERS if name != table.UNCONFINED])
def test_a_tiers_name_stands_in_its_own_file_and_in_the_table_alone(name):
    naming = set()
    for path in PACKAGE.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        if any(isinstance(node, ast.Constant) and node.value == name for node in nodes):
            naming.add(str(path.relative_to(PACKAGE / "sandbox" / "tiers")) if "tiers" in path.parts else str(path))
    assert naming == {"tier.py", f"{name}.py"}


@pytest.mark.parametrize("name", TIERS)
def test_the_readme_tells_what_a_tier_holds(name):
    readme = (ROOT / "README.md").read_text("utf-8")
    offered = r"\|".join(("auto", *TIERS))
    assert f"\n| `{name}` | " in readme
    assert f"`--isolation {offered}`" in readme


class Toy(Unconfined):
    """A tier that somebody adds: one class in a module of its own."""

    name = "toy"

    def dry_run(self, root, files):
        if not files.readable:
            raise OSError("it needs something to play with")
        return "it only plays"


@pytest.fixture
def toy(monkeypatch) -> None:
    monkeypatch.setattr(table, "TIERS", ("toy", "none"))
    monkeypatch.setitem(sys.modules, "grader.sandbox.tiers.toy", SimpleNamespace(TIER=Toy))


def test_a_new_tier_is_tried_and_taken_where_it_holds(toy, tmp_path):
    chosen, why = choose("auto", str(tmp_path), VisibleFiles((str(tmp_path),), (), ()))
    assert (chosen.name, why) == ("toy", "it only plays")
    with pytest.raises(SandboxFault, match=r"no isolation holds here \(toy: it needs something to play with\)"):
        choose("auto", str(tmp_path), NO_FILES)


def test_why_a_stronger_tier_does_not_hold_is_told_with_the_next(tmp_path, monkeypatch, toy):
    monkeypatch.setattr(table, "TIERS", ("toy", "weaker", "none"))
    weaker = type("Weaker", (Toy,), {"name": "weaker", "dry_run": lambda *_: "it is weaker"})
    monkeypatch.setitem(sys.modules, "grader.sandbox.tiers.weaker", SimpleNamespace(TIER=weaker))
    chosen, why = choose("auto", str(tmp_path), NO_FILES)
    assert (chosen.name, why) == ("weaker", "toy: it needs something to play with; it is weaker")


# ---------------------------------------------------------------- tiers that do not hold


def test_a_tier_that_does_not_hold_says_why_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(SandboxFault, match=r"landlock: this kernel \(.*\) has no Landlock.*--isolation none"):
        choose("landlock", str(tmp_path), NO_FILES)


def test_another_system_has_no_tier(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(SandboxFault) as refused:
        choose("auto", str(tmp_path), NO_FILES)
    assert "namespaces: needs Linux, this is darwin; landlock: needs Linux, this is darwin" in str(refused.value)
    assert choose("none", str(tmp_path), NO_FILES)[0].name == "none"


def test_an_interpreter_out_of_reach_is_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    if os.getuid() == 0:  # the dry run gives up root before it looks
        tmp_path.chmod(0o700)
    with pytest.raises(SandboxFault, match=r"closed is out of reach of an ordinary user: install Python"):
        choose("landlock", str(tmp_path), VisibleFiles((str(closed),), (), ()))


def test_a_processor_without_a_filter_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(OSError, match="no seccomp filter for processor riscv64"):
        seccomp.assemble(shares_user=True, deny_shared_objects=True)
    with pytest.raises(SandboxFault, match=r"namespaces: .*no seccomp filter for processor riscv64"):
        choose("namespaces", str(tmp_path), NO_FILES)


# ---------------------------------------------------------------- what submissions may read


def test_submissions_see_the_interpreter_and_no_course(tmp_path):
    package = tmp_path / "site-packages" / "grader"
    (package / "course").mkdir(parents=True)
    files = files_of_the_interpreter(package, [package / "course"], cuda=False)
    assert str(package) in files.readable
    assert str(package / "course") in files.hidden
    assert not any(Path(p).is_relative_to(tmp_path) for p in files.readable if p != str(package))
    assert str(package) not in readable_paths(files), "Landlock must allow what is in it one by one"


def test_no_path_is_named_within_another(tmp_path):
    paths = [Path(p) for p in files_of_the_interpreter(tmp_path / "grader", [], cuda=False).readable]
    assert not [(a, b) for a in paths for b in paths if a != b and a.is_relative_to(b)]


def test_random_devices_are_for_reading():
    files = files_of_the_interpreter(PACKAGE, [], cuda=False)
    assert {"/dev/urandom", "/dev/null"} <= set(files.devices)
    assert files.writable_devices == ("/dev/null",)


def test_without_follows_no_link_back_to_the_hidden(tmp_path):
    """A virtual environment's lib64 is a link to its lib: a rule for the link would allow all of lib."""
    (tmp_path / "lib" / "secret").mkdir(parents=True)
    (tmp_path / "lib" / "shown").mkdir()
    (tmp_path / "lib64").symlink_to("lib")
    assert landlock.without(tmp_path, [tmp_path / "lib" / "secret"]) == [tmp_path / "lib" / "shown"]


def test_without_keeps_everything_but_the_hidden(tmp_path):
    for name in ("a/b/c", "a/b/d", "a/e", "f"):
        (tmp_path / name).mkdir(parents=True)
    kept = landlock.without(tmp_path, [tmp_path / "a" / "b" / "c"])
    assert kept == [tmp_path / "a" / "b" / "d", tmp_path / "a" / "e", tmp_path / "f"]
    assert landlock.without(tmp_path, []) == [tmp_path]
    assert landlock.without(tmp_path, [tmp_path]) == []
    assert landlock.without(tmp_path, [Path("/elsewhere")]) == [tmp_path]


# ---------------------------------------------------------------- what a sandbox of each tier does


@pytest.mark.parametrize("name", TIERS)
def test_a_sandbox_says_which_tier_holds(name):
    with Sandbox(name, "cpu") as opened:
        try:
            assert opened.tier == name
            assert ("sizes" in opened.why) == (name == "landlock"), "what a tier leaves open is told"
            assert ("signals" in opened.why) == (name == "landlock" and landlock.abi() < 6)
            assert ("memory is watched" in opened.why) == (name != "none" and not opened._group.held)
        except SandboxFault as fault:
            if os.environ.get("GRADE_REQUIRE_TIERS") == "1":
                raise
            pytest.skip(str(fault))
