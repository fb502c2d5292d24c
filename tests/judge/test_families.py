"""A kind of check is one class: a family made up here is read, judged, diagnosed, calibrated and audited as any other.

And no other place compares the names of checks.
"""

import subprocess
import sys
from math import inf
from typing import Annotated, Literal, get_args

import numpy as np
import pytest
from pydantic import Field

from grader.authoring.record.calibration import Run, choose_tolerance_factor, measure, refuse_trivial
from grader.course.reading import read_toml
from grader.judge.checks.criterion import JudgedCriterion, first_absent
from grader.judge.checks.families import AnyCriterion, Rubric
from grader.judge.comparison import ratio
from grader.judge.context import failed
from grader.judge.verdicts import judge_exercise
from grader.judge.wording import ending, why_absent
from grader.model.errors import CourseError
from grader.model.fixture import Expected
from grader.model.observation import Observation
from grader.model.report import Status
from grader.model.rubric import ExerciseRubric
from tests.builders import criterion, expected_tensor, float32_tensor, mistake, one_case
from tests.places import ROOT

KINDS = {get_args(kind.model_fields["check"].annotation)[0]: kind for kind in get_args(get_args(AnyCriterion)[0])}


def energy(values):
    return float(np.sum(np.square(values, dtype=np.float64)))


class EnergyMatches(JudgedCriterion):
    """The squares of a tensor's values have the recorded sum."""

    by_tolerance = True
    check: Literal["energy_matches"]
    of: str

    def shortfall(self, context):
        if self.of not in context.seen.tensors:
            return why_absent(context.seen, self.of)
        if self.distance(context) <= 1:
            return None
        return failed(f"the energy of {self.of} is {energy(context.seen.tensors[self.of].array):g}{ending(context)}")

    def unrecorded(self, case, expected):
        return first_absent("tensor", [self.of], expected.tensors)

    def distance(self, context):
        seen, wanted = context.seen.tensors.get(self.of), context.expected.tensors[self.of]
        if seen is None:
            return inf
        return ratio(abs(energy(seen.array) - energy(wanted.oracle)), context.tolerance_factor * wanted.control)

    def recognise(self, evidence, cases):
        seen = evidence.observations[cases[0]].tensors.get(self.of)
        shown = {name: m.tensors[self.of].values for name, m in evidence.fixture.case(cases[0]).mistakes.items()}
        return next((name for name, v in shown.items() if seen and energy(v) == energy(seen.array)), None)


class Unfinished(EnergyMatches):
    """A kind with an error in it."""

    check: Literal["unfinished"]

    def shortfall(self, context):
        return context.case.inputs["not there"]


LARGER = Annotated[EnergyMatches | Unfinished, Field(discriminator="check")]
TOTAL = {"id": "total", "title": "the energy is right", "check": "energy_matches", "of": "output", "hint": "add up"}
RECORDED = Expected({"output": expected_tensor([1.0, 2.0, 4.0], control=1e-3)})


def rubric(*criteria):
    return ExerciseRubric[LARGER](title="Sums", entry="sums", criteria=criteria or (TOTAL,))


def seen(*values):
    return {"plain": Observation("plain", tensors={"output": float32_tensor(values)})}


def judged(observations, exercise=None):
    fixture = one_case(RECORDED, mistakes={"doubled": mistake(output=[2.0, 4.0, 8.0])}, hints={"doubled": "not twice"})
    return judge_exercise(exercise or rubric(), fixture, observations).verdicts


def test_it_judges():
    assert judged(seen(4.0, 2.0, 1.0))[0].status is Status.PASSED
    (found,) = judged(seen(4.0, 2.0, 2.0))
    assert (found.status, found.message, found.hint) == (
        Status.FAILED,
        'the energy of output is 24 (case "plain")',
        "add up",
    )
    assert found.reproduce == 'grade check toy/toy --case "plain"'
    assert judged({"plain": Observation("plain")})[0].message == 'output was not produced (case "plain")'


def test_it_recognises_a_mistake():
    assert judged(seen(2.0, 4.0, 8.0))[0].hint == "not twice"


@pytest.mark.parametrize(("off", "factor"), [(0.0, 16.0), (0.0015, 32.0), (40.0, 1024.0)])
def test_it_is_calibrated(off, factor):
    wheat = Run("wheats/other", one_case(RECORDED, factor=1.0), seen(1.0, 2.0, 4.0 + off))
    assert choose_tolerance_factor(rubric(), [wheat]) == factor


def test_it_is_measured():
    recorded = one_case(RECORDED, factor=1.0)
    wheat = Run("wheats/other", recorded, seen(1.0, 2.0, 4.0005))
    chaff = Run("chaffs/doubled", recorded, seen(2.0, 4.0, 8.0), frozenset({"total"}))
    figures = measure(rubric(), 16.0, [wheat], [chaff]).criteria["total"]
    assert figures.worst_correct == pytest.approx(0.25, rel=1e-2)
    assert figures.nearest_chaff == pytest.approx(63 / 0.016)
    near = Run("chaffs/near", recorded, seen(1.0, 2.0, 4.0025), frozenset({"total"}))
    with pytest.raises(CourseError, match=r"chaffs/near must lose it but lies 1\.25 tolerances"):
        measure(rubric(), 16.0, [], [near])


