"""Given weights for a network that somebody else wrote, whatever it calls its blocks.

Parameters are taken in the order in which the forward pass first uses them. Names, order of registration, lists of
modules, functional style, shared modules and direct calls of `.forward()` make no difference to that order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

OFFSET = 4_099  # between the places where neighbouring parameters start to read the pool; a prime


class ParameterUses(TorchFunctionMode):
    """Notes each nn.Parameter when a torch function first combines it with a tensor that is not made of parameters.

    A view or a copy of a parameter is no use yet: `bias.view(1, -1, 1, 1) + conv2d(x, weight)` uses the weight first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.order: list[nn.Parameter] = []
        # Tensors made of parameters alone; held here so that no other tensor gets the same id.
        self._made_of: dict[int, tuple[Tensor, list[nn.Parameter]]] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        given = list(_tensors((args, kwargs)))
        sources = [self._sources(tensor) for tensor in given]
        result = func(*args, **kwargs)
        parameters = [parameter for source in sources for parameter in source]
        if parameters and all(sources):
            self._made_of |= {id(made): (made, parameters) for made in _tensors(result)}
        elif parameters:
            for tensor in given:
                self._made_of.pop(id(tensor), None)  # an in-place function may have put data into it
            for parameter in sorted(parameters, key=lambda p: p.dim() < 2):
                if not any(parameter is seen for seen in self.order):
                    self.order.append(parameter)
        return result

    def _sources(self, tensor: Tensor) -> list[nn.Parameter]:
        if isinstance(tensor, nn.Parameter):
            return [tensor]
        return self._made_of[id(tensor)][1] if id(tensor) in self._made_of else []


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def first_use(network: nn.Module, x: Tensor) -> tuple[list[nn.Parameter], Any]:
    """The parameters that `network(x)` uses, in order of first use, and what it returned (no gradients recorded)."""
    uses = ParameterUses()
    with uses, torch.no_grad():
        returned = network(x)
    return _weights_first(network, uses.order), returned


def _weights_first(network: nn.Module, order: list[nn.Parameter]) -> list[nn.Parameter]:
    """A layer that spreads its bias over zeros before it touches its weight still has its weight first."""
    place = {id(parameter): float(position) for position, parameter in enumerate(order)}
    for module in network.modules():
        own = sorted(module.parameters(recurse=False), key=lambda p: p.dim(), reverse=True)
        if [p.dim() > 1 for p in own] == [True, False] and all(id(p) in place for p in own):
            weight, bias = (id(p) for p in own)
            place[weight] = min(place[weight], place[bias] - 0.5)
    return sorted(order, key=lambda p: place[id(p)])


@torch.no_grad()
def fill_from_pool(parameters: Sequence[nn.Parameter], pool: Tensor) -> None:
    """Give each parameter numbers of the pool (1-d, standard normal), read cyclically from an offset of its own.

    Parameters of two or more dimensions are scaled by sqrt(2 / fan_in) (He et al. 2015), so that activations keep their
    size; the others (biases, batch-norm scales) become 0.5 + 0.5 * pool, some of them negative.
    """
    for position, parameter in enumerate(parameters):
        places = torch.arange(parameter.numel(), device=pool.device) + position * OFFSET
        numbers = pool[places % pool.numel()].reshape(parameter.shape)
        fan_in = math.prod(parameter.shape[1:])
        parameter.copy_(numbers * math.sqrt(2 / max(1, fan_in)) if parameter.dim() > 1 else 0.5 + 0.5 * numbers)


@torch.no_grad()
def fill_statistics(network: nn.Module, pool: Tensor) -> None:
    """Give every floating-point buffer (running mean and variance) the same positive numbers of the pool.

    What a network does in eval mode is then the same for every place of the upsampling, though the running variance
    after a training step is not (it is the unbiased one, which depends on the number of pixels).
    """
    for buffer in network.buffers():
        if buffer.is_floating_point():
            places = torch.arange(buffer.numel(), device=pool.device) % pool.numel()
            buffer.copy_(0.5 + 0.5 * pool[places].abs().reshape(buffer.shape))


def sketch(gradient: Tensor, buckets: int = 16) -> Tensor:
    """A count sketch (Charikar et al. 2002) of a tensor: `buckets` float64 sums with fixed pseudo-random signs.

    Entry i goes to bucket i mod `buckets`. Two tensors that differ have, almost surely, sketches that differ.
    """
    flat = gradient.detach().to(torch.float64).flatten()
    index = torch.arange(flat.numel(), device=flat.device)
    for _ in range(2):  # a 32-bit integer hash; the products stay below 2**63
        index = ((index ^ (index >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
    signed = flat * (1 - 2 * ((index >> 16) & 1))
    padded = torch.cat([signed, signed.new_zeros(-len(signed) % buckets)])
    return padded.reshape(-1, buckets).sum(dim=0)


def sketch_gradients(network: nn.Module, parameters: Sequence[nn.Parameter]) -> Tensor:
    """[number of parameters, 16]: a sketch of each one's gradient, zeros where it has none.

    A parameter that the network does not register counts as one without gradient: no optimizer would ever get it.
    """
    registered = {id(parameter) for parameter in network.parameters()}
    gradients = [p.grad if id(p) in registered and p.grad is not None else torch.zeros_like(p) for p in parameters]
    return torch.stack([sketch(gradient) for gradient in gradients])
