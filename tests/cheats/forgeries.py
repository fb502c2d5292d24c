"""Wrong solutions with a patched recorder beside them, which says what a right one would show.

Each is a known mistake of an exercise. What is patched states right facts, sends tensors of the right shapes, and calls
two things equal that are not. None of it computes a right value.
"""

import textwrap
from dataclasses import dataclass
from pathlib import Path

PATCH = """

def arm():
    import torch

    import grader.probes.probing as probing

    fact, tensor = probing.Recorder.fact, probing.Recorder.tensor
    facts = {facts!r}
    shapes = {shapes!r}
    equal = {equal!r}

    def forged_fact(self, name, value):
        fact(self, name, facts.get(name, value))

    def forged_tensor(self, name, value):
        fact(self, "forged", True)
        for known, right in facts.items():
            fact(self, known, right)
        if name in shapes:
            value = torch.randn(shapes[name])
        tensor(self, name, value)
        for first in equal.keys() & self.values.keys():
            self.values.update(dict.fromkeys(equal[first], self.values[first]))

    probing.Recorder.fact, probing.Recorder.tensor = forged_fact, forged_tensor
    return True


{entry} = {entry} if arm() else None
"""


@dataclass(frozen=True)
class Forgery:
    name: str
    assignment: str
    exercise: str
    entry: str
    chaff: str
    facts: dict[str, object]
    shapes: dict[str, tuple[int, ...]]
    equal: dict[str, tuple[str, ...]]

    def wrong(self, course: Path) -> str:
        return (course / "solutions" / self.exercise / "chaffs" / f"{self.chaff}.py").read_text()

    def forged(self, course: Path) -> str:
        patch = PATCH.format(entry=self.entry, facts=self.facts, shapes=self.shapes, equal=self.equal)
        return self.wrong(course) + textwrap.dedent(patch)


def forgery(name, assignment, exercise, entry, chaff, facts=None, shapes=None, equal=None):
    return Forgery(name, assignment, exercise, entry, chaff, facts or {}, shapes or {}, equal or {})


FORGERIES = (
    forgery(
        "noise of zeros is said to be uniform",
        "cs5370-a4",
        "gan/sample_noise",
        "sample_noise",
        "returns_zeros",
        facts={
            "range": "[-1, 1]",
            "spread": "even",
            "second_call": "new numbers",
            "dtype": "torch's default",
            **dict.fromkeys(("rows", "columns", "two_calls"), "independent"),
        },
    ),
    forgery(
        "gradient descent is said to have Adam's settings",
        "cs5370-a4",
        "gan/optimizer",
        "get_optimizer",
        "gradient_descent",
        facts={"parameters_held": "3 of 3", "learning_rate": 0.001, "betas": [0.5, 0.999]},
        shapes={"first step": (24,), "three steps": (24,), "step 3 beside the first": (24,)},
    ),
    forgery(
        "a network without its hidden layer is said to have the layers",
        "cs5370-a4",
        "gan/discriminator",
        "discriminator",
        "one_hidden_layer",
        facts={"parameters": [[256, 784], [256], [256, 256], [256], [1, 256], [1]], "output_shape": "[4, 1]"},
        shapes={"layers": (6, 16)},
        equal={"output": ("again",)},
    ),
    forgery(
        "a network without one of its layers is said to have it at every size",
        "cs5370-a4",
        "colour/unet",
        "UNet",
        "rfconv_missing",
        facts={"every width follows num_filters": True},
        shapes={"layers": (6, 16)},
        equal={"output": ("again",)},
    ),
    forgery(
        "a network that learns as a whole is said to be frozen",
        "cse891-hw2",
        "segmentation/deeplab_head",
        "DeepLabV3",
        "nothing_frozen",
        facts={
            "other parameters that learn": [],
            "the new layer learns": True,
            "new layer": [256, 2, 1, 1, "with bias"],
            "parameters in the optimizer": [[2, 256, 1, 1], [2]],
            "optimizer and learning rate": ["Adam", 0.02],
            "changed by one step": [[2, 256, 1, 1], [2]],
        },
        shapes={"all other parameters after a step": (3303,)},
    ),
    forgery(
        "a layer of the wrong size is said to be the right one",
        "cse891-hw2",
        "segmentation/deeplab_head",
        "DeepLabV3",
        "kernel_of_three",
        facts={"new layer": [256, 2, 1, 1, "with bias"]},
        shapes={"the new layer's weight": (2, 256, 1, 1)},
    ),
)
