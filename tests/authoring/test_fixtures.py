"""Recording fixtures from a small course of its own, reading them again, and noticing what changed."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors import safe_open

from grader.authoring.record.fixtures import build_fixtures, seed_of
from grader.authoring.record.verification import verify_fixtures
from grader.course.fixtures import digest, read_fixture, write_fixture
from grader.course.folder import Exercise, open_course
from grader.model.errors import CourseError
from grader.model.fixture import Excerpt, Expected, ExpectedTensor, Fixture, FixtureCase, SeenMistake
from grader.model.observation import Outcome

COURSE = {
    "rubrics/activations/swish.toml": """
        title = "Swish"
        entry = "swish"
        [[criteria]]
        id = "values"
        title = "values are x times sigmoid(x)"
        check = "value_matches"
        tensors = ["output"]
        [[criteria]]
        id = "gradients"
        title = "the gradient reaches x"
        check = "gradient_matches"
        tensors = ["gradient.*"]
        requires = ["values"]
        [[criteria]]
        id = "pure"
        title = "x stays as it was"
        check = "stays_equal"
        pairs = [["x_after", "x"]]
    """,
    "fixtures/activations/swish/probe.py": """
        import torch
        from grader.probes.probing import Case

        def cases(generator):
            for name, shape in (("a row", (6,)), ("a picture", (2, 3, 4))):
                tensors = {name: torch.randn(shape, generator=generator) for name in ("x", "cotangent")}
                yield Case(name, tensors, {"shape": shape})

        def probe(entry, case, see):
            x = case["x"]
            see.tensor("output", entry(x))
            see.tensor("x_after", x)
            leaf = case["x"].requires_grad_()
            gradient, = torch.autograd.grad(entry(leaf * 1), leaf, case["cotangent"])
            see.tensor("gradient.x", gradient)
            see.fact("axes", x.dim())
    """,
    "solutions/activations/swish/reference.py": """
        import torch

        def swish(x):
            return x * torch.sigmoid(x)
    """,
    "solutions/activations/swish/wheats/by_exp.py": """
        import torch

        def swish(x):
            return x / (1 + torch.exp(-x))
    """,
    "solutions/activations/swish/chaffs/sigmoid.py": '''
        """This is the sigmoid:
        multiply it by x."""
        import torch

        LOSES = {"values"}

        def swish(x):
            return torch.sigmoid(x)
    ''',
    "solutions/activations/swish/chaffs/in_place.py": '''
        """x is changed in place."""
        import torch

        LOSES = {"pure"}

        def swish(x):
            return x.mul_(torch.sigmoid(x))
    ''',
}
SWISH = "activations/swish"
FILES = ("public.safetensors", "hidden.safetensors", "manifest.toml")


def write(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        indent = min(len(line) - len(line.lstrip()) for line in text.splitlines() if line.strip())
        (root / name).write_text("\n".join(line[indent:] for line in text.splitlines()), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    write(root, COURSE)
    build_fixtures(open_course(root), [SWISH])
    return root


@pytest.fixture
def course(built, tmp_path):
    """A copy of the built course that a test may change."""
    return open_course(shutil.copytree(built, tmp_path / "course"))


def edit(course, name, old, new):
    path = course.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_inputs_oracles_and_mistakes_are_recorded(course):
    fixture = read_fixture(course.exercise(SWISH), "public")
    assert [case.name for case in fixture.cases] == ["a row", "a picture"]
    assert fixture.hints == {"in_place": "x is changed in place.", "sigmoid": "This is the sigmoid: multiply it by x."}
    case = fixture.case("a picture")
    assert case.settings == {"shape": [2, 3, 4]}
    x, right = case.inputs["x"], case.dialects["reference"]
    assert x.dtype == np.float32
    exact = x.astype(np.float64) / (1 + np.exp(-x.astype(np.float64)))
    assert right.tensors["output"].oracle.dtype == np.float64
    np.testing.assert_allclose(right.tensors["output"].oracle, exact, rtol=1e-14)
    assert 0 < right.tensors["output"].control < 1e-6
    assert right.tensors["output"].dtype == "float32"
    assert right.facts == {"axes": 3}
    seen = case.mistakes["sigmoid"].tensors["output"]
    np.testing.assert_allclose(seen.values, 1 / (1 + np.exp(-x.reshape(-1))), rtol=1e-5)


def test_public_and_hidden_inputs_differ(course):
    public, hidden = (
        read_fixture(course.exercise(SWISH), which).case("a row").inputs["x"] for which in ("public", "hidden")
    )
    assert public.shape == hidden.shape
    assert not np.any(public == hidden)
    assert seed_of(SWISH, "public") != seed_of(SWISH, "hidden")


def test_every_build_gives_the_same_bytes(course):
    folder = course.exercise(SWISH).fixtures
    before = {name: digest(folder / name) for name in FILES}
    build_fixtures(course)
    assert {name: digest(folder / name) for name in FILES} == before
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "probe.py"])


def test_equal_arrays_are_stored_once(course):
    path = course.exercise(SWISH).fixtures / "public.safetensors"
    with safe_open(path, framework="numpy") as file:
        case = json.loads(file.metadata()["fixture"])["cases"][0]
        keys = set(file.keys())
    spoilt, honest = case["mistakes"]["in_place"]["tensors"], case["mistakes"]["sigmoid"]["tensors"]
    assert honest["x_after"]["key"] == case["inputs"]["x"]
    assert spoilt["x_after"] == spoilt["output"]
    assert keys >= {"0/input/x", "0/reference/output"}


def test_the_manifest_says_what_was_recorded_and_how_well_it_separates(course):
    folder = course.exercise(SWISH).fixtures
    manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    assert manifest["sets"]["hidden"] == {
        "sha256": digest(folder / "hidden.safetensors"),
        "published": True,
        "seed": seed_of(SWISH, "hidden"),
    }
    assert manifest["sources"].keys() == {name for name in COURSE if not name.startswith("rubrics")}
    assert {"torch", "numpy", "tolerance_factor"} <= manifest.keys()
    values = manifest["criteria"]["values"]
    assert values["worst_correct"] <= 0.5
    assert values["nearest_chaff"] >= 2
    assert values["nearest_chaff_is"] == "chaffs/sigmoid"


def test_a_secret_seed_is_used_and_not_told(course):
    before = digest(course.exercise(SWISH).fixtures / "public.safetensors")
    published = read_fixture(course.exercise(SWISH), "hidden").case("a row").inputs["x"]
    build_fixtures(course, [SWISH], hidden_seed=1234567890123)
    hidden = read_fixture(course.exercise(SWISH), "hidden")
    assert not hidden.seed_is_published
    assert not np.any(hidden.case("a row").inputs["x"] == published)
    assert read_fixture(course.exercise(SWISH), "public").seed_is_published
    assert digest(course.exercise(SWISH).fixtures / "public.safetensors") == before
    assert "1234567890123" not in (course.exercise(SWISH).fixtures / "manifest.toml").read_text(encoding="utf-8")
    assert verify_fixtures(course) == []


def test_what_was_just_recorded_is_verified(course):
    assert verify_fixtures(course, [SWISH]) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "finding"),
    [
        ("solutions/activations/swish/wheats/by_exp.py", "1 +", "1.0 +", "wheats/by_exp.py: changed since"),
        ("solutions/activations/swish/chaffs/sigmoid.py", "This", "That", "chaffs/sigmoid.py: changed since"),
        ("solutions/activations/swish/reference.py", "x * ", "2 * x * ", "shows something else today in case 'a row'"),
        ("fixtures/activations/swish/probe.py", "(6,)", "(7,)", "the probe draws other inputs than were recorded"),
        ("fixtures/activations/swish/manifest.toml", 'torch = "', 'torch = "1.', "recorded with torch 1."),
    ],
)
def test_what_changed_since_is_found(course, name, old, new, finding):
    edit(course, name, old, new)
    findings = verify_fixtures(course)
    assert any(finding in line for line in findings), findings
    told = [line for line in findings if "recording it anew" not in line]
    assert all("grade fixtures build activations/swish" in line for line in told)


def test_what_recording_anew_changes_in_marks_is_told(course):
    for name in ("reference", "wheats/by_exp"):
        edit(course, f"solutions/activations/swish/{name}.py", "return x", "return 2 * x")
    findings = verify_fixtures(course)
    told = "activations/swish: recording it anew changes what {} earns from 1 to 3 of 3"
    assert told.format("reference") in findings
    assert told.format("wheats/by_exp") in findings
    build_fixtures(course, [SWISH])
    assert verify_fixtures(course) == []


def test_why_nothing_new_can_be_recorded_is_told(course):
    edit(course, "solutions/activations/swish/reference.py", "x * ", "2 * x * ")
    (line,) = [line for line in verify_fixtures(course) if "anew" in line]
    wheat = "solutions/activations/swish/wheats/by_exp.py"
    assert line.startswith(f"recording it anew would be refused: {wheat}: must pass")


def test_files_that_came_or_went_are_found(course):
    chaffs = course.exercise(SWISH).solutions / "chaffs"
    (chaffs / "sigmoid.py").rename(chaffs / "logistic.py")
    findings = "\n".join(verify_fixtures(course))
    assert "chaffs/logistic.py: is new since" in findings
    assert "chaffs/sigmoid.py: was removed since" in findings


@pytest.mark.parametrize("which", ["public", "hidden"])
def test_a_missing_set_says_how_to_make_it(course, which):
    (course.exercise(SWISH).fixtures / f"{which}.safetensors").unlink()
    words = (
        rf"fixtures/activations/swish/{which}.safetensors: no such file; run: grade fixtures build activations/swish"
    )
    with pytest.raises(CourseError, match=words):
        read_fixture(course.exercise(SWISH), which)
    assert len(verify_fixtures(course)) == 1


def test_a_missing_manifest_says_how_to_make_it(course):
    (course.exercise(SWISH).fixtures / "manifest.toml").unlink()
    words = r"^fixtures/activations/swish/manifest.toml: no such file; run: grade fixtures build activations/swish$"
    with pytest.raises(CourseError, match=words):
        read_fixture(course.exercise(SWISH), "public")
    assert len(verify_fixtures(course)) == 1


@pytest.mark.parametrize("place", [3, 300, -1])
def test_a_damaged_set_is_not_read(course, place):
    path = course.exercise(SWISH).fixtures / "hidden.safetensors"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(
        CourseError, match=r"hidden.safetensors: is not the file that manifest.toml describes; run: grade"
    ):
        read_fixture(course.exercise(SWISH), "hidden")


def test_a_set_that_is_no_safetensors_file_is_one_line(course):
    path = course.exercise(SWISH).fixtures / "hidden.safetensors"
    old = digest(path)
    path.write_bytes(b"not tensors")
    edit(course, "fixtures/activations/swish/manifest.toml", old, digest(path))
    with pytest.raises(CourseError, match=r"hidden.safetensors: cannot be read \(SafetensorError: .*; run: grade"):
        read_fixture(course.exercise(SWISH), "hidden")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "solutions/activations/swish/wheats/by_exp.py",
            "1 +",
            "2 +",
            "wheats/by_exp.py: must pass criterion 'values' but",
        ),
        ("solutions/activations/swish/wheats/by_exp.py", "swish", "swich", "wheats/by_exp.py: defines no swish"),
        ("solutions/activations/swish/wheats/by_exp.py", "import torch", "import torsh", "must run by itself"),
        ("solutions/activations/swish/reference.py", "x * ", "1 / 0 * ", "raised ZeroDivisionError: division by zero"),
        (
            "solutions/activations/swish/chaffs/sigmoid.py",
            "return torch",
            "return x * torch",
            "'values', case 'a picture': chaffs/sigmoid must lose it but lies",
        ),
        (
            "solutions/activations/swish/chaffs/sigmoid.py",
            '{"values"}',
            '{"worth"}',
            "LOSES is {'worth'}; make it a set",
        ),
        ("solutions/activations/swish/chaffs/in_place.py", '"""x is changed in place."""', "", "has no docstring"),
        ("fixtures/activations/swish/probe.py", '"a picture"', '"a row"', "give cases, each its own name"),
        ("fixtures/activations/swish/probe.py", "def probe", "def prove", "defines no probe(); see CONTRIBUTING"),
        ("fixtures/activations/swish/probe.py", "x.dim()", "x", "only JSON data"),
        ("rubrics/activations/swish.toml", '"output"', '"outcome"', "the probe records no tensor 'outcome'"),
        ("rubrics/activations/swish.toml", '"x_after", "x"', '"x_after", "y"', "the probe records no tensor 'y'"),
    ],
)
def test_a_course_that_is_wrong_is_refused_and_old_fixtures_stay(course, name, old, new, message):
    edit(course, name, old, new)
    folder = course.exercise(SWISH).fixtures
    before = {name: digest(folder / name) for name in FILES}
    with pytest.raises(CourseError, match=re.escape(message)):
        build_fixtures(open_course(course.root), [SWISH])
    assert {name: digest(folder / name) for name in FILES} == before


DIALECTS = """
    import torch

    def swish(x):
        return x * torch.sigmoid(x)

    def sharp(x):
        return x * torch.sigmoid(2 * x)

    DIALECTS = {"plain": swish, "sharp": sharp}
