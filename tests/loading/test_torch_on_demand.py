"""An optimizer does not bring torch's compiler in; code that asks for the compiler gets the real one."""

import subprocess
import sys

START = """
import sys, torch
from grader.loading.compiler import import_on_demand
import_on_demand()
def is_real():
    return "torch._dynamo.eval_frame" in sys.modules and hasattr(sys.modules["torch._dynamo"], "optimize")
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_optimizer_steps_without_the_compiler() -> None:
    code = """
layer = torch.nn.Linear(2, 1)
before = layer.weight.detach().clone()
optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
layer(torch.ones(3, 2)).sum().backward()
optimizer.step(); optimizer.zero_grad()
torch.optim.lr_scheduler.StepLR(optimizer, 1)
assert torch.allclose(before - layer.weight, torch.full((1, 2), 0.1), atol=1e-4), layer.weight
print(is_real())
"""
    assert run(code) == "False\n"


def test_compiling_brings_the_real_one_in() -> None:
    code = "print(torch.compile(lambda x: x * 2, backend='eager')(torch.ones(1)).item(), is_real())"
    assert run(code) == "2.0 True\n"


def test_a_submodule_is_the_real_packages_own() -> None:
    code = """
import torch._dynamo.config as config
print(is_real(), sys.modules["torch._dynamo.config"] is config, torch._dynamo.config is config)
"""
    assert run(code) == "True True True\n"
