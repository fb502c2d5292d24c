"""Networks from or to vectors: how they are built, fed and filled, and what is recorded of them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from grader.grading.in_process import load_module
from grader.probes.probing import Case, Unusable, run_probe
from tests.places import ROOT

PROBING = load_module(ROOT / "fixtures/gan/probing.py", "fixtures/gan/probing.py", {})
SEGMENTS, Feeding, build, cycled = PROBING.SEGMENTS, PROBING.Feeding, PROBING.build, PROBING.cycled
fill, observe_network, weighed = PROBING.fill, PROBING.observe_network, PROBING.weighed

FORMS = [[1, 28, 28], [784]]
batch_size = 128  # as a notebook has it; networks below look it up


def scorer(*before, width=1):
    return nn.Sequential(*before, nn.Linear(784, 5), nn.LeakyReLU(0.01), nn.Linear(5, width))


class Rows(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.count = count

    def forward(self, x):
        return x.reshape(self.count, 784)


def case(batch=4, gradient=False, **settings):
    generator = torch.Generator().manual_seed(5)
    tensors = {"x": torch.randn(batch, 784, generator=generator), "pool": torch.randn(1_009, generator=generator)}
    if gradient:
        tensors["cotangent"] = torch.randn(batch, 1, generator=generator)
    return Case("some images", tensors, {"arguments": [], "forms": FORMS, **settings})


def observe(entry, given_case):
    return run_probe(observe_network, entry, given_case, torch.device("cpu"), torch.float32)


def seen(entry, given_case=None):
    return {name: value.data for name, value in observe(entry, given_case or case()).values.items()}


def written_in():
    return scorer(Rows(128))


def looked_up():
    return scorer(Rows(batch_size))


def asked_for(count):
    return scorer(Rows(count))


def by_keyword(*, batch_size=128):
    return scorer(Rows(batch_size))


def images_only():
    return scorer(nn.Unflatten(2, (28, 1)), nn.Flatten())


def rows_only():
    return scorer()


ANY_BATCH = [looked_up, asked_for, by_keyword, images_only, rows_only]


@pytest.mark.parametrize("entry", [*ANY_BATCH, written_in])
def test_networks_that_take_images_rows_or_one_batch_size_give_the_same(entry):
    given_case = case(gradient=True, again=True, **{"both signs": True})
    expected, found = seen(lambda: scorer(nn.Flatten()), given_case), seen(entry, given_case)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.allclose(found[name], value, rtol=1e-4, atol=1e-5), name


@pytest.mark.parametrize("entry", ANY_BATCH)
def test_a_network_without_a_batch_size_written_in_takes_any(entry):
    assert seen(entry, case(1, **{"any batch": True}))["output"].shape == (1, 1)


@pytest.mark.parametrize("batch", [1, 3, 4])
def test_a_batch_size_written_in_is_refused_where_any_must_do(batch):
    with pytest.raises(RuntimeError, match="is invalid for input of size"):
        observe(written_in, case(batch, **{"any batch": True}))


def test_the_global_batch_size_is_what_it_was_afterwards():
    observe(looked_up, case(3))
    assert batch_size == 128


@pytest.mark.parametrize("copies", [2, 32])
def test_repeating_a_batch_changes_neither_what_batch_norm_gives_nor_the_gradient(copies):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)).double()
    x, cotangent = torch.randn(4, 6).double(), torch.randn(4, 2).double()
    results = []
    for feed in (Feeding((6,)), Feeding((6,), copies)):
        network.zero_grad()
        output = network(feed(x))
        (output * feed.weights(cotangent)).sum().backward()
        results.append([output[:4].detach(), *(p.grad for p in network.parameters())])
    assert all(torch.allclose(one, many, atol=1e-12) for one, many in zip(*results, strict=True))


def test_the_output_comes_as_rows_and_in_its_own_shape():
    flat = observe(lambda: scorer(nn.Flatten()), case())
    squeezed = observe(lambda: nn.Sequential(*scorer(nn.Flatten()), nn.Flatten(0)), case())
    assert flat.values["returned"].shape == (4, 1)
    assert squeezed.values["returned"].shape == (4,)
    assert torch.equal(flat.values["output"].data, squeezed.values["output"].data)


def test_its_own_shape_is_of_the_batch_that_was_given_though_it_was_repeated():
    assert observe(written_in, case()).values["returned"].shape == (4, 1)


def test_what_follows_the_last_layer_shows_in_one_of_two_signs():
    both = case(**{"both signs": True})
    right = seen(lambda: scorer(nn.Flatten()), both)
    wrong = seen(lambda: nn.Sequential(*scorer(nn.Flatten()), nn.ReLU()), both)
    name = "output with the last layer negated"
    assert torch.equal(right[name], -right["output"])
    assert any(not torch.equal(right[key], wrong[key]) for key in (name, "output"))


def test_eval_mode_uses_given_statistics_and_training_goes_on_in_train_mode():
    def network():
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))

    plain, found = seen(network, case(gradient=True)), seen(network, case(gradient=True, eval=True))
    assert not torch.allclose(found["eval_output"], found["output"])
    assert torch.equal(found["output"], plain["output"])
    assert torch.equal(found["gradient"], plain["gradient"])


def test_an_unregistered_layer_counts_as_one_without_gradient():
    class Hidden(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [scorer(nn.Flatten())]

        def forward(self, x):
            return self.layers[0](x)

    assert not seen(Hidden, case(gradient=True))["gradient"].any()
    assert seen(lambda: scorer(nn.Flatten()), case(gradient=True))["gradient"].any(dim=1).all()


def test_a_detached_output_is_seen_before_the_gradient_fails():
    class Detached(nn.Module):
        def __init__(self):
            super().__init__()
            self.network = scorer(nn.Flatten())

        def forward(self, x):
            return self.network(x).detach()

    with pytest.raises(RuntimeError, match="does not require grad") as raised:
        observe(Detached, case(gradient=True, again=True))
    assert {"output", "again"} <= raised.value.seen.values.keys()


def test_further_returned_values_are_passed_over():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.network = scorer(nn.Flatten())

        def forward(self, x):
            return self.network(x), "activations"

    assert torch.equal(seen(Two)["output"], seen(lambda: scorer(nn.Flatten()))["output"])


def test_an_entry_that_returns_nothing_is_seen_as_none():
    assert [value.type for value in observe(lambda: None, case()).values.values()] == ["NoneType"]


def test_an_empty_sequential_is_not_written_yet():
    with pytest.raises(NotImplementedError, match="the network has no layers yet"):
        observe(nn.Sequential, case())


def test_a_network_without_parameters_is_refused():
    with pytest.raises(Unusable, match="the forward pass uses no parameter") as raised:
        observe(lambda: nn.Sequential(nn.Flatten(), nn.Tanh()), case())
    assert not raised.value.seen.values


def test_the_error_of_a_wrong_network_is_about_the_form_that_the_handout_names():
    with pytest.raises(RuntimeError, match="4x784 and 100x1"):
        observe(lambda: nn.Sequential(nn.Flatten(), nn.Linear(100, 1)), case())


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (lambda noise_dim=96: ("network", noise_dim), ("network", 7)),
        (lambda noise_dim, batch_size: (noise_dim, batch_size), (7, 3)),
        (lambda noise_dim, batch_size=128, seed=None: (noise_dim, batch_size, seed), (7, 3, None)),
        (lambda noise_dim, *, batch_size=128: (noise_dim, batch_size), (7, 3)),
        (lambda *sizes, **options: (sizes, options), ((7,), {})),
    ],
)
def test_the_entry_is_called_with_its_sizes_and_where_it_asks_for_one_a_batch_size(entry, expected):
    assert build(entry, [7], 3) == expected


def test_an_entry_whose_signature_cannot_be_read_is_called_with_its_sizes_alone():
    assert build(dict, [[("noise", 7)]], 3) == {"noise": 7}


@given(count=st.integers(0, 60), start=st.integers(0, 100), length=st.integers(1, 17))
def test_the_pool_is_read_in_a_circle(count, start, length):
    expected = [(start + place) % length for place in range(count)]
    assert cycled(torch.arange(length), count, start).tolist() == expected


def test_given_weights_keep_activations_at_their_size_and_differ_between_parameters():
    pool = torch.randn(4_001, generator=torch.Generator().manual_seed(1))
    network = nn.Sequential(nn.Linear(300, 200), nn.ConvTranspose2d(64, 1, 4), nn.Linear(300, 200))
    parameters = list(network.parameters())
    fill(parameters, pool)
    parameters = [parameter.detach() for parameter in parameters]
    assert float(parameters[0].std()) == pytest.approx((2 / 300) ** 0.5, rel=0.1)
    assert float(parameters[2].std()) == pytest.approx((2 / 64) ** 0.5, rel=0.1)
    assert float(parameters[1].mean()) == pytest.approx(0.5, abs=0.2)
    assert not torch.equal(parameters[0], parameters[4])


@given(place=st.integers(0, 62), change=st.floats(0.5, 2.0))
def test_a_changed_gradient_changes_its_sums(place, change):
    gradient, pool = torch.ones(9, 7), torch.randn(101, generator=torch.Generator().manual_seed(2))
    before = weighed(gradient, pool)
    gradient.view(-1)[place] += change
    assert before.shape == (SEGMENTS,)
    assert not torch.equal(weighed(gradient, pool), before)
