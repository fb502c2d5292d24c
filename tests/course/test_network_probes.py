"""The colourization networks: right answers in any style agree with a dialect, each known mistake shows as it says."""

import ast
import inspect
import runpy
import tomllib
from itertools import combinations, product

import numpy as np
import pytest
import torch
from torch import nn

from grader.course.folder import open_course
from grader.grading.in_process import load_module, load_probe
from grader.judge.checks.families import Rubric
from grader.probes.probing import run_probe
from tests.places import ROOT

PROBING = load_module(ROOT / "fixtures/colour/probing.py", "fixtures/colour/probing.py", {})
build, network_cases = PROBING.build, PROBING.network_cases

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
        loaded = load_probe(open_course(ROOT).exercise(name))
        self.probe, self.given = loaded.module.probe, loaded.given
        cases = loaded.module.cases(torch.Generator().manual_seed(SEED))
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
                    run_probe(self.probe, network, case, torch.device("cpu"), torch.float32),
                    None,
                )
            except Exception as raised:
                recorder, error = raised.seen, raised
            seen[case.name] = ({k: v.data for k, v in recorder.values.items()}, recorder.facts, error)
        return seen


def distance(seen, expected, case, tensor):
    """Largest difference, in units of the expected tensor's largest value; infinite where there is none to compare."""
    found, wanted = seen[case][0].get(tensor), expected[case][0][tensor]
    if found is None or found.shape != wanted.shape:
        return float("inf")
    return float((found - wanted).abs().max() / wanted.abs().max())


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


@pytest.mark.parametrize("exercise", NETWORKS)
def test_dialects_are_far_from_each_other(exercises, exercise):
    observed = exercises[exercise].expected
    pairs = combinations(observed, 2)
    close = [(a, b) for a, b in pairs if distance(observed[a], observed[b], "handout size", "output") < FAR]
    assert close == []


@pytest.mark.parametrize("exercise", NETWORKS)
def test_the_rubric_names_the_cases_the_dialects_and_every_lost_criterion(exercises, exercise):
    rubric = Rubric.model_validate(tomllib.loads((ROOT / "rubrics" / f"{exercise}.toml").read_text("utf-8")))
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


GENERAL = {case for case, tensor in SHOWN_BY.values() if tensor == "output"}
OTHER_LAYERS = {"rfconv_missing"}


@pytest.mark.parametrize(("exercise", "path"), FILES["chaffs"], ids=lambda value: getattr(value, "stem", value))
def test_a_mistake_between_the_layers_leaves_the_layers_right(exercises, exercise, path):
    network = exercises[exercise]
    found = network.load(path)
    if "values" in found["LOSES"]:
        seen = network.observe(found[network.entry])
        near = min(max(distance(seen, d, case, "layers") for case in GENERAL) for d in network.expected.values())
        assert (near > FAR) == (path.stem in OTHER_LAYERS)


@pytest.mark.parametrize("exercise", NETWORKS)
def test_other_layers_earn_nothing_at_any_size_whatever_shape_their_output_has(exercises, exercise):
    class TwoConvolutions(nn.Sequential):
        def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
            first = nn.Conv2d(num_in_channels, num_filters, kernel, padding=kernel // 2)
            super().__init__(first, nn.Conv2d(num_filters, num_colours, kernel, padding=kernel // 2))

    seen = exercises[exercise].observe(TwoConvolutions)
    for dialect, case in product(exercises[exercise].expected.values(), GENERAL):
        assert seen[case][0]["output"].shape == dialect[case][0]["output"].shape
        assert distance(seen, dialect, case, "layers") > FAR


@pytest.mark.parametrize("exercise", NETWORKS)
def test_an_unwritten_forward_is_seen_as_none(exercises, exercise):
    class Unwritten(nn.Module):
        def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
            super().__init__()

        def forward(self, x):
            pass

    network = exercises[exercise]
    for case in network.cases.values():
        seen = run_probe(network.probe, Unwritten, case, torch.device("cpu"), torch.float32)
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
    layer = exercises[exercise].given["MyConv2d"](2, 3, kernel, padding=padding)
    x = torch.randn(2, 2, 7, 6)
    expected = nn.functional.conv2d(x, layer.weight, layer.bias, padding=kernel // 2 if padding is None else padding)
    assert torch.equal(layer(x), expected)
    assert np.prod(layer.weight.shape) == 6 * kernel**2


def test_channels_may_be_fixed_and_pictures_have_the_size_asked_for():
    pictures = {"gradient": (1, 4, 12), "again": (2, 4, 4), "eval": (1, 8, 4), "output": (3, 4, 4)}
    given = {"inputs": 1, "outputs": 3, "pictures": pictures, "further": [24]}
    sizes = {"kernel": 3, "filters": 32}
    cases = {c.name: c for c in network_cases(torch.Generator(), sizes, {"kernel 5": {"kernel": 5}}, **given)}
    shapes = {name: tuple(case["x"].shape) for name, case in cases.items()}
    assert shapes == {
        "handout size": (1, 1, 4, 12),
        "called twice": (2, 1, 4, 4),
        "one image in eval mode": (1, 1, 8, 4),
        "kernel 5": (3, 1, 4, 4),
    }
    assert cases["handout size"]["cotangent"].shape == (1, 3, 4, 12)
    assert cases["kernel 5"].settings["sizes"] == [("kernel", 5), ("filters", 32)]
    assert cases["kernel 5"].settings["further"] == [24]


HANDOUT = {"kernel": 3, "filters": 32}


def constructed(entry, sizes, further=()):
    return build(entry, sizes, HANDOUT, further)


def test_a_constructor_gets_as_many_further_arguments_as_it_asks_for():
    assert constructed(lambda kernel, filters: (kernel, filters), HANDOUT, [24, 1]) == (3, 32)
    assert constructed(lambda kernel, filters, colours: (kernel, filters, colours), HANDOUT, [24, 1]) == (3, 32, 24)
    assert constructed(lambda a, b, c, d, e=5: (a, b, c, d, e), HANDOUT, [24, 1]) == (3, 32, 24, 1, 5)


def test_a_constructor_without_the_last_size_serves_at_the_handouts_alone():
    assert constructed(lambda kernel: kernel, HANDOUT, [24, 1]) == 3
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        constructed(lambda kernel: kernel, HANDOUT | {"filters": 8}, [24, 1])
