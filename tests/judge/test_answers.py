"""Short answers: how they are read, what is the same in other words, and what a student is told."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from grader.authoring.audit import audit_exercise
from grader.authoring.handout.answersheet import empty_part, whole_part
from grader.authoring.record.fixtures import build_fixtures
from grader.course.fixtures import read_fixture
from grader.course.folder import Course, open_course
from grader.course.rules import load_rules
from grader.grading.in_process import load_probe
from grader.grading.line import Grading
from grader.intake.answers import is_answer_sheet, read_answers
from grader.intake.workspace import open_submission
from grader.judge.checks.answers.written import Quantity, read_quantity, read_table, read_word, same_quantity
from grader.judge.verdicts import judge_exercise
from grader.model.errors import CourseError, UnreadableError
from grader.model.observation import Observation, Outcome
from grader.model.report import CriterionReport, Report, Status
from grader.probes.answering import record_answers
from grader.probes.probing import Recorder
from tests.places import ROOT

COLON = "char_rnn/colon_weights"

RUBRIC = """
title = "A bridge"
kind = "answers"
[[criteria]]
id = "length"
title = "the length is right"
check = "number_matches"
facts = ["length"]
words = ["metres|metre|m", "feet|foot|ft"]
tolerance = 0.01
hint = "Look at the plan."
[[criteria]]
id = "area"
title = "the area is right"
check = "formula_matches"
facts = ["area"]
variables = ["L", "W"]
[[criteria]]
id = "spans"
title = "the spans are right"
check = "table_matches"
facts = ["spans"]
columns = ["span|number", "width|wide"]
words = ["first|1st"]
[[criteria]]
id = "material"
title = "the material is right"
check = "choice_matches"
facts = ["material"]
words = ["stone|granite", "steel|iron"]
"""
KEY = """
[bridge]
# How long is it? In metres.
length = 120
# Its area, in L and W.
area = "L*W"
# One row for each span.
spans = [
    { span = "first", width = 40 },
    { span = "second", width = "80" },
]
# stone or steel?
material = "stone"
"""
RIGHT = 'length = 120\narea = "W L"\nspans = [{ span = "second", width = 80 }, { span = "1st", width = 40 }]\n'
FILES = {
    "rubrics/works/bridge.toml": RUBRIC,
    "fixtures/works/bridge/probe.py": "from grader.probes.answering import probe_of\n"
    'cases, probe = probe_of("bridge", "length", "area", "spans", "material")\n',
    "solutions/works/bridge/reference.toml": KEY,
    "solutions/works/bridge/dialects.toml": '[feet.bridge]\nlength = "394 feet"\n',
    "solutions/works/bridge/wheats/other_words.toml": f'[bridge]\n{RIGHT}material = "Granite"\n',
    "solutions/works/bridge/chaffs/perimeter.toml": '[about]\nloses = ["area"]\n'
    + 'hint = """\nThat is the\nperimeter."""\n'
    + KEY.replace("L*W", "2*(L + W)"),
    "rubrics/site.toml": 'title = "Site"\nmarks = 4\n[[handout]]\npath = "answers.toml"\nexercises = ["works/bridge"]\n'
    '[[parts]]\nid = "1"\ntitle = "Bridge"\nmarks = 4\nitems = [{ exercise = "works/bridge", marks = 4 }]\n',
}
BRIDGE = "works/bridge"


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write(tmp_path_factory.mktemp("course"), FILES)
    build_fixtures(open_course(root), [BRIDGE])
    return root


def judged(root: Path, answers: object, which: str = "hidden") -> dict[str, tuple[Status, str, str]]:
    """Status, message and hint of each criterion for these answers to the bridge."""
    exercise = open_course(root).exercise(BRIDGE)
    fixture = read_fixture(exercise, which)
    probe = load_probe(exercise)
    seen = {case.name: probe.observe(answers, case, torch.float32) for case in fixture.cases}
    verdicts = judge_exercise(exercise.rubric, fixture, seen).verdicts
    return {v.criterion: (v.status, v.message, v.hint) for v in verdicts}


# reading the sheet


def test_sections_and_keys_are_read() -> None:
    sheet = read_answers("# grader: assignment=site\n[bridge]\nlength = 120\nwhen = 1890-03-04\n")
    assert sheet.answers == {"bridge": {"length": 120, "when": "1890-03-04"}}
    assert sheet.assignment == "site"
    assert sheet.notes == ()


def test_one_broken_line_costs_only_itself() -> None:
    sheet = read_answers('[bridge]\nlength = 8 x 8  # without quotes\narea = "L*W\nspans = [\n  { width = 1 },\n]\n')
    assert sheet.answers == {"bridge": {"length": "8 x 8", "area": "L*W", "spans": [{"width": 1}]}}
    assert sheet.notes == (
        "line 2: is no TOML and is read as it stands; put text into quotes",
        "line 3: is no TOML and is read as it stands; put text into quotes",
    )


def test_a_key_that_stands_twice_has_its_later_answer() -> None:
    sheet = read_answers("[bridge]\nlength = 1\n[bridge]\nlength = 2\narea = 3\n")
    assert sheet.answers == {"bridge": {"length": 2, "area": 3}}


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000,
        "[" + "a." * 50_000 + "a]\n",
        "x = 0x" + "f" * 9000,
        "x = inf\ny = nan",
        "\x00",
        "]]]]",
        "= = =",
    ],
)
def test_hostile_sheets_are_read_as_little_as_can_be(text: str) -> None:
    assert len(json.dumps(read_answers(text).answers)) < 20_000


@given(st.text(alphabet="[]{}=.\"'\\#,\nab1 ", max_size=120))
def test_any_text_is_a_sheet(text: str) -> None:
    sheet = read_answers(text)
    assert all("\n" not in note for note in sheet.notes)
    assert json.loads(json.dumps(sheet.answers)) == sheet.answers


def test_long_texts_and_lists_are_cut() -> None:
    sheet = read_answers(f'x = "{"long " * 1000}"\ny = {[1] * 500}\n')
    assert (len(sheet.answers["x"]), len(sheet.answers["y"])) == (2_000, 100)


@pytest.mark.parametrize("name", ["answers.toml", "CS01/Answers.TOML", "answers (1).toml", "answers-12.toml"])
def test_renamed_sheets_are_sheets(name: str) -> None:
    assert is_answer_sheet(name)
    assert not is_answer_sheet(name.replace("nswers", "nother"))


def test_other_toml_files_stay_data(tmp_path: Path) -> None:
    write(tmp_path / "in", {"pyproject.toml": "x = 1\n", "answers.toml": "[bridge]\nlength = 1\n"})
    (tmp_path / "out").mkdir()
    workspace = open_submission(tmp_path / "in", tmp_path / "out")
    assert [(sheet.path, sheet.answers) for sheet in workspace.sheets] == [("answers.toml", {"bridge": {"length": 1}})]
    assert workspace.sources == ()
    assert workspace.data_files == ("pyproject.toml",)


# the probe


@pytest.mark.parametrize(
    "answers",
    [
        {"bridge": {"length": 3}},
        {"length": 3},
        {"bridge": {"length": 3, "area": "", "spans": [{"span": "", "width": ""}]}},
    ],
)
def test_answers_become_facts_and_empty_ones_do_not(answers: object) -> None:
    see = Recorder()
    record_answers(answers, "bridge", ("length", "area", "spans"), see)
    assert see.facts == {"length": 3}


@pytest.mark.parametrize("answers", [{}, {"bridge": {"length": ""}}, {"road": {"length": 3}}, [3], None, {"bridge": 3}])
def test_nothing_answered_is_not_attempted(answers: object) -> None:
    with pytest.raises(NotImplementedError, match=r"nothing is answered under \[bridge\]"):
        record_answers(answers, "bridge", ("length", "area"), Recorder())


def test_arrays_and_objects_become_plain_data() -> None:
    see = Recorder()
    record_answers({"b": {"x": np.arange(2), "y": np.float64(0.5), "z": object()}}, "b", ("x", "y", "z"), see)
    assert see.facts == {"x": [0, 1], "y": 0.5, "z": "a value of type object"}


# numbers


@pytest.mark.parametrize(
    ("answer", "sizes", "unit"),
    [
        (25, ((25,),), ""),
        ("25 epochs", ((25,),), "epochs"),
        ("3 × 3", ((3, 3),), ""),
        ("3x3x32", ((3, 3, 32),), ""),
        ([8, 8], ((8, 8),), ""),
        ("8 by 8", ((8, 8),), ""),
        ("8x8 against 32x32", ((8, 8), (32, 32)), ""),
        ("a factor of 4 per side", ((4,),), "times"),
        ("1,024 pixels", ((1024,),), "pixels"),
        ("six", ((6,),), ""),
        ("\N{MINUS SIGN}2", ((-2,),), ""),
    ],
)
def test_numbers_are_read_as_people_write_them(answer: object, sizes: tuple[object, ...], unit: str) -> None:
    units = ("epochs|epoch", "times|factor|per side", "pixels|px")
    assert read_quantity(answer, units) == Quantity(sizes, unit)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("many", "has 'many', which is neither a number nor a unit asked for; the unit is pixels"),
        ("25 bananas", "has 'bananas'"),
        ("", "holds no number"),
        (True, "is no number"),
        (float("nan"), "is no finite number"),
        ("1/0", "divides by zero"),
        (["8", 8], "is a list that holds something else than numbers"),
        ("9" * 300, "has more than 200 characters"),
    ],
)
def test_what_is_no_number_is_told(answer: object, problem: str) -> None:
    with pytest.raises(UnreadableError, match=problem):
        read_quantity(answer, ("pixels|px",))


@given(st.integers(-(10**9), 10**9), st.sampled_from(["{}", "{} pixels", "about {} px", "{}.0", "({})"]))
def test_a_number_is_the_same_in_every_dress(number: int, dress: str) -> None:
    seen = read_quantity(dress.format(number), ("pixels|px",))
    assert same_quantity(seen, read_quantity(number))
    assert not same_quantity(seen, read_quantity(number + 1))


def test_units_and_tolerance() -> None:
    metres, feet = (read_quantity(text, ("metres|m", "feet|ft")) for text in ("10 m", "10 ft"))
    assert not same_quantity(metres, feet)
    assert same_quantity(read_quantity(10), feet)
    assert same_quantity(read_quantity(10.05), metres, tolerance=0.01)
    assert not same_quantity(read_quantity(10.2), metres, tolerance=0.01)


# tables and choices


def test_rows_in_any_order_and_columns_under_any_name() -> None:
    columns = ("size|filter size", "filters|number of filters")
    key = read_table([{"size": "3x3", "filters": 32}, {"size": "3x3", "filters": 64}], columns)
    other = [{"Filter_Size": "3 × 3", "number of filters": "64", "layer": "b"}, {"size": "3x3", "filters": 32}]
    assert read_table(other, columns).same_rows(key)
    assert read_table({"a": other[0], "b": other[1]}, columns).same_rows(key)
    wrong = read_table([*other, {"size": "3x3", "filters": 32}], columns)
    assert not wrong.same_rows(key)
    assert wrong.describe_difference([key]) == "has row 3 (size 3x3, filters 32), which is not right"
    assert read_table(other[:1], columns).describe_difference([key]) == "has only right rows, but 1 are too few"


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("3x3", "is no table; write rows such as"),
        ([[3, 3]], "has a row 1 without names of columns; write { size = … }"),
        ([{"colour": 3}], "has no 'size' in row 1"),
    ],
)
def test_what_is_no_table_is_told(table: object, problem: str) -> None:
    with pytest.raises(UnreadableError, match=problem):
        read_table(table, ("size",))


def test_choices_have_synonyms() -> None:
    words = ("unchanged|no change|false", "changed|it changes")
    assert {read_word(w, words) for w in ("Unchanged.", "no  CHANGE", False)} == {"unchanged"}
    with pytest.raises(UnreadableError, match='is none of the choices; write one of "unchanged", "changed"'):
        read_word("perhaps", words)


# the judge


def test_right_answers_pass_each_in_any_accepted_form(built: Path) -> None:
    answers = {"length": "394 ft", "area": "W*L", "spans": [["x"]], "material": "iron"}
    found = judged(built, {"bridge": answers})
    assert found["length"][0] is Status.PASSED
    assert found["area"][0] is Status.PASSED
    assert found["spans"][0] is Status.FAILED
    assert found["material"] == (Status.FAILED, 'material is "iron", which is not right', "")


def test_the_right_answer_is_never_told(built: Path) -> None:
    wrong = {"length": 7, "area": "L", "spans": [{"span": 1, "width": 2}], "material": "steel"}
    for status, message, hint in judged(built, {"bridge": wrong}).values():
        assert status is Status.FAILED
        assert not any(right in message + hint for right in ("120", "394", "W", "40", "80", "stone"))


def test_a_known_mistake_is_named_in_whatever_form(built: Path) -> None:
    _, message, hint = judged(built, {"bridge": {"area": "L + L + W*2"}})["area"]
    assert message == 'area is "L + L + W*2", which is not right'
    assert hint == "That is the perimeter."


def test_unreadable_answers_and_missing_ones_are_told_apart(built: Path) -> None:
    found = judged(built, {"bridge": {"length": "long", "area": "L*"}})
    assert found["length"][1].startswith("length has 'long', which is neither a number nor a unit asked for")
    assert found["length"][2] == "Look at the plan."
    assert found["area"][1] == 'area ends too early: something is missing at its end; got "L*"'
    assert found["material"] == (Status.NOT_ATTEMPTED, "not attempted: material is not answered", "")


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["length", "area", "spans", "material"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_no_answer_upsets_the_judge(built: Path, facts: dict[str, object]) -> None:
    exercise = open_course(built).exercise(BRIDGE)
    fixture = read_fixture(exercise, "hidden")
    seen = {"answers": Observation("answers", Outcome.COMPLETE, facts=facts)}
    statuses = {v.status for v in judge_exercise(exercise.rubric, fixture, seen).verdicts}
    assert statuses <= {Status.PASSED, Status.FAILED, Status.NOT_ATTEMPTED}


# what is recorded, and handed out


def test_the_public_set_has_no_key(built: Path) -> None:
    exercise = open_course(built).exercise(BRIDGE)
    public, hidden = (read_fixture(exercise, which).cases[0] for which in ("public", "hidden"))
    assert dict(public.dialects["reference"].facts) == dict.fromkeys(("length", "area", "spans", "material"))
    assert dict(public.mistakes) == {}
    assert hidden.dialects["feet"].facts["length"] == "394 feet"
    recorded = (exercise.fixtures / "public.safetensors").read_bytes()
    assert not any(word in recorded for word in (b"stone", b"L*W", b"perimeter", b"120"))


def test_a_manifest_without_calibrated_criteria_has_no_empty_table(built: Path) -> None:
    manifest = open_course(built).exercise(BRIDGE).fixtures / "manifest.toml"
    assert "[sources]" in manifest.read_text()
    assert "[criteria]" not in manifest.read_text()


def test_without_a_key_the_form_alone_is_judged(built: Path) -> None:
    found = judged(built, {"bridge": {"length": 7, "material": "wood"}}, "public")
    assert found["length"][0] is Status.PASSED
    assert found["material"][0] is Status.FAILED
    assert audit_exercise(open_course(built), BRIDGE).mismatches == ()


def test_the_template_asks_and_does_not_tell(built: Path) -> None:
    exercise = open_course(built).exercise(BRIDGE)
    empty = empty_part(exercise)
    assert empty.startswith('[bridge]\n# How long is it? In metres.\nlength = ""\n')
    assert 'spans = [\n    { span = "", width = "" },\n]\n' in empty
    assert read_answers(empty).notes == ()
    assert read_answers(whole_part(exercise)).answers["bridge"]["length"] == 120
    with pytest.raises(NotImplementedError):
        record_answers(read_answers(empty).answers, "bridge", ("length", "area", "spans", "material"), Recorder())


def test_a_reference_without_the_exercises_table_is_refused(built: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(built, tmp_path / "course"))
    (copy / "solutions/works/bridge/reference.toml").write_text("[road]\nlength = 1\n")
    with pytest.raises(CourseError, match=r"solutions/works/bridge/reference\.toml: has no table \[bridge\]"):
        empty_part(open_course(copy).exercise(BRIDGE))


# the whole line


def grade(root: Path, submission: Path) -> Report:
    course = open_course(root)
    with Grading(course, assignment="site", isolation="none", device="cpu") as grading:
        return grading.grade(submission)


def criteria(report: Report) -> dict[str, CriterionReport]:
    return {criterion.id: criterion for part in report.parts for criterion in part.criteria}


def test_a_sheet_in_an_archive_is_graded(built: Path, tmp_path: Path) -> None:
    sheet = f"[bridge]\n{RIGHT}material = granite\n"
    report = grade(built, write(tmp_path / "CS01", {"work/answers.toml": sheet, "report.pdf": "%PDF"}))
    assert report.score == 4
    assert any("answers.toml', line 5: is no TOML" in note for note in report.notes)


def test_a_dictionary_in_a_notebook_cell_is_graded_where_the_sheet_is_empty(built: Path, tmp_path: Path) -> None:
    cells = ['answers = {"bridge": {"length": 120}}', 'answers["bridge"]["material"] = "stone"']
    notebook = nbformat.writes(new_notebook(cells=[new_code_cell(cell) for cell in cells]))
    empty = empty_part(open_course(built).exercise(BRIDGE))
    files = {"work.ipynb": notebook, "answers.toml": empty}
    found = criteria(grade(built, write(tmp_path / "CS01", files)))
    assert {id_: c.status for id_, c in found.items()} == {
        "length": Status.PASSED,
        "area": Status.NOT_ATTEMPTED,
        "spans": Status.NOT_ATTEMPTED,
        "material": Status.PASSED,
    }


def test_of_two_sheets_the_one_nearest_to_the_root_counts(built: Path, tmp_path: Path) -> None:
    files = {"answers.toml": "[bridge]\nlength = 7\n", "old/answers.toml": "[bridge]\nlength = 120\n"}
    report = grade(built, write(tmp_path / "CS01", files))
    assert criteria(report)["length"].status is Status.FAILED
    assert any(
        "answers was taken from answers.toml; also defined: answers in old/answers.toml" in n for n in report.notes
    )


# weights of a recurrent network, judged by effect


@pytest.fixture(scope="module")
def course() -> Course:
    return open_course(ROOT)


def colon(course: Course, claim: str, weights: object) -> str:
    exercise = course.exercise(COLON)
    case = read_fixture(exercise, "hidden").cases[0]
    return load_rules(exercise)[claim]({"weights": weights}, case.inputs, case.settings)


def weight(course: Course, matrix: str, row: int, column: int) -> dict[str, object]:
    value = read_fixture(course.exercise(COLON), "hidden").cases[0].inputs[matrix][row, column]
    return {"matrix": matrix, "row": row, "column": column, "value": round(float(value), 3)}


def responsible(course: Course, units: int) -> list[tuple[str, int, int]]:
    """The largest products of a weight from the colon and one to newline or space, found from the weights alone."""
    case = read_fixture(course.exercise(COLON), "hidden").cases[0]
    index = case.settings["characters"].index
    products = [
        (case.inputs["Wxh"][unit, index(":")] * case.inputs["Why"][index(end), unit], unit, index(end))
        for unit in range(len(case.inputs["Whh"]))
        for end in "\n "
    ]
    best = sorted(products, reverse=True)[:units]
    return [place for _, unit, end in best for place in (("Wxh", unit, index(":")), ("Why", end, unit))]


def test_responsible_weights_pass_and_random_ones_do_not(course: Course) -> None:
    true = [weight(course, *place) for place in dict.fromkeys(responsible(course, 3))]
    for claim in ("weights_are_there", "zeroing_ends_colon", "chain_is_named"):
        assert colon(course, claim, true) == ""
    random = np.random.default_rng(0)
    shapes = {name: a.shape for name, a in read_fixture(course.exercise(COLON), "hidden").cases[0].inputs.items()}
    for _ in range(10):
        names = random.choice(["Wxh", "Whh", "Why"], 6)
        places = {(str(n), int(random.integers(shapes[n][0])), int(random.integers(shapes[n][1]))) for n in names}
        assert colon(course, "zeroing_ends_colon", [weight(course, *place) for place in places]) != ""


def test_the_largest_output_weight_alone_does_not_pass(course: Course) -> None:
    why = read_fixture(course.exercise(COLON), "hidden").cases[0].inputs["Why"]
    row, column = (int(i) for i in np.unravel_index(np.abs(why).argmax(), why.shape))
    problem = colon(course, "zeroing_ends_colon", [weight(course, "Why", row, column)])
    assert problem.startswith("none of the weights is in Wxh's column of ':'")


def test_weights_without_effect_are_told_what_they_do(course: Course) -> None:
    case = read_fixture(course.exercise(COLON), "hidden").cases[0]
    column = case.settings["characters"].index(":")
    smallest = int(np.abs(case.inputs["Wxh"][:, column]).argmin())
    problem = colon(course, "zeroing_ends_colon", [weight(course, "Wxh", smallest, column)])
    assert problem.startswith("with these 1 weights set to zero, the probability of '\\n ' after ':' goes from 0.9")


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        ("Wxh", "weights is no list"),
        ([{"matrix": "Wxh", "row": 1}], "weight 1 has not all of matrix, row, column and value"),
        (["Wyh[1, 2] = 3.0"], "weight 1 is in 'Wyh'; the matrices are Wxh, Whh, Why, bh, by"),
        (["Wxh[-1, 2] = 3.0"], "weight 1 has the row '-1'; write its index, counted from 0"),
        (["Wxh[9999, 2] = 3.0"], "Wxh[9999, 2] does not exist"),
        (["Wxh[1, 2] = 77.7"], "Wxh[1, 2] is not 77.7 in the snapshot"),
        (["Wxh[1, 2] = big"], "Wxh[1, 2] is given the value 'big', which is no number"),
        ([f"Wxh[1, 2] = {'1' * 40}x"], f"Wxh[1, 2] is given the value '{'1' * 40}', which is no number"),
        (["Wxh[1, 2] = 3.0"] * 21, "21 weights are named, at most 20 may be"),
        (["Wxh[1, 2] = 3.0"] * 2, "Wxh[1, 2] is named twice"),
        ([{"matrix": "", "row": "", "column": "", "value": ""}], "no weight is named"),
    ],
)
def test_what_is_wrong_with_named_weights_is_told(course: Course, weights: object, problem: str) -> None:
    assert colon(course, "weights_are_there", weights).startswith(problem)


def test_a_claim_that_fails_costs_no_marks(course: Course) -> None:
    exercise = course.exercise(COLON)
    fixture = read_fixture(exercise, "hidden")
    stripped = type(fixture)(fixture.exercise, fixture.cases, fixture.tolerance_factor)
    seen = {"answers": Observation("answers", Outcome.COMPLETE, facts={"weights": ["Wxh[1, 2] = 3.0"]})}
    first = judge_exercise(exercise.rubric, stripped, seen).verdicts[0]
    assert first.status is Status.GRADER_ERROR
    place = r"grader/judge/checks/answers/answers\.py, line \d+: KeyError: 'weights_are_there'"
    assert re.match(rf"the check itself failed at {place}; no marks are lost by it \(case", first.message)
