"""Every exercise of the course judges as it should: correct work passes, each known mistake loses exactly its own."""

import pytest

from grader.authoring.audit import audit_exercise
from grader.authoring.record.fixtures import build_fixtures
from grader.authoring.record.verification import verify_fixtures
from grader.course.folder import open_course
from grader.model.report import Status
from tests.places import ROOT

EXERCISES = sorted(open_course(ROOT).exercises)

RUBRIC = """
title = "Running mean"
entry = "RunningMean"
[[criteria]]
id = "values"
title = "the mean is right"
check = "value_matches"
tensors = ["output"]
[[criteria]]
id = "again"
title = "a second call gives the same"
check = "stays_equal"
pairs = [["again", "output"]]
requires = ["values"]
[[criteria]]
id = "size"
title = "the window is kept"
check = "fact_matches"
facts = ["window"]
requires = ["values"]
"""
PROBE = """
import torch
from grader.probes.probing import Case

def cases(generator):
    yield Case("a row", {"x": torch.randn(2, 9, generator=generator)}, {"window": 3})

def probe(entry, case, see):
    mean = entry(case.settings["window"])
    see.fact("window", mean.window)
    see.tensor("output", mean(case["x"]))
    see.tensor("again", mean(case["x"]))
"""
MEAN = """
{docstring}
import torch
{loses}

class RunningMean(torch.nn.Module):
    def __init__(self, window):
        super().__init__()
        self.window = {window}

    def forward(self, x):
        return {value}
"""
RIGHT = "x.unfold(1, self.window, 1).mean(2)"


def mean(value=RIGHT, window="window", docstring="", loses=None):
    return MEAN.format(
        docstring=docstring and f'"""{docstring}"""',
        loses=f"LOSES = {loses}" if loses else "",
        window=window,
        value=value,
    )


def course(root, chaffs):
    """A course with one exercise, and these chaffs: name -> (module, what it says it loses)."""
    solutions = root / "solutions/numbers/running_mean"
    files = {
        root / "rubrics/numbers/running_mean.toml": RUBRIC,
        root / "fixtures/numbers/running_mean/probe.py": PROBE,
        solutions / "reference.py": mean(),
        solutions / "wheats/by_slices.py": mean("(x[:, :-2] + x[:, 1:-1] + x[:, 2:]) / 3"),
        **{solutions / f"chaffs/{name}.py": text for name, text in chaffs.items()},
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = open_course(root)
    build_fixtures(found)
    return found


SUM = mean("x.unfold(1, self.window, 1).sum(2)", docstring="Divide by the window.", loses={"values"})
WINDOW = mean("x.unfold(1, 3, 1).mean(2)", window="window + 1", docstring="Keep the window.", loses={"size"})


def statuses(table, name, which="hidden"):
    row = next(row for row in table.rows if (row.name, row.which) == (name, which))
    return [verdict.status for verdict in row.judgement.verdicts]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_recorded_fixtures_are_what_the_solutions_show(exercise):
    assert verify_fixtures(open_course(ROOT), [exercise]) == []


def test_a_sound_exercise_has_no_surprises(tmp_path):
    table = audit_exercise(course(tmp_path, {"sums": SUM, "window": WINDOW}), "numbers/running_mean")
    assert table.mismatches == ()
    assert [row.name for row in table.rows if row.which == "hidden"] == [
        *("reference", "dialect reference", "wheats/by_slices", "chaffs/sums", "chaffs/window", "nothing written")
    ]
    assert statuses(table, "wheats/by_slices") == [Status.PASSED] * 3
    assert statuses(table, "chaffs/sums") == [Status.FAILED, Status.BLOCKED, Status.BLOCKED]
    assert statuses(table, "chaffs/window") == [Status.PASSED, Status.PASSED, Status.FAILED]
    assert statuses(table, "nothing written", "public") == [Status.NOT_ATTEMPTED] * 3


@pytest.mark.parametrize(
    ("chaff", "surprise"),
    [
        (
            mean("x.unfold(1, 3, 1).mean(2)", window="window + 1", docstring="Another one.", loses={"again"}),
            "chaffs/odd (hidden): should pass, or be blocked; size is failed: window is 4; expected 3",
        ),
        (mean(docstring="Nothing is wrong.", loses={"size"}), "chaffs/odd (public): should fail; size is passed"),
    ],
)
def test_a_chaff_that_loses_other_criteria_than_it_says_is_found(tmp_path, chaff, surprise):
    mismatches = audit_exercise(course(tmp_path, {"odd": chaff}), "numbers/running_mean").mismatches
    assert any(line.startswith(f"numbers/running_mean {surprise}") for line in mismatches), mismatches


def test_a_wheat_that_became_wrong_is_found(tmp_path):
    found = course(tmp_path, {"sums": SUM})
    (tmp_path / "solutions/numbers/running_mean/wheats/by_slices.py").write_text(mean("x[:, 2:]"), encoding="utf-8")
    mismatches = audit_exercise(found, "numbers/running_mean").mismatches
    assert any("wheats/by_slices (public): should pass; values is failed: output[" in line for line in mismatches)
