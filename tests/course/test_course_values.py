"""The course's references against formulas written out in plain numpy, which share no code with them."""

from functools import cache

import numpy as np
import pytest
import torch

from grader.authoring.record.recording import load_solution
from grader.course.folder import find_course
from grader.grading.in_process import load_probe
from grader.probes.probing import defined_with, replacing
from tests.places import ROOT

COURSE = find_course(ROOT, ROOT)
CLOSE = 1e-10  # of the largest value; all is computed in float64


@cache
def reference(exercise):
    """The function or class that the exercise asks for, as its reference defines it."""
    found = COURSE.exercise(exercise)
    return load_solution(load_probe(found), found.reference).entry


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(autouse=True)
def double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def assert_equal(seen, expected):
    seen = np.asarray(seen.detach() if isinstance(seen, torch.Tensor) else seen)
    expected = np.asarray(expected)
    assert seen.shape == expected.shape
    assert np.abs(seen - expected).max() <= CLOSE * np.abs(expected).max()


# ------------------------------------------------------------------------------------------- layers in numpy


def convolve(x, weight, bias, stride=1, gap=0, padding=None):
    """x [b, i, h, w], weight [o, i, k, k]; the k × k numbers of a window stand gap + 1 pixels apart."""
    kernel = weight.shape[-1]
    padding = (gap + 1) * (kernel // 2) if padding is None else padding
    x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    reach = (gap + 1) * (kernel - 1) + 1
    windows = np.lib.stride_tricks.sliding_window_view(x, (reach, reach), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride, :: gap + 1, :: gap + 1]
    return np.einsum("bihwkl,oikl->bohw", windows, weight) + bias[:, None, None]


def convolve_transposed(x, weight, bias, padding, output_padding):
    """x [b, i, h, w], weight [i, o, k, k], stride 2: every pixel paints the kernel, times its value."""
    batch, _, height, width = x.shape
    _, outputs, kernel, _ = weight.shape
    extra = kernel + output_padding - 2
    canvas = np.zeros((batch, outputs, 2 * height + extra, 2 * width + extra))
    for row in range(kernel):
        for column in range(kernel):
            painted = np.einsum("bihw,io->bohw", x, weight[:, :, row, column])
            canvas[:, :, row : row + 2 * height : 2, column : column + 2 * width : 2] += painted
    inside = slice(padding, -padding)
    return canvas[:, :, inside, inside] + bias[:, None, None]


def normalise(x, scale, shift):
    """Batch normalization in training: over all but axis 1."""
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    shape = [-1 if axis == 1 else 1 for axis in range(x.ndim)]
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5) * scale.reshape(shape) + shift.reshape(shape)


