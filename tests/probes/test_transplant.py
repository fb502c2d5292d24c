"""Given weights reach the same layers of a network, in whatever style it is written."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from grader.probes.transplant import fill_from_pool, fill_statistics, first_use, sketch, sketch_gradients

POOL = torch.randn(5_003, generator=torch.Generator().manual_seed(7))
X = torch.randn(2, 3, 6, 4, generator=torch.Generator().manual_seed(8))


class Plain(nn.Module):
    """What the others are compared with: 3 -> 4 -> 5 channels, batch norm and ReLU between, then a linear head."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 3, padding=1)
        )
        self.head = nn.Linear(5, 2)

    def forward(self, x):
        return self.head(self.layers(x).mean((2, 3)))


class RegisteredBackwards(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Linear(5, 2)
        self.b = nn.Conv2d(4, 5, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.norm = nn.BatchNorm2d(4)
        self.a = nn.Conv2d(3, 4, 3, padding=1)
        self.everything = nn.ModuleList([self.b, self.a, self.c])  # registered twice

    def forward(self, x):
        x = self.act.forward(self.norm.forward(self.a.forward(x)))
        return self.c.forward(self.b.forward(x).mean((2, 3))), x


class Functional(nn.Module):
    """Parameters of the network itself, biases first in every way: registered, touched and passed."""

    def __init__(self):
        super().__init__()
        self.biases = nn.ParameterList([nn.Parameter(torch.randn(n)) for n in (2, 5, 4, 4)])
        self.weights = nn.ParameterList(
            [nn.Parameter(torch.randn(*s)) for s in ((2, 5), (5, 4, 3, 3), (4,), (4, 3, 3, 3))]
        )

    def forward(self, x):
        head, second, norm, first = zip(self.biases, self.weights, strict=True)
        x = first[0].view(1, -1, 1, 1) + F.conv2d(x, first[1], padding=1)
        x = F.relu_(F.batch_norm(x, None, None, norm[1], norm[0], training=True))
        x = F.conv2d(bias=second[0], input=x, weight=second[1], padding=1)
        return head[0] + x.mean((2, 3)) @ head[1].t()


class BiasOverZeros(nn.Module):
    """A convolution that spreads its bias over zeros and only then takes its weight, reshaped, by einsum."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.weight = nn.Parameter(torch.zeros(outputs, inputs, 3, 3))

    def forward(self, x):
        batch, _, height, width = x.shape
        out = torch.zeros(batch, len(self.bias), height * width)
        out += self.bias.view(1, -1, 1)
        columns = F.unfold(x, 3, padding=1)
        out += torch.einsum("bkp,ok->bop", columns, self.weight.reshape(len(self.bias), -1))
        return out.view(batch, -1, height, width)


class OwnLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(5, 2)
        self.second = BiasOverZeros(4, 5)
        self.norm = nn.BatchNorm2d(4)
        self.first = BiasOverZeros(3, 4)

    def forward(self, x):
        return self.head(self.second(torch.relu(self.norm(self.first(x)))).mean((2, 3)))


class Hooked(nn.Module):
    """Modules in a dict, the second convolution run by a hook on the first block."""

    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleDict({"z": nn.Linear(5, 2), "y": nn.Conv2d(4, 5, 3, padding=1)})
        self.parts["x"] = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.parts["x"].register_forward_hook(lambda module, given, returned: self.parts["y"](returned))

    def forward(self, x):
        return self.parts["z"](self.parts["x"](x).mean((2, 3)))


def transplanted(network):
    parameters, _ = first_use(network, X)
    fill_from_pool(parameters, POOL)
    returned = network(X.clone())
    return (returned[0] if isinstance(returned, tuple) else returned), parameters


@pytest.mark.parametrize("network", [RegisteredBackwards, Functional, Hooked])
def test_other_styles_equal_the_plain_network_bit_for_bit(network):
    expected, shapes = transplanted(Plain())
    output, parameters = transplanted(network())
    assert [p.shape for p in parameters] == [p.shape for p in shapes]
    assert torch.equal(output, expected)


def test_own_convolutions_equal_the_plain_network_within_rounding():
    expected, shapes = transplanted(Plain())
    output, parameters = transplanted(OwnLayers())
    assert [p.shape for p in parameters] == [p.shape for p in shapes]
    torch.testing.assert_close(output, expected)


def test_a_network_without_its_relu_does_not_equal_the_plain_one():
    network = Plain()
    network.layers[2] = nn.Identity()
    assert not torch.allclose(transplanted(network)[0], transplanted(Plain())[0], rtol=1e-2)


def test_shared_layers_count_once_and_unused_ones_not_at_all():
    class Shared(nn.Module):
        def __init__(self):
            super().__init__()
            self.unused = nn.Conv2d(1, 1, 1)
            self.conv = nn.Conv2d(3, 3, 3, padding=1)

        def forward(self, x):
            return self.conv(self.conv(x))

    network = Shared()
    parameters, _ = first_use(network, X)
    assert [id(p) for p in parameters] == [id(network.conv.weight), id(network.conv.bias)]


def test_a_tensor_that_took_data_in_place_no_longer_counts_as_a_parameter():
    class InPlace(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias = nn.Parameter(torch.zeros(3))
            self.conv = nn.Conv2d(3, 2, 1)

        def forward(self, x):
            out = self.bias.view(1, -1, 1, 1).expand_as(x).clone()
            out += x
            return self.conv(F.relu(out))

    network = InPlace()
    parameters, _ = first_use(network, X)
    assert [id(p) for p in parameters] == [id(p) for p in (network.bias, network.conv.weight, network.conv.bias)]


def test_first_use_returns_what_the_network_returned_without_gradient():
    _, returned = first_use(RegisteredBackwards(), X)
    assert isinstance(returned, tuple)
    assert returned[0].shape == (2, 2)
    assert not returned[0].requires_grad


def test_first_use_passes_on_what_the_network_raises():
    with pytest.raises(RuntimeError, match="to have 4 channels"):
        first_use(nn.Conv2d(4, 4, 3), X)


@given(st.lists(st.lists(st.integers(1, 4), max_size=4), min_size=1, max_size=6))
def test_filling_depends_on_shape_and_place_alone(shapes):
    first, second = ([nn.Parameter(torch.full(shape, value)) for shape in shapes] for value in (0.0, 9.0))
    fill_from_pool(first, POOL)
    fill_from_pool(second, POOL)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_flattened_weight_gets_the_same_numbers_as_an_unflattened_one():
    kernel, matrix = nn.Parameter(torch.zeros(4, 3, 3, 3)), nn.Parameter(torch.zeros(4, 27))
    fill_from_pool([kernel], POOL)
    fill_from_pool([matrix], POOL)
    assert torch.equal(kernel.flatten(1), matrix)


def test_neighbouring_parameters_get_different_numbers_and_a_large_one_reads_the_pool_again():
    a, b = nn.Parameter(torch.zeros(4, 4)), nn.Parameter(torch.zeros(4, 4))
    large = nn.Parameter(torch.zeros(2 * len(POOL)))
    fill_from_pool([a, b], POOL)
    fill_from_pool([large], POOL)
    assert not torch.equal(a, b)
    assert torch.equal(large[: len(POOL)], large[len(POOL) :])


def test_weights_are_scaled_by_fan_in_and_others_lie_around_one_half():
    weight, bias = nn.Parameter(torch.zeros(40, 5, 3, 3)), nn.Parameter(torch.zeros(2_000))
    fill_from_pool([weight, bias], POOL)
    assert weight.std().item() == pytest.approx(math.sqrt(2 / 45), rel=0.1)
    assert bias.mean().item() == pytest.approx(0.5, abs=0.1)
    assert (bias < 0).any()


def test_filling_keeps_each_parameters_own_dtype():
    single, double = nn.Parameter(torch.zeros(3, 3)), nn.Parameter(torch.zeros(3, 3, dtype=torch.float64))
    fill_from_pool([single], POOL.double())
    fill_from_pool([double], POOL.double())
    assert (single.dtype, double.dtype) == (torch.float32, torch.float64)
    torch.testing.assert_close(single.double(), double)


def test_statistics_become_positive_and_counters_stay():
    network = Plain()
    fill_statistics(network, POOL)
    norm = network.layers[1]
    assert torch.equal(norm.running_mean, norm.running_var)
    assert (norm.running_var >= 0.5).all()
    assert norm.num_batches_tracked == 0


@given(st.integers(1, 200), st.data())
def test_a_sketch_shows_a_change_of_one_entry(size, data):
    place = data.draw(st.integers(0, size - 1))
    tensor = torch.zeros(size)
    tensor[place] = 3.0
    seen = sketch(tensor)
    assert seen.shape == (16,)
    assert seen.dtype == torch.float64
    assert seen[place % 16].abs() == 3.0
    assert seen.abs().sum() == 3.0


def test_a_sketch_is_linear_and_its_signs_are_balanced():
    a, b = POOL[:2_000].reshape(4, 500), POOL[2_000:4_000].reshape(4, 500)
    torch.testing.assert_close(sketch(a) + sketch(b), sketch(a.double() + b.double()))
    assert sketch(torch.ones(16_000)).abs().max() < 200  # a sum of 1,000 signs: 6 standard deviations


def test_a_sketch_tells_entries_swapped_within_a_bucket():
    swapped = POOL[:320].clone()
    swapped[[0, 160]] = swapped[[160, 0]]
    signs = sketch(torch.eye(161)[0])[0] * sketch(torch.eye(161)[160])[0]
    assert torch.equal(sketch(swapped), sketch(POOL[:320])) == (signs > 0)


def test_gradients_of_layers_that_are_not_registered_count_as_zero():
    class Unregistered(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 3, 1)
            self.hidden = [nn.Conv2d(3, 2, 1)]

        def forward(self, x):
            return self.hidden[0](self.first(x))

    network = Unregistered()
    parameters, _ = first_use(network, X)
    network(X).square().sum().backward()
    sketches = sketch_gradients(network, parameters)
    assert sketches.shape == (4, 16)
    assert (sketches.abs().sum(1) > 0).tolist() == [True, True, False, False]