def test_trivial_answers_are_refused_by_its_own_measure():
    refuse_trivial(rubric(), one_case(RECORDED, {"x": np.float32([1, 1, 1])}), "public")
    with pytest.raises(CourseError, match="a copy of an input would pass"):
        refuse_trivial(rubric(), one_case(RECORDED, {"x": np.float32([4, 2, 1])}), "public")


def test_a_rubric_with_it_is_read(tmp_path):
    path = tmp_path / "sums.toml"
    keys = "\n".join(f"{key} = {value!r}" for key, value in TOTAL.items())
    path.write_text(f"title = 'Sums'\nentry = 'sums'\n[[criteria]]\n{keys}\n")
    found = read_toml(path, ExerciseRubric[LARGER], "sums.toml")
    assert found.criteria == (EnergyMatches(**TOTAL),)
    path.write_text(path.read_text().replace("of =", "off ="))
    with pytest.raises(CourseError, match=r"^sums.toml: criteria\[1\]\.off: unknown key; did you mean `of`\?"):
        read_toml(path, ExerciseRubric[LARGER], "sums.toml")


def test_an_error_in_one_kind_costs_no_other_criterion():
    broken = {**TOTAL, "id": "broken", "check": "unfinished"}
    after = {**TOTAL, "id": "after", "requires": ["broken"]}
    first, second, third = judged(seen(4.0, 2.0, 2.0), rubric(broken, TOTAL, after))
    assert first.status is Status.GRADER_ERROR
    assert first.message.startswith("the check itself failed at test_families.py, line ")
    assert first.message.endswith("""KeyError: 'not there'; no marks are lost by it (case "plain")""")
    assert (second.status, third.status) == (Status.FAILED, Status.GRADER_ERROR)


def test_an_error_while_a_mistake_is_looked_up_costs_nothing():
    class Forgetful(EnergyMatches):
        def recognise(self, evidence, cases):
            return np.zeros(3).reshape(2, 2)

    (found,) = judged(seen(4.0, 2.0, 2.0), ExerciseRubric[Forgetful](title="x", entry="x", criteria=(TOTAL,)))
    assert found.status is Status.GRADER_ERROR
    place = "the check itself failed at test_families.py, line "  # numpy's own line would help nobody
    assert found.message.startswith(place)
    assert "ValueError: cannot reshape array of size 3" in found.message


def test_no_other_place_asks_for_a_check_by_name():
    assert "energy_matches" not in KINDS
    assert len(KINDS) == 16
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "grader").rglob("*.py")}
    judges = ("grader/judge/checks/", "grader/migrate/")  # the latter writes rubrics
    naming = {path for path, text in texts.items() for name in KINDS if f'"{name}"' in text.replace("# ", '"')}
    assert {path for path in naming if not path.startswith(judges)} <= {"grader/model/rubric.py"}


@pytest.mark.parametrize(
    ("check", "keys", "absent"),
    [
        ("shape_matches", {"tensors": ["out*"]}, ""),
        ("shape_matches", {"tensors": ["output", "long"]}, "tensor 'long'"),  # drawn: no values are recorded
        ("value_matches", {"tensors": ["output"], "facts": ["layers", "sizes"]}, "fact 'sizes'"),
        ("fact_matches", {"facts": ["lay*"]}, ""),
        ("stays_equal", {"pairs": [["again", "output"], ["output", "x"]]}, ""),
        ("stays_equal", {"pairs": [["x", "output"]]}, "tensor 'x'"),
        ("stays_equal", {"pairs": [["output", "y"]]}, "tensor 'y'"),
        ("draws_possible", {"tensors": ["long"]}, ""),
        ("draws_possible", {"tensors": ["lo*"]}, "tensor 'lo*'"),
        ("draws_follow", {"tensors": ["long"], "confirmed_by": ["output"]}, "tensor 'output'"),
        ("noise_fills", {"tensors": ["long"], "low": -1, "high": 1}, ""),
        ("noise_is_even", {"tensors": ["output"]}, "tensor 'output'"),
        ("noise_is_fresh", {"tensors": ["long"]}, ""),
        ("choice_matches", {"facts": ["layers"], "words": ["one", "two"]}, ""),
        ("choice_matches", {"facts": ["l*"], "words": ["one", "two"]}, "fact 'l*'"),
    ],
)
def test_each_kind_says_what_is_not_recorded_for_it(check, keys, absent):
    tensors = {"output": expected_tensor([1.0]), "again": expected_tensor([1.0])}
    recorded = Expected(tensors, {"layers": 2}, {"long": (1, 500)})
    case = one_case(recorded, {"x": np.float32([1.0])}).cases[0]
    assert criterion("it", check, **keys).unrecorded(case, recorded) == absent


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_says_what_it_checks_and_is_documented(kind):
    assert kind.__doc__.endswith(".")
    name = get_args(kind.model_fields["check"].annotation)[0]
    assert f"| `{name}` |" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_the_table_imports_nothing_slow():
    code = (
        "import sys, grader.judge.checks.families; print([m for m in ('torch', 'sympy', 'scipy') if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_the_schema_tells_each_kinds_keys():
    criterion = Rubric.model_json_schema()["properties"]["criteria"]["items"]
    assert set(criterion["discriminator"]["mapping"]) == set(KINDS)
    assert set(Rubric.model_json_schema()["$defs"]["FormulaMatches"]["required"]) == {
        *("id", "title", "check", "facts", "variables")
    }
