"""The data sets that code makes: whole, the same each time, and there is something in them to learn."""

import re

import numpy as np
import pytest
import torch
from torch import nn

from grader.datasets import DataError, cifar10, colours, flowers, mnist, shakespeare
from grader.datasets.standins.blossoms import make_blossoms
from grader.datasets.standins.digits import make_digits
from grader.datasets.standins.pictures import NAMES, make_pictures
from grader.datasets.standins.text import make_text

HORSE = NAMES.index("horse")


@pytest.fixture(autouse=True)
def nothing_else_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADE_DATA", "/no/such/folder")
    monkeypatch.setenv("GRADE_CACHE", str(tmp_path / "cache"))
    yield
    assert not (tmp_path / "cache").exists()


@pytest.fixture(scope="module")
def pictures():
    return make_pictures(1500, seed=3, often=HORSE)


def test_pictures_come_as_cifar10_does():
    (x_train, y_train), (x_test, y_test) = cifar10(offline=True, often="horse")
    assert (x_train.shape, x_train.dtype) == ((5000, 3, 32, 32), np.uint8)
    assert (y_train.shape, y_train.dtype) == ((5000,), np.int64)
    assert (x_test.shape, y_test.shape) == ((1000, 3, 32, 32), (1000,))
    assert len({image.tobytes() for image in (*x_train, *x_test)}) == 6000
    assert set(y_train) == set(y_test) == set(range(10))
    assert 0.5 < (y_train == HORSE).mean() < 0.6


def test_without_a_favourite_classes_are_equally_frequent():
    (_, y_train), _ = cifar10(offline=True)
    assert 400 < np.bincount(y_train).min() <= np.bincount(y_train).max() < 600


def test_a_class_that_there_is_not_is_named():
    with pytest.raises(DataError, match="'zebra' is no class of CIFAR-10; name one of airplane, automobile, bird"):
        cifar10(offline=True, often="zebra")
    with pytest.raises(DataError, match="'zebra' is no class of CIFAR-10"):
        colours(5, of="zebra", offline=True)


def test_digits_come_as_mnist_does():
    (x_train, y_train), (x_test, y_test) = mnist(offline=True)
    assert (x_train.shape, x_train.dtype) == ((5000, 28, 28), np.uint8)
    assert (x_test.shape, y_train.dtype, y_test.shape) == ((1000, 28, 28), np.int64, (1000,))
    assert np.bincount(y_train).min() > 400
    assert (x_train[:, 0].max(), x_train[:, -1].max()) == (0, 0)
    assert (x_train.reshape(5000, -1).max(1) == 255).all()
    assert 0.05 < x_train.mean() / 255 < 0.25


@pytest.mark.parametrize("size", [32, 128])
def test_blossoms_come_as_flowers_do(size):
    images, masks = flowers(size, offline=True)
    assert (images.shape, images.dtype) == ((160, 3, size, size), np.uint8)
    assert (masks.shape, masks.dtype) == ((160, size, size), np.uint8)
    assert set(np.unique(masks)) == {0, 1}
    share = masks.mean((1, 2))
    assert share.min() > 0.02
    assert share.max() < 0.6


