"""What the zygote does once so that no submission has to wait for it."""

import gc
import importlib
import importlib.util
import platform

from grader.loading.torch_on_demand import parts_left_out

# Imported for the children's sake: an import that the zygote has done costs a fork nothing. Of torch, what a training
# step, a DataLoader, `print(tensor)`, `torch.save` and the like import; some of its versions lack some of these.
_OF_TORCH = (
    "torch.fx.passes",  # before the next one: they import each other
    "torch.fx.experimental.proxy_tensor",
    "torch._subclasses.schema_check_mode",
    "torch.nested._internal.nested_tensor",  # by the first backward pass
    "torch.profiler._cupti_monitor",
    "torch.utils._device",
    "torch.utils.checkpoint",
    "torch.utils.serialization",
)
_FOR_CHILDREN = (
    "IPython.core.inputtransformer2",
    "safetensors.torch",
    "numpy.random",
    "grader.child.serve",
    "grader.loading.loading",
    "grader.probes.calling",
    "grader.probes.randomness",
    "grader.probes.transplant",
)


def prepare() -> dict[str, str]:
    """Import what submissions need and run each common operation once; returns the versions in use.
    One thread before any operation: a pool started here would hang every child. Forward only: a backward pass here can
    break autograd in the children."""
    gc.disable()  # nearly all that an import makes stays; children collect again
    with parts_left_out():
        import torch

        torch.set_num_threads(1)
        for name in (*filter(importlib.util.find_spec, _OF_TORCH), *_FOR_CHILDREN):
            importlib.import_module(name)
    with torch.no_grad():
        _forward_once()
    torch.manual_seed(0)
    import numpy

    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__}


def _forward_once() -> None:
    import torch
    from torch.nn import functional as F

    x = torch.randn(2, 3, 8, 8)
    y = F.conv2d(x, torch.randn(4, 3, 3, 3), torch.randn(4), padding=1)
    y = F.relu(F.batch_norm(y, None, None, training=True))
    y = F.interpolate(F.max_pool2d(y, 2), scale_factor=2.0)
    y = torch.cat([y, x], dim=1)
    F.cross_entropy(F.linear(y.flatten(1), torch.randn(4, 448)), torch.tensor([0, 1]))
    F.softmax(y, dim=1).double().sum()
    x @ x.transpose(-1, -2)