def pool(x):
    batch, channels, height, width = x.shape
    return x.reshape(batch, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def upsample(x):
    return x.repeat(2, axis=2).repeat(2, axis=3)


def relu(x):
    return np.maximum(x, 0)


def leaky(x):
    return np.where(x > 0, x, 0.01 * x)


def join(*parts):
    return np.concatenate(parts, axis=1)


def randomised(network, rng):
    """The network's parameters in the order of its layers, after random numbers went into all of them."""
    arrays = [rng.normal(size=tuple(p.shape)) for p in network.parameters()]
    with torch.no_grad():
        for parameter, array in zip(network.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
    return arrays


# ------------------------------------------------------------------------------------------- colourization


def block(x, parameters, resize, **how):
    weight, bias, scale, shift = parameters
    return relu(normalise(resize(convolve(x, weight, bias, **how)), scale, shift))


def keep(x):
    return x


def straight(x, blocks, last):
    for parameters, resize in zip(blocks, (pool, pool, keep, upsample, upsample), strict=True):
        x = block(x, parameters, resize)
    return convolve(x, *last)


def with_skips(x, blocks, last, gap=0):
    down1 = block(x, blocks[0], pool)
    down2 = block(down1, blocks[1], pool)
    middle = block(down2, blocks[2], keep, gap=gap)
    up1 = block(join(middle, down2), blocks[3], upsample)
    up2 = block(join(up1, down1), blocks[4], upsample)
    return convolve(join(up2, x), *last)


def dilated_with_skips(x, blocks, last):
    return with_skips(x, blocks, last, gap=1)


def pool_and_upsample(x, blocks, last):
    for parameters, resize in zip(blocks, (pool, pool, upsample, upsample), strict=True):
        x = block(x, parameters, resize)
    return convolve(x, *last)


def block_up(x, parameters):
    weight, bias, scale, shift = parameters
    return relu(normalise(convolve_transposed(x, weight, bias, weight.shape[-1] // 2, 1), scale, shift))


def transposed(x, blocks, last):
    down = block(block(x, blocks[0], keep, stride=2), blocks[1], keep, stride=2)
    return convolve(block_up(block_up(down, blocks[2]), blocks[3]), *last)


def transposed_with_skips(x, blocks, last):
    down1 = block(x, blocks[0], keep, stride=2)
    down2 = block(down1, blocks[1], keep, stride=2)
    up1 = block_up(down2, blocks[2])
    up2 = block_up(join(up1, down1), blocks[3])
    return convolve(join(up2, x), *last)


@pytest.mark.parametrize(
    ("exercise", "sizes", "formula"),
    [
        ("colour/regression_cnn", (3, 4), straight),
        ("colour/cnn", (3, 4, 5, 1), straight),
        ("colour/unet", (3, 4, 5, 2), with_skips),
        ("colour/dilated_unet", (3, 4, 5, 1), dilated_with_skips),
        ("colour/pool_upsample_net", (5, 4, 5, 2), pool_and_upsample),
        ("colour/conv_transpose_net", (5, 4, 5, 2), transposed),
        ("colour/unet_transpose", (3, 4, 5, 2), transposed_with_skips),
    ],
)
def test_a_network_computes_its_formula(exercise, sizes, formula, rng):
    network = reference(exercise)(*sizes).double()
    arrays = randomised(network, rng)
    blocks = [arrays[i : i + 4] for i in range(0, len(arrays) - 2, 4)]
    x = rng.normal(size=(2, sizes[3] if len(sizes) > 3 else 1, 8, 12))
    assert_equal(network(torch.from_numpy(x)), formula(x, blocks, arrays[-2:]))


@pytest.mark.parametrize(("kernel", "padding"), [(3, None), (5, None), (3, 0), (1, 2)])
def test_the_convolution_layer(kernel, padding, rng):
    layer = reference("colour/my_conv2d")(2, 3, kernel, padding).double()
    weight, bias = randomised(layer, rng)
    x = rng.normal(size=(2, 2, 7, 6))
    assert_equal(layer(torch.from_numpy(x)), convolve(x, weight, bias, padding=padding))


@pytest.mark.parametrize("gap", [0, 1])
def test_the_dilated_layer(gap, rng):
    layer = reference("colour/my_dilated_conv2d")(2, 3, 3, dilation=gap).double()
    weight, bias = randomised(layer, rng)
    x = rng.normal(size=(2, 2, 9, 8))
    assert_equal(layer(torch.from_numpy(x)), convolve(x, weight, bias, gap=gap))


def test_the_nearest_colour_of_every_pixel(rng):
    categories_of = reference("colour/colour_labels")
    images, colours = rng.random((3, 3, 5, 4)), rng.random((6, 3))
    seen = np.asarray(categories_of(images, colours))
    expected = np.empty((3, 1, 5, 4), dtype=int)
    for image, row, column in np.ndindex(3, 5, 4):
        distances = ((colours - images[image, :, row, column]) ** 2).sum(axis=1)
        expected[image, 0, row, column] = distances.argmin()
    assert np.array_equal(seen, expected)
    painted = np.asarray(defined_with(categories_of, "get_cat_rgb")(expected, colours))
    assert_equal(painted, colours[expected[:, 0]].transpose(0, 3, 1, 2))


# ------------------------------------------------------------------------------------------- segmentation


def test_iou_loss_of_unsure_logits():
    """Everything at p = 0.5: intersection f/2, union 1/2 + f/2, for a share f of foreground."""
    mask = torch.zeros(1, 4, 5, dtype=torch.long)
    mask[0, :3, 1:] = 1
    share = 12 / 20
    assert_equal(reference("segmentation/iou_loss")(torch.zeros(1, 2, 4, 5), mask, 0.0), 1 - share / (1 + share))


def test_iou_loss_of_random_logits(rng):
    logits, mask = rng.normal(size=(2, 2, 3, 4)), rng.integers(0, 2, size=(2, 3, 4))
    p = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    expected = 1 - (p * mask).sum() / (p + mask - p * mask).sum()
    assert_equal(reference("segmentation/iou_loss")(torch.from_numpy(logits), torch.from_numpy(mask), 0.0), expected)


# ------------------------------------------------------------------------------------------- GAN


def cost(logits, target):
    """Binary cross-entropy of sigmoid(logits) against all zeros or all ones: -log sigmoid(x) = log(1 + exp(-x))."""
    return np.logaddexp(0, -logits if target else logits).mean()


@pytest.mark.parametrize("scale", [1, 100])
def test_gan_losses(scale, rng):
    real, fake = scale * rng.normal(size=(5, 1)), scale * rng.normal(size=(8, 1))
    tensors = torch.from_numpy(real), torch.from_numpy(fake)
    gan, least_squares = reference("gan/gan_loss"), reference("gan/ls_loss")
    assert_equal(defined_with(gan, "discriminator_loss")(*tensors), cost(real, 1) + cost(fake, 0))
    assert_equal(defined_with(gan, "generator_loss")(tensors[1]), cost(fake, 1))
    expected = ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2
    assert_equal(defined_with(least_squares, "ls_discriminator_loss")(*tensors), expected)
    assert_equal(defined_with(least_squares, "ls_generator_loss")(tensors[1]), ((fake - 1) ** 2).mean() / 2)


def test_the_discriminator(rng):
    network = reference("gan/discriminator")()
    w1, b1, w2, b2, w3, b3 = randomised(network, rng)
    x = rng.uniform(-1, 1, size=(2, 1, 28, 28))
    hidden = leaky(leaky(x.reshape(2, 784) @ w1.T + b1) @ w2.T + b2)
    assert_equal(network(torch.from_numpy(x)), hidden @ w3.T + b3)


def test_the_generator(rng):
    network = reference("gan/generator")(4)
    w1, b1, w2, b2, w3, b3 = (array / 30 for array in randomised(network, rng))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.div_(30)  # so that tanh is not flat
    z = rng.uniform(-1, 1, size=(3, 4))
    expected = np.tanh(relu(relu(z @ w1.T + b1) @ w2.T + b2) @ w3.T + b3)
    assert_equal(network(torch.from_numpy(z)).reshape(3, 784), expected)


def test_the_deep_convolutional_classifier(rng):
    network = reference("gan/dc_classifier")()
    w1, b1, w2, b2, w3, b3, w4, b4 = randomised(network, rng)
    x = rng.uniform(-1, 1, size=(2, 1, 28, 28))
    maps = pool(leaky(convolve(x, w1, b1, padding=0)))
    maps = pool(leaky(convolve(maps, w2, b2, padding=0)))
    hidden = leaky(maps.reshape(2, 1024) @ w3.T + b3)
    assert_equal(network(torch.from_numpy(x)), hidden @ w4.T + b4)


def test_the_deep_convolutional_generator(rng):
    network = reference("gan/dc_generator")(4)
    w1, b1, s1, t1, w2, b2, s2, t2, w3, b3, s3, t3, w4, b4 = randomised(network, rng)
    z = rng.uniform(-1, 1, size=(3, 4))
    hidden = normalise(relu(z @ w1.T + b1), s1, t1)
    hidden = normalise(relu(hidden @ w2.T + b2), s2, t2)
    maps = normalise(relu(convolve_transposed(hidden.reshape(3, 128, 7, 7), w3, b3, 1, 0)), s3, t3)
    expected = np.tanh(convolve_transposed(maps, w4, b4, 1, 0))
    assert_equal(network(torch.from_numpy(z)).reshape(3, 784), expected.reshape(3, 784))


def test_the_optimizer_takes_adams_steps(rng):
    model = torch.nn.Linear(3, 1, bias=False)
    (weight,) = randomised(model, rng)
    optimizer = reference("gan/optimizer")(model)
    first = second = np.zeros_like(weight)
    for step, gradient in enumerate(rng.normal(size=(3, *weight.shape)), start=1):
        model.weight.grad = torch.from_numpy(gradient)
        optimizer.step()
        first, second = 0.5 * first + 0.5 * gradient, 0.999 * second + 0.001 * gradient**2
        size = first / (1 - 0.5**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weight = weight - 1e-3 * size
    assert_equal(model.weight, weight)


# ------------------------------------------------------------------------------------------- character RNN


def rnn_names(rng, hidden=6, size=5):
    """A small network's weights and tables, by the names that the snapshot has in students' files."""
    shapes = {"Wxh": (hidden, size), "Whh": (hidden, hidden), "Why": (size, hidden), "bh": (hidden, 1), "by": (size, 1)}
    characters = "abcd:"
    return {name: rng.normal(size=shape) for name, shape in shapes.items()} | {
        "chars": list(characters),
        "vocab_size": size,
        "char_to_ix": {character: i for i, character in enumerate(characters)},
        "ix_to_char": dict(enumerate(characters)),
    }


def greedy(names, h, indices, n):
    """The n indices with the largest logits, after the given ones were read."""
    chosen = []
    for index in indices:
        h = np.tanh(names["Wxh"][:, [index]] + names["Whh"] @ h + names["bh"])
    for _ in range(n):
        chosen.append(int((names["Why"] @ h + names["by"]).argmax()))
        h = np.tanh(names["Wxh"][:, [chosen[-1]]] + names["Whh"] @ h + names["bh"])
    return chosen


def test_samples_at_a_large_alpha_follow_the_largest_logits(rng):
    names, sample = rnn_names(rng), reference("char_rnn/sample")
    h = rng.normal(size=(6, 1))
    with replacing(sample, **names):
        assert list(sample(h.copy(), 2, 12, 1e6)) == greedy(names, h, [2], 12)


def test_a_completion_at_a_large_alpha_follows_the_largest_logits(rng):
    names, complete = rnn_names(rng), reference("char_rnn/complete")
    with replacing(complete, **names):
        text = complete("ab:", 10, 1e6)
    chosen = greedy(names, np.zeros((6, 1)), [0, 1, 4], 10)
    assert text.removeprefix("ab:") == "".join("abcd:"[index] for index in chosen)
