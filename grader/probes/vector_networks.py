"""What is seen of a network that makes one score of an image, or an image of a noise vector, from given weights.

For probes of exercises whose entry is a function (or a class) that makes the network. These networks have millions of
parameters, so what is done to each of them here is one pass over its memory.
"""

import inspect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from grader.probes.probing import Case, Recorder, contract, replacing
from grader.probes.transplant import fill_statistics, first_use

OFFSET = 4_099  # between the places where neighbouring parameters start to read the pool; a prime
SEGMENTS = 16  # sums that a gradient is summed up in
USUAL_BATCH = 128  # the batch size that notebooks write into a network


@dataclass(frozen=True)
class Feeding:
    """How rows of numbers are handed to a network: the shape of one input, and how often the whole batch is repeated.

    A network with a batch size written in gets the batch repeated to that size. Batch norm then sees the same mean
    and variance, so that the first rows of the output, and the mean gradient, are what the batch alone would give.
    """

    form: tuple[int, ...]  # (1, 28, 28) or (784,)
    copies: int = 1

    def __call__(self, x: Tensor) -> Tensor:
        return x.repeat(self.copies, 1).reshape(-1, *self.form)

    def weights(self, cotangent: Tensor) -> Tensor:
        return cotangent.repeat(self.copies, 1) / self.copies


def observe_network(entry: Any, case: Case, see: Recorder) -> None:
    """Build the case's network, fill it from the pool, and record what the case looks at.

    Tensors of the case: `x` [batch, numbers], `pool`, and where gradients are looked at `cotangent` [batch, outputs].
    Settings: `arguments` of the entry; `forms`, the shapes that one input may have; and where they are true
    `any batch` (the network must take this batch as it is), `again` (a second call), `eval` (an output with given
    running statistics), `both signs` (an output with the parameters of the last layer negated: what follows that layer
    shows in this one or the other).
    Raises what the student's code raises, ValueError where no parameter takes part, and NotImplementedError where
    there is no layer at all.
    """
    # A network that looks the notebook's `batch_size` up has no size written in: that name says how many rows come.
    with replacing(entry, batch_size=len(case["x"])):
        network = build(entry, case.settings["arguments"], len(case["x"]))
        if not isinstance(network, nn.Module):
            see.tensor("output", network)
            return
        if isinstance(network, nn.Sequential) and len(network) == 0:
            raise NotImplementedError("the network has no layers yet")
        network.to(case.device).train()
        _observe(network, list(feedings(entry, case)), case, see)


def _observe(network: nn.Module, ways: Sequence[Feeding], case: Case, see: Recorder) -> None:
    feed, parameters, returned = first_feeding(network, ways, case["x"])
    see.fact("parameters", [list(parameter.shape) for parameter in parameters])
    if not parameters and isinstance(answer(returned), Tensor):
        raise ValueError("the forward pass uses no parameter: no layer takes part in it")
    see.tensor("output", rows(returned, case, feed))  # its shape can be judged, whatever happens below
    if not isinstance(answer(returned), Tensor):
        return
    see.fact("output_shape", described_shape(answer(returned), case, feed))
    fill(parameters, case["pool"])
    if case.settings.get("both signs"):
        see.tensor(
            "output with the last layer negated", rows(_negated(network, parameters, feed(case["x"])), case, feed)
        )
    if case.settings.get("eval"):
        see.tensor("eval_output", rows(_in_eval_mode(network, feed(case["x"]), case["pool"]), case, feed))
    x = feed(case["x"])
    output = answer(network(x))
    see.tensor("output", rows(output, case, feed))
    if case.settings.get("again"):
        see.tensor("x_after", rows(x, case, feed))
        see.tensor("again", rows(network(feed(case["x"])), case, feed))
    if "cotangent" in case.tensors:
        _send_back(network, parameters, output, feed.weights(case["cotangent"]), case, see)


@torch.no_grad()
def _in_eval_mode(network: nn.Module, x: Tensor, pool: Tensor) -> Any:
    fill_statistics(network, pool)
    network.eval()
    returned = network(x)
    network.train()
    return returned


@torch.no_grad()
def _negated(network: nn.Module, parameters: Sequence[nn.Parameter], x: Tensor) -> Any:
    """What the network returns while the weight and the bias of its last layer have the other sign."""
    last = parameters[-2:]
    for parameter in last:
        parameter.neg_()
    returned = network(x)
    for parameter in last:
        parameter.neg_()
    return returned


def _send_back(
    network: nn.Module, parameters: Sequence[nn.Parameter], output: Tensor, cotangent: Tensor, case: Case, see: Recorder
) -> None:
    if output.numel() == cotangent.numel():
        torch.autograd.backward(contract(output.reshape(cotangent.shape), cotangent))
        see.tensor("gradient", weighed_gradients(network, parameters, case["pool"]))


