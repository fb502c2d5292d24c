"""A notebook's own code, run while it is brought over."""

from pathlib import Path

import pytest

from grader.migrate.notebooks import Session


def test_code_that_runs_stays_as_it_is() -> None:
    code = "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\np = P(3)"
    assert Session().run(code) == (code, [])


@pytest.mark.parametrize(
    ("code", "left", "why"),
    [
        ("x = 1\ny = z\nw = 2", "x = 1\n# not run: y = z\nw = 2", "`y = z` raises NameError: name 'z' is not defined"),
        ("word = input()", "# not run: word = input()", "`word = input()` raises EOFError"),
        ("@missing\ndef f():\n    pass", "# not run: @missing\n# not run: def f():\n# not run:     pass", "`@missing`"),
        ("raise SystemExit(3)", "# not run: raise SystemExit(3)", "raises SystemExit: 3"),
    ],
)
def test_statements_that_do_not_run_become_comments(code: str, left: str, why: str) -> None:
    found, (reason,) = Session().run(code)
    assert found == left
    assert why in reason


def test_later_code_sees_earlier_code_and_nothing_is_printed_or_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run("x = 3\nprint(x)\nopen('left.txt', 'w').close()")
    assert session.run("assert x == 3")[1] == []
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []
