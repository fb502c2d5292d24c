"""What the zygote does once so that no submission has to wait for it."""

import importlib
import platform

import numpy
import torch
from torch.nn import functional as F

from grader.loading.compiler import import_on_demand

# Imported for the children's sake: an import that the zygote has done costs a fork nothing.
_FOR_CHILDREN = (
    "IPython.core.inputtransformer2",
    "safetensors.torch",
    "torch.overrides",
    "torch.nested._internal.nested_tensor",  # by the first backward pass
    "numpy.random",
    "grader.child.serve",
    "grader.loading.loading",
    "grader.probes.transplant",
)


def prepare() -> dict[str, str]:
    """Import what submissions need and run each common operation once; returns the versions in use.

    One thread before any operation: a pool started here would hang every child. Forward only: a backward
    pass here can break autograd in the children.
    """
    torch.set_num_threads(1)
    import_on_demand()
    for name in _FOR_CHILDREN:
        importlib.import_module(name)
    with torch.no_grad():
        _forward_once()
    torch.manual_seed(0)
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__}


def _forward_once() -> None:
    x = torch.randn(2, 3, 8, 8)
    y = F.conv2d(x, torch.randn(4, 3, 3, 3), torch.randn(4), padding=1)
    y = F.relu(F.batch_norm(y, None, None, training=True))
    y = F.interpolate(F.max_pool2d(y, 2), scale_factor=2.0)
    y = torch.cat([y, x], dim=1)
    F.cross_entropy(F.linear(y.flatten(1), torch.randn(4, 448)), torch.tensor([0, 1]))
    F.softmax(y, dim=1).double().sum()
    x @ x.transpose(-1, -2)
