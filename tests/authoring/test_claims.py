"""Which marks rest on claims is computed from the rubric and from what was recorded."""

from pathlib import Path
from typing import get_args

import pytest

from grader.authoring.claims import claimed_percent, resting_on_claims
from grader.authoring.record.fixtures import build_fixtures
from grader.course.folder import Course, open_course
from grader.judge.checks.criterion import JudgedCriterion
from grader.judge.checks.families import AnyCriterion
from tests.places import ROOT

COURSE = open_course(ROOT)

RUBRIC = """
title = "Twice"
entry = "twice"
[[criteria]]
id = "values"
title = "twice x"
check = "value_matches"
tensors = ["output"]
cases = ["some numbers"]
weight = 7
"""
PROBE = """
import torch
from grader.probes.probing import Case

def cases(generator):
    for name in ("some numbers", "other numbers"):
        yield Case(name, {"x": torch.randn(5, generator=generator)})

def probe(entry, case, see):
    output = entry(case["x"])
    see.tensor("output", output)
    see.tensor("again", entry(case["x"]))
    see.tensor("x_after", case["x"])
    see.tensor("how many", torch.tensor([float(len(output)), 2.0]))
    see.fact("length", len(output))
"""
SPARE = 'id = "spare"\ntitle = "more"\nweight = 3\ncases = ["some numbers"]\n'
AGAIN = 'check = "value_matches"\ntensors = ["again"]\nfacts = ["length"]\nvalues_if = "values"\n'


def twice(root: Path, criterion: str) -> Course:
    """A toy course whose second criterion has 3 of 10 marks."""
    files = {
        "rubrics/numbers/twice.toml": f"{RUBRIC}[[criteria]]\n{criterion}",
        "rubrics/week-2.toml": 'title = "Week 2"\nmarks = 10\n[[parts]]\nid = "1"\ntitle = "Twice"\nmarks = 10\n'
        'items = [{ exercise = "numbers/twice", marks = 10 }]\n',
        "fixtures/numbers/twice/probe.py": PROBE,
        "solutions/numbers/twice/reference.py": "def twice(x):\n    return 2 * x\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    course = open_course(root)
    build_fixtures(course)
    return course


RESTS = {
    "a fact": SPARE + 'check = "fact_matches"\nfacts = ["length"]',
    "two things that were both sent": SPARE + 'check = "stays_equal"\npairs = [["again", "output"]]',
    "a form": SPARE + 'check = "shape_matches"\ntensors = ["output"]',
    "numbers that are the same for all inputs": SPARE + 'check = "value_matches"\ntensors = ["how many"]',
    "a form alone, where values are not compared": SPARE + AGAIN,
    "a form and an input, where values are not compared": SPARE + AGAIN + 'always = ["x_after"]',
    "a form and what is the same for all, where values are not compared": SPARE + AGAIN + 'always = ["how many"]',
}
HOLDS = {
    "values": SPARE + 'check = "value_matches"\ntensors = ["again"]',
    "values with facts": SPARE + 'check = "value_matches"\ntensors = ["again"]\nfacts = ["length"]',
    "values that are compared in any case, beside others": SPARE + AGAIN + 'always = ["ou*put"]',
}


@pytest.mark.parametrize("criterion", RESTS.values(), ids=RESTS)
def test_what_can_be_said_without_computing_anything_is_a_claim(tmp_path: Path, criterion: str) -> None:
    course = twice(tmp_path, criterion)
    assert list(resting_on_claims(course.exercise("numbers/twice"))) == ["spare"]
    assert claimed_percent(course, "week-2") == (
        pytest.approx(30),
        (
            "week-2: 30.0 % of the automatic marks rest on claims, at most 15 % may; most of it: numbers/twice spare "
            "(30.0 %); let the probe send what is claimed as tensors, and compare their values",
        ),
    )


@pytest.mark.parametrize("criterion", HOLDS.values(), ids=HOLDS)
def test_what_must_be_computed_is_none(tmp_path: Path, criterion: str) -> None:
    assert claimed_percent(twice(tmp_path, criterion), "week-2") == (0, ())


def test_every_family_says_what_it_rests_on_and_a_new_one_rests_on_claims() -> None:
    kinds = get_args(get_args(AnyCriterion)[0])
    found = {get_args(kind.model_fields["check"].annotation)[0]: kind.rests_on for kind in kinds}
    assert JudgedCriterion.rests_on == "claims"
    assert {name for name, rests_on in found.items() if rests_on == "claims"} == {
        "fact_matches",
        "shape_matches",
        "stays_equal",
    }


@pytest.mark.parametrize("assignment", sorted(COURSE.assignments))
def test_at_most_15_percent_of_each_assignment_rest_on_claims(assignment: str) -> None:
    percent, too_much = claimed_percent(COURSE, assignment)
    assert too_much == ()
    assert percent <= COURSE.assignment(assignment).claims_percent == 15
