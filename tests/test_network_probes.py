"""The colourization networks: right answers in any style agree with a dialect, each known mistake shows as it says."""

import ast
import inspect
import runpy
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from grader.model.rubric import ExerciseRubric
from grader.runner.probing import run_probe

ROOT = Path(__file__).parents[1]
NETWORKS = {"colour/cnn": "CNN", "colour/unet": "UNet"}
FILES = {
    kind: [
        (exercise, path)
        for exercise in NETWORKS
        for path in sorted((ROOT / "solutions" / exercise).glob(f"{kind}/*.py"))
    ]
    for kind in ("wheats", "chaffs")
}
SEED = 11
FAR = 1e-3  # of a tensor's largest value; right answers agree to about 1e-6

# What each criterion of the rubrics looks at: the case, and the tensor that shows it.
SHOWN_BY = {
    "values": ("handout size", "output"),
    "gradients": ("handout size", "gradient"),
    "eval-mode": ("one image in eval mode", "eval_output"),
    "general-kernel": ("kernel 5", "output"),
    "general-filters": ("8 filters", "output"),
    "general-colours": ("5 colours", "output"),
    "general-channels": ("3 input channels", "output"),
}


class Exercise:
    def __init__(self, name):
        self.entry = NETWORKS[name]
        self.solutions = ROOT / "solutions" / name
        self.probe = runpy.run_path(str(ROOT / "fixtures" / name / "probe.py"))
        cases = self.probe["cases"](torch.Generator().manual_seed(SEED))
        self.cases = {case.name: case for case in cases}
        self.dialects = runpy.run_path(str(self.solutions / "dialects.py"))["DIALECTS"]
        self.expected = {name: self.observe(network) for name, network in self.dialects.items()}

    def load(self, path):
        return runpy.run_path(str(path))

    def observe(self, network):
        """{case: (tensors, facts, error)}."""
        seen = {}
        for case in self.cases.values():
            try:
                recorder, error = (
                    run_probe(self.probe["probe"], network, case, torch.device("cpu"), torch.float32),
                    None,
                )
            except Exception as raised:
                recorder, error = raised.seen, raised
            seen[case.name] = ({k: v.data for k, v in recorder.values.items()}, recorder.facts, error)
        return seen

    def nearest(self, seen):
        return min(self.expected, key=lambda name: distance(seen, self.expected[name], "handout size", "output"))


def distance(seen, expected, case, tensor):
    """Largest difference, in units of the expected tensor's largest value; infinite where there is none to compare."""
    found, wanted = seen[case][0].get(tensor), expected[case][0][tensor]
    if found is None or found.shape != wanted.shape:
        return float("inf")
    return float((found - wanted).abs().max() / wanted.abs().max())


def lost(seen, expected, case_x):
    """Criteria that an observation fails by itself, where the rubric does not block them."""
    if seen["handout size"][0]["output"].shape != expected["handout size"][0]["output"].shape:
        return {"builds"}
    far = {c for c, (case, tensor) in SHOWN_BY.items() if not distance(seen, expected, case, tensor) < FAR}
    if "values" in far:
        same_shape = {c for c in far if c.startswith("general") and shape(seen, c) == shape(expected, c)}
        far -= {"gradients", "eval-mode"} | same_shape
    tensors = seen["called twice"][0]
    if not (torch.equal(tensors["x_after"], case_x) and torch.allclose(tensors["again"], tensors["output"], atol=1e-4)):
        far.add("pure")
    return far


def shape(seen, criterion):
    case, tensor = SHOWN_BY[criterion]
    found = seen[case][0].get(tensor)
    return None if found is None else found.shape


@pytest.fixture(scope="module")
def exercises():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield {name: Exercise(name) for name in NETWORKS}
    torch.set_num_threads(before)


def test_the_reference_is_the_first_dialect_bit_for_bit(exercises):
    for exercise in exercises.values():
        seen = exercise.observe(exercise.load(exercise.solutions / "reference.py")[exercise.entry])
        first = next(iter(exercise.expected.values()))
        for case, (tensors, facts, error) in seen.items():
            assert error is None
            assert facts == first[case][1]
            assert tensors.keys() == first[case][0].keys()
            assert all(torch.equal(tensors[name], first[case][0][name]) for name in tensors)


def parameters(network):
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


@pytest.mark.parametrize(
    ("exercise", "dialect", "count"),
    [
        ("colour/cnn", "conv-pool-bn-relu/plain", 86_784),
        ("colour/cnn", "conv-bn-relu-pool/3-channels", 76_137),
        ("colour/unet", "conv-pool-bn-relu/ps-ps-ps", 112_344),
        ("colour/unet", "conv-bn-relu-pool/sp-sp-sp", 112_344),
    ],
)
def test_dialects_have_the_handouts_number_of_parameters(exercises, exercise, dialect, count):
    assert parameters(exercises[exercise].dialects[dialect](3, 32, 24, 1)) == count


