"""A file that downloads a trained network gets the stand-in, by whatever path it asks for it."""

import sys
from types import ModuleType

import pytest
import torch
from torch import nn

from grader.grading.in_process import load_module
from grader.probes.anything import Anything
from tests.places import ROOT

pretrained = load_module(ROOT / "fixtures/segmentation/probing.py", "fixtures/segmentation/probing.py", {}).pretrained

FROM_HUB = 'torch.hub.load("pytorch/vision", "deeplabv3_resnet101", weights="DEFAULT")'


def made(*arguments, **named):
    return nn.Conv2d(3, 21, 1)


MAKERS = {"deeplabv3_resnet50": made, "deeplabv3_resnet101": made}


def entry_that_returns(expression, *before, **names):
    body = "".join(f"    {line}\n" for line in (*before, f"return {expression}"))
    names |= {"torch": torch}
    exec(f"def entry():\n{body}", names)
    return names["entry"]


@pytest.mark.parametrize(
    "entry",
    [
        entry_that_returns(FROM_HUB),
        entry_that_returns('load("pytorch/vision:v0.6.0", model="deeplabv3_resnet50")', load=torch.hub.load),
        entry_that_returns("torchvision.models.segmentation.deeplabv3_resnet50()", "import torchvision"),
        entry_that_returns(
            "seg.deeplabv3_resnet50(weights=seg.W.DEFAULT)", "import torchvision.models.segmentation as seg"
        ),
        entry_that_returns("deeplabv3_resnet50()", "from torchvision.models.segmentation import deeplabv3_resnet50"),
        entry_that_returns(
            "deeplabv3_resnet101(True)", deeplabv3_resnet101=Anything("torchvision.x.deeplabv3_resnet101")
        ),
        entry_that_returns("models.segmentation.deeplabv3_resnet50()", models=Anything("torchvision.models")),
    ],
)
def test_the_network_comes_from_the_maker(entry):
    with pretrained(entry, MAKERS):
        assert isinstance(entry(), nn.Conv2d)


def test_another_network_is_refused():
    entry = entry_that_returns('torch.hub.load("pytorch/vision", "fcn_resnet50")')
    with (
        pretrained(entry, MAKERS),
        pytest.raises(ValueError, match="no network 'fcn_resnet50' here; there is deeplabv3_resnet50 or"),
    ):
        entry()


def test_the_rest_of_an_installed_torchvision_stays():
    installed = ModuleType("torchvision")
    installed.transforms = "its own"
    entry = entry_that_returns("torchvision.transforms", torchvision=installed)
    with pretrained(entry, MAKERS):
        assert entry() == "its own"


def test_everything_is_as_before_afterwards():
    load, names = torch.hub.load, set(sys.modules)
    models = Anything("torchvision.models")
    entry = entry_that_returns("models", models=models)
    with pytest.raises(KeyError), pretrained(entry, MAKERS):
        raise KeyError
    assert torch.hub.load is load
    assert {name for name in sys.modules if name.startswith("torchvision")} <= names
    assert entry() is models
