"""Networks that the course handed out trained, as our references run them on 1,000 horses that no training saw."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.bench.colour_data import Horses, load_colours, load_horses
from tests.bench.real_data import DataFolder, MissingDataError
from tests.bench.references import dialect, reference
from tests.bench.table import Row, near

NUM_FILTERS, NUM_COLOURS = 32, 24
SKIP_FIRST = "conv-pool-bn-relu/sp-sp-sp"
GOLDEN = {"cnn": (1.597, 40.15), "unet": (1.385, 47.47), "unet, skip first": (8.16, 7.08)}
GOLDEN_MSE = 0.00597
BATCH = 100


def rows(data: DataFolder) -> Iterator[Row]:
    horses = load_horses(data, "test")
    labels = horses.labels(load_colours(data))
    networks = {
        "cnn": (reference("colour/cnn"), "cnn"),
        "unet": (reference("colour/unet"), "unet"),
        "unet, skip first": (dialect("colour/unet", SKIP_FIRST), "unet"),
    }
    for name, (constructor, stem) in networks.items():
        network = constructor(3, NUM_FILTERS, NUM_COLOURS, 1)
        load_in_order(network, data, f"weights/{stem}_k3_f{NUM_FILTERS}.pkl")
        loss, accuracy = score(network, horses, labels)
        golden_loss, golden_accuracy = GOLDEN[name]
        yield near(f"handed-out weights, {name}: loss on {len(labels)} horses", loss, golden_loss, 0.005)
        yield near(f"handed-out weights, {name}: accuracy", accuracy, golden_accuracy, 0.05, " %")
    yield regression(data, horses)
    yield from dilated(data, horses, labels)


def regression(data: DataFolder, horses: Horses) -> Row:
    network = reference("colour/regression_cnn")(3, NUM_FILTERS)
    load_in_order(network, data, f"weights/regression_cnn_k3_f{NUM_FILTERS}.pkl")
    error = F.mse_loss(outputs(network, horses.grey), horses.rgb).item()
    return near("handed-out weights, regression_cnn: mean squared error", error, GOLDEN_MSE, 0.00002)


def dilated(data: DataFolder, horses: Horses, labels: Tensor) -> Iterator[Row]:
    network = reference("colour/dilated_unet")(3, NUM_FILTERS, NUM_COLOURS, 1)
    load_in_order(network, data, f"weights/dunet_k3_f{NUM_FILTERS}.pkl")
    loss, accuracy = score(network, horses, labels)
    yield Row("handed-out weights, dilated_unet: loss", f"{loss:.3f}", "none published", None)
    yield Row("handed-out weights, dilated_unet: accuracy", f"{accuracy:.2f} %", "none published", None)


def score(network: nn.Module, horses: Horses, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy (nats a pixel), and the share of pixels whose colour is right in %, in eval mode."""
    logits = outputs(network, horses.grey)
    accuracy = (logits.argmax(1) == labels).float().mean().item()
    return F.cross_entropy(logits, labels).item(), 100 * accuracy


@torch.no_grad()
def outputs(network: nn.Module, images: Tensor) -> Tensor:
    network.eval()
    return torch.cat([network(batch) for batch in images.split(BATCH)])


def load_in_order(network: nn.Module, data: DataFolder, name: str) -> None:
    """Give the network a stored state dict's tensors, one after the other, whatever the two call them.

    Counts of batches are left out: older torch had none. Raises MissingDataError where number or shapes differ.
    """
    given = {key: value for key, value in data.tensors(name).items() if value.dim() > 0}
    own = [key for key, value in network.state_dict().items() if value.dim() > 0]
    shapes = [network.state_dict()[key].shape for key in own]
    if [value.shape for value in given.values()] != shapes:
        raise MissingDataError(
            f"{data.path(name)}: its tensors do not fit {type(network).__name__}; is it another network's?"
        )
    network.load_state_dict(dict(zip(own, given.values(), strict=True)), strict=False)