@pytest.mark.parametrize(
    "make",
    [make_pictures, make_digits, lambda count, seed: make_blossoms(count, 24, seed)],
    ids=["pictures", "digits", "blossoms"],
)
def test_a_seed_makes_the_same_and_another_seed_others(make):
    first, again, other = make(40, seed=1), make(40, seed=1), make(40, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("make", [make_pictures, make_digits, lambda count, seed: make_blossoms(count, 24, seed)])
def test_any_number_can_be_made(make):
    assert [len(make(count, seed=1)[0]) for count in (0, 1, 251)] == [0, 1, 251]


def cells(images: np.ndarray) -> np.ndarray:
    """Each pixel's row, and its brightness in 16 steps: what a network can see of it without its neighbours."""
    grey = images.mean(1)
    return np.arange(images.shape[2])[None, :, None] * 16 + (grey / 16).astype(int)


def labels_of(images: np.ndarray, centres: np.ndarray) -> np.ndarray:
    pixels = images.astype(np.float32) / 256
    return ((pixels[:, None] - centres[:, :, None, None].astype(np.float32)) ** 2).sum(2).argmin(1)


def test_a_horses_colours_follow_from_place_and_brightness_and_not_from_these_alone(pictures):
    images, labels = pictures
    horses = images[labels == HORSE][:600]
    categories = labels_of(horses, colours(24, horses))
    train, test = slice(0, 400), slice(400, None)
    counts = np.zeros((32 * 16, 24), int)
    np.add.at(counts, (cells(horses[train]), categories[train]), 1)
    guessed = counts.argmax(1)[cells(horses[test])]
    most_frequent = np.bincount(categories[test].ravel()).max() / categories[test].size
    accuracy = (guessed == categories[test]).mean()
    assert most_frequent < 0.25
    assert 2 * most_frequent < accuracy < 0.8


def test_a_network_learns_to_colour_the_horses(pictures):
    images, labels = pictures
    horses = images[labels == HORSE][:360]
    categories = torch.from_numpy(labels_of(horses, colours(24, horses)))
    grey = torch.from_numpy(horses.mean(1, keepdims=True).astype(np.float32) / 256)
    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.Conv2d(1, 24, 5, padding=2), nn.BatchNorm2d(24), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(24, 24, 5, padding=2), nn.BatchNorm2d(24), nn.ReLU(), nn.Upsample(scale_factor=2)),
        nn.Conv2d(24, 24, 3, padding=1),
    )
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    losses = []
    for step in range(40):
        batch = slice(30 * (step % 10), 30 * (step % 10) + 30)
        loss = nn.functional.cross_entropy(network(grey[batch]), categories[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    seen, unseen = slice(0, 300), slice(300, None)
    with torch.no_grad():
        accuracy = (network(grey[unseen]).argmax(1) == categories[unseen]).float().mean().item()
    most_frequent = np.bincount(categories[seen].numpy().ravel()).max() / categories[seen].numel()
    assert losses[-1] < losses[0] / 2
    assert accuracy > 2 * most_frequent


@pytest.mark.parametrize(("make", "least"), [(make_pictures, 0.4), (make_digits, 0.9)])
def test_classes_look_different(make, least):
    """The nearest of 1,500 images tells the class, on average over classes; a guess is right for a tenth."""
    (x, y), (x_test, y_test) = make(1500, seed=4), make(300, seed=5)
    flat, flat_test = (images.reshape(len(images), -1).astype(np.float32) / 256 for images in (x, x_test))
    distances = (flat**2).sum(1) - 2 * flat_test @ flat.T
    right = y[distances.argmin(1)] == y_test
    assert np.mean([right[y_test == label].mean() for label in range(10)]) > least


def test_blossoms_cannot_be_cut_out_by_one_brightness():
    images, masks = make_blossoms(60, 48, seed=6)
    grey = images.mean(1)
    best = max(((grey > threshold) == masks).mean() for threshold in range(0, 256, 8))
    assert (masks == 0).mean() < best < 0.93


def test_the_play_has_speakers_and_colons():
    play = shakespeare(offline=True)
    assert 300_000 <= len(play) < 301_000
    assert play == shakespeare(offline=True) != make_text(300_000, seed=2)
    after = re.findall(":(.)", play, re.DOTALL)
    assert len(after) > 1000
    assert set(after) == {"\n", " "}
    assert 0.5 < after.count("\n") / len(after) < 0.95
    assert len(set(play)) < 70


def test_colours_without_data_come_from_the_stand_ins():
    centres = colours(24, offline=True)
    assert centres.shape == (24, 3)
    assert (centres.min(), centres.max()) > (0, 0)
    assert centres.max() < 1
    assert (np.diff(centres.sum(1)) >= 0).all()
    assert len(np.unique(centres.round(3), axis=0)) == 24