"""


def test_every_dialect_is_recorded(course):
    write(course.root, {"solutions/activations/swish/dialects.py": DIALECTS})
    build_fixtures(course)
    case = read_fixture(course.exercise(SWISH), "hidden").case("a row")
    assert list(case.dialects) == ["plain", "sharp"]
    x = case.inputs["x"].astype(np.float64)
    np.testing.assert_allclose(case.dialects["sharp"].tensors["output"].oracle, x / (1 + np.exp(-2 * x)), rtol=1e-14)


def test_the_references_own_dialect_comes_first(course):
    write(course.root, {"solutions/activations/swish/dialects.py": DIALECTS.replace('"plain": swish, ', "")})
    edit(course, "solutions/activations/swish/dialects.py", '"sharp": sharp', '"sharp": sharp, "plain": swish')
    with pytest.raises(CourseError, match=r"dialects.py: its first dialect, 'sharp', differs from reference.py"):
        build_fixtures(course)


def test_reading_fixtures_needs_no_torch():
    code = "import sys, grader.course.fixtures, grader.judge.verdicts; print('torch' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


SHAPES = st.sampled_from([(), (0,), (3,), (2, 0, 1), (2, 3)])
ARRAYS = st.sampled_from(["float32", "int64", "uint8", "bool"]).flatmap(lambda dtype: hnp.arrays(dtype, SHAPES))
NAMED = st.dictionaries(st.sampled_from(["x", "y", "output", "größe"]), ARRAYS, max_size=3)
FACTS = st.dictionaries(
    st.text(max_size=5), st.none() | st.integers() | st.lists(st.booleans(), max_size=3), max_size=2
)


@st.composite
def cases(draw, name):
    oracles = {n: ExpectedTensor(a.astype(np.float64), 0.5, str(a.dtype)) for n, a in draw(NAMED).items()}
    excerpts = {name: Excerpt.of(array, most=2) for name, array in draw(NAMED).items()}
    mistake = SeenMistake(draw(st.sampled_from(Outcome)), "ValueError", excerpts, draw(FACTS))
    dialects = {"conv/a-b": Expected(oracles, draw(FACTS))}
    return FixtureCase(name, draw(NAMED), draw(FACTS), dialects, {"a mistake": mistake})


def in_plain_words(value):
    """Fixtures hold arrays, which have no single truth value: compare what they show."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, dict):
        return [(key, in_plain_words(inner)) for key, inner in value.items()]
    if isinstance(value, tuple | list):
        return [in_plain_words(inner) for inner in value]
    if hasattr(value, "__dataclass_fields__"):
        return [(name, in_plain_words(getattr(value, name))) for name in value.__dataclass_fields__]
    return value


@settings(max_examples=60)
@given(st.data())
def test_what_is_written_is_what_is_read(tmp_path_factory, built, data):
    recorded = (data.draw(cases("one")), data.draw(cases("two")))
    fixture = Fixture("toy/toy", recorded, 32.0, {"a mistake": "dön't"}, data.draw(st.booleans()))
    rubric = open_course(built).exercise(SWISH).rubric
    exercise = Exercise("toy/toy", rubric, Path("absent"), tmp_path_factory.mktemp("fixture"))
    path = write_fixture(exercise, "hidden", fixture)
    first = path.read_bytes()
    (exercise.fixtures / "manifest.toml").write_text(f'[sets.hidden]\nsha256 = "{digest(path)}"\n')
    assert in_plain_words(read_fixture(exercise, "hidden")) == in_plain_words(fixture)
    assert write_fixture(exercise, "hidden", fixture).read_bytes() == first