def test_the_handout_text_gives_the_references_number_of_parameters(exercises):
    for exercise in exercises.values():
        path = exercise.solutions / "reference.py"
        assert f"{parameters(exercise.load(path)[exercise.entry](3, 32, 24, 1)):,}" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("exercise", "path"), FILES["wheats"], ids=lambda value: getattr(value, "stem", value))
def test_a_right_answer_agrees_with_one_dialect_in_everything(exercises, exercise, path):
    network = exercises[exercise]
    seen = network.observe(network.load(path)[network.entry])
    expected = network.expected[network.nearest(seen)]
    assert all(error is None for _, _, error in seen.values())
    for case, (tensors, _, _) in expected.items():
        for name in tensors:
            assert distance(seen, expected, case, name) < 1e-4, (case, name)
    assert lost(seen, expected, network.cases["called twice"]["x"]) == set()


@pytest.mark.parametrize(("exercise", "path"), FILES["chaffs"], ids=lambda value: getattr(value, "stem", value))
def test_a_known_mistake_shows_in_the_criteria_that_it_names_and_in_no_other(exercises, exercise, path):
    network = exercises[exercise]
    module = network.load(path)
    seen = network.observe(module[network.entry])
    expected = network.expected[network.nearest(seen)]
    assert lost(seen, expected, network.cases["called twice"]["x"]) == module["LOSES"]


@pytest.mark.parametrize("exercise", NETWORKS)
def test_dialects_are_far_from_each_other(exercises, exercise):
    observed = exercises[exercise].expected
    pairs = combinations(observed, 2)
    close = [(a, b) for a, b in pairs if distance(observed[a], observed[b], "handout size", "output") < FAR]
    assert close == []


@pytest.mark.parametrize("exercise", NETWORKS)
def test_the_rubric_names_the_cases_the_dialects_and_every_lost_criterion(exercises, exercise):
    rubric = ExerciseRubric.model_validate(tomllib.loads((ROOT / "rubrics" / f"{exercise}.toml").read_text("utf-8")))
    assert rubric.entry == NETWORKS[exercise]
    assert list(rubric.dialects) == list(exercises[exercise].dialects)
    assert {case for criterion in rubric.criteria for case in criterion.cases} == set(exercises[exercise].cases)
    criteria = {criterion.id for criterion in rubric.criteria}
    assert criteria == {"builds", "pure", *SHOWN_BY}
    for owner, path in FILES["chaffs"]:
        if owner == exercise:
            assert exercises[exercise].load(path)["LOSES"] <= criteria


@pytest.mark.parametrize(("exercise", "path"), FILES["chaffs"], ids=lambda value: getattr(value, "stem", value))
def test_a_mistakes_docstring_is_a_hint_of_one_paragraph(exercise, path):
    hint = inspect.cleandoc(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))
    assert 30 < len(hint) < 250
    assert "\n\n" not in hint
    assert hint.endswith(".")


@pytest.mark.parametrize("exercise", NETWORKS)
def test_an_unwritten_forward_is_seen_as_none(exercises, exercise):
    class Unwritten(nn.Module):
        def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
            super().__init__()

        def forward(self, x):
            pass

    network = exercises[exercise]
    for case in network.cases.values():
        seen = run_probe(network.probe["probe"], Unwritten, case, torch.device("cpu"), torch.float32)
        assert [value.type for value in seen.values.values()] == ["NoneType"]


@pytest.mark.parametrize("exercise", NETWORKS)
def test_the_shape_is_seen_though_the_gradient_fails(exercises, exercise):
    network = exercises[exercise]
    dialect = next(iter(network.dialects.values()))

    class Detached(nn.Module):
        def __init__(self, *sizes):
            super().__init__()
            self.network = dialect(*sizes)

        def forward(self, x):
            return self.network(x).detach()

    tensors, facts, error = network.observe(Detached)["handout size"]
    assert tensors["output"].shape == (2, 24, 8, 12)
    assert facts["parameters"][0] == [32, 1, 3, 3]
    assert "does not require grad" in str(error)


@pytest.mark.parametrize("exercise", NETWORKS)
@pytest.mark.parametrize(("kernel", "padding"), [(3, None), (5, None), (5, 0)])
def test_the_given_convolution_is_a_convolution(exercises, exercise, kernel, padding):
    layer = exercises[exercise].probe["GIVEN"]["MyConv2d"](2, 3, kernel, padding=padding)
    x = torch.randn(2, 2, 7, 6)
    expected = nn.functional.conv2d(x, layer.weight, layer.bias, padding=kernel // 2 if padding is None else padding)
    assert torch.equal(layer(x), expected)
    assert np.prod(layer.weight.shape) == 6 * kernel**2
