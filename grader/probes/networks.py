"""What is seen of a network from images to images: outputs and gradients from given weights, at several sizes.

For probes of exercises whose entry is a network's class, built from sizes given by position.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from grader.probes.probing import Case, Recorder, contract, globals_of
from grader.probes.transplant import fill_from_pool, fill_statistics, first_use, sketch_gradients

PICTURES = {"gradient": (2, 8, 12), "again": (2, 4, 8), "eval": (1, 8, 12), "output": (2, 4, 8)}  # batch, height, width
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
    inputs: str | int,
    outputs: str | int,
    width: str,
    pictures: Mapping[str, tuple[int, int, int]] = PICTURES,
    further: Sequence[int] = (),
) -> Iterator[Case]:
    """Three cases at the handout's `sizes`, and one for each of `changes`, by name.

    `inputs` and `outputs` are the numbers of input and output channels, or name the sizes that are; `width` names the
    one that the hidden layers are multiples of. `pictures` gives batch, height and width of x by what a case looks at.
    `further` are values of arguments that come after `sizes` and mean nothing: a constructor may ask for them.
    """
    pool = torch.randn(POOL, generator=generator)

    def case(name: str, look: str, changed: Mapping[str, int]) -> Case:
        now = {**sizes, **changed}
        channels_in, channels_out = (now[c] if isinstance(c, str) else c for c in (inputs, outputs))
        batch, *size = pictures[look]
        tensors = {"x": torch.randn(batch, channels_in, *size, generator=generator), "pool": pool}
        if look == "gradient":
            tensors["cotangent"] = torch.randn(batch, channels_out, *size, generator=generator)
        settings = {"sizes": [*now.items()], "handout": [*sizes.items()], "width": width, "look": look}
        return Case(name, tensors, {**settings, "further": [*further]} if further else settings)

    yield case("handout size", "gradient", {})
    yield case("called twice", "again", {})
    yield case("one image in eval mode", "eval", {})
    for name, changed in changes.items():
        yield case(name, "output", changed)


def observe_network(entry: Any, case: Case, see: Recorder) -> None:
    """Build the case's network, fill it from the pool, and record what the case looks at."""
    # pairs, since the order is the constructor's and recorded objects keep none
    sizes, handout = (dict(case.settings[name]) for name in ("sizes", "handout"))
    further = case.settings.get("further", ())
    network = build(entry, sizes, handout, further).to(case.device)
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
        before = build(entry, handout, handout, further)
        see.fact(f"every width follows {width}", follows(before, network, handout[width], sizes[width]))


def build(entry: Any, sizes: Mapping[str, int], handout: Mapping[str, int], further: Sequence[int] = ()) -> nn.Module:
    """The network of these sizes, with as many of `further` as its constructor asks for.

    A constructor that lacks the last size serves where that is the handout's.
    """
    given = list(sizes.values())
    longer = [[*given, *further[:number]] for number in range(len(further) + 1)]
    shorter = [given[:-1]] if given[-1] == list(handout.values())[-1] else []
    network: nn.Module = entry(*next((g for g in (*longer, *shorter) if takes(entry, g)), given))
    return network


def takes(entry: Any, arguments: Sequence[int]) -> bool:
    """Whether `entry` can be called with just these arguments, by position."""
    try:
        inspect.signature(entry).bind(*arguments)
    except TypeError:
        return False
    return True


def extend_given(entry: Any, given: Mapping[str, type]) -> None:
    """Let a class whose file now has these classes under their names extend them too, where it extended the file's own.

    A class was made before its file was given other names, so its bases stay what they were then. What is no class,
    as a function that makes the network, has none.
    """
    if not isinstance(entry, type):
        return
    names = globals_of(entry)
    here = {name: new for name, new in given.items() if names.get(name) is new}
    bases = tuple(here.get(base.__name__, base) for base in entry.__bases__)
    if bases != entry.__bases__:
        entry.__bases__ = bases


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