def build(entry: Any, arguments: Sequence[Any], batch: int) -> Any:
    """What `entry(*arguments)` gives. A further argument that it asks for, or one called `batch_size`, gets `batch`."""
    try:
        parameters = list(inspect.signature(entry).parameters.values())
    except (TypeError, ValueError):  # no signature can be read: the handout's own call
        return entry(*arguments)
    named = {p.name: p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    further = list(named.values())[len(arguments) :]
    takes_batch = [p.name for p in further if p.default is p.empty or p.name == "batch_size"]
    return entry(*arguments, **dict.fromkeys(takes_batch, batch))


def feedings(entry: Any, case: Case) -> Iterator[Feeding]:
    """The ways to try, in order: each form; then, unless any batch must do, each form at a batch size written in."""
    forms = [tuple(form) for form in case.settings["forms"]]
    yield from (Feeding(form) for form in forms)
    if not case.settings.get("any batch"):
        copies, rest = divmod(USUAL_BATCH, len(case["x"]))
        if rest == 0:
            yield from (Feeding(form, copies) for form in forms)


def first_feeding(network: nn.Module, ways: Sequence[Feeding], x: Tensor) -> tuple[Feeding, list[nn.Parameter], Any]:
    """The first way that the network takes, its parameters in order of use, and what it returned; else its first error.

    The first way is the handout's, so the error is about what the student was asked for.
    """
    first: Exception | None = None
    for feed in ways:
        try:
            parameters, returned = first_use(network, feed(x))
        except Exception as error:
            first = first or error
        else:
            return feed, parameters, returned
    if first is None:
        raise ValueError("no way to feed the network is given")
    raise first


def answer(returned: Any) -> Any:
    """The output among the values that a network returned: the first tensor."""
    if not isinstance(returned, (tuple, list)):
        return returned
    return next((value for value in returned if isinstance(value, Tensor)), returned)


def rows(returned: Any, case: Case, feed: Feeding) -> Any:
    """The output as [batch, numbers], whatever its own shape; as it is where its first dimension is no batch."""
    output, batch = answer(returned), len(case["x"])
    if not isinstance(output, Tensor) or output.dim() == 0 or len(output) != batch * feed.copies:
        return output
    return output.reshape(len(output), -1)[:batch]


def described_shape(output: Tensor, case: Case, feed: Feeding) -> str:
    """The output's shape in words, as the case's batch alone would give it: "[4, 784]"."""
    shape = list(output.shape)
    if shape and shape[0] == len(case["x"]) * feed.copies:
        shape[0] = len(case["x"])
    return str(shape)


@torch.no_grad()
def fill(parameters: Sequence[nn.Parameter], pool: Tensor) -> None:
    """Give each parameter numbers of the pool (1-d, standard normal), read cyclically from an offset of its own.

    Parameters of two or more dimensions are scaled by sqrt(2 / fan_in) (He et al. 2015), so that activations keep their
    size; a transposed convolution's first dimension is its input, so the larger reading counts there. The others
    (biases, batch-norm scales) become 0.5 + 0.5 * pool, some of them negative.
    """
    for position, parameter in enumerate(parameters):
        numbers = cycled(pool, parameter.numel(), position * OFFSET).reshape(parameter.shape)
        if parameter.dim() < 2:
            parameter.copy_(0.5 + 0.5 * numbers)
            continue
        fan_in = math.prod(parameter.shape[1:])
        if parameter.dim() > 2:
            fan_in = max(fan_in, parameter.shape[0])
        parameter.copy_(numbers * math.sqrt(2 / max(1, fan_in)))


def cycled(pool: Tensor, count: int, start: int = 0) -> Tensor:
    """`count` numbers of the pool from place `start` on, beginning again where it ends."""
    start %= len(pool)
    return pool.repeat(-(-(start + count) // len(pool)))[start : start + count]


def weighed_gradients(network: nn.Module, parameters: Sequence[nn.Parameter], pool: Tensor) -> Tensor:
    """[number of parameters, SEGMENTS]: sums over each gradient's segments, weighed with the pool's numbers.

    Two gradients that differ have, almost surely, sums that differ. A parameter that has no gradient, or that the
    network does not register (no optimizer would ever get it), has zeros.
    """
    registered = {id(parameter) for parameter in network.parameters()}
    sums = torch.zeros(len(parameters), SEGMENTS, dtype=pool.dtype, device=pool.device)
    for position, parameter in enumerate(parameters):
        if parameter.grad is not None and id(parameter) in registered:
            sums[position] = weighed(parameter.grad, pool)
    return sums


def weighed(gradient: Tensor, pool: Tensor) -> Tensor:
    """[SEGMENTS] inner products of a tensor's segments, in memory order, with the pool read cyclically."""
    flat = nn.functional.pad(gradient.detach().flatten(), (0, -gradient.numel() % SEGMENTS))
    segments, weights = (numbers.reshape(SEGMENTS, 1, -1) for numbers in (flat, cycled(pool, len(flat))))
    return torch.bmm(segments, weights.transpose(1, 2)).flatten()
