"""CNN and UNet trained on 5,000 real horses by our training reference, beside what is published."""

import io
import math
import time
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from torch import nn

from grader.probes.probing import replacing
from tests.bench.colour_data import COLOURS, HORSE, Horses, categories, load_colours, load_horses
from tests.bench.handed_out_weights import NUM_FILTERS, score
from tests.bench.real_data import DataFolder
from tests.bench.references import reference
from tests.bench.table import Row

EPOCHS = 25
EARLY = 6
SHORTEST_EPOCH_S = 0.1  # clocks are noisy


@dataclass(frozen=True)
class Result:
    loss: float  # nats a pixel
    accuracy: float  # % of pixels


# Students' saved outputs after 25 epochs, and one run on these files after 6; other starts differ by as much as SLACK.
PUBLISHED = {"CNN": Result(1.59, 41), "UNet": Result(1.38, 48)}
AFTER_6 = {"CNN": Result(1.73, 36.5), "UNet": Result(1.60, 40.0)}
SLACK = Result(0.08, 2.5)


class Arguments(dict[str, Any]):
    """The course's settings, which are read as attributes and as keys."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def rows(data: DataFolder, minutes: float) -> Iterator[Row]:
    """Train both, for as many of 25 epochs as fit into the minutes, and score them on horses they did not see."""
    test = load_horses(data, "test")
    labels = test.labels(load_colours(data))
    end = time.monotonic() + 60 * minutes
    for model, share in (("CNN", 0.5), ("UNet", 1.0)):
        epochs, network = train_until(time.monotonic() + share * (end - time.monotonic()), model, data, test)
        yield from compare(model, epochs, Result(*score(network, test, labels)))


def train_until(end: float, model: str, data: DataFolder, test: Horses) -> tuple[int, nn.Module]:
    """As many epochs as there is time for, at least one; a first run of one epoch, then thrown away, tells its time."""
    started = time.monotonic()
    train(model, 0, data, test)
    prepared = time.monotonic()
    network = train(model, 1, data, test)
    now = time.monotonic()
    preparing_s = prepared - started
    epoch_s = now - prepared - preparing_s
    epochs = min(EPOCHS, math.floor((end - now - preparing_s) / max(epoch_s, SHORTEST_EPOCH_S)))
    return (epochs, train(model, epochs, data, test)) if epochs > 1 else (1, network)


def train(model: str, epochs: int, data: DataFolder, test: Horses) -> nn.Module:
    """The network that our reference trains, on images as load_cifar10 gives them: uint8, with their classes."""
    splits = [(horses.pixels, np.full((len(horses.pixels), 1), HORSE)) for horses in (load_horses(data, "train"), test)]
    entry = reference("colour/training")
    given = {
        model: reference(f"colour/{model.lower()}"),
        "load_cifar10": lambda: splits,
        "process": reference("colour/process"),
        "get_rgb_cat": categories,
    }
    # Files that it writes go where nobody keeps them.
    with TemporaryDirectory() as folder, chdir(folder), replacing(entry, **given), redirect_stdout(io.StringIO()):
        network: nn.Module = entry(arguments(model, epochs, data))
    return network


def arguments(model: str, epochs: int, data: DataFolder) -> Arguments:
    """The settings of the course's own run: Adam at 1e-3, batches of 100."""
    sizes = {"kernel": 3, "num_filters": NUM_FILTERS, "learn_rate": 1e-3, "batch_size": 100, "epochs": epochs}
    files = {"colours": str(data.path(COLOURS)), "checkpoint": "", "experiment_name": "measured"}
    switches = dict.fromkeys(("gpu", "valid", "plot", "visualize", "downsize_input"), False)
    return Arguments(model=model, seed=0, **sizes, **files, **switches)


def compare(model: str, epochs: int, result: Result) -> Iterator[Row]:
    published, early = PUBLISHED[model], AFTER_6[model]
    due = published if epochs >= EPOCHS else early
    ok_loss = result.loss <= due.loss + SLACK.loss if epochs >= EARLY else None
    ok_accuracy = result.accuracy >= due.accuracy - SLACK.accuracy if epochs >= EARLY else None
    name = f"{model} after {epochs} of {EPOCHS} epochs"
    yield Row(
        f"{name}: loss", f"{result.loss:.3f}", f"{published.loss} after {EPOCHS}, {early.loss} after {EARLY}", ok_loss
    )
    shown = f"{published.accuracy} % after {EPOCHS}, {early.accuracy} % after {EARLY}"
    yield Row(f"{name}: accuracy", f"{result.accuracy:.2f} %", shown, ok_accuracy)
