"""What is seen of a network from images to images: outputs and gradients from given weights, at several sizes.

For probes of exercises whose entry is a network's class, built from sizes given by position.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from grader.runner.probing import Case, Recorder, contract
from grader.runner.transplant import fill_from_pool, fill_statistics, first_use, sketch_gradients

POOL = 40_009  # numbers to fill a network from; a prime, so that no parameter reads the same ones twice


class SameConv2d(nn.Conv2d):
    """A convolution layer whose padding is, unless given, the one that keeps an odd kernel's image size."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, padding: int | None = None, **options: Any
    ) -> None:
        padding = kernel_size // 2 if padding is None else padding
        super().__init__(in_channels, out_channels, kernel_size, padding=padding, **options)


def network_cases(
    generator: torch.Generator,
    sizes: Mapping[str, int],
    changes: Mapping[str, Mapping[str, int]],
    *,
    inputs: str,
    outputs: str,
    width: str,
) -> Iterator[Case]:
    """Three cases at the handout's `sizes`, and one for each of `changes`, by name.

    `inputs` and `outputs` name the sizes that are the numbers of input and output channels, `width` the one that
    the hidden layers are multiples of.
    """
    pool = torch.randn(POOL, generator=generator)

    def case(name: str, look: str, shape: tuple[int, int, int], changed: Mapping[str, int]) -> Case:
        now = {**sizes, **changed}
        batch, *size = shape
        tensors = {"x": torch.randn(batch, now[inputs], *size, generator=generator), "pool": pool}
        if look == "gradient":
            tensors["cotangent"] = torch.randn(batch, now[outputs], *size, generator=generator)
        return Case(name, tensors, {"sizes": [*now.items()], "handout": [*sizes.items()], "width": width, "look": look})

    yield case("handout size", "gradient", (2, 8, 12), {})
    yield case("called twice", "again", (2, 4, 8), {})
    yield case("one image in eval mode", "eval", (1, 8, 12), {})
    for name, changed in changes.items():
        yield case(name, "output", (2, 4, 8), changed)


def observe_network(entry: Any, case: Case, see: Recorder) -> None:
    """Build the case's network, fill it from the pool, and record what the case looks at."""
    # pairs, since the order is the constructor's and recorded objects keep none
    sizes, handout = (dict(case.settings[name]) for name in ("sizes", "handout"))
    network = build(entry, sizes, handout).to(case.device)
    network.train()
    parameters, returned = first_use(network, case["x"])
    see.fact("parameters", [list(parameter.shape) for parameter in parameters])
    if isinstance(returned, (tuple, list)):
        see.fact("returned values", len(returned))
    if not parameters and isinstance(picture(returned), torch.Tensor):
        raise ValueError("the forward pass uses no parameter: no layer takes part in it")
    look = case.settings["look"]
    name = "eval_output" if look == "eval" else "output"
    see.tensor(name, picture(returned))  # its shape can be judged, whatever happens below
    if not isinstance(picture(returned), torch.Tensor):
        return
    fill_from_pool(parameters, case["pool"])
    if look == "eval":
        fill_statistics(network, case["pool"])
        network.eval()
    x = case["x"]
    output = picture(network(x))
    see.tensor(name, output)
    if look == "gradient" and output.shape == case["cotangent"].shape:
        torch.autograd.backward(contract(output, case["cotangent"]))
        see.tensor("gradient", sketch_gradients(network, parameters))
    if look == "again":
        see.tensor("x_after", x)
        see.tensor("again", picture(network(case["x"])))
    width = case.settings["width"]
    if sizes[width] != handout[width]:
        before = build(entry, handout, handout)
        see.fact(f"every width follows {width}", follows(before, network, handout[width], sizes[width]))


def build(entry: Any, sizes: Mapping[str, int], handout: Mapping[str, int]) -> nn.Module:
    """The network of these sizes. A constructor that lacks the last one serves where that is the handout's."""
    given = list(sizes.values())
    try:
        inspect.signature(entry).bind(*given)
    except TypeError:
        if given[-1] == list(handout.values())[-1]:
            given.pop()
    network: nn.Module = entry(*given)
    return network


def picture(returned: Any) -> Any:
    """The output among the values that a network returned: the first tensor of rank 4."""
    if not isinstance(returned, (tuple, list)):
        return returned
    return next((value for value in returned if isinstance(value, torch.Tensor) and value.dim() == 4), returned)


def follows(before: nn.Module, now: nn.Module, old: int, new: int) -> bool:
    """Whether every dimension of a parameter that was a multiple of `old` is that multiple of `new`, and one is.

    Shows that a size is used wherever it is meant, also in a network whose values are wrong.
    """
    pairs = zip(before.parameters(), now.parameters(), strict=False)
    widths = [(b, n) for p, q in pairs for b, n in zip(p.shape, q.shape, strict=False) if b % old == 0]
    return bool(widths) and all(n == b // old * new for b, n in widths)
